//! Opening and changing issues and pull requests: everything but the conversation, which is in `threads`.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use super::git::{Edit, Oid};
use super::item::{ChangedFile, Delivery, Event, EventKind, Happening, Item, Pull, Requested, line_counts};
use super::{ItemRef, Node, World, node_id};
use crate::domain::facts::{FileChange, Mergeable};
use crate::domain::ids::{Login, RepoId};

/// An issue to open.
#[derive(Clone, Debug, Default)]
pub struct NewIssue {
    /// Who opens it.
    pub author: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Its number; the next free one where none is given.
    pub number: Option<u64>,
}

/// A pull request to open.
#[derive(Clone, Debug, Default)]
pub struct NewPull {
    /// Who opens it.
    pub author: String,
    /// Its title.
    pub title: String,
    /// Its description.
    pub body: String,
    /// Its number; the next free one where none is given.
    pub number: Option<u64>,
    /// It is a draft.
    pub draft: bool,
    /// The branch to merge into; the default branch where none is given.
    pub base: Option<String>,
    /// The branch's name; `patch-<number>` where none is given.
    pub head_ref: Option<String>,
    /// What its first commit changes.
    pub edits: Vec<Edit>,
    /// Its first commit's message; the title and a sign-off line where none is given.
    pub message: Option<String>,
}

impl NewPull {
    /// A pull request without text and changes.
    #[must_use]
    pub fn by(author: &str, title: &str) -> Self {
        Self { author: author.to_owned(), title: title.to_owned(), ..Self::default() }
    }

    /// … with this description.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    /// … with this number.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.number = Some(number);
        self
    }

    /// … as a draft.
    #[must_use]
    pub fn draft(mut self) -> Self {
        self.draft = true;
        self
    }

    /// … that changes this.
    #[must_use]
    pub fn edits(mut self, edits: Vec<Edit>) -> Self {
        self.edits = edits;
        self
    }
}

impl World {
    /// Commits to a branch of a repository, which is made where it does not exist.
    pub fn write(
        &mut self,
        repo: &RepoId,
        branch: &str,
        at: Timestamp,
        who: &str,
        message: &str,
        edits: &[Edit],
    ) -> Oid {
        let login = self.user(who);
        let Some(repo) = self.repos.get_mut(repo) else { return Oid::new() };
        let parents = repo.git.branches.get(branch).cloned().into_iter().collect();
        let oid = repo.git.commit_edits(parents, at, (&login, true), message, edits);
        repo.git.branches.insert(branch.to_owned(), oid.clone());
        oid
    }

    /// Opens an issue.
    pub fn issue(&mut self, repo: &RepoId, at: Timestamp, new: NewIssue) -> ItemRef {
        let author = self.user(&new.author);
        let number = new.number.unwrap_or_else(|| self.free_number(repo));
        let item = self.new_item(repo, number, at, author, new.title, new.body, "I");
        self.put_item(repo, item, at)
    }

    /// Opens a pull request.
    pub fn open(&mut self, repo: &RepoId, at: Timestamp, new: NewPull) -> ItemRef {
        let author = self.user(&new.author);
        let number = new.number.unwrap_or_else(|| self.free_number(repo));
        let message =
            new.message.unwrap_or_else(|| format!("{}\n\nSigned-off-by: {author} <{author}@example.org>", new.title));
        let base_ref = new.base.unwrap_or_else(|| {
            self.repos.get(repo).map_or_else(|| "main".to_owned(), |repo| repo.default_branch.clone())
        });
        let mut item = self.new_item(repo, number, at, author.clone(), new.title, new.body, "PR");
        let Some(state) = self.repos.get_mut(repo) else { return ItemRef { repo: repo.clone(), number } };
        let base_oid = match state.git.branches.get(&base_ref) {
            Some(oid) => oid.clone(),
            None => {
                let oid = state.git.commit_edits(Vec::new(), at, (&author, true), "Begin", &[]);
                state.git.branches.insert(base_ref.clone(), oid.clone());
                oid
            }
        };
        let head = state.git.commit_edits(vec![base_oid.clone()], at, (&author, true), &message, &new.edits);
        let renames = renames_of(&new.edits);
        item.pull = Some(Pull {
            draft: new.draft,
            base_ref,
            base_oid,
            head_ref: new.head_ref.unwrap_or_else(|| format!("patch-{number}")),
            head_oid: head.clone(),
            commits: vec![head.clone()],
            heads: vec![(at, head.clone())],
            files: Vec::new(),
            review_requests: Vec::new(),
            reviews: Vec::new(),
            threads: Vec::new(),
            mergeable: Mergeable::Mergeable,
            blocked: false,
            merged_at: None,
            merged_by: None,
            merge_commit: None,
        });
        let pull = self.put_item(repo, item, at);
        self.recount(&pull, &renames);
        self.event(&pull, at, &author, EventKind::Commit(head));
        pull
    }

