//! A store that cannot be used, that is full, that grows: nothing unsent is lost, and each says what to do.

use std::fs;

use rusqlite::Connection;
use vepherd::domain::action::Post;
use vepherd::domain::facts::PullState;
use vepherd::domain::failure::FailureKind;
use vepherd::domain::history::Ended;
use vepherd::domain::ids::{PullNumber, RepoId};
use vepherd::shell::store::prune::Pruned;
use vepherd::shell::store::{NewRow, Read, Store, inspect};

use super::store::{at, intent, pull, repo};

fn unsent(store: &Store, text: &str) {
    let new = intent(text);
    let post = Post::Comment { body: text.into() };
    store.outbox_add(&NewRow::of(&new, &[post], &Read::default())).unwrap();
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = Store::open(&path).unwrap();
    store.save_pull(&repo(), &pull(7)).unwrap();
    store.save_draft("comment/7", "half a thought").unwrap();
    unsent(&store, "a whole one");
    store.cap(1).unwrap();
    let mut large = pull(8);
    large.body = "x".repeat(1 << 20);
    let failure = store.save_pulls(&repo(), &[pull(9), large]).unwrap_err();
    assert_eq!((failure.kind, failure.exit_code()), (FailureKind::Store, 1));
    assert!(failure.to_string().contains("The disk is full"), "{failure}");
    // All or none, and what was there is there.
    assert_eq!(store.load(&repo()).unwrap().pulls.keys().map(|number| number.0).collect::<Vec<_>>(), [7]);
    let long = "a long draft ".repeat(10_000);
    assert!(store.save_draft("comment/8", &long).unwrap_err().to_string().contains("The disk is full"));
    // What could not be kept is put beside it, and its newer form into the same file.
    let file = store.rescue_text("comment/8", &long).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), long);
    assert_eq!(store.rescue_text("comment/8", "shorter").unwrap(), file);
    assert_eq!(fs::read_to_string(&file).unwrap(), "shorter");
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.draft("comment/7").unwrap().as_deref(), Some("half a thought"));
    assert_eq!(store.outbox().unwrap().len(), 1);
    store.check().unwrap();
}

/// A store that cannot be opened: the session works on a copy, and leaves what was written in a file.
#[test]
fn a_substitute_shows_what_is_known_and_sends_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("100% of it?.sqlite");
    let store = Store::open(&path).unwrap();
    store.save_pull(&repo(), &pull(7)).unwrap();
    store.set_synced(&repo(), at("2026-08-03T10:00:00Z"), None, Some("main")).unwrap();
    unsent(&store, "it waits in the file");
    let why = vepherd::domain::failure::Failure::new(FailureKind::Store, "open the local store", "it is locked");
    let session = Store::substitute(&path, &why).unwrap();
    let notice = session.notice().unwrap();
    assert!(notice.contains("it is locked") && notice.contains("works in memory"), "{notice}");
    assert_eq!(session.load(&repo()).unwrap(), store.load(&repo()).unwrap());
    assert!(session.outbox().unwrap().is_empty(), "it would be sent twice");
    assert_eq!(session.rescue_unsent(), None);
    unsent(&session, "said in this session");
    session.save_draft("veto/7", "begun in this session").unwrap();
    let text = fs::read_to_string(session.rescue_unsent().unwrap()).unwrap();
    assert!(text.contains("said in this session") && text.contains("begun in this session"), "{text}");
    assert!(!text.contains("it waits in the file"));
    assert_eq!(store.outbox().unwrap().len(), 1);
    // A newer one is not read, and neither is what is no store.
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 4711).unwrap();
    assert!(Store::substitute(&path, &why).unwrap().load(&repo()).unwrap().pulls.is_empty());
    assert!(Store::substitute(&folder.path().join("none"), &why).unwrap().load(&repo()).unwrap().pulls.is_empty());
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_said_and_can_be_looked_at() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    Store::open(&path).unwrap().save_pull(&repo(), &pull(7)).unwrap();
    let modes = |file, dir| {
        fs::set_permissions(&path, fs::Permissions::from_mode(file)).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(dir)).unwrap();
    };
    modes(0o400, 0o500);
    // Root may write everything; there is nothing to see then.
    if fs::write(folder.path().join("probe"), "").is_err() {
        let failure = Store::open(&path).and_then(|store| store.save_pull(&repo(), &pull(8))).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Store);
        assert!(failure.hint.as_deref().is_some_and(|hint| hint.contains("VEPHERD_DATA_DIR")), "{failure}");
        let session = Store::substitute(&path, &failure).unwrap();
        assert_eq!(session.load(&repo()).unwrap().pulls.len(), 1);
        session.save_draft("k", "kept elsewhere").unwrap();
        let rescued = session.rescue_unsent().unwrap();
        assert!(!rescued.starts_with(folder.path()), "{rescued:?}");
        fs::remove_file(rescued).unwrap();
    }
    modes(0o600, 0o700);
}

