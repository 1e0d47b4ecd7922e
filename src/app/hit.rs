//! What the drawing and the mouse share beyond bare geometry: the labels of tabs, the lines of lists, and what stands
//! under a cell. A pure function of the model and the terminal's size, so that drawing never feeds state back.

use ratatui::layout::Rect;

use super::foot;
use super::geometry::{self, BoardHit, BoardPlan};
use super::model::{Home, Model, OutboxPage, OutgoingId, Overlay, Page, Preview, ProposalPage, Tab};
use super::registry::Command;
use crate::domain::ids::PullNumber;

/// Blank cells between two tabs.
pub const TAB_GAP: u16 = 3;
/// Rows of one conflict in its list, the blank one included.
pub const CONFLICT_ROWS: u16 = 6;

/// What stands under a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The tab of a view.
    Home(Home),
    /// The tab of a page.
    Tab(Tab),
    /// A column: its heading or its empty ground.
    Lane(usize),
    /// A card or row: column (or section), place in it, proposal.
    Card(usize, usize, PullNumber),
    /// The verdict at the left of a page.
    Side,
    /// The pane of a page.
    Pane,
    /// The list of the view, between its rows.
    List,
    /// Today's line of what is done and snoozed.
    Quiet,
    /// A write in the outbox.
    Write(OutgoingId),
    /// A command in the line of keys.
    Command(Command),
    /// The way to undo, in the line above.
    Undo,
    /// The `n`th visible choice of a picker.
    Choice(usize),
    /// Anything else in an overlay.
    Overlay,
    /// Nothing.
    Nothing,
}

/// One line of Today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TodayLine {
    /// The heading of a section.
    Heading(usize),
    /// A row: section, row. Where the screen is narrow it says what to do.
    Row(usize, usize),
    /// The second line of a row on a narrow screen: why.
    Why(usize, usize),
    /// How many are done and snoozed.
    Quiet,
    /// Nothing.
    Blank,
}

/// A row of Today has room for what to do and why in one line from this width on.
pub const TODAY_WIDE: u16 = 100;

/// The whole terminal.
#[must_use]
pub fn screen(model: &Model) -> Rect {
    Rect::new(0, 0, model.size.0, model.size.1)
}

/// The text on the tab of a view: its key, its name, how much it holds (where that says something).
#[must_use]
pub fn home_label(model: &Model, home: Home) -> String {
    let count = match home {
        Home::Today => {
            model.lists.today.iter().take_while(|s| s.title != super::today::WATCHING).map(|s| s.rows.len()).sum()
        }
        Home::Board => model.lists.shown.len(),
        Home::Queues => 0,
        Home::Conflicts => model.lists.conflicts.len(),
    };
    match count {
        0 => format!("{} {}", home.key(), home.title()),
        _ => format!("{} {} {count}", home.key(), home.title()),
    }
}

/// The text on the tab of a proposal's page.
#[must_use]
pub fn tab_label(model: &Model, page: &ProposalPage, tab: Tab) -> String {
    let counted = |n: usize| if n == 0 { tab.title().to_owned() } else { format!("{} {n}", tab.title()) };
    let Some((verdict, _)) = model.proposal(page.pull) else { return tab.title().to_owned() };
    match tab {
        Tab::Threads => counted(verdict.threads.open),
        Tab::Conversation => counted(verdict.comments),
        Tab::Verdict | Tab::Document | Tab::Description | Tab::Timeline => tab.title().to_owned(),
    }
}

/// Places the tabs of the views in their line: one blank cell, then the labels.
#[must_use]
pub fn home_tabs(model: &Model, line: Rect) -> Vec<(Home, Rect)> {
    let labels: Vec<String> = Home::ALL.iter().map(|home| home_label(model, *home)).collect();
    let active = Home::ALL.iter().position(|home| *home == model.home).unwrap_or(0);
    place(inset(line), &labels, active).into_iter().filter_map(|(i, at)| Some((*Home::ALL.get(i)?, at))).collect()
}

/// Places the tabs of a page in their line.
#[must_use]
pub fn page_tabs(model: &Model, page: &ProposalPage, line: Rect, wide: bool) -> Vec<(Tab, Rect)> {
    let tabs = Tab::shown(wide);
    let labels: Vec<String> = tabs.iter().map(|tab| tab_label(model, page, *tab)).collect();
    let active = tabs.iter().position(|tab| *tab == page.tab).unwrap_or(0);
    place(line, &labels, active).into_iter().filter_map(|(i, at)| Some((*tabs.get(i)?, at))).collect()
}

fn inset(line: Rect) -> Rect {
    Rect { x: line.x.saturating_add(1), width: line.width.saturating_sub(1), ..line }
}

fn place(line: Rect, labels: &[String], active: usize) -> Vec<(usize, Rect)> {
    let widths: Vec<u16> = labels
        .iter()
        .map(|label| u16::try_from(unicode_width::UnicodeWidthStr::width(label.as_str())).unwrap_or(u16::MAX))
        .collect();
    geometry::strip(line, &widths, active, TAB_GAP)
}

