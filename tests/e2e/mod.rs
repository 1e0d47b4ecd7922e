//! The outside layers at work: store, settings, GitHub through the simulator.
mod config;
mod github_ask;
mod github_client;
mod github_map;
mod store;
mod sim_graphql;
mod sim_kit;
