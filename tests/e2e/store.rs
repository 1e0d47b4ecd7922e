//! The store: what is kept comes back, several processes get along, damage and newer versions are met with care.

use std::collections::BTreeMap;
use std::fs;

use jiff::Timestamp;
use rusqlite::Connection;
use vepherd::domain::action::{Action, Intent, Post};
use vepherd::domain::facts::{Association, CommentFacts, Mergeable, PullFacts, PullState, RepoFiles};
use vepherd::domain::failure::FailureKind;
use vepherd::domain::ids::{Login, NodeId, PullNumber, RepoId, Sha};
use vepherd::domain::marks::{Change, Lasts, Mark, Ruled, Ruling, SaidTurn, Snooze, Stamp, TextId, Until, Whose};
use vepherd::shell::store::{NewRow, OutboxState, Read, Store, Taken};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn stamp(text: &str) -> Stamp {
    Stamp { at: at(text), head: Sha::new("b") }
}

fn repo() -> RepoId {
    "Acme/Enhancements".parse().unwrap()
}

/// A small pull: enough to be told from another.
pub fn pull(number: u64) -> PullFacts {
    let when = at("2026-08-01T10:00:00Z");
    PullFacts {
        id: NodeId::new(format!("PR_{number}")),
        number: PullNumber(number),
        url: format!("https://github.com/acme/enhancements/pull/{number}"),
        title: "Faster snapshots".into(),
        body: "Tracking issue: #7".into(),
        author: None,
        state: PullState::Open,
        draft: false,
        locked: false,
        created_at: when,
        updated_at: when,
        ended_at: None,
        head: Sha::new("a".repeat(40)),
        base_ref: "main".into(),
        base: None,
        additions: 1,
        deletions: 0,
        mergeable: Mergeable::Mergeable,
        blocked_by_rules: false,
        labels: vec!["sig/storage".into()],
        files: Vec::new(),
        base_folders: BTreeMap::new(),
        commits: Vec::new(),
        reviews: Vec::new(),
        comments: Vec::new(),
        threads: Vec::new(),
        timeline: Vec::new(),
        assignees: Vec::new(),
        review_requests: Vec::new(),
        checks: Vec::new(),
        checks_rollup: None,
        documents: Vec::new(),
        truncated: Vec::new(),
        fetched_at: when,
    }
}

fn intent(text: &str) -> Intent {
    Intent {
        repo: repo(),
        pull: PullNumber(7),
        head: Sha::new("a".repeat(40)),
        action: Action::Comment { text: text.into() },
        created_at: at("2026-08-02T10:00:00Z"),
    }
}

#[test]
fn what_is_kept_comes_back_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/store.sqlite");
    let files = RepoFiles { sig_aliases: Some("aliases:\n".into()), ..RepoFiles::default() };
    let mut changed = pull(8);
    {
        let store = Store::open(&path).unwrap();
        assert_eq!(store.load(&repo()).unwrap(), vepherd::domain::facts::Facts::empty(repo()));
        store.save_pulls(&repo(), &[pull(7), pull(8), pull(9)]).unwrap();
        changed.title = "Ünïcode 🎉 and \"quotes\"".into();
        store.save_pull(&repo(), &changed).unwrap();
        store.remove_pull(&repo(), PullNumber(9)).unwrap();
        store.save_files(&repo(), &files).unwrap();
        store.set_synced(&repo(), at("2026-08-03T10:00:00Z"), Some(&Login::new("ann")), Some("main")).unwrap();
        store.save_blob("abc", "text").unwrap();
        store.save_blob("abc", "a blob's id is its content").unwrap();
        store.save_draft("comment/7", "not yet").unwrap();
        store.save_draft("comment/8", "gone").unwrap();
        store.drop_draft("comment/8").unwrap();
        store.change_mark(&repo(), PullNumber(7), &[Change::Seen(Some(stamp("2026-08-03T11:00:00Z")))]).unwrap();
    }
    let store = Store::open(&path).unwrap();
    // GitHub's names are one whatever their case.
    let facts = store.load(&"acme/enhancements".parse().unwrap()).unwrap();
    assert_eq!(facts.pulls.keys().map(|number| number.0).collect::<Vec<_>>(), [7, 8]);
    assert_eq!(*facts.pulls[&PullNumber(8)], changed);
    assert_eq!(facts.files, files);
    assert_eq!(facts.viewer, Some(Login::new("ann")));
    assert_eq!(facts.synced_at, Some(at("2026-08-03T10:00:00Z")));
    assert_eq!(facts.default_branch.as_deref(), Some("main"));
    assert_eq!(store.pull(&repo(), PullNumber(7)).unwrap(), Some(pull(7)));
    assert_eq!(store.pull(&repo(), PullNumber(9)).unwrap(), None);
    assert_eq!(store.blob("abc").unwrap().as_deref(), Some("text"));
    assert_eq!(store.blob("def").unwrap(), None);
    assert_eq!(store.drafts().unwrap().into_iter().collect::<Vec<_>>(), [("comment/7".into(), "not yet".into())]);
    assert_eq!(store.marks(&repo()).unwrap()[&PullNumber(7)].seen, Some(stamp("2026-08-03T11:00:00Z")));
    assert!(store.load(&"acme/other".parse().unwrap()).unwrap().pulls.is_empty());
    assert_eq!(store.notice(), None);
    store.check().unwrap();
}

