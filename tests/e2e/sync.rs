//! The sync engine against the simulated GitHub, which runs our documents and counts requests and points as GitHub does.

use vepherd::domain::facts::{CheckState, Mergeable, PullState};
use vepherd::domain::failure::FailureKind;
use vepherd::domain::ids::{PullNumber, Release};
use vepherd::shell::sync::{Mode, refresh_pull};
use vepherd::sim::world::{Edit, NewPull, NewReview, NewThread, ReviewState, World};

use super::sim_kit::at;
use super::sync_kit::{Desk, empty, item, propose, repo};

/// Proposals as the real repository has them: some threads, some comments each.
pub fn world(proposals: u64) -> World {
    let mut world = empty();
    for number in 1..=proposals {
        let pull = propose(&mut world, number);
        let threads = (0..number % 13).map(|line| NewThread::on(&path(number), line + 1, "Why?")).collect();
        let review = NewReview::new("ada", ReviewState::Commented, "Some questions").threads(threads);
        world.review(&pull, at("2026-02-02T00:00:00Z"), review);
        world.comment(&pull, at("2026-02-03T00:00:00Z"), "grace", "Answered");
        world.label(&pull, at("2026-02-03T00:00:00Z"), "ada", "sig/compute");
        world.status(&pull, at("2026-02-03T00:00:00Z"), "dco", "SUCCESS", "Signed off");
    }
    world
}

fn path(number: u64) -> String {
    format!("veps/sig-compute/{}-thing/vep.md", number + 1000)
}

