//! All that the screen depends on. Facts come in by messages; what is derived from them (board, lists) is recomputed
//! here and nowhere else; screens are an enum on a stack, never a set of booleans. Labels of tabs and rows of lists,
//! which the drawing and the mouse share, are made in [`super::hit`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ratatui_textarea::TextArea;
use serde::{Deserialize, Serialize};

use super::effect::{ReqId, SyncMode};
use super::keymap::Keymap;
use super::registry::Command;
use crate::domain::action::{BadIntent, Intent};
use crate::domain::board::{Board, Grouping, Lane, Viewer};
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::failure::Failure;
use crate::domain::ids::{Login, PullNumber, RepoId, Sha, SigName};
use crate::domain::profile::Profile;
use crate::domain::prow::forecast::Forecast;
use crate::domain::prow::owners::Tree;
use crate::domain::verdict::Verdict;

/// How many lines the content of a page's current tab (or, with [`Tab::Verdict`], the verdict) has at a width. The view draws it, so the view knows; app may not use
/// view, so the shell hands the view's pure function in.
pub type Measure = fn(&Model, &ProposalPage, u16) -> usize;

/// What does not change while the program runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The repository.
    pub repo: RepoId,
    /// The process's rules.
    pub profile: Arc<Profile>,
    /// The viewer's SIGs where the configuration sets them.
    pub sigs: Option<Vec<SigName>>,
    /// The embedded, made-up world.
    pub demo: bool,
    /// How long after a sync the next one starts by itself.
    pub refresh_every: Duration,
    /// How long a write waits, so that it can be undone.
    pub undo: Duration,
    /// See [`Measure`].
    pub measure: Measure,
}

impl Settings {
    /// The defaults for a repository: a refresh every two minutes, five seconds to undo.
    #[must_use]
    pub fn new(repo: RepoId, profile: Arc<Profile>, measure: Measure) -> Self {
        let (refresh_every, undo) = (Duration::from_secs(120), Duration::from_secs(5));
        Self { repo, profile, sigs: None, demo: false, refresh_every, undo, measure }
    }
}

/// All that the screen depends on.
#[derive(Clone, Debug)]
pub struct Model {
    /// What does not change.
    pub settings: Settings,
    /// Which key means what.
    pub keymap: Keymap,
    /// When the last message came: what the derived parts are true for.
    pub at: Timestamp,
    /// The terminal's columns and rows.
    pub size: (u16, u16),
    /// What GitHub said.
    pub facts: Arc<Facts>,
    /// Facts have been read from the store at least once; before that the screen says that it loads.
    pub loaded: bool,
    /// What the facts mean.
    pub board: Board,
    /// Who may approve what.
    pub owners: Arc<Tree>,
    /// What the views list.
    pub lists: Lists,
    /// The view at the bottom of the stack.
    pub home: Home,
    /// Where each view stands.
    pub today: Cursor,
    /// Where the board stands.
    pub columns: Cursor,
    /// Where the queues stand.
    pub queues: Cursor,
    /// Where the conflicts stand.
    pub conflicts: Cursor,
    /// The board's columns.
    pub grouping: Grouping,
    /// The filter in force; empty for none.
    pub filter: String,
    /// Pages over the home view, the topmost last.
    pub pages: Vec<Page>,
    /// What takes the keys before the page does.
    pub overlay: Option<Overlay>,
    /// Requests whose answers have not come.
    pub in_flight: Vec<InFlight>,
    /// The newest request.
    pub last_request: ReqId,
    /// Why the newest sync failed; gone with the next that works.
    pub trouble: Option<Trouble>,
    /// What the newest sync could not read whole.
    pub warnings: Vec<String>,
    /// What the viewer may do in the repository, in GitHub's words (`READ`, `WRITE`, …).
    pub permission: Option<String>,
    /// GraphQL points left, where GitHub said so.
    pub points_left: Option<u64>,
    /// Writes that are not done, oldest first.
    pub outbox: Vec<Outgoing>,
    /// Writes that can still be undone, and when they go out; the newest last.
    pub undoable: Vec<Undoable>,
    /// Proposals on which a write of ours was done lately: their labels then, to tell what Prow does.
    pub watched: Vec<Watched>,
    /// Syncs that follow a write closely, still to come.
    pub eager_syncs: u8,
    /// When the viewer marked proposals as seen.
    pub seen: BTreeMap<PullNumber, Timestamp>,
    /// Short news, oldest first.
    pub toasts: Vec<Toast>,
    /// The program is about to leave.
    pub leaving: Leaving,
}

