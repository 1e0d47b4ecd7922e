//! The local store: one SQLite file with what GitHub said, what the user wrote and has not sent yet, and what they
//! have seen. Nothing derived is kept here. Several processes may have it open at once.
//!
//! Pulls and issues are rows of JSON keyed by repository and number: the shape of a fact may grow without a
//! migration, and a row that this version cannot read counts as absent, so that the next sync fetches it again.
//! Texts of files are content-addressed. All calls are short and block; SQLite waits up to [`BUSY`] for others.

mod marks;
mod open;
mod outbox;
mod rescue;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::facts::{Facts, Gap, IssueFacts, PullFacts, RepoFiles};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{Login, PullNumber, RepoId};

pub use outbox::{NewRow, OutboxId, OutboxRow, OutboxState, Read, Taken};

/// How long a call waits for another process that writes.
pub const BUSY: Duration = Duration::from_secs(5);

/// The store. Cheap calls, shared by reference between tasks.
#[derive(Debug)]
pub struct Store {
    db: Mutex<Connection>,
    path: Option<PathBuf>,
    notice: Option<String>,
    writing: tokio::sync::Mutex<()>,
}

impl Store {
    /// Opens (and creates, and migrates) the store in a file. A corrupt file is set aside and replaced by an empty
    /// one, with everything unsent rescued; [`Store::notice`] says so then.
    ///
    /// # Errors
    /// Where the file cannot be made or opened, is locked for too long, or was written by a newer vepherd.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let (db, notice) = open::file(path)?;
        Ok(Self { db: Mutex::new(db), path: Some(path.to_owned()), notice, writing: tokio::sync::Mutex::default() })
    }

    /// A store that lives as long as this value: the demo and tests.
    ///
    /// # Errors
    /// Where SQLite has no memory.
    pub fn in_memory() -> Result<Self, Failure> {
        Ok(Self { db: Mutex::new(open::memory()?), path: None, notice: None, writing: tokio::sync::Mutex::default() })
    }

    /// The file, where there is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What the user must know of how it was opened: a corrupt store set aside, and where the unsent went.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Held by whoever sends through this store in this process; other processes are kept out by a file lock.
    pub(super) fn writing(&self) -> &tokio::sync::Mutex<()> {
        &self.writing
    }

    /// Everything known of a repository; [`Facts::empty`] where nothing is.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn load(&self, repo: &RepoId) -> Result<Facts, Failure> {
        let attempt = self.failing("read the local store");
        let mut facts = Facts::empty(repo.clone());
        let db = self.db();
        let key = key(repo);
        let head: Option<[Option<String>; 5]> = db
            .query_row(
                "SELECT default_branch, viewer, synced_at, files, gaps FROM repos WHERE repo = ?1",
                [&key],
                |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]),
            )
            .optional()
            .map_err(&attempt)?;
        if let Some([branch, viewer, synced_at, files, gaps]) = head {
            facts.gaps = gaps.and_then(|json| decode("gaps", &json)).unwrap_or_default();
            facts.default_branch = branch;
            facts.viewer = viewer.map(Login::new);
            facts.synced_at = synced_at.and_then(|text| text.parse().ok());
            facts.files = files.and_then(|json| decode("files", &json)).unwrap_or_default();
        }
        for pull in rows::<PullFacts>(&db, "SELECT json FROM pulls WHERE repo = ?1", &key).map_err(&attempt)? {
            facts.put(pull);
        }
        for issue in rows::<IssueFacts>(&db, "SELECT json FROM issues WHERE repo = ?1", &key).map_err(&attempt)? {
            facts.put_issue(issue);
        }
        Ok(facts)
    }

    /// One pull, where it is known.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn pull(&self, repo: &RepoId, number: PullNumber) -> Result<Option<PullFacts>, Failure> {
        let json: Option<String> = self
            .db()
            .query_row(
                "SELECT json FROM pulls WHERE repo = ?1 AND number = ?2",
                params![key(repo), integer(number.0)],
                |row| row.get(0),
            )
            .optional()
            .map_err(self.failing("read the local store"))?;
        Ok(json.and_then(|json| decode("a pull", &json)))
    }

    /// Keeps one pull.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_pull(&self, repo: &RepoId, pull: &PullFacts) -> Result<(), Failure> {
        self.save_pulls(repo, std::slice::from_ref(pull))
    }

    /// Keeps several pulls, all or none: one write to the disk for a batch.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_pulls(&self, repo: &RepoId, pulls: &[PullFacts]) -> Result<(), Failure> {
        if pulls.is_empty() {
            return Ok(());
        }
        self.write("save pulls in the local store", |tx| {
            let mut put = tx.prepare_cached("INSERT OR REPLACE INTO pulls (repo, number, json) VALUES (?1, ?2, ?3)")?;
            for pull in pulls {
                put.execute(params![key(repo), integer(pull.number.0), encode(pull)?])?;
            }
            Ok(())
        })
    }

    /// Keeps one issue.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_issue(&self, repo: &RepoId, issue: &IssueFacts) -> Result<(), Failure> {
        self.save_issues(repo, std::slice::from_ref(issue))
    }

    /// Keeps several issues, all or none.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_issues(&self, repo: &RepoId, issues: &[IssueFacts]) -> Result<(), Failure> {
        self.write("save issues in the local store", |tx| {
            let mut put =
                tx.prepare_cached("INSERT OR REPLACE INTO issues (repo, number, json) VALUES (?1, ?2, ?3)")?;
            for issue in issues {
                put.execute(params![key(repo), integer(issue.number), encode(issue)?])?;
            }
            Ok(())
        })
    }

    /// Keeps the files that say who is who.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_files(&self, repo: &RepoId, files: &RepoFiles) -> Result<(), Failure> {
        self.write("save files in the local store", |tx| {
            tx.execute(
                "INSERT INTO repos (repo, files) VALUES (?1, ?2) ON CONFLICT (repo) DO UPDATE SET files = excluded.files",
                params![key(repo), encode(files)?],
            )?;
            Ok(())
        })
    }

    /// Keeps what a sync could not read.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_gaps(&self, repo: &RepoId, gaps: &[Gap]) -> Result<(), Failure> {
        self.write("note the sync in the local store", |tx| {
            tx.execute(
                "INSERT INTO repos (repo, gaps) VALUES (?1, ?2) ON CONFLICT (repo) DO UPDATE SET gaps = excluded.gaps",
                params![key(repo), encode(&gaps)?],
            )?;
            Ok(())
        })
    }

    /// Forgets a pull (it was transferred or deleted).
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn remove_pull(&self, repo: &RepoId, number: PullNumber) -> Result<(), Failure> {
        self.write("forget a pull in the local store", |tx| {
            tx.execute("DELETE FROM pulls WHERE repo = ?1 AND number = ?2", params![key(repo), integer(number.0)])?;
            Ok(())
        })
    }

    /// A sync ended: when, whose token it was, and what GitHub calls the default branch.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn set_synced(
        &self,
        repo: &RepoId,
        at: Timestamp,
        viewer: Option<&Login>,
        default_branch: Option<&str>,
    ) -> Result<(), Failure> {
        self.write("note the sync in the local store", |tx| {
            tx.execute(
                "INSERT INTO repos (repo, synced_at, viewer, default_branch) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (repo) \
                 DO UPDATE SET synced_at = excluded.synced_at, viewer = excluded.viewer, \
                 default_branch = COALESCE(excluded.default_branch, default_branch)",
                params![key(repo), at.to_string(), viewer.map(Login::as_str), default_branch],
            )?;
            Ok(())
        })
    }

    /// The text of a blob by its object id.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn blob(&self, oid: &str) -> Result<Option<String>, Failure> {
        self.db()
            .query_row("SELECT text FROM blobs WHERE oid = ?1", [oid], |row| row.get(0))
            .optional()
            .map_err(self.failing("read the local store"))
    }

    /// Keeps the text of a blob. Its id is its content: a second save changes nothing.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_blob(&self, oid: &str, text: &str) -> Result<(), Failure> {
        self.save_blobs(&[(oid, text)])
    }

    /// Keeps several blobs, all or none.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_blobs(&self, blobs: &[(&str, &str)]) -> Result<(), Failure> {
        self.write("save files in the local store", |tx| {
            let mut put = tx.prepare_cached("INSERT OR IGNORE INTO blobs (oid, text) VALUES (?1, ?2)")?;
            for (oid, text) in blobs {
                put.execute(params![oid, text])?;
            }
            Ok(())
        })
    }

    /// A small value by its name: cursors of the sync, times of the last write.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn meta(&self, name: &str) -> Result<Option<String>, Failure> {
        self.db()
            .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(self.failing("read the local store"))
    }

    /// Keeps a small value.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn set_meta(&self, name: &str, value: &str) -> Result<(), Failure> {
        self.write("write the local store", |tx| {
            tx.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", [name, value])?;
            Ok(())
        })
    }

    /// SQLite's own check of the file, for `doctor`.
    ///
    /// # Errors
    /// Where the file is damaged, with SQLite's words.
    pub fn check(&self) -> Result<(), Failure> {
        let word: String = self
            .db()
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(self.failing("check the local store"))?;
        if word == "ok" {
            return Ok(());
        }
        Err(Failure::new(FailureKind::Store, "check the local store", word).hint(
            "Run `vepherd outbox` to see what is unsent, then move the file away: the next sync makes a new one.",
        ))
    }

    /// The connection. A poisoned lock is taken all the same: SQLite has rolled back what the panic interrupted.
    fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How a call of this store fails. Damage that only shows while reading leaves a mark beside the file, so that the
    /// next start checks the whole of it: that takes too long to do at every start.
    fn failing(&self, attempted: &'static str) -> impl Fn(rusqlite::Error) -> Failure {
        move |error| {
            if let (true, Some(path)) = (open::damaged(&error), &self.path) {
                open::mark_damaged(path);
            }
            attempting(attempted)(error)
        }
    }

    /// Runs `work` in one transaction that takes the write lock at once, so that two processes queue up instead of
    /// failing half-way.
    fn write<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Failure> {
        let mut db = self.db();
        let run = || {
            let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let value = work(&tx)?;
            tx.commit()?;
            Ok(value)
        };
        run().map_err(self.failing(attempted))
    }
}

