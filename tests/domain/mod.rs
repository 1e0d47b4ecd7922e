//! Tables and scenarios for the pure domain.
mod ids;