#[test]
fn a_look_changes_nothing_and_an_export_has_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let failure = inspect::inspect(&path).unwrap_err();
    assert!(failure.cause.contains("there is no") && !path.exists(), "{failure}");
    let store = Store::open(&path).unwrap();
    store.save_pulls(&repo(), &[pull(7), pull(8)]).unwrap();
    store.save_draft("comment/7", "Ünïcode \"quoted\"\nand [more]").unwrap();
    unsent(&store, "wait");
    let report = inspect::inspect(&path).unwrap();
    assert_eq!((report.version, report.unsent, report.damage), (inspect::NEWEST, 1, vec![]));
    assert!(report.rows.contains(&("pulls".to_owned(), 2)) && report.bytes > 0, "{:?}", report.rows);
    let mut text = String::new();
    inspect::export(&path, &mut |part| {
        text.push_str(part);
        Ok(())
    })
    .unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let tables = json["tables"].as_object().unwrap();
    assert_eq!(tables["pulls"][1]["json"]["number"], 8);
    assert_eq!(tables["drafts"][0]["text"], "Ünïcode \"quoted\"\nand [more]");
    assert_eq!(tables["outbox"][0]["state"], "queued");
    drop(store);
    fs::write(&path, "this is a shopping list, and long enough to be taken for a page of a database").unwrap();
    let failure = inspect::inspect(&path).unwrap_err();
    assert!(failure.hint.unwrap().contains("damaged"), "{}", failure.cause);
    assert!(!folder.path().join("store.sqlite.damaged").exists());
}

#[test]
fn old_facts_go_and_what_the_user_wrote_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = Store::open(&path).unwrap();
    let ended = |number: u64, when: &str| {
        let mut pull = pull(number);
        (pull.state, pull.ended_at) = (PullState::Merged, Some(at(when)));
        pull
    };
    let other: RepoId = "acme/other".parse().unwrap();
    store
        .save_pulls(
            &repo(),
            &[
                pull(1),
                ended(2, "2020-01-01T00:00:00Z"),
                ended(7, "2020-01-01T00:00:00Z"),
                ended(4, "9999-01-01T00:00:00Z"),
            ],
        )
        .unwrap();
    assert_eq!(store.history_numbers(&repo()).unwrap().len(), 3, "what ends has its light form at once");
    store.save_pull(&other, &pull(1)).unwrap();
    store.set_synced(&other, at("2020-01-01T00:00:00Z"), None, None).unwrap();
    store.save_blobs(&[("old", "x"), ("new", "y")]).unwrap();
    Connection::open(&path).unwrap().execute("UPDATE blobs SET used_at = 100 WHERE oid = 'old'", []).unwrap();
    store.save_draft("comment/2", "mine").unwrap();
    unsent(&store, "about 7");
    let now = at("2026-09-01T00:00:00Z");
    let pruned = store.prune_daily(&repo(), 14, now).unwrap();
    assert_eq!(pruned, Pruned { blobs: 1, pulls: 1, history: 2, repos: 1, sent: 0 });
    assert_eq!(store.prune_daily(&repo(), 14, now).unwrap(), Pruned::default(), "once a day");
    // Something unsent is about 7.
    assert_eq!(store.load(&repo()).unwrap().pulls.keys().map(|number| number.0).collect::<Vec<_>>(), [1, 4, 7]);
    assert!(store.load(&other).unwrap().pulls.is_empty());
    assert_eq!((store.blob("old").unwrap(), store.blob("new").unwrap().as_deref()), (None, Some("y")));
    assert_eq!((store.drafts().unwrap().len(), store.outbox().unwrap().len()), (1, 1));
    // One that is needed again is not old any more.
    Connection::open(&path).unwrap().execute("UPDATE blobs SET used_at = 100", []).unwrap();
    store.need_blobs(["new", "unknown"]).unwrap();
    assert_eq!(store.prune(&repo(), 14, now).unwrap(), Pruned::default());
    let (before, after) = store.vacuum().unwrap();
    assert!(after <= before && after > 0, "{before} {after}");
}

#[test]
fn what_is_open_again_leaves_the_history() {
    let store = Store::in_memory().unwrap();
    let mut ended = pull(7);
    (ended.state, ended.ended_at) = (PullState::Closed, Some(at("2026-08-01T00:00:00Z")));
    store.save_pull(&repo(), &ended).unwrap();
    let light = Ended::of(&ended).unwrap();
    assert_eq!(store.history(&repo()).unwrap(), std::slice::from_ref(&light));
    store.save_pull(&repo(), &pull(7)).unwrap();
    assert!(store.history(&repo()).unwrap().is_empty());
    // A page of the history that was asked before it was opened again.
    store.save_history(&repo(), &[light], "place", "there").unwrap();
    assert!(store.history(&repo()).unwrap().is_empty());
    assert_eq!(store.meta("place").unwrap().as_deref(), Some("there"));
    assert!(!store.history_numbers(&repo()).unwrap().contains(&PullNumber(7)));
}
