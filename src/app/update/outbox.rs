//! Writes on their way: a moment to undo, one send, and what is held back or refused with its reason. Nothing is ever
//! dropped but by the user's word, and then its text becomes a draft.

use std::time::Duration;

use super::{composer, later, next_request, page, quit, sync, toast};
use crate::app::effect::{Effect, Effects, ReqId, SendHow, SyncMode, Timer};
use crate::app::model::{
    InFlight, Leaving, Level, Model, OutboxPage, Outgoing, OutgoingId, OutgoingState, Overlay, Page, RequestKind,
    SendCause, Undoable, Watched,
};
use crate::app::{geometry, hit};
use crate::domain::action::{Action, Intent};
use crate::domain::failure::Failure;

/// For how long after a write its proposal's changes are news.
const WATCH: Duration = Duration::from_secs(120);
/// Syncs that follow a write closely.
const EAGER: u8 = 3;

/// What a write is, for people: `Veto on #402`.
#[must_use]
pub fn label(intent: &Intent) -> String {
    let what = match (&intent.action, composer::purpose_of(&intent.action)) {
        (_, Some((purpose, _))) => purpose.title().to_owned(),
        (Action::Assign { login }, None) => format!("Assigning {login}"),
        (Action::Unassign { login }, None) => format!("Unassigning {login}"),
        (Action::Cc { login }, None) => format!("Asking {login}"),
        (Action::Resolve { .. }, None) => "Resolving a thread".to_owned(),
        (_, None) => "Reply".to_owned(),
    };
    format!("{what} on {}", intent.pull)
}

/// Something is about to be sent, or on its way.
#[must_use]
pub fn busy(model: &Model) -> bool {
    let sending = |flight: &InFlight| matches!(flight.kind, RequestKind::Send { .. } | RequestKind::Enqueue(_));
    !model.undoable.is_empty() || model.in_flight.iter().any(sending)
}

/// The outbox as it is now.
pub fn loaded(model: &mut Model, entries: Vec<Outgoing>) -> Effects {
    let held = |entry: &&Outgoing| entry.state == OutgoingState::Queued && !entry.due;
    let left_over = entries.iter().filter(held).count();
    let first = model.outbox.is_empty() && model.undoable.is_empty() && !busy(model);
    model.outbox = entries;
    let known = |id: OutgoingId| model.outbox.iter().any(|entry| entry.id == id);
    let newest = model.outbox.last().map(|entry| entry.id);
    if let Some(Page::Outbox(page)) = model.pages.last_mut()
        && !page.selected.is_some_and(known)
    {
        page.selected = newest;
    }
    if first && left_over > 0 {
        let text =
            format!("{left_over} written earlier and never sent: O shows the outbox, nothing of it goes out by itself");
        return toast(model, Level::Warn, text);
    }
    Effects::none()
}

fn finish(model: &mut Model, request: ReqId) -> Option<RequestKind> {
    let place = model.in_flight.iter().position(|flight| flight.request == request)?;
    Some(model.in_flight.remove(place).kind)
}

/// An intent is in the outbox: now it can be undone for a moment.
pub fn enqueued(model: &mut Model, request: ReqId, id: OutgoingId) -> Effects {
    let Some(RequestKind::Enqueue(intent)) = finish(model, request) else {
        tracing::debug!(?request, "an answer to no request");
        return Effects::none();
    };
    let after = model.settings.undo;
    model.undoable.push(Undoable { id, goes_at: later(model.at, after), label: label(&intent) });
    let mut effects = Effects::from(Effect::StartTimer { timer: Timer::Send(id), after });
    if model.leaving == Leaving::AfterSends {
        effects.extend(send_all(model));
    }
    effects
}

/// An intent could not be written down: the composer is open again.
pub fn enqueue_failed(model: &mut Model, request: ReqId, failure: &Failure) -> Effects {
    let Some(RequestKind::Enqueue(intent)) = finish(model, request) else { return Effects::none() };
    model.leaving = Leaving::No;
    match model.overlay {
        // Another text is being written: that one must not be overwritten; the draft still has the first.
        Some(_) => toast(model, Level::Error, failure.to_string()),
        None if composer::purpose_of(&intent.action).is_some() => {
            composer::reopen(model, &intent, Some(failure.to_string()))
        }
        None => toast(model, Level::Error, failure.to_string()),
    }
}

/// The time to undo is over.
pub fn due(model: &mut Model, id: OutgoingId) -> Effects {
    let Some(place) = model.undoable.iter().position(|undoable| undoable.id == id) else { return Effects::none() };
    let label = model.undoable.remove(place).label;
    send(model, id, label, SendHow::Checked, SendCause::Asked)
}

/// GitHub answers again: what is due and what is in doubt goes on, oldest first.
pub fn resume(model: &mut Model) -> Effects {
    if model.read_only.is_some() {
        return Effects::none();
    }
    let waiting: Vec<(OutgoingId, String)> = model
        .outbox
        .iter()
        .filter(|entry| entry.goes_by_itself() && !is_going(model, entry.id))
        .map(|entry| (entry.id, label(&entry.intent)))
        .collect();
    let mut effects = Effects::none();
    for (id, label) in waiting {
        effects.extend(send(model, id, label, SendHow::Checked, SendCause::Resumed));
    }
    effects
}

