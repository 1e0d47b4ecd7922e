//! The budgets of the board at 1,000 open proposals: derive, key to finished frame, store to first frame. The proposals
//! are those of the demo world as a first sync reads them, cloned under new numbers; so texts, threads and documents
//! have the length and the mix that people write.
//!
//! `cargo bench` prints criterion's estimates and, because a budget for a key is a promise about the slow ones, the
//! median and the 99th percentile of each.
//!
//! Measured on 2 cores at rest, 24 November 2026, optimised without link-time optimisation
//! (`CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo bench --bench budgets`).
//!
//! | what | budget | 60: p50, p99 | 1,000: p50, p99 |
//! | --- | --- | --- | --- |
//! | derive, a minute later | 5 ms at 1,000 | 0.07 ms, 0.7 ms | 1.8 ms, 12 ms: p50 alone |
//! | derive, 10 changed | 5 ms at 1,000 | 3.5 ms, 10 ms | 5.2 ms, 232 ms: **missed**, if barely |
//! | derive, a day later | 5 ms at 1,000 | 1.6 ms, 9 ms | 42 ms, 175 ms: **missed** |
//! | derive, cold | | 9.4 ms, 13 ms | 186 ms, 244 ms |
//! | key to finished frame, 220×60 | p99 4 ms at 1,000 | 0.4 ms, 0.7 ms | 0.7 ms, 1.2 ms |
//! | open and load the store | | 3.3 ms, 4.7 ms | 38 ms, 53 ms |
//! | store to first frame | 30 ms, 60 ms | 15 ms, 17 ms | 229 ms, 312 ms: **missed** at 1,000 |
//!
//! The worst of "a day later" is the day after a freeze, on which everything is read anew; that of "10 changed" is the
//! first of its runs, for which the clock is set back over such days.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures by the wall clock and has nobody to report to but its reader"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;
use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use secrecy::SecretString;
use vepherd::app::keymap::Key;
use vepherd::app::model::{Model, Settings};
use vepherd::app::msg::Msg;
use vepherd::app::update::update;
use vepherd::domain::board::{self, Readings};
use vepherd::domain::facts::{Facts, IssueFacts, PullFacts};
use vepherd::domain::ids::{PullNumber, RepoId};
use vepherd::domain::profile::Profile;
use vepherd::shell::github::Client;
use vepherd::shell::store::Store;
use vepherd::shell::sync::{self, Mode};
use vepherd::sim::{Sim, demo};
use vepherd::view::{self, styles::ColorMode, styles::GlyphSet, styles::Styles};

/// The width and height of a full-screen terminal.
const SCREEN: (u16, u16) = (220, 60);

fn main() {
    let now: Timestamp = "2026-03-01T00:00:00Z".parse().expect("a time");
    let played = played(now);
    let profile = Arc::new(Profile::kubevirt());
    println!("demo: {} proposals", played.pulls.len());
    for count in [60, 1000] {
        let facts = Arc::new(grown(&played, count));
        let texts: usize = facts.pulls.values().map(|pull| pull.comments.len() + pull.reviews.len()).sum();
        println!("{count} proposals, {texts} comments and reviews");
        deriving(&facts, &profile, now);
        keys(&facts, &profile, now);
        starting(&facts, &profile, now);
    }
}

/// Cold: as a program that has just started. Warm: as the running one, every minute and after every sync.
fn deriving(facts: &Arc<Facts>, profile: &Profile, now: Timestamp) {
    let count = facts.pulls.len();
    let cold = || black_box(board::derive(black_box(facts), profile, None, now));
    Criterion::default().sample_size(10).bench_function(&format!("derive, cold {count}"), |bencher| bencher.iter(cold));
    percentiles(&format!("derive, cold {count}"), 20, || drop(cold()));

    let mut readings = Readings::default();
    let _ = readings.derive(facts, profile, None, now);
    let mut at = now;
    // A minute later most verdicts hold; a day later each is judged anew from what was read before.
    for (when, hours, minutes) in [("a minute", 0, 1), ("a day", 24, 0)] {
        let mut later = || {
            at += SignedDuration::from_hours(hours) + SignedDuration::from_mins(minutes);
            black_box(readings.derive(black_box(facts), profile, None, at))
        };
        let name = format!("derive, {when} later {count}");
        percentiles(&name, 60, || drop(later()));
    }

    // Ten proposals were read again by a sync; each time they say something else.
    let mut times = 0_u64;
    let mut changed = Facts::clone(facts);
    let mut synced = || {
        times += 1;
        let ten: Vec<PullFacts> =
            changed.pulls.values().step_by(count / 10).map(|pull| reworded(pull, times)).collect();
        for (mut pull, number) in ten.into_iter().zip(facts.pulls.keys().step_by(count / 10)) {
            pull.number = *number;
            changed.put(pull);
        }
        let begin = Instant::now();
        drop(black_box(readings.derive(&changed, profile, None, now)));
        begin.elapsed()
    };
    report(&format!("derive, 10 changed {count}"), (0..40).map(|_| synced()).collect());
}