    /// Pushes a commit on top of the head.
    pub fn push(&mut self, pull: &ItemRef, at: Timestamp, who: &str, message: &str, edits: &[Edit]) -> Oid {
        self.push_commits(pull, at, who, false, message, edits)
    }

    /// Rewrites the branch as one commit on the newest base, with the head's contents and these edits on top.
    pub fn force_push(&mut self, pull: &ItemRef, at: Timestamp, who: &str, message: &str, edits: &[Edit]) -> Oid {
        self.push_commits(pull, at, who, true, message, edits)
    }

    fn push_commits(
        &mut self,
        pull: &ItemRef,
        at: Timestamp,
        who: &str,
        force: bool,
        message: &str,
        edits: &[Edit],
    ) -> Oid {
        self.settle(pull, at);
        let login = self.user(who);
        let message = if message.to_ascii_lowercase().contains("signed-off-by:") || message.ends_with("\n\n") {
            message.to_owned()
        } else {
            format!("{message}\n\nSigned-off-by: {login} <{login}@example.org>")
        };
        let Some(repo) = self.repos.get_mut(&pull.repo) else { return Oid::new() };
        let Some(item) = repo.items.get_mut(&pull.number) else { return Oid::new() };
        let Some(part) = item.pull.as_mut() else { return Oid::new() };
        if part.merged_at.is_some() {
            // What is pushed to a branch after its merge is no part of the pull request any more.
            return part.head_oid.clone();
        }
        let before = part.head_oid.clone();
        let head = if force {
            let base = repo.git.branches.get(&part.base_ref).cloned().unwrap_or_else(|| part.base_oid.clone());
            let trees = |oid: &Oid| repo.git.commit(oid).map(|commit| commit.tree.clone());
            let kept = repo.git.changes(trees(&part.base_oid).as_deref(), trees(&before).as_deref());
            let mut all: Vec<Edit> = kept
                .into_iter()
                .map(|(path, _, is)| match is.and_then(|(_, oid)| repo.git.blob(&oid).cloned()) {
                    Some(bytes) => Edit::Write { path, bytes: bytes.to_vec() },
                    None => Edit::Remove { path },
                })
                .collect();
            all.extend(edits.iter().cloned());
            part.base_oid = base.clone();
            part.commits.clear();
            repo.git.commit_edits(vec![base], at, (&login, true), &message, &all)
        } else {
            repo.git.commit_edits(vec![before.clone()], at, (&login, true), &message, edits)
        };
        part.commits.push(head.clone());
        part.head_oid.clone_from(&head);
        part.heads.push((at, head.clone()));
        let touched: Vec<&str> = edits
            .iter()
            .map(|edit| match edit {
                Edit::Write { path, .. } | Edit::Remove { path } | Edit::Symlink { path, .. } => path.as_str(),
                Edit::Rename { from, .. } => from.as_str(),
            })
            .collect();
        for thread in &mut part.threads {
            thread.outdated |= touched.contains(&thread.path.as_str()) && thread.line.is_some();
        }
        if force {
            self.event(pull, at, &login, EventKind::ForcePushed(before, head.clone()));
        } else {
            self.event(pull, at, &login, EventKind::Commit(head.clone()));
        }
        self.recount(pull, &renames_of(edits));
        self.deliver(pull, at, &login, Happening::Synchronize);
        head
    }

