//! The JSON of `list` and `show`, key by key as in `contract.md`. It is written out by hand, not derived from our
//! types: a renamed field of ours must not rename what people script against.

mod detail;
mod local;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::page::Subject;
use crate::domain::board::Board;
use crate::domain::facts::{Facts, Gap, Mergeable, PullFacts, PullState};
use crate::domain::marks::Local;
use crate::domain::verdict::{Checks, Disagreement, Objection, Problem, ReleaseSource, Verdict, ask, disagreements};

pub use detail::proposal_in_full;
pub use local::local;

/// The version of the shape.
pub const SCHEMA: u32 = 1;

/// `list --json`.
#[must_use]
pub fn list(facts: &Facts, board: &Board, shown: &[usize], now: Timestamp) -> Value {
    let proposals: Vec<Value> = shown
        .iter()
        .filter_map(|index| board.verdicts.get(*index))
        .filter_map(|verdict| Some(proposal(facts.pulls.get(&verdict.number)?, verdict, board.local(verdict.number))))
        .collect();
    let mut top = head(facts, board, now);
    top.insert("proposals".to_owned(), Value::Array(proposals));
    Value::Object(top)
}

/// `show --json`.
#[must_use]
pub fn show(subject: &Subject<'_>, board: &Board, now: Timestamp) -> Value {
    let mut top = head(subject.facts, board, now);
    top.insert(
        "proposal".to_owned(),
        proposal_in_full(subject.pull, subject.verdict, subject.explanation, subject.local),
    );
    Value::Object(top)
}

/// What every document begins with.
fn head(facts: &Facts, board: &Board, now: Timestamp) -> Map<String, Value> {
    let freeze = board
        .freeze
        .as_ref()
        .map(|freeze| json!({ "release": freeze.release, "what": freeze.what, "at": freeze.at, "days": freeze.days }));
    let mut top = Map::new();
    top.insert("schema".to_owned(), json!(SCHEMA));
    top.insert("repo".to_owned(), json!(facts.repo));
    top.insert("viewer".to_owned(), json!(board.viewer.login));
    top.insert("viewer_sigs".to_owned(), json!(board.viewer.sigs));
    top.insert("synced_at".to_owned(), maybe(facts.synced_at));
    top.insert("now".to_owned(), json!(time(now)));
    top.insert("freeze".to_owned(), json!(freeze));
    let gap = |gap: &Gap| json!({ "part": gap.what, "why": gap.why, "known_from": maybe(gap.known_from) });
    top.insert("incomplete".to_owned(), facts.gaps.iter().map(gap).collect());
    top
}

