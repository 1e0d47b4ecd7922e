//! Every command that a user can give: its name, its sentence, its keys, where it applies and when. Help, palette,
//! hints, dispatch and documentation are all made from this one table.

use serde::{Deserialize, Serialize};

/// Where keys are looked up. The innermost layer comes first; [`Layer::Global`] comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Layer {
    /// Everywhere, text fields included.
    Global,
    /// Today, Board, Queues, Conflicts.
    Home,
    /// The Board alone.
    Board,
    /// A proposal's page.
    Proposal,
    /// Wherever a proposal is selected or open.
    Target,
    /// The outbox.
    Outbox,
    /// Wherever no text is being typed.
    Normal,
    /// The composer.
    Composer,
    /// The filter prompt.
    Filter,
    /// A list to pick from, the palette included.
    Picker,
    /// The help.
    Help,
}

/// What a user can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Command {
    /// Selection or text down.
    Down,
    /// Selection or text up.
    Up,
    /// Column to the left, or the tab before.
    Left,
    /// Column to the right, or the tab after.
    Right,
    /// First.
    First,
    /// Last.
    Last,
    /// A screenful down.
    PageDown,
    /// A screenful up.
    PageUp,
    /// Half a screenful down.
    HalfDown,
    /// Half a screenful up.
    HalfUp,
    /// Open the selected proposal.
    Open,
    /// Back.
    Back,
    /// Back, and out at the top.
    Leave,
    /// View 1.
    Today,
    /// View 2.
    Board,
    /// View 3.
    Queues,
    /// View 4.
    Conflicts,
    /// Next view, or next tab of a proposal.
    NextTab,
    /// View or tab before.
    PreviousTab,
    /// The board's columns.
    Grouping,
    /// The size of the cards.
    Density,
    /// Fold a column.
    Fold,
    /// The verdict beside the columns.
    Preview,
    /// Filter.
    Filter,
    /// Palette.
    Palette,
    /// Help.
    Help,
    /// Comment.
    Comment,
    /// Ask for problems to be mended.
    AskFix,
    /// Sign off.
    Lgtm,
    /// Approve.
    Approve,
    /// Veto.
    Veto,
    /// Lift a veto or hold.
    Lift,
    /// Hold.
    Hold,
    /// Shepherding.
    Shepherd,
    /// Reply in a thread.
    Reply,
    /// Resolve a thread.
    Resolve,
    /// Cheap sync.
    Refresh,
    /// Full sync.
    FullSync,
    /// In the browser.
    Browse,
    /// Copy the link.
    CopyLink,
    /// The threads tab.
    Threads,
    /// Mark as seen.
    MarkSeen,
    /// Snooze.
    Snooze,
    /// Say whose turn it is.
    SayTurn,
    /// Confirm or drop possible objections.
    Objections,
    /// Show what is done and snoozed.
    ShowQuiet,
    /// Saved views.
    Views,
    /// The first saved view.
    View1,
    /// The second.
    View2,
    /// The third.
    View3,
    /// The fourth.
    View4,
    /// Next proposal of the list.
    NextProposal,
    /// Proposal before it.
    PreviousProposal,
    /// Take back what was just queued.
    Undo,
    /// The outbox.
    Outbox,
    /// Send a parked or left-over write again.
    Resend,
    /// Throw away a write that was not sent.
    Discard,
    /// Write on at a write that was not sent.
    EditWrite,
    /// Composer: send.
    Submit,
    /// Composer: $EDITOR.
    Editor,
    /// Composer, prompt, picker, help: close.
    Close,
    /// Picker and prompt: accept.
    Accept,
    /// Picker: next.
    PickNext,
    /// Picker: before.
    PickPrevious,
    /// Filter prompt: the next thing that may stand there.
    Complete,
    /// Filter prompt: the one before.
    CompleteBack,
    /// Filter prompt: what was typed before.
    Older,
    /// Filter prompt: what was typed after it.
    Newer,
    /// To the shell, and back with `fg`.
    Suspend,
    /// Out, at once.
    Quit,
}

/// Groups of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What is posted on GitHub.
    Act,
    /// Moving about.
    Move,
    /// What is shown.
    Show,
    /// While typing.
    Type,
    /// Everything else.
    Program,
}

impl Command {
    /// The place of the saved view that a command shows.
    #[must_use]
    pub fn view(self) -> Option<usize> {
        match self {
            Self::View1 => Some(0),
            Self::View2 => Some(1),
            Self::View3 => Some(2),
            Self::View4 => Some(3),
            _ => None,
        }
    }
}

impl Group {
    /// All groups, in the order of the help.
    pub const ALL: [Self; 5] = [Self::Act, Self::Move, Self::Show, Self::Type, Self::Program];

