//! Themes: every built-in one reads, and a wrong one says where.

use vepherd::app::keymap::Keymap;
use vepherd::app::model::{FilterPrompt, Level, Model, OutgoingId, Overlay, Toast, Trouble, Undoable};
use vepherd::app::registry::{self, Command};
use vepherd::domain::failure::{Failure, FailureKind};
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

/// On a terminal with fewer colours each role keeps a colour of its kind, and none of those that it cannot show.
#[test]
fn fewer_colours_are_the_nearest_ones() {
    use ratatui::style::Color;
    let dark = Palette::named("dark").unwrap();
    let all = |mode| {
        let styles = Styles::new(&dark, mode, GlyphSet::Unicode);
        [styles.good, styles.warn, styles.bad, styles.special, styles.accent].map(|style| style.fg)
    };
    use Color::{LightBlue, LightGreen, LightMagenta, LightRed, LightYellow};
    assert_eq!(all(ColorMode::Ansi), [LightGreen, LightYellow, LightRed, LightMagenta, LightBlue].map(Some));
    assert!(all(ColorMode::Indexed).iter().all(|color| matches!(color, Some(Color::Indexed(16..)))));
    assert!(all(ColorMode::Colors).iter().all(|color| matches!(color, Some(Color::Rgb(..)))));
    assert_eq!(all(ColorMode::Mono), [None; 5]);
    // Stops, late and fine stay apart in every depth and theme.
    for (name, _) in THEMES {
        for mode in [ColorMode::Colors, ColorMode::Indexed, ColorMode::Ansi] {
            let styles = Styles::new(&Palette::named(name).unwrap(), mode, GlyphSet::Unicode);
            let (good, warn, bad) = (styles.good.fg, styles.warn.fg, styles.bad.fg);
            assert!(good != bad && good != warn && warn != bad, "{name} {mode:?}");
        }
    }
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

/// The last two lines of a narrow terminal say all that matters, whatever else happens.
#[test]
fn the_foot_of_a_narrow_screen_keeps_what_matters() {
    let failure = Failure::new(FailureKind::Network, "read kubevirt/enhancements", "no connection to api.github.com");
    let trouble = |model: &mut Model| {
        model.trouble = Some(Trouble {
            failure: failure.clone().hint("Check the network connection or a proxy."),
            at: fixture::ago(0.001),
            next_try: Some(fixture::ago(-0.0005)),
        });
    };
    let undo = |model: &mut Model| {
        let label = "Assigning gita-rao-of-storage on #378".to_owned();
        model.undoable.push(Undoable { id: OutgoingId(1), goes_at: fixture::ago(-0.00005), label });
        let text = "Assigning robin-vale on #378: undone".to_owned();
        model.toasts.push(Toast { level: Level::Info, text, until: fixture::ago(-0.1) });
    };
    let filter = |model: &mut Model| {
        model.overlay = Some(Overlay::Filter(Box::new(FilterPrompt {
            text: ["sig:storage wating:author"].into(),
            before: String::new(),
            error: Some((12, "`wating:` is no qualifier: did you mean `waiting:`?".to_owned())),
            completing: None,
            recalled: None,
        })));
    };
    type Case<'a> = (&'a str, &'a dyn Fn(&mut Model), &'a [&'a str]);
    let cases: [Case; 3] = [
        (
            "trouble",
            &trouble,
            &["no connection to api.github.com.", "Check the network connection or a proxy.", "next try in"],
        ),
        ("undo", &undo, &["Assigning gita-rao-of-storage on #378 goes out in", "u undo"]),
        ("filter", &filter, &["/ sig:storage wating:author", "is no qualifier: did you mean `waiting:`?"]),
    ];
    let styles = Styles::calm(ColorMode::Colors, GlyphSet::Unicode);
    for (name, happen, wanted) in cases {
        let mut model = fixture::model();
        happen(&mut model);
        let screen = dump::text(&dump::drawn(&model, &styles, 80, 24));
        let foot: Vec<&str> = screen.lines().rev().take(2).collect();
        for words in wanted {
            assert!(foot.iter().any(|line| line.contains(words)), "{name}: {words} is not in {foot:#?}");
        }
    }
}
