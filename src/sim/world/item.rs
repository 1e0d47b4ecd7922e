//! Issues and pull requests and all that hangs on them, as data. Issues and pull requests share their numbers, their
//! comments and their timeline, so they are one type here as they are in GitHub's REST.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use super::git::Oid;
use crate::domain::facts::{FileChange, Mergeable};
use crate::domain::ids::Login;

/// An issue or a pull request.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its number.
    pub number: u64,
    /// GraphQL's id.
    pub node_id: String,
    /// REST's id.
    pub database_id: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Who opened it.
    pub author: Login,
    /// Not closed.
    pub open: bool,
    /// Its conversation is locked.
    pub locked: bool,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When anything last touched it.
    pub updated_at: Timestamp,
    /// When it was closed or merged.
    pub closed_at: Option<Timestamp>,
    /// Labels' names, in the order in which they were set.
    pub labels: Vec<String>,
    /// Who is assigned.
    pub assignees: Vec<Login>,
    /// Conversation comments, oldest first.
    pub comments: Vec<Comment>,
    /// The timeline, oldest first; comments, reviews and commits stand in it too.
    pub events: Vec<Event>,
    /// What makes it a pull request.
    pub pull: Option<Pull>,
    /// What robots have not acted on yet, in time order.
    pub deliveries: VecDeque<Delivery>,
    /// When the needs-rebase plugin looks at it next.
    pub rebase_due: Option<Timestamp>,
    /// When Tide looks at it next.
    pub tide_due: Option<Timestamp>,
    /// Robots leave it alone.
    pub quiet: bool,
}

impl Item {
    /// When it was merged.
    #[must_use]
    pub fn merged_at(&self) -> Option<Timestamp> {
        self.pull.as_ref().and_then(|pull| pull.merged_at)
    }

    /// It has the label.
    #[must_use]
    pub fn has_label(&self, name: &str) -> bool {
        self.labels.iter().any(|label| label == name)
    }
}

/// What makes an item a pull request.
#[derive(Clone, Debug)]
pub struct Pull {
    /// GitHub's draft flag.
    pub draft: bool,
    /// The branch that it would merge into.
    pub base_ref: String,
    /// The base commit that GitHub compares with.
    pub base_oid: Oid,
    /// The branch's name at its owner's.
    pub head_ref: String,
    /// The head commit.
    pub head_oid: Oid,
    /// Its commits, oldest first.
    pub commits: Vec<Oid>,
    /// Every head that it ever had, oldest first, with the time of the push.
    pub heads: Vec<(Timestamp, Oid)>,
    /// Changed files, by path.
    pub files: Vec<ChangedFile>,
    /// Who is asked for a review.
    pub review_requests: Vec<Requested>,
    /// Submitted reviews, oldest first.
    pub reviews: Vec<Review>,
    /// Inline threads, oldest first.
    pub threads: Vec<Thread>,
    /// GitHub's word on conflicts.
    pub mergeable: Mergeable,
    /// Branch rules stop the merge.
    pub blocked: bool,
    /// When it was merged.
    pub merged_at: Option<Timestamp>,
    /// Who merged it.
    pub merged_by: Option<Login>,
    /// The commit that it became.
    pub merge_commit: Option<Oid>,
}

/// Who is asked for a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requested {
    /// A person.
    Account(Login),
    /// A team: its organisation and its name.
    Team(String, String),
}

/// One changed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path at the head.
    pub path: String,
    /// Its path before, where it was moved.
    pub previous: Option<String>,
    /// What happened to it.
    pub change: FileChange,
    /// Lines added.
    pub additions: u64,
    /// Lines removed.
    pub deletions: u64,
}

/// One conversation comment.
#[derive(Clone, Debug)]
pub struct Comment {
    /// REST's id.
    pub id: u64,
    /// GraphQL's id.
    pub node_id: String,
    /// Who.
    pub author: Login,
    /// The text as it reads now.
    pub body: String,
    /// When.
    pub at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Why GitHub folds it away (`OFF_TOPIC`, …).
    pub minimized: Option<String>,
}

