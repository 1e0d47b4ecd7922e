//! Prow's robots at work on the simulated GitHub (`specs/prow.md`): they hear of what happens, wait a second or two
//! as the real ones do, and act with their own account. What they decide comes from `domain::prow`; what they do to
//! GitHub (labels, comments, assignments, statuses, the merge) is here and in `tide`.

mod approve;
mod look;
mod overrides;
mod say;
mod verify;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::world::git::FILE;
use super::world::{Delivery, Happening, ItemRef, Oid, World};
use crate::domain::ids::{Login, RepoId};
use crate::domain::profile::Profile;
use crate::domain::prow::owners::Tree;

/// The robots' set-up.
#[derive(Clone, Debug)]
pub struct Robots {
    /// How the repository's Prow is set up. Robots act on this profile's repository alone.
    pub profile: Profile,
    /// Their account, a GitHub App.
    pub login: Login,
    /// The OWNERS that were read last, by the commit and the collaborators that they were read with.
    owners: Option<(Oid, Vec<Login>, Arc<Tree>)>,
    /// The sync in which Tide merged last: one merge a sync.
    pub(super) merged_in: Option<Timestamp>,
}

/// Seconds that the needs-rebase plugin gives GitHub to compute mergeability (`specs/prow.md` §7.10).
const REBASE_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// Something that a robot does at its time.
#[derive(Clone, Copy)]
enum Due {
    Delivery,
    Rebase,
    Tide,
}

impl World {
    /// Puts Prow's robots to work on the profile's repository, with the App's account `login`.
    pub fn employ_prow(&mut self, profile: Profile, login: &str) {
        let login = self.bot(login);
        self.robots = Some(Robots { profile, login, owners: None, merged_in: None });
    }

    /// Lets robots do what they would have done to one item by `now`.
    pub fn settle(&mut self, item: &ItemRef, now: Timestamp) {
        if self.acting {
            return;
        }
        let Some(robots) = self.robots.as_ref().filter(|robots| robots.profile.repo == item.repo) else { return };
        let login = robots.login.to_string();
        self.acting = true;
        while let Some((due, what)) = self.first_due(item).filter(|(due, _)| *due <= now) {
            let Some(state) = self.item_mut(item) else { break };
            match what {
                Due::Delivery => {
                    if let Some(delivery) = state.deliveries.pop_front() {
                        self.hear(item, due, &login, &delivery);
                    }
                }
                Due::Rebase => {
                    state.rebase_due = None;
                    self.needs_rebase(item, due, &login);
                }
                Due::Tide => {
                    state.tide_due = None;
                    self.tide(item, due);
                }
            }
        }
        self.acting = false;
    }

    /// Lets robots and visitors do what they would have done by `now`, in time order.
    pub fn advance_to(&mut self, now: Timestamp) {
        while let Some(first) = self.scheduled.first().filter(|scheduled| scheduled.at <= now).cloned() {
            self.scheduled.remove(0);
            self.settle_all(first.at);
            self.perform(first);
        }
        self.settle_all(now);
    }

    fn settle_all(&mut self, now: Timestamp) {
        let Some(robots) = &self.robots else { return };
        let id = robots.profile.repo.clone();
        let Some(repo) = self.repos.get(&id) else { return };
        let waiting: Vec<ItemRef> = repo
            .items
            .values()
            .filter(|item| !item.deliveries.is_empty() || item.rebase_due.is_some() || item.tide_due.is_some())
            .map(|item| ItemRef { repo: id.clone(), number: item.number })
            .collect();
        for item in waiting {
            self.settle(&item, now);
        }
    }

    /// What is due first on an item; of equal times, in the order in which they are named.
    fn first_due(&self, item: &ItemRef) -> Option<(Timestamp, Due)> {
        let state = self.item(item)?;
        let delivery = self.next_due(item).map(|due| (due, Due::Delivery));
        let rebase = state.rebase_due.map(|due| (due, Due::Rebase));
        let tide = state.tide_due.map(|due| (due, Due::Tide));
        delivery.into_iter().chain(rebase).chain(tide).min_by_key(|(due, _)| *due)
    }

    /// When the answer to the next delivery is due: one to two seconds after it, the same in every run.
    fn next_due(&self, item: &ItemRef) -> Option<Timestamp> {
        let first = self.item(item)?.deliveries.front()?;
        let jitter = first.at.as_millisecond().unsigned_abs().wrapping_mul(2_654_435_761) ^ item.number;
        let wait = SignedDuration::from_millis(1000 + i64::try_from(jitter % 1000).unwrap_or(0));
        Some(first.at.checked_add(wait).unwrap_or(first.at))
    }

