//! Acts on a proposal: what is offered, what is written, what goes into the outbox, and that no text is ever lost.

use std::sync::Arc;
use std::time::Duration;

use vepherd::app::effect::{Effect, ReqId, Timer};
use vepherd::app::model::{Composer, Leaving, Model, Outgoing, OutgoingId, OutgoingState, Overlay, Page, Purpose};
use vepherd::app::msg::Msg;
use vepherd::domain::action::{Action, Intent};
use vepherd::domain::facts::PullState;
use vepherd::domain::failure::{Failure, FailureKind};
use vepherd::domain::ids::{Login, PullNumber, Sha, SigName};

use super::{model, press, said, tell, type_text};

fn composer(model: &Model) -> &Composer {
    match &model.overlay {
        Some(Overlay::Composer(composer)) => composer,
        other => panic!("no composer but {other:?}"),
    }
}

fn text(model: &Model) -> String {
    composer(model).text.lines().join("\n")
}

/// Changes #402, which is selected.
fn with_pull(model: &mut Model, change: impl FnOnce(&mut vepherd::domain::facts::PullFacts)) {
    let mut facts = (*model.facts).clone();
    change(Arc::make_mut(facts.pulls.get_mut(&PullNumber(402)).unwrap()));
    model.facts = Arc::new(facts);
}

fn enqueued(effects: &[Effect]) -> (ReqId, Intent) {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Enqueue { request, intent, .. } => Some((*request, intent.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing was queued: {effects:?}"))
}

fn taken_back(effects: &[Effect]) -> (OutgoingId, Option<&str>) {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::TakeBack { id, draft } => Some((*id, draft.as_ref().map(|(_, text)| text.as_str()))),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing was taken back: {effects:?}"))
}

/// Plays the shell's part until the write can be undone.
fn in_outbox(model: &mut Model, request: ReqId, intent: Intent, id: i64) -> Vec<Effect> {
    let entry =
        Outgoing { id: OutgoingId(id), intent, state: OutgoingState::Queued, why: None, due: false, arrived: 0 };
    let mut all = model.outbox.clone();
    all.push(entry);
    let mut effects = tell(model, Msg::OutboxLoaded(all));
    effects.extend(tell(model, Msg::Enqueued { request, id: OutgoingId(id) }));
    effects
}

#[test]
fn each_act_becomes_its_action_on_the_head_that_was_read() {
    let reason = "Because.".to_owned();
    let cases = [
        ("c", Action::Comment { text: reason.clone() }),
        ("L", Action::Lgtm { text: reason.clone() }),
        ("A", Action::Approve { text: reason.clone(), own: false }),
        ("V", Action::Veto { sig: Some(SigName::new("storage")), reason: reason.clone() }),
        ("H", Action::Hold { reason: reason.clone() }),
    ];
    for (key, action) in cases {
        for way in ["", "Enter "] {
            let mut model = model();
            press(&mut model, &format!("{way}{key}"));
            type_text(&mut model, "Because.");
            assert_eq!(composer(&model).forecast.as_ref().map(|forecast| forecast.posts.len()), Ok(1), "{key}");
            let (_, intent) = enqueued(&press(&mut model, "Ctrl-s"));
            assert_eq!((intent.pull, &intent.action), (PullNumber(402), &action), "{key}");
            assert_eq!(intent.head, Sha::new("b1c2d3e4f5a6b7c8d9e0"));
            assert!(model.overlay.is_none());
        }
    }
}

/// A key, what is said to it, and what the world is like.
type Case = (&'static str, &'static str, fn(&mut Model));

#[test]
fn what_would_fail_is_refused_with_its_reason() {
    let cases: [Case; 8] = [
        ("L", "you opened it", |m| m.board.viewer.login = Some(Login::new("Alder"))),
        ("V", "you opened it", |m| m.board.viewer.login = Some(Login::new("alder"))),
        ("V", "representatives", |m| m.board.viewer.sigs.clear()),
        ("c", "nobody is logged in", |m| m.board.viewer.login = None),
        ("U", "neither a veto of yours nor a hold", |_| {}),
        ("A", "it is merged", |m| with_pull(m, |pull| pull.state = PullState::Merged)),
        ("H", "it is closed", |m| with_pull(m, |pull| pull.state = PullState::Closed)),
        ("u", "nothing is waiting to be sent", |_| {}),
    ];
    for (key, why, change) in cases {
        let mut model = model();
        change(&mut model);
        let effects = press(&mut model, key);
        assert!(model.overlay.is_none(), "{key}");
        assert!(said(&model).contains(why), "{key}: {}", said(&model));
        assert!(effects.iter().all(|effect| matches!(effect, Effect::StartTimer { timer: Timer::Toast, .. })));
    }
}

#[test]
fn what_may_disappoint_is_allowed_with_a_warning() {
    let cases: [Case; 4] = [
        ("A", "OWNERS give you no say", |_| {}),
        ("L", "signs off for nobody", |m| m.board.viewer.sigs.clear()),
        ("H", "held already", |m| with_pull(m, |pull| pull.labels.push("do-not-merge/hold".to_owned()))),
        ("c", "locked", |m| with_pull(m, |pull| pull.locked = true)),
    ];
    for (key, why, change) in cases {
        let mut model = model();
        change(&mut model);
        press(&mut model, key);
        let warning = composer(&model).warning.clone().unwrap_or_default();
        assert!(warning.contains(why), "{key}: {warning}");
    }
}

#[test]
fn lifting_lifts_the_own_veto_before_a_hold() {
    let mut model = model();
    with_pull(&mut model, |pull| pull.labels.push("do-not-merge/hold".to_owned()));
    press(&mut model, "U");
    assert_eq!(composer(&model).purpose, Purpose::Unhold);
    press(&mut model, "Esc");
    model.board.viewer.login = Some(Login::new("dune"));
    let verdict = model.board.verdicts.iter().find(|verdict| verdict.number.0 == 260).unwrap();
    let veto = verdict.vetoes.clone();
    let shown = model.board.verdicts.iter_mut().find(|verdict| verdict.number.0 == 402).unwrap();
    Arc::make_mut(shown).vetoes = veto;
    with_pull(&mut model, |pull| pull.reviews[0].database_id = Some(77));
    press(&mut model, "U");
    assert_eq!(composer(&model).purpose, Purpose::Unveto { review: Some(77) });
}

#[test]
fn a_veto_and_a_hold_need_a_reason() {
    for key in ["V", "H", "c"] {
        let mut model = model();
        press(&mut model, key);
        assert!(composer(&model).forecast.is_err());
        let effects = press(&mut model, "Space Enter Ctrl-s");
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Enqueue { .. })));
        assert!(composer(&model).problem.is_some(), "{key}: the composer stays and says why");
    }
}

