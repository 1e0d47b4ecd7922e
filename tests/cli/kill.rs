//! The real program is killed at random moments of syncing and sending, started again, and the server's log says that
//! every intended write was carried out exactly once. The line between the two is slow, and delivers what it has taken
//! even when the program that sent it is dead: as GitHub's own front does.
//!
//! Twenty kills in every run; `VEPHERD_LONG_TESTS=1` makes them two hundred. The seed is printed; `VEPHERD_TEST_SEED`
//! repeats a run.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use vepherd::sim::Sim;

use super::kit::{Bench, Hub};

/// How long a lost reply is waited for: longer than the line ever holds a request back.
const SETTLED: u64 = 2;

/// A small generator: what is random here must be repeatable, and nothing more.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below.max(1)
    }
}

/// A slow line to a server: bytes are held back for a while on either way, and what was taken is delivered.
struct Line {
    url: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

async fn carry(mut from: tokio::net::tcp::OwnedReadHalf, mut to: tokio::net::tcp::OwnedWriteHalf, mut dice: Dice) {
    let mut chunk = vec![0; 1 << 16];
    loop {
        let taken = match from.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(taken) => taken,
        };
        tokio::time::sleep(Duration::from_millis(dice.roll(25))).await;
        if to.write_all(&chunk[..taken]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

impl Line {
    fn to(server: &str, mut dice: Dice) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let (tell, hear) = std::sync::mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
                let mut carried = tokio::task::JoinSet::new();
                let taking = async {
                    loop {
                        let (near, _) = listener.accept().await.unwrap();
                        let far = TcpStream::connect(&server).await.unwrap();
                        let (near_in, near_out) = near.into_split();
                        let (far_in, far_out) = far.into_split();
                        let (one, two) = (Dice(dice.roll(u64::MAX) | 1), Dice(dice.roll(u64::MAX) | 1));
                        carried.spawn(carry(near_in, far_out, one));
                        carried.spawn(carry(far_in, near_out, two));
                    }
                };
                tokio::select! { () = taking => (), _ = stopped => () }
            });
        });
        Self { url: hear.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// When a program is killed.
#[derive(Clone, Copy)]
enum Moment {
    /// So long after its start, whatever it is doing.
    After(Duration),
    /// So long after so many requests of it have reached the server: every step of a conversation is as likely as any
    /// other, on fast machines and on slow ones.
    Requests(usize, Duration),
    /// So long after a write of it was carried out: where the answer is on its way and nobody has noted it.
    Write(Duration),
}

/// Waits for a child until a moment; true where it ended by itself. Else it is killed, as by a power cut.
#[expect(clippy::disallowed_methods, reason = "a real process is killed at a moment of real time")]
fn end_at(child: &mut Child, sim: &Sim, moment: Moment) -> bool {
    let start = std::time::Instant::now();
    let before = sim.log().len();
    let mut reached: Option<std::time::Instant> = None;
    loop {
        let over = match moment {
            Moment::After(time) => start.elapsed() >= time,
            Moment::Requests(_, time) | Moment::Write(time) => {
                let log = sim.log();
                let news = log.get(before..).unwrap_or_default();
                let there = match moment {
                    Moment::Requests(count, _) => news.len() >= count,
                    _ => news.iter().any(|logged| logged.applied),
                };
                if reached.is_none() && there {
                    reached = Some(std::time::Instant::now());
                }
                reached.is_some_and(|at| at.elapsed() >= time)
            }
        };
        if over || child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let done = child.try_wait().unwrap().is_some();
    if !done {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    done
}

/// What was killed, and where.
#[derive(Debug, Default)]
struct Tally {
    kills: AtomicUsize,
    sending: AtomicUsize,
    syncing: AtomicUsize,
}

/// One user at one server, who is killed so many times.
struct Run {
    hub: Hub,
    user: Bench,
    _line: Line,
    dice: Dice,
    intended: Vec<String>,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed | 1);
        let hub = Hub::small();
        let line = Line::to(&hub.url, Dice(dice.roll(u64::MAX) | 1));
        let user = hub.user().var("VEPHERD_GITHUB_API", line.url.as_str());
        std::fs::write(user.path("config.toml"), format!("lost_reply = {SETTLED}\n")).unwrap();
        user.run(&["sync"]).exits(0);
        Self { hub, user, _line: line, dice, intended: Vec::new() }
    }

    fn start(&self, args: &[&str]) -> Child {
        self.user.command(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Lets a program run to a random moment.
    fn ended(&mut self, child: &mut Child, requests: u64, millis: u64) -> bool {
        let moment = match self.dice.roll(5) {
            0 => Moment::After(Duration::from_millis(10 + self.dice.roll(millis))),
            1 | 2 => Moment::Write(Duration::from_millis(self.dice.roll(20))),
            _ => Moment::Requests(
                usize::try_from(1 + self.dice.roll(requests)).unwrap(),
                Duration::from_millis(self.dice.roll(40)),
            ),
        };
        end_at(child, &self.hub.sim, moment)
    }

    /// The outbox as the store has it, read by a program that is not killed.
    fn rows(&self) -> Vec<Value> {
        self.user.run(&["outbox", "--json"]).exits(0).json()["outbox"].as_array().unwrap().clone()
    }

    /// Kills one act; counts it as intended only where it was written down, or is on the server.
    fn act(&mut self, number: u64, tally: &Tally) -> bool {
        let text = format!("word {number}");
        let mut child = self.start(&["comment", "7", "-m", &text, "--yes"]);
        let ended = self.ended(&mut child, 8, 1800);
        let rows = self.rows();
        let row = rows.iter().find(|row| row["posts"].to_string().contains(&format!("\"{text}\"")));
        if !ended {
            tally.kills.fetch_add(1, Ordering::SeqCst);
            if row.is_some_and(|row| row["state"] == "sending") {
                tally.sending.fetch_add(1, Ordering::SeqCst);
            }
        }
        if row.is_some() || self.arrived(&text) > 0 {
            self.intended.push(text);
        }
        !ended
    }

    /// Kills a sending of what was left.
    fn send(&mut self, tally: &Tally) -> bool {
        let mut child = self.start(&["outbox", "send"]);
        let ended = self.ended(&mut child, 8, 3500);
        if !ended {
            tally.kills.fetch_add(1, Ordering::SeqCst);
            if self.rows().iter().any(|row| row["state"] == "sending") {
                tally.sending.fetch_add(1, Ordering::SeqCst);
            }
        }
        !ended
    }

    /// Kills a sync.
    fn sync(&mut self, tally: &Tally) -> bool {
        let mut child = self.start(&["sync", "--full"]);
        let ended = self.ended(&mut child, 5, 600);
        if !ended {
            tally.kills.fetch_add(1, Ordering::SeqCst);
            tally.syncing.fetch_add(1, Ordering::SeqCst);
        }
        !ended
    }

    fn arrived(&self, text: &str) -> usize {
        self.hub.writes().iter().filter(|(_, sent)| sent["body"] == text).count()
    }

    /// Everything goes out in peace, and everything is there once.
    fn end(self) {
        let mut child = self.start(&["outbox", "send"]);
        let ended = end_at(&mut child, &self.hub.sim, Moment::After(Duration::from_secs(60)));
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(ended && child.wait().unwrap().success(), "{said}");
        assert_eq!(self.rows(), Vec::<Value>::new(), "{said}");
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, sent) in self.hub.writes() {
            *counts.entry(sent["body"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        let intended: BTreeMap<String, usize> = self.intended.iter().map(|text| (text.clone(), 1)).collect();
        assert_eq!(counts, intended, "every intended word, and each of them once");
        // The server's clock stands still, so that a sync of what changed would not see the last word.
        self.user.run(&["sync", "--full"]).exits(0);
        let doctor = self.user.run(&["doctor", "--json"]).exits(0).json();
        let store = doctor["checks"].as_array().unwrap().iter().find(|check| check["check"] == "store").unwrap();
        assert_eq!(store["good"], true, "{store}");
        let shown = self.user.run(&["show", "7", "--json", "--offline"]).exits(0).json();
        let synced = self.intended.iter().filter(|text| shown.to_string().contains(text.as_str())).count();
        assert_eq!(synced, self.intended.len(), "the store has what the server has");
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how the long form and a repeated run are asked for; a seed of the clock"
)]
fn every_word_arrives_once_however_often_the_program_is_killed() {
    let long = std::env::var_os("VEPHERD_LONG_TESTS").is_some();
    let seed = std::env::var("VEPHERD_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        u64::try_from(now.as_nanos() % u128::from(u64::MAX)).unwrap()
    });
    println!("VEPHERD_TEST_SEED={seed}");
    let (wanted, users) = if long { (200, 4) } else { (20, 4) };
    let tally = Tally::default();
    std::thread::scope(|scope| {
        for user in 0..users {
            let tally = &tally;
            scope.spawn(move || {
                let mut run = Run::new(seed.wrapping_mul(2 * user + 1));
                let (mut number, mut kills) = (0, 0);
                while kills < wanted / users {
                    number += 1;
                    let killed = match run.dice.roll(8) {
                        0 => run.sync(tally),
                        1 | 2 => run.send(tally),
                        _ => run.act(number, tally),
                    };
                    kills += u64::from(killed);
                }
                run.end();
            });
        }
    });
    println!("{tally:?}");
    assert!(tally.kills.into_inner() >= usize::try_from(wanted).unwrap());
    assert!(tally.sending.into_inner() > 0, "no kill fell between the sending and its mark: the test says nothing");
}
