//! Prow, predicted: what its plugins read in a text, who has power, what labels follow, and whether Tide would merge.
//! The rules and their sources are in `specs/prow.md`; everything here is pure.

pub mod approve;
pub mod command;
pub mod forecast;
pub mod gate;
mod go;
pub mod lgtm;
pub mod owners;
mod re2;
