//! The scanner's scalars: plain, quoted, and blocks of lines, each with its own way of folding lines.

use super::scan::{Scanned, Scanner, is_blank, is_break, is_break_or_end, is_gap};

/// The gap between two words of a scalar: blanks, or the ends of one or more lines.
#[derive(Default)]
struct Gap {
    /// Blanks within a line.
    blanks: String,
    /// The first line's end.
    first: Option<char>,
    /// Those of empty lines after it.
    more: String,
    /// Lines were passed.
    lines: bool,
}

impl Gap {
    /// What stands for the gap: a blank for one line's end, one end less than there were for several.
    fn fold(&mut self, into: &mut String) {
        let gap = std::mem::take(self);
        if !gap.lines {
            into.push_str(&gap.blanks);
            return;
        }
        match gap.first {
            Some('\n') if gap.more.is_empty() => into.push(' '),
            Some('\n') => into.push_str(&gap.more),
            other => {
                into.extend(other);
                into.push_str(&gap.more);
            }
        }
    }

    fn take_line(&mut self, end: Option<char>) {
        if self.lines {
            self.more.extend(end);
        } else {
            self.blanks.clear();
            self.first = end;
            self.lines = true;
        }
    }
}

impl Scanner<'_> {
    pub(super) fn plain(&mut self) -> Scanned<String> {
        let mut text = String::new();
        let mut gap = Gap::default();
        let indent = self.indent.map_or(0, |indent| indent + 1);
        loop {
            if self.at_document_mark() || self.look(0) == '#' {
                break;
            }
            loop {
                let c = self.look(0);
                let ends = is_gap(c)
                    || (c == ':' && is_gap(self.look(1)))
                    || (self.flow > 0 && matches!(c, ',' | '?' | '[' | ']' | '{' | '}'));
                if ends {
                    break;
                }
                gap.fold(&mut text);
                text.push(self.skip());
            }
            if !is_blank(self.look(0)) && !is_break(self.look(0)) {
                break;
            }
            while is_blank(self.look(0)) || is_break(self.look(0)) {
                if is_break(self.look(0)) {
                    let end = self.skip_line();
                    gap.take_line(end);
                } else if gap.lines {
                    if self.look(0) == '\t' && self.mark.column < indent {
                        return self.error("a tab stands where blanks indent");
                    }
                    self.skip();
                } else {
                    gap.blanks.push(self.skip());
                }
            }
            if self.flow == 0 && self.mark.column < indent {
                break;
            }
        }
        if gap.lines {
            self.key_allowed = true;
        }
        Ok(text)
    }

    pub(super) fn quoted(&mut self, single: bool) -> Scanned<String> {
        let quote = self.skip();
        let mut text = String::new();
        loop {
            if self.at_document_mark() {
                return self.error("a document's mark stands inside of quotes");
            }
            if self.look(0) == '\0' {
                return self.error("quotes are not closed");
            }
            let mut gap = Gap::default();
            while !is_gap(self.look(0)) {
                let (c, next) = (self.look(0), self.look(1));
                if single && c == '\'' && next == '\'' {
                    text.push('\'');
                    self.skip();
                    self.skip();
                } else if c == quote {
                    break;
                } else if !single && c == '\\' && is_break(next) {
                    self.skip();
                    self.skip_line();
                    gap.lines = true;
                    break;
                } else if !single && c == '\\' {
                    self.escape(&mut text)?;
                } else {
                    text.push(self.skip());
                }
            }
            if self.look(0) == quote {
                self.skip();
                return Ok(text);
            }
            while is_blank(self.look(0)) || is_break(self.look(0)) {
                if is_break(self.look(0)) {
                    let end = self.skip_line();
                    gap.take_line(end);
                } else if gap.lines {
                    self.skip();
                } else {
                    gap.blanks.push(self.skip());
                }
            }
            gap.fold(&mut text);
        }
    }

    fn escape(&mut self, text: &mut String) -> Scanned<()> {
        self.skip();
        let digits = match self.skip() {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c => {
                let plain = match c {
                    '0' => '\0',
                    'a' => '\x07',
                    'b' => '\x08',
                    't' | '\t' => '\t',
                    'n' => '\n',
                    'v' => '\x0b',
                    'f' => '\x0c',
                    'r' => '\r',
                    'e' => '\x1b',
                    ' ' | '"' | '\'' | '\\' => c,
                    'N' => '\u{85}',
                    '_' => '\u{a0}',
                    'L' => '\u{2028}',
                    'P' => '\u{2029}',
                    _ => return self.error("an unknown escape in quotes"),
                };
                text.push(plain);
                return Ok(());
            }
        };
        let mut code = 0_u32;
        for _ in 0..digits {
            let Some(digit) = self.look(0).to_digit(16) else {
                return self.error("an escape needs hexadecimal digits");
            };
            code = code.wrapping_mul(16).wrapping_add(digit);
            self.skip();
        }
        match char::from_u32(code) {
            Some(c) => text.push(c),
            None => return self.error("an escape names no character"),
        }
        Ok(())
    }

    pub(super) fn block_scalar(&mut self, literal: bool) -> Scanned<String> {
        self.skip();
        let (chomp, increment) = self.block_header()?;
        let mut indent = match (increment, self.indent) {
            (0, _) => 0,
            (more, indent) => indent.unwrap_or(0) + more,
        };
        let mut text = String::new();
        let mut first: Option<char> = None;
        let mut more = String::new();
        self.block_breaks(&mut indent, &mut more)?;
        let mut after_blank = false;
        while self.mark.column == indent && self.look(0) != '\0' {
            let blank = is_blank(self.look(0));
            if !literal && !after_blank && !blank && first == Some('\n') {
                if more.is_empty() {
                    text.push(' ');
                }
            } else {
                text.extend(first);
            }
            text.push_str(&std::mem::take(&mut more));
            after_blank = blank;
            while !is_break_or_end(self.look(0)) {
                text.push(self.skip());
            }
            first = self.skip_line();
            self.block_breaks(&mut indent, &mut more)?;
        }
        if chomp != Some('-') {
            text.extend(first);
        }
        if chomp == Some('+') {
            text.push_str(&more);
        }
        Ok(text)
    }

    /// The indicators after `|` or `>`: `+` or `-`, and how much deeper the lines are, in either order.
    fn block_header(&mut self) -> Scanned<(Option<char>, usize)> {
        let (mut chomp, mut increment) = (None, 0);
        for _ in 0..2 {
            match self.look(0) {
                c @ ('+' | '-') if chomp.is_none() => {
                    chomp = Some(c);
                    self.skip();
                }
                '0' if increment == 0 => return self.error("an indentation of 0"),
                c @ '1'..='9' if increment == 0 => {
                    increment = usize::try_from(c.to_digit(10).unwrap_or(0)).unwrap_or(0);
                    self.skip();
                }
                _ => break,
            }
        }
        self.skip_blanks();
        self.skip_comment();
        if !is_break_or_end(self.look(0)) {
            return self.error("text stands beside | or >");
        }
        self.skip_line();
        Ok((chomp, increment))
    }

    /// Passes indentation and empty lines; where the indentation is not known (0), finds it.
    fn block_breaks(&mut self, indent: &mut usize, breaks: &mut String) -> Scanned<()> {
        let mut deepest = 0;
        loop {
            let inside = |scanner: &Self, indent: usize| indent == 0 || scanner.mark.column < indent;
            while inside(self, *indent) && self.look(0) == ' ' {
                self.skip();
            }
            deepest = deepest.max(self.mark.column);
            if inside(self, *indent) && self.look(0) == '\t' {
                return self.error("a tab stands where blanks indent");
            }
            match self.skip_line() {
                Some(end) => breaks.push(end),
                None => break,
            }
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent.map_or(0, |indent| indent + 1)).max(1);
        }
        Ok(())
    }
}
