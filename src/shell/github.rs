//! GitHub: octocrab over a tower service, our documents, our own lenient wire types, and the way from them to facts.

pub mod budget;
pub mod client;
pub mod map;
pub mod wire;
