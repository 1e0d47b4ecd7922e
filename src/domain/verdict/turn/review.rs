//! Rules 7 and 8: who owes a review, and since when (`process.md` §3).

use jiff::SignedDuration;

use super::super::debts::Debts;
use super::super::frame::Frame;
use super::super::kind::Ownership;
use super::super::shepherd::Shepherding;
use super::super::timeline::{Deed, Said, Sort};
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

impl Asked {
    /// The person is one of them.
    fn names(&self, login: &Login) -> bool {
        match self {
            Self::Shepherds(list) => list.iter().any(|shepherd| shepherd.login == *login),
            Self::Dropped(list) => list.iter().any(|(other, _)| other == login),
            Self::Authority(list) => list.contains(login),
            Self::Sigs(_) => false,
        }
    }
}

impl Owed {
    /// The owning SIG, or what stands in for it, is named: the stage is `needs-shepherd`.
    pub fn needs_shepherd(&self) -> bool {
        match &self.asked_whom {
            Asked::Sigs(sigs) => !sigs.is_empty(),
            Asked::Authority(people) => !people.is_empty(),
            Asked::Shepherds(_) | Asked::Dropped(_) => false,
        }
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
        event: event(frame, debts, asked, &asked_whom),
        asked: asked.is_some(),
        asked_whom,
        engaged,
    }
}

/// The author's comment after a positive word that names somebody or asks, where nobody else has spoken after it.
fn reopened_by(frame: &Frame<'_>, positive: usize) -> Option<usize> {
    let (index, ..) =
        frame.timeline.texts().rev().take_while(|(index, ..)| *index > positive).find(|(_, _, _, said)| {
            said.sort == Sort::Authors && !is_thanks(said) && (said.question || names_somebody(frame, &said.named))
        })?;
    (!frame.somebody_spoke_after(index, |_| true)).then_some(index)
}

fn names_somebody(frame: &Frame<'_>, named: &[Login]) -> bool {
    named.iter().any(|login| is_addressee(frame, login))
}

/// A human other than the author.
fn is_addressee(frame: &Frame<'_>, login: &Login) -> bool {
    frame.people.author_login() != Some(login) && !frame.context.profile.is_robot_login(login)
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

/// At most three, newest first: whom the author's newest words name, and whose remark of the last 30 days the author has
/// answered since. Whoever agreed on the head has nothing left to review, unless the author has since turned to them
/// again by more than thanks.
fn engaged(frame: &Frame<'_>, first: &Asked) -> Vec<Login> {
    let numbers = &frame.context.profile.numbers;
    let mut found: Vec<(usize, Login)> = Vec::new();
    let mut newest_words = frame.timeline.texts().rev().filter(|(_, _, _, said)| said.sort == Sort::Authors).peekable();
    // Replies that were submitted together are one utterance.
    let newest_at = newest_words.peek().map(|(_, act, ..)| act.at);
    for (index, _, _, said) in newest_words.take_while(|(_, act, ..)| Some(act.at) == newest_at) {
        let agreed = |login: &Login| frame.people.find(login).and_then(|who| frame.on_head(who));
        let fits = |login: &&Login| agreed(login).is_none_or(|given| given.act < index && !is_thanks(said));
        found.extend(said.named.iter().filter(fits).map(|login| (index, login.clone())));
    }
    let window = SignedDuration::from_hours(numbers.engaged_days * 24);
    let recent = frame
        .timeline
        .texts()
        .rev()
        .take_while(|(_, act, _, _)| !frame.clock.is_over(act.at, window))
        .filter(|(_, _, _, said)| matches!(said.sort, Sort::Remark { asks: true, .. }));
    for (index, _, who, said) in recent {
        if is_answered(frame, index, said.thread()) && frame.on_head(who).is_none() {
            found.push((index, frame.people.get(who).login_or_ghost()));
        }
    }
    found.sort_by_key(|(index, _)| std::cmp::Reverse(*index));
    let mut people: Vec<Login> = Vec::new();
    for (_, login) in found {
        if !first.names(&login) && is_addressee(frame, &login) && !people.contains(&login) {
            people.push(login);
        }
    }
    people.truncate(numbers.engaged_most);
    people
}

/// Thanks and nothing else.
fn is_thanks(said: &Said<'_>) -> bool {
    !said.question && said.praise
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
/// or the push that took that word off the head: whichever came last, for each of them begins what is owed now. Positive
/// words count where they settled the review until something took it away (of those who count as owners), or where they
/// were the named people's own.
fn event(frame: &Frame<'_>, debts: &Debts, asked: Option<usize>, whom: &Asked) -> usize {
    let opened = frame.opened();
    let answered = debts.handed_back.map_or(opened, |act| act.max(opened));
    let newest = frame
        .people
        .iter()
        .filter(|(who, person)| frame.people.counts_as_owner(*who) || whom.names(&person.login_or_ghost()))
        .filter_map(|(who, _)| frame.standing.of(who))
        .flat_map(|position| position.positive().collect::<Vec<_>>())
        .max_by_key(|given| given.act);
    let began = newest.and_then(|given| match frame.is_current(given) {
        true => asked.and_then(|_| frame.author_act_after(given.at)),
        false => frame.dropping_push(given),
    });
    began.map_or(answered, |began| began.max(answered))
}

impl Owed {
    /// The entries of rule 7, or of rule 8 where it asks the same people, with the event since which they hold.
    pub(super) fn entries(&self, turn: &Turn<'_, '_>, rule: Rule, event: usize) -> Vec<Waiting> {
        let frame = turn.frame;
        let did = match frame.timeline.act(event).map(|act| &act.deed) {
            Some(Deed::Unlabeled(label)) => format!("the label {label} came off on {}", frame.day_of(event)),
            _ => frame.author_did(event),
        };
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
            // The review is done, and only the label is missing.
            Asked::Sigs(sigs) if rule == Rule::Lgtm && !self.applies => {
                for sig in sigs {
                    let why = format!("{did}; the lgtm label is missing, and whoever represents {sig} can give it");
                    list.push(turn.sig_entry(rule, sig, why, event));
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
            Asked::Authority(people) if rule == Rule::Lgtm && !self.applies => {
                for login in people {
                    let why = format!("{did}; the lgtm label is missing, and {login} can give it");
                    list.push(turn.person_entry(rule, login, why, event));
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
