//! Writes: written down first, looked at again, sent at most once, looked for where the answer was lost.
//!
//! ```text
//!   queued ──▶ sending ──▶ done
//!     │ ▲         │ ├────▶ failed    GitHub refused it
//!     │ └─────────┤ └────▶ unknown ──(found)──▶ done, or once it is certain that it never came, queued
//!     └──▶ parked └── not sent: no network, a limit
//! ```
//! Nothing here repeats a write. A post goes out again only after the proposal was read again and does not have it.
//!
//! A queued row is *due* once its time to undo is over; from then on it goes out as soon as it can, in whichever process
//! comes first. One that was never due (its program was killed or left before) waits for its user's word.

mod checks;
mod reconcile;
mod sending;
mod sent;
mod turn;

use std::time::Duration;

use super::clock::Clock;
use super::github::client::Client;
use super::store::{NewRow, OutboxId, OutboxRow, OutboxState, Read, Store, Taken};
use crate::domain::action::Intent;
use crate::domain::board;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::profile::Profile;
use sending::Sending;
use turn::Turn;

pub use reconcile::{Twin, twins};
pub use sent::Sent;

/// GitHub ends a request after about ten seconds: a post whose reply was lost this long ago has arrived, or never will.
pub const SETTLED: Duration = Duration::from_secs(15);

/// Whether the checks before sending apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// They do.
    Checked,
    /// The user has read why it was parked, and wants it out all the same. What they have not read parks it again.
    Anyway,
}

/// Writes an intent down. From here on it survives everything but a lost disk. `host` is REST's root of the server that
/// it is for; `draft` the key of the draft that it was written as, which goes in the same step.
///
/// # Errors
/// Where it is not postable (no reason, no text), or the store cannot be written.
pub fn enqueue(
    store: &Store,
    profile: &Profile,
    intent: &Intent,
    host: Option<&str>,
    draft: Option<&str>,
) -> Result<OutboxId, Failure> {
    let posts = intent.posts(&profile.prow).map_err(|bad| Failure::new(FailureKind::Usage, "post", bad.to_string()))?;
    let facts = store.load(&intent.repo)?;
    let verdict = board::derive_one(&facts, profile, None, intent.pull, intent.created_at);
    let read = match (facts.pulls.get(&intent.pull), verdict) {
        (Some(pull), Some(verdict)) => checks::read(pull, &verdict),
        _ => Read { open: true, against: Vec::new() },
    };
    let author = facts.viewer.as_ref();
    store.outbox_add(&NewRow { host, author, draft, ..NewRow::of(intent, &posts, &read) })
}

/// Replaces the text of a row that has not gone out, not even in part. It is queued then, and goes out when its user
/// says so.
///
/// # Errors
/// Where there is no such row, it may be on GitHub already, the action has no text, or it is not postable.
pub fn edit(store: &Store, profile: &Profile, id: OutboxId, text: String) -> Result<OutboxRow, Failure> {
    let refused = |why: &str| {
        Failure::new(FailureKind::Refused, format!("edit {id}"), why).hint("`vepherd outbox` says how it stands.")
    };
    // Whoever sends has the old text in hand already.
    let Some(_turn) = Turn::free(store)? else { return Err(refused("a vepherd is sending just now: try again")) };
    let mut row = store.outbox_row(id)?.ok_or_else(|| no_row(id))?;
    match row.state {
        OutboxState::Queued | OutboxState::Parked | OutboxState::Failed if row.done == 0 => {}
        OutboxState::Done => return Err(refused("it is on GitHub")),
        OutboxState::Queued | OutboxState::Parked | OutboxState::Failed => {
            return Err(refused("a part of it is on GitHub"));
        }
        OutboxState::Sending => return Err(refused("it is being sent right now")),
        OutboxState::Unknown => return Err(refused("it may be on GitHub; send it or drop it")),
    }
    let was = row.state;
    if !row.intent.action.set_text(text) {
        return Err(refused("it has no text"));
    }
    let posts = row.intent.posts(&profile.prow);
    row.posts = posts.map_err(|bad| Failure::new(FailureKind::Usage, format!("edit {id}"), bad.to_string()))?;
    (row.state, row.reason, row.due) = (OutboxState::Queued, None, false);
    if store.outbox_update(was, &row)? { Ok(row) } else { Err(refused("somebody else changed it meanwhile")) }
}

/// Takes a row out; `draft` keeps its text under a key in the same step. One that a killed process left on its way may
/// be taken out, as what it is: unknown.
///
/// # Errors
/// Where the store fails, there is no such row, it is on GitHub, or somebody is sending it.
pub fn take(store: &Store, id: OutboxId, draft: Option<(&str, &str)>) -> Result<OutboxState, Failure> {
    let attempted = format!("take {id} out of the outbox");
    if let Some(mut row) = store.outbox_row(id)?.filter(|row| row.state == OutboxState::Sending)
        && let Some(_turn) = Turn::free(store)?
    {
        // Whoever holds the turn knows that its sender is gone.
        row.state = OutboxState::Unknown;
        store.outbox_update(OutboxState::Sending, &row)?;
    }
    match store.outbox_take(id, draft)? {
        Taken::Out(state) => Ok(state),
        Taken::Absent => Err(no_row(id)),
        Taken::Stays(OutboxState::Done) => {
            Err(Failure::new(FailureKind::Refused, attempted, "it is on GitHub already").hint("Nothing was changed."))
        }
        Taken::Stays(_) => Err(Failure::new(FailureKind::Refused, attempted, "it is being sent right now")
            .hint("`vepherd outbox` says in a moment how it ended.")),
    }
}

