//! Looking at the store without touching it, and the care that a user asks for: what is in it, whether it is whole,
//! everything as JSON, making it small.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value, json};

use super::{BUSY, Store, attempting, open, schema};
use crate::domain::failure::{Failure, FailureKind};

/// What a look at the file found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Its version, and the newest that this program knows.
    pub version: i64,
    /// Bytes on the disk, with what waits beside it.
    pub bytes: u64,
    /// Rows of each table.
    pub rows: Vec<(String, u64)>,
    /// Writes that are not on GitHub.
    pub unsent: u64,
    /// What SQLite's own check complains of.
    pub damage: Vec<String>,
}

/// Looks at a file that is there. Nothing is changed: no migration, nothing set aside.
///
/// # Errors
/// Where it cannot be read, or is no store.
pub fn inspect(path: &Path) -> Result<Report, Failure> {
    let db = read_only(path)?;
    let look = || -> rusqlite::Result<Report> {
        let mut rows = Vec::new();
        for table in tables(&db)? {
            let count: i64 = db.query_row(&format!("SELECT COUNT(*) FROM \"{table}\""), [], |row| row.get(0))?;
            rows.push((table, u64::try_from(count).unwrap_or(0)));
        }
        let mut check = db.prepare("PRAGMA integrity_check(20)")?;
        let words: Vec<String> = check.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let unsent: i64 =
            db.query_row("SELECT COUNT(*) FROM outbox WHERE state <> 'done'", [], |row| row.get(0)).unwrap_or(0);
        Ok(Report {
            version: schema::version(&db)?,
            bytes: size(path),
            rows,
            unsent: u64::try_from(unsent).unwrap_or(0),
            damage: words.into_iter().filter(|word| word != "ok").collect(),
        })
    };
    look().map_err(attempting("check the local store"))
}

/// The newest version that this program knows.
pub const NEWEST: i64 = schema::NEWEST;

/// Every row of every table, as JSON; texts that are JSON themselves as what they are. `write` gets one line's worth at
/// a time, in the order in which they make one document.
///
/// # Errors
/// Where the file cannot be read, or `write` fails.
pub fn export(path: &Path, write: &mut dyn FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
    let db = read_only(path)?;
    let failed = attempting("read the local store");
    let version = schema::version(&db).map_err(&failed)?;
    write(&format!("{{\"schema\": 1, \"version\": {version}, \"tables\": {{\n"))?;
    for (at, table) in tables(&db).map_err(&failed)?.into_iter().enumerate() {
        let comma = if at == 0 { "" } else { "],\n" };
        write(&format!("{comma}{}: [\n", json!(table)))?;
        let mut query = db.prepare(&format!("SELECT * FROM \"{table}\"")).map_err(&failed)?;
        let names: Vec<String> = query.column_names().map(str::to_owned).collect();
        let mut rows = query.query([]).map_err(&failed)?;
        let mut first = true;
        while let Some(row) = rows.next().map_err(&failed)? {
            let mut object = Map::new();
            for (at, name) in names.iter().enumerate() {
                object.insert(name.clone(), value(row.get_ref(at).map_err(&failed)?));
            }
            write(&format!("{}{}\n", if first { "  " } else { ", " }, Value::Object(object)))?;
            first = false;
        }
    }
    write("]}}\n")
}

fn value(of: ValueRef<'_>) -> Value {
    match of {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Blob(bytes) => json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text);
            let nested = text.starts_with(['{', '[']).then(|| serde_json::from_str(&text).ok()).flatten();
            nested.unwrap_or_else(|| json!(text))
        }
    }
}

impl Store {
    /// Makes the file as small as what is in it; bytes before and after.
    ///
    /// # Errors
    /// Where it cannot be written: it needs as much room again for a moment.
    pub fn vacuum(&self) -> Result<(u64, u64), Failure> {
        let path = self.path().map(Path::to_owned).unwrap_or_default();
        let before = size(&path);
        self.db()
            .execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
            .map_err(self.failing("make the local store small"))?;
        Ok((before, size(&path)))
    }

    /// Caps the file at so many pages: a disk that is full by then fails in the same way.
    ///
    /// # Errors
    /// Where SQLite refuses it.
    pub fn cap(&self, pages: u32) -> Result<(), Failure> {
        self.db().pragma_update(None, "max_page_count", pages).map_err(self.failing("cap the local store"))
    }
}

fn tables(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut query =
        db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")?;
    query.query_map([], |row| row.get(0))?.collect()
}

fn read_only(path: &Path) -> Result<Connection, Failure> {
    let attempted = "open the local store";
    if !path.exists() {
        return Err(Failure::new(FailureKind::Store, attempted, format!("there is no {}", path.display()))
            .hint("The first `vepherd sync` makes it; VEPHERD_DATA_DIR names another folder."));
    }
    let open = || {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        db.busy_timeout(BUSY)?;
        schema::version(&db)?;
        Ok(db)
    };
    open().map_err(|error| open::at(path, attempting(attempted)(error)))
}

/// Bytes of the file and of what waits beside it.
fn size(path: &Path) -> u64 {
    let of = |path: &Path| std::fs::metadata(path).map_or(0, |about| about.len());
    of(path) + of(&super::rescue::with_suffix(path, "-wal"))
}
