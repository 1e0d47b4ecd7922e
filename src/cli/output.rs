//! What commands say: results to stdout, everything else to stderr; colours only where they are wanted; nothing of
//! GitHub's text reaches the terminal unsanitised.

pub mod forecast;
pub mod json;
pub mod page;
pub mod sheet;
pub mod table;

use std::io::{self, IsTerminal, Write};

use crate::domain::failure::{Failure, FailureKind};
use crate::shell::config::{ColorChoice, Env};

/// Where results go, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Out {
    /// Colour it.
    pub color: bool,
    /// Columns to cut lines at; none where stdout is no terminal: a pipe gets everything.
    pub width: Option<usize>,
}

/// The few colours of plain output. Each has a word or a glyph beside it: colour alone says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Headings.
    Bold,
    /// What was not asked for.
    Dim,
    /// What stands in the way.
    Red,
    /// What is late or stale.
    Yellow,
    /// What is fine.
    Green,
    /// The turn.
    Cyan,
}

impl Out {
    /// How stdout wants it. `--color` wins over `NO_COLOR`, that over `CLICOLOR_FORCE`, that over the file.
    #[must_use]
    pub fn of_stdout(flag: Option<ColorChoice>, env: &Env, file: ColorChoice) -> Self {
        let terminal = io::stdout().is_terminal();
        let forced = env.get("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let color = match flag {
            Some(ColorChoice::Always) => true,
            Some(ColorChoice::Never) => false,
            Some(ColorChoice::Auto) | None if env.get("NO_COLOR").is_some() => false,
            Some(ColorChoice::Auto) | None if forced => true,
            Some(ColorChoice::Auto) => terminal,
            None => match file {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                ColorChoice::Auto => terminal && env.get("TERM") != Some("dumb"),
            },
        };
        let width =
            terminal.then(|| crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns).max(20)));
        Self { color, width }
    }

    /// The text in a colour.
    #[must_use]
    pub fn paint(self, paint: Paint, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match paint {
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Red => "31",
            Paint::Yellow => "33",
            Paint::Green => "32",
            Paint::Cyan => "36",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Writes a result to stdout. A reader that has gone (`| head`) is no failure.
///
/// # Errors
/// Where stdout cannot be written.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// How writing a result ended: a reader that has gone is no failure.
///
/// # Errors
/// Where it could not be written.
pub fn written(ended: io::Result<()>) -> Result<(), Failure> {
    match ended {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(FailureKind::Local, "write to stdout", error.to_string()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Says something beside the result.
pub fn tell(text: &str) {
    // Where even stderr is closed there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
