//! A proposal's page: who it is in two lines, the verdict on the left (a tab on narrow terminals), and the pane.
//!
//! ```text
//!  ‹ Board   #402  VEP 401  Offline incremental backup      storage · new · targets v1.10
//!  alromeros · open 32 d · head b1c2d3e · +269 −0 in 1 file · tracking issue #401 open
//!  Whose turn ─────────────────   Document   Description   Conversation 5   Threads 3
//!  ⇢ SIG storage, for 11 d        # VEP #401: …
//! ```

use std::sync::LazyLock;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::card;
use super::conversation::{self, Context};
use super::markdown::{self, Manner};
use super::pane::{Pane, text_width};
use super::pen::{self, span};
use super::styles::{ColorMode, GlyphSet, Styles};
use super::verdict;
use super::words;
use crate::app::geometry::{self, Frame};
use crate::app::hit;
use crate::app::model::{Model, ProposalPage, Tab};
use crate::app::registry::Command;
use crate::domain::facts::{PullFacts, PullState};
use crate::domain::text::sanitize_line;
use crate::domain::verdict::{IssueState, Kind, Verdict};

/// Styles for measuring: how long a text is does not depend on its colours.
static MEASURING: LazyLock<Styles> = LazyLock::new(|| Styles::calm(ColorMode::Colors, GlyphSet::Unicode));

/// How many lines the content of a page's tab has in a pane of this width.
#[must_use]
pub fn measure(model: &Model, page: &ProposalPage, width: u16) -> usize {
    content(model, page, page.tab, model.at, width, &MEASURING).height()
}

/// Draws the page.
pub(super) fn draw(
    model: &Model,
    page: &ProposalPage,
    now: Timestamp,
    frame: &Frame,
    buf: &mut Buffer,
    styles: &Styles,
) {
    let Some((verdict, pull)) = model.proposal(page.pull) else {
        let text = format!(" {} is gone: closed long ago, or no longer readable. Esc goes back.", page.pull);
        pen::line(buf, frame.body, Line::from(span(text, styles.dim)), styles);
        return;
    };
    title(model, verdict, pull, frame.header, buf, styles);
    facts(page, verdict, pull, now, frame.views, buf, styles);
    let plan = geometry::page(frame.body);
    let wide = plan.verdict.is_some();
    if let Some(area) = plan.verdict {
        let mut side = Pane::default();
        let local = model.board.local(page.pull);
        side.lines(verdict::lines(verdict, local, ask_key(model), now, usize::from(text_width(area.width)), styles));
        side.draw(page.side_scroll, area, buf, styles);
    }
    let tab = hit::shown_tab(page, wide);
    for (place_tab, place) in hit::page_tabs(model, page, plan.tabs, wide) {
        let active = place_tab == tab;
        let style = if active { styles.selected } else { styles.dim };
        pen::line(buf, place, Line::from(span(hit::tab_label(model, page, place_tab), style)), styles);
        if active && plan.tabs.height > 1 {
            let under = Rect { y: place.y.saturating_add(1), ..place };
            let rule = styles.glyphs.heavy_rule.repeat(usize::from(place.width));
            pen::line(buf, under, Line::from(span(rule, styles.selected)), styles);
        }
    }
    let from = page.scroll.get(tab.index()).copied().unwrap_or(0);
    content(model, page, tab, now, plan.pane.width, styles).draw(from, plan.pane, buf, styles);
}

fn title(model: &Model, verdict: &Verdict, pull: &PullFacts, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let back = model.home.title();
    let mut left = vec![
        span(format!(" {} {back}   ", styles.glyphs.left), styles.dim),
        span(format!("#{}", verdict.number.0), styles.accent),
    ];
    // Most people put the number first in the title themselves.
    let named = pull.title.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("vep"));
    if let Some(vep) = verdict.vep.filter(|_| !named) {
        left.push(span(format!("  {vep}"), styles.dim));
    }
    left.push(span(format!("  {}", sanitize_line(&pull.title)), styles.strong));
    let mut right = vec![vec![span(card::owner(verdict), styles.text)]];
    if verdict.kind != Kind::Process {
        let kind = if verdict.kind == Kind::New { "new" } else { "update" };
        right.push(vec![span(kind, styles.dim)]);
    }
    if let Some(release) = &verdict.release {
        let release = sanitize_line(release.as_str());
        right.push(match verdict.urgency.freeze_in_days {
            Some(days) => vec![span(format!("targets {release}, freeze in {days} d"), styles.warn)],
            None => vec![span(format!("targets {release}"), styles.dim)],
        });
    }
    let mut right = pen::join(right, &span(format!(" {} ", styles.glyphs.dot), styles.dim));
    right.push(span(" ", styles.dim));
    pen::sides(buf, area, Line::from(left), Line::from(right), styles);
}