/// The views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Home {
    /// What needs the viewer.
    Today,
    /// Every proposal in columns.
    Board,
    /// One column per shepherd.
    Queues,
    /// Vetoes, objections, holds.
    Conflicts,
}

impl Home {
    /// All views, in the order of their keys.
    pub const ALL: [Self; 4] = [Self::Today, Self::Board, Self::Queues, Self::Conflicts];

    /// The word on its tab.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Board => "Board",
            Self::Queues => "Queues",
            Self::Conflicts => "Conflicts",
        }
    }

    /// The key on its tab.
    #[must_use]
    pub fn key(self) -> char {
        match self {
            Self::Today => '1',
            Self::Board => '2',
            Self::Queues => '3',
            Self::Conflicts => '4',
        }
    }
}

/// What the views list, after the filter. Indexes are those of [`Board::verdicts`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lists {
    /// Everything that the filter lets through, most urgent first.
    pub shown: Vec<usize>,
    /// The board's columns that hold anything.
    pub columns: Vec<Lane>,
    /// The shepherds' columns.
    pub queues: Vec<Lane>,
    /// Today's sections, empty ones included.
    pub today: Vec<Section>,
    /// Conflicts, longest silent first.
    pub conflicts: Vec<usize>,
    /// Marked as seen and quiet since: not in Today.
    pub done: usize,
}

/// One section of Today.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its heading: `You`, `SIG compute`, `Watching`.
    pub title: String,
    /// Its rows, most urgent first.
    pub rows: Vec<TodayRow>,
}

/// One row of Today.
#[derive(Clone, Debug, PartialEq)]
pub struct TodayRow {
    /// Index of the verdict.
    pub verdict: usize,
    /// What to do and why, in words; may quote names from GitHub.
    pub what: String,
    /// The clock that matters: days.
    pub days: f64,
}

/// Where a view stands: by the proposal's number, so that a refresh moves nothing under the user's eyes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The selected proposal.
    pub pull: Option<PullNumber>,
    /// The column (or section) that it was selected in; a proposal may stand in several.
    pub lane: usize,
    /// Its row there, for when it vanishes.
    pub row: usize,
    /// The first visible column.
    pub first_lane: usize,
    /// The first visible row of each column (cards), or the first visible line of a list (one entry).
    pub first_row: Vec<usize>,
}

/// Pages that stand over the home view.
#[derive(Clone, Debug)]
pub enum Page {
    /// One proposal.
    Proposal(ProposalPage),
    /// Writes that are not done.
    Outbox(OutboxPage),
}

/// One proposal's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalPage {
    /// Which.
    pub pull: PullNumber,
    /// The tab.
    pub tab: Tab,
    /// The first visible line of each tab, by [`Tab::index`].
    pub scroll: [usize; 6],
    /// The first visible line of the column on the left.
    pub side_scroll: usize,
    /// The head on the page: what a review is pinned to. It follows a push, and a toast says so.
    pub head: Sha,
}

/// Tabs of a proposal's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tab {
    /// The verdict; a tab only where the page is too narrow for it to stand beside the others.
    Verdict,
    /// The VEP's document at the head.
    Document,
    /// The pull request's description.
    Description,
    /// Comments and reviews, oldest first.
    Conversation,
    /// Review threads, open ones first.
    Threads,
    /// All events.
    Timeline,
}

impl Tab {
    /// All tabs, in their order.
    pub const ALL: [Self; 6] =
        [Self::Verdict, Self::Document, Self::Description, Self::Conversation, Self::Threads, Self::Timeline];

