//! The filter's prompt: Tab completes from the board, the arrows bring back what was typed.

use vepherd::app::effect::Effect;
use vepherd::app::model::{Model, Overlay};
use vepherd::app::msg::Msg;

use super::{model, press, tell, type_text};

fn text(model: &Model) -> String {
    let Some(Overlay::Filter(prompt)) = &model.overlay else { panic!("no prompt is open") };
    prompt.text.lines().join(" ")
}

fn offered(model: &Model) -> Vec<String> {
    let Some(Overlay::Filter(prompt)) = &model.overlay else { panic!("no prompt is open") };
    prompt.completing.iter().flat_map(|completing| &completing.options).map(|option| option.text.clone()).collect()
}

#[test]
fn tab_completes_qualifiers_then_values() {
    let mut model = model();
    press(&mut model, "/");
    type_text(&mut model, "par");
    press(&mut model, "Tab");
    assert_eq!(text(&model), "participating:");
    press(&mut model, "Ctrl-u");
    type_text(&mut model, "sta");
    press(&mut model, "Tab");
    assert_eq!(
        (text(&model).as_str(), offered(&model)),
        ("stage:", vec!["stage:".into(), "stale:".into(), "status:".into()])
    );
    press(&mut model, "Tab");
    assert_eq!(text(&model), "stale:");
    press(&mut model, "Shift-Tab Ctrl-u");
    type_text(&mut model, "sig:");
    press(&mut model, "Tab");
    assert_eq!(offered(&model)[0], "compute", "the most frequent first");
    assert_eq!(text(&model), "sig:compute");
    let compute = model.lists.shown.len();
    press(&mut model, "Tab");
    assert_ne!((text(&model), model.lists.shown.len()), ("sig:compute".into(), compute), "it works while it is tried");
    press(&mut model, "Shift-Tab");
    assert_eq!(text(&model), "sig:compute");
    type_text(&mut model, ",obs");
    assert!(offered(&model).is_empty(), "typing ends it");
    press(&mut model, "Tab");
    assert_eq!(text(&model), "sig:compute,observability ", "the only one is whole");
    type_text(&mut model, "-is:dra");
    press(&mut model, "Tab Enter");
    assert_eq!(model.filter, "sig:compute,observability -is:draft");
}

#[test]
fn a_qualifier_alone_offers_its_values_at_once() {
    let mut model = model();
    press(&mut model, "/");
    type_text(&mut model, "conv");
    press(&mut model, "Tab");
    assert_eq!(text(&model), "convergence:");
    assert_eq!(offered(&model), ["converging", "flat", "diverging", "stalled"]);
    press(&mut model, "Tab");
    assert_eq!(text(&model), "convergence:converging");
    press(&mut model, "Shift-Tab");
    assert_eq!(text(&model), "convergence:stalled", "round and round");
}

#[test]
fn the_cursor_may_stand_in_the_middle() {
    let mut model = model();
    press(&mut model, "/");
    type_text(&mut model, "kind:ne backup");
    press(&mut model, "Left Left Left Left Left Left Left Tab");
    assert_eq!(text(&model), "kind:new backup");
    type_text(&mut model, ",update");
    assert_eq!(text(&model), "kind:new,update backup", "one goes on where the word ended");
}

#[test]
fn the_arrows_bring_back_what_was_typed() {
    let mut model = model();
    tell(&mut model, Msg::HistoryLoaded(vec!["is:open".into(), "sig:storage".into()]));
    press(&mut model, "/");
    type_text(&mut model, "is:draft");
    let effects = press(&mut model, "Enter");
    assert_eq!(effects, [Effect::RememberFilter { text: "is:draft".into() }]);
    assert_eq!(model.history, ["is:draft", "is:open", "sig:storage"]);
    press(&mut model, "/ Up");
    assert_eq!(text(&model), "is:draft");
    press(&mut model, "Up Up Up Up");
    assert_eq!((text(&model).as_str(), model.filter.as_str()), ("sig:storage", "sig:storage"));
    press(&mut model, "Down Down Down");
    assert_eq!(text(&model), "is:draft", "at the end stands what stood there before");
    press(&mut model, "Up Up");
    let effects = press(&mut model, "Enter");
    assert_eq!(effects, [Effect::RememberFilter { text: "is:open".into() }]);
    assert_eq!(model.history, ["is:open", "is:draft", "sig:storage"], "each once");
}
