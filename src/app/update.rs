//! The router: what has happened → what changes and what is to be done. Total: an old or unknown id is traced and
//! ignored, never a panic. Each screen's part is in its own file.

mod command;
mod composer;
mod facts;
mod filter;
mod home;
mod keys;
mod marks;
mod mouse;
mod outbox;
mod page;
mod picker;
mod sync;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ratatui_textarea::{Input, Key as TextKey, TextArea};

use super::effect::{Effect, Effects, ReqId, SyncMode, Timer};
use super::model::{Leaving, Level, Model, Toast};
use super::msg::Msg;

pub use keys::layers;

/// How long a toast stays.
const TOAST: Duration = Duration::from_secs(6);
/// Ages on the screen have a minute's grain at best.
const MINUTE: Duration = Duration::from_secs(60);
/// The most toasts at once; older ones give way.
const TOASTS: usize = 3;

/// What is to be done at the start, after the facts of the store have been loaded.
pub fn start(model: &mut Model) -> Effects {
    let mut effects = Effects::from(Effect::LoadLocal);
    effects.push(Effect::StartTimer { timer: Timer::Minute, after: MINUTE });
    effects.extend(sync::start(model, SyncMode::Changed, false));
    effects
}

/// Takes in one message.
pub fn update(model: &mut Model, at: Timestamp, msg: Msg) -> Effects {
    model.at = at;
    match msg {
        Msg::KeyPressed(key) => keys::pressed(model, key),
        Msg::Pasted(text) => keys::pasted(model, &text),
        Msg::Clicked { column, row } => mouse::clicked(model, (column, row)),
        Msg::Wheeled { column, row, notches } => mouse::wheeled(model, (column, row), notches),
        Msg::Resized { width, height } => {
            model.size = (width, height);
            home::follow(model);
            page::clamp(model);
            Effects::none()
        }
        Msg::FocusGained | Msg::FocusLost => Effects::none(),
        Msg::InputClosed | Msg::Terminated => quit(model),
        Msg::TimerFired(timer) => fired(model, timer),
        Msg::FactsLoaded(facts) => facts::loaded(model, facts),
        Msg::StoreFailed(failure) => toast(model, Level::Error, failure.to_string()),
        Msg::MarksLoaded(marks) => {
            model.marks = marks;
            facts::remark(model);
            Effects::none()
        }
        Msg::HistoryLoaded(history) => {
            model.history = history;
            Effects::none()
        }
        Msg::PermissionLoaded(permission) => {
            model.permission = permission;
            Effects::none()
        }
        Msg::ReadOnlyLearned(why) => {
            model.read_only = why;
            Effects::none()
        }
        Msg::DraftLoaded { key, text } => composer::draft_loaded(model, &key, text),
        Msg::DraftNotKept { key, text, failure } => composer::draft_not_kept(model, key, text, &failure),
        Msg::OutboxLoaded(entries) => outbox::loaded(model, entries),
        Msg::SyncProgressed { request, what, done, total } => sync::progressed(model, request, what, done, total),
        Msg::Synced { request, outcome } => sync::ended(model, request, outcome),
        Msg::SyncFailed { request, failure } => sync::failed(model, request, failure),
        Msg::Enqueued { request, id } => outbox::enqueued(model, request, id),
        Msg::EnqueueFailed { request, failure } => outbox::enqueue_failed(model, request, &failure),
        Msg::SendEnded { request, id, outcome } => outbox::send_ended(model, request, id, outcome),
        Msg::TakeBackFailed { failure, .. } => outbox::take_back_failed(model, &failure),
        Msg::EditorClosed(result) => composer::editor_closed(model, result),
        // What to do comes first: the line may be cut at its end, and the address in it is long.
        Msg::BrowseFailed(failure) => {
            let hint = failure.hint.as_deref().map_or_else(String::new, |hint| format!("{hint} "));
            toast(model, Level::Error, format!("{hint}Could not {}: {}", failure.attempted, failure.cause))
        }
        Msg::Noticed(text) => toast(model, Level::Warn, text),
    }
}

fn fired(model: &mut Model, timer: Timer) -> Effects {
    match timer {
        Timer::Minute => {
            facts::rederive(model);
            Effect::StartTimer { timer: Timer::Minute, after: MINUTE }.into()
        }
        Timer::Refresh => sync::start(model, SyncMode::Changed, false),
        Timer::Draft => composer::keep_drafts(model),
        Timer::Send(id) => outbox::due(model, id),
        Timer::Toast => {
            // The clock may be frozen (VEPHERD_NOW), so the oldest goes whatever it says.
            let now = model.at;
            if !model.toasts.is_empty() {
                model.toasts.remove(0);
            }
            model.toasts.retain(|toast| toast.until > now);
            next_toast(model)
        }
    }
}

/// A key in a prompt of one line. The text field takes Ctrl-U for undo; in a prompt it empties what is before the
/// cursor, as in every shell.
fn prompt_input(text: &mut TextArea<'_>, input: Input) -> bool {
    if input.ctrl && input.key == TextKey::Char('u') { text.delete_line_by_head() } else { text.input(input) }
}

/// Shows short news.
fn toast(model: &mut Model, level: Level, text: impl Into<String>) -> Effects {
    let text = text.into();
    model.toasts.retain(|toast| toast.text != text);
    let until = later(model.at, TOAST);
    model.toasts.push(Toast { level, text, until });
    let excess = model.toasts.len().saturating_sub(TOASTS);
    model.toasts.drain(..excess);
    if model.toasts.len() == 1 { next_toast(model) } else { Effects::none() }
}

fn next_toast(model: &Model) -> Effects {
    match model.toasts.first() {
        None => Effects::none(),
        Some(toast) => {
            let left = Duration::try_from(toast.until.duration_since(model.at)).unwrap_or(TOAST);
            Effect::StartTimer { timer: Timer::Toast, after: left.clamp(Duration::from_millis(100), TOAST) }.into()
        }
    }
}

/// Leaves at once: a text that is being written is kept as a draft, what is queued stays in the outbox.
fn quit(model: &mut Model) -> Effects {
    model.leaving = Leaving::Now;
    let mut effects = composer::keep_drafts(model);
    effects.push(Effect::Quit);
    effects
}

fn next_request(model: &mut Model) -> ReqId {
    model.last_request = ReqId(model.last_request.0.wrapping_add(1));
    model.last_request
}

/// A moment so much later; the same moment where the calendar ends.
fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(at)
}
