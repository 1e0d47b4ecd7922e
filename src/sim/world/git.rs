//! Git objects with their real names: a blob's, tree's or commit's id is the SHA-1 that Git itself would compute, so
//! that a client may trust content addresses.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use sha1::{Digest as _, Sha1};

use crate::domain::ids::Login;

/// An object's name: forty hexadecimal digits.
pub type Oid = String;

/// One change of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Writes a file.
    Write {
        /// Its path.
        path: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Removes a file.
    Remove {
        /// Its path.
        path: String,
    },
    /// Moves a file as it is.
    Rename {
        /// From here.
        from: String,
        /// To there.
        to: String,
    },
    /// Writes a symbolic link.
    Symlink {
        /// Its path.
        path: String,
        /// Where it points.
        target: String,
    },
}

impl Edit {
    /// Writes a text file.
    #[must_use]
    pub fn text(path: &str, text: &str) -> Self {
        Self::Write { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    /// Removes a file.
    #[must_use]
    pub fn remove(path: &str) -> Self {
        Self::Remove { path: path.to_owned() }
    }

    /// Moves a file as it is.
    #[must_use]
    pub fn rename(from: &str, to: &str) -> Self {
        Self::Rename { from: from.to_owned(), to: to.to_owned() }
    }
}

/// One entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Git's mode: `0o100644`, `0o120000` (symbolic link) or `0o40000` (tree).
    pub mode: u32,
    /// The object.
    pub oid: Oid,
}

/// The mode of trees.
pub const TREE: u32 = 0o40000;
/// The mode of files.
pub const FILE: u32 = 0o100_644;
/// The mode of symbolic links.
pub const LINK: u32 = 0o120_000;

impl Entry {
    /// It is a folder.
    #[must_use]
    pub fn is_tree(&self) -> bool {
        self.mode == TREE
    }
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub oid: Oid,
    /// Its tree.
    pub tree: Oid,
    /// Its parents.
    pub parents: Vec<Oid>,
    /// Its whole message.
    pub message: String,
    /// Its author's account; `None` where GitHub knows no account for the address.
    pub author: Option<Login>,
    /// Its author's name.
    pub author_name: String,
    /// When it was made.
    pub at: Timestamp,
}

/// The objects and branches of one repository.
#[derive(Clone, Debug, Default)]
pub struct Git {
    /// Branch → commit.
    pub branches: BTreeMap<String, Oid>,
    blobs: BTreeMap<Oid, Arc<[u8]>>,
    trees: BTreeMap<Oid, Arc<[Entry]>>,
    commits: BTreeMap<Oid, Arc<Commit>>,
}

/// An object by its name.
#[derive(Clone, Debug)]
pub enum Object {
    /// A file's bytes.
    Blob(Oid, Arc<[u8]>),
    /// A folder.
    Tree(Oid, Arc<[Entry]>),
    /// A commit.
    Commit(Arc<Commit>),
}

/// What a path was and is, between two trees: `(mode, oid)`.
pub type Change = (String, Option<(u32, Oid)>, Option<(u32, Oid)>);

type Edits = BTreeMap<String, Option<(u32, Oid)>>;

impl Git {
    /// A blob's bytes.
    #[must_use]
    pub fn blob(&self, oid: &str) -> Option<&Arc<[u8]>> {
        self.blobs.get(oid)
    }

    /// A tree's entries, in Git's order.
    #[must_use]
    pub fn tree(&self, oid: &str) -> Option<&Arc<[Entry]>> {
        self.trees.get(oid)
    }

    /// A commit.
    #[must_use]
    pub fn commit(&self, oid: &str) -> Option<&Arc<Commit>> {
        self.commits.get(oid)
    }

    /// Any object by its whole name.
    #[must_use]
    pub fn object(&self, oid: &str) -> Option<Object> {
        if let Some(commit) = self.commits.get(oid) {
            return Some(Object::Commit(commit.clone()));
        }
        if let Some(tree) = self.trees.get(oid) {
            return Some(Object::Tree(oid.to_owned(), tree.clone()));
        }
        self.blobs.get(oid).map(|bytes| Object::Blob(oid.to_owned(), bytes.clone()))
    }

