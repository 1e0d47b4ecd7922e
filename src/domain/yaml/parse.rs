//! From tokens to the first document's nodes, which the builder takes one by one. Nothing after that document is read,
//! but for the token that ends it.

use super::scan::{Mark, Scanned, Scanner, Token};
use super::{Builder, YamlError};

const CORE: &str = "tag:yaml.org,2002:";

/// What the builder is told.
pub(super) enum Event {
    /// A scalar.
    Scalar(Scalar),
    /// A list begins, perhaps with an anchor.
    List(Option<String>),
    /// A map begins, perhaps with an anchor.
    Map(Option<String>),
    /// The innermost collection ends.
    End,
    /// A node that was named before.
    Alias(String),
}

/// A scalar as written.
#[derive(Default)]
pub(super) struct Scalar {
    pub(super) text: String,
    pub(super) plain: bool,
    pub(super) anchor: Option<String>,
    /// The whole tag; empty where there is none.
    pub(super) tag: String,
}

pub(super) struct Parser<'a> {
    scanner: Scanner<'a>,
    builder: Builder,
    handles: Vec<(String, String)>,
}

/// Reads the first document into a builder.
pub(super) fn first_document(text: &str) -> Scanned<Builder> {
    let mut parser = Parser { scanner: Scanner::new(text), builder: Builder::default(), handles: Vec::new() };
    parser.document()?;
    Ok(parser.builder)
}

