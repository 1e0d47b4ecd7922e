//! `vepherd` without a command: the TUI on a terminal, else the board once as plain text.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use super::board_text;
use super::output::{print, tell};
use super::session::{Context, Session};
use crate::app::keymap::Keymap;
use crate::app::registry;
use crate::domain::failure::Failure;
use crate::shell::config::{Env, GlyphChoice, KeySetting, Mistake};
use crate::shell::services::Services;
use crate::shell::store::OutboxState;
use crate::shell::{editor, runtime};
use crate::view::styles::{ColorMode, GlyphSet, Styles};

/// Runs it. The TUI starts with bad settings too, the good ones in force; what is wrong stands on stderr, where it is
/// still to be read after the TUI.
///
/// # Errors
/// As the TUI, or as the sync where the board is printed.
pub async fn run(context: &Context) -> Result<(), Failure> {
    if !(std::io::stdout().is_terminal() && std::io::stdin().is_terminal()) {
        return plain(context, &context.session()?).await;
    }
    let session = context.lenient()?;
    let (keymap, mistakes) = keymap(&context.settings.keys);
    for mistake in context.settings.mistakes.iter().chain(&mistakes) {
        tell(&format!("vepherd: {mistake}"));
    }
    let editor = context.settings.editor.as_ref().map_or(editor::FALLBACK, |editor| editor.value.as_str());
    let mode = if context.out.color { depth(&context.env) } else { ColorMode::Mono };
    let glyphs = glyphs(context.settings.glyphs, &context.env);
    let options = runtime::Options {
        demo: session.demo.is_some(),
        styles: Styles::new(&context.settings.theme, mode, glyphs),
        keymap,
        views: context.settings.views.clone(),
        editor: editor.to_owned(),
        scratch: context.scratch(),
        undo: context.settings.undo.value,
        notice: notice(context.settings.mistakes.iter().chain(&mistakes)),
    };
    let (services, kept) = (session.services.clone(), session.demo.is_none());
    let outcome = runtime::run(session.services, options).await;
    if kept {
        left_behind(&services);
    }
    outcome
}

/// What is written and not on GitHub is said once more, where it is still to be read after the TUI.
fn left_behind(services: &Services) {
    let rows = services.store.outbox().unwrap_or_default();
    let unsent = rows.iter().filter(|row| row.state != OutboxState::Done).count();
    match unsent {
        0 => {}
        1 => tell("vepherd: 1 write is in the outbox and not on GitHub: `vepherd outbox` shows it"),
        n => tell(&format!("vepherd: {n} writes are in the outbox and not on GitHub: `vepherd outbox` shows them")),
    }
}

/// What the TUI says at once of settings that cannot be used: the first of them, and how many more there are.
fn notice<'a>(mut mistakes: impl Iterator<Item = &'a Mistake>) -> Option<String> {
    let first = mistakes.next()?;
    let more = match mistakes.count() {
        0 => String::new(),
        n => format!(" (and {n} more)"),
    };
    Some(format!("settings{more}: {}: {}; `vepherd config show` says all", first.place, first.message))
}

/// The board once, as text.
///
/// # Errors
/// Where nothing can be shown, or (after showing what the store has) GitHub was not reached.
pub async fn plain(context: &Context, session: &Session) -> Result<(), Failure> {
    let unreached = session.fresh(false).await?;
    let (facts, board) = session.services.board()?;
    print(&board_text::board(context.out, &facts, &board, session.services.clock.now()))?;
    unreached.map_or(Ok(()), Err)
}

/// The keys: the registry's, with the file's in their place. Where they cannot be had together, the registry's alone.
#[must_use]
pub fn keymap(settings: &[KeySetting]) -> (Keymap, Vec<Mistake>) {
    let mut mistakes = Vec::new();
    let mut wrong = |place: &str, message: String, hint: &str| {
        mistakes.push(Mistake { place: place.to_owned(), message, hint: Some(hint.to_owned()) });
    };
    let mut ours: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for setting in settings {
        if registry::ENTRIES.iter().any(|entry| entry.name == setting.action) {
            ours.insert(&setting.action, setting.keys.iter().map(String::as_str).collect());
        } else {
            wrong(
                &setting.place,
                format!("there is no action `{}`", setting.action),
                "`?` in the TUI names the actions.",
            );
        }
    }
    let bindings: Vec<_> = registry::ENTRIES
        .iter()
        .map(|entry| (entry.command, ours.get(entry.name).map_or(entry.keys, Vec::as_slice)))
        .collect();
    match Keymap::build(bindings) {
        Ok(map) => (map, mistakes),
        Err(error) => {
            let place = settings.first().map_or("keys", |setting| setting.place.as_str());
            wrong(place, error.to_string(), "The built-in keys are in force until this is mended.");
            (Keymap::default(), mistakes)
        }
    }
}

/// The colours that the terminal says it can show: true ones where it says so, the palette of 256 where its name says
/// so or says nothing, its own sixteen on the consoles that have no more.
fn depth(env: &Env) -> ColorMode {
    match (env.get("COLORTERM"), env.get("TERM").unwrap_or_default()) {
        (Some("truecolor" | "24bit"), _) => ColorMode::Colors,
        (_, "linux" | "ansi" | "vt100" | "vt220" | "xterm" | "screen" | "cygwin") => ColorMode::Ansi,
        (_, term) if term.ends_with("-16color") => ColorMode::Ansi,
        (_, term) if term.ends_with("-direct") => ColorMode::Colors,
        _ => ColorMode::Indexed,
    }
}

/// As set; else Unicode, unless the locale or a console's name says otherwise.
fn glyphs(choice: GlyphChoice, env: &Env) -> GlyphSet {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| env.get(name));
    match (choice, locale, env.get("TERM")) {
        (GlyphChoice::Unicode, ..) => GlyphSet::Unicode,
        (GlyphChoice::Ascii, ..) | (GlyphChoice::Auto, Some("C" | "POSIX"), _) => GlyphSet::Ascii,
        // The kernel's console has a few hundred glyphs, and ours are not among them.
        (GlyphChoice::Auto, _, Some("linux")) => GlyphSet::Ascii,
        (GlyphChoice::Auto, ..) => GlyphSet::Unicode,
    }
}