fn facts(
    page: &ProposalPage,
    verdict: &Verdict,
    pull: &PullFacts,
    now: Timestamp,
    area: Rect,
    buf: &mut Buffer,
    styles: &Styles,
) {
    let dim = |text: String| vec![span(text, styles.dim)];
    let author = pull.author.as_ref().map_or("deleted account".to_owned(), |a| sanitize_line(a.login.as_str()));
    let mut parts: Vec<Vec<Span<'static>>> = vec![vec![span(author, styles.text)]];
    parts.push(match pull.state {
        PullState::Open if pull.draft => vec![span("draft", styles.special)],
        PullState::Open => dim(format!("open {}", words::days(verdict.clocks.age_days))),
        PullState::Merged => vec![span("merged", styles.good)],
        PullState::Closed => vec![span("closed", styles.warn)],
    });
    if pull.locked {
        parts.push(vec![span("locked", styles.warn)]);
    }
    let pushed = pull.commits.iter().map(|commit| commit.committed_at).max();
    let pushed = pushed.map_or(String::new(), |at| format!(" of {}", words::ago(now, at)));
    parts.push(match page.head == pull.head {
        true => dim(format!("head {}{pushed}", sanitize_line(pull.head.short()))),
        false => vec![span(
            format!("head moved {} {} {}, r reads it", page.head.short(), styles.glyphs.arrow, pull.head.short()),
            styles.warn,
        )],
    });
    let minus = if styles.ascii() { "-" } else { "−" };
    let files = words::count(pull.files.len(), "file", "files");
    parts.push(dim(format!("+{} {minus}{} in {files}", pull.additions, pull.deletions)));
    parts.push(match &verdict.tracking_issue {
        Some(issue) => {
            let state = match issue.state {
                Some(IssueState::Open) => " open",
                Some(IssueState::Closed) => " closed",
                None => "",
            };
            dim(format!("tracking issue #{}{state}", issue.number))
        }
        None if verdict.kind == Kind::Process => Vec::new(),
        None => vec![span("no tracking issue", styles.warn)],
    });
    for part in &pull.truncated {
        let words = format!("{} incomplete: {}", sanitize_line(&part.part), sanitize_line(&part.why));
        parts.push(vec![span(words, styles.warn)]);
    }
    let between = span(format!(" {} ", styles.glyphs.dot), styles.faint);
    let mut spans = vec![span(" ", styles.dim)];
    spans.extend(pen::join(parts, &between));
    pen::line(buf, area, Line::from(spans), styles);
}

/// The key that asks for problems to be mended, as it is bound now.
pub(super) fn ask_key(model: &Model) -> Option<&str> {
    model.keymap.keys(Command::AskFix).first().map(String::as_str)
}

/// What a tab shows.
fn content(model: &Model, page: &ProposalPage, tab: Tab, now: Timestamp, width: u16, styles: &Styles) -> Pane {
    let Some((verdict, pull)) = model.proposal(page.pull) else { return Pane::default() };
    let width = text_width(width);
    let context = Context { now, width, profile: &model.settings.profile, styles };
    match tab {
        Tab::Verdict => {
            let mut pane = Pane::default();
            let local = model.board.local(page.pull);
            pane.lines(verdict::lines(verdict, local, ask_key(model), now, usize::from(width), styles));
            pane
        }
        Tab::Document => documents(pull, &context),
        Tab::Description if pull.body.trim().is_empty() => conversation::note("No description.", &context),
        Tab::Description => {
            let mut pane = Pane::default();
            pane.document(markdown::rendered(&pull.body, width, Manner::Comment, styles), Vec::new());
            pane
        }
        Tab::Conversation => conversation::conversation(pull, &context),
        Tab::Threads => conversation::threads(pull, &context),
        Tab::Timeline => conversation::timeline(pull, &context),
    }
}

/// The proposal's documents at the head, one after the other; which other files it touches; where threads are open.
fn documents(pull: &PullFacts, context: &Context<'_>) -> Pane {
    let styles = context.styles;
    let mut pane = Pane::default();
    for document in &pull.documents {
        let path = sanitize_line(&document.path);
        let open = pull.threads.iter().filter(|thread| !thread.resolved && thread.path == document.path);
        let mut lines: Vec<u64> = open.clone().filter_map(|thread| thread.line).collect();
        lines.sort_unstable();
        lines.dedup();
        let mut head = vec![span(path, styles.dim)];
        let count = open.count();
        if count > 0 {
            let threads = words::count(count, "open thread", "open threads");
            head.push(span(format!("   {} {threads}", styles.glyphs.threads), styles.accent));
            let places: Vec<String> = lines.iter().take(6).map(u64::to_string).collect();
            if !places.is_empty() {
                head.push(span(format!(" at line {}", places.join(", ")), styles.dim));
            }
        }
        pane.gap();
        pane.line(Line::from(head));
        pane.gap();
        pane.document(markdown::rendered(&document.text, context.width, Manner::Document, styles), Vec::new());
    }
    let others: Vec<_> =
        pull.files.iter().filter(|file| !pull.documents.iter().any(|document| document.path == file.path)).collect();
    if !others.is_empty() {
        pane.gap();
        let title = if pull.documents.is_empty() { "Files" } else { "Other files" };
        pane.line(pen::titled_rule(title, usize::from(context.width), styles));
        for file in others {
            pane.line(Line::from(vec![
                span(format!("{:>6} ", format!("+{}", file.additions)), styles.added),
                span(format!("{:>6}  ", format!("-{}", file.deletions)), styles.removed),
                span(sanitize_line(&file.path), styles.text),
            ]));
        }
    }
    if pane.height() == 0 {
        return conversation::note("It changes no file, or its files could not be read.", context);
    }
    pane
}
