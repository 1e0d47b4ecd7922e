//! Where things are: pure functions from an area to rectangles, shared by the drawing and by the mouse, so that a
//! click lands on what the eye sees. Nothing here knows colours or texts; widths of labels come in as numbers.

use ratatui::layout::Rect;

/// The least width of a board column. Below twice this and a gap, one column is shown at a time.
pub const COLUMN_MIN: u16 = 30;
/// Wider than this, a column gains nothing.
pub const COLUMN_MAX: u16 = 54;
/// The width of a folded column.
pub const COLUMN_FOLDED: u16 = 4;
/// From this width on the selected proposal's verdict has room beside the columns.
pub const PREVIEW_WIDE: u16 = 120;
/// Blank cells between two columns.
pub const COLUMN_GAP: u16 = 2;
/// Rows of a column's heading: title and rule.
pub const COLUMN_HEADER: u16 = 2;
/// From this width on a proposal page stands in two columns.
pub const PAGE_WIDE: u16 = 110;

/// The parts that every screen has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// First line: what and where we are, how fresh it is.
    pub header: Rect,
    /// Second line: the views, or the facts of a proposal; on tall terminals with a blank row below.
    pub views: Rect,
    /// The screen itself.
    pub body: Rect,
    /// What is selected in full, or what just happened.
    pub status: Rect,
    /// Keys.
    pub hints: Rect,
}

/// Cuts the terminal into the parts of every screen. What does not fit has no rows: the keys go first, then the views, then
/// the status, then the header; the body is the last to go.
#[must_use]
pub fn frame(area: Rect) -> Frame {
    let rows = |wanted: bool| u16::from(wanted);
    let height = area.height;
    let (header, status, hints) = (rows(height >= 5), rows(height >= 3), rows(height >= 10));
    // A tall terminal has a blank row to spare below the first two lines.
    let views = rows(height >= 8) + rows(height >= 28);
    let body = height - header - views - status - hints;
    let mut y = area.y;
    let mut take = |rows: u16| {
        let part = Rect { x: area.x, y, width: area.width, height: rows };
        y = y.saturating_add(rows);
        part
    };
    Frame { header: take(header), views: take(views), body: take(body), status: take(status), hints: take(hints) }
}

/// How much of a proposal a card shows: the board's density.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CardSize {
    /// One line: number, title, clock.
    Line,
    /// Three lines: also SIG, sign-offs, whose turn, threads, release.
    #[default]
    Card,
    /// Five lines: a second line of the title and the first reason besides.
    Full,
}

impl CardSize {
    /// The next denser, and from the densest to the widest.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Card => Self::Line,
            Self::Line => Self::Full,
            Self::Full => Self::Card,
        }
    }

    /// Rows with ink.
    #[must_use]
    pub fn rows(self) -> u16 {
        match self {
            Self::Line => 1,
            Self::Card => 3,
            Self::Full => 5,
        }
    }

    /// Rows from one card to the next.
    #[must_use]
    pub fn pitch(self) -> u16 {
        match self {
            Self::Line => 1,
            Self::Card => 4,
            Self::Full => 6,
        }
    }
}

/// One column of the board on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Which lane it shows.
    pub lane: usize,
    /// Whether its cards are shown.
    pub fold: Fold,
    /// Title and rule; no rows where the lanes are tabs.
    pub header: Rect,
    /// The cards.
    pub cards: Rect,
}

/// The board on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardPlan {
    /// The lanes as tabs, where only one column fits.
    pub tabs: Option<Rect>,
    /// The columns, from left to right.
    pub columns: Vec<Column>,
    /// Lanes further left.
    pub hidden_left: usize,
    /// Lanes further right.
    pub hidden_right: usize,
}

/// Whether a column shows its cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// It does.
    Open,
    /// It is a strip that only says how many there are.
    Folded,
}

impl Fold {
    /// The least width of such a column.
    fn least(self) -> u16 {
        match self {
            Self::Open => COLUMN_MIN,
            Self::Folded => COLUMN_FOLDED,
        }
    }
}

/// How many columns from `first` on fit into a width; one at least.
fn columns_that_fit(width: u16, folds: &[Fold], first: usize) -> usize {
    let mut room = width.saturating_add(COLUMN_GAP);
    let fits = |fold: &&Fold| {
        let left = room.checked_sub(fold.least() + COLUMN_GAP);
        room = left.unwrap_or(0);
        left.is_some()
    };
    folds.iter().skip(first).take_while(fits).count().max(1)
}

/// Only one column has room: the others are tabs.
fn one_at_a_time(width: u16) -> bool {
    columns_that_fit(width, &[Fold::Open; 2], 0) == 1
}

/// Which lane is the leftmost, so that the active one is on screen and the view moves as little as possible.
/// `first` is the leftmost so far.
#[must_use]
pub fn first_lane(width: u16, folds: &[Fold], active: usize, first: usize) -> usize {
    let active = active.min(folds.len().saturating_sub(1));
    let end = |first: usize| first + columns_that_fit(width, folds, first);
    let mut first = first.min(active);
    while first < active && end(first) <= active {
        first += 1;
    }
    // No room is left unused at the right.
    while first > 0 && end(first - 1) >= folds.len() {
        first -= 1;
    }
    first
}

