//! The line of keys at the foot of every screen: which commands it names, and where each of them stands, so that a click
//! gives the command that the eye reads there.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::model::{Home, Model, Overlay, Page, Tab, Trouble};
use super::registry::{self, Command};

/// Blank cells between two of them.
const GAP: usize = 3;

/// What is wrong, where no overlay asks for the lines at the foot of the screen.
#[must_use]
pub fn trouble(model: &Model) -> Option<&Trouble> {
    model.trouble.as_ref().filter(|_| model.overlay.is_none())
}

/// A command's first key and what it does; none where no key is left to it.
#[must_use]
pub fn label(model: &Model, command: Command) -> Option<(&str, &'static str)> {
    Some((model.keymap.keys(command).first()?, registry::entry(command).hint))
}

/// Where each command stands in the line. Nothing while something else has the line: what is wrong, or a filter's mistake
/// or completions. The way to all the others, which comes last, is never cut.
#[must_use]
pub fn strip(model: &Model, line: Rect) -> Vec<(Command, Rect)> {
    let mistaken = matches!(
        &model.overlay,
        Some(Overlay::Filter(prompt)) if prompt.error.is_some() || prompt.completing.is_some()
    );
    if mistaken || trouble(model).is_some() || line.is_empty() {
        return Vec::new();
    }
    let width = |command: Command| label(model, command).map_or(0, |(key, hint)| key.width() + 1 + hint.width() + GAP);
    let all = commands(model);
    let help = all.last().copied().filter(|last| *last == Command::Help);
    let last = help.map_or(0, width);
    let mut used = 1;
    let mut placed = Vec::new();
    let mut place = |command: Command, used: usize| {
        let left = u16::try_from(used).unwrap_or(u16::MAX).min(line.width);
        let cells = u16::try_from(width(command).saturating_sub(GAP)).unwrap_or(u16::MAX).min(line.width - left);
        if cells > 0 {
            placed.push((command, Rect { x: line.x.saturating_add(left), width: cells, height: 1, ..line }));
        }
    };
    for command in all.iter().copied().filter(|command| *command != Command::Help) {
        if used + width(command) + last > usize::from(line.width) {
            break;
        }
        place(command, used);
        used += width(command);
    }
    if let Some(help) = help {
        place(help, used);
    }
    placed
}

/// The commands that the line names on this screen, the most used first.
fn commands(model: &Model) -> &'static [Command] {
    use Command as C;
    match (&model.overlay, model.page()) {
        (Some(Overlay::Composer(_)), _) => &[C::Submit, C::Editor, C::Close],
        (Some(Overlay::Filter(_)), _) => &[C::Accept, C::Complete, C::Older, C::Close],
        (Some(Overlay::Picker(_)), _) => &[C::Accept, C::Close, C::PickNext],
        (Some(Overlay::Help(_)), _) => &[C::Down, C::Up, C::Leave],
        (None, Some(Page::Proposal(page))) if page.tab == Tab::Threads => &[
            C::Reply,
            C::Resolve,
            C::Comment,
            C::Lgtm,
            C::Approve,
            C::Veto,
            C::Hold,
            C::NextTab,
            C::NextProposal,
            C::Browse,
            C::Help,
        ],
        (None, Some(Page::Proposal(_))) => &[
            C::Comment,
            C::Lgtm,
            C::Approve,
            C::Veto,
            C::Hold,
            C::Lift,
            C::Shepherd,
            C::NextTab,
            C::Threads,
            C::NextProposal,
            C::Browse,
            C::Help,
        ],
        (None, Some(Page::Outbox(_))) => &[C::Resend, C::EditWrite, C::Discard, C::Open, C::Undo, C::Back, C::Help],
        (None, None) => match model.home {
            Home::Board => &[
                C::Open,
                C::Comment,
                C::Lgtm,
                C::Approve,
                C::Veto,
                C::Shepherd,
                C::Grouping,
                C::Filter,
                C::MarkSeen,
                C::Refresh,
                C::Browse,
                C::Help,
            ],
            Home::Today => &[
                C::Open,
                C::MarkSeen,
                C::Snooze,
                C::SayTurn,
                C::Comment,
                C::Lgtm,
                C::Approve,
                C::Veto,
                C::Shepherd,
                C::Filter,
                C::Views,
                C::Refresh,
                C::Browse,
                C::Help,
            ],
            Home::Conflicts => &[
                C::Open,
                C::Comment,
                C::Objections,
                C::Lgtm,
                C::Approve,
                C::Veto,
                C::Shepherd,
                C::MarkSeen,
                C::Snooze,
                C::Filter,
                C::Refresh,
                C::Browse,
                C::Help,
            ],
            Home::Queues => &[
                C::Open,
                C::Comment,
                C::Lgtm,
                C::Approve,
                C::Veto,
                C::Shepherd,
                C::MarkSeen,
                C::Filter,
                C::Refresh,
                C::Browse,
                C::Help,
            ],
        },
    }
}
