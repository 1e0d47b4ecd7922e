//! OWNERS files (`specs/prow.md` §4): who may approve and review which path. The tree is read once, from the texts of
//! the files at the head of the base branch, and answers any number of paths.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use regex::Regex;
use serde::Serialize;

use super::{go, re2};
use crate::domain::ids::Login;

mod read;

pub use read::{Aliases, OwnersProblem, is_ignored};

/// The OWNERS files of one tree.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    dirs: HashMap<String, Dir>,
    /// How many names the longest path among them has: no walk begins below it, so that a path of any depth costs no
    /// more than the tree's own.
    deepest: usize,
    problems: Vec<OwnersProblem>,
}

/// One directory's (or `*.md` file's) owners.
#[derive(Clone, Debug, Default)]
struct Dir {
    entries: Vec<Entry>,
    options: Options,
}

/// What one filter (or a whole simple file) gives. Names keep the file's order, aliases expanded in their place.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// None matches everything.
    filter: Option<Regex>,
    approvers: Vec<String>,
    reviewers: Vec<String>,
    required_reviewers: Vec<String>,
    labels: Vec<String>,
}

/// A file's options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Options {
    /// Owners above have no say below.
    pub no_parent_owners: bool,
    /// Files in subfolders without own OWNERS need nobody.
    pub auto_approve_unowned_subfolders: bool,
}

/// One of the four lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// `approvers`.
    Approvers,
    /// `reviewers`.
    Reviewers,
    /// `required_reviewers`.
    RequiredReviewers,
    /// `labels`.
    Labels,
}

impl Entry {
    fn list(&self, list: List) -> &[String] {
        match list {
            List::Approvers => &self.approvers,
            List::Reviewers => &self.reviewers,
            List::RequiredReviewers => &self.required_reviewers,
            List::Labels => &self.labels,
        }
    }
}

impl Tree {
    /// Reads OWNERS files by path. Files in directories that Prow ignores do not count; neither do files of another
    /// name, save that `*.md` files are read for their headers: pass them only where `mdyaml` is on. Unreadable files
    /// give nobody and are reported by [`Tree::problems`].
    #[must_use]
    pub fn read(files: &BTreeMap<String, String>, aliases: Option<&str>) -> Self {
        let mut problems = Vec::new();
        let aliases = read::aliases(aliases, &mut problems);
        let mut dirs = HashMap::new();
        for (path, text) in files {
            let path = go::clean(path);
            let dir = go::parent(&path);
            if is_ignored(dir) {
                continue;
            }
            if path.rsplit('/').next() == Some("OWNERS") {
                let found = read::file(&path, text, &aliases, &mut problems);
                dirs.insert(dir.to_owned(), found);
            } else if path.ends_with(".md")
                && let Some(header) = read::md_header(text)
            {
                let found = read::header(&path, header, &aliases, &mut problems);
                dirs.insert(path, found);
            }
        }
        let deepest = dirs.keys().map(|dir| dir.split('/').count()).max().unwrap_or(0);
        Self { dirs, deepest, problems }
    }

    /// The same tree with approvers and reviewers who are collaborators only (`specs/prow.md` §4.8).
    #[must_use]
    pub fn among(&self, collaborators: &[Login]) -> Self {
        let kept: BTreeSet<String> = collaborators.iter().map(|login| go::login(login.as_str())).collect();
        let mut tree = self.clone();
        for entry in tree.dirs.values_mut().flat_map(|dir| dir.entries.iter_mut()) {
            entry.approvers.retain(|login| kept.contains(login));
            entry.reviewers.retain(|login| kept.contains(login));
        }
        tree
    }

    /// Everyone who may approve a path: deepest directory first, in the order of the OWNERS files.
    #[must_use]
    pub fn approvers(&self, path: &str) -> Vec<Login> {
        logins(self.names(path, List::Approvers, false))
    }

    /// The approvers of the deepest directory that names any.
    #[must_use]
    pub fn leaf_approvers(&self, path: &str) -> Vec<Login> {
        logins(self.names(path, List::Approvers, true))
    }

    /// Everyone who is a reviewer of a path.
    #[must_use]
    pub fn reviewers(&self, path: &str) -> Vec<Login> {
        logins(self.names(path, List::Reviewers, false))
    }