    /// What the enabled plugins do about one delivery.
    fn hear(&mut self, item: &ItemRef, at: Timestamp, bot: &str, delivery: &Delivery) {
        let Some(robots) = &self.robots else { return };
        let plugins = robots.profile.prow.plugins.clone();
        let plugin = |name: &str| plugins.iter().any(|plugin| plugin == name);
        let is_pull = self.item(item).is_some_and(|state| state.pull.is_some());
        let own = delivery.actor == robots.login;
        let heard = say::Heard { item, at, bot, actor: &delivery.actor };
        match &delivery.what {
            Happening::Opened => self.obey_description(&heard),
            Happening::Comment(id) if !own => self.obey_comment(&heard, *id),
            Happening::Review(id) => self.obey_review(&heard, *id),
            Happening::ReviewComment(id) => self.obey_review_comment(&heard, *id),
            Happening::Labeled(name) if name == "approved" && !own && plugin("approve") => self.approve(item, at, bot),
            Happening::Synchronize if plugin("lgtm") => self.drop_lgtm(item, at, bot),
            _ => {}
        }
        if !is_pull {
            return;
        }
        let fresh = matches!(delivery.what, Happening::Opened | Happening::Reopened | Happening::Synchronize);
        let titled = matches!(delivery.what, Happening::Edited | Happening::DraftChanged);
        if plugin("wip") && (titled || (fresh && delivery.what != Happening::Synchronize)) {
            self.wip(item, at, bot);
        }
        if plugin("invalidcommitmsg") && (fresh || delivery.what == Happening::Edited) {
            self.commit_messages(item, at, bot);
        }
        if fresh {
            if plugin("owners-label") {
                self.owners_labels(item, at, bot);
            }
            if plugin("dco") {
                // A reopened pull request is checked and not told again.
                self.dco(item, at, bot, delivery.what != Happening::Reopened);
            }
            if plugin("size") {
                self.size(item, at, bot);
            }
            if plugin("verify-owners") {
                self.verify_owners(item, at, bot);
            }
            self.workflows(item, at);
        }
        let ready = delivery.what == Happening::Opened || delivery.what == Happening::DraftChanged;
        if plugin("blunderbuss") && ready {
            self.ask_first_reviewers(item, at, bot);
        }
        if plugin("needs-rebase")
            && (fresh || matches!(delivery.what, Happening::Comment(_)) && !own)
            && let Some(state) = self.item_mut(item)
        {
            state.rebase_due = state.rebase_due.or_else(|| at.checked_add(REBASE_WAIT).ok());
        }
        if plugin("approve") && fresh {
            self.approve(item, at, bot);
        }
    }

    /// Everyone whom Prow takes for a collaborator (`specs/prow.md` §1.3).
    fn collaborators(&self, repo: &RepoId) -> Vec<Login> {
        let listed = self.repos.get(repo).into_iter().flat_map(|repo| repo.collaborators.keys().cloned());
        let mut all: Vec<Login> = listed.chain(self.members.iter().cloned()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The OWNERS files at the head of the base branch, without people who are no collaborators.
    fn owners(&mut self, item: &ItemRef) -> Arc<Tree> {
        let collaborators = self.collaborators(&item.repo);
        let base = self.repos.get(&item.repo).and_then(|repo| {
            let base = &repo.items.get(&item.number)?.pull.as_ref()?.base_ref;
            repo.git.branches.get(base).cloned()
        });
        let base = base.unwrap_or_default();
        let known = self.robots.as_ref().and_then(|robots| robots.owners.as_ref());
        if let Some((oid, people, tree)) = known
            && *oid == base
            && *people == collaborators
        {
            return tree.clone();
        }
        let mut files = BTreeMap::new();
        let mut aliases = None;
        if let Some(repo) = self.repos.get(&item.repo)
            && let Some(commit) = repo.git.commit(&base)
        {
            for (path, entry) in repo.git.files(&commit.tree) {
                // Symbolic links are ignored, as Prow's walk ignores them (§4.2).
                if entry.mode != FILE || !(path == "OWNERS" || path.ends_with("/OWNERS") || path == "OWNERS_ALIASES") {
                    continue;
                }
                let text = repo.git.text(&base, &path).unwrap_or_default();
                if path == "OWNERS_ALIASES" {
                    aliases = Some(text);
                } else {
                    files.insert(path, text);
                }
            }
        }
        let tree = Tree::read(&files, aliases.as_deref());
        let all = self.robots.as_ref().is_some_and(|robots| robots.profile.prow.skip_collaborators);
        let tree = Arc::new(if all { tree } else { tree.among(&collaborators) });
        if let Some(robots) = &mut self.robots {
            robots.owners = Some((base, collaborators, tree.clone()));
        }
        tree
    }

    /// Sets the label where `wanted`, else takes it off.
    fn keep_label(&mut self, item: &ItemRef, at: Timestamp, bot: &str, name: &str, wanted: bool) {
        if wanted {
            self.label(item, at, bot, name);
        } else {
            self.unlabel(item, at, bot, name);
        }
    }
}
