//! Local marks: what the viewer said about a proposal for themself alone. Done (seen), snoozed, "this is X's turn", and
//! the verdict on a possible objection (`process.md` §3: overrides, snooze, seen). They live on this machine, go to
//! nobody, and are shown as the viewer's own.
//!
//! Marks are inputs of the board, never of a verdict: a verdict says what the thread says, whoever looks. What the marks
//! make of it stands beside it, in [`Local`].
//!
//! The rules:
//! - *Done* and *snoozed* proposals are quiet: they leave what needs the viewer, and come last among the open ones.
//! - A done one comes back when somebody else does something human ([`News`]); the viewer's own acts and robots bring
//!   nothing back.
//! - A snoozed one comes back on its day, with a push, with anybody's word, or on the day of the freeze, and for nothing
//!   else; then it stays until it is marked again. A snooze outranks the done mark under it.
//! - A said turn replaces the turn *for the viewer* (whether it needs them), never in stage or waiting list. It ends with
//!   the next human event, unless the viewer wants it to stand until taken off.
//! - A *confirmed* possible objection counts for the viewer as an objection: it is listed with the vetoes under Conflicts
//!   and is a conflict of theirs in urgency. It changes neither stage nor turn, which everybody who reads the thread
//!   must see alike; whoever wants it to stop the proposal says so on the thread (`V`). A *dropped* one leaves Conflicts
//!   and stays, dim, on the proposal's page. Either is void once the text reads otherwise.

mod local;
mod news;
mod until;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::facts::PullFacts;
use super::ids::{Login, PullNumber, Sha, SigName};
use super::verdict::PossibleObjection;

pub use local::{Back, Cause, Local, Quiet};
pub use news::{News, NewsKind, since as news_since};
pub use until::{BadUntil, Until};

/// The marks of a repository's proposals; what is not marked is not here.
pub type Marks = BTreeMap<PullNumber, Mark>;

/// Everything that the viewer said about one proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Looked at and done with.
    pub seen: Option<Stamp>,
    /// Not to be shown for a while.
    pub snooze: Option<Snooze>,
    /// Whose turn it is, by the viewer.
    pub turn: Option<SaidTurn>,
    /// Verdicts on possible objections, one for each text.
    pub rulings: Vec<Ruling>,
}

/// When a mark was made, and at which head: a push since is told by the head, whatever a committer's clock says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// When.
    pub at: Timestamp,
    /// The head then.
    pub head: Sha,
}

impl Stamp {
    /// A mark that is made now.
    #[must_use]
    pub fn of(pull: &PullFacts, at: Timestamp) -> Self {
        Self { at, head: pull.head.clone() }
    }
}

/// Not to be shown for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// Until when.
    pub until: Until,
    /// Since when.
    pub from: Stamp,
}

/// Whose turn it is, by the viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidTurn {
    /// Whose.
    pub whose: Whose,
    /// For how long that holds.
    pub lasts: Lasts,
    /// Since when.
    pub from: Stamp,
}

/// Whose turn the viewer says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "whose", content = "name")]
pub enum Whose {
    /// The viewer's.
    Mine,
    /// Anybody's but the viewer's.
    NotMine,
    /// The author's.
    Author,
    /// This person's.
    Person(Login),
    /// This SIG's.
    Sig(SigName),
}

impl Whose {
    /// Reads `me`, `not-me`, `author`, `sig-compute` or a login.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        Some(match lower.as_str() {
            "me" | "@me" | "mine" => Self::Mine,
            "not-me" | "not-mine" => Self::NotMine,
            "author" => Self::Author,
            _ => match lower.strip_prefix("sig-").or_else(|| lower.strip_prefix("sig/")) {
                Some(sig) if is_name(sig) => Self::Sig(SigName::new(sig)),
                Some(_) => return None,
                None => {
                    Self::Person(Login::new(Some(text.strip_prefix('@').unwrap_or(text)).filter(|it| is_name(it))?))
                }
            },
        })
    }

    /// The words after "you said: ".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Mine => "yours".to_owned(),
            Self::NotMine => "not yours".to_owned(),
            Self::Author => "the author's".to_owned(),
            Self::Person(login) => format!("{login}'s"),
            Self::Sig(sig) => format!("SIG {sig}'s"),
        }
    }
}

/// What may be a login or a SIG's name.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 39 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// For how long a said turn holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lasts {
    /// Until somebody else does something human.
    UntilHuman,
    /// Until the viewer takes it off.
    UntilOff,
}

impl Lasts {
    /// The words on screen.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::UntilHuman => "until something human happens",
            Self::UntilOff => "until you take it off",
        }
    }
}

