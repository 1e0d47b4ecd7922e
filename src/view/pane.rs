//! A scrolled text made of blocks: only what is on screen is drawn, and how long it is is known without drawing it.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::markdown::Rendered;
use super::pen;
use super::styles::Styles;

/// A piece of a pane.
pub(super) enum Block {
    /// Lines made for this frame.
    Lines(Vec<Line<'static>>),
    /// A document rendered before, with something before each line.
    Document(Arc<Rendered>, Vec<Span<'static>>),
}

/// The text of a pane.
#[derive(Default)]
pub(super) struct Pane(Vec<Block>);

impl Pane {
    /// Adds one line.
    pub(super) fn line(&mut self, line: Line<'static>) {
        match self.0.last_mut() {
            Some(Block::Lines(lines)) => lines.push(line),
            _ => self.0.push(Block::Lines(vec![line])),
        }
    }

    /// Adds lines.
    pub(super) fn lines(&mut self, lines: impl IntoIterator<Item = Line<'static>>) {
        for line in lines {
            self.line(line);
        }
    }

    /// A blank line, unless at the start.
    pub(super) fn gap(&mut self) {
        if !self.0.is_empty() {
            self.line(Line::default());
        }
    }

    /// Adds a document.
    pub(super) fn document(&mut self, rendered: Arc<Rendered>, before: Vec<Span<'static>>) {
        self.0.push(Block::Document(rendered, before));
    }

    /// How many lines there are.
    pub(super) fn height(&self) -> usize {
        let height = |block: &Block| match block {
            Block::Lines(lines) => lines.len(),
            Block::Document(rendered, _) => rendered.lines.len(),
        };
        self.0.iter().map(height).sum()
    }

    /// Draws the lines from `from` on, and a scrollbar where there are more.
    pub(super) fn draw(&self, from: usize, area: Rect, buf: &mut Buffer, styles: &Styles) {
        let total = self.height();
        // A text that has become shorter, or a terminal that has become larger, never shows an empty pane.
        let from = from.min(total.saturating_sub(usize::from(area.height)));
        let inner = Rect { width: text_width(area.width), ..area };
        let mut rows = inner.intersection(buf.area).rows();
        let mut skip = from;
        for block in &self.0 {
            let (lines, before): (&[Line<'static>], &[Span<'static>]) = match block {
                Block::Lines(lines) => (lines, &[]),
                Block::Document(rendered, before) => (&rendered.lines, before),
            };
            for line in lines.get(skip.min(lines.len())..).unwrap_or_default() {
                let Some(row) = rows.next() else { break };
                if before.is_empty() {
                    pen::line(buf, row, line.clone(), styles);
                } else {
                    let mut spans = before.to_vec();
                    spans.extend(line.spans.iter().cloned());
                    pen::line(buf, row, Line::from(spans), styles);
                }
            }
            skip = skip.saturating_sub(lines.len());
        }
        pen::scrollbar(buf, area, from, total, styles);
    }
}

/// The width of the text in a pane: its last two cells are the scrollbar's.
pub(super) fn text_width(pane: u16) -> u16 {
    pane.saturating_sub(2)
}
