//! Rows of plays: people and the simulated robots on one pull request.

use jiff::{SignedDuration, Timestamp};
use vepherd::domain::facts::Mergeable;
use vepherd::domain::profile::Profile;
use vepherd::sim::world::{CheckKind, Edit, Item, ItemRef, NewPull, NewReview, Permission, ReviewState, World};

use super::rows::{PlayRow, all};
use crate::e2e::sim_kit::{at, world};

/// The robots' account.
const BOT: &str = "kubevirt-bot";

#[test]
fn the_robots_act_as_prow_does() {
    all(|table| table.play, |row| row.about.clone(), 70, check);
}

/// The world of the end-to-end tests with the robots at work, and the row's pull request.
struct Stage {
    world: World,
    pull: ItemRef,
    now: Timestamp,
}

fn check(about: &str, row: &PlayRow) {
    let mut stage = Stage::open(row);
    for step in &row.steps {
        stage.step(step);
    }
    let Stage { world, pull, .. } = stage;
    let item = world.item(&pull).unwrap();
    let mut labels = item.labels.clone();
    labels.sort();
    for name in &row.has {
        assert!(labels.contains(name), "{about}: {name} is not in {labels:?}");
    }
    for name in &row.lacks {
        assert!(!labels.contains(name), "{about}: {name} is in {labels:?}");
    }
    let names = |list: Vec<String>| {
        let mut list = list;
        list.sort();
        list
    };
    if let Some(want) = &row.labels {
        assert_eq!(labels, *want, "{about}");
    }
    if let Some(want) = &row.assignees {
        assert_eq!(names(item.assignees.iter().map(ToString::to_string).collect()), *want, "{about}: assignees");
    }
    let part = item.pull.as_ref().unwrap();
    if let Some(want) = &row.requested {
        let requested = part.review_requests.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>();
        let missing: Vec<&String> =
            want.iter().filter(|login| !requested.iter().any(|one| one.contains(*login))).collect();
        assert!(missing.is_empty() && requested.len() == want.len(), "{about}: {requested:?}");
    }
    comments(about, row, item);
    let checks: Vec<String> = world.repos[&pull.repo]
        .checks
        .get(&part.head_oid)
        .into_iter()
        .flatten()
        .map(|check| match &check.kind {
            CheckKind::Status(state) => {
                format!("{}: {state} {}", check.name, check.description.as_deref().unwrap_or_default())
            }
            CheckKind::Run(_, conclusion) => format!("{}: {}", check.name, conclusion.as_deref().unwrap_or("RUNNING")),
        })
        .collect();
    for want in &row.checks {
        assert!(checks.iter().any(|check| check.starts_with(want)), "{about}: `{want}` is not in {checks:?}");
    }
    let state = match (item.open, item.merged_at()) {
        (true, _) => "open",
        (false, None) => "closed",
        (false, Some(_)) => "merged",
    };
    if let Some(want) = &row.state {
        assert_eq!(state, want, "{about}");
    }
}

/// The robots' comments and reviews, in order of time.
fn comments(about: &str, row: &PlayRow, item: &Item) {
    let reviews = item.pull.iter().flat_map(|part| &part.reviews).filter(|review| review.author.is(BOT));
    let own = item.comments.iter().filter(|comment| comment.author.is(BOT)).map(|comment| (comment.at, &comment.body));
    let mut said: Vec<_> = own.chain(reviews.map(|review| (review.at, &review.body))).collect();
    said.sort_by_key(|(at, _)| *at);
    let mut rest = said.iter();
    for part in &row.says {
        assert!(rest.any(|(_, body)| body.contains(part)), "{about}: `{part}` is not said in this order: {said:#?}");
    }
    for part in &row.silent {
        assert!(!said.iter().any(|(_, body)| body.contains(part)), "{about}: `{part}` is said: {said:#?}");
    }
    if let Some(want) = row.comments {
        assert_eq!(said.len(), want, "{about}: {said:#?}");
    }
}

