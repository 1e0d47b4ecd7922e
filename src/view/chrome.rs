//! The lines that every screen has: what and where at the top, what is selected and which keys at the bottom.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::card;
use super::pen::{self, span};
use super::styles::Styles;
use super::words;
use crate::app::available;
use crate::app::foot;
use crate::app::hit;
use crate::app::model::{Completing, Home, Level, Model, Overlay, Trouble};
use crate::app::registry::{Availability, Command};
use crate::domain::text::{sanitize_line, truncate};

/// The first line of the views: the program, the repository, the viewer's SIGs; the freeze, freshness, budget, outbox.
pub(super) fn header(model: &Model, now: Timestamp, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let gap = span("   ", styles.dim);
    let mut left = vec![vec![span(" vepherd", styles.brand)]];
    left.push(vec![span(model.settings.repo.to_string(), styles.text)]);
    let sigs: Vec<String> = model.board.viewer.sigs.iter().map(|sig| sanitize_line(sig.as_str())).collect();
    if !sigs.is_empty() {
        let between = format!(" {} ", styles.glyphs.dot);
        left.push(vec![span(sigs.join(&between), styles.dim)]);
    }
    if model.settings.demo {
        left.push(vec![span("demo", styles.special)]);
    }
    if model.read_only.is_some() {
        left.push(vec![span("read-only", styles.warn)]);
    }
    let mut right = Vec::new();
    if area.width >= 100
        && let Some(freeze) = &model.board.freeze
    {
        let release = sanitize_line(freeze.release.as_str());
        let (text, style) = match freeze.days {
            i64::MIN..=-1 => (format!("{release} frozen for {} d", freeze.days.unsigned_abs()), styles.dim),
            0 => (format!("{release} freezes today"), styles.warn),
            1..=14 => (format!("{release} VEP freeze in {} d", freeze.days), styles.warn),
            _ => (format!("{release} VEP freeze in {} d", freeze.days), styles.dim),
        };
        right.push(vec![span(text, style)]);
    }
    right.push(freshness(model, now, styles));
    if let Some(points) = model.points_left.filter(|_| area.width >= 130) {
        right.push(vec![span(
            format!("{} pts", words::grouped(points)),
            if points < 500 { styles.warn } else { styles.dim },
        )]);
    }
    if !model.outbox.is_empty() {
        right.push(vec![span(format!("outbox {}", model.outbox.len()), styles.warn)]);
    }
    let mut right = pen::join(right, &gap);
    right.push(span(" ", styles.dim));
    pen::sides(buf, area, Line::from(pen::join(left, &gap)), Line::from(right), styles);
}

fn freshness(model: &Model, now: Timestamp, styles: &Styles) -> Vec<Span<'static>> {
    if let Some(sync) = model.syncing() {
        let spinner = usize::try_from(now.as_second().rem_euclid(4)).unwrap_or(0);
        let glyph = styles.glyphs.spinner.get(spinner).copied().unwrap_or("");
        let amount = if sync.total > 0 { format!(" {}/{}", sync.done, sync.total) } else { String::new() };
        let label = sanitize_line(&sync.label);
        let label = if label.is_empty() { "syncing".to_owned() } else { label };
        return vec![span(format!("{glyph} {label}{amount}"), styles.accent)];
    }
    let age = match model.facts.synced_at {
        Some(at) => format!("synced {}", words::ago(now, at)),
        None => "never synced".to_owned(),
    };
    match &model.trouble {
        Some(_) => vec![span(format!("{} {age}", styles.glyphs.problem), styles.warn)],
        None if !model.warnings.is_empty() => {
            vec![span(format!("{} {age}, incomplete", styles.glyphs.problem), styles.warn)]
        }
        None => vec![span(age, styles.dim)],
    }
}