/// GitHub's `PullRequestReviewState`, without PENDING.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// APPROVED.
    Approved,
    /// `CHANGES_REQUESTED`.
    ChangesRequested,
    /// COMMENTED.
    Commented,
    /// DISMISSED.
    Dismissed,
}

impl ReviewState {
    /// GitHub's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::ChangesRequested => "CHANGES_REQUESTED",
            Self::Commented => "COMMENTED",
            Self::Dismissed => "DISMISSED",
        }
    }
}

/// One submitted review.
#[derive(Clone, Debug)]
pub struct Review {
    /// REST's id.
    pub id: u64,
    /// GraphQL's id.
    pub node_id: String,
    /// Who.
    pub author: Login,
    /// Its state now.
    pub state: ReviewState,
    /// The text as it reads now.
    pub body: String,
    /// When it was submitted.
    pub at: Timestamp,
    /// When it was last touched.
    pub updated_at: Timestamp,
    /// When its text was last edited.
    pub edited_at: Option<Timestamp>,
    /// The commit that was reviewed.
    pub commit: Oid,
}

/// One inline thread.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Our number of it.
    pub id: u64,
    /// GraphQL's id.
    pub node_id: String,
    /// The file.
    pub path: String,
    /// The last line, where the thread is about lines.
    pub line: Option<u64>,
    /// The first line of a range.
    pub start_line: Option<u64>,
    /// The commit that it was written on.
    pub commit: Oid,
    /// Its lines are gone from the head.
    pub outdated: bool,
    /// Who resolved it.
    pub resolved_by: Option<Login>,
    /// The piece of the diff that it is about.
    pub diff_hunk: String,
    /// Its comments, oldest first.
    pub comments: Vec<ThreadComment>,
}

/// One comment of an inline thread.
#[derive(Clone, Debug)]
pub struct ThreadComment {
    /// REST's id.
    pub id: u64,
    /// GraphQL's id.
    pub node_id: String,
    /// Who.
    pub author: Login,
    /// The text as it reads now.
    pub body: String,
    /// When.
    pub at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// The review that it came with, by REST's id.
    pub review: u64,
}

/// One event of the timeline.
#[derive(Clone, Debug)]
pub struct Event {
    /// REST's id.
    pub id: u64,
    /// GraphQL's id.
    pub node_id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Login,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A conversation comment, by REST's id.
    Comment(u64),
    /// A review, by REST's id.
    Review(u64),
    /// A commit of the pull request.
    Commit(Oid),
    /// A label was set.
    Labeled(String),
    /// A label was taken off.
    Unlabeled(String),
    /// Somebody was assigned.
    Assigned(Login),
    /// Somebody was unassigned.
    Unassigned(Login),
    /// Somebody was asked for a review.
    ReviewRequested(Requested),
    /// The request was taken back.
    ReviewRequestRemoved(Requested),
    /// A review was dismissed: its REST id, its state before, the message.
    ReviewDismissed(u64, ReviewState, String),
    /// The branch was rewritten: heads before and after.
    ForcePushed(Oid, Oid),
    /// The base branch was changed.
    BaseChanged(String, String),
    /// Ready for review.
    ReadyForReview,
    /// Turned into a draft.
    ConvertedToDraft,
    /// Closed.
    Closed,
    /// Opened again.
    Reopened,
    /// Merged as this commit.
    Merged(Oid),
    /// The title was changed: before, after.
    Renamed(String, String),
    /// The conversation was locked.
    Locked,
    /// The conversation was unlocked.
    Unlocked,
    /// A comment was deleted; whose.
    CommentDeleted(Login),
    /// Mentioned in another item, by number.
    CrossReferenced(u64),
}

