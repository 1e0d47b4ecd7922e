//! What a user may do, and the exact text and call that it becomes (`process.md` §5). Pure: an [`Intent`] says what is
//! meant and on which head it was decided; [`Intent::posts`] says what goes to GitHub.
//!
//! Two rules shape every text. Our command lines come last, on lines of their own: `/hold` followed by a line that
//! begins with `cancel` is `/hold cancel` to Prow (`specs/prow.md` §2.6), so nothing of the user's may follow it. And
//! the user's words are kept as they are, even where they hold commands: the forecast shows what those will do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{Login, NodeId, PullNumber, RepoId, Sha, SigName};
use super::profile::ProwRules;
use super::prow::command::{ApproveCommand, Commands, HoldCommand, LgtmCommand};

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

/// The actions. Reasons and texts are the user's words, without commands; the commands are added by [`Intent::posts`].
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

impl Action {
    /// The user's words in it; none for actions without.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Comment { text }
            | Self::Lgtm { text }
            | Self::Approve { text, .. }
            | Self::Unhold { text }
            | Self::Reply { text, .. } => Some(text),
            Self::Veto { reason, .. } | Self::Hold { reason } => Some(reason),
            Self::Unveto { why, .. } => Some(why),
            Self::Assign { .. } | Self::Unassign { .. } | Self::Cc { .. } | Self::Resolve { .. } => None,
        }
    }

    /// Replaces the user's words; false for actions without.
    #[must_use]
    pub fn set_text(&mut self, new: String) -> bool {
        match self {
            Self::Comment { text }
            | Self::Lgtm { text }
            | Self::Approve { text, .. }
            | Self::Unhold { text }
            | Self::Reply { text, .. } => *text = new,
            Self::Veto { reason, .. } | Self::Hold { reason } => *reason = new,
            Self::Unveto { why, .. } => *why = new,
            Self::Assign { .. } | Self::Unassign { .. } | Self::Cc { .. } | Self::Resolve { .. } => return false,
        }
        true
    }
}

impl Action {
    /// The command lines that we put below the user's words.
    #[must_use]
    pub fn commands(&self, rules: &ProwRules) -> &'static [&'static str] {
        match self {
            Self::Lgtm { .. } if !rules.review_acts_as_lgtm => &["/lgtm"],
            Self::Approve { own: false, .. } if !rules.review_acts_as_lgtm => &["/lgtm", "/approve"],
            Self::Approve { .. } => &["/approve"],
            Self::Veto { .. } | Self::Hold { .. } => &["/hold"],
            Self::Unveto { .. } => &["/hold cancel"],
            Self::Unhold { .. } => &["/unhold"],
            Self::Comment { .. }
            | Self::Lgtm { .. }
            | Self::Assign { .. }
            | Self::Unassign { .. }
            | Self::Cc { .. }
            | Self::Reply { .. }
            | Self::Resolve { .. } => &[],
        }
    }

    /// What Prow is meant to do, by commands or by a review's state. Nothing for a comment or a reply, whose text is
    /// whatever its writer means.
    #[must_use]
    pub fn meant(&self, rules: &ProwRules) -> Commands {
        let mut meant = Commands::default();
        let person = |login: &Login| vec![login.as_str().trim_start_matches('@').to_owned()];
        match self {
            Self::Lgtm { .. } => meant.lgtm = Some(LgtmCommand::Add),
            Self::Approve { own, .. } => {
                meant.lgtm = (!own).then_some(LgtmCommand::Add);
                meant.approve = Some(ApproveCommand::Approve);
            }
            Self::Veto { .. } => {
                meant.lgtm = rules.review_acts_as_lgtm.then_some(LgtmCommand::Remove);
                meant.hold = Some(HoldCommand::Add);
            }
            Self::Hold { .. } => meant.hold = Some(HoldCommand::Add),
            Self::Unveto { .. } | Self::Unhold { .. } => meant.hold = Some(HoldCommand::Remove),
            Self::Assign { login } => meant.assign = person(login),
            Self::Unassign { login } => meant.unassign = person(login),
            Self::Cc { login } => meant.cc = person(login),
            Self::Comment { .. } | Self::Reply { .. } | Self::Resolve { .. } => {}
        }
        meant
    }

    /// The user's words stand beside something else that is meant, so that commands among them are a surprise.
    #[must_use]
    pub fn adds_commands(&self) -> bool {
        match self {
            Self::Lgtm { .. }
            | Self::Approve { .. }
            | Self::Veto { .. }
            | Self::Unveto { .. }
            | Self::Hold { .. }
            | Self::Unhold { .. } => true,
            Self::Comment { .. }
            | Self::Assign { .. }
            | Self::Unassign { .. }
            | Self::Cc { .. }
            | Self::Reply { .. }
            | Self::Resolve { .. } => false,
        }
    }
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
    /// Prow would not read the name: it takes letters, digits, `-` and `_` (`specs/prow.md` §2.5).
    #[error("`{0}` is not a login that Prow can read")]
    BadLogin(String),
}