impl Stage {
    fn open(row: &PlayRow) -> Self {
        let (mut world, repo, _) = world();
        world.bot(BOT);
        world.employ_prow(Profile::kubevirt(), BOT);
        world.collaborator(&repo, "root", Permission::Admin);
        let base: Vec<Edit> = row.base.iter().map(|(path, text)| Edit::text(path, text)).collect();
        if !base.is_empty() {
            world.write(&repo, "main", at("2026-02-01T00:00:00Z"), "ada", "More", &base);
        }
        let document = || [("veps/sig-compute/8-cold/vep.md".to_owned(), "# VEP 8\n".to_owned())].into();
        let files = row.files.clone().unwrap_or_else(document);
        let mut new = NewPull::by("grace", row.title.as_deref().unwrap_or("VEP 8: cold plug"))
            .number(8)
            .body(&row.body)
            .edits(files.iter().map(|(path, text)| Edit::text(path, text)).collect());
        new.message.clone_from(&row.message);
        new.draft = row.draft;
        // Just after one of Tide's syncs: what comes within a minute and a half is not merged yet.
        let opened = at("2026-02-20T00:00:01Z");
        let pull = world.open(&repo, opened, new);
        let mut stage = Self { world, pull, now: opened };
        stage.wait(10);
        stage
    }

    fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        self.world.advance_to(self.now);
    }

    /// `login: comment`, `login STATE: review`, or `@what login: how`; then everybody has eight seconds.
    fn step(&mut self, step: &str) {
        let (who, text) = step.split_once(": ").unwrap_or_else(|| panic!("who does `{step}`?"));
        let (first, second) = who.split_once(' ').map_or((who, None), |(first, second)| (first, Some(second)));
        let (pull, now) = (self.pull.clone(), self.now);
        let world = &mut self.world;
        if let Some(what) = first.strip_prefix('@') {
            self.happen(what, second.unwrap_or("grace"), text);
        } else if let Some(state) = second {
            let state = match state {
                "APPROVED" => ReviewState::Approved,
                "CHANGES_REQUESTED" => ReviewState::ChangesRequested,
                "COMMENTED" => ReviewState::Commented,
                other => panic!("no such state: {other}"),
            };
            world.review(&pull, now, NewReview::new(first, state, text));
        } else {
            world.comment(&pull, now, first, text);
        }
        self.wait(8);
    }

    fn happen(&mut self, what: &str, who: &str, how: &str) {
        let (pull, now) = (self.pull.clone(), self.now);
        let world = &mut self.world;
        let file = || {
            let (path, text) = how.split_once(" = ").unwrap_or_else(|| panic!("what is in `{how}`?"));
            [Edit::text(path, text)]
        };
        let newest = |world: &World| {
            let comments = &world.item(&pull).unwrap().comments;
            comments.iter().rfind(|comment| !comment.author.is(BOT)).unwrap().id
        };
        match what {
            "push" => drop(world.push(&pull, now, who, how, &[Edit::text("docs/more.md", &format!("{now}\n"))])),
            "rewrite" => drop(world.force_push(&pull, now, who, how, &[])),
            "write" => drop(world.push(&pull, now, who, "Write", &file())),
            "base" => drop(world.write(&pull.repo.clone(), "main", now, who, "Write", &file())),
            "title" => world.retitle(&pull, now, who, how),
            "draft" => world.set_draft(&pull, now, who, how == "yes"),
            "label" => world.label(&pull, now, who, how),
            "unlabel" => world.unlabel(&pull, now, who, how),
            "edit" => {
                let id = newest(world);
                world.edit_comment(&pull, now, id, how);
            }
            "delete" => {
                let id = newest(world);
                world.delete_comment(&pull, now, who, id);
            }
            "dismiss" => {
                let review = world.item(&pull).unwrap().pull.as_ref().unwrap().reviews.last().unwrap().id;
                world.dismiss(&pull, now, who, review, how);
            }
            "status" => {
                let (name, state) = how.rsplit_once(' ').unwrap();
                world.status(&pull, now, name, state, "");
            }
            "mergeable" => world.set_mergeable(
                &pull,
                match how {
                    "yes" => Mergeable::Mergeable,
                    "no" => Mergeable::Conflicting,
                    _ => Mergeable::Unknown,
                },
            ),
            "close" => world.close(&pull, now, who),
            "reopen" => world.reopen(&pull, now, who),
            "wait" => self.wait(how.parse().unwrap()),
            other => panic!("no such step: {other}"),
        }
    }
}
