//! Few roles in, many component styles out. A theme names colours for roles; this file alone decides what a role looks
//! like where. The ground is always the terminal's own. Without colours (`NO_COLOR`) the same roles are told apart by
//! weight, and every state has a glyph besides, so that nothing is said by colour alone.

mod depth;

use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// Which colours the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColorMode {
    /// The theme's colours as they are.
    #[default]
    Colors,
    /// The palette of 256: a true colour becomes its nearest neighbour there.
    Indexed,
    /// The terminal's own sixteen: every colour becomes the nearest of these.
    Ansi,
    /// None: weight and glyphs only.
    Mono,
}

/// Which glyphs the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GlyphSet {
    /// Unicode.
    #[default]
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// The roles that a theme gives colours to; a role without one keeps the terminal's foreground.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Palette {
    /// Plain text.
    pub text: Option<Paint>,
    /// What is there when asked for.
    pub dim: Option<Paint>,
    /// Rules and other furniture.
    pub faint: Option<Paint>,
    /// The one accent: the selection, and what needs the viewer.
    pub accent: Option<Paint>,
    /// Fine, done, given.
    pub good: Option<Paint>,
    /// Late, or soon.
    pub warn: Option<Paint>,
    /// Stopped, failed, against.
    pub bad: Option<Paint>,
    /// Uncertain and inferred things.
    pub special: Option<Paint>,
    /// Headings of documents.
    pub heading: Option<Paint>,
    /// Links of documents.
    pub link: Option<Paint>,
    /// Code of documents.
    pub code: Option<Paint>,
    /// Quotes of documents.
    pub quote: Option<Paint>,
    /// Lines that came.
    pub added: Option<Paint>,
    /// Lines that went.
    pub removed: Option<Paint>,
}

/// A colour as a theme writes it: a name, a number of the 256-colour palette, or `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "PaintText")]
pub struct Paint(pub Color);

#[derive(Deserialize)]
#[serde(untagged)]
enum PaintText {
    Index(u8),
    Word(String),
}

impl TryFrom<PaintText> for Paint {
    type Error = String;

    fn try_from(text: PaintText) -> Result<Self, String> {
        match text {
            PaintText::Index(index) => Ok(Self(Color::Indexed(index))),
            PaintText::Word(word) => word.parse().map(Self).map_err(|_| {
                format!(
                    "`{word}` is no colour: write a name such as `light-blue`, a number from 0 to 255, or `#rrggbb`"
                )
            }),
        }
    }
}

/// The built-in themes: name and text.
pub const THEMES: [(&str, &str); 7] = [
    ("calm", include_str!("../../assets/themes/calm.toml")),
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("contrast", include_str!("../../assets/themes/contrast.toml")),
    ("safe-dark", include_str!("../../assets/themes/safe-dark.toml")),
    ("safe-light", include_str!("../../assets/themes/safe-light.toml")),
    ("ansi", include_str!("../../assets/themes/ansi.toml")),
];

/// Why a theme cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the theme cannot be read: {0}")]
pub struct BadTheme(pub String);

impl Palette {
    /// Reads a theme.
    ///
    /// # Errors
    /// Where the text is not TOML, names a role that no theme has, or a colour that is none; with line and column.
    pub fn parse(text: &str) -> Result<Self, BadTheme> {
        toml::from_str(text).map_err(|error| BadTheme(error.to_string()))
    }

    /// A built-in theme by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (_, text) = THEMES.iter().find(|(known, _)| *known == name)?;
        Self::parse(text).ok()
    }
}

