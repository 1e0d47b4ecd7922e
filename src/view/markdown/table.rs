//! Tables fitted to a width: columns keep what they need where all fit, else the wide ones give way and cells wrap.
//! Where even that is not readable, every row becomes a small list of `heading: cell`.

use pulldown_cmark::Alignment;
use ratatui::text::{Line, Span};

use crate::view::styles::Styles;
use crate::view::wrap::{Piece, wrap};

/// Below this a column of prose cannot be read.
const CELL_MIN: usize = 6;

/// A table while it is read.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Alignments, by column.
    pub(super) alignments: Vec<Alignment>,
    /// Rows; the first is the heading.
    pub(super) rows: Vec<Vec<Vec<Piece>>>,
}

impl Table {
    /// The lines of a table without heading: front matter.
    pub(super) fn plain_lines(&self, width: usize, styles: &Styles) -> Vec<Line<'static>> {
        let widest = self.rows.iter().filter_map(|row| row.first()).map(|cell| cell_width(cell)).max().unwrap_or(0);
        let widest = widest.min(width / 3);
        let room = width.saturating_sub(widest + 2).max(1);
        let mut lines = Vec::new();
        for row in &self.rows {
            let cell = |column: usize, room| row.get(column).map_or_else(Vec::new, |cell| wrap(cell, room));
            let (keys, values) = (cell(0, widest.max(1)), cell(1, room));
            for y in 0..keys.len().max(values.len()) {
                let key = keys.get(y).cloned().unwrap_or_default();
                let blank = (widest + 2).saturating_sub(key.width());
                let mut spans = key.spans;
                spans.push(Span::raw(" ".repeat(blank)));
                spans.extend(values.get(y).cloned().unwrap_or_default().spans);
                lines.push(Line::from(spans));
            }
        }
        let rule = styles.glyphs.rule.repeat(width);
        lines.push(Line::from(Span::styled(rule, styles.faint)));
        lines
    }

    /// The table's lines, at most `width` cells wide.
    pub(super) fn lines(&self, width: usize, styles: &Styles) -> Vec<Line<'static>> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        if columns == 0 {
            return Vec::new();
        }
        let gaps = 3 * (columns - 1);
        if width < gaps + columns * CELL_MIN {
            return self.records(width, styles);
        }
        let natural: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().map(|row| row.get(column).map_or(0, |cell| cell_width(cell))).max())
            .map(|widest| widest.unwrap_or(0).max(1))
            .collect();
        let widths = fit(&natural, width - gaps);
        let cells: Vec<Vec<Vec<Line<'static>>>> = self
            .rows
            .iter()
            .map(|row| {
                let cell =
                    |(column, width): (usize, &usize)| row.get(column).map_or_else(Vec::new, |c| wrap(c, *width));
                widths.iter().enumerate().map(cell).collect()
            })
            .collect();
        // Rules between rows only where a row takes several lines: else the eye needs none.
        let tall = cells.iter().skip(1).any(|row| row.iter().any(|cell| cell.len() > 1));
        let mut lines = Vec::new();
        for (index, row) in cells.iter().enumerate() {
            if index == 1 || (index > 1 && tall) {
                lines.push(rule(&widths, styles));
            }
            let height = row.iter().map(Vec::len).max().unwrap_or(1).max(1);
            for y in 0..height {
                lines.push(self.line(row, y, &widths, index == 0, styles));
            }
        }
        lines
    }

    fn line(
        &self,
        row: &[Vec<Line<'static>>],
        y: usize,
        widths: &[usize],
        head: bool,
        styles: &Styles,
    ) -> Line<'static> {
        let mut spans = Vec::new();
        for (column, width) in widths.iter().enumerate() {
            if column > 0 {
                spans.push(Span::styled(format!(" {} ", styles.glyphs.upright), styles.faint));
            }
            let part = row.get(column).and_then(|cell| cell.get(y)).cloned().unwrap_or_default();
            let blank = width.saturating_sub(part.width());
            let before = match self.alignments.get(column) {
                Some(Alignment::Right) => blank,
                Some(Alignment::Center) => blank / 2,
                _ => 0,
            };
            spans.push(Span::raw(" ".repeat(before)));
            for span in part.spans {
                let style = if head { styles.strong.patch(span.style) } else { span.style };
                spans.push(Span::styled(span.content, style));
            }
            // No trailing blanks after the last column: copied text stays clean.
            if column + 1 < widths.len() {
                spans.push(Span::raw(" ".repeat(blank - before)));
            }
        }
        spans.retain(|span| !span.content.is_empty());
        Line::from(spans)
    }

    fn records(&self, width: usize, styles: &Styles) -> Vec<Line<'static>> {
        let Some((head, rows)) = self.rows.split_first() else { return Vec::new() };
        let mut lines = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                lines.push(Line::default());
            }
            for (column, cell) in row.iter().enumerate() {
                let mut pieces: Vec<Piece> = head.get(column).cloned().unwrap_or_default();
                for piece in &mut pieces {
                    piece.style = styles.strong.patch(piece.style);
                }
                pieces.push(Piece::new(": ", styles.dim));
                pieces.extend(cell.iter().cloned());
                lines.extend(wrap(&pieces, width));
            }
        }
        if rows.is_empty() {
            for cell in head {
                lines.extend(wrap(cell, width));
            }
        }
        lines
    }
}

fn cell_width(cell: &[Piece]) -> usize {
    cell.iter().map(|piece| Span::raw(piece.text.as_str()).width()).sum()
}

fn rule(widths: &[usize], styles: &Styles) -> Line<'static> {
    let cross = if styles.ascii() { "-+-" } else { "─┼─" };
    let parts: Vec<String> = widths.iter().map(|width| styles.glyphs.rule.repeat(*width)).collect();
    Line::from(Span::styled(parts.join(cross), styles.faint))
}

/// Widths that add up to at most `room`: every column gets what it needs up to a common bound, so that narrow columns
/// keep theirs and the wide ones share the rest.
fn fit(natural: &[usize], room: usize) -> Vec<usize> {
    if natural.iter().sum::<usize>() <= room {
        return natural.to_vec();
    }
    let mut sorted: Vec<usize> = natural.to_vec();
    sorted.sort_unstable();
    let mut left = room;
    let mut bound = CELL_MIN;
    for (index, width) in sorted.iter().enumerate() {
        let share = left / (sorted.len() - index);
        if *width > share {
            bound = share.max(1);
            break;
        }
        left -= width;
        bound = *width;
    }
    let mut widths: Vec<usize> = natural.iter().map(|width| (*width).min(bound)).collect();
    // What rounding left over goes to the first columns that want it.
    let mut spare = room.saturating_sub(widths.iter().sum());
    for (width, wanted) in widths.iter_mut().zip(natural) {
        let more = spare.min(wanted.saturating_sub(*width)).min(1);
        *width += more;
        spare -= more;
    }
    widths
}
