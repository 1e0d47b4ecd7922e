//! From characters to tokens, as the YAML 1.1 readers of Go's tools cut them (go-yaml v2, a descendant of libyaml). They
//! take things that YAML 1.2 refuses (`[-, x]`, a flow list whose lines begin in column 0) and refuse things that it
//! takes (`[a?b]`, a tab before a comment), and an OWNERS file is what Prow's reader says it is.
//!
//! The one difficulty is the simple key: whether `a` is a key is known only when `:` is met, so tokens wait in a queue
//! for as long as the first of them may still turn out to be a key.

use std::collections::VecDeque;

use super::YamlError;

/// So deep may flow collections nest; the builder sets the same bound for all collections.
const MOST_FLOW: usize = super::MOST_DEPTH;

/// A key must end within so many characters, on its own line.
const LONGEST_KEY: usize = 1024;

/// What the scanner finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `%YAML`, with its version.
    Version(u32, u32),
    /// `%TAG`, with handle and prefix.
    TagDirective(String, String),
    /// `---`.
    DocumentStart,
    /// `...`.
    DocumentEnd,
    /// Nothing more.
    StreamEnd,
    /// A list of `- ` begins.
    BlockListStart,
    /// A map of `key: value` lines begins.
    BlockMapStart,
    /// A block collection ends, as the indentation says.
    BlockEnd,
    /// `[`.
    FlowListStart,
    /// `]`.
    FlowListEnd,
    /// `{`.
    FlowMapStart,
    /// `}`.
    FlowMapEnd,
    /// `,`.
    FlowEntry,
    /// `- `.
    BlockEntry,
    /// A key follows.
    Key,
    /// A value follows.
    Value,
    /// `*name`.
    Alias(String),
    /// `&name`.
    Anchor(String),
    /// A tag's handle and suffix.
    Tag(String, String),
    /// A scalar, and whether it is plain.
    Scalar(String, bool),
}

/// A place in the text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    pub(super) index: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Something that may turn out to be a key.
#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    possible: bool,
    /// It stands where only a key may stand.
    required: bool,
    /// Its token's number.
    number: usize,
    at: Mark,
}

pub(super) struct Scanner<'a> {
    pub(super) rest: &'a str,
    pub(super) mark: Mark,
    queue: VecDeque<(Token, Mark)>,
    /// How many tokens the parser has taken.
    taken: usize,
    /// One candidate per flow level.
    candidates: Vec<Candidate>,
    pub(super) key_allowed: bool,
    pub(super) flow: usize,
    /// The column of the open block collection; none at the top.
    pub(super) indent: Option<usize>,
    indents: Vec<Option<usize>>,
    ended: bool,
}

pub(super) type Scanned<T> = Result<T, YamlError>;

/// A line ends here. `\0` stands for the end of the text.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

pub(super) fn is_break_or_end(c: char) -> bool {
    c == '\0' || is_break(c)
}

/// Blank, break, or the end.
pub(super) fn is_gap(c: char) -> bool {
    is_blank(c) || is_break_or_end(c)
}

