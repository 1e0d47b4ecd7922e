//! Tables and scenarios for the pure domain.
mod ids;
mod roster;
mod schedule;
mod text;
mod vep;
