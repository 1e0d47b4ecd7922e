//! vepherd: a terminal dashboard for the people who decide on KubeVirt's enhancement proposals.

pub mod app;
pub mod domain;
pub mod view;

#[cfg(feature = "io")]
pub mod cli;
#[cfg(feature = "io")]
pub mod shell;
#[cfg(feature = "io")]
pub mod sim;
