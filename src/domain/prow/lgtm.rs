//! The lgtm plugin (`specs/prow.md` §3, §7.1): who may, what a word or a review state does to the label, and who
//! stands behind it. lgtm is one label, not a count: the latest event that qualifies wins.

use jiff::Timestamp;
use serde::Serialize;

use super::command::{self, LgtmCommand};
use super::owners::Tree;
use crate::domain::facts::{Actor, ActorKind, Association, EventKind, PullFacts, ReviewState};
use crate::domain::ids::Login;
use crate::domain::profile::{Profile, ProwRules};
use crate::domain::verdict::Lgtm;

/// Prow's label for a reviewed pull request.
pub const LGTM: &str = "lgtm";

/// What Prow takes somebody for. Private membership hides from us (pitfall 35), so all but the author is a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Opened the pull request: may cancel lgtm, never give it.
    Author,
    /// A collaborator, by GitHub's word or because OWNERS name them.
    Collaborator,
    /// GitHub says that they are none.
    Outside,
    /// Nothing is known.
    Unknown,
}

/// What the plugin does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The label is set (or stays).
    Set,
    /// The label goes (or stays away).
    Dropped,
    /// Prow answers with a refusal.
    Refused(Refusal),
    /// The plugin does not react.
    Nothing,
}

/// Why the plugin refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// "you cannot LGTM your own PR."
    OwnPull,
    /// "changing LGTM is restricted to collaborators".
    NoCollaborator,
}

impl Refusal {
    /// The reason in words.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::OwnPull => "nobody can lgtm their own pull request",
            Self::NoCollaborator => "only collaborators of the repository can change lgtm",
        }
    }
}

/// What Prow would take somebody for on this pull request.
#[must_use]
pub fn standing(who: &Login, pull: &PullFacts, tree: &Tree, rules: &ProwRules) -> Standing {
    if pull.author.as_ref().is_some_and(|author| author.login == *who) {
        return Standing::Author;
    }
    let owner = |path: &str| tree.approvers(path).contains(who) || tree.reviewers(path).contains(who);
    if rules.skip_collaborators {
        let named = pull.files.iter().any(|file| owner(&file.path));
        return if named { Standing::Collaborator } else { Standing::Outside };
    }
    let seen = association(who, pull);
    match seen {
        Some(Association::Collaborator) => Standing::Collaborator,
        _ if tree.is_approver_anywhere(who) || owner("") => Standing::Collaborator,
        Some(Association::Outside) => Standing::Outside,
        None => Standing::Unknown,
    }
}

/// What GitHub says of somebody, from what they wrote on the pull request.
fn association(who: &Login, pull: &PullFacts) -> Option<Association> {
    let wrote = |author: &Option<Actor>| author.as_ref().is_some_and(|author| author.login == *who);
    let mut seen = None;
    let comments = pull.comments.iter().map(|c| (&c.author, c.association));
    let reviews = pull.reviews.iter().map(|r| (&r.author, r.association));
    let threads = pull.threads.iter().flat_map(|thread| &thread.comments).map(|c| (&c.author, c.association));
    for (author, association) in comments.chain(reviews).chain(threads) {
        if wrote(author) {
            match association {
                Association::Collaborator => return Some(Association::Collaborator),
                Association::Outside => seen = Some(Association::Outside),
            }
        }
    }
    seen
}

/// What the plugin does with a text and a review state. A command beats the state; a robot's state is not read.
#[must_use]
pub fn decide(
    command: Option<LgtmCommand>,
    state: Option<ReviewState>,
    robot: bool,
    standing: Standing,
    rules: &ProwRules,
) -> Outcome {
    let by_state = match state {
        Some(ReviewState::Approved) if rules.review_acts_as_lgtm && !robot => Some(LgtmCommand::Add),
        Some(ReviewState::ChangesRequested) if rules.review_acts_as_lgtm && !robot => Some(LgtmCommand::Remove),
        _ => None,
    };
    match (command.or(by_state), standing) {
        (None, _) => Outcome::Nothing,
        (Some(LgtmCommand::Add), Standing::Author) => Outcome::Refused(Refusal::OwnPull),
        (Some(_), Standing::Outside) => Outcome::Refused(Refusal::NoCollaborator),
        (Some(LgtmCommand::Add), Standing::Collaborator | Standing::Unknown) => Outcome::Set,
        (Some(LgtmCommand::Remove), _) => Outcome::Dropped,
    }
}

/// Who stands behind lgtm, and who no longer does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct History {
    /// Those whose lgtm stands, in the order in which they gave it.
    pub given: Vec<Given>,
    /// Those whose lgtm was lost and who have not given it again.
    pub dropped: Vec<Dropped>,
}

/// An lgtm that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Given {
    /// Who.
    pub by: Login,
    /// When.
    pub at: Timestamp,
    /// The link of the comment or review.
    pub event: Option<String>,
}

/// An lgtm that was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// Whose.
    pub by: Login,
    /// When it was lost.
    pub at: Timestamp,
    /// How.
    pub how: DropHow,
}

/// How an lgtm is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DropHow {
    /// By a push.
    Push,
    /// By a cancel or change request of this person.
    Cancelled(Login),
    /// By somebody who took the label off by hand.
    ByHand(Option<Login>),
}

/// The label and who stands behind it: nobody where the label is not there.
#[must_use]
pub fn label(pull: &PullFacts, tree: &Tree, profile: &Profile) -> Lgtm {
    let state = pull.labels.iter().any(|label| label == LGTM);
    let by = if state { history(pull, tree, profile).given } else { Vec::new() };
    Lgtm { state, by: by.into_iter().map(|given| given.by).collect() }
}