    /// Computes the changed files anew.
    fn recount(&mut self, pull: &ItemRef, renames: &BTreeMap<String, String>) {
        let Some(repo) = self.repos.get_mut(&pull.repo) else { return };
        let git = &repo.git;
        let Some(part) = repo.items.get_mut(&pull.number).and_then(|item| item.pull.as_mut()) else { return };
        let tree = |oid: &Oid| git.commit(oid).map(|commit| commit.tree.clone());
        let changes = git.changes(tree(&part.base_oid).as_deref(), tree(&part.head_oid).as_deref());
        let text = |entry: &Option<(u32, Oid)>| {
            entry
                .as_ref()
                .and_then(|(_, oid)| git.blob(oid))
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .unwrap_or_default()
        };
        let mut known: BTreeMap<String, String> = part
            .files
            .iter()
            .filter_map(|file| file.previous.clone().map(|previous| (file.path.clone(), previous)))
            .collect();
        known.extend(renames.clone());
        let mut files = Vec::new();
        let mut moved_away = Vec::new();
        for (path, was, is) in &changes {
            let source = if was.is_none() { known.get(path) } else { None };
            let source = source.and_then(|from| changes.iter().find(|(p, _, is)| p == from && is.is_none()));
            let (before, change) = match (source, was, is) {
                (Some((from, before, _)), _, _) => {
                    moved_away.push(from.clone());
                    (text(before), FileChange::Renamed)
                }
                (None, None, _) => (String::new(), FileChange::Added),
                (None, Some(_), None) => (text(was), FileChange::Removed),
                (None, Some(_), Some(_)) => (text(was), FileChange::Modified),
            };
            let (additions, deletions) = line_counts(&before, &text(is));
            let previous = source.map(|(from, _, _)| from.clone());
            files.push(ChangedFile { path: path.clone(), previous, change, additions, deletions });
        }
        files.retain(|file| !(file.change == FileChange::Removed && moved_away.contains(&file.path)));
        part.files = files;
    }

    /// Sets a label; a label that is not defined yet is.
    pub fn label(&mut self, item: &ItemRef, at: Timestamp, who: &str, name: &str) {
        self.settle(item, at);
        let login = self.user(who);
        self.define_labels(&item.repo, &[name]);
        let Some(state) = self.item_mut(item) else { return };
        if state.has_label(name) {
            return;
        }
        state.labels.push(name.to_owned());
        self.event(item, at, &login, EventKind::Labeled(name.to_owned()));
        self.deliver(item, at, &login, Happening::Labeled(name.to_owned()));
    }

    /// Takes a label off.
    pub fn unlabel(&mut self, item: &ItemRef, at: Timestamp, who: &str, name: &str) {
        self.settle(item, at);
        let login = self.user(who);
        let Some(state) = self.item_mut(item) else { return };
        if !state.has_label(name) {
            return;
        }
        state.labels.retain(|label| label != name);
        self.event(item, at, &login, EventKind::Unlabeled(name.to_owned()));
    }

    /// Assigns somebody; GitHub keeps ten at most.
    pub fn assign(&mut self, item: &ItemRef, at: Timestamp, who: &str, whom: &str) {
        self.settle(item, at);
        let (login, whom) = (self.user(who), self.user(whom));
        let Some(state) = self.item_mut(item) else { return };
        if state.assignees.contains(&whom) || state.assignees.len() >= 10 {
            return;
        }
        state.assignees.push(whom.clone());
        self.event(item, at, &login, EventKind::Assigned(whom));
    }

    /// Unassigns somebody.
    pub fn unassign(&mut self, item: &ItemRef, at: Timestamp, who: &str, whom: &str) {
        self.settle(item, at);
        let (login, whom) = (self.user(who), self.user(whom));
        let Some(state) = self.item_mut(item) else { return };
        if !state.assignees.contains(&whom) {
            return;
        }
        state.assignees.retain(|assignee| *assignee != whom);
        self.event(item, at, &login, EventKind::Unassigned(whom));
    }

    /// Asks somebody for a review; `org/team` asks a team.
    pub fn request_review(&mut self, pull: &ItemRef, at: Timestamp, who: &str, whom: &str) {
        self.settle(pull, at);
        let login = self.user(who);
        let whom = self.requested(whom);
        let Some(part) = self.item_mut(pull).and_then(|item| item.pull.as_mut()) else { return };
        if part.review_requests.contains(&whom) {
            return;
        }
        part.review_requests.push(whom.clone());
        self.event(pull, at, &login, EventKind::ReviewRequested(whom));
    }

