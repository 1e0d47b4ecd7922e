//! From GitHub's answers to facts: nulls where accounts are gone, words that nobody knows yet, parts that are missing.

use serde_json::{Value, json};
use vepherd::domain::facts::{
    ActorKind, Association, CheckState, EventKind, FileChange, Mergeable, PullFacts, PullState, ReviewState,
};
use vepherd::domain::ids::{Login, NodeId, Sha};
use vepherd::shell::github::ask::{Ask, Part};
use vepherd::shell::github::map;
use vepherd::shell::github::wire::GraphqlError;

fn recorded() -> Value {
    serde_json::from_str(include_str!("../fixtures/github/pull.json")).unwrap()
}

fn now() -> jiff::Timestamp {
    "2026-08-21T20:00:00Z".parse().unwrap()
}

fn read(value: Value) -> map::Mapped {
    map::pull(value, &[], None, &[], now()).unwrap()
}

fn truncated(pull: &PullFacts) -> Vec<String> {
    pull.truncated.iter().map(|part| format!("{}: {}", part.part, part.why)).collect()
}

#[test]
fn a_pull_with_everything_odd() {
    let map::Mapped { pull, more } = read(recorded());
    assert_eq!((pull.number.0, pull.author.is_none(), pull.locked, pull.draft), (42, true, true, false));
    assert_eq!((pull.state, pull.mergeable, pull.blocked_by_rules), (PullState::Open, Mergeable::Conflicting, true));
    assert_eq!(pull.checks_rollup.as_deref(), Some("FAILURE"));
    assert_eq!(pull.labels, ["sig/compute", "size/L"]);

    use FileChange::{Added, Copied, Modified, Removed, Renamed};
    let changes: Vec<FileChange> = pull.files.iter().map(|file| file.change).collect();
    assert_eq!(changes, [Added, Modified, Removed, Renamed, Copied, Modified, Modified]);

    let commits: Vec<(&str, Option<&str>, String)> = pull
        .commits
        .iter()
        .map(|commit| (commit.oid.short(), commit.author.as_ref().map(Login::as_str), commit.committed_at.to_string()))
        .collect();
    assert_eq!(
        commits,
        [
            ("3333333", Some("ann"), "2026-05-01T07:59:00Z".to_owned()),
            ("1111111", None, "2026-08-20T09:00:00Z".to_owned())
        ]
    );

    let reviews: Vec<_> = pull
        .reviews
        .iter()
        .map(|review| {
            let kind = review.author.as_ref().map(|author| author.kind);
            (review.id.as_str(), review.database_id, kind, review.state, review.association)
        })
        .collect();
    use Association::{Collaborator, Outside};
    assert_eq!(
        reviews,
        [
            ("PRR_1", Some(5_000_000_001), Some(ActorKind::User), ReviewState::Approved, Collaborator),
            ("PRR_2", Some(17), None, ReviewState::ChangesRequested, Outside),
            // The viewer's own draft (PENDING) is no word yet; an unknown state decides nothing.
            ("PRR_4", Some(19), Some(ActorKind::Bot), ReviewState::Commented, Outside),
            ("PRR_5", Some(20), Some(ActorKind::User), ReviewState::Dismissed, Collaborator),
        ]
    );

    let authors: Vec<_> = pull.comments.iter().map(|comment| comment.author.as_ref()).collect();
    let named: Vec<_> = authors.iter().map(|who| who.map(|who| (who.login.as_str(), who.kind))).collect();
    assert_eq!(named, [Some(("kubevirt-bot", ActorKind::Bot)), Some(("ghost-of-old", ActorKind::Other)), None]);

    let first = &pull.threads[0];
    assert_eq!((first.resolved, first.resolved_by.clone(), first.outdated, first.line), (true, None, true, None));
    let hunks: Vec<_> =
        first.comments.iter().map(|comment| (comment.database_id, comment.diff_hunk.is_some())).collect();
    assert_eq!(hunks, [(Some(2_147_483_648), true), (Some(5), false)]);
    let second = &pull.threads[1];
    assert_eq!((second.resolved, second.line, second.start_line, second.comments.len()), (false, Some(4), Some(2), 0));

    let events: Vec<EventKind> = pull.timeline.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(
        events,
        [
            EventKind::Unlabeled("lgtm".to_owned()),
            EventKind::Labeled("lgtm".to_owned()),
            EventKind::Assigned("bea".into()),
            EventKind::ReviewRequested("kubevirt/compute".to_owned()),
            EventKind::ReviewRequestRemoved("cy".to_owned()),
            EventKind::ReviewDismissed { review: Some(NodeId::new("PRR_5")), was: ReviewState::Approved },
            EventKind::ForcePushed { before: None, after: Some(Sha::new("1".repeat(40))) },
            EventKind::ReadyForReview,
            EventKind::ConvertedToDraft,
            EventKind::Closed,
            EventKind::Reopened,
            EventKind::Merged,
            EventKind::Renamed { from: "a".to_owned(), to: "b".to_owned() },
        ]
    );
    assert_eq!(pull.assignees, [Login::new("bea")]);
    assert_eq!(pull.review_requests, ["dan", "kubevirt/compute"]);

    let checks: Vec<(&str, CheckState)> = pull.checks.iter().map(|check| (check.name.as_str(), check.state)).collect();
    use CheckState::{Failure, Pending, Success};
    assert_eq!(
        checks,
        [
            ("tide", Pending),
            ("dco", Success),
            ("expected", Pending),
            ("error", Failure),
            ("odd", Failure),
            ("lint", Success),
            ("skip", Success),
            ("run", Pending),
            ("late", Failure),
            ("void", Failure),
        ]
    );

    // What is there and cannot be seen is named; what follows is asked for.
    assert_eq!(
        truncated(&pull),
        [
            "commits: a commit came without name or time",
            "comments: GitHub withheld 1 of them",
            "threads: not read: GitHub did not answer this part",
        ]
    );
    let page = |part, id: &str, after: &str| Ask::page(pull.number, part, NodeId::new(id), after.to_owned());
    assert_eq!(more, [page(Part::Labels, "PR_kwA", "L1"), page(Part::Replies, "PRT_1", "T1C")]);
}

