//! What GitHub said, and when: nothing here is derived. Every verdict is a pure function of these, of the profile,
//! of the viewer and of `now`.
//!
//! Whatever GitHub may leave out is optional (deleted accounts are null), and what could not be fetched whole is
//! named in [`PullFacts::truncated`], so that a screen can say so.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{Login, NodeId, PullNumber, Release, RepoId, Sha};

/// Everything that vepherd knows of one repository. Pulls and issues are shared: a store that reads them again hands out
/// the same ones where nothing changed, and that is how a derivation knows what it has read before.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The repository of the proposals.
    pub repo: RepoId,
    /// The branch that proposals merge into, where known.
    pub default_branch: Option<String>,
    /// Whom the token belongs to.
    pub viewer: Option<Login>,
    /// When the newest sync ended; `None` before the first.
    pub synced_at: Option<Timestamp>,
    /// The pull requests, open and recently closed.
    pub pulls: BTreeMap<PullNumber, Arc<PullFacts>>,
    /// Tracking issues, by number.
    pub issues: BTreeMap<u64, Arc<IssueFacts>>,
    /// The files that say who is who and what is when.
    pub files: RepoFiles,
    /// Parts of the repository that the newest sync could not read; parts of one pull are in [`PullFacts::truncated`].
    pub gaps: Vec<Gap>,
}

/// A part of the repository, or of a file beside it, that the newest sync could not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Which part, in words.
    pub what: String,
    /// Why.
    pub why: String,
    /// From when what is known of it is; `None` where nothing is known.
    pub known_from: Option<Timestamp>,
}

impl Gap {
    /// As a sentence for a screen.
    #[must_use]
    pub fn words(&self) -> String {
        match self.known_from {
            Some(at) => format!("{} could not be read ({}); what is shown of it is from {at:.0}", self.what, self.why),
            None => format!("{} could not be read ({}), and nothing is known of it yet", self.what, self.why),
        }
    }
}

impl Facts {
    /// No facts yet.
    #[must_use]
    pub fn empty(repo: RepoId) -> Self {
        Self {
            repo,
            default_branch: None,
            viewer: None,
            synced_at: None,
            pulls: BTreeMap::new(),
            issues: BTreeMap::new(),
            files: RepoFiles::default(),
            gaps: Vec::new(),
        }
    }

    /// Takes a pull in, in the place of an older reading of it.
    pub fn put(&mut self, pull: PullFacts) {
        self.pulls.insert(pull.number, Arc::new(pull));
    }

    /// Takes a tracking issue in, in the place of an older reading of it.
    pub fn put_issue(&mut self, issue: IssueFacts) {
        self.issues.insert(issue.number, Arc::new(issue));
    }
}

/// Texts of files at the head of their default branches. An absent file is `None` or missing; an unreadable one is
/// kept as text, for the derivation to report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RepoFiles {
    /// `OWNERS_ALIASES` of the repository that names the SIGs' approvers (kubevirt/kubevirt).
    pub sig_aliases: Option<String>,
    /// `sigs.yaml` (kubevirt/community).
    pub sigs: Option<String>,
    /// `OWNERS` files of the proposals' repository: path → text.
    pub owners: BTreeMap<String, String>,
    /// `OWNERS_ALIASES` at the root of the proposals' repository.
    pub owners_aliases: Option<String>,
    /// sig-release's `releases/<release>/schedule.yaml`: release → text.
    pub schedules: BTreeMap<Release, String>,
    /// Names of the folders directly under `veps/` (`sig-compute`, `meta-VEPs`).
    pub sig_folders: Vec<String>,
}

/// Who did something. `None` in place of an actor is a deleted account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account's login, without a `[bot]` suffix (GraphQL's spelling).
    pub login: Login,
    /// What kind of account GitHub says it is.
    pub kind: ActorKind,
}

/// GraphQL's concrete types of `Actor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// A person's account, or a robot that uses one.
    User,
    /// A GitHub App.
    Bot,
    /// Anything else (organisation, mannequin, enterprise user).
    Other,
}

