//! What is going on: requests, writes on their way, troubles and news.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::effect::{ReqId, SyncMode};
use crate::domain::action::Intent;
use crate::domain::failure::Failure;
use crate::domain::ids::PullNumber;

/// The outbox's name for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OutgoingId(pub i64);

/// A write that is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The outbox's name for it.
    pub id: OutgoingId,
    /// What.
    pub intent: Intent,
    /// How it stands.
    pub state: OutgoingState,
    /// Why it stands so, and what to do.
    pub why: Option<String>,
    /// The time to undo is over: it goes out by itself as soon as it can.
    pub due: bool,
    /// How many of its posts are on GitHub already.
    pub arrived: usize,
}

impl Outgoing {
    /// It goes out, or is looked for, without further words of the user.
    #[must_use]
    pub fn goes_by_itself(&self) -> bool {
        match self.state {
            OutgoingState::Queued => self.due,
            OutgoingState::Sending | OutgoingState::Unknown => true,
            OutgoingState::Parked | OutgoingState::Failed => false,
        }
    }
}

/// How a write stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutgoingState {
    /// In the outbox, not sent.
    Queued,
    /// On its way.
    Sending,
    /// Sent; the answer was lost.
    Unknown,
    /// Held back by a check of ours.
    Parked,
    /// Refused by GitHub.
    Failed,
}

impl OutgoingState {
    /// The word on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Parked => "parked",
            Self::Failed => "failed",
        }
    }
}

/// A write that can still be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoable {
    /// Which.
    pub id: OutgoingId,
    /// When it goes out.
    pub goes_at: Timestamp,
    /// What it is, for the status line: `Veto on #402`.
    pub label: String,
}

/// A proposal on which we wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Which.
    pub pull: PullNumber,
    /// Its labels when we wrote.
    pub labels: Vec<String>,
    /// Until when its changes are news.
    pub until: Timestamp,
}

/// A request whose answer has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// Its name.
    pub request: ReqId,
    /// What it is.
    pub kind: RequestKind,
    /// What it does now, for people.
    pub label: String,
    /// Steps done.
    pub done: usize,
    /// Steps in all; 0 where not known.
    pub total: usize,
    /// Since when.
    pub since: Timestamp,
}

/// Kinds of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// A sync; `asked` by the user, so that its end is news.
    Sync {
        /// How much.
        mode: SyncMode,
        /// By the user.
        asked: bool,
    },
    /// Writing an intent into the outbox.
    Enqueue(Box<Intent>),
    /// Sending.
    Send {
        /// What.
        id: OutgoingId,
        /// Whose proposal.
        pull: PullNumber,
        /// By whom.
        cause: SendCause,
    },
}

/// Why something is sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendCause {
    /// The user wants it: whatever comes of it is news.
    Asked,
    /// It was waiting, and GitHub answers again: that it still waits is no news.
    Resumed,
}

/// A failure that stands until something works again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What failed.
    pub failure: Failure,
    /// When.
    pub at: Timestamp,
    /// When it is tried again by itself; none where that makes no sense.
    pub next_try: Option<Timestamp>,
}

/// Whether the program is about to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaving {
    /// No.
    No,
    /// When what is on its way has arrived.
    AfterSends,
    /// Now.
    Now,
}

/// Short news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How it looks.
    pub level: Level,
    /// The sentence.
    pub text: String,
    /// When it goes.
    pub until: Timestamp,
}

/// How news looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Quiet.
    Info,
    /// Something worked.
    Good,
    /// Something to look at.
    Warn,
    /// Something failed.
    Error,
}