impl Intent {
    /// The calls to GitHub, in the order in which they are sent. `rules` say whether an APPROVED review acts as lgtm
    /// and whether it acts as approval.
    ///
    /// # Errors
    /// Where a reason or a text is missing, or a login is none.
    pub fn posts(&self, rules: &ProwRules) -> Result<Vec<Post>, BadIntent> {
        let approving = |body: String| Post::Review { event: ReviewEvent::Approve, body, commit: self.head.clone() };
        let with = |text: &str| with_commands(text, self.action.commands(rules));
        Ok(match &self.action {
            Action::Comment { text } => vec![Post::Comment { body: written(text)? }],
            Action::Lgtm { text } if rules.review_acts_as_lgtm => vec![approving(with(text))],
            Action::Lgtm { text } | Action::Approve { text, own: true } => vec![Post::Comment { body: with(text) }],
            Action::Approve { text, own: false } => vec![approving(with(text))],
            Action::Veto { sig, reason } => {
                let reason = reasoned(reason, "veto")?;
                let whose = sig.as_ref().map(|sig| format!(" (sig-{sig})")).unwrap_or_default();
                vec![Post::Review {
                    event: ReviewEvent::RequestChanges,
                    body: with(&format!("Veto{whose}: {}", reason.trim_start())),
                    commit: self.head.clone(),
                }]
            }
            Action::Unveto { why, review, may_dismiss } => {
                let why = why.trim();
                let says = if why.is_empty() { "Veto lifted".to_owned() } else { format!("Veto lifted: {why}") };
                let mut posts = vec![Post::Comment { body: with(&says) }];
                if let (Some(review), true) = (review, may_dismiss) {
                    posts.push(Post::Dismiss { review: *review, message: says });
                }
                posts
            }
            Action::Hold { reason } => vec![Post::Comment { body: with(&reasoned(reason, "hold")?) }],
            Action::Unhold { text } => vec![Post::Comment { body: with(text) }],
            Action::Assign { login } => vec![Post::Comment { body: format!("/assign @{}", named(login)?) }],
            Action::Unassign { login } => vec![Post::Comment { body: format!("/unassign @{}", named(login)?) }],
            Action::Cc { login } => vec![Post::Comment { body: format!("/cc @{}", named(login)?) }],
            Action::Reply { to, text, .. } => vec![Post::Reply { to: *to, body: written(text)? }],
            Action::Resolve { thread } => vec![Post::Resolve { thread: thread.clone() }],
        })
    }
}

/// The user's text, line ends as Prow's patterns want them (`$` matches before LF only).
fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

/// A text that must be there.
fn written(text: &str) -> Result<String, BadIntent> {
    let text = tidy(text);
    if text.trim().is_empty() { Err(BadIntent::Empty) } else { Ok(text) }
}

/// A reason that must be there, without the blank lines above it. The first line keeps its blanks: without them a slash
/// could come to stand in column 0, where Prow would obey it.
fn reasoned(reason: &str, of: &'static str) -> Result<String, BadIntent> {
    let text = tidy(reason);
    let blank = text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    let reason = text.get(blank..).unwrap_or_default().to_owned();
    if reason.is_empty() { Err(BadIntent::NoReason(of)) } else { Ok(reason) }
}

/// A text, a blank line, and our command lines.
fn with_commands(text: &str, commands: &[&str]) -> String {
    let mut body = tidy(text);
    if body.trim().is_empty() {
        body.clear();
    }
    if !body.is_empty() && !commands.is_empty() {
        body.push_str("\n\n");
    }
    body.push_str(&commands.join("\n"));
    body
}

/// A login that Prow's pattern takes.
fn named(login: &Login) -> Result<&str, BadIntent> {
    let text = login.as_str();
    let good = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if good { Ok(text) } else { Err(BadIntent::BadLogin(text.to_owned())) }
}
