//! Prow's robots and Tide on the simulated GitHub, from a word to the merge.

use serde_json::json;
use vepherd::domain::facts::Mergeable;
use vepherd::domain::profile::Profile;
use vepherd::sim::Sim;
use vepherd::sim::world::{Deed, Edit, EventKind, ItemRef, NewPull, NewReview, ReviewState, World};

use super::sim_kit::{Hands, at, send, sim, world};

const REVIEWS: &str = "/repos/kubevirt/enhancements/pulls/7/reviews";
const COMMENTS: &str = "/repos/kubevirt/enhancements/issues/7/comments";

/// Prow at work from the start, on a proposal that `grace` opens.
fn employed() -> (World, ItemRef) {
    let (mut world, repo, _) = world();
    world.bot("kubevirt-bot");
    world.employ_prow(Profile::kubevirt(), "kubevirt-bot");
    let new = NewPull::by("grace", "VEP 8: cold plug")
        .number(8)
        .body("/cc @ada\n/kind enhancement\n")
        .edits(vec![Edit::text("veps/sig-compute/8-cold-plug/vep.md", "# VEP 8: cold plug\n")]);
    let pull = world.open(&repo, at("2026-02-20T00:00:00Z"), new);
    (world, pull)
}

fn labels(sim: &Sim, pull: &ItemRef) -> Vec<String> {
    sim.with(|world| {
        let mut labels = world.item(pull).unwrap().labels.clone();
        labels.sort();
        labels
    })
}

fn has(sim: &Sim, pull: &ItemRef, name: &str) -> bool {
    labels(sim, pull).iter().any(|label| label == name)
}

fn last_comment(sim: &Sim, pull: &ItemRef) -> String {
    sim.with(|world| world.item(pull).unwrap().comments.last().unwrap().body.clone())
}

fn pass(sim: &Sim, hands: &Hands, seconds: i64) {
    hands.forward(seconds);
    sim.advance_to(hands.now());
}

#[test]
fn a_new_proposal_is_looked_over() {
    let (world, pull) = employed();
    let (sim, hands) = sim(world);
    pass(&sim, &hands, 0);
    assert_eq!(labels(&sim, &pull), ["dco-signoff: yes", "kind/enhancement", "sig/compute", "size/XS"]);
    let body = last_comment(&sim, &pull);
    assert!(body.starts_with("[APPROVALNOTIFIER] This PR is **NOT APPROVED**"), "{body}");
    sim.with(|world| {
        let (state, description) = world.tide_status(&pull).unwrap();
        assert_eq!((state.as_str(), description.as_str()), ("PENDING", "Not mergeable. Needs approved, lgtm labels."));
        let item = world.item(&pull).unwrap();
        assert!(
            item.events
                .iter()
                .any(|event| matches!(event.kind, EventKind::ReviewRequested(_)) && event.actor.is("kubevirt-bot"))
        );
        assert_eq!(
            world.repos[&pull.repo].checks[&item.pull.as_ref().unwrap().head_oid].len(),
            3,
            "dco, check-naming, tide"
        );
    });
}

#[tokio::test]
async fn lgtm_and_approval_lead_to_the_merge() {
    let (world, pull) = employed();
    let (sim, hands) = sim(world);
    let reviews = REVIEWS.replace('7', "8");
    pass(&sim, &hands, 0);
    let answer = send(&sim, "POST", &reviews, Some(json!({ "event": "APPROVE", "body": "" }))).await;
    assert_eq!(answer.status(), 200);
    assert!(!has(&sim, &pull, "lgtm"), "robots need a second or two");
    pass(&sim, &hands, 2);
    assert!(has(&sim, &pull, "lgtm"));
    sim.with(|world| assert!(world.item(&pull).unwrap().assignees.iter().any(|login| login.is("sam"))));
    let answer = send(&sim, "POST", &COMMENTS.replace('7', "8"), Some(json!({ "body": "/approve" }))).await;
    assert_eq!(answer.status(), 201);
    pass(&sim, &hands, 2);
    assert!(!has(&sim, &pull, "approved"), "sam is in no OWNERS file");
    sim.with(|world| {
        let now = hands.now();
        world.comment(&pull, now, "ada", "/approve");
    });
    pass(&sim, &hands, 2);
    assert!(has(&sim, &pull, "approved"));
    assert!(last_comment(&sim, &pull).contains("This PR is **APPROVED**"));
    sim.with(|world| {
        let notifiers = world.item(&pull).unwrap().comments.iter().filter(|c| c.body.starts_with("[APPROVALNOTIFIER]"));
        assert_eq!(notifiers.count(), 1, "the old notifier is deleted");
    });
    pass(&sim, &hands, 125);
    sim.with(|world| {
        let item = world.item(&pull).unwrap();
        assert!(item.merged_at().is_some(), "Tide merges at its next sync");
        assert!(item.pull.as_ref().unwrap().merged_by.as_ref().unwrap().is("kubevirt-bot"));
        let repo = &world.repos[&pull.repo];
        let main = repo.git.branches["main"].clone();
        assert!(repo.git.text(&main, "veps/sig-compute/8-cold-plug/vep.md").is_some());
    });
}

