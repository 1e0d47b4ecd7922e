//! Syncs: one at a time, visible while they run; a failure leaves what was known on the screen and says what to do.

use std::time::Duration;

use vepherd::app::effect::{Effect, ReqId, SyncMode, Timer};
use vepherd::app::model::Model;
use vepherd::app::msg::{Msg, SyncOutcome};
use vepherd::app::update;
use vepherd::domain::failure::{Failure, FailureKind};

use super::{model, now, press, said, tell};
use crate::view::fixture::ago;

fn started(model: &mut Model) -> ReqId {
    let effects: Vec<Effect> = update::start(model).into_iter().collect();
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Sync { request, mode: SyncMode::Changed } => Some(*request),
        _ => None,
    });
    assert!(effects.contains(&Effect::LoadLocal));
    found.unwrap()
}

fn refresh_after(effects: &[Effect]) -> Option<Duration> {
    effects.iter().find_map(|effect| match effect {
        Effect::StartTimer { timer: Timer::Refresh, after } => Some(*after),
        _ => None,
    })
}

#[test]
fn one_at_a_time_with_progress_then_the_next_by_itself() {
    let mut model = model();
    let request = started(&mut model);
    tell(&mut model, Msg::SyncProgressed { request, what: "reading #402".to_owned(), done: 3, total: 9 });
    let flight = model.syncing().unwrap();
    assert_eq!((flight.label.as_str(), flight.done, flight.total), ("reading #402", 3, 9));
    assert!(!press(&mut model, "r").iter().any(|effect| matches!(effect, Effect::Sync { .. })));
    assert!(said(&model).contains("a sync is running"));
    let outcome = SyncOutcome {
        pulls: 12,
        changed: 2,
        points_left: Some(4000),
        points_limit: Some(5000),
        warnings: vec!["#9: 3 labels".to_owned()],
    };
    let effects = tell(&mut model, Msg::Synced { request, outcome });
    assert_eq!(refresh_after(&effects), Some(Duration::from_secs(120)));
    assert_eq!((model.points_left, model.warnings.len()), (Some(4000), 1));
    let effects = tell(&mut model, Msg::TimerFired(Timer::Refresh));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Sync { mode: SyncMode::Changed, .. })));
}

#[test]
fn what_the_user_asked_for_is_answered() {
    for (key, mode, changed, words) in [
        ("r", SyncMode::Changed, 0, "nothing has changed"),
        ("r", SyncMode::Changed, 1, "1 proposal has changed"),
        ("R", SyncMode::Full, 5, "5 proposals have changed"),
    ] {
        let mut model = model();
        let effects = press(&mut model, key);
        let request = model.last_request;
        assert!(effects.contains(&Effect::Sync { request, mode }));
        tell(&mut model, Msg::Synced { request, outcome: SyncOutcome { changed, ..SyncOutcome::default() } });
        assert_eq!(said(&model), words);
    }
}

#[test]
fn a_failure_stands_until_something_works() {
    let wait = |seconds: f64| Some(ago(-seconds / 86_400.0));
    for (kind, retry_at, next) in [
        (FailureKind::Network, None, Some(120)),
        (FailureKind::Server, None, Some(120)),
        (FailureKind::RateLimited, wait(1800.0), Some(1800)),
        (FailureKind::Credentials, None, None),
        (FailureKind::Permission, None, None),
    ] {
        let mut model = model();
        let request = started(&mut model);
        let mut failure = Failure::new(kind, "read kubevirt/enhancements", "it did not work");
        failure.retry_at = retry_at;
        let effects = tell(&mut model, Msg::SyncFailed { request, failure });
        let seconds = refresh_after(&effects).map(|after| after.as_secs_f64().round() as u64);
        assert_eq!(seconds, next, "{kind:?}");
        let trouble = model.trouble.clone().unwrap();
        assert_eq!(trouble.next_try.is_some(), next.is_some());
        assert!(!model.lists.shown.is_empty(), "what was known stays");
        press(&mut model, "r");
        let request = model.last_request;
        tell(&mut model, Msg::Synced { request, outcome: SyncOutcome::default() });
        assert!(model.trouble.is_none());
    }
}

#[test]
fn answers_to_no_request_change_nothing() {
    let mut model = model();
    let request = started(&mut model);
    tell(&mut model, Msg::Synced { request, outcome: SyncOutcome::default() });
    let old = Failure::new(FailureKind::Network, "read", "late");
    for msg in [
        Msg::Synced { request, outcome: SyncOutcome { points_left: Some(1), ..SyncOutcome::default() } },
        Msg::SyncFailed { request, failure: old.clone() },
        Msg::SyncProgressed { request: ReqId(99), what: "x".to_owned(), done: 1, total: 1 },
        Msg::SendEnded { request: ReqId(99), id: vepherd::app::model::OutgoingId(1), outcome: Err(old) },
        Msg::Enqueued { request: ReqId(99), id: vepherd::app::model::OutgoingId(1) },
    ] {
        assert!(tell(&mut model, msg.clone()).is_empty(), "{msg:?}");
        assert!(model.trouble.is_none() && model.in_flight.is_empty() && model.points_left != Some(1));
    }
}

#[test]
fn news_goes_by_itself_also_under_a_frozen_clock() {
    let mut model = model();
    press(&mut model, "u y m");
    assert_eq!(model.toasts.len(), 3);
    for left in [2, 1, 0] {
        update::update(&mut model, now(), Msg::TimerFired(Timer::Toast)).into_iter().for_each(drop);
        assert_eq!(model.toasts.len(), left);
    }
}

/// A window that nobody looks at asks seldom; whoever comes back sees what is new.
#[test]
fn focus_changes_how_often_it_looks() {
    let mut model = model();
    let request = started(&mut model);
    let effects = tell(&mut model, Msg::Synced { request, outcome: SyncOutcome::default() });
    assert_eq!(refresh_after(&effects), Some(Duration::from_secs(120)));
    let facts = std::sync::Arc::make_mut(&mut model.facts);
    facts.synced_at = Some(now());
    let lost = tell(&mut model, Msg::FocusLost);
    assert_eq!(refresh_after(&lost), Some(Duration::from_secs(600)));
    assert!(tell(&mut model, Msg::FocusLost).is_empty(), "said once");
    let back = tell(&mut model, Msg::FocusGained);
    assert_eq!(refresh_after(&back), Some(Duration::from_secs(120)));
    let _ = tell(&mut model, Msg::FocusLost);
    std::sync::Arc::make_mut(&mut model.facts).synced_at = Some(ago(0.01));
    let late = tell(&mut model, Msg::FocusGained);
    assert!(late.iter().any(|effect| matches!(effect, Effect::Sync { mode: SyncMode::Changed, .. })), "{late:?}");
}
