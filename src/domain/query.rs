//! The query language of `list`, of the TUI's `/` and of saved views (`contract.md`). Words are fuzzy text over title,
//! author and VEP number; qualifiers are as on GitHub: `sig:storage`, `-is:draft`, `label:"dco-signoff: yes"`, and a
//! comma means "or" (`stage:conflict,merging`). All terms must hold.
//!
//! A bad query is an error that points at the character; it never shows another selection than the one asked for.

mod parse;
mod words;

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::board::Board;
use super::facts::{Facts, PullFacts, PullState};
use super::ids::{Login, PullNumber, Release, SigName, VepNumber};
use super::verdict::{Convergence, Kind, Rule, SignOffState, Stage, Verdict, Waiting, Who};

/// When the viewer last looked at a proposal, or marked it as seen.
pub type Seen = BTreeMap<PullNumber, Timestamp>;

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
    /// The byte of the query at which it goes wrong.
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
    Shepherd(Whom),
    Author(Whom),
    Stage(Stage),
    Kind(Kind),
    Waiting(WaitingFor),
    Is(Is),
    Release(Option<Release>),
    Label(String),
    Vep(VepNumber),
    Days(Clock, Range),
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
    Stalled,
    Vetoed,
    Held,
    Signed,
    Unsigned,
    Draft,
    Mine,
    Lagging,
    NewToMe,
    Open,
    Merged,
    Closed,
    Converged,
    NotConverged,
    AtRisk,
    Ready,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clock {
    Age,
    Idle,
    Turn,
}

/// Days, from and to; each end says whether it is inside.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    from: Option<(f64, bool)>,
    to: Option<(f64, bool)>,
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

    /// True where every term holds, for somebody who has never looked at anything: see [`Self::matches_seen`].
    #[must_use]
    pub fn matches(&self, verdict: &Verdict, pull: &PullFacts, board: &Board) -> bool {
        self.matches_seen(verdict, pull, board, &Seen::new())
    }

    /// True where every term holds. `seen` is what `is:new-to-me` compares with.
    #[must_use]
    pub fn matches_seen(&self, verdict: &Verdict, pull: &PullFacts, board: &Board, seen: &Seen) -> bool {
        let subject = Subject { verdict, pull, board, seen };
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
    pub fn select(&self, facts: &Facts, board: &Board, seen: &Seen) -> Vec<usize> {
        let matching = board.verdicts.iter().enumerate().filter(|(_, verdict)| {
            facts.pulls.get(&verdict.number).is_some_and(|pull| self.matches_seen(verdict, pull, board, seen))
        });
        let mut shown: Vec<usize> = matching.map(|(index, _)| index).collect();
        self.sort(facts, board, &mut shown);
        shown
    }
}

/// One proposal, asked about.
struct Subject<'a> {
    verdict: &'a Verdict,
    pull: &'a PullFacts,
    board: &'a Board,
    seen: &'a Seen,
}

