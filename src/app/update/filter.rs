//! The filter prompt. A good query works at once while it is typed; a bad one says what and where, and shows nothing
//! new. Tab completes, the arrows bring back what was typed before; saved views are filters with names.

use ratatui_textarea::{CursorMove, Input, Key, TextArea};

use super::{facts, picker, prompt_input, toast};
use crate::app::effect::{Effect, Effects};
use crate::app::model::{Choice, Completing, FilterPrompt, Level, Model, Overlay, Pick, Typed};
use crate::domain::query;

/// Filters that are remembered; the store keeps as many.
const HISTORY: usize = 100;

/// Opens the prompt on the filter in force.
pub fn open(model: &mut Model) -> Effects {
    let before = model.filter.clone();
    let text = one_line(&before);
    model.overlay =
        Some(Overlay::Filter(Box::new(FilterPrompt { text, before, error: None, completing: None, recalled: None })));
    Effects::none()
}

fn one_line(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(vec![text.to_owned()]);
    area.move_cursor(CursorMove::End);
    area
}

fn prompt(model: &mut Model) -> Option<&mut FilterPrompt> {
    match &mut model.overlay {
        Some(Overlay::Filter(prompt)) => Some(prompt),
        _ => None,
    }
}

/// A key that means no command.
pub fn typed(model: &mut Model, input: Input) -> Effects {
    // Ctrl-M and Ctrl-J are line ends to the text field; this text has one line.
    let breaks = matches!(input.key, Key::Enter) || (input.ctrl && matches!(input.key, Key::Char('m' | 'j')));
    if !breaks && prompt(model).is_some_and(|prompt| prompt_input(&mut prompt.text, input)) {
        edited(model);
    }
    Effects::none()
}

/// Pasted text, one line.
pub fn pasted(model: &mut Model, text: &str) -> Effects {
    if prompt(model).is_some_and(|prompt| prompt.text.insert_str(text)) {
        edited(model);
    }
    Effects::none()
}

/// The user has changed the text.
fn edited(model: &mut Model) {
    if let Some(prompt) = prompt(model) {
        (prompt.completing, prompt.recalled) = (None, None);
    }
    apply(model);
}

/// Puts the text in force, where it is a query.
fn apply(model: &mut Model) {
    let views = model.settings.views.clone();
    let Some(prompt) = prompt(model) else { return };
    let text = prompt.text.lines().join(" ");
    match views.read(&text) {
        Ok(_) => {
            prompt.error = None;
            model.filter = text.trim().to_owned();
            facts::relist(model);
        }
        Err(error) => prompt.error = Some((error.at, error.message)),
    }
}

/// Tab: the next thing that may stand at the cursor. The only one is taken at once; of several, what they begin with
/// alike is filled in first, then one after the other.
pub fn complete(model: &mut Model, by: isize) -> Effects {
    let (facts, views) = (model.facts.clone(), model.settings.views.clone());
    let Some(Overlay::Filter(prompt)) = &model.overlay else { return Effects::none() };
    let completing = match &prompt.completing {
        Some(completing) => {
            let count = completing.options.len().max(1);
            let selected = match completing.selected {
                Some(here) => (here + count).saturating_add_signed(by) % count,
                None if by < 0 => count - 1,
                None => 0,
            };
            Completing { selected: Some(selected), ..completing.clone() }
        }
        None => {
            let text = prompt.text.lines().join(" ");
            let cursor = byte_at(&text, prompt.text.cursor().1);
            let found = query::complete(&text, cursor, &facts, &model.board, &views);
            let begun = text.get(found.from..cursor).unwrap_or_default().to_owned();
            let after = text.get(cursor..).unwrap_or_default().to_owned();
            let head = text.get(..found.from).unwrap_or_default().to_owned();
            let alike = common_start(found.options.iter().map(|option| option.text.as_str()));
            // Where there is nothing to fill in that all have alike, the first is taken at once.
            let selected = match found.options.len() {
                1 => Some(0),
                _ if alike.len() > begun.len() => None,
                _ => Some(0),
            };
            Completing { head, after, alike: alike.to_owned(), options: found.options, selected }
        }
    };
    if completing.options.is_empty() {
        return toast(model, Level::Info, "nothing that could stand here is known");
    }
    let word = completing.selected.and_then(|at| completing.options.get(at)).map_or(&completing.alike, |it| &it.text);
    // The only one that fits is whole: the next word may begin.
    let whole = completing.options.len() == 1 && !word.ends_with(':') && completing.after.is_empty();
    let left = format!("{}{word}{}", completing.head, if whole { " " } else { "" });
    let column = left.chars().count();
    let text = format!("{left}{}", completing.after);
    let Some(prompt) = self::prompt(model) else { return Effects::none() };
    prompt.text = TextArea::new(vec![text]);
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    prompt.text.move_cursor(CursorMove::Jump(0, column));
    prompt.recalled = None;
    let begins_value = completing.options.len() == 1 && word.ends_with(':');
    prompt.completing = (completing.options.len() > 1).then_some(completing);
    apply(model);
    if begins_value {
        // A qualifier alone is no query yet: its values are offered at once, before anybody is told so.
        let offered = begin(model, &left);
        if let Some(prompt) = self::prompt(model) {
            prompt.completing = offered.filter(|offered| !offered.options.is_empty());
        }
    }
    Effects::none()
}

