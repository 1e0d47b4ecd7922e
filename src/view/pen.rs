//! Putting lines into a buffer: cut to the room there is, the right side aligned right, never outside the area. No
//! function here panics, whatever the size.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::styles::Styles;

/// A span of its own text.
pub(super) fn span(text: impl Into<String>, style: Style) -> Span<'static> {
    Span::styled(text.into(), style)
}

/// A line cut to `width` cells, with an ellipsis where something is missing.
pub(super) fn fit(line: Line<'static>, width: usize, styles: &Styles) -> Line<'static> {
    if line.width() <= width {
        return line;
    }
    let ellipsis = styles.glyphs.ellipsis;
    let room = width.saturating_sub(ellipsis.width());
    let mut used = 0;
    let mut spans: Vec<Span<'static>> = Vec::with_capacity(line.spans.len());
    'spans: for piece in line.spans {
        let cells = piece.width();
        if used + cells <= room {
            used += cells;
            spans.push(piece);
            continue;
        }
        let mut kept = String::new();
        for grapheme in piece.content.graphemes(true) {
            used += grapheme.width();
            if used > room {
                spans.push(Span::styled(kept.trim_end().to_owned(), piece.style));
                spans.push(Span::styled(ellipsis, piece.style));
                break 'spans;
            }
            kept.push_str(grapheme);
        }
        spans.push(Span::styled(kept, piece.style));
    }
    Line { spans, ..line }
}

/// Draws a line into the first row of an area.
pub(super) fn line(buf: &mut Buffer, area: Rect, line: Line<'static>, styles: &Styles) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let line = fit(line, usize::from(area.width), styles);
    buf.set_line(area.x, area.y, &line, area.width);
}

/// Draws two lines into the first row of an area: the right one whole where it takes at most three fifths of the room,
/// the left one in what is left.
pub(super) fn sides(buf: &mut Buffer, area: Rect, left: Line<'static>, right: Line<'static>, styles: &Styles) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let wanted = right.width();
    let left_wanted = left.width();
    let room = usize::from(area.width);
    let most = room.saturating_sub(left_wanted.saturating_add(2)).max(room * 3 / 5);
    let right = fit(right, wanted.min(most), styles);
    let cells = u16::try_from(right.width()).unwrap_or(area.width).min(area.width);
    let gap = u16::from(cells > 0) * 2;
    let left_area = Rect { width: area.width.saturating_sub(cells + gap), ..area };
    self::line(buf, left_area, left, styles);
    buf.set_line(area.right() - cells, area.y, &right, cells);
}

/// Draws lines from the top of an area, those that fit.
pub(super) fn lines(buf: &mut Buffer, area: Rect, lines: impl IntoIterator<Item = Line<'static>>, styles: &Styles) {
    for (row, text) in area.intersection(buf.area).rows().zip(lines) {
        line(buf, row, text, styles);
    }
}

/// A rule with a title in it: `Whose turn ─────────`.
pub(super) fn titled_rule(title: &str, width: usize, styles: &Styles) -> Line<'static> {
    let rest = width.saturating_sub(title.width() + 1);
    Line::from(vec![
        span(title, styles.strong),
        span(" ", styles.faint),
        span(styles.glyphs.rule.repeat(rest), styles.faint),
    ])
}

/// Empties an area, for what is drawn over something else.
pub(super) fn clear(buf: &mut Buffer, area: Rect) {
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }
}

/// A thumb at the right edge of an area that shows `from..from + rows` of `total` lines; nothing where all fits.
pub(super) fn scrollbar(buf: &mut Buffer, area: Rect, from: usize, total: usize, styles: &Styles) {
    let area = area.intersection(buf.area);
    let rows = usize::from(area.height);
    if area.is_empty() || total <= rows {
        return;
    }
    let x = area.right() - 1;
    let thumb = (rows * rows / total).max(1);
    let travel = rows - thumb;
    let start = (from * travel).div_ceil((total - rows).max(1)).min(travel);
    for (row, y) in (area.top()..area.bottom()).enumerate() {
        let on = row >= start && row < start + thumb;
        let (glyph, style) = match on {
            true => (styles.glyphs.thumb, styles.dim),
            false => (styles.glyphs.track, styles.faint),
        };
        buf.set_string(x, y, glyph, style);
    }
}

/// The spans of a line, followed by more.
pub(super) fn join(parts: Vec<Vec<Span<'static>>>, between: &Span<'static>) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !spans.is_empty() {
            spans.push(between.clone());
        }
        spans.extend(part);
    }
    spans
}