/// GitHub's repositories are one whatever their case.
fn key(repo: &RepoId) -> String {
    repo.to_string().to_ascii_lowercase()
}

/// SQLite's integers are signed; GitHub's numbers are far from the edge.
fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn encode<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn decode<T: DeserializeOwned>(what: &str, json: &str) -> Option<T> {
    match serde_json::from_str(json) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::warn!(what, %error, "a stored row is not readable and counts as absent");
            None
        }
    }
}

fn rows<T: DeserializeOwned>(db: &Connection, sql: &str, key: &str) -> rusqlite::Result<Vec<T>> {
    let mut query = db.prepare_cached(sql)?;
    let mut found = Vec::new();
    for json in query.query_map([key], |row| row.get::<_, String>(0))? {
        found.extend(decode("a fact", &json?));
    }
    Ok(found)
}

/// Turns SQLite's errors into failures that say what to do.
fn attempting(attempted: &'static str) -> impl Fn(rusqlite::Error) -> Failure {
    use rusqlite::ErrorCode;
    move |error| {
        let hint = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => "The disk is full: free some space. Nothing that was stored before is lost.",
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                "The store's folder is read-only: make it writable, or set VEPHERD_DATA_DIR to another one."
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "Another vepherd has been writing for long: try again, or end it."
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                "The store is damaged: start vepherd again, it sets the file aside and rescues what is unsent."
            }
            _ => "`vepherd doctor` checks the store.",
        };
        Failure::new(FailureKind::Store, attempted, error.to_string()).hint(hint)
    }
}