/// What may stand at the end of a text, nothing of it taken yet.
fn begin(model: &Model, text: &str) -> Option<Completing> {
    let found = query::complete(text, text.len(), &model.facts, &model.board, &model.settings.views);
    Some(Completing {
        head: text.get(..found.from)?.to_owned(),
        after: String::new(),
        alike: text.get(found.from..)?.to_owned(),
        options: found.options,
        selected: None,
    })
}

/// The byte at which a column begins.
fn byte_at(text: &str, column: usize) -> usize {
    text.char_indices().nth(column).map_or(text.len(), |(at, _)| at)
}

/// What all of them begin with.
fn common_start<'a>(mut words: impl Iterator<Item = &'a str>) -> &'a str {
    let Some(first) = words.next() else { return "" };
    words.fold(first, |alike, word| {
        let same = alike.char_indices().zip(word.chars()).take_while(|((_, a), b)| a == b).last();
        same.map_or("", |((at, c), _)| alike.get(..at + c.len_utf8()).unwrap_or_default())
    })
}

/// An arrow: a filter that was typed before, older (`by` > 0) or newer.
pub fn recall(model: &mut Model, by: isize) -> Effects {
    let history = model.history.clone();
    let Some(prompt) = prompt(model) else { return Effects::none() };
    let place = match (prompt.recalled, by > 0) {
        (None, true) => Some(0),
        (None, false) => return Effects::none(),
        (Some(place), true) => Some((place + 1).min(history.len().saturating_sub(1))),
        (Some(place), false) => place.checked_sub(1),
    };
    let text = match place {
        Some(place) => match history.get(place) {
            Some(text) => text.clone(),
            None => return Effects::none(),
        },
        None => prompt.before.clone(),
    };
    prompt.text = one_line(&text);
    (prompt.completing, prompt.recalled) = (None, place);
    apply(model);
    Effects::none()
}

/// Enter: the filter stands and is remembered; a bad one keeps the prompt open.
pub fn accept(model: &mut Model) -> Effects {
    if prompt(model).is_none_or(|prompt| prompt.error.is_some()) {
        return Effects::none();
    }
    model.overlay = None;
    let text = model.filter.clone();
    if text.is_empty() || model.history.first() == Some(&text) {
        return Effects::none();
    }
    model.history.retain(|other| *other != text);
    model.history.insert(0, text.clone());
    model.history.truncate(HISTORY);
    Effect::RememberFilter { text }.into()
}

/// Esc: as it was before.
pub fn cancel(model: &mut Model) -> Effects {
    if let Some(prompt) = prompt(model) {
        model.filter = std::mem::take(&mut prompt.before);
        model.overlay = None;
        facts::relist(model);
    }
    Effects::none()
}

/// The saved views, to pick from.
pub fn views(model: &mut Model) -> Effects {
    let choices = model.settings.views.list().iter();
    let choices = choices
        .map(|view| Choice {
            label: format!("@{}", view.name),
            note: view.text.clone(),
            pick: Pick::View(view.name.clone()),
        })
        .collect();
    picker::show(model, "Saved views".to_owned(), choices, None, Typed::Nothing)
}

/// Shows a saved view.
pub fn view(model: &mut Model, name: &str) -> Effects {
    match model.settings.views.find(name) {
        Some(view) => model.filter = format!("@{}", view.name),
        None => return toast(model, Level::Warn, format!("there is no view @{name}")),
    }
    facts::relist(model);
    Effects::none()
}

/// Shows a saved view by its place; the one that is shown already is taken off.
pub fn nth_view(model: &mut Model, place: usize) -> Effects {
    let Some(name) = model.settings.views.list().get(place).map(|view| view.name.clone()) else {
        return Effects::none();
    };
    if model.filter == format!("@{name}") {
        model.filter.clear();
        facts::relist(model);
        return Effects::none();
    }
    view(model, &name)
}
