//! The outbox against the simulated GitHub: every intended write arrives once, whatever happens on the way, and what
//! should be decided again is parked with the reason.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vepherd::domain::action::{Action, Intent};
use vepherd::domain::failure::FailureKind;
use vepherd::domain::ids::{Login, NodeId, PullNumber, Sha};
use vepherd::domain::profile::Profile;
use vepherd::shell::clock::Clock;
use vepherd::shell::github::Client;
use vepherd::shell::outbox::{How, Sent};
use vepherd::shell::services::{Services, Writing};
use vepherd::shell::store::{OutboxId, OutboxState, Store};
use vepherd::shell::sync::Mode;
use vepherd::sim::Sim;
use vepherd::sim::faults::{Fault, Kind, Trouble};
use vepherd::sim::world::{Edit, ItemRef};

use super::sim_kit::{Hands, sim, world};

/// `sam` at the keyboard, a store of their own, pull request 7 synced.
pub struct Desk {
    pub services: Services,
    pub sim: Sim,
    pub hands: Hands,
    pub pull: ItemRef,
}

impl Desk {
    pub async fn new() -> Self {
        Self::with_store(Store::in_memory().unwrap()).await
    }

    async fn with_store(store: Store) -> Self {
        Self::skewed(store, 0).await
    }

    /// This machine's clock is so many seconds ahead of the server's.
    async fn skewed(store: Store, ahead: i64) -> Self {
        let (world, repo, pull) = world();
        let (sim, hands) = sim(world);
        let clock = hands.clone();
        let clock = move || clock.now() + SignedDuration::from_secs(ahead);
        let services = Services {
            repo,
            profile: Arc::new(Profile::kubevirt()),
            sigs: None,
            store: Arc::new(store),
            clock: Clock::from_fn(clock),
            client: Client::over(sim.clone(), "http://127.0.0.1", "sim-token".into()),
            writing: Writing::default(),
        };
        services.sync(Mode::Full, &|_| ()).await.unwrap();
        sim.clear_log();
        Self { services, sim, hands, pull }
    }

    fn head(&self) -> Sha {
        self.services.store.pull(&self.services.repo, PullNumber(7)).unwrap().unwrap().head
    }

    pub fn decide(&self, action: Action) -> OutboxId {
        let intent = Intent {
            repo: self.services.repo.clone(),
            pull: PullNumber(7),
            head: self.head(),
            action,
            created_at: self.services.clock.now(),
        };
        self.services.enqueue(&intent, None).unwrap()
    }

    async fn send(&self, id: OutboxId) -> Sent {
        self.services.send(id, How::Checked).await.unwrap()
    }

    /// Writes that were carried out, as `METHOD path`.
    pub fn writes(&self) -> Vec<String> {
        let log = self.sim.log();
        let writes = log.iter().filter(|it| it.applied && it.path != "/graphql");
        writes.map(|it| format!("{} {}", it.method, it.path)).collect()
    }

