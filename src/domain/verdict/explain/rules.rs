//! The twelve rules of the turn, each with its answer: whom it names and why, or why it names nobody.

use super::super::frame::Frame;
use super::super::timeline::{Deed, Sort};
use super::super::turn::conditional;
use super::super::{Rule, SignOffState, Via, Who};
use super::{Grounds, RuleAnswer, evidence};
use crate::domain::facts::{CheckState, Mergeable};
use crate::domain::ids::SigName;

/// All twelve.
const RULES: [Rule; 12] = [
    Rule::Draft,
    Rule::Fix,
    Rule::Objection,
    Rule::Condition,
    Rule::Bots,
    Rule::Answer,
    Rule::Review,
    Rule::Lgtm,
    Rule::Approval,
    Rule::SignOff,
    Rule::Hold,
    Rule::Checks,
];

/// An answer without an event, or with the index of the act that it rests on.
type Because = (String, Option<usize>);

/// The rules' answers.
pub(super) fn rules(frame: &Frame<'_>, grounds: &Grounds<'_>) -> Vec<RuleAnswer> {
    let answer = |rule| {
        let entries: Vec<_> = grounds.waiting.iter().filter(|entry| entry.rule == rule).collect();
        let Some(first) = entries.first() else {
            let (why, act) = not_because(frame, grounds, rule);
            return RuleAnswer { rule, applies: false, why, event: act.map(|act| evidence(frame, act)) };
        };
        let names: Vec<String> = entries
            .iter()
            .map(|entry| match entry.who {
                Who::Sig => format!("SIG {}", entry.name),
                Who::Author => "the author".to_owned(),
                Who::Person | Who::Automation => entry.name.clone(),
            })
            .collect();
        let act = frame.timeline.acts.iter().position(|act| act.at == first.since && act.url == first.event.as_deref());
        RuleAnswer {
            rule,
            applies: true,
            why: format!("{}: {}", names.join(", "), first.why),
            event: act.map(|act| evidence(frame, act)),
        }
    };
    RULES.into_iter().map(answer).collect()
}

fn not_because(frame: &Frame<'_>, grounds: &Grounds<'_>, rule: Rule) -> Because {
    match rule {
        Rule::Draft => ("it is no draft, and its title does not say WIP".to_owned(), None),
        Rule::Fix => (fix(frame), None),
        Rule::Objection => objection(frame),
        Rule::Condition => condition(frame, grounds),
        Rule::Bots => (format!("the merge gate is closed: {}", frame.gate.blockers.join(", ")), None),
        Rule::Answer => answered(frame),
        Rule::Review => reviewed(frame),
        Rule::Lgtm => ("the lgtm label is there".to_owned(), label(frame, "lgtm")),
        Rule::Approval => approved(frame),
        Rule::SignOff => (signed(grounds), None),
        Rule::Hold => held(frame),
        Rule::Checks => (checks(frame), None),
    }
}

fn fix(frame: &Frame<'_>) -> String {
    let conflict = match frame.pull.mergeable {
        Mergeable::Unknown => "GitHub has not worked out whether it conflicts",
        Mergeable::Mergeable | Mergeable::Conflicting => "no conflict",
    };
    format!("{conflict}, no failed check, no label that asks for a repair")
}

/// No veto stands: which ended, and who only holds or objects without a say.
fn objection(frame: &Frame<'_>) -> Because {
    let mut parts = Vec::new();
    let mut act = None;
    for raised in frame.standing.raised.iter().filter(|raised| frame.people.get(raised.by).has_say()) {
        if let Some(ended) = raised.ended {
            let by = ended.by.map_or("somebody", |who| frame.people.get(who).name());
            let name = frame.people.get(raised.by).name();
            let what = if raised.via == Via::Hold { "hold" } else { "veto" };
            parts.push(format!("{name}'s {what} of {} ended on {} ({by})", frame.day(raised.at), frame.day(ended.at)));
            act = Some(raised.act);
        }
    }
    for raised in frame.standing.objections().filter(|raised| !frame.people.get(raised.by).has_say()) {
        let name = frame.people.get(raised.by).name();
        parts.push(format!("{name} objects, but represents no SIG and holds no merge authority"));
        act = act.or(Some(raised.act));
    }
    for hold in frame.standing.plain_holds() {
        let name = hold.by.map_or("somebody", |who| frame.people.get(who).name());
        let why = match (hold.waits.as_slice(), hold.reason.is_empty()) {
            ([], true) => "it says nothing beyond the command".to_owned(),
            ([], false) => "it comes from somebody without a say, or with their own approval".to_owned(),
            (waits, _) => format!("it waits for something ({})", waits.join(", ")),
        };
        parts.push(format!("{name}'s hold is no objection: {why}"));
        act = act.or(Some(hold.act));
    }
    for possible in frame.standing.possible() {
        let name = frame.people.get(possible.by).name();
        parts.push(format!("{name}'s words of {} may object; that moves no turn", frame.day(possible.at)));
        act = act.or(Some(possible.act));
    }
    if parts.is_empty() { ("nobody has objected".to_owned(), None) } else { (parts.join("; "), act) }
}

fn condition(frame: &Frame<'_>, grounds: &Grounds<'_>) -> Because {
    let Some(found) = frame.standing.plain_holds().find_map(|hold| conditional(frame, hold)) else {
        return ("nobody approved and held it in one breath".to_owned(), None);
    };
    let newer = grounds.debts.open.iter().copied().filter(|remark| frame.timeline.at(*remark) > found.at).max();
    match newer {
        Some(remark) => (
            format!("a remark of {} is newer than the approval with a hold, and unanswered", frame.day_of(remark)),
            Some(remark),
        ),
        None => ("the approval with a hold names nobody".to_owned(), Some(found.act)),
    }
}

