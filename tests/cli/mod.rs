//! The real binary as a process: an empty environment, folders of its own, a frozen clock, and either the demo or a
//! simulated GitHub behind HTTP.
mod act;
mod json;
mod kill;
pub mod kit;
mod marks;
mod owners;
mod prow;
mod settings;
mod words;
