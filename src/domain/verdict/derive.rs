//! From facts to a verdict: the order in which the rules are asked.

use jiff::Timestamp;

use super::clock::Clock;
use super::clocks::{clocks, heading, is_stalled_conflict, not_converged};
use super::context::Context;
use super::debts::Debts;
use super::explain::{self, Explanation};
use super::frame::Frame;
use super::people::People;
use super::readiness::risk;
use super::reading::Reading;
use super::reasons::{self, Grounds, reasons};
use super::releases::is_past;
use super::shepherd::Shepherding;
use super::signoff::signoffs;
use super::standing::{Raised, Standing};
use super::timeline::Timeline;
use super::turn::{Owed, Turn, conditional, owed};
use super::{
    Checks, Convergence, Hold, LedgerEntry, LedgerKind, Objection, PossibleObjection, Rule, Sla, Stage, ThreadCount,
    Verdict, Waiting,
};
use crate::domain::facts::{CheckState, PullFacts, PullState};
use crate::domain::prow::gate::GateState;

/// A verdict, and the last moment at which nothing but time would have changed it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// From the moment of the derivation to this one it is the same, where all else is.
    pub until: Timestamp,
}

/// What vepherd says about one proposal. Pure: the same facts and the same `now` give the same verdict, whatever the
/// order of GitHub's lists.
#[must_use]
pub fn derive(context: &Context<'_>, pull: &PullFacts) -> Verdict {
    judge(context, pull, &Reading::read(context, pull)).verdict
}

/// The same for a pull request that was read before, in a context of the same files, profile and issues, with the
/// same freezes passed.
#[must_use]
pub fn judge(context: &Context<'_>, pull: &PullFacts, reading: &Reading) -> Judged {
    framed(context, pull, reading, |frame| {
        let verdict = verdict(frame);
        Judged { verdict, until: frame.clock.holds_until() }
    })
}

/// The same with the whole reasoning, for a proposal that somebody looks into.
#[must_use]
pub fn derive_in_full(context: &Context<'_>, pull: &PullFacts) -> (Verdict, Explanation) {
    framed(context, pull, &Reading::read(context, pull), |frame| {
        let verdict = verdict(frame);
        let debts = Debts::read(&frame.timeline, &frame.people, context.profile);
        let shepherding = Shepherding::read(frame);
        let owed = owed(frame, &debts, &shepherding);
        let grounds = explain::Grounds {
            debts: &debts,
            owed: &owed,
            shepherding: &shepherding,
            signoffs: &verdict.signoffs,
            waiting: &verdict.waiting_on,
            heading: &heading(frame, &verdict.clocks, &verdict.signoffs),
        };
        let explanation = explain::explanation(frame, &grounds);
        (verdict, explanation)
    })
}

/// Puts a reading together with its people, and looks at it.
fn framed<R>(context: &Context<'_>, pull: &PullFacts, reading: &Reading, look: impl FnOnce(&Frame<'_>) -> R) -> R {
    let Reading { ground, approval, gate, .. } = reading;
    let mut people = People::new(context, pull, ground);
    let mut timeline = Timeline::read(pull, reading, context.profile, &mut people);
    let standing = Standing::read(&mut timeline, &people, pull, context.profile);
    let clock = Clock::at(context.now);
    look(&Frame { context, pull, clock, reading, ground, people, timeline, standing, approval, gate })
}