#[test]
fn a_write_can_be_undone_and_its_text_comes_back() {
    let mut model = model();
    press(&mut model, "V");
    type_text(&mut model, "No migration path.");
    let effects = press(&mut model, "Ctrl-s");
    let queues =
        |effect: &Effect| matches!(effect, Effect::Enqueue { draft: Some(key), .. } if key.ends_with("#402:veto"));
    assert!(effects.iter().any(queues), "the outbox takes the draft's place in one step");
    let (request, intent) = enqueued(&effects);
    let effects = in_outbox(&mut model, request, intent, 7);
    let timer = Timer::Send(OutgoingId(7));
    assert!(effects.contains(&Effect::StartTimer { timer, after: Duration::from_secs(5) }));
    let effects = press(&mut model, "u");
    assert!(effects.contains(&Effect::StopTimer { timer }));
    assert_eq!(taken_back(&effects), (OutgoingId(7), Some("No migration path.")), "a draft in the same step");
    assert_eq!(text(&model), "No migration path.");
    // Another process was faster: whoever reads the text must not think that it is still to be said.
    let failure = Failure::new(FailureKind::Refused, "take it out", "it is on GitHub already");
    tell(&mut model, Msg::TakeBackFailed { id: OutgoingId(7), failure });
    assert!(composer(&model).problem.as_deref().is_some_and(|problem| problem.contains("on GitHub already")));
    assert!(tell(&mut model, Msg::TimerFired(timer)).is_empty(), "a timer that was stopped too late sends nothing");
}