fn no_row(id: OutboxId) -> Failure {
    Failure::new(FailureKind::NotFound, "find it in the outbox", format!("there is no {id}"))
        .hint("`vepherd outbox` lists what is there.")
}

/// Who sends: the way to GitHub, the store, the rules, the clock.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The way to GitHub.
    pub client: &'a Client,
    /// The store.
    pub store: &'a Store,
    /// The process's rules.
    pub profile: &'a Profile,
    /// What facts are dated with.
    pub clock: &'a Clock,
    /// How long a post whose reply was lost may still arrive; [`SETTLED`] for GitHub.
    pub settled: Duration,
}

impl Sender<'_> {
    /// Sends a row: waits for the turn, reads the proposal again, looks for what may have arrived, checks, posts. What
    /// was decided earlier on the same proposal and is due goes first, so that the order is kept.
    ///
    /// # Errors
    /// Where the store fails or has no such row; what happens to the row itself is in [`Sent`].
    pub async fn send(&self, id: OutboxId, how: How) -> Result<Sent, Failure> {
        self.store.outbox_due(id)?;
        let turn = Turn::wait(self.store).await?;
        let row = self.store.outbox_row(id)?.ok_or_else(|| no_row(id))?;
        if row.state == OutboxState::Done {
            return Ok(Sent::Done(row));
        }
        for earlier in self.earlier(&row)? {
            let first = earlier.id;
            if let Sent::Waiting(_, failure) | Sent::Unknown(_, failure) =
                self.one(&turn, earlier, How::Checked).await?
            {
                return self.behind(row, first, failure);
            }
        }
        self.one(&turn, row, how).await
    }

    /// Sends everything that waits or is unknown, oldest first. Stops where nothing can go out now, so that the order is
    /// kept; parked and failed rows wait for their user, and rows for other servers for their server.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn send_all(&self) -> Result<Vec<Sent>, Failure> {
        let mut all: Vec<Sent> = Vec::new();
        for row in self.store.outbox()? {
            match row.state {
                OutboxState::Queued | OutboxState::Sending | OutboxState::Unknown => {}
                OutboxState::Done | OutboxState::Parked | OutboxState::Failed => continue,
            }
            if !self.is_ours(&row) {
                continue;
            }
            self.store.outbox_due(row.id)?;
            let stuck = all.iter().find_map(|sent| match sent {
                Sent::Unknown(before, failure) if same_proposal(before, &row) => Some((before.id, failure.clone())),
                _ => None,
            });
            let sent = match stuck {
                Some((first, failure)) => self.behind(row, first, failure)?,
                None => self.send(row.id, How::Checked).await?,
            };
            let stop = matches!(&sent, Sent::Waiting(_, failure) if stops_all(failure.kind));
            all.push(sent);
            if stop {
                break;
            }
        }
        Ok(all)
    }

    async fn one(&self, turn: &Turn<'_>, row: OutboxRow, how: How) -> Result<Sent, Failure> {
        Sending::new(self, turn, row).run(how).await
    }

    /// What was decided before on the same proposal, is due and has not come to an end.
    fn earlier(&self, row: &OutboxRow) -> Result<Vec<OutboxRow>, Failure> {
        let waits = |other: &OutboxRow| match other.state {
            OutboxState::Queued => other.due,
            OutboxState::Sending | OutboxState::Unknown => true,
            OutboxState::Done | OutboxState::Parked | OutboxState::Failed => false,
        };
        let mut rows = self.store.outbox()?;
        rows.retain(|other| other.id < row.id && same_proposal(other, row) && self.is_ours(other) && waits(other));
        Ok(rows)
    }

    /// A row waits behind another one of its proposal.
    fn behind(&self, mut row: OutboxRow, first: OutboxId, failure: Failure) -> Result<Sent, Failure> {
        if row.state == OutboxState::Queued {
            row.reason = Some(format!("{first} was written before it and has not gone out: {}", failure.cause));
            self.store.outbox_update(OutboxState::Queued, &row)?;
        }
        Ok(Sent::Waiting(row, failure))
    }

    /// The row is for the server that this client speaks to.
    fn is_ours(&self, row: &OutboxRow) -> bool {
        row.host.as_deref().is_none_or(|host| host == self.client.root())
    }
}

fn same_proposal(one: &OutboxRow, other: &OutboxRow) -> bool {
    one.intent.repo == other.intent.repo && one.intent.pull == other.intent.pull
}

/// What keeps one post from going out now keeps all from it.
fn stops_all(kind: FailureKind) -> bool {
    match kind {
        FailureKind::Credentials
        | FailureKind::RateLimited
        | FailureKind::Network
        | FailureKind::Server
        | FailureKind::Store => true,
        FailureKind::Usage
        | FailureKind::Configuration
        | FailureKind::Permission
        | FailureKind::NotFound
        | FailureKind::Protocol
        | FailureKind::Rejected
        | FailureKind::Refused
        | FailureKind::Local => false,
    }
}