    /// Takes a request for a review back.
    pub fn unrequest_review(&mut self, pull: &ItemRef, at: Timestamp, who: &str, whom: &str) {
        self.settle(pull, at);
        let login = self.user(who);
        let whom = self.requested(whom);
        let Some(part) = self.item_mut(pull).and_then(|item| item.pull.as_mut()) else { return };
        if !part.review_requests.contains(&whom) {
            return;
        }
        part.review_requests.retain(|requested| *requested != whom);
        self.event(pull, at, &login, EventKind::ReviewRequestRemoved(whom));
    }

    fn requested(&mut self, whom: &str) -> Requested {
        match whom.split_once('/') {
            Some((organisation, team)) => Requested::Team(organisation.to_owned(), team.to_owned()),
            None => Requested::Account(self.user(whom)),
        }
    }

    /// Changes the title.
    pub fn retitle(&mut self, item: &ItemRef, at: Timestamp, who: &str, title: &str) {
        self.settle(item, at);
        let login = self.user(who);
        let Some(state) = self.item_mut(item) else { return };
        let before = std::mem::replace(&mut state.title, title.to_owned());
        self.event(item, at, &login, EventKind::Renamed(before, title.to_owned()));
        self.deliver(item, at, &login, Happening::Edited);
    }

    /// Changes the description, which leaves no event.
    pub fn rewrite(&mut self, item: &ItemRef, at: Timestamp, who: &str, body: &str) {
        self.settle(item, at);
        let login = self.user(who);
        let Some(state) = self.item_mut(item) else { return };
        body.clone_into(&mut state.body);
        state.updated_at = state.updated_at.max(at);
        self.deliver(item, at, &login, Happening::Edited);
    }

    /// Marks a draft as ready, or turns a pull request into a draft.
    pub fn set_draft(&mut self, pull: &ItemRef, at: Timestamp, who: &str, draft: bool) {
        self.settle(pull, at);
        let login = self.user(who);
        let Some(part) = self.item_mut(pull).and_then(|item| item.pull.as_mut()) else { return };
        if part.draft == draft {
            return;
        }
        part.draft = draft;
        let kind = if draft { EventKind::ConvertedToDraft } else { EventKind::ReadyForReview };
        self.event(pull, at, &login, kind);
        self.deliver(pull, at, &login, Happening::DraftChanged);
    }

    /// Closes without merging.
    pub fn close(&mut self, item: &ItemRef, at: Timestamp, who: &str) {
        self.settle(item, at);
        let login = self.user(who);
        let Some(state) = self.item_mut(item) else { return };
        if !state.open {
            return;
        }
        state.open = false;
        state.closed_at = Some(at);
        self.event(item, at, &login, EventKind::Closed);
        self.deliver(item, at, &login, Happening::Closed);
    }

    /// Opens again; not after a merge.
    pub fn reopen(&mut self, item: &ItemRef, at: Timestamp, who: &str) {
        self.settle(item, at);
        let login = self.user(who);
        let Some(state) = self.item_mut(item) else { return };
        if state.open || state.merged_at().is_some() {
            return;
        }
        state.open = true;
        state.closed_at = None;
        self.event(item, at, &login, EventKind::Reopened);
        self.deliver(item, at, &login, Happening::Reopened);
    }

    /// Merges by squashing: the base branch gets one commit with the pull request's changes.
    pub fn merge(&mut self, pull: &ItemRef, at: Timestamp, who: &str) {
        self.settle(pull, at);
        let login = self.user(who);
        let Some(repo) = self.repos.get_mut(&pull.repo) else { return };
        let Some(item) = repo.items.get_mut(&pull.number) else { return };
        let Some(part) = item.pull.as_mut() else { return };
        if !item.open {
            return;
        }
        let tree = |oid: &Oid| repo.git.commit(oid).map(|commit| commit.tree.clone());
        let edits: Vec<Edit> = repo
            .git
            .changes(tree(&part.base_oid).as_deref(), tree(&part.head_oid).as_deref())
            .into_iter()
            .map(|(path, _, is)| match is.and_then(|(_, oid)| repo.git.blob(&oid).cloned()) {
                Some(bytes) => Edit::Write { path, bytes: bytes.to_vec() },
                None => Edit::Remove { path },
            })
            .collect();
        let parents = repo.git.branches.get(&part.base_ref).cloned().into_iter().collect();
        let message = format!("{} (#{})", item.title, item.number);
        let oid = repo.git.commit_edits(parents, at, (&item.author, true), &message, &edits);
        repo.git.branches.insert(part.base_ref.clone(), oid.clone());
        part.merged_at = Some(at);
        part.merged_by = Some(login.clone());
        part.merge_commit = Some(oid.clone());
        part.mergeable = Mergeable::Unknown;
        item.open = false;
        item.closed_at = Some(at);
        self.event(pull, at, &login, EventKind::Merged(oid));
        self.event(pull, at, &login, EventKind::Closed);
        self.deliver(pull, at, &login, Happening::Closed);
    }