    /// The heading in the help.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Act => "On the proposal",
            Self::Move => "Moving",
            Self::Show => "Showing",
            Self::Type => "While typing",
            Self::Program => "Program",
        }
    }
}

/// One line of the registry.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The command.
    pub command: Command,
    /// Its stable name, for the palette and the configuration.
    pub name: &'static str,
    /// What it does, for the help.
    pub sentence: &'static str,
    /// One or two words for the line of hints.
    pub hint: &'static str,
    /// Its group in the help.
    pub group: Group,
    /// Where its keys work.
    pub layers: &'static [Layer],
    /// Its default keys.
    pub keys: &'static [&'static str],
}

/// Whether a command can be given now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Yes.
    Ready,
    /// Yes, but it will not do what one may hope; the sentence says why.
    Warned(String),
    /// No; the sentence says why.
    Refused(String),
}

macro_rules! entries {
    ($($command:ident $name:literal $hint:literal $group:ident [$($layer:ident)*] [$($key:literal)*] $sentence:literal;)*) => {
        /// The table.
        pub const ENTRIES: &[Entry] = &[$(Entry {
            command: Command::$command,
            name: $name,
            sentence: $sentence,
            hint: $hint,
            group: Group::$group,
            layers: &[$(Layer::$layer),*],
            keys: &[$($key),*],
        }),*];

        /// The line of a command.
        #[must_use]
        pub fn entry(command: Command) -> Entry {
            match command {
                $(Command::$command => Entry {
                    command,
                    name: $name,
                    sentence: $sentence,
                    hint: $hint,
                    group: Group::$group,
                    layers: &[$(Layer::$layer),*],
                    keys: &[$($key),*],
                }),*
            }
        }
    };
}

