//! The merge gate, row by row, and what the rehearsal of a text says about it.

use jiff::{SignedDuration, Timestamp};
use vepherd::domain::action::{Post, ReviewEvent};
use vepherd::domain::facts::{
    Association, CheckFacts, CheckState, CommentFacts, EventFacts, EventKind, Facts, FileChange, FileFacts, Mergeable,
    PullFacts, PullState, ReviewFacts, ReviewState,
};
use vepherd::domain::ids::{Login, NodeId, Sha};
use vepherd::domain::profile::Profile;
use vepherd::domain::prow::approve::approval;
use vepherd::domain::prow::forecast::{Background, Forecast};
use vepherd::domain::prow::gate::{GateState, gate};
use vepherd::domain::prow::lgtm;
use vepherd::domain::prow::owners::Tree;
use vepherd::domain::roster::Roster;
use vepherd::domain::verdict::SignOffState;

use super::sample::{at, pull, user};

const TABLE: &str = include_str!("../fixtures/prow/gate.toml");

fn tree() -> Tree {
    Tree::read(&[("OWNERS".to_owned(), "approvers: [ann, Bob]\nreviewers: [rex]\n".to_owned())].into(), None)
}

/// `sam` represents compute, `nel` network.
fn forecast(posts: &[Post], who: &str, pull: &PullFacts, profile: &Profile, now: Timestamp) -> Forecast {
    let mut facts = Facts::empty(profile.repo.clone());
    facts.files.sig_aliases =
        Some("aliases:\n  sig-compute-approvers: [sam]\n  sig-network-approvers: [nel]\n".to_owned());
    let (owners, roster) = (tree(), Roster::read(&facts.files, profile));
    let background = Background { facts: &facts, profile, roster: &roster, owners: &owners, now };
    vepherd::domain::prow::forecast::forecast(posts, &Login::new(who), pull, &background)
}

/// A pull of `author` that changes one document; what is said comes an hour apart.
fn scene(author: &str, say: &[&str]) -> PullFacts {
    let mut pull = pull(7, "A proposal", author);
    pull.files.push(FileFacts {
        path: "veps/sig-compute/7-x/vep.md".to_owned(),
        change: FileChange::Added,
        additions: 1,
        deletions: 0,
    });
    pull.checks.push(check("check-naming", CheckState::Success));
    for (index, text) in say.iter().enumerate() {
        let now = pull.created_at + SignedDuration::from_hours(i64::try_from(index).unwrap() + 1);
        speak(&mut pull, text, now);
        pull.fetched_at = now + SignedDuration::from_hours(5);
    }
    pull
}

fn check(name: &str, state: CheckState) -> CheckFacts {
    CheckFacts { name: name.to_owned(), state, description: None, url: None, at: None }
}

/// `login: text`, `login STATE: text`, `@label login: name`, `@unlabel: name` (by Prow).
fn speak(pull: &mut PullFacts, text: &str, at: Timestamp) {
    let (who, body) = text.split_once(": ").unwrap();
    let (login, state) = who.split_once(' ').map_or((who, None), |(login, state)| (login, Some(state)));
    let id = NodeId::new(format!("C{}", at.as_second()));
    let url = format!("https://github.com/org/proposals/pull/7#{}", at.as_second());
    let association = |login: &str| if login == "out" { Association::Outside } else { Association::Collaborator };
    let body = body.to_owned();
    if let Some(kind) = login.strip_prefix('@') {
        let kind = if kind == "label" { EventKind::Labeled(body) } else { EventKind::Unlabeled(body) };
        pull.timeline.push(EventFacts { at, actor: user(state.unwrap_or("kubevirt-bot")), kind, url: None });
    } else if let Some(state) = state {
        let state = match state {
            "APPROVED" => ReviewState::Approved,
            "CHANGES_REQUESTED" => ReviewState::ChangesRequested,
            "DISMISSED" => ReviewState::Dismissed,
            other => panic!("{other}"),
        };
        let (author, association) = (user(login), association(login));
        pull.reviews.push(ReviewFacts {
            id,
            database_id: None,
            author,
            state,
            body,
            at,
            commit: None,
            url,
            association,
        });
    } else {
        let (author, association) = (user(login), association(login));
        pull.comments.push(CommentFacts { id, author, body, at, edited_at: None, url, association });
    }
}

