//! Writes: written down first, looked at again, sent at most once, looked for where the answer was lost.
//!
//! ```text
//!   queued ──▶ sending ──▶ done
//!     │ ▲         │ ├────▶ failed    GitHub refused it
//!     │ └─────────┤ └────▶ unknown ──(found)──▶ done, or once it is certain that it never came, queued
//!     └──▶ parked └── not sent: no network, a limit
//! ```
//! Nothing here repeats a write. A post goes out again only after the proposal was read again and does not have it.

mod checks;
mod reconcile;
mod turn;

use std::time::Duration;

use super::clock::{Clock, wall};
use super::github::client::Client;
use super::github::send::SendFailure;
use super::store::{NewRow, OutboxId, OutboxRow, OutboxState, Read, Store};
use super::sync;
use crate::domain::action::{Intent, Post};
use crate::domain::board;
use crate::domain::facts::PullFacts;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::Login;
use crate::domain::profile::Profile;
use crate::domain::verdict::Verdict;
use turn::Turn;

pub use reconcile::{Twin, twins};

/// GitHub ends a request after about ten seconds: a post whose reply was lost this long ago has arrived, or never will.
const SETTLED: Duration = Duration::from_secs(15);

/// Whether the checks before sending apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// They do.
    Checked,
    /// The user has seen what they said, and wants it out all the same.
    Anyway,
}

/// How a sending ended. The row says the rest.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// It is on GitHub.
    Done(OutboxRow),
    /// A check stopped it; the row has the reason.
    Parked(OutboxRow),
    /// GitHub refused it.
    Failed(OutboxRow, Failure),
    /// It may have arrived; the next sending looks for it first.
    Unknown(OutboxRow, Failure),
    /// It did not go out, and may later: no network, a limit, no login.
    Waiting(OutboxRow, Failure),
}

impl Sent {
    /// The row as it is now.
    #[must_use]
    pub fn row(&self) -> &OutboxRow {
        match self {
            Self::Done(row)
            | Self::Parked(row)
            | Self::Failed(row, _)
            | Self::Unknown(row, _)
            | Self::Waiting(row, _) => row,
        }
    }

    /// What a command says and exits with.
    ///
    /// # Errors
    /// Where it is not on GitHub.
    pub fn into_result(self) -> Result<OutboxRow, Failure> {
        match self {
            Self::Done(row) => Ok(row),
            Self::Parked(row) => {
                let id = row.id;
                let reason = row.reason.unwrap_or_default();
                Err(Failure::new(FailureKind::Refused, format!("post to {}", row.intent.pull), reason).hint(format!(
                    "Nothing was posted; your text is kept as {id} in the outbox. Read {} again, then \
                     `vepherd outbox send {id} --anyway` or `vepherd outbox drop {id}`.",
                    row.intent.pull
                )))
            }
            Self::Failed(row, failure) => {
                let id = row.id;
                Err(with(
                    failure,
                    &format!("Your text is kept as {id} in the outbox: `vepherd outbox send {id}` tries again."),
                ))
            }
            Self::Unknown(row, failure) => {
                let id = row.id;
                Err(with(
                    failure,
                    &format!(
                        "It may have arrived all the same: `vepherd outbox send {id}` looks before it sends again."
                    ),
                ))
            }
            Self::Waiting(row, failure) => {
                let id = row.id;
                Err(with(
                    failure,
                    &format!("Nothing was posted; your text is kept: `vepherd outbox send {id}` sends it later."),
                ))
            }
        }
    }
}

fn with(mut failure: Failure, more: &str) -> Failure {
    failure.hint = Some(failure.hint.map_or_else(|| more.to_owned(), |hint| format!("{hint}\n{more}")));
    failure
}

/// Writes an intent down. From here on it survives everything but a lost disk.
///
/// # Errors
/// Where it is not postable (no reason, no text), or the store cannot be written.
pub fn enqueue(store: &Store, profile: &Profile, intent: &Intent) -> Result<OutboxId, Failure> {
    let posts = intent.posts(&profile.prow).map_err(|bad| Failure::new(FailureKind::Usage, "post", bad.to_string()))?;
    let facts = store.load(&intent.repo)?;
    let verdict = board::derive_one(&facts, profile, None, intent.pull, intent.created_at);
    let read = match (facts.pulls.get(&intent.pull), verdict) {
        (Some(pull), Some(verdict)) => checks::read(pull, &verdict),
        _ => Read { open: true, against: Vec::new() },
    };
    store.outbox_add(&NewRow { intent, posts: &posts, read: &read, at: intent.created_at })
}

