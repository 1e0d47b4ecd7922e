//! A sheet of facts: a word at the left of every row says what it is, the text beside it wraps under itself on a
//! terminal. Where stdout is none, a row is one line, for `grep`.

use super::{Out, Paint};
use crate::domain::text::{sanitize_line, width};

/// Rows under each other, their words in one column.
#[derive(Clone, Debug)]
pub struct Sheet {
    out: Out,
    /// The columns of the words, with the gap behind them.
    words: usize,
    text: String,
}

impl Sheet {
    /// An empty sheet whose words are at most `longest` columns wide.
    #[must_use]
    pub fn new(out: Out, longest: usize) -> Self {
        Self { out, words: longest + 4, text: String::new() }
    }

    /// A heading, with an empty line before it where something stands above.
    pub fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&self.out.paint(Paint::Bold, &sanitize_line(text)));
        self.text.push('\n');
    }

    /// A row.
    pub fn row(&mut self, word: &str, paint: Option<Paint>, text: &str) {
        self.columns(word, paint, "", 0, text);
    }

    /// A row of three columns: `middle` takes at least `least` of them.
    pub fn columns(&mut self, word: &str, paint: Option<Paint>, middle: &str, least: usize, text: &str) {
        let painted = |text: &str| paint.map_or_else(|| text.to_owned(), |paint| self.out.paint(paint, text));
        let (word, middle, text) = (sanitize_line(word), sanitize_line(middle), sanitize_line(text));
        let gap = (self.words - 2).saturating_sub(width(&word));
        let mut line = format!("  {}{}", painted(&word), " ".repeat(gap));
        let (mut at, mut hang) = (self.words, self.words);
        if least > 0 {
            let middle_width = width(&middle).max(least);
            line.push_str(&middle);
            line.push_str(&" ".repeat(middle_width - width(&middle) + 2));
            at += middle_width + 2;
            hang += least + 2;
        }
        // A column too narrow to read in is no column.
        let most = self.out.width.filter(|most| hang + 20 <= *most);
        let mut first = true;
        for piece in text.split(' ') {
            let wide = width(piece);
            if !first && most.is_some_and(|most| at + 1 + wide > most) {
                line.push('\n');
                line.push_str(&" ".repeat(hang));
                at = hang;
            } else if !first {
                line.push(' ');
                at += 1;
            }
            line.push_str(piece);
            at += wide;
            first = false;
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// The sheet as text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}