    /// The commit that a branch, `HEAD` (where `head` is the default branch), `refs/heads/…` or an id names.
    #[must_use]
    pub fn resolve(&self, name: &str, head: &str) -> Option<Oid> {
        let branch = match name {
            "HEAD" => head,
            _ => name.strip_prefix("refs/heads/").unwrap_or(name),
        };
        if let Some(oid) = self.branches.get(branch) {
            return Some(oid.clone());
        }
        let lower = name.to_ascii_lowercase();
        if lower.len() < 7 || !lower.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut found = self.commits.range(lower.clone()..).take_while(|(oid, _)| oid.starts_with(&lower));
        match (found.next(), found.next()) {
            (Some((oid, _)), None) => Some(oid.clone()),
            _ => None,
        }
    }

    /// The object that a revision names, as `git rev-parse` reads it: `main`, `main:path`, `<oid>`, `<oid>:path`.
    #[must_use]
    pub fn expression(&self, expression: &str, head: &str) -> Option<Object> {
        let Some((revision, path)) = expression.split_once(':') else {
            return match self.resolve(expression, head) {
                Some(oid) => self.object(&oid),
                None => self.object(expression),
            };
        };
        let tree = match self.resolve(revision, head) {
            Some(oid) => self.commits.get(&oid)?.tree.clone(),
            None => self.trees.get_key_value(revision)?.0.clone(),
        };
        let path = path.trim_matches('/');
        if path.is_empty() {
            return self.object(&tree);
        }
        self.object(&self.lookup(&tree, path)?.oid)
    }

    /// The entry at a path below a tree.
    #[must_use]
    pub fn lookup(&self, tree: &str, path: &str) -> Option<Entry> {
        let mut entries = self.trees.get(tree)?;
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let entry = entries.iter().find(|entry| entry.name == part)?;
            if parts.peek().is_none() {
                return Some(entry.clone());
            }
            entries = self.trees.get(&entry.oid)?;
        }
        None
    }

    /// A file's text at a commit.
    #[must_use]
    pub fn text(&self, commit: &str, path: &str) -> Option<String> {
        let entry = self.lookup(&self.commits.get(commit)?.tree, path)?;
        String::from_utf8(self.blobs.get(&entry.oid)?.to_vec()).ok()
    }

    /// Every file below a tree, as `(path, entry)`.
    #[must_use]
    pub fn files(&self, tree: &str) -> Vec<(String, Entry)> {
        let mut all = Vec::new();
        let mut open = vec![(String::new(), tree.to_owned())];
        while let Some((prefix, oid)) = open.pop() {
            for entry in self.trees.get(&oid).iter().flat_map(|entries| entries.iter()) {
                let path = format!("{prefix}{}", entry.name);
                if entry.is_tree() {
                    open.push((format!("{path}/"), entry.oid.clone()));
                } else {
                    all.push((path, entry.clone()));
                }
            }
        }
        all.sort_by(|left, right| left.0.cmp(&right.0));
        all
    }

    /// What differs between two trees, by path. Equal subtrees are not walked.
    #[must_use]
    pub fn changes(&self, before: Option<&str>, after: Option<&str>) -> Vec<Change> {
        let mut out = Vec::new();
        self.compare("", before, after, &mut out);
        out
    }

