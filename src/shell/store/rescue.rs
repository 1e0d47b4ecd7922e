//! A damaged store: facts can be fetched again, what the user wrote cannot. So the file is set aside, never deleted,
//! and every unsent text and draft that can still be read goes to a text file that the message names.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::domain::action::Intent;
use crate::domain::failure::{Failure, FailureKind};

/// Moves the damaged file (and its WAL) away, and rescues what is unsent. Says what was done.
pub(super) fn set_aside(path: &Path) -> Result<String, Failure> {
    let aside = free_name(path, "damaged");
    let text = unsent(path);
    let failed = |what: &Path, error: &std::io::Error| {
        Failure::new(FailureKind::Store, "set the damaged store aside", format!("{}: {error}", what.display()))
            .hint("Move the file away yourself; the next start makes a new one.")
    };
    let mut notice = String::from("The local store was damaged. ");
    if !text.is_empty() {
        let rescued = free_name(path, "unsent.txt");
        std::fs::write(&rescued, text).map_err(|error| failed(&rescued, &error))?;
        let _ = write!(notice, "What you had written and not sent is in {}. ", rescued.display());
    }
    std::fs::rename(path, &aside).map_err(|error| failed(path, &error))?;
    for suffix in ["-wal", "-shm"] {
        let (from, to) = (with_suffix(path, suffix), with_suffix(&aside, suffix));
        // They are there only where a process died; a leftover one would be replayed into the new store.
        if from.exists() {
            std::fs::rename(&from, &to).map_err(|error| failed(&from, &error))?;
        }
    }
    let _ = write!(notice, "The damaged file is kept as {}; a sync fills the new one.", aside.display());
    Ok(notice)
}

/// Drafts and outbox rows that can still be read, as text for people. Reading stops at the damage, table by table.
fn unsent(path: &Path) -> String {
    let mut out = String::new();
    let Ok(db) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
        return out;
    };
    if let Ok(mut query) = db.prepare("SELECT state, intent FROM outbox WHERE state NOT IN ('done')")
        && let Ok(mut rows) = query.query([])
    {
        while let Ok(Some(row)) = rows.next() {
            let (Ok(state), Ok(intent)) = (row.get::<_, String>(0), row.get::<_, String>(1)) else { continue };
            let _ = match serde_json::from_str::<Intent>(&intent) {
                Ok(read) => {
                    writeln!(out, "== {state}: {}{} decided at {}\n{intent}\n", read.repo, read.pull, read.created_at)
                }
                Err(_) => writeln!(out, "== {state}\n{intent}\n"),
            };
        }
    }
    if let Ok(mut query) = db.prepare("SELECT key, text FROM drafts")
        && let Ok(mut rows) = query.query([])
    {
        while let Ok(Some(row)) = rows.next() {
            let (Ok(key), Ok(text)) = (row.get::<_, String>(0), row.get::<_, String>(1)) else { continue };
            let _ = writeln!(out, "== draft {key}\n{text}\n");
        }
    }
    out
}

/// `store.sqlite` → `store.sqlite.word`.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// `store.sqlite.damaged`, `store.sqlite.damaged.2`, …: what was set aside before stays.
pub(super) fn free_name(path: &Path, word: &str) -> PathBuf {
    let first = with_suffix(path, &format!(".{word}"));
    let mut name = first.clone();
    let mut count = 1_u32;
    while name.exists() {
        count += 1;
        name = with_suffix(&first, &format!(".{count}"));
    }
    name
}
