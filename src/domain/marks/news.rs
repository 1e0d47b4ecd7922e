//! What somebody else has done since a mark was made. Robots are nobody, and what the viewer did is no news to them.

use jiff::Timestamp;

use super::Stamp;
use crate::domain::facts::{Actor, EventKind, PullFacts, ReviewState};
use crate::domain::ids::Login;
use crate::domain::profile::Profile;

/// Something human that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// When.
    pub at: Timestamp,
    /// Who; none for a deleted account.
    pub by: Option<Login>,
    /// The author of the proposal did it.
    pub by_author: bool,
    /// What.
    pub what: NewsKind,
    /// Its link.
    pub event: Option<String>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NewsKind {
    /// New commits.
    Pushed,
    /// A comment.
    Commented,
    /// A reply in a thread.
    Replied,
    /// A review without a vote.
    Reviewed,
    /// An approving review.
    Approved,
    /// A review that asks for changes.
    RequestedChanges,
    /// Somebody asked the viewer for a review.
    AskedYou,
    /// Somebody assigned the viewer.
    AssignedYou,
    /// Closed.
    Closed,
    /// Opened again.
    Reopened,
    /// Merged by hand.
    Merged,
    /// A draft no longer.
    MadeReady,
}

impl NewsKind {
    /// It says something: what a snooze until a reply waits for.
    #[must_use]
    pub fn is_word(self) -> bool {
        matches!(
            self,
            Self::Commented | Self::Replied | Self::Reviewed | Self::Approved | Self::RequestedChanges | Self::AskedYou
        )
    }

    fn did(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::Commented => "commented",
            Self::Replied => "replied",
            Self::Reviewed => "reviewed",
            Self::Approved => "approved",
            Self::RequestedChanges => "requested changes",
            Self::AskedYou => "asked you for a review",
            Self::AssignedYou => "assigned you",
            Self::Closed => "closed it",
            Self::Reopened => "reopened it",
            Self::Merged => "merged it",
            Self::MadeReady => "marked it ready",
        }
    }
}

impl News {
    /// `the author pushed`, `grace replied`.
    #[must_use]
    pub fn words(&self) -> String {
        let who = match (&self.by, self.by_author) {
            (_, true) => "the author",
            (Some(login), false) => login.as_str(),
            (None, false) => "somebody",
        };
        format!("{who} {}", self.what.did())
    }
}

/// The newest thing of a kind that somebody else did since the mark was made. `wanted` says which kinds count.
#[must_use]
pub fn since(
    pull: &PullFacts,
    profile: &Profile,
    viewer: Option<&Login>,
    mark: &Stamp,
    wanted: impl Fn(NewsKind) -> bool,
) -> Option<News> {
    let me = |login: Option<&Login>| login.is_some() && login == viewer;
    let author = pull.author.as_ref().map(|author| &author.login);
    let news = |at: Timestamp, by: Option<&Login>, what: NewsKind, event: Option<&str>| News {
        at,
        by: by.cloned(),
        by_author: by.is_some() && by == author,
        what,
        event: event.filter(|link| !link.is_empty()).map(str::to_owned),
    };
    let human = |actor: &Option<Actor>, body: &str| !profile.is_robots(actor.as_ref(), body);
    let login = |actor: &'_ Option<Actor>| actor.as_ref().map(|actor| actor.login.clone());
    let mut newest: Option<News> = None;
    let mut hear = |found: News| {
        // Of two things of one moment the later kind counts, so that the order of GitHub's lists decides nothing.
        let later = |old: &News| (found.at, found.what, &found.by) > (old.at, old.what, &old.by);
        if found.at > mark.at && !me(found.by.as_ref()) && wanted(found.what) && newest.as_ref().is_none_or(later) {
            newest = Some(found);
        }
    };
    if pull.head != mark.head {
        // The head has moved: by whom and when is told by the force-push, else by the newest commit, whose committer's
        // clock may be behind the mark.
        let forced = pull.timeline.iter().filter(|event| matches!(event.kind, EventKind::ForcePushed { .. }));
        let forced = forced.filter(|event| event.at > mark.at).max_by_key(|event| event.at);
        let commit = pull.commits.iter().max_by_key(|commit| (commit.committed_at, &commit.oid));
        let by = forced.and_then(|event| login(&event.actor)).or_else(|| commit.and_then(|it| it.author.clone()));
        let at = forced.map(|event| event.at).or_else(|| commit.map(|commit| commit.committed_at));
        let at =
            at.filter(|at| *at > mark.at).unwrap_or(pull.updated_at.max(mark.at + jiff::SignedDuration::from_secs(1)));
        hear(news(at, by.as_ref().or(author), NewsKind::Pushed, None));
    }
    for comment in pull.comments.iter().filter(|it| human(&it.author, &it.body) && says_something(&it.body)) {
        hear(news(comment.at, login(&comment.author).as_ref(), NewsKind::Commented, Some(&comment.url)));
    }
    for review in pull.reviews.iter().filter(|it| human(&it.author, &it.body)) {
        let what = match review.state {
            ReviewState::Approved => NewsKind::Approved,
            ReviewState::ChangesRequested => NewsKind::RequestedChanges,
            ReviewState::Commented | ReviewState::Dismissed if says_something(&review.body) => NewsKind::Reviewed,
            // Only its threads say something.
            ReviewState::Commented | ReviewState::Dismissed => continue,
        };
        hear(news(review.at, login(&review.author).as_ref(), what, Some(&review.url)));
    }
    for comment in pull.threads.iter().flat_map(|thread| &thread.comments).filter(|it| human(&it.author, &it.body)) {
        hear(news(comment.at, login(&comment.author).as_ref(), NewsKind::Replied, Some(&comment.url)));
    }
    for event in pull.timeline.iter().filter(|it| human(&it.actor, "")) {
        let to_me = |login: &str| viewer.is_some_and(|me| me.is(login));
        let what = match &event.kind {
            EventKind::ReviewRequested(login) if to_me(login) => NewsKind::AskedYou,
            EventKind::Assigned(login) if to_me(login.as_str()) => NewsKind::AssignedYou,
            EventKind::Closed => NewsKind::Closed,
            EventKind::Reopened => NewsKind::Reopened,
            EventKind::Merged => NewsKind::Merged,
            EventKind::ReadyForReview => NewsKind::MadeReady,
            _ => continue,
        };
        hear(news(event.at, login(&event.actor).as_ref(), what, event.url.as_deref()));
    }
    newest
}

/// More than an errand for a robot: prose, or a command that says where somebody stands.
fn says_something(body: &str) -> bool {
    const STANDS: [&str; 12] = [
        "lgtm",
        "remove-lgtm",
        "approve",
        "remove-approve",
        "hold",
        "unhold",
        "remove-hold",
        "veto",
        "assign",
        "unassign",
        "close",
        "reopen",
    ];
    body.lines().map(str::trim).filter(|line| !line.is_empty()).any(|line| match line.strip_prefix('/') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            let word = rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().unwrap_or_default();
            STANDS.iter().any(|known| known.eq_ignore_ascii_case(word))
        }
        _ => true,
    })
}