/// It is on its way, or will be in a moment.
fn is_going(model: &Model, id: OutgoingId) -> bool {
    model.is_sending(id) || model.undoable.iter().any(|undoable| undoable.id == id)
}

fn send(model: &mut Model, id: OutgoingId, label: String, how: SendHow, cause: SendCause) -> Effects {
    let Some(pull) = model.outbox.iter().find(|entry| entry.id == id).map(|entry| entry.intent.pull) else {
        return toast(model, Level::Error, format!("{label}: it is not in the outbox any more"));
    };
    let request = next_request(model);
    let kind = RequestKind::Send { id, pull, cause };
    model.in_flight.push(InFlight { request, kind, label, done: 0, total: 0, since: model.at });
    Effect::Send { request, id, how }.into()
}

/// Sends everything that could still be undone, now.
pub fn send_all(model: &mut Model) -> Effects {
    let mut effects = Effects::none();
    for id in model.undoable.iter().map(|undoable| undoable.id).collect::<Vec<_>>() {
        effects.push(Effect::StopTimer { timer: Timer::Send(id) });
        effects.extend(due(model, id));
    }
    effects
}

/// A send ended. News either way; after a good one, look closely for Prow's answer.
pub fn send_ended(model: &mut Model, request: ReqId, id: OutgoingId, outcome: Result<(), Failure>) -> Effects {
    let place = model.in_flight.iter().position(|flight| flight.request == request);
    let Some(flight) = place.map(|place| model.in_flight.remove(place)) else { return Effects::none() };
    let RequestKind::Send { pull, cause, .. } = flight.kind else { return Effects::none() };
    let mut look = true;
    let mut effects = match outcome {
        Ok(()) => {
            let labels = model.facts.pulls.get(&pull).map(|pull| pull.labels.clone()).unwrap_or_default();
            model.watched.retain(|watched| watched.pull != pull);
            model.watched.push(Watched { pull, labels, until: later(model.at, WATCH) });
            model.eager_syncs = EAGER;
            toast(model, Level::Good, format!("{}: sent", flight.label))
        }
        Err(failure) => {
            model.leaving = Leaving::No;
            let state = model.outbox.iter().find(|entry| entry.id == id).map(|entry| entry.state);
            // A check has stopped it: what it saw is to be seen here too. Else a sync that works sends it again.
            look = state == Some(OutgoingState::Parked);
            let waits = matches!(state, Some(OutgoingState::Queued | OutgoingState::Unknown));
            // What has become of the text comes first: the end of the line may be cut.
            let state = state.map_or_else(String::new, |state| format!(" {}, see O", state.word()));
            match cause {
                SendCause::Resumed if waits => Effects::none(),
                SendCause::Asked | SendCause::Resumed => {
                    toast(model, Level::Error, format!("{}{state}: {}", flight.label, failure.cause))
                }
            }
        }
    };
    if model.leaving == Leaving::AfterSends && !busy(model) {
        effects.extend(quit(model));
    } else if look {
        effects.extend(sync::start(model, SyncMode::Changed, false));
    }
    effects
}

/// Takes back the newest write that has not gone out; its text is on the screen again.
pub fn undo(model: &mut Model) -> Effects {
    let Some(undoable) = model.undoable.pop() else { return Effects::none() };
    let mut effects = Effects::from(Effect::StopTimer { timer: Timer::Send(undoable.id) });
    effects.extend(take_back(model, undoable.id, true));
    effects.extend(toast(model, Level::Info, format!("{}: undone", undoable.label)));
    effects
}

/// Takes a write out; its text becomes a draft, in the composer where that is asked for.
fn take_back(model: &mut Model, id: OutgoingId, open: bool) -> Effects {
    let Some(place) = model.outbox.iter().position(|entry| entry.id == id) else { return Effects::none() };
    let intent = model.outbox.remove(place).intent;
    let draft = composer::draft_of(model, &intent);
    let mut effects = Effects::none();
    if open && model.overlay.is_none() {
        effects.extend(composer::reopen(model, &intent, None));
    }
    effects.push(Effect::TakeBack { id, draft });
    effects
}

/// It was too late to take something back: it is on its way, or there already. Whoever has its text before them must
/// not think that it is still to be said.
pub fn take_back_failed(model: &mut Model, failure: &Failure) -> Effects {
    if let Some(Overlay::Composer(composer)) = &mut model.overlay {
        composer.problem = Some(format!("too late, {}: this is a copy of it", failure.cause));
    }
    toast(model, Level::Error, format!("too late: {}", failure.cause))
}

/// Opens the outbox.
pub fn open(model: &mut Model) -> Effects {
    if !matches!(model.page(), Some(Page::Outbox(_))) {
        let selected = model.outbox.last().map(|entry| entry.id);
        model.pages.push(Page::Outbox(OutboxPage { selected, first: 0 }));
        follow(model);
    }
    Effects::none()
}

