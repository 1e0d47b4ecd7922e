//! What syncs cost, against the budgets of the design: requests and points for a first sync, a refresh without news and
//! one with one, at 62 and at 1,000 proposals. `cargo run --example requests` prints it; it fails where a budget is
//! missed. Everything runs in this process against the simulated GitHub, which counts as GitHub counts.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "an example prints what it finds and stops where it cannot"
)]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use vepherd::domain::ids::RepoId;
use vepherd::domain::profile::Profile;
use vepherd::shell::github::Client;
use vepherd::shell::store::Store;
use vepherd::shell::sync::{self, Mode, Summary};
use vepherd::sim::Sim;
use vepherd::sim::world::{Edit, ItemRef, NewIssue, NewPull, NewReview, NewThread, ReviewState, World};

/// What the design allows: requests and points.
struct Budget {
    what: &'static str,
    requests: u64,
    points: u64,
}

/// Design §6, for 62 proposals.
const AT_62: [Budget; 3] = [
    Budget { what: "first sync", requests: 6, points: 15 },
    Budget { what: "nothing changed", requests: 1, points: 2 },
    Budget { what: "one changed", requests: 2, points: 4 },
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    println!("{:>9}  {:<16} {:>8} {:>6} {:>8} {:>9}", "proposals", "sync", "requests", "points", "seconds", "memory");
    let mut missed = false;
    for proposals in [62_u64, 1000] {
        let office = Office::new(proposals);
        let first = office.sync().await;
        let nothing = office.sync().await;
        office.sim.with(|world| world.comment(&item(5), office.now(), "ada", "A question?"));
        let one = office.sync().await;
        for (budget, summary) in AT_62.iter().zip([first, nothing, one]) {
            let over = proposals == 62 && (summary.requests > budget.requests || summary.points > budget.points);
            missed |= over;
            println!(
                "{proposals:>9}  {:<16} {:>8} {:>6} {:>8.1} {:>6} MB{}",
                budget.what,
                summary.requests,
                summary.points,
                summary.seconds,
                memory(),
                if over { "  over budget" } else { "" }
            );
        }
    }
    println!("budgets at 62: 6 requests and 15 points, 1 and 2, 2 requests");
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn repo() -> RepoId {
    Profile::kubevirt().repo
}

fn item(number: u64) -> ItemRef {
    ItemRef { repo: repo(), number }
}

/// A desk with a clock that goes on by five minutes a sync.
struct Office {
    sim: Sim,
    client: Client,
    store: Store,
    profile: Profile,
    clock: Arc<AtomicI64>,
}

impl Office {
    fn new(proposals: u64) -> Self {
        let clock = Arc::new(AtomicI64::new(start().as_second() + 30 * 86_400));
        let hands = Arc::clone(&clock);
        let world = world(proposals);
        let token = world.token.clone();
        let now = move || Timestamp::from_second(hands.load(Ordering::SeqCst)).unwrap_or_default();
        let sim = Sim::new(world, Arc::new(now));
        let client = Client::over(sim.clone(), "http://127.0.0.1", token.into()).expect("a client");
        let store = Store::in_memory().expect("a store");
        Self { sim, client, store, profile: Profile::kubevirt(), clock }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.load(Ordering::SeqCst)).unwrap_or_default()
    }

    async fn sync(&self) -> Summary {
        self.clock.fetch_add(300, Ordering::SeqCst);
        let now = || self.now();
        sync::sync(&self.client, &self.store, &self.profile, &repo(), Mode::Changed, &now, &|_| ())
            .await
            .expect("the simulator answers")
    }
}

fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

/// Proposals as the real repository has them: a document, a tracking issue, some threads, a comment.
fn world(proposals: u64) -> World {
    let mut world = World::new("sam");
    let profile = Profile::kubevirt();
    let sources = &profile.sources;
    for (name, path, text) in [
        (sources.aliases.to_string(), "OWNERS_ALIASES", "aliases:\n  sig-compute-approvers: [sam, ada]\n"),
        (sources.sigs.to_string(), "sigs.yaml", "sigs:\n- dir: sig-compute\n"),
        (sources.schedules.to_string(), "releases/v1.10/schedule.yaml", "events: []\n"),
        (repo().to_string(), "OWNERS", "approvers:\n- ada\n"),
    ] {
        let id = world.repo(&name, start());
        world.write(&id, "main", start(), "ada", "Begin", &[Edit::text(path, text)]);
    }
    for number in 1..=proposals {
        let vep = number + 10_000;
        let issue =
            NewIssue { author: "grace".into(), title: format!("VEP {vep}"), body: "-".into(), number: Some(vep) };
        world.issue(&repo(), start(), issue);
        let path = format!("veps/sig-compute/{vep}-thing/vep.md");
        let text = format!("# VEP {vep}: thing\n\n{}", "A sentence of the design.\n".repeat(200));
        let new = NewPull::by("grace", &format!("VEP {vep}: thing"))
            .number(number)
            .body(&format!("Tracking issue: #{vep}\n"))
            .edits(vec![Edit::text(&path, &text)]);
        let pull = world.open(&repo(), start(), new);
        let threads = (0..number % 13).map(|line| NewThread::on(&path, line + 1, "Why is this so?")).collect();
        let later = start() + SignedDuration::from_hours(24);
        world.review(&pull, later, NewReview::new("ada", ReviewState::Commented, "Some questions").threads(threads));
        world.comment(&pull, later, "grace", "Answered");
    }
    world
}

/// Megabytes that this process has in memory, simulator and all; 0 where the system does not say.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
