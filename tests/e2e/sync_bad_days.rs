//! The sync engine on GitHub's bad days: refusals, timeouts, broken parts, limits, and being killed.

use vepherd::domain::facts::PullState;
use vepherd::domain::failure::FailureKind;
use vepherd::domain::ids::PullNumber;
use vepherd::shell::sync::{Mode, refresh_pull};
use vepherd::sim::faults::{Fault, Kind, Trouble};

use super::sim_kit::at;
use super::sync::world;
use super::sync_kit::{Desk, item, repo};

#[tokio::test(start_paused = true)]
async fn refusals_are_told_apart_and_lose_nothing() {
    for (trouble, kind, code) in [
        (Trouble::BadCredentials, FailureKind::Credentials, 3),
        (Trouble::SsoRequired, FailureKind::Permission, 1),
        (Trouble::SecondaryLimit(60), FailureKind::RateLimited, 4),
        (Trouble::RateLimited, FailureKind::RateLimited, 4),
        (Trouble::BadGateway, FailureKind::Server, 4),
        (Trouble::Unavailable, FailureKind::Server, 4),
        (Trouble::Silence, FailureKind::Network, 4),
        (Trouble::Garbage, FailureKind::Protocol, 1),
    ] {
        let desk = Desk::new(world(3));
        desk.sync(Mode::Changed).await.unwrap();
        let before = desk.facts();
        desk.sim.inject(Fault::once(Kind::Query, trouble.clone()).times(50));
        let failure = desk.sync(Mode::Changed).await.unwrap_err();
        assert_eq!((failure.kind, failure.exit_code()), (kind, code), "{trouble:?}: {failure}");
        assert!(failure.hint.is_some(), "{trouble:?}");
        assert_eq!(failure.attempted, "read kubevirt/enhancements");
        assert_eq!(desk.facts(), before, "{trouble:?}");
        if kind == FailureKind::RateLimited {
            assert!(failure.retry_at.is_some_and(|at| at > desk.now()), "{trouble:?}: {failure:?}");
        }
    }
    // A repository that is none.
    let mut desk = Desk::new(world(1));
    desk.profile.repo = "kubevirt/nowhere".parse().unwrap();
    let clock = || at("2026-03-01T00:00:00Z");
    let nowhere = desk.profile.repo.clone();
    let sync =
        vepherd::shell::sync::sync(&desk.client, &desk.store, &desk.profile, &nowhere, Mode::Changed, &clock, &|_| ());
    let failure = sync.await.unwrap_err();
    assert_eq!((failure.kind, failure.exit_code()), (FailureKind::NotFound, 1), "{failure}");
    assert!(failure.to_string().contains("kubevirt/nowhere") && failure.hint.is_some(), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn bad_days_are_survived() {
    for trouble in [Trouble::BadGateway, Trouble::Unavailable, Trouble::Silence, Trouble::Garbage] {
        for skip in 0..4 {
            let desk = Desk::new(world(30));
            desk.sim.inject(Fault::once(Kind::Query, trouble.clone()).after(skip));
            let summary = match desk.sync(Mode::Changed).await {
                Ok(summary) => summary,
                // The light query alone cannot be asked in halves.
                Err(failure) => {
                    assert_eq!((trouble.clone(), skip), (Trouble::Garbage, 0), "{failure}");
                    continue;
                }
            };
            assert_eq!(summary.changed, 30, "{trouble:?} after {skip}");
            let facts = desk.facts();
            assert_eq!((facts.pulls.len(), facts.issues.len()), (30, 30), "{trouble:?} after {skip}");
            for pull in facts.pulls.values() {
                assert_eq!((&pull.truncated[..], pull.documents.len()), (&[][..], 1), "{trouble:?} after {skip}");
            }
            assert_eq!(desk.again().await.requests, 1, "{trouble:?} after {skip}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_partial_answer_is_used_and_mended() {
    for skip in 0..4 {
        let desk = Desk::new(world(30));
        desk.sim.inject(Fault::once(Kind::Query, Trouble::Partial).after(skip));
        let Ok(summary) = desk.sync(Mode::Changed).await else {
            panic!("a partial answer after {skip} stops the sync")
        };
        assert!(summary.pulls >= 29, "{skip}: {summary:?}");
        desk.again().await;
        desk.again().await;
        let facts = desk.facts();
        assert_eq!(facts.pulls.len(), 30, "{skip}");
        for pull in facts.pulls.values() {
            assert_eq!((&pull.truncated[..], pull.documents.len()), (&[][..], 1), "{skip} {}", pull.number);
        }
        assert_eq!(desk.again().await.requests, 1, "{skip}");
    }
}

/// A pull that GitHub cannot answer at all: its card is there, marked, and the others are whole.
#[tokio::test(start_paused = true)]
async fn one_that_cannot_be_read_is_flagged() {
    let desk = Desk::new(world(30));
    let poison = |on: bool| *desk.poison.lock().unwrap() = on.then(|| "pullRequest(number: 13)".to_owned());
    poison(true);
    let summary = desk.sync(Mode::Changed).await.unwrap();
    assert!(matches!(&summary.warnings[..], [warning] if warning.contains("#13")), "{summary:?}");
    assert_eq!((summary.pulls, summary.changed), (30, 29));
    let facts = desk.facts();
    assert_eq!(facts.pulls.values().filter(|pull| pull.truncated.is_empty()).count(), 29);
    let flagged = desk.pull(13);
    assert_eq!((flagged.title.as_str(), &flagged.labels[..]), ("VEP 1013: thing", &["sig/compute".to_owned()][..]));
    assert_eq!(flagged.url, "https://github.com/kubevirt/enhancements/pull/13");
    assert!(matches!(&flagged.truncated[..], [part] if part.part == "everything" && part.why.starts_with("not read:")));
    // It is read as soon as it can be; one that was known stays as it was known.
    poison(false);
    assert_eq!(desk.again().await.changed, 1);
    let whole = desk.pull(13);
    assert_eq!((&whole.truncated[..], whole.documents.len()), (&[][..], 1));
    desk.change(|world, now| {
        world.comment(&item(13), now, "ada", "Hm");
    });
    poison(true);
    desk.again().await;
    let marked = desk.pull(13);
    assert_eq!((&marked.comments, &marked.documents), (&whole.comments, &whole.documents));
    assert_eq!(marked.truncated.len(), 1);
    poison(false);
    desk.again().await;
    assert_eq!((desk.pull(13).comments.len(), desk.pull(13).truncated), (2, vec![]));
    assert_eq!(desk.again().await.requests, 1);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_sync_goes_on_where_it_was() {
    let desk = Desk::new(world(60));
    // The light query and the first batches pass, then the token is refused.
    desk.sim.inject(Fault::once(Kind::Query, Trouble::BadCredentials).after(3).times(9));
    let failure = desk.sync(Mode::Changed).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Credentials);
    let saved = desk.facts();
    assert!((20..60).contains(&saved.pulls.len()), "{}", saved.pulls.len());
    assert_eq!(saved.synced_at, None);
    let desk = Desk { client: desk.client.clone(), sim: desk.sim.clone(), ..desk };
    loop {
        desk.hands.forward(60);
        if let Ok(summary) = desk.sync(Mode::Changed).await {
            assert!(summary.changed <= 60);
            break;
        }
    }
    let facts = desk.facts();
    assert_eq!(facts.pulls.len(), 60);
    assert!(facts.pulls.values().all(|pull| pull.truncated.is_empty() && pull.documents.len() == 1));
    assert_eq!(facts.synced_at, Some(desk.now()));
}

/// A first sync that is killed between pulls and documents: what was read is not read again.
#[tokio::test(start_paused = true)]
async fn a_killed_sync_reads_nothing_twice() {
    for skip in 1..5 {
        let desk = Desk::new(world(60));
        desk.sim.inject(Fault::once(Kind::Query, Trouble::BadCredentials).after(skip).times(9));
        desk.sync(Mode::Changed).await.unwrap_err();
        let saved = desk.facts().pulls.len();
        let mut wanted = 0;
        loop {
            desk.hands.forward(60);
            desk.sim.clear_log();
            match desk.sync(Mode::Changed).await {
                Ok(summary) => {
                    wanted += summary.changed;
                    break;
                }
                Err(_) => wanted += 0,
            }
        }
        assert!(saved + wanted <= 60, "after {skip}: {saved} were saved, {wanted} read again");
        let facts = desk.facts();
        assert_eq!((facts.pulls.len(), facts.issues.len()), (60, 60), "after {skip}");
        for pull in facts.pulls.values() {
            assert_eq!((&pull.truncated[..], pull.documents.len()), (&[][..], 1), "after {skip}: {}", pull.number);
        }
        assert_eq!(desk.again().await.requests, 1, "after {skip}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_read_is_kept_with_its_age() {
    let mut world = world(1);
    let community = "kubevirt/community".parse().unwrap();
    let gone = world.repos.remove(&community).unwrap();
    let desk = Desk::new(world);
    let first = desk.sync(Mode::Changed).await.unwrap();
    let facts = desk.facts();
    let [gap] = &facts.gaps[..] else { panic!("{:?}", facts.gaps) };
    assert_eq!((gap.what.as_str(), gap.known_from), ("sigs.yaml of kubevirt/community", None));
    assert!(first.warnings[0].ends_with("and nothing is known of it yet"), "{:?}", first.warnings);
    desk.change(|world, _| drop(world.repos.insert(community.clone(), gone)));
    desk.again().await;
    let known = desk.now();
    assert_eq!(desk.facts().gaps, []);
    desk.change(|world, _| drop(world.repos.remove(&community)));
    for _ in 0..2 {
        let summary = desk.again().await;
        assert_eq!(desk.facts().gaps[0].known_from, Some(known));
        assert!(summary.warnings[0].contains("what is shown of it is from 2026-"), "{:?}", summary.warnings);
    }
}

/// Two processes with one token: what one has heard from GitHub, the other heeds without asking.
#[tokio::test(start_paused = true)]
async fn limits_are_shared_through_the_store() {
    let first = Desk::new(world(3));
    first.sync(Mode::Changed).await.unwrap();
    let second = first.beside();
    first.sim.inject(Fault::once(Kind::Query, Trouble::SecondaryLimit(300)));
    let refused = first.sync(Mode::Changed).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::RateLimited);
    for desk in [&first, &second] {
        let failure = desk.sync(Mode::Changed).await.unwrap_err();
        assert_eq!((failure.kind, failure.retry_at), (FailureKind::RateLimited, refused.retry_at), "{failure}");
        assert_eq!(desk.sim.log().len(), 0, "nothing is asked while GitHub wants silence");
        let read = refresh_pull(&desk.client, &desk.store, &desk.profile, &repo(), PullNumber(2), desk.now()).await;
        assert_eq!((read.unwrap_err().kind, desk.sim.log().len()), (FailureKind::RateLimited, 0));
    }
    first.hands.forward(301);
    second.sync(Mode::Changed).await.unwrap();

    // The last tenth is kept for sending, whoever spent the rest.
    first.sim.spend(4600);
    first.sync(Mode::Changed).await.unwrap();
    assert!(first.client.budget().points.remaining.is_some_and(|left| left < 500));
    second.sim.clear_log();
    let failure = second.sync(Mode::Changed).await.unwrap_err();
    assert!(failure.cause.contains("the last tenth") && failure.retry_at.is_some(), "{failure}");
    assert_eq!(second.sim.log().len(), 0);
    let pull = refresh_pull(&second.client, &second.store, &second.profile, &repo(), PullNumber(2), second.now()).await;
    assert!(pull.is_ok(), "a sending may spend it: {pull:?}");
    first.hands.forward(3700);
    second.sync(Mode::Changed).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_a_board_can_do_without_never_takes_the_open_proposals_with_it() {
    for (field, says) in [
        ("issues", "which tracking issues changed"),
        ("ended", "what was merged or closed lately"),
        ("root", "OWNERS and folders in"),
        ("viewerPermission", ""),
    ] {
        let desk = Desk::new(world(3));
        *desk.broken.lock().unwrap() = Some(field.to_owned());
        let summary = desk.sync(Mode::Changed).await.unwrap();
        assert_eq!((summary.pulls, desk.facts().pulls.len()), (3, 3), "{field}");
        assert!(says.is_empty() || summary.warnings.iter().any(|it| it.contains(says)), "{:?}", summary.warnings);
    }
}

/// One part that GitHub fails on costs that part, for every proposal and from the first sync on.
#[tokio::test(start_paused = true)]
async fn a_broken_part_takes_nothing_with_it() {
    for (field, part) in [
        ("reviewThreads", "threads"),
        ("timelineItems", "timeline"),
        ("comments", "comments"),
        ("files", "files"),
        ("reviews", "reviews"),
        ("assignees", "assignees"),
    ] {
        let desk = Desk::new(world(30));
        *desk.broken.lock().unwrap() = Some(field.to_owned());
        let summary = desk.sync(Mode::Changed).await.unwrap();
        let facts = desk.facts();
        assert_eq!((summary.pulls, facts.pulls.len()), (30, 30), "{field}");
        for pull in facts.pulls.values() {
            assert!(pull.truncated.iter().any(|it| it.part == part), "{field}: {:?}", pull.truncated);
            assert_eq!(pull.title, format!("VEP {}: thing", pull.number.0 + 1000));
        }
        let says = format!("the {part} of 30 proposals could not be read");
        assert!(summary.warnings.iter().any(|it| it.contains(&says)), "{field}: {:?}", summary.warnings);
        *desk.broken.lock().unwrap() = None;
        desk.again().await;
        assert!(desk.facts().pulls.values().all(|pull| pull.truncated.is_empty()), "{field}");
        assert_eq!(desk.again().await.requests, 1, "{field}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pull_that_breaks_inside_is_kept_and_flagged_not_gone() {
    let desk = Desk::new(world(2));
    desk.sync(Mode::Changed).await.unwrap();
    desk.change(|world, now| world.close(&item(2), now, "grace"));
    *desk.broken.lock().unwrap() = Some("timelineItems".to_owned());
    let summary = desk.again().await;
    assert!(summary.warnings.iter().any(|it| it.contains("Something went wrong")), "{:?}", summary.warnings);
    assert!(
        matches!(&desk.pull(2).truncated[..], [part] if part.part == "timeline" && part.why.starts_with("not read:"))
    );
    *desk.broken.lock().unwrap() = None;
    desk.again().await;
    assert_eq!(desk.pull(2).state, PullState::Closed);
}
