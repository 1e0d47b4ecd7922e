//! Keys: which layers are active, what a key means on them, and where text goes that means no command.

use ratatui_textarea::{Input, Key as TextKey};

use super::{command, composer, filter, picker};
use crate::app::effect::Effects;
use crate::app::keymap::{Code, Key};
use crate::app::model::{Home, Model, Overlay, Page};
use crate::app::registry::Layer;

/// The active layers, innermost first.
#[must_use]
pub fn layers(model: &Model) -> &'static [Layer] {
    match (&model.overlay, model.page()) {
        (Some(Overlay::Composer(_)), _) => &[Layer::Composer, Layer::Global],
        (Some(Overlay::Filter(_)), _) => &[Layer::Filter, Layer::Global],
        (Some(Overlay::Picker(_)), _) => &[Layer::Picker, Layer::Global],
        (Some(Overlay::Help(_)), _) => &[Layer::Help, Layer::Global],
        (None, page) => under(model.home, page),
    }
}

/// The active layers of the screen under any overlay: what help and palette speak of.
#[must_use]
pub fn screen_layers(model: &Model) -> &'static [Layer] {
    under(model.home, model.page())
}

fn under(home: Home, page: Option<&Page>) -> &'static [Layer] {
    match (page, home) {
        (Some(Page::Proposal(_)), _) => &[Layer::Proposal, Layer::Target, Layer::Normal, Layer::Global],
        (Some(Page::Outbox(_)), _) => &[Layer::Outbox, Layer::Normal, Layer::Global],
        (None, Home::Board) => &[Layer::Board, Layer::Home, Layer::Target, Layer::Normal, Layer::Global],
        (None, Home::Today | Home::Queues | Home::Conflicts) => {
            &[Layer::Home, Layer::Target, Layer::Normal, Layer::Global]
        }
    }
}

/// A key was pressed.
pub fn pressed(model: &mut Model, key: Key) -> Effects {
    if let Some(command) = model.keymap.resolve(layers(model), key) {
        return command::run(model, command);
    }
    match model.overlay {
        Some(Overlay::Composer(_)) => composer::typed(model, input(key)),
        Some(Overlay::Filter(_)) => filter::typed(model, input(key)),
        Some(Overlay::Picker(_)) => picker::typed(model, input(key)),
        Some(Overlay::Help(_)) | None => Effects::none(),
    }
}

/// Text was pasted: it is text, whatever keys it looks like.
pub fn pasted(model: &mut Model, text: &str) -> Effects {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    match model.overlay {
        Some(Overlay::Composer(_)) => composer::pasted(model, &text),
        Some(Overlay::Filter(_)) => filter::pasted(model, &text.replace('\n', " ")),
        Some(Overlay::Picker(_)) => picker::pasted(model, &text.replace('\n', " ")),
        Some(Overlay::Help(_)) | None => Effects::none(),
    }
}

/// The key in the text field's words.
fn input(key: Key) -> Input {
    let text_key = match key.code {
        Code::Char(c) => TextKey::Char(c),
        Code::Enter => TextKey::Enter,
        Code::Esc => TextKey::Esc,
        Code::Tab | Code::BackTab => TextKey::Tab,
        Code::Backspace => TextKey::Backspace,
        Code::Delete => TextKey::Delete,
        Code::Left => TextKey::Left,
        Code::Right => TextKey::Right,
        Code::Up => TextKey::Up,
        Code::Down => TextKey::Down,
        Code::Home => TextKey::Home,
        Code::End => TextKey::End,
        Code::PageUp => TextKey::PageUp,
        Code::PageDown => TextKey::PageDown,
        Code::F(n) => TextKey::F(n),
    };
    Input { key: text_key, ctrl: key.ctrl, alt: key.alt, shift: key.code == Code::BackTab }
}
