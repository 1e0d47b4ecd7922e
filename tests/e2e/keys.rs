//! Whole jobs, typed: keys go in, the shipped update, view, sync, outbox and client work on the demo's world in this
//! process, and what reached the simulated GitHub is looked at. Time is tokio's paused clock: nothing sleeps.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;
use vepherd::app::keymap::{Key, Keymap};
use vepherd::app::model::{Home, Overlay};
use vepherd::app::msg::Msg;
use vepherd::domain::facts::PullState;
use vepherd::domain::failure::{Failure, FailureKind};
use vepherd::domain::ids::PullNumber;
use vepherd::domain::profile::Profile;
use vepherd::shell::clock::Clock;
use vepherd::shell::github::client::Client;
use vepherd::shell::runtime;
use vepherd::shell::runtime::session::{Errand, Session};
use vepherd::shell::services::{Services, Writing};
use vepherd::shell::store::Store;
use vepherd::sim::{Sim, demo};
use vepherd::view;
use vepherd::view::styles::{ColorMode, GlyphSet, Styles};

const START: &str = "2026-08-21T20:00:00Z";

struct Play {
    session: Session,
    sim: Sim,
    size: (u16, u16),
}

fn clock() -> Clock {
    let (start, zero): (Timestamp, _) = (START.parse().unwrap(), tokio::time::Instant::now());
    Clock::from_fn(move || start + SignedDuration::try_from(zero.elapsed()).unwrap())
}

fn services(clock: Clock, client: impl FnOnce(&Sim) -> Result<Client, Failure>) -> (Services, Sim) {
    let sim = Sim::new(demo::world(START.parse().unwrap()), clock.as_fn());
    let client = client(&sim);
    let profile = Arc::new(Profile::kubevirt());
    let store = Arc::new(Store::in_memory().unwrap());
    let writing = Writing::default();
    (Services { repo: profile.repo.clone(), profile, sigs: None, store, clock, client, writing }, sim)
}

fn over(sim: &Sim) -> Result<Client, Failure> {
    let token = sim.with(|world| world.token.clone());
    Client::over(sim.clone(), "http://127.0.0.1", token.into())
}

impl Play {
    async fn start(size: (u16, u16)) -> Self {
        let (services, sim) = services(clock(), over);
        let settings = runtime::settings(&services, false);
        let session = Session::start(services, settings, Keymap::default(), size).unwrap();
        let mut play = Self { session, sim, size };
        play.wait(1).await;
        play
    }

    /// Lets work and timers go on for so many seconds.
    async fn wait(&mut self, seconds: u64) {
        self.session.settle(Duration::from_secs(seconds)).await.unwrap();
    }

    async fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.session.take(Msg::KeyPressed(Key::parse(key).unwrap()));
            self.wait(0).await;
        }
    }

    async fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.session.take(Msg::KeyPressed(Key::char(c)));
        }
        self.wait(1).await;
    }

    fn screen(&self) -> String {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buffer = Buffer::empty(area);
        let styles = Styles::calm(ColorMode::Colors, GlyphSet::Unicode);
        view::draw(self.session.model(), &styles, self.session.now(), area, &mut buffer);
        let row = |y: u16| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..area.height).map(row).collect::<Vec<_>>().join("\n")
    }

    /// Writes that reached GitHub: method, path, body.
    fn writes(&self) -> Vec<(String, String, Value)> {
        let log = self.sim.log().into_iter().filter(|entry| entry.method != "GET" && !entry.path.contains("graphql"));
        log.map(|entry| (entry.method, entry.path, serde_json::from_str(&entry.body).unwrap())).collect()
    }

    /// Selects an open proposal of somebody else that nobody holds, by typing its number into the filter.
    async fn choose(&mut self) -> PullNumber {
        let model = self.session.model();
        let me = model.board.viewer.login.clone().unwrap();
        let number = model
            .board
            .verdicts
            .iter()
            .find(|verdict| {
                let pull = &model.facts.pulls[&verdict.number];
                let foreign = pull.author.as_ref().is_some_and(|author| author.login != me);
                let quiet = verdict.hold.is_none() && verdict.vetoes.is_empty() && !pull.locked && !pull.draft;
                foreign && quiet && pull.state == PullState::Open && !pull.assignees.contains(&me)
            })
            .map(|verdict| verdict.number)
            .unwrap();
        self.press("2 /").await;
        self.type_text(&format!("#{}", number.0)).await;
        self.press("Enter g").await;
        assert_eq!(self.session.model().columns.pull, Some(number), "{}", self.screen());
        number
    }
}