fn verdict(frame: &Frame<'_>) -> Verdict {
    let (context, pull, ground) = (frame.context, frame.pull, frame.ground);
    let debts = Debts::read(&frame.timeline, &frame.people, context.profile);
    let shepherding = Shepherding::read(frame);
    let signoffs = signoffs(frame);
    let owed = owed(frame, &debts, &shepherding);
    let turn = Turn { frame, debts: &debts, shepherding: &shepherding, signoffs: &signoffs, owed: &owed };
    let open = pull.state == PullState::Open;
    let waiting_on = if open { turn.waiting_on() } else { Vec::new() };
    let stage = stage(frame, &waiting_on, &owed);
    let freeze = frame.clock.ask(|now| context.schedules.freeze(ground.release.as_ref()?, now));
    let clocks = clocks(frame, &debts, &owed, &shepherding, &waiting_on);
    let heading = heading(frame, &clocks, &signoffs);
    let ledger = ledger(frame);
    let grounds = Grounds {
        shepherding: &shepherding,
        signoffs: &signoffs,
        clocks: &clocks,
        heading: &heading,
        freeze: freeze.as_ref(),
    };
    let reasons = reasons(frame, &grounds);
    let lagging = clocks.review_sla == Some(Sla::Over);
    let mut gate = frame.gate.clone();
    if let Some(message) = reasons::merging_unsigned(frame, &signoffs) {
        gate.warnings.push(format!("merging-unsigned: {message}"));
    }
    let (vetoes, objections) = objections(frame);
    let mut verdict = Verdict {
        number: pull.number,
        kind: ground.kind,
        vep: ground.vep,
        veps: ground.veps.clone(),
        tracking_issue: ground.tracking.clone(),
        sig: ground.sig().cloned(),
        owning_sigs: ground.owning_sigs(context),
        participating_sigs: ground.participating.clone(),
        targets: ground.targets.clone(),
        release: ground.release.clone(),
        release_sources: ground.release_sources.clone(),
        at_risk: false,
        status: ground.main_document().and_then(|document| document.status.clone()),
        stage,
        urgency: reasons::urgency(frame, &waiting_on, &shepherding, lagging, freeze.as_ref()),
        shepherds: shepherding.shepherds.clone(),
        hold: hold(frame),
        vetoes,
        objections,
        possible_objections: frame
            .standing
            .possible()
            .map(|possible| PossibleObjection {
                by: frame.people.get(possible.by).login_or_ghost(),
                at: possible.at,
                sentence: possible.sentence.clone(),
                event: frame.timeline.link(possible.act),
            })
            .collect(),
        lgtm: frame.reading.lgtm.clone(),
        approval: frame.approval.clone(),
        gate,
        checks: checks(pull),
        threads: ThreadCount {
            open: pull.threads.iter().filter(|thread| !thread.resolved).count(),
            total: pull.threads.len(),
        },
        comments: pull
            .comments
            .iter()
            .filter(|comment| !context.profile.is_robots(comment.author.as_ref(), &comment.body))
            .count(),
        convergence: if open { heading.convergence } else { Convergence::Flat },
        converged: !open,
        not_converged: not_converged(frame, freeze.as_ref().map(|freeze| freeze.days)).is_some(),
        stalled_conflict: open && is_stalled_conflict(frame),
        problems: super::problems::problems(frame),
        signoffs,
        waiting_on,
        ledger,
        clocks,
        reasons,
        freeze,
    };
    let out = ground.release.as_ref().is_some_and(|release| is_past(context, release));
    if let Some(message) = risk(&verdict, context.profile.numbers.freeze_near_days, out) {
        verdict.at_risk = true;
        reasons::add(&mut verdict.reasons, super::ReasonCode::AtRisk, message);
    }
    verdict
}

/// The board's column (`process.md` §3, "Stage").
fn stage(frame: &Frame<'_>, waiting: &[Waiting], owed: &Owed) -> Stage {
    if frame.pull.state != PullState::Open {
        return Stage::Converged;
    }
    let Some(first) = waiting.first() else {
        // A label that somebody set by hand may block though no rule names anybody.
        return if frame.gate.state == GateState::Blocked { Stage::SignOff } else { Stage::Merging };
    };
    if first.rule == Rule::Draft {
        return Stage::Drafting;
    }
    if frame.standing.vetoes(&frame.people).next().is_some() {
        return Stage::Conflict;
    }
    match first.rule {
        Rule::Draft => Stage::Drafting,
        Rule::Objection => Stage::Conflict,
        Rule::Fix | Rule::Answer => Stage::Author,
        Rule::Review if owed.needs_shepherd() => Stage::NeedsShepherd,
        Rule::Review => Stage::InReview,
        Rule::Condition | Rule::Lgtm | Rule::Approval | Rule::SignOff | Rule::Hold => Stage::SignOff,
        Rule::Bots | Rule::Checks => Stage::Merging,
    }
}

