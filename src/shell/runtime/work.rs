//! What effects do to the world: local ones at once and in order, the others as tasks that answer with messages.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use crate::app::effect::{Effect, ReqId, SendHow, SyncMode};
use crate::app::model::{Outgoing, OutgoingId, OutgoingState};
use crate::app::msg::{Msg, SyncOutcome};
use crate::domain::failure::{Failure, FailureKind};
use crate::shell::browser;
use crate::shell::outbox::{How, Sent, take};
use crate::shell::services::Services;
use crate::shell::store::{OutboxId, OutboxState};
use crate::shell::sync::{Mode, Progress, permission_key};

/// Where a task's messages go. The receiver may be gone when the program leaves; nobody misses them then.
fn say(to: &UnboundedSender<Msg>, msg: Msg) {
    drop(to.send(msg));
}

/// Syncs; the facts come before the end of it.
pub async fn sync(services: Services, request: ReqId, mode: SyncMode, to: UnboundedSender<Msg>) -> Result<(), Failure> {
    let mode = match mode {
        SyncMode::Changed => Mode::Changed,
        SyncMode::Full => Mode::Full,
    };
    let progress = |progress: Progress| {
        let what = progress.stage.words().to_owned();
        say(&to, Msg::SyncProgressed { request, what, done: progress.done, total: progress.total });
    };
    let outcome = services.sync(mode, &progress).await;
    // What arrived before a failure is in the store too.
    match services.store.load(&services.repo) {
        Ok(facts) => say(&to, Msg::FactsLoaded(Arc::new(facts))),
        Err(failure) => say(&to, Msg::StoreFailed(failure)),
    }
    match outcome {
        Ok(summary) => {
            let points_left = services.client.as_ref().ok().and_then(|client| client.budget().points.remaining);
            say(&to, Msg::PermissionLoaded(summary.permission));
            say(&to, Msg::ReadOnlyLearned(services.read_only()));
            // Another vepherd on this machine may have written or sent meanwhile.
            say(&to, outbox(&services));
            let (pulls, changed, warnings) = (summary.pulls, summary.changed, summary.warnings);
            say(&to, Msg::Synced { request, outcome: SyncOutcome { pulls, changed, points_left, warnings } });
        }
        Err(failure) => say(&to, Msg::SyncFailed { request, failure }),
    }
    Ok(())
}

/// Sends one write; the outbox as it is then comes before the end of it.
pub async fn send(
    services: Services,
    request: ReqId,
    id: OutgoingId,
    how: SendHow,
    to: UnboundedSender<Msg>,
) -> Result<(), Failure> {
    let how = match how {
        SendHow::Checked => How::Checked,
        SendHow::Anyway => How::Anyway,
    };
    let outcome = match services.send(OutboxId(id.0), how).await {
        Ok(Sent::Done(_)) => Ok(()),
        Ok(Sent::Parked(row)) => Err(Failure::new(
            FailureKind::Refused,
            "send it",
            row.reason.unwrap_or_else(|| "a check stopped it".into()),
        )),
        Ok(Sent::Failed(_, failure) | Sent::Unknown(_, failure) | Sent::Waiting(_, failure)) | Err(failure) => {
            Err(failure)
        }
    };
    say(&to, outbox(&services));
    say(&to, Msg::ReadOnlyLearned(services.read_only()));
    say(&to, Msg::SendEnded { request, id, outcome });
    Ok(())
}

