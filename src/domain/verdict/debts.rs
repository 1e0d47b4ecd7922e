//! What the author owes: asking remarks that nobody has answered, and the rounds in which they were (`process.md` §3,
//! rule 6 and "rounds"). One replay of the timeline.

use jiff::{SignedDuration, Timestamp};

use super::people::People;
use super::timeline::{Deed, Said, Sort, Timeline};
use crate::domain::profile::Profile;

/// A push that ends one of these is a repair or a rebase; Prow takes the label off within this time.
const REPAIRED: SignedDuration = SignedDuration::from_hours(1);

/// Labels that a push mends.
const MENDED: [&str; 4] =
    ["needs-rebase", "dco-signoff: no", "do-not-merge/invalid-commit-message", "do-not-merge/invalid-owners-file"];

/// Unanswered remarks and the history of the answered ones.
#[derive(Debug, Default)]
pub(super) struct Debts {
    /// Unanswered asking remarks, oldest first.
    pub open: Vec<usize>,
    /// The remark since which there has been at least one without a break.
    pub since: Option<usize>,
    /// The author's act that answered the last asking remark, when it last happened.
    pub handed_back: Option<usize>,
    /// Asking remarks that neither the author has answered nor their own writer has settled by agreeing: somebody else's
    /// vote moves the turn, but gives its writer no answer.
    unsettled: Vec<usize>,
    /// How many times an act of the author ended something unanswered.
    pub rounds: usize,
}

impl Debts {
    /// Replays the timeline.
    pub fn read(timeline: &Timeline<'_>, people: &People<'_>, profile: &Profile) -> Self {
        let mut debts = Self::default();
        let mut counting = Rounds::new(profile);
        for (index, act) in timeline.acts.iter().enumerate() {
            match &act.deed {
                Deed::Said(said) => match said.sort {
                    Sort::Authors => {
                        debts.answer(index, said.thread(), timeline);
                        counting.answer(act.at, said.thread());
                    }
                    Sort::Positive => {
                        if act.who.is_some_and(|who| people.get(who).has_say()) {
                            debts.open.clear();
                            debts.since = None;
                            counting.open.clear();
                        }
                        let own = |remark: &usize| timeline.act(*remark).is_some_and(|of| of.who == act.who);
                        debts.unsettled.retain(|remark| !own(remark));
                    }
                    Sort::PartOf(_) => counting.add_part(said),
                    Sort::Remark { asks: true, .. } => {
                        debts.open.push(index);
                        debts.unsettled.push(index);
                        debts.since.get_or_insert(index);
                        counting.open.push(said.thread());
                    }
                    Sort::Remark { asks: false, .. } | Sort::NoWord | Sort::Ping => {}
                },
                Deed::Opened(_) | Deed::Ready => debts.answer(index, None, timeline),
                Deed::Pushed(push) => {
                    debts.answer(index, None, timeline);
                    if !push.merges_only && !is_repair(timeline, index) {
                        counting.answer(act.at, None);
                    }
                }
                _ => {}
            }
        }
        debts.rounds = counting.rounds;
        debts
    }

    /// A thread reply answers its thread; anything else answers everything before it.
    fn answer(&mut self, index: usize, thread: Option<usize>, timeline: &Timeline<'_>) {
        let remains = |remark: &usize| {
            let of = timeline.act(*remark).and_then(|act| act.said()).and_then(|said| said.thread());
            thread.is_some() && of != thread
        };
        if !self.unsettled.is_empty() {
            self.unsettled.retain(remains);
            if self.unsettled.is_empty() {
                self.handed_back = Some(index);
            }
        }
        if !self.open.is_empty() {
            self.open.retain(remains);
            if self.open.is_empty() {
                self.since = None;
            }
        }
    }
}

/// Rounds are counted apart: a rebase answers, but is no round, and inline remarks of a positive word ask nothing, but
/// their answer is one.
struct Rounds {
    /// The thread of each remark.
    open: Vec<Option<usize>>,
    rounds: usize,
    last: Option<Timestamp>,
    same: SignedDuration,
}

impl Rounds {
    fn new(profile: &Profile) -> Self {
        Self {
            open: Vec::new(),
            rounds: 0,
            last: None,
            same: SignedDuration::from_hours(profile.numbers.same_round_hours),
        }
    }

    fn add_part(&mut self, said: &Said<'_>) {
        if said.thread().is_some() {
            self.open.push(said.thread());
        }
    }

    fn answer(&mut self, at: Timestamp, thread: Option<usize>) {
        let before = self.open.len();
        match thread {
            Some(thread) => self.open.retain(|of| *of != Some(thread)),
            None => self.open.clear(),
        }
        if self.open.len() == before {
            return;
        }
        if self.last.is_none_or(|last| at.duration_since(last) > self.same) {
            self.rounds += 1;
        }
        self.last = Some(at);
    }
}

/// The push mended what a label complained of: the label was there before it and came off soon after it.
fn is_repair(timeline: &Timeline<'_>, push: usize) -> bool {
    let at = timeline.at(push);
    let is = |name: &str| MENDED.contains(&name);
    let came_off =
        timeline.acts.get(push..).unwrap_or(&[]).iter().take_while(|act| act.at.duration_since(at) <= REPAIRED);
    came_off
        .filter_map(|act| match act.deed {
            Deed::Unlabeled(name) if is(name) => Some(name),
            _ => None,
        })
        .any(|name| {
            let before = timeline.acts.get(..push).unwrap_or(&[]).iter().rev();
            let newest = before
                .map(|act| &act.deed)
                .find(|deed| matches!(deed, Deed::Labeled(other) | Deed::Unlabeled(other) if *other == name));
            matches!(newest, Some(Deed::Labeled(_)))
        })
}