#[tokio::test(start_paused = true)]
async fn the_board_fills_behind_the_first_frame() {
    let (services, _sim) = services(clock(), over);
    let settings = runtime::settings(&services, true);
    let session = Session::start(services, settings, Keymap::default(), (160, 45)).unwrap();
    let mut play = Play { session, sim: _sim, size: (160, 45) };
    assert!(play.session.model().syncing().is_some() && play.session.model().board.verdicts.is_empty());
    assert!(play.screen().contains("Board"), "there is a frame before the first answer");
    play.wait(1).await;
    let model = play.session.model();
    assert!(model.board.verdicts.len() > 40 && model.trouble.is_none(), "{:?}", model.trouble);
    let screen = play.screen();
    for word in ["needs shepherd", "author's turn", "synced"] {
        assert!(screen.contains(word), "{word} is not in\n{screen}");
    }
    for home in Home::ALL {
        play.press(&home.key().to_string()).await;
        assert_eq!(play.session.model().home, home);
        assert!(play.session.model().target().is_some(), "{home:?} selects something");
    }
}

#[tokio::test(start_paused = true)]
async fn a_veto_is_one_review_with_a_hold_and_prow_answers_it() {
    let mut play = Play::start((160, 45)).await;
    let number = play.choose().await;
    play.press("Enter V").await;
    play.type_text("the migration path of running VMs is not described").await;
    assert!(play.screen().contains("do-not-merge/hold"), "the panel says what Prow will do:\n{}", play.screen());
    play.press("Ctrl-s").await;
    assert!(play.screen().contains("undo"), "{}", play.screen());
    assert_eq!(play.writes(), [], "nothing goes out before its time");
    play.wait(15).await;
    let writes = play.writes();
    let [(method, path, body)] = &writes[..] else { panic!("{writes:?}") };
    assert_eq!(method, "POST");
    assert!(path.ends_with(&format!("/pulls/{}/reviews", number.0)), "{path}");
    let model = play.session.model();
    let pull = &model.facts.pulls[&number];
    assert_eq!(
        (body["event"].as_str(), body["commit_id"].as_str()),
        (Some("REQUEST_CHANGES"), Some(pull.head.as_str()))
    );
    let text = body["body"].as_str().unwrap();
    assert!(text.starts_with("Veto") && text.lines().any(|line| line == "/hold"), "{text}");
    assert!(pull.labels.iter().any(|label| label == "do-not-merge/hold"), "{:?}", pull.labels);
    let verdict = model.board.find(number).unwrap();
    assert!(!verdict.vetoes.is_empty() && model.outbox.is_empty());

    play.press("U").await;
    play.type_text("it is described now").await;
    play.press("Ctrl-s").await;
    play.wait(15).await;
    let pull = &play.session.model().facts.pulls[&number];
    assert!(!pull.labels.iter().any(|label| label == "do-not-merge/hold"), "{:?}", pull.labels);
}