#[test]
fn after_the_moment_it_is_sent_once_and_prows_answer_is_news() {
    let mut model = model();
    press(&mut model, "H");
    type_text(&mut model, "Until the freeze.");
    let (request, intent) = enqueued(&press(&mut model, "Ctrl-s"));
    in_outbox(&mut model, request, intent, 3);
    let timer = Timer::Send(OutgoingId(3));
    let sends = |effects: &[Effect]| -> Vec<ReqId> {
        effects
            .iter()
            .filter_map(|e| if let Effect::Send { request, .. } = e { Some(*request) } else { None })
            .collect()
    };
    let request = sends(&tell(&mut model, Msg::TimerFired(timer)))[0];
    assert!(sends(&tell(&mut model, Msg::TimerFired(timer))).is_empty());
    press(&mut model, "O");
    assert!(sends(&press(&mut model, "s")).is_empty(), "it is on its way already");
    press(&mut model, "x");
    assert!(said(&model).contains("cannot be dropped"));
    tell(&mut model, Msg::OutboxLoaded(Vec::new()));
    let effects = tell(&mut model, Msg::SendEnded { request, id: OutgoingId(3), outcome: Ok(()) });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Sync { .. })), "Prow's answer is looked for");
    assert!(said(&model).contains("sent"));
    with_pull(&mut model, |pull| pull.labels.push("do-not-merge/hold".to_owned()));
    let facts = Arc::clone(&model.facts);
    tell(&mut model, Msg::FactsLoaded(facts));
    assert!(said(&model).contains("#402 now has do-not-merge/hold"), "{}", said(&model));
}

#[test]
fn a_failed_send_says_why_and_keeps_the_write() {
    let mut model = model();
    press(&mut model, "c");
    type_text(&mut model, "Hello.");
    let (request, intent) = enqueued(&press(&mut model, "Ctrl-s"));
    in_outbox(&mut model, request, intent.clone(), 1);
    tell(&mut model, Msg::TimerFired(Timer::Send(OutgoingId(1))));
    let request = model.last_request;
    let parked = Outgoing {
        id: OutgoingId(1),
        intent,
        state: OutgoingState::Parked,
        why: Some("the head has moved".to_owned()),
        due: true,
        arrived: 0,
    };
    tell(&mut model, Msg::OutboxLoaded(vec![parked]));
    let failure = Failure::new(FailureKind::Refused, "send it", "the head has moved");
    tell(&mut model, Msg::SendEnded { request, id: OutgoingId(1), outcome: Err(failure) });
    // What has become of the write comes before the reason, which may be cut at the end of the line.
    assert!(said(&model).starts_with("Comment on #402 parked, see O: "), "{}", said(&model));
    press(&mut model, "O");
    let Some(Page::Outbox(page)) = model.page() else { panic!() };
    assert_eq!(page.selected, Some(OutgoingId(1)));
    let effects = press(&mut model, "x");
    assert_eq!(taken_back(&effects), (OutgoingId(1), Some("Hello.")));
}

#[test]
fn an_intent_that_cannot_be_written_down_is_back_in_the_composer() {
    let mut model = model();
    press(&mut model, "c");
    type_text(&mut model, "Hello.");
    let (request, _) = enqueued(&press(&mut model, "Ctrl-s"));
    let failure = Failure::new(FailureKind::Store, "write it down", "the disk is full");
    tell(&mut model, Msg::EnqueueFailed { request, failure });
    assert_eq!(text(&model), "Hello.");
    assert!(composer(&model).problem.as_deref().unwrap_or("").contains("disk is full"));
}

