//! Tide at work on the simulated GitHub.
