//! Why a verdict is what it is, as data: a code for scripts, a sentence for people, the link that it rests on. And why
//! the viewer should look (`process.md` §3, "Urgency").

use jiff::SignedDuration;

use super::clocks::{Heading, is_stalled_conflict, not_converged};
use super::frame::Frame;
use super::releases::disagreements;
use super::shepherd::Shepherding;
use super::standing::Held;
use super::turn::conditional;
use super::{
    Clocks, Convergence, MyTurn, Reason, ReasonCode, ShepherdHow, SignOff, SignOffState, Sla, Urgency, Via, Waiting,
    Who,
};
use crate::domain::board::Freeze;
use crate::domain::facts::PullState;
use crate::domain::ids::{Login, SigName};
use crate::domain::prow::gate::GateState;

/// What the reasons are drawn from.
pub(super) struct Grounds<'r> {
    pub shepherding: &'r Shepherding,
    pub signoffs: &'r [(SigName, SignOff)],
    pub clocks: &'r Clocks,
    pub heading: &'r Heading,
    pub freeze: Option<&'r Freeze>,
}

/// All reasons, in the order of their codes. A converged proposal has none.
pub(super) fn reasons(frame: &Frame<'_>, grounds: &Grounds<'_>) -> Vec<Reason> {
    let mut list = Vec::new();
    if frame.pull.state == PullState::Open {
        shepherds(frame, grounds, &mut list);
        positions(frame, grounds, &mut list);
        movement(frame, grounds, &mut list);
    }
    if !frame.pull.truncated.is_empty() {
        let parts: Vec<String> = frame.pull.truncated.iter().map(|cut| format!("{} ({})", cut.part, cut.why)).collect();
        push(&mut list, ReasonCode::Incomplete, format!("not everything could be read: {}", parts.join(", ")), None);
    }
    list.sort_by_key(|reason| reason.code);
    list
}

/// Adds one that follows from the others, in its place.
pub(super) fn add(list: &mut Vec<Reason>, code: ReasonCode, message: String) {
    let place = list.partition_point(|other| other.code <= code);
    list.insert(place, Reason { code, message, event: None });
}

fn push(list: &mut Vec<Reason>, code: ReasonCode, message: String, event: Option<String>) {
    list.push(Reason { code, message, event });
}

fn shepherds(frame: &Frame<'_>, grounds: &Grounds<'_>, list: &mut Vec<Reason>) {
    if grounds.shepherding.shepherds.is_empty() {
        let whose = match frame.ground.sig() {
            Some(sig) => format!("nobody shepherds it for SIG {sig}; `/assign` names somebody"),
            None => "nobody shepherds it; `/assign` names somebody".to_owned(),
        };
        push(list, ReasonCode::NoShepherd, whose, None);
    }
    for (login, how, last) in &grounds.shepherding.lapsed {
        let did = match how {
            ShepherdHow::Volunteered => "volunteered as shepherd",
            ShepherdHow::Acting | ShepherdHow::Assigned | ShepherdHow::FrontMatter => "acted as shepherd",
        };
        let message = format!("{login} {did} and was last heard on {}", frame.day(*last));
        push(list, ReasonCode::ShepherdLapsed, message, None);
    }
    let sla = frame.context.profile.numbers.review_sla_days;
    let late = grounds.clocks.review_lag_days.filter(|_| grounds.clocks.review_sla == Some(Sla::Over));
    if let Some(lag) = late {
        push(list, ReasonCode::ReviewLag, format!("a review is owed for {lag} days; the SLA is {sla}"), None);
    }
}

