//! Where vepherd keeps things: the places of the system's custom (XDG on Linux), each of which a variable overrides.

use std::path::PathBuf;

use directories::ProjectDirs;

use super::config::Env;
use crate::domain::failure::{Failure, FailureKind};

/// The places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The configuration file (`VEPHERD_CONFIG`; a folder there means `config.toml` in it).
    pub config: PathBuf,
    /// The folder of the store (`VEPHERD_DATA_DIR`).
    pub data: PathBuf,
    /// The folder of logs (`VEPHERD_STATE_DIR`).
    pub state: PathBuf,
}

impl Paths {
    /// Finds the places. Nothing is created.
    ///
    /// # Errors
    /// Where the system names no home folder and a place is not set by its variable.
    pub fn find(env: &Env) -> Result<Self, Failure> {
        let usual = ProjectDirs::from("", "", "vepherd");
        let place = |variable: &'static str, usual: Option<PathBuf>| {
            env.get(variable).map(PathBuf::from).or(usual).ok_or_else(|| {
                Failure::new(FailureKind::Local, "find a place for vepherd's files", "the system names no home folder")
                    .hint(format!("Set HOME, or {variable}."))
            })
        };
        let config = place("VEPHERD_CONFIG", usual.as_ref().map(|dirs| dirs.config_dir().join("config.toml")))?;
        let config = if config.is_dir() { config.join("config.toml") } else { config };
        let data = place("VEPHERD_DATA_DIR", usual.as_ref().map(|dirs| dirs.data_dir().to_owned()))?;
        let state = place(
            "VEPHERD_STATE_DIR",
            usual.as_ref().map(|dirs| dirs.state_dir().map_or_else(|| dirs.data_dir().join("state"), PathBuf::from)),
        )?;
        Ok(Self { config, data, state })
    }

    /// The store's file.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.data.join("store.sqlite")
    }

    /// The log's file.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.state.join("vepherd.log")
    }
}
