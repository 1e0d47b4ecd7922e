//! The merge gate (`specs/prow.md` §9): what keeps Tide from merging. Labels, checks and GitHub's word on conflicts
//! decide; texts only predict labels, so that what they say is a warning.

use serde::Serialize;

use super::approve::Approval;
use crate::domain::facts::{CheckFacts, CheckState, Mergeable, PullFacts, PullState};
use crate::domain::profile::Profile;

mod warnings;

/// The gate of one pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// The state.
    pub state: GateState,
    /// Gate names of `specs/prow.md` §9, in its order (`needs-lgtm`, `check-failing:dco`).
    pub blockers: Vec<String>,
    /// What does not block but deserves a look, as `code: sentence`.
    pub warnings: Vec<String>,
}

/// States of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// Something blocks.
    Blocked,
    /// Tide would merge.
    InPool,
    /// Merged.
    Merged,
    /// Closed.
    Closed,
}

/// Names for the blocking labels that the process knows; others are `label:NAME`. The order is that of the gates.
const BLOCKING: [(&str, &str); 7] = [
    ("do-not-merge/hold", "held"),
    ("do-not-merge/work-in-progress", "wip"),
    ("do-not-merge/invalid-owners-file", "invalid-owners"),
    ("do-not-merge/invalid-commit-message", "bad-commit-message"),
    ("needs-rebase", "needs-rebase"),
    ("dco-signoff: no", "dco"),
    ("do-not-merge", "do-not-merge"),
];

/// What keeps Tide from merging, and what deserves a look.
#[must_use]
pub fn gate(pull: &PullFacts, approval: &Approval, profile: &Profile) -> Gate {
    let ended = match pull.state {
        PullState::Open => None,
        PullState::Merged => Some(GateState::Merged),
        PullState::Closed => Some(GateState::Closed),
    };
    if let Some(state) = ended {
        return Gate { state, blockers: Vec::new(), warnings: Vec::new() };
    }
    let blockers = blockers(pull, profile);
    let state = if blockers.is_empty() { GateState::InPool } else { GateState::Blocked };
    let warnings = warnings::warnings(pull, approval, profile, &blockers);
    Gate { state, blockers, warnings }
}

/// The gate's name for a label that blocks.
#[must_use]
pub fn blocker_of(label: &str) -> String {
    let known = BLOCKING.iter().find(|(name, _)| *name == label);
    known.map_or_else(|| format!("label:{label}"), |(_, gate)| (*gate).to_owned())
}

fn blockers(pull: &PullFacts, profile: &Profile) -> Vec<String> {
    let has = |name: &str| pull.labels.iter().any(|label| label == name);
    let mut found: Vec<String> = profile
        .tide
        .required_labels
        .iter()
        .filter(|name| !has(name))
        .map(|name| match name.as_str() {
            "lgtm" | "approved" => format!("needs-{name}"),
            _ => format!("needs-label:{name}"),
        })
        .collect();
    let blocking: Vec<&String> = profile.tide.blocking_labels.iter().filter(|name| has(name)).collect();
    for (label, name) in BLOCKING {
        if blocking.iter().any(|blocking| *blocking == label) {
            found.push(name.to_owned());
        }
    }
    for label in blocking {
        if !BLOCKING.iter().any(|(known, _)| known == label) {
            found.push(blocker_of(label));
        }
    }
    if pull.mergeable == Mergeable::Conflicting {
        found.push("merge-conflict".to_owned());
    }
    let checks = checks(pull);
    for (state, word) in [(CheckState::Failure, "check-failing"), (CheckState::Pending, "check-pending")] {
        found.extend(checks.iter().filter(|(_, now)| *now == state).map(|(name, _)| format!("{word}:{name}")));
    }
    found
}

/// Checks as Tide sees them: its own left out; of several with one name the best counts. In the order in which they
/// were posted.
#[must_use]
pub fn checks(pull: &PullFacts) -> Vec<(&str, CheckState)> {
    let rank = |state| match state {
        CheckState::Success => 0,
        CheckState::Pending => 1,
        CheckState::Failure => 2,
    };
    let mut found: Vec<(&str, CheckState)> = Vec::new();
    let mut posted: Vec<&CheckFacts> = pull.checks.iter().collect();
    posted.sort_by(|left, right| left.at.cmp(&right.at).then_with(|| left.name.cmp(&right.name)));
    for CheckFacts { name, state, .. } in posted {
        if name == "tide" {
            continue;
        }
        match found.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) if rank(*state) < rank(*known) => *known = *state,
            Some(_) => {}
            None => found.push((name, *state)),
        }
    }
    found
}