    /// The tabs of a page: all of them where it is narrow, all but the verdict where that stands beside them.
    #[must_use]
    pub fn shown(wide: bool) -> &'static [Self] {
        const TABS: [Tab; 6] = Tab::ALL;
        let (first, rest) = (&TABS, TABS.split_at(1).1);
        if wide { rest } else { first }
    }

    /// The word on it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Document => "Document",
            Self::Description => "Description",
            Self::Conversation => "Conversation",
            Self::Threads => "Threads",
            Self::Timeline => "Timeline",
        }
    }

    /// Its place in [`Tab::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Verdict => 0,
            Self::Document => 1,
            Self::Description => 2,
            Self::Conversation => 3,
            Self::Threads => 4,
            Self::Timeline => 5,
        }
    }
}

/// The page of writes that are not done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxPage {
    /// The selected write.
    pub selected: Option<OutgoingId>,
}

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
}

impl Purpose {
    /// The word at the start of the composer's title and of the news about it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::Comment => "Comment",
            Self::Lgtm => "Sign-off",
            Self::Approve { .. } => "Approval",
            Self::Veto { .. } => "Veto",
            Self::Unveto { .. } => "Lifting the veto",
            Self::Hold => "Hold",
            Self::Unhold => "Lifting the hold",
        }
    }

    /// What to write, for the empty text.
    #[must_use]
    pub fn placeholder(&self) -> &'static str {
        match self {
            Self::Comment => "Your comment. Lines such as /cc @somebody are commands to Prow.",
            Self::Lgtm | Self::Approve { .. } => "A remark, if you like",
            Self::Veto { .. } => "Why: what must change, so that the author can answer it",
            Self::Unveto { .. } => "Why it no longer stands",
            Self::Hold => "Why merging must wait, and until when",
            Self::Unhold => "A remark, if you like",
        }
    }

    /// The part of a draft's key.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Lgtm => "lgtm",
            Self::Approve { .. } => "approve",
            Self::Veto { .. } => "veto",
            Self::Unveto { .. } => "unveto",
            Self::Hold => "hold",
            Self::Unhold => "unhold",
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
    /// Give a command.
    Command(Command),
}

/// The outbox's name for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OutgoingId(pub i64);

/// A write that is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The outbox's name for it.
    pub id: OutgoingId,
    /// What.
    pub intent: Intent,
    /// How it stands.
    pub state: OutgoingState,
    /// Why it stands so, and what to do.
    pub why: Option<String>,
}

/// How a write stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutgoingState {
    /// In the outbox, not sent.
    Queued,
    /// On its way.
    Sending,
    /// Sent; the answer was lost.
    Unknown,
    /// Held back by a check of ours.
    Parked,
    /// Refused by GitHub.
    Failed,
}

impl OutgoingState {
    /// The word on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Parked => "parked",
            Self::Failed => "failed",
        }
    }
}

/// A write that can still be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoable {
    /// Which.
    pub id: OutgoingId,
    /// When it goes out.
    pub goes_at: Timestamp,
    /// What it is, for the status line: `Veto on #402`.
    pub label: String,
}

/// A proposal on which we wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Which.
    pub pull: PullNumber,
    /// Its labels when we wrote.
    pub labels: Vec<String>,
    /// Until when its changes are news.
    pub until: Timestamp,
}

/// A request whose answer has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// Its name.
    pub request: ReqId,
    /// What it is.
    pub kind: RequestKind,
    /// What it does now, for people.
    pub label: String,
    /// Steps done.
    pub done: usize,
    /// Steps in all; 0 where not known.
    pub total: usize,
    /// Since when.
    pub since: Timestamp,
}

/// Kinds of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// A sync; `asked` by the user, so that its end is news.
    Sync {
        /// How much.
        mode: SyncMode,
        /// By the user.
        asked: bool,
    },
    /// Writing an intent into the outbox.
    Enqueue(Box<Intent>),
    /// Sending.
    Send {
        /// What.
        id: OutgoingId,
        /// Whose proposal.
        pull: PullNumber,
    },
}

