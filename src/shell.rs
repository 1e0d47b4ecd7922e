//! IMPERATIVE: the only layer that touches the world (network, store, terminal, files, clock).

pub mod browser;
pub mod clock;
pub mod config;
pub mod editor;
pub mod github;
pub mod input;
pub mod logging;
pub mod outbox;
pub mod paths;
pub mod runtime;
pub mod secrets;
pub mod services;
pub mod signals;
pub mod store;
pub mod sync;
pub mod tasks;
pub mod terminal;
