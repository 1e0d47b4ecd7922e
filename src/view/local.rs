//! What the viewer said about a proposal, on its page: set apart from the verdict, so that nobody takes it for the
//! thread's.

use jiff::Timestamp;
use ratatui::style::Style;
use ratatui::text::Span;

use super::pen::span;
use super::styles::Styles;
use super::words;
use crate::domain::marks::{Local, Quiet, Ruled};
use crate::domain::text::sanitize_line;
use crate::domain::verdict::PossibleObjection;

/// A line of it: its glyph and its words.
pub(super) type Item = (&'static str, Style, Vec<Span<'static>>);

/// What the viewer said, a line each.
pub(super) fn items(local: &Local, now: Timestamp, styles: &Styles) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    if let Some(turn) = &local.turn {
        items.push((
            styles.glyphs.turn,
            styles.special,
            vec![
                span(format!("you said: {}", sanitize_line(&turn.whose.words())), styles.special),
                span(format!(", {}, {}", words::ago(now, turn.from.at), turn.lasts.words()), styles.dim),
            ],
        ));
    }
    match &local.quiet {
        Some(quiet @ Quiet::Snoozed { since, .. }) => items.push((
            styles.glyphs.snoozed,
            styles.special,
            vec![
                span(sanitize_line(&quiet.words()), styles.special),
                span(format!(", {}", words::ago(now, *since)), styles.dim),
            ],
        )),
        Some(Quiet::Done { since }) => items.push((
            styles.glyphs.signed,
            styles.special,
            vec![
                span("you are done with it", styles.special),
                span(format!(", {}; it comes back with the next human act", words::ago(now, *since)), styles.dim),
            ],
        )),
        None => {}
    }
    if let Some(back) = &local.back {
        items.push((
            styles.glyphs.fresh,
            styles.accent,
            vec![
                span(format!("back: {}", sanitize_line(&back.words())), styles.accent),
                span(format!(" {}", words::ago(now, back.at)), styles.dim),
            ],
        ));
    }
    items
}

/// What the viewer makes of a possible objection: how it is marked, and in which words.
pub(super) fn ruling(
    local: Option<&Local>,
    possible: &PossibleObjection,
    styles: &Styles,
) -> (&'static str, Style, &'static str) {
    match local.and_then(|local| local.ruled(possible)) {
        None => (styles.glyphs.inferred, styles.special, "perhaps an objection"),
        Some(Ruled::Confirmed) => (styles.glyphs.vetoed, styles.special, "an objection, you said"),
        Some(Ruled::Dropped) => (styles.glyphs.inferred, styles.faint, "no objection, you said"),
    }
}