/// The viewer's verdict on a possible objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// Which text.
    pub about: TextId,
    /// Its sentence then: another sentence is another matter.
    pub sentence: String,
    /// What the viewer said.
    pub ruled: Ruled,
    /// When.
    pub at: Timestamp,
}

/// A text, by its speaker and its link, or its time where it has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextId {
    /// Whose.
    pub by: Login,
    /// Its link, else its time.
    pub place: String,
}

impl TextId {
    /// The text of a possible objection.
    #[must_use]
    pub fn of(possible: &PossibleObjection) -> Self {
        let place = possible.event.clone().unwrap_or_else(|| possible.at.to_string());
        Self { by: possible.by.clone(), place }
    }

    /// One word for it, the same however the login is spelled: the store's key.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.by.key(), self.place)
    }
}

/// What a possible objection is, by the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruled {
    /// One.
    Confirmed,
    /// None.
    Dropped,
}

impl Ruled {
    /// The word of JSON and of the screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Dropped => "dropped",
        }
    }
}

/// One change of a mark: what is kept, compared and taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// The done mark.
    Seen(Option<Stamp>),
    /// The snooze.
    Snooze(Option<Snooze>),
    /// The said turn.
    Turn(Option<SaidTurn>),
    /// The verdict on one text.
    Ruling(TextId, Option<Ruling>),
}

/// What the viewer can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saying {
    /// Done with it.
    Done,
    /// Not done after all.
    NotDone,
    /// Not now.
    Snooze(Until),
    /// Now after all.
    Wake,
    /// Whose turn it is.
    Turn(Whose, Lasts),
    /// The thread may say whose turn it is.
    TurnOff,
    /// What a possible objection is.
    Rule(PossibleObjection, Ruled),
    /// Nothing about it any more.
    Unrule(PossibleObjection),
}

impl Mark {
    /// True where nothing is marked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_none() && self.snooze.is_none() && self.turn.is_none() && self.rulings.is_empty()
    }

    /// Applies a change, and gives the one that takes it back.
    pub fn apply(&mut self, change: Change) -> Change {
        match change {
            Change::Seen(seen) => Change::Seen(std::mem::replace(&mut self.seen, seen)),
            Change::Snooze(snooze) => Change::Snooze(std::mem::replace(&mut self.snooze, snooze)),
            Change::Turn(turn) => Change::Turn(std::mem::replace(&mut self.turn, turn)),
            Change::Ruling(about, ruling) => {
                let place = self.rulings.iter().position(|other| other.about.key() == about.key());
                let before = place.map(|place| self.rulings.remove(place));
                self.rulings.extend(ruling);
                Change::Ruling(about, before)
            }
        }
    }

    /// What a saying changes: nothing but what it must.
    #[must_use]
    pub fn changes(&self, saying: Saying, now: &Stamp) -> Vec<Change> {
        match saying {
            Saying::Done => {
                let woken = self.snooze.is_some().then_some(Change::Snooze(None));
                std::iter::once(Change::Seen(Some(now.clone()))).chain(woken).collect()
            }
            Saying::NotDone => vec![Change::Seen(None)],
            Saying::Snooze(until) => vec![Change::Snooze(Some(Snooze { until, from: now.clone() }))],
            Saying::Wake => vec![Change::Snooze(None)],
            Saying::Turn(whose, lasts) => vec![Change::Turn(Some(SaidTurn { whose, lasts, from: now.clone() }))],
            Saying::TurnOff => vec![Change::Turn(None)],
            Saying::Rule(possible, ruled) => {
                let (about, sentence) = (TextId::of(&possible), possible.sentence);
                vec![Change::Ruling(about.clone(), Some(Ruling { about, sentence, ruled, at: now.at }))]
            }
            Saying::Unrule(possible) => vec![Change::Ruling(TextId::of(&possible), None)],
        }
    }

    /// What the viewer said about a possible objection, as long as it reads as it did then.
    #[must_use]
    pub fn ruled(&self, possible: &PossibleObjection) -> Option<&Ruling> {
        let key = TextId::of(possible).key();
        self.rulings.iter().find(|ruling| ruling.about.key() == key && ruling.sentence == possible.sentence)
    }
}

/// Applies changes to a proposal's mark; an empty one is dropped. Gives those that take them back, in their order.
pub fn apply(marks: &mut Marks, pull: PullNumber, changes: Vec<Change>) -> Vec<Change> {
    let mark = marks.entry(pull).or_default();
    let mut back: Vec<Change> = changes.into_iter().map(|change| mark.apply(change)).collect();
    back.reverse();
    if mark.is_empty() {
        marks.remove(&pull);
    }
    back
}
