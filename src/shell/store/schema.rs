//! The store's tables, as numbered migrations: one per version, never changed once released. `PRAGMA user_version`
//! says how many have run.

use rusqlite::{Connection, TransactionBehavior};

/// Migrations in order; the version is how many there are.
const MIGRATIONS: &[&str] = &[
    // 1: facts, blobs, drafts, marks, outbox.
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE repos (repo TEXT PRIMARY KEY, default_branch TEXT, viewer TEXT, synced_at TEXT, files TEXT) STRICT;
     CREATE TABLE pulls (repo TEXT NOT NULL, number INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (repo, number)) STRICT;
     CREATE TABLE issues (repo TEXT NOT NULL, number INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (repo, number)) STRICT;
     CREATE TABLE blobs (oid TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
     CREATE TABLE drafts (key TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
     CREATE TABLE seen (repo TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, head TEXT NOT NULL, PRIMARY KEY (repo, number)) STRICT;
     CREATE TABLE outbox (
       id INTEGER PRIMARY KEY AUTOINCREMENT,
       state TEXT NOT NULL,
       intent TEXT NOT NULL,
       posts TEXT NOT NULL,
       read TEXT NOT NULL,
       done INTEGER NOT NULL DEFAULT 0,
       before TEXT NOT NULL DEFAULT '[]',
       reason TEXT,
       links TEXT NOT NULL DEFAULT '[]',
       changed_at TEXT NOT NULL
     ) STRICT;",
    // 2: what the outbox must know to send by itself, and to whom: whose words, for which server, since when.
    "ALTER TABLE outbox ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE outbox ADD COLUMN host TEXT;
     ALTER TABLE outbox ADD COLUMN author TEXT;
     ALTER TABLE outbox ADD COLUMN since TEXT;",
    // 3: what the newest sync could not read; when a blob was last needed; what has ended, in a light form.
    "ALTER TABLE repos ADD COLUMN gaps TEXT;
     ALTER TABLE blobs ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
     CREATE TABLE history (repo TEXT NOT NULL, number INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (repo, number)) STRICT;",
    // 4: what the viewer says about proposals, one row for each thing said; filters that they typed.
    "CREATE TABLE marks (
       repo TEXT NOT NULL,
       number INTEGER NOT NULL,
       kind TEXT NOT NULL,
       about TEXT NOT NULL DEFAULT '',
       json TEXT NOT NULL,
       PRIMARY KEY (repo, number, kind, about)
     ) STRICT;
     CREATE TABLE queries (text TEXT PRIMARY KEY, used INTEGER NOT NULL) STRICT;",
];

/// The newest version that this program knows.
pub(super) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// The version of an open store.
pub(super) fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Runs what is missing, all in one transaction: two processes that start at once do not both migrate.
pub(super) fn migrate(db: &mut Connection) -> rusqlite::Result<()> {
    if version(db)? >= NEWEST {
        return Ok(());
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let have = usize::try_from(version(&tx)?).unwrap_or(0);
    for step in MIGRATIONS.iter().skip(have) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", NEWEST)?;
    tx.commit()
}
