//! Positions over time: for every person what they said that counts, at which head, and what it comes to today.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::Via;
use super::super::frame::Frame;
use super::super::people::PersonId;
use super::super::signoff::head_at;
use super::super::standing::Given;
use super::super::timeline::{Give, Said, Sort};
use super::super::words::Opening;
use crate::domain::ids::{Login, Sha, SigName};
use crate::domain::prow::command::HoldCommand;

/// Where somebody stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Who; `ghost` for a deleted account.
    pub login: Login,
    /// SIGs that they represent.
    pub sigs: Vec<SigName>,
    /// OWNERS give them power over a changed file.
    pub merge_authority: bool,
    /// They opened it.
    pub author: bool,
    /// What their words come to.
    pub stands: Stand,
    /// The newest of the words that make them stand there.
    pub at: Timestamp,
    /// The head at which they said it.
    pub head: Option<Sha>,
    /// It was said on the present head.
    pub current: bool,
    /// Pushes since.
    pub pushes_since: usize,
    /// Its link.
    pub event: Option<String>,
    /// Everything of theirs that counts, oldest first.
    pub history: Vec<Spoken>,
}

/// What somebody's words come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// A positive word on the head.
    Agrees,
    /// A positive word that pushes came after.
    AgreedBefore,
    /// A standing objection or veto.
    Against,
    /// A text that may be an objection.
    PerhapsAgainst,
    /// They took everything back, or lifted what they had raised.
    TookBack,
    /// They spoke, and neither agreed nor objected.
    Remarked,
}

/// One thing that somebody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spoken {
    /// What, in the order in which one text has it.
    pub what: Vec<Utterance>,
    /// When.
    pub at: Timestamp,
    /// At which head.
    pub head: Option<Sha>,
    /// Its link.
    pub event: Option<String>,
}

/// What counts in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Utterance {
    /// An effective lgtm, by command or by an approving review.
    Lgtm,
    /// An effective approve.
    Approve,
    /// An approving review that is no lgtm here.
    Approved,
    /// Its lgtm taken back.
    CancelLgtm,
    /// Its approval taken back.
    CancelApprove,
    /// A review that requests changes.
    ChangesRequested,
    /// A veto in words.
    Veto,
    /// A hold that objects.
    ContestedHold,
    /// A hold.
    Hold,
    /// A hold lifted.
    LiftHold,
    /// `Veto lifted`.
    VetoLifted,
    /// Words that may object.
    PossibleObjection,
}

impl Utterance {
    /// The words on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Lgtm => "lgtm",
            Self::Approve => "approve",
            Self::Approved => "approving review",
            Self::CancelLgtm => "lgtm taken back",
            Self::CancelApprove => "approval taken back",
            Self::ChangesRequested => "changes requested",
            Self::Veto => "veto",
            Self::ContestedHold => "hold that objects",
            Self::Hold => "hold",
            Self::LiftHold => "hold lifted",
            Self::VetoLifted => "veto lifted",
            Self::PossibleObjection => "perhaps an objection",
        }
    }
}

/// Everybody who said something that counts, and everybody with a say who spoke; the newest word first.
pub(super) fn positions(frame: &Frame<'_>) -> Vec<Position> {
    let mut list: Vec<(Timestamp, Position)> =
        frame.people.iter().filter_map(|(who, _)| position(frame, who)).collect();
    list.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.login.cmp(&right.1.login)));
    list.into_iter().map(|(_, position)| position).collect()
}

