//! What a running vepherd has at hand: the store, the way to GitHub, the rules, the clock. Built once, by the command
//! line, for real use or over the simulator; everything after that does not know which.

use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::github::client::Client;
use super::outbox::{self, How, Sender, Sent};
use super::store::{OutboxId, Store};
use super::sync::{self, Mode, Progress, Summary};
use crate::domain::action::Intent;
use crate::domain::board::{self, Board};
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{PullNumber, RepoId, SigName};
use crate::domain::profile::Profile;

/// The services. Cheap to clone; clones share everything.
#[derive(Clone, Debug)]
pub struct Services {
    /// The repository of the proposals.
    pub repo: RepoId,
    /// The process profile.
    pub profile: Arc<Profile>,
    /// The viewer's SIGs, where the configuration sets them.
    pub sigs: Option<Vec<SigName>>,
    /// The local store.
    pub store: Arc<Store>,
    /// The clock.
    pub clock: Clock,
    /// The way to GitHub, or why there is none: much can be done without.
    pub client: Result<Client, Failure>,
    /// How writes go.
    pub writing: Writing,
}

/// How writes go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// How long a post whose reply was lost may still arrive.
    pub settled: Duration,
    /// Why nothing is to be posted: the user has said so.
    pub forbidden: Option<String>,
}

impl Default for Writing {
    fn default() -> Self {
        Self { settled: outbox::SETTLED, forbidden: None }
    }
}

impl Services {
    /// The way to GitHub.
    ///
    /// # Errors
    /// Where there is none: no token, a bad one, a bad address.
    pub fn client(&self) -> Result<&Client, Failure> {
        self.client.as_ref().map_err(Clone::clone)
    }

    /// Syncs the store with GitHub.
    ///
    /// # Errors
    /// As [`sync::sync`], and where there is no way to GitHub.
    pub async fn sync(&self, mode: Mode, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Summary, Failure> {
        let now = self.clock.as_fn();
        sync::sync(self.client()?, &self.store, &self.profile, &self.repo, mode, &*now, progress).await
    }

    /// Reads one proposal again.
    ///
    /// # Errors
    /// As [`sync::refresh_pull`], and where there is no way to GitHub.
    pub async fn refresh(&self, number: PullNumber) -> Result<PullFacts, Failure> {
        sync::refresh_pull(self.client()?, &self.store, &self.profile, &self.repo, number, self.clock.now()).await
    }

    /// What the store has, and what follows from it now, in the light of what the viewer said.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn board(&self) -> Result<(Facts, Board), Failure> {
        let facts = self.store.load(&self.repo)?;
        let marks = self.store.marks(&self.repo)?;
        let now = self.clock.now();
        let board = board::derive(&facts, &self.profile, self.sigs.as_deref(), now);
        let board = board.with_marks(&facts, &self.profile, &marks, now);
        Ok((facts, board))
    }

    /// Writes an intent down, unsent; the draft under a key goes in the same step.
    ///
    /// # Errors
    /// As [`outbox::enqueue`].
    pub fn enqueue(&self, intent: &Intent, draft: Option<&str>) -> Result<OutboxId, Failure> {
        self.may_write()?;
        let host = self.client.as_ref().ok().map(Client::root);
        outbox::enqueue(&self.store, &self.profile, intent, host, draft)
    }

    /// Sends a row of the outbox.
    ///
    /// # Errors
    /// As [`Sender::send`], and where there is no way to GitHub.
    pub async fn send(&self, id: OutboxId, how: How) -> Result<Sent, Failure> {
        self.may_try()?;
        self.sender()?.send(id, how).await
    }

    /// Sends everything that waits.
    ///
    /// # Errors
    /// As [`Sender::send_all`], and where there is no way to GitHub.
    pub async fn send_all(&self) -> Result<Vec<Sent>, Failure> {
        self.may_try()?;
        self.sender()?.send_all().await
    }

    /// Why nothing can be posted: the user has said so, or the token is known to be for reading. None where it can, as far
    /// as is known.
    #[must_use]
    pub fn read_only(&self) -> Option<String> {
        let by_token = || self.client.as_ref().ok().and_then(Client::read_only);
        self.writing.forbidden.clone().or_else(by_token)
    }

    /// Refuses to write, with the reason.
    ///
    /// # Errors
    /// Where nothing can be posted.
    pub fn may_write(&self) -> Result<(), Failure> {
        self.unless(self.read_only())
    }

    /// The same for what is in the outbox: the user may have given the token more power since GitHub refused it.
    fn may_try(&self) -> Result<(), Failure> {
        let by_scope = || self.client.as_ref().ok().and_then(Client::lacks_scope);
        self.unless(self.writing.forbidden.clone().or_else(by_scope))
    }

    fn unless(&self, reason: Option<String>) -> Result<(), Failure> {
        match reason {
            None => Ok(()),
            Some(why) => {
                let hint = match self.writing.forbidden {
                    Some(_) => "Nothing was posted. Start it without that to write.",
                    None => "Nothing was posted. Make a token that may write, then `vepherd auth login`.",
                };
                Err(Failure::new(FailureKind::Refused, "post", format!("read-only: {why}")).hint(hint))
            }
        }
    }

    fn sender(&self) -> Result<Sender<'_>, Failure> {
        let (store, profile, clock) = (&*self.store, &*self.profile, &self.clock);
        Ok(Sender { client: self.client()?, store, profile, clock, settled: self.writing.settled })
    }
}