/// The first of `fit` items on screen out of `len`, such that `selected` is among them, moving `first` as little as
/// possible and leaving no room unused at the end.
#[must_use]
pub fn keep_in_view(selected: usize, first: usize, fit: usize, len: usize) -> usize {
    let fit = fit.max(1);
    let last_start = len.saturating_sub(fit);
    let selected = selected.min(len.saturating_sub(1));
    first.max((selected + 1).saturating_sub(fit)).min(selected).min(last_start)
}

/// Places the columns of a board with these lanes in `body`; `first` is the leftmost lane so far.
#[must_use]
pub fn board(body: Rect, folds: &[Fold], active: usize, first: usize) -> BoardPlan {
    // One blank cell on the left, as the lines above have.
    let inner = Rect { x: body.x.saturating_add(1), width: body.width.saturating_sub(1), ..body };
    let lanes = folds.len();
    if lanes == 0 || inner.is_empty() {
        return BoardPlan { tabs: None, columns: Vec::new(), hidden_left: 0, hidden_right: 0 };
    }
    if one_at_a_time(inner.width) && lanes > 1 {
        let tab_rows = if body.height > 4 { 2 } else { 0 };
        let tabs = Rect { height: tab_rows.min(1), ..inner };
        let cards = Rect { y: body.y.saturating_add(tab_rows), height: body.height - tab_rows, ..inner };
        let lane = active.min(lanes - 1);
        let header = Rect { height: 0, ..inner };
        return BoardPlan {
            tabs: Some(tabs),
            columns: vec![Column { lane, fold: Fold::Open, header, cards }],
            hidden_left: lane,
            hidden_right: lanes - 1 - lane,
        };
    }
    let first = first_lane(inner.width, folds, active, first);
    let shown = columns_that_fit(inner.width, folds, first).min(lanes - first);
    let here = folds.get(first..first + shown).unwrap_or_default();
    let count = |fold: Fold| u16::try_from(here.iter().filter(|it| **it == fold).count()).unwrap_or(u16::MAX);
    let (open, folded) = (count(Fold::Open), count(Fold::Folded));
    let taken = folded.saturating_mul(COLUMN_FOLDED) + COLUMN_GAP * (open + folded).saturating_sub(1);
    let width = (inner.width.saturating_sub(taken) / open.max(1)).min(COLUMN_MAX);
    let header_rows = COLUMN_HEADER.min(body.height);
    let mut x = inner.x;
    let columns = here
        .iter()
        .enumerate()
        .map(|(place, &fold)| {
            let width = match fold {
                Fold::Open => width,
                Fold::Folded => COLUMN_FOLDED.min(inner.width),
            };
            let header = Rect { x, y: body.y, width, height: header_rows };
            let cards = Rect { y: body.y.saturating_add(header_rows), height: body.height - header_rows, ..header };
            x = x.saturating_add(width + COLUMN_GAP);
            Column { lane: first + place, fold, header, cards }
        })
        .collect();
    BoardPlan { tabs: None, columns, hidden_left: first, hidden_right: lanes - first - shown }
}

/// Cuts the verdict of the selected proposal from the right of the columns, where there is room for both.
#[must_use]
pub fn preview(body: Rect) -> (Rect, Option<Rect>) {
    if body.width < PREVIEW_WIDE {
        return (body, None);
    }
    let width = (body.width / 3).min(60);
    let left = Rect { width: body.width - width - 2, ..body };
    (left, Some(Rect { x: left.right() + 2, width, ..body }))
}

/// How many whole cards a column of this area shows; the last one needs no blank row after it.
#[must_use]
pub fn cards_that_fit(cards: Rect, size: CardSize) -> usize {
    let blank = size.pitch() - size.rows();
    usize::from((cards.height.saturating_add(blank)) / size.pitch()).max(1)
}

/// Where the card at `place` (0 = the first on screen) stands; cut at the column's end, empty below it.
#[must_use]
pub fn card(cards: Rect, size: CardSize, place: usize) -> Rect {
    let offset = u16::try_from(place).unwrap_or(u16::MAX).saturating_mul(size.pitch());
    let height = size.rows().min(cards.height.saturating_sub(offset));
    Rect { y: cards.y.saturating_add(offset), height, ..cards }
}

/// What is under the mouse on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardHit {
    /// A lane's heading or its empty ground.
    Lane(usize),
    /// A card: the lane, and the card's place in the lane.
    Card(usize, usize),
}

/// What stands at a cell. `top` and `len` tell a lane's first card on screen and its number of cards.
#[must_use]
pub fn board_hit(
    plan: &BoardPlan,
    size: CardSize,
    at: (u16, u16),
    top: impl Fn(usize) -> usize,
    len: impl Fn(usize) -> usize,
) -> Option<BoardHit> {
    let column = plan.columns.iter().find(|column| contains(column.header, at) || contains(column.cards, at))?;
    if contains(column.header, at) {
        return Some(BoardHit::Lane(column.lane));
    }
    let row = at.1 - column.cards.y;
    let index = top(column.lane) + usize::from(row / size.pitch());
    let on_ink = row % size.pitch() < size.rows();
    match column.fold == Fold::Open && on_ink && index < len(column.lane) {
        true => Some(BoardHit::Card(column.lane, index)),
        false => Some(BoardHit::Lane(column.lane)),
    }
}

