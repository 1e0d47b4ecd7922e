//! From facts to the board: who looks, what is when, and a verdict on every open or lately converged proposal. Files
//! that are the same for all are read once.

use jiff::{SignedDuration, Timestamp};

use super::{Board, Viewer};
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::ids::SigName;
use crate::domain::profile::Profile;
use crate::domain::prow::owners::Tree;
use crate::domain::roster::Roster;
use crate::domain::schedule::Schedules;
use crate::domain::verdict::{self, Context};

/// Everything that follows from the facts at the moment `now`. `sigs_override` are the viewer's SIGs where the
/// configuration sets them; else they are found in the roster.
#[must_use]
pub fn derive(facts: &Facts, profile: &Profile, sigs_override: Option<&[SigName]>, now: Timestamp) -> Board {
    let roster = Roster::read(&facts.files, profile);
    let owners = Tree::read(&facts.files.owners, facts.files.owners_aliases.as_deref());
    let schedules = Schedules::read(&facts.files.schedules);
    let viewer = Viewer {
        login: facts.viewer.clone(),
        sigs: match (sigs_override, &facts.viewer) {
            (Some(sigs), _) => sigs.to_vec(),
            (None, Some(login)) => roster.sigs_of(login),
            (None, None) => Vec::new(),
        },
        merge_authority: facts.viewer.as_ref().is_some_and(|login| owners.is_approver_anywhere(login)),
    };
    let context =
        Context { facts, profile, roster: &roster, owners: &owners, schedules: &schedules, viewer: &viewer, now };
    let shown = facts.pulls.values().filter(|pull| is_shown(pull, profile, now));
    let verdicts = shown.map(|pull| verdict::derive(&context, pull)).collect();
    let freeze = schedules.next_freeze(now);
    Board::of(viewer, freeze, verdicts)
}

/// Open, or converged in the last days that the profile shows (`process.md` §3, stages).
fn is_shown(pull: &PullFacts, profile: &Profile, now: Timestamp) -> bool {
    let window = SignedDuration::from_hours(profile.numbers.converged_shown_days.saturating_mul(24));
    pull.ended_at.is_none_or(|ended| now.duration_since(ended) <= window)
}