fn position(frame: &Frame<'_>, who: PersonId) -> Option<(Timestamp, Position)> {
    let person = frame.people.get(who);
    let mut history = Vec::new();
    let mut newest = None;
    for (index, act, other, said) in frame.timeline.texts() {
        if other != who {
            continue;
        }
        let what = utterances(frame, index, who, said);
        if !what.is_empty() {
            let given = Given { act: index, at: act.at };
            newest = Some(given);
            history.push(Spoken { what, at: act.at, head: head_at(frame, given), event: frame.timeline.link(index) });
        }
    }
    let remark = frame.standing.of(who).and_then(|position| position.last_word);
    // The author's own words are the other side of every position, not one of them.
    if history.is_empty() && (person.author || !person.has_say() || remark.is_none()) {
        return None;
    }
    let (stands, given) = stands(frame, who, newest, remark)?;
    let position = Position {
        login: person.login_or_ghost(),
        sigs: person.sigs.clone(),
        merge_authority: person.authority,
        author: person.author,
        stands,
        at: given.at,
        head: head_at(frame, given),
        current: frame.is_current(given),
        pushes_since: frame.pushes_since(given.at),
        event: frame.timeline.link(given.act),
        history,
    };
    Some((remark.map_or(given.at, |remark| remark.at.max(given.at)), position))
}

fn stands(frame: &Frame<'_>, who: PersonId, newest: Option<Given>, remark: Option<Given>) -> Option<(Stand, Given)> {
    let against = frame.standing.objections().filter(|raised| raised.by == who).max_by_key(|raised| raised.act);
    if let Some(raised) = against {
        return Some((Stand::Against, Given { act: raised.act, at: raised.at }));
    }
    if let Some(given) = frame.on_head(who) {
        return Some((Stand::Agrees, given));
    }
    let positive = frame.standing.of(who).and_then(|position| position.positive().max_by_key(|given| given.at));
    if let Some(given) = positive {
        return Some((Stand::AgreedBefore, given));
    }
    if let Some(possible) = frame.standing.possible().find(|possible| possible.by == who) {
        return Some((Stand::PerhapsAgainst, Given { act: possible.act, at: possible.at }));
    }
    let withdrew = newest.filter(|given| {
        let said = frame.timeline.act(given.act).and_then(|act| act.said());
        said.is_some_and(|said| {
            said.lgtm == Some(Give::TakenBack)
                || said.approve == Some(Give::TakenBack)
                || said.opening == Opening::VetoLifted
                || said.commands.hold == Some(HoldCommand::Remove)
        })
    });
    match (withdrew, remark, newest) {
        (Some(given), _, _) => Some((Stand::TookBack, given)),
        (None, Some(given), _) | (None, None, Some(given)) => Some((Stand::Remarked, given)),
        (None, None, None) => None,
    }
}

fn utterances(frame: &Frame<'_>, index: usize, who: PersonId, said: &Said<'_>) -> Vec<Utterance> {
    let author = frame.people.get(who).author;
    let mut what = Vec::new();
    let mut add = |holds: bool, utterance: Utterance| {
        if holds {
            what.push(utterance);
        }
    };
    let changes = said.requests_changes() && !author;
    let raised = frame.standing.raised.iter().find(|raised| raised.act == index);
    add(changes, Utterance::ChangesRequested);
    add(raised.is_some_and(|raised| raised.via == Via::Comment), Utterance::Veto);
    add(raised.is_some_and(|raised| raised.via == Via::Hold), Utterance::ContestedHold);
    add(said.lgtm == Some(Give::Given), Utterance::Lgtm);
    add(said.lgtm == Some(Give::TakenBack) && !changes, Utterance::CancelLgtm);
    add(said.lgtm.is_none() && said.is_approved() && !author, Utterance::Approved);
    add(said.approve == Some(Give::Given), Utterance::Approve);
    add(said.approve == Some(Give::TakenBack), Utterance::CancelApprove);
    add(said.opening == Opening::VetoLifted && !author, Utterance::VetoLifted);
    let contested = raised.is_some_and(|raised| raised.via == Via::Hold);
    add(said.commands.hold == Some(HoldCommand::Add) && !contested, Utterance::Hold);
    add(said.commands.hold == Some(HoldCommand::Remove), Utterance::LiftHold);
    let possible = frame.standing.possible().any(|possible| possible.act == index);
    add(possible && said.sort != Sort::NoWord, Utterance::PossibleObjection);
    what
}