/// What names of anchors, handles and directives are made of.
fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            mark: Mark::default(),
            queue: VecDeque::new(),
            taken: 0,
            candidates: vec![Candidate::default()],
            key_allowed: true,
            flow: 0,
            indent: None,
            indents: Vec::new(),
            ended: false,
        }
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Scanned<(&Token, Mark)> {
        while !self.settled()? {
            self.fetch()?;
        }
        match self.queue.front() {
            Some((token, mark)) => Ok((token, *mark)),
            None => Ok((&Token::StreamEnd, self.mark)),
        }
    }

    /// Takes the token that was peeked at.
    pub(super) fn take(&mut self) -> Token {
        self.taken += 1;
        self.queue.pop_front().map_or(Token::StreamEnd, |(token, _)| token)
    }

    /// True where the first token can no longer get a `Key` before it.
    fn settled(&mut self) -> Scanned<bool> {
        if self.ended {
            return Ok(true);
        }
        if self.queue.is_empty() {
            return Ok(false);
        }
        match self.candidates.iter().position(|one| one.possible && one.number == self.taken) {
            Some(at) => Ok(!self.is_still_possible(at)?),
            None => Ok(true),
        }
    }

    pub(super) fn error<T>(&self, message: &str) -> Scanned<T> {
        Err(YamlError { line: self.mark.line + 1, message: message.to_owned() })
    }

    /// The character so many ahead; `\0` past the end.
    pub(super) fn look(&self, ahead: usize) -> char {
        self.rest.chars().nth(ahead).unwrap_or('\0')
    }

    pub(super) fn skip(&mut self) -> char {
        let mut rest = self.rest.chars();
        let c = rest.next().unwrap_or('\0');
        self.rest = rest.as_str();
        self.mark.index += 1;
        self.mark.column += 1;
        c
    }

    /// Passes a line's end and says what it is in a scalar.
    pub(super) fn skip_line(&mut self) -> Option<char> {
        let c = self.look(0);
        if !is_break(c) {
            return None;
        }
        if c == '\r' && self.look(1) == '\n' {
            self.skip();
        }
        self.skip();
        self.mark.column = 0;
        self.mark.line += 1;
        Some(if matches!(c, '\u{2028}' | '\u{2029}') { c } else { '\n' })
    }

    pub(super) fn skip_blanks(&mut self) {
        while is_blank(self.look(0)) {
            self.skip();
        }
    }

    pub(super) fn skip_comment(&mut self) {
        if self.look(0) == '#' {
            while !is_break_or_end(self.look(0)) {
                self.skip();
            }
        }
    }

    /// `---` or `...` in column 0.
    pub(super) fn at_document_mark(&self) -> bool {
        self.mark.column == 0 && (self.rest.starts_with("---") || self.rest.starts_with("...")) && is_gap(self.look(3))
    }

    fn push(&mut self, token: Token, at: Mark) {
        self.queue.push_back((token, at));
    }

    fn insert(&mut self, number: usize, token: Token, at: Mark) {
        self.queue.insert(number.saturating_sub(self.taken).min(self.queue.len()), (token, at));
    }

    fn is_still_possible(&mut self, at: usize) -> Scanned<bool> {
        let here = self.mark;
        let Some(one) = self.candidates.get_mut(at).filter(|one| one.possible) else { return Ok(false) };
        if one.at.line < here.line || one.at.index + LONGEST_KEY < here.index {
            if one.required {
                return self.error("a key without `:`");
            }
            one.possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn save_candidate(&mut self) -> Scanned<()> {
        if self.key_allowed {
            self.drop_candidate()?;
            let required = self.flow == 0 && self.indent == Some(self.mark.column);
            let number = self.taken + self.queue.len();
            if let Some(one) = self.candidates.last_mut() {
                *one = Candidate { possible: true, required, number, at: self.mark };
            }
        }
        Ok(())
    }

    fn drop_candidate(&mut self) -> Scanned<()> {
        if let Some(one) = self.candidates.last_mut().filter(|one| one.possible) {
            if one.required {
                return self.error("a key without `:`");
            }
            one.possible = false;
        }
        Ok(())
    }

    /// Opens a block collection where the column is deeper than the one that is open.
    fn roll(&mut self, column: usize, number: Option<usize>, token: Token, at: Mark) {
        if self.flow == 0 && self.indent.is_none_or(|indent| indent < column) {
            self.indents.push(self.indent.replace(column));
            match number {
                Some(number) => self.insert(number, token, at),
                None => self.push(token, at),
            }
        }
    }

    /// Closes block collections that are deeper than the column; all of them where there is none.
    fn unroll(&mut self, column: Option<usize>) {
        while self.flow == 0 && self.indent > column {
            self.push(Token::BlockEnd, self.mark);
            self.indent = self.indents.pop().flatten();
        }
    }

    fn fetch(&mut self) -> Scanned<()> {
        self.skip_to_token();
        self.unroll(Some(self.mark.column));
        let (c, next) = (self.look(0), self.look(1));
        let flow = self.flow > 0;
        if c == '\0' {
            return self.end();
        }
        if self.mark.column == 0 && c == '%' {
            return self.directive();
        }
        if self.at_document_mark() {
            let token = if c == '-' { Token::DocumentStart } else { Token::DocumentEnd };
            self.unroll(None);
            self.drop_candidate()?;
            self.key_allowed = false;
            let at = self.mark;
            (0..3).for_each(|_| {
                self.skip();
            });
            self.push(token, at);
            return Ok(());
        }
        match c {
            '[' => self.open(Token::FlowListStart),
            '{' => self.open(Token::FlowMapStart),
            ']' => self.close(Token::FlowListEnd),
            '}' => self.close(Token::FlowMapEnd),
            ',' => {
                self.drop_candidate()?;
                self.key_allowed = true;
                self.indicator(Token::FlowEntry);
                Ok(())
            }
            '-' if is_gap(next) => self.block_entry(),
            '?' if flow || is_gap(next) => self.key(),
            ':' if flow || is_gap(next) => self.value(),
            '*' | '&' => self.anchor(),
            '!' => self.tag(),
            '|' | '>' if !flow => {
                self.drop_candidate()?;
                self.key_allowed = true;
                let at = self.mark;
                let text = self.block_scalar(c == '|')?;
                self.push(Token::Scalar(text, false), at);
                Ok(())
            }
            '\'' | '"' => {
                self.save_candidate()?;
                self.key_allowed = false;
                let at = self.mark;
                let text = self.quoted(c == '\'')?;
                self.push(Token::Scalar(text, false), at);
                Ok(())
            }
            '-' | '?' | ':' => self.plain_token(),
            '#' | '|' | '>' | '%' | '@' | '`' => self.error("a character that cannot begin anything"),
            c if is_gap(c) => self.error("a character that cannot begin anything"),
            _ => self.plain_token(),
        }
    }

    fn plain_token(&mut self) -> Scanned<()> {
        self.save_candidate()?;
        self.key_allowed = false;
        let at = self.mark;
        let text = self.plain()?;
        self.push(Token::Scalar(text, true), at);
        Ok(())
    }

    /// Passes blanks, comments and line ends. A tab counts as a blank only where no key may begin.
    fn skip_to_token(&mut self) {
        loop {
            while self.look(0) == ' ' || (self.look(0) == '\t' && (self.flow > 0 || !self.key_allowed)) {
                self.skip();
            }
            self.skip_comment();
            if self.skip_line().is_none() {
                return;
            }
            if self.flow == 0 {
                self.key_allowed = true;
            }
        }
    }

    fn end(&mut self) -> Scanned<()> {
        self.unroll(None);
        self.drop_candidate()?;
        self.key_allowed = false;
        self.ended = true;
        self.push(Token::StreamEnd, self.mark);
        Ok(())
    }

    fn indicator(&mut self, token: Token) {
        let at = self.mark;
        self.skip();
        self.push(token, at);
    }

    fn open(&mut self, token: Token) -> Scanned<()> {
        self.save_candidate()?;
        self.candidates.push(Candidate::default());
        self.flow += 1;
        if self.flow > MOST_FLOW {
            return self.error("collections nest too deeply");
        }
        self.key_allowed = true;
        self.indicator(token);
        Ok(())
    }

    fn close(&mut self, token: Token) -> Scanned<()> {
        self.drop_candidate()?;
        if self.flow > 0 {
            self.flow -= 1;
            self.candidates.pop();
        }
        self.key_allowed = false;
        self.indicator(token);
        Ok(())
    }

    fn block_entry(&mut self) -> Scanned<()> {
        if self.flow == 0 {
            if !self.key_allowed {
                return self.error("a list may not begin here");
            }
            self.roll(self.mark.column, None, Token::BlockListStart, self.mark);
        }
        self.drop_candidate()?;
        self.key_allowed = true;
        self.indicator(Token::BlockEntry);
        Ok(())
    }

    fn key(&mut self) -> Scanned<()> {
        if self.flow == 0 {
            if !self.key_allowed {
                return self.error("a key may not stand here");
            }
            self.roll(self.mark.column, None, Token::BlockMapStart, self.mark);
        }
        self.drop_candidate()?;
        self.key_allowed = self.flow == 0;
        self.indicator(Token::Key);
        Ok(())
    }

    fn value(&mut self) -> Scanned<()> {
        let last = self.candidates.len().saturating_sub(1);
        if self.is_still_possible(last)? {
            let one = self.candidates.last().copied().unwrap_or_default();
            self.insert(one.number, Token::Key, one.at);
            self.roll(one.at.column, Some(one.number), Token::BlockMapStart, one.at);
            if let Some(one) = self.candidates.last_mut() {
                one.possible = false;
            }
            self.key_allowed = false;
        } else {
            if self.flow == 0 {
                if !self.key_allowed {
                    return self.error("a value may not stand here");
                }
                self.roll(self.mark.column, None, Token::BlockMapStart, self.mark);
            }
            self.key_allowed = self.flow == 0;
        }
        self.indicator(Token::Value);
        Ok(())
    }

    pub(super) fn name(&mut self) -> String {
        let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
        let name = self.rest.get(..end).unwrap_or_default().to_owned();
        for _ in 0..end {
            self.skip();
        }
        name
    }

    fn anchor(&mut self) -> Scanned<()> {
        self.save_candidate()?;
        self.key_allowed = false;
        let at = self.mark;
        let alias = self.skip() == '*';
        let name = self.name();
        let after = self.look(0);
        if name.is_empty() || !(is_gap(after) || matches!(after, '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`')) {
            return self.error("an anchor's name is made of letters, digits, - and _");
        }
        self.push(if alias { Token::Alias(name) } else { Token::Anchor(name) }, at);
        Ok(())
    }

    fn tag(&mut self) -> Scanned<()> {
        self.save_candidate()?;
        self.key_allowed = false;
        let at = self.mark;
        let token = self.tag_text()?;
        self.push(token, at);
        Ok(())
    }

    fn directive(&mut self) -> Scanned<()> {
        self.unroll(None);
        self.drop_candidate()?;
        self.key_allowed = false;
        let at = self.mark;
        let token = self.directive_text()?;
        self.push(token, at);
        Ok(())
    }
}
