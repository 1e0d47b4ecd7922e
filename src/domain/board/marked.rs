//! The board in the light of what the viewer said about it (`domain::marks`): the verdicts stay as they are, what needs
//! the viewer and the order change.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Board, Standing, by_urgency};
use crate::domain::facts::Facts;
use crate::domain::ids::PullNumber;
use crate::domain::marks::{Local, Marks, Quiet, Until};
use crate::domain::profile::Profile;
use crate::domain::schedule::Schedules;
use crate::domain::verdict::{MyTurn, Verdict};

impl Board {
    /// The board with the marks as they are now. Marks before count no more.
    #[must_use]
    pub fn with_marks(mut self, facts: &Facts, profile: &Profile, marks: &Marks, now: Timestamp) -> Self {
        let had = std::mem::take(&mut self.local);
        let waits_for_freeze = marks.values().filter_map(|mark| mark.snooze.as_ref());
        let waits_for_freeze = waits_for_freeze.into_iter().any(|it| matches!(it.until, Until::Freeze { .. }));
        let schedules = match waits_for_freeze {
            true => Schedules::read(&facts.files.schedules),
            false => Schedules::default(),
        };
        let viewer = self.viewer.login.as_ref();
        let read = |verdict: &Verdict| {
            let (mark, pull) = (marks.get(&verdict.number)?, facts.pulls.get(&verdict.number)?);
            let local = Local::read(mark, verdict, pull, profile, viewer, &schedules, now);
            (!local.is_empty()).then_some((verdict.number, local))
        };
        self.local = self.verdicts.iter().filter_map(|verdict| read(verdict)).collect();
        if self.local.is_empty() && had.is_empty() {
            return self;
        }
        // What the order needs of a marked one, found once.
        let standings: BTreeMap<PullNumber, Standing> =
            self.verdicts.iter().filter_map(|verdict| Some((verdict.number, self.standing(facts, verdict)?))).collect();
        let stands = |verdict: &Verdict| standings.get(&verdict.number).copied().unwrap_or(Standing::of(verdict));
        self.verdicts.sort_by(|a, b| by_urgency((a, stands(a)), (b, stands(b))));
        self
    }

    fn standing(&self, facts: &Facts, verdict: &Verdict) -> Option<Standing> {
        let local = self.local(verdict.number)?;
        Some(Standing {
            quiet: local.quiet.is_some(),
            my_turn: self.my_turn(facts, verdict),
            my_conflict: verdict.urgency.my_conflict || local.confirms_any(),
        })
    }

    /// What the viewer's marks make of a proposal; none where they said nothing.
    #[must_use]
    pub fn local(&self, number: PullNumber) -> Option<&Local> {
        self.local.get(&number)
    }

    /// Why a proposal is quiet.
    #[must_use]
    pub fn quiet(&self, number: PullNumber) -> Option<&Quiet> {
        self.local(number)?.quiet.as_ref()
    }

    /// How the turn concerns the viewer, with what they said about it.
    #[must_use]
    pub fn my_turn(&self, facts: &Facts, verdict: &Verdict) -> MyTurn {
        let derived = verdict.urgency.my_turn;
        match (self.local(verdict.number), facts.pulls.get(&verdict.number)) {
            (Some(local), Some(pull)) => local.my_turn(derived, &self.viewer, pull),
            _ => derived,
        }
    }

    /// Somebody else did something human since the viewer was done with it, or they never were.
    #[must_use]
    pub fn is_new(&self, number: PullNumber) -> bool {
        self.local(number).is_none_or(|local| local.seen_at.is_none() || local.news.is_some())
    }
}
