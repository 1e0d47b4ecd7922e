//! How the store is opened: WAL, waiting for others, newer versions refused, damage answered by setting the file
//! aside.

use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::{BUSY, attempting, rescue, schema};
use crate::domain::failure::{Failure, FailureKind};

/// Opens the file. The second part says what was set aside and rescued, where the file was damaged.
pub(super) fn file(path: &Path) -> Result<(Connection, Option<String>), Failure> {
    let attempted = "open the local store";
    if let Some(folder) = path.parent() {
        private_folder(folder).map_err(|error| {
            Failure::new(FailureKind::Store, attempted, format!("{}: {error}", folder.display()))
                .hint("Make the folder writable, or set VEPHERD_DATA_DIR to another one.")
        })?;
    }
    match connect(path) {
        Ok(db) => Ok((refuse_newer(db, path)?, None)),
        Err(error) if damaged(&error) => {
            let notice = rescue::set_aside(path)?;
            let db = connect(path).map_err(attempting(attempted))?;
            Ok((db, Some(notice)))
        }
        Err(error) => Err(at(path, attempting(attempted)(error))),
    }
}

/// A store in memory.
pub(super) fn memory() -> Result<Connection, Failure> {
    let open = || {
        let mut db = Connection::open_in_memory()?;
        schema::migrate(&mut db)?;
        Ok(db)
    };
    open().map_err(attempting("make a store in memory"))
}

/// What a newer vepherd wrote is neither read nor changed: it may mean something else.
fn refuse_newer(db: Connection, path: &Path) -> Result<Connection, Failure> {
    let version = schema::version(&db).map_err(attempting("open the local store"))?;
    if version <= schema::NEWEST {
        return Ok(db);
    }
    Err(Failure::new(
        FailureKind::Store,
        "open the local store",
        format!("{} is of version {version}; this vepherd knows up to {}", path.display(), schema::NEWEST),
    )
    .hint("A newer vepherd wrote it: use that one, or set VEPHERD_DATA_DIR to another folder. Nothing was changed."))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let mut db = Connection::open(path)?;
    db.busy_timeout(BUSY)?;
    if schema::version(&db)? > schema::NEWEST {
        return Ok(db);
    }
    db.pragma_update(None, "journal_mode", "wal")?;
    // A text that the user was told is kept must survive a power cut: WAL's default of NORMAL does not promise that.
    db.pragma_update(None, "synchronous", "full")?;
    schema::migrate(&mut db)?;
    if path_of_mark(path).exists() {
        let word: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if word != "ok" {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
            return Err(rusqlite::Error::SqliteFailure(code, Some(word)));
        }
        let _ = std::fs::remove_file(path_of_mark(path));
    }
    Ok(db)
}

/// Asks the next start to check the whole file. Where even that cannot be written, the next read says it again.
pub(super) fn mark_damaged(path: &Path) {
    if let Err(error) = std::fs::write(path_of_mark(path), b"") {
        tracing::warn!(%error, "the damaged store could not be marked");
    }
}

fn path_of_mark(path: &Path) -> std::path::PathBuf {
    rescue::with_suffix(path, ".check")
}

/// The error says that the file is no whole database.
pub(super) fn damaged(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

pub(super) fn at(path: &Path, mut failure: Failure) -> Failure {
    failure.cause = format!("{}: {}", path.display(), failure.cause);
    failure
}

/// What is in the store is nobody else's business (unsent texts): the folder is made for the user alone.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut make = std::fs::DirBuilder::new();
    make.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.create(folder)
}
