//! The OWNERS files of a local checkout, as Prow would find them: regular files only, links not followed
//! (`specs/prow.md` §4.2). What cannot be read counts as absent, and is reported.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::domain::failure::{Failure, FailureKind};
use crate::domain::prow::owners::{OwnersProblem, Tree};

/// The largest file that is read, in bytes. The largest OWNERS file that is known has some thousand.
const LARGEST: u64 = 8 << 20;

/// A checkout's owners.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// The OWNERS files.
    pub tree: Tree,
    /// Files and directories that could not be read.
    unread: Vec<OwnersProblem>,
    /// The root as written, and where it really is.
    roots: [PathBuf; 2],
}

impl Checkout {
    /// What is wrong with the files: those that could not be read first.
    pub fn problems(&self) -> impl Iterator<Item = &OwnersProblem> {
        self.unread.iter().chain(self.tree.problems())
    }

    /// A path as seen from the root, also where it was written from the file system's root.
    ///
    /// # Errors
    /// Says why, where it does not lie in the checkout.
    pub fn inside(&self, path: &str) -> Result<String, String> {
        let seen = if path.starts_with('/') {
            let below = self.roots.iter().find_map(|root| Path::new(path).strip_prefix(root).ok());
            below.and_then(Path::to_str).ok_or_else(|| format!("the path {path} does not lie in the directory"))?
        } else {
            path
        };
        let mut depth = 0_usize;
        for part in Path::new(seen).components() {
            depth = match part {
                Component::ParentDir => {
                    depth.checked_sub(1).ok_or_else(|| format!("the path {path} leads out of the directory"))?
                }
                Component::Normal(_) => depth + 1,
                Component::CurDir | Component::RootDir | Component::Prefix(_) => depth,
            };
        }
        Ok(seen.to_owned())
    }
}

/// A path that does not lie in the checkout.
pub(super) fn bad_path(dir: &Path, why: &str) -> Failure {
    Failure::new(FailureKind::Usage, format!("answer for paths in {}", dir.display()), why)
        .hint("Paths are those of the repository, as GitHub shows them: docs/README.md.")
}

/// Reads the OWNERS files below a directory.
///
/// # Errors
/// Where the directory itself cannot be read.
pub fn load(dir: &Path) -> Result<Checkout, Failure> {
    let failed = |cause: &str| {
        Failure::new(FailureKind::Usage, format!("read the OWNERS files in {}", dir.display()), cause)
            .hint("Name the root of a checkout: --dir DIR.")
    };
    match std::fs::metadata(dir) {
        Err(error) => return Err(failed(&error.to_string())),
        Ok(it) if !it.is_dir() => return Err(failed("it is not a directory")),
        Ok(_) => {}
    }
    let mut found = Found::default();
    let mut open = vec![(dir.to_path_buf(), String::new())];
    while let Some((at, name)) = open.pop() {
        let entries = match std::fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) if name.is_empty() => return Err(failed(&error.to_string())),
            Err(error) => {
                found.unread(&name, &error);
                continue;
            }
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    found.unread(&name, &error);
                    continue;
                }
            };
            let (Ok(kind), Some(file)) = (entry.file_type(), entry.file_name().to_str().map(str::to_owned)) else {
                continue;
            };
            let path = if name.is_empty() { file.clone() } else { format!("{name}/{file}") };
            if kind.is_dir() && file != ".git" {
                open.push((entry.path(), path));
            } else if file == "OWNERS" && kind.is_file() {
                found.read(&entry.path(), path);
            } else if file == "OWNERS" && kind.is_symlink() {
                found.complain(path, "is a link, and Prow follows none: it counts as absent".to_owned());
            }
        }
    }
    let aliases = found.aliases(&dir.join("OWNERS_ALIASES"));
    found.unread.sort_by(|a, b| a.path.cmp(&b.path));
    let real = std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
    Ok(Checkout {
        tree: Tree::read(&found.files, aliases.as_deref()),
        unread: found.unread,
        roots: [dir.to_path_buf(), real],
    })
}

#[derive(Default)]
struct Found {
    files: BTreeMap<String, String>,
    unread: Vec<OwnersProblem>,
}

impl Found {
    fn complain(&mut self, path: String, message: String) {
        self.unread.push(OwnersProblem { path, message });
    }

    fn unread(&mut self, path: &str, error: &io::Error) {
        self.complain(path.to_owned(), format!("cannot be read, so it counts as absent: {error}"));
    }

    fn read(&mut self, at: &Path, path: String) {
        match std::fs::symlink_metadata(at).and_then(|it| bytes(at, &it)) {
            Ok(bytes) => drop(self.files.insert(path, text(bytes))),
            Err(error) => self.unread(&path, &error),
        }
    }

    /// The aliases. Prow opens this one file by its name, so a link counts.
    fn aliases(&mut self, at: &Path) -> Option<String> {
        match std::fs::metadata(at).and_then(|it| bytes(at, &it)) {
            Ok(bytes) => Some(text(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                self.unread("OWNERS_ALIASES", &error);
                None
            }
        }
    }
}

/// A regular file of a sensible size: a pipe or a device would be read for ever.
fn bytes(at: &Path, it: &Metadata) -> io::Result<Vec<u8>> {
    if !it.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    if it.len() > LARGEST {
        return Err(io::Error::other(format!("it is larger than {LARGEST} bytes")));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(at)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file's text. YAML allows no bytes that are not UTF-8: a zero byte in their place makes the reader refuse the file,
/// as Go's does.
fn text(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).replace('\u{fffd}', "\0"),
    }
}