impl Subject<'_> {
    fn holds(&self, test: &Test) -> bool {
        let verdict = self.verdict;
        match test {
            Test::Text(word) => words::found(word, verdict, self.pull),
            Test::Number(number) => verdict.number == *number,
            Test::Sig(sig) => self.owned_by(sig) || verdict.participating_sigs.contains(sig),
            Test::Owner(sig) => self.owned_by(sig),
            Test::Participating(sig) => verdict.participating_sigs.contains(sig),
            Test::Shepherd(whom) => self.shepherded_by(whom),
            Test::Author(whom) => self.written_by(whom),
            Test::Stage(stage) => verdict.stage == *stage,
            Test::Kind(kind) => verdict.kind == *kind,
            Test::Waiting(whom) => self.waits_for(whom),
            Test::Is(what) => self.is(*what),
            Test::Release(release) => match (release, &verdict.release) {
                (None, target) => target.is_none(),
                (Some(asked), Some(target)) => asked.order() == target.order(),
                (Some(_), None) => false,
            },
            Test::Label(label) => self.pull.labels.iter().any(|have| have.eq_ignore_ascii_case(label)),
            Test::Vep(number) => verdict.veps.contains(number) || verdict.vep == Some(*number),
            Test::Days(clock, range) => range.holds(match clock {
                Clock::Age => verdict.clocks.age_days,
                Clock::Idle => verdict.clocks.idle_days,
                Clock::Turn => verdict.clocks.turn_days,
            }),
        }
    }

    fn owned_by(&self, sig: &SigName) -> bool {
        self.verdict.sig.as_ref() == Some(sig) || self.verdict.owning_sigs.contains(sig)
    }

    fn me(&self) -> Option<&Login> {
        self.board.viewer.login.as_ref()
    }

    fn author(&self) -> Option<&Login> {
        self.pull.author.as_ref().map(|author| &author.login)
    }

    fn shepherded_by(&self, whom: &Whom) -> bool {
        let has = |login: &Login| self.verdict.shepherds.iter().any(|shepherd| shepherd.login == *login);
        match whom {
            Whom::Me => self.me().is_some_and(has),
            Whom::Nobody => self.verdict.shepherds.is_empty(),
            Whom::Login(login) => has(login),
        }
    }

    fn written_by(&self, whom: &Whom) -> bool {
        match whom {
            Whom::Me => self.author().is_some() && self.author() == self.me(),
            Whom::Nobody => self.author().is_none(),
            Whom::Login(login) => self.author() == Some(login),
        }
    }

    /// The turn: the first entry, and those that its rule names beside it.
    fn turn(&self) -> impl Iterator<Item = &Waiting> {
        let rule: Option<Rule> = self.verdict.waiting_on.first().map(|first| first.rule);
        self.verdict.waiting_on.iter().filter(move |entry| Some(entry.rule) == rule)
    }

    fn waits_for(&self, whom: &WaitingFor) -> bool {
        let is_sig = |entry: &Waiting, sig: &SigName| entry.who == Who::Sig && entry.name == sig.as_str();
        let is_person =
            |entry: &Waiting, login: &Login| matches!(entry.who, Who::Person | Who::Author) && login.is(&entry.name);
        self.turn().any(|entry| match whom {
            WaitingFor::Me => self
                .me()
                .is_some_and(|me| is_person(entry, me) || entry.who == Who::Author && self.author() == Some(me)),
            WaitingFor::MySig => self.board.viewer.sigs.iter().any(|sig| is_sig(entry, sig)),
            WaitingFor::Author => entry.who == Who::Author,
            WaitingFor::Automation => entry.who == Who::Automation,
            WaitingFor::Sig(sig) => is_sig(entry, sig),
            WaitingFor::Name(name) => {
                entry.name.eq_ignore_ascii_case(name)
                    || entry.who == Who::Author && self.author().is_some_and(|author| author.is(name))
            }
        })
    }

    fn is(&self, what: Is) -> bool {
        let verdict = self.verdict;
        let signed = |state: SignOffState| state == SignOffState::Signed;
        match what {
            Is::Stalled => verdict.convergence == Convergence::Stalled,
            Is::Vetoed => !verdict.vetoes.is_empty(),
            Is::Held => verdict.hold.is_some() || self.pull.labels.iter().any(|label| label == "do-not-merge/hold"),
            Is::Signed => !verdict.signoffs.is_empty() && verdict.signoffs.iter().all(|(_, off)| signed(off.state)),
            Is::Unsigned => verdict.signoffs.iter().any(|(_, off)| !signed(off.state)),
            Is::Draft => self.pull.draft || verdict.stage == Stage::Drafting,
            Is::Mine => self.written_by(&Whom::Me),
            Is::Lagging => verdict.urgency.lagging,
            Is::NewToMe => self.is_new_to_me(),
            Is::Open => self.pull.state == PullState::Open,
            Is::Merged => self.pull.state == PullState::Merged,
            Is::Closed => self.pull.state == PullState::Closed,
            Is::Converged => verdict.converged,
            Is::NotConverged => verdict.not_converged,
            Is::AtRisk => verdict.at_risk,
            Is::Ready => verdict.is_ready(),
        }
    }

    /// Something human happened since the viewer looked, and it was not the viewer who did it. What was never looked
    /// at is new.
    fn is_new_to_me(&self) -> bool {
        let Some(looked) = self.seen.get(&self.verdict.number) else { return true };
        if self.verdict.clocks.idle_since <= *looked {
            return false;
        }
        let by_another = |author: Option<&Login>| author.is_none() || author != self.me();
        let after = |at: Timestamp| at > *looked;
        let pull = self.pull;
        let said = |author: &Option<super::facts::Actor>, at: Timestamp| {
            after(at) && by_another(author.as_ref().map(|actor| &actor.login))
        };
        let mut words = pull.comments.iter().map(|comment| said(&comment.author, comment.at));
        let mut reviews = pull.reviews.iter().map(|review| said(&review.author, review.at));
        let mut replies = pull.threads.iter().flat_map(|thread| &thread.comments).map(|one| said(&one.author, one.at));
        let mut pushes =
            pull.commits.iter().map(|commit| after(commit.committed_at) && by_another(commit.author.as_ref()));
        let mut events = pull.timeline.iter().map(|event| said(&event.actor, event.at));
        words.any(|new| new)
            || reviews.any(|new| new)
            || replies.any(|new| new)
            || pushes.any(|new| new)
            || events.any(|new| new)
    }
}

impl Range {
    fn holds(self, days: f64) -> bool {
        let from = self.from.is_none_or(|(bound, inside)| days > bound || inside && days >= bound);
        let to = self.to.is_none_or(|(bound, inside)| days < bound || inside && days <= bound);
        from && to
    }
}