#[test]
fn every_row_of_the_truth_table() {
    let table: toml::Table = TABLE.parse().unwrap();
    let profile = Profile::kubevirt();
    let rows = table["row"].as_array().unwrap();
    assert_eq!(rows.len(), 34);
    for row in rows {
        let text = |key: &str| row.get(key).and_then(toml::Value::as_str);
        let list = |key: &str| -> Vec<String> {
            let items = row.get(key).and_then(toml::Value::as_array).into_iter().flatten();
            items.map(|item| item.as_str().unwrap().to_owned()).collect()
        };
        let flag = |key: &str| row.get(key).and_then(toml::Value::as_bool).unwrap_or_default();
        let n = row["n"].as_integer().unwrap();
        let say = list("say");
        let mut pull = scene(text("author").unwrap_or("zoe"), &say.iter().map(String::as_str).collect::<Vec<_>>());
        pull.labels = list("labels");
        pull.body = text("body").unwrap_or_default().to_owned();
        pull.draft = flag("draft");
        pull.blocked_by_rules = flag("rules_block");
        if text("mergeable") == Some("conflicting") {
            pull.mergeable = Mergeable::Conflicting;
        }
        if text("pull") == Some("merged") {
            pull.state = PullState::Merged;
        }
        if flag("fresh") {
            pull.fetched_at = pull.comments.last().unwrap().at + SignedDuration::from_secs(20);
        }
        if let Some(checks) = row.get("checks").and_then(toml::Value::as_table) {
            let state = |value: &toml::Value| match value.as_str().unwrap() {
                "success" => CheckState::Success,
                "pending" => CheckState::Pending,
                _ => CheckState::Failure,
            };
            pull.checks = checks.iter().map(|(name, value)| check(name, state(value))).collect();
        }
        let found = gate(&pull, &approval(&pull, &tree(), &profile), &profile);
        let state = match found.state {
            GateState::Blocked => "blocked",
            GateState::InPool => "in-pool",
            GateState::Merged => "merged",
            GateState::Closed => "closed",
        };
        let codes: Vec<&str> = found.warnings.iter().map(|warning| warning.split(':').next().unwrap()).collect();
        assert_eq!((Some(state), found.blockers), (text("state"), list("blockers")), "row {n}");
        assert_eq!(codes, list("warn"), "row {n}: {:?}", found.warnings);
    }
}

#[test]
fn the_best_of_several_checks_of_one_name_counts() {
    let mut pull = scene("zoe", &[]);
    pull.checks = vec![check("dco", CheckState::Failure), check("dco", CheckState::Success)];
    assert_eq!(vepherd::domain::prow::gate::checks(&pull), [("dco", CheckState::Success)]);
}

#[test]
fn who_stands_behind_lgtm() {
    let profile = Profile::kubevirt();
    let table: [(&[&str], &[&str], &[&str]); 8] = [
        (&["mia: /lgtm", "rex APPROVED: "], &["mia", "rex"], &[]),
        (&["mia: /lgtm", "rex: /lgtm cancel"], &[], &["mia"]),
        (&["mia: /lgtm", "rex: /lgtm cancel", "mia: /lgtm"], &["mia"], &[]),
        (&["mia APPROVED: ", "ann CHANGES_REQUESTED: ", "rex: /lgtm"], &["rex"], &["mia"]),
        (&["out: /lgtm", "zoe: /lgtm", "out CHANGES_REQUESTED: "], &[], &[]),
        (&["mia: /lgtm", "zoe: /lgtm cancel"], &[], &["mia"]),
        (&["mia APPROVED: /lgtm cancel"], &[], &[]),
        (&["mia: /lgtm", "@unlabel: lgtm", "@label rex: lgtm"], &["rex"], &["mia"]),
    ];
    for (say, given, dropped) in table {
        let history = lgtm::history(&scene("zoe", say), &tree(), &profile);
        let names = |logins: Vec<&Login>| logins.iter().map(|login| login.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(history.given.iter().map(|one| &one.by).collect()), given, "{say:?}");
        assert_eq!(names(history.dropped.iter().map(|one| &one.by).collect()), dropped, "{say:?}");
    }
}

