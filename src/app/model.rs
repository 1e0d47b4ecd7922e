//! All that the screen depends on. Facts come in by messages; what is derived from them (board, lists) is recomputed
//! here and nowhere else; screens are an enum on a stack, never a set of booleans. Labels of tabs and rows of lists,
//! which the drawing and the mouse share, are made in [`super::hit`].

mod going;
mod look;
mod overlay;
mod page;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::going::{
    InFlight, Leaving, Level, Outgoing, OutgoingId, OutgoingState, RequestKind, SendCause, Toast, Trouble, Undoable,
    Watched,
};
pub use self::look::{Look, Preview};
pub use self::overlay::{
    Choice, Completing, Composer, FilterPrompt, HelpPage, HelpRow, Overlay, Pick, Picker, Purpose, Typed,
};
pub use self::page::{OutboxPage, Page, ProposalPage, Tab};
use super::effect::ReqId;
use super::geometry::Fold;
use super::keymap::Keymap;
use crate::domain::board::{Board, Grouping, Lane, Readings, Viewer};
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::ids::{PullNumber, RepoId, SigName};
use crate::domain::marks::{Change, Marks};
use crate::domain::profile::Profile;
use crate::domain::prow::owners::Tree;
use crate::domain::query::Views;
use crate::domain::roster::Roster;
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
    /// Saved views: filters with names.
    pub views: Views,
    /// The embedded, made-up world.
    pub demo: bool,
    /// How long after a sync the next one starts by itself.
    pub refresh_every: Duration,
    /// How long a write waits, so that it can be undone.
    pub undo: Duration,
    /// See [`Measure`].
    pub measure: Measure,
}

/// How long a write waits, where nobody says otherwise.
pub const UNDO: Duration = Duration::from_secs(5);

impl Settings {
    /// The defaults for a repository: a refresh every two minutes, five seconds to undo.
    #[must_use]
    pub fn new(repo: RepoId, profile: Arc<Profile>, measure: Measure) -> Self {
        let (refresh_every, undo) = (Duration::from_secs(120), UNDO);
        Self { repo, profile, sigs: None, views: Views::default(), demo: false, refresh_every, undo, measure }
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
    /// What was read of the facts when the board was last derived.
    pub readings: Readings,
    /// What the facts mean.
    pub board: Board,
    /// Who may approve what.
    pub owners: Arc<Tree>,
    /// Who represents which SIG.
    pub roster: Arc<Roster>,
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
    /// How the columns look.
    pub look: Look,
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
    /// Why nothing can be posted; none where it can, as far as is known.
    pub read_only: Option<String>,
    /// GraphQL points left, where GitHub said so.
    pub points_left: Option<u64>,
    /// … of so many an hour.
    pub points_limit: Option<u64>,
    /// The terminal has the focus; one that does not tell counts as having it.
    pub focused: bool,
    /// Writes that are not done, oldest first.
    pub outbox: Vec<Outgoing>,
    /// Writes that can still be undone, and when they go out; the newest last.
    pub undoable: Vec<Undoable>,
    /// Proposals on which a write of ours was done lately: their labels then, to tell what Prow does.
    pub watched: Vec<Watched>,
    /// Syncs that follow a write closely, still to come.
    pub eager_syncs: u8,
    /// Drafts that the store would not take, by their keys: tried again, and shown where their composer opens.
    pub unkept: BTreeMap<String, String>,
    /// What the viewer says about proposals, for themself alone.
    pub marks: Marks,
    /// What they said in this session, the newest last: what can be taken back.
    pub said: Vec<Said>,
    /// Today lists what is done and snoozed too.
    pub shows_quiet: bool,
    /// Filters that were typed, the newest first.
    pub history: Vec<String>,
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
    /// Done and quiet since: not among Today's sections.
    pub done: usize,
    /// Snoozed: not among Today's sections.
    pub snoozed: usize,
}

/// One section of Today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading: `You`, `SIG compute`, `Watching`.
    pub title: String,
    /// Its rows, most urgent first.
    pub rows: Vec<TodayRow>,
}

/// One row of Today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodayRow {
    /// Index of the verdict.
    pub verdict: usize,
    /// What to do; may quote names from GitHub, as the others.
    pub act: String,
    /// Why, with the clocks that matter: `12 d since the author's push, freeze in 6 d`.
    pub why: String,
    /// What the viewer said about it, or why it is back.
    pub note: Option<String>,
}

/// Something that the viewer said, and how to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// About which proposal.
    pub pull: PullNumber,
    /// What takes it back.
    pub back: Vec<Change>,
    /// What it was, for the news about it: `done`, `snoozed until a push`.
    pub label: String,
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
            owners: Arc::default(),
            roster: Arc::default(),
            readings: Readings::default(),
            board: Board::of(Viewer::default(), None, Vec::<Arc<Verdict>>::new()),
            lists: Lists::default(),
            home: Home::Board,
            today: Cursor::default(),
            columns: Cursor::default(),
            queues: Cursor::default(),
            conflicts: Cursor::default(),
            grouping: Grouping::Stage,
            look: Look::default(),
            filter: String::new(),
            pages: Vec::new(),
            overlay: None,
            in_flight: Vec::new(),
            last_request: ReqId::default(),
            trouble: None,
            warnings: Vec::new(),
            permission: None,
            read_only: None,
            points_left: None,
            points_limit: None,
            focused: true,
            outbox: Vec::new(),
            undoable: Vec::new(),
            watched: Vec::new(),
            eager_syncs: 0,
            unkept: BTreeMap::new(),
            marks: Marks::new(),
            said: Vec::new(),
            shows_quiet: false,
            history: Vec::new(),
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

    /// Which columns of a view are folded, in their order.
    #[must_use]
    pub fn folds(&self, home: Home) -> Vec<Fold> {
        let fold = |lane: &Lane| match self.look.folded.contains(&lane.title) {
            true => Fold::Folded,
            false => Fold::Open,
        };
        self.lanes(home).iter().map(fold).collect()
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
        self.board.verdicts.get(index).map(AsRef::as_ref)
    }

    /// A write is on its way, or waits for its turn.
    #[must_use]
    pub fn is_sending(&self, id: OutgoingId) -> bool {
        let sends = |flight: &InFlight| matches!(flight.kind, RequestKind::Send { id: other, .. } if other == id);
        self.in_flight.iter().any(sends)
    }

    /// The sync that runs, if any.
    #[must_use]
    pub fn syncing(&self) -> Option<&InFlight> {
        self.in_flight.iter().find(|request| matches!(request.kind, RequestKind::Sync { .. }))
    }
}
