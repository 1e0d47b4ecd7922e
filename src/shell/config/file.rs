//! The configuration file: TOML, read by hand over its spans, so that each mistake has its line and the rest still
//! counts.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ColorChoice, GlyphChoice, KeySetting, Mistake};
use crate::domain::ids::SigName;
use crate::domain::query::Views;

/// What the file sets; the text settings carry their place for messages of whoever reads them.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) repo: Option<(String, String)>,
    pub(super) profile: Option<(String, String)>,
    pub(super) github_api: Option<(String, String)>,
    pub(super) sigs: Option<Vec<SigName>>,
    pub(super) requests_at_once: Option<usize>,
    pub(super) holidays: Vec<Date>,
    pub(super) color: Option<ColorChoice>,
    pub(super) editor: Option<String>,
    pub(super) theme: Option<(String, String)>,
    pub(super) glyphs: Option<GlyphChoice>,
    pub(super) read_only: bool,
    pub(super) undo: Option<Duration>,
    pub(super) lost_reply: Option<Duration>,
    pub(super) keys: Vec<KeySetting>,
    pub(super) views: Views,
}

/// Every key of the file, for hints.
const KEYS: [&str; 15] = [
    "repo",
    "profile",
    "github_api",
    "requests_at_once",
    "sigs",
    "holidays",
    "color",
    "theme",
    "glyphs",
    "editor",
    "read_only",
    "undo",
    "lost_reply",
    "keys",
    "views",
];

/// More requests at once than this, and GitHub takes us for an attack.
const MOST_AT_ONCE: i64 = 20;

/// Reads the file. A missing one is an empty one.
pub(super) fn read(path: &Path) -> (File, Vec<Mistake>) {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (File::default(), Vec::new()),
        Err(error) => {
            let hint = Some("Make the file readable, or set VEPHERD_CONFIG to another one.".to_owned());
            (File::default(), vec![Mistake { place: path.display().to_string(), message: error.to_string(), hint }])
        }
    }
}

fn parse(text: &str, path: &Path) -> (File, Vec<Mistake>) {
    let mut reader = Reader { text, path, broken: Vec::new(), mistakes: Vec::new(), file: File::default() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or_default();
        reader.wrong(span.clone(), error.message().to_owned(), None);
        reader.broken.push(reader.line(&span));
    }
    for (key, value) in table.get_ref() {
        reader.setting(key, value);
    }
    (reader.file, reader.mistakes)
}

struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
    /// Lines that are no TOML: what the parser made of them is not worth a second complaint.
    broken: Vec<usize>,
    mistakes: Vec<Mistake>,
    file: File,
}