#[test]
fn everything_said_comes_back_and_each_thing_is_taken_back_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let about = TextId { by: Login::new("Ann"), place: "https://example.org/1".into() };
    let ruling = Ruling {
        about: about.clone(),
        sentence: "I object.".into(),
        ruled: Ruled::Dropped,
        at: at("2026-08-03T11:00:00Z"),
    };
    let now = stamp("2026-08-03T11:00:00Z");
    let freeze = Until::Freeze { release: "v1.10".into(), day: "2026-09-08".parse().unwrap() };
    let said = vec![
        Change::Seen(Some(now.clone())),
        Change::Snooze(Some(Snooze { until: freeze, from: now.clone() })),
        Change::Turn(Some(SaidTurn { whose: Whose::Sig("compute".into()), lasts: Lasts::UntilOff, from: now.clone() })),
        Change::Ruling(about.clone(), Some(ruling)),
    ];
    let number = PullNumber(7);
    let mut expected = Mark::default();
    for change in said.clone() {
        expected.apply(change);
    }
    // Two processes, each saying its own.
    let (one, two) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    one.change_mark(&repo(), number, &said[..2]).unwrap();
    two.change_mark(&repo(), number, &said[2..]).unwrap();
    for store in [&one, &two, &Store::open(&path).unwrap()] {
        assert_eq!(store.marks(&repo()).unwrap().into_iter().collect::<Vec<_>>(), [(number, expected.clone())]);
        assert!(store.marks(&"acme/other".parse().unwrap()).unwrap().is_empty());
    }
    // A login's spelling makes no second verdict; taking one thing back leaves the rest.
    let again = TextId { by: Login::new("ANN"), ..about };
    two.change_mark(&repo(), number, &[Change::Ruling(again, None), Change::Snooze(None)]).unwrap();
    let left = one.marks(&repo()).unwrap().remove(&number).unwrap();
    assert_eq!((left.rulings.len(), left.snooze, left.seen), (0, None, Some(now)));
    assert_eq!(left.turn, expected.turn);
    one.change_mark(&repo(), number, &[Change::Turn(None), Change::Seen(None)]).unwrap();
    assert!(two.marks(&repo()).unwrap().is_empty(), "nothing said is nothing kept");
}

#[test]
fn a_mark_that_cannot_be_read_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = Store::open(&path).unwrap();
    store.change_mark(&repo(), PullNumber(7), &[Change::Seen(Some(stamp("2026-08-03T11:00:00Z")))]).unwrap();
    let other = Connection::open(&path).unwrap();
    let put = "INSERT INTO marks (repo, number, kind, json) VALUES ('acme/enhancements', ?1, ?2, ?3)";
    other.execute(put, (7, "snooze", "{}")).unwrap();
    other.execute(put, (8, "turn", "[")).unwrap();
    other.execute(put, (9, "of a later version", "{}")).unwrap();
    let marks = store.marks(&repo()).unwrap();
    assert_eq!(marks.keys().map(|number| number.0).collect::<Vec<_>>(), [7]);
    assert!(marks[&PullNumber(7)].seen.is_some());
}

#[test]
fn filters_are_remembered_newest_first_and_not_for_ever() {
    let store = Store::in_memory().unwrap();
    for text in ["one", "two", "three", "one"] {
        store.remember_query(text).unwrap();
    }
    assert_eq!(store.queries().unwrap(), ["one", "three", "two"]);
    for number in 0..120 {
        store.remember_query(&format!("vep:{number}")).unwrap();
    }
    let kept = store.queries().unwrap();
    assert_eq!((kept.len(), kept[0].as_str()), (100, "vep:119"));
}

#[test]
fn a_store_from_before_the_marks_keeps_what_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    Store::open(&path)
        .unwrap()
        .change_mark(&repo(), PullNumber(7), &[Change::Seen(Some(stamp("2026-08-03T11:00:00Z")))])
        .unwrap();
    let old = Connection::open(&path).unwrap();
    old.execute_batch("DROP TABLE marks; DROP TABLE queries; PRAGMA user_version = 3;").unwrap();
    drop(old);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.marks(&repo()).unwrap().len(), 1);
    store.remember_query("is:open").unwrap();
}

