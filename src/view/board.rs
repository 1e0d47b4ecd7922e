//! Columns of cards: the board, and the queues of the shepherds.
//!
//! ```text
//! needs shepherd            37   484 d  author's turn ...
//! ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  ───────────── ...
//! ▌▲402 ＋ Offline incremental backup    372 ＋ Structured operation
//! ```

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::card::Card;
use super::empty;
use super::pane::{Pane, text_width};
use super::pen::{self, span};
use super::proposal::ask_key;
use super::styles::Styles;
use super::verdict;
use super::wrap::wrap_text;
use crate::app::geometry::{self, BoardPlan, Fold};
use crate::app::hit;
use crate::app::model::{Home, Model};
use crate::domain::board::Lane;
use crate::domain::text::sanitize_line;

/// Draws the columns of a view.
pub(super) fn draw(model: &Model, home: Home, now: Timestamp, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let lanes = model.lanes(home);
    let cursor = model.cursor(home);
    if !model.loaded {
        return empty::skeleton(area, buf, styles);
    }
    if lanes.iter().all(|lane| lane.cards.is_empty()) {
        return empty::draw(model, home, area, buf, styles);
    }
    let (area, preview) = hit::split(model, area);
    if let Some(preview) = preview {
        draw_preview(model, now, preview, buf, styles);
    }
    let plan = hit::columns_plan(model, home, area);
    if let Some(tabs) = plan.tabs {
        draw_tabs(model, tabs, buf, styles);
    }
    let last = plan.columns.len().saturating_sub(1);
    for (place, column) in plan.columns.iter().enumerate() {
        let Some(lane) = lanes.get(column.lane) else { continue };
        let active = column.lane == cursor.lane;
        if column.fold == Fold::Folded {
            draw_folded(lane, active, column.header.union(column.cards), buf, styles);
            continue;
        }
        let edges = (if place == 0 { plan.hidden_left } else { 0 }, if place == last { plan.hidden_right } else { 0 });
        draw_header(lane, active, edges, column.header, buf, styles);
        draw_cards(model, home, column.lane, lane, &plan, column.cards, buf, styles);
    }
}

/// The verdict of the selected proposal, for a look without opening it.
fn draw_preview(model: &Model, now: Timestamp, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let Some((verdict, pull)) = model.target().and_then(|number| model.proposal(number)) else { return };
    let mut pane = Pane::default();
    let width = usize::from(text_width(area.width));
    pane.lines(wrap_text(&format!("#{} {}", verdict.number.0, sanitize_line(&pull.title)), styles.strong, width));
    pane.lines(vec![Line::default()]);
    let local = model.board.local(verdict.number);
    pane.lines(verdict::lines(verdict, local, ask_key(model), now, width, styles));
    pane.draw(0, area, buf, styles);
}

/// A folded column: how many it holds, and its name from top to bottom.
fn draw_folded(lane: &Lane, active: bool, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let style = if active { styles.selected } else { styles.dim };
    let name = sanitize_line(&lane.title);
    let letters = name.chars().map(|letter| span(letter.to_string(), style));
    let count = span(lane.cards.len().to_string(), styles.dim);
    let (glyph, rule) = match active {
        true => (styles.glyphs.heavy_rule, styles.selected),
        false => (styles.glyphs.rule, styles.faint),
    };
    let rule = span(glyph.repeat(usize::from(area.width)), rule);
    for (row, text) in area.rows().zip([count, rule].into_iter().chain(letters)) {
        pen::line(buf, row, Line::from(text), styles);
    }
}

fn draw_tabs(model: &Model, line: Rect, buf: &mut Buffer, styles: &Styles) {
    let active = model.cursor(model.home).lane;
    let lanes = model.lanes(model.home);
    for (index, place) in hit::lane_tabs(model, line) {
        let Some(lane) = lanes.get(index) else { continue };
        let style = if index == active { styles.selected } else { styles.dim };
        pen::line(buf, place, Line::from(span(sanitize_line(&hit::lane_label(lane)), style)), styles);
        if index == active {
            let under = Rect { y: place.y.saturating_add(1), ..place };
            let rule = styles.glyphs.heavy_rule.repeat(usize::from(place.width));
            pen::line(buf, under, Line::from(span(rule, styles.selected)), styles);
        }
    }
}

fn draw_header(lane: &Lane, active: bool, edges: (usize, usize), area: Rect, buf: &mut Buffer, styles: &Styles) {
    let mut rows = area.rows();
    let (title, rule) = (rows.next().unwrap_or_default(), rows.next().unwrap_or_default());
    let style = if active { styles.selected } else { styles.strong };
    let mut left = Vec::new();
    let word = if area.width >= 40 { "oldest " } else { "" };
    if edges.0 > 0 {
        left.push(span(format!("{}{} ", styles.glyphs.left, edges.0), styles.dim));
    }
    left.push(span(sanitize_line(&lane.title), style));
    left.push(span(format!("  {}", lane.cards.len()), styles.dim));
    let mut right = Vec::new();
    if let Some(days) = lane.oldest_days {
        right.push(span(format!("{word}{days} d"), styles.dim));
    }
    if edges.1 > 0 {
        right.push(span(format!("  {}{}", edges.1, styles.glyphs.right), styles.dim));
    }
    pen::sides(buf, title, Line::from(left), Line::from(right), styles);
    let (glyph, style) = match active {
        true => (styles.glyphs.heavy_rule, styles.selected),
        false => (styles.glyphs.rule, styles.faint),
    };
    pen::line(buf, rule, Line::from(span(glyph.repeat(usize::from(rule.width)), style)), styles);
}

#[expect(clippy::too_many_arguments, reason = "one column's whole context; a struct would only name it twice")]
fn draw_cards(
    model: &Model,
    home: Home,
    index: usize,
    lane: &Lane,
    plan: &BoardPlan,
    area: Rect,
    buf: &mut Buffer,
    styles: &Styles,
) {
    let (cursor, size) = (model.cursor(home), model.look.density);
    let top = cursor.first_row.get(index).copied().unwrap_or(0).min(lane.cards.len());
    let fit = geometry::cards_that_fit(area, size);
    let single = plan.columns.len() == 1 && plan.tabs.is_some();
    let bar = single && lane.cards.len() > fit;
    let inner = if bar { Rect { width: area.width.saturating_sub(2), ..area } } else { area };
    // One more than fits whole: its first lines say that the column goes on.
    for (place, verdict) in lane.cards.iter().skip(top).take(fit + 1).enumerate() {
        // The last row stays blank: a card that is cut must not touch the line below.
        let place_area = geometry::card(Rect { height: inner.height.saturating_sub(1), ..inner }, size, place);
        let Some(verdict) = model.verdict(*verdict) else { continue };
        let Some(pull) = model.facts.pulls.get(&verdict.number) else { continue };
        let selected = index == cursor.lane && cursor.pull == Some(verdict.number);
        let asked = model.settings.profile.sigs.sign_off.as_slice();
        let local = model.board.local(verdict.number);
        let my_turn = model.board.my_turn(&model.facts, verdict);
        Card { verdict, pull, asked, selected, local, my_turn }.draw(place_area, size, buf, styles);
    }
    if lane.cards.is_empty() && area.height > 0 {
        pen::line(buf, area, Line::from(span("  none", styles.faint)), styles);
    }
    if bar {
        let pitch = usize::from(size.pitch());
        pen::scrollbar(buf, area, top * pitch, lane.cards.len() * pitch, styles);
    }
}
