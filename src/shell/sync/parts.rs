//! What hangs on a pull request and is no part of it on GitHub: its documents at the head, whether its folders exist
//! in its base, which of its commits are merges, the numbers that may be its tracking issue.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::facts::{CommitFacts, DocumentFacts, FileChange, FileFacts, PullFacts};
use crate::domain::ids::{RepoId, Sha};
use crate::domain::profile::Profile;
use crate::domain::vep::{Place, PullText, vep_numbers};
use crate::shell::github::ask::{Ask, Outcome};
use crate::shell::github::map;

/// The name of the documents in `PullFacts::truncated`.
const DOCUMENTS: &str = "documents";

/// The name of the folders there.
const FOLDERS: &str = "base-folders";

/// The most documents of one proposal that are read: a real one has one to five.
const MOST_DOCUMENTS: usize = 20;

/// The longest document that is kept, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The most numbers of one pull that are looked up as tracking issues.
const MOST_ISSUES: usize = 6;

/// What was found so far, by commit and path.
#[derive(Debug, Default)]
pub struct Found {
    files: BTreeMap<(Sha, String), Result<Option<String>, String>>,
    folders: BTreeMap<(Sha, String), Result<bool, String>>,
    merges: BTreeMap<Sha, bool>,
    /// The tree of the proposals' repository, where it was read.
    pub tree: Option<map::Index>,
    /// Numbers that were looked up.
    pub issues_read: BTreeSet<u64>,
}

impl Found {
    /// Takes an answer.
    pub fn take(&mut self, ask: &Ask, outcome: Outcome, root: &str) {
        let value = match outcome {
            // An error beside a null means that nobody knows; without one, there is no such thing.
            Outcome::Answered { value, errors } => match errors.iter().find(|error| error.kind != "NOT_FOUND") {
                Some(error) if value.is_null() => Err(format!("not read: {}", error.message)),
                _ => Ok(value),
            },
            Outcome::Failed { failure, .. } => Err(format!("not read: {}", failure.cause)),
        };
        match ask {
            Ask::File { commit, path, .. } => {
                let text = value.and_then(|value| map::blob_text(value).map_err(|why| format!("left out: {why}")));
                self.files.insert((commit.clone(), path.clone()), text);
            }
            Ask::Folder { commit, path, .. } => {
                let exists = value.map(|value| value.get("__typename").is_some_and(|name| name == "Tree"));
                self.folders.insert((commit.clone(), path.clone()), exists);
            }
            Ask::Parents { commit, .. } => {
                let parents = value.ok().and_then(|value| value.pointer("/parents/totalCount")?.as_u64());
                self.merges.insert(commit.clone(), parents.is_some_and(|parents| parents > 1));
            }
            Ask::Tree { .. } => self.tree = value.ok().and_then(|value| map::index(value, root)),
            Ask::Subtree { path, .. } => {
                if let Some(index) = &mut self.tree {
                    index.graft(path, value.unwrap_or_default(), root);
                }
            }
            Ask::Pull { .. } | Ask::Page { .. } | Ask::Issue { .. } | Ask::Blob { .. } => {}
        }
    }
}

/// What is still to be read for one pull.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    documents: Vec<String>,
    folders: Vec<String>,
    merges: Vec<Sha>,
}

/// A pull that waits for the rest.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The pull.
    pub pull: PullFacts,
    /// The rest.
    pub needs: Needs,
    /// Numbers that may be its tracking issue and that nobody has looked up yet.
    pub issues: Vec<u64>,
}

/// Fills in what is known already (from before, where head or base are the same, or from this sync) and says what is
/// missing; `None` where nothing is.
pub fn needs(pull: &mut PullFacts, stored: Option<&PullFacts>, found: &Found, profile: &Profile) -> Option<Needs> {
    let mut needs = Needs::default();
    let mut documents = document_paths(pull, profile);
    if documents.len() > MOST_DOCUMENTS {
        map::note(
            pull,
            DOCUMENTS,
            &format!("left out: {} of its documents are read, of {}", MOST_DOCUMENTS, documents.len()),
        );
        documents.truncate(MOST_DOCUMENTS);
    }
    let same_head = stored.filter(|stored| stored.head == pull.head);
    for path in documents {
        match same_head.and_then(|stored| stored.documents.iter().find(|document| document.path == path)) {
            Some(document) => pull.documents.push(document.clone()),
            None => needs.documents.push(path),
        }
    }
    let same_base = stored.filter(|stored| stored.base == pull.base);
    let doubtful = doubtful_folders(&pull.files, &profile.layout.root);
    for folder in all_folders(&pull.files, &profile.layout.root) {
        if !doubtful.contains(&folder) {
            pull.base_folders.insert(folder, true);
        } else if let Some(known) = same_base.and_then(|stored| stored.base_folders.get(&folder)) {
            pull.base_folders.insert(folder, *known);
        } else {
            needs.folders.push(folder);
        }
    }
    for commit in &mut pull.commits {
        match stored.and_then(|stored| stored.commits.iter().find(|known| known.oid == commit.oid)) {
            Some(known) => commit.merge = known.merge,
            None if may_be_merge(commit) => needs.merges.push(commit.oid.clone()),
            None => {}
        }
    }
    let mut pending = Pending { pull: pull.clone(), needs, issues: Vec::new() };
    pending.take(found);
    *pull = pending.pull;
    (pending.needs != Needs::default()).then_some(pending.needs)
}