#[tokio::test]
async fn a_veto_takes_lgtm_away_and_holds_and_a_push_drops_lgtm() {
    let (mut world, pull) = employed();
    world.review(&pull, at("2026-02-21T00:00:00Z"), NewReview::new("carl", ReviewState::Approved, ""));
    let (sim, hands) = sim(world);
    pass(&sim, &hands, 0);
    assert!(has(&sim, &pull, "lgtm"));
    let head = sim.with(|world| world.item(&pull).unwrap().pull.as_ref().unwrap().head_oid.clone());
    let veto = json!({ "event": "REQUEST_CHANGES", "body": "Veto (sig-network): it breaks bridges.\n/hold\n", "commit_id": head });
    let answer = send(&sim, "POST", &REVIEWS.replace('7', "8"), Some(veto)).await;
    assert_eq!(answer.status(), 200);
    pass(&sim, &hands, 2);
    assert!(!has(&sim, &pull, "lgtm"));
    assert!(has(&sim, &pull, "do-not-merge/hold"));
    sim.with(|world| {
        world.comment(&pull, hands.now(), "ada", "/hold cancel");
        world.comment(&pull, hands.now(), "ada", "/lgtm");
    });
    pass(&sim, &hands, 3);
    assert!(has(&sim, &pull, "lgtm") && !has(&sim, &pull, "do-not-merge/hold"));
    sim.with(|world| {
        world.push(
            &pull,
            hands.now(),
            "grace",
            "Rework",
            &[Edit::text("veps/sig-compute/8-cold-plug/vep.md", "# New\n")],
        )
    });
    pass(&sim, &hands, 2);
    assert!(!has(&sim, &pull, "lgtm"));
    sim.with(|world| {
        let comments = &world.item(&pull).unwrap().comments;
        assert!(comments.iter().any(|c| c.body == "New changes are detected. LGTM label has been removed."));
    });
}

#[test]
fn commands_are_obeyed_or_refused_in_prows_words() {
    let (world, pull) = employed();
    let (sim, hands) = sim(world);
    pass(&sim, &hands, 0);
    // who, what, a label that must be there, one that must not, words of the answer
    let table = [
        ("grace", "/lgtm", None, Some("lgtm"), Some("@grace: you cannot LGTM your own PR.")),
        ("stranger", "/lgtm", None, Some("lgtm"), Some("changing LGTM is restricted to collaborators")),
        ("carl", "/lgtm thanks", None, Some("lgtm"), None),
        ("stranger", "/hold until Friday", Some("do-not-merge/hold"), None, None),
        ("carl", "/unhold", None, Some("do-not-merge/hold"), None),
        ("carl", "/sig network", Some("sig/network"), None, None),
        ("carl", "/sig nonsense", None, Some("sig/nonsense"), Some("`sig/nonsense` cannot be applied")),
        ("carl", "/remove-sig network", None, Some("sig/network"), None),
        (
            "carl",
            "/assign @nobody-here",
            None,
            None,
            Some("didn't allow me to assign the following users: nobody-here"),
        ),
        ("carl", "/cc @grace", None, None, Some("request PR reviews from the following users: grace")),
        ("carl", "/lifecycle frozen", None, Some("lifecycle/frozen"), Some("cannot be applied to Pull Requests")),
        ("carl", "/lifecycle stale", Some("lifecycle/stale"), None, None),
        ("carl", "/remove-lifecycle stale", None, Some("lifecycle/stale"), None),
        ("stranger", "/close", None, None, Some("You can't close an active issue/PR")),
        ("carl", "> /hold", None, Some("do-not-merge/hold"), None),
    ];
    for (who, text, there, gone, answer) in table {
        let before = sim.with(|world| world.item(&pull).unwrap().comments.len());
        sim.with(|world| world.comment(&pull, hands.now(), who, text));
        pass(&sim, &hands, 3);
        if let Some(label) = there {
            assert!(has(&sim, &pull, label), "{text}");
        }
        if let Some(label) = gone {
            assert!(!has(&sim, &pull, label), "{text}");
        }
        let after = sim.with(|world| world.item(&pull).unwrap().comments.len());
        assert_eq!(after - before, if answer.is_some() { 2 } else { 1 }, "{text}: {}", last_comment(&sim, &pull));
        if let Some(words) = answer {
            let body = last_comment(&sim, &pull);
            assert!(body.contains(words), "{text}: {body}");
            assert!(body.contains(&format!(">{text}")), "the request is quoted: {body}");
        }
    }
    sim.with(|world| world.comment(&pull, hands.now(), "grace", "/close"));
    pass(&sim, &hands, 3);
    sim.with(|world| assert!(!world.item(&pull).unwrap().open));
    sim.with(|world| world.comment(&pull, hands.now(), "grace", "/reopen"));
    pass(&sim, &hands, 3);
    sim.with(|world| assert!(world.item(&pull).unwrap().open));
}