/// Sends a row: waits for the turn, reads the proposal again, looks for what may have arrived, checks, posts.
///
/// # Errors
/// Where the store fails or has no such row; what happens to the row itself is in [`Sent`].
pub async fn send(
    client: &Client,
    store: &Store,
    profile: &Profile,
    id: OutboxId,
    clock: &Clock,
    how: How,
) -> Result<Sent, Failure> {
    let turn = Turn::wait(store).await?;
    let row = store.outbox_row(id)?.ok_or_else(|| no_row(id))?;
    let mut sending = Sending { client, store, profile, clock, turn: &turn, row };
    sending.run(how).await
}

/// Sends everything that waits or is unknown, oldest first. Stops at the first that cannot go out now, so that the
/// order is kept; parked and failed rows wait for their user.
///
/// # Errors
/// Where the store fails.
pub async fn send_all(client: &Client, store: &Store, profile: &Profile, clock: &Clock) -> Result<Vec<Sent>, Failure> {
    let mut all = Vec::new();
    for row in store.outbox()? {
        match row.state {
            OutboxState::Queued | OutboxState::Sending | OutboxState::Unknown => {}
            OutboxState::Done | OutboxState::Parked | OutboxState::Failed => continue,
        }
        let sent = send(client, store, profile, row.id, clock, How::Checked).await?;
        let stop = matches!(sent, Sent::Waiting(..) | Sent::Unknown(..));
        all.push(sent);
        if stop {
            break;
        }
    }
    Ok(all)
}

fn no_row(id: OutboxId) -> Failure {
    Failure::new(FailureKind::NotFound, "find it in the outbox", format!("there is no {id}"))
        .hint("`vepherd outbox` lists what is there.")
}

/// One row on its way, by whoever holds the turn.
struct Sending<'a> {
    client: &'a Client,
    store: &'a Store,
    profile: &'a Profile,
    clock: &'a Clock,
    turn: &'a Turn<'a>,
    row: OutboxRow,
}

