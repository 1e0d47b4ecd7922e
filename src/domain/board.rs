//! The board: every proposal's verdict, most urgent first, and the lanes that a screen shows. Derived, never stored.

mod derive;
mod marked;
mod readings;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::facts::Facts;
use super::ids::{Login, PullNumber, Release, SigName};
use super::marks::Local;
use super::verdict::{Convergence, Kind, MyTurn, Stage, Verdict};

pub use derive::{derive, derive_one, explain_one};
pub use readings::Readings;

/// Everything derived from the facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Whom the token belongs to.
    pub viewer: Viewer,
    /// The next freeze.
    pub freeze: Option<Freeze>,
    /// Open proposals and those that converged lately, most urgent first.
    pub verdicts: Vec<Arc<Verdict>>,
    /// What the viewer's marks make of the proposals that they marked; the verdicts know nothing of them.
    pub local: BTreeMap<PullNumber, Local>,
}

/// The person who looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The login; none where nobody is logged in.
    pub login: Option<Login>,
    /// The SIGs that they represent, or that the configuration sets.
    pub sigs: Vec<SigName>,
    /// They hold merge authority.
    pub merge_authority: bool,
}

/// A freeze of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Freeze {
    /// Which release.
    pub release: Release,
    /// What the schedule calls it.
    pub what: String,
    /// The day, as `2026-09-08`.
    pub at: String,
    /// Days from now; negative where it has passed.
    pub days: i64,
}

/// What the board's columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grouping {
    /// By stage.
    Stage,
    /// By shepherd, and a column for nobody.
    Shepherd,
    /// By owning SIG.
    Sig,
    /// By target release.
    Release,
    /// By verdict of convergence: the stalled first.
    Convergence,
}

impl Grouping {
    /// All, in the order in which `b` cycles.
    pub const ALL: [Self; 5] = [Self::Stage, Self::Shepherd, Self::Sig, Self::Release, Self::Convergence];

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Stage => Self::Shepherd,
            Self::Shepherd => Self::Sig,
            Self::Sig => Self::Release,
            Self::Release => Self::Convergence,
            Self::Convergence => Self::Stage,
        }
    }

    /// The word on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Shepherd => "shepherd",
            Self::Sig => "SIG",
            Self::Release => "release",
            Self::Convergence => "convergence",
        }
    }
}

/// One column: a title and the indexes of its verdicts in [`Board::verdicts`], oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// What the column is called.
    pub title: String,
    /// Indexes into [`Board::verdicts`].
    pub cards: Vec<usize>,
    /// The age in whole days of the one that has waited longest; none for an empty column.
    pub oldest_days: Option<i64>,
}

impl Board {
    /// Puts verdicts into the board's order: urgency for the viewer, open ones first (`process.md` §3). The same input
    /// gives the same order.
    #[must_use]
    pub fn of<V: Into<Arc<Verdict>>>(viewer: Viewer, freeze: Option<Freeze>, verdicts: Vec<V>) -> Self {
        let mut verdicts: Vec<Arc<Verdict>> = verdicts.into_iter().map(Into::into).collect();
        verdicts.sort_by(|a, b| by_urgency((a, Standing::of(a)), (b, Standing::of(b))));
        Self { viewer, freeze, verdicts, local: BTreeMap::new() }
    }

    /// The verdict of a pull request.
    #[must_use]
    pub fn find(&self, number: PullNumber) -> Option<&Verdict> {
        self.verdicts.iter().find(|verdict| verdict.number == number).map(AsRef::as_ref)
    }

    /// The columns of a grouping over the verdicts `shown` (indexes). Within a column the longest turn comes first; in
    /// `converged` the newest. Somebody who shepherds with others has the card in their column too.
    #[must_use]
    pub fn lanes(&self, facts: &Facts, grouping: Grouping, shown: &[usize]) -> Vec<Lane> {
        let mut columns: Vec<(LaneKey, Vec<usize>)> = Vec::new();
        if grouping == Grouping::Stage {
            let stages = Stage::ALL.into_iter().filter(|stage| *stage != Stage::Converged);
            columns.extend(stages.map(|stage| (LaneKey::Stage(stage), Vec::new())));
        }
        for &index in shown {
            let Some(verdict) = self.verdicts.get(index) else { continue };
            for key in self.keys_of(grouping, verdict) {
                match columns.iter_mut().find(|(have, _)| *have == key) {
                    Some((_, cards)) => cards.push(index),
                    None => columns.push((key, vec![index])),
                }
            }
        }
        columns.sort_by(|(a, a_cards), (b, b_cards)| a.compare(a_cards.len(), b, b_cards.len()));
        columns.into_iter().map(|(key, cards)| self.lane(facts, &key, cards)).collect()
    }

    fn lane(&self, facts: &Facts, key: &LaneKey, mut cards: Vec<usize>) -> Lane {
        let verdict = |index: &usize| self.verdicts.get(*index);
        let ended = |index: &usize| {
            verdict(index).and_then(|verdict| facts.pulls.get(&verdict.number)).and_then(|pull| pull.ended_at)
        };
        if *key == LaneKey::Stage(Stage::Converged) {
            cards.sort_by_key(|index| std::cmp::Reverse(ended(index)));
        } else {
            cards.sort_by_key(|index| verdict(index).map(|verdict| verdict.clocks.turn_since));
        }
        let days = cards.iter().filter_map(verdict).map(|verdict| verdict.clocks.turn_days);
        let oldest_days = days.max_by(f64::total_cmp).map(whole_days);
        Lane { title: key.title(), cards, oldest_days }
    }

