//! A store in memory, for a session whose file cannot be used: what can still be read of the file is copied, so that the
//! board is there, and nothing of the session reaches the file. The outbox is never copied: what waits there would be
//! sent from memory and then, by the next session, once more.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{OutboxState, Store, rescue, schema};
use crate::domain::failure::Failure;

/// Tables that are facts or marks: whatever happens to a copy, the file has them still.
const COPIED: [&str; 9] = ["meta", "repos", "pulls", "issues", "blobs", "seen", "history", "marks", "queries"];

impl Store {
    /// A store in memory in the place of the file that `why` says cannot be used.
    ///
    /// # Errors
    /// Where SQLite has no memory.
    pub fn substitute(path: &Path, why: &Failure) -> Result<Self, Failure> {
        let mut store = Self::in_memory()?;
        let copied = copy(&store, path);
        let mut notice = format!("{why}\nThis session works in memory");
        let _ = match copied {
            Ok(()) => write!(notice, ", with what could be read of the store"),
            Err(error) => {
                tracing::warn!(%error, "nothing was copied from the store");
                write!(notice, ", with nothing of the store")
            }
        };
        notice.push_str(": what it reads is gone when it ends, what you write and do not send goes to a file then.");
        store.notice = Some(notice);
        store.stands_for = Some(path.to_owned());
        Ok(store)
    }

    /// Puts what this session wrote and did not send into a file, where it is a substitute; the file's name.
    #[must_use]
    pub fn rescue_unsent(&self) -> Option<PathBuf> {
        let beside = self.stands_for.as_ref()?;
        let mut text = String::new();
        for row in self.outbox().ok()?.iter().filter(|row| row.state != OutboxState::Done) {
            let intent = serde_json::to_string_pretty(&row.intent).unwrap_or_default();
            let (repo, pull, at) = (&row.intent.repo, row.intent.pull, row.intent.created_at);
            let _ = writeln!(text, "== {}: {repo}{pull} decided at {at}\n{intent}\n", row.state.word());
        }
        for (key, draft) in self.drafts().ok()? {
            let _ = writeln!(text, "== draft {key}\n{draft}\n");
        }
        if text.is_empty() { None } else { keep_text(beside, &text) }
    }

    /// Puts one text that could not be kept into a file of its own, or the newer form of it into the same file; the
    /// file's name.
    #[must_use]
    pub fn rescue_text(&self, key: &str, text: &str) -> Option<PathBuf> {
        let mut rescued = self.rescued.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = rescued.get(key)
            && std::fs::write(known, text).is_ok()
        {
            return Some(known.clone());
        }
        let beside = self.path.as_ref().or(self.stands_for.as_ref()).cloned();
        let path = keep_text(&beside.unwrap_or_else(|| PathBuf::from("vepherd")), text)?;
        rescued.insert(key.to_owned(), path.clone());
        Some(path)
    }
}

/// Writes a text beside the store, else where the system keeps temporary files; for the user alone.
fn keep_text(beside: &Path, text: &str) -> Option<PathBuf> {
    let name = beside.file_name().map_or_else(|| "vepherd".into(), std::ffi::OsStr::to_os_string);
    let folders = [beside.parent().map(Path::to_owned), Some(std::env::temp_dir())];
    folders.into_iter().flatten().find_map(|folder| {
        let path = rescue::free_name(&folder.join(&name), "unsent.txt");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).ok()?;
        match file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
            Ok(()) => Some(path),
            Err(error) => {
                tracing::warn!(%error, "a text could not be rescued here");
                let _ = std::fs::remove_file(&path);
                None
            }
        }
    })
}

/// Copies what both have. A file that only can be read is opened as it is; where that needs files beside it that cannot
/// be made, as one that nobody changes.
fn copy(store: &Store, path: &Path) -> rusqlite::Result<()> {
    let plain = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let mut last = Ok(());
    for mode in ["mode=ro", "mode=ro&immutable=1"] {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let url = format!("file:{plain}?{mode}");
        last = Connection::open_with_flags(&url, flags).and_then(|old| {
            if schema::version(&old)? > schema::NEWEST {
                // What it means is the newer program's knowledge.
                return Err(rusqlite::Error::InvalidQuery);
            }
            drop(old);
            attach(store, &url)
        });
        if last.is_ok() {
            break;
        }
    }
    last
}

fn attach(store: &Store, url: &str) -> rusqlite::Result<()> {
    let db = store.db();
    db.execute("ATTACH DATABASE ?1 AS old", [url])?;
    let copied = COPIED.into_iter().try_for_each(|table| {
        let columns = |of: &str| -> rusqlite::Result<Vec<String>> {
            let mut query = db.prepare("SELECT name FROM pragma_table_info(?1, ?2)")?;
            query.query_map([table, of], |row| row.get(0))?.collect()
        };
        let (ours, theirs) = (columns("main")?, columns("old")?);
        let both: Vec<&str> = ours.iter().filter(|name| theirs.contains(name)).map(String::as_str).collect();
        if both.is_empty() {
            return Ok(());
        }
        let both = both.join(", ");
        db.execute(&format!("INSERT OR REPLACE INTO main.{table} ({both}) SELECT {both} FROM old.{table}"), [])
            .map(drop)
    });
    db.execute("DETACH DATABASE old", [])?;
    copied
}