fn positions(frame: &Frame<'_>, grounds: &Grounds<'_>, list: &mut Vec<Reason>) {
    for raised in frame.standing.vetoes(&frame.people) {
        let person = frame.people.get(raised.by);
        let how = match raised.via {
            Via::Review => "requested changes",
            Via::Comment => "vetoed",
            Via::Hold => "holds it against the proposal since",
        };
        let on = if raised.via == Via::Hold { "" } else { " on" };
        let mut message = format!("{} {how}{on} {}", person.name(), frame.day(raised.at));
        if !person.sigs.is_empty() {
            message = format!("{message} (SIG {})", Frame::sig_words(&person.sigs));
        }
        if !raised.reason.is_empty() {
            message = format!("{message}: {}", raised.reason);
        }
        push(list, ReasonCode::Vetoed, message, frame.timeline.link(raised.act));
    }
    if is_stalled_conflict(frame) {
        let days = frame.context.profile.numbers.stalled_conflict_days;
        let message = format!("a conflict in which neither side has spoken or pushed for {days} days");
        push(list, ReasonCode::StalledConflict, message, None);
    }
    for hold in frame.standing.plain_holds() {
        let holder = hold.by.map_or("somebody", |who| frame.people.get(who).name());
        let reason = if hold.reason.is_empty() { String::new() } else { format!(": {}", hold.reason) };
        let link = frame.timeline.link(hold.act);
        if conditional(frame, hold).is_some() {
            let message = format!("{holder} approved and holds it since {}{reason}", frame.day(hold.at));
            push(list, ReasonCode::ConditionalApproval, message, link.clone());
        }
        push(list, ReasonCode::Held, format!("{holder} holds it since {}{reason}", frame.day(hold.at)), link);
    }
    for hold in frame.standing.holds.iter().filter(|hold| is_lifted_by_other(frame, hold)) {
        let holder = hold.by.map_or("somebody", |who| frame.people.get(who).name());
        let lifted = hold.ended.map_or_else(String::new, |ended| {
            let lifter = ended.by.map_or("somebody", |who| frame.people.get(who).name());
            format!(" by {lifter} on {}", frame.day(ended.at))
        });
        let message = format!("{holder}'s hold of {} was lifted{lifted}", frame.day(hold.at));
        push(list, ReasonCode::HoldLiftedByOther, message, frame.timeline.link(hold.act));
    }
    for possible in frame.standing.possible() {
        let name = frame.people.get(possible.by).name();
        let message = format!("{name} wrote on {}: “{}”", frame.day(possible.at), possible.sentence);
        push(list, ReasonCode::PossibleObjection, message, frame.timeline.link(possible.act));
    }
    for (sig, signoff) in grounds.signoffs.iter().filter(|(_, signoff)| signoff.state == SignOffState::Stale) {
        let by = signoff.by.first().map_or("somebody", Login::as_str);
        let pushes = if signoff.pushes_since == 1 { "push" } else { "pushes" };
        let message = format!("{by} signed for {sig}, {} {pushes} ago", signoff.pushes_since);
        push(list, ReasonCode::SignOffStale, message, None);
    }
    for (who, given) in frame.dropped() {
        let push_act = frame.dropping_push(given).unwrap_or(0);
        let message = format!(
            "the push on {} dropped {}'s lgtm of {}",
            frame.day_of(push_act),
            frame.people.get(who).name(),
            frame.day(given.at)
        );
        push(list, ReasonCode::LgtmDropped, message, frame.timeline.link(given.act));
    }
}

fn movement(frame: &Frame<'_>, grounds: &Grounds<'_>, list: &mut Vec<Reason>) {
    let numbers = &frame.context.profile.numbers;
    let clocks = grounds.clocks;
    match grounds.heading.convergence {
        Convergence::Stalled => {
            let message = format!(
                "nobody has spoken or pushed for {} days; this turn is {} days old",
                clocks.idle_days, clocks.turn_days
            );
            push(list, ReasonCode::Stalled, message, None);
        }
        Convergence::Diverging => {
            push(list, ReasonCode::Diverging, grounds.heading.losses.join("; "), None);
        }
        Convergence::Converging => {
            push(list, ReasonCode::Converging, grounds.heading.gains.join("; "), None);
        }
        Convergence::Flat => {}
    }
    let freeze = grounds.freeze.map(|freeze| freeze.days);
    if let Some(message) = not_converged(frame, freeze) {
        push(list, ReasonCode::NotConverged, message, None);
    }
    if let Some(freeze) = grounds.freeze.filter(|freeze| (0..=numbers.freeze_near_days).contains(&freeze.days)) {
        let message = format!("it targets {}; the {} is on {}", freeze.release, freeze.what, freeze.at);
        push(list, ReasonCode::FreezeNear, message, None);
    }
    for found in disagreements(&frame.ground.release_sources) {
        let said: Vec<String> =
            found.said.iter().map(|(who, release)| format!("{} says {release}", who.word())).collect();
        push(list, ReasonCode::TargetsDisagree, format!("the target for {}: {}", found.stage, said.join(", ")), None);
    }
    let lifecycle = ["lifecycle/stale", "lifecycle/rotten"];
    let marked = frame.pull.labels.iter().any(|label| lifecycle.contains(&label.as_str()));
    let soon = SignedDuration::from_hours((numbers.rotten_days + numbers.close_days) * 24);
    if let Some(at) = clocks.bot_closes_at.filter(|at| marked || frame.clock.ask(|now| at.duration_since(now) <= soon))
    {
        let message = format!("Prow closes it on {} unless somebody says something", frame.day(at));
        push(list, ReasonCode::BotCloses, message, None);
    }
    if let Some(message) = merging_unsigned(frame, grounds.signoffs) {
        push(list, ReasonCode::MergingUnsigned, message, None);
    }
}

