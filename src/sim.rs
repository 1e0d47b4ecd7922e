//! The embedded GitHub: enforces what GitHub enforces, with Prow's robots at work. It uses the domain for Prow's
//! rules and nothing of the shell, and writes GitHub's JSON itself, so that one mistake cannot cancel another.

pub mod demo;
pub mod graphql;
pub mod prow_bot;
pub mod rest;
pub mod serve;
pub mod world;

pub use world::World;
