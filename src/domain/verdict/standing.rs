//! Positions over time: what everybody said last that counts, which objections and holds stand, and when and by whom
//! the others ended (`process.md` §3, "Objection", "Hold"). One walk over the timeline.

use jiff::{SignedDuration, Timestamp};

use super::Via;
use super::people::{People, PersonId};
use super::sorting::PROW_ANSWERS;
use super::timeline::{Channel, Deed, Give, Said, Sort, Timeline};
use super::words::{self, Opening};
use crate::domain::facts::{PullFacts, ReviewState};
use crate::domain::ids::{Login, NodeId};
use crate::domain::profile::Profile;
use crate::domain::prow::command::HoldCommand;

/// The label that `/hold` sets.
pub(super) const HOLD: &str = "do-not-merge/hold";

/// A positive word that was not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub act: usize,
    pub at: Timestamp,
}

/// What one person's words come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Position {
    pub lgtm: Option<Given>,
    pub approve: Option<Given>,
    /// An APPROVED state that is no lgtm under this profile.
    pub approved: Option<Given>,
    /// Their newest word.
    pub last_word: Option<Given>,
}

impl Position {
    /// Their standing positive words.
    pub fn positive(&self) -> impl Iterator<Item = Given> {
        [self.lgtm, self.approve, self.approved].into_iter().flatten()
    }

    fn clear(&mut self) {
        (self.lgtm, self.approve, self.approved) = (None, None, None);
    }
}

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub at: Timestamp,
    /// None where nobody knows.
    pub by: Option<PersonId>,
}

/// An objection, standing or ended.
#[derive(Clone, Debug)]
pub(super) struct Raised<'a> {
    pub by: PersonId,
    pub act: usize,
    pub at: Timestamp,
    pub via: Via,
    pub reason: String,
    /// The review, for CHANGES_REQUESTED.
    review: Option<&'a NodeId>,
    with_hold: bool,
    pub ended: Option<Ended>,
}

/// A `/hold`, standing or ended.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// None where the label was set by a robot or by somebody unknown.
    pub by: Option<PersonId>,
    pub act: usize,
    pub at: Timestamp,
    pub reason: String,
    /// People whom its text names.
    pub names: Vec<Login>,
    /// The waiting reasons that it gives.
    pub waits: Vec<String>,
    /// The objection that it came with, by its index.
    pub raised: Option<usize>,
    /// Came in one breath with the same person's lgtm.
    pub with_lgtm: Option<Given>,
    /// … with the same person's approval.
    pub with_approve: Option<Given>,
    pub ended: Option<Ended>,
}

/// A text that may be an objection.
#[derive(Clone, Debug)]
pub(super) struct Possible {
    pub by: PersonId,
    pub act: usize,
    pub at: Timestamp,
    pub sentence: String,
    stands: bool,
}

/// Where everybody stands.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    positions: Vec<Position>,
    pub raised: Vec<Raised<'a>>,
    pub holds: Vec<Held>,
    possible: Vec<Possible>,
}

/// What a text turned out to be once its speaker's history was known.
enum Heard {
    Contested,
    EndedOwnObjection,
    Nothing,
}

