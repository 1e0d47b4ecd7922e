//! The outbox against the simulated GitHub: every intended write arrives once, whatever happens on the way, and what
//! should be decided again is parked with the reason.

use std::sync::Arc;

use vepherd::domain::action::{Action, Intent};
use vepherd::domain::failure::FailureKind;
use vepherd::domain::ids::{Login, NodeId, PullNumber, Sha};
use vepherd::domain::profile::Profile;
use vepherd::shell::clock::Clock;
use vepherd::shell::github::Client;
use vepherd::shell::outbox::{How, Sent};
use vepherd::shell::services::Services;
use vepherd::shell::store::{OutboxId, OutboxState, Store};
use vepherd::shell::sync::Mode;
use vepherd::sim::Sim;
use vepherd::sim::faults::{Fault, Kind, Trouble};
use vepherd::sim::world::{Edit, ItemRef};

use super::sim_kit::{Hands, sim, world};

/// `sam` at the keyboard, a store of their own, pull request 7 synced.
struct Desk {
    services: Services,
    sim: Sim,
    hands: Hands,
    pull: ItemRef,
}

impl Desk {
    async fn new() -> Self {
        Self::with_store(Store::in_memory().unwrap()).await
    }

    async fn with_store(store: Store) -> Self {
        let (world, repo, pull) = world();
        let (sim, hands) = sim(world);
        let clock = hands.clone();
        let services = Services {
            repo,
            profile: Arc::new(Profile::kubevirt()),
            sigs: None,
            store: Arc::new(store),
            clock: Clock::from_fn(move || clock.now()),
            client: Client::over(sim.clone(), "http://127.0.0.1", "sim-token".into()),
        };
        services.sync(Mode::Full, &|_| ()).await.unwrap();
        sim.clear_log();
        Self { services, sim, hands, pull }
    }

    fn head(&self) -> Sha {
        self.services.store.pull(&self.services.repo, PullNumber(7)).unwrap().unwrap().head
    }

    fn decide(&self, action: Action) -> OutboxId {
        let intent = Intent {
            repo: self.services.repo.clone(),
            pull: PullNumber(7),
            head: self.head(),
            action,
            created_at: self.services.clock.now(),
        };
        self.services.enqueue(&intent).unwrap()
    }

    async fn send(&self, id: OutboxId) -> Sent {
        self.services.send(id, How::Checked).await.unwrap()
    }

    /// Writes that were carried out, as `METHOD path`.
    fn writes(&self) -> Vec<String> {
        let log = self.sim.log();
        let writes = log.iter().filter(|it| it.applied && it.path != "/graphql");
        writes.map(|it| format!("{} {}", it.method, it.path)).collect()
    }

    fn state(&self, id: OutboxId) -> OutboxState {
        self.services.store.outbox_row(id).unwrap().unwrap().state
    }

    /// Somebody else acts.
    async fn other(&self, who: &str, deed: vepherd::sim::world::Deed) {
        let at = self.hands.now();
        self.sim.with(|world| {
            world.perform(vepherd::sim::world::Scheduled { at, item: self.pull.clone(), who: who.into(), deed });
        });
        self.hands.forward(60);
    }
}

fn comment(text: &str) -> Action {
    Action::Comment { text: text.into() }
}

fn lgtm() -> Action {
    Action::Lgtm { text: String::new() }
}

const COMMENTS: &str = "POST /repos/kubevirt/enhancements/issues/7/comments";
const REVIEWS: &str = "POST /repos/kubevirt/enhancements/pulls/7/reviews";