/// The second line of the views: their tabs; grouping and filter.
pub(super) fn views(model: &Model, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let mut right = Vec::new();
    if model.home == Home::Board {
        right.push(vec![span(format!("by {}", model.grouping.word()), styles.dim)]);
    }
    right.push(match model.filter.is_empty() {
        true => vec![span("no filter", styles.faint)],
        false => vec![span("filter ", styles.dim), span(sanitize_line(&model.filter), styles.accent)],
    });
    right.push(vec![span("? help", styles.dim)]);
    let mut right = pen::join(right, &span("   ", styles.dim));
    right.push(span(" ", styles.dim));
    // The tabs keep their room: they are what is clicked.
    let tabs = hit::home_tabs(model, area);
    let taken = tabs.last().map_or(0, |(_, place)| place.right().saturating_sub(area.x));
    for (home, place) in tabs {
        let style = if home == model.home { styles.selected } else { styles.dim };
        pen::line(buf, place, Line::from(span(hit::home_label(model, home), style)), styles);
    }
    let room = area.width.saturating_sub(taken + 2);
    let rest = Rect { x: area.right() - room, width: room, ..area };
    if Line::from(right.clone()).width() <= usize::from(room) || !model.filter.is_empty() {
        pen::sides(buf, rest, Line::default(), Line::from(right), styles);
    }
}

/// What just happened, what goes out in a moment, else what is selected, in full.
pub(super) fn status(model: &Model, now: Timestamp, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let right = match model.undoable.last() {
        Some(write) => vec![
            span(
                format!("{} goes out {} ", sanitize_line(&write.label), words::until(now, write.goes_at)),
                styles.warn,
            ),
            span("u", styles.key),
            span(" undo ", styles.dim),
        ],
        // Why the keys for writing are faint.
        None => model.read_only.as_ref().map_or_else(Vec::new, |why| {
            let text = format!("read-only: {}", sanitize_line(why));
            vec![span(format!("{} ", truncate(&text, usize::from(area.width / 2))), styles.warn)]
        }),
    };
    // The way to undo is never cut: it is there for a moment only.
    let right = Line::from(right);
    let cells = u16::try_from(right.width()).unwrap_or(u16::MAX).min(area.width);
    pen::line(buf, Rect { x: area.right() - cells, width: cells, ..area }, right, styles);
    let area = Rect { width: area.width - cells, ..area };
    let left = match model.toasts.last() {
        Some(toast) => {
            let style = level(toast.level, styles);
            let glyph = match toast.level {
                Level::Info => styles.glyphs.dot,
                Level::Good => styles.glyphs.signed,
                Level::Warn => styles.glyphs.problem,
                Level::Error => styles.glyphs.vetoed,
            };
            vec![span(format!(" {glyph} "), style), span(sanitize_line(&toast.text), style)]
        }
        None => match foot::trouble(model).filter(|trouble| !fits(trouble, now, area.width)) {
            Some(trouble) => vec![
                span(format!(" {} ", styles.glyphs.problem), styles.warn),
                span(trouble_words(trouble), styles.warn),
            ],
            None => selected(model, styles),
        },
    };
    pen::line(buf, area, Line::from(left), styles);
}

fn level(level: Level, styles: &Styles) -> Style {
    match level {
        Level::Info => styles.text,
        Level::Good => styles.good,
        Level::Warn => styles.warn,
        Level::Error => styles.bad,
    }
}

fn selected(model: &Model, styles: &Styles) -> Vec<Span<'static>> {
    if model.page().is_some() {
        return Vec::new();
    }
    let Some((verdict, pull)) = model.target().and_then(|number| model.proposal(number)) else { return Vec::new() };
    let mut spans =
        vec![span(format!(" #{} ", verdict.number.0), styles.accent), span(sanitize_line(&pull.title), styles.text)];
    if let Some(first) = verdict.waiting_on.first() {
        let why = format!("   {} {}: {}", styles.glyphs.turn, card::waiting_name(first), sanitize_line(&first.why));
        spans.push(span(why, styles.dim));
    }
    spans
}

fn trouble_words(trouble: &Trouble) -> String {
    let failure = &trouble.failure;
    let cause = sanitize_line(&failure.cause);
    format!("Could not {}: {}.", sanitize_line(&failure.attempted), cause.trim_end_matches('.'))
}

