//! Who shepherds a proposal, and how we know (`process.md` §1). The first way that gives anybody counts.

use jiff::{SignedDuration, Timestamp};

use super::frame::Frame;
use super::kind::Ownership;
use super::people::{Person, PersonId};
use super::timeline::{Deed, Said};
use super::{Shepherd, ShepherdHow};
use crate::domain::ids::Login;

/// Shepherds, and who was one until they fell silent.
#[derive(Debug, Default)]
pub(super) struct Shepherding {
    pub shepherds: Vec<Shepherd>,
    /// Volunteered or acting once, with their last word.
    pub lapsed: Vec<(Login, ShepherdHow, Timestamp)>,
}

impl Shepherding {
    /// Looks for shepherds.
    pub fn read(frame: &Frame<'_>) -> Self {
        let mut found = Self::default();
        let give = |logins: Vec<Login>, how| -> Vec<Shepherd> {
            let named = logins.into_iter().map(|login| {
                let (since, event) = rests_on(frame, &login, how);
                Shepherd { login, how, since, event }
            });
            named.collect()
        };
        let assigned = assigned(frame);
        if !assigned.is_empty() {
            found.shepherds = give(assigned, ShepherdHow::Assigned);
            return found;
        }
        let named = front_matter(frame);
        if !named.is_empty() {
            found.shepherds = give(named, ShepherdHow::FrontMatter);
            return found;
        }
        let mut volunteers = found.awake(frame, volunteers(frame), ShepherdHow::Volunteered);
        if !volunteers.is_empty() {
            volunteers.sort_by_key(|login| frame.order_of(login));
            found.shepherds = give(volunteers, ShepherdHow::Volunteered);
            return found;
        }
        for tier in acting(frame) {
            let awake = found.awake(frame, tier, ShepherdHow::Acting);
            if !awake.is_empty() {
                found.shepherds = give(awake, ShepherdHow::Acting);
                break;
            }
        }
        found
    }

    /// Drops those who lapsed, and remembers them.
    fn awake(&mut self, frame: &Frame<'_>, people: Vec<(PersonId, Timestamp)>, how: ShepherdHow) -> Vec<Login> {
        let mut awake = Vec::new();
        for (who, last) in people {
            let login = frame.people.get(who).login_or_ghost();
            if has_lapsed(frame, last) {
                if !self.lapsed.iter().any(|(other, ..)| *other == login) {
                    self.lapsed.push((login, how, last));
                }
            } else {
                awake.push(login);
            }
        }
        awake
    }
}

/// The event by which somebody is known as shepherd: the assignment, the bare `/cc`, the newest word.
fn rests_on(frame: &Frame<'_>, login: &Login, how: ShepherdHow) -> (Option<Timestamp>, Option<String>) {
    let own = |who: PersonId| frame.people.get(who).login == Some(login);
    let act = match how {
        ShepherdHow::Assigned => {
            frame.timeline.acts.iter().rposition(|act| matches!(act.deed, Deed::Assigned(who) if who == login))
        }
        ShepherdHow::FrontMatter => None,
        ShepherdHow::Volunteered => {
            let asked = |said: &Said<'_>| said.commands.cc.iter().any(String::is_empty);
            frame.timeline.texts().rev().find(|(_, _, who, said)| own(*who) && asked(said)).map(|(index, ..)| index)
        }
        ShepherdHow::Acting => frame
            .people
            .find(login)
            .and_then(|who| frame.standing.of(who))
            .and_then(|position| position.last_word)
            .map(|word| word.act),
    };
    (act.map(|act| frame.timeline.at(act)), act.and_then(|act| frame.timeline.link(act)))
}

/// Assignees with standing, other than those whom Prow assigned because of their own lgtm.
fn assigned(frame: &Frame<'_>) -> Vec<Login> {
    let author = frame.people.author_login();
    let mut people: Vec<Login> = frame
        .pull
        .assignees
        .iter()
        .filter(|login| Some(*login) != author && frame.people.may_shepherd(login) && !is_by_product(frame, login))
        .cloned()
        .collect();
    people.sort_by(|left, right| frame.order_of(left).cmp(&frame.order_of(right)).then_with(|| left.cmp(right)));
    people.dedup();
    people
}

