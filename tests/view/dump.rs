//! A buffer as text that a person can review: the cells, then one letter a cell for its style, then what the letters
//! stand for. A changed colour is a changed letter, at the place where it changed.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use vepherd::app::model::Model;
use vepherd::view;
use vepherd::view::styles::Styles;

use super::fixture::NOW;

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Draws a model at a size.
pub fn drawn(model: &Model, styles: &Styles, width: u16, height: u16) -> Buffer {
    let mut model = model.clone();
    model.size = (width, height);
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    view::draw(&model, styles, NOW.parse().unwrap(), area, &mut buffer);
    buffer
}

/// The cells as lines of text.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut skip = 0;
        for x in buffer.area.left()..buffer.area.right() {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                line.push_str(symbol);
            }
            skip = std::cmp::max(skip, unicode_width::UnicodeWidthStr::width(symbol)).saturating_sub(1);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The cells and their styles.
pub fn dump(buffer: &Buffer) -> String {
    let mut seen: Vec<Style> = Vec::new();
    let mut looks = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        for x in buffer.area.left()..buffer.area.right() {
            let style = buffer[(x, y)].style();
            let plain =
                style.fg == Some(Color::Reset) && style.bg == Some(Color::Reset) && style.add_modifier.is_empty();
            let blank = buffer[(x, y)].symbol() == " " && !style.add_modifier.contains(Modifier::REVERSED);
            if plain || blank {
                line.push(' ');
                continue;
            }
            let place = seen.iter().position(|known| *known == style).unwrap_or_else(|| {
                seen.push(style);
                seen.len() - 1
            });
            line.push(LETTERS.chars().nth(place).unwrap_or('?'));
        }
        let _ = writeln!(looks, "{}", line.trim_end());
    }
    let mut legend = String::new();
    for (letter, style) in LETTERS.chars().zip(&seen) {
        let mut words = match style.fg {
            Some(Color::Reset) | None => "default".to_owned(),
            Some(color) => color.to_string(),
        };
        if let Some(color) = style.bg.filter(|color| *color != Color::Reset) {
            let _ = write!(words, " on {color}");
        }
        for (name, _) in style.add_modifier.iter_names() {
            let _ = write!(words, " {}", name.to_lowercase());
        }
        let _ = writeln!(legend, "{letter} {words}");
    }
    format!("{}\n--- styles ---\n{looks}\n{legend}", text(buffer))
}