#[tokio::test(start_paused = true)]
async fn an_intent_is_written_down_first_and_sent_once() {
    let desk = Desk::new().await;
    let id = desk.decide(comment("How does it scale?"));
    assert_eq!((desk.state(id), desk.writes().len()), (OutboxState::Queued, 0));
    let Sent::Done(row) = desk.send(id).await else { panic!("not done") };
    assert_eq!(desk.writes(), [COMMENTS]);
    assert_eq!((row.state, row.done, row.links.len()), (OutboxState::Done, 1, 1));
    // Sent again, by a hasty finger: nothing more goes out.
    assert!(matches!(desk.send(id).await, Sent::Done(_)));
    assert_eq!(desk.writes(), [COMMENTS]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_looked_for_and_found() {
    for trouble in [Trouble::LostReply, Trouble::LostInSilence] {
        for (action, path) in [(comment("Once, please."), COMMENTS), (lgtm(), REVIEWS)] {
            let desk = Desk::new().await;
            desk.sim.inject(Fault::once(Kind::Write, trouble.clone()));
            let id = desk.decide(action);
            let Sent::Done(row) = desk.send(id).await else { panic!("{trouble:?}: not found") };
            assert_eq!(row.links.len(), 1, "the link is that of what was found");
            assert_eq!(desk.writes(), [path], "{trouble:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_equal_text_of_before_is_not_taken_for_the_lost_one() {
    let desk = Desk::new().await;
    let first = desk.decide(comment("ping"));
    assert!(matches!(desk.send(first).await, Sent::Done(_)));
    // The second never arrives, and its answer is a 502: the first must not be taken for it.
    desk.sim.inject(Fault::once(Kind::Write, Trouble::BadGateway));
    let second = desk.decide(comment("ping"));
    let sent = desk.send(second).await;
    assert!(matches!(sent, Sent::Unknown(..)), "{sent:?}");
    assert_eq!(sent.into_result().unwrap_err().exit_code(), 4);
    assert_eq!(desk.writes(), [COMMENTS]);
    // Looked for again, not there, and late enough to be sure: it goes out, once.
    assert!(matches!(desk.send(second).await, Sent::Done(_)));
    assert_eq!(desk.writes(), [COMMENTS, COMMENTS]);
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_process_left_on_its_way_is_looked_for_first() {
    let desk = Desk::new().await;
    let id = desk.decide(comment("I was killed."));
    // The process dies after GitHub has it and before it is noted.
    let mut row = desk.services.store.outbox_row(id).unwrap().unwrap();
    row.state = OutboxState::Sending;
    assert!(desk.services.store.outbox_update(OutboxState::Queued, &row).unwrap());
    let client = desk.services.client().unwrap();
    client.send(&desk.services.repo, PullNumber(7), &row.posts[0]).await.unwrap();
    let sent = desk.services.send_all().await.unwrap();
    assert!(matches!(sent.as_slice(), [Sent::Done(_)]), "{sent:?}");
    assert_eq!(desk.writes(), [COMMENTS]);
}

#[tokio::test(start_paused = true)]
async fn without_network_it_waits_and_the_order_is_kept() {
    let desk = Desk::new().await;
    let ids = [desk.decide(comment("first")), desk.decide(comment("second"))];
    desk.sim.inject(Fault::once(Kind::Any, Trouble::Unavailable).times(20));
    let sent = desk.services.send_all().await.unwrap();
    assert!(matches!(sent.as_slice(), [Sent::Waiting(..)]), "{sent:?}");
    assert_eq!(ids.map(|id| desk.state(id)), [OutboxState::Queued; 2]);
    assert_eq!(desk.writes().len(), 0);
    // The line comes back once the faults are used up.
    while desk.services.refresh(PullNumber(7)).await.is_err() {}
    let before = tokio::time::Instant::now();
    let sent = desk.services.send_all().await.unwrap();
    assert!(sent.iter().all(|it| matches!(it, Sent::Done(_))), "{sent:?}");
    assert!(before.elapsed() >= std::time::Duration::from_millis(900), "writes are a second apart");
    let bodies: Vec<String> = desk.sim.log().iter().filter(|it| it.applied).map(|it| it.body.clone()).collect();
    assert!(bodies[0].contains("first") && bodies[1].contains("second"), "{bodies:?}");
}

#[tokio::test(start_paused = true)]
async fn what_should_be_decided_again_is_parked_with_the_reason() {
    use vepherd::sim::world::Deed;
    let push = || Deed::Push("Rework".into(), vec![Edit::text("veps/sig-compute/7-hot-plug/vep.md", "# VEP 7: new\n")]);
    let hold = || Deed::Comment("/hold\nThe API is not agreed.".into());
    let veto = || Deed::Comment("Veto: the API is not agreed.".into());
    let reason = || "no migration path".to_owned();
    let table: [(Action, Deed, Option<&str>); 9] = [
        (lgtm(), push(), Some("the head moved")),
        (Action::Approve { text: String::new(), own: false }, push(), Some("the head moved")),
        (Action::Veto { sig: None, reason: reason() }, push(), Some("the head moved")),
        (comment("/lgtm"), push(), Some("the head moved")),
        (comment("A question."), push(), None),
        (lgtm(), veto(), Some("ada vetoed it: ")),
        (lgtm(), hold(), Some("since you read it, ada ")),
        (Action::Assign { login: Login::new("ada") }, veto(), None),
        (comment("Still there?"), Deed::Close, Some("was closed")),
    ];
    for (action, deed, parked) in table {
        let desk = Desk::new().await;
        let id = desk.decide(action.clone());
        let who = if parked == Some("the head moved") { "grace" } else { "ada" };
        desk.other(who, deed).await;
        let sent = desk.send(id).await;
        match (parked, &sent) {
            (Some(why), Sent::Parked(row)) => {
                let reason = row.reason.as_deref().unwrap_or_default();
                assert!(reason.contains(why), "{action:?}: {reason}");
                assert_eq!(desk.writes().len(), 0);
                assert_eq!(sent.into_result().unwrap_err().exit_code(), 5);
                // The user has read it and wants it out all the same.
                if why == "the head moved" {
                    let sent = desk.services.send(id, How::Anyway).await.unwrap();
                    assert!(matches!(sent, Sent::Done(_)), "{sent:?}");
                    assert_eq!(desk.writes().len(), 1);
                }
            }
            (None, Sent::Done(_)) => assert_eq!(desk.writes().len(), 1),
            other => panic!("{action:?}: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_sign_off_is_not_given_twice_and_a_known_objection_stops_nobody() {
    let desk = Desk::new().await;
    desk.other("ada", vepherd::sim::world::Deed::Comment("Veto: the API is not agreed.".into())).await;
    desk.services.sync(Mode::Changed, &|_| ()).await.unwrap();
    let first = desk.decide(lgtm());
    let sent = desk.send(first).await;
    assert!(matches!(sent, Sent::Done(_)), "the veto was known when this was decided: {sent:?}");
    let second = desk.decide(lgtm());
    let Sent::Parked(row) = desk.send(second).await else { panic!("not parked") };
    assert!(row.reason.unwrap().contains("already"));
    assert_eq!(desk.writes(), [REVIEWS]);
}

#[tokio::test(start_paused = true)]
async fn what_github_refuses_is_kept_with_its_words() {
    let desk = Desk::new().await;
    let at = desk.hands.now();
    desk.sim.with(|world| world.set_locked(&desk.pull, at, "ada", true));
    let id = desk.decide(comment("Too late?"));
    let sent = desk.send(id).await;
    let Sent::Failed(row, failure) = &sent else { panic!("{sent:?}") };
    assert_eq!(row.state, OutboxState::Failed);
    assert!(row.reason.is_some());
    assert_ne!(failure.kind, FailureKind::Network);
    assert_eq!(desk.services.send_all().await.unwrap(), [], "it waits for its user, not for the next start");
    assert_eq!(desk.writes().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_posted_is_not_even_queued() {
    let desk = Desk::new().await;
    for action in [
        comment(" \n"),
        Action::Hold { reason: " ".into() },
        Action::Veto { sig: None, reason: String::new() },
        Action::Assign { login: Login::new("ada\n/hold") },
        Action::Reply { thread: NodeId::new("T"), to: 1, text: String::new() },
    ] {
        let intent = Intent {
            repo: desk.services.repo.clone(),
            pull: PullNumber(7),
            head: desk.head(),
            action,
            created_at: desk.services.clock.now(),
        };
        assert_eq!(desk.services.enqueue(&intent).unwrap_err().kind, FailureKind::Usage);
    }
    assert!(desk.services.store.outbox().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn two_processes_that_send_the_same_row_post_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let desk = Desk::with_store(Store::open(&path).unwrap()).await;
    let id = desk.decide(comment("One voice."));
    // Another process: its own handle on the same file.
    let other = Services { store: Arc::new(Store::open(&path).unwrap()), ..desk.services.clone() };
    let (one, two) = tokio::join!(desk.services.send(id, How::Checked), other.send(id, How::Checked));
    assert!(matches!((one.unwrap(), two.unwrap()), (Sent::Done(_), Sent::Done(_))));
    assert_eq!(desk.writes(), [COMMENTS]);
}
