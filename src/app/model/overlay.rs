//! What stands over a page and takes its keys: composer, prompt, picker, help.

use ratatui_textarea::TextArea;
use serde::{Deserialize, Serialize};

use crate::app::registry::Command;
use crate::domain::action::BadIntent;
use crate::domain::ids::{Login, NodeId, PullNumber, Sha, SigName};
use crate::domain::marks::Saying;
use crate::domain::prow::forecast::Forecast;
use crate::domain::query::Suggestion;

/// What takes the keys before the page does.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// Writing something that will be posted.
    Composer(Box<Composer>),
    /// The filter prompt at the bottom.
    Filter(Box<FilterPrompt>),
    /// A list to pick from: shepherds, or commands.
    Picker(Box<Picker>),
    /// What can be done here and now.
    Help(HelpPage),
}

/// The help: the rows as they were when it was opened, so that it speaks of the screen under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpPage {
    /// Rows by group.
    pub rows: Vec<HelpRow>,
    /// The first visible line.
    pub scroll: usize,
}

/// One row of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpRow {
    /// The command.
    pub command: Command,
    /// Its keys, for people: `j Down`.
    pub keys: String,
    /// Why it cannot be given, or what to know before; none where nothing is in the way.
    pub note: Option<String>,
    /// It cannot be given now.
    pub refused: bool,
}

/// What the composer writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A comment.
    Comment,
    /// A comment that asks for problems to be mended.
    AskFix,
    /// A sign-off.
    Lgtm,
    /// Lgtm and approval.
    Approve {
        /// The viewer opened the pull.
        own: bool,
    },
    /// A veto.
    Veto {
        /// For which SIG; none for merge authority.
        sig: Option<SigName>,
    },
    /// Lifting the own veto.
    Unveto {
        /// The own standing review.
        review: Option<u64>,
    },
    /// A hold.
    Hold,
    /// Lifting a hold.
    Unhold,
    /// A reply in a thread.
    Reply {
        /// The thread.
        thread: NodeId,
        /// REST's id of its first comment.
        to: u64,
    },
}

impl Purpose {
    /// The word at the start of the composer's title and of the news about it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::Comment => "Comment",
            Self::AskFix => "Ask for a fix",
            Self::Lgtm => "Sign-off",
            Self::Approve { .. } => "Approval",
            Self::Veto { .. } => "Veto",
            Self::Unveto { .. } => "Lifting the veto",
            Self::Hold => "Hold",
            Self::Unhold => "Lifting the hold",
            Self::Reply { .. } => "Reply",
        }
    }

    /// What to write, for the empty text.
    #[must_use]
    pub fn placeholder(&self) -> &'static str {
        match self {
            Self::Comment | Self::AskFix => "Your comment. Lines such as /cc @somebody are commands to Prow.",
            Self::Lgtm | Self::Approve { .. } => "A remark, if you like",
            Self::Veto { .. } => "Why: what must change, so that the author can answer it",
            Self::Unveto { .. } => "Why it no longer stands",
            Self::Hold => "Why merging must wait, and until when",
            Self::Unhold => "A remark, if you like",
            Self::Reply { .. } => "Your reply. Prow obeys commands here as it does in comments.",
        }
    }

    /// The part of a draft's key: what is written, and where there are several places for it, in which.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Reply { thread, .. } => format!("reply:{thread}"),
            Self::Comment
            | Self::AskFix
            | Self::Lgtm
            | Self::Approve { .. }
            | Self::Veto { .. }
            | Self::Unveto { .. }
            | Self::Hold
            | Self::Unhold => self.word().to_owned(),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::AskFix => "ask-fix",
            Self::Lgtm => "lgtm",
            Self::Approve { .. } => "approve",
            Self::Veto { .. } => "veto",
            Self::Unveto { .. } => "unveto",
            Self::Hold => "hold",
            Self::Unhold => "unhold",
            Self::Reply { .. } => "reply",
        }
    }
}

/// Writing something that will be posted.
#[derive(Clone, Debug)]
pub struct Composer {
    /// On which proposal.
    pub pull: PullNumber,
    /// The head that was read when it was opened: reviews are pinned to it.
    pub head: Sha,
    /// What.
    pub purpose: Purpose,
    /// For whom a veto or sign-off speaks, and other words about the action that the viewer should read first.
    pub warning: Option<String>,
    /// The text.
    pub text: TextArea<'static>,
    /// What Prow would do with it, or why it cannot be sent.
    pub forecast: Result<Forecast, BadIntent>,
    /// The head has moved since; the sentence says so.
    pub moved: Option<String>,
    /// Why the last attempt to send it did not work.
    pub problem: Option<String>,
    /// The text differs from the stored draft.
    pub unsaved: bool,
    /// The text was changed since it was opened: a draft that is read late does not replace it.
    pub touched: bool,
}

/// The filter prompt.
#[derive(Clone, Debug)]
pub struct FilterPrompt {
    /// The text, one line.
    pub text: TextArea<'static>,
    /// The filter before.
    pub before: String,
    /// Why the text is no query: where (the byte) and what.
    pub error: Option<(usize, String)>,
    /// What may stand at the cursor, while Tab goes through it.
    pub completing: Option<Completing>,
    /// The place in the history that the text came from.
    pub recalled: Option<usize>,
}

/// What may stand in the place of a word, while Tab goes through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completing {
    /// The text before the word.
    pub head: String,
    /// The text after it.
    pub after: String,
    /// What all of them begin with.
    pub alike: String,
    /// What may stand there.
    pub options: Vec<Suggestion>,
    /// The one that stands there now; none for what all begin with.
    pub selected: Option<usize>,
}

/// A list to pick from.
#[derive(Clone, Debug)]
pub struct Picker {
    /// Its title.
    pub title: String,
    /// What is typed to narrow it, one line.
    pub text: TextArea<'static>,
    /// All choices.
    pub choices: Vec<Choice>,
    /// Those that match what is typed, best first: indexes into `choices`.
    pub matches: Vec<usize>,
    /// The selected one: an index into `matches`.
    pub selected: usize,
    /// The proposal that it is about, and the head that was read; none for the palette.
    pub about: Option<(PullNumber, Sha)>,
    /// What a typed word means that is no choice yet.
    pub typed: Typed,
}

/// What a typed word means that is no choice of a picker yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Nothing: it only narrows.
    Nothing,
    /// A login to assign.
    Assignee,
    /// Until when to snooze.
    Until,
    /// Whose turn it is.
    Turn,
}

/// One choice of a picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub label: String,
    /// Dim words beside it.
    pub note: String,
    /// What it does.
    pub pick: Pick,
}

/// What a choice does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// `/assign`.
    Assign(Login),
    /// `/unassign`.
    Unassign(Login),
    /// Reply in a thread.
    Reply {
        /// The thread.
        thread: NodeId,
        /// REST's id of its first comment.
        to: u64,
    },
    /// Resolve a thread.
    Resolve(NodeId),
    /// Give a command.
    Command(Command),
    /// Say something about the proposal, for oneself alone.
    Say(Saying),
    /// Show a saved view, by its name.
    View(String),
}