impl Parser<'_> {
    fn document(&mut self) -> Scanned<()> {
        match self.scanner.peek()?.0 {
            Token::StreamEnd => return Ok(()),
            Token::Version(..) | Token::TagDirective(..) | Token::DocumentStart => {
                self.directives()?;
                if !matches!(self.scanner.peek()?.0, Token::DocumentStart) {
                    return self.error("directives come before ---");
                }
                self.scanner.take();
                match self.scanner.peek()?.0 {
                    Token::Version(..)
                    | Token::TagDirective(..)
                    | Token::DocumentStart
                    | Token::DocumentEnd
                    | Token::StreamEnd => self.empty()?,
                    _ => self.node(true, false)?,
                }
            }
            _ => {
                self.directives()?;
                self.node(true, false)?;
            }
        }
        self.scanner.peek().map(drop)
    }

    fn directives(&mut self) -> Scanned<()> {
        let mut version = false;
        loop {
            match self.scanner.peek()?.0.clone() {
                Token::Version(major, minor) => {
                    if version {
                        return self.error("%YAML stands twice");
                    }
                    if (major, minor) != (1, 1) {
                        return self.error("Go's reader takes YAML 1.1 alone");
                    }
                    version = true;
                }
                Token::TagDirective(handle, prefix) => {
                    if self.handles.iter().any(|(known, _)| *known == handle) {
                        return self.error("%TAG stands twice for one handle");
                    }
                    self.handles.push((handle, prefix));
                }
                _ => break,
            }
            self.scanner.take();
        }
        for (handle, prefix) in [("!", "!"), ("!!", CORE)] {
            if !self.handles.iter().any(|(known, _)| known == handle) {
                self.handles.push((handle.to_owned(), prefix.to_owned()));
            }
        }
        Ok(())
    }

    fn error<T>(&mut self, message: &str) -> Scanned<T> {
        let line = self.scanner.peek().map_or(0, |(_, mark)| mark.line + 1);
        Err(YamlError { line, message: message.to_owned() })
    }

    fn tell(&mut self, event: Event, at: Mark) -> Scanned<()> {
        self.builder.take(event).map_err(|message| YamlError { line: at.line + 1, message })
    }

    fn empty(&mut self) -> Scanned<()> {
        let at = self.scanner.peek()?.1;
        self.tell(Event::Scalar(Scalar { plain: true, ..Scalar::default() }), at)
    }

    /// `indentless`: a list may stand in the column of its key.
    fn node(&mut self, block: bool, indentless: bool) -> Scanned<()> {
        let at = self.scanner.peek()?.1;
        if let Token::Alias(name) = self.scanner.peek()?.0.clone() {
            self.scanner.take();
            return self.tell(Event::Alias(name), at);
        }
        let (mut anchor, mut tag) = (None, None);
        for _ in 0..2 {
            match self.scanner.peek()?.0.clone() {
                Token::Anchor(name) if anchor.is_none() => anchor = Some(name),
                Token::Tag(handle, suffix) if tag.is_none() => tag = Some((handle, suffix)),
                _ => break,
            }
            self.scanner.take();
        }
        let tag = self.whole_tag(tag)?;
        match (self.scanner.peek()?.0.clone(), block) {
            (Token::BlockEntry, _) if indentless => {
                self.tell(Event::List(anchor), at)?;
                self.indentless_list()
            }
            (Token::Scalar(text, plain), _) => {
                self.scanner.take();
                self.tell(Event::Scalar(Scalar { text, plain, anchor, tag }), at)
            }
            (Token::FlowListStart, _) => {
                self.tell(Event::List(anchor), at)?;
                self.flow_list()
            }
            (Token::FlowMapStart, _) => {
                self.tell(Event::Map(anchor), at)?;
                self.flow_map()
            }
            (Token::BlockListStart, true) => {
                self.tell(Event::List(anchor), at)?;
                self.block_list()
            }
            (Token::BlockMapStart, true) => {
                self.tell(Event::Map(anchor), at)?;
                self.block_map()
            }
            _ if anchor.is_some() || !tag.is_empty() => {
                self.tell(Event::Scalar(Scalar { text: String::new(), plain: true, anchor, tag }), at)
            }
            _ => self.error("nothing stands where a value is expected"),
        }
    }

    fn whole_tag(&mut self, tag: Option<(String, String)>) -> Scanned<String> {
        let Some((handle, suffix)) = tag else { return Ok(String::new()) };
        if handle.is_empty() {
            return Ok(suffix);
        }
        match self.handles.iter().find(|(known, _)| *known == handle) {
            Some((_, prefix)) => Ok(format!("{prefix}{suffix}")),
            None => self.error("a tag with an unknown handle"),
        }
    }

    fn end(&mut self) -> Scanned<()> {
        let at = self.scanner.peek()?.1;
        self.tell(Event::End, at)
    }

    fn block_list(&mut self) -> Scanned<()> {
        self.scanner.take();
        loop {
            match self.scanner.peek()?.0 {
                Token::BlockEntry => {
                    self.scanner.take();
                    match self.scanner.peek()?.0 {
                        Token::BlockEntry | Token::BlockEnd => self.empty()?,
                        _ => self.node(true, false)?,
                    }
                }
                Token::BlockEnd => {
                    self.end()?;
                    self.scanner.take();
                    return Ok(());
                }
                _ => return self.error("a list's next line must begin with - in its column"),
            }
        }
    }

    fn indentless_list(&mut self) -> Scanned<()> {
        while matches!(self.scanner.peek()?.0, Token::BlockEntry) {
            self.scanner.take();
            match self.scanner.peek()?.0 {
                Token::BlockEntry | Token::Key | Token::Value | Token::BlockEnd => self.empty()?,
                _ => self.node(true, false)?,
            }
        }
        self.end()
    }

    fn block_map(&mut self) -> Scanned<()> {
        self.scanner.take();
        loop {
            match self.scanner.peek()?.0 {
                Token::Key => {
                    self.scanner.take();
                    self.block_side()?;
                    if matches!(self.scanner.peek()?.0, Token::Value) {
                        self.scanner.take();
                        self.block_side()?;
                    } else {
                        self.empty()?;
                    }
                }
                Token::BlockEnd => {
                    self.end()?;
                    self.scanner.take();
                    return Ok(());
                }
                _ => return self.error("a key is expected here"),
            }
        }
    }

    /// A key or a value of a block map; nothing counts as null.
    fn block_side(&mut self) -> Scanned<()> {
        match self.scanner.peek()?.0 {
            Token::Key | Token::Value | Token::BlockEnd => self.empty(),
            _ => self.node(true, true),
        }
    }

    fn flow_list(&mut self) -> Scanned<()> {
        self.scanner.take();
        let mut first = true;
        loop {
            if !first && !matches!(self.scanner.peek()?.0, Token::FlowListEnd) {
                if !matches!(self.scanner.peek()?.0, Token::FlowEntry) {
                    return self.error("a list in [] goes on with , or ends with ]");
                }
                self.scanner.take();
            }
            first = false;
            match self.scanner.peek()? {
                (Token::FlowListEnd, _) => {
                    self.end()?;
                    self.scanner.take();
                    return Ok(());
                }
                (Token::Key, at) => {
                    self.scanner.take();
                    self.tell(Event::Map(None), at)?;
                    self.flow_pair()?;
                    self.end()?;
                }
                _ => self.node(false, false)?,
            }
        }
    }

    /// A pair that stands in a list without braces.
    fn flow_pair(&mut self) -> Scanned<()> {
        match self.scanner.peek()?.0 {
            Token::Value | Token::FlowEntry | Token::FlowListEnd => {
                // Go's reader passes whatever stands there.
                self.scanner.take();
                self.empty()?;
            }
            _ => self.node(false, false)?,
        }
        if matches!(self.scanner.peek()?.0, Token::Value) {
            self.scanner.take();
            if !matches!(self.scanner.peek()?.0, Token::FlowEntry | Token::FlowListEnd) {
                return self.node(false, false);
            }
        }
        self.empty()
    }

    fn flow_map(&mut self) -> Scanned<()> {
        self.scanner.take();
        let mut first = true;
        loop {
            if !first && !matches!(self.scanner.peek()?.0, Token::FlowMapEnd) {
                if !matches!(self.scanner.peek()?.0, Token::FlowEntry) {
                    return self.error("a map in {} goes on with , or ends with }");
                }
                self.scanner.take();
            }
            first = false;
            match self.scanner.peek()?.0 {
                Token::FlowMapEnd => {
                    self.end()?;
                    self.scanner.take();
                    return Ok(());
                }
                Token::Key => {
                    self.scanner.take();
                    match self.scanner.peek()?.0 {
                        Token::Value | Token::FlowEntry | Token::FlowMapEnd => self.empty()?,
                        _ => self.node(false, false)?,
                    }
                    self.flow_value()?;
                }
                _ => {
                    self.node(false, false)?;
                    self.empty()?;
                }
            }
        }
    }

    fn flow_value(&mut self) -> Scanned<()> {
        if matches!(self.scanner.peek()?.0, Token::Value) {
            self.scanner.take();
            if !matches!(self.scanner.peek()?.0, Token::FlowEntry | Token::FlowMapEnd) {
                return self.node(false, false);
            }
        }
        self.empty()
    }
}
