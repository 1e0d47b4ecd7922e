//! What the texts of a timeline are: what they do to lgtm and approval where Prow obeys, and whether they are words of
//! the author, positive words, parts of one, pings or remarks that ask (`process.md` §3, "Words").

use jiff::{SignedDuration, Timestamp};

use super::people::People;
use super::timeline::{Act, Channel, Deed, Give, Sort, Timeline};
use super::words::Opening;
use crate::domain::facts::ReviewState;
use crate::domain::profile::Profile;
use crate::domain::prow::command::{ApproveCommand, LgtmCommand};

/// Prow sets the label within seconds; this long after a text, a label event is its answer.
pub(super) const PROW_ANSWERS: SignedDuration = SignedDuration::from_mins(2);

impl<'a> Timeline<'a> {
    /// What each text does to lgtm and approval, where Prow obeys it.
    pub(super) fn settle_effects(&mut self, people: &People<'a>, profile: &Profile) {
        let rules = &profile.prow;
        let mut labeled: Vec<Timestamp> = Vec::new();
        let mut unlabeled: Vec<Timestamp> = Vec::new();
        for act in self.acts.iter().filter(|act| act.robot) {
            match act.deed {
                Deed::Labeled("lgtm") => labeled.push(act.at),
                Deed::Unlabeled("lgtm") => unlabeled.push(act.at),
                _ => {}
            }
        }
        for act in &mut self.acts {
            let (at, Some(who)) = (act.at, act.who) else { continue };
            let Deed::Said(said) = &mut act.deed else { continue };
            let person = people.get(who);
            // Prow refuses the author's lgtm, and a stranger's lgtm or cancel; private members look like strangers, so
            // OWNERS, the aliases and the label event that followed are heard as well.
            let answered = |events: &[Timestamp]| {
                events.iter().any(|event| *event >= at && event.duration_since(at) <= PROW_ANSWERS)
            };
            let known = person.collaborator || person.has_say() || person.reviewer;
            let obeyed = !person.author && (known || answered(&labeled));
            let cancels = person.author || known || answered(&unlabeled);
            let state = match said.channel {
                Channel::Review { state, .. } => Some(state),
                Channel::Conversation | Channel::Thread { .. } => None,
            };
            said.lgtm = match (said.commands.lgtm, state) {
                (Some(LgtmCommand::Add), _) => obeyed.then_some(Give::Given),
                (Some(LgtmCommand::Remove), _) => cancels.then_some(Give::TakenBack),
                (None, Some(ReviewState::Approved)) if rules.review_acts_as_lgtm => obeyed.then_some(Give::Given),
                (None, Some(ReviewState::ChangesRequested)) => Some(Give::TakenBack),
                (None, _) => None,
            };
            let approve = match (said.commands.approve, said.commands.lgtm, state) {
                (Some(ApproveCommand::Approve | ApproveCommand::NoIssue), _, _) => Some(Give::Given),
                (Some(ApproveCommand::Cancel), _, _) => Some(Give::TakenBack),
                (None, Some(LgtmCommand::Add), _) if rules.lgtm_acts_as_approve => Some(Give::Given),
                (None, _, Some(ReviewState::Approved)) if !rules.ignore_review_state => Some(Give::Given),
                (None, _, Some(ReviewState::ChangesRequested)) if !rules.ignore_review_state => Some(Give::TakenBack),
                (None, _, _) => None,
            };
            said.approve = approve.filter(|_| person.authority);
        }
    }

    /// Tells words apart: whose, positive, part of a positive one, pings, remarks and whether they ask.
    pub(super) fn sort_words(&mut self, people: &People<'a>, profile: &Profile) {
        let breath = SignedDuration::from_mins(profile.numbers.same_breath_minutes);
        let mut newest_positive: Vec<Option<(usize, Timestamp)>> = vec![None; people.len()];
        let mut requested: Vec<&str> = Vec::new();
        for index in 0..self.acts.len() {
            let Some(act) = self.acts.get(index) else { continue };
            match act.deed {
                Deed::Requested(name) => requested.push(name),
                Deed::Unrequested(name) => requested.retain(|other| !other.eq_ignore_ascii_case(name)),
                _ => {}
            }
            let (Some(who), Some(said)) = (act.who, act.said()) else { continue };
            let person = people.get(who);
            let positive = said.is_positive();
            let objects = !person.author && !positive && (said.requests_changes() || said.opening == Opening::Veto);
            let withdraws = said.lgtm == Some(Give::TakenBack) || said.approve == Some(Give::TakenBack);
            let is_word = !said.empty || positive || objects || (withdraws && !person.author);
            let earlier = newest_positive.get(who).copied().flatten();
            let sort = if !is_word {
                Sort::NoWord
            } else if person.author || (person.pushed && !positive && !objects) {
                Sort::Authors
            } else if positive {
                Sort::Positive
            } else if objects {
                Sort::Remark { asks: true, objects: true }
            } else if let Some((of, _)) = earlier.filter(|(_, at)| !withdraws && act.at.duration_since(*at) <= breath) {
                Sort::PartOf(of)
            } else {
                let names_author = people.author_login().is_some_and(|author| said.named.contains(author));
                let thread = said.thread().is_some();
                let names_others = said.named.iter().any(|name| Some(name) != person.login);
                if said.channel == Channel::Conversation && names_others && !names_author {
                    Sort::Ping
                } else {
                    let standing = person.has_say()
                        || person.reviewer
                        || person.login.is_some_and(|login| {
                            requested.iter().any(|name| login.is(name)) || people.is_requested_unseen(login)
                        });
                    let quiet = !said.question && !thread && !names_author;
                    let praise = quiet && said.praise;
                    let ends = said.opening == Opening::VetoLifted;
                    let asks = !ends && !praise && (thread || said.question || names_author || standing);
                    Sort::Remark { asks, objects: false }
                }
            };
            if sort == Sort::Positive {
                let at = act.at;
                if let Some(slot) = newest_positive.get_mut(who) {
                    *slot = Some((index, at));
                }
            }
            if let Some(Act { deed: Deed::Said(said), .. }) = self.acts.get_mut(index) {
                said.sort = sort;
            }
        }
    }

    /// Marks a text as asking nothing: it ended its speaker's objection.
    pub fn silence(&mut self, index: usize) {
        if let Some(Act { deed: Deed::Said(said), .. }) = self.acts.get_mut(index)
            && let Sort::Remark { objects: false, .. } = said.sort
        {
            said.sort = Sort::Remark { asks: false, objects: false };
        }
    }

    /// Marks a text as an objection: a contested hold is one only in the light of what its speaker said before.
    pub fn contest(&mut self, index: usize) {
        if let Some(Act { deed: Deed::Said(said), .. }) = self.acts.get_mut(index) {
            said.sort = Sort::Remark { asks: true, objects: true };
        }
    }
}