/// One pull request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PullFacts {
    /// GraphQL's id.
    pub id: NodeId,
    /// Its number.
    pub number: PullNumber,
    /// Its page.
    pub url: String,
    /// Its title, as written.
    pub title: String,
    /// Its description, as written.
    pub body: String,
    /// Who opened it; `None` where the account is gone.
    pub author: Option<Actor>,
    /// Open, merged or closed.
    pub state: PullState,
    /// GitHub's draft flag (a `WIP` title is something else).
    pub draft: bool,
    /// Its conversation is locked.
    pub locked: bool,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When anything last touched it, bots included.
    pub updated_at: Timestamp,
    /// When it was merged or closed.
    pub ended_at: Option<Timestamp>,
    /// The head commit.
    pub head: Sha,
    /// The branch that it would merge into.
    pub base_ref: String,
    /// The base commit that GitHub compares with.
    pub base: Option<Sha>,
    /// Lines added.
    pub additions: u64,
    /// Lines removed.
    pub deletions: u64,
    /// GitHub's word on conflicts.
    pub mergeable: Mergeable,
    /// GitHub's branch rules stop the merge (`mergeStateStatus` BLOCKED).
    pub blocked_by_rules: bool,
    /// Labels' names.
    pub labels: Vec<String>,
    /// Changed files.
    pub files: Vec<FileFacts>,
    /// For each folder that holds a changed file under `veps/`: whether the pull's own base has that folder.
    /// A folder that is missing here could not be looked up.
    pub base_folders: BTreeMap<String, bool>,
    /// Its commits, in GitHub's order.
    pub commits: Vec<CommitFacts>,
    /// Submitted reviews.
    pub reviews: Vec<ReviewFacts>,
    /// Conversation comments.
    pub comments: Vec<CommentFacts>,
    /// Inline review threads.
    pub threads: Vec<ThreadFacts>,
    /// Events, in time order.
    pub timeline: Vec<EventFacts>,
    /// People assigned now.
    pub assignees: Vec<Login>,
    /// People asked for a review now (teams as `org/team`).
    pub review_requests: Vec<String>,
    /// Status contexts and check runs on the head commit.
    pub checks: Vec<CheckFacts>,
    /// GitHub's own fold of the checks (`statusCheckRollup.state`), kept as it was spelled: a later answer that differs
    /// means that the checks changed, which touches no other mark.
    #[serde(default)]
    pub checks_rollup: Option<String>,
    /// Markdown files of the proposal at its head (those that it adds or changes under `veps/`).
    pub documents: Vec<DocumentFacts>,
    /// Parts that are not complete, and why.
    pub truncated: Vec<Truncated>,
    /// When we read this pull in depth.
    pub fetched_at: Timestamp,
}

/// A pull request's state on GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PullState {
    /// Still to be decided.
    Open,
    /// Accepted.
    Merged,
    /// Rejected or withdrawn.
    Closed,
}

/// GitHub's `MergeableState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mergeable {
    /// No conflict.
    Mergeable,
    /// It conflicts with its base.
    Conflicting,
    /// Not computed yet.
    Unknown,
}

/// One changed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// The path at the head (a rename's new path).
    pub path: String,
    /// What happened to it.
    pub change: FileChange,
    /// Lines added.
    pub additions: u64,
    /// Lines removed.
    pub deletions: u64,
}

/// GitHub's `PatchStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileChange {
    /// New in this pull.
    Added,
    /// Changed contents (or mode).
    Modified,
    /// Deleted.
    Removed,
    /// Moved, with or without changes.
    Renamed,
    /// Copied from another file.
    Copied,
}

/// One commit of the pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitFacts {
    /// Its object name.
    pub oid: Sha,
    /// The committer's clock.
    pub committed_at: Timestamp,
    /// The author's account, where GitHub knows it.
    pub author: Option<Login>,
    /// The whole message.
    pub message: String,
    /// More than one parent.
    pub merge: bool,
}

/// One submitted review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewFacts {
    /// GraphQL's id.
    pub id: NodeId,
    /// REST's id, needed to dismiss it.
    pub database_id: Option<u64>,
    /// Who; `None` where the account is gone.
    pub author: Option<Actor>,
    /// The state now. A dismissed review does not say what it was.
    pub state: ReviewState,
    /// The text.
    pub body: String,
    /// When it was submitted.
    pub at: Timestamp,
    /// The commit that was reviewed.
    pub commit: Option<Sha>,
    /// Its link.
    pub url: String,
    /// GitHub's `authorAssociation`.
    pub association: Association,
}

/// GitHub's `PullRequestReviewState`, without PENDING (which only its author sees, and which is no word yet).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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

/// One conversation comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentFacts {
    /// GraphQL's id.
    pub id: NodeId,
    /// Who; `None` where the account is gone.
    pub author: Option<Actor>,
    /// The text as it reads now.
    pub body: String,
    /// When it was written. Edits keep this time.
    pub at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Its link.
    pub url: String,
    /// GitHub's `authorAssociation`.
    pub association: Association,
}