/// Nobody waits for the author's answer: what settled the last asking remark.
fn answered(frame: &Frame<'_>) -> Because {
    let asks = |(_, _, _, said): &(usize, _, _, &super::super::timeline::Said<'_>)| {
        matches!(said.sort, Sort::Remark { asks: true, .. })
    };
    let Some((last, act, who, said)) = frame.timeline.texts().rev().find(|text| asks(text)) else {
        return ("no remark has asked the author anything".to_owned(), None);
    };
    let name = frame.people.get(who).name();
    let thread = said.thread();
    let answer = (last + 1..frame.timeline.acts.len()).find(|later| {
        let own_thread = frame.timeline.act(*later).and_then(|act| act.said()).and_then(|said| said.thread());
        frame.timeline.is_authors(*later) && (own_thread.is_none() || own_thread == thread)
    });
    if let Some(answer) = answer {
        let why = format!("{}, after {name}'s remark of {}", frame.author_did(answer), frame.day(act.at));
        return (why, Some(answer));
    }
    let settled = (last + 1..frame.timeline.acts.len()).find(|later| {
        let act = frame.timeline.act(*later);
        let positive = act.and_then(|act| act.said()).is_some_and(|said| said.sort == Sort::Positive);
        positive && act.and_then(|act| act.who).is_some_and(|who| frame.people.get(who).has_say())
    });
    match settled {
        Some(vote) => {
            let by = frame.timeline.act(vote).map(|act| frame.name_of(act)).unwrap_or_default();
            let why = format!("{by} agreed on {}, after {name}'s remark of {}", frame.day_of(vote), frame.day(act.at));
            (why, Some(vote))
        }
        None => (format!("{name}'s remark of {} has been settled", frame.day(act.at)), Some(last)),
    }
}

/// No review is owed: whose word on the head settled it.
fn reviewed(frame: &Frame<'_>) -> Because {
    let settled = frame
        .people
        .iter()
        .filter(|(who, _)| frame.people.counts_as_owner(*who))
        .filter_map(|(who, _)| Some((who, frame.on_head(who)?)))
        .max_by_key(|(_, given)| given.act);
    match settled {
        Some((who, given)) => {
            let standing = super::standing_of(frame, who);
            let why = format!(
                "{} ({standing}) agreed on this head on {}, and the author has asked nobody since",
                frame.people.get(who).name(),
                frame.day(given.at)
            );
            (why, Some(given.act))
        }
        None => ("no review is owed".to_owned(), None),
    }
}

fn approved(frame: &Frame<'_>) -> Because {
    let with_power = frame.approval.by.iter().filter(|by| by.has_power);
    let names: Vec<&str> = with_power.map(|by| by.login.as_str()).collect();
    let why = match (frame.approval.manual, names.as_slice()) {
        (true, _) => "the approved label was set by hand".to_owned(),
        (false, []) => "the approved label is there".to_owned(),
        (false, names) => format!("approved by {}", names.join(", ")),
    };
    (why, label(frame, "approved"))
}

fn signed(grounds: &Grounds<'_>) -> String {
    let of = |state: SignOffState| -> Vec<SigName> {
        grounds.signoffs.iter().filter(|(_, it)| it.state == state).map(|(sig, _)| sig.clone()).collect()
    };
    let (signed, vetoed) = (of(SignOffState::Signed), of(SignOffState::Vetoed));
    match (signed.is_empty(), vetoed.is_empty()) {
        (true, true) => "no sign-off is asked of a process pull request without a SIG's label".to_owned(),
        (false, true) => format!("every SIG has signed this head: {}", Frame::sig_words(&signed)),
        (_, false) => format!("what is not signed is vetoed: {}", Frame::sig_words(&vetoed)),
    }
}

fn held(frame: &Frame<'_>) -> Because {
    let vetoed = frame.standing.holds.iter().find(|hold| hold.ended.is_none());
    match vetoed {
        Some(hold) => ("the hold that stands is part of a veto".to_owned(), Some(hold.act)),
        None => match frame.standing.holds.last() {
            Some(hold) => {
                let ended = hold.ended.map(|ended| {
                    let by = ended.by.map_or("somebody", |who| frame.people.get(who).name());
                    format!(" was lifted on {} by {by}", frame.day(ended.at))
                });
                let name = hold.by.map_or("somebody", |who| frame.people.get(who).name());
                let ended = ended.unwrap_or_default();
                (format!("{name}'s hold of {}{ended}", frame.day(hold.at)), Some(hold.act))
            }
            None => ("nobody has held it".to_owned(), None),
        },
    }
}

fn checks(frame: &Frame<'_>) -> String {
    let posted = frame.pull.checks.iter().filter(|check| check.name != "tide").count();
    let failed = frame.pull.checks.iter().filter(|check| check.state == CheckState::Failure && check.name != "tide");
    match (posted, failed.count()) {
        (0, _) => "no check was posted".to_owned(),
        (all, 0) => format!("{all} check(s), none of which runs"),
        (all, failed) => format!("{all} check(s), {failed} failed, none of which runs"),
    }
}

/// The newest event that set a label.
fn label(frame: &Frame<'_>, name: &str) -> Option<usize> {
    frame.timeline.acts.iter().rposition(|act| matches!(act.deed, Deed::Labeled(label) if label == name))
}
