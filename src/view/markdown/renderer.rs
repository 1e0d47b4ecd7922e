//! From the parser's events to lines: which containers a block stands in, what its inline text looks like, where a blank
//! line goes, and which line of the source each drawn line comes from.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::table::Table;
use super::{Manner, Rendered, code, html};
use crate::domain::text::sanitize_line;
use crate::view::styles::Styles;
use crate::view::wrap::{Piece, chop, wrap};

/// Containers nested deeper than this are drawn like their parents: nobody can read them, and each costs time.
const DEPTH_MOST: usize = 24;

/// What a block stands in.
#[derive(Debug)]
enum Container {
    Quote,
    /// A list's item: its marker until it is drawn, then blanks of its width.
    Item {
        marker: Option<Span<'static>>,
        width: usize,
    },
}

#[derive(Debug)]
struct List {
    next: Option<u64>,
    /// Width of the widest number, so that texts align.
    digits: usize,
}

pub(super) struct Renderer<'a> {
    styles: &'a Styles,
    width: usize,
    manner: Manner,
    body: &'a str,
    /// Where the current event starts in the text.
    pub(super) at: usize,
    /// The line of `counted` bytes, to count newlines only once.
    line: usize,
    counted: usize,
    /// Lines of front matter before the text.
    pub(super) skipped: usize,
    done: Rendered,
    containers: Vec<Container>,
    lists: Vec<List>,
    inline: Vec<Piece>,
    look: Vec<Style>,
    code: Option<(String, String)>,
    html: Option<String>,
    table: Option<Table>,
    row: Vec<Vec<Piece>>,
    link: Option<(String, usize)>,
    image: Option<usize>,
    heading: Option<HeadingLevel>,
    /// The next block follows its heading line without a blank one.
    close: bool,
    /// Footnotes are kept for the end, as GitHub does.
    notes: Vec<(String, Rendered)>,
    note: Option<(String, Rendered, Vec<Container>)>,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(body: &'a str, width: usize, manner: Manner, styles: &'a Styles) -> Self {
        Self {
            styles,
            width: width.max(1),
            manner,
            body,
            at: 0,
            line: 1,
            counted: 0,
            skipped: 0,
            done: Rendered::default(),
            containers: Vec::new(),
            lists: Vec::new(),
            inline: Vec::new(),
            look: vec![styles.text],
            code: None,
            html: None,
            table: None,
            row: Vec::new(),
            link: None,
            image: None,
            heading: None,
            close: false,
            notes: Vec::new(),
            note: None,
        }
    }

    pub(super) fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.say(&text, self.styles.code),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.say(&text, self.styles.code),
            Event::InlineHtml(text) => self.html(&text),
            Event::Html(text) => match &mut self.html {
                Some(html) => html.push_str(&text),
                None => self.html(&text),
            },
            Event::FootnoteReference(name) => {
                let name = format!("[{}]", sanitize_line(&name));
                self.say(&name, self.styles.special);
            }
            Event::SoftBreak => match self.manner {
                Manner::Document => self.plain(" "),
                Manner::Comment => self.plain("\n"),
            },
            Event::HardBreak => self.plain("\n"),
            Event::Rule => {
                self.flush();
                self.gap();
                let room = self.room();
                self.push_block(vec![Line::from(Span::styled(
                    self.styles.glyphs.rule.repeat(room),
                    self.styles.faint,
                ))]);
            }
            Event::TaskListMarker(done) => {
                let (glyph, style) = match done {
                    true => (self.styles.glyphs.done, self.styles.good),
                    false => (self.styles.glyphs.open_box, self.styles.dim),
                };
                self.say(glyph, style);
                self.plain(" ");
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {
                self.flush();
                self.gap();
            }
            Tag::Heading { level, .. } => {
                self.flush();
                self.gap();
                self.heading = Some(level);
                self.look.push(self.heading_style(level));
            }
            Tag::BlockQuote(kind) => {
                self.flush();
                self.gap();
                self.containers.push(Container::Quote);
                self.look.push(self.styles.quote);
                if let Some(kind) = kind {
                    let (word, style) = alert(kind, self.styles);
                    self.push_block(vec![Line::from(Span::styled(word, style.add_modifier(Modifier::BOLD)))]);
                    self.close = true;
                }
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                self.gap();
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::HtmlBlock => {
                self.flush();
                self.html = Some(String::new());
            }
            Tag::List(first) => {
                self.flush();
                if self.lists.is_empty() {
                    self.gap();
                }
                // How many items come is not known yet; two digits cover nearly every list.
                let digits = first.map_or(0, |first| first.saturating_add(8).to_string().len());
                self.lists.push(List { next: first, digits });
            }
            Tag::Item => {
                self.flush();
                let marker = self.marker();
                let width = marker.width();
                self.containers.push(Container::Item { marker: Some(marker), width });
            }
            Tag::FootnoteDefinition(name) => {
                self.flush();
                let outer = std::mem::take(&mut self.done);
                let containers = std::mem::take(&mut self.containers);
                let label = format!("[{}] ", sanitize_line(&name));
                let marker = Span::styled(label, self.styles.special);
                let width = marker.width().min(self.width / 2);
                self.containers.push(Container::Item { marker: Some(marker), width });
                self.note = Some((name.to_string(), outer, containers));
            }
            Tag::Table(alignments) => {
                self.flush();
                self.gap();
                self.table = Some(Table { alignments, rows: Vec::new() });
            }
            Tag::TableHead | Tag::TableRow => self.row = Vec::new(),
            Tag::TableCell => self.inline.clear(),
            Tag::Emphasis => self.patch(self.styles.emphasis),
            Tag::Strong => self.patch(Style::new().add_modifier(Modifier::BOLD)),
            Tag::Strikethrough => self.patch(self.styles.struck),
            Tag::Link { dest_url, .. } => {
                self.link = Some((dest_url.to_string(), self.inline.len()));
                self.patch(if is_web(&dest_url) { self.styles.link } else { Style::new() });
            }
            Tag::Image { .. } => {
                self.say("[image: ", self.styles.dim);
                self.image = Some(self.inline.len());
                self.patch(self.styles.dim);
            }
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(level) => {
                self.flush();
                self.look.pop();
                self.heading = None;
                if level == HeadingLevel::H1 {
                    let room = self.room();
                    let rule = self.styles.glyphs.rule.repeat(room);
                    self.push_block(vec![Line::from(Span::styled(rule, self.styles.faint))]);
                }
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.look.pop();
                self.containers.pop();
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {
                let html = self.html.take().unwrap_or_default();
                self.html_block(&html);
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Item => {
                self.flush();
                // An empty item still shows its marker.
                if matches!(self.containers.last(), Some(Container::Item { marker: Some(_), .. })) {
                    self.push_block(vec![Line::default()]);
                }
                self.containers.pop();
            }
            TagEnd::FootnoteDefinition => {
                self.flush();
                self.containers.pop();
                if let Some((name, outer, containers)) = self.note.take() {
                    let note = std::mem::replace(&mut self.done, outer);
                    self.containers = containers;
                    self.notes.push((name, note));
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    let lines = table.lines(self.room(), self.styles);
                    self.push_block(lines);
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    table.rows.push(row);
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                self.row.push(cell);
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.look.pop();
            }
            TagEnd::Link => {
                self.look.pop();
                self.end_link();
            }
            TagEnd::Image => {
                self.look.pop();
                if self.image.take().is_some_and(|from| from == self.inline.len()) {
                    self.say("without description", self.styles.dim);
                }
                self.say("]", self.styles.dim);
            }
            TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// A link whose text is an address other than its own says where it goes: the eye must not be lied to.
    fn end_link(&mut self) {
        let Some((address, from)) = self.link.take() else { return };
        let text: String =
            self.inline.get(from..).unwrap_or_default().iter().map(|piece| piece.text.as_str()).collect();
        let looks_like_address = is_web(text.trim()) || text.trim().starts_with("www.");
        if looks_like_address && text.trim().trim_end_matches('/') != address.trim_end_matches('/') {
            let address = format!(" ({} {})", self.styles.glyphs.arrow, sanitize_line(&address));
            self.say(&address, self.styles.warn);
        }
    }

    fn end_code(&mut self) {
        let Some((language, text)) = self.code.take() else { return };
        let bar = Span::styled(format!("{} ", self.styles.glyphs.upright), self.styles.faint);
        let room = self.room().saturating_sub(bar.width()).max(1);
        let mut lines = Vec::new();
        for line in code::lines(&text, &language, self.styles) {
            for mut row in chop(line, room) {
                row.spans.insert(0, bar.clone());
                lines.push(row);
            }
        }
        self.push_block(lines);
    }

    fn html_block(&mut self, html: &str) {
        // Nothing but a comment leaves no trace, not even a blank line.
        let seen = |bit: &html::Bit| match bit {
            html::Bit::Text(text) => !text.trim().is_empty(),
            html::Bit::Image(_) => true,
            html::Bit::Unclosed(lines) => *lines > 0,
            html::Bit::Break | html::Bit::Block | html::Bit::Strong(_) | html::Bit::Struck(_) => false,
        };
        if html::read(html).iter().any(seen) {
            self.gap();
        }
        self.html(html);
        self.flush();
    }

    fn html(&mut self, html: &str) {
        for bit in html::read(html) {
            match bit {
                html::Bit::Text(text) => {
                    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    if !joined.is_empty() {
                        self.plain(&joined);
                    }
                }
                html::Bit::Break => self.plain("\n"),
                html::Bit::Block => {
                    if self.html.is_none() && self.table.is_none() {
                        self.flush();
                    } else {
                        self.plain(" ");
                    }
                }
                html::Bit::Image(words) => {
                    let words = if words.is_empty() { "without description".to_owned() } else { words };
                    self.say(&format!("[image: {words}]"), self.styles.dim);
                }
                html::Bit::Strong(true) => self.patch(Style::new().add_modifier(Modifier::BOLD)),
                html::Bit::Struck(true) => self.patch(self.styles.struck),
                html::Bit::Strong(false) | html::Bit::Struck(false) => {
                    if self.look.len() > 1 {
                        self.look.pop();
                    }
                }
                html::Bit::Unclosed(0) => {}
                html::Bit::Unclosed(lines) => {
                    let words = format!("[an HTML comment that is never closed hides {lines} lines from here on]");
                    self.say(&words, self.styles.warn);
                }
            }
        }
    }

    fn text(&mut self, text: &str) {
        match &mut self.code {
            Some((_, code)) => code.push_str(text),
            None => self.plain(text),
        }
    }

    fn plain(&mut self, text: &str) {
        let style = self.look.last().copied().unwrap_or_default();
        self.inline.push(Piece::new(text, style));
    }

    fn say(&mut self, text: &str, style: Style) {
        let under = self.look.last().copied().unwrap_or_default();
        self.inline.push(Piece::new(text, under.patch(style)));
    }

    fn patch(&mut self, style: Style) {
        let under = self.look.last().copied().unwrap_or_default();
        self.look.push(under.patch(style));
    }

    fn heading_style(&self, level: HeadingLevel) -> Style {
        match level {
            HeadingLevel::H1 | HeadingLevel::H2 => self.styles.heading,
            HeadingLevel::H3 => self.styles.strong,
            HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => self.styles.strong.patch(self.styles.emphasis),
        }
    }

    fn marker(&mut self) -> Span<'static> {
        let depth = self.lists.len();
        let glyph = match (self.styles.ascii(), depth % 3) {
            (false, 2) => "◦",
            (true, 2) => "-",
            (false, 0) => "▪",
            _ => self.styles.glyphs.bullet,
        };
        let text = match self.lists.last_mut() {
            Some(List { next: Some(next), digits }) => {
                let text = format!("{next:>digits$}. ", digits = *digits);
                *next = next.saturating_add(1);
                text
            }
            _ => format!("{glyph} "),
        };
        Span::styled(text, self.styles.dim)
    }

    /// What stands before a block's lines, and how wide it is. Deeply nested containers beyond the limit add nothing.
    fn prefix(&self, containers: &[Container]) -> (Vec<Span<'static>>, usize) {
        let (mut spans, mut width) = (Vec::new(), 0);
        for container in containers.iter().take(DEPTH_MOST) {
            let span = match container {
                Container::Quote => Span::styled(format!("{} ", self.styles.glyphs.upright), self.styles.faint),
                Container::Item { width, .. } => Span::raw(" ".repeat(*width)),
            };
            let more = span.width();
            if width + more > self.width / 2 {
                break;
            }
            width += more;
            spans.push(span);
        }
        (spans, width)
    }

    fn room(&self) -> usize {
        let (_, width) = self.prefix(&self.containers);
        self.width.saturating_sub(width).max(1)
    }

    /// Ends the text that is being collected.
    fn flush(&mut self) {
        if self.inline.is_empty() {
            return;
        }
        let pieces = std::mem::take(&mut self.inline);
        if pieces.iter().all(|piece| piece.text.trim().is_empty()) {
            return;
        }
        let lines = wrap(&pieces, self.room());
        self.push_block(lines);
    }

    /// A blank line before a block, once.
    fn gap(&mut self) {
        if std::mem::take(&mut self.close) {
            return;
        }
        let Some(last) = self.done.lines.last() else { return };
        let bar = self.styles.glyphs.upright;
        let blank = last.spans.iter().all(|span| matches!(span.content.trim(), "") || span.content.trim() == bar);
        if blank {
            return;
        }
        // The blank line belongs to the block that is open, not to an item whose marker is still to come.
        let fresh = matches!(self.containers.last(), Some(Container::Item { marker: Some(_), .. }));
        let open = self.containers.len() - usize::from(fresh);
        let (prefix, _) = self.prefix(self.containers.get(..open).unwrap_or_default());
        let line = Line::from(prefix);
        let source = self.source_line();
        self.done.lines.push(if line.spans.iter().all(|s| s.content.trim().is_empty()) {
            Line::default()
        } else {
            line
        });
        self.done.source.push(source);
    }

    pub(super) fn push_block(&mut self, lines: Vec<Line<'static>>) {
        let source = self.source_line();
        for line in lines {
            let (mut spans, _) = self.prefix(&self.containers);
            let shown = spans.len();
            for (place, container) in self.containers.iter_mut().enumerate() {
                let Container::Item { marker, .. } = container else { continue };
                // A marker that is still to come replaces its blanks, once; one nested too deep is not drawn.
                if let (Some(marker), true) = (marker.take(), place < shown)
                    && let Some(span) = spans.get_mut(place)
                {
                    *span = marker;
                }
            }
            spans.extend(line.spans);
            // Only where the width is too small for the furniture is anything cut here.
            for row in chop(Line::from(spans), self.width) {
                self.done.lines.push(row);
                self.done.source.push(source);
            }
        }
    }

    /// The line of the source that the current event starts in, counted as we go.
    fn source_line(&mut self) -> usize {
        if self.at > self.counted {
            let newlines = self.body.get(self.counted..self.at).map_or(0, |part| part.matches('\n').count());
            self.line += newlines;
            self.counted = self.at;
        }
        self.line + self.skipped
    }

    pub(super) fn finish(mut self) -> Rendered {
        self.flush();
        let notes = std::mem::take(&mut self.notes);
        if !notes.is_empty() {
            self.gap();
            let rule = self.styles.glyphs.rule.repeat(self.width.min(12));
            self.push_block(vec![Line::from(Span::styled(rule, self.styles.faint))]);
        }
        for (_, note) in notes {
            self.done.lines.extend(note.lines);
            let line = self.done.source.last().copied().unwrap_or(1);
            self.done.source.extend(note.source.iter().map(|_| line));
        }
        self.done
    }
}

fn alert(kind: BlockQuoteKind, styles: &Styles) -> (&'static str, Style) {
    match kind {
        BlockQuoteKind::Note => ("Note", styles.accent),
        BlockQuoteKind::Tip => ("Tip", styles.good),
        BlockQuoteKind::Important => ("Important", styles.special),
        BlockQuoteKind::Warning => ("Warning", styles.warn),
        BlockQuoteKind::Caution => ("Caution", styles.bad),
    }
}

/// True for addresses that may be shown as links.
fn is_web(address: &str) -> bool {
    let lower: String = address.chars().take(8).map(|c| c.to_ascii_lowercase()).collect();
    lower.starts_with("http://") || lower.starts_with("https://")
}
