//! The filter prompt. A good query works at once while it is typed; a bad one says what and where, and shows nothing
//! new.

use ratatui_textarea::{CursorMove, Input, Key, TextArea};

use super::{facts, prompt_input};
use crate::app::effect::Effects;
use crate::app::model::{FilterPrompt, Model, Overlay};
use crate::domain::query::Query;

/// Opens the prompt on the filter in force.
pub fn open(model: &mut Model) -> Effects {
    let mut text = TextArea::new(vec![model.filter.clone()]);
    text.move_cursor(CursorMove::End);
    let before = model.filter.clone();
    model.overlay = Some(Overlay::Filter(Box::new(FilterPrompt { text, before, error: None })));
    Effects::none()
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

fn edited(model: &mut Model) {
    let Some(prompt) = prompt(model) else { return };
    let text = prompt.text.lines().join(" ");
    match Query::parse(&text) {
        Ok(_) => {
            prompt.error = None;
            model.filter = text.trim().to_owned();
            facts::relist(model);
        }
        Err(error) => prompt.error = Some((error.at, error.message)),
    }
}

/// Enter: the filter stands; a bad one keeps the prompt open.
pub fn accept(model: &mut Model) -> Effects {
    if prompt(model).is_some_and(|prompt| prompt.error.is_none()) {
        model.overlay = None;
    }
    Effects::none()
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
