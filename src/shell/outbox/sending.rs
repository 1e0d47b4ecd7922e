//! One row on its way, by whoever holds the turn. Every step is on disk before the next one begins, so that a process
//! that dies anywhere in here leaves a row that says how far it was.

use jiff::Timestamp;
use serde_json::json;

use super::turn::Turn;
use super::{How, Sender, Sent, checks, reconcile};
use crate::domain::action::Post;
use crate::domain::board;
use crate::domain::facts::PullFacts;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::Login;
use crate::domain::verdict::Verdict;
use crate::shell::clock::wall;
use crate::shell::github::send::SendFailure;
use crate::shell::store::{OutboxRow, OutboxState};
use crate::shell::sync;

/// Whose token this is.
const WHOSE: &str = include_str!("../../../assets/graphql/whose.graphql");

/// What a look at the proposal saw.
struct Seen {
    pull: PullFacts,
    /// Whose token sends.
    me: Login,
    /// The server's clock before it.
    at: Option<Timestamp>,
}

/// One row on its way.
pub(super) struct Sending<'a> {
    desk: &'a Sender<'a>,
    turn: &'a Turn<'a>,
    row: OutboxRow,
}

impl<'a> Sending<'a> {
    pub(super) fn new(desk: &'a Sender<'a>, turn: &'a Turn<'a>, row: OutboxRow) -> Self {
        Self { desk, turn, row }
    }

    pub(super) async fn run(mut self, how: How) -> Result<Sent, Failure> {
        if self.row.state == OutboxState::Done {
            return Ok(Sent::Done(self.row));
        }
        if let Some(failure) = self.elsewhere() {
            return self.not_now(failure);
        }
        if let Some(failure) = self.turn.barred()? {
            return self.not_now(failure);
        }
        let mut seen = match self.look().await {
            Ok(seen) => seen,
            // Nothing went out; a row that may have arrived stays as doubtful as it was.
            Err(failure) => return self.not_now(failure),
        };
        // What the user has read and wants out all the same.
        let read = self.row.reason.take_if(|_| how == How::Anyway && self.row.state == OutboxState::Parked);
        if matches!(self.row.state, OutboxState::Sending | OutboxState::Unknown) {
            if !self.found(&seen)? {
                // Whatever is still on its way has arrived after this. The whole time, always: clocks may have been set
                // since, and the machine may have slept between the last look and the post.
                tokio::time::sleep(self.desk.settled).await;
                seen = match self.look().await {
                    Ok(seen) => seen,
                    Err(failure) => return self.not_now(failure),
                };
                if !self.found(&seen)? {
                    if let Some(failure) = self.uncertain(&seen.pull) {
                        return self.not_now(failure);
                    }
                    self.set(OutboxState::Queued, None)?;
                }
            }
        } else if self.row.state != OutboxState::Queued || self.row.reason.is_some() {
            self.set(OutboxState::Queued, None)?;
        }
        // What has begun is brought to its end: a lifted veto whose review still stands helps nobody.
        if self.row.done == 0 {
            let obstacles = self.obstacles(&seen)?;
            if !obstacles.is_empty() {
                let reason = obstacles.join("; ");
                if read.as_ref() != Some(&reason) {
                    self.set(OutboxState::Parked, Some(reason))?;
                    return Ok(Sent::Parked(self.row));
                }
                self.row.author = Some(seen.me.clone());
            }
        }
        while let Some(post) = self.row.posts.get(self.row.done).cloned() {
            if let Some(end) = self.post(&post, &seen).await? {
                return Ok(end);
            }
        }
        if self.row.state != OutboxState::Done {
            self.set(OutboxState::Done, None)?;
        }
        Ok(Sent::Done(self.row))
    }

