//! What stands where nothing is: rows that wait for data, and the sentence that says why a view is empty and what to do.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::pen::{self, span};
use super::styles::Styles;
use super::words;
use super::wrap::wrap_text;
use crate::app::geometry::{self, CardSize, Fold};
use crate::app::model::{Home, Model};
use crate::domain::text::sanitize_line;
use crate::domain::verdict::Stage;

/// Where cards will stand: same places, so that nothing jumps when they come.
pub(super) fn skeleton(area: Rect, buf: &mut Buffer, styles: &Styles) {
    let plan = geometry::board(area, &[Fold::Open; 5], 0, 0);
    for column in &plan.columns {
        let head = styles.glyphs.skeleton.repeat(usize::from(column.header.width / 3));
        pen::line(buf, column.header, Line::from(span(head, styles.faint)), styles);
        // Three cards are enough to say "cards".
        for place in 0..geometry::cards_that_fit(column.cards, CardSize::Card).min(3) {
            let card = geometry::card(column.cards, CardSize::Card, place);
            for (row, fifths) in card.rows().zip([4, 3, 2]) {
                let row = Rect { x: row.x.saturating_add(1), width: row.width.saturating_sub(1), ..row };
                let text = styles.glyphs.skeleton.repeat(usize::from(row.width * fifths / 5));
                pen::line(buf, row, Line::from(span(text, styles.faint)), styles);
            }
        }
    }
}

/// Why a view shows nothing, and what to do.
pub(super) fn draw(model: &Model, home: Home, area: Rect, buf: &mut Buffer, styles: &Styles) {
    let (title, more) = sentence(model, home);
    let width = usize::from(area.width.saturating_sub(4)).clamp(1, 72);
    let mut text = wrap_text(&title, styles.text, width);
    text.push(Line::default());
    text.extend(wrap_text(&more, styles.dim, width));
    let height = u16::try_from(text.len()).unwrap_or(u16::MAX);
    let place = geometry::centered(area, u16::try_from(width).unwrap_or(72), height);
    let place = Rect { y: area.y.saturating_add((place.y - area.y) * 2 / 3), ..place };
    pen::lines(buf, place, text, styles);
}

fn sentence(model: &Model, home: Home) -> (String, String) {
    let open = model.board.verdicts.iter().filter(|verdict| verdict.stage != Stage::Converged).count();
    if !model.filter.is_empty() && open > 0 {
        let filter = sanitize_line(&model.filter);
        return (
            format!("Nothing matches \"{filter}\"."),
            format!(
                "{} are open without the filter. Esc clears it, / changes it.",
                words::count(open, "proposal", "proposals")
            ),
        );
    }
    if model.board.verdicts.is_empty() {
        let repo = &model.settings.repo;
        if model.syncing().is_some() {
            return (format!("Reading {repo} for the first time."), "The first cards come in a moment.".to_owned());
        }
        if let Some(trouble) = &model.trouble {
            let failure = &trouble.failure;
            let hint = failure.hint.as_deref().unwrap_or("r tries again.");
            return (
                format!("Could not {}: {}.", sanitize_line(&failure.attempted), sanitize_line(&failure.cause)),
                sanitize_line(hint),
            );
        }
        return (format!("No proposals in {repo}."), "r asks GitHub again.".to_owned());
    }
    let waiting = model.board.verdicts.iter().filter(|verdict| verdict.stage == Stage::NeedsShepherd).count();
    match home {
        Home::Today => (
            "Nothing needs you.".to_owned(),
            format!("{open} open, {waiting} of them still need a shepherd (2 shows the board)."),
        ),
        Home::Conflicts => {
            ("Nobody objects.".to_owned(), format!("{open} open proposals, no veto and no contested hold stands."))
        }
        Home::Queues => ("No queues.".to_owned(), format!("{open} open, none has a shepherd (2 shows the board).")),
        Home::Board => ("Nothing is open.".to_owned(), "r asks GitHub again.".to_owned()),
    }
}
