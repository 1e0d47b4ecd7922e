//! The terminal, and its way back. One table of modes serves start, suspend, panic and exit, so that what is switched
//! on is switched off on every way out; the panic hook is installed before the first mode is switched on.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::failure::{Failure, FailureKind};

/// One mode of the terminal besides raw mode: what switches it on, and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// What it is.
    pub name: &'static str,
    /// Switches it on.
    pub on: &'static str,
    /// Switches it off.
    pub off: &'static str,
}

/// The modes, in the order in which they are switched on; they go off the other way round. The mouse reports buttons
/// and the wheel only (1000): motion (1003) would wake the program for nothing.
pub const MODES: [Mode; 5] = [
    Mode { name: "alternate screen", on: "\x1b[?1049h", off: "\x1b[?1049l" },
    Mode { name: "hidden cursor", on: "\x1b[?25l", off: "\x1b[?25h" },
    Mode { name: "bracketed paste", on: "\x1b[?2004h", off: "\x1b[?2004l" },
    Mode { name: "focus reports", on: "\x1b[?1004h", off: "\x1b[?1004l" },
    Mode { name: "mouse", on: "\x1b[?1000h\x1b[?1006h", off: "\x1b[?1006l\x1b[?1000l" },
];

/// Whether the modes are on: the panic hook must not write escapes into a terminal that is as it was.
static ON: AtomicBool = AtomicBool::new(false);

/// What switches all modes on.
#[must_use]
pub fn enter_text() -> String {
    MODES.iter().map(|mode| mode.on).collect()
}

/// What switches all modes off. Colours are reset first, because some terminals keep them over the switch of screens.
#[must_use]
pub fn leave_text() -> String {
    std::iter::once("\x1b[0m").chain(MODES.iter().rev().map(|mode| mode.off)).collect()
}

fn switch_on() -> io::Result<()> {
    ON.store(true, Ordering::SeqCst);
    crossterm::terminal::enable_raw_mode()?;
    let mut out = io::stdout();
    out.write_all(enter_text().as_bytes())?;
    out.flush()
}

/// Makes the terminal as it was. May be called any number of times, from anywhere; does what it can.
pub fn restore() {
    if ON.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        // There is nobody to tell: the terminal itself may be gone.
        drop(out.write_all(leave_text().as_bytes()));
        drop(out.flush());
        drop(crossterm::terminal::disable_raw_mode());
    }
}

/// The panic hook: the terminal first, so that the message can be read, then what was there before.
fn install_hook() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    if INSTALLED.swap(true, Ordering::SeqCst) {
        return;
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        before(info);
    }));
}

/// The terminal while the program has it. Dropping it gives it back.
#[derive(Debug)]
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<io::Stdout>>,
}

impl Terminal {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where it does not do as it is told; it is as it was then.
    pub fn take() -> Result<Self, Failure> {
        install_hook();
        let taken = switch_on().and_then(|()| ratatui::Terminal::new(CrosstermBackend::new(io::stdout())));
        match taken {
            Ok(inner) => Ok(Self { inner }),
            Err(error) => {
                restore();
                Err(failure("take the terminal", &error))
            }
        }
    }

    /// Its columns and rows.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        self.inner.size().map_or((80, 24), |size| (size.width, size.height))
    }

    /// Draws a frame.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(Rect, &mut Buffer)) -> Result<(), Failure> {
        let drawn = self.inner.draw(|frame| draw(frame.area(), frame.buffer_mut()));
        drawn.map(drop).map_err(|error| failure("draw", &error))
    }

    /// Writes a sequence that moves nothing on the screen (the clipboard's).
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn write(&mut self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| failure("write to the terminal", &error))
    }

    /// Gives the terminal to somebody else for a while.
    pub fn lend(&mut self) {
        restore();
    }

    /// Takes it back; the next frame draws every cell.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn take_back(&mut self) -> Result<(), Failure> {
        let taken = switch_on().and_then(|()| {
            // Resizing to the same size forgets what was on the screen; `clear` would ask for the cursor and block.
            let size = self.inner.size()?;
            self.inner.resize(Rect::new(0, 0, size.width, size.height))
        });
        taken.map_err(|error| failure("take the terminal back", &error))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

fn failure(attempted: &str, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Local, attempted, error.to_string())
}

/// The sequence that puts a text on the terminal's clipboard (OSC 52), which works over ssh as well. Base64 leaves no
/// byte of the text that a terminal could obey.
#[must_use]
pub fn clipboard(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", base64(text.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_usize {
            let index = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
            let letter = if place <= chunk.len() { ALPHABET.get(index).copied().unwrap_or(b'=') } else { b'=' };
            out.push(char::from(letter));
        }
    }
    out
}
