//! Today, Board, Queues, Conflicts: the selection and what is on screen around it. The selection is a proposal, not a
//! place, so that a refresh moves nothing under the user's eyes.

use super::facts;
use crate::app::effect::Effects;
use crate::app::geometry;
use crate::app::hit::{self, TodayLine};
use crate::app::lists;
use crate::app::model::{Cursor, Home, Model, Preview};
use crate::domain::ids::PullNumber;

/// Brings a view to the front.
pub fn show(model: &mut Model, home: Home) -> Effects {
    model.home = home;
    follow(model);
    Effects::none()
}

/// The board's next grouping; the selected proposal stays selected.
pub fn regroup(model: &mut Model) -> Effects {
    model.grouping = model.grouping.next();
    model.columns.first_row.clear();
    facts::relist(model);
    Effects::none()
}

/// The next size of cards.
pub fn resize_cards(model: &mut Model) -> Effects {
    model.look.density = model.look.density.next();
    follow(model);
    Effects::none()
}

/// Folds the column that the selection is in, or unfolds it.
pub fn fold(model: &mut Model) -> Effects {
    let lane = model.cursor(model.home).lane;
    if let Some(title) = model.lanes(model.home).get(lane).map(|lane| lane.title.clone()) {
        model.look.fold(&title);
        follow(model);
    }
    Effects::none()
}

/// Shows the selected proposal's verdict beside the columns, or hides it.
pub fn preview(model: &mut Model) -> Effects {
    model.look.preview = match model.look.preview {
        Preview::Hidden => Preview::Shown,
        Preview::Shown => Preview::Hidden,
    };
    follow(model);
    Effects::none()
}

fn cursor_mut(model: &mut Model, home: Home) -> &mut Cursor {
    match home {
        Home::Today => &mut model.today,
        Home::Board => &mut model.columns,
        Home::Queues => &mut model.queues,
        Home::Conflicts => &mut model.conflicts,
    }
}

/// Puts every cursor on something that is there.
pub fn resolve(model: &mut Model) {
    for home in Home::ALL {
        let grid = lists::grid(model, home);
        let cursor = cursor_mut(model, home);
        let row_of = |lane: usize, pull: PullNumber| grid.get(lane).and_then(|l| l.iter().position(|n| *n == pull));
        let found = cursor.pull.and_then(|pull| {
            let lanes = std::iter::once(cursor.lane).chain(0..grid.len());
            lanes.into_iter().find_map(|lane| row_of(lane, pull).map(|row| (lane, row)))
        });
        match found {
            Some((lane, row)) => (cursor.lane, cursor.row) = (lane, row),
            None => place(cursor, &grid, cursor.lane, cursor.row),
        }
    }
}

/// Selects the card at a place, or the nearest one to it: nearest column that holds any, last row at most.
fn place(cursor: &mut Cursor, grid: &[Vec<PullNumber>], lane: usize, row: usize) {
    let filled = |lane: &usize| grid.get(*lane).is_some_and(|cards| !cards.is_empty());
    let nearest = (0..grid.len()).filter(filled).min_by_key(|candidate| candidate.abs_diff(lane));
    let Some(cards) = nearest.and_then(|lane| grid.get(lane)) else {
        (cursor.pull, cursor.lane, cursor.row) = (None, 0, 0);
        return;
    };
    let row = row.min(cards.len().saturating_sub(1));
    cursor.pull = cards.get(row).copied();
    (cursor.lane, cursor.row) = (nearest.unwrap_or(0), row);
}

/// Selects a card that was pointed at.
pub fn select(model: &mut Model, lane: usize, row: usize) {
    let grid = lists::grid(model, model.home);
    place(cursor_mut(model, model.home), &grid, lane, row);
    follow(model);
}

/// Moves the selection up or down. In Today it goes on into the next section.
pub fn step(model: &mut Model, by: isize) {
    let home = model.home;
    let grid = lists::grid(model, home);
    let cursor = cursor_mut(model, home);
    let (lane, row) = match home {
        Home::Board | Home::Queues | Home::Conflicts => (cursor.lane, cursor.row.saturating_add_signed(by)),
        Home::Today => {
            let places: Vec<(usize, usize)> = grid
                .iter()
                .enumerate()
                .flat_map(|(lane, cards)| (0..cards.len()).map(move |row| (lane, row)))
                .collect();
            let here = places.iter().position(|place| *place == (cursor.lane, cursor.row)).unwrap_or(0);
            let there = here.saturating_add_signed(by).min(places.len().saturating_sub(1));
            places.get(there).copied().unwrap_or((0, 0))
        }
    };
    place(cursor, &grid, lane, row);
    follow(model);
}

