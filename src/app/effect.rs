//! What the shell is asked to do. Imperative, closed, comparable: one place executes them, and tests compare them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::model::OutgoingId;
use crate::domain::action::Intent;
use crate::domain::ids::PullNumber;
use crate::domain::marks::Change;

/// Names one request, so that its answer can be told from an old one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReqId(pub u64);

/// How much a sync reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SyncMode {
    /// What has changed.
    Changed,
    /// Everything.
    Full,
}

/// Whether the checks before sending apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SendHow {
    /// They do: a moved head or a new objection parks it.
    Checked,
    /// The user has read why it was parked, and sends it all the same.
    Anyway,
}

/// Something for the shell to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Sync with GitHub; answers with progress, then `Synced` or `SyncFailed`, and new facts before `Synced`.
    Sync {
        /// The request.
        request: ReqId,
        /// How much.
        mode: SyncMode,
    },
    /// Read the facts from the store: for a start, and where another process may have written.
    LoadFacts,
    /// Read what is only here: marks, filters that were typed, the outbox, what the viewer may do.
    LoadLocal,
    /// Read one draft.
    LoadDraft {
        /// Which.
        key: String,
    },
    /// Keep a draft.
    SaveDraft {
        /// Which.
        key: String,
        /// Its text.
        text: String,
    },
    /// Forget a draft.
    DropDraft {
        /// Which.
        key: String,
    },
    /// Write an intent into the outbox; nothing is sent yet.
    Enqueue {
        /// The request.
        request: ReqId,
        /// What.
        intent: Intent,
        /// The draft that it was written as; it goes in the same step.
        draft: Option<String>,
    },
    /// Send what is in the outbox, after a new look at the proposal.
    Send {
        /// The request.
        request: ReqId,
        /// What.
        id: OutgoingId,
        /// Whether the checks apply.
        how: SendHow,
    },
    /// Take back what was not sent: out of the outbox, its text a draft in the same step. Answers with the outbox, and
    /// with `TakeBackFailed` where it is too late.
    TakeBack {
        /// What.
        id: OutgoingId,
        /// The draft's key and text; none for what has no words.
        draft: Option<(String, String)>,
    },
    /// Keep what the viewer said about a proposal.
    ChangeMark {
        /// Which proposal.
        pull: PullNumber,
        /// What changes.
        changes: Vec<Change>,
    },
    /// Read what the viewer said, here or in another process.
    LoadMarks,
    /// Remember a filter that was typed.
    RememberFilter {
        /// The filter.
        text: String,
    },
    /// Give the terminal to `$EDITOR` with this text.
    OpenEditor {
        /// The text.
        text: String,
    },
    /// Open a page in the browser; http(s) only.
    OpenUrl {
        /// The page.
        url: String,
    },
    /// Put a text on the terminal's clipboard (OSC 52).
    Copy {
        /// The text.
        text: String,
    },
    /// Start a timer, or start it anew.
    StartTimer {
        /// Which.
        timer: Timer,
        /// After how long.
        after: Duration,
    },
    /// Stop a timer.
    StopTimer {
        /// Which.
        timer: Timer,
    },
    /// Stop the process until `fg`.
    Suspend,
    /// Leave.
    Quit,
}

/// Timers. Each exists at most once, and only while something waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// Ages on the screen change.
    Minute,
    /// The next automatic sync.
    Refresh,
    /// The composer's text is to be kept.
    Draft,
    /// The time to undo is over.
    Send(OutgoingId),
    /// The oldest toast goes.
    Toast,
}

/// The effects of one message, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "effects do nothing until the shell executes them"]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// None.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, effect: Effect) {
        self.0.push(effect);
    }

    /// The effects, in order.
    pub fn as_slice(&self) -> &[Effect] {
        &self.0
    }
}

impl From<Effect> for Effects {
    fn from(effect: Effect) -> Self {
        Self(vec![effect])
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<Effect> for Effects {
    fn extend<T: IntoIterator<Item = Effect>>(&mut self, effects: T) {
        self.0.extend(effects);
    }
}
