//! Whom a proposal waits for: the twelve rules, in their order (`process.md` §3). Every rule that applies adds its
//! entries; the first entry is the turn.

use jiff::Timestamp;

use super::debts::Debts;
use super::frame::Frame;
use super::people::PersonId;
use super::shepherd::Shepherding;
use super::timeline::Deed;
use super::{Rule, SignOff, Waiting, Who};
use crate::domain::ids::{Login, SigName};

mod gate_rules;
mod hold_rules;
mod review;

pub(super) use gate_rules::failing_checks;
pub(super) use hold_rules::conditional;
pub(super) use review::{Owed, owed};

/// What the rules look at besides the frame.
#[derive(Debug)]
pub(super) struct Turn<'f, 'a> {
    pub frame: &'f Frame<'a>,
    pub debts: &'f Debts,
    pub shepherding: &'f Shepherding,
    pub signoffs: &'f [(SigName, SignOff)],
    /// What rule 7 comes to, whether it applies or not.
    pub owed: &'f Owed,
}

impl Turn<'_, '_> {
    /// All entries, in the order of the rules.
    pub fn waiting_on(&self) -> Vec<Waiting> {
        let mut list = Vec::new();
        self.draft(&mut list);
        self.fix(&mut list);
        self.objection(&mut list);
        self.condition(&mut list);
        self.bots(&mut list);
        self.answer(&mut list);
        if self.owed.applies {
            list.extend(self.owed.entries(self, Rule::Review, self.owed.event));
        }
        self.lgtm(&mut list);
        self.approval(&mut list);
        self.sign_off(&mut list);
        self.hold(&mut list);
        self.checks(&mut list);
        // Who is named twice by one rule (two holds of one person) is waited for since the earlier event.
        let mut once: Vec<Waiting> = Vec::with_capacity(list.len());
        for mut entry in list {
            entry.since = self.frame.clock.past(entry.since);
            match once.iter_mut().find(|seen| (seen.rule, seen.who, &seen.name) == (entry.rule, entry.who, &entry.name))
            {
                Some(seen) if entry.since < seen.since => *seen = entry,
                Some(_) => {}
                None => once.push(entry),
            }
        }
        once
    }

    /// 3: a standing veto → the author if no author's act came since it, else the person who vetoed.
    fn objection(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        // One person may have raised several; the newest decides, the run began with the first that nobody answered.
        let mut vetoers: Vec<PersonId> = Vec::new();
        for raised in frame.standing.vetoes(&frame.people) {
            if !vetoers.contains(&raised.by) {
                vetoers.push(raised.by);
            }
        }
        let mut unanswered: Vec<(usize, Timestamp, PersonId)> = Vec::new();
        let mut answered: Vec<(usize, PersonId, Timestamp)> = Vec::new();
        for who in vetoers {
            let own: Vec<_> = frame.standing.vetoes(&frame.people).filter(|raised| raised.by == who).collect();
            let Some(newest) = own.iter().max_by_key(|raised| raised.act) else { continue };
            match frame.author_act_after(newest.at) {
                Some(act) => answered.push((act, who, newest.at)),
                None => {
                    let first = own.iter().find(|raised| frame.author_act_after(raised.at).is_none());
                    let first = first.unwrap_or(newest);
                    unanswered.push((first.act, first.at, who));
                }
            }
        }
        unanswered.sort_by_key(|(act, ..)| *act);
        if let Some((act, at, first)) = unanswered.first().copied() {
            let mut names: Vec<&str> = unanswered.iter().map(|(_, _, who)| frame.people.get(*who).name()).collect();
            names.dedup();
            let what = frame.day(at);
            let why = match names.as_slice() {
                [_] => {
                    format!("{} vetoed on {what}; the author has not answered since", frame.people.get(first).name())
                }
                _ => format!("{} stand against it since {what}; the author has not answered", names.join(" and ")),
            };
            list.push(self.author_entry(Rule::Objection, why, act));
        }
        answered.sort_by_key(|(act, ..)| *act);
        for (act, who, raised_at) in answered {
            let person = frame.people.get(who);
            let why = format!("{} since {}'s veto of {}", frame.author_did(act), person.name(), frame.day(raised_at));
            list.push(self.person_entry(Rule::Objection, &person.login_or_ghost(), why, act));
        }
    }

