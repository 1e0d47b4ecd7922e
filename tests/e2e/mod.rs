//! Tests against the simulated GitHub, in process and over HTTP.

mod sim_graphql;
mod sim_kit;