impl Reader<'_> {
    fn setting(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        match key.get_ref().as_ref() {
            "repo" => self.file.repo = self.placed(value),
            "profile" => self.file.profile = self.placed(value),
            "github_api" => self.file.github_api = self.placed(value),
            "editor" => self.file.editor = self.word(value).filter(|text| !text.trim().is_empty()),
            "requests_at_once" => self.file.requests_at_once = self.at_once(value),
            "sigs" => {
                self.file.sigs = self.words(value).map(|names| {
                    names.iter().map(|name| SigName::new(name.strip_prefix("sig-").unwrap_or(name))).collect()
                });
            }
            "holidays" => self.file.holidays = self.days(value),
            "color" => {
                let word = self.word(value);
                self.file.color = match word.as_deref() {
                    Some("auto") => Some(ColorChoice::Auto),
                    Some("always") => Some(ColorChoice::Always),
                    Some("never") => Some(ColorChoice::Never),
                    Some(other) => {
                        let message = format!("`{other}` is no way to colour");
                        self.wrong(value.span(), message, Some("Write \"auto\", \"always\" or \"never\".".into()));
                        None
                    }
                    None => None,
                };
            }
            "theme" => self.file.theme = self.placed(value),
            "glyphs" => {
                let word = self.word(value);
                self.file.glyphs = match word.as_deref() {
                    Some("auto") => Some(GlyphChoice::Auto),
                    Some("unicode") => Some(GlyphChoice::Unicode),
                    Some("ascii") => Some(GlyphChoice::Ascii),
                    Some(other) => {
                        let message = format!("`{other}` is no set of glyphs");
                        self.wrong(value.span(), message, Some("Write \"auto\", \"unicode\" or \"ascii\".".into()));
                        None
                    }
                    None => None,
                };
            }
            "read_only" => self.file.read_only = self.yes(value),
            "undo" => self.file.undo = self.seconds(value, 0, 60),
            "lost_reply" => self.file.lost_reply = self.seconds(value, 1, 600),
            "keys" => match value.get_ref() {
                DeValue::Table(table) => {
                    for (action, keys) in table {
                        let place = self.place(&action.span());
                        if let Some(keys) = self.words(keys) {
                            self.file.keys.push(KeySetting { action: action.get_ref().to_string(), keys, place });
                        }
                    }
                }
                _ => self.wrong(
                    value.span(),
                    "`keys` is a table".into(),
                    Some("Write [keys], then action = \"key\".".into()),
                ),
            },
            "views" => match value.get_ref() {
                DeValue::Table(table) => self.views(table),
                _ => self.wrong(
                    value.span(),
                    "`views` is a table".into(),
                    Some("Write [views], then name = \"query\".".into()),
                ),
            },
            other => {
                let hint = match nearest(other) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("Settings are {}.", KEYS.join(", ")),
                };
                self.wrong(key.span(), format!("there is no setting `{other}`"), Some(hint));
            }
        }
    }

    /// Saved views, in the order of the file; the queries are tried at once, so that a bad one is told with the rest.
    fn views(&mut self, table: &DeTable<'_>) {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let Some(text) = self.word(value) else { continue };
            match self.file.views.add(name.get_ref(), &text) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    // The place inside the text, as long as nothing before it is written with an escape.
                    let quote = value.span().start + 1;
                    let inside = self.text.get(quote..).is_some_and(|rest| rest.starts_with(text.as_str()));
                    let span = if inside { quote + error.at..quote + error.at } else { value.span() };
                    let message = format!("the view `{}`: {}", name.get_ref(), error.message);
                    self.wrong(span, message, Some("`vepherd list QUERY` tries a query.".into()));
                }
                Err(error) => self.wrong(name.span(), error.to_string(), None),
            }
        }
    }

    fn at_once(&mut self, value: &Spanned<DeValue<'_>>) -> Option<usize> {
        let number =
            value.get_ref().as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        let good = number.filter(|number| (1..=MOST_AT_ONCE).contains(number));
        if good.is_none() {
            let message = format!("a number from 1 to {MOST_AT_ONCE} is needed here");
            self.wrong(value.span(), message, Some("Write it without quotes; GitHub asks for few.".into()));
        }
        good.and_then(|number| usize::try_from(number).ok())
    }

    fn placed(&mut self, value: &Spanned<DeValue<'_>>) -> Option<(String, String)> {
        let place = self.place(&value.span());
        self.word(value).map(|word| (word, place))
    }

    fn word(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let word = value.get_ref().as_str().map(str::to_owned);
        if word.is_none() {
            let message = format!("a text is needed here, not {}", value.get_ref().type_str());
            self.wrong(value.span(), message, Some("Put it in double quotes.".into()));
        }
        word
    }

    /// A yes or no; what is neither is no.
    fn yes(&mut self, value: &Spanned<DeValue<'_>>) -> bool {
        let yes = value.get_ref().as_bool();
        if yes.is_none() {
            let message = format!("a yes or no is needed here, not {}", value.get_ref().type_str());
            self.wrong(value.span(), message, Some("Write true or false.".into()));
        }
        yes.unwrap_or(false)
    }

    /// So many seconds.
    fn seconds(&mut self, value: &Spanned<DeValue<'_>>, least: u64, most: u64) -> Option<Duration> {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<u64>().ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let message = format!("seconds are needed here, from {least} to {most}");
            self.wrong(value.span(), message, Some("Write a whole number, without quotes.".into()));
        }
        number.map(Duration::from_secs)
    }

    /// A list of texts, or one text.
    fn words(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| self.word(item)).collect(),
            _ => self.word(value).map(|word| vec![word]),
        }
    }

    /// A list of days, with or without quotes.
    fn days(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<Date> {
        let DeValue::Array(items) = value.get_ref() else {
            let hint = Some("Write holidays = [\"2026-12-25\"].".into());
            self.wrong(value.span(), "a list of days is needed here".into(), hint);
            return Vec::new();
        };
        let mut days = Vec::new();
        for item in items {
            let text = match item.get_ref() {
                DeValue::Datetime(day) => day.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            match text.parse() {
                Ok(day) => days.push(day),
                Err(_) => {
                    let hint = Some("Write it as \"2026-12-25\".".into());
                    self.wrong(item.span(), format!("`{text}` is no day"), hint);
                }
            }
        }
        days
    }

    fn wrong(&mut self, span: Range<usize>, message: String, hint: Option<String>) {
        if !self.broken.contains(&self.line(&span)) {
            let place = self.place(&span);
            self.mistakes.push(Mistake { place, message, hint });
        }
    }

    /// The line of a span, counted from one.
    fn line(&self, span: &Range<usize>) -> usize {
        self.text.get(..span.start).unwrap_or(self.text).matches('\n').count() + 1
    }

    /// `FILE:LINE:COLUMN`, counted from one.
    fn place(&self, span: &Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = self.line(span);
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        format!("{}:{line}:{column}", self.path.display())
    }
}

/// The setting that somebody most likely meant.
fn nearest(word: &str) -> Option<&'static str> {
    let score = |key: &&'static str| similar::TextDiff::from_chars(word, *key).ratio();
    KEYS.into_iter().filter(|key| score(key) > 0.6).max_by(|a, b| score(a).total_cmp(&score(b)))
}
