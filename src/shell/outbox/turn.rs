//! One writer at a time, across all processes on this machine, and a pause between writes, as GitHub asks.
//!
//! The lock is the file system's: it goes with its process, however that ends. So whoever holds it and finds a row in
//! `sending` knows that its sender is gone.

use std::fs::{File, TryLockError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

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
/// The store's name for the moment before which GitHub wants no write.
const BARRED: &str = "outbox.not-before";
/// A wait of this length is waited; whoever has to wait longer would rather know.
const SHORT: Duration = Duration::from_secs(3);
/// GitHub's limits end within the hour: a later moment comes from a clock that was set.
const LONGEST: SignedDuration = SignedDuration::from_secs(3600);

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
            Some(path) => Some(lock(path).await?),
            None => None,
        };
        Ok(Self { store, _here: here, _elsewhere: elsewhere })
    }

    /// The turn, if nobody has it.
    pub(super) fn free(store: &'a Store) -> Result<Option<Self>, Failure> {
        let Ok(here) = store.writing().try_lock() else { return Ok(None) };
        let elsewhere = match store.path() {
            Some(path) => match open(path)? {
                (_, Attempt::Taken) => return Ok(None),
                (file, Attempt::Got) => Some(file),
            },
            None => None,
        };
        Ok(Some(Self { store, _here: here, _elsewhere: elsewhere }))
    }

    /// GitHub has asked for a pause before any further write: whoever comes within it, in whichever process, waits
    /// where it is short, and else is told.
    pub(super) fn barred(&self) -> Result<Option<Failure>, Failure> {
        let now = clock::wall();
        let until = self.store.meta(BARRED)?.and_then(|text| text.parse::<Timestamp>().ok());
        let left = until.map(|until| until.duration_since(now)).filter(|left| left.is_positive());
        let Some((until, left)) = until.zip(left).filter(|(_, left)| *left <= LONGEST) else { return Ok(None) };
        if Duration::try_from(left).is_ok_and(|left| left <= SHORT) {
            return Ok(None);
        }
        let mut failure =
            Failure::new(FailureKind::RateLimited, "post", "GitHub has asked for a pause before any further write")
                .hint(format!("It goes out after {until:.0}; nothing is lost."));
        failure.retry_at = Some(until);
        Ok(Some(failure))
    }

    /// GitHub asks us to wait. `server` is its clock shortly before: the length of the wait is kept, not the moment,
    /// because this machine's clock may be wrong.
    pub(super) fn bar(&self, failure: &Failure, server: Option<Timestamp>) -> Result<(), Failure> {
        let wait = failure.retry_at.zip(server).map(|(until, server)| until.duration_since(server));
        let wait = wait.unwrap_or(SignedDuration::from_secs(60)).clamp(SignedDuration::ZERO, LONGEST);
        match clock::wall().checked_add(wait) {
            Ok(until) => self.store.set_meta(BARRED, &until.to_string()),
            Err(_) => Ok(()),
        }
    }

    /// Waits until the last write is a second ago, whoever wrote it, and a short pause that GitHub has asked for is over.
    pub(super) async fn pause(&self) -> Result<(), Failure> {
        if let Some(until) = self.store.meta(BARRED)?.and_then(|text| text.parse::<Timestamp>().ok()) {
            let left = Duration::try_from(until.duration_since(clock::wall())).unwrap_or_default();
            tokio::time::sleep(left.min(SHORT)).await;
        }
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

const ATTEMPTED: &str = "take the turn to write";

/// What became of one attempt.
enum Attempt {
    Got,
    Taken,
}

/// Opens the lock's file beside the store, and tries once.
fn open(store: &std::path::Path) -> Result<(File, Attempt), Failure> {
    let path = store.with_extension("outbox-lock");
    let local = |error: &dyn std::fmt::Display| {
        Failure::new(FailureKind::Store, ATTEMPTED, format!("{}: {error}", path.display()))
            .hint("The store's folder must be writable. What you wrote is kept in the outbox.")
    };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| local(&error))?;
    match file.try_lock() {
        Ok(()) => Ok((file, Attempt::Got)),
        Err(TryLockError::WouldBlock) => Ok((file, Attempt::Taken)),
        Err(TryLockError::Error(error)) => Err(local(&error)),
    }
}

async fn lock(store: &std::path::Path) -> Result<File, Failure> {
    let mut waited = Duration::ZERO;
    loop {
        match open(store)? {
            (file, Attempt::Got) => return Ok(file),
            (_, Attempt::Taken) if waited < PATIENCE => {
                tokio::time::sleep(LOOK).await;
                waited += LOOK;
            }
            (_, Attempt::Taken) => {
                return Err(Failure::new(
                    FailureKind::Store,
                    ATTEMPTED,
                    "another vepherd has been writing for a minute",
                )
                .hint("End it, then run `vepherd outbox send`. What you wrote is kept in the outbox."));
            }
        }
    }
}
