//! PURE. Facts in, verdicts out; `now` is an argument. Nothing here knows of a terminal, a network or a clock.

pub mod action;
pub mod board;
pub mod calendar;
pub mod facts;
pub mod failure;
pub mod ids;
pub mod marks;
pub mod profile;
pub mod prow;
pub mod query;
pub mod roster;
pub mod schedule;
pub mod text;
pub mod times;
pub mod vep;
pub mod verdict;
pub mod yaml;