impl Sending<'_> {
    async fn run(&mut self, how: How) -> Result<Sent, Failure> {
        if self.row.state == OutboxState::Done {
            return Ok(Sent::Done(self.row.clone()));
        }
        let (mut pull, me) = match self.look().await {
            Ok(seen) => seen,
            // Nothing went out; a row that may have arrived stays as doubtful as it was.
            Err(failure) => return self.not_now(failure),
        };
        if matches!(self.row.state, OutboxState::Sending | OutboxState::Unknown) {
            if !self.found(&pull, &me)? {
                let age = Duration::try_from(wall().duration_since(self.row.changed_at)).unwrap_or(SETTLED);
                tokio::time::sleep(SETTLED.saturating_sub(age)).await;
                (pull, _) = match self.look().await {
                    Ok(seen) => seen,
                    Err(failure) => return self.not_now(failure),
                };
                if !self.found(&pull, &me)? {
                    self.set(OutboxState::Queued, None)?;
                }
            }
        } else if self.row.state != OutboxState::Queued {
            self.set(OutboxState::Queued, None)?;
        }
        // What has begun is brought to its end: a lifted veto whose review still stands helps nobody.
        if how == How::Checked && self.row.done == 0 {
            let obstacle = self.judged(&pull)?.and_then(|verdict| {
                checks::obstacle(&self.row.intent, &self.row.read, &pull, &verdict, Some(&me), self.profile)
            });
            if let Some(reason) = obstacle {
                self.set(OutboxState::Parked, Some(reason))?;
                return Ok(Sent::Parked(self.row.clone()));
            }
        }
        while let Some(post) = self.row.posts.get(self.row.done).cloned() {
            if let Some(end) = self.post(&post, &pull, &me).await? {
                return Ok(end);
            }
        }
        self.set(OutboxState::Done, None)?;
        Ok(Sent::Done(self.row.clone()))
    }

    /// One post, once. `None` where it has arrived and the next one may follow.
    async fn post(&mut self, post: &Post, pull: &PullFacts, me: &Login) -> Result<Option<Sent>, Failure> {
        self.turn.pause().await?;
        self.row.before = reconcile::twins(post, pull, me).into_iter().map(|twin| twin.id).collect();
        self.set(OutboxState::Sending, None)?;
        let outcome = self.client.send(&self.row.intent.repo, self.row.intent.pull, post).await;
        self.turn.wrote()?;
        match outcome {
            Ok(posted) => {
                self.arrived(posted.url)?;
                Ok(None)
            }
            // The veto is lifted by the words; that GitHub lets only writers dismiss a review is no failure of them.
            Err(SendFailure::NotSent(failure)) if matches!(post, Post::Dismiss { .. }) && is_final(failure.kind) => {
                self.arrived(None)?;
                Ok(None)
            }
            Err(SendFailure::NotSent(failure)) if is_final(failure.kind) => {
                self.set(OutboxState::Failed, Some(failure.cause.clone()))?;
                Ok(Some(Sent::Failed(self.row.clone(), failure)))
            }
            Err(SendFailure::NotSent(failure)) => {
                self.set(OutboxState::Queued, Some(failure.cause.clone()))?;
                Ok(Some(Sent::Waiting(self.row.clone(), failure)))
            }
            Err(SendFailure::Unknown(failure)) => {
                self.set(OutboxState::Unknown, Some(failure.cause.clone()))?;
                match self.look().await {
                    Ok((pull, me)) if self.found(&pull, &me)? => Ok(None),
                    _ => Ok(Some(Sent::Unknown(self.row.clone(), failure))),
                }
            }
        }
    }

    /// Reads the proposal again, and whose token this is.
    async fn look(&self) -> Result<(PullFacts, Login), Failure> {
        let (repo, number) = (&self.row.intent.repo, self.row.intent.pull);
        let pull = sync::refresh_pull(self.client, self.store, self.profile, repo, number, self.clock.now()).await?;
        let viewer = self.store.load(repo)?.viewer.ok_or_else(|| {
            Failure::new(FailureKind::Credentials, "post", "GitHub did not say whose token this is")
                .hint("Run `vepherd sync`.")
        })?;
        Ok((pull, viewer))
    }

    /// Looks for the current post on the proposal; where it is there, the row moves on.
    fn found(&mut self, pull: &PullFacts, me: &Login) -> Result<bool, Failure> {
        let Some(post) = self.row.posts.get(self.row.done) else { return Ok(true) };
        let ours = reconcile::twins(post, pull, me).into_iter().find(|twin| !self.row.before.contains(&twin.id));
        match ours {
            Some(twin) => {
                self.arrived(twin.link)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    fn arrived(&mut self, link: Option<String>) -> Result<(), Failure> {
        self.row.done += 1;
        self.row.links.extend(link);
        self.row.before.clear();
        // Between two posts nothing is on its way.
        let next = if self.row.done < self.row.posts.len() { OutboxState::Queued } else { OutboxState::Done };
        self.set(next, None)
    }

    fn judged(&self, pull: &PullFacts) -> Result<Option<Verdict>, Failure> {
        let facts = self.store.load(&self.row.intent.repo)?;
        Ok(board::derive_one(&facts, self.profile, None, pull.number, self.clock.now()))
    }

    fn not_now(&mut self, failure: Failure) -> Result<Sent, Failure> {
        match self.row.state {
            OutboxState::Sending => {
                self.set(OutboxState::Unknown, Some(failure.cause.clone()))?;
                Ok(Sent::Unknown(self.row.clone(), failure))
            }
            OutboxState::Unknown => Ok(Sent::Unknown(self.row.clone(), failure)),
            _ => Ok(Sent::Waiting(self.row.clone(), failure)),
        }
    }

    fn set(&mut self, state: OutboxState, reason: Option<String>) -> Result<(), Failure> {
        let was = self.row.state;
        self.row.state = state;
        self.row.reason = reason;
        // The machine's own time, for this machine alone: how long ago a reply was lost.
        self.row.changed_at = wall();
        if self.store.outbox_update(was, &self.row)? {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Store,
            "write the outbox",
            format!("{} was changed by somebody else", self.row.id),
        )
        .hint("`vepherd outbox` says how it stands."))
    }
}

/// GitHub has refused it for good: trying the same again changes nothing.
fn is_final(kind: FailureKind) -> bool {
    match kind {
        FailureKind::Rejected | FailureKind::NotFound | FailureKind::Permission | FailureKind::Protocol => true,
        FailureKind::Usage
        | FailureKind::Configuration
        | FailureKind::Credentials
        | FailureKind::RateLimited
        | FailureKind::Network
        | FailureKind::Server
        | FailureKind::Refused
        | FailureKind::Store
        | FailureKind::Local => false,
    }
}