#[test]
fn a_text_is_a_draft_from_its_first_key_on() {
    let mut model = model();
    let effects = press(&mut model, "c");
    let Some(Effect::LoadDraft { key }) = effects.first().cloned() else { panic!("{effects:?}") };
    let effects = type_text(&mut model, "Hel");
    let timers = effects.iter().filter(|e| matches!(e, Effect::StartTimer { timer: Timer::Draft, .. })).count();
    assert_eq!(timers, 1, "one timer for all keys, so that a fast typist is kept as well");
    let saved = Effect::SaveDraft { key: key.clone(), text: "Hel".to_owned() };
    assert!(tell(&mut model, Msg::TimerFired(Timer::Draft)).contains(&saved));
    assert!(tell(&mut model, Msg::TimerFired(Timer::Draft)).is_empty(), "nothing new to keep");
    type_text(&mut model, "lo");
    let effects = press(&mut model, "Ctrl-c");
    assert!(effects.contains(&Effect::SaveDraft { key: key.clone(), text: "Hello".to_owned() }));
    assert_eq!(effects.last(), Some(&Effect::Quit));

    let mut again = self::model();
    press(&mut again, "c");
    tell(&mut again, Msg::DraftLoaded { key: "another".to_owned(), text: Some("no".to_owned()) });
    assert_eq!(text(&again), "");
    tell(&mut again, Msg::DraftLoaded { key: key.clone(), text: Some("Hello\nthere".to_owned()) });
    assert_eq!(text(&again), "Hello\nthere");
    type_text(&mut again, "!");
    tell(&mut again, Msg::DraftLoaded { key: key.clone(), text: Some("old".to_owned()) });
    assert_eq!(text(&again), "Hello\nthere!", "a late draft does not overwrite what is typed");
    let effects = press(&mut again, "Esc");
    assert!(effects.contains(&Effect::SaveDraft { key, text: "Hello\nthere!".to_owned() }));
}

#[test]
fn a_push_under_the_composer_stops_a_review_but_no_comment() {
    for (key, stopped) in [("L", true), ("V", true), ("A", true), ("c", false)] {
        let mut model = model();
        press(&mut model, key);
        type_text(&mut model, "Because.");
        with_pull(&mut model, |pull| pull.head = Sha::new("ffffffffff"));
        let board = model.board.clone();
        let facts = Arc::clone(&model.facts);
        tell(&mut model, Msg::FactsLoaded(facts));
        model.board = board;
        assert!(composer(&model).moved.is_some());
        let effects = press(&mut model, "Ctrl-s");
        assert_eq!(model.overlay.is_some(), stopped, "{key}");
        if stopped {
            assert!(composer(&model).problem.as_deref().unwrap_or("").contains("pushed"));
            assert_eq!(text(&model), "Because.");
        } else {
            assert_eq!(enqueued(&effects).1.head, Sha::new("ffffffffff"));
        }
    }
}

#[test]
fn the_editor_gets_the_text_and_gives_it_back() {
    let mut model = model();
    press(&mut model, "c");
    type_text(&mut model, "Hi");
    let effects = press(&mut model, "Ctrl-e");
    assert_eq!(effects.last(), Some(&Effect::OpenEditor { text: "Hi".to_owned() }));
    tell(&mut model, Msg::EditorClosed(Ok("Hi\r\n\r\n/cc @hazel\n".to_owned())));
    assert_eq!(text(&model), "Hi\n\n/cc @hazel");
    let failure = Failure::new(FailureKind::Local, "edit", "it ended with 1");
    tell(&mut model, Msg::EditorClosed(Err(failure)));
    assert_eq!(text(&model), "Hi\n\n/cc @hazel");
    assert!(composer(&model).problem.is_some());
    tell(&mut model, Msg::Pasted("\r\npasted\rtext".to_owned()));
    assert_eq!(text(&model), "Hi\n\n/cc @hazel\npasted\ntext");
}

#[test]
fn shepherding_is_taken_given_and_given_up() {
    let mut taken = model();
    press(&mut taken, "s");
    let (_, intent) = enqueued(&press(&mut taken, "Enter"));
    assert_eq!(intent.action, Action::Assign { login: Login::new("you") });

    let mut back = model();
    with_pull(&mut back, |pull| pull.assignees = vec![Login::new("you"), Login::new("hazel")]);
    press(&mut back, "s");
    let (_, intent) = enqueued(&press(&mut back, "Enter"));
    assert_eq!(intent.action, Action::Unassign { login: Login::new("you") });

    let mut given = model();
    press(&mut given, "s");
    type_text(&mut given, "@some-body");
    let (request, intent) = enqueued(&press(&mut given, "Enter"));
    assert_eq!(intent.action, Action::Assign { login: Login::new("some-body") });
    in_outbox(&mut given, request, intent, 5);
    press(&mut given, "u");
    assert!(given.overlay.is_none() && given.outbox.is_empty());

    let mut nobody = model();
    press(&mut nobody, "s");
    type_text(&mut nobody, "no such/login");
    assert!(press(&mut nobody, "Enter").is_empty(), "what is no login cannot be assigned");
}