impl<'a> Standing<'a> {
    /// Walks the timeline. Contested holds are marked in it as objections, texts that end one as asking nothing.
    pub fn read(timeline: &mut Timeline<'a>, people: &People<'a>, pull: &'a PullFacts, profile: &Profile) -> Self {
        let mut standing = Self {
            positions: vec![Position::default(); people.len()],
            raised: Vec::new(),
            holds: Vec::new(),
            possible: Vec::new(),
        };
        let mut marks: Vec<(usize, Heard)> = Vec::new();
        for (index, act) in timeline.acts.iter().enumerate() {
            match &act.deed {
                Deed::Opened(commands) if commands.hold == Some(HoldCommand::Add) => {
                    let now = Given { act: index, at: act.at };
                    standing.holds.push(held(Some(people.author()), now, &pull.body, None, profile));
                }
                Deed::Said(said) => {
                    let Some(who) = act.who else { continue };
                    let now = Given { act: index, at: act.at };
                    let heard = standing.hear(now, who, said, people, profile);
                    marks.push((index, heard));
                }
                // Prow's own event answers a command that was heard already; a hold that came after that command is
                // younger than the event by a moment.
                Deed::Unlabeled(HOLD) => {
                    let (robot, at) = (act.robot, act.at);
                    standing.lift(at, act.who, |held| !robot || at.duration_since(held) > PROW_ANSWERS);
                }
                Deed::Dismissed { review: Some(review), was } => {
                    standing.dismiss(review, *was, Ended { at: act.at, by: act.who }, timeline);
                }
                _ => {}
            }
        }
        standing.believe_the_label(timeline, pull);
        for (index, heard) in marks {
            match heard {
                Heard::Contested => timeline.contest(index),
                Heard::EndedOwnObjection => timeline.silence(index),
                Heard::Nothing => {}
            }
        }
        standing
    }

    fn hear(&mut self, now: Given, who: PersonId, said: &Said<'a>, people: &People<'a>, profile: &Profile) -> Heard {
        let breath = SignedDuration::from_mins(profile.numbers.same_breath_minutes);
        let person = people.get(who);
        let positive = said.is_positive() && !person.author;
        self.take_position(now, who, said, profile);
        let mut heard = Heard::Nothing;
        if positive {
            for possible in self.possible.iter_mut().filter(|possible| possible.by == who) {
                possible.stands = false;
            }
            for hold in self.holds.iter_mut().filter(|hold| hold.by == Some(who) && hold.ended.is_none()) {
                if now.at.duration_since(hold.at) <= breath {
                    hold.with_lgtm = (said.lgtm == Some(Give::Given)).then_some(now).or(hold.with_lgtm);
                    hold.with_approve = (said.approve == Some(Give::Given)).then_some(now).or(hold.with_approve);
                }
            }
        }
        if (positive || said.opening == Opening::VetoLifted) && self.end_own(who, now.at, |_| true) {
            heard = Heard::EndedOwnObjection;
        }
        if said.commands.hold == Some(HoldCommand::Remove) {
            if self.end_own(who, now.at, |raised| raised.with_hold) {
                heard = Heard::EndedOwnObjection;
            }
            self.lift(now.at, Some(who), |_| true);
        }
        let holds = said.commands.hold == Some(HoldCommand::Add);
        let position = self.positions.get(who).cloned().unwrap_or_default();
        let in_breath = |given: Option<Given>| given.filter(|given| now.at.duration_since(given.at) <= breath);
        let hold = holds.then(|| {
            let mut hold = held(Some(who), now, said.body, Some(&words::Prose::read(said.body)), profile);
            hold.with_lgtm = in_breath(position.lgtm);
            hold.with_approve = in_breath(position.approve);
            hold
        });
        let via = if person.author || positive {
            None
        } else if said.requests_changes() {
            Some(Via::Review)
        } else if said.opening == Opening::Veto {
            Some(Via::Comment)
        } else if person.has_say() && hold.as_ref().is_some_and(|hold| is_contested(hold, said)) {
            heard = Heard::Contested;
            Some(Via::Hold)
        } else {
            None
        };
        let raised = via.map(|via| {
            if let Some(position) = self.positions.get_mut(who) {
                position.clear();
            }
            let review = match said.channel {
                Channel::Review { id, .. } => Some(id),
                Channel::Conversation | Channel::Thread { .. } => None,
            };
            let reason = objection_reason(said);
            let Given { act, at } = now;
            self.raised.push(Raised { by: who, act, at, via, reason, review, with_hold: holds, ended: None });
            self.raised.len() - 1
        });
        if let Some(mut hold) = hold {
            if raised.is_some() {
                (hold.raised, hold.with_lgtm, hold.with_approve) = (raised, None, None);
            }
            self.holds.push(hold);
        }
        if raised.is_none() && !positive {
            self.suspect(now, who, said, people, profile);
        }
        heard
    }

