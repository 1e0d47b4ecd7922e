//! Breaking styled text into lines of a width. Words stay whole where they fit; a word longer than the line is cut
//! between graphemes. One pass over the text, whatever its length.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A piece of text in one style. A newline in it breaks the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text, already free of control characters.
    pub text: String,
    /// Its style.
    pub style: Style,
}

impl Piece {
    /// A piece.
    pub fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }
}

/// Breaks pieces into lines of at most `width` cells.
#[must_use]
pub fn wrap(pieces: &[Piece], width: usize) -> Vec<Line<'static>> {
    let mut wrapper = Wrapper { width: width.max(1), ..Wrapper::default() };
    for piece in pieces {
        wrapper.take(&piece.text, piece.style);
    }
    wrapper.finish()
}

/// Breaks plain text of one style.
#[must_use]
pub fn wrap_text(text: &str, style: Style, width: usize) -> Vec<Line<'static>> {
    wrap(&[Piece::new(text, style)], width)
}

/// Cuts a line of code into rows of at most `width` cells, between graphemes, keeping its blanks.
#[must_use]
pub fn chop(line: Line<'static>, width: usize) -> Vec<Line<'static>> {
    if line.width() <= width {
        return vec![line];
    }
    let mut wrapper = Wrapper { width: width.max(1), ..Wrapper::default() };
    for span in line.spans {
        for grapheme in span.content.graphemes(true) {
            wrapper.put(grapheme, span.style);
        }
    }
    wrapper.finish()
}

#[derive(Default)]
struct Wrapper {
    width: usize,
    lines: Vec<Line<'static>>,
    row: Vec<Span<'static>>,
    used: usize,
    /// Blanks that came after the row's last word: written only if another word follows on the row.
    blanks: Option<Style>,
    word: Vec<Span<'static>>,
    word_width: usize,
}

impl Wrapper {
    fn take(&mut self, text: &str, style: Style) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find([' ', '\n', '\t']).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            if !word.is_empty() {
                self.word_width += word.width();
                push(&mut self.word, word, style);
            }
            let mut characters = tail.chars();
            match characters.next() {
                Some('\n') => {
                    self.end_word();
                    self.end_row();
                }
                Some(_) => {
                    self.end_word();
                    if self.used > 0 {
                        self.blanks = Some(style);
                    }
                }
                None => {}
            }
            rest = characters.as_str();
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let blank = usize::from(self.blanks.is_some());
        if self.used > 0 && self.used + blank + self.word_width > self.width {
            self.end_row();
        } else if let Some(style) = self.blanks.take() {
            push(&mut self.row, " ", style);
            self.used += 1;
        }
        let word = std::mem::take(&mut self.word);
        if self.word_width > self.width {
            for span in &word {
                for grapheme in span.content.graphemes(true) {
                    self.put(grapheme, span.style);
                }
            }
        } else {
            for span in word {
                self.used += span.width();
                push(&mut self.row, &span.content, span.style);
            }
        }
        self.word_width = 0;
    }

    fn put(&mut self, grapheme: &str, style: Style) {
        let cells = grapheme.width();
        if self.used + cells > self.width && self.used > 0 {
            self.end_row();
        }
        push(&mut self.row, grapheme, style);
        self.used += cells;
    }

    fn end_row(&mut self) {
        self.lines.push(Line::from(std::mem::take(&mut self.row)));
        self.used = 0;
        self.blanks = None;
    }

    fn finish(mut self) -> Vec<Line<'static>> {
        self.end_word();
        if !self.row.is_empty() || self.lines.is_empty() {
            self.end_row();
        }
        self.lines
    }
}

/// Adds text to a row, to its last span where the style is the same.
fn push(row: &mut Vec<Span<'static>>, text: &str, style: Style) {
    match row.last_mut() {
        Some(last) if last.style == style => last.content.to_mut().push_str(text),
        _ => row.push(Span::styled(text.to_owned(), style)),
    }
}