#[test]
fn a_row_of_another_shape_counts_as_absent_and_hides_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = Store::open(&path).unwrap();
    store.save_pulls(&repo(), &[pull(7), pull(8)]).unwrap();
    Connection::open(&path).unwrap().execute("UPDATE pulls SET json = '{\"number\": 7}' WHERE number = 7", []).unwrap();
    assert_eq!(store.load(&repo()).unwrap().pulls.keys().map(|n| n.0).collect::<Vec<_>>(), [8]);
    assert_eq!(store.pull(&repo(), PullNumber(7)).unwrap(), None);
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    Store::open(&path).unwrap().save_draft("k", "mine").unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 4711).unwrap();
    let before = fs::read(&path).unwrap();
    let failure = Store::open(&path).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Store);
    assert!(failure.cause.contains("version 4711"), "{failure}");
    assert!(failure.hint.unwrap().contains("newer vepherd"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_store_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    fs::write(&path, "this is a shopping list, and long enough to be taken for a page of a database").unwrap();
    let store = Store::open(&path).unwrap();
    let aside = folder.path().join("store.sqlite.damaged");
    assert!(store.notice().unwrap().contains(&aside.display().to_string()), "{:?}", store.notice());
    assert!(fs::read_to_string(&aside).unwrap().contains("shopping list"));
    store.save_pull(&repo(), &pull(7)).unwrap();
    drop(store);
    assert_eq!(Store::open(&path).unwrap().notice(), None);
}

#[test]
fn damage_that_shows_while_reading_is_met_at_the_next_start_and_the_unsent_is_rescued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = Store::open(&path).unwrap();
    let new = intent("The plan for running VMs is missing.");
    let post = Post::Comment { body: "The plan for running VMs is missing.".into() };
    store.outbox_add(&NewRow::of(&new, &[post], &Read::default())).unwrap();
    store.save_draft("veto/7", "half a thought").unwrap();
    let pulls: Vec<PullFacts> = (1..400)
        .map(|number| PullFacts {
            comments: vec![CommentFacts {
                id: NodeId::new("c"),
                author: None,
                body: "x".repeat(2000),
                at: new.created_at,
                edited_at: None,
                url: String::new(),
                association: Association::Outside,
            }],
            ..pull(number)
        })
        .collect();
    store.save_pulls(&repo(), &pulls).unwrap();
    drop(store);
    // The outbox and the drafts are at the front of the file; everything behind is overwritten.
    let mut bytes = fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x5a);
    fs::write(&path, bytes).unwrap();

    let store = Store::open(&path).unwrap();
    let failure = store.load(&repo()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Store, "{failure}");
    drop(store);
    let store = Store::open(&path).unwrap();
    let notice = store.notice().expect("the damage was met").to_owned();
    let rescued = folder.path().join("store.sqlite.unsent.txt");
    assert!(notice.contains(&rescued.display().to_string()), "{notice}");
    let text = fs::read_to_string(rescued).unwrap();
    assert!(text.contains("The plan for running VMs is missing."), "{text}");
    assert!(text.contains("half a thought"), "{text}");
    assert!(store.load(&repo()).unwrap().pulls.is_empty());
    assert!(store.outbox().unwrap().is_empty());
}

#[test]
fn a_folder_that_cannot_be_made_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let failure = Store::open(&file.join("store.sqlite")).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Store);
    assert!(failure.hint.unwrap().contains("VEPHERD_DATA_DIR"));
}

#[test]
fn two_processes_write_the_same_store_and_none_loses_anything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    std::thread::scope(|scope| {
        for worker in 0..4_u64 {
            let path = &path;
            scope.spawn(move || {
                // A handle of its own, as another process has one; all four migrate at once.
                let store = Store::open(path).unwrap();
                for number in 0..25 {
                    store.save_pull(&repo(), &pull(worker * 100 + number)).unwrap();
                }
            });
        }
    });
    assert_eq!(Store::open(&path).unwrap().load(&repo()).unwrap().pulls.len(), 100);
}

#[test]
fn an_outbox_row_moves_only_from_the_state_that_its_mover_saw() {
    let store = Store::in_memory().unwrap();
    let new = intent("hello");
    let posts = [Post::Comment { body: "hello".into() }];
    let read = Read { open: true, against: vec!["veto bob 2026-08-01T00:00:00Z".into()] };
    let id = store.outbox_add(&NewRow::of(&new, &posts, &read)).unwrap();
    let mut row = store.outbox_row(id).unwrap().unwrap();
    assert_eq!((row.state, row.done, &row.intent, &row.read), (OutboxState::Queued, 0, &new, &read));
    assert_eq!(row.posts, posts);

    row.state = OutboxState::Sending;
    row.before = vec!["C_1".into()];
    assert!(store.outbox_update(OutboxState::Queued, &row).unwrap());
    assert!(!store.outbox_update(OutboxState::Queued, &row).unwrap(), "somebody else was faster");
    let stays = Taken::Stays(OutboxState::Sending);
    assert_eq!(store.outbox_take(id, None).unwrap(), stays, "a row on its way is not taken out");
    row.state = OutboxState::Parked;
    row.reason = Some("the head moved".into());
    assert!(store.outbox_update(OutboxState::Sending, &row).unwrap());
    assert_eq!(store.outbox().unwrap(), [row]);
    let out = store.outbox_take(id, Some(("comment/7", "hello"))).unwrap();
    assert_eq!((out, store.draft("comment/7").unwrap()), (Taken::Out(OutboxState::Parked), Some("hello".to_owned())));
    assert_eq!(store.outbox_take(id, None).unwrap(), Taken::Absent);
    assert!(store.outbox_row(id).unwrap().is_none());
    let next = store.outbox_add(&NewRow::of(&new, &posts, &read)).unwrap();
    assert!(next > id, "a number is never used again: people have it in their notes");
}