/// One proposal, as `list` has it.
#[must_use]
pub fn proposal(pull: &PullFacts, verdict: &Verdict, local: Option<&Local>) -> Value {
    let signoffs: Map<String, Value> = verdict
        .signoffs
        .iter()
        .map(|(sig, signoff)| {
            let value = json!({
                "state": signoff.state, "by": signoff.by, "at": maybe(signoff.at), "head": signoff.head,
                "pushes_since": signoff.pushes_since,
            });
            (sig.to_string(), value)
        })
        .collect();
    let shepherds: Vec<Value> = verdict
        .shepherds
        .iter()
        .map(|it| json!({ "login": it.login, "how": it.how.word(), "since": maybe(it.since), "event": it.event }))
        .collect();
    let waiting_on: Vec<Value> = verdict
        .waiting_on
        .iter()
        .map(|it| {
            json!({
                "rule": it.rule, "who": it.who, "name": it.name, "why": it.why, "since": time(it.since), "event": it.event,
            })
        })
        .collect();
    let possible: Vec<Value> = verdict
        .possible_objections
        .iter()
        .map(|it| json!({ "by": it.by, "at": time(it.at), "sentence": it.sentence, "event": it.event }))
        .collect();
    let hold = verdict.hold.as_ref().map(|hold| {
        json!({
            "by": hold.by, "at": time(hold.at), "reason": hold.reason,
            "conditional_approval": hold.conditional_approval, "waits_for": hold.waits_for, "event": hold.event,
        })
    });
    let needs: Vec<Value> =
        verdict.approval.needs.iter().map(|need| json!({ "owners": need.owners, "any_of": need.any_of })).collect();
    let powerless: Vec<Value> =
        verdict.approval.by.iter().filter(|it| !it.has_power).map(|it| json!(it.login)).collect();
    let tracking = verdict.tracking_issue.as_ref().map(|issue| {
        json!({
            "number": issue.number, "state": issue.state, "title": issue.title, "url": issue.url,
            "lacks": issue.lacks,
        })
    });
    let clocks = &verdict.clocks;
    let who = json!({
        "number": pull.number,
        "url": pull.url,
        "title": pull.title,
        "author": pull.author.as_ref().map(|author| &author.login),
        "kind": verdict.kind,
        "state": state_word(pull.state),
        "draft": pull.draft,
        "head": pull.head,
        "vep": verdict.vep,
        "veps": verdict.veps,
        "tracking_issue": tracking,
        "sig": verdict.sig,
        "owning_sigs": verdict.owning_sigs,
        "participating_sigs": verdict.participating_sigs,
        "targets": { "alpha": verdict.targets.alpha, "beta": verdict.targets.beta, "ga": verdict.targets.ga },
        "release": verdict.release,
        "release_sources": verdict.release_sources.iter().map(|it| release_source(verdict, it)).collect::<Vec<_>>(),
        "release_disagreements": disagreements(&verdict.release_sources).iter().map(disagreement).collect::<Vec<_>>(),
        "freeze": verdict.freeze,
        "status": verdict.status,
        "stage": verdict.stage.code(),
    });
    let standing = json!({
        "shepherds": shepherds,
        "waiting_on": waiting_on,
        "signoffs": signoffs,
        "vetoes": verdict.vetoes.iter().map(objection).collect::<Vec<_>>(),
        "objections": verdict.objections.iter().map(objection).collect::<Vec<_>>(),
        "possible_objections": possible,
        "hold": hold,
        "lgtm": { "state": verdict.lgtm.state, "by": verdict.lgtm.by },
        "approval": {
            "approved": verdict.approval.approved,
            "by": verdict.approval.by.iter().map(|it| &it.login).collect::<Vec<_>>(),
            "powerless": powerless,
            "needs": needs,
            "suggested": verdict.approval.suggested,
        },
        "gate": { "state": verdict.gate.state, "blockers": verdict.gate.blockers, "warnings": verdict.gate.warnings },
    });
    let state = json!({
        "labels": pull.labels,
        "checks": checks_word(verdict.checks),
        "mergeable": mergeable_word(pull.mergeable),
        "threads": { "open": verdict.threads.open, "total": verdict.threads.total },
        "comments": verdict.comments,
        "clocks": {
            "opened_at": time(clocks.opened_at),
            "idle_since": time(clocks.idle_since),
            "turn_since": time(clocks.turn_since),
            "age_days": days(clocks.age_days),
            "idle_days": days(clocks.idle_days),
            "turn_days": days(clocks.turn_days),
            "review_lag_days": clocks.review_lag_days.map(days),
            "age_working_days": days(clocks.working.age),
            "idle_working_days": days(clocks.working.idle),
            "turn_working_days": days(clocks.working.turn),
            "review_lag_working_days": clocks.working.review_lag.map(days),
            "sla": verdict.sla(),
            "review_sla": clocks.review_sla,
            "shepherd_sla": clocks.shepherd_sla,
            "rounds": clocks.rounds,
            "bot_next": clocks.bot_next.map(|step| json!({ "does": step.does, "at": time(step.at) })),
            "bot_closes_at": maybe(clocks.bot_closes_at),
        },
        "convergence": verdict.convergence,
        "converged": verdict.converged,
        "not_converged": verdict.not_converged,
        "stalled_conflict": verdict.stalled_conflict,
        "readiness": verdict.readiness(),
        "ready": verdict.is_ready(),
        "at_risk": verdict.at_risk,
        "reasons": verdict.reasons.iter().map(|it| json!({ "code": it.code, "message": it.message })).collect::<Vec<_>>(),
        "problems": verdict.problems.iter().map(|it| problem(pull, it)).collect::<Vec<_>>(),
        "local": self::local(local),
        "fetched_at": time(pull.fetched_at),
        "incomplete": pull.truncated.iter().map(|it| json!({ "part": it.part, "why": it.why })).collect::<Vec<_>>(),
        "truncated": pull.truncated.iter().map(|it| json!({ "part": it.part, "why": it.why })).collect::<Vec<_>>(),
    });
    let parts = [who, standing, state].into_iter().filter_map(|part| match part {
        Value::Object(fields) => Some(fields),
        _ => None,
    });
    Value::Object(parts.flatten().collect())
}