#[test]
fn pages_go_on_where_the_first_ended() {
    let mut pull = read(recorded()).pull;
    let id = pull.id.clone();
    let more = map::page(
        &mut pull,
        Part::Labels,
        &id,
        json!({ "pageInfo": { "hasNextPage": true, "endCursor": "L2" }, "nodes": [{ "name": "lgtm" }] }),
        &[],
    );
    assert_eq!(pull.labels, ["sig/compute", "size/L", "lgtm"]);
    assert!(matches!(&more[..], [Ask::Page { part: Part::Labels, after, .. }] if after == "L2"), "{more:?}");
    let thread = NodeId::new("PRT_1");
    let reply = json!({ "nodes": [{ "id": "PRC_3", "body": "more", "createdAt": "2026-05-02T12:00:00Z" }] });
    assert_eq!(map::page(&mut pull, Part::Replies, &thread, reply, &[]), []);
    assert_eq!(pull.threads[0].comments.len(), 3);
    let before = pull.truncated.len();
    assert_eq!(map::page(&mut pull, Part::Files, &id, Value::Null, &[]), []);
    assert_eq!(truncated(&pull)[before..], ["files: not read: GitHub did not answer this part"]);
}

/// Every field of the answer is taken away in turn, and set to nonsense: the reader never fails but where the pull
/// itself is not to be recognised, and says so when a part is missing.
#[test]
fn any_field_may_be_missing() {
    let whole = recorded();
    let fields: Vec<String> = whole.as_object().unwrap().keys().cloned().collect();
    let needed = ["id", "number", "headRefOid", "createdAt"];
    let parts = [
        ("labels", "labels"),
        ("files", "files"),
        ("commits", "commits"),
        ("reviews", "reviews"),
        ("comments", "comments"),
        ("timelineItems", "timeline"),
        ("assignees", "assignees"),
        ("reviewRequests", "review-requests"),
    ];
    for field in &fields {
        for nonsense in [None, Some(Value::Null), Some(json!({ "odd": [1] })), Some(json!("odd")), Some(json!([null]))]
        {
            let mut value = whole.clone();
            match &nonsense {
                None => value.as_object_mut().unwrap().remove(field),
                Some(nonsense) => value.as_object_mut().unwrap().insert(field.clone(), nonsense.clone()),
            };
            let is_text = matches!(nonsense, Some(Value::String(_)));
            match map::pull(value, &[], None, &[], now()) {
                Err(why) => assert!(needed.contains(&field.as_str()), "{field} {nonsense:?}: {why}"),
                Ok(mapped) => {
                    assert!(!needed.contains(&field.as_str()) || is_text, "{field} {nonsense:?}");
                    let named = |part: &str| mapped.pull.truncated.iter().any(|known| known.part == part);
                    if let Some((_, part)) = parts.iter().find(|(name, _)| name == field) {
                        assert!(named(part), "{field} {nonsense:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn errors_name_the_part() {
    let error = |path: &[&str]| GraphqlError {
        message: "slow".to_owned(),
        kind: String::new(),
        path: path.iter().map(|step| (*step).to_owned()).collect(),
    };
    for (path, part) in [
        (vec!["reviewThreads", "nodes", "3", "comments"], "threads"),
        (vec!["statusCheckRollup"], "checks"),
        (vec!["timelineItems"], "timeline"),
        (vec!["mergeable"], "details"),
        (vec![], "details"),
    ] {
        let mut value = recorded();
        for part in ["commits", "comments", "reviewThreads"] {
            value.as_object_mut().unwrap().insert(part.to_owned(), json!({ "nodes": [] }));
        }
        let pull = map::pull(value, &[error(&path)], Some(&["a".to_owned()]), &[], now()).unwrap().pull;
        assert_eq!(truncated(&pull), [format!("{part}: not read: slow")], "{path:?}");
        assert_eq!(pull.labels, ["a"]);
    }
}

#[test]
fn states() {
    for (word, merged, state) in [
        (Some("OPEN"), false, PullState::Open),
        (Some("CLOSED"), false, PullState::Closed),
        (Some("CLOSED"), true, PullState::Merged),
        (Some("MERGED"), true, PullState::Merged),
        (Some("FLOATING"), false, PullState::Open),
        (None, false, PullState::Open),
    ] {
        assert_eq!(map::pull_state(word.map(str::to_owned).as_ref(), merged), state, "{word:?}");
    }
    for (word, state) in [
        (Some("MERGEABLE"), Mergeable::Mergeable),
        (Some("CONFLICTING"), Mergeable::Conflicting),
        (Some("UNKNOWN"), Mergeable::Unknown),
        (Some("?"), Mergeable::Unknown),
        (None, Mergeable::Unknown),
    ] {
        assert_eq!(map::mergeable(word.map(str::to_owned).as_ref()), state, "{word:?}");
    }
}

#[test]
fn issues() {
    let issue =
        |value: Value| map::issue(value, now()).map(|issue| (issue.number, issue.open, issue.is_pull, issue.labels));
    for (value, expected) in [
        (
            json!({ "__typename": "Issue", "number": 41, "state": "OPEN", "labels": { "nodes": [{ "name": "a" }, null] } }),
            Some((41, true, false, vec!["a".to_owned()])),
        ),
        (
            json!({ "__typename": "Issue", "number": 41, "state": "CLOSED", "labels": null }),
            Some((41, false, false, vec![])),
        ),
        (json!({ "__typename": "PullRequest", "number": 7, "closed": true }), Some((7, false, true, vec![]))),
        (json!({ "__typename": "PullRequest", "number": 7, "closed": false }), Some((7, true, true, vec![]))),
        (Value::Null, None),
        (json!({}), None),
        (json!("odd"), None),
    ] {
        assert_eq!(issue(value.clone()), expected, "{value}");
    }
}

#[test]
fn files() {
    let blob = |value: Value| map::blob_text(value).map_err(|_| ());
    for (value, expected) in [
        (Value::Null, Ok(None)),
        (json!({ "oid": "a", "text": "x", "isBinary": false, "isTruncated": false }), Ok(Some("x".to_owned()))),
        (json!({ "oid": "a", "text": "", "isBinary": false, "isTruncated": false }), Ok(Some(String::new()))),
        (json!({ "oid": "a", "text": null, "isBinary": true, "isTruncated": false }), Err(())),
        (json!({ "oid": "a", "text": "half", "isBinary": false, "isTruncated": true }), Err(())),
        (json!({ "oid": "a" }), Err(())),
    ] {
        assert_eq!(blob(value.clone()), expected, "{value}");
    }
    let entry = |name: &str, kind: &str, object: Value| json!({ "name": name, "type": kind, "oid": format!("{name}!"), "object": object });
    let tree = json!({ "oid": "root", "entries": [
        entry("OWNERS", "blob", json!({})),
        entry("OWNERS_ALIASES", "blob", Value::Null),
        entry("README.md", "blob", Value::Null),
        entry("veps", "tree", json!({ "entries": [
            entry("sig-compute", "tree", json!({ "entries": [
                entry("OWNERS", "blob", Value::Null),
                entry("OWNERS_ALIASES", "blob", Value::Null),
                entry("41-warm-spares", "tree", json!({ "entries": [entry("OWNERS", "blob", Value::Null)] })),
            ] })),
            entry("meta-VEPs", "tree", json!({})),
            entry("README.md", "blob", Value::Null),
            json!({ "name": "OWNERS", "type": "blob", "mode": 0o120_000, "oid": "link", "object": null }),
            entry("vendor", "tree", json!({ "entries": [entry("x", "tree", json!({ "entries": [
                entry("OWNERS", "blob", Value::Null), entry("y", "tree", json!({})),
            ] }))] })),
        ] })),
    ] });
    let mut index = map::index(tree, "veps").unwrap();
    assert_eq!(index.root, "root");
    assert_eq!(
        index.owners.keys().collect::<Vec<_>>(),
        ["OWNERS", "veps/sig-compute/41-warm-spares/OWNERS", "veps/sig-compute/OWNERS", "veps/vendor/x/OWNERS"]
    );
    assert_eq!(index.aliases.as_deref(), Some("OWNERS_ALIASES!"));
    assert_eq!(index.folders, ["sig-compute", "meta-VEPs", "vendor"]);
    assert_eq!(index.below.keys().collect::<Vec<_>>(), ["veps/meta-VEPs"], "what Prow never walks is not read");
    index.graft("veps/meta-VEPs", json!({ "oid": "m", "entries": [entry("OWNERS", "blob", Value::Null)] }), "veps");
    assert!(index.owners.contains_key("veps/meta-VEPs/OWNERS"));
    index.graft("veps/gone", Value::Null, "veps");
    assert_eq!(index.unread, ["veps/gone"]);
    assert_eq!(map::index(Value::Null, "veps"), None);
}
