//! The simulated GitHub.
mod demo;
