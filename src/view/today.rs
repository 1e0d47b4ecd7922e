//! Today: what needs the viewer, then their SIGs, then what they watch. A line each says what to do and why, with the
//! clocks that matter in words; two lines on a narrow screen.
//!
//! ```text
//!  You                                                                              3
//!   ▌ #320  compute  answer hazel: the approval is held for you: 11 d since hazel's approval, freeze in 6 d     v1.10
//!    ▲#413  compute  give your lgtm again: 2 h since the author's push   back: the author pushed 2 h ago
//!
//!  Done 5 · snoozed 2                                                                z lists them
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::card;
use super::empty;
use super::pen::{self, span};
use super::styles::Styles;
use crate::app::hit::{self, TODAY_WIDE, TodayLine};
use crate::app::model::{Home, Model, TodayRow};
use crate::app::registry::Command;
use crate::domain::text::{sanitize_line, truncate};

/// Draws the list.
pub(super) fn draw(model: &Model, area: Rect, buf: &mut Buffer, styles: &Styles) {
    if !model.loaded {
        return empty::skeleton(area, buf, styles);
    }
    if model.lists.today.iter().all(|section| section.rows.is_empty()) {
        empty::draw(model, Home::Today, area, buf, styles);
        // What is done is still there to be listed.
        let foot = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
        return if area.height > 6 {
            draw_quiet(model, foot, buf, styles)
        };
    }
    let lines = hit::today_lines(model);
    let from = model.today.first_row.first().copied().unwrap_or(0);
    let inner = Rect { width: area.width.saturating_sub(2), ..area };
    for (row, text) in inner.intersection(buf.area).rows().zip(lines.iter().skip(from)) {
        match text {
            TodayLine::Heading(section) => heading(model, *section, row, buf, styles),
            TodayLine::Row(section, index) | TodayLine::Why(section, index) => {
                let Some(entry) = model.lists.today.get(*section).and_then(|s| s.rows.get(*index)) else { continue };
                match text {
                    TodayLine::Why(..) => draw_why(model, *section, entry, row, buf, styles),
                    _ => draw_row(model, *section, entry, row, buf, styles),
                }
            }
            TodayLine::Quiet => draw_quiet(model, row, buf, styles),
            TodayLine::Blank => {}
        }
    }
    pen::scrollbar(buf, area, from, lines.len(), styles);
}

fn heading(model: &Model, index: usize, row: Rect, buf: &mut Buffer, styles: &Styles) {
    let Some(section) = model.lists.today.get(index) else { return };
    let style = if index == model.today.lane { styles.selected } else { styles.strong };
    let left = Line::from(vec![span(" ", styles.dim), span(sanitize_line(&section.title), style)]);
    let right = Line::from(span(section.rows.len().to_string(), styles.dim));
    pen::sides(buf, row, left, right, styles);
}

/// `Done 5 · snoozed 2`, and how to see them.
fn draw_quiet(model: &Model, row: Rect, buf: &mut Buffer, styles: &Styles) {
    let (done, snoozed) = (model.lists.done, model.lists.snoozed);
    if done + snoozed == 0 {
        return;
    }
    let words = match (done, snoozed) {
        (done, 0) => format!("Done {done}"),
        (0, snoozed) => format!("Snoozed {snoozed}"),
        (done, snoozed) => format!("Done {done} {} snoozed {snoozed}", styles.glyphs.dot),
    };
    let left = vec![span(format!(" {} ", styles.glyphs.snoozed), styles.faint), span(words, styles.dim)];
    let key = model.keymap.keys(Command::ShowQuiet).first().cloned().unwrap_or_default();
    let does = if model.shows_quiet { "hides them" } else { "lists them" };
    let right = vec![span(key, styles.key), span(format!(" {does}"), styles.faint)];
    pen::sides(buf, row, Line::from(left), Line::from(right), styles);
}

fn draw_row(model: &Model, section: usize, entry: &TodayRow, row: Rect, buf: &mut Buffer, styles: &Styles) {
    let Some(verdict) = model.verdict(entry.verdict) else { return };
    let selected = section == model.today.lane && model.today.pull == Some(verdict.number);
    let bar = if selected { styles.glyphs.bar } else { " " };
    let title = if selected { styles.selected } else { styles.text };
    let wide = model.size.0 >= TODAY_WIDE;
    let mut left = vec![
        span(format!("  {bar}"), styles.selected),
        card::mark(model, verdict, styles),
        span(format!("#{:<5}", verdict.number.0), if selected { styles.selected } else { styles.dim }),
    ];
    if row.width >= 50 {
        left.push(span(format!("{:<14}", truncate(&card::owner(verdict), 13)), styles.dim));
    }
    left.push(span(sanitize_line(&entry.act), title));
    if wide {
        left.push(span(format!(": {}", sanitize_line(&entry.why)), styles.dim));
        left.extend(note(entry, "   ", styles));
        // The title follows in dim where there is room for both.
        if let Some(pull) = model.facts.pulls.get(&verdict.number) {
            left.push(span(format!("   {}", card::short_title(&pull.title)), styles.faint));
        }
    }
    let (mark, late) = card::sla(verdict.sla(), styles);
    let release = verdict.release.as_ref().map_or(String::new(), |release| sanitize_line(release.as_str()));
    let release_style = if verdict.urgency.freeze_in_days.is_some() { styles.warn } else { styles.dim };
    let mark = if mark.is_empty() { String::new() } else { format!("{mark} ") };
    let right = vec![span(mark, late), span(format!("{release:<6}"), release_style)];
    pen::sides(buf, row, Line::from(left), Line::from(right), styles);
}

/// The second line of a row on a narrow screen: what the viewer said or why it is back, then why.
fn draw_why(model: &Model, section: usize, entry: &TodayRow, row: Rect, buf: &mut Buffer, styles: &Styles) {
    let Some(verdict) = model.verdict(entry.verdict) else { return };
    let selected = section == model.today.lane && model.today.pull == Some(verdict.number);
    let bar = if selected { styles.glyphs.bar } else { " " };
    let mut left = vec![span(format!("  {bar}"), styles.selected), span("       ", styles.dim)];
    left.extend(note(entry, "", styles));
    let gap = if entry.note.is_some() { "   " } else { "" };
    left.push(span(format!("{gap}{}", sanitize_line(&entry.why)), styles.dim));
    pen::line(buf, row, Line::from(left), styles);
}

/// The viewer's own words, and why something is back: set apart, so that nobody takes them for the thread's.
fn note(entry: &TodayRow, before: &str, styles: &Styles) -> Option<Span<'static>> {
    entry.note.as_ref().map(|note| span(format!("{before}{}", sanitize_line(note)), styles.special))
}
