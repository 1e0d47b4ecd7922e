//! One proposal, asked about: what each test means on a verdict, its facts and the viewer's marks.

use super::{Is, Measure, Test, WaitingFor, Whom, words};
use crate::domain::board::Board;
use crate::domain::facts::{Actor, Facts, Mergeable, PullFacts, PullState};
use crate::domain::ids::{Login, SigName};
use crate::domain::marks::{Quiet, Whose};
use crate::domain::verdict::{Convergence, MyTurn, Rule, SignOffState, Stage, Verdict, Waiting, Who};

/// One proposal, asked about.
pub(super) struct Subject<'a> {
    pub verdict: &'a Verdict,
    pub pull: &'a PullFacts,
    pub facts: &'a Facts,
    pub board: &'a Board,
}

impl Subject<'_> {
    pub fn holds(&self, test: &Test) -> bool {
        let verdict = self.verdict;
        match test {
            Test::Text(word) => words::found(word, verdict, self.pull),
            Test::Number(number) => verdict.number == *number,
            Test::Sig(sig) => self.owned_by(sig) || verdict.participating_sigs.contains(sig),
            Test::Owner(sig) => self.owned_by(sig),
            Test::Participating(sig) => verdict.participating_sigs.contains(sig),
            Test::SignOff(state, sig) => verdict.signoffs.iter().any(|(of, off)| of == sig && off.state == *state),
            Test::Shepherd(whom) => self.shepherded_by(whom),
            Test::Author(whom) => self.written_by(whom),
            Test::Involves(whom) => self.involves(whom),
            Test::Veto(whom) => self.raised(whom, verdict.vetoes.iter().map(|veto| &veto.by)),
            Test::Hold(whom) => self.raised(whom, verdict.hold.iter().filter_map(|hold| hold.by.as_ref())),
            Test::Stage(stage) => verdict.stage == *stage,
            Test::Kind(kind) => verdict.kind == *kind,
            Test::Checks(checks) => verdict.checks == *checks,
            Test::Convergence(course) => verdict.convergence == *course,
            Test::Reason(code) => verdict.reasons.iter().any(|reason| reason.code == *code),
            Test::Problem(code) => verdict.problems.iter().any(|problem| problem.code == *code),
            Test::Gate(name) => verdict.gate.blockers.iter().any(|blocker| is_blocker(blocker, name)),
            Test::Status(status) => verdict.status.as_ref().is_some_and(|have| have.eq_ignore_ascii_case(status)),
            Test::Waiting(whom) => self.waits_for(whom),
            Test::Is(what) => self.is(*what),
            Test::Release(release) => match (release, &verdict.release) {
                (None, target) => target.is_none(),
                (Some(asked), Some(target)) => asked.order() == target.order(),
                (Some(_), None) => false,
            },
            Test::Label(label) => self.pull.labels.iter().any(|have| have.eq_ignore_ascii_case(label)),
            Test::Vep(number) => verdict.veps.contains(number) || verdict.vep == Some(*number),
            Test::Amount(measure, range) => self.amount(*measure).is_some_and(|value| range.holds(value)),
        }
    }

    fn amount(&self, measure: Measure) -> Option<f64> {
        let clocks = &self.verdict.clocks;
        // Counts of things on one pull request are far below a double's precision.
        let things = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        match measure {
            Measure::Age => Some(clocks.age_days),
            Measure::Idle => Some(clocks.idle_days),
            Measure::Turn => Some(clocks.turn_days),
            Measure::Lag => clocks.review_lag_days,
            // One that has passed is no freeze to come.
            Measure::Freeze => {
                let days = self.verdict.freeze.as_ref().map(|freeze| freeze.days).filter(|days| *days >= 0);
                days.and_then(|days| u32::try_from(days).ok()).map(f64::from)
            }
            Measure::Rounds => Some(things(clocks.rounds)),
            Measure::Threads => Some(things(self.verdict.threads.open)),
            Measure::Comments => Some(things(self.verdict.comments)),
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

    /// Somebody opened it, shepherds it, is assigned, is waited for, or has said something on it.
    fn involves(&self, whom: &Whom) -> bool {
        let login = match whom {
            Whom::Me => match self.me() {
                Some(me) => me,
                None => return false,
            },
            Whom::Login(login) => login,
            Whom::Nobody => return false,
        };
        let (pull, verdict) = (self.pull, self.verdict);
        let is = |actor: &Option<Actor>| actor.as_ref().is_some_and(|actor| actor.login == *login);
        is(&pull.author)
            || pull.assignees.contains(login)
            || pull.review_requests.iter().any(|name| login.is(name))
            || verdict.shepherds.iter().any(|shepherd| shepherd.login == *login)
            || verdict.waiting_on.iter().any(|entry| entry.who == Who::Person && login.is(&entry.name))
            || pull.comments.iter().any(|comment| is(&comment.author))
            || pull.reviews.iter().any(|review| is(&review.author))
            || pull.threads.iter().flat_map(|thread| &thread.comments).any(|comment| is(&comment.author))
    }

    fn raised<'l>(&self, whom: &Whom, mut by: impl Iterator<Item = &'l Login>) -> bool {
        match whom {
            Whom::Me => self.me().is_some_and(|me| by.any(|login| login == me)),
            Whom::Nobody => by.next().is_none(),
            Whom::Login(asked) => by.any(|login| login == asked),
        }
    }

    /// The turn: the first entry, and those that its rule names beside it.
    fn turn(&self) -> impl Iterator<Item = &Waiting> {
        let rule: Option<Rule> = self.verdict.waiting_on.first().map(|first| first.rule);
        self.verdict.waiting_on.iter().filter(move |entry| Some(entry.rule) == rule)
    }

    /// Whose turn it is: by the viewer's word where they gave one, else by the thread.
    fn waits_for(&self, whom: &WaitingFor) -> bool {
        let said = self.board.local(self.verdict.number).and_then(|local| local.turn.as_ref()).map(|said| &said.whose);
        match said {
            None => self.thread_waits_for(whom),
            // Not the viewer's: whose it is else, the thread says.
            Some(Whose::NotMine) => !matches!(whom, WaitingFor::Me | WaitingFor::MySig) && self.thread_waits_for(whom),
            Some(Whose::Mine) => match whom {
                WaitingFor::Me => true,
                WaitingFor::Name(name) => self.me().is_some_and(|me| me.is(name)),
                WaitingFor::MySig | WaitingFor::Author | WaitingFor::Automation | WaitingFor::Sig(_) => false,
            },
            Some(Whose::Author) => match whom {
                WaitingFor::Author => true,
                WaitingFor::Me => self.author().is_some() && self.author() == self.me(),
                WaitingFor::Name(name) => self.author().is_some_and(|author| author.is(name)),
                WaitingFor::MySig | WaitingFor::Automation | WaitingFor::Sig(_) => false,
            },
            Some(Whose::Person(login)) => match whom {
                WaitingFor::Me => self.me() == Some(login),
                WaitingFor::Name(name) => login.is(name),
                WaitingFor::Author => self.author() == Some(login),
                WaitingFor::MySig | WaitingFor::Automation | WaitingFor::Sig(_) => false,
            },
            Some(Whose::Sig(sig)) => match whom {
                WaitingFor::MySig => self.board.viewer.sigs.contains(sig),
                WaitingFor::Sig(asked) => asked == sig,
                WaitingFor::Name(name) => sig.as_str().eq_ignore_ascii_case(name),
                WaitingFor::Me | WaitingFor::Author | WaitingFor::Automation => false,
            },
        }
    }

    fn thread_waits_for(&self, whom: &WaitingFor) -> bool {
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
        let local = self.board.local(verdict.number);
        let quiet = self.board.quiet(verdict.number);
        match what {
            Is::NeedsMe => verdict.stage != Stage::Converged && self.board.my_turn(self.facts, verdict) != MyTurn::No,
            Is::NewToMe => self.board.is_new(verdict.number),
            Is::Mine => self.written_by(&Whom::Me),
            Is::Done => matches!(quiet, Some(Quiet::Done { .. })),
            Is::Snoozed => matches!(quiet, Some(Quiet::Snoozed { .. })),
            Is::Back => local.is_some_and(|local| local.back.is_some()),
            Is::Marked => local.is_some(),
            Is::Stalled => verdict.convergence == Convergence::Stalled,
            Is::Lagging => verdict.urgency.lagging,
            Is::Vetoed => !verdict.vetoes.is_empty(),
            Is::Objected => {
                !verdict.vetoes.is_empty()
                    || !verdict.objections.is_empty()
                    || local.is_some_and(|local| local.confirms_any())
            }
            Is::Opposed => verdict.vetoes.iter().any(|veto| veto.opposed),
            Is::StalledConflict => verdict.stalled_conflict,
            Is::Held => verdict.hold.is_some() || self.pull.labels.iter().any(|label| label == "do-not-merge/hold"),
            Is::Conditional => verdict.hold.as_ref().is_some_and(|hold| hold.conditional_approval),
            Is::Signed => !verdict.signoffs.is_empty() && verdict.signoffs.iter().all(|(_, off)| signed(off.state)),
            Is::Unsigned => verdict.signoffs.iter().any(|(_, off)| !signed(off.state)),
            Is::Lgtm => verdict.lgtm.state,
            Is::Approved => verdict.approval.approved,
            Is::Conflicting => self.pull.mergeable == Mergeable::Conflicting,
            Is::Draft => self.pull.draft || verdict.stage == Stage::Drafting,
            Is::Open => self.pull.state == PullState::Open,
            Is::Merged => self.pull.state == PullState::Merged,
            Is::Closed => self.pull.state == PullState::Closed,
            Is::Converged => verdict.converged,
            Is::NotConverged => verdict.not_converged,
            Is::AtRisk => verdict.at_risk,
            Is::Ready => verdict.is_ready(),
        }
    }
}

/// `check-failing` names all failing checks, `check-failing:dco` one.
fn is_blocker(blocker: &str, name: &str) -> bool {
    let head = blocker.split_once(':').map_or(blocker, |(head, _)| head);
    blocker.eq_ignore_ascii_case(name) || head.eq_ignore_ascii_case(name)
}