/// Does what is local and quick; gives the answers.
pub fn local(services: &Services, effect: Effect) -> Vec<Msg> {
    let (store, repo) = (&services.store, &services.repo);
    let kept = |outcome: Result<(), Failure>| outcome.err().map(Msg::StoreFailed).into_iter().collect::<Vec<_>>();
    match effect {
        Effect::LoadFacts => vec![match store.load(repo) {
            Ok(facts) => Msg::FactsLoaded(Arc::new(facts)),
            Err(failure) => Msg::StoreFailed(failure),
        }],
        Effect::LoadLocal => {
            let history = match store.queries() {
                Ok(texts) => Msg::HistoryLoaded(texts),
                Err(failure) => Msg::StoreFailed(failure),
            };
            let permission = match store.meta(&permission_key(repo)) {
                Ok(permission) => Msg::PermissionLoaded(permission),
                Err(failure) => Msg::StoreFailed(failure),
            };
            vec![marks(services), history, permission, Msg::ReadOnlyLearned(services.read_only()), outbox(services)]
        }
        Effect::LoadDraft { key } => vec![match store.draft(&key) {
            Ok(text) => Msg::DraftLoaded { key, text },
            Err(failure) => Msg::StoreFailed(failure),
        }],
        Effect::SaveDraft { key, text } => match store.save_draft(&key, &text) {
            Ok(()) => Vec::new(),
            Err(failure) => vec![Msg::DraftNotKept { key, text, failure }],
        },
        Effect::DropDraft { key } => kept(store.drop_draft(&key)),
        Effect::Enqueue { request, intent, draft } => match services.enqueue(&intent, draft.as_deref()) {
            Ok(id) => vec![outbox(services), Msg::Enqueued { request, id: OutgoingId(id.0) }],
            Err(failure) => vec![Msg::EnqueueFailed { request, failure }],
        },
        Effect::TakeBack { id, draft } => {
            let draft = draft.as_ref().map(|(key, text)| (key.as_str(), text.as_str()));
            let failed = take(store, OutboxId(id.0), draft).err();
            let failed = failed.map(|failure| Msg::TakeBackFailed { id, failure });
            failed.into_iter().chain([outbox(services)]).collect()
        }
        Effect::LoadMarks => vec![marks(services)],
        // Where it cannot be kept, the screen must not go on showing that it was.
        Effect::ChangeMark { pull, changes } => match store.change_mark(repo, pull, &changes) {
            Ok(()) => Vec::new(),
            Err(failure) => vec![Msg::StoreFailed(failure), marks(services)],
        },
        Effect::RememberFilter { text } => kept(store.remember_query(&text)),
        Effect::OpenUrl { url } => browser::open(&url).err().map(Msg::BrowseFailed).into_iter().collect(),
        // The session does these itself.
        Effect::Sync { .. }
        | Effect::Send { .. }
        | Effect::OpenEditor { .. }
        | Effect::Copy { .. }
        | Effect::StartTimer { .. }
        | Effect::StopTimer { .. }
        | Effect::Suspend
        | Effect::Quit => Vec::new(),
    }
}

/// What the viewer says about proposals.
fn marks(services: &Services) -> Msg {
    match services.store.marks(&services.repo) {
        Ok(marks) => Msg::MarksLoaded(marks),
        Err(failure) => Msg::StoreFailed(failure),
    }
}

/// The outbox as it is now, without what is done.
fn outbox(services: &Services) -> Msg {
    let state = |state: OutboxState| match state {
        OutboxState::Queued => Some(OutgoingState::Queued),
        OutboxState::Sending => Some(OutgoingState::Sending),
        OutboxState::Unknown => Some(OutgoingState::Unknown),
        OutboxState::Parked => Some(OutgoingState::Parked),
        OutboxState::Failed => Some(OutgoingState::Failed),
        OutboxState::Done => None,
    };
    match services.store.outbox() {
        Err(failure) => Msg::StoreFailed(failure),
        Ok(rows) => Msg::OutboxLoaded(
            rows.into_iter()
                .filter(|row| row.intent.repo == services.repo)
                .filter_map(|row| {
                    let state = state(row.state)?;
                    Some(Outgoing {
                        id: OutgoingId(row.id.0),
                        intent: row.intent,
                        state,
                        why: row.reason,
                        due: row.due,
                        arrived: row.done,
                    })
                })
                .collect(),
        ),
    }
}