/// Who posts what, on which labels; labels set and taken off, obeyed lines, and a word of the warnings.
#[test]
fn a_forecast_says_what_will_happen_to_this_writer() {
    let profile = Profile::kubevirt();
    let comment = |body: &str| Post::Comment { body: body.to_owned() };
    let review = |event, body: &str| Post::Review { event, body: body.to_owned(), commit: Sha::new("abc") };
    type Row<'a> = (&'a str, Post, &'a [&'a str], &'a [&'a str], &'a [&'a str], &'a [bool], &'a str);
    let table: [Row<'_>; 15] = [
        ("ann", review(ReviewEvent::Approve, "/approve"), &[], &["approved", "lgtm"], &[], &[true, true], ""),
        ("ann", review(ReviewEvent::Approve, ""), &[], &["lgtm"], &[], &[true], ""),
        ("rex", comment("/approve"), &[], &[], &[], &[false], ""),
        ("rex", comment("/lgtm"), &[], &["lgtm"], &[], &[true], ""),
        ("zoe", comment("/lgtm"), &[], &[], &[], &[false], "refuse"),
        ("zoe", review(ReviewEvent::Approve, ""), &[], &[], &[], &[], "own pull request"),
        (
            "rex",
            review(ReviewEvent::RequestChanges, "No.\n\n/hold"),
            &["lgtm"],
            &["do-not-merge/hold"],
            &["lgtm"],
            &[true, true],
            "",
        ),
        ("rex", comment("/lgtm thanks"), &[], &[], &[], &[false], "does nothing"),
        ("rex", comment("```\n/hold\n```"), &[], &["do-not-merge/hold"], &[], &[true], "code block"),
        ("rex", comment(" /hold"), &[], &[], &[], &[], "first character"),
        (
            "mia",
            comment("/kindly review this"),
            &[],
            &["kind/review", "kind/this"],
            &[],
            &[true],
            "asks Prow for the labels",
        ),
        ("rex", comment("/unhold"), &["do-not-merge/hold"], &[], &["do-not-merge/hold"], &[true], ""),
        ("rex", comment("/lifecycle frozen"), &[], &[], &[], &[false], ""),
        ("ann", comment("/approve please do not cancel"), &[], &[], &[], &[true], "withdraws"),
        ("rex", comment("/cc @zoe"), &[], &[], &[], &[false], "author"),
    ];
    for (who, post, labels, added, removed, obeyed, warning) in table {
        let mut pull = scene("zoe", &[]);
        pull.labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let now = at("2032-02-01T00:00:00Z");
        let found = forecast(std::slice::from_ref(&post), who, &pull, &profile, now);
        let about = format!("{who} {post:?}: {found:?}");
        assert_eq!(found.labels_added, added, "{about}");
        assert_eq!(found.labels_removed, removed, "{about}");
        assert_eq!(found.commands.iter().map(|one| one.obeyed).collect::<Vec<_>>(), obeyed, "{about}");
        assert_eq!(found.warnings.is_empty(), warning.is_empty(), "{about}");
        assert!(found.warnings.iter().any(|said| said.contains(warning)) || warning.is_empty(), "{about}");
        assert!(found.gate_after.is_some(), "{about}");
    }
}

#[test]
fn a_forecast_says_when_prow_will_merge() {
    let profile = Profile::kubevirt();
    let mut pull = scene("zoe", &["mia: /lgtm"]);
    pull.labels = vec!["lgtm".to_owned()];
    let post = [Post::Comment { body: "/approve".to_owned() }];
    let now = at("2032-02-01T00:00:00Z");
    let found = forecast(&post, "bob", &pull, &profile, now);
    assert_eq!(found.gate_after.as_ref().unwrap().state, GateState::InPool);
    assert!(found.effects.iter().any(|effect| effect.contains("merges it")), "{:?}", found.effects);
    let without = forecast(&post, "mia", &pull, &profile, now);
    assert_eq!(without.gate_after.as_ref().unwrap().blockers, ["needs-approved"]);
    assert!(without.commands[0].why.contains("no power"), "{:?}", without.commands);
}

