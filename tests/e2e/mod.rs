//! The outside layers at work: store, settings, GitHub through the simulator.
mod config;
mod store;
