//! Today: what needs the viewer, then their SIGs, then what they watch; one line each.
//!
//! ```text
//!  You                                                                              3
//!   ▌ #320  compute  EdDev asked you to lift the hold                    11 d   v1.10
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use unicode_width::UnicodeWidthStr;

use super::card;
use super::empty;
use super::pen::{self, span};
use super::styles::Styles;
use super::words;
use crate::app::hit::{self, TodayLine};
use crate::app::model::{Home, Model, TodayRow};
use crate::domain::text::{sanitize_line, truncate};

/// Draws the list.
pub(super) fn draw(model: &Model, area: Rect, buf: &mut Buffer, styles: &Styles) {
    if !model.loaded {
        return empty::skeleton(area, buf, styles);
    }
    if model.lists.today.iter().all(|section| section.rows.is_empty()) {
        return empty::draw(model, Home::Today, area, buf, styles);
    }
    let lines = hit::today_lines(model);
    let from = model.today.first_row.first().copied().unwrap_or(0);
    let inner = Rect { width: area.width.saturating_sub(2), ..area };
    for (row, text) in inner.intersection(buf.area).rows().zip(lines.iter().skip(from)) {
        match text {
            TodayLine::Heading(section) => heading(model, *section, row, buf, styles),
            TodayLine::Row(section, index) => {
                let Some(entry) = model.lists.today.get(*section).and_then(|s| s.rows.get(*index)) else { continue };
                draw_row(model, *section, entry, row, buf, styles);
            }
            TodayLine::Blank => {}
        }
    }
    pen::scrollbar(buf, area, from, lines.len(), styles);
}

fn heading(model: &Model, index: usize, row: Rect, buf: &mut Buffer, styles: &Styles) {
    let Some(section) = model.lists.today.get(index) else { return };
    let style = if index == model.today.lane { styles.selected } else { styles.strong };
    let left = Line::from(vec![span(" ", styles.dim), span(sanitize_line(&section.title), style)]);
    let mut right = vec![span(section.rows.len().to_string(), styles.dim)];
    if index + 1 == model.lists.today.len() && model.lists.done > 0 {
        right.insert(0, span(format!("{} seen   ", model.lists.done), styles.faint));
    }
    pen::sides(buf, row, left, Line::from(right), styles);
}

fn draw_row(model: &Model, section: usize, entry: &TodayRow, row: Rect, buf: &mut Buffer, styles: &Styles) {
    let Some(verdict) = model.verdict(entry.verdict) else { return };
    let selected = section == model.today.lane && model.today.pull == Some(verdict.number);
    let bar = if selected { styles.glyphs.bar } else { " " };
    let title = if selected { styles.selected } else { styles.text };
    let wide = row.width >= 100;
    let mut left = vec![
        span(format!("  {bar}"), styles.selected),
        span(if card::is_fresh(model, verdict) { styles.glyphs.fresh } else { " " }, styles.accent),
        span(format!("#{:<5}", verdict.number.0), if selected { styles.selected } else { styles.dim }),
    ];
    if row.width >= 50 {
        left.push(span(format!("{:<14}", truncate(&card::owner(verdict), 13)), styles.dim));
    }
    left.push(span(sanitize_line(&entry.what), title));
    // The title follows in dim where there is room for both.
    if wide && let Some(pull) = model.facts.pulls.get(&verdict.number) {
        left.push(span(format!("   {}", card::short_title(&pull.title)), styles.dim));
    }
    let (mark, late) = card::sla(verdict.sla(), styles);
    let days = words::days(entry.days);
    let release = verdict.release.as_ref().map_or(String::new(), |release| sanitize_line(release.as_str()));
    let release_style = if verdict.urgency.freeze_in_days.is_some() { styles.warn } else { styles.dim };
    let right = vec![
        span(if mark.is_empty() { String::new() } else { format!("{mark} ") }, late),
        span(" ".repeat(5_usize.saturating_sub(days.width())), styles.dim),
        span(days, late),
        span(format!("   {release:<6}"), release_style),
    ];
    pen::sides(buf, row, Line::from(left), Line::from(right), styles);
}
