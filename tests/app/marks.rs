//! What the viewer says for themself: keys in, marks kept, Today changed, taken back with `u`.

use vepherd::app::effect::Effect;
use vepherd::app::lists;
use vepherd::app::model::{Home, Model, Overlay};
use vepherd::app::msg::Msg;
use vepherd::domain::ids::PullNumber;
use vepherd::domain::marks::{Change, Lasts, Ruled, Until, Whose};
use vepherd::domain::query::{Query, Views};

use super::{now, press, said, tell, type_text};
use crate::view::fixture;

/// On Today, with every kind of mark about, `number` selected.
fn on(number: u64) -> Model {
    let mut model = fixture::marked();
    let grid = lists::grid(&model, Home::Today);
    let here = grid.iter().position(|section| section.contains(&PullNumber(number)));
    if let Some(lane) = here {
        model.today.pull = Some(PullNumber(number));
        model.today.lane = lane;
    }
    tell(&mut model, Msg::HistoryLoaded(Vec::new()));
    model
}

fn today(model: &Model) -> Vec<u64> {
    lists::grid(model, Home::Today).concat().iter().map(|number| number.0).collect()
}

fn note(model: &Model, number: u64) -> Option<String> {
    let rows = model.lists.today.iter().flat_map(|section| &section.rows);
    let row = rows.into_iter().find(|row| model.board.verdicts[row.verdict].number.0 == number);
    row.and_then(|row| row.note.clone())
}

fn kept(effects: &[Effect]) -> Vec<&Change> {
    let changes = effects.iter().filter_map(|effect| match effect {
        Effect::ChangeMark { changes, .. } => Some(changes),
        _ => None,
    });
    changes.flatten().collect()
}

fn choices(model: &Model) -> Vec<String> {
    let Some(Overlay::Picker(picker)) = &model.overlay else { panic!("no picker is open") };
    picker.matches.iter().map(|index| picker.choices[*index].label.clone()).collect()
}

#[test]
fn done_is_off_today_counted_listed_on_demand_and_taken_back() {
    let mut model = on(402);
    let before = model.lists.done;
    let effects = press(&mut model, "m");
    assert!(matches!(kept(&effects)[..], [Change::Seen(Some(stamp))] if stamp.at == now()), "{effects:?}");
    assert!(!today(&model).contains(&402));
    assert_eq!(model.lists.done, before + 1);
    press(&mut model, "z");
    assert!(today(&model).contains(&402));
    assert_eq!(model.lists.today.last().unwrap().title, "Done and snoozed");
    press(&mut model, "z");
    let effects = press(&mut model, "u");
    assert_eq!(kept(&effects), [&Change::Seen(None)]);
    assert!(today(&model).contains(&402) && model.lists.done == before, "{}", said(&model));
    assert!(said(&model).contains("taken back"));
    assert!(press(&mut model, "u").is_empty() || said(&model).contains("nothing"), "{}", said(&model));
}

#[test]
fn done_twice_is_not_done_and_wakes_what_is_snoozed() {
    let mut model = on(402);
    press(&mut model, "m z");
    model.today.pull = Some(PullNumber(402));
    tell(&mut model, Msg::HistoryLoaded(Vec::new()));
    press(&mut model, "2 1");
    let lane = model.lists.today.len() - 1;
    (model.today.pull, model.today.lane) = (Some(PullNumber(402)), lane);
    let effects = press(&mut model, "m");
    assert_eq!(kept(&effects), [&Change::Seen(None)]);
    (model.today.pull, model.today.lane) = (Some(PullNumber(314)), lane);
    let effects = press(&mut model, "m");
    assert_eq!(kept(&effects), [&Change::Snooze(None)]);
    assert_eq!(note(&model, 314), None);
}

#[test]
fn a_snooze_is_picked_or_typed() {
    let mut model = on(402);
    press(&mut model, "S");
    let offered = choices(&model);
    for label in ["until tomorrow", "until a push", "until a reply", "until the freeze"] {
        assert!(offered.iter().any(|choice| choice == label), "{label}: {offered:?}");
    }
    type_text(&mut model, "push");
    let effects = press(&mut model, "Enter");
    assert!(matches!(kept(&effects)[..], [Change::Snooze(Some(snooze))] if snooze.until == Until::Push));
    assert!(!today(&model).contains(&402));
    press(&mut model, "u");
    assert!(today(&model).contains(&402));
    (model.today.pull, model.today.lane) = (Some(PullNumber(402)), 2);
    press(&mut model, "S");
    type_text(&mut model, "2026-10-01");
    let effects = press(&mut model, "Enter");
    let day = Until::Moment { at: "2026-10-01T00:00:00Z".parse().unwrap() };
    assert!(matches!(kept(&effects)[..], [Change::Snooze(Some(snooze))] if snooze.until == day), "{effects:?}");
    assert!(said(&model).contains("snoozed until 2026-10-01"), "{}", said(&model));
}