/// Sign-offs, vetoes and holds: a text means more to the process than its commands mean to Prow.
#[test]
fn a_forecast_says_what_changes_for_the_process() {
    let profile = Profile::kubevirt();
    let comment = |body: &str| Post::Comment { body: body.to_owned() };
    let review = |event: ReviewEvent, body: &str| Post::Review {
        event,
        body: body.to_owned(),
        commit: Sha::new("1111111111111111111111111111111111111111"),
    };
    use ReviewEvent::{Approve, RequestChanges};
    type Row<'a> = (&'a [&'a str], &'a str, Post, &'a [(&'a str, &'a str, &'a str)], &'a [&'a str]);
    let table: [Row<'_>; 12] = [
        (&[], "sam", comment("/lgtm"), &[("compute", "missing", "signed")], &["SIG compute signs off, by @sam"]),
        (&[], "nel", review(Approve, ""), &[("network", "missing", "signed")], &["SIG network signs off, by @nel"]),
        (&[], "ann", review(Approve, "/approve"), &[], &[]),
        (
            &["sam: /lgtm"],
            "sam",
            comment("/lgtm cancel"),
            &[("compute", "signed", "missing")],
            &["sign-off of SIG compute is missing"],
        ),
        (&["sam: /lgtm"], "sam", comment("Fine by me."), &[], &[]),
        (
            &[],
            "sam",
            review(RequestChanges, "Veto (sig-compute): the guest sees it.\n/hold"),
            &[("compute", "missing", "vetoed")],
            &["counts as a veto", "SIG compute stands against it, by @sam"],
        ),
        (
            &[],
            "nel",
            comment("The API takes a wrong turn here.\n/hold"),
            &[("network", "missing", "vetoed")],
            &["this hold is contested: it counts as a veto"],
        ),
        (&[], "nel", comment("Until the freeze is over.\n/hold"), &[], &[]),
        (&[], "zoe", comment("I think again.\n/hold"), &[], &[]),
        (
            &["nel: The API takes a wrong turn here.\n/hold"],
            "nel",
            comment("/hold cancel"),
            &[("network", "vetoed", "missing")],
            &["the veto of @nel is lifted"],
        ),
        (&[], "rex", review(RequestChanges, "Not like this."), &[], &["your objection"]),
        (
            &[],
            "sam",
            comment("/lgtm\n/hold\nMerge once @nel agrees."),
            &[("compute", "missing", "signed")],
            &["a conditional approval"],
        ),
    ];
    for (say, who, post, signoffs, effects) in table {
        let mut pull = scene("zoe", say);
        if say.iter().any(|said| said.contains("/hold")) {
            pull.labels.push("do-not-merge/hold".to_owned());
        }
        let found = forecast(std::slice::from_ref(&post), who, &pull, &profile, at("2032-02-01T00:00:00Z"));
        let about = format!("{who} {post:?}: {found:?}");
        let word = |state: SignOffState| serde_json::to_value(state).unwrap().as_str().unwrap().to_owned();
        let changes: Vec<_> =
            found.signoffs.iter().map(|one| (one.sig.to_string(), word(one.before), word(one.after))).collect();
        let expected: Vec<_> =
            signoffs.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect();
        assert_eq!(changes, expected, "{about}");
        for effect in effects {
            assert!(found.effects.iter().any(|said| said.contains(effect)), "{effect}: {about}");
        }
        let process = ["SIG", "veto", "objection", "conditional"];
        let said = found.effects.iter().filter(|said| process.iter().any(|word| said.contains(word))).count();
        assert_eq!(said == 0, effects.is_empty(), "{about}");
    }
}

/// What the real plugins leave behind where a text says and unsays: compared with their own code, line by line.
#[test]
fn a_forecast_follows_the_order_in_which_plugins_act() {
    let profile = Profile::kubevirt();
    type Row<'a> = (&'a str, bool, &'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str]);
    let table: [Row<'_>; 16] = [
        ("rex", false, "/sig compute\n/remove-sig compute", &[], &["sig/compute"], &[]),
        ("rex", false, "/sig compute\n/remove-sig compute", &["sig/compute"], &[], &[]),
        ("rex", false, "/remove-label approved-vep", &["approved-vep"], &["approved-vep"], &[]),
        ("rex", false, "/remove-lifecycle stale\n/lifecycle stale", &["lifecycle/stale"], &["lifecycle/stale"], &[]),
        ("rex", false, "/lifecycle stale\n/remove-lifecycle stale", &[], &[], &[]),
        ("rex", false, "/lifecycle stale\n/lifecycle active", &["lifecycle/rotten"], &["lifecycle/active"], &[]),
        ("rex", false, "/lifecycle FROZEN", &[], &["lifecycle/frozen"], &[]),
        ("rex", false, "/lifecycle frozen", &["lifecycle/stale"], &["lifecycle/stale"], &[]),
        ("zoe", false, "/close\n/close not-planned", &[], &[], &[]),
        ("zoe", false, "/close\n/reopen", &[], &[], &["is closed"]),
        ("zoe", true, "/close\n/reopen", &[], &[], &["is reopened"]),
        ("out", false, "/lifecycle stale\n/close", &[], &["lifecycle/stale"], &[]),
        ("out", false, "/remove-lifecycle stale\n/close", &["lifecycle/stale"], &[], &["is closed"]),
        ("rex", false, "/assign\n/unassign rex", &[], &[], &[]),
        ("rex", false, "/unassign\n/assign @rex", &[], &[], &["@rex is assigned"]),
        ("out", false, "/triage accepted", &[], &[], &[]),
    ];
    for (who, closed, body, labels, after, effects) in table {
        let mut pull = scene("zoe", &["out: hm"]);
        pull.labels = labels.iter().map(|label| (*label).to_owned()).collect();
        if closed {
            pull.state = PullState::Closed;
        }
        let post = [Post::Comment { body: body.to_owned() }];
        let found = forecast(&post, who, &pull, &profile, at("2032-02-01T00:00:00Z"));
        let about = format!("{who} {body}: {found:?}");
        let mut left: Vec<String> = pull.labels.clone();
        left.retain(|label| !found.labels_removed.contains(label));
        left.extend(found.labels_added.clone());
        assert_eq!(left, after, "{about}");
        assert_eq!(found.effects.len(), effects.len(), "{about}");
        for effect in effects {
            assert!(found.effects.iter().any(|said| said.contains(effect)), "{about}");
        }
    }
}