/// GitHub's `CommentAuthorAssociation`, as far as it tells collaborators from strangers. Private members look like
/// strangers (`specs/prow.md` §10.35).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Association {
    /// OWNER, MEMBER or COLLABORATOR.
    Collaborator,
    /// Anything else.
    Outside,
}

/// One inline review thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadFacts {
    /// GraphQL's id, which replies and resolutions need.
    pub id: NodeId,
    /// Marked as resolved.
    pub resolved: bool,
    /// Who resolved it.
    pub resolved_by: Option<Login>,
    /// Its lines are gone from the head.
    pub outdated: bool,
    /// The file.
    pub path: String,
    /// The last line it is about, at the head; `None` for outdated and file-level threads.
    pub line: Option<u64>,
    /// The first line it is about, for ranges.
    pub start_line: Option<u64>,
    /// Its comments, oldest first.
    pub comments: Vec<ThreadComment>,
}

impl ThreadFacts {
    /// An open thread that begins with `first`, on a file as a whole (`line` and `start_line` are `None`).
    #[must_use]
    pub fn open(id: NodeId, path: &str, first: ThreadComment) -> Self {
        Self {
            id,
            resolved: false,
            resolved_by: None,
            outdated: false,
            path: path.to_owned(),
            line: None,
            start_line: None,
            comments: vec![first],
        }
    }
}

/// One comment of an inline thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadComment {
    /// GraphQL's id.
    pub id: NodeId,
    /// REST's id, needed to reply.
    pub database_id: Option<u64>,
    /// Who; `None` where the account is gone.
    pub author: Option<Actor>,
    /// The text as it reads now.
    pub body: String,
    /// When it was written.
    pub at: Timestamp,
    /// Its link.
    pub url: String,
    /// The review that it came with.
    pub review: Option<NodeId>,
    /// The piece of the diff that it is about (first comment of a thread).
    pub diff_hunk: Option<String>,
    /// GitHub's `authorAssociation`.
    pub association: Association,
}

/// One event of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFacts {
    /// When.
    pub at: Timestamp,
    /// Who; `None` where the account is gone or GitHub does not say.
    pub actor: Option<Actor>,
    /// What.
    pub kind: EventKind,
    /// A link, where the event has one.
    pub url: Option<String>,
}

/// The events that verdicts rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A label was set.
    Labeled(String),
    /// A label was taken off.
    Unlabeled(String),
    /// Somebody was assigned.
    Assigned(Login),
    /// Somebody was unassigned.
    Unassigned(Login),
    /// Somebody (or `org/team`) was asked for a review.
    ReviewRequested(String),
    /// The request was taken back.
    ReviewRequestRemoved(String),
    /// A review was dismissed: whose, and which (its id).
    ReviewDismissed {
        /// The review.
        review: Option<NodeId>,
        /// Its state before.
        was: ReviewState,
    },
    /// The branch was rewritten.
    ForcePushed {
        /// The head before.
        before: Option<Sha>,
        /// The head after.
        after: Option<Sha>,
    },
    /// Ready for review.
    ReadyForReview,
    /// Turned into a draft.
    ConvertedToDraft,
    /// Closed.
    Closed,
    /// Opened again.
    Reopened,
    /// Merged.
    Merged,
    /// The title was changed.
    Renamed {
        /// The title before.
        from: String,
        /// The title after.
        to: String,
    },
}

/// One status context or check run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFacts {
    /// The context's or the run's name.
    pub name: String,
    /// How it stands.
    pub state: CheckState,
    /// Its own words.
    pub description: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// When it reached this state.
    pub at: Option<Timestamp>,
}

/// How a check stands, folded from GitHub's two vocabularies as Tide folds them (`specs/prow.md` §8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    /// Success, neutral or skipped.
    Success,
    /// Not finished.
    Pending,
    /// Anything else.
    Failure,
}

/// One Markdown file of the proposal at its head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A part that is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truncated {
    /// Which part (`labels`, `threads`, …).
    pub part: String,
    /// Why.
    pub why: String,
}

/// A tracking issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueFacts {
    /// GraphQL's id.
    pub id: NodeId,
    /// Its number.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Not closed.
    pub open: bool,
    /// Labels' names.
    pub labels: Vec<String>,
    /// People assigned to it; none where that was not read.
    #[serde(default)]
    pub assignees: Option<Vec<Login>>,
    /// The number belongs to a pull request, not to an issue.
    pub is_pull: bool,
    /// When anything last touched it, by GitHub's clock.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// When we read it.
    pub fetched_at: Timestamp,
}
