//! One session of the program without its terminal: the model, the timers, the work that runs, and the messages that
//! come back from it. The terminal's loop drives it, and so do the tests, with the same calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::work;
use crate::app::effect::{Effect, Effects, Timer};
use crate::app::keymap::Keymap;
use crate::app::model::{Model, Settings};
use crate::app::msg::Msg;
use crate::app::update;
use crate::domain::failure::Failure;
use crate::shell::services::Services;
use crate::shell::store::OutboxId;
use crate::shell::tasks::Tasks;

/// What only the owner of the terminal can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Lend the terminal to `$EDITOR` with this text.
    Edit(String),
    /// Put a text on the clipboard.
    Copy(String),
    /// Stop until `fg`.
    Suspend,
    /// Leave.
    Quit,
}

/// A running session.
#[derive(Debug)]
pub struct Session {
    model: Model,
    services: Services,
    tasks: Tasks,
    timers: HashMap<Timer, Instant>,
    errands: Vec<Errand>,
    sender: UnboundedSender<Msg>,
    answers: UnboundedReceiver<Msg>,
}

impl Session {
    /// Starts a session on what the store has: the model can be drawn at once, before the first request. The first
    /// sync runs behind it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn start(services: Services, settings: Settings, keymap: Keymap, size: (u16, u16)) -> Result<Self, Failure> {
        let now = services.clock.now();
        let mut model = Model::new(settings, now, size);
        model.keymap = keymap;
        let (sender, answers) = unbounded_channel();
        let facts = Arc::new(services.store.load(&services.repo)?);
        let tasks = Tasks::new();
        let mut session = Self { model, services, tasks, timers: HashMap::new(), errands: Vec::new(), sender, answers };
        session.take(Msg::FactsLoaded(facts));
        let effects = update::start(&mut session.model);
        session.execute(effects);
        Ok(session)
    }

    /// What the screen depends on.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The time, as this session sees it.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.services.clock.now()
    }

    /// Takes in one message and starts what follows from it.
    pub fn take(&mut self, msg: Msg) {
        let effects = update::update(&mut self.model, self.services.clock.now(), msg);
        self.execute(effects);
    }

    /// What is left for the owner of the terminal, in order.
    pub fn errands(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.errands)
    }

    /// The next message that comes by itself: an answer of running work, else a timer that comes due. Pending where
    /// nothing runs and nothing waits; may be dropped and called again.
    ///
    /// # Errors
    /// Where a part of the program panicked: it must end then, with the terminal restored.
    pub async fn next(&mut self) -> Result<Msg, Failure> {
        loop {
            tokio::select! {
                biased;
                Some(msg) = self.answers.recv() => return Ok(msg),
                Some(ended) = self.tasks.ended() => ended.outcome?,
                msg = due(&mut self.timers, None) => return Ok(msg),
            }
        }
    }

    /// Lets work go on and timers come due until nothing more happens by itself within `horizon`: no request is on its
    /// way, and no timer comes due earlier. Tests with a paused clock call it instead of sleeping.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn settle(&mut self, horizon: Duration) -> Result<(), Failure> {
        let end = Instant::now() + horizon;
        loop {
            let msg = if let Ok(msg) = self.answers.try_recv() {
                Some(msg)
            } else if self.tasks.is_empty() && !self.timers.values().any(|at| *at <= end) {
                return Ok(());
            } else {
                tokio::select! {
                    biased;
                    msg = self.answers.recv() => msg,
                    Some(ended) = self.tasks.ended() => { ended.outcome?; None }
                    msg = due(&mut self.timers, Some(end)) => Some(msg),
                }
            };
            if let Some(msg) = msg {
                self.take(msg);
            }
        }
    }

    fn execute(&mut self, effects: Effects) {
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Sync { request, mode } => {
                self.tasks.spawn("sync", work::sync(self.services.clone(), request, mode, self.sender.clone()));
            }
            Effect::Send { request, id, how } => {
                // Noted here, in order: the tasks may begin in any.
                if let Err(failure) = self.services.store.outbox_due(OutboxId(id.0)) {
                    tracing::warn!(%failure, "a write could not be marked as due");
                }
                self.tasks.spawn("send", work::send(self.services.clone(), request, id, how, self.sender.clone()));
            }
            Effect::StartTimer { timer, after } => {
                self.timers.insert(timer, Instant::now() + after);
            }
            Effect::StopTimer { timer } => {
                self.timers.remove(&timer);
            }
            Effect::OpenEditor { text } => self.errands.push(Errand::Edit(text)),
            Effect::Copy { text } => self.errands.push(Errand::Copy(text)),
            Effect::Suspend => self.errands.push(Errand::Suspend),
            Effect::Quit => self.errands.push(Errand::Quit),
            // The rest is local, quick, and must stay in order: a draft is kept before the program leaves.
            Effect::LoadFacts
            | Effect::LoadLocal
            | Effect::LoadDraft { .. }
            | Effect::SaveDraft { .. }
            | Effect::DropDraft { .. }
            | Effect::Enqueue { .. }
            | Effect::TakeBack { .. }
            | Effect::ChangeMark { .. }
            | Effect::LoadMarks
            | Effect::RememberFilter { .. }
            | Effect::OpenUrl { .. } => {
                for msg in work::local(&self.services, effect) {
                    // The receiver is ours and lives as long as we do.
                    drop(self.sender.send(msg));
                }
            }
        }
    }

    /// Ends all work. What was on its way to GitHub stays in the outbox as unknown and is looked into next time.
    pub async fn end(mut self) {
        for ended in self.tasks.shutdown().await {
            if let Err(failure) = ended.outcome {
                tracing::warn!(task = ended.name, %failure, "ended with a failure");
            }
        }
    }
}

/// Waits for the first timer that comes due, not after `end`.
async fn due(timers: &mut HashMap<Timer, Instant>, end: Option<Instant>) -> Msg {
    let next = timers.iter().min_by_key(|(_, at)| **at).map(|(timer, at)| (*timer, *at));
    match next.filter(|(_, at)| end.is_none_or(|end| *at <= end)) {
        None => std::future::pending().await,
        Some((timer, at)) => {
            tokio::time::sleep_until(at).await;
            timers.remove(&timer);
            Msg::TimerFired(timer)
        }
    }
}
