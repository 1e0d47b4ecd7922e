//! Syncs: one at a time, by itself every so often, closely after a write so that Prow's answer is seen. What was known
//! stays on the screen when one fails.

use std::time::Duration;

use super::{later, next_request, outbox, toast};
use crate::app::effect::{Effect, Effects, ReqId, SyncMode, Timer};
use crate::app::model::{InFlight, Level, Model, RequestKind, Trouble};
use crate::app::msg::SyncOutcome;
use crate::domain::failure::{Failure, FailureKind};

/// How long after a sync the next one starts while Prow's answer to a write is awaited.
const EAGER: Duration = Duration::from_secs(2);

/// Starts a sync, unless one runs.
pub fn start(model: &mut Model, mode: SyncMode, asked: bool) -> Effects {
    if model.syncing().is_some() {
        return Effects::none();
    }
    let request = next_request(model);
    let label = match mode {
        SyncMode::Changed => "asking what has changed",
        SyncMode::Full => "reading everything",
    };
    let kind = RequestKind::Sync { mode, asked };
    model.in_flight.push(InFlight { request, kind, label: label.to_owned(), done: 0, total: 0, since: model.at });
    let mut effects = Effects::from(Effect::StopTimer { timer: Timer::Refresh });
    effects.push(Effect::Sync { request, mode });
    effects
}

/// A sync got on.
pub fn progressed(model: &mut Model, request: ReqId, what: String, done: usize, total: usize) -> Effects {
    match model.in_flight.iter_mut().find(|flight| flight.request == request) {
        Some(flight) => (flight.label, flight.done, flight.total) = (what, done, total),
        None => tracing::debug!(?request, "progress of a request that is over"),
    }
    Effects::none()
}

/// Takes a sync off the list: whether the user had asked for it. `None` for one that is not on it.
fn finish(model: &mut Model, request: ReqId) -> Option<bool> {
    let place = model.in_flight.iter().position(|flight| flight.request == request)?;
    match model.in_flight.remove(place).kind {
        RequestKind::Sync { asked, .. } => Some(asked),
        RequestKind::Enqueue(_) | RequestKind::Send { .. } => None,
    }
}

/// A sync ended well.
pub fn ended(model: &mut Model, request: ReqId, outcome: SyncOutcome) -> Effects {
    let Some(asked) = finish(model, request) else { return Effects::none() };
    model.trouble = None;
    let news = outcome.warnings.first().filter(|_| outcome.warnings != model.warnings).cloned();
    let more = outcome.warnings.len().saturating_sub(1);
    model.warnings = outcome.warnings;
    model.points_left = outcome.points_left.or(model.points_left);
    let mut effects = match (asked, outcome.changed) {
        (false, _) => Effects::none(),
        (true, 0) => toast(model, Level::Good, "nothing has changed"),
        (true, 1) => toast(model, Level::Good, "1 proposal has changed"),
        (true, n) => toast(model, Level::Good, format!("{n} proposals have changed")),
    };
    // Another process of the viewer's may have marked something meanwhile.
    effects.push(Effect::LoadMarks);
    if let Some(first) = news {
        let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        effects.extend(toast(model, Level::Warn, format!("{first}{more}")));
    }
    let after = if model.eager_syncs > 0 { EAGER } else { model.settings.refresh_every };
    model.eager_syncs = model.eager_syncs.saturating_sub(1);
    effects.push(Effect::StartTimer { timer: Timer::Refresh, after });
    effects.extend(outbox::resume(model));
    effects
}

/// A sync failed: say why and what to do, and try again by itself where that makes sense.
pub fn failed(model: &mut Model, request: ReqId, failure: Failure) -> Effects {
    if finish(model, request).is_none() {
        return Effects::none();
    }
    let now = model.at;
    let asked_wait = failure.retry_at.and_then(|at| Duration::try_from(at.duration_since(now)).ok());
    let hopeless = matches!(
        failure.kind,
        FailureKind::Credentials | FailureKind::Permission | FailureKind::NotFound | FailureKind::Configuration
    );
    let after = if hopeless { None } else { Some(asked_wait.unwrap_or(model.settings.refresh_every)) };
    model.trouble = Some(Trouble { failure, at: now, next_try: after.map(|after| later(now, after)) });
    model.eager_syncs = 0;
    match after {
        Some(after) => Effect::StartTimer { timer: Timer::Refresh, after: after.max(EAGER) }.into(),
        None => Effects::none(),
    }
}
