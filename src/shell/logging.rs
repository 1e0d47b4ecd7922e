//! Logs go to a file in the state folder, only where `VEPHERD_LOG` asks for them, and never to the terminal.

use std::fs::{self, OpenOptions};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use super::config::Env;
use super::paths::Paths;
use crate::domain::failure::{Failure, FailureKind};

/// Starts the log, where `VEPHERD_LOG` holds a filter (`info`, `vepherd=debug`). Keep the guard until the end: dropping
/// it writes out what is left.
///
/// # Errors
/// Where the filter cannot be read or the file cannot be opened.
pub fn start(env: &Env, paths: &Paths) -> Result<Option<WorkerGuard>, Failure> {
    let Some(filter) = env.get("VEPHERD_LOG") else { return Ok(None) };
    let attempted = "start the log";
    let filter = EnvFilter::builder().parse(filter).map_err(|error| {
        Failure::new(FailureKind::Configuration, attempted, format!("VEPHERD_LOG: {error}"))
            .hint("Write a level, as in VEPHERD_LOG=info, or target=level pairs, as in vepherd=debug.")
    })?;
    let path = paths.log();
    let file = fs::create_dir_all(&paths.state)
        .and_then(|()| OpenOptions::new().create(true).append(true).open(&path))
        .map_err(|error| {
            Failure::new(FailureKind::Local, attempted, format!("{}: {error}", path.display()))
                .hint("Set VEPHERD_STATE_DIR to a folder that can be written.")
        })?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    // A second start in one process (tests) keeps the first log.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).try_init();
    Ok(Some(guard))
}
