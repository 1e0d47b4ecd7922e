//! The query language of `list`, of the TUI's `/` and of saved views (`contract.md`). Words are fuzzy text over title,
//! author and VEP number; qualifiers are as on GitHub: `sig:storage`, `-is:draft`, `label:"dco-signoff: yes"`, and a
//! comma means "or" (`stage:conflict,merging`). All terms must hold. `@name` at the start stands for a saved view.
//!
//! A bad query is an error that points at the character; it never shows another selection than the one asked for. A
//! query that was understood can be printed, and reads back as the same.

mod complete;
mod parse;
mod print;
mod subject;
mod views;
mod vocabulary;
mod words;

use std::cmp::{Ordering, Reverse};

use jiff::Timestamp;

use super::board::Board;
use super::facts::{Facts, PullFacts};
use super::ids::{Login, PullNumber, Release, SigName, VepNumber};
use super::verdict::{Checks, Convergence, Kind, ProblemCode, ReasonCode, SignOffState, Stage, Verdict};

pub use complete::{Completion, Suggestion, complete};
pub use views::{BadViewName, View, Views};

/// A query that has been understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    terms: Vec<Term>,
    order: Option<Sort>,
}

/// Why a query cannot be understood, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {at})", at = at + 1)]
pub struct QueryError {
    /// The byte of the query at which it goes wrong; a character begins there, or the text ends.
    pub at: usize,
    /// What is wrong there, and what would be right.
    pub message: String,
}

/// The order that a query asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// The other way round than usual.
    pub reversed: bool,
}

/// What to sort by. The usual way round is: most urgent, oldest, longest idle, longest turn, newest update first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// The board's own order.
    Urgency,
    /// Days since opened or marked ready.
    Age,
    /// Days since the last human word or push.
    Idle,
    /// Days of the present turn.
    Turn,
    /// GitHub's `updatedAt`, bots included.
    Updated,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    negated: bool,
    /// One of these must hold.
    any_of: Vec<Test>,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Text(String),
    Number(PullNumber),
    Sig(SigName),
    Owner(SigName),
    Participating(SigName),
    SignOff(SignOffState, SigName),
    Shepherd(Whom),
    Author(Whom),
    Involves(Whom),
    Veto(Whom),
    Hold(Whom),
    Stage(Stage),
    Kind(Kind),
    Checks(Checks),
    Convergence(Convergence),
    Reason(ReasonCode),
    Problem(ProblemCode),
    Gate(String),
    Status(String),
    Waiting(WaitingFor),
    Is(Is),
    Release(Option<Release>),
    Label(String),
    Vep(VepNumber),
    Amount(Measure, Range),
}

#[derive(Clone, Debug, PartialEq)]
enum Whom {
    Me,
    Nobody,
    Login(Login),
}

#[derive(Clone, Debug, PartialEq)]
enum WaitingFor {
    Me,
    MySig,
    Author,
    Automation,
    Sig(SigName),
    /// A login, or a SIG's bare name.
    Name(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    NeedsMe,
    NewToMe,
    Mine,
    Done,
    Snoozed,
    Back,
    Marked,
    Stalled,
    Lagging,
    Vetoed,
    Objected,
    Opposed,
    StalledConflict,
    Held,
    Conditional,
    Signed,
    Unsigned,
    Lgtm,
    Approved,
    Conflicting,
    Draft,
    Open,
    Merged,
    Closed,
    Converged,
    NotConverged,
    AtRisk,
    Ready,
}

/// What can be compared with a number. The first five are lengths of time in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Age,
    Idle,
    Turn,
    Lag,
    Freeze,
    Rounds,
    Threads,
    Comments,
}

/// A number with the unit that it was written in.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Amount {
    count: f64,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// A number of things.
    One,
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Range {
    AtLeast(Amount),
    MoreThan(Amount),
    AtMost(Amount),
    LessThan(Amount),
    /// That unit, whole: `=3d` is the fourth day.
    Exactly(Amount),
    Between(Option<Amount>, Option<Amount>),
}

impl Query {
    /// Reads a query. The empty one selects everything.
    ///
    /// # Errors
    /// At the first thing that is no query: an unknown qualifier, a bad value, a quote that never closes.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::query(text)
    }

    /// True for the query that selects everything in the board's order.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.order.is_none()
    }

    /// The order asked for; none means the board's.
    #[must_use]
    pub fn order(&self) -> Option<Sort> {
        self.order
    }

    /// Both hold; an order of the second outranks one of the first.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.terms.extend(other.terms);
        self.order = other.order.or(self.order);
        self
    }

    /// True where every term holds.
    #[must_use]
    pub fn matches(&self, verdict: &Verdict, pull: &PullFacts, facts: &Facts, board: &Board) -> bool {
        let subject = subject::Subject { verdict, pull, facts, board };
        self.terms.iter().all(|term| term.any_of.iter().any(|test| subject.holds(test)) != term.negated)
    }

    /// Sorts indexes into [`Board::verdicts`] as asked for; stable, so that equals stay in the board's order.
    pub fn sort(&self, facts: &Facts, board: &Board, shown: &mut [usize]) {
        let Some(Sort { by, reversed }) = self.order else { return };
        let key = |index: &usize| board.verdicts.get(*index).map(AsRef::as_ref);
        let oldest =
            |time: fn(&Verdict) -> Timestamp| move |a: &usize, b: &usize| key(a).map(time).cmp(&key(b).map(time));
        let updated = |index: &usize| {
            key(index).and_then(|verdict| facts.pulls.get(&verdict.number)).map(|pull| Reverse(pull.updated_at))
        };
        let compare = |a: &usize, b: &usize| -> Ordering {
            match by {
                SortBy::Urgency => a.cmp(b),
                SortBy::Age => oldest(|verdict| verdict.clocks.opened_at)(a, b),
                SortBy::Idle => oldest(|verdict| verdict.clocks.idle_since)(a, b),
                SortBy::Turn => oldest(|verdict| verdict.clocks.turn_since)(a, b),
                SortBy::Updated => updated(a).cmp(&updated(b)),
            }
        };
        if reversed {
            shown.sort_by(|a, b| compare(b, a));
        } else {
            shown.sort_by(compare);
        }
    }

    /// The indexes into [`Board::verdicts`] that the query selects, in its order.
    #[must_use]
    pub fn select(&self, facts: &Facts, board: &Board) -> Vec<usize> {
        let matching = board.verdicts.iter().enumerate().filter(|(_, verdict)| {
            facts.pulls.get(&verdict.number).is_some_and(|pull| self.matches(verdict, pull, facts, board))
        });
        let mut shown: Vec<usize> = matching.map(|(index, _)| index).collect();
        self.sort(facts, board, &mut shown);
        shown
    }
}

impl Unit {
    /// How many days it has; things count as themselves.
    fn days(self) -> f64 {
        match self {
            Self::One | Self::Days => 1.0,
            Self::Hours => 1.0 / 24.0,
            Self::Weeks => 7.0,
            Self::Months => 30.0,
            Self::Years => 365.0,
        }
    }
}

impl Amount {
    fn value(self) -> f64 {
        self.count * self.unit.days()
    }
}

impl Range {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound.value(),
            Self::MoreThan(bound) => value > bound.value(),
            Self::AtMost(bound) => value <= bound.value(),
            Self::LessThan(bound) => value < bound.value(),
            Self::Exactly(bound) => (bound.value()..bound.value() + bound.unit.days()).contains(&value),
            Self::Between(from, to) => {
                from.is_none_or(|from| value >= from.value()) && to.is_none_or(|to| value <= to.value())
            }
        }
    }
}
