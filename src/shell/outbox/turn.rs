//! One writer at a time, across all processes on this machine, and a pause between writes, as GitHub asks.
//!
//! The lock is the file system's: it goes with its process, however that ends. So whoever holds it and finds a row in
//! `sending` knows that its sender is gone.

use std::fs::{File, TryLockError};
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::failure::{Failure, FailureKind};
use crate::shell::clock;
use crate::shell::store::Store;

/// GitHub's rule for writes: at least a second apart.
const PAUSE: Duration = Duration::from_secs(1);
/// How long another process may write before we give up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often we look whether it is our turn.
const LOOK: Duration = Duration::from_millis(100);
/// The store's name for the moment of the last write.
const LAST: &str = "outbox.last-write";

/// The right to write. Dropping it lets the next one in.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    store: &'a Store,
    _here: tokio::sync::MutexGuard<'a, ()>,
    _elsewhere: Option<File>,
}

impl<'a> Turn<'a> {
    /// Waits until nobody else writes.
    pub(super) async fn wait(store: &'a Store) -> Result<Self, Failure> {
        let here = store.writing().lock().await;
        let elsewhere = match store.path() {
            Some(path) => Some(lock(&path.with_extension("outbox-lock")).await?),
            None => None,
        };
        Ok(Self { store, _here: here, _elsewhere: elsewhere })
    }

    /// Waits until the last write is a second ago, whoever wrote it.
    pub(super) async fn pause(&self) -> Result<(), Failure> {
        let last = self.store.meta(LAST)?.and_then(|text| text.parse::<Timestamp>().ok());
        if let Some(last) = last {
            let since = Duration::try_from(clock::wall().duration_since(last)).unwrap_or_default();
            tokio::time::sleep(PAUSE.saturating_sub(since)).await;
        }
        Ok(())
    }

    /// A write has just been tried.
    pub(super) fn wrote(&self) -> Result<(), Failure> {
        self.store.set_meta(LAST, &clock::wall().to_string())
    }
}

async fn lock(path: &std::path::Path) -> Result<File, Failure> {
    let attempted = "take the turn to write";
    let local = |error: &dyn std::fmt::Display| {
        Failure::new(FailureKind::Store, attempted, format!("{}: {error}", path.display()))
            .hint("The store's folder must be writable. What you wrote is kept in the outbox.")
    };
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(|error| local(&error))?;
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if waited < PATIENCE => {
                tokio::time::sleep(LOOK).await;
                waited += LOOK;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(
                    FailureKind::Store,
                    attempted,
                    "another vepherd has been writing for a minute",
                )
                .hint("End it, then run `vepherd outbox send`. What you wrote is kept in the outbox."));
            }
            Err(TryLockError::Error(error)) => return Err(local(&error)),
        }
    }
}
