//! The one integration binary: modules by kind. `cargo test --no-default-features` runs the pure ones alone.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what it expects by panicking")]

#[path = "app/mod.rs"]
mod app;
#[path = "arch/mod.rs"]
mod arch;
#[cfg(feature = "io")]
#[path = "cli/mod.rs"]
mod cli;
#[path = "domain/mod.rs"]
mod domain;
#[cfg(feature = "io")]
#[path = "e2e/mod.rs"]
mod e2e;
#[path = "prow/mod.rs"]
mod prow;
#[cfg(feature = "io")]
#[path = "pty/mod.rs"]
mod pty;
#[cfg(feature = "io")]
#[path = "sim/mod.rs"]
mod sim;
#[path = "view/mod.rs"]
mod view;