/// A failure that stands until something works again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What failed.
    pub failure: Failure,
    /// When.
    pub at: Timestamp,
    /// When it is tried again by itself; none where that makes no sense.
    pub next_try: Option<Timestamp>,
}

/// Whether the program is about to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaving {
    /// No.
    No,
    /// When what is on its way has arrived.
    AfterSends,
    /// Now.
    Now,
}

/// Short news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How it looks.
    pub level: Level,
    /// The sentence.
    pub text: String,
    /// When it goes.
    pub until: Timestamp,
}

/// How news looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Quiet.
    Info,
    /// Something worked.
    Good,
    /// Something to look at.
    Warn,
    /// Something failed.
    Error,
}

impl Model {
    /// A model before its first facts.
    #[must_use]
    pub fn new(settings: Settings, at: Timestamp, size: (u16, u16)) -> Self {
        let facts = Arc::new(Facts::empty(settings.repo.clone()));
        Self {
            settings,
            keymap: Keymap::default(),
            at,
            size,
            facts,
            loaded: false,
            owners: Arc::new(Tree::read(&BTreeMap::new(), None)),
            board: Board { viewer: Viewer::default(), freeze: None, verdicts: Vec::new() },
            lists: Lists::default(),
            home: Home::Board,
            today: Cursor::default(),
            columns: Cursor::default(),
            queues: Cursor::default(),
            conflicts: Cursor::default(),
            grouping: Grouping::Stage,
            filter: String::new(),
            pages: Vec::new(),
            overlay: None,
            in_flight: Vec::new(),
            last_request: ReqId::default(),
            trouble: None,
            warnings: Vec::new(),
            permission: None,
            points_left: None,
            outbox: Vec::new(),
            undoable: Vec::new(),
            watched: Vec::new(),
            eager_syncs: 0,
            seen: BTreeMap::new(),
            toasts: Vec::new(),
            leaving: Leaving::No,
        }
    }

    /// The cursor of a view.
    #[must_use]
    pub fn cursor(&self, home: Home) -> &Cursor {
        match home {
            Home::Today => &self.today,
            Home::Board => &self.columns,
            Home::Queues => &self.queues,
            Home::Conflicts => &self.conflicts,
        }
    }

    /// The columns of a view that has columns: the board's or the queues'.
    #[must_use]
    pub fn lanes(&self, home: Home) -> &[Lane] {
        match home {
            Home::Queues => &self.lists.queues,
            Home::Board | Home::Today | Home::Conflicts => &self.lists.columns,
        }
    }

    /// The page on top, if any.
    #[must_use]
    pub fn page(&self) -> Option<&Page> {
        self.pages.last()
    }

    /// The proposal that an action is about: the composer's, the open page's, else the selected one.
    #[must_use]
    pub fn target(&self) -> Option<PullNumber> {
        match self.page() {
            Some(Page::Proposal(page)) => Some(page.pull),
            Some(Page::Outbox(_)) => None,
            None => self.cursor(self.home).pull,
        }
    }

    /// A proposal's verdict and facts.
    #[must_use]
    pub fn proposal(&self, number: PullNumber) -> Option<(&Verdict, &PullFacts)> {
        let verdict = self.board.verdicts.iter().find(|verdict| verdict.number == number)?;
        Some((verdict, self.facts.pulls.get(&number)?))
    }

    /// A verdict by its index in a list.
    #[must_use]
    pub fn verdict(&self, index: usize) -> Option<&Verdict> {
        self.board.verdicts.get(index)
    }

    /// Something human happened since the viewer marked it as seen (or it was never marked).
    #[must_use]
    pub fn is_new(&self, verdict: &Verdict) -> bool {
        self.seen.get(&verdict.number).is_none_or(|seen| verdict.clocks.idle_since > *seen)
    }

    /// The sync that runs, if any.
    #[must_use]
    pub fn syncing(&self) -> Option<&InFlight> {
        self.in_flight.iter().find(|request| matches!(request.kind, RequestKind::Sync { .. }))
    }
}
