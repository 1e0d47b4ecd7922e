//! The reasoning behind a verdict, for somebody who doubts it: what everybody said that counts and at which head, why
//! each rule of the turn applies or does not, how the shepherd was looked for, what the clocks run from. It is worked out
//! only where somebody asks for one proposal; a board of a thousand does not pay for it.

use jiff::Timestamp;
use serde::Serialize;

use super::clocks::{self, Heading};
use super::debts::Debts;
use super::frame::Frame;
use super::people::PersonId;
use super::shepherd::Shepherding;
use super::timeline::Deed;
use super::turn::Owed;
use super::{Rule, ShepherdHow, SignOff, Waiting};
use crate::domain::facts::PullState;
use crate::domain::ids::{Login, SigName};

mod positions;
mod rules;
mod shepherds;

pub use positions::{Position, Spoken, Stand, Utterance};

/// The whole reasoning.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// Where everybody stands whose word counts, the newest word first.
    pub positions: Vec<Position>,
    /// The twelve rules, in their order; none for a converged proposal.
    pub rules: Vec<RuleAnswer>,
    /// The ways to a shepherd, in their order, until one of them gave somebody.
    pub shepherding: Vec<ShepherdStep>,
    /// What the clocks run from.
    pub clocks: Vec<ClockBasis>,
    /// What was gained in the window of convergence.
    pub gains: Vec<String>,
    /// What was lost in it.
    pub losses: Vec<String>,
}

/// A rule of the turn, and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleAnswer {
    /// Which rule.
    pub rule: Rule,
    /// It named somebody.
    pub applies: bool,
    /// Whom and why, or why nobody.
    pub why: String,
    /// The event that it rests on.
    pub event: Option<Evidence>,
}

/// One way to a shepherd.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShepherdStep {
    /// Which way.
    pub how: ShepherdHow,
    /// It gave the shepherds.
    pub found: bool,
    /// Whom it looked at, and what kept them out.
    pub why: String,
}

/// What a clock runs from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockBasis {
    /// `age`, `idle`, `turn` or `review-lag`.
    pub clock: &'static str,
    /// The event.
    pub event: Evidence,
}

/// An event: who did what, when, and where to read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// When.
    pub at: Timestamp,
    /// Who; none for robots and deleted accounts.
    pub by: Option<Login>,
    /// What, in a word or two.
    pub what: &'static str,
    /// Its link; pushes and some events have none.
    pub url: Option<String>,
}

/// What the explanation is drawn from.
pub(super) struct Grounds<'r> {
    pub debts: &'r Debts,
    pub owed: &'r Owed,
    pub shepherding: &'r Shepherding,
    pub signoffs: &'r [(SigName, SignOff)],
    pub waiting: &'r [Waiting],
    pub heading: &'r Heading,
}

/// Works it out.
pub(super) fn explanation(frame: &Frame<'_>, grounds: &Grounds<'_>) -> Explanation {
    let open = frame.pull.state == PullState::Open;
    Explanation {
        positions: positions::positions(frame),
        rules: if open { rules::rules(frame, grounds) } else { Vec::new() },
        shepherding: if open { shepherds::steps(frame, grounds.shepherding) } else { Vec::new() },
        clocks: clock_bases(frame, grounds),
        gains: grounds.heading.gains.clone(),
        losses: grounds.heading.losses.clone(),
    }
}

fn clock_bases(frame: &Frame<'_>, grounds: &Grounds<'_>) -> Vec<ClockBasis> {
    let mut list = vec![
        ClockBasis { clock: "age", event: evidence(frame, frame.opened()) },
        ClockBasis { clock: "idle", event: evidence(frame, clocks::newest_human(frame)) },
    ];
    if let Some(first) = grounds.waiting.first() {
        let act = frame.timeline.acts.iter().position(|act| act.at == first.since && act.url == first.event.as_deref());
        let event = act.map_or_else(
            || Evidence { at: first.since, by: None, what: "changed on GitHub", url: first.event.clone() },
            |act| evidence(frame, act),
        );
        list.push(ClockBasis { clock: "turn", event });
    }
    if clocks::is_review_owed(frame, grounds.owed, grounds.waiting) {
        list.push(ClockBasis { clock: "review-lag", event: evidence(frame, grounds.owed.event) });
    }
    list
}

/// An act as evidence.
fn evidence(frame: &Frame<'_>, index: usize) -> Evidence {
    let act = frame.timeline.act(index);
    Evidence {
        at: frame.timeline.at(index),
        by: act.and_then(|act| act.who).and_then(|who| frame.people.get(who).login).cloned(),
        what: act.map_or("happened", |act| what(&act.deed)),
        url: frame.timeline.link(index),
    }
}

fn what(deed: &Deed<'_>) -> &'static str {
    use super::timeline::Channel;
    match deed {
        Deed::Opened(_) => "opened it",
        Deed::Ready => "marked it ready",
        Deed::Drafted => "made it a draft",
        Deed::Retitled { .. } => "changed the title",
        Deed::Closed => "closed it",
        Deed::Reopened => "reopened it",
        Deed::Merged => "merged it",
        Deed::Pushed(push) if push.forced => "force-pushed",
        Deed::Pushed(_) => "pushed",
        Deed::Said(said) => match said.channel {
            Channel::Conversation => "commented",
            Channel::Review { .. } => "reviewed",
            Channel::Thread { .. } => "wrote in a thread",
        },
        Deed::Dismissed { .. } => "dismissed a review",
        Deed::Labeled(_) => "set a label",
        Deed::Unlabeled(_) => "took a label off",
        Deed::Assigned(_) => "assigned somebody",
        Deed::Unassigned(_) => "unassigned somebody",
        Deed::Requested(_) => "asked for a review",
        Deed::Unrequested(_) => "took a review request back",
    }
}

/// `SIG storage`, `SIGs storage, network`, `merge authority`, or nothing: what gives somebody a say.
fn standing_of(frame: &Frame<'_>, who: PersonId) -> String {
    let person = frame.people.get(who);
    let mut words = Vec::new();
    if !person.sigs.is_empty() {
        words.push(format!("SIG {}", Frame::sig_words(&person.sigs)));
    }
    if person.authority {
        words.push("merge authority".to_owned());
    }
    words.join(", ")
}