/// A problem, what to do about it, and the comment that asks for it.
fn problem(pull: &PullFacts, it: &Problem) -> Value {
    let author = pull.author.as_ref().map(|author| &author.login);
    json!({
        "code": it.code, "message": it.message, "fix": it.fix, "ask": ask(&[it], author), "whom": it.whom,
        "event": it.event,
    })
}

/// Who names which targets; `counts` marks those that name the proposal's release.
fn release_source(verdict: &Verdict, it: &ReleaseSource) -> Value {
    let others: Vec<Value> =
        it.others.iter().map(|(stage, release)| json!({ "stage": stage, "release": release })).collect();
    json!({
        "source": it.source, "where": it.place, "alpha": it.targets.alpha, "beta": it.targets.beta,
        "ga": it.targets.ga, "others": others,
        "counts": verdict.release.as_ref().is_some_and(|release| it.says(release)),
    })
}

fn disagreement(it: &Disagreement) -> Value {
    let said: Vec<Value> =
        it.said.iter().map(|(source, release)| json!({ "source": source, "release": release })).collect();
    json!({ "stage": it.stage, "said": said })
}

fn objection(it: &Objection) -> Value {
    json!({
        "by": it.by, "sigs": it.sigs, "at": time(it.at), "reason": it.reason, "via": it.via, "opposed": it.opposed,
        "event": it.event,
    })
}

/// RFC 3339 in UTC, whole seconds.
#[must_use]
pub fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The same for what may be absent.
pub(super) fn maybe(at: Option<Timestamp>) -> Value {
    json!(at.map(time))
}

/// Days with one decimal.
fn days(days: f64) -> Value {
    let tenths = (days * 10.0).round() / 10.0;
    // `-0.0` is what rounding makes of a moment ago on a clock that is a little behind.
    json!(if tenths == 0.0 { 0.0 } else { tenths })
}

/// The word of a pull's state.
#[must_use]
pub fn state_word(state: PullState) -> &'static str {
    match state {
        PullState::Open => "open",
        PullState::Merged => "merged",
        PullState::Closed => "closed",
    }
}

fn checks_word(checks: Checks) -> &'static str {
    match checks {
        Checks::Success => "success",
        Checks::Pending => "pending",
        Checks::Failure => "failure",
        Checks::None => "none",
    }
}

fn mergeable_word(mergeable: Mergeable) -> &'static str {
    match mergeable {
        Mergeable::Mergeable => "mergeable",
        Mergeable::Conflicting => "conflicting",
        Mergeable::Unknown => "unknown",
    }
}

/// The document as text, harmless to terminals.
#[must_use]
pub fn text(value: &Value) -> String {
    harmless(&format!("{value:#}\n"))
}

/// JSON in which whatever a terminal could take for a command (C1 controls, bidi overrides) is written as an escape. It
/// is the same to a JSON reader: such characters stand only inside strings.
#[must_use]
pub fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for ch in json.chars() {
        match ch {
            '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(ch)));
            }
            _ => out.push(ch),
        }
    }
    out
}
