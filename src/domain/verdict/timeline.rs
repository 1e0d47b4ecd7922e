//! One time-ordered list of what everybody did: the ground on which every rule of the turn stands. Facts come in
//! GitHub's lists (reviews, comments, threads, events, commits); here they become [`Act`]s, sorted by time and a stable
//! key, so that the order in which GitHub lists them decides nothing. What robots say is left out altogether.

use std::cmp::Ordering;
use std::ops::Deref;

use jiff::{SignedDuration, Timestamp};

use super::people::{People, PersonId};
use super::reading::{Reading, Text};
use crate::domain::facts::{Actor, ActorKind, Association, EventKind, PullFacts, ReviewState};
use crate::domain::ids::{Login, NodeId, Sha};
use crate::domain::profile::Profile;
use crate::domain::prow::command::Commands;

/// Commits whose committed dates are this close were pushed together: GitHub does not say when a push without force
/// happened, and people commit in series.
const ONE_PUSH: SignedDuration = SignedDuration::from_mins(10);

/// Something that happened.
#[derive(Debug)]
pub(super) struct Act<'a> {
    pub at: Timestamp,
    /// The person; `None` for robots and for actors that GitHub does not name.
    pub who: Option<PersonId>,
    /// A robot did it.
    pub robot: bool,
    pub deed: Deed<'a>,
    pub url: Option<&'a str>,
}

/// What happened.
#[derive(Debug)]
pub(super) enum Deed<'a> {
    Opened(&'a Commands),
    Ready,
    Drafted,
    Retitled { from: &'a str, to: &'a str },
    Closed,
    Reopened,
    Merged,
    Pushed(Push<'a>),
    Said(Said<'a>),
    Dismissed { review: Option<&'a NodeId>, was: ReviewState },
    Labeled(&'a str),
    Unlabeled(&'a str),
    Assigned(&'a Login),
    Unassigned(&'a Login),
    Requested(&'a str),
    Unrequested(&'a str),
}

/// Commits that came together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Push<'a> {
    /// The head afterwards, where known.
    pub head: Option<&'a Sha>,
    /// The branch was rewritten.
    pub forced: bool,
    /// Nothing but merge commits.
    pub merges_only: bool,
}

/// Where something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel<'a> {
    Conversation,
    /// A review and the state that it had when it was submitted.
    Review {
        id: &'a NodeId,
        state: ReviewState,
        commit: Option<&'a Sha>,
    },
    /// An inline thread, by its index.
    Thread {
        thread: usize,
    },
}

/// Given or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Give {
    Given,
    TakenBack,
}

/// A text of a human, and what it is in its place.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub channel: Channel<'a>,
    pub body: &'a str,
    pub text: &'a Text,
    /// Its effect on the speaker's lgtm, by command or by state; only where Prow obeys.
    pub lgtm: Option<Give>,
    /// Its effect on the speaker's approval; only where OWNERS give the speaker power.
    pub approve: Option<Give>,
    pub sort: Sort,
}

/// What a text is for the turn (`process.md` §3, "Words").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Commands, quotes or nothing at all.
    NoWord,
    /// A word of the author, or of a co-author who pushed.
    Authors,
    /// Carries an effective lgtm, approve or APPROVED.
    Positive,
    /// Belongs to the positive word of the same person, by its index.
    PartOf(usize),
    /// Names others and not the author.
    Ping,
    /// Anything else.
    Remark { asks: bool, objects: bool },
}

impl Deref for Said<'_> {
    type Target = Text;

    fn deref(&self) -> &Text {
        self.text
    }
}

impl Said<'_> {
    /// It carries a lgtm, an approval or an APPROVED state.
    pub fn is_positive(&self) -> bool {
        self.lgtm == Some(Give::Given) || self.approve == Some(Give::Given) || self.is_approved()
    }

    /// A review with the state APPROVED that no command of its text overrides.
    pub fn is_approved(&self) -> bool {
        matches!(self.channel, Channel::Review { state: ReviewState::Approved, .. }) && self.commands.lgtm.is_none()
    }

    /// A review with the state `CHANGES_REQUESTED`.
    pub fn requests_changes(&self) -> bool {
        matches!(self.channel, Channel::Review { state: ReviewState::ChangesRequested, .. })
    }

    /// The inline thread that it stands in.
    pub fn thread(&self) -> Option<usize> {
        match self.channel {
            Channel::Thread { thread } => Some(thread),
            Channel::Conversation | Channel::Review { .. } => None,
        }
    }

    /// The commit that it was given on, where GitHub says so.
    pub fn commit(&self) -> Option<&Sha> {
        match self.channel {
            Channel::Review { commit, .. } => commit,
            Channel::Conversation | Channel::Thread { .. } => None,
        }
    }
}

impl<'a> Act<'a> {
    /// The text, where it is one.
    pub fn said(&self) -> Option<&Said<'a>> {
        match &self.deed {
            Deed::Said(said) => Some(said),
            _ => None,
        }
    }

    /// Kinds in the order in which they stand at one instant: what changes the ground comes before what is said on it.
    fn rank(&self) -> u8 {
        match &self.deed {
            Deed::Opened(_) => 0,
            Deed::Pushed(_) => 1,
            Deed::Reopened | Deed::Ready | Deed::Drafted | Deed::Retitled { .. } => 2,
            Deed::Said(said) => match said.channel {
                Channel::Review { .. } => 3,
                Channel::Conversation => 4,
                Channel::Thread { .. } => 5,
            },
            Deed::Dismissed { .. } => 6,
            Deed::Assigned(_) | Deed::Unassigned(_) | Deed::Requested(_) | Deed::Unrequested(_) => 7,
            Deed::Unlabeled(_) => 8,
            Deed::Labeled(_) => 9,
            Deed::Closed | Deed::Merged => 10,
        }
    }

    /// A key that tells two acts of one instant apart whatever list they came from.
    fn key(&self) -> &str {
        match &self.deed {
            Deed::Labeled(name) | Deed::Unlabeled(name) | Deed::Requested(name) | Deed::Unrequested(name) => name,
            Deed::Assigned(login) | Deed::Unassigned(login) => login.as_str(),
            Deed::Pushed(push) => push.head.map_or("", Sha::as_str),
            Deed::Retitled { to, .. } => to,
            Deed::Said(said) => said.body,
            _ => "",
        }
    }
}

fn order(left: &Act<'_>, right: &Act<'_>) -> Ordering {
    (left.at, left.rank(), left.url.unwrap_or(""), left.key()).cmp(&(
        right.at,
        right.rank(),
        right.url.unwrap_or(""),
        right.key(),
    ))
}

/// Everything that happened to one pull request.
#[derive(Debug)]
pub(super) struct Timeline<'a> {
    pub acts: Vec<Act<'a>>,
    /// Indexes of the pushes after the opening.
    pub pushes: Vec<usize>,
}