    pub fn state(&self, id: OutboxId) -> OutboxState {
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
    let table: Vec<(Action, Deed, Option<&str>)> = vec![
        (lgtm(), push(), Some("the head moved")),
        (Action::Approve { text: String::new(), own: false }, push(), Some("the head moved")),
        (Action::Veto { sig: None, reason: reason() }, push(), Some("the head moved")),
        (comment("/lgtm"), push(), Some("the head moved")),
        (comment("A question."), push(), None),
        (lgtm(), veto(), Some("ada vetoed it: ")),
        (lgtm(), hold(), Some("since you read it, ada ")),
        (Action::Assign { login: Login::new("ada") }, veto(), None),
        (comment("Still there?"), Deed::Close, Some("was closed")),
        (Action::Unhold { text: String::new() }, veto(), Some("ada vetoed it: ")),
        (Action::Hold { reason: reason() }, veto(), None),
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
    let id = desk.decide(comment(&"long ".repeat(20_000)));
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
        assert_eq!(desk.services.enqueue(&intent, None).unwrap_err().kind, FailureKind::Usage);
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

#[tokio::test(start_paused = true)]
async fn a_locked_conversation_parks_words_of_those_whom_github_would_refuse() {
    let desk = Desk::new().await;
    let at = desk.hands.now();
    desk.sim.with(|world| world.set_locked(&desk.pull, at, "ada", true));
    let id = desk.decide(comment("Too late?"));
    let Sent::Parked(row) = desk.send(id).await else { panic!("not parked") };
    assert!(row.reason.unwrap().contains("locked"));
    assert_eq!(desk.writes().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock_on_this_machine_changes_nothing() {
    for ahead in [-3600, 3600] {
        let desk = Desk::skewed(Store::in_memory().unwrap(), ahead).await;
        // An equal text stands there from before, and one reply is lost on either side of the writing.
        let first = desk.decide(comment("ping"));
        assert!(matches!(desk.send(first).await, Sent::Done(_)));
        for (trouble, writes) in [(Trouble::LostReply, 2), (Trouble::BadGateway, 3)] {
            desk.sim.inject(Fault::once(Kind::Write, trouble));
            let id = desk.decide(comment("ping"));
            let _ = desk.send(id).await;
            let _ = desk.send(id).await;
            assert_eq!((desk.state(id), desk.writes().len()), (OutboxState::Done, writes), "{ahead}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_equal_text_that_is_older_than_the_sending_is_not_ours_even_where_its_id_was_not_seen() {
    let desk = Desk::new().await;
    let first = desk.decide(comment("ping"));
    assert!(matches!(desk.send(first).await, Sent::Done(_)));
    desk.hands.forward(3600);
    let second = desk.decide(comment("ping"));
    desk.sim.inject(Fault::once(Kind::Write, Trouble::BadGateway));
    assert!(matches!(desk.send(second).await, Sent::Unknown(..)));
    // As if the comments had not been answered whole when it was sent.
    let mut row = desk.services.store.outbox_row(second).unwrap().unwrap();
    assert_eq!(row.before.len(), 1);
    row.before.clear();
    desk.services.store.outbox_update(OutboxState::Unknown, &row).unwrap();
    assert!(matches!(desk.send(second).await, Sent::Done(_)));
    assert_eq!(desk.writes().len(), 2);
}

/// The simulator behind a line that can lose all comments of an answer.
fn forgetful(sim: &Sim) -> (Client, Arc<AtomicBool>) {
    fn forget(value: &mut Value, path: &mut Vec<Value>, errors: &mut Vec<Value>) {
        match value {
            Value::Object(fields) => {
                for (name, inner) in fields {
                    path.push(json!(name));
                    if name == "comments" && path.iter().any(|step| step == "pullRequest") && path.len() == 3 {
                        *inner = Value::Null;
                        errors.push(json!({ "message": "Something went wrong", "path": path.clone() }));
                    } else {
                        forget(inner, path, errors);
                    }
                    path.pop();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|inner| forget(inner, path, errors)),
            _ => {}
        }
    }
    let armed = Arc::new(AtomicBool::new(false));
    let (inner, on) = (sim.clone(), armed.clone());
    let service = tower::service_fn(move |request: Request<Bytes>| {
        let (inner, on) = (inner.clone(), on.clone());
        async move {
            let (parts, body) = inner.oneshot(request).await?.into_parts();
            let mut answer: Value = serde_json::from_slice(&body).unwrap_or_default();
            let mut errors = Vec::new();
            if on.load(Ordering::SeqCst) && answer.get("data").is_some() {
                forget(&mut answer["data"], &mut Vec::new(), &mut errors);
            }
            if errors.is_empty() {
                return Ok::<_, std::convert::Infallible>(Response::from_parts(parts, body));
            }
            answer["errors"] = Value::Array(errors);
            Ok(Response::from_parts(parts, Bytes::from(answer.to_string())))
        }
    });
    (Client::over(service, "http://127.0.0.1", "sim-token".into()).unwrap(), armed)
}

#[tokio::test(start_paused = true)]
async fn while_github_does_not_answer_the_comments_whole_nothing_is_sent_again() {
    let mut desk = Desk::new().await;
    let (client, armed) = forgetful(&desk.sim);
    desk.services.client = Ok(client);
    desk.sim.inject(Fault::once(Kind::Write, Trouble::LostReply));
    armed.store(true, Ordering::SeqCst);
    let id = desk.decide(comment("Once."));
    let sent = desk.send(id).await;
    assert!(matches!(sent, Sent::Unknown(..)), "{sent:?}");
    let sent = desk.send(id).await;
    assert!(matches!(&sent, Sent::Unknown(row, _) if row.reason.as_deref().unwrap().contains("comments")), "{sent:?}");
    assert_eq!(desk.writes(), [COMMENTS]);
    armed.store(false, Ordering::SeqCst);
    assert!(matches!(desk.send(id).await, Sent::Done(_)));
    assert_eq!(desk.writes(), [COMMENTS]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_no_answer_of_githubs_is_not_taken_for_success() {
    let desk = Desk::new().await;
    desk.sim.inject(Fault::once(Kind::Write, Trouble::Garbage));
    let id = desk.decide(comment("Once."));
    // It had arrived: the proposal says so.
    assert!(matches!(desk.send(id).await, Sent::Done(_)));
    assert_eq!(desk.writes(), [COMMENTS]);
}

#[tokio::test(start_paused = true)]
async fn anyway_is_for_what_was_read_and_no_more() {
    use vepherd::sim::world::Deed;
    let desk = Desk::new().await;
    let id = desk.decide(lgtm());
    let push = |text: &str| Deed::Push("Rework".into(), vec![Edit::text("veps/sig-compute/7-hot-plug/vep.md", text)]);
    desk.other("grace", push("# VEP 7: new\n")).await;
    assert!(matches!(desk.send(id).await, Sent::Parked(_)));
    // Before the user says anyway, somebody vetoes: they have not read that.
    desk.other("ada", Deed::Comment("Veto: the API is not agreed.".into())).await;
    let Sent::Parked(row) = desk.services.send(id, How::Anyway).await.unwrap() else { panic!("sent over a veto") };
    let reason = row.reason.unwrap();
    assert!(reason.contains("the head moved") && reason.contains("ada vetoed it"), "{reason}");
    assert_eq!(desk.writes().len(), 0);
    assert!(matches!(desk.services.send(id, How::Anyway).await.unwrap(), Sent::Done(_)));
    assert_eq!(desk.writes(), [REVIEWS]);
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_to_another_server_or_out_under_another_name() {
    let mut desk = Desk::new().await;
    let id = desk.decide(comment("For this server."));
    desk.services.client = Client::over(desk.sim.clone(), "http://localhost", "sim-token".into());
    let sent = desk.send(id).await;
    assert!(matches!(&sent, Sent::Waiting(_, failure) if failure.kind == FailureKind::Refused), "{sent:?}");
    assert_eq!(desk.services.send_all().await.unwrap(), []);
    desk.services.client = Client::over(desk.sim.clone(), "http://127.0.0.1", "sim-token".into());
    desk.sim.with(|world| world.viewer = Login::new("carl"));
    let Sent::Parked(row) = desk.send(id).await else { panic!("sent as carl") };
    assert!(row.reason.unwrap().contains("written as sam, and the token is carl's now"));
    assert_eq!(desk.writes().len(), 0);
    assert!(matches!(desk.services.send(id, How::Anyway).await.unwrap(), Sent::Done(_)), "they want it all the same");
}

#[tokio::test(start_paused = true)]
async fn what_was_decided_earlier_on_a_proposal_goes_first() {
    let desk = Desk::new().await;
    let [first, second, third] = ["first", "second", "third"].map(|text| desk.decide(comment(text)));
    // The second was never due: its program was killed while it could be undone. It waits for its user's word.
    desk.services.store.outbox_due(first).unwrap();
    assert!(matches!(desk.send(third).await, Sent::Done(_)));
    assert_eq!([first, second, third].map(|id| desk.state(id)), {
        use OutboxState::{Done, Queued};
        [Done, Queued, Done]
    });
    let bodies: Vec<String> = desk.sim.log().iter().filter(|it| it.applied).map(|it| it.body.clone()).collect();
    assert!(bodies[0].contains("first") && bodies[1].contains("third"), "{bodies:?}");
}

#[tokio::test(start_paused = true)]
async fn githubs_wish_for_a_pause_holds_for_every_process_and_by_no_clock_but_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let desk = Desk::with_store(Store::open(&path).unwrap()).await;
    desk.sim.inject(Fault::once(Kind::Write, Trouble::SecondaryLimit(120)));
    let id = desk.decide(comment("Too fast."));
    assert!(matches!(desk.send(id).await, Sent::Waiting(..)));
    let other = Services { store: Arc::new(Store::open(&path).unwrap()), ..desk.services.clone() };
    desk.sim.clear_log();
    let sent = other.send(id, How::Checked).await.unwrap();
    let Sent::Waiting(_, failure) = sent else { panic!("{sent:?}") };
    assert_eq!((failure.kind, failure.exit_code()), (FailureKind::RateLimited, 4));
    assert_eq!(desk.sim.log(), [], "not even read");
}

#[tokio::test(start_paused = true)]
async fn a_lifted_veto_of_two_posts_goes_on_in_the_middle() {
    for trouble in [Trouble::BadGateway, Trouble::LostReply, Trouble::SecondaryLimit(1)] {
        let desk = Desk::new().await;
        let (repo, at) = (desk.services.repo.clone(), desk.hands.now());
        desk.sim.with(|world| {
            world.collaborator(&repo, "sam", vepherd::sim::world::Permission::Write);
            world.perform(vepherd::sim::world::Scheduled {
                at,
                item: desk.pull.clone(),
                who: "sam".into(),
                deed: vepherd::sim::world::Deed::Review(vepherd::sim::world::NewReview {
                    author: "sam".into(),
                    state: vepherd::sim::world::ReviewState::ChangesRequested,
                    body: "Veto: no migration path.\n/hold".into(),
                    commit: None,
                    threads: Vec::new(),
                }),
            });
        });
        desk.hands.forward(60);
        desk.services.sync(Mode::Full, &|_| ()).await.unwrap();
        let pull = desk.services.store.pull(&repo, PullNumber(7)).unwrap().unwrap();
        let review = pull.reviews.last().unwrap().database_id;
        let id = desk.decide(Action::Unveto { why: "it is there".into(), review, may_dismiss: true });
        desk.sim.clear_log();
        // The comment arrives; the dismissal has trouble.
        desk.sim.inject(Fault::once(Kind::Path("dismissals".into()), trouble.clone()));
        let _ = desk.send(id).await;
        let _ = desk.send(id).await;
        assert_eq!(desk.state(id), OutboxState::Done, "{trouble:?}");
        let writes = desk.writes();
        assert_eq!(writes.len(), 2, "{trouble:?}: {writes:?}");
        assert!(writes[0].ends_with("comments") && writes[1].ends_with("dismissals"), "{writes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_is_edited_and_taken_out_where_that_doubles_nothing() {
    use vepherd::shell::outbox::{edit, take};
    let desk = Desk::new().await;
    let (store, profile) = (&*desk.services.store, &*desk.services.profile);
    let id = desk.decide(comment("helo"));
    edit(store, profile, id, "hello".into()).unwrap();
    assert_eq!(edit(store, profile, id, " ".into()).unwrap_err().kind, FailureKind::Usage);
    desk.sim.inject(Fault::once(Kind::Write, Trouble::BadGateway));
    assert!(matches!(desk.send(id).await, Sent::Unknown(..)));
    let failure = edit(store, profile, id, "other".into()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "it may have arrived as it was");
    assert!(matches!(desk.send(id).await, Sent::Done(_)));
    let failure = take(store, id, Some(("key", "hello"))).unwrap_err();
    assert!(failure.cause.contains("on GitHub already"), "{failure}");
    assert_eq!(store.draft("key").unwrap(), None);
    // A killed process has left a row on its way: whoever can take the turn may take it out, as what it is.
    let id = desk.decide(comment("left"));
    let mut row = store.outbox_row(id).unwrap().unwrap();
    row.state = OutboxState::Sending;
    store.outbox_update(OutboxState::Queued, &row).unwrap();
    assert_eq!(take(store, id, None).unwrap(), OutboxState::Unknown);
    assert!(desk.sim.log().iter().any(|it| it.body.contains("hello")));
}

#[tokio::test(start_paused = true)]
async fn what_is_so_already_is_not_asked_for_again() {
    let desk = Desk::new().await;
    let at = desk.hands.now();
    let id = desk.decide(Action::Assign { login: Login::new("ada") });
    desk.sim.with(|world| world.assign(&desk.pull, at, "ada", "ada"));
    let Sent::Parked(row) = desk.send(id).await else { panic!("not parked") };
    assert!(row.reason.unwrap().contains("ada is assigned already"));
    assert_eq!(desk.writes().len(), 0);
}

/// A token that may only read, and how it becomes known.
#[tokio::test(start_paused = true)]
async fn a_token_for_reading_is_known_by_its_scopes_or_by_the_first_refusal() {
    let desk = Desk::new().await;
    desk.sim.with(|world| world.scopes = vec!["read:org".into()]);
    let waiting = desk.decide(comment("x"));
    desk.services.refresh(PullNumber(7)).await.unwrap();
    let why = desk.services.read_only().unwrap();
    assert!(why.contains("public_repo") && why.contains("read:org"), "{why}");
    let failure = desk.services.send(waiting, How::Checked).await.unwrap_err();
    assert_eq!((failure.kind, failure.exit_code()), (FailureKind::Refused, 5));

    let desk = Desk::new().await;
    desk.sim.inject(Fault::once(Kind::Write, Trouble::NoScope));
    let id = desk.decide(comment("x"));
    assert!(matches!(desk.send(id).await, Sent::Failed(..)));
    assert!(desk.services.read_only().unwrap().contains("read and write of pull requests"));
    assert_eq!(desk.services.may_write().unwrap_err().exit_code(), 5);
    assert_eq!(desk.writes().len(), 0);
    // Its owner has given it more power since, and says so by sending again.
    assert!(matches!(desk.send(id).await, Sent::Done(_)));
    assert_eq!(desk.services.may_write(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_hold_that_somebody_else_has_lifted_is_not_lifted_again() {
    use vepherd::sim::world::Deed;
    let desk = Desk::new().await;
    desk.other("ada", Deed::Comment("/hold".into())).await;
    desk.services.sync(Mode::Changed, &|_| ()).await.unwrap();
    let id = desk.decide(Action::Unhold { text: String::new() });
    desk.other("ada", Deed::Comment("/hold cancel".into())).await;
    let Sent::Parked(row) = desk.send(id).await else { panic!("not parked") };
    assert!(row.reason.unwrap().contains("not on hold any more"));
    assert_eq!(desk.writes().len(), 0);
}
