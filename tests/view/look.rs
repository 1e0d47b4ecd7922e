//! Themes: every built-in one reads, and a wrong one says where.

use vepherd::app::keymap::Keymap;
use vepherd::app::registry::{self, Command};
use vepherd::view::styles::{ColorMode, GlyphSet, Palette, Styles, THEMES};

use super::{dump, fixture};

#[test]
fn every_theme_reads_and_differs() {
    let mut names = std::collections::BTreeSet::new();
    for (name, text) in THEMES {
        let palette = Palette::parse(text).unwrap();
        assert!(palette.accent.is_some() && palette.bad.is_some(), "{name}");
        names.insert(Styles::new(&palette, ColorMode::Colors, GlyphSet::Unicode).id);
        assert_eq!(Palette::named(name), Some(palette));
    }
    assert_eq!(names.len(), THEMES.len());
    assert_eq!(Palette::named("no such theme"), None);
}

#[test]
fn a_wrong_theme_says_where() {
    for (text, wanted) in
        [("accent = \"bleu\"", "`bleu` is no colour"), ("acent = 3", "acent"), ("accent = 999", "line 1")]
    {
        let message = Palette::parse(text).unwrap_err().to_string();
        assert!(message.contains(wanted), "{text}: {message}");
    }
}

#[test]
fn hints_show_the_keys_that_work() {
    let mut model = fixture::model();
    model.keymap = Keymap::build(registry::ENTRIES.iter().map(|entry| match entry.command {
        Command::Comment => (entry.command, ["X"].as_slice()),
        _ => (entry.command, entry.keys),
    }))
    .unwrap();
    let styles = Styles::calm(ColorMode::Colors, GlyphSet::Unicode);
    let hints = dump::text(&dump::drawn(&model, &styles, 160, 45)).lines().last().unwrap().to_owned();
    assert!(hints.contains("X comment") && !hints.contains("c comment"), "{hints}");
}
