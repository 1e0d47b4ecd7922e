//! The demo world can be played at any time, and holds what design §7 promises.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vepherd::domain::ids::RepoId;
use vepherd::sim::demo::build;
use vepherd::sim::world::{Item, Permission, ReviewState, World};

fn now() -> Timestamp {
    "2031-03-05T10:00:00Z".parse().unwrap()
}

fn played() -> (World, RepoId) {
    (build(now()).unwrap_or_else(|error| panic!("{error}")), "kubevirt/enhancements".parse().unwrap())
}

fn pulls<'a>(world: &'a World, repo: &RepoId) -> Vec<&'a Item> {
    world.repos[repo].items.values().filter(|item| item.pull.is_some()).collect()
}

#[test]
fn it_can_be_played_at_any_time() {
    for now in ["2024-02-29T23:59:59Z", "2026-12-31T00:00:00Z", "2040-06-01T12:00:00Z"] {
        build(now.parse().unwrap()).unwrap_or_else(|error| panic!("{now}: {error}"));
    }
}

#[test]
fn it_has_the_shape_of_the_real_repository() {
    let (world, repo) = played();
    let all = pulls(&world, &repo);
    let open: Vec<_> = all.iter().filter(|item| item.open).collect();
    assert!((55..=70).contains(&open.len()), "{} open", open.len());
    let under = |item: &&&Item, folder: &str| {
        item.pull.as_ref().is_some_and(|pull| pull.files.iter().any(|file| file.path.starts_with(folder)))
    };
    let compute = open.iter().filter(|item| under(item, "veps/sig-compute/")).count();
    assert!(compute * 3 > open.len() && compute * 4 < open.len() * 3, "{compute} of {} are compute's", open.len());
    for folder in [
        "sig-storage",
        "sig-network",
        "sig-observability",
        "sig-release",
        "sig-control-plane",
        "sig-scale",
        "meta-VEPs",
    ] {
        assert!(open.iter().any(|item| under(item, &format!("veps/{folder}/"))), "{folder}");
    }
    assert!(open.iter().filter(|item| !under(item, "veps/")).count() >= 3, "process");
    let titles: BTreeSet<_> = all.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles.len(), all.len(), "no two cards look the same");
    let hours: Vec<i64> = open.iter().map(|item| now().duration_since(item.created_at).as_hours()).collect();
    assert!(*hours.iter().min().unwrap() < 12 && *hours.iter().max().unwrap() > 24 * 470, "{hours:?}");
}

#[test]
fn the_viewer_may_only_read() {
    let (world, repo) = played();
    assert_eq!(world.permission(&world.repos[&repo], &world.viewer), Some(Permission::Read));
}

#[test]
fn it_holds_the_hard_cases() {
    let (world, repo) = played();
    let all = pulls(&world, &repo);
    let any = |what: &str, test: &dyn Fn(&Item) -> bool| assert!(all.iter().any(|item| test(item)), "{what}");
    let reviews = |item: &Item, state: ReviewState| {
        item.pull.as_ref().is_some_and(|pull| pull.reviews.iter().any(|review| review.state == state))
    };
    let said = |item: &Item, text: &str| item.comments.iter().any(|comment| comment.body.contains(text));
    any("a veto", &|item| {
        reviews(item, ReviewState::ChangesRequested)
            && item.pull.as_ref().unwrap().reviews.iter().any(|review| review.body.starts_with("Veto (sig-network)"))
    });
    any("a hold with a reason", &|item| said(item, "/hold until"));
    any("a draft", &|item| item.pull.as_ref().unwrap().draft);
    any("a locked one", &|item| item.locked);
    any("a conflict", &|item| format!("{:?}", item.pull.as_ref().unwrap().mergeable) == "Conflicting");
    any("more than 100 labels", &|item| item.labels.len() > 100);
    any("more than 100 comments", &|item| item.comments.len() > 100);
    any("more than 100 files", &|item| item.pull.as_ref().unwrap().files.len() > 100);
    any("a merged one", &|item| item.merged_at().is_some());
    any("one that was closed", &|item| !item.open && item.merged_at().is_none());
    any("a deleted author", &|item| world.accounts[&item.author].deleted);
    any("a bot's comment", &|item| item.comments.iter().any(|comment| comment.author.is("coderabbitai")));
    any("an unknown SIG", &|item| {
        item.pull.as_ref().unwrap().files.iter().any(|file| file.path.starts_with("veps/sig-sustainability/"))
    });
    any("two SIG folders", &|item| {
        let sigs: BTreeSet<_> =
            item.pull.as_ref().unwrap().files.iter().filter_map(|file| file.path.split('/').nth(1)).collect();
        sigs.len() > 1 && sigs.iter().all(|sig| sig.starts_with("sig-"))
    });
    any("a resolved thread", &|item| {
        item.pull.as_ref().unwrap().threads.iter().any(|thread| thread.resolved_by.is_some())
    });
    any("no tracking issue", &|item| item.body.contains("**Tracking issue**: \n"));
    assert!(!world.scheduled.is_empty(), "somebody acts while a visitor looks");
    assert!(world.scheduled.iter().all(|scheduled| scheduled.at > now()));
}

#[test]
fn every_document_says_something_of_its_own() {
    let (world, repo) = played();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for item in pulls(&world, &repo) {
        let pull = item.pull.as_ref().unwrap();
        for file in pull.files.iter().filter(|file| file.path.starts_with("veps/") && file.path.ends_with(".md")) {
            let text = world.repos[&repo].git.text(&pull.head_oid, &file.path).unwrap_or_default();
            assert!(text.len() > 800, "#{} {} is thin: {} bytes", item.number, file.path, text.len());
            assert!(!text.contains("{gate}") && !text.contains("d}"), "#{} {}: {text}", item.number, file.path);
            let overview = text.split("## Overview").nth(1).unwrap_or_default().chars().take(120).collect::<String>();
            let first = *seen.entry(overview).or_insert(item.number);
            assert_eq!(first, item.number, "#{} reads like #{first}", item.number);
        }
    }
}
