//! What keeps the store small. Facts can be fetched again, what the user wrote cannot: drafts, marks and unsent writes
//! are never touched here. Once a day, after a sync, these go:
//!
//! - texts of files ([`BLOB_DAYS`] days after a sync last needed them);
//! - proposals that ended [`ENDED_DAYS`] days ago (their light form stays; `show` reads one again when it is asked for),
//!   unless something unsent is about them;
//! - the light form after `domain::history::DAYS`;
//! - repositories that were not synced for [`REPO_DAYS`] days;
//! - writes that arrived [`ENDED_DAYS`] days ago.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Transaction, params};

use super::{Store, key};
use crate::domain::failure::Failure;
use crate::domain::history;
use crate::domain::ids::RepoId;

/// Texts of files stay so long after they were last needed.
pub const BLOB_DAYS: i64 = 60;

/// Proposals stay whole so long after they ended, and longer where the board shows them longer.
pub const ENDED_DAYS: i64 = 90;

/// Repositories stay so long without a sync.
pub const REPO_DAYS: i64 = 180;

/// Days since 1970, by SQLite's clock: blobs are marked where nobody has another.
const TODAY: &str = "CAST(strftime('%s', 'now') AS INTEGER) / 86400";

/// What was taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Pruned {
    /// Texts of files.
    pub blobs: usize,
    /// Proposals that ended long ago.
    pub pulls: usize,
    /// Light forms.
    pub history: usize,
    /// Repositories.
    pub repos: usize,
    /// Writes that arrived long ago.
    pub sent: usize,
}

impl Store {
    /// Marks texts of files as needed today.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn need_blobs<'a>(&self, oids: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
        let oids: Vec<&str> = oids.into_iter().collect();
        let list = serde_json::to_string(&oids).unwrap_or_default();
        let stale: i64 = {
            let sql = format!(
                "SELECT COUNT(*) FROM blobs WHERE oid IN (SELECT value FROM json_each(?1)) AND used_at <> {TODAY}"
            );
            self.db().query_row(&sql, [&list], |row| row.get(0)).map_err(self.failing("read the local store"))?
        };
        if stale == 0 {
            return Ok(());
        }
        self.write("mark files in the local store", |tx| {
            let sql = format!("UPDATE blobs SET used_at = {TODAY} WHERE oid IN (SELECT value FROM json_each(?1))");
            tx.execute(&sql, [&list]).map(drop)
        })
    }

    /// Takes out what is no longer needed, unless that was done today. `shown_days` is how long the board shows what
    /// ended.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn prune_daily(&self, repo: &RepoId, shown_days: i64, now: Timestamp) -> Result<Pruned, Failure> {
        let today = (now.as_second() / 86_400).to_string();
        if self.meta("pruned")?.as_ref() == Some(&today) {
            return Ok(Pruned::default());
        }
        let pruned = self.prune(repo, shown_days, now)?;
        self.set_meta("pruned", &today)?;
        Ok(pruned)
    }

    /// Takes out what is no longer needed. `repo` is the one in use.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn prune(&self, repo: &RepoId, shown_days: i64, now: Timestamp) -> Result<Pruned, Failure> {
        let before = |days: i64| {
            let moment = now.checked_sub(SignedDuration::from_hours(24 * days.clamp(0, 40_000)));
            moment.unwrap_or(Timestamp::MIN).to_string()
        };
        let ended = ENDED_DAYS.max(shown_days.saturating_add(30));
        self.write("take old facts out of the local store", |tx| {
            Ok(Pruned {
                repos: forget_repos(tx, repo, &before(REPO_DAYS))?,
                blobs: tx.execute(&format!("DELETE FROM blobs WHERE used_at < {TODAY} - ?1"), [BLOB_DAYS])?,
                pulls: tx.execute(
                    "DELETE FROM pulls WHERE json_extract(json, '$.state') <> 'open' \
                     AND json_extract(json, '$.ended_at') < ?1 \
                     AND NOT EXISTS (SELECT 1 FROM outbox WHERE state <> 'done' \
                       AND json_extract(intent, '$.pull') = number AND lower(json_extract(intent, '$.repo')) = repo)",
                    [before(ended)],
                )?,
                history: tx.execute(
                    "DELETE FROM history WHERE json_extract(json, '$.ended_at') < ?1",
                    [before(history::DAYS)],
                )?,
                sent: tx
                    .execute("DELETE FROM outbox WHERE state = 'done' AND changed_at < ?1", [before(ENDED_DAYS)])?,
            })
        })
    }
}

/// Forgets the facts of repositories that nobody has synced for long.
fn forget_repos(tx: &Transaction<'_>, keep: &RepoId, before: &str) -> rusqlite::Result<usize> {
    let mut query = tx.prepare(
        "SELECT repo FROM repos WHERE repo <> ?1 AND (synced_at IS NULL OR synced_at < ?2) \
         AND NOT EXISTS (SELECT 1 FROM outbox WHERE state <> 'done' AND lower(json_extract(intent, '$.repo')) = repos.repo)",
    )?;
    let old: Vec<String> =
        query.query_map(params![key(keep), before], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for repo in &old {
        for table in ["pulls", "issues", "history", "repos"] {
            tx.execute(&format!("DELETE FROM {table} WHERE repo = ?1"), [repo])?;
        }
    }
    Ok(old.len())
}