/// Tide would merge although sign-offs are missing: nothing in Prow enforces them.
pub(super) fn merging_unsigned(frame: &Frame<'_>, signoffs: &[(SigName, SignOff)]) -> Option<String> {
    let missing: Vec<SigName> = signoffs
        .iter()
        .filter(|(_, signoff)| signoff.state != SignOffState::Signed)
        .map(|(sig, _)| sig.clone())
        .collect();
    (frame.gate.state == GateState::InPool && !missing.is_empty())
        .then(|| format!("Tide would merge it without the sign-off of {}", Frame::sig_words(&missing)))
}

/// A hold of somebody with a say, lifted by somebody else, whom no later positive word of the holder agreed with.
fn is_lifted_by_other(frame: &Frame<'_>, hold: &Held) -> bool {
    let (Some(by), Some(ended)) = (hold.by, hold.ended) else { return false };
    ended.by.is_some_and(|lifter| lifter != by)
        && frame.people.get(by).has_say()
        && frame.standing.of(by).is_none_or(|position| position.positive().all(|given| given.at < ended.at))
}

/// How the proposal concerns the viewer.
pub(super) fn urgency(
    frame: &Frame<'_>,
    waiting: &[Waiting],
    shepherding: &Shepherding,
    lagging: bool,
    freeze: Option<&Freeze>,
) -> Urgency {
    let viewer = frame.context.viewer;
    let is_me = |login: &Login| viewer.login.as_ref() == Some(login);
    // The turn is the first entry, with the others whom the same rule names beside it.
    let turn: Vec<&Waiting> = match waiting.first() {
        Some(first) => waiting.iter().take_while(|entry| entry.rule == first.rule).collect(),
        None => Vec::new(),
    };
    let named = |entry: &&Waiting| match entry.who {
        Who::Person | Who::Author => viewer.login.as_ref().is_some_and(|login| login.is(&entry.name)),
        Who::Sig | Who::Automation => false,
    };
    let my_sig = |entry: &&Waiting| entry.who == Who::Sig && viewer.sigs.iter().any(|sig| sig.as_str() == entry.name);
    let my_turn = if turn.iter().any(named) {
        MyTurn::Me
    } else if turn.iter().any(my_sig) {
        MyTurn::MySig
    } else {
        MyTurn::No
    };
    let owning = frame.ground.owning_sigs(frame.context);
    let my_conflict = frame.standing.vetoes(&frame.people).any(|raised| {
        let person = frame.people.get(raised.by);
        person.login.is_some_and(is_me)
            || person.sigs.iter().any(|sig| viewer.sigs.contains(sig))
            || owning.iter().any(|sig| viewer.sigs.contains(sig))
            || frame.people.author_login().is_some_and(is_me)
            || shepherding.shepherds.iter().any(|shepherd| is_me(&shepherd.login))
    });
    let near = frame.context.profile.numbers.freeze_near_days;
    let open = frame.pull.state == PullState::Open;
    Urgency {
        my_turn,
        freeze_in_days: freeze.map(|freeze| freeze.days).filter(|days| open && (0..=near).contains(days)),
        lagging,
        my_conflict,
    }
}
