//! `vepherd config`: where the configuration is, what it says, and a commented one to begin with.

use std::fmt::Display;
use std::fmt::Write as _;
use std::io::Write as _;

use super::args::ConfigCommand;
use super::output::print;
use super::session::Context;
use crate::domain::failure::{Failure, FailureKind};
use crate::shell::config::{ColorChoice, DEFAULT_FILE, GlyphChoice, Origin};
use crate::shell::github::client::AT_ONCE;

/// Runs it.
///
/// # Errors
/// Where the file exists already (init), cannot be written, or holds mistakes (show, after showing what counts).
pub fn run(context: &Context, what: ConfigCommand) -> Result<(), Failure> {
    match what {
        ConfigCommand::Path => print(&format!("{}\n", context.paths.config.display())),
        ConfigCommand::Init => init(context),
        ConfigCommand::Show => {
            print(&show(context))?;
            context.settings.require_good()
        }
    }
}

fn init(context: &Context) -> Result<(), Failure> {
    let path = &context.paths.config;
    let failed = |cause: String| Failure::new(FailureKind::Configuration, format!("write {}", path.display()), cause);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
    }
    let file = std::fs::File::create_new(path);
    let mut file = match file {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(failed("it is there already and was left as it is".into()).hint("Move it away to begin anew."));
        }
        Err(error) => return Err(failed(error.to_string())),
    };
    file.write_all(DEFAULT_FILE.as_bytes()).map_err(|error| failed(error.to_string()))?;
    print(&format!("{}\n", path.display()))
}

fn show(context: &Context) -> String {
    let settings = &context.settings;
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn Display, origin: &dyn Display| {
        let _ = writeln!(text, "{name} = {value}    # {origin}");
    };
    line("repo", &format!("{:?}", settings.repo.value.to_string()), &settings.repo.origin);
    line("profile", &format!("{:?}", settings.profile_name.value), &settings.profile_name.origin);
    line("github_api", &format!("{:?}", settings.api.value), &settings.api.origin);
    let origin = if settings.requests_at_once == AT_ONCE { Origin::Default } else { Origin::File };
    line("requests_at_once", &settings.requests_at_once, &origin);
    match &settings.sigs {
        Some(sigs) => line("sigs", &format!("{sigs:?}"), &Origin::File),
        None => line("sigs", &"[]", &"found in OWNERS_ALIASES and sigs.yaml"),
    }
    let holidays: Vec<String> = settings.profile.calendar.holidays.iter().map(ToString::to_string).collect();
    line("holidays", &format!("{holidays:?}"), &"the profile's and this file's");
    let color = match settings.color {
        ColorChoice::Auto => "auto",
        ColorChoice::Always => "always",
        ColorChoice::Never => "never",
    };
    line("color", &format!("{color:?}"), &context.paths.config.display());
    line("theme", &format!("{:?}", settings.theme_name.value), &settings.theme_name.origin);
    let glyphs = match settings.glyphs {
        GlyphChoice::Auto => "auto",
        GlyphChoice::Unicode => "unicode",
        GlyphChoice::Ascii => "ascii",
    };
    line("glyphs", &format!("{glyphs:?}"), &context.paths.config.display());
    match &settings.editor {
        Some(editor) => line("editor", &format!("{:?}", editor.value), &editor.origin),
        None => line("editor", &format!("{:?}", crate::shell::editor::FALLBACK), &Origin::Default),
    }
    match settings.read_only {
        Some(origin) => line("read_only", &true, &origin),
        None => line("read_only", &false, &Origin::Default),
    }
    line("undo", &settings.undo.value.as_secs(), &settings.undo.origin);
    line("lost_reply", &settings.lost_reply.value.as_secs(), &settings.lost_reply.origin);
    for key in &settings.keys {
        line(&format!("keys.{}", key.action), &format!("{:?}", key.keys), &key.place);
    }
    for view in settings.views.list() {
        line(&format!("views.{}", view.name), &format!("{:?}", view.text), &context.paths.config.display());
    }
    if let Some(now) = settings.now {
        line("# the clock stands at", &now, &"VEPHERD_NOW");
    }
    let _ = writeln!(text, "# data: {}", context.paths.data.display());
    let _ = writeln!(text, "# state: {}", context.paths.state.display());
    text
}