/// The robot's `assigned` event within a minute of that person's own lgtm, and no `/assign` naming them.
pub(super) fn is_by_product(frame: &Frame<'_>, login: &Login) -> bool {
    let newest = frame.timeline.acts.iter().rev().find(|act| matches!(act.deed, Deed::Assigned(who) if who == login));
    let Some(event) = newest.filter(|event| event.robot) else { return false };
    let minute = SignedDuration::from_secs(frame.context.profile.numbers.by_product_seconds);
    let mut own_lgtm = false;
    for (_, act, who, said) in frame.timeline.texts() {
        let own = frame.people.get(who).login == Some(login);
        let names = |list: &[String]| list.iter().any(|name| login.is(name) || (name.is_empty() && own));
        if names(&said.commands.assign) {
            return false;
        }
        let apart = act.at.duration_since(event.at).abs();
        own_lgtm |= own && apart <= minute && said.lgtm.is_some();
    }
    if let Some(Deed::Opened(commands)) = frame.timeline.act(0).map(|act| &act.deed)
        && commands.assign.iter().any(|name| login.is(name))
    {
        return false;
    }
    own_lgtm
}

fn front_matter(frame: &Frame<'_>) -> Vec<Login> {
    let author = frame.people.author_login();
    let mut people: Vec<Login> = Vec::new();
    for login in frame.ground.documents.iter().flat_map(|(_, document)| document.approvers.iter()) {
        if Some(login) != author && !people.contains(login) {
            people.push(login.clone());
        }
    }
    people
}

/// Those with standing who requested themselves with a bare `/cc`, and did not withdraw; with their last word, or the
/// `/cc` itself.
fn volunteers(frame: &Frame<'_>) -> Vec<(PersonId, Timestamp)> {
    let mut people: Vec<(PersonId, Timestamp)> = Vec::new();
    for (_, act, who, said) in frame.timeline.texts() {
        let person = frame.people.get(who);
        let bare = |list: &[String]| list.iter().any(String::is_empty);
        if bare(&said.commands.cc) && may_volunteer(person) {
            people.retain(|(other, _)| *other != who);
            people.push((who, act.at));
        }
        let own = |name: &String| name.is_empty() || person.login.is_some_and(|login| login.is(name));
        if said.commands.uncc.iter().any(own) {
            people.retain(|(other, _)| *other != who);
        }
    }
    for (who, at) in &mut people {
        *at = last_word(frame, *who).map_or(*at, |word| word.max(*at));
    }
    people.retain(|(who, _)| !frame.standing.objects(*who));
    people
}

fn may_volunteer(person: &Person<'_>) -> bool {
    !person.author && (person.owner || person.authority)
}

fn last_word(frame: &Frame<'_>, who: PersonId) -> Option<Timestamp> {
    frame.standing.of(who).and_then(|position| position.last_word).map(|word| word.at)
}

/// In this order: the representative of the owning SIG whose word is the newest; a holder of merge authority likewise; a
/// member of a sub-project alias of that SIG.
fn acting(frame: &Frame<'_>) -> [Vec<(PersonId, Timestamp)>; 3] {
    let owners: Vec<&Login> = frame
        .ground
        .owning_sigs(frame.context)
        .iter()
        .flat_map(|sig| frame.context.roster.subproject_members(sig))
        .collect();
    let newest = |fits: &dyn Fn(&Person<'_>) -> bool| {
        frame
            .people
            .iter()
            .filter(|(who, person)| !person.author && fits(person) && !frame.standing.objects(*who))
            .filter_map(|(who, _)| Some((who, last_word(frame, who)?)))
            .max_by_key(|(who, at)| (*at, std::cmp::Reverse(*who)))
            .into_iter()
            .collect::<Vec<_>>()
    };
    [
        newest(&|person| person.owner),
        newest(&|person| person.authority),
        newest(&|person| person.login.is_some_and(|login| owners.contains(&login))),
    ]
}

/// 60 days after the last word, but not while a young act of the author is newer than that word and than every word of
/// the owning SIG's representatives.
pub(super) fn has_lapsed(frame: &Frame<'_>, last: Timestamp) -> bool {
    let numbers = &frame.context.profile.numbers;
    let days = |days: i64| SignedDuration::from_hours(days * 24);
    if !frame.clock.is_over(last, days(numbers.shepherd_lapse_days)) {
        return false;
    }
    let act = frame.timeline.at(frame.newest_author_act());
    let owners_spoke = match frame.ground.ownership {
        Ownership::Nobody => None,
        Ownership::One(_) | Ownership::Several(_) | Ownership::Shared(_) => frame
            .people
            .iter()
            .filter(|(_, person)| person.owner && !person.author)
            .filter_map(|(who, _)| last_word(frame, who))
            .max(),
    };
    let waits = act > last
        && owners_spoke.is_none_or(|spoke| act > spoke)
        && !frame.clock.is_reached(act, days(numbers.shepherd_wait_days));
    !waits
}