/// True where a cell lies in an area.
#[must_use]
pub fn contains(area: Rect, (x, y): (u16, u16)) -> bool {
    x >= area.x && x < area.right() && y >= area.y && y < area.bottom()
}

/// Labels in a row, `gap` cells apart, scrolled so that the active one is whole where it can be. Gives index and place
/// of each label that is at least partly on screen.
#[must_use]
pub fn strip(area: Rect, widths: &[u16], active: usize, gap: u16) -> Vec<(usize, Rect)> {
    let mut starts = Vec::with_capacity(widths.len());
    let mut x: u32 = 0;
    for width in widths {
        starts.push(x);
        x += u32::from(*width) + u32::from(gap);
    }
    let whole = x.saturating_sub(u32::from(gap));
    let room = u32::from(area.width);
    let end_of = |index: usize| match (starts.get(index), widths.get(index)) {
        (Some(start), Some(width)) => start + u32::from(*width),
        _ => 0,
    };
    // Shift by whole labels, and show a little of the neighbour's side only where there is room.
    let shift = if whole <= room || end_of(active) <= room {
        0
    } else {
        let least = end_of(active) - room;
        let start = starts.get(active).copied().unwrap_or(0);
        starts.iter().copied().find(|start| *start >= least).unwrap_or(start).min(start)
    };
    let mut places = Vec::new();
    for (index, (start, width)) in starts.iter().zip(widths).enumerate() {
        let Some(from) = start.checked_sub(shift) else { continue };
        if from >= room {
            break;
        }
        let left = u16::try_from(from).unwrap_or(u16::MAX);
        let cells = (*width).min(area.width - left);
        places.push((index, Rect { x: area.x.saturating_add(left), width: cells, height: area.height.min(1), ..area }));
    }
    places
}

/// A proposal page on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PagePlan {
    /// The verdict, beside the pane; none where it is a tab of the pane.
    pub verdict: Option<Rect>,
    /// The pane's tabs.
    pub tabs: Rect,
    /// The pane.
    pub pane: Rect,
}

/// Places the parts of a proposal page.
#[must_use]
pub fn page(body: Rect) -> PagePlan {
    let inner = Rect { x: body.x.saturating_add(1), width: body.width.saturating_sub(2), ..body };
    let inner = if body.width < 2 { Rect { width: 0, ..body } } else { inner };
    let (verdict, right) = if body.width >= PAGE_WIDE {
        let width = (inner.width * 2 / 5).min(56);
        let left = Rect { width, ..inner };
        let right = Rect { x: inner.x + width + 3, width: inner.width - width - 3, ..inner };
        (Some(left), right)
    } else {
        (None, inner)
    };
    let tab_rows = if right.height > 4 { 2 } else { right.height.min(1) };
    let tabs = Rect { height: tab_rows, ..right };
    let pane = Rect { y: right.y.saturating_add(tab_rows), height: right.height - tab_rows, ..right };
    PagePlan { verdict, tabs, pane }
}

/// A composer on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComposerPlan {
    /// Heading of the text.
    pub title: Rect,
    /// Where the text is written.
    pub editor: Rect,
    /// What the text will do; empty where there is no room at all.
    pub forecast: Rect,
    /// The forecast stands beside the text, not below it.
    pub beside: bool,
}

/// Places the parts of a composer: side by side where there is width for both, else one below the other.
#[must_use]
pub fn composer(body: Rect) -> ComposerPlan {
    let inner = if body.width < 4 { body } else { Rect { x: body.x + 1, width: body.width - 2, ..body } };
    let title = Rect { height: inner.height.min(1), ..inner };
    let rest = Rect { y: inner.y.saturating_add(title.height), height: inner.height - title.height, ..inner };
    if body.width >= 100 {
        let width = rest.width * 11 / 20;
        let editor = Rect { width, ..rest };
        let forecast = Rect { x: rest.x + width + 3, width: rest.width - width - 3, ..rest };
        return ComposerPlan { title, editor, forecast, beside: true };
    }
    let below = if rest.height < 8 { 0 } else { rest.height.div_ceil(2) };
    let editor = Rect { height: rest.height - below, ..rest };
    let forecast = Rect { y: rest.y.saturating_add(editor.height), height: below, ..rest };
    ComposerPlan { title, editor, forecast, beside: false }
}

/// The middle part of an area, at most so wide and so high: for help and other overlays.
#[must_use]
pub fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// The farthest that a text of `lines` lines can be scrolled in a pane of `rows` rows.
#[must_use]
pub fn scroll_end(lines: usize, rows: u16) -> usize {
    lines.saturating_sub(usize::from(rows))
}
