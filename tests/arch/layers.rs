//! Who may use whom (`src/lib.rs` has the picture), with a planted violation for every rule: a rule that cannot fail
//! is none.

use std::path::Path;

use super::files;
use super::paths;

/// Our layers, and which of the others each may name.
const MAY_USE: [(&str, &[&str]); 6] = [
    ("domain", &[]),
    ("app", &["domain"]),
    ("view", &["app", "domain"]),
    ("shell", &["view", "app", "domain"]),
    ("sim", &["domain"]),
    ("cli", &["shell", "sim", "view", "app", "domain"]),
];

/// What reaches for the world: for the pure layers, neither crates nor corners of std.
const WORLD: [&str; 31] = [
    "apollo_compiler",
    "bytes",
    "clap",
    "clap_complete",
    "clap_mangen",
    "crossterm",
    "directories",
    "futures_util",
    "http",
    "http_body_util",
    "hyper",
    "hyper_rustls",
    "hyper_util",
    "keyring",
    "octocrab",
    "open",
    "ratatui::crossterm",
    "rusqlite",
    "secrecy",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio",
    "tower",
    "tracing_subscriber",
];

/// Drawing is no business of the domain.
const DRAWING: [&str; 3] = ["ratatui", "ratatui_textarea", "tui_markdown"];

/// The rules that `source`, a file of `module` (`["crate", "domain", "ids"]`), breaks.
fn broken(source: &str, module: &[&str]) -> Vec<String> {
    let Some(layer) = module.get(1) else { return Vec::new() };
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| name == layer) else { return Vec::new() };
    let pure = matches!(*layer, "domain" | "app" | "view");
    let mut broken = Vec::new();
    for path in paths::named(source, module) {
        let starts = |head: &str| path == head || path.starts_with(&format!("{head}::"));
        for (other, _) in MAY_USE {
            let named = starts(&format!("crate::{other}")) || starts(&format!("vepherd::{other}"));
            if named && other != *layer && !allowed.contains(&other) {
                broken.push(format!("{layer} uses {path}"));
            }
        }
        if pure && WORLD.iter().any(|world| starts(world)) {
            broken.push(format!("pure {layer} touches the world: {path}"));
        }
        if *layer == "domain" && DRAWING.iter().any(|drawing| starts(drawing)) {
            broken.push(format!("domain draws: {path}"));
        }
        if matches!(*layer, "shell" | "sim") && starts("clap") {
            broken.push(format!("arguments are read in cli only: {path}"));
        }
    }
    broken
}

#[test]
fn nobody_reaches_across_a_layer() {
    let mut all = Vec::new();
    for file in files::sources() {
        let module = files::module_of(&file);
        let module: Vec<&str> = module.iter().map(String::as_str).collect();
        let source = std::fs::read_to_string(&file).unwrap();
        all.extend(broken(&source, &module).into_iter().map(|rule| format!("{}: {rule}", file.display())));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn every_rule_catches_its_planted_violation() {
    let plants: [(&str, &str, &str); 18] = [
        ("domain", "use crate::app::model::Model;", "domain uses crate::app"),
        ("domain", "fn f() { crate::shell::clock::now(); }", "domain uses crate::shell"),
        ("domain", "use super::super::view::styles;", "domain uses crate::view"),
        ("domain", "fn f() { let a = vec![crate::sim::world::World::new()]; }", "domain uses crate::sim"),
        ("domain", "mod inner { use super::super::super::cli; }", "domain uses crate::cli"),
        ("app", "use crate::{domain::ids, view::styles};", "app uses crate::view"),
        ("app", "type T = crate::shell::store::Store;", "app uses crate::shell"),
        ("view", "use crate::shell;", "view uses crate::shell"),
        ("view", "use crate::cli as c;", "view uses crate::cli"),
        ("shell", "use crate::sim::*;", "shell uses crate::sim"),
        ("shell", "use vepherd::cli;", "shell uses vepherd::cli"),
        ("sim", "use crate::shell::github::client::Client;", "sim uses crate::shell"),
        ("sim", "use crate::app::msg::Msg;", "sim uses crate::app"),
        ("domain", "use tokio::sync::mpsc;", "pure domain touches the world"),
        ("app", "fn f() { std::fs::read(\"x\"); }", "pure app touches the world"),
        ("view", "use ratatui::crossterm::event::KeyEvent;", "pure view touches the world"),
        ("domain", "use ratatui::layout::Rect;", "domain draws"),
        ("shell", "#[derive(clap::Parser)] struct A;", "arguments are read in cli only"),
    ];
    for (layer, source, rule) in plants {
        let found = broken(source, &["crate", layer, "x"]);
        assert!(found.iter().any(|line| line.starts_with(rule)), "`{source}` should break `{rule}`, found {found:?}");
    }
}

#[test]
fn what_is_allowed_breaks_nothing() {
    let fine = [
        ("view", "use crate::app::model::Model; use crate::domain::ids::Login; use ratatui::buffer::Buffer;"),
        ("sim", "use crate::domain::prow::command; use super::world::World; use tokio::net::TcpListener;"),
        ("cli", "use crate::{sim, shell, app, view, domain}; use clap::Parser;"),
        ("app", "use std::time::Duration; use ratatui_textarea::TextArea;"),
    ];
    for (layer, source) in fine {
        assert_eq!(broken(source, &["crate", layer, "x"]), Vec::<String>::new());
    }
}

#[test]
fn modules_are_named_by_their_files() {
    assert_eq!(files::module_of(Path::new("src/lib.rs")), ["crate"]);
    assert_eq!(files::module_of(Path::new("src/app/update/board.rs")), ["crate", "app", "update", "board"]);
}
