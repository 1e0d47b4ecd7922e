//! What ended, in its light form: read once, page by page, without the board's waiting for it.

use vepherd::domain::facts::PullState;
use vepherd::domain::failure::{Failure, FailureKind};
use vepherd::domain::ids::PullNumber;
use vepherd::shell::sync::Mode;
use vepherd::shell::sync::history::{self, HistoryRead};
use vepherd::sim::faults::{Fault, Kind, Trouble};
use vepherd::sim::world::World;

use super::sim_kit::at;
use super::sync::world;
use super::sync_kit::{Desk, item, propose, repo};

fn with_ended(count: u64) -> World {
    let mut world = world(3);
    for number in 100..100 + count {
        let pull = propose(&mut world, number);
        world.comment(&pull, at("2026-02-01T12:00:00Z"), "ada", "A first word");
        match number % 2 {
            0 => world.merge(&pull, at("2026-02-05T00:00:00Z"), "ada"),
            _ => world.close(&pull, at("2026-02-05T00:00:00Z"), "ada"),
        }
    }
    world
}

async fn read(desk: &Desk) -> Result<HistoryRead, Failure> {
    let hands = desk.hands.clone();
    history::read(&desk.client, &desk.store, &repo(), &move || hands.now()).await
}

#[tokio::test(start_paused = true)]
async fn it_is_read_once() {
    let desk = Desk::new(with_ended(120));
    desk.sync(Mode::Changed).await.unwrap();
    let first = read(&desk).await.unwrap();
    assert_eq!((first.read, first.requests, first.complete), (120, 3, true));
    assert!(first.points <= 6, "{first:?}");
    let history = desk.store.history(&repo()).unwrap();
    assert_eq!(history.len(), 120);
    let one = &history[0];
    assert_eq!((one.number, one.state, one.title.as_str()), (PullNumber(100), PullState::Merged, "VEP 1100: thing"));
    assert_eq!(one.ended_at, at("2026-02-05T00:00:00Z"));
    assert_eq!(one.files[0].path, "veps/sig-compute/1100-thing/vep.md");
    assert_eq!(one.words[0].by.as_ref().unwrap().login.as_str(), "ada");
    for _ in 0..2 {
        desk.again().await;
        assert_eq!(read(&desk).await.unwrap(), HistoryRead { complete: true, ..HistoryRead::default() });
    }
    // What ends from then on comes with the sync, and leaves with a reopening.
    desk.change(|world, now| world.close(&item(1), now, "ada"));
    desk.again().await;
    assert!(desk.store.history_numbers(&repo()).unwrap().contains(&PullNumber(1)));
    assert_eq!(read(&desk).await.unwrap().requests, 0);
    desk.change(|world, now| world.reopen(&item(1), now, "grace"));
    desk.again().await;
    assert!(!desk.store.history_numbers(&repo()).unwrap().contains(&PullNumber(1)));
}

#[tokio::test(start_paused = true)]
async fn it_goes_on_where_it_was_stopped() {
    let desk = Desk::new(with_ended(120));
    desk.sync(Mode::Changed).await.unwrap();
    desk.sim.inject(Fault::once(Kind::Query, Trouble::BadCredentials).after(1));
    assert_eq!(read(&desk).await.unwrap_err().kind, FailureKind::Credentials);
    assert_eq!(desk.store.history_numbers(&repo()).unwrap().len(), 50);
    let rest = read(&desk).await.unwrap();
    assert_eq!((rest.read, rest.requests, rest.complete), (70, 2, true));
    // A page that is too much is asked smaller.
    let desk = Desk::new(with_ended(60));
    desk.sync(Mode::Changed).await.unwrap();
    desk.sim.inject(Fault::once(Kind::Query, Trouble::BadGateway));
    let slow = read(&desk).await.unwrap();
    assert_eq!((slow.read, slow.complete), (60, true));
}

#[tokio::test(start_paused = true)]
async fn it_takes_only_of_the_upper_half_of_the_budget() {
    let desk = Desk::new(with_ended(60));
    desk.sync(Mode::Changed).await.unwrap();
    desk.sim.spend(2600);
    desk.again().await;
    assert_eq!(read(&desk).await.unwrap(), HistoryRead::default());
    desk.hands.forward(3700);
    desk.again().await;
    assert!(read(&desk).await.unwrap().complete);
}

#[tokio::test(start_paused = true)]
async fn who_was_away_for_months_misses_nothing() {
    let desk = Desk::new(with_ended(5));
    desk.sync(Mode::Changed).await.unwrap();
    assert_eq!(read(&desk).await.unwrap().read, 5);
    desk.hands.forward(30 * 86_400);
    desk.change(|world, now| {
        for number in 500..700 {
            let pull = propose(world, number);
            world.close(&pull, now, "ada");
        }
    });
    desk.hands.forward(100 * 86_400);
    let summary = desk.sync(Mode::Changed).await.unwrap();
    assert!(summary.requests <= 3, "what ended long ago is not read whole: {summary:?}");
    let caught = read(&desk).await.unwrap();
    assert!(caught.complete && caught.read >= 200, "{caught:?}");
    assert_eq!(desk.store.history_numbers(&repo()).unwrap().len(), 205);
    desk.again().await;
    assert_eq!(read(&desk).await.unwrap().requests, 0);
    // Statistics do not reach further back than they say.
    let desk = Desk::new(with_ended(5));
    desk.hands.forward(500 * 86_400);
    desk.sync(Mode::Changed).await.unwrap();
    assert_eq!(read(&desk).await.unwrap(), HistoryRead { read: 0, requests: 1, points: 2, complete: true });
}
