//! PURE drawing: model, styles and an area in, cells out. Where things are comes from [`crate::app::geometry`] and
//! [`crate::app::hit`], which the mouse uses too; what things look like comes from [`styles`]; one file per screen.
//! Nothing here decides anything, and nothing panics, down to a terminal of one cell.

mod board;
mod card;
mod chrome;
mod composer;
mod conflicts;
mod conversation;
mod empty;
mod local;
pub mod markdown;
mod memo;
mod outbox;
mod overlay;
mod pane;
mod pen;
mod proposal;
pub mod styles;
mod today;
mod verdict;
mod words;
pub mod wrap;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

pub use self::proposal::measure;
use self::styles::Styles;
use crate::app::geometry;
use crate::app::model::{Home, Model, Overlay, Page};

/// Draws the whole screen.
pub fn draw(model: &Model, styles: &Styles, now: Timestamp, area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let frame = geometry::frame(area);
    match model.page() {
        Some(Page::Proposal(page)) => proposal::draw(model, page, now, &frame, buf, styles),
        Some(Page::Outbox(page)) => {
            chrome::header(model, now, frame.header, buf, styles);
            let title = format!(" {} Outbox: what is not sent yet", styles.glyphs.left);
            pen::line(buf, frame.views, Line::from(pen::span(title, styles.strong)), styles);
            outbox::draw(model, page, now, frame.body, buf, styles);
        }
        None => {
            chrome::header(model, now, frame.header, buf, styles);
            chrome::views(model, frame.views, buf, styles);
            match model.home {
                Home::Board | Home::Queues => board::draw(model, model.home, now, frame.body, buf, styles),
                Home::Today => today::draw(model, frame.body, buf, styles),
                Home::Conflicts => conflicts::draw(model, now, frame.body, buf, styles),
            }
        }
    }
    chrome::status(model, now, frame.status, buf, styles);
    chrome::hints(model, now, frame.hints, buf, styles);
    match &model.overlay {
        Some(Overlay::Composer(composer)) => composer::draw(model, composer, frame.body, buf, styles),
        Some(Overlay::Filter(prompt)) => overlay::filter(prompt, &frame, buf, styles),
        Some(Overlay::Picker(picker)) => overlay::picker(model, picker, buf, styles),
        Some(Overlay::Help(page)) => overlay::help(page, frame.body, buf, styles),
        None => {}
    }
}