/// Moves the selection to the next column (or section) that holds anything; at about the same height on screen.
pub fn sideways(model: &mut Model, by: isize) {
    let home = model.home;
    if home == Home::Conflicts {
        return;
    }
    let grid = lists::grid(model, home);
    let cursor = cursor_mut(model, home);
    let filled: Vec<usize> = (0..grid.len()).filter(|lane| grid.get(*lane).is_some_and(|c| !c.is_empty())).collect();
    let here = filled.iter().position(|lane| *lane == cursor.lane).unwrap_or(0);
    let there = here.saturating_add_signed(by).min(filled.len().saturating_sub(1));
    let Some(lane) = filled.get(there).copied().filter(|lane| *lane != cursor.lane) else { return };
    let first = |lane: usize| cursor.first_row.get(lane).copied().unwrap_or(0);
    let row = match home {
        Home::Board | Home::Queues => first(lane) + cursor.row.saturating_sub(first(cursor.lane)),
        Home::Today | Home::Conflicts => 0,
    };
    place(cursor, &grid, lane, row);
    follow(model);
}

/// How many items of the view a screen holds.
#[must_use]
pub fn fit(model: &Model) -> usize {
    let body = geometry::frame(hit::screen(model)).body;
    match model.home {
        Home::Board | Home::Queues => {
            let plan = hit::columns_plan(model, model.home, hit::split(model, body).0);
            plan.columns.first().map_or(1, |column| geometry::cards_that_fit(column.cards, model.look.density))
        }
        Home::Today => usize::from(body.height).max(1),
        Home::Conflicts => usize::from(body.height / hit::CONFLICT_ROWS).max(1),
    }
}

/// Scrolls as little as possible, so that the selection is on screen.
pub fn follow(model: &mut Model) {
    let home = model.home;
    let fit = fit(model);
    match home {
        Home::Board | Home::Queues => {
            let body = geometry::frame(hit::screen(model)).body;
            let width = hit::split(model, body).0.width.saturating_sub(1);
            let folds = model.folds(home);
            let lengths: Vec<usize> = model.lanes(home).iter().map(|lane| lane.cards.len()).collect();
            let cursor = cursor_mut(model, home);
            cursor.first_lane = geometry::first_lane(width, &folds, cursor.lane, cursor.first_lane);
            cursor.first_row.resize(lengths.len(), 0);
            for (lane, (first, len)) in cursor.first_row.iter_mut().zip(lengths).enumerate() {
                *first = if lane == cursor.lane {
                    geometry::keep_in_view(cursor.row, *first, fit, len)
                } else {
                    (*first).min(len.saturating_sub(fit))
                };
            }
        }
        Home::Today => {
            let lines = hit::today_lines(model);
            let cursor = cursor_mut(model, home);
            let selected = lines.iter().position(|line| *line == TodayLine::Row(cursor.lane, cursor.row)).unwrap_or(0);
            let first = cursor.first_row.first().copied().unwrap_or(0);
            // A section's heading comes into view with its first row.
            let heading = if cursor.row == 0 { selected.saturating_sub(1) } else { selected };
            // So does the second line of a row that has two.
            let why = lines.get(selected + 1).is_some_and(|line| matches!(line, TodayLine::Why(..)));
            let first = geometry::keep_in_view(heading, first, fit, lines.len());
            let first = geometry::keep_in_view(selected + usize::from(why), first, fit, lines.len());
            cursor.first_row = vec![geometry::keep_in_view(selected, first, fit, lines.len())];
        }
        Home::Conflicts => {
            let len = model.lists.conflicts.len();
            let cursor = cursor_mut(model, home);
            let first = cursor.first_row.first().copied().unwrap_or(0);
            cursor.first_row = vec![geometry::keep_in_view(cursor.row, first, fit, len)];
        }
    }
}

/// No column is scrolled past its end, whatever has become shorter.
pub fn clamp(model: &mut Model) {
    let home = model.home;
    let fit = fit(model);
    let lengths: Vec<usize> = match home {
        Home::Board | Home::Queues => model.lanes(home).iter().map(|lane| lane.cards.len()).collect(),
        Home::Today => vec![hit::today_lines(model).len()],
        Home::Conflicts => vec![model.lists.conflicts.len()],
    };
    let cursor = cursor_mut(model, home);
    cursor.first_row.resize(lengths.len(), 0);
    for (first, len) in cursor.first_row.iter_mut().zip(lengths) {
        *first = (*first).min(len.saturating_sub(fit));
    }
}

/// Scrolls what is under the pointer, without moving the selection.
pub fn wheel(model: &mut Model, lane: usize, notches: i32) {
    let home = model.home;
    let fit = fit(model);
    let by = isize::try_from(notches).unwrap_or(0);
    let (slot, len, by) = match home {
        Home::Board | Home::Queues => (lane, model.lanes(home).get(lane).map_or(0, |lane| lane.cards.len()), by),
        Home::Today => (0, hit::today_lines(model).len(), by.saturating_mul(3)),
        Home::Conflicts => (0, model.lists.conflicts.len(), by),
    };
    if let Some(first) = cursor_mut(model, home).first_row.get_mut(slot) {
        *first = first.saturating_add_signed(by).min(len.saturating_sub(fit));
    }
}
