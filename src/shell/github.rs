//! GitHub: octocrab over a tower service, our documents, our own lenient wire types, and the way from them to facts.
//!
//! `client` is the only door: reads are GraphQL (`ask` puts many asks into one request), writes are REST and sent at
//! most once (`send`). `wire` is what GitHub answers, `map` turns it into `domain::facts`. `edge` is the layer that
//! octocrab does not bring for services of one's own: headers, the token, time limits.

pub mod ask;
pub mod budget;
pub mod client;
pub mod connect;
pub mod edge;
pub mod failures;
pub mod less;
pub mod limits;
pub mod map;
pub mod proxy;
pub mod send;
pub mod wire;

pub use client::{Answer, Client};
pub use send::{Posted, SendFailure};