    /// The reviewers of the deepest directory that names any.
    #[must_use]
    pub fn leaf_reviewers(&self, path: &str) -> Vec<Login> {
        logins(self.names(path, List::Reviewers, true))
    }

    /// Whom blunderbuss asks besides; they gate nothing (`specs/prow.md` §4.12).
    #[must_use]
    pub fn required_reviewers(&self, path: &str) -> Vec<Login> {
        logins(self.names(path, List::RequiredReviewers, false))
    }

    /// Labels that owners-label sets for a path, verbatim.
    #[must_use]
    pub fn labels(&self, path: &str) -> Vec<String> {
        self.names(path, List::Labels, false).into_iter().map(str::to_owned).collect()
    }

    /// The deepest directory with approvers for a path (`specs/prow.md` §4.9); the root, also where nobody is found,
    /// is `""`.
    #[must_use]
    pub fn owners_dir(&self, path: &str) -> String {
        let path = go::clean(path);
        let mut at = self.lowest(&path);
        while !at.is_empty() {
            let owned = self.dirs.get(at).is_some_and(|dir| {
                let relative = relative(at, &path);
                dir.entries.iter().any(|entry| !entry.approvers.is_empty() && applies(entry, relative))
            });
            if owned {
                return at.to_owned();
            }
            at = go::parent(at);
        }
        String::new()
    }

    /// The options of a directory's OWNERS file.
    #[must_use]
    pub fn options(&self, dir: &str) -> Options {
        self.dirs.get(dir).map(|dir| dir.options).unwrap_or_default()
    }

    /// True where the person is named as an approver by any file or filter.
    #[must_use]
    pub fn is_approver_anywhere(&self, login: &Login) -> bool {
        let wanted = go::login(login.as_str());
        self.dirs.values().flat_map(|dir| &dir.entries).any(|entry| entry.approvers.contains(&wanted))
    }

    /// The approvers of the root, in their order.
    #[must_use]
    pub fn root_approvers(&self) -> Vec<Login> {
        self.leaf_approvers("")
    }

    /// What is wrong with the files, in the order of their paths.
    #[must_use]
    pub fn problems(&self) -> &[OwnersProblem] {
        &self.problems
    }

    /// The part of a clean path that a directory of this tree can be: where every walk up begins.
    fn lowest<'a>(&self, path: &'a str) -> &'a str {
        let end = path.bytes().enumerate().filter(|(_, byte)| *byte == b'/').nth(self.deepest.saturating_sub(1));
        end.and_then(|(end, _)| path.get(..end)).unwrap_or(path)
    }

    /// Prow's walk from a path up to the root (`specs/prow.md` §4.10): the names as Prow has them, also those that
    /// are nobody's (an empty list element, `@@alias`); `leaf` stops at the first level that gives any.
    #[must_use]
    pub fn names(&self, path: &str, list: List, leaf: bool) -> Vec<&str> {
        let path = go::clean(path);
        let mut found: Vec<&str> = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut at = self.lowest(&path);
        loop {
            if let Some(dir) = self.dirs.get(at) {
                let relative = relative(at, &path);
                for entry in &dir.entries {
                    let names = entry.list(list);
                    if !names.is_empty() && applies(entry, relative) {
                        found.extend(names.iter().map(String::as_str).filter(|name| seen.insert(name)));
                    }
                }
                if !found.is_empty() && (leaf || dir.options.no_parent_owners) {
                    return found;
                }
            }
            if at.is_empty() {
                return found;
            }
            at = go::parent(at);
        }
    }
}

/// The names that can be somebody's. `Login` drops an `@`, and `@bob` in Prow's hands is not bob.
fn logins(names: Vec<&str>) -> Vec<Login> {
    names.into_iter().filter(|name| !name.is_empty() && !name.starts_with('@')).map(Login::from).collect()
}

fn applies(entry: &Entry, relative: &str) -> bool {
    entry.filter.as_ref().is_none_or(|filter| filter.is_match(relative))
}

/// A path as seen from a directory above it (or from itself: `.`).
fn relative<'a>(dir: &str, path: &'a str) -> &'a str {
    if dir == path {
        return ".";
    }
    path.strip_prefix(dir).map_or(path, |rest| rest.trim_start_matches('/'))
}
