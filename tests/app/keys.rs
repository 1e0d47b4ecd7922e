//! Keys and the registry: every binding can be typed, none hides another, and help offers only what works here.

use std::collections::{BTreeSet, HashMap};

use vepherd::app::keymap::{BadKey, Code, Key, Keymap};
use vepherd::app::model::{Overlay, Page};
use vepherd::app::registry::{Command, ENTRIES, Layer, entry};
use vepherd::app::update::layers;

use super::{model, press, type_text};

#[test]
fn names_of_keys_read_as_they_are_written() {
    let every = ENTRIES.iter().flat_map(|entry| entry.keys);
    for name in every.copied().chain(["Space", "F12", "Alt-x", "Ctrl-Alt-x", "-", "ü", "Delete"]) {
        assert_eq!(Key::parse(name).unwrap().to_string(), name);
    }
    for bad in ["", "jj", "Ctrl-", "Hyper-x", "F0", "F999", "enter"] {
        assert!(Key::parse(bad).is_err(), "{bad:?}");
    }
    assert_eq!(Key::parse("Ctrl--").unwrap(), Key { code: Code::Char('-'), ctrl: true, alt: false });
}

#[test]
fn two_commands_on_one_key_are_an_error_that_names_both() {
    let error = Keymap::build([(Command::Comment, &["x"][..]), (Command::Veto, &["x"][..])]).unwrap_err();
    let BadKey::Conflict { first, second, .. } = &error else { panic!("{error}") };
    assert_eq!((*first, *second), ("comment", "veto"));
    assert!(Keymap::build([(Command::Comment, &["x"][..]), (Command::Submit, &["x"][..])]).is_ok(), "other layers");
}

/// A key that means one thing on an inner layer and another on an outer one would be lost without notice.
#[test]
fn no_layer_hides_a_key_of_another() {
    let mut screens = Vec::new();
    for keys in ["1", "2", "3", "4", "2 Enter", "O", "2 c", "/", ":", "?"] {
        let mut model = model();
        press(&mut model, keys);
        screens.push((keys, layers(&model)));
    }
    for (screen, stack) in screens {
        let mut bound: HashMap<&str, &str> = HashMap::new();
        for entry in ENTRIES.iter().filter(|entry| entry.layers.iter().any(|layer| stack.contains(layer))) {
            for key in entry.keys {
                if let Some(other) = bound.insert(key, entry.name) {
                    panic!("after {screen:?}, {key} is both {other} and {}", entry.name);
                }
            }
        }
    }
}

#[test]
fn every_command_has_one_line_with_a_sentence_and_a_key() {
    let names: BTreeSet<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), ENTRIES.len());
    for line in ENTRIES {
        assert!(!line.keys.is_empty() && !line.layers.is_empty(), "{}", line.name);
        assert!(line.sentence.len() > 1 && !line.hint.is_empty(), "{}", line.name);
        assert_eq!(entry(line.command).name, line.name);
    }
    // The contract's keys, as far as these screens go.
    for (key, command) in [
        ("c", Command::Comment),
        ("L", Command::Lgtm),
        ("A", Command::Approve),
        ("V", Command::Veto),
        ("U", Command::Lift),
        ("H", Command::Hold),
        ("s", Command::Shepherd),
        ("m", Command::MarkSeen),
        ("o", Command::Browse),
        ("y", Command::CopyLink),
        ("t", Command::Threads),
    ] {
        assert_eq!(Keymap::default().resolve(&[Layer::Target], Key::parse(key).unwrap()), Some(command));
    }
}

#[test]
fn help_speaks_of_the_screen_under_it() {
    for (keys, has, has_not) in [
        ("2 ?", Command::Grouping, Command::NextProposal),
        ("1 ?", Command::Today, Command::Grouping),
        ("2 Enter ?", Command::NextProposal, Command::Filter),
        ("O ?", Command::Resend, Command::Comment),
    ] {
        let mut model = model();
        press(&mut model, keys);
        let Some(Overlay::Help(help)) = &model.overlay else { panic!("{keys}: no help") };
        let commands: Vec<Command> = help.rows.iter().map(|row| row.command).collect();
        assert!(commands.contains(&has) && !commands.contains(&has_not), "{keys}: {commands:?}");
        let undo = help.rows.iter().find(|row| row.command == Command::Undo).unwrap();
        assert!(undo.refused && undo.note.is_some(), "nothing can be undone yet");
        press(&mut model, "q");
        assert!(model.overlay.is_none());
    }
}

#[test]
fn ctrl_u_empties_a_prompt_of_one_line() {
    let mut model = model();
    press(&mut model, "/");
    type_text(&mut model, "sig:storage");
    assert_eq!(model.filter, "sig:storage");
    press(&mut model, "Ctrl-u");
    assert_eq!(model.filter, "");
    press(&mut model, "Esc : x y z Ctrl-u");
    let Some(Overlay::Picker(picker)) = &model.overlay else { panic!() };
    assert!(picker.text.is_empty() && picker.matches.len() == picker.choices.len());
}

#[test]
fn the_palette_gives_any_command() {
    let mut model = model();
    press(&mut model, ": q u e u Enter");
    assert_eq!(model.home, vepherd::app::model::Home::Queues);
    press(&mut model, ": o u t b o x Enter");
    assert!(matches!(model.page(), Some(Page::Outbox(_))));
}