#[test]
fn q_sends_what_is_queued_before_it_leaves() {
    let mut model = model();
    press(&mut model, "c");
    type_text(&mut model, "Hello.");
    let (request, intent) = enqueued(&press(&mut model, "Ctrl-s"));
    in_outbox(&mut model, request, intent, 9);
    let effects = press(&mut model, "q");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Send { id: OutgoingId(9), .. })));
    assert_eq!(model.leaving, Leaving::AfterSends);
    let request = model.last_request;
    let mut failed = model.clone();
    assert_eq!(
        tell(&mut model, Msg::SendEnded { request, id: OutgoingId(9), outcome: Ok(()) }).last(),
        Some(&Effect::Quit)
    );
    let failure = Failure::new(FailureKind::Network, "send it", "no route");
    let effects = tell(&mut failed, Msg::SendEnded { request, id: OutgoingId(9), outcome: Err(failure) });
    assert!(!effects.contains(&Effect::Quit), "what could not be sent keeps the program open");
    assert_eq!(press(&mut failed.clone(), "Ctrl-c").last(), Some(&Effect::Quit));
}

/// Ids of what is sent.
fn sent(effects: &[Effect]) -> Vec<i64> {
    let id = |effect: &Effect| if let Effect::Send { id, .. } = effect { Some(id.0) } else { None };
    effects.iter().filter_map(id).collect()
}

fn waiting(id: i64, state: OutgoingState, due: bool) -> Outgoing {
    let intent = Intent {
        repo: "kubevirt/enhancements".parse().unwrap(),
        pull: PullNumber(402),
        head: vepherd::domain::ids::Sha::new("b1c2d3e"),
        action: Action::Comment { text: format!("text {id}") },
        created_at: super::now(),
    };
    Outgoing { id: OutgoingId(id), intent, state, why: None, due, arrived: 0 }
}

fn synced(model: &mut Model) -> Vec<Effect> {
    press(model, "r");
    let request = model.syncing().unwrap().request;
    tell(model, Msg::Synced { request, outcome: vepherd::app::msg::SyncOutcome::default() })
}

#[test]
fn what_is_due_or_in_doubt_goes_on_when_github_answers_and_nothing_else_does() {
    let mut model = model();
    let all = vec![
        waiting(1, OutgoingState::Queued, true),
        waiting(2, OutgoingState::Queued, false),
        waiting(3, OutgoingState::Sending, true),
        waiting(4, OutgoingState::Unknown, true),
        waiting(5, OutgoingState::Parked, true),
        waiting(6, OutgoingState::Failed, true),
    ];
    tell(&mut model, Msg::OutboxLoaded(all));
    assert!(said(&model).contains("1 written earlier and never sent"), "{}", said(&model));
    assert_eq!(sent(&synced(&mut model)), [1, 3, 4], "oldest first");
    assert!(sent(&synced(&mut model)).is_empty(), "they are on their way");
    // It still waits: no news, and no tight circle of syncs and sends.
    let flight = model.in_flight.iter().find(|flight| flight.label.contains("402")).unwrap().request;
    let before = model.toasts.clone();
    let failure = Failure::new(FailureKind::Network, "send it", "no route");
    let effects = tell(&mut model, Msg::SendEnded { request: flight, id: OutgoingId(1), outcome: Err(failure) });
    assert!(effects.is_empty() && model.toasts == before, "{effects:?}");
    assert_eq!(sent(&synced(&mut model)), [1], "the next sync that works tries it again");
}

#[test]
fn what_can_still_be_undone_is_not_sent_by_a_sync() {
    let mut model = model();
    press(&mut model, "c");
    type_text(&mut model, "Hello.");
    let (request, intent) = enqueued(&press(&mut model, "Ctrl-s"));
    in_outbox(&mut model, request, intent, 7);
    assert!(sent(&synced(&mut model)).is_empty());
}

