//! What lies over a screen: help, pickers, the filter prompt.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use unicode_width::UnicodeWidthStr;

use super::composer;
use super::pane::Pane;
use super::pen::{self, span};
use super::styles::Styles;
use crate::app::geometry::{self, Frame};
use crate::app::hit;
use crate::app::model::{FilterPrompt, HelpPage, Model, Picker};
use crate::app::registry::{Group, entry};
use crate::domain::text::sanitize_line;

/// A frame around an area that has been emptied, with a title on its upper edge.
fn frame(buf: &mut Buffer, area: Rect, title: &str, styles: &Styles) {
    // One blank cell to the left and right keeps what lies under it from touching the frame.
    pen::clear(buf, Rect { x: area.x.saturating_sub(1), width: area.width.saturating_add(2), ..area });
    let area = area.intersection(buf.area);
    if area.width < 2 || area.height < 2 {
        return;
    }
    let (corners, across, down) = match styles.ascii() {
        true => (["+", "+", "+", "+"], "-", "|"),
        false => (["╭", "╮", "╰", "╯"], "─", "│"),
    };
    let [top_left, top_right, bottom_left, bottom_right] = corners;
    let inner = usize::from(area.width) - 2;
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    buf.set_string(area.x, area.y, format!("{top_left}{}{top_right}", across.repeat(inner)), styles.faint);
    buf.set_string(area.x, bottom, format!("{bottom_left}{}{bottom_right}", across.repeat(inner)), styles.faint);
    for y in area.y + 1..bottom {
        buf.set_string(area.x, y, down, styles.faint);
        buf.set_string(right, y, down, styles.faint);
    }
    let title = format!(" {title} ");
    let wanted = u16::try_from(title.width()).unwrap_or(u16::MAX);
    let place = Rect { x: area.x + 1, width: (area.width - 2).min(wanted), height: 1, ..area };
    pen::clear(buf, place);
    pen::line(buf, place, Line::from(span(title, styles.strong)), styles);
}

/// What can be done here and now.
pub(super) fn help(page: &HelpPage, body: Rect, buf: &mut Buffer, styles: &Styles) {
    let pane = help_pane(page, styles);
    let height = u16::try_from(pane.height()).unwrap_or(u16::MAX).saturating_add(2);
    let outer = geometry::centered(body, 92, height);
    frame(buf, outer, "What can be done here", styles);
    let inner = inside(outer);
    pane.draw(page.scroll, inner, buf, styles);
}

fn inside(outer: Rect) -> Rect {
    Rect {
        x: outer.x.saturating_add(2),
        y: outer.y.saturating_add(1),
        width: outer.width.saturating_sub(3),
        height: outer.height.saturating_sub(2),
    }
}

fn help_pane(page: &HelpPage, styles: &Styles) -> Pane {
    let mut pane = Pane::default();
    let keys = page.rows.iter().map(|row| row.keys.width()).max().unwrap_or(0).min(18);
    for group in Group::ALL {
        let rows: Vec<_> = page.rows.iter().filter(|row| entry(row.command).group == group).collect();
        if rows.is_empty() {
            continue;
        }
        pane.gap();
        pane.line(Line::from(span(group.title(), styles.selected)));
        for row in rows {
            let (key, words) = if row.refused { (styles.faint, styles.faint) } else { (styles.key, styles.text) };
            let blank = " ".repeat(keys.saturating_sub(row.keys.width()) + 2);
            let mut spans =
                vec![span(row.keys.clone(), key), span(blank, key), span(entry(row.command).sentence, words)];
            if let Some(note) = &row.note {
                let style = if row.refused { styles.dim } else { styles.warn };
                spans.push(span(format!("  ({})", sanitize_line(note)), style));
            }
            pane.line(Line::from(spans));
        }
    }
    pane
}

/// A list to pick from.
pub(super) fn picker(model: &Model, picker: &Picker, buf: &mut Buffer, styles: &Styles) {
    let plan = hit::picker_plan(model, picker.matches.len());
    frame(buf, plan.outer, &sanitize_line(&picker.title), styles);
    composer::text(&picker.text, plan.input, buf, styles);
    let rows = usize::from(plan.rows.height);
    let from = geometry::keep_in_view(picker.selected, 0, rows, picker.matches.len());
    for (place, (row, index)) in
        plan.rows.intersection(buf.area).rows().zip(picker.matches.iter().skip(from)).enumerate()
    {
        let Some(choice) = picker.choices.get(*index) else { continue };
        let selected = from + place == picker.selected;
        let (bar, style) = if selected { (styles.glyphs.bar, styles.selected) } else { (" ", styles.text) };
        let left = vec![span(format!("{bar} "), styles.selected), span(sanitize_line(&choice.label), style)];
        pen::sides(buf, row, Line::from(left), Line::from(span(sanitize_line(&choice.note), styles.dim)), styles);
    }
    if picker.matches.is_empty() {
        pen::line(buf, plan.rows, Line::from(span("nothing matches", styles.dim)), styles);
    }
}

/// The filter prompt, in the line of the status.
pub(super) fn filter(prompt: &FilterPrompt, frame: &Frame, buf: &mut Buffer, styles: &Styles) {
    let area = if frame.status.is_empty() { frame.body } else { frame.status };
    let area = Rect { height: area.height.min(1), ..area };
    pen::clear(buf, area);
    pen::line(buf, area, Line::from(span(" / ", styles.accent)), styles);
    // The error has the line of the hints, where there is one; else what it needs at the right, and the text keeps half.
    let error = prompt.error.as_ref().filter(|_| frame.hints.is_empty());
    let error = error.map(|(_, what)| sanitize_line(what)).unwrap_or_default();
    let words = u16::try_from(error.width() + 2).unwrap_or(u16::MAX).min(area.width / 2);
    let words = if error.is_empty() { 0 } else { words };
    let text = Rect { x: area.x.saturating_add(3), width: area.width.saturating_sub(3 + words), ..area };
    composer::text(&prompt.text, text, buf, styles);
    if let Some((at, _)) = &prompt.error {
        let right = Rect { x: area.right().saturating_sub(words), width: words, ..area };
        pen::line(buf, right, Line::from(span(error, styles.bad)), styles);
        // The place is a byte; on screen it is the width of what stands before it.
        let typed = prompt.text.lines().join(" ");
        let before = typed.get(..*at).unwrap_or(&typed).width();
        let x = text.x.saturating_add(u16::try_from(before).unwrap_or(u16::MAX));
        if let Some(cell) = buf.cell_mut((x, text.y)).filter(|_| x < text.right()) {
            cell.set_style(styles.bad);
        }
    }
}
