//! What has ended, in its light form (`domain::history`).

use std::collections::BTreeSet;

use rusqlite::params;

use super::{Store, encode, integer, key, rows};
use crate::domain::failure::Failure;
use crate::domain::history::Ended;
use crate::domain::ids::{PullNumber, RepoId};

impl Store {
    /// Everything that ended, oldest number first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn history(&self, repo: &RepoId) -> Result<Vec<Ended>, Failure> {
        let sql = "SELECT json FROM history WHERE repo = ?1 ORDER BY number";
        rows(&self.db(), sql, &key(repo)).map_err(self.failing("read the history in the local store"))
    }

    /// The numbers of what ended.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn history_numbers(&self, repo: &RepoId) -> Result<BTreeSet<PullNumber>, Failure> {
        let db = self.db();
        let read = || -> rusqlite::Result<BTreeSet<PullNumber>> {
            let mut query = db.prepare_cached("SELECT number FROM history WHERE repo = ?1")?;
            let numbers = query.query_map([key(repo)], |row| row.get::<_, i64>(0))?;
            numbers.map(|number| Ok(PullNumber(u64::try_from(number?).unwrap_or(0)))).collect()
        };
        read().map_err(self.failing("read the history in the local store"))
    }

    /// Keeps a page of what ended together with the place where the next one begins, both or neither. What is open
    /// again since the page was read stays open.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_history(&self, repo: &RepoId, page: &[Ended], name: &str, place: &str) -> Result<(), Failure> {
        self.write("save the history in the local store", |tx| {
            let mut put = tx.prepare_cached(
                "INSERT OR REPLACE INTO history (repo, number, json) SELECT ?1, ?2, ?3 WHERE NOT EXISTS \
                 (SELECT 1 FROM pulls WHERE repo = ?1 AND number = ?2 AND json_extract(json, '$.state') = 'open')",
            )?;
            for ended in page {
                put.execute(params![key(repo), integer(ended.number.0), encode(ended)?])?;
            }
            tx.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", [name, place])?;
            Ok(())
        })
    }
}
