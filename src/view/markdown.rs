//! Markdown documents as lines of a width: headings, lists, tables fitted to the width, task lists, footnotes, code with
//! highlighting, quotes, front matter as a table. `pulldown-cmark` reads, we wrap and dress; what would hide something
//! from a reviewer is said (an HTML comment that is never closed, a link whose text names another address).

mod code;
mod front;
mod html;
mod renderer;
mod table;

use std::sync::Arc;

use pulldown_cmark::{Options, Parser};
use ratatui::text::{Line, Span};

use self::renderer::Renderer;
use super::memo;
use super::styles::Styles;
use crate::domain::text::sanitize;

/// Longer texts are cut, and say so: GitHub's own limit for a description is 64 KiB, documents are a few hundred.
const BYTES_MOST: usize = 2 * 1024 * 1024;

/// How soft line breaks read: GitHub keeps them in comments and descriptions, and joins lines in documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// A file: lines of a paragraph are joined.
    Document,
    /// A comment or description: lines stay.
    Comment,
}

/// A text as lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// The lines, none wider than asked.
    pub lines: Vec<Line<'static>>,
    /// For each line, the line of the source (from 1) whose block it belongs to.
    pub source: Vec<usize>,
}

impl Rendered {
    /// The first line on screen that shows line `source` of the text (from 1), or the nearest before it.
    #[must_use]
    pub fn line_of(&self, source: usize) -> usize {
        self.source.partition_point(|line| *line <= source).saturating_sub(1)
    }
}

/// Renders a text, or takes it from before.
#[must_use]
pub fn rendered(text: &str, width: u16, manner: Manner, styles: &Styles) -> Arc<Rendered> {
    memo::rendered(text, width, manner, styles.id, || render(text, width, manner, styles))
}

/// Renders a text.
#[must_use]
pub fn render(text: &str, width: u16, manner: Manner, styles: &Styles) -> Rendered {
    let cut = cut(text, BYTES_MOST);
    let clean = sanitize(cut);
    let (matter, body) = match manner {
        Manner::Document => front::split(&clean),
        Manner::Comment => (None, clean.as_str()),
    };
    let mut renderer = Renderer::new(body, usize::from(width), manner, styles);
    if let Some(matter) = matter {
        renderer.skipped = matter.matches('\n').count() + 2;
        renderer.push_block(front::table(matter, styles).lines(usize::from(width), styles));
    }
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        renderer.at = range.start;
        renderer.event(event);
    }
    let mut done = renderer.finish();
    if cut.len() < text.len() {
        let rest = (text.len() - cut.len()) / 1024;
        done.lines.push(Line::from(Span::styled(format!("… cut here: {rest} KiB more, see the browser"), styles.warn)));
        done.source.push(done.source.last().copied().unwrap_or(1));
    }
    done
}

fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}
