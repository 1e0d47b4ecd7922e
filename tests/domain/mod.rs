//! Tables and scenarios for the pure domain.
mod action;
mod board;
mod calendar;
mod ids;
mod marks;
mod prow_commands;
mod prow_owners;
mod query;
mod query_complete;
mod roster;
pub mod sample;
mod schedule;
mod text;
mod threads;
mod vep;
mod verdict;
