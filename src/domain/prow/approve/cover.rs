//! Which owners directories a set of files needs, which of them a set of people clears, and whom Prow would ask
//! (`specs/prow.md` §5 steps 6 to 8, §5.2).

use std::collections::{BTreeMap, BTreeSet};

use super::evaluate::Approved;
use crate::domain::ids::Login;
use crate::domain::prow::go;
use crate::domain::prow::owners::{List, Tree};

/// People by lower-case login, with the directories where they have power.
pub(super) type Powers<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The files of a pull request, by who owns them. Files with the same owners are one group, so that a pull request of
/// thousands of files costs no more than its directories.
pub(super) struct Owners {
    groups: Vec<Group>,
    needed: BTreeSet<String>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    dir: String,
    approvers: Vec<String>,
    leaves: Vec<String>,
}

impl Owners {
    pub(super) fn new(files: &[String], tree: &Tree) -> Self {
        let mut groups = BTreeSet::new();
        let mut needed = BTreeSet::new();
        for file in files {
            let dir = tree.owners_dir(file);
            if !auto_approved(file, &dir, tree) {
                needed.insert(dir.clone());
            }
            let names = |leaf| tree.names(file, List::Approvers, leaf).into_iter().map(str::to_owned).collect();
            let (approvers, leaves) = (names(false), names(true));
            groups.insert(Group { dir, approvers, leaves });
        }
        drop_subsumed(&mut needed, tree);
        Self { groups: groups.into_iter().collect(), needed }
    }

    /// The directories needed, sorted.
    pub(super) fn needed(&self) -> impl Iterator<Item = &str> {
        self.needed.iter().map(String::as_str)
    }

    /// Directories with a file that none of these people (lower-case) can approve. Files of subsumed directories are
    /// not looked at (pitfall 22).
    pub(super) fn unapproved(&self, people: &BTreeSet<String>) -> BTreeSet<&str> {
        let open = self.wanted().filter(|group| !group.approvers.iter().any(|login| people.contains(login)));
        open.map(|group| group.dir.as_str()).collect()
    }

    fn wanted(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| self.needed.contains(&group.dir))
    }

    /// Who has power where; `leaf` counts only the deepest directory's approvers.
    pub(super) fn powers(&self, leaf: bool) -> Powers<'_> {
        let mut powers = Powers::new();
        for group in self.wanted() {
            for login in if leaf { &group.leaves } else { &group.approvers } {
                powers.entry(login.as_str()).or_default().insert(&group.dir);
            }
        }
        powers
    }

    /// Who, of those who approved, has power in each needed directory, as spelled on GitHub.
    pub(super) fn cleared(&self, approvals: &BTreeMap<String, Approved>) -> BTreeMap<String, Vec<Login>> {
        let powers = self.powers(false);
        let mut cleared: BTreeMap<String, Vec<Login>> =
            self.needed.iter().map(|dir| (dir.clone(), Vec::new())).collect();
        for (key, approval) in approvals {
            for dir in powers.get(key.as_str()).into_iter().flatten() {
                cleared.entry((*dir).to_owned()).or_default().push(approval.login.clone());
            }
        }
        for logins in cleared.values_mut() {
            logins.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        }
        cleared
    }

    /// Whom Prow's notifier would name, sorted.
    pub(super) fn ccs(&self, current: &BTreeSet<String>, assignees: &[String], turn: u64) -> Vec<String> {
        let mut potential = self.leaves();
        if let Some(by) = usize::try_from(turn).ok().and_then(|turn| turn.checked_rem(potential.len())) {
            potential.rotate_left(by);
        }
        let mut known = current.clone();
        known.extend(assignees.iter().cloned());
        let suggested = self.keep(&self.powers(true), &known, &potential);
        let mut known = current.clone();
        known.extend(suggested.iter().cloned());
        let mut everyone = known.clone();
        everyone.extend(assignees.iter().cloned());
        let everyone: Vec<String> = everyone.into_iter().collect();
        let assigned = self.keep(&self.powers(false), &known, &everyone);
        suggested.union(&assigned).cloned().collect()
    }

    /// Leaf approvers of every needed directory, with duplicates across directories, sorted.
    fn leaves(&self) -> Vec<String> {
        let mut by_dir: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
        for group in self.wanted() {
            by_dir.entry(&group.dir).or_default().extend(&group.leaves);
        }
        let mut names: Vec<String> = by_dir.into_values().flatten().cloned().collect();
        names.sort();
        names
    }

    /// The members of a cover by `potential` who are of use where `known` leave something open.
    fn keep(&self, powers: &Powers<'_>, known: &BTreeSet<String>, potential: &[String]) -> BTreeSet<String> {
        let open = self.unapproved(known);
        let useful = |login: &String| powers.get(login.as_str()).is_some_and(|dirs| !dirs.is_disjoint(&open));
        self.cover(powers, potential).into_iter().filter(useful).collect()
    }

    /// Prow's greedy cover, its quirk included: whoever beats the bar raises it to all of their directories, not to
    /// those still open.
    fn cover(&self, powers: &Powers<'_>, potential: &[String]) -> BTreeSet<String> {
        let mut chosen = BTreeSet::new();
        loop {
            let open = self.unapproved(&chosen);
            let mut best: Option<&String> = None;
            let mut bar = 0;
            for login in potential {
                let Some(dirs) = powers.get(login.as_str()) else { continue };
                if dirs.intersection(&open).count() > bar && !chosen.contains(login) {
                    bar = dirs.len();
                    best = Some(login);
                }
            }
            match best {
                Some(login) => chosen.insert(login.clone()),
                None => return chosen,
            };
        }
    }
}

/// `auto_approve_unowned_subfolders`: the owners directory's path is a part of the path two levels above the file.
fn auto_approved(file: &str, dir: &str, tree: &Tree) -> bool {
    let clean = go::clean(file);
    tree.options(dir).auto_approve_unowned_subfolders && go::parent(go::parent(&clean)).contains(dir)
}

/// A directory goes where one above it is needed too, unless `no_parent_owners` stands between.
fn drop_subsumed(needed: &mut BTreeSet<String>, tree: &Tree) {
    let all: Vec<String> = needed.iter().cloned().collect();
    for dir in all {
        let mut at = dir.as_str();
        while !at.is_empty() && !tree.options(at).no_parent_owners {
            at = go::parent(at);
            if needed.contains(at) {
                needed.remove(&dir);
                break;
            }
        }
    }
}