/// The lines of Today, in order.
#[must_use]
pub fn today_lines(model: &Model) -> Vec<TodayLine> {
    let mut lines = Vec::new();
    let wide = model.size.0 >= TODAY_WIDE;
    for (index, section) in model.lists.today.iter().enumerate() {
        if index > 0 {
            lines.push(TodayLine::Blank);
        }
        lines.push(TodayLine::Heading(index));
        for row in 0..section.rows.len() {
            lines.push(TodayLine::Row(index, row));
            if !wide {
                lines.push(TodayLine::Why(index, row));
            }
        }
    }
    if model.lists.done + model.lists.snoozed > 0 {
        lines.extend([TodayLine::Blank, TodayLine::Quiet]);
    }
    lines
}

/// The tab that a page shows: a wide page has no tab for the verdict.
#[must_use]
pub fn shown_tab(page: &ProposalPage, wide: bool) -> Tab {
    match page.tab {
        Tab::Verdict if wide => Tab::Document,
        tab => tab,
    }
}

/// What stands under a cell.
#[must_use]
pub fn at(model: &Model, cell: (u16, u16)) -> Target {
    let frame = geometry::frame(screen(model));
    let named = foot::strip(model, frame.hints).into_iter().find(|(_, place)| geometry::contains(*place, cell));
    if let Some((command, _)) = named {
        return Target::Command(command);
    }
    // It stands at the right, for a moment only.
    if !model.undoable.is_empty() && geometry::contains(frame.status, cell) && cell.0 >= frame.status.width / 2 {
        return Target::Undo;
    }
    match &model.overlay {
        Some(Overlay::Picker(picker)) => {
            let plan = picker_plan(model, picker.matches.len());
            if geometry::contains(plan.rows, cell) {
                return Target::Choice(usize::from(cell.1 - plan.rows.y));
            }
            return Target::Overlay;
        }
        Some(Overlay::Composer(_) | Overlay::Filter(_) | Overlay::Help(_)) => return Target::Overlay,
        None => {}
    }
    match model.page() {
        Some(Page::Proposal(page)) => on_page(model, page, frame.body, cell),
        Some(Page::Outbox(page)) => on_outbox(model, page, frame.body, cell),
        None if geometry::contains(frame.views, cell) => home_tabs(model, frame.views)
            .into_iter()
            .find(|(_, place)| geometry::contains(*place, cell))
            .map_or(Target::Nothing, |(home, _)| Target::Home(home)),
        None if geometry::contains(frame.body, cell) => on_home(model, frame.body, cell),
        None => Target::Nothing,
    }
}

fn on_page(model: &Model, page: &ProposalPage, body: Rect, cell: (u16, u16)) -> Target {
    let plan = geometry::page(body);
    if geometry::contains(plan.tabs, cell) {
        return page_tabs(model, page, plan.tabs, plan.verdict.is_some())
            .into_iter()
            .find(|(_, place)| geometry::contains(*place, cell))
            .map_or(Target::Nothing, |(tab, _)| Target::Tab(tab));
    }
    match plan.verdict {
        Some(side) if geometry::contains(side, cell) => Target::Side,
        _ if geometry::contains(plan.pane, cell) => Target::Pane,
        _ => Target::Nothing,
    }
}

fn on_home(model: &Model, body: Rect, cell: (u16, u16)) -> Target {
    let cursor = model.cursor(model.home);
    match model.home {
        Home::Board | Home::Queues => {
            let lanes = model.lanes(model.home);
            let (columns, preview) = split(model, body);
            if preview.is_some_and(|preview| geometry::contains(preview, cell)) {
                return Target::Nothing;
            }
            let plan = columns_plan(model, model.home, columns);
            if let Some(tabs) = plan.tabs.filter(|tabs| geometry::contains(*tabs, cell)) {
                return lane_tabs(model, tabs)
                    .into_iter()
                    .find(|(_, place)| geometry::contains(*place, cell))
                    .map_or(Target::Nothing, |(lane, _)| Target::Lane(lane));
            }
            let top = |lane: usize| cursor.first_row.get(lane).copied().unwrap_or(0);
            let len = |lane: usize| lanes.get(lane).map_or(0, |lane| lane.cards.len());
            match geometry::board_hit(&plan, model.look.density, cell, top, len) {
                Some(BoardHit::Lane(lane)) => Target::Lane(lane),
                Some(BoardHit::Card(lane, row)) => lanes
                    .get(lane)
                    .and_then(|lane| lane.cards.get(row))
                    .and_then(|index| model.verdict(*index))
                    .map_or(Target::Lane(lane), |verdict| Target::Card(lane, row, verdict.number)),
                None => Target::List,
            }
        }
        Home::Today => {
            let line = cursor.first_row.first().copied().unwrap_or(0) + usize::from(cell.1 - body.y);
            match today_lines(model).get(line) {
                Some(TodayLine::Row(section, row) | TodayLine::Why(section, row)) => model
                    .lists
                    .today
                    .get(*section)
                    .and_then(|s| s.rows.get(*row))
                    .and_then(|row| model.verdict(row.verdict))
                    .map_or(Target::List, |verdict| Target::Card(*section, *row, verdict.number)),
                Some(TodayLine::Quiet) => Target::Quiet,
                Some(TodayLine::Heading(_) | TodayLine::Blank) | None => Target::List,
            }
        }
        Home::Conflicts => {
            let first = cursor.first_row.first().copied().unwrap_or(0);
            let row = first + usize::from((cell.1 - body.y) / CONFLICT_ROWS);
            model
                .lists
                .conflicts
                .get(row)
                .and_then(|index| model.verdict(*index))
                .map_or(Target::List, |verdict| Target::Card(0, row, verdict.number))
        }
    }
}

