//! What a user may do, and the exact text and call that it becomes (`process.md` §5). Pure: an [`Intent`] says what is
//! meant and on which head it was decided; [`Intent::post`] says what goes to GitHub.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{Login, NodeId, PullNumber, RepoId, Sha, SigName};

/// Something that the user decided, before it is public. It is written to the store before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The repository.
    pub repo: RepoId,
    /// The proposal.
    pub pull: PullNumber,
    /// The head that was read.
    pub head: Sha,
    /// What.
    pub action: Action,
    /// When it was decided.
    pub created_at: Timestamp,
}

/// The actions. Reasons and texts are the user's words, without commands; the commands are added by [`Intent::post`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// A conversation comment, as written.
    Comment {
        /// The text.
        text: String,
    },
    /// A sign-off: an APPROVED review pinned to the head, with an optional text.
    Lgtm {
        /// A remark; may be empty.
        text: String,
    },
    /// Lgtm and approval in one review.
    Approve {
        /// A remark; may be empty.
        text: String,
        /// The viewer opened this pull: GitHub refuses a review, so `/approve` goes as a comment.
        own: bool,
    },
    /// A veto: one CHANGES_REQUESTED review with `/hold`.
    Veto {
        /// The SIG for which the viewer speaks; none for merge authority alone.
        sig: Option<SigName>,
        /// Why; never blank.
        reason: String,
    },
    /// `Veto lifted: <why>` and `/hold cancel`, and the dismissal of the own review where permitted.
    Unveto {
        /// Why.
        why: String,
        /// REST's id of the viewer's own standing CHANGES_REQUESTED review.
        review: Option<u64>,
        /// The viewer may dismiss it (write permission).
        may_dismiss: bool,
    },
    /// `/hold` with a reason.
    Hold {
        /// Why; never blank.
        reason: String,
    },
    /// `/unhold`.
    Unhold {
        /// A remark; may be empty.
        text: String,
    },
    /// `/assign @x`.
    Assign {
        /// Whom.
        login: Login,
    },
    /// `/unassign @x`.
    Unassign {
        /// Whom.
        login: Login,
    },
    /// `/cc @x`.
    Cc {
        /// Whom.
        login: Login,
    },
    /// A reply in a thread.
    Reply {
        /// The thread.
        thread: NodeId,
        /// REST's id of its first comment.
        to: u64,
        /// The text.
        text: String,
    },
    /// Resolving a thread.
    Resolve {
        /// The thread.
        thread: NodeId,
    },
}

/// One call to GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum Post {
    /// `POST /repos/{repo}/issues/{n}/comments`.
    Comment {
        /// The text.
        body: String,
    },
    /// `POST /repos/{repo}/pulls/{n}/reviews`, pinned to a commit.
    Review {
        /// `APPROVE` or `REQUEST_CHANGES`.
        event: ReviewEvent,
        /// The text.
        body: String,
        /// The head that was read.
        commit: Sha,
    },
    /// `PUT /repos/{repo}/pulls/{n}/reviews/{id}/dismissals`.
    Dismiss {
        /// REST's id.
        review: u64,
        /// Why.
        message: String,
    },
    /// `POST /repos/{repo}/pulls/{n}/comments/{id}/replies`.
    Reply {
        /// REST's id of the thread's first comment.
        to: u64,
        /// The text.
        body: String,
    },
    /// GraphQL's `resolveReviewThread`.
    Resolve {
        /// The thread.
        thread: NodeId,
    },
}

/// GitHub's `PullRequestReviewEvent`, as far as we use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewEvent {
    /// APPROVE.
    Approve,
    /// `REQUEST_CHANGES`.
    RequestChanges,
}

/// Why an intent cannot become a post.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadIntent {
    /// A veto or hold without a reason.
    #[error("a {0} needs a reason: say what must change, so that the author can answer it")]
    NoReason(&'static str),
    /// A comment or reply without text.
    #[error("there is nothing to post: the text is empty")]
    Empty,
}
