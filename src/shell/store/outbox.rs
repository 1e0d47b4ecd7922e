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
use crate::domain::ids::Login;

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
#[derive(Clone, Copy, Debug)]
pub struct NewRow<'a> {
    /// What the user meant.
    pub intent: &'a Intent,
    /// What goes to GitHub, in order.
    pub posts: &'a [Post],
    /// What they had read.
    pub read: &'a Read,
    /// When it is written down.
    pub at: Timestamp,
    /// REST's root of the server that it is for, where one is known: nothing written for one server goes to another.
    pub host: Option<&'a str>,
    /// Whose words they are, where that is known: nobody else's token sends them.
    pub author: Option<&'a Login>,
    /// The draft that it was written as: from here on the outbox keeps the text, and there is never a copy of both.
    pub draft: Option<&'a str>,
}

impl<'a> NewRow<'a> {
    /// A row with what every row has.
    #[must_use]
    pub fn of(intent: &'a Intent, posts: &'a [Post], read: &'a Read) -> Self {
        Self { intent, posts, read, at: intent.created_at, host: None, author: None, draft: None }
    }
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
    /// The time to undo is over: it goes out by itself as soon as it can.
    pub due: bool,
    /// REST's root of the server that it is for.
    pub host: Option<String>,
    /// Whose words they are.
    pub author: Option<Login>,
    /// The server's clock before the current post was sent: whatever is older is not ours.
    pub since: Option<Timestamp>,
}

/// What became of taking a row out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is out; this is how it stood.
    Out(OutboxState),
    /// It stays: a process is at it, or it is on GitHub.
    Stays(OutboxState),
    /// There is none.
    Absent,
}

const COLUMNS: &str =
    "id, state, intent, posts, read, done, before, reason, links, changed_at, due, host, author, since";

impl Store {
    /// Writes an intent down as queued. When this returns, it survives a power cut.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn outbox_add(&self, new: &NewRow<'_>) -> Result<OutboxId, Failure> {
        self.write("write the intent down before sending it", |tx| {
            tx.execute(
                "INSERT INTO outbox (state, intent, posts, read, changed_at, host, author) \
                 VALUES ('queued', ?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    encode(new.intent)?,
                    encode(&new.posts)?,
                    encode(new.read)?,
                    new.at.to_string(),
                    new.host,
                    new.author.map(Login::as_str)
                ],
            )?;
            let id = OutboxId(tx.last_insert_rowid());
            if let Some(key) = new.draft {
                tx.execute("DELETE FROM drafts WHERE key = ?1", [key])?;
            }
            Ok(id)
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
                 intent = ?8, posts = ?9, due = ?10, since = ?11 WHERE id = ?12 AND state = ?13",
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
                    row.due,
                    row.since.map(|at| at.to_string()),
                    row.id.0,
                    was.word()
                ],
            )?;
            Ok(changed == 1)
        })
    }

    /// The time to undo is over: from here on the row goes out by itself, in whichever process comes first.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn outbox_due(&self, id: OutboxId) -> Result<(), Failure> {
        self.write("write the outbox", |tx| {
            tx.execute("UPDATE outbox SET due = 1 WHERE id = ?1", [id.0])?;
            Ok(())
        })
    }

    /// Takes a row out, unless a process is sending it or it is on GitHub. Its text becomes the draft in the same step,
    /// so that no crash leaves both or neither.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn outbox_take(&self, id: OutboxId, draft: Option<(&str, &str)>) -> Result<Taken, Failure> {
        self.write("take a row out of the outbox", |tx| {
            let state: Option<String> =
                tx.query_row("SELECT state FROM outbox WHERE id = ?1", [id.0], |row| row.get(0)).optional()?;
            let Some(state) = state else { return Ok(Taken::Absent) };
            let state: OutboxState = state.parse().map_err(|()| unreadable(0, format!("`{state}` is no state")))?;
            match state {
                OutboxState::Sending | OutboxState::Done => return Ok(Taken::Stays(state)),
                OutboxState::Queued | OutboxState::Unknown | OutboxState::Parked | OutboxState::Failed => {}
            }
            tx.execute("DELETE FROM outbox WHERE id = ?1", [id.0])?;
            if let Some((key, text)) = draft {
                tx.execute("INSERT OR REPLACE INTO drafts (key, text) VALUES (?1, ?2)", [key, text])?;
            }
            Ok(Taken::Out(state))
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
        due: row.get(10)?,
        host: row.get(11)?,
        author: row.get::<_, Option<String>>(12)?.map(Login::new),
        since: row.get::<_, Option<String>>(13)?.and_then(|at| at.parse().ok()),
    })
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|error| unreadable(index, error.to_string()))
}

fn unreadable(index: usize, why: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, why.into())
}