    fn keys_of(&self, grouping: Grouping, verdict: &Verdict) -> Vec<LaneKey> {
        if verdict.stage == Stage::Converged {
            return vec![LaneKey::Stage(Stage::Converged)];
        }
        match grouping {
            Grouping::Stage => vec![LaneKey::Stage(verdict.stage)],
            Grouping::Shepherd if verdict.shepherds.is_empty() => vec![LaneKey::Nobody],
            Grouping::Shepherd => {
                let mut keys: Vec<LaneKey> = Vec::new();
                for shepherd in &verdict.shepherds {
                    let key = LaneKey::Shepherd {
                        me: self.viewer.login.as_ref() == Some(&shepherd.login),
                        login: shepherd.login.clone(),
                    };
                    if !keys.contains(&key) {
                        keys.push(key);
                    }
                }
                keys
            }
            Grouping::Sig => vec![match (&verdict.sig, verdict.kind) {
                (Some(sig), _) => LaneKey::Sig { mine: self.viewer.sigs.contains(sig), sig: sig.clone() },
                (None, Kind::Process) => LaneKey::Process,
                (None, Kind::New | Kind::Update) if verdict.owning_sigs.is_empty() => LaneKey::NoSig,
                (None, Kind::New | Kind::Update) => LaneKey::SeveralSigs,
            }],
            Grouping::Release => vec![verdict.release.clone().map_or(LaneKey::NoRelease, LaneKey::Release)],
            Grouping::Convergence => vec![LaneKey::Convergence(verdict.convergence)],
        }
    }
}

/// What a column is about, in the order of the columns (except for people, who come by load).
#[derive(Clone, Debug, PartialEq, Eq)]
enum LaneKey {
    Nobody,
    Shepherd { me: bool, login: Login },
    Sig { mine: bool, sig: SigName },
    SeveralSigs,
    NoSig,
    Process,
    Release(Release),
    NoRelease,
    Convergence(Convergence),
    Stage(Stage),
}

impl LaneKey {
    fn title(&self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Shepherd { login, .. } => login.to_string(),
            Self::Sig { sig, .. } => sig.to_string(),
            Self::SeveralSigs => "several SIGs".to_owned(),
            Self::NoSig => "no SIG".to_owned(),
            Self::Process => "process".to_owned(),
            Self::Release(release) => release.to_string(),
            Self::NoRelease => "no release".to_owned(),
            Self::Convergence(convergence) => convergence.word().to_owned(),
            Self::Stage(stage) => stage.title().to_owned(),
        }
    }

    /// Nobody first, then the viewer, then by load; the viewer's SIGs, then by name; releases by version.
    fn compare(&self, cards: usize, other: &Self, other_cards: usize) -> Ordering {
        match (self, other) {
            (Self::Shepherd { me, login }, Self::Shepherd { me: other_me, login: other_login }) => {
                other_me.cmp(me).then(other_cards.cmp(&cards)).then_with(|| login.cmp(other_login))
            }
            (Self::Sig { mine, sig }, Self::Sig { mine: other_mine, sig: other_sig }) => {
                other_mine.cmp(mine).then_with(|| sig.cmp(other_sig))
            }
            (Self::Release(release), Self::Release(other)) => release.order().cmp(&other.order()),
            // What is worst comes first.
            (Self::Convergence(verdict), Self::Convergence(other)) => other.cmp(verdict),
            (Self::Stage(stage), Self::Stage(other)) => stage.cmp(other),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> usize {
        match self {
            Self::Nobody => 0,
            Self::Shepherd { .. } => 1,
            Self::Sig { .. } => 2,
            Self::SeveralSigs => 3,
            Self::NoSig => 4,
            Self::Process => 5,
            Self::Release(_) => 6,
            Self::NoRelease => 7,
            Self::Convergence(_) => 8,
            Self::Stage(_) => 9,
        }
    }
}

/// What an order begins with, and what it says of a conflict: the verdict's own, or what the viewer's marks make of them.
#[derive(Clone, Copy)]
struct Standing {
    /// Marked as done, or snoozed.
    quiet: bool,
    my_turn: MyTurn,
    my_conflict: bool,
}

impl Standing {
    fn of(verdict: &Verdict) -> Self {
        Self { quiet: false, my_turn: verdict.urgency.my_turn, my_conflict: verdict.urgency.my_conflict }
    }
}

/// Urgency is an order, not a number: open before converged, loud before quiet; then the viewer's turn, a near freeze, a
/// lagging review, a conflict that involves the viewer, age; at last the number, so that no two are equal.
fn by_urgency((a, a_stands): (&Verdict, Standing), (b, b_stands): (&Verdict, Standing)) -> Ordering {
    let freeze = |verdict: &Verdict| (verdict.urgency.freeze_in_days.is_none(), verdict.urgency.freeze_in_days);
    let over = |verdict: &Verdict| verdict.stage == Stage::Converged;
    over(a)
        .cmp(&over(b))
        .then_with(|| a_stands.quiet.cmp(&b_stands.quiet))
        .then_with(|| a_stands.my_turn.cmp(&b_stands.my_turn))
        .then_with(|| freeze(a).cmp(&freeze(b)))
        .then_with(|| b.urgency.lagging.cmp(&a.urgency.lagging))
        .then_with(|| b_stands.my_conflict.cmp(&a_stands.my_conflict))
        .then_with(|| a.clocks.opened_at.cmp(&b.clocks.opened_at))
        .then_with(|| a.number.cmp(&b.number))
}

/// Days as a screen shows them: whole ones, rounded down.
#[expect(clippy::cast_possible_truncation, reason = "an age in days fits an i64 by far, and `as` saturates")]
fn whole_days(days: f64) -> i64 {
    days.floor() as i64
}