    fn compare(&self, prefix: &str, before: Option<&str>, after: Option<&str>, out: &mut Vec<Change>) {
        if before == after {
            return;
        }
        let side = |oid: Option<&str>| -> BTreeMap<String, Entry> {
            oid.and_then(|oid| self.trees.get(oid))
                .iter()
                .flat_map(|entries| entries.iter())
                .map(|entry| (entry.name.clone(), entry.clone()))
                .collect()
        };
        let (old, new) = (side(before), side(after));
        let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let (was, is) = (old.get(name), new.get(name));
            let path = format!("{prefix}{name}");
            let tree = |entry: Option<&Entry>| entry.filter(|entry| entry.is_tree()).map(|entry| entry.oid.clone());
            let file = |entry: Option<&Entry>| {
                entry.filter(|entry| !entry.is_tree()).map(|entry| (entry.mode, entry.oid.clone()))
            };
            self.compare(&format!("{path}/"), tree(was).as_deref(), tree(is).as_deref(), out);
            if file(was) != file(is) {
                out.push((path, file(was), file(is)));
            }
        }
    }

    /// Stores a blob.
    pub fn put_blob(&mut self, bytes: &[u8]) -> Oid {
        let oid = name_of("blob", bytes);
        self.blobs.entry(oid.clone()).or_insert_with(|| Arc::from(bytes));
        oid
    }

    /// Makes a commit on top of `parents` (its tree is the first parent's with the edits) and returns its name.
    pub fn commit_edits(
        &mut self,
        parents: Vec<Oid>,
        at: Timestamp,
        author: (&Login, bool),
        message: &str,
        edits: &[Edit],
    ) -> Oid {
        let base = parents.first().and_then(|oid| self.commits.get(oid)).map(|commit| commit.tree.clone());
        let mut wanted: Edits = BTreeMap::new();
        for edit in edits {
            match edit {
                Edit::Write { path, bytes } => {
                    let oid = self.put_blob(bytes);
                    wanted.insert(path.clone(), Some((FILE, oid)));
                }
                Edit::Remove { path } => {
                    wanted.insert(path.clone(), None);
                }
                Edit::Symlink { path, target } => {
                    let oid = self.put_blob(target.as_bytes());
                    wanted.insert(path.clone(), Some((LINK, oid)));
                }
                Edit::Rename { from, to } => {
                    let entry = match wanted.get(from) {
                        Some(Some(entry)) => Some(entry.clone()),
                        _ => base.as_ref().and_then(|tree| self.lookup(tree, from)).map(|e| (e.mode, e.oid)),
                    };
                    wanted.insert(from.clone(), None);
                    wanted.insert(to.clone(), entry);
                }
            }
        }
        let tree = self.edit_tree(base.as_deref(), wanted).unwrap_or_else(|| self.put_tree(Vec::new()));
        let mut text = format!("tree {tree}\n");
        for parent in &parents {
            let _ = writeln!(text, "parent {parent}");
        }
        let (login, known) = author;
        let who = format!("{login} <{login}@example.org> {} +0000", at.as_second());
        let _ = write!(text, "author {who}\ncommitter {who}\n\n{message}");
        let oid = name_of("commit", text.as_bytes());
        let commit = Commit {
            oid: oid.clone(),
            tree,
            parents,
            message: message.to_owned(),
            author: known.then(|| login.clone()),
            author_name: login.to_string(),
            at,
        };
        self.commits.insert(oid.clone(), Arc::new(commit));
        oid
    }

    /// A tree with the edits made; `None` where nothing is left in it.
    fn edit_tree(&mut self, tree: Option<&str>, edits: Edits) -> Option<Oid> {
        let mut entries: BTreeMap<String, Entry> = tree
            .and_then(|oid| self.trees.get(oid))
            .iter()
            .flat_map(|entries| entries.iter())
            .map(|entry| (entry.name.clone(), entry.clone()))
            .collect();
        let mut below: BTreeMap<String, Edits> = BTreeMap::new();
        for (path, entry) in edits {
            match path.split_once('/') {
                Some((folder, rest)) => {
                    below.entry(folder.to_owned()).or_default().insert(rest.to_owned(), entry);
                }
                None => match entry {
                    Some((mode, oid)) => {
                        entries.insert(path.clone(), Entry { name: path, mode, oid });
                    }
                    None => {
                        entries.remove(&path);
                    }
                },
            }
        }
        for (folder, edits) in below {
            let old = entries.get(&folder).filter(|entry| entry.is_tree()).map(|entry| entry.oid.clone());
            match self.edit_tree(old.as_deref(), edits) {
                Some(oid) => {
                    entries.insert(folder.clone(), Entry { name: folder, mode: TREE, oid });
                }
                None => {
                    entries.remove(&folder);
                }
            }
        }
        if entries.is_empty() {
            return None;
        }
        Some(self.put_tree(entries.into_values().collect()))
    }

    fn put_tree(&mut self, mut entries: Vec<Entry>) -> Oid {
        // Git sorts a folder as if its name ended in a slash.
        let key = |entry: &Entry| {
            let mut key = entry.name.clone();
            if entry.is_tree() {
                key.push('/');
            }
            key
        };
        entries.sort_by_key(key);
        let mut bytes = Vec::new();
        for entry in &entries {
            bytes.extend_from_slice(format!("{:o} {}\0", entry.mode, entry.name).as_bytes());
            bytes.extend(raw(&entry.oid));
        }
        let oid = name_of("tree", &bytes);
        self.trees.entry(oid.clone()).or_insert_with(|| Arc::from(entries));
        oid
    }
}

/// Git's name of an object.
#[must_use]
pub fn name_of(kind: &str, bytes: &[u8]) -> Oid {
    let mut hash = Sha1::new();
    hash.update(format!("{kind} {}\0", bytes.len()).as_bytes());
    hash.update(bytes);
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn raw(oid: &str) -> impl Iterator<Item = u8> + '_ {
    (0..oid.len() / 2)
        .filter_map(|index| oid.get(index * 2..index * 2 + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
}