impl<'a> Timeline<'a> {
    /// Reads the whole pull request.
    pub fn read(pull: &'a PullFacts, reading: &'a Reading, profile: &'a Profile, people: &mut People<'a>) -> Self {
        let mut acts: Vec<Act<'a>> = Vec::with_capacity(
            4 + pull.timeline.len()
                + reading.comments.len()
                + reading.reviews.len()
                + reading.in_threads.len()
                + pull.commits.len(),
        );
        acts.push(Act {
            at: pull.created_at,
            who: Some(people.author()),
            robot: false,
            deed: Deed::Opened(&reading.opening),
            url: Some(&pull.url),
        });
        // People get their places in the order of their names, so that the order of GitHub's lists decides nothing.
        let mut logins: Vec<&'a Login> = everybody(pull).collect();
        logins.sort_unstable();
        logins.dedup();
        for login in logins {
            if !profile.is_robot_login(login) {
                people.id(Some(login));
            }
        }
        let mut reader = Reader { pull, profile, people, acts: &mut acts };
        reader.events();
        reader.pushes();
        reader.texts(reading);
        acts.sort_by(order);
        let pushes = (0..acts.len())
            .filter(|&index| matches!(acts.get(index), Some(Act { deed: Deed::Pushed(_), .. })))
            .collect();
        let mut timeline = Self { acts, pushes };
        timeline.settle_effects(people, profile);
        timeline.sort_words(people, profile);
        timeline
    }

    /// The act at an index that this timeline gave out.
    pub fn act(&self, index: usize) -> Option<&Act<'a>> {
        self.acts.get(index)
    }

    /// When an act happened; the opening where there is no such act.
    pub fn at(&self, index: usize) -> Timestamp {
        self.acts.get(index).or_else(|| self.acts.first()).map_or(Timestamp::UNIX_EPOCH, |act| act.at)
    }

    /// The link of an act.
    pub fn link(&self, index: usize) -> Option<String> {
        self.acts.get(index).and_then(|act| act.url).map(str::to_owned)
    }

    /// The newest push after the opening.
    pub fn newest_push(&self) -> Option<usize> {
        self.pushes.last().copied()
    }

    /// Texts of people, with their indexes.
    pub fn texts(&self) -> impl DoubleEndedIterator<Item = (usize, &Act<'a>, PersonId, &Said<'a>)> {
        self.acts.iter().enumerate().filter_map(|(index, act)| Some((index, act, act.who?, act.said()?)))
    }

    /// An act of the author: opening, marking ready, pushes, words (`process.md` §3).
    pub fn is_authors(&self, index: usize) -> bool {
        self.acts.get(index).is_some_and(|act| match &act.deed {
            Deed::Opened(_) | Deed::Ready | Deed::Pushed(_) => true,
            Deed::Said(said) => said.sort == Sort::Authors,
            _ => false,
        })
    }

    /// A word: something said beyond commands.
    pub fn is_word(&self, index: usize) -> bool {
        self.acts.get(index).and_then(Act::said).is_some_and(|said| said.sort != Sort::NoWord)
    }
}