/// The columns' part of a view's body, and that of the selected proposal's verdict where it stands beside them.
#[must_use]
pub fn split(model: &Model, body: Rect) -> (Rect, Option<Rect>) {
    match (model.look.preview, model.cursor(model.home).pull) {
        (Preview::Shown, Some(_)) => geometry::preview(body),
        (Preview::Shown, None) | (Preview::Hidden, _) => (body, None),
    }
}

/// Places the columns of a view in their part of the body.
#[must_use]
pub fn columns_plan(model: &Model, home: Home, columns: Rect) -> BoardPlan {
    let cursor = model.cursor(home);
    geometry::board(columns, &model.folds(home), cursor.lane, cursor.first_lane)
}

/// The text on the tab of a lane, where only one column fits.
#[must_use]
pub fn lane_label(lane: &crate::domain::board::Lane) -> String {
    format!("{} {}", lane.title, lane.cards.len())
}

/// Places the lanes as tabs, where only one column fits.
#[must_use]
pub fn lane_tabs(model: &Model, line: Rect) -> Vec<(usize, Rect)> {
    let labels: Vec<String> = model.lanes(model.home).iter().map(lane_label).collect();
    place(line, &labels, model.cursor(model.home).lane)
}

/// The outbox on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxPlan {
    /// The writes, one a row.
    pub list: Rect,
    /// The selected one in full; empty where there is no room.
    pub detail: Rect,
}

/// Places the parts of the outbox.
#[must_use]
pub fn outbox_plan(model: &Model, body: Rect) -> OutboxPlan {
    let inner = Rect { x: body.x.saturating_add(1), width: body.width.saturating_sub(2), ..body };
    if body.height < 10 {
        return OutboxPlan { list: inner, detail: Rect { height: 0, ..inner } };
    }
    let wanted = u16::try_from(model.outbox.len()).unwrap_or(u16::MAX);
    let list = Rect { height: wanted.clamp(1, body.height * 2 / 5), ..inner };
    let detail = Rect { y: inner.y.saturating_add(list.height), height: inner.height - list.height, ..inner };
    OutboxPlan { list, detail }
}

/// The first write on screen in a list of so many rows: the selected one is always among them.
#[must_use]
pub fn outbox_first(model: &Model, page: &OutboxPage, rows: u16) -> usize {
    let selected = model.outbox.iter().position(|write| page.selected == Some(write.id)).unwrap_or(0);
    geometry::keep_in_view(selected, page.first, usize::from(rows), model.outbox.len())
}

fn on_outbox(model: &Model, page: &OutboxPage, body: Rect, cell: (u16, u16)) -> Target {
    let list = outbox_plan(model, body).list;
    if !geometry::contains(list, cell) {
        return Target::Nothing;
    }
    let row = outbox_first(model, page, list.height) + usize::from(cell.1 - list.y);
    model.outbox.get(row).map_or(Target::Nothing, |write| Target::Write(write.id))
}

/// A picker on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PickerPlan {
    /// The whole of it.
    pub outer: Rect,
    /// The line that is typed in.
    pub input: Rect,
    /// The choices, one a row.
    pub rows: Rect,
}

/// Places a picker with so many matches: a box in the middle with a border, a line to type in, then the choices.
#[must_use]
pub fn picker_plan(model: &Model, matches: usize) -> PickerPlan {
    let body = geometry::frame(screen(model)).body;
    let wanted = u16::try_from(matches.clamp(3, 12)).unwrap_or(12).saturating_add(4);
    let outer = geometry::centered(body, 64, wanted);
    let inner = Rect {
        x: outer.x.saturating_add(2),
        y: outer.y.saturating_add(1),
        width: outer.width.saturating_sub(4),
        height: outer.height.saturating_sub(2),
    };
    let input = Rect { height: inner.height.min(1), ..inner };
    let skip = inner.height.min(2);
    let rows = Rect { y: inner.y.saturating_add(skip), height: inner.height - skip, ..inner };
    PickerPlan { outer, input, rows }
}