/// The glyphs of `screens.md`, each with its ASCII twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it says; the table below shows what it looks like")]
pub struct Glyphs {
    pub signed: &'static str,
    pub stale: &'static str,
    pub vetoed: &'static str,
    pub missing: &'static str,
    pub hold: &'static str,
    pub clock: &'static str,
    pub threads: &'static str,
    pub problem: &'static str,
    pub new: &'static str,
    pub update: &'static str,
    pub process: &'static str,
    pub fresh: &'static str,
    pub snoozed: &'static str,
    pub turn: &'static str,
    pub inferred: &'static str,
    pub bar: &'static str,
    pub rule: &'static str,
    pub heavy_rule: &'static str,
    pub upright: &'static str,
    pub left: &'static str,
    pub right: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    pub dot: &'static str,
    pub bullet: &'static str,
    pub ellipsis: &'static str,
    pub done: &'static str,
    pub open_box: &'static str,
    pub thumb: &'static str,
    pub track: &'static str,
    pub skeleton: &'static str,
    pub arrow: &'static str,
    pub spinner: [&'static str; 4],
}

impl Glyphs {
    /// Unicode.
    pub const UNICODE: Self = Self {
        signed: "✓",
        stale: "!",
        vetoed: "✗",
        missing: "∙",
        hold: "⏸",
        clock: "◷",
        threads: "≡",
        problem: "⚠",
        new: "＋",
        update: "✎",
        process: "⚙",
        fresh: "▲",
        snoozed: "☾",
        turn: "⇢",
        inferred: "?",
        bar: "▌",
        rule: "─",
        heavy_rule: "━",
        upright: "│",
        left: "‹",
        right: "›",
        up: "↑",
        down: "↓",
        dot: "·",
        bullet: "•",
        ellipsis: "…",
        done: "☑",
        open_box: "☐",
        thumb: "┃",
        track: "│",
        skeleton: "░",
        arrow: "→",
        spinner: ["◜", "◝", "◞", "◟"],
    };
    /// ASCII.
    pub const ASCII: Self = Self {
        signed: "x",
        stale: "!",
        vetoed: "X",
        missing: ".",
        hold: "H",
        clock: "@",
        threads: "=",
        problem: "!",
        new: "+",
        update: "~",
        process: "%",
        fresh: "^",
        snoozed: "z",
        turn: ">",
        inferred: "?",
        bar: "|",
        rule: "-",
        heavy_rule: "=",
        upright: "|",
        left: "<",
        right: ">",
        up: "^",
        down: "v",
        dot: "-",
        bullet: "*",
        ellipsis: "...",
        done: "[x]",
        open_box: "[ ]",
        thumb: "#",
        track: "|",
        skeleton: ".",
        arrow: "->",
        spinner: ["-", "\\", "|", "/"],
    };
}

/// What everything looks like.
#[derive(Clone, Debug)]
pub struct Styles {
    /// Plain text.
    pub text: Style,
    /// What is there when asked for.
    pub dim: Style,
    /// Rules and other furniture.
    pub faint: Style,
    /// Strong plain text: titles, names that count.
    pub strong: Style,
    /// What needs the viewer.
    pub accent: Style,
    /// The selection's title, the active tab.
    pub selected: Style,
    /// Fine.
    pub good: Style,
    /// Late or soon.
    pub warn: Style,
    /// Stopped or failed.
    pub bad: Style,
    /// Inferred, conditional.
    pub special: Style,
    /// Headings of a document, level 1 and 2.
    pub heading: Style,
    /// Headings of a document, deeper.
    pub subheading: Style,
    /// Links.
    pub link: Style,
    /// Code.
    pub code: Style,
    /// Quotes.
    pub quote: Style,
    /// Added lines.
    pub added: Style,
    /// Removed lines.
    pub removed: Style,
    /// Emphasis in documents.
    pub emphasis: Style,
    /// Struck text in documents.
    pub struck: Style,
    /// A key in a hint.
    pub key: Style,
    /// The program's name.
    pub brand: Style,
    /// Glyphs.
    pub glyphs: Glyphs,
    /// Whether colours are used.
    pub mode: ColorMode,
    /// Names these styles: two with the same name look the same. Renderings are kept by it.
    pub id: u64,
}

impl Styles {
    /// Derives every component's style from the roles.
    #[must_use]
    pub fn new(palette: &Palette, mode: ColorMode, glyphs: GlyphSet) -> Self {
        let paint = |role: Option<Paint>| match role.and_then(|Paint(color)| depth::shown(color, mode)) {
            Some(color) => Style::new().fg(color),
            None => Style::new(),
        };
        // Without colours, weight tells what is quiet and what is loud.
        let mono = |style: Style, modifier: Modifier| match mode {
            ColorMode::Colors | ColorMode::Indexed | ColorMode::Ansi => style,
            ColorMode::Mono => style.add_modifier(modifier),
        };
        let accent = mono(paint(palette.accent), Modifier::BOLD);
        Self {
            text: paint(palette.text),
            dim: mono(paint(palette.dim), Modifier::DIM),
            faint: mono(paint(palette.faint), Modifier::DIM),
            strong: paint(palette.text).add_modifier(Modifier::BOLD),
            accent,
            selected: accent.add_modifier(Modifier::BOLD),
            good: paint(palette.good),
            warn: mono(paint(palette.warn), Modifier::BOLD),
            bad: mono(paint(palette.bad), Modifier::BOLD),
            special: mono(paint(palette.special), Modifier::ITALIC),
            heading: paint(palette.heading).add_modifier(Modifier::BOLD),
            subheading: mono(paint(palette.heading), Modifier::BOLD),
            link: paint(palette.link).add_modifier(Modifier::UNDERLINED),
            code: paint(palette.code),
            quote: mono(paint(palette.quote), Modifier::DIM).add_modifier(Modifier::ITALIC),
            added: paint(palette.added),
            removed: mono(paint(palette.removed), Modifier::DIM),
            emphasis: Style::new().add_modifier(Modifier::ITALIC),
            struck: mono(paint(palette.dim), Modifier::DIM).add_modifier(Modifier::CROSSED_OUT),
            key: paint(palette.text).add_modifier(Modifier::BOLD),
            brand: accent.add_modifier(Modifier::BOLD),
            glyphs: match glyphs {
                GlyphSet::Unicode => Glyphs::UNICODE,
                GlyphSet::Ascii => Glyphs::ASCII,
            },
            mode,
            id: name(palette, mode, glyphs),
        }
    }

    /// The default theme.
    #[must_use]
    pub fn calm(mode: ColorMode, glyphs: GlyphSet) -> Self {
        Self::new(&Palette::named("calm").unwrap_or_default(), mode, glyphs)
    }

    /// True where only ASCII may be drawn.
    #[must_use]
    pub fn ascii(&self) -> bool {
        self.glyphs == Glyphs::ASCII
    }
}

fn name(palette: &Palette, mode: ColorMode, glyphs: GlyphSet) -> u64 {
    let mut hasher = DefaultHasher::new();
    (palette, mode, glyphs).hash(&mut hasher);
    hasher.finish()
}