#[test]
fn a_write_in_the_outbox_is_edited_where_that_doubles_nothing() {
    let table = [
        (OutgoingState::Queued, 0, true),
        (OutgoingState::Parked, 0, true),
        (OutgoingState::Failed, 0, true),
        (OutgoingState::Parked, 1, false),
        (OutgoingState::Unknown, 0, false),
        (OutgoingState::Sending, 0, false),
    ];
    for (state, arrived, may) in table {
        let mut model = model();
        let entry = Outgoing { arrived, ..waiting(3, state, true) };
        tell(&mut model, Msg::OutboxLoaded(vec![entry]));
        let effects = press(&mut model, "O e");
        let opened = matches!(&model.overlay, Some(Overlay::Composer(_)));
        assert_eq!(opened, may, "{state:?} {arrived}: {}", said(&model));
        if may {
            assert_eq!((taken_back(&effects), text(&model)), ((OutgoingId(3), Some("text 3")), "text 3".to_owned()));
        } else {
            assert!(effects.iter().all(|effect| !matches!(effect, Effect::TakeBack { .. })));
            assert_eq!(model.outbox.len(), 1);
        }
    }
}

#[test]
fn dropping_what_may_have_arrived_says_so() {
    let mut model = model();
    tell(&mut model, Msg::OutboxLoaded(vec![waiting(3, OutgoingState::Unknown, true)]));
    press(&mut model, "O x");
    assert!(said(&model).contains("may be on GitHub"), "{}", said(&model));
}

#[test]
fn threads_are_answered_and_resolved_from_a_list() {
    let mut model = model();
    tell(&mut model, Msg::PermissionLoaded(Some("WRITE".to_owned())));
    with_pull(&mut model, |pull| {
        for (at, thread) in pull.threads.iter_mut().enumerate() {
            thread.comments[0].database_id = Some(70 + at as u64);
        }
    });
    press(&mut model, "Enter a");
    let Some(Overlay::Picker(picker)) = &model.overlay else { panic!("{}", said(&model)) };
    let labels: Vec<&str> = picker.choices.iter().map(|choice| choice.label.as_str()).collect();
    assert!(
        labels[0].starts_with("dune: Which") && labels[1].starts_with("brook: Typo"),
        "open ones first: {labels:?}"
    );
    let effects = press(&mut model, "Enter");
    assert!(matches!(&effects[..], [Effect::LoadDraft { key }] if key.ends_with("#402:reply:T1")), "{effects:?}");
    type_text(&mut model, "The last one.");
    let (request, intent) = enqueued(&press(&mut model, "Ctrl-s"));
    let thread = vepherd::domain::ids::NodeId::new("T1");
    assert_eq!(intent.action, Action::Reply { thread: thread.clone(), to: 70, text: "The last one.".into() });
    in_outbox(&mut model, request, intent, 4);
    press(&mut model, "u");
    assert_eq!(text(&model), "The last one.", "undone, it is in its composer again");
    press(&mut model, "Esc");
    let (_, intent) = enqueued(&press(&mut model, "x Enter"));
    assert_eq!(intent.action, Action::Resolve { thread });
    // Who may not is told so before GitHub says it.
    tell(&mut model, Msg::PermissionLoaded(Some("READ".to_owned())));
    press(&mut model, "x");
    assert!(model.overlay.is_none() && said(&model).contains("write access"), "{}", said(&model));
}

#[test]
fn read_only_says_why_and_writes_nothing() {
    let mut model = model();
    tell(&mut model, Msg::ReadOnlyLearned(Some("the token may not write".to_owned())));
    for key in ["c", "L", "A", "V", "H", "s"] {
        press(&mut model, key);
        assert!(model.overlay.is_none() && said(&model).contains("the token may not write"), "{key}: {}", said(&model));
    }
    press(&mut model, "?");
    let Some(Overlay::Help(help)) = &model.overlay else { panic!() };
    let noted = |command| help.rows.iter().any(|row| row.command == command && row.refused && row.note.is_some());
    assert!(noted(vepherd::app::registry::Command::Veto));
    press(&mut model, "q :");
    let Some(Overlay::Picker(picker)) = &model.overlay else { panic!() };
    let veto = picker.choices.iter().find(|choice| choice.label == "veto").expect("the palette names it");
    assert!(veto.note.contains("the token may not write"), "{}", veto.note);
    press(&mut model, "Esc");
    tell(&mut model, Msg::OutboxLoaded(vec![waiting(1, OutgoingState::Queued, true)]));
    assert!(sent(&synced(&mut model)).is_empty());
}