    /// Lgtm, approval and the newest word of the speaker.
    fn take_position(&mut self, now: Given, who: PersonId, said: &Said<'_>, profile: &Profile) {
        let Some(position) = self.positions.get_mut(who) else { return };
        if said.sort != Sort::NoWord {
            position.last_word = Some(now);
        }
        let settle = |slot: &mut Option<Given>, give: Option<Give>| match give {
            Some(Give::Given) => *slot = Some(now),
            Some(Give::TakenBack) => *slot = None,
            None => {}
        };
        settle(&mut position.lgtm, said.lgtm);
        settle(&mut position.approve, said.approve);
        if said.is_approved() && !profile.prow.review_acts_as_lgtm {
            position.approved = Some(now);
        } else if said.requests_changes() {
            position.approved = None;
        }
    }

    /// A possible objection: a word of somebody with a say that holds an objection word.
    fn suspect(&mut self, now: Given, who: PersonId, said: &Said<'_>, people: &People<'_>, profile: &Profile) {
        let person = people.get(who);
        if person.author
            || !person.has_say()
            || said.opening != Opening::Other
            || matches!(said.sort, Sort::NoWord | Sort::PartOf(_))
        {
            return;
        }
        if let Some(sentence) = said.objection(said.body, &profile.words) {
            let sentence = sentence.to_owned();
            self.possible.push(Possible { by: who, act: now.act, at: now.at, sentence, stands: true });
        }
    }

    /// Ends a person's own standing objections; true where one ended.
    fn end_own(&mut self, who: PersonId, at: Timestamp, which: impl Fn(&Raised<'a>) -> bool) -> bool {
        let mut ended = false;
        for raised in &mut self.raised {
            if raised.by == who && raised.ended.is_none() && which(raised) {
                raised.ended = Some(Ended { at, by: Some(who) });
                ended = true;
            }
        }
        ended
    }

    /// The label comes off: every hold ends, and with it objections that were nothing but a hold.
    fn lift(&mut self, at: Timestamp, by: Option<PersonId>, which: impl Fn(Timestamp) -> bool) {
        for hold in &mut self.holds {
            if hold.ended.is_some() || hold.at > at || !which(hold.at) {
                continue;
            }
            hold.ended = Some(Ended { at, by });
            if let Some(raised) = hold.raised.and_then(|index| self.raised.get_mut(index))
                && raised.via == Via::Hold
                && raised.ended.is_none()
            {
                raised.ended = Some(Ended { at, by });
            }
        }
    }

    /// A dismissal ends the change request; an approval it takes back only where its own giver dismissed it, because
    /// Prow does not look at dismissals (`specs/prow.md` §3).
    fn dismiss(&mut self, review: &NodeId, was: ReviewState, ended: Ended, timeline: &Timeline<'a>) {
        match was {
            ReviewState::ChangesRequested => {
                for raised in &mut self.raised {
                    if raised.ended.is_none() && raised.review == Some(review) {
                        raised.ended = Some(ended);
                    }
                }
            }
            ReviewState::Approved => {
                let Some(position) = ended.by.and_then(|by| self.positions.get_mut(by)) else { return };
                let of_review = |given: &Given| {
                    timeline
                        .act(given.act)
                        .and_then(|act| act.said())
                        .is_some_and(|said| matches!(said.channel, Channel::Review { id, .. } if id == review))
                };
                position.lgtm = position.lgtm.filter(|given| !of_review(given));
                position.approved = position.approved.filter(|given| !of_review(given));
            }
            ReviewState::Commented | ReviewState::Dismissed => {}
        }
    }

    /// Labels decide, texts only predict them (`specs/prow.md` §9): a hold whose label is gone has been lifted by
    /// somebody whom the timeline does not name, and a label without any text is still a hold.
    fn believe_the_label(&mut self, timeline: &Timeline<'a>, pull: &PullFacts) {
        let labeled = pull.labels.iter().any(|label| label == HOLD);
        if !labeled {
            let fresh = pull.fetched_at;
            self.lift(fresh, None, |held| fresh.duration_since(held) > PROW_ANSWERS);
        } else if !self.holds.iter().any(|hold| hold.ended.is_none()) {
            let newest =
                timeline.acts.iter().enumerate().rev().find(|(_, act)| matches!(act.deed, Deed::Labeled(HOLD)));
            let (act, at, by) = newest.map_or((0, pull.created_at, None), |(index, act)| (index, act.at, act.who));
            self.holds.push(Held {
                by,
                act,
                at,
                reason: String::new(),
                names: Vec::new(),
                waits: Vec::new(),
                raised: None,
                with_lgtm: None,
                with_approve: None,
                ended: None,
            });
        }
    }

    /// Somebody's position.
    pub fn of(&self, who: PersonId) -> Option<&Position> {
        self.positions.get(who)
    }

    /// All positions, with whose they are.
    pub fn positions(&self) -> impl Iterator<Item = (PersonId, &Position)> {
        self.positions.iter().enumerate()
    }

    /// Standing objections, oldest first.
    pub fn objections(&self) -> impl Iterator<Item = &Raised<'a>> {
        self.raised.iter().filter(|raised| raised.ended.is_none())
    }