entries! {
    Comment "comment" "comment" Act [Target] ["c"] "Write a comment; the panel shows what Prow would do with it";
    AskFix "ask-fix" "ask for fix" Act [Target] ["f"] "Ask for the proposal's problems to be mended: a comment, written for you";
    Lgtm "lgtm" "sign off" Act [Target] ["L"] "Sign off: an approving review of the head that you read";
    Approve "approve" "approve" Act [Target] ["A"] "Lgtm and /approve in one review";
    Veto "veto" "veto" Act [Target] ["V"] "Request changes and /hold in one review, with a reason";
    Lift "lift" "lift" Act [Target] ["U"] "Lift your veto, or a hold";
    Hold "hold" "hold" Act [Target] ["H"] "Pause merging with /hold and a reason";
    Shepherd "shepherd" "take it" Act [Target] ["s"] "Take, hand over or give up shepherding (/assign, /unassign)";
    Reply "reply" "reply" Act [Proposal] ["a"] "Answer in one of its threads";
    Resolve "resolve" "resolve" Act [Proposal] ["x"] "Resolve one of its threads";
    MarkSeen "mark-seen" "done" Act [Target] ["m"] "Done: off Today until somebody else does something; again, not done (local)";
    Snooze "snooze" "snooze" Act [Target] ["S"] "Off Today until a day, a push, a reply or the freeze (local)";
    SayTurn "say-turn" "whose turn" Act [Target] ["T"] "Say whose turn it is, whatever the thread says (local)";
    Objections "objections" "objects?" Act [Target] ["P"] "Confirm or drop a text that may be an objection (local)";
    Browse "browse" "browser" Act [Target] ["o"] "Open the proposal in the browser";
    CopyLink "copy-link" "copy link" Act [Target] ["y"] "Copy the proposal's link";

    Down "down" "down" Move [Home Proposal Outbox Help] ["j" "Down"] "Down";
    Up "up" "up" Move [Home Proposal Outbox Help] ["k" "Up"] "Up";
    Left "left" "left" Move [Home Proposal] ["h" "Left"] "Column to the left; on a page, the tab before";
    Right "right" "right" Move [Home Proposal] ["l" "Right"] "Column to the right; on a page, the tab after";
    First "first" "first" Move [Home Proposal Outbox Help] ["g" "Home"] "To the first";
    Last "last" "last" Move [Home Proposal Outbox Help] ["G" "End"] "To the last";
    PageDown "page-down" "page down" Move [Home Proposal Outbox Help] ["PageDown" "Ctrl-f"] "A screenful down";
    PageUp "page-up" "page up" Move [Home Proposal Outbox Help] ["PageUp" "Ctrl-b"] "A screenful up";
    HalfDown "half-down" "half down" Move [Home Proposal Outbox Help] ["Ctrl-d"] "Half a screenful down";
    HalfUp "half-up" "half up" Move [Home Proposal Outbox Help] ["Ctrl-u"] "Half a screenful up";
    NextProposal "next-proposal" "next" Move [Proposal] ["n"] "The next proposal of the list";
    PreviousProposal "previous-proposal" "previous" Move [Proposal] ["p"] "The proposal before it";

    Open "open" "open" Show [Home Outbox] ["Enter"] "Open the selected proposal";
    Today "today" "Today" Show [Home] ["1"] "Today: what needs you, your SIGs, what you watch";
    Board "board" "Board" Show [Home] ["2"] "Board: every proposal in columns";
    Queues "queues" "Queues" Show [Home] ["3"] "Queues: one column per shepherd";
    Conflicts "conflicts" "Conflicts" Show [Home] ["4"] "Conflicts: vetoes, objections and holds that stand";
    NextTab "next-tab" "next tab" Show [Home Proposal] ["Tab"] "The next view, or the next tab of a page";
    PreviousTab "previous-tab" "tab before" Show [Home Proposal] ["Shift-Tab"] "The view or tab before";
    Threads "threads" "threads" Show [Target] ["t"] "The proposal's review threads";
    Grouping "grouping" "group" Show [Board] ["b"] "Columns by stage, shepherd, SIG, release or convergence";
    Density "density" "density" Show [Home] ["i"] "Cards of one, three or five lines";
    Fold "fold" "fold" Show [Home] ["-"] "Fold the column to a strip, or unfold it";
    Preview "preview" "preview" Show [Home] ["p"] "The selected proposal's verdict beside the columns";
    ShowQuiet "show-quiet" "done too" Show [Home] ["z"] "List in Today what is done and snoozed, or hide it again";
    Views "views" "views" Show [Home] ["v"] "Pick a saved view: filters from the configuration";
    View1 "view-1" "view 1" Show [Home] ["6"] "The first saved view";
    View2 "view-2" "view 2" Show [Home] ["7"] "The second saved view";
    View3 "view-3" "view 3" Show [Home] ["8"] "The third saved view";
    View4 "view-4" "view 4" Show [Home] ["9"] "The fourth saved view";
    Filter "filter" "filter" Show [Home] ["/"] "Filter by words and qualifiers such as sig:storage or waiting:me";

    Submit "submit" "send" Type [Composer] ["Ctrl-s"] "Send it: it goes out after a moment in which you can undo";
    Editor "editor" "$EDITOR" Type [Composer] ["Ctrl-e"] "Go on writing in $EDITOR";
    Accept "accept" "accept" Type [Filter Picker] ["Enter"] "Take it";
    PickNext "pick-next" "next" Type [Picker] ["Down" "Ctrl-n"] "The next choice";
    PickPrevious "pick-previous" "previous" Type [Picker] ["Up" "Ctrl-p"] "The choice before";
    Complete "complete" "complete" Type [Filter] ["Tab"] "What may stand here: qualifiers, then the board's own values";
    CompleteBack "complete-back" "one back" Type [Filter] ["Shift-Tab"] "The one before";
    Older "older" "history" Type [Filter] ["Up" "Ctrl-p"] "A filter that you typed before";
    Newer "newer" "newer" Type [Filter] ["Down" "Ctrl-n"] "One that you typed later";
    Close "close" "close" Type [Composer Filter Picker] ["Esc"] "Close; a text is kept as a draft";

    Undo "undo" "undo" Program [Normal] ["u"] "Take back what is about to be sent, else what you marked last";
    Outbox "outbox" "outbox" Program [Home Proposal] ["O"] "What is waiting to be sent, and what could not be";
    Resend "resend" "send again" Program [Outbox] ["s"] "Send the selected write now; a parked one all the same, now that you know why";
    EditWrite "edit-write" "edit" Program [Outbox] ["e"] "Open the selected write in the composer again, to be sent anew";
    Discard "discard" "discard" Program [Outbox] ["x"] "Drop the selected write; its text becomes a draft";
    Refresh "refresh" "refresh" Program [Home Proposal Outbox] ["r"] "Ask GitHub what has changed";
    FullSync "full-sync" "full sync" Program [Home Proposal Outbox] ["R"] "Read everything anew";
    Palette "palette" "commands" Program [Home Proposal Outbox] [":"] "All commands, by name";
    Help "help" "help" Program [Home Proposal Outbox] ["?"] "What can be done here and now";
    Back "back" "back" Program [Home Proposal Outbox Help] ["Esc"] "Back; at the top, clear the filter";
    Leave "leave" "back" Program [Home Proposal Outbox Help] ["q"] "Back; at the top, quit";
    Suspend "suspend" "suspend" Program [Global] ["Ctrl-z"] "To the shell; `fg` comes back";
    Quit "quit" "quit" Program [Global] ["Ctrl-c"] "Quit from anywhere; drafts are kept";
}
