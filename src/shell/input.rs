//! What the terminal reports → what has happened. The stream is dropped while an editor has the terminal, or it would
//! eat the editor's keys.

use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use futures_util::StreamExt;

use crate::app::keymap::{Code, Key};
use crate::app::msg::Msg;

/// The terminal's events, as messages.
#[derive(Default)]
pub struct Input {
    stream: Option<EventStream>,
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").field("open", &self.stream.is_some()).finish()
    }
}

impl Input {
    /// Starts to listen.
    #[must_use]
    pub fn open() -> Self {
        Self { stream: Some(EventStream::new()) }
    }

    /// Listens no more; the terminal's keys are somebody else's.
    pub fn pause(&mut self) {
        self.stream = None;
    }

    /// Listens again.
    pub fn resume(&mut self) {
        self.stream = Some(EventStream::new());
    }

    /// The next message. An error, or the end of the stream, means that the terminal is gone.
    pub async fn next(&mut self) -> Msg {
        let Some(stream) = &mut self.stream else { return std::future::pending().await };
        loop {
            match stream.next().await {
                Some(Ok(event)) => {
                    if let Some(msg) = message(event) {
                        return msg;
                    }
                }
                Some(Err(error)) => {
                    tracing::warn!(%error, "the terminal's input failed");
                    self.stream = None;
                    return Msg::InputClosed;
                }
                None => {
                    self.stream = None;
                    return Msg::InputClosed;
                }
            }
        }
    }
}

/// One event as a message; none for what nobody asked for.
#[must_use]
pub fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => self::key(key).map(Msg::KeyPressed),
        Event::Key(_) => None,
        Event::Mouse(mouse) => self::mouse(mouse),
        Event::Paste(text) => Some(Msg::Pasted(text)),
        Event::Resize(width, height) => Some(Msg::Resized { width, height }),
        Event::FocusGained => Some(Msg::FocusGained),
        Event::FocusLost => Some(Msg::FocusLost),
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    let code = match event.code {
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    Some(Key { code, ctrl, alt })
}

fn mouse(event: MouseEvent) -> Option<Msg> {
    let (column, row) = (event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(Msg::Clicked { column, row }),
        MouseEventKind::ScrollDown => Some(Msg::Wheeled { column, row, notches: 1 }),
        MouseEventKind::ScrollUp => Some(Msg::Wheeled { column, row, notches: -1 }),
        _ => None,
    }
}
