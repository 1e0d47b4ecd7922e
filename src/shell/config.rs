//! Settings, and where each came from: flag, environment, file, profile, default, in this order (`contract.md`).
//! Reading never stops at the first mistake: all of them are collected, each with its place and a hint, so that the
//! TUI can start and show them, and a command can refuse with the whole list.

mod file;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::clock::Clock;
use super::outbox::SETTLED;
use super::paths::Paths;
use super::services::Writing;
use crate::app::model::UNDO;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{RepoId, SigName};
use crate::domain::profile::Profile;
use crate::domain::query::Views;
use crate::view::styles::{Palette, THEMES};

/// GitHub's own REST root.
pub const GITHUB_API: &str = "https://api.github.com";

/// The commented file that `config init` writes: every setting with its default.
pub const DEFAULT_FILE: &str = include_str!("../../assets/default.toml");

/// The environment, read once at the start. An empty variable counts as unset.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The process's environment. Names and values that are not Unicode are left out: no setting of ours is such.
    #[must_use]
    pub fn of_process() -> Self {
        let pairs = std::env::vars_os();
        Self(pairs.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect())
    }

    /// These variables and no others.
    pub fn of<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// A variable's value, where it is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Env {
    /// Names only: values may be tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What the command line sets.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--repo`.
    pub repo: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--read-only`.
    pub read_only: bool,
}

/// Where a value came from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag(&'static str),
    /// A variable.
    Variable(&'static str),
    /// The configuration file.
    File,
    /// The process profile.
    Profile,
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File => f.write_str("configuration file"),
            Self::Profile => f.write_str("profile"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

/// When text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal that wants it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which glyphs are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GlyphChoice {
    /// Unicode, unless the locale says otherwise.
    #[default]
    Auto,
    /// Unicode.
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// A key binding of the file, unchecked: which actions and keys exist is the keymap's knowledge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySetting {
    /// The action's name.
    pub action: String,
    /// Keys, as written.
    pub keys: Vec<String>,
    /// `FILE:LINE` of the setting, for messages.
    pub place: String,
}

/// Something wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// `FILE:LINE:COLUMN`, a variable's name or a flag.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Mistake {
    /// Line and column in the file; what stands in no line comes last.
    fn order(&self) -> (usize, usize) {
        let mut numbers = self.place.rsplit(':').map(|part| part.parse().unwrap_or(usize::MAX));
        let column = numbers.next().unwrap_or(usize::MAX);
        (numbers.next().unwrap_or(usize::MAX), column)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n    {hint}"),
            None => Ok(()),
        }
    }
}

/// All settings. Where one could not be read, the next weaker one stands, and a [`Mistake`] says so.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The process profile.
    pub profile: Profile,
    /// The profile's name or file, as set.
    pub profile_name: Setting<String>,
    /// The repository of the proposals.
    pub repo: Setting<RepoId>,
    /// The REST root, without a slash at its end.
    pub api: Setting<String>,
    /// The viewer's SIGs, where the file sets them.
    pub sigs: Option<Vec<SigName>>,
    /// The most requests to GitHub that are under way at once.
    pub requests_at_once: usize,
    /// When text is coloured, where the file says so.
    pub color: ColorChoice,
    /// The theme's colours.
    pub theme: Palette,
    /// The theme's name or path, and who named it.
    pub theme_name: Setting<String>,
    /// Which glyphs are drawn.
    pub glyphs: GlyphChoice,
    /// The editor's command line, from the file, else `VISUAL`, else `EDITOR`.
    pub editor: Option<Setting<String>>,
    /// Nothing is posted; no origin where it may.
    pub read_only: Option<Origin>,
    /// How long a write can be undone.
    pub undo: Setting<Duration>,
    /// How long a post whose reply was lost may still arrive.
    pub lost_reply: Setting<Duration>,
    /// Key bindings of the file.
    pub keys: Vec<KeySetting>,
    /// Saved views of the file.
    pub views: Views,
    /// The moment at which `VEPHERD_NOW` freezes the clock.
    pub now: Option<Timestamp>,
    /// Everything that could not be read.
    pub mistakes: Vec<Mistake>,
}

impl Settings {
    /// Reads all settings.
    #[must_use]
    pub fn read(flags: &Flags, env: &Env, paths: &Paths) -> Self {
        let (file, mut mistakes) = file::read(&paths.config);
        let folder = paths.config.parent().unwrap_or(Path::new("."));
        let (mut profile, profile_name) = profile(flags, env, &file, folder, &mut mistakes);
        profile.calendar.holidays.extend(
            file.holidays.iter().filter(|day| !profile.calendar.holidays.contains(day)).copied().collect::<Vec<_>>(),
        );
        let repo = repo(flags, env, &file, &profile, &mut mistakes);
        let api = api(env, &file, &mut mistakes);
        let (theme, theme_name) = theme(env, &file, folder, &mut mistakes);
        let now = env.get("VEPHERD_NOW").and_then(|text| {
            let read = text.parse::<Timestamp>();
            if read.is_err() {
                mistakes.push(Mistake {
                    place: "VEPHERD_NOW".into(),
                    message: format!("`{text}` is not a moment"),
                    hint: Some("Write RFC 3339, as in 2026-08-21T20:00:00Z.".into()),
                });
            }
            read.ok()
        });
        // The file is read by key and its values are checked one by one; the user reads it by line.
        mistakes.sort_by_key(Mistake::order);
        let editor = file.editor.map(|value| Setting { value, origin: Origin::File }).or_else(|| {
            ["VISUAL", "EDITOR"]
                .into_iter()
                .find_map(|name| Some(Setting { value: env.get(name)?.to_owned(), origin: Origin::Variable(name) }))
        });
        let read_only =
            if flags.read_only { Some(Origin::Flag("--read-only")) } else { file.read_only.then_some(Origin::File) };
        let timed = |set: Option<Duration>, default: Duration| match set {
            Some(value) => Setting { value, origin: Origin::File },
            None => Setting { value: default, origin: Origin::Default },
        };
        Self {
            read_only,
            undo: timed(file.undo, UNDO),
            lost_reply: timed(file.lost_reply, SETTLED),
            profile,
            profile_name,
            repo,
            api,
            sigs: file.sigs,
            requests_at_once: file.requests_at_once.unwrap_or(super::github::client::AT_ONCE),
            color: file.color.unwrap_or_default(),
            theme,
            theme_name,
            glyphs: file.glyphs.unwrap_or_default(),
            editor,
            keys: file.keys,
            views: file.views,
            now,
            mistakes,
        }
    }

    /// The clock that these settings ask for.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.now.map_or_else(Clock::real, Clock::frozen)
    }

    /// How writes go.
    #[must_use]
    pub fn writing(&self) -> Writing {
        let forbidden = self.read_only.map(|origin| match origin {
            Origin::Flag(name) => format!("vepherd was started with {name}"),
            _ => "the configuration file says read_only".to_owned(),
        });
        Writing { settled: self.lost_reply.value, forbidden }
    }

    /// Fails with every mistake at once.
    ///
    /// # Errors
    /// Where there is any.
    pub fn require_good(&self) -> Result<(), Failure> {
        if self.mistakes.is_empty() {
            return Ok(());
        }
        let list: Vec<String> = self.mistakes.iter().map(|mistake| format!("\n  {mistake}")).collect();
        Err(Failure::new(FailureKind::Configuration, "read the configuration", list.concat())
            .hint("`vepherd config show` says where each setting comes from; nothing was changed."))
    }
}

fn profile(
    flags: &Flags,
    env: &Env,
    file: &file::File,
    folder: &Path,
    mistakes: &mut Vec<Mistake>,
) -> (Profile, Setting<String>) {
    let set = flags
        .profile
        .as_deref()
        .map(|text| (text, Origin::Flag("--profile"), "--profile".to_owned()))
        .or_else(|| {
            env.get("VEPHERD_PROFILE").map(|text| (text, Origin::Variable("VEPHERD_PROFILE"), "VEPHERD_PROFILE".into()))
        })
        .or_else(|| file.profile.as_ref().map(|(text, place)| (text.as_str(), Origin::File, place.clone())));
    let default = || (Profile::kubevirt(), Setting { value: "kubevirt".to_owned(), origin: Origin::Default });
    let Some((text, origin, place)) = set else { return default() };
    let named = |profile| (profile, Setting { value: text.to_owned(), origin });
    if text == "kubevirt" {
        return named(Profile::kubevirt());
    }
    let mut wrong = |message: String, hint: &str| {
        mistakes.push(Mistake { place: place.clone(), message, hint: Some(hint.to_owned()) });
        default()
    };
    if !text.contains(['/', '\\']) && Path::new(text).extension().is_none() {
        return wrong(format!("there is no built-in profile `{text}`"), "Write kubevirt, or the path of a TOML file.");
    }
    // A path in the file is meant from the file's folder, others from where the user stands.
    let path = if origin == Origin::File { folder.join(text) } else { PathBuf::from(text) };
    match std::fs::read_to_string(&path).map_err(|error| error.to_string()) {
        Err(error) => wrong(format!("the profile {} cannot be read: {error}", path.display()), "Check the path."),
        Ok(text) => match Profile::parse(&text) {
            Ok(profile) => named(profile),
            Err(error) => wrong(
                format!("{}: {error}", path.display()),
                "A profile names every rule; start from the built-in one (assets/profiles/kubevirt.toml).",
            ),
        },
    }
}

fn theme(env: &Env, file: &file::File, folder: &Path, mistakes: &mut Vec<Mistake>) -> (Palette, Setting<String>) {
    const DEFAULT: &str = THEMES[0].0;
    let set = env
        .get("VEPHERD_THEME")
        .map(|text| (text, Origin::Variable("VEPHERD_THEME"), "VEPHERD_THEME".to_owned()))
        .or_else(|| file.theme.as_ref().map(|(text, place)| (text.as_str(), Origin::File, place.clone())));
    let default = || {
        let palette = Palette::named(DEFAULT).unwrap_or_default();
        (palette, Setting { value: DEFAULT.to_owned(), origin: Origin::Default })
    };
    let Some((text, origin, place)) = set else { return default() };
    let named = |palette| (palette, Setting { value: text.to_owned(), origin });
    if let Some(palette) = Palette::named(text) {
        return named(palette);
    }
    let mut wrong = |message: String, hint: String| {
        mistakes.push(Mistake { place: place.clone(), message, hint: Some(hint) });
        default()
    };
    let names = || THEMES.map(|(name, _)| name).join(", ");
    if !text.contains(['/', '\\']) && Path::new(text).extension().is_none() {
        let hint = format!("Write one of {}, or the path of a TOML file.", names());
        return wrong(format!("there is no built-in theme `{text}`"), hint);
    }
    // A path in the file is meant from the file's folder, others from where the user stands.
    let path = if origin == Origin::File { folder.join(text) } else { PathBuf::from(text) };
    let read = std::fs::read_to_string(&path).map_err(|error| error.to_string());
    match read.and_then(|text| Palette::parse(&text).map_err(|error| error.to_string())) {
        Ok(palette) => named(palette),
        Err(error) => wrong(format!("{}: {error}", path.display()), format!("Built-in themes are {}.", names())),
    }
}

fn repo(
    flags: &Flags,
    env: &Env,
    file: &file::File,
    profile: &Profile,
    mistakes: &mut Vec<Mistake>,
) -> Setting<RepoId> {
    let set = flags
        .repo
        .as_deref()
        .map(|text| (text, Origin::Flag("--repo"), "--repo".to_owned()))
        .or_else(|| env.get("VEPHERD_REPO").map(|text| (text, Origin::Variable("VEPHERD_REPO"), "VEPHERD_REPO".into())))
        .or_else(|| file.repo.as_ref().map(|(text, place)| (text.as_str(), Origin::File, place.clone())));
    if let Some((text, origin, place)) = set {
        match text.parse() {
            Ok(value) => return Setting { value, origin },
            Err(error) => mistakes.push(Mistake { place, message: format!("{error}"), hint: None }),
        }
    }
    Setting { value: profile.repo.clone(), origin: Origin::Profile }
}

fn api(env: &Env, file: &file::File, mistakes: &mut Vec<Mistake>) -> Setting<String> {
    let set = env
        .get("VEPHERD_GITHUB_API")
        .map(|text| (text, Origin::Variable("VEPHERD_GITHUB_API"), "VEPHERD_GITHUB_API".to_owned()))
        .or_else(|| file.github_api.as_ref().map(|(text, place)| (text.as_str(), Origin::File, place.clone())));
    if let Some((text, origin, place)) = set {
        match api_root(text) {
            Ok(value) => return Setting { value, origin },
            Err(message) => mistakes.push(Mistake {
                place,
                message,
                hint: Some(format!("Write a REST root, as in {GITHUB_API} or https://github.example.com/api/v3.")),
            }),
        }
    }
    Setting { value: GITHUB_API.to_owned(), origin: Origin::Default }
}

/// A token never leaves in clear text: `http` is for this machine alone.
fn api_root(text: &str) -> Result<String, String> {
    let uri: http::Uri = text.parse().map_err(|error| format!("`{text}` is not a URL: {error}"))?;
    let authority = uri.authority().ok_or_else(|| format!("`{text}` names no host"))?;
    if authority.as_str().contains('@') || uri.query().is_some() {
        return Err("a REST root has neither user nor query in it".to_owned());
    }
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_loopback(authority.host()) => {}
        Some("http") => return Err(format!("`{text}` would send the token in clear text: http is for loopback only")),
        _ => return Err(format!("`{text}` is not an https URL")),
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