    /// Locks or unlocks the conversation.
    pub fn set_locked(&mut self, item: &ItemRef, at: Timestamp, who: &str, locked: bool) {
        self.settle(item, at);
        let login = self.user(who);
        let Some(state) = self.item_mut(item) else { return };
        if state.locked == locked {
            return;
        }
        state.locked = locked;
        self.event(item, at, &login, if locked { EventKind::Locked } else { EventKind::Unlocked });
    }

    /// Robots act on the item, or leave it alone (for threads whose labels are set by hand).
    pub fn set_quiet(&mut self, item: &ItemRef, quiet: bool) {
        if let Some(state) = self.item_mut(item) {
            state.quiet = quiet;
            state.deliveries.clear();
            state.rebase_due = None;
            state.tide_due = None;
        }
    }

    /// Appends an event and bumps `updatedAt`.
    pub(in crate::sim) fn event(&mut self, item: &ItemRef, at: Timestamp, actor: &Login, kind: EventKind) {
        let id = self.next_id();
        let prefix: String = kind.type_name().chars().filter(char::is_ascii_uppercase).collect();
        let event = Event { id, node_id: node_id(&prefix, id), at, actor: actor.clone(), kind };
        if let Some(state) = self.item_mut(item) {
            state.updated_at = state.updated_at.max(at);
            state.events.push(event);
        }
        self.wake_tide(item, at);
    }

    /// Tells the robots.
    pub(in crate::sim) fn deliver(&mut self, item: &ItemRef, at: Timestamp, actor: &Login, what: Happening) {
        if self.robots.is_none() {
            return;
        }
        if let Some(state) = self.item_mut(item).filter(|state| !state.quiet) {
            state.deliveries.push_back(Delivery { at, actor: actor.clone(), what });
        }
    }

    fn free_number(&self, repo: &RepoId) -> u64 {
        let last = self.repos.get(repo).and_then(|repo| repo.items.keys().next_back().copied());
        last.unwrap_or(0).saturating_add(1)
    }

    #[expect(clippy::too_many_arguments, reason = "the fields that every item has, at the one place that fills them")]
    fn new_item(
        &mut self,
        repo: &RepoId,
        number: u64,
        at: Timestamp,
        author: Login,
        title: String,
        body: String,
        prefix: &str,
    ) -> Item {
        let database_id = self.next_id();
        let node = Node::Item(ItemRef { repo: repo.clone(), number });
        let node_id = self.name_node(prefix, database_id, node);
        Item {
            number,
            node_id,
            database_id,
            title,
            body,
            author,
            open: true,
            locked: false,
            created_at: at,
            updated_at: at,
            closed_at: None,
            labels: Vec::new(),
            assignees: Vec::new(),
            comments: Vec::new(),
            events: Vec::new(),
            pull: None,
            deliveries: VecDeque::new(),
            rebase_due: None,
            tide_due: None,
            quiet: false,
        }
    }

    fn put_item(&mut self, repo: &RepoId, item: Item, at: Timestamp) -> ItemRef {
        let name = ItemRef { repo: repo.clone(), number: item.number };
        let author = item.author.clone();
        if let Some(repo) = self.repos.get_mut(repo) {
            repo.items.insert(item.number, item);
        }
        self.deliver(&name, at, &author, Happening::Opened);
        name
    }
}

fn renames_of(edits: &[Edit]) -> BTreeMap<String, String> {
    edits
        .iter()
        .filter_map(|edit| match edit {
            Edit::Rename { from, to } => Some((to.clone(), from.clone())),
            _ => None,
        })
        .collect()
}
