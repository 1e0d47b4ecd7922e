//! The outside layers at work: store, settings, GitHub through the simulator.
mod config;
mod store;
mod sim_graphql;
mod sim_kit;
