//! The mouse: a click selects, a click on what is selected opens, the wheel scrolls what is under it.

use super::{command, home, outbox, page, picker};
use crate::app::effect::Effects;
use crate::app::hit::{self, Target};
use crate::app::model::{Home, Model, Overlay, Page};
use crate::app::registry::Command;

/// Lines per notch in a text.
const LINES: isize = 3;

/// The main button went down on a cell.
pub fn clicked(model: &mut Model, cell: (u16, u16)) -> Effects {
    match hit::at(model, cell) {
        Target::Home(home) => home::show(model, home),
        Target::Tab(tab) => {
            page::select(model, tab);
            Effects::none()
        }
        Target::Card(lane, row, pull) => {
            let cursor = model.cursor(model.home);
            if cursor.pull == Some(pull) && cursor.lane == lane {
                return page::open(model, pull);
            }
            home::select(model, lane, row);
            Effects::none()
        }
        Target::Lane(lane) => {
            let row = model.cursor(model.home).first_row.get(lane).copied().unwrap_or(0);
            home::select(model, lane, row);
            Effects::none()
        }
        Target::Write(id) => outbox::clicked(model, id),
        Target::Command(command) => command::run(model, command),
        Target::Undo => command::run(model, Command::Undo),
        Target::Choice(place) => picker::clicked(model, place),
        Target::Quiet => command::run(model, Command::ShowQuiet),
        Target::Overlay => match model.overlay {
            Some(Overlay::Help(_)) => command::run(model, Command::Back),
            _ => Effects::none(),
        },
        Target::Side | Target::Pane | Target::List | Target::Nothing => Effects::none(),
    }
}

/// The wheel turned over a cell.
pub fn wheeled(model: &mut Model, cell: (u16, u16), notches: i32) -> Effects {
    let by = isize::try_from(notches).unwrap_or(0);
    match (&mut model.overlay, model.pages.last()) {
        (Some(Overlay::Help(help)), _) => {
            help.scroll = help.scroll.saturating_add_signed(by.saturating_mul(LINES)).min(help.rows.len());
        }
        (Some(Overlay::Picker(_)), _) => return picker::step(model, by),
        (Some(Overlay::Composer(_) | Overlay::Filter(_)), _) => {}
        (None, Some(Page::Outbox(_))) => outbox::step(model, by),
        (None, Some(Page::Proposal(_))) => match hit::at(model, cell) {
            Target::Side => page::scroll_side(model, by.saturating_mul(LINES)),
            _ => page::scroll(model, by.saturating_mul(LINES)),
        },
        (None, None) => match (hit::at(model, cell), model.home) {
            (Target::Lane(lane) | Target::Card(lane, ..), _) => home::wheel(model, lane, notches),
            (_, Home::Today | Home::Conflicts) => home::wheel(model, 0, notches),
            (_, Home::Board | Home::Queues) => {}
        },
    }
    Effects::none()
}