#[test]
fn tide_names_the_first_class_of_what_blocks() {
    let (mut world, pull) = employed();
    let mut clock = at("2026-02-22T00:00:00Z");
    let mut step = |world: &mut World| {
        clock = clock.checked_add(jiff::SignedDuration::from_secs(300)).unwrap();
        world.settle(&pull, clock);
        (clock, world.tide_status(&pull).map(|(_, description)| description))
    };
    let (now, _) = step(&mut world);
    world.review(&pull, now, NewReview::new("carl", ReviewState::Approved, ""));
    let (now, said) = step(&mut world);
    assert_eq!(said.as_deref(), Some("Not mergeable. Needs approved label."));
    world.comment(&pull, now, "carl", "/hold\n");
    world.comment(&pull, now, "ada", "/approve");
    let (now, said) = step(&mut world);
    assert_eq!(said.as_deref(), Some("Not mergeable. Should not have do-not-merge/hold label."));
    world.status(&pull, now, "slow-check", "PENDING", "");
    world.comment(&pull, now, "carl", "/unhold");
    let (_, said) = step(&mut world);
    assert_eq!(said.as_deref(), Some("Not mergeable. Job slow-check has not succeeded."));
    world.set_mergeable(&pull, Mergeable::Conflicting);
    let (now, said) = step(&mut world);
    assert_eq!(said.as_deref(), Some("Not mergeable. PR has a merge conflict."));
    world.comment(&pull, now, "carl", "Please rebase.");
    step(&mut world);
    assert!(world.item(&pull).unwrap().has_label("needs-rebase"));
    world.set_mergeable(&pull, Mergeable::Mergeable);
    let (now, _) = step(&mut world);
    world.status(&pull, now, "slow-check", "SUCCESS", "");
    world.comment(&pull, now, "grace", "Done.");
    step(&mut world);
    assert!(world.item(&pull).unwrap().merged_at().is_some());
}

#[test]
fn titles_commits_and_folders_are_checked() {
    let (mut world, pull) = employed();
    let now = at("2026-02-22T00:00:00Z");
    world.retitle(&pull, now, "grace", "[WIP] VEP 8, fixes #3");
    world.push(&pull, now, "grace", "No sign-off here\n\n", &[Edit::text("veps/sig-compute/Bad_Name/vep.md", "x\n")]);
    world.settle(&pull, at("2026-02-22T00:10:00Z"));
    let item = world.item(&pull).unwrap();
    for label in ["do-not-merge/work-in-progress", "do-not-merge/invalid-commit-message", "dco-signoff: no"] {
        assert!(item.has_label(label), "{label}: {:?}", item.labels);
    }
    let head = &item.pull.as_ref().unwrap().head_oid;
    let failed: Vec<&str> = world.repos[&pull.repo].checks[head]
        .iter()
        .filter(|check| !check.kind.is_success() && check.name != "tide")
        .map(|check| check.name.as_str())
        .collect();
    assert_eq!(failed, ["dco", "check-naming"]);
}

#[test]
fn visitors_come_at_their_time() {
    let (mut world, pull) = employed();
    world.schedule(at("2026-03-01T00:10:00Z"), &pull, "carl", Deed::Comment("/lgtm".into()));
    world.schedule(at("2026-03-01T00:05:00Z"), &pull, "ada", Deed::Comment("/hold".into()));
    world.schedule(
        at("2026-03-01T00:20:00Z"),
        &pull,
        "grace",
        Deed::Push("More".into(), vec![Edit::text("veps/sig-compute/8-cold-plug/vep.md", "# 8\n")]),
    );
    let (sim, hands) = sim(world);
    pass(&sim, &hands, 60);
    assert!(!has(&sim, &pull, "do-not-merge/hold"));
    pass(&sim, &hands, 840);
    assert!(has(&sim, &pull, "do-not-merge/hold") && has(&sim, &pull, "lgtm"));
    pass(&sim, &hands, 600);
    assert!(!has(&sim, &pull, "lgtm"), "the push dropped it");
}
