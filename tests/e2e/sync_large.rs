//! Far more than anybody has: a thread of 3,000 comments, a pull request of 3,000 files, 1,000 open proposals.

use vepherd::shell::sync::Mode;
use vepherd::sim::world::{Edit, NewPull, NewReview, NewThread, ReviewState};

use super::sim_kit::at;
use super::sync::world;
use super::sync_kit::{Desk, empty, repo};

#[tokio::test(start_paused = true)]
async fn a_thread_of_3000_comments_and_3000_files_are_complete() {
    let mut world = empty();
    let start = at("2026-02-01T00:00:00Z");
    let path = |n: usize| format!("veps/sig-compute/1-much/part-{n:04}.txt");
    let edits = (0..3000).map(|n| Edit::text(&path(n), "text\n")).collect();
    let pull = world.open(&repo(), start, NewPull::by("grace", "VEP 1: much").number(1).edits(edits));
    let threads = vec![NewThread::on(&path(0), 1, "Why?")];
    world.review(&pull, start, NewReview::new("ada", ReviewState::Commented, "").threads(threads));
    let first = world.item(&pull).unwrap().pull.as_ref().unwrap().threads[0].comments[0].id;
    for n in 1..3000 {
        world.reply(&pull, start, "grace", first, &format!("reply {n}"));
    }
    for n in 0..3000 {
        world.comment(&pull, start, "ada", &format!("remark {n}"));
    }
    let desk = Desk::new(world);
    let summary = desk.sync(Mode::Changed).await.unwrap();
    let read = desk.pull(1);
    assert_eq!(read.truncated, []);
    assert_eq!((read.files.len(), read.comments.len()), (3000, 3000));
    assert_eq!(read.threads.iter().map(|thread| thread.comments.len()).collect::<Vec<_>>(), [3000]);
    assert_eq!(read.threads[0].comments[2999].body, "reply 2999");
    assert_eq!(read.comments[2999].body, "remark 2999");
    assert!(summary.requests < 100, "{summary:?}");
    // Nothing changed: none of it is read again.
    assert_eq!(desk.again().await.requests, 1);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_open_proposals_are_complete() {
    let desk = Desk::new(world(1000));
    let first = desk.sync(Mode::Changed).await.unwrap();
    assert_eq!((first.pulls, first.changed), (1000, 1000));
    // Ten pages of open ones, fifty requests of twenty, documents and issues beside them.
    assert!(first.requests <= 75 && first.points <= 250, "{first:?}");
    let facts = desk.facts();
    assert_eq!((facts.pulls.len(), facts.issues.len()), (1000, 1000));
    assert!(facts.pulls.values().all(|pull| pull.truncated.is_empty() && pull.documents.len() == 1));
    let nothing = desk.again().await;
    assert_eq!((nothing.changed, nothing.requests), (0, 10));
    desk.change(|world, now| {
        world.comment(&super::sync_kit::item(5), now, "ada", "Hm");
    });
    let one = desk.again().await;
    assert_eq!((one.changed, one.requests), (1, 11));
}