    /// 6: an asking remark newer than the author's newest act and than the newest positive word of somebody with a say.
    fn answer(&self, list: &mut Vec<Waiting>) {
        let (Some(first), frame) = (self.debts.since, self.frame) else { return };
        let mut askers: Vec<String> = Vec::new();
        for remark in &self.debts.open {
            let Some(act) = frame.timeline.act(*remark) else { continue };
            let name = frame.name_of(act);
            if !askers.contains(&name) {
                askers.push(name);
            }
        }
        let newest = self.debts.open.last().copied().unwrap_or(first);
        let asked = match askers.as_slice() {
            [one] => one.clone(),
            [one, other] => format!("{one} and {other}"),
            [one, rest @ ..] => format!("{one} and {} others", rest.len()),
            [] => "somebody".to_owned(),
        };
        let why = match self.debts.open.len() {
            1 => format!("{asked} asked on {}; the author has not answered since", frame.day_of(newest)),
            many => format!(
                "{asked} left {many} remarks, the newest on {}; the author has not answered them",
                frame.day_of(newest)
            ),
        };
        list.push(self.author_entry(Rule::Answer, why, first));
    }

    /// 8: the lgtm label is missing.
    fn lgtm(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        if frame.pull.labels.iter().any(|label| label == "lgtm") {
            return;
        }
        let mut lost: Vec<(PersonId, usize, String)> = frame
            .lost_lgtms()
            .into_iter()
            .filter_map(|(who, given)| {
                let push = frame.dropping_push(given)?;
                let name = frame.people.get(who).name();
                Some((who, push, format!("the push on {} dropped {name}'s lgtm", frame.day_of(push))))
            })
            .collect();
        for (who, position) in frame.standing.positions() {
            let Some(lgtm) = position.lgtm.filter(|given| frame.is_current(*given)) else { continue };
            let taken = frame.timeline.texts().find(|(index, _, other, said)| {
                *index > lgtm.act && *other != who && said.lgtm == Some(super::timeline::Give::TakenBack)
            });
            if let (Some((index, act, _, _)), false) = (taken, frame.people.get(who).author) {
                let why = format!(
                    "{}'s change request of {} dropped {}'s lgtm",
                    frame.name_of(act),
                    frame.day_of(index),
                    frame.people.get(who).name()
                );
                lost.push((who, index, why));
            }
        }
        if lost.is_empty() {
            list.extend(self.owed.entries(self, Rule::Lgtm, self.lgtm_missing_since()));
            return;
        }
        lost.sort_by_key(|(who, act, _)| {
            (frame.people.get(*who).login.map_or((usize::MAX, 0, 0), |login| frame.order_of(login)), *act, *who)
        });
        for (who, act, why) in lost {
            list.push(self.person_entry(Rule::Lgtm, &frame.people.get(who).login_or_ghost(), why, act));
        }
    }

    /// Since when the label is missing: where a review is owed as well, since that is.
    fn lgtm_missing_since(&self) -> usize {
        if self.owed.applies {
            return self.owed.event;
        }
        let came_off = self.frame.timeline.acts.iter().rposition(|act| matches!(act.deed, Deed::Unlabeled("lgtm")));
        came_off.unwrap_or(0).max(self.frame.opened())
    }

    /// An entry for the author.
    fn author_entry(&self, rule: Rule, why: String, event: usize) -> Waiting {
        let (since, link) = (self.frame.timeline.at(event), self.frame.timeline.link(event));
        Waiting { rule, who: Who::Author, name: self.frame.author_name(), why, since, event: link }
    }

    /// An entry for a person; the author where it is them.
    fn person_entry(&self, rule: Rule, login: &Login, why: String, event: usize) -> Waiting {
        if self.frame.people.author_login() == Some(login) {
            return self.author_entry(rule, why, event);
        }
        let (since, link) = (self.frame.timeline.at(event), self.frame.timeline.link(event));
        Waiting { rule, who: Who::Person, name: login.as_str().to_owned(), why, since, event: link }
    }

    fn sig_entry(&self, rule: Rule, sig: &SigName, why: String, event: usize) -> Waiting {
        let (since, link) = (self.frame.timeline.at(event), self.frame.timeline.link(event));
        Waiting { rule, who: Who::Sig, name: sig.as_str().to_owned(), why, since, event: link }
    }

    fn automation_entry(&self, rule: Rule, why: String, event: usize, since: Timestamp) -> Waiting {
        let link = self.frame.timeline.link(event).filter(|_| self.frame.timeline.at(event) == since);
        Waiting { rule, who: Who::Automation, name: "automation".to_owned(), why, since, event: link }
    }
}