#[test]
fn a_draft_that_cannot_be_kept_stays_with_us_and_is_tried_again() {
    let mut model = model();
    press(&mut model, "c");
    type_text(&mut model, "Precious.");
    let full = |key: &str| Msg::DraftNotKept {
        key: key.to_owned(),
        text: "Precious.".to_owned(),
        failure: Failure::new(FailureKind::Store, "keep a draft", "the disk is full"),
    };
    let effects = tell(&mut model, Msg::TimerFired(Timer::Draft));
    let Some(Effect::SaveDraft { key, .. }) = effects.iter().find(|e| matches!(e, Effect::SaveDraft { .. })).cloned()
    else {
        panic!("{effects:?}")
    };
    tell(&mut model, full(&key));
    assert!(composer(&model).problem.as_deref().unwrap_or("").contains("not on disk yet: the disk is full"));
    let saves = |effects: &[Effect]| effects.iter().any(|e| matches!(e, Effect::SaveDraft { .. }));
    assert!(saves(&press(&mut model, "Esc")));
    tell(&mut model, full(&key));
    // It is nowhere but here; the composer has it again, and time tries it again.
    press(&mut model, "c");
    tell(&mut model, Msg::DraftLoaded { key, text: None });
    assert_eq!(text(&model), "Precious.");
    press(&mut model, "Esc");
    assert!(saves(&tell(&mut model, Msg::TimerFired(Timer::Draft))));
}

#[test]
fn the_outbox_is_worked_with_the_mouse() {
    use vepherd::app::hit::{self, Target};
    use vepherd::app::registry::Command;
    let mut model = model();
    let all: Vec<Outgoing> = (1..=30).map(|id| waiting(id, OutgoingState::Parked, true)).collect();
    tell(&mut model, Msg::OutboxLoaded(all));
    press(&mut model, "O");
    let click = |model: &Model, wanted: Target| {
        let mut cells = (0..45).flat_map(|y| (0..160).map(move |x| (x, y)));
        let (column, row) = cells.find(|cell| hit::at(model, *cell) == wanted)?;
        Some(Msg::Clicked { column, row })
    };
    let selected = |model: &Model| match model.page() {
        Some(Page::Outbox(page)) => page.selected.unwrap().0,
        other => panic!("{other:?}"),
    };
    assert_eq!(selected(&model), 30, "the newest");
    assert!(click(&model, Target::Write(OutgoingId(1))).is_none(), "scrolled away");
    let msg = click(&model, Target::Write(OutgoingId(29))).unwrap();
    tell(&mut model, msg);
    assert_eq!(selected(&model), 29);
    tell(&mut model, Msg::Wheeled { column: 5, row: 5, notches: -100 });
    assert_eq!(selected(&model), 1);
    let msg = click(&model, Target::Command(Command::Resend)).unwrap();
    assert_eq!(sent(&tell(&mut model, msg)), [1]);
    press(&mut model, "j");
    let msg = click(&model, Target::Command(Command::Discard)).unwrap();
    assert_eq!(taken_back(&tell(&mut model, msg)).0, OutgoingId(2));
    assert_eq!(selected(&model), 3, "the one after it: the hand stays where it is");
    let msg = click(&model, Target::Write(OutgoingId(5))).unwrap();
    tell(&mut model, msg.clone());
    assert_eq!(selected(&model), 5);
    tell(&mut model, msg);
    assert!(matches!(model.page(), Some(Page::Proposal(page)) if page.pull == PullNumber(402)));
}

#[test]
fn undo_is_clicked_where_it_stands() {
    let mut model = model();
    press(&mut model, "c");
    type_text(&mut model, "Hello.");
    let (request, intent) = enqueued(&press(&mut model, "Ctrl-s"));
    in_outbox(&mut model, request, intent, 7);
    let effects = tell(&mut model, Msg::Clicked { column: 155, row: 43 });
    assert_eq!(taken_back(&effects).0, OutgoingId(7));
}