    /// One post, once. `None` where it has arrived and the next one may follow.
    async fn post(&mut self, post: &Post, seen: &Seen) -> Result<Option<Sent>, Failure> {
        self.turn.pause().await?;
        self.row.before = reconcile::twins(post, &seen.pull, &seen.me).into_iter().map(|twin| twin.id).collect();
        self.row.since = seen.at;
        self.set(OutboxState::Sending, None)?;
        let outcome = self.desk.client.send(&self.row.intent.repo, self.row.intent.pull, post).await;
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
                if failure.kind == FailureKind::RateLimited {
                    self.turn.bar(&failure, seen.at)?;
                }
                self.set(OutboxState::Queued, Some(failure.cause.clone()))?;
                Ok(Some(Sent::Waiting(self.row.clone(), failure)))
            }
            Err(SendFailure::Unknown(failure)) => {
                self.set(OutboxState::Unknown, Some(failure.cause.clone()))?;
                match self.look().await {
                    Ok(seen) if self.found(&seen)? => Ok(None),
                    _ => Ok(Some(Sent::Unknown(self.row.clone(), failure))),
                }
            }
        }
    }

    /// Asks whose token this is, and reads the proposal again. In this order: the server's clock of the first answer is
    /// older than anything that is posted after the second.
    async fn look(&self) -> Result<Seen, Failure> {
        let Sender { client, store, profile, clock, .. } = self.desk;
        let (repo, number) = (&self.row.intent.repo, self.row.intent.pull);
        let whose = client.read("ask whose token this is", WHOSE, &json!({}), true).await?;
        let me = whose.data.pointer("/viewer/login").and_then(serde_json::Value::as_str).map(Login::new);
        let me = me.ok_or_else(|| {
            Failure::new(FailureKind::Credentials, "post", "GitHub did not say whose token this is")
                .hint("`vepherd auth status` says more.")
        })?;
        let pull = sync::refresh_pull(client, store, profile, repo, number, clock.now()).await?;
        Ok(Seen { pull, me, at: whose.server_time })
    }

    /// Looks for the current post on the proposal; where it is there, the row moves on.
    fn found(&mut self, seen: &Seen) -> Result<bool, Failure> {
        let Some(post) = self.row.posts.get(self.row.done) else { return Ok(true) };
        let whose = self.row.author.as_ref().unwrap_or(&seen.me);
        let ours = reconcile::ours(post, &seen.pull, whose, &self.row.before, self.row.since);
        match ours {
            Some(twin) => {
                self.arrived(twin.link)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Why it cannot be said that the post is not there: the part in which it would be was not read whole.
    fn uncertain(&self, pull: &PullFacts) -> Option<Failure> {
        let part = reconcile::part(self.row.posts.get(self.row.done)?);
        let cut = pull.truncated.iter().find(|cut| cut.part == part || cut.part == "everything")?;
        let cause = format!("GitHub did not answer the {part} of {} whole ({})", pull.number, cut.why);
        Some(
            Failure::new(FailureKind::Server, format!("see whether it is on {}", pull.number), cause)
                .hint("It is looked for again the next time; nothing is sent before that."),
        )
    }

    fn arrived(&mut self, link: Option<String>) -> Result<(), Failure> {
        self.row.done += 1;
        self.row.links.extend(link);
        self.row.before.clear();
        // Between two posts nothing is on its way.
        let next = if self.row.done < self.row.posts.len() { OutboxState::Queued } else { OutboxState::Done };
        self.set(next, None)
    }

    /// Why it must not go out as it is.
    fn obstacles(&self, seen: &Seen) -> Result<Vec<String>, Failure> {
        let mut found = Vec::new();
        if let Some(author) = self.row.author.as_ref().filter(|author| **author != seen.me) {
            found.push(format!("it was written as {author}, and the token is {}'s now", seen.me));
        }
        let repo = &self.row.intent.repo;
        let permission = self.desk.store.meta(&sync::permission_key(repo))?;
        if let Some(verdict) = self.judged(&seen.pull)? {
            let now = checks::Now { pull: &seen.pull, verdict: &verdict, me: &seen.me, permission };
            found.extend(checks::obstacles(&self.row.intent, &self.row.read, &now, self.desk.profile));
        }
        Ok(found)
    }

    fn judged(&self, pull: &PullFacts) -> Result<Option<Verdict>, Failure> {
        let facts = self.desk.store.load(&self.row.intent.repo)?;
        Ok(board::derive_one(&facts, self.desk.profile, None, pull.number, self.desk.clock.now()))
    }

    /// What is written for one server never goes to another.
    fn elsewhere(&self) -> Option<Failure> {
        let host = self.row.host.as_deref().filter(|_| !self.desk.is_ours(&self.row))?;
        let cause = format!("it was written for {host}, and this is {}", self.desk.client.root());
        Some(
            Failure::new(FailureKind::Refused, format!("post to {}", self.row.intent.pull), cause)
                .hint("Set VEPHERD_GITHUB_API back to send it, or drop it."),
        )
    }

    /// It does not go out now. A proposal that is gone is no matter of time.
    fn not_now(mut self, failure: Failure) -> Result<Sent, Failure> {
        let reason = Some(failure.cause.clone());
        match self.row.state {
            OutboxState::Parked => Ok(Sent::Waiting(self.row, failure)),
            // Whatever happens, what may have arrived stays in doubt until it was looked for.
            OutboxState::Sending | OutboxState::Unknown => {
                self.set(OutboxState::Unknown, reason)?;
                Ok(Sent::Unknown(self.row, failure))
            }
            _ if failure.kind == FailureKind::NotFound => {
                self.set(OutboxState::Failed, reason)?;
                Ok(Sent::Failed(self.row, failure))
            }
            OutboxState::Queued | OutboxState::Failed | OutboxState::Done => {
                self.set(OutboxState::Queued, reason)?;
                Ok(Sent::Waiting(self.row, failure))
            }
        }
    }

    fn set(&mut self, state: OutboxState, reason: Option<String>) -> Result<(), Failure> {
        let was = self.row.state;
        self.row.state = state;
        self.row.reason = reason;
        // The machine's own time, for people: when it was last looked at.
        self.row.changed_at = wall();
        if self.desk.store.outbox_update(was, &self.row)? {
            return Ok(());
        }
        let cause = format!("{} was changed by somebody else", self.row.id);
        Err(Failure::new(FailureKind::Store, "write the outbox", cause).hint("`vepherd outbox` says how it stands."))
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