/// Standing vetoes, and standing objections of people without a say: one per person, the newest.
fn objections(frame: &Frame<'_>) -> (Vec<Objection>, Vec<Objection>) {
    let (mut vetoes, mut objections): (Vec<Objection>, Vec<Objection>) = (Vec::new(), Vec::new());
    for raised in frame.standing.objections() {
        let person = frame.people.get(raised.by);
        let list = if person.has_say() { &mut vetoes } else { &mut objections };
        let mut objection = objection(frame, raised);
        if let Some(earlier) = list.iter().position(|other| other.by == objection.by) {
            let earlier = list.remove(earlier);
            if objection.reason.is_empty() {
                objection.reason = earlier.reason;
            }
        }
        list.push(objection);
    }
    (vetoes, objections)
}

fn objection(frame: &Frame<'_>, raised: &Raised<'_>) -> Objection {
    let person = frame.people.get(raised.by);
    let opposed = frame.standing.positions().any(|(who, position)| {
        let other = frame.people.get(who);
        who != raised.by && !other.author && other.has_say() && position.positive().next().is_some()
    });
    Objection {
        by: person.login_or_ghost(),
        sigs: person.sigs.clone(),
        at: raised.at,
        reason: raised.reason.clone(),
        via: raised.via,
        opposed,
        event: frame.timeline.link(raised.act),
    }
}

/// The oldest standing hold that is no objection; a conditional approval before a plain one.
fn hold(frame: &Frame<'_>) -> Option<Hold> {
    let found = frame
        .standing
        .plain_holds()
        .find(|hold| conditional(frame, hold).is_some())
        .or_else(|| frame.standing.plain_holds().next())?;
    Some(Hold {
        by: found.by.map(|who| frame.people.get(who).login_or_ghost()),
        at: found.at,
        reason: found.reason.clone(),
        conditional_approval: conditional(frame, found).is_some(),
        waits_for: found.names.clone(),
        waiting_reasons: found.waits.clone(),
        event: frame.timeline.link(found.act),
    })
}

/// Every hold, objection and veto ever raised, oldest first.
fn ledger(frame: &Frame<'_>) -> Vec<LedgerEntry> {
    let name = |who: Option<usize>| who.map(|who| frame.people.get(who).login_or_ghost());
    let mut list: Vec<(usize, LedgerEntry)> = Vec::new();
    for raised in &frame.standing.raised {
        let what = if frame.people.get(raised.by).has_say() { LedgerKind::Veto } else { LedgerKind::Objection };
        list.push((
            raised.act,
            LedgerEntry {
                by: name(Some(raised.by)),
                at: raised.at,
                what,
                reason: raised.reason.clone(),
                conditions: Vec::new(),
                lifted_at: raised.ended.map(|ended| ended.at),
                lifted_by: raised.ended.and_then(|ended| name(ended.by)),
                event: frame.timeline.link(raised.act),
            },
        ));
    }
    for hold in frame.standing.holds.iter().filter(|hold| hold.raised.is_none()) {
        list.push((
            hold.act,
            LedgerEntry {
                by: name(hold.by),
                at: hold.at,
                what: LedgerKind::Hold,
                reason: hold.reason.clone(),
                conditions: hold.waits.clone(),
                lifted_at: hold.ended.map(|ended| ended.at),
                lifted_by: hold.ended.and_then(|ended| name(ended.by)),
                event: frame.timeline.link(hold.act),
            },
        ));
    }
    list.sort_by_key(|(act, _)| *act);
    list.into_iter().map(|(_, entry)| entry).collect()
}

/// Checks other than `tide`, folded.
fn checks(pull: &PullFacts) -> Checks {
    let posted = |state: CheckState| pull.checks.iter().any(|check| check.name != "tide" && check.state == state);
    if !super::turn::failing_checks(&pull.checks).is_empty() {
        Checks::Failure
    } else if posted(CheckState::Pending) {
        Checks::Pending
    } else if posted(CheckState::Success) {
        Checks::Success
    } else {
        Checks::None
    }
}
