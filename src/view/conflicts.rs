//! Conflicts: who is against, who is for, what the author did, and what would resolve it. Six rows each, always the
//! same, so that a click and an eye find them.
//!
//! ```text
//!  #260  storage · Incremental backup                                silent 113 d   stalled
//!    against   xpivarc, contested hold, Apr 30: "no-go; asks for alternatives"
//!    for       akalenyu (storage), signed Apr 30
//!    author    last act Apr 30
//!    resolves  xpivarc lifts or confirms
//! ```

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::card;
use super::empty;
use super::local::ruling;
use super::pen::{self, span};
use super::styles::Styles;
use super::words;
use crate::app::hit::CONFLICT_ROWS;
use crate::app::model::{Home, Model};
use crate::app::registry::Command;
use crate::domain::facts::PullFacts;
use crate::domain::marks::Local;
use crate::domain::text::sanitize_line;
use crate::domain::verdict::{SignOffState, Verdict, Via};

/// Draws the list.
pub(super) fn draw(model: &Model, now: Timestamp, area: Rect, buf: &mut Buffer, styles: &Styles) {
    if !model.loaded {
        return empty::skeleton(area, buf, styles);
    }
    if model.lists.conflicts.is_empty() {
        return empty::draw(model, Home::Conflicts, area, buf, styles);
    }
    let from = model.conflicts.first_row.first().copied().unwrap_or(0);
    let inner = Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(3), ..area };
    let fit = usize::from(area.height / CONFLICT_ROWS) + 1;
    for (place, index) in model.lists.conflicts.iter().skip(from).take(fit).enumerate() {
        let Some(verdict) = model.verdict(*index) else { continue };
        let Some(pull) = model.facts.pulls.get(&verdict.number) else { continue };
        let offset = u16::try_from(place).unwrap_or(u16::MAX).saturating_mul(CONFLICT_ROWS);
        // The last row stays blank: a conflict that is cut must not touch the line below.
        let rest = area.height.saturating_sub(offset.saturating_add(1));
        let rows = Rect { y: inner.y.saturating_add(offset), height: rest.min(CONFLICT_ROWS - 1), ..inner };
        if rows.is_empty() {
            break;
        }
        conflict(model, now, verdict, pull, rows, buf, styles);
    }
    let rows = usize::from(CONFLICT_ROWS);
    pen::scrollbar(buf, area, from * rows, model.lists.conflicts.len() * rows, styles);
}

fn conflict(
    model: &Model,
    now: Timestamp,
    verdict: &Verdict,
    pull: &PullFacts,
    area: Rect,
    buf: &mut Buffer,
    styles: &Styles,
) {
    let selected = model.conflicts.pull == Some(verdict.number);
    if selected {
        for row in area.intersection(buf.area).rows() {
            buf.set_string(row.x, row.y, styles.glyphs.bar, styles.selected);
        }
    }
    let inner = Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(1), ..area };
    let mut rows = inner.rows();
    let mut next = || rows.next().unwrap_or_default();
    let head = if selected { styles.selected } else { styles.strong };
    let left = vec![
        span(format!("#{:<5}", verdict.number.0), head),
        span(format!("{} {} ", card::owner(verdict), styles.glyphs.dot), styles.dim),
        span(card::short_title(&pull.title), head),
    ];
    let mut right = vec![span(format!("silent {}", words::days(verdict.clocks.idle_days)), styles.dim)];
    if verdict.stalled_conflict {
        right.push(span("   stalled", styles.warn));
    }
    pen::sides(buf, next(), Line::from(left), Line::from(right), styles);
    let local = model.board.local(verdict.number);
    let objected = verdict.vetoes.len() + verdict.objections.len() + verdict.possible_objections.len() > 0;
    let stopped = if objected { "against" } else { "held" };
    for (label, words) in [
        (stopped, against(verdict, local, now, styles)),
        ("for", in_favour(verdict, now, styles)),
        ("author", author(verdict, pull, now, styles)),
        ("resolves", resolves(model, verdict, styles)),
    ] {
        let mut spans = vec![span(format!("   {label:<10}"), styles.dim)];
        spans.extend(words);
        pen::line(buf, next(), Line::from(spans), styles);
    }
}

/// How an objection was raised, in words.
pub(super) fn via(via: Via) -> &'static str {
    match via {
        Via::Review => "requested changes",
        Via::Comment => "veto",
        Via::Hold => "contested hold",
    }
}

