//! From facts to the board: who looks, what is when, and a verdict on every open or lately converged proposal.

use jiff::{SignedDuration, Timestamp};

use super::{Board, Readings};
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::ids::{PullNumber, SigName};
use crate::domain::profile::Profile;
use crate::domain::verdict::{self, Explanation, Verdict};

/// Everything that follows from the facts at the moment `now`. `sigs_override` are the viewer's SIGs where the
/// configuration sets them; else they are found in the roster.
#[must_use]
pub fn derive(facts: &Facts, profile: &Profile, sigs_override: Option<&[SigName]>, now: Timestamp) -> Board {
    Readings::default().derive(facts, profile, sigs_override, now)
}

/// The verdict on one proposal as [`derive()`] would give it, also where it has converged too long ago for the board.
#[must_use]
pub fn derive_one(
    facts: &Facts,
    profile: &Profile,
    sigs_override: Option<&[SigName]>,
    number: PullNumber,
    now: Timestamp,
) -> Option<Verdict> {
    let pull = facts.pulls.get(&number)?;
    let files = super::readings::Files::read(facts, profile);
    let viewer = files.viewer(facts, sigs_override);
    Some(verdict::derive(&files.context(facts, profile, &viewer, now), pull))
}

/// The same with the whole reasoning behind it.
#[must_use]
pub fn explain_one(
    facts: &Facts,
    profile: &Profile,
    sigs_override: Option<&[SigName]>,
    number: PullNumber,
    now: Timestamp,
) -> Option<(Verdict, Explanation)> {
    let pull = facts.pulls.get(&number)?;
    let files = super::readings::Files::read(facts, profile);
    let viewer = files.viewer(facts, sigs_override);
    Some(verdict::derive_in_full(&files.context(facts, profile, &viewer, now), pull))
}

/// Open, or converged in the last days that the profile shows (`process.md` §3, stages).
pub(super) fn is_shown(pull: &PullFacts, profile: &Profile, now: Timestamp) -> bool {
    let window = SignedDuration::from_hours(profile.numbers.converged_shown_days.saturating_mul(24));
    pull.ended_at.is_none_or(|ended| now.duration_since(ended) <= window)
}
