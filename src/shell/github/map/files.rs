//! Files of repositories: which there are, and what a blob says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::ids::Release;
use crate::domain::prow::owners;
use crate::shell::github::wire::{self, Entry};

/// The mode of a symbolic link. Prow walks past those (`specs/prow.md` §4.2).
const LINK: u32 = 0o120_000;

/// Where the proposals' repository keeps what we read of it: kept in the store, so that the tree is asked again only
/// when its id has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The root tree's id.
    pub root: String,
    /// `OWNERS` files: path → blob id.
    pub owners: BTreeMap<String, String>,
    /// `OWNERS_ALIASES` at the root.
    pub aliases: Option<String>,
    /// Folders directly under the proposals' root.
    pub folders: Vec<String>,
    /// Folders whose entries are still to be read: path → tree id.
    #[serde(skip)]
    pub below: BTreeMap<String, String>,
    /// Folders whose entries could not be read.
    #[serde(skip)]
    pub unread: Vec<String>,
}

/// Reads the answer to `Ask::Tree`. `None` where there is no tree (an empty repository).
#[must_use]
pub fn index(value: Value, root: &str) -> Option<Index> {
    let tree: wire::Tree = serde_json::from_value(value).ok()?;
    let mut index = Index { root: tree.oid.take()?, ..Index::default() };
    walk("", &tree.entries.take().unwrap_or_default(), root, &mut index);
    Some(index)
}

impl Index {
    /// Reads the answer to `Ask::Subtree` for a folder.
    pub fn graft(&mut self, folder: &str, value: Value, root: &str) {
        let tree = serde_json::from_value::<wire::Tree>(value).ok();
        match tree.and_then(|tree| tree.entries.take()) {
            Some(entries) => walk(folder, &entries, root, self),
            None => self.unread.push(folder.to_owned()),
        }
    }
}

fn walk(folder: &str, entries: &[Entry], root: &str, index: &mut Index) {
    for entry in entries {
        let Some(name) = entry.name.get() else { continue };
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let is_tree = entry.kind.get().is_some_and(|kind| kind == "tree");
        if is_tree && folder == root {
            index.folders.push(name.clone());
        }
        match (is_tree, entry.oid.get()) {
            (true, _) if owners::is_ignored(&path) => {}
            (true, oid) => match (entry.object.get().and_then(|tree| tree.entries.get()), oid) {
                (Some(inner), _) => walk(&path, inner, root, index),
                (None, Some(oid)) => {
                    index.below.insert(path, oid.clone());
                }
                (None, None) => index.unread.push(path),
            },
            (false, Some(_)) if entry.mode.get() == Some(&LINK) => {}
            (false, Some(oid)) if name == "OWNERS" => {
                index.owners.insert(path, oid.clone());
            }
            (false, Some(oid)) if path == "OWNERS_ALIASES" => index.aliases = Some(oid.clone()),
            (false, _) => {}
        }
    }
}

/// The releases' `schedule.yaml` files: release → blob id.
#[must_use]
pub fn schedules(tree: &wire::Tree) -> BTreeMap<Release, String> {
    let mut found = BTreeMap::new();
    for release in tree.entries.get().map(Vec::as_slice).unwrap_or_default() {
        let files = release.object.get().and_then(|tree| tree.entries.get()).map(Vec::as_slice).unwrap_or_default();
        let schedule = files.iter().find(|file| file.name.get().is_some_and(|name| name == "schedule.yaml"));
        if let (Some(name), Some(oid)) = (release.name.get(), schedule.and_then(|file| file.oid.get())) {
            found.insert(Release::new(name.clone()), oid.clone());
        }
    }
    found
}

/// The text of a blob, or why there is none.
///
/// # Errors
/// In words: it is no text, or too large for GitHub to hand out. `Ok(None)` where there is no such file.
pub fn blob_text(value: Value) -> Result<Option<String>, &'static str> {
    if value.is_null() {
        return Ok(None);
    }
    let blob: wire::Blob = serde_json::from_value(value).unwrap_or_default();
    if blob.is_truncated.get().copied().unwrap_or(false) {
        return Err("it is too large for GitHub to hand out whole");
    }
    match blob.text.take() {
        Some(text) => Ok(Some(text)),
        None if blob.is_binary.get().copied().unwrap_or(false) => Err("it is no text"),
        None => Err("GitHub does not hand out its text"),
    }
}
