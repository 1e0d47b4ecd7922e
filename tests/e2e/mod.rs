//! The outside layers at work: store, settings, GitHub through the simulator.
mod config;
mod demo_board;
mod fault_writes;
mod github_ask;
mod github_client;
mod github_map;
mod keys;
mod outbox;
mod proxy;
mod sim_graphql;
pub mod sim_kit;
mod sim_prow;
mod sim_rest;
mod store;
pub mod sync;
mod sync_bad_days;
mod sync_kit;
