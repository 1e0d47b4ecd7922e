//! From facts to the board: who looks, what is when, and a verdict on every open or lately converged proposal. Files
//! that are the same for all are read once.

use jiff::{SignedDuration, Timestamp};

use super::{Board, Viewer};
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::ids::{PullNumber, SigName};
use crate::domain::profile::Profile;
use crate::domain::prow::owners::Tree;
use crate::domain::roster::Roster;
use crate::domain::schedule::Schedules;
use crate::domain::verdict::{self, Context, Verdict};

/// Everything that follows from the facts at the moment `now`. `sigs_override` are the viewer's SIGs where the
/// configuration sets them; else they are found in the roster.
#[must_use]
pub fn derive(facts: &Facts, profile: &Profile, sigs_override: Option<&[SigName]>, now: Timestamp) -> Board {
    let files = Files::read(facts, profile, sigs_override);
    let context = files.context(facts, profile, now);
    let shown = facts.pulls.values().filter(|pull| is_shown(pull, profile, now));
    let verdicts = shown.map(|pull| verdict::derive(&context, pull)).collect();
    Board::of(files.viewer.clone(), files.schedules.next_freeze(now), verdicts)
}

/// The verdict on one proposal as [`derive`] would give it, also where it has converged too long ago for the board.
#[must_use]
pub fn derive_one(
    facts: &Facts,
    profile: &Profile,
    sigs_override: Option<&[SigName]>,
    number: PullNumber,
    now: Timestamp,
) -> Option<Verdict> {
    let pull = facts.pulls.get(&number)?;
    let files = Files::read(facts, profile, sigs_override);
    Some(verdict::derive(&files.context(facts, profile, now), pull))
}

/// What is the same for all proposals.
struct Files {
    roster: Roster,
    owners: Tree,
    schedules: Schedules,
    viewer: Viewer,
}

impl Files {
    fn read(facts: &Facts, profile: &Profile, sigs_override: Option<&[SigName]>) -> Self {
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
        Self { roster, owners, schedules, viewer }
    }

    fn context<'a>(&'a self, facts: &'a Facts, profile: &'a Profile, now: Timestamp) -> Context<'a> {
        let Self { roster, owners, schedules, viewer } = self;
        Context { facts, profile, roster, owners, schedules, viewer, now }
    }
}

/// Open, or converged in the last days that the profile shows (`process.md` §3, stages).
fn is_shown(pull: &PullFacts, profile: &Profile, now: Timestamp) -> bool {
    let window = SignedDuration::from_hours(profile.numbers.converged_shown_days.saturating_mul(24));
    pull.ended_at.is_none_or(|ended| now.duration_since(ended) <= window)
}
