//! The state machine: messages in, model and effects out.
mod acts;
mod any;
mod filter;
mod keys;
mod marks;
mod moves;
mod syncs;

use jiff::Timestamp;
use vepherd::app::effect::Effect;
use vepherd::app::keymap::Key;
use vepherd::app::model::{Model, Page, ProposalPage};
use vepherd::app::msg::Msg;
use vepherd::app::update;

use crate::view::fixture;

fn now() -> Timestamp {
    fixture::NOW.parse().unwrap()
}

/// The hand-made board with its lists derived by the program.
fn model() -> Model {
    let mut model = fixture::model();
    let _ = update::update(&mut model, now(), Msg::MarksLoaded(Default::default()));
    model
}

fn tell(model: &mut Model, msg: Msg) -> Vec<Effect> {
    update::update(model, now(), msg).into_iter().collect()
}

/// Types keys, written as the help writes them, with blanks between; gives the effects of all of them.
fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    keys.split_whitespace().flat_map(|key| tell(model, Msg::KeyPressed(Key::parse(key).unwrap()))).collect()
}

/// Types a text as it is.
fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    text.chars().flat_map(|c| tell(model, Msg::KeyPressed(Key::char(c)))).collect()
}

fn page(model: &Model) -> &ProposalPage {
    match model.page() {
        Some(Page::Proposal(page)) => page,
        other => panic!("no proposal is open but {other:?}"),
    }
}

/// The newest toast.
fn said(model: &Model) -> &str {
    model.toasts.last().map_or("", |toast| &toast.text)
}
