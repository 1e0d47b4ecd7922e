//! The outbox's rows. What a state means and how a row moves is `shell::outbox`'s business; here a row is kept, and
//! a change that rests on a state happens only while the row is in it, whichever process asks.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::{Store, encode, integer};
use crate::domain::action::{Intent, Post};
use crate::domain::failure::Failure;

/// A row's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OutboxId(pub i64);

impl fmt::Display for OutboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How a row stands (`design.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutboxState {
    /// Written down, not sent.
    Queued,
    /// A process is at it; where that process is gone, as good as unknown.
    Sending,
    /// It may have arrived: it must be looked for before anything is sent again.
    Unknown,
    /// It is on GitHub.
    Done,
    /// A check stopped it; the user decides.
    Parked,
    /// GitHub refused it.
    Failed,
}

impl OutboxState {
    /// The word of the store, of JSON and of the screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Done => "done",
            Self::Parked => "parked",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for OutboxState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Queued, Self::Sending, Self::Unknown, Self::Done, Self::Parked, Self::Failed]
            .into_iter()
            .find(|state| state.word() == text)
            .ok_or(())
    }
}

/// What the user had in front of them when they decided, as far as the store knew it: whoever objected later is news.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The pull was open.
    pub open: bool,
    /// Standing vetoes, objections and holds, each as a key that does not change while it stands.
    pub against: Vec<String>,
}

/// What is written down before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow<'a> {
    /// What the user meant.
    pub intent: &'a Intent,
    /// What goes to GitHub, in order.
    pub posts: &'a [Post],
    /// What they had read.
    pub read: &'a Read,
    /// When it is written down.
    pub at: Timestamp,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboxRow {
    /// Its number.
    pub id: OutboxId,
    /// How it stands.
    pub state: OutboxState,
    /// What the user meant.
    pub intent: Intent,
    /// What goes to GitHub, in order.
    pub posts: Vec<Post>,
    /// What they had read.
    pub read: Read,
    /// How many of the posts have arrived.
    pub done: usize,
    /// Ids of equal texts by the same person that were there before the current post was sent: whatever is found
    /// later and is none of these is ours. No clock is compared.
    pub before: Vec<String>,
    /// Why it is parked, failed or unknown.
    pub reason: Option<String>,
    /// Links of what arrived.
    pub links: Vec<String>,
    /// When it last changed.
    pub changed_at: Timestamp,
}

const COLUMNS: &str = "id, state, intent, posts, read, done, before, reason, links, changed_at";

impl Store {
    /// Writes an intent down as queued. When this returns, it survives a power cut.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn outbox_add(&self, new: &NewRow<'_>) -> Result<OutboxId, Failure> {
        self.write("write the intent down before sending it", |tx| {
            tx.execute(
                "INSERT INTO outbox (state, intent, posts, read, changed_at) VALUES ('queued', ?1, ?2, ?3, ?4)",
                params![encode(new.intent)?, encode(&new.posts)?, encode(new.read)?, new.at.to_string()],
            )?;
            Ok(OutboxId(tx.last_insert_rowid()))
        })
    }

    /// All rows, oldest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn outbox(&self) -> Result<Vec<OutboxRow>, Failure> {
        let db = self.db();
        let read = || -> rusqlite::Result<Vec<OutboxRow>> {
            db.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox ORDER BY id"))?.query_map([], row)?.collect()
        };
        read().map_err(self.failing("read the outbox"))
    }

    /// One row.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn outbox_row(&self, id: OutboxId) -> Result<Option<OutboxRow>, Failure> {
        self.db()
            .query_row(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"), [id.0], row)
            .optional()
            .map_err(self.failing("read the outbox"))
    }

    /// Replaces what changes in a row (state, progress, reason), if it is still in the state `was`; false where it is
    /// not, and then nothing changed.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn outbox_update(&self, was: OutboxState, row: &OutboxRow) -> Result<bool, Failure> {
        self.write("write the outbox", |tx| {
            let changed = tx.execute(
                "UPDATE outbox SET state = ?1, done = ?2, before = ?3, reason = ?4, links = ?5, changed_at = ?6, read = ?7, \
                 intent = ?8, posts = ?9 WHERE id = ?10 AND state = ?11",
                params![
                    row.state.word(),
                    integer(row.done as u64),
                    encode(&row.before)?,
                    row.reason,
                    encode(&row.links)?,
                    row.changed_at.to_string(),
                    encode(&row.read)?,
                    encode(&row.intent)?,
                    encode(&row.posts)?,
                    row.id.0,
                    was.word()
                ],
            )?;
            Ok(changed == 1)
        })
    }

    /// Takes a row out, unless a process is sending it; true where one was taken out.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn outbox_drop(&self, id: OutboxId) -> Result<bool, Failure> {
        self.write("drop a row of the outbox", |tx| {
            Ok(tx.execute("DELETE FROM outbox WHERE id = ?1 AND state <> 'sending'", [id.0])? == 1)
        })
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    let state: String = row.get(1)?;
    let done: i64 = row.get(5)?;
    let changed_at: String = row.get(9)?;
    Ok(OutboxRow {
        id: OutboxId(row.get(0)?),
        state: state.parse().map_err(|()| unreadable(1, format!("`{state}` is no state")))?,
        intent: json(row, 2)?,
        posts: json(row, 3)?,
        read: json(row, 4)?,
        done: usize::try_from(done).unwrap_or(0),
        before: json(row, 6)?,
        reason: row.get(7)?,
        links: json(row, 8)?,
        changed_at: changed_at.parse().map_err(|error: jiff::Error| unreadable(9, error.to_string()))?,
    })
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|error| unreadable(index, error.to_string()))
}

fn unreadable(index: usize, why: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, why.into())
}
