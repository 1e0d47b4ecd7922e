//! The program on a terminal: one loop that waits for the terminal, for answers and for timers, and draws when
//! something has changed and nothing more is waiting, at most once per frame's time. An idle program does nothing.

pub mod session;
pub mod work;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use self::session::{Errand, Session};
use super::input::Input;
use super::services::Services;
use super::terminal::{self, Terminal};
use super::{editor, signals};
use crate::app::keymap::Keymap;
use crate::app::model::Settings;
use crate::app::msg::Msg;
use crate::domain::failure::Failure;
use crate::domain::query::Views;
use crate::view;
use crate::view::styles::Styles;

/// At most one frame in this time.
const FRAME: Duration = Duration::from_millis(16);
/// The demo's robots answer in a second or two, and somebody else does something now and then.
const DEMO_REFRESH: Duration = Duration::from_secs(5);

/// How the program runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The embedded, made-up world: robots answer in seconds, so the program looks often.
    pub demo: bool,
    /// What things look like.
    pub styles: Styles,
    /// The keys.
    pub keymap: Keymap,
    /// Saved views.
    pub views: Views,
    /// The editor's command line.
    pub editor: String,
    /// Where the editor's file is made.
    pub scratch: PathBuf,
    /// How long a write can be undone.
    pub undo: Duration,
    /// What the user should know from the start.
    pub notice: Option<String>,
}

/// The model's settings for these services.
#[must_use]
pub fn settings(services: &Services, demo: bool) -> Settings {
    let mut settings = Settings::new(services.repo.clone(), Arc::clone(&services.profile), view::measure);
    settings.sigs.clone_from(&services.sigs);
    settings.demo = demo;
    if demo {
        settings.refresh_every = DEMO_REFRESH;
    }
    settings
}

/// Runs the program until the user leaves, or a signal says so. The terminal is as it was on every way out.
///
/// # Errors
/// Where the terminal cannot be used, the store cannot be read, or a part of the program panicked.
pub async fn run(services: Services, options: Options) -> Result<(), Failure> {
    let mut signals = signals::Signals::listen()?;
    let mut settings = settings(&services, options.demo);
    settings.undo = options.undo;
    settings.views.clone_from(&options.views);
    let mut terminal = Terminal::take()?;
    let mut session = Session::start(services, settings, options.keymap.clone(), terminal.size())?;
    if let Some(notice) = &options.notice {
        session.take(Msg::Noticed(notice.clone()));
    }
    draw(&mut terminal, &session, &options.styles)?;
    let mut input = Input::open();
    let outcome = turn(&mut terminal, &mut session, &mut input, &mut signals, &options).await;
    drop(input);
    drop(terminal);
    session.end().await;
    outcome
}

async fn turn(
    terminal: &mut Terminal,
    session: &mut Session,
    input: &mut Input,
    signals: &mut signals::Signals,
    options: &Options,
) -> Result<(), Failure> {
    let mut drawn_at = Instant::now();
    let mut dirty = false;
    loop {
        let msg = tokio::select! {
            biased;
            () = signals.next() => Some(Msg::Terminated),
            msg = session.next() => Some(msg?),
            msg = input.next() => Some(msg),
            () = tokio::time::sleep_until(drawn_at + FRAME), if dirty => None,
        };
        match msg {
            Some(msg) => {
                session.take(msg);
                dirty = true;
            }
            None => {
                draw(terminal, session, &options.styles)?;
                (drawn_at, dirty) = (Instant::now(), false);
            }
        }
        for errand in session.errands() {
            match errand {
                Errand::Quit => return Ok(()),
                Errand::Copy(text) => terminal.write(&terminal::clipboard(&text))?,
                Errand::Edit(text) => {
                    input.pause();
                    terminal.lend();
                    let edited = editor::edit(&options.editor, &options.scratch, &text).await;
                    terminal.take_back()?;
                    signals.forget_interrupt();
                    input.resume();
                    session.take(Msg::EditorClosed(edited));
                    resized(terminal, session);
                }
                Errand::Suspend => {
                    input.pause();
                    terminal.lend();
                    let stopped = signals::stop_self().await;
                    terminal.take_back()?;
                    input.resume();
                    resized(terminal, session);
                    if let Err(failure) = stopped {
                        session.take(Msg::BrowseFailed(failure));
                    }
                }
            }
        }
    }
}

/// The terminal may have changed its size while somebody else had it.
fn resized(terminal: &Terminal, session: &mut Session) {
    let (width, height) = terminal.size();
    session.take(Msg::Resized { width, height });
}

fn draw(terminal: &mut Terminal, session: &Session, styles: &Styles) -> Result<(), Failure> {
    let now = session.now();
    terminal.draw(|area, buffer| view::draw(session.model(), styles, now, area, buffer))
}