impl Pending {
    /// What to ask.
    pub fn asks(&self, repo: &RepoId, found: &Found) -> Vec<Ask> {
        let mut asks = Vec::new();
        let repo = || repo.clone();
        let head = &self.pull.head;
        for path in &self.needs.documents {
            if !found.files.contains_key(&(head.clone(), path.clone())) {
                asks.push(Ask::File { repo: repo(), commit: head.clone(), path: path.clone() });
            }
        }
        for path in &self.needs.folders {
            if let Some(base) = &self.pull.base
                && !found.folders.contains_key(&(base.clone(), path.clone()))
            {
                asks.push(Ask::Folder { repo: repo(), commit: base.clone(), path: path.clone() });
            }
        }
        for commit in &self.needs.merges {
            if !found.merges.contains_key(commit) {
                asks.push(Ask::Parents { repo: repo(), commit: commit.clone() });
            }
        }
        for number in &self.issues {
            if !found.issues_read.contains(number) {
                asks.push(Ask::Issue { repo: repo(), number: *number });
            }
        }
        asks
    }

    /// Takes what was found; the rest stays needed.
    fn take(&mut self, found: &Found) {
        let pull = &mut self.pull;
        let head = pull.head.clone();
        self.needs.documents.retain(|path| match found.files.get(&(head.clone(), path.clone())) {
            Some(Ok(Some(text))) if text.len() > LONGEST => {
                map::note(pull, DOCUMENTS, &format!("left out: {path} is longer than a megabyte"));
                false
            }
            Some(Ok(Some(text))) => {
                pull.documents.push(DocumentFacts { path: path.clone(), text: text.clone() });
                false
            }
            Some(Ok(None)) => {
                map::note(pull, DOCUMENTS, &format!("left out: {path} is not at the head"));
                false
            }
            Some(Err(why)) => {
                map::note(pull, DOCUMENTS, why);
                false
            }
            None => true,
        });
        pull.documents.sort_by(|a, b| a.path.cmp(&b.path));
        let base = pull.base.clone();
        self.needs.folders.retain(|path| {
            match base.as_ref().and_then(|base| found.folders.get(&(base.clone(), path.clone()))) {
                Some(Ok(exists)) => {
                    pull.base_folders.insert(path.clone(), *exists);
                    false
                }
                Some(Err(why)) => {
                    map::note(pull, FOLDERS, why);
                    false
                }
                None => true,
            }
        });
        self.needs.merges.retain(|oid| match found.merges.get(oid) {
            Some(merge) => {
                for commit in pull.commits.iter_mut().filter(|commit| commit.oid == *oid) {
                    commit.merge = *merge;
                }
                false
            }
            None => true,
        });
    }

    /// Takes what was found, and names what was not.
    pub fn fill(&mut self, found: &Found) {
        self.take(found);
        if !self.needs.documents.is_empty() {
            map::note(&mut self.pull, DOCUMENTS, "not read: GitHub did not answer them");
        }
        if !self.needs.folders.is_empty() {
            map::note(&mut self.pull, FOLDERS, "not read: GitHub did not answer them");
        }
    }
}

/// Markdown files under the proposals' root that the head has, main documents first.
fn document_paths(pull: &PullFacts, profile: &Profile) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for file in pull.files.iter().filter(|file| file.change != FileChange::Removed) {
        let place = Place::of(&file.path, &profile.layout);
        if place.is_some_and(|place| place.is_markdown() && !place.template) {
            found.push(file.path.clone());
        }
    }
    let main = format!("/{}", profile.layout.document);
    found.sort_by_key(|path| (!path.ends_with(&main), path.clone()));
    found.dedup();
    found
}

/// All folders under the root that hold a changed file, and those above them.
fn all_folders(files: &[FileFacts], root: &str) -> BTreeSet<String> {
    files.iter().flat_map(|file| folders_of(&file.path, root)).collect()
}

/// Those of which the changed files do not say that the base has them: a file that is changed or removed was there.
pub fn doubtful_folders(files: &[FileFacts], root: &str) -> BTreeSet<String> {
    let there = |file: &&FileFacts| matches!(file.change, FileChange::Modified | FileChange::Removed);
    let sure: BTreeSet<String> = files.iter().filter(there).flat_map(|file| folders_of(&file.path, root)).collect();
    all_folders(files, root).difference(&sure).cloned().collect()
}

/// The folders that a path is in, below the root.
fn folders_of(path: &str, root: &str) -> Vec<String> {
    if !path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')) {
        return Vec::new();
    }
    let ends = path.match_indices('/').map(|(at, _)| at);
    ends.filter(|at| *at > root.len()).filter_map(|at| path.get(..at)).map(str::to_owned).collect()
}

/// Git's and GitHub's messages of merges begin so; a squash or a commit by hand may, too, which is why it is asked.
fn may_be_merge(commit: &CommitFacts) -> bool {
    commit.message.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("merge"))
}

/// Numbers that may be the tracking issue: as the description says, as title and folder say.
pub fn issue_numbers(pull: &PullFacts, profile: &Profile, repo: &RepoId) -> Vec<u64> {
    let text = PullText::read(&pull.body, repo);
    let mut numbers = text.tracking.clone();
    numbers.extend(vep_numbers(&pull.title).into_iter().map(|number| number.0));
    let places = pull.files.iter().filter_map(|file| Place::of(&file.path, &profile.layout));
    numbers.extend(places.filter_map(|place| place.number()).map(|number| number.0));
    if text.tracking.is_empty() {
        numbers.extend(text.mentioned.into_iter().take(2));
    }
    let mut seen = BTreeSet::new();
    // A number that GitHub's `Int` cannot hold is no issue's.
    let good = |number: &u64| *number > 0 && *number <= 0x7fff_ffff && *number != pull.number.0;
    numbers.into_iter().filter(good).filter(|number| seen.insert(*number)).take(MOST_ISSUES).collect()
}
