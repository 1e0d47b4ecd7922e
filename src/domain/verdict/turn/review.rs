//! Rules 7 and 8: who owes a review, and since when (`process.md` §3).

use jiff::SignedDuration;

use super::super::debts::Debts;
use super::super::frame::Frame;
use super::super::kind::Ownership;
use super::super::shepherd::Shepherding;
use super::super::timeline::{Deed, Sort, is_robot_login};
use super::super::{Rule, Shepherd, ShepherdHow, Waiting};
use super::Turn;
use crate::domain::ids::{Login, SigName};

/// What rule 7 comes to. Rule 8 asks the same people where nobody's lgtm was dropped.
#[derive(Debug)]
pub(in super::super) struct Owed {
    /// Rule 7 applies.
    pub applies: bool,
    /// The event since which a review is owed.
    pub event: usize,
    /// The author asked after the newest positive word, and nobody else has spoken since.
    asked: bool,
    asked_whom: Asked,
    engaged: Vec<Login>,
}

/// Whom the rule names first.
#[derive(Debug)]
enum Asked {
    /// Shepherds without a positive word on the head.
    Shepherds(Vec<Shepherd>),
    /// People whose lgtm a push has dropped, with that push.
    Dropped(Vec<(Login, usize)>),
    /// SIGs that must give it a shepherd.
    Sigs(Vec<SigName>),
    /// Merge authority, where no SIG owns it.
    Authority(Vec<Login>),
}

impl Owed {
    /// The owning SIG, or what stands in for it, is named: the stage is `needs-shepherd`.
    pub fn needs_shepherd(&self) -> bool {
        matches!(self.asked_whom, Asked::Sigs(_) | Asked::Authority(_))
    }
}

/// Works out rule 7.
pub(in super::super) fn owed(frame: &Frame<'_>, debts: &Debts, shepherding: &Shepherding) -> Owed {
    // The newest positive word on the head of somebody who counts as an owner.
    let settled = frame
        .people
        .iter()
        .filter(|(who, _)| frame.people.counts_as_owner(*who))
        .filter_map(|(who, _)| frame.on_head(who))
        .max_by_key(|given| given.act);
    let asked = settled.and_then(|given| reopened_by(frame, given.act));
    let asked_whom = asked_whom(frame, shepherding);
    let engaged = engaged(frame, &asked_whom);
    Owed {
        applies: settled.is_none() || asked.is_some(),
        event: event(frame, debts, asked),
        asked: asked.is_some(),
        asked_whom,
        engaged,
    }
}

/// The author's comment after a positive word that names somebody or asks, where nobody else has spoken after it.
fn reopened_by(frame: &Frame<'_>, positive: usize) -> Option<usize> {
    let words = &frame.context.profile.words;
    let (index, ..) =
        frame.timeline.texts().rev().take_while(|(index, ..)| *index > positive).find(|(_, _, _, said)| {
            let thanks = !said.question && said.prose.is_praise(&words.praise, words.praise_most);
            said.sort == Sort::Authors && !thanks && (said.question || names_somebody(frame, &said.named))
        })?;
    (!frame.somebody_spoke_after(index, |_| true)).then_some(index)
}

fn names_somebody(frame: &Frame<'_>, named: &[Login]) -> bool {
    named.iter().any(|login| is_addressee(frame, login))
}

/// A human other than the author.
fn is_addressee(frame: &Frame<'_>, login: &Login) -> bool {
    frame.people.author_login() != Some(login) && !is_robot_login(login, frame.context.profile)
}

fn asked_whom(frame: &Frame<'_>, shepherding: &Shepherding) -> Asked {
    let open: Vec<Shepherd> =
        shepherding.shepherds.iter().filter(|shepherd| !frame.login_on_head(&shepherd.login)).cloned().collect();
    if !open.is_empty() {
        return Asked::Shepherds(open);
    }
    let mut dropped: Vec<(Login, usize)> = frame
        .dropped()
        .into_iter()
        .filter_map(|(who, given)| Some((frame.people.get(who).login_or_ghost(), frame.dropping_push(given)?)))
        .collect();
    if !dropped.is_empty() {
        dropped.sort_by(|left, right| {
            frame.order_of(&left.0).cmp(&frame.order_of(&right.0)).then_with(|| left.0.cmp(&right.0))
        });
        return Asked::Dropped(dropped);
    }
    match &frame.ground.ownership {
        Ownership::One(sig) => Asked::Sigs(vec![sig.clone()]),
        Ownership::Several(_) => Asked::Sigs(frame.ground.owning_sigs(frame.context)),
        Ownership::Shared(_) => Asked::Sigs(frame.context.profile.sigs.sign_off.clone()),
        Ownership::Nobody => Asked::Authority(
            frame.authority().into_iter().filter(|login| !frame.login_on_head(login)).cloned().collect(),
        ),
    }
}