fn keys(facts: &Arc<Facts>, profile: &Arc<Profile>, now: Timestamp) {
    let mut model = model(profile, now);
    let _ = update(&mut model, now, Msg::FactsLoaded(facts.clone()));
    let styles = Styles::calm(ColorMode::Colors, GlyphSet::Unicode);
    let area = Rect::new(0, 0, SCREEN.0, SCREEN.1);
    let mut buffer = Buffer::empty(area);
    let (mut pressed, mut at) = (0_u64, now);
    // Down the columns and across them, round and round, as somebody who looks for something.
    let keys = ['j', 'j', 'j', 'j', 'j', 'j', 'j', 'l', 'j', 'j', 'k', 'h', 'j', 'l', 'l'].map(Key::char);
    let mut press = || {
        let key = keys[usize::try_from(pressed).unwrap_or(0) % keys.len()];
        pressed += 1;
        at += SignedDuration::from_millis(40);
        let _ = update(&mut model, at, Msg::KeyPressed(key));
        buffer.reset();
        view::draw(&model, &styles, at, area, &mut buffer);
        black_box(&buffer);
    };
    let name = format!("key to frame {}", facts.pulls.len());
    Criterion::default().sample_size(20).bench_function(&name, |bencher| bencher.iter(&mut press));
    percentiles(&name, 2000, press);
}

fn starting(facts: &Arc<Facts>, profile: &Arc<Profile>, now: Timestamp) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db");
    let repo = repo();
    {
        let store = Store::open(&path).expect("a store");
        let pulls: Vec<_> = facts.pulls.values().map(|pull| PullFacts::clone(pull)).collect();
        let issues: Vec<_> = facts.issues.values().map(|issue| IssueFacts::clone(issue)).collect();
        store.save_files(&repo, &facts.files).expect("files");
        store.save_pulls(&repo, &pulls).expect("pulls");
        store.save_issues(&repo, &issues).expect("issues");
    }
    let styles = Styles::calm(ColorMode::Colors, GlyphSet::Unicode);
    let area = Rect::new(0, 0, SCREEN.0, SCREEN.1);
    let load = || Store::open(&path).expect("a store").load(&repo).expect("facts");
    let start = || {
        let facts = Arc::new(load());
        let mut model = model(profile, now);
        let _ = update(&mut model, now, Msg::FactsLoaded(facts));
        let mut buffer = Buffer::empty(area);
        view::draw(&model, &styles, now, area, &mut buffer);
        black_box(buffer)
    };
    let count = facts.pulls.len();
    Criterion::default()
        .sample_size(10)
        .bench_function(&format!("store to first frame {count}"), |bencher| bencher.iter(start));
    percentiles(&format!("open and load the store {count}"), 30, || drop(black_box(load())));
    percentiles(&format!("store to first frame {count}"), 30, || drop(start()));
}

fn model(profile: &Arc<Profile>, now: Timestamp) -> Model {
    Model::new(Settings::new(repo(), profile.clone(), view::measure), now, SCREEN)
}

fn repo() -> RepoId {
    "kubevirt/enhancements".parse().expect("a repository")
}

/// The demo world as a first sync reads it.
fn played(now: Timestamp) -> Facts {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // The client keeps a worker on the runtime.
    let _inside = runtime.enter();
    let sim = Sim::new(demo::world(now), Arc::new(move || now));
    let client = Client::over(sim, "https://api.github.com", SecretString::from("sim-token")).expect("a client");
    let store = Store::in_memory().expect("a store");
    let (profile, clock) = (Profile::kubevirt(), move || now);
    let repo = repo();
    let work = sync::sync(&client, &store, &profile, &repo, Mode::Full, &clock, &|_| {});
    runtime.block_on(work).expect("a sync");
    store.load(&repo).expect("facts")
}

/// The same proposals again under new numbers, until there are `count`. Every text differs from its model, so that
/// nothing that was read of one can serve for another.
fn grown(played: &Facts, count: usize) -> Facts {
    let mut facts = played.clone();
    let missing = count.saturating_sub(facts.pulls.len());
    for (pull, number) in played.pulls.values().cycle().zip(10_001_u64..).take(missing) {
        facts.put(reworded(pull, number));
    }
    while facts.pulls.len() > count {
        facts.pulls.pop_last();
    }
    facts
}

fn reworded(pull: &PullFacts, number: u64) -> PullFacts {
    let mut pull = pull.clone();
    pull.number = PullNumber(number);
    let in_threads = pull.threads.iter_mut().flat_map(|thread| &mut thread.comments).map(|comment| &mut comment.body);
    let texts = pull.comments.iter_mut().map(|comment| &mut comment.body);
    let texts = texts.chain(pull.reviews.iter_mut().map(|review| &mut review.body));
    let texts = texts.chain(pull.documents.iter_mut().map(|document| &mut document.text));
    for text in texts.chain(in_threads).chain([&mut pull.body]).filter(|text| !text.is_empty()) {
        text.push_str("\n\nWritten for proposal ");
        text.push_str(&number.to_string());
        text.push('.');
    }
    pull
}

fn percentiles(name: &str, times: usize, mut run: impl FnMut()) {
    let mut taken = || {
        let begin = Instant::now();
        run();
        begin.elapsed()
    };
    report(name, (0..times).map(|_| taken()).collect());
}

fn report(name: &str, mut taken: Vec<Duration>) {
    taken.sort_unstable();
    let times = taken.len();
    let at = |percent: usize| taken.get((times * percent / 100).min(times - 1)).copied().unwrap_or_default();
    println!("{name:<32} p50 {:>9.2?}   p99 {:>9.2?}   ({times} runs)", at(50), at(99));
}