#[tokio::test(start_paused = true)]
async fn each_act_is_one_write() {
    for (keys, text, path, has) in [
        ("c", "Looks promising.", "comments", "Looks promising."),
        ("L", "", "reviews", "APPROVE"),
        ("A", "", "reviews", "/approve"),
        ("H", "until the freeze", "comments", "/hold"),
        ("s Enter", "", "comments", "/assign @"),
    ] {
        let mut play = Play::start((80, 24)).await;
        let number = play.choose().await;
        play.press(keys).await;
        play.type_text(text).await;
        if matches!(play.session.model().overlay, Some(Overlay::Composer(_))) {
            play.press("Ctrl-s").await;
        }
        play.wait(10).await;
        let writes = play.writes();
        let [(method, to, body)] = &writes[..] else { panic!("{keys}: {writes:?}\n{}", play.screen()) };
        assert_eq!(method, "POST");
        assert!(to.contains(&format!("/{}/{path}", number.0)), "{keys}: {to}");
        assert!(body.to_string().contains(has), "{keys}: {body}");
        assert!(play.session.model().outbox.is_empty() && play.session.model().overlay.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn undo_sends_nothing_and_a_draft_outlives_the_composer() {
    let mut play = Play::start((120, 40)).await;
    play.choose().await;
    play.press("c").await;
    play.type_text("A thought.").await;
    play.press("Ctrl-s u").await;
    assert!(matches!(&play.session.model().overlay, Some(Overlay::Composer(c)) if c.text.lines() == ["A thought."]));
    play.press("Esc").await;
    play.wait(30).await;
    assert_eq!(play.writes(), []);
    play.press("c").await;
    assert!(matches!(&play.session.model().overlay, Some(Overlay::Composer(c)) if c.text.lines() == ["A thought."]));
    play.press("Ctrl-c").await;
    assert_eq!(play.session.errands(), [Errand::Quit]);
}

#[tokio::test(start_paused = true)]
async fn without_a_token_what_is_known_is_shown_and_said() {
    let no_token =
        || Failure::new(FailureKind::Credentials, "ask GitHub", "there is no token").hint("Set VEPHERD_TOKEN.");
    let (services, sim) = services(clock(), |_| Err(no_token()));
    let settings = runtime::settings(&services, false);
    let session = Session::start(services, settings, Keymap::default(), (120, 30)).unwrap();
    let mut play = Play { session, sim, size: (120, 30) };
    play.wait(1).await;
    assert!(play.screen().contains("no token"), "{}", play.screen());
    play.press("c V q").await;
    assert_eq!(play.session.errands(), [Errand::Quit]);
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_waits_for_its_timers_alone() {
    let mut play = Play::start((120, 30)).await;
    play.sim.clear_log();
    play.wait(100).await;
    assert_eq!(play.sim.log(), [], "nothing is asked before its time");
    play.wait(60).await;
    assert!(!play.sim.log().is_empty(), "the next sync comes by itself");
}

#[tokio::test(start_paused = true)]
async fn a_thread_is_answered_and_resolved() {
    let mut play = Play::start((120, 40)).await;
    let repo = play.session.model().settings.repo.clone();
    let me = play.session.model().board.viewer.login.clone().unwrap();
    play.sim.with(|world| world.collaborator(&repo, me.as_str(), vepherd::sim::world::Permission::Write));
    play.press("R").await;
    play.wait(5).await;
    let model = play.session.model();
    let number = model
        .board
        .verdicts
        .iter()
        .find(|verdict| verdict.threads.open > 0 && !model.facts.pulls[&verdict.number].locked)
        .map(|verdict| verdict.number)
        .unwrap();
    let open = model.facts.pulls[&number].threads.iter().find(|thread| !thread.resolved).unwrap().clone();
    play.press("2 /").await;
    play.type_text(&format!("#{}", number.0)).await;
    play.press("Enter g t a Enter").await;
    play.type_text("It is described below.").await;
    assert!(play.screen().contains("Exactly this is posted"), "{}", play.screen());
    play.press("Ctrl-s").await;
    play.wait(15).await;
    let writes = play.writes();
    let [(method, path, body)] = &writes[..] else { panic!("{writes:?}\n{}", play.screen()) };
    let to = open.comments[0].database_id.unwrap();
    assert_eq!((method.as_str(), body["body"].as_str()), ("POST", Some("It is described below.")),);
    assert!(path.ends_with(&format!("/pulls/{}/comments/{to}/replies", number.0)), "{path}");
    play.press("x Enter").await;
    play.wait(15).await;
    let pull = &play.session.model().facts.pulls[&number];
    let thread = pull.threads.iter().find(|thread| thread.id == open.id).unwrap();
    assert!(thread.resolved && thread.comments.len() == open.comments.len() + 1, "{}", play.screen());
    assert!(play.session.model().outbox.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_written_while_github_is_away_goes_out_when_it_is_back() {
    use vepherd::sim::faults::{Fault, Kind, Trouble};
    let mut play = Play::start((120, 40)).await;
    play.choose().await;
    play.sim.inject(Fault::once(Kind::Any, Trouble::Unavailable).times(10_000));
    for text in ["first", "second"] {
        play.press("c").await;
        play.type_text(text).await;
        play.press("Ctrl-s").await;
        play.wait(8).await;
    }
    play.wait(600).await;
    assert_eq!(play.session.model().outbox.len(), 2);
    assert!(play.session.model().outbox.iter().all(|entry| entry.due && entry.why.is_some()));
    play.press("O").await;
    assert!(play.screen().contains("goes out by itself"), "{}", play.screen());
    assert!(!play.sim.log().iter().any(|entry| entry.applied));
    play.sim.clear_faults();
    play.wait(300).await;
    assert!(play.session.model().outbox.is_empty(), "{}", play.screen());
    let log = play.sim.log();
    let bodies: Vec<&str> = log.iter().filter(|entry| entry.applied).map(|entry| entry.body.as_str()).collect();
    assert_eq!(bodies, [r#"{"body":"first"}"#, r#"{"body":"second"}"#]);
}
