//! What was read and judged before, for those who derive again and again: between two derivations hardly anything
//! changes but the time.
//!
//! A reading serves again where nothing that it rests on has changed: the pull's facts, the profile, the files, the
//! tracking issues that it asked for, and which freezes and releases have passed; a verdict that rests on it serves as
//! long as its own clock says. So the board is the same with and without them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::derive::is_shown;
use super::{Board, Viewer};
use crate::domain::facts::{Facts, IssueFacts, PullFacts, RepoFiles};
use crate::domain::ids::{PullNumber, RepoId, SigName};
use crate::domain::profile::Profile;
use crate::domain::prow::owners::Tree;
use crate::domain::roster::Roster;
use crate::domain::schedule::Schedules;
use crate::domain::verdict::{self, Context, Judged, Reading, Verdict};

/// Readings of earlier derivations. Empty to begin with; [`Readings::derive`] fills it.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    files: Option<Arc<Files>>,
    pulls: BTreeMap<PullNumber, Read>,
    /// What the readings know of other numbers: issues, and which are pulls.
    issues: BTreeMap<u64, Arc<IssueFacts>>,
    numbers: BTreeSet<PullNumber>,
    /// Who looked.
    viewer: Viewer,
    /// Freezes and releases that had passed.
    passed: Vec<[bool; 2]>,
}

/// A pull and what it says.
#[derive(Clone, Debug)]
struct Read {
    pull: Arc<PullFacts>,
    reading: Arc<Reading>,
    judged: Option<Held>,
}

/// A verdict and the time, both ends included, in which it holds for [`Readings::viewer`].
#[derive(Clone, Debug)]
struct Held {
    verdict: Arc<Verdict>,
    from: Timestamp,
    until: Timestamp,
}

impl Readings {
    /// As [`super::derive`], reading only what is new since the last time.
    #[must_use]
    pub fn derive(
        &mut self,
        facts: &Facts,
        profile: &Profile,
        sigs_override: Option<&[SigName]>,
        now: Timestamp,
    ) -> Board {
        let files = self.files(facts, profile);
        self.forget_changed(facts);
        let passed = files.schedules.passed(now);
        if passed != self.passed {
            self.pulls.clear();
            self.passed = passed;
        }
        let viewer = files.viewer(facts, sigs_override);
        if viewer != self.viewer {
            self.pulls.values_mut().for_each(|read| read.judged = None);
            self.viewer.clone_from(&viewer);
        }
        let context = files.context(facts, profile, &viewer, now);
        let shown = facts.pulls.values().filter(|pull| is_shown(pull, profile, now));
        let verdicts: Vec<Arc<Verdict>> = shown.map(|pull| self.verdict(&context, pull)).collect();
        let freeze = files.schedules.next_freeze(now);
        Board::of(viewer, freeze, verdicts)
    }

    /// The OWNERS of the last derivation's facts; nobody's before the first.
    #[must_use]
    pub fn owners(&self) -> Arc<Tree> {
        self.files.as_ref().map(|files| files.owners.clone()).unwrap_or_default()
    }

    /// The files, read again where they or the profile changed; then nothing that rested on them counts.
    fn files(&mut self, facts: &Facts, profile: &Profile) -> Arc<Files> {
        match &self.files {
            Some(files) if files.are_of(facts, profile) => files.clone(),
            _ => {
                let files = Arc::new(Files::read(facts, profile));
                *self = Self { files: Some(files.clone()), ..Self::default() };
                files
            }
        }
    }

    /// Drops readings that rest on a number of which something else is known now.
    fn forget_changed(&mut self, facts: &Facts) {
        let mut changed: BTreeSet<u64> = BTreeSet::new();
        let same = |issue: &Arc<IssueFacts>, other: Option<&Arc<IssueFacts>>| {
            other.is_some_and(|other| Arc::ptr_eq(issue, other) || issue == other)
        };
        let is_new = |(number, issue): &(&u64, &Arc<IssueFacts>)| !same(issue, self.issues.get(number));
        changed.extend(facts.issues.iter().filter(is_new).map(|(number, _)| number));
        changed.extend(self.issues.keys().filter(|number| !facts.issues.contains_key(number)));
        let came = facts.pulls.keys().filter(|number| !self.numbers.contains(number));
        let went = self.numbers.iter().filter(|number| !facts.pulls.contains_key(number));
        changed.extend(came.chain(went).map(|number| number.0));
        if !changed.is_empty() {
            self.pulls.retain(|_, read| !changed.iter().any(|number| read.reading.rests_on(*number)));
            self.numbers = facts.pulls.keys().copied().collect();
        }
        // The newest of equals is kept, so that no older facts stay in memory for the sake of a comparison.
        self.issues.clone_from(&facts.issues);
        self.pulls.retain(|number, read| {
            let same = |pull: &&Arc<PullFacts>| Arc::ptr_eq(pull, &read.pull) || **pull == read.pull;
            let Some(pull) = facts.pulls.get(number).filter(same) else { return false };
            read.pull = pull.clone();
            true
        });
    }

    /// A pull's verdict: the last one where it still holds, else anew from what the pull says.
    fn verdict(&mut self, context: &Context<'_>, pull: &Arc<PullFacts>) -> Arc<Verdict> {
        let read = self.pulls.entry(pull.number).or_insert_with(|| {
            let reading = Arc::new(Reading::read(context, pull));
            Read { pull: pull.clone(), reading, judged: None }
        });
        if let Some(held) = read.judged.as_ref().filter(|held| (held.from..=held.until).contains(&context.now)) {
            return held.verdict.clone();
        }
        let Judged { verdict, until } = verdict::judge(context, pull, &read.reading);
        let verdict = Arc::new(verdict);
        read.judged = Some(Held { verdict: verdict.clone(), from: context.now, until });
        verdict
    }
}

/// What is the same for all proposals, with what it was read from.
#[derive(Debug)]
pub(super) struct Files {
    repo: RepoId,
    profile: Profile,
    texts: RepoFiles,
    roster: Roster,
    owners: Arc<Tree>,
    schedules: Schedules,
}

impl Files {
    pub(super) fn read(facts: &Facts, profile: &Profile) -> Self {
        let texts = facts.files.clone();
        Self {
            repo: facts.repo.clone(),
            profile: profile.clone(),
            roster: Roster::read(&texts, profile),
            owners: Arc::new(Tree::read(&texts.owners, texts.owners_aliases.as_deref())),
            schedules: Schedules::read(&texts.schedules),
            texts,
        }
    }

    fn are_of(&self, facts: &Facts, profile: &Profile) -> bool {
        self.repo == facts.repo && self.texts == facts.files && self.profile == *profile
    }

    pub(super) fn viewer(&self, facts: &Facts, sigs_override: Option<&[SigName]>) -> Viewer {
        Viewer {
            login: facts.viewer.clone(),
            sigs: match (sigs_override, &facts.viewer) {
                (Some(sigs), _) => sigs.to_vec(),
                (None, Some(login)) => self.roster.sigs_of(login),
                (None, None) => Vec::new(),
            },
            merge_authority: facts.viewer.as_ref().is_some_and(|login| self.owners.is_approver_anywhere(login)),
        }
    }

    pub(super) fn context<'a>(
        &'a self,
        facts: &'a Facts,
        profile: &'a Profile,
        viewer: &'a Viewer,
        now: Timestamp,
    ) -> Context<'a> {
        let Self { roster, owners, schedules, .. } = self;
        Context { facts, profile, roster, owners, schedules, viewer, now }
    }
}