fn hint_words(trouble: &Trouble) -> Option<String> {
    trouble.failure.hint.as_deref().map(sanitize_line)
}

fn next_try(trouble: &Trouble, now: Timestamp) -> String {
    match trouble.next_try {
        Some(at) => format!("next try {} ", words::until(now, at)),
        None => "r tries again ".to_owned(),
    }
}

/// What is wrong, what to do and the next try have room in one line.
fn fits(trouble: &Trouble, now: Timestamp, width: u16) -> bool {
    let hint = hint_words(trouble).map_or(0, |hint| hint.width() + 1);
    let all = 3 + trouble_words(trouble).width() + hint + 2 + next_try(trouble, now).width();
    all <= usize::from(width)
}

/// Keys for what can be done here; in trouble, what is wrong and what to do, for as long as it stands.
pub(super) fn hints(model: &Model, now: Timestamp, area: Rect, buf: &mut Buffer, styles: &Styles) {
    if let Some(trouble) = foot::trouble(model) {
        // Where one line has no room for all of it, what is wrong stands above and what to do here.
        let text = match hint_words(trouble) {
            Some(hint) if fits(trouble, now, area.width) => format!("{} {hint}", trouble_words(trouble)),
            Some(hint) => hint,
            None => trouble_words(trouble),
        };
        let left = Line::from(vec![span(format!(" {} ", styles.glyphs.problem), styles.warn), span(text, styles.warn)]);
        return pen::sides(buf, area, left, Line::from(span(next_try(trouble, now), styles.dim)), styles);
    }
    if let Some(Overlay::Filter(prompt)) = &model.overlay
        && let Some(completing) = &prompt.completing
    {
        return pen::line(buf, area, completions(completing, usize::from(area.width), styles), styles);
    }
    if let Some(Overlay::Filter(prompt)) = &model.overlay
        && let Some((_, what)) = &prompt.error
    {
        let error = span(format!(" {} {}", styles.glyphs.problem, sanitize_line(what)), styles.bad);
        return pen::line(buf, area, Line::from(error), styles);
    }
    for (command, place) in foot::strip(model, area) {
        pen::line(buf, place, Line::from(hint(model, command, styles)), styles);
    }
}

/// What may stand in the filter, the one that stands there marked; it is always on screen, with what it means.
fn completions(completing: &Completing, width: usize, styles: &Styles) -> Line<'static> {
    let here = completing.selected.unwrap_or(0);
    let word = |at: usize| completing.options.get(at).map_or(0, |it| sanitize_line(&it.text).width() + 2);
    let note = completing.options.get(here).map(|it| sanitize_line(&it.note)).filter(|_| completing.selected.is_some());
    let taken = note.as_ref().map_or(0, |note| note.width() + 4);
    // As many before it as leave room for it and what follows.
    let mut first = here;
    let mut used = word(here) + taken;
    while first > 0 && used + word(first - 1) < width / 2 {
        first -= 1;
        used += word(first);
    }
    let mut spans = vec![span(if first > 0 { styles.glyphs.left } else { " " }, styles.faint)];
    for (at, option) in completing.options.iter().enumerate().skip(first) {
        let chosen = completing.selected == Some(at);
        let style = if chosen { styles.selected } else { styles.dim };
        spans.push(span(format!("{}  ", sanitize_line(&option.text)), style));
        if let Some(note) = note.as_ref().filter(|note| chosen && !note.is_empty()) {
            spans.push(span(format!("({note})  "), styles.faint));
        }
    }
    Line::from(spans)
}

/// A command's first key and what it does; faint where it would be refused now, so that nothing moves when the selection
/// does. Nothing where no key is left to it.
fn hint(model: &Model, command: Command, styles: &Styles) -> Vec<Span<'static>> {
    let Some((key, words)) = foot::label(model, command) else { return Vec::new() };
    let (key_style, style) = match available::of(model, command) {
        Availability::Refused(_) => (styles.faint, styles.faint),
        Availability::Ready | Availability::Warned(_) => (styles.key, styles.dim),
    };
    vec![span(key, key_style), span(format!(" {words}"), style)]
}