/// Replays what was said and done about lgtm.
///
/// Where GitHub's label events are known, a push is seen by the label that Prow took off; else by the commits' dates.
#[must_use]
pub fn history(pull: &PullFacts, tree: &Tree, profile: &Profile) -> History {
    let mut steps = acts(pull, tree, profile);
    let label_events = label_events(pull, profile);
    let known = pull
        .timeline
        .iter()
        .any(|event| matches!(&event.kind, EventKind::Labeled(name) | EventKind::Unlabeled(name) if name == LGTM));
    if !known && !profile.prow.store_tree_hash {
        steps.extend(pushes(pull).map(|at| (at, Step::Push)));
    }
    steps.extend(label_events);
    steps.sort_by(|(left, step), (right, other)| left.cmp(right).then_with(|| step.place().cmp(&other.place())));
    let mut history = History::default();
    for (at, step) in steps {
        history.take(at, step);
    }
    history
}

enum Step {
    Give(Login, Option<String>),
    Cancel(Login),
    Push,
    LabelledByHand(Login),
    Unlabelled(DropHow),
}

impl Step {
    /// Its place among steps of one instant, whatever list it came from: what was said comes before what Prow made of it.
    fn place(&self) -> (u8, &str) {
        match self {
            Self::Push => (0, ""),
            Self::Cancel(by) => (1, by.as_str()),
            Self::Give(by, _) => (2, by.as_str()),
            Self::LabelledByHand(by) => (3, by.as_str()),
            Self::Unlabelled(how) => match how {
                DropHow::ByHand(by) => (4, by.as_ref().map_or("", Login::as_str)),
                DropHow::Push | DropHow::Cancelled(_) => (5, ""),
            },
        }
    }
}

impl History {
    fn take(&mut self, at: Timestamp, step: Step) {
        match step {
            Step::Give(by, event) => {
                self.given.retain(|given| given.by != by);
                self.dropped.retain(|dropped| dropped.by != by);
                self.given.push(Given { by, at, event });
            }
            Step::LabelledByHand(by) if self.given.is_empty() => self.given.push(Given { by, at, event: None }),
            Step::LabelledByHand(_) => {}
            Step::Cancel(by) => {
                self.given.retain(|given| given.by != by);
                self.lose(at, &DropHow::Cancelled(by));
            }
            Step::Push => self.lose(at, &DropHow::Push),
            Step::Unlabelled(how) => self.lose(at, &how),
        }
    }

    fn lose(&mut self, at: Timestamp, how: &DropHow) {
        for given in self.given.drain(..) {
            self.dropped.retain(|dropped| dropped.by != given.by);
            self.dropped.push(Dropped { by: given.by, at, how: how.clone() });
        }
    }
}

/// Commands and review states. A dismissal does nothing to the label, so a dismissed review counts as what it was.
fn acts(pull: &PullFacts, tree: &Tree, profile: &Profile) -> Vec<(Timestamp, Step)> {
    let was = |review: &crate::domain::facts::ReviewFacts| {
        pull.timeline.iter().rev().find_map(|event| match &event.kind {
            EventKind::ReviewDismissed { review: Some(id), was } if *id == review.id => Some(*was),
            _ => None,
        })
    };
    let mut found = Vec::new();
    let mut take = |author: &Option<Actor>, body: &str, state: Option<ReviewState>, at, url: &String| {
        let Some(actor) = author else { return };
        if profile.is_robots(Some(actor), body) {
            return;
        }
        let command = command::lgtm(body, &profile.prow);
        if command.is_none() && state.is_none() {
            return;
        }
        let standing = standing(&actor.login, pull, tree, &profile.prow);
        match decide(command, state, actor.kind == ActorKind::Bot, standing, &profile.prow) {
            Outcome::Set => found.push((at, Step::Give(actor.login.clone(), Some(url.clone())))),
            Outcome::Dropped => found.push((at, Step::Cancel(actor.login.clone()))),
            Outcome::Refused(_) | Outcome::Nothing => {}
        }
    };
    for comment in &pull.comments {
        take(&comment.author, &comment.body, None, comment.at, &comment.url);
    }
    for comment in pull.threads.iter().flat_map(|thread| &thread.comments) {
        take(&comment.author, &comment.body, None, comment.at, &comment.url);
    }
    for review in &pull.reviews {
        let state = match review.state {
            ReviewState::Dismissed => was(review),
            state => Some(state),
        };
        take(&review.author, &review.body, state, review.at, &review.url);
    }
    found
}

fn label_events(pull: &PullFacts, profile: &Profile) -> Vec<(Timestamp, Step)> {
    let mut found = Vec::new();
    for event in &pull.timeline {
        let by_prow = event.actor.as_ref().is_some_and(|actor| profile.is_prow(&actor.login));
        let login = event.actor.as_ref().map(|actor| actor.login.clone());
        let step = match (&event.kind, by_prow) {
            (EventKind::Labeled(name), false) if name == LGTM => match login {
                Some(login) => Step::LabelledByHand(login),
                None => continue,
            },
            (EventKind::Unlabeled(name), true) if name == LGTM => Step::Unlabelled(DropHow::Push),
            (EventKind::Unlabeled(name), false) if name == LGTM => Step::Unlabelled(DropHow::ByHand(login)),
            _ => continue,
        };
        found.push((event.at, step));
    }
    found
}

/// Pushes by their traces: rewrites of the branch and commits, none before the opening.
fn pushes(pull: &PullFacts) -> impl Iterator<Item = Timestamp> + '_ {
    let rewrites = pull.timeline.iter().filter(|e| matches!(e.kind, EventKind::ForcePushed { .. })).map(|e| e.at);
    rewrites.chain(pull.commits.iter().map(|commit| commit.committed_at)).filter(|at| *at > pull.created_at)
}