/// At most three, newest first: whom the author's newest words name and who has not spoken since, and whose remark of
/// the last 30 days the author has answered since.
fn engaged(frame: &Frame<'_>, first: &Asked) -> Vec<Login> {
    let numbers = &frame.context.profile.numbers;
    let listed = |login: &Login| match first {
        Asked::Shepherds(list) => list.iter().any(|shepherd| shepherd.login == *login),
        Asked::Dropped(list) => list.iter().any(|(other, _)| other == login),
        Asked::Authority(list) => list.contains(login),
        Asked::Sigs(_) => false,
    };
    let mut people: Vec<Login> = Vec::new();
    let mut add = |login: &Login| {
        if !listed(login) && !people.contains(login) && is_addressee(frame, login) && !frame.login_on_head(login) {
            people.push(login.clone());
        }
    };
    let newest_words = frame.timeline.texts().rev().find(|(_, _, _, said)| said.sort == Sort::Authors);
    if let Some((index, _, _, said)) = newest_words {
        for login in &said.named {
            let spoke =
                frame.people.find(login).is_some_and(|who| frame.somebody_spoke_after(index, |other| other == who));
            if !spoke {
                add(login);
            }
        }
    }
    let window = SignedDuration::from_hours(numbers.engaged_days * 24);
    let recent = frame
        .timeline
        .texts()
        .rev()
        .take_while(|(_, act, _, _)| frame.context.now.duration_since(act.at) <= window)
        .filter(|(_, _, _, said)| matches!(said.sort, Sort::Remark { asks: true, .. }));
    for (index, _, who, said) in recent {
        if is_answered(frame, index, said.thread()) {
            add(&frame.people.get(who).login_or_ghost());
        }
    }
    people.truncate(numbers.engaged_most);
    people
}

/// The author answered a remark: in its thread, or by anything that answers everything before it.
fn is_answered(frame: &Frame<'_>, remark: usize, thread: Option<usize>) -> bool {
    (remark + 1..frame.timeline.acts.len()).any(|later| {
        frame.timeline.is_authors(later)
            && match frame.timeline.act(later).map(|act| &act.deed) {
                Some(Deed::Said(said)) => said.thread().is_none() || said.thread() == thread,
                _ => true,
            }
    })
}

/// The author's act (or the opening) that answered the last asking remark, or the first after the newest positive word,
/// or the push that took that word off the head: whichever came last, for each of them begins what is owed now.
fn event(frame: &Frame<'_>, debts: &Debts, asked: Option<usize>) -> usize {
    let opened = frame.opened();
    let mut event = debts.handed_back.map_or(opened, |act| act.max(opened));
    // Positive words of those who count: what they said settled the review until something took it away.
    let newest = frame
        .people
        .iter()
        .filter(|(who, _)| frame.people.counts_as_owner(*who))
        .filter_map(|(who, _)| frame.standing.of(who))
        .flat_map(|position| position.positive().collect::<Vec<_>>())
        .max_by_key(|given| given.act);
    if let Some(given) = newest.filter(|given| given.act > event) {
        let began = if frame.is_current(given) {
            asked.and_then(|_| frame.author_act_after(given.at))
        } else {
            frame.dropping_push(given)
        };
        event = began.unwrap_or(event);
    } else if let Some(given) = newest.filter(|given| !frame.is_current(*given)) {
        // The word came before the last hand-over; the push that dropped it may have come after it.
        event = frame.dropping_push(given).map_or(event, |push| push.max(event));
    }
    event
}

impl Owed {
    /// The entries of rule 7, or of rule 8 where it asks the same people.
    pub(super) fn entries(&self, turn: &Turn<'_, '_>, rule: Rule) -> Vec<Waiting> {
        let frame = turn.frame;
        let did = frame.author_did(self.event);
        let event = self.event;
        let spoke = |fits: &dyn Fn(&Login) -> bool| {
            frame.somebody_spoke_after(event, |who| frame.people.get(who).login.is_some_and(fits))
        };
        let mut list = Vec::new();
        match &self.asked_whom {
            Asked::Shepherds(shepherds) => {
                for Shepherd { login, how, .. } in shepherds {
                    let role = match how {
                        ShepherdHow::Assigned => "assigned",
                        ShepherdHow::FrontMatter => "named in the document",
                        ShepherdHow::Volunteered => "volunteered",
                        ShepherdHow::Acting => "acting shepherd",
                    };
                    let answer =
                        if spoke(&|who| who == login) { "has not signed off yet" } else { "has not answered since" };
                    let why = format!("{did}; {login} ({role}) {answer}");
                    list.push(turn.person_entry(rule, login, why, event));
                }
            }
            Asked::Dropped(dropped) => {
                for (login, push) in dropped {
                    let why = format!("the push on {} dropped {login}'s lgtm", frame.day_of(*push));
                    list.push(turn.person_entry(rule, login, why, event));
                }
            }
            Asked::Sigs(sigs) => {
                for sig in sigs {
                    let people = frame.context.roster.representatives(sig);
                    let answer =
                        if spoke(&|who| people.contains(who)) { "has signed off" } else { "has answered since" };
                    let shepherd = if turn.shepherding.shepherds.is_empty() { "needs a shepherd: " } else { "" };
                    let asked = if self.asked { " and asks" } else { "" };
                    let why = format!("{shepherd}{did}{asked}; nobody who represents {sig} {answer}{}", lapsed(turn));
                    list.push(turn.sig_entry(rule, sig, why, event));
                }
            }
            Asked::Authority(people) => {
                for login in people {
                    let answer = if spoke(&|who| who == login) { "has signed off" } else { "has answered since" };
                    let why = format!("{did}; nobody with merge authority {answer}{}", lapsed(turn));
                    list.push(turn.person_entry(rule, login, why, event));
                }
            }
        }
        for login in &self.engaged {
            let why = format!("{did}; {login} takes part in the review");
            list.push(turn.person_entry(rule, login, why, event));
        }
        list
    }
}

/// Whoever shepherded it until they fell silent stays named.
fn lapsed(turn: &Turn<'_, '_>) -> String {
    let names: Vec<String> = turn
        .shepherding
        .lapsed
        .iter()
        .map(|(login, _, last)| format!("{login} was last heard on {}", turn.frame.day(*last)))
        .collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}
