//! Rules 4 and 11: approvals with a hold in one breath, and plain holds (`process.md` §3).

use jiff::Timestamp;

use super::super::frame::Frame;
use super::super::people::GHOST;
use super::super::standing::{Given, Held};
use super::super::timeline::{Channel, Sort};
use super::super::{Rule, Waiting, Who};
use super::Turn;
use crate::domain::ids::Login;

/// Waiting reasons that the author settles.
const AUTHORS_REASONS: [&str; 4] = ["rebase", "nit", "nits", "ci"];

/// An approve or lgtm, and a hold, by the same person in one breath, as long as that approve or lgtm stands.
#[derive(Debug)]
pub(in super::super) struct Conditional<'f> {
    pub hold: &'f Held,
    /// The positive word.
    pub given: Given,
    /// When both had been said.
    pub at: Timestamp,
    /// The act that completed it.
    pub act: usize,
}

/// The hold as a conditional approval, where it is one.
pub(in super::super) fn conditional<'f>(frame: &Frame<'_>, hold: &'f Held) -> Option<Conditional<'f>> {
    let who = hold.by?;
    if frame.people.get(who).author {
        return None;
    }
    let position = frame.standing.of(who)?;
    let approve = hold.with_approve.filter(|_| position.approve.is_some());
    let lgtm = hold.with_lgtm.filter(|_| position.lgtm.is_some_and(|given| frame.is_current(given)));
    let given = approve.or(lgtm)?;
    let act = given.act.max(hold.act);
    Some(Conditional { hold, given, at: given.at.max(hold.at), act })
}

impl Turn<'_, '_> {
    /// 4: a conditional approval newer than every unanswered asking remark.
    pub(super) fn condition(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        for hold in frame.standing.plain_holds() {
            let Some(found) = conditional(frame, hold) else { continue };
            if self.debts.open.iter().any(|remark| frame.timeline.at(*remark) > found.at) {
                continue;
            }
            let holder = hold.by.map_or_else(|| GHOST.to_owned(), |who| frame.people.get(who).name().to_owned());
            let said = format!("{holder} approved on {} and holds it", frame.day(found.at));
            let said = match hold.reason.as_str() {
                "" => said,
                reason => format!("{said}: “{}”", super::super::words::excerpt(reason, 90)),
            };
            let (named, mut asked) = self.parts(&found);
            if !named.is_empty() {
                for (login, at) in &named {
                    list.push(self.person_entry(Rule::Condition, login, said.clone(), found.act.max(*at)));
                }
                continue;
            }
            let authors_reason = hold
                .waits
                .iter()
                .any(|reason| AUTHORS_REASONS.iter().any(|authors| reason.eq_ignore_ascii_case(authors)));
            if authors_reason {
                asked.push(hold.act);
            }
            // The author, while no act of theirs came after a remark that is part of it, or after such a reason.
            let unanswered = |asked: &usize| frame.author_act_after(frame.timeline.at(*asked)).is_none();
            let newest = asked.iter().copied().max();
            match newest.map(|newest| frame.author_act_after(frame.timeline.at(newest))) {
                Some(None) => {
                    let first = asked.iter().copied().filter(unanswered).min().unwrap_or(found.act);
                    list.push(self.author_entry(
                        Rule::Condition,
                        format!("{said}; the author has not acted since"),
                        found.act.max(first),
                    ));
                }
                Some(Some(act)) => {
                    let why = format!("{said}; {}", frame.author_did(act));
                    list.push(self.holder_entry(Rule::Condition, hold, why, found.act.max(act)));
                }
                None => list.push(self.holder_entry(Rule::Condition, hold, said, found.act)),
            }
        }
    }

    /// Whom a conditional approval names, each with the text that names them first, and the remarks that are part of it.
    fn parts(&self, found: &Conditional<'_>) -> (Vec<(Login, usize)>, Vec<usize>) {
        let frame = self.frame;
        let Some(holder) = found.hold.by else { return (Vec::new(), Vec::new()) };
        let mut named: Vec<(Login, usize)> = Vec::new();
        let mut remarks = Vec::new();
        for (index, _, who, said) in frame.timeline.texts() {
            let carrier = index == found.given.act || index == found.hold.act;
            let part = said.sort == Sort::PartOf(found.given.act) && who == holder;
            if !carrier && !part {
                continue;
            }
            let holder_login = frame.people.get(holder).login;
            for login in &said.named {
                let robot = frame.context.profile.is_robot_login(login);
                if Some(login) != holder_login && !robot && !named.iter().any(|(other, _)| other == login) {
                    named.push((login.clone(), index));
                }
            }
            let inline = matches!(said.channel, Channel::Thread { .. });
            let praise = !inline && !said.question && said.praise;
            if part && !carrier && !said.empty && !praise {
                remarks.push(index);
            }
        }
        named.sort_by_key(|(login, _)| frame.order_of(login));
        (named, remarks)
    }

    /// 11: a hold that is no objection → whom it names, else its holder.
    pub(super) fn hold(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        for hold in frame.standing.plain_holds() {
            let holder = hold.by.map_or_else(|| "somebody".to_owned(), |who| frame.people.get(who).name().to_owned());
            let day = frame.day(hold.at);
            let why = match hold.reason.as_str() {
                "" => format!("{holder} holds it since {day} and gave no reason"),
                reason => format!("{holder} holds it since {day}: “{}”", super::super::words::excerpt(reason, 90)),
            };
            let own = hold.by.and_then(|who| frame.people.get(who).login);
            let mut named: Vec<&Login> = hold
                .names
                .iter()
                .filter(|login| Some(*login) != own && !frame.context.profile.is_robot_login(login))
                .collect();
            if named.is_empty() {
                list.push(self.holder_entry(Rule::Hold, hold, why, hold.act));
                continue;
            }
            named.sort_by_key(|login| frame.order_of(login));
            for login in named {
                list.push(self.person_entry(Rule::Hold, login, why.clone(), hold.act));
            }
        }
    }

    /// An entry for whoever holds it; a hold that a robot set waits for automation.
    fn holder_entry(&self, rule: Rule, hold: &Held, why: String, event: usize) -> Waiting {
        let frame = self.frame;
        match hold.by {
            Some(who) if frame.people.get(who).author => self.author_entry(rule, why, event),
            Some(who) => self.person_entry(rule, &frame.people.get(who).login_or_ghost(), why, event),
            None if frame.timeline.act(hold.act).is_some_and(|act| act.robot) => {
                self.automation_entry(rule, why, event, frame.timeline.at(event))
            }
            None => Waiting {
                rule,
                who: Who::Person,
                name: GHOST.to_owned(),
                why,
                since: frame.timeline.at(event),
                event: frame.timeline.link(event),
            },
        }
    }
}
