//! Tide at work on the simulated GitHub (`specs/prow.md` §8): every two minutes it looks at what changed, keeps its
//! status on the head commit, and merges what may merge, one pull request a sync.

use jiff::Timestamp;

use super::world::{CheckKind, ItemRef, World};
use crate::domain::facts::Mergeable;

/// Seconds between two syncs (§8.3).
const SYNC: i64 = 120;
/// GitHub's limit on a status's description, to which Tide cuts.
const DESCRIPTION: usize = 140;
/// Tide drops names of labels beyond about so many characters.
const NAMES: usize = 50;

/// What Tide says of a pull request: the state of its status, and the description.
type Word = (&'static str, String);

impl World {
    /// Has Tide look at the item at the sync after `at`.
    pub(super) fn wake_tide(&mut self, item: &ItemRef, at: Timestamp) {
        if self.robots.as_ref().is_none_or(|robots| robots.profile.repo != item.repo) {
            return;
        }
        let next = Timestamp::from_second(at.as_second().div_euclid(SYNC) * SYNC + SYNC).unwrap_or(at);
        if let Some(state) = self.item_mut(item).filter(|state| !state.quiet && state.open && state.pull.is_some()) {
            state.tide_due = Some(state.tide_due.map_or(next, |due| due.min(next)));
        }
    }

    /// One look of Tide at one item.
    pub(super) fn tide(&mut self, item: &ItemRef, at: Timestamp) {
        let Some(robots) = &self.robots else { return };
        let (login, merged_in) = (robots.login.to_string(), robots.merged_in);
        if self.item(item).is_none_or(|state| !state.open) {
            return;
        }
        let Some((state, description)) = self.tide_word(item) else { return };
        self.status(item, at, "tide", state, &description);
        let mergeable =
            self.item(item).and_then(|state| state.pull.as_ref()).is_some_and(|pull| !pull.blocked && !pull.draft);
        if state != "SUCCESS" || !mergeable {
            return;
        }
        if merged_in == Some(at) {
            let next = Timestamp::from_second(at.as_second() + SYNC).unwrap_or(at);
            if let Some(state) = self.item_mut(item) {
                state.tide_due = Some(next);
            }
            return;
        }
        if let Some(robots) = &mut self.robots {
            robots.merged_in = Some(at);
        }
        self.merge(item, at, &login);
    }

    /// The first class of what keeps the pull request out, in Tide's order (§8.4).
    fn tide_word(&self, item: &ItemRef) -> Option<Word> {
        let rules = &self.robots.as_ref()?.profile.tide;
        let repo = self.repos.get(&item.repo)?;
        let state = repo.items.get(&item.number)?;
        let pull = state.pull.as_ref()?;
        if pull.mergeable == Mergeable::Conflicting {
            return Some(("ERROR", "Not mergeable. PR has a merge conflict.".to_owned()));
        }
        let mut missing: Vec<&str> =
            rules.required_labels.iter().map(String::as_str).filter(|name| !state.has_label(name)).collect();
        missing.sort_unstable();
        if !missing.is_empty() {
            return Some(pending(&format!("Needs {} label{}.", names(&missing), plural(&missing))));
        }
        let mut forbidden: Vec<&str> =
            rules.blocking_labels.iter().map(String::as_str).filter(|name| state.has_label(name)).collect();
        forbidden.sort_unstable();
        if !forbidden.is_empty() {
            return Some(pending(&format!("Should not have {} label{}.", names(&forbidden), plural(&forbidden))));
        }
        let checks = repo.checks.get(&pull.head_oid).map_or(&[][..], Vec::as_slice);
        let mut bad: Vec<&str> = checks
            .iter()
            .filter(|check| check.name != "tide" && !check.kind.is_success())
            .map(|check| check.name.as_str())
            .collect();
        bad.sort_unstable();
        if !bad.is_empty() {
            let verb = if bad.len() == 1 { "has" } else { "have" };
            return Some(pending(&format!("Job{} {} {verb} not succeeded.", plural(&bad), names(&bad))));
        }
        let pool = if pull.blocked { "In merge pool (despite BLOCKED)." } else { "In merge pool." };
        Some(("SUCCESS", pool.to_owned()))
    }

    /// Tide's own word on the head of a pull request, where it has looked: `(state, description)`.
    #[must_use]
    pub fn tide_status(&self, item: &ItemRef) -> Option<(String, String)> {
        let repo = self.repos.get(&item.repo)?;
        let head = &repo.items.get(&item.number)?.pull.as_ref()?.head_oid;
        let check = repo.checks.get(head)?.iter().find(|check| check.name == "tide")?;
        match &check.kind {
            CheckKind::Status(state) => Some((state.clone(), check.description.clone().unwrap_or_default())),
            CheckKind::Run(..) => None,
        }
    }
}

fn pending(text: &str) -> Word {
    let whole = format!("Not mergeable. {text}");
    if whole.chars().count() <= DESCRIPTION {
        return ("PENDING", whole);
    }
    let cut: String = whole.chars().take(DESCRIPTION - 3).collect();
    ("PENDING", format!("{cut}..."))
}

fn plural(names: &[&str]) -> &'static str {
    if names.len() == 1 { "" } else { "s" }
}

/// Names, as far as they fit.
fn names(all: &[&str]) -> String {
    let mut out = String::new();
    for name in all {
        if !out.is_empty() && out.len() + name.len() > NAMES {
            break;
        }
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(name);
    }
    out
}
