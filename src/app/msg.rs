//! What has happened. Past tense, plain comparable data: a recorded list of messages replays a session.

use std::sync::Arc;

use super::effect::{ReqId, Timer};
use super::keymap::Key;
use super::model::{Outgoing, OutgoingId};
use crate::domain::facts::Facts;
use crate::domain::failure::Failure;
use crate::domain::marks::Marks;

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    KeyPressed(Key),
    /// Text was pasted.
    Pasted(String),
    /// The main mouse button went down.
    Clicked {
        /// Column of the cell.
        column: u16,
        /// Row of the cell.
        row: u16,
    },
    /// The wheel turned.
    Wheeled {
        /// Column of the cell.
        column: u16,
        /// Row of the cell.
        row: u16,
        /// Notches, down is positive.
        notches: i32,
    },
    /// The terminal has a new size.
    Resized {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// The terminal came to the front.
    FocusGained,
    /// Another window came to the front.
    FocusLost,
    /// Nothing can be typed any more: the terminal is gone.
    InputClosed,
    /// The process was asked to end (SIGTERM, SIGHUP).
    Terminated,
    /// A timer came due.
    TimerFired(Timer),
    /// The facts were read from the store.
    FactsLoaded(Arc<Facts>),
    /// The store could not be read or written.
    StoreFailed(Failure),
    /// What the viewer said about proposals was read.
    MarksLoaded(Marks),
    /// Filters that were typed were read, the newest first.
    HistoryLoaded(Vec<String>),
    /// What the viewer may do in the repository, in GitHub's words (`READ`, `WRITE`, …), as the newest sync heard it.
    PermissionLoaded(Option<String>),
    /// Why nothing can be posted, as far as is known now; `None` where it can.
    ReadOnlyLearned(Option<String>),
    /// A draft was read; `None` where there is none.
    DraftLoaded {
        /// Which.
        key: String,
        /// Its text.
        text: Option<String>,
    },
    /// A draft could not be kept: the disk is full, the store is gone.
    DraftNotKept {
        /// Which.
        key: String,
        /// Its text, which is nowhere else any more where its composer is closed.
        text: String,
        /// Why.
        failure: Failure,
    },
    /// The outbox as it is now: all that is not done, oldest first.
    OutboxLoaded(Vec<Outgoing>),
    /// A sync got on.
    SyncProgressed {
        /// The request.
        request: ReqId,
        /// What it does now, for people.
        what: String,
        /// Steps done.
        done: usize,
        /// Steps in all, as far as known.
        total: usize,
    },
    /// A sync ended. New facts came before, if any.
    Synced {
        /// The request.
        request: ReqId,
        /// What it found.
        outcome: SyncOutcome,
    },
    /// A sync failed; what was known stays.
    SyncFailed {
        /// The request.
        request: ReqId,
        /// Why.
        failure: Failure,
    },
    /// An intent is in the outbox.
    Enqueued {
        /// The request.
        request: ReqId,
        /// Its id there.
        id: OutgoingId,
    },
    /// An intent could not be written into the outbox.
    EnqueueFailed {
        /// The request.
        request: ReqId,
        /// Why.
        failure: Failure,
    },
    /// A send ended; the outbox as it is now came before.
    SendEnded {
        /// The request.
        request: ReqId,
        /// What.
        id: OutgoingId,
        /// How; an error has left it parked, failed or unknown.
        outcome: Result<(), Failure>,
    },
    /// A write could not be taken back: it is on its way, or on GitHub.
    TakeBackFailed {
        /// What.
        id: OutgoingId,
        /// Why.
        failure: Failure,
    },
    /// The editor was closed: its text, or why there is none.
    EditorClosed(Result<String, Failure>),
    /// A page could not be opened in the browser.
    BrowseFailed(Failure),
    /// Something that the user should know from the start, such as settings that could not be read.
    Noticed(String),
}

/// What a sync found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncOutcome {
    /// Pulls known now.
    pub pulls: usize,
    /// Pulls that had changed.
    pub changed: usize,
    /// GraphQL points left, where GitHub said so.
    pub points_left: Option<u64>,
    /// What could not be read whole, in words.
    pub warnings: Vec<String>,
}
