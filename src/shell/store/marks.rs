//! What only this machine knows: drafts, what the viewer says about proposals, filters that they typed. Local, and shown
//! as such.
//!
//! Each thing said is a row of its own, so that two processes that mark the same proposal do not undo each other.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::{Store, decode, encode, integer, key};
use crate::domain::failure::Failure;
use crate::domain::ids::{PullNumber, RepoId, Sha};
use crate::domain::marks::{Change, Marks, Stamp};

/// The filters that are remembered; older ones give way.
const QUERIES: i64 = 100;

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
}

impl Store {
    /// Keeps changes of a proposal's mark, all or none.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn change_mark(&self, repo: &RepoId, number: PullNumber, changes: &[Change]) -> Result<(), Failure> {
        self.write("keep a mark in the local store", |tx| {
            let (repo, number) = (key(repo), integer(number.0));
            for change in changes {
                if let Change::Seen(seen) = change {
                    match seen {
                        Some(Stamp { at, head }) => tx.execute(
                            "INSERT OR REPLACE INTO seen (repo, number, at, head) VALUES (?1, ?2, ?3, ?4)",
                            params![repo, number, at.to_string(), head.as_str()],
                        )?,
                        None => {
                            tx.execute("DELETE FROM seen WHERE repo = ?1 AND number = ?2", params![repo, number])?
                        }
                    };
                    continue;
                }
                let (kind, about, json) = match change {
                    Change::Seen(_) => continue,
                    Change::Snooze(snooze) => ("snooze", String::new(), snooze.as_ref().map(encode)),
                    Change::Turn(turn) => ("turn", String::new(), turn.as_ref().map(encode)),
                    Change::Ruling(about, ruling) => ("ruling", about.key(), ruling.as_ref().map(encode)),
                };
                match json.transpose()? {
                    Some(json) => tx.execute(
                        "INSERT OR REPLACE INTO marks (repo, number, kind, about, json) VALUES (?1, ?2, ?3, ?4, ?5)",
                        params![repo, number, kind, about, json],
                    )?,
                    None => tx.execute(
                        "DELETE FROM marks WHERE repo = ?1 AND number = ?2 AND kind = ?3 AND about = ?4",
                        params![repo, number, kind, about],
                    )?,
                };
            }
            Ok(())
        })
    }

    /// All marks of a repository. A row that this version cannot read counts as absent.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn marks(&self, repo: &RepoId) -> Result<Marks, Failure> {
        let db = self.db();
        let key = key(repo);
        let seen = || -> rusqlite::Result<Vec<(i64, String, String)>> {
            db.prepare_cached("SELECT number, at, head FROM seen WHERE repo = ?1")?
                .query_map([&key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        };
        let said = || -> rusqlite::Result<Vec<(i64, String, String)>> {
            db.prepare_cached("SELECT number, kind, json FROM marks WHERE repo = ?1 ORDER BY number, kind, about")?
                .query_map([&key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        };
        let failing = self.failing("read marks from the local store");
        let (seen, said) = (seen().map_err(&failing)?, said().map_err(&failing)?);
        let number = |number: i64| number.try_into().ok().map(PullNumber);
        let mut marks = Marks::new();
        for (pull, at, head) in seen {
            if let (Some(pull), Ok(at)) = (number(pull), at.parse()) {
                marks.entry(pull).or_default().seen = Some(Stamp { at, head: Sha::new(head) });
            }
        }
        for (pull, kind, json) in said {
            let Some(pull) = number(pull) else { continue };
            let mark = marks.entry(pull).or_default();
            match kind.as_str() {
                "snooze" => mark.snooze = decode("a snooze", &json),
                "turn" => mark.turn = decode("a said turn", &json),
                "ruling" => mark.rulings.extend(decode("a verdict on an objection", &json)),
                _ => tracing::warn!(kind, "a mark of an unknown kind counts as absent"),
            }
        }
        marks.retain(|_, mark| !mark.is_empty());
        Ok(marks)
    }

    /// Remembers a filter that was typed, as the newest.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn remember_query(&self, text: &str) -> Result<(), Failure> {
        self.write("remember a filter in the local store", |tx| {
            tx.execute(
                "INSERT OR REPLACE INTO queries (text, used) SELECT ?1, COALESCE(MAX(used), 0) + 1 FROM queries",
                [text],
            )?;
            tx.execute(
                "DELETE FROM queries WHERE text NOT IN (SELECT text FROM queries ORDER BY used DESC LIMIT ?1)",
                [QUERIES],
            )?;
            Ok(())
        })
    }

    /// Filters that were typed, the newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn queries(&self) -> Result<Vec<String>, Failure> {
        let db = self.db();
        let read = || -> rusqlite::Result<Vec<String>> {
            db.prepare_cached("SELECT text FROM queries ORDER BY used DESC")?.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(self.failing("read filters from the local store"))
    }
}