/// Moves the selection.
pub fn step(model: &mut Model, by: isize) {
    let ids: Vec<OutgoingId> = model.outbox.iter().map(|entry| entry.id).collect();
    if let Some(Page::Outbox(page)) = model.pages.last_mut() {
        let here = page.selected.and_then(|id| ids.iter().position(|other| *other == id)).unwrap_or(0);
        let there = here.saturating_add_signed(by).min(ids.len().saturating_sub(1));
        page.selected = ids.get(there).copied();
    }
    follow(model);
}

/// Keeps the list where it is, as far as the selection is on screen there.
fn follow(model: &mut Model) {
    let body = geometry::frame(hit::screen(model)).body;
    let rows = hit::outbox_plan(model, body).list.height;
    let first = match model.page() {
        Some(Page::Outbox(page)) => hit::outbox_first(model, page, rows),
        Some(Page::Proposal(_)) | None => return,
    };
    if let Some(Page::Outbox(page)) = model.pages.last_mut() {
        page.first = first;
    }
}

/// A write was clicked: the first click selects, the second opens its proposal.
pub fn clicked(model: &mut Model, id: OutgoingId) -> Effects {
    let pull = model.outbox.iter().find(|entry| entry.id == id).map(|entry| entry.intent.pull);
    match (model.pages.last_mut(), pull) {
        (Some(Page::Outbox(page)), Some(pull)) if page.selected == Some(id) => page::open(model, pull),
        (Some(Page::Outbox(page)), Some(_)) => {
            page.selected = Some(id);
            Effects::none()
        }
        _ => Effects::none(),
    }
}

fn selected(model: &Model) -> Option<&Outgoing> {
    match model.page() {
        Some(Page::Outbox(page)) => model.outbox.iter().find(|entry| Some(entry.id) == page.selected),
        Some(Page::Proposal(_)) | None => None,
    }
}

/// Sends the selected write now: the shell looks at the proposal anew first. One that was parked is sent all the same,
/// because its reason stands beside it.
pub fn resend(model: &mut Model) -> Effects {
    let Some((id, label, state)) = selected(model).map(|entry| (entry.id, label(&entry.intent), entry.state)) else {
        return Effects::none();
    };
    let how = match state {
        OutgoingState::Parked => SendHow::Anyway,
        OutgoingState::Queued | OutgoingState::Sending | OutgoingState::Unknown | OutgoingState::Failed => {
            SendHow::Checked
        }
    };
    if model.is_sending(id) {
        return toast(model, Level::Info, "it is on its way");
    }
    model.undoable.retain(|undoable| undoable.id != id);
    let mut effects = Effects::from(Effect::StopTimer { timer: Timer::Send(id) });
    effects.extend(send(model, id, label, how, SendCause::Asked));
    effects
}

/// Drops the selected write, unless it is on its way; its text is a draft then.
pub fn discard(model: &mut Model) -> Effects {
    let Some((id, label, state)) = selected(model).map(|entry| (entry.id, label(&entry.intent), entry.state)) else {
        return Effects::none();
    };
    if model.is_sending(id) {
        return toast(model, Level::Warn, "it is on its way and cannot be dropped");
    }
    let mut effects = taken_out(model, id, false);
    effects.extend(match state {
        OutgoingState::Unknown => toast(
            model,
            Level::Warn,
            format!("{label}: dropped, but it may be on GitHub: look there before you write it again"),
        ),
        _ => toast(model, Level::Info, format!("{label}: dropped; its text is a draft")),
    });
    effects
}

/// Opens the selected write in the composer again: out of the outbox, to be sent anew.
pub fn edit(model: &mut Model) -> Effects {
    let Some((id, intent, state, arrived)) =
        selected(model).map(|entry| (entry.id, entry.intent.clone(), entry.state, entry.arrived))
    else {
        return Effects::none();
    };
    let why = match state {
        _ if model.is_sending(id) => "it is on its way",
        OutgoingState::Sending => "it is on its way",
        OutgoingState::Unknown => "it may be on GitHub already: s looks for it, x drops it",
        _ if arrived > 0 => "a part of it is on GitHub already: s sends the rest",
        _ if composer::purpose_of(&intent.action).is_none() => "it has no text: x drops it",
        OutgoingState::Queued | OutgoingState::Parked | OutgoingState::Failed => return taken_out(model, id, true),
    };
    toast(model, Level::Warn, why)
}

fn taken_out(model: &mut Model, id: OutgoingId, open: bool) -> Effects {
    model.undoable.retain(|undoable| undoable.id != id);
    let mut effects = Effects::from(Effect::StopTimer { timer: Timer::Send(id) });
    // The one after it is selected then, so that the hand stays where it is.
    let place = model.outbox.iter().position(|entry| entry.id == id).unwrap_or(0);
    effects.extend(take_back(model, id, open));
    let place = place.min(model.outbox.len().saturating_sub(1));
    let next = model.outbox.get(place).map(|entry| entry.id);
    if let Some(Page::Outbox(page)) = model.pages.last_mut() {
        page.selected = next;
    }
    follow(model);
    effects
}