impl EventKind {
    /// GraphQL's type of the event in a timeline.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Comment(_) => "IssueComment",
            Self::Review(_) => "PullRequestReview",
            Self::Commit(_) => "PullRequestCommit",
            Self::Labeled(_) => "LabeledEvent",
            Self::Unlabeled(_) => "UnlabeledEvent",
            Self::Assigned(_) => "AssignedEvent",
            Self::Unassigned(_) => "UnassignedEvent",
            Self::ReviewRequested(_) => "ReviewRequestedEvent",
            Self::ReviewRequestRemoved(_) => "ReviewRequestRemovedEvent",
            Self::ReviewDismissed(..) => "ReviewDismissedEvent",
            Self::ForcePushed(..) => "HeadRefForcePushedEvent",
            Self::BaseChanged(..) => "BaseRefChangedEvent",
            Self::ReadyForReview => "ReadyForReviewEvent",
            Self::ConvertedToDraft => "ConvertToDraftEvent",
            Self::Closed => "ClosedEvent",
            Self::Reopened => "ReopenedEvent",
            Self::Merged(_) => "MergedEvent",
            Self::Renamed(..) => "RenamedTitleEvent",
            Self::Locked => "LockedEvent",
            Self::Unlocked => "UnlockedEvent",
            Self::CommentDeleted(_) => "CommentDeletedEvent",
            Self::CrossReferenced(_) => "CrossReferencedEvent",
        }
    }
}

/// A commit status or a check run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The context's or the run's name.
    pub name: String,
    /// Which of GitHub's two vocabularies it uses.
    pub kind: CheckKind,
    /// Its own words.
    pub description: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// When it reached this state.
    pub at: Timestamp,
    /// REST's id.
    pub id: u64,
}

/// GitHub's two vocabularies for checks, in GraphQL's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// A commit status: SUCCESS, PENDING, FAILURE, ERROR, EXPECTED.
    Status(String),
    /// A check run: its status (QUEUED, `IN_PROGRESS`, COMPLETED, …) and its conclusion (SUCCESS, NEUTRAL, SKIPPED, …).
    Run(String, Option<String>),
}

impl CheckKind {
    /// Success, neutral or skipped, as Tide folds it (`specs/prow.md` §8.1).
    #[must_use]
    pub fn is_success(&self) -> bool {
        match self {
            Self::Status(state) => state == "SUCCESS",
            Self::Run(status, conclusion) => {
                status == "COMPLETED" && matches!(conclusion.as_deref(), Some("SUCCESS" | "NEUTRAL" | "SKIPPED"))
            }
        }
    }

    /// Not finished.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        match self {
            Self::Status(state) => state == "PENDING" || state == "EXPECTED",
            Self::Run(status, _) => status != "COMPLETED",
        }
    }
}

/// What robots hear of: GitHub's webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Login,
    /// What.
    pub what: Happening,
}

/// What happened, in the words of webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Opened, with its description.
    Opened,
    /// Opened again.
    Reopened,
    /// New commits.
    Synchronize,
    /// Title, text or base changed.
    Edited,
    /// Ready for review, or turned into a draft.
    DraftChanged,
    /// Closed or merged.
    Closed,
    /// A new conversation comment, by REST's id.
    Comment(u64),
    /// A new review, by REST's id.
    Review(u64),
    /// A new inline comment, by REST's id.
    ReviewComment(u64),
    /// A label was set.
    Labeled(String),
}

/// Counts of lines that a change adds and removes.
#[must_use]
pub fn line_counts(before: &str, after: &str) -> (u64, u64) {
    if before.is_empty() {
        return (count(after), 0);
    }
    if after.is_empty() {
        return (0, count(before));
    }
    let diff = similar::TextDiff::from_lines(before, after);
    let mut counts: BTreeMap<bool, u64> = BTreeMap::new();
    for change in diff.iter_all_changes() {
        match change.tag() {
            similar::ChangeTag::Insert => *counts.entry(true).or_default() += 1,
            similar::ChangeTag::Delete => *counts.entry(false).or_default() += 1,
            similar::ChangeTag::Equal => {}
        }
    }
    (counts.get(&true).copied().unwrap_or(0), counts.get(&false).copied().unwrap_or(0))
}

fn count(text: &str) -> u64 {
    u64::try_from(text.lines().count()).unwrap_or(u64::MAX)
}
