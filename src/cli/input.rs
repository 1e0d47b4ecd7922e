//! What the user types for a command: a text from a flag, a file, stdin or the editor; a yes; a token without echo.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use secrecy::SecretString;

use super::args::TextArgs;
use super::output::tell;
use super::session::Context;
use crate::domain::failure::{Failure, FailureKind};
use crate::shell::editor;

/// More than GitHub takes; a device that never ends is not read for ever.
const MOST: u64 = 1 << 20;

/// A text that may be left out.
///
/// # Errors
/// Where the file cannot be read as text.
pub fn optional(text: &TextArgs) -> Result<Option<String>, Failure> {
    match (&text.message, &text.file) {
        (Some(message), _) => Ok(Some(message.clone())),
        (None, None) => Ok(None),
        (None, Some(file)) if file.as_os_str() == "-" => read("stdin", io::stdin().lock()).map(Some),
        (None, Some(file)) => {
            let name = file.display().to_string();
            match std::fs::File::open(file) {
                Ok(open) => read(&name, open).map(Some),
                Err(error) => Err(unreadable(&name, &error.to_string())),
            }
        }
    }
}

/// A text that must be there; without a flag the editor asks for it. `what` is how the message calls it.
///
/// # Errors
/// Where there is none and no terminal to ask on, or it is blank.
pub async fn required(context: &Context, text: &TextArgs, what: &str, flags: &str) -> Result<String, Failure> {
    let written = match optional(text)? {
        Some(written) => written,
        None if io::stdin().is_terminal() && io::stderr().is_terminal() => edited(context, "").await?,
        None => {
            return Err(Failure::new(FailureKind::Usage, format!("take the {what}"), "none was given")
                .hint(format!("Give it with {flags}.")));
        }
    };
    if written.trim().is_empty() {
        return Err(Failure::new(FailureKind::Usage, format!("take the {what}"), "it is blank; nothing was posted")
            .hint(format!("Give it with {flags}.")));
    }
    Ok(written)
}

/// A text in the editor, with what is there to begin with.
///
/// # Errors
/// Where there is no terminal, or the editor fails.
pub async fn edited(context: &Context, text: &str) -> Result<String, Failure> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Failure::new(FailureKind::Usage, "take the text", "none was given")
            .hint("Give it with -m TEXT or -F FILE."));
    }
    let command = context.settings.editor.as_ref().map_or(editor::FALLBACK, |editor| editor.value.as_str());
    editor::edit(command, &context.scratch(), text).await
}

fn read(name: &str, from: impl Read) -> Result<String, Failure> {
    let mut text = String::new();
    let got = from.take(MOST).read_to_string(&mut text).map_err(|error| unreadable(name, &error.to_string()))?;
    if got as u64 == MOST {
        return Err(unreadable(name, "it is longer than a megabyte"));
    }
    Ok(text)
}

fn unreadable(name: &str, cause: &str) -> Failure {
    Failure::new(FailureKind::Usage, format!("read the text from {name}"), cause)
        .hint("-F takes a UTF-8 text file, or `-` for stdin.")
}

/// Whether a question can be asked.
///
/// # Errors
/// Where there is no terminal: a script must say `--yes`.
pub fn can_ask() -> Result<(), Failure> {
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Usage, "ask before posting", "there is no terminal to ask on")
        .hint("Add --yes to post without being asked, or --dry-run to see what would be posted."))
}

/// Asks a yes-or-no question on the terminal; anything but yes is no.
///
/// # Errors
/// Where stdin cannot be read.
pub fn confirm(question: &str) -> Result<bool, Failure> {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush());
    drop(stderr);
    let mut answer = String::new();
    io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Failure::new(FailureKind::Local, "read the answer", error.to_string()))?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// A token: from stdin where that is no terminal, else asked for without echo.
///
/// # Errors
/// Where nothing is given.
pub fn token(host: &str) -> Result<SecretString, Failure> {
    if io::stdin().is_terminal() {
        return hidden(&format!("Token for {host} (not shown): "));
    }
    let mut text = String::new();
    io::stdin()
        .lock()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|error| Failure::new(FailureKind::Local, "read the token from stdin", error.to_string()))?;
    Ok(SecretString::from(text.trim().to_owned()))
}

/// Raw mode goes with this value, whatever happens in between.
struct Raw;

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = crossterm::terminal::disable_raw_mode();
        tell("");
    }
}

fn hidden(question: &str) -> Result<SecretString, Failure> {
    let failed = |error: io::Error| Failure::new(FailureKind::Local, "ask for the token", error.to_string());
    let mut stderr = io::stderr();
    write!(stderr, "{question}").and_then(|()| stderr.flush()).map_err(failed)?;
    crossterm::terminal::enable_raw_mode().map_err(failed)?;
    let _raw = Raw;
    let mut typed = String::new();
    loop {
        let Event::Key(key) = crossterm::event::read().map_err(failed)? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        match key.code {
            KeyCode::Enter => return Ok(SecretString::from(typed)),
            KeyCode::Esc => return Err(gave_up()),
            KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => return Err(gave_up()),
            KeyCode::Backspace => drop(typed.pop()),
            KeyCode::Char(ch) => typed.push(ch),
            _ => {}
        }
    }
}

fn gave_up() -> Failure {
    Failure::new(FailureKind::Local, "take a token", "you gave up; nothing was changed")
}
