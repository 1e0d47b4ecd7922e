//! One pull request under derivation: everything that the rules look at, in one place, with the small questions that
//! many of them ask.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::clock::Clock;
use super::context::Context;
use super::kind::Ground;
use super::people::{People, PersonId};
use super::reading::Reading;
use super::standing::{Given, Position, Standing};
use super::timeline::{Act, Deed, Push, Timeline};
use crate::domain::facts::PullFacts;
use crate::domain::ids::{Login, SigName};
use crate::domain::prow::approve::Approval;
use crate::domain::prow::gate::Gate;

/// The pull request and all that is known of it before the rules.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub context: &'a Context<'a>,
    pub pull: &'a PullFacts,
    pub clock: Clock,
    pub reading: &'a Reading,
    pub ground: &'a Ground,
    pub people: People<'a>,
    pub timeline: Timeline<'a>,
    pub standing: Standing<'a>,
    pub approval: &'a Approval,
    pub gate: &'a Gate,
}

impl<'a> Frame<'a> {
    /// Given on the head where its review says the commit, else at or after the newest push (`process.md` §3).
    pub fn is_current(&self, given: Given) -> bool {
        match self.timeline.act(given.act).and_then(|act| act.said()).and_then(|said| said.commit()) {
            Some(commit) => *commit == self.pull.head,
            None => self.pushes_since(given.at) == 0,
        }
    }

    /// How many pushes came after a moment.
    pub fn pushes_since(&self, at: Timestamp) -> usize {
        self.timeline.pushes.iter().rev().take_while(|push| self.timeline.at(**push) > at).count()
    }

    /// The push that took a positive word off the head: the first after it, else the newest.
    pub fn dropping_push(&self, given: Given) -> Option<usize> {
        let after = self.timeline.pushes.iter().find(|push| self.timeline.at(**push) > given.at);
        after.copied().or_else(|| self.timeline.newest_push())
    }

    /// Somebody's newest positive word on the head.
    pub fn on_head(&self, who: PersonId) -> Option<Given> {
        let position = self.standing.of(who)?;
        position.positive().filter(|given| self.is_current(*given)).max_by_key(|given| given.at)
    }

    /// The same for a login that may never have spoken.
    pub fn login_on_head(&self, login: &Login) -> bool {
        self.people.find(login).is_some_and(|who| self.on_head(who).is_some())
    }

    /// People other than the author whose lgtm a push has taken off the head, with that lgtm.
    pub fn lost_lgtms(&self) -> Vec<(PersonId, Given)> {
        let lost = |(who, position): (PersonId, &Position)| {
            let lgtm = position.lgtm.filter(|given| !self.is_current(*given))?;
            (!self.people.get(who).author).then_some((who, lgtm))
        };
        self.standing.positions().filter_map(lost).collect()
    }

    /// Those of them who have not agreed otherwise on the head: who approved it since has reviewed it.
    pub fn dropped(&self) -> Vec<(PersonId, Given)> {
        let mut dropped = self.lost_lgtms();
        dropped.retain(|(who, _)| self.on_head(*who).is_none());
        dropped
    }

    /// The author's newest act.
    pub fn newest_author_act(&self) -> usize {
        (0..self.timeline.acts.len()).rev().find(|index| self.timeline.is_authors(*index)).unwrap_or(0)
    }

    /// The author's first act after a moment.
    pub fn author_act_after(&self, at: Timestamp) -> Option<usize> {
        let first = self.timeline.acts.partition_point(|act| act.at <= at);
        (first..self.timeline.acts.len()).find(|index| self.timeline.is_authors(*index))
    }

    /// Somebody other than the author said a word after an act.
    pub fn somebody_spoke_after(&self, index: usize, who: impl Fn(PersonId) -> bool) -> bool {
        (index + 1..self.timeline.acts.len()).any(|later| {
            self.timeline.is_word(later)
                && !self.timeline.is_authors(later)
                && self.timeline.act(later).and_then(|act| act.who).is_some_and(&who)
        })
    }

    /// The author's name on screen.
    pub fn author_name(&self) -> String {
        self.people.get(self.people.author()).name().to_owned()
    }

    /// Opened, or last marked ready: `process.md` §3, "age".
    pub fn opened(&self) -> usize {
        let ready = self.timeline.acts.iter().rposition(|act| matches!(act.deed, Deed::Ready));
        ready.unwrap_or(0)
    }

    /// A day as people write it: `Jul 10`, with the year where it is not this one.
    pub fn day(&self, at: Timestamp) -> String {
        day(at, self.clock.ask(|now| Offset::UTC.to_datetime(now).date().year()))
    }

    /// The day of an act.
    pub fn day_of(&self, index: usize) -> String {
        self.day(self.timeline.at(index))
    }

    /// What an act of the author was, as the start of a sentence.
    pub fn author_did(&self, index: usize) -> String {
        let day = self.day_of(index);
        match self.timeline.act(index).map(|act| &act.deed) {
            Some(Deed::Pushed(Push { forced: true, .. })) => format!("the author force-pushed on {day}"),
            Some(Deed::Pushed(_)) => format!("the author pushed on {day}"),
            Some(Deed::Ready) => format!("the author marked it ready on {day}"),
            Some(Deed::Said(said)) if said.thread().is_some() => format!("the author replied in a thread on {day}"),
            Some(Deed::Said(_)) => format!("the author wrote on {day}"),
            _ => format!("opened on {day}"),
        }
    }

    /// Who an act is by, on screen.
    pub fn name_of(&self, act: &Act<'_>) -> String {
        act.who.map_or_else(|| "somebody".to_owned(), |who| self.people.get(who).name().to_owned())
    }

    /// The place of a person in the order in which several stand: whom Prow's notifier suggests, then the order of
    /// OWNERS, then the order of the SIGs' aliases.
    pub fn order_of(&self, login: &Login) -> (usize, usize, usize) {
        let place = |list: &[Login]| list.iter().position(|other| other == login).unwrap_or(usize::MAX);
        let alias = self
            .ground
            .owning_sigs(self.context)
            .iter()
            .map(|sig| place(self.context.roster.representatives(sig)))
            .min()
            .unwrap_or(usize::MAX);
        (place(&self.approval.suggested), place(&self.ground.authority), alias)
    }

    /// Merge authority other than the author, in order.
    pub fn authority(&self) -> Vec<&'a Login> {
        let author = self.people.author_login();
        let mut people: Vec<&Login> = self.ground.authority.iter().filter(|login| Some(*login) != author).collect();
        people.sort_by_key(|login| self.order_of(login));
        people
    }

    /// `SIG network`, or several in a row.
    pub fn sig_words(sigs: &[SigName]) -> String {
        sigs.iter().map(SigName::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// A day as people write it in a year.
fn day(at: Timestamp, this_year: i16) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let date = Offset::UTC.to_datetime(at).date();
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("");
    if date.year() == this_year {
        format!("{month} {}", date.day())
    } else {
        format!("{month} {} {}", date.day(), date.year())
    }
}