/// Everybody whom GitHub's lists name as an actor.
fn everybody(pull: &PullFacts) -> impl Iterator<Item = &Login> {
    let actors = pull.comments.iter().map(|comment| comment.author.as_ref());
    let actors = actors.chain(pull.reviews.iter().map(|review| review.author.as_ref()));
    let in_threads = pull.threads.iter().flat_map(|thread| thread.comments.iter());
    let actors = actors.chain(in_threads.map(|comment| comment.author.as_ref()));
    let actors = actors.chain(pull.timeline.iter().map(|event| event.actor.as_ref()));
    let humans = actors.flatten().filter(|actor| actor.kind != ActorKind::Bot).map(|actor| &actor.login);
    humans.chain(pull.commits.iter().filter(|commit| !commit.merge).filter_map(|commit| commit.author.as_ref()))
}

struct Reader<'r, 'a> {
    pull: &'a PullFacts,
    profile: &'a Profile,
    people: &'r mut People<'a>,
    acts: &'r mut Vec<Act<'a>>,
}

impl<'a> Reader<'_, 'a> {
    /// A person, or none for a robot.
    fn who(&mut self, actor: Option<&'a Actor>) -> (Option<PersonId>, bool) {
        match actor {
            Some(actor) if self.profile.is_robot(actor) => (None, true),
            Some(actor) => (Some(self.people.id(Some(&actor.login))), false),
            None => (None, false),
        }
    }

    fn events(&mut self) {
        let pull = self.pull;
        for event in &pull.timeline {
            let deed = match &event.kind {
                EventKind::Labeled(name) => Deed::Labeled(name),
                EventKind::Unlabeled(name) => Deed::Unlabeled(name),
                EventKind::Assigned(login) => Deed::Assigned(login),
                EventKind::Unassigned(login) => Deed::Unassigned(login),
                EventKind::ReviewRequested(name) => Deed::Requested(name),
                EventKind::ReviewRequestRemoved(name) => Deed::Unrequested(name),
                EventKind::ReviewDismissed { review, was } => Deed::Dismissed { review: review.as_ref(), was: *was },
                EventKind::ForcePushed { after, .. } => {
                    Deed::Pushed(Push { head: after.as_ref(), forced: true, merges_only: false })
                }
                EventKind::ReadyForReview => Deed::Ready,
                EventKind::ConvertedToDraft => Deed::Drafted,
                EventKind::Closed => Deed::Closed,
                EventKind::Reopened => Deed::Reopened,
                EventKind::Merged => Deed::Merged,
                EventKind::Renamed { from, to } => Deed::Retitled { from, to },
            };
            let (who, robot) = self.who(event.actor.as_ref());
            let pushed = matches!(deed, Deed::Pushed(_));
            if let (true, Some(who)) = (pushed, who) {
                self.people.mark_pushed(who);
            }
            let at = if pushed { event.at.max(pull.created_at) } else { event.at };
            self.acts.push(Act { at, who, robot, deed, url: event.url.as_deref() });
        }
    }

    /// Pushes without force, from the commits' dates (`process.md` §3: the newest committed date, never before the
    /// opening). What the newest force-push brought is that push's.
    fn pushes(&mut self) {
        let pull = self.pull;
        let newest_force = pull
            .timeline
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::ForcePushed { after, .. } => Some((event.at, after.as_ref())),
                _ => None,
            })
            .max_by(|left, right| left.0.cmp(&right.0).then_with(|| left.1.cmp(&right.1)));
        let brought = newest_force
            .and_then(|(_, after)| after)
            .and_then(|after| pull.commits.iter().position(|commit| commit.oid == *after));
        let floor = newest_force.map_or(pull.created_at, |(at, _)| at.max(pull.created_at));
        // A committer's clock may run ahead; what was read had been pushed by then.
        let ceiling = pull.fetched_at.max(pull.updated_at).max(floor);
        let mut open: Option<(Timestamp, Push<'a>)> = None;
        for (index, commit) in pull.commits.iter().enumerate() {
            if let (Some(login), false) = (&commit.author, commit.merge)
                && !self.profile.is_robot_login(login)
            {
                let id = self.people.id(Some(login));
                self.people.mark_pushed(id);
            }
            let swallowed = match (newest_force, brought) {
                (Some(_), Some(last)) => index <= last,
                (Some((at, _)), None) => commit.committed_at <= at,
                (None, _) => commit.committed_at <= pull.created_at && open.is_none(),
            };
            if swallowed {
                continue;
            }
            let at = commit.committed_at.max(floor).min(ceiling);
            match &mut open {
                Some((newest, push)) if at <= *newest || at.duration_since(*newest) <= ONE_PUSH => {
                    *newest = (*newest).max(at);
                    push.head = Some(&commit.oid);
                    push.merges_only &= commit.merge;
                }
                _ => {
                    let done =
                        open.replace((at, Push { head: Some(&commit.oid), forced: false, merges_only: commit.merge }));
                    self.push(done);
                }
            }
        }
        self.push(open);
    }

    fn push(&mut self, push: Option<(Timestamp, Push<'a>)>) {
        if let Some((at, push)) = push {
            let who = Some(self.people.author());
            self.acts.push(Act { at, who, robot: false, deed: Deed::Pushed(push), url: None });
        }
    }

    fn texts(&mut self, reading: &'a Reading) {
        let pull = self.pull;
        for (comment, text) in pull.comments.iter().zip(&reading.comments) {
            let said = Spoken { author: comment.author.as_ref(), association: comment.association, at: comment.at };
            self.text(said, text, &comment.body, Channel::Conversation, &comment.url);
        }
        for (review, text) in pull.reviews.iter().zip(&reading.reviews) {
            let state = match review.state {
                ReviewState::Dismissed => self.state_before(&review.id).unwrap_or(ReviewState::Dismissed),
                state => state,
            };
            let channel = Channel::Review { id: &review.id, state, commit: review.commit.as_ref() };
            let said = Spoken { author: review.author.as_ref(), association: review.association, at: review.at };
            self.text(said, text, &review.body, channel, &review.url);
        }
        let in_threads = pull.threads.iter().enumerate();
        let in_threads = in_threads.flat_map(|(thread, facts)| facts.comments.iter().map(move |one| (thread, one)));
        for ((thread, comment), text) in in_threads.zip(&reading.in_threads) {
            // Nobody could read it before its review was submitted.
            let submitted = comment
                .review
                .as_ref()
                .and_then(|id| pull.reviews.iter().find(|review| review.id == *id))
                .map_or(comment.at, |review| review.at.max(comment.at));
            let said = Spoken { author: comment.author.as_ref(), association: comment.association, at: submitted };
            self.text(said, text, &comment.body, Channel::Thread { thread }, &comment.url);
        }
    }

    fn state_before(&self, id: &NodeId) -> Option<ReviewState> {
        self.pull.timeline.iter().find_map(|event| match &event.kind {
            EventKind::ReviewDismissed { review: Some(review), was } if review == id => Some(*was),
            _ => None,
        })
    }

    fn text(&mut self, said: Spoken<'a>, text: &'a Option<Text>, body: &'a str, channel: Channel<'a>, url: &'a str) {
        let Some(text) = text else { return };
        let who = self.people.id(said.author.map(|actor| &actor.login));
        if said.association == Association::Collaborator {
            self.people.mark_collaborator(who);
        }
        let deed = Deed::Said(Said { channel, body, text, lgtm: None, approve: None, sort: Sort::NoWord });
        let url = (!url.is_empty()).then_some(url);
        self.acts.push(Act { at: said.at, who: Some(who), robot: false, deed, url });
    }
}

/// Who said something, and when.
struct Spoken<'a> {
    author: Option<&'a Actor>,
    association: Association,
    at: Timestamp,
}