#[tokio::test(start_paused = true)]
async fn the_budgets_of_the_design() {
    let desk = Desk::new(world(62));
    let first = desk.sync(Mode::Changed).await.unwrap();
    assert_eq!((first.pulls, first.changed), (62, 62));
    assert_eq!(first.warnings, Vec::<String>::new());
    assert!(first.requests <= 6 && first.points <= 15, "{first:?}");
    // What we count is what arrived there.
    let log = desk.sim.log();
    assert_eq!(log.len() as u64, first.requests);
    assert_eq!(log.iter().map(|logged| logged.points).sum::<u64>(), first.points);
    let facts = desk.facts();
    assert_eq!((facts.pulls.len(), facts.issues.len()), (62, 62));
    for pull in facts.pulls.values() {
        assert!(pull.truncated.is_empty(), "{:?}", pull.truncated);
        assert_eq!(pull.documents.len(), 1);
        assert_eq!(pull.threads.len() as u64, pull.number.0 % 13);
        assert_eq!((pull.reviews.len(), pull.comments.len(), pull.checks.len()), (1, 1, 1));
        let folder = format!("veps/sig-compute/{}-thing", pull.number.0 + 1000);
        assert_eq!(pull.base_folders.get(&folder), Some(&false));
        assert_eq!(pull.base_folders.get("veps/sig-compute"), Some(&true));
    }

    let nothing = desk.again().await;
    assert_eq!((nothing.changed, nothing.requests), (0, 1));
    assert!(nothing.points <= 2, "{nothing:?}");

    type Deed = (&'static str, fn(&mut World, jiff::Timestamp));
    let deeds: [Deed; 8] = [
        ("a comment", |world, now| {
            world.comment(&item(5), now, "ada", "Hm");
        }),
        ("a push", |world, now| {
            world.push(&item(5), now, "grace", "More", &[Edit::text(&path(5), "# VEP 1005: better\n")]);
        }),
        ("a label", |world, now| world.label(&item(5), now, "ada", "lgtm")),
        ("a check", |world, now| world.status(&item(5), now, "dco", "FAILURE", "No")),
        ("a resolved thread", |world, _| {
            let comment = world.item(&item(5)).unwrap().pull.as_ref().unwrap().threads[0].comments[0].id;
            world.set_resolved(&item(5), "grace", comment, true);
        }),
        ("a new title", |world, now| world.retitle(&item(5), now, "grace", "VEP 1005: other")),
        ("a draft", |world, now| world.set_draft(&item(5), now, "grace", true)),
        ("an assignment", |world, now| world.assign(&item(5), now, "ada", "ada")),
    ];
    for (name, deed) in deeds {
        desk.change(deed);
        let one = desk.again().await;
        assert_eq!((one.changed, one.requests), (1, 2), "{name}");
        let none = desk.again().await;
        assert_eq!((none.changed, none.requests), (0, 1), "after {name}");
    }
    let pull = desk.pull(5);
    assert!(pull.truncated.is_empty());
    assert_eq!(pull.documents[0].text, "# VEP 1005: better\n");
    assert_eq!((pull.commits.len(), pull.comments.len(), pull.draft), (2, 2, true));
    assert_eq!(pull.checks[0].state, CheckState::Failure);
    assert!(pull.threads[0].resolved && !pull.threads[1].resolved);
    assert!(pull.labels.contains(&"lgtm".to_owned()));
    assert_eq!(pull.assignees.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn more_proposals_than_three_pages_list() {
    let desk = Desk::new(world(330));
    let first = desk.sync(Mode::Changed).await.unwrap();
    assert_eq!((first.pulls, desk.facts().pulls.len()), (330, 330));
    let nothing = desk.again().await;
    // One request lists a hundred.
    assert_eq!((nothing.changed, nothing.requests), (0, 4), "{nothing:?}");
    let full = desk.sync(Mode::Full).await.unwrap();
    assert_eq!(full.changed, 330);
}

#[tokio::test(start_paused = true)]
async fn conflicts_are_taken_from_the_light_query() {
    let desk = Desk::new(world(3));
    desk.sync(Mode::Changed).await.unwrap();
    for (word, known) in [
        (Mergeable::Conflicting, Mergeable::Conflicting),
        // Not computed: the last word stands.
        (Mergeable::Unknown, Mergeable::Conflicting),
        (Mergeable::Mergeable, Mergeable::Mergeable),
    ] {
        desk.change(|world, _| world.set_mergeable(&item(2), word));
        let summary = desk.again().await;
        assert_eq!((summary.changed, summary.requests), (0, 1));
        assert_eq!(desk.pull(2).mergeable, known);
    }
}

#[tokio::test(start_paused = true)]
async fn everything_is_read_to_its_end() {
    let mut world = world(1);
    let pull = item(1);
    let start = at("2026-02-05T00:00:00Z");
    let minute = |n: i64| start + jiff::SignedDuration::from_mins(n);
    for n in 0..130 {
        world.label(&pull, minute(n), "ada", &format!("label-{n}"));
        world.comment(&pull, minute(n), "ada", &format!("comment {n}"));
        world.comment(&pull, minute(n), "zoe", &format!("comment {n}"));
        world.push(&pull, minute(n), "grace", &format!("Commit {n}"), &[Edit::text(&format!("docs/{n}.txt"), "x\n")]);
        world.review(&pull, minute(n), NewReview::new("ada", ReviewState::Commented, &format!("review {n}")));
    }
    for n in 0..130 {
        world.status(&pull, minute(400), &format!("check-{n}"), "SUCCESS", "");
    }
    let threads = (0..120).map(|_| NewThread::on(&path(1), 1, "Why?")).collect();
    world.review(&pull, minute(200), NewReview::new("zoe", ReviewState::Commented, "").threads(threads));
    let first =
        world.item(&pull).unwrap().pull.as_ref().unwrap().threads.iter().map(|t| t.comments[0].id).collect::<Vec<_>>();
    for n in 0..130 {
        world.reply(&pull, minute(300 + n), "grace", first[0], &format!("reply {n}"));
        world.reply(&pull, minute(300 + n), "grace", *first.last().unwrap(), &format!("reply {n}"));
    }
    for n in 0..40 {
        world.request_review(&pull, minute(n), "grace", &format!("reviewer-{n}"));
    }
    world.delete_account("zoe");
    let desk = Desk::new(world);
    let summary = desk.sync(Mode::Changed).await.unwrap();
    assert_eq!(summary.warnings, Vec::<String>::new());
    let pull = desk.pull(1);
    assert_eq!(pull.truncated, []);
    assert_eq!(pull.labels.len(), 131);
    assert_eq!(pull.files.len(), 131);
    assert_eq!(pull.commits.len(), 131);
    assert_eq!(pull.comments.len(), 261);
    assert_eq!(pull.checks.len(), 130);
    assert_eq!(pull.review_requests.len(), 40);
    assert_eq!(pull.threads.len(), 121);
    let replies: Vec<usize> = pull.threads.iter().map(|thread| thread.comments.len()).filter(|n| *n > 1).collect();
    assert_eq!(replies, [131, 131]);
    let last = pull.threads.last().unwrap().comments.last().unwrap();
    assert_eq!((last.body.as_str(), last.diff_hunk.is_none()), ("reply 129", true));
    // The account is gone, what it said is not.
    assert_eq!(pull.comments.iter().filter(|comment| comment.author.is_none()).count(), 130);
    assert!(pull.reviews.len() >= 131 && pull.reviews.iter().any(|review| review.author.is_none()));
    let labeled =
        pull.timeline.iter().filter(|event| matches!(event.kind, vepherd::domain::facts::EventKind::Labeled(_)));
    assert_eq!(labeled.count(), 131);
    assert!(pull.timeline.is_sorted_by_key(|event| event.at));
    // Nothing changed: the hundreds are not read again.
    assert_eq!(desk.again().await.requests, 1);
}

#[tokio::test(start_paused = true)]
async fn odd_pulls_are_all_there() {
    let mut world = empty();
    let start = at("2026-02-01T00:00:00Z");
    let mut open = |number: u64, edits: Vec<Edit>| {
        world.open(&repo(), start, NewPull::by("grace", "Odd").number(number).edits(edits))
    };
    open(1, vec![]);
    open(2, vec![Edit::text("README.md", "# Other\n")]);
    open(
        3,
        vec![Edit::text("veps/sig-compute/3-old/vep.md", "# VEP 3: new\n"), Edit::text("veps/sig-x/9-b/vep.md", "b\n")],
    );
    open(4, vec![Edit::rename("veps/sig-compute/3-old/vep.md", "veps/sig-compute/4-new/vep.md")]);
    open(5, vec![Edit::remove("veps/sig-compute/3-old/vep.md")]);
    let locked = open(6, vec![Edit::text("veps/sig-compute/9-long/vep.md", &"long ".repeat(300_000))]);
    world.set_locked(&locked, start, "ada", true);
    world.delete_account("grace");
    let desk = Desk::new(world);
    let summary = desk.sync(Mode::Changed).await.unwrap();
    assert_eq!((summary.pulls, summary.changed), (6, 6));
    let documents = |number: u64| {
        let pull = desk.pull(number);
        assert_eq!(pull.author, None);
        pull.documents.iter().map(|document| document.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(documents(1), [""; 0]);
    assert_eq!(documents(2), [""; 0]);
    assert_eq!(documents(3), ["veps/sig-compute/3-old/vep.md", "veps/sig-x/9-b/vep.md"]);
    assert_eq!(documents(4), ["veps/sig-compute/4-new/vep.md"]);
    assert_eq!(documents(5), [""; 0]);
    assert_eq!(desk.pull(3).base_folders.get("veps/sig-compute/3-old"), Some(&true));
    assert_eq!(desk.pull(3).base_folders.get("veps/sig-x"), Some(&false));
    let long = desk.pull(6);
    assert!(long.locked && long.documents.is_empty());
    assert!(matches!(&long.truncated[..], [part] if part.part == "documents" && part.why.starts_with("left out")));
    // What is left out for good is not asked again and again.
    assert_eq!(desk.again().await.requests, 1);
}

#[tokio::test(start_paused = true)]
async fn proposals_are_followed_to_their_end_and_back() {
    let mut world = world(4);
    world.merge(&item(1), at("2026-02-25T00:00:00Z"), "ada");
    world.close(&item(2), at("2026-02-05T00:00:00Z"), "ada");
    let desk = Desk::new(world);
    let first = desk.sync(Mode::Changed).await.unwrap();
    // Merged four days ago: shown. Closed a month ago: history.
    assert_eq!((first.pulls, desk.facts().pulls.len()), (2, 3));
    assert_eq!(desk.pull(1).state, PullState::Merged);
    assert!(desk.pull(1).ended_at.is_some());
    assert_eq!(desk.again().await.requests, 1);

    desk.change(|world, now| {
        world.close(&item(3), now, "ada");
        world.merge(&item(4), now, "ada");
    });
    let summary = desk.again().await;
    assert_eq!((summary.pulls, summary.changed), (0, 2));
    assert_eq!((desk.pull(3).state, desk.pull(4).state), (PullState::Closed, PullState::Merged));

    desk.change(|world, now| world.reopen(&item(3), now, "grace"));
    let summary = desk.again().await;
    assert_eq!((summary.pulls, desk.pull(3).state), (1, PullState::Open));

    // Away for a year; it was closed in between, and two hundred others after it.
    desk.change(|world, now| {
        world.close(&item(3), now, "ada");
        for number in 500..540 {
            let pull = propose(world, number);
            world.close(&pull, now + jiff::SignedDuration::from_hours(1), "ada");
        }
    });
    desk.hands.forward(400 * 86_400);
    let summary = desk.sync(Mode::Changed).await.unwrap();
    assert_eq!((summary.pulls, desk.pull(3).state), (0, PullState::Closed));
}

#[tokio::test(start_paused = true)]
async fn tracking_issues_follow() {
    let desk = Desk::new(world(3));
    desk.sync(Mode::Changed).await.unwrap();
    let issue = |number: u64| desk.facts().issues.remove(&number).unwrap();
    assert!(issue(1002).open);
    desk.change(|world, now| world.close(&item(1002), now, "ada"));
    let summary = desk.again().await;
    assert_eq!((summary.changed, summary.requests), (0, 2));
    assert!(!issue(1002).open && issue(1001).open);
    assert_eq!(desk.again().await.requests, 1);
}

#[tokio::test(start_paused = true)]
async fn files_follow_their_blobs() {
    let desk = Desk::new(world(1));
    desk.sync(Mode::Changed).await.unwrap();
    let files = desk.facts().files;
    assert_eq!(files.sig_aliases.as_deref(), Some("aliases:\n  sig-compute-approvers: [sam, ada]\n"));
    assert_eq!(files.sigs.as_deref(), Some("sigs:\n- dir: sig-compute\n"));
    assert_eq!(files.owners.keys().collect::<Vec<_>>(), ["OWNERS", "veps/sig-compute/OWNERS"]);
    assert_eq!(files.owners_aliases.as_deref(), Some("aliases: {}\n"));
    assert_eq!(files.schedules.keys().collect::<Vec<_>>(), [&Release::new("v1.10"), &Release::new("v1.9")]);
    assert_eq!(files.sig_folders, ["meta-VEPs", "sig-compute"]);

    desk.change(|world, now| {
        world.write(
            &repo(),
            "main",
            now,
            "ada",
            "Owners",
            &[
                Edit::text("OWNERS", "approvers:\n- bob\n"),
                Edit::remove("OWNERS_ALIASES"),
                Edit::text("veps/sig-new/OWNERS", "labels: []\n"),
            ],
        );
        let sigs = "kubevirt/community".parse().unwrap();
        world.write(&sigs, "main", now, "ada", "Sigs", &[Edit::text("sigs.yaml", "sigs: []\n")]);
    });
    desk.again().await;
    let files = desk.facts().files;
    assert_eq!(files.owners.get("OWNERS").map(String::as_str), Some("approvers:\n- bob\n"));
    assert_eq!((files.owners.len(), files.owners_aliases, files.sigs.as_deref()), (3, None, Some("sigs: []\n")));
    assert_eq!(files.sig_folders, ["meta-VEPs", "sig-compute", "sig-new"]);
    assert_eq!(desk.again().await.requests, 1);

    // A neighbour that is gone takes nothing with it.
    desk.change(|world, _| {
        world.repos.remove(&"kubevirt/community".parse().unwrap());
    });
    let summary = desk.again().await;
    assert!(summary.warnings.iter().any(|warning| warning.contains("kubevirt/community")), "{summary:?}");
    assert_eq!(desk.facts().files.sigs.as_deref(), Some("sigs: []\n"));
}

/// OWNERS files are found at any depth, as Prow finds them: not those that are links, not those where it never walks.
#[tokio::test(start_paused = true)]
async fn owners_are_found_at_any_depth() {
    let mut world = world(1);
    let deep = "veps/sig-compute/41-warm-spares/images/raw/2026/spring/OWNERS";
    let write = |path: &str| Edit::text(path, "approvers:\n- dora\n");
    let edits = [
        write(deep),
        write("a/b/c/d/OWNERS"),
        write("a/b/c/d/e/OWNERS"),
        write("a/b/c/d/e/f/g/h/i/j/OWNERS"),
        write("a/b/vendor/x/y/z/OWNERS"),
        write("a/b/vendor/x/OWNERS"),
        Edit::Symlink { path: "a/b/c/OWNERS".to_owned(), target: "d/OWNERS".to_owned() },
    ];
    world.write(&repo(), "main", "2026-06-01T00:00:00Z".parse().unwrap(), "ada", "Owners", &edits);
    let desk = Desk::new(world);
    desk.sync(Mode::Changed).await.unwrap();
    let found = desk.facts().files.owners;
    let found: Vec<&str> = found.keys().map(String::as_str).collect();
    let expected = [
        "OWNERS",
        "a/b/c/d/OWNERS",
        "a/b/c/d/e/OWNERS",
        "a/b/c/d/e/f/g/h/i/j/OWNERS",
        "a/b/vendor/x/OWNERS",
        deep,
        "veps/sig-compute/OWNERS",
    ];
    assert_eq!(found, expected);
    assert_eq!(desk.again().await.requests, 1, "a tree that is known is not asked again");
}

#[tokio::test(start_paused = true)]
async fn one_pull_is_read_again() {
    let desk = Desk::new(world(3));
    let read = async |number: u64| {
        refresh_pull(&desk.client, &desk.store, &desk.profile, &repo(), PullNumber(number), desk.now()).await
    };
    // Unknown to the store, known to GitHub.
    let pull = read(2).await.unwrap();
    assert_eq!((pull.number, pull.documents.len(), pull.threads.len()), (PullNumber(2), 1, 2));
    assert!(pull.truncated.is_empty());
    desk.change(|world, now| {
        world.push(&item(2), now, "grace", "More", &[Edit::text(&path(2), "# VEP 1002: better\n")]);
        world.comment(&item(2), now, "ada", "/lgtm");
    });
    desk.sim.clear_log();
    let moved = read(2).await.unwrap();
    assert_ne!(moved.head, pull.head);
    assert_eq!(moved.documents[0].text, "# VEP 1002: better\n");
    assert_eq!(moved, desk.pull(2));
    assert!(desk.sim.log().len() <= 2);
    let failure = read(77).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert_eq!(failure.attempted, "read kubevirt/enhancements#77");
}

#[tokio::test(start_paused = true)]
async fn progress_is_told() {
    let desk = Desk::new(world(30));
    desk.sync(Mode::Changed).await.unwrap();
    let told: Vec<String> = desk
        .progress
        .lock()
        .unwrap()
        .iter()
        .map(|progress| format!("{} {}/{}", progress.stage.words(), progress.done, progress.total))
        .collect();
    assert_eq!(
        told,
        [
            "looking for changes 0/0",
            "looking for changes 30/0",
            "reading proposals 0/30",
            "reading proposals 15/30",
            "reading proposals 30/30",
            "reading documents 0/94",
        ]
    );
}
