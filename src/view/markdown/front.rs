//! YAML front matter (`process.md` §4) as a table of two columns: it is read, not edited, so keys and values as they are
//! written are enough; what they mean is the derivation's business.

use ratatui::text::Line;

use super::table::Table;
use crate::view::styles::Styles;
use crate::view::wrap::Piece;

/// Cuts a text into its front matter, without the fences, and the rest.
pub(super) fn split(text: &str) -> (Option<&str>, &str) {
    let start = text.trim_start_matches('\u{feff}');
    let Some(rest) = start.strip_prefix("---\n").or_else(|| start.strip_prefix("---\r\n")) else {
        return (None, text);
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return (rest.get(..at), rest.get(at + line.len()..).unwrap_or(""));
        }
        at += line.len();
    }
    (None, text)
}

/// Rows of keys and values: lists and maps below a key become its value's lines.
pub(super) struct Matter(Vec<(String, Vec<String>)>);

/// Reads front matter into rows.
pub(super) fn table(matter: &str, _styles: &Styles) -> Matter {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for line in matter.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        let nested = line.starts_with([' ', '\t', '-']);
        match (nested, line.split_once(':'), rows.last_mut()) {
            (false, Some((key, value)), _) => {
                let value = value.trim().trim_matches(['"', '\'']).to_owned();
                let values = if value.is_empty() { Vec::new() } else { vec![value] };
                rows.push((key.trim().to_owned(), values));
            }
            (_, _, Some((_, values))) => {
                values.push(line.trim().trim_start_matches("- ").trim_matches(['"', '\'']).to_owned());
            }
            (_, _, None) => rows.push((String::new(), vec![line.trim().to_owned()])),
        }
    }
    Matter(rows)
}

impl Matter {
    /// The lines: keys dim, values beside them.
    pub(super) fn lines(&self, width: usize, styles: &Styles) -> Vec<Line<'static>> {
        let table = Table {
            alignments: Vec::new(),
            rows: self
                .0
                .iter()
                .map(|(key, values)| {
                    vec![vec![Piece::new(key.as_str(), styles.dim)], vec![Piece::new(values.join(", "), styles.text)]]
                })
                .collect(),
        };
        table.plain_lines(width, styles)
    }
}
