//! The one home of spawning. A detached task hides its failure: here every task has a name, every end is awaited, and
//! a panic becomes a failure that somebody sees.

use std::collections::HashMap;
use std::future::Future;

use tokio::task::{Id, JoinSet};

use crate::domain::failure::{Failure, FailureKind};

/// The running tasks. Dropping it ends them all.
#[derive(Debug, Default)]
pub struct Tasks {
    set: JoinSet<Result<(), Failure>>,
    names: HashMap<Id, &'static str>,
}

/// A task that came to its end.
#[derive(Debug)]
pub struct Ended {
    /// What it was.
    pub name: &'static str,
    /// How it ended; a panic is a failure. An aborted task is no failure and is not reported.
    pub outcome: Result<(), Failure>,
}

impl Tasks {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a task under a name for people (`sync`, `send #402`).
    pub fn spawn(&mut self, name: &'static str, task: impl Future<Output = Result<(), Failure>> + Send + 'static) {
        let handle = self.set.spawn(task);
        self.names.insert(handle.id(), name);
    }

    /// How many run.
    #[must_use]
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// None runs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Waits for the next end; `None` at once where nothing runs. May be dropped and called again (cancel-safe).
    pub async fn ended(&mut self) -> Option<Ended> {
        loop {
            let (id, outcome) = match self.set.join_next_with_id().await? {
                Ok((id, outcome)) => (id, outcome),
                Err(error) if error.is_cancelled() => {
                    self.names.remove(&error.id());
                    continue;
                }
                Err(error) => {
                    let id = error.id();
                    (id, Err(Failure::new(FailureKind::Local, "go on", format!("a part of vepherd panicked: {error}"))))
                }
            };
            let name = self.names.remove(&id).unwrap_or("task");
            if let Err(failure) = &outcome {
                tracing::warn!(task = name, %failure, "a task failed");
            }
            return Some(Ended { name, outcome });
        }
    }

    /// Ends all tasks and waits until they are gone; failures met on the way are returned.
    pub async fn shutdown(&mut self) -> Vec<Ended> {
        self.set.abort_all();
        let mut ends = Vec::new();
        while let Some(end) = self.ended().await {
            if end.outcome.is_err() {
                ends.push(end);
            }
        }
        ends
    }
}
