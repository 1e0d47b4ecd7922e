//! Keys as data, and which command a key means on which layer. The bindings come from the registry, so that help,
//! palette and dispatch can never disagree; two commands on one key of one layer are a load error.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::registry::{self, Command, Layer};

/// One key press. Shift is part of the character (`L`), except in [`Code::BackTab`], which terminals send by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Ctrl was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
}

/// Keys that a terminal can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Code {
    /// A character, with Shift applied.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Left arrow.
    Left,
    /// Right arrow.
    Right,
    /// Up arrow.
    Up,
    /// Down arrow.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key.
    F(u8),
}

/// Why a key's name or a key map cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// No such key.
    #[error("`{0}` is no key: write one as in `j`, `G`, `Ctrl-s`, `Enter`, `PageDown`, `F1`")]
    Unknown(String),
    /// Two commands on one key of one layer.
    #[error("the key {key} means two things on the layer {layer:?}: {first} and {second}")]
    Conflict {
        /// The key.
        key: Key,
        /// The layer.
        layer: Layer,
        /// The command that had it.
        first: &'static str,
        /// The command that wanted it as well.
        second: &'static str,
    },
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// A character key.
    #[must_use]
    pub fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// Ctrl and a character.
    #[must_use]
    pub fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false }
    }

    /// Reads a key's name: the form that [`fmt::Display`] writes.
    ///
    /// # Errors
    /// Where the text names no key.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let (mut rest, mut ctrl, mut alt) = (text, false, false);
        loop {
            if let Some(tail) = rest.strip_prefix("Ctrl-").filter(|tail| !tail.is_empty()) {
                (rest, ctrl) = (tail, true);
            } else if let Some(tail) = rest.strip_prefix("Alt-").filter(|tail| !tail.is_empty()) {
                (rest, alt) = (tail, true);
            } else {
                break;
            }
        }
        let code = NAMED.iter().find(|(name, _)| *name == rest).map(|(_, code)| *code);
        let code = code.or_else(|| {
            let mut chars = rest.chars();
            match (chars.next(), chars.next()) {
                (Some(only), None) => Some(Code::Char(only)),
                (Some('F'), Some(_)) => rest.get(1..).and_then(|n| n.parse().ok()).filter(|n| *n > 0).map(Code::F),
                _ => None,
            }
        });
        code.map(|code| Self { code, ctrl, alt }).ok_or_else(|| BadKey::Unknown(text.to_owned()))
    }
}

/// Names of keys that are no single character.
const NAMED: [(&str, Code); 16] = [
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("Shift-Tab", Code::BackTab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PageUp", Code::PageUp),
    ("PageDown", Code::PageDown),
    ("Space", Code::Char(' ')),
    ("F1", Code::F(1)),
];

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Code::F(n)) => write!(f, "F{n}"),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, _) => Ok(()),
        }
    }
}

/// Which command a key means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    bindings: HashMap<(Layer, Key), Command>,
    /// Each command's keys as they were written, for help and hints.
    names: HashMap<Command, Vec<String>>,
}

impl Keymap {
    /// Builds a map from `command, keys` pairs on the layers of the registry.
    ///
    /// # Errors
    /// Where a key's name is unknown, or two commands want one key on one layer.
    pub fn build<'a>(bindings: impl IntoIterator<Item = (Command, &'a [&'a str])>) -> Result<Self, BadKey> {
        let mut map: HashMap<(Layer, Key), Command> = HashMap::new();
        let mut names: HashMap<Command, Vec<String>> = HashMap::new();
        for (command, keys) in bindings {
            names.entry(command).or_default().extend(keys.iter().map(|key| (*key).to_owned()));
            let entry = registry::entry(command);
            for name in keys {
                let key = Key::parse(name)?;
                for layer in entry.layers {
                    if let Some(first) = map.insert((*layer, key), command).filter(|first| *first != command) {
                        let (first, second) = (registry::entry(first).name, entry.name);
                        return Err(BadKey::Conflict { key, layer: *layer, first, second });
                    }
                }
            }
        }
        Ok(Self { bindings: map, names })
    }

    /// The keys of a command, as they are written; none where it has lost all of them.
    #[must_use]
    pub fn keys(&self, command: Command) -> &[String] {
        self.names.get(&command).map_or(&[], Vec::as_slice)
    }

    /// The command of a key on the first of `layers` that binds it.
    #[must_use]
    pub fn resolve(&self, layers: &[Layer], key: Key) -> Option<Command> {
        layers.iter().find_map(|layer| self.bindings.get(&(*layer, key)).copied())
    }
}

impl Default for Keymap {
    #[expect(clippy::expect_used, reason = "the built-in bindings, which a test builds; there is nobody to report to")]
    fn default() -> Self {
        Self::build(registry::ENTRIES.iter().map(|entry| (entry.command, entry.keys)))
            .expect("built-in keys are distinct")
    }
}