fn against(verdict: &Verdict, local: Option<&Local>, now: Timestamp, styles: &Styles) -> Vec<Span<'static>> {
    let mut parts = Vec::new();
    for (objection, is_veto) in
        verdict.vetoes.iter().map(|veto| (veto, true)).chain(verdict.objections.iter().map(|other| (other, false)))
    {
        let (glyph, style) =
            if is_veto { (styles.glyphs.vetoed, styles.bad) } else { (styles.glyphs.inferred, styles.warn) };
        let sigs: Vec<String> = objection.sigs.iter().map(|sig| sanitize_line(sig.as_str())).collect();
        let sigs = if sigs.is_empty() { String::new() } else { format!(" ({})", sigs.join(", ")) };
        parts.push(vec![
            span(format!("{glyph} {}", sanitize_line(objection.by.as_str())), style),
            span(format!("{sigs}, {}, {}: ", via(objection.via), words::day(now, objection.at)), styles.dim),
            span(format!("\"{}\"", sanitize_line(&objection.reason)), styles.text),
        ]);
    }
    for possible in &verdict.possible_objections {
        let (glyph, style, word) = ruling(local, possible, styles);
        parts.push(vec![
            span(format!("{glyph} {}", sanitize_line(possible.by.as_str())), style),
            span(format!(", {word}, {}: ", words::day(now, possible.at)), styles.dim),
            span(format!("\"{}\"", sanitize_line(&possible.sentence)), styles.text),
        ]);
    }
    if let (true, Some(hold)) = (parts.is_empty(), &verdict.hold) {
        let by = hold.by.as_ref().map_or("somebody".to_owned(), |by| sanitize_line(by.as_str()));
        parts.push(vec![
            span(format!("{} {by}", styles.glyphs.hold), styles.warn),
            span(format!(", {}: ", words::day(now, hold.at)), styles.dim),
            match hold.reason.trim() {
                "" => span("no reason given", styles.dim),
                reason => span(sanitize_line(reason), styles.text),
            },
        ]);
    }
    pen::join(parts, &span("   ", styles.dim))
}

fn in_favour(verdict: &Verdict, now: Timestamp, styles: &Styles) -> Vec<Span<'static>> {
    let mut parts = Vec::new();
    for (sig, signoff) in &verdict.signoffs {
        let (glyph, style) = card::sign_off_glyph(signoff.state, styles);
        if !matches!(signoff.state, SignOffState::Signed | SignOffState::Stale) {
            continue;
        }
        let by: Vec<String> = signoff.by.iter().map(|by| sanitize_line(by.as_str())).collect();
        let when = signoff.at.map_or(String::new(), |at| format!(", {}", words::day(now, at)));
        parts.push(vec![
            span(format!("{glyph} "), style),
            span(by.join(", "), styles.text),
            span(format!(" ({}){when}", sanitize_line(sig.as_str())), styles.dim),
        ]);
    }
    if parts.is_empty() {
        let approvers: Vec<String> = verdict.approval.by.iter().map(|by| sanitize_line(by.login.as_str())).collect();
        if approvers.is_empty() {
            return vec![span("nobody yet", styles.dim)];
        }
        parts.push(vec![span(approvers.join(", "), styles.text), span(" (approve)", styles.dim)]);
    }
    pen::join(parts, &span("   ", styles.dim))
}

fn author(verdict: &Verdict, pull: &PullFacts, now: Timestamp, styles: &Styles) -> Vec<Span<'static>> {
    let name = pull.author.as_ref().map_or("deleted account".to_owned(), |author| sanitize_line(author.login.as_str()));
    let pushed = pull.commits.iter().map(|commit| commit.committed_at).max();
    let pushed = pushed.map_or(String::new(), |at| format!(", newest commit {}", words::day(now, at)));
    let rounds = match verdict.clocks.rounds {
        0 => String::new(),
        n => format!(", {}", words::count(n, "round", "rounds")),
    };
    vec![span(name, styles.text), span(format!("{pushed}{rounds}"), styles.dim)]
}

fn resolves(model: &Model, verdict: &Verdict, styles: &Styles) -> Vec<Span<'static>> {
    match verdict.waiting_on.first() {
        // Nothing stands yet: what resolves it is to decide whether it is an objection.
        _ if undecided(model, verdict) => {
            let key = |command| model.keymap.keys(command).first().cloned().unwrap_or_default();
            let words = [
                (key(Command::Objections), " confirms or drops it, for you alone   "),
                (key(Command::Comment), " asks what is meant"),
            ];
            words.into_iter().flat_map(|(key, does)| [span(key, styles.key), span(does, styles.text)]).collect()
        }
        Some(first) => vec![
            span(format!("{} {}", styles.glyphs.turn, card::waiting_name(first)), styles.accent),
            span(format!(": {}", sanitize_line(&first.why)), styles.text),
        ],
        None => vec![span("the objection is lifted, or the proposal closed", styles.dim)],
    }
}

/// Only a text that may be an objection stands in the way, and the viewer has not said what it is.
fn undecided(model: &Model, verdict: &Verdict) -> bool {
    let local = model.board.local(verdict.number);
    verdict.vetoes.is_empty()
        && verdict.objections.is_empty()
        && verdict.possible_objections.iter().any(|it| local.is_none_or(|local| local.ruled(it).is_none()))
}