    /// Standing vetoes: objections of somebody with a say.
    pub fn vetoes<'s>(&'s self, people: &'s People<'a>) -> impl Iterator<Item = &'s Raised<'a>> {
        self.objections().filter(|raised| people.get(raised.by).has_say())
    }

    /// Standing holds that are no objection.
    pub fn plain_holds(&self) -> impl Iterator<Item = &Held> {
        self.holds.iter().filter(|hold| {
            hold.ended.is_none()
                && hold.raised.and_then(|index| self.raised.get(index)).is_none_or(|raised| raised.ended.is_some())
        })
    }

    /// Texts that may be objections, and that no positive word of their speaker has answered.
    pub fn possible(&self) -> impl Iterator<Item = &Possible> {
        self.possible.iter().filter(|possible| possible.stands)
    }

    /// Their standing word is an objection or a possible one.
    pub fn objects(&self, who: PersonId) -> bool {
        self.objections().any(|raised| raised.by == who) || self.possible().any(|possible| possible.by == who)
    }
}

/// A `/hold` by somebody with a say in a text that says something, carries no lgtm or approve of that person, and
/// gives no reason to wait.
fn is_contested(hold: &Held, said: &Said<'_>) -> bool {
    !said.empty
        && hold.with_lgtm.is_none()
        && hold.with_approve.is_none()
        && hold.waits.is_empty()
        && said.opening == Opening::Other
}

/// A hold with what its text says of it. Without `prose` it stands in the description, which is the proposal itself,
/// and no reason for the hold in it.
fn held(by: Option<PersonId>, now: Given, body: &str, prose: Option<&words::Prose>, profile: &Profile) -> Held {
    let argument = words::hold_argument(body).unwrap_or("");
    let mut waits: Vec<String> = Vec::new();
    let of_prose = prose.map(|prose| prose.waiting_reasons(&profile.words.waiting)).unwrap_or_default();
    for reason in words::waiting_reasons(argument, &profile.words.waiting).into_iter().chain(of_prose) {
        if !waits.iter().any(|known| known == reason) {
            waits.push(reason.to_owned());
        }
    }
    let mut names = words::named(argument);
    for name in prose.map(words::Prose::named).unwrap_or_default() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let reason = match (argument.is_empty(), prose) {
        (false, _) => words::excerpt(argument, 280),
        (true, None) => String::new(),
        (true, Some(prose)) => words::excerpt(&prose.text, 280),
    };
    Held {
        by,
        act: now.act,
        at: now.at,
        reason,
        names,
        waits,
        raised: None,
        with_lgtm: None,
        with_approve: None,
        ended: None,
    }
}

/// What an objection says, without its opening word and its commands.
fn objection_reason(said: &Said<'_>) -> String {
    match said.opening {
        Opening::Veto => words::veto_reason(said.body),
        Opening::VetoLifted | Opening::Other => words::excerpt(&words::Prose::read(said.body).text, 280),
    }
}
