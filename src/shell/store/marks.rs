//! What only this machine knows: drafts, and what the user has seen. Local, and shown as such.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Store, integer, key};
use crate::domain::failure::Failure;
use crate::domain::ids::{PullNumber, RepoId, Sha};

/// The user has looked at a proposal: when, and at which head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenMark {
    /// When.
    pub at: Timestamp,
    /// The head then.
    pub head: Sha,
}

impl Store {
    /// Keeps a draft under a key that its composer chooses.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_draft(&self, key: &str, text: &str) -> Result<(), Failure> {
        self.write("keep a draft in the local store", |tx| {
            tx.execute("INSERT OR REPLACE INTO drafts (key, text) VALUES (?1, ?2)", [key, text])?;
            Ok(())
        })
    }

    /// The draft under a key.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn draft(&self, key: &str) -> Result<Option<String>, Failure> {
        self.db()
            .query_row("SELECT text FROM drafts WHERE key = ?1", [key], |row| row.get(0))
            .optional()
            .map_err(self.failing("read a draft from the local store"))
    }

    /// All drafts, by key.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn drafts(&self) -> Result<BTreeMap<String, String>, Failure> {
        let db = self.db();
        let read = || -> rusqlite::Result<BTreeMap<String, String>> {
            db.prepare_cached("SELECT key, text FROM drafts")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(self.failing("read drafts from the local store"))
    }

    /// Forgets a draft: it was sent or thrown away.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn drop_draft(&self, key: &str) -> Result<(), Failure> {
        self.write("drop a draft in the local store", |tx| {
            tx.execute("DELETE FROM drafts WHERE key = ?1", [key])?;
            Ok(())
        })
    }

    /// Marks a proposal as seen.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn mark_seen(&self, repo: &RepoId, number: PullNumber, mark: &SeenMark) -> Result<(), Failure> {
        self.write("mark a proposal as seen in the local store", |tx| {
            tx.execute(
                "INSERT OR REPLACE INTO seen (repo, number, at, head) VALUES (?1, ?2, ?3, ?4)",
                params![key(repo), integer(number.0), mark.at.to_string(), mark.head.as_str()],
            )?;
            Ok(())
        })
    }

    /// Takes the mark off.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn unmark_seen(&self, repo: &RepoId, number: PullNumber) -> Result<(), Failure> {
        self.write("take a mark off in the local store", |tx| {
            tx.execute("DELETE FROM seen WHERE repo = ?1 AND number = ?2", params![key(repo), integer(number.0)])?;
            Ok(())
        })
    }

    /// All marks of a repository.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn seen(&self, repo: &RepoId) -> Result<BTreeMap<PullNumber, SeenMark>, Failure> {
        let db = self.db();
        let read = || -> rusqlite::Result<Vec<(i64, String, String)>> {
            db.prepare_cached("SELECT number, at, head FROM seen WHERE repo = ?1")?
                .query_map([key(repo)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        };
        let rows = read().map_err(self.failing("read marks from the local store"))?;
        Ok(rows
            .into_iter()
            .filter_map(|(number, at, head)| {
                Some((PullNumber(number.try_into().ok()?), SeenMark { at: at.parse().ok()?, head: Sha::new(head) }))
            })
            .collect())
    }
}