#[test]
fn a_said_turn_replaces_the_threads_for_the_viewer_alone() {
    let mut model = on(405);
    assert_eq!(note(&model, 405).as_deref(), Some("you said: yours"));
    let waiting = |model: &Model| {
        let query = Query::parse("waiting:me").unwrap();
        let shown = query.select(&model.facts, &model.board);
        shown.iter().map(|index| model.board.verdicts[*index].number.0).collect::<Vec<_>>()
    };
    assert!(waiting(&model).contains(&405));
    let stage = model.proposal(PullNumber(405)).unwrap().0.stage;
    press(&mut model, "T");
    type_text(&mut model, "author");
    let effects = press(&mut model, "Enter");
    assert!(matches!(kept(&effects)[..], [Change::Turn(Some(turn))] if turn.whose == Whose::Author), "{effects:?}");
    assert!(!waiting(&model).contains(&405) && !today(&model).contains(&405));
    assert_eq!(model.proposal(PullNumber(405)).unwrap().0.stage, stage, "the thread's stage stays");
    press(&mut model, "u");
    assert!(waiting(&model).contains(&405));
    // Kept until taken off, and taken off.
    (model.today.pull, model.today.lane) = (Some(PullNumber(405)), 0);
    press(&mut model, "T");
    type_text(&mut model, "keep");
    let effects = press(&mut model, "Enter");
    assert!(matches!(kept(&effects)[..], [Change::Turn(Some(turn))] if turn.lasts == Lasts::UntilOff), "{effects:?}");
    press(&mut model, "T Enter");
    assert!(!waiting(&model).contains(&405));
}

#[test]
fn possible_objections_are_decided_and_what_is_dropped_leaves_conflicts() {
    let mut model = on(382);
    let listed = |model: &Model| {
        let numbers = lists::grid(model, Home::Conflicts).concat();
        numbers.iter().map(|number| number.0).collect::<Vec<_>>()
    };
    assert_eq!(listed(&model), [260, 382, 372, 320], "vetoes and confirmed ones, undecided ones, holds");
    press(&mut model, "P");
    assert_eq!(choices(&model), ["no objection of elm", "undecided again: elm"]);
    let effects = press(&mut model, "Enter");
    let ruled = |effects: &[Effect]| match kept(effects)[..] {
        [Change::Ruling(_, Some(ruling))] => ruling.ruled,
        ref other => panic!("{other:?}"),
    };
    assert_eq!(ruled(&effects), Ruled::Dropped);
    assert_eq!(listed(&model), [260, 372, 320]);
    press(&mut model, "u");
    assert_eq!(listed(&model), [260, 382, 372, 320]);
    // A text that reads otherwise is another matter.
    let verdict = model.board.verdicts.iter_mut().find(|verdict| verdict.number.0 == 382).unwrap();
    let verdict = std::sync::Arc::make_mut(verdict);
    verdict.possible_objections[0].sentence = "I have come to like it, and object to nothing.".into();
    let marks = model.marks.clone();
    tell(&mut model, Msg::MarksLoaded(marks));
    assert!(model.board.local(PullNumber(382)).is_none_or(|local| local.rulings.is_empty()));
    let mut model = on(402);
    press(&mut model, "P");
    assert!(model.overlay.is_none() && said(&model).contains("no text of it"), "{}", said(&model));
}

#[test]
fn marks_of_another_process_arrive_with_the_next_sync() {
    let mut model = on(402);
    let request = model.last_request;
    model.in_flight.push(vepherd::app::model::InFlight {
        request,
        kind: vepherd::app::model::RequestKind::Sync { mode: vepherd::app::effect::SyncMode::Changed, asked: false },
        label: String::new(),
        done: 0,
        total: 0,
        since: now(),
    });
    let effects = tell(&mut model, Msg::Synced { request, outcome: Default::default() });
    assert!(effects.contains(&Effect::LoadMarks), "{effects:?}");
}

#[test]
fn saved_views_have_keys_a_list_and_a_place_in_the_palette() {
    let mut model = on(402);
    press(&mut model, "6");
    assert!(said(&model).contains("[views]"), "{}", said(&model));
    let mut views = Views::default();
    views.add("late", "is:lagging sort:turn").unwrap().unwrap();
    views.add("drafts", "is:draft").unwrap().unwrap();
    model.settings.views = views;
    let all = model.lists.shown.len();
    press(&mut model, "6");
    assert_eq!(model.filter, "@late");
    assert!(model.lists.shown.len() < all);
    press(&mut model, "6");
    assert_eq!((model.filter.as_str(), model.lists.shown.len()), ("", all), "again takes it off");
    press(&mut model, "v");
    assert_eq!(choices(&model), ["@late", "@drafts"]);
    type_text(&mut model, "dra");
    press(&mut model, "Enter");
    assert_eq!(model.filter, "@drafts");
    press(&mut model, "Esc :");
    type_text(&mut model, "view @late");
    press(&mut model, "Enter");
    assert_eq!(model.filter, "@late");
    press(&mut model, "/");
    type_text(&mut model, " sig:storage");
    press(&mut model, "Enter");
    assert_eq!(model.filter, "@late sig:storage");
    let storage =
        |index: &usize| model.board.verdicts[*index].sig.as_ref().is_some_and(|sig| sig.as_str() == "storage");
    assert!(!model.lists.shown.is_empty() && model.lists.shown.iter().all(storage));
}
