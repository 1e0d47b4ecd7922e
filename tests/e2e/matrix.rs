//! The fault matrix: every failure kind on every kind of request. What a user is told, the exit code, and that it works
//! again afterwards without a restart and without a second write. The tables of `docs/faults-reading.md` are written from here:
//! `VEPHERD_UPDATE_DOCS=1` writes them anew, and without it a difference is a failure.

mod reads;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request as HttpRequest;
use secrecy::SecretString;
use tower::ServiceExt as _;
use vepherd::domain::failure::Failure;
use vepherd::shell::github::Client;
use vepherd::shell::github::edge::{BoxError, Trouble as WireTrouble, WireError};
use vepherd::sim::faults::{Fault, Kind, Trouble};

use super::sync_kit::Desk;

/// What an operation came to: what is missing in what it brought, or why it failed.
pub type Outcome = Result<Vec<String>, Failure>;

/// An operation on a desk.
pub type Run<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// One kind of request, and how a session comes to send it.
pub struct Row {
    /// As the table calls it.
    pub name: &'static str,
    /// The world and the desk before it.
    pub desk: fn() -> Desk,
    /// What happens before, without faults.
    pub before: for<'a> fn(&'a Desk) -> Run<'a>,
    /// So many requests of `run` pass before the one that this row is about.
    pub skip: usize,
    /// The operation.
    pub run: for<'a> fn(&'a Desk) -> Run<'a>,
    /// Whether everything is there after the operation has worked; writes that GitHub carried out, where it writes.
    pub whole: fn(&Desk) -> Result<(), String>,
}

/// What goes wrong: below HTTP, or at GitHub.
#[derive(Clone)]
enum Bad {
    Wire(WireTrouble),
    GitHub(Trouble),
}

fn faults() -> Vec<(&'static str, Bad)> {
    vec![
        ("name not found (DNS)", Bad::Wire(WireTrouble::Dns)),
        ("no connection", Bad::Wire(WireTrouble::Connect)),
        ("proxy refuses", Bad::Wire(WireTrouble::Proxy)),
        ("TLS", Bad::Wire(WireTrouble::Tls)),
        ("connection lost", Bad::Wire(WireTrouble::Lost)),
        ("timeout", Bad::GitHub(Trouble::Silence)),
        ("502", Bad::GitHub(Trouble::BadGateway)),
        ("503", Bad::GitHub(Trouble::Unavailable)),
        ("no JSON", Bad::GitHub(Trouble::Garbage)),
        ("bad credentials (401)", Bad::GitHub(Trouble::BadCredentials)),
        ("missing scope (403)", Bad::GitHub(Trouble::NoScope)),
        ("single sign-on (403)", Bad::GitHub(Trouble::SsoRequired)),
        ("not found, or no access (404)", Bad::GitHub(Trouble::NotFound)),
        ("secondary limit (403)", Bad::GitHub(Trouble::SecondaryLimit(120))),
        ("primary limit", Bad::GitHub(Trouble::RateLimited)),
        ("partial answer", Bad::GitHub(Trouble::Partial)),
    ]
}

/// Faults below HTTP that wait: so many requests pass first, then so many are struck.
type Waiting = Arc<Mutex<Option<(WireTrouble, usize, usize)>>>;

/// The desk's client over a wire that can be cut.
fn cut(desk: &mut Desk) -> Waiting {
    let waiting: Waiting = Arc::default();
    let (sim, faults) = (desk.sim.clone(), waiting.clone());
    let service = tower::service_fn(move |request: HttpRequest<Bytes>| {
        let strikes = {
            let mut faults = faults.lock().unwrap();
            match faults.as_mut() {
                Some((_, skip, _)) if *skip > 0 => {
                    *skip -= 1;
                    None
                }
                Some((trouble, _, times)) if *times > 0 => {
                    *times -= 1;
                    Some(*trouble)
                }
                _ => None,
            }
        };
        let sim = sim.clone();
        async move {
            match strikes {
                Some(trouble) => {
                    let maybe_sent = matches!(trouble, WireTrouble::Lost | WireTrouble::Timeout);
                    Err(Box::new(WireError { trouble, maybe_sent, text: "as the layer below says".into() }) as BoxError)
                }
                None => sim.oneshot(request).await.map_err(BoxError::from),
            }
        }
    });
    desk.client = Client::over(service, "https://api.github.com", SecretString::from("sim-token")).unwrap();
    waiting
}

/// What became of one operation that was struck `times` times.
async fn strike(row: &Row, bad: &Bad, times: usize) -> (Outcome, String) {
    let mut desk = (row.desk)();
    let wire = cut(&mut desk);
    (row.before)(&desk).await.unwrap();
    match bad {
        Bad::Wire(trouble) => *wire.lock().unwrap() = Some((*trouble, row.skip, times)),
        Bad::GitHub(trouble) => {
            desk.sim.inject(Fault::once(Kind::Any, trouble.clone()).after(row.skip).times(times));
        }
    }
    let outcome = (row.run)(&desk).await;
    // It works again with the next try, in the same process; the hour of a limit is over by then.
    *wire.lock().unwrap() = None;
    desk.sim.clear_faults();
    let mut last = None;
    for _ in 0..3 {
        desk.hands.forward(3700);
        last = Some((row.run)(&desk).await);
    }
    let recovered = match last {
        Some(Ok(missing)) if missing.is_empty() => (row.whole)(&desk).err(),
        Some(Ok(missing)) => Some(format!("still missing: {}", missing.join(", "))),
        Some(Err(failure)) => Some(failure.to_string()),
        None => None,
    };
    (outcome, recovered.unwrap_or_default())
}

/// A cell's word.
fn word(outcome: &Outcome) -> String {
    match outcome {
        Ok(missing) if missing.is_empty() => "✓".to_owned(),
        Ok(_) => "marked".to_owned(),
        Err(failure) => {
            let kind = serde_json::to_value(failure.kind).unwrap();
            format!("exit {} {}", failure.exit_code(), kind.as_str().unwrap_or_default())
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_failure_kind_on_every_kind_of_request() {
    let rows = reads::rows();
    let mut table = String::new();
    let _ = write!(table, "| failure |");
    for row in &rows {
        let _ = write!(table, " {} |", row.name);
    }
    let _ = writeln!(table, "\n| --- |{}", " --- |".repeat(rows.len()));
    let mut told: Vec<(String, Failure)> = Vec::new();
    let mut marked: BTreeMap<String, String> = BTreeMap::new();
    for (name, bad) in faults() {
        let _ = write!(table, "| {name} |");
        for row in &rows {
            let (once, healed) = strike(row, &bad, 1).await;
            assert_eq!(healed, "", "{name}, once, in {}", row.name);
            let (always, healed) = strike(row, &bad, 1000).await;
            assert_eq!(healed, "", "{name}, for long, in {}", row.name);
            let _ = write!(table, " {} / {} |", word(&once), word(&always));
            for outcome in [once, always] {
                match outcome {
                    Err(failure) => {
                        assert!(failure.hint.is_some(), "{name} in {}: {failure} says nothing to do", row.name);
                        if !told.iter().any(|(known, other)| known == name && other.kind == failure.kind) {
                            told.push((name.to_owned(), failure));
                        }
                    }
                    Ok(missing) => {
                        for part in missing {
                            marked.entry(row.name.to_owned()).or_insert(part);
                        }
                    }
                }
            }
        }
        let _ = writeln!(table);
    }
    let mut messages = String::from("| failure | what is said | what to do | exit |\n| --- | --- | --- | --- |\n");
    for (name, failure) in &told {
        let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
        let hint = failure.hint.as_deref().map(cell).unwrap_or_default();
        let _ = writeln!(
            messages,
            "| {name} | could not {}: {} | {hint} | {} |",
            cell(&failure.attempted),
            cell(&failure.cause),
            failure.exit_code()
        );
    }
    let mut examples = String::new();
    for (row, part) in &marked {
        let _ = writeln!(examples, "- {row}: “{part}”");
    }
    same(&format!(
        "# What vepherd does when something fails while it reads\n\n\
         (`faults.md` says the same of writing.) Written by the test `e2e::matrix` from what the program did against the simulated GitHub; not by hand.\n\n\
         Each cell says what becomes of the operation when the fault strikes one request of that kind, and after the\n\
         slash when it strikes every request from there on. `✓`: it was asked again and nothing is missing. `marked`: the\n\
         rest is used, and what is missing is marked on its card, its page and in JSON (`incomplete`), and asked again\n\
         with the next sync. In every cell the next try after the fault works without a restart, and everything is there.\n\n\
         {table}\n## What is said\n\n{messages}\n## What is marked, for example\n\n{examples}"
    ));
}

/// The document is as it was written, or it is written anew.
#[expect(clippy::disallowed_methods, reason = "the switch is the tester's, not a setting of the program")]
fn same(text: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults-reading.md");
    if std::env::var_os("VEPHERD_UPDATE_DOCS").is_some() {
        std::fs::write(path, text).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    let differs = there.lines().zip(text.lines()).find(|(old, new)| old != new);
    assert!(
        there == text,
        "docs/faults-reading.md is not what the program does (VEPHERD_UPDATE_DOCS=1 writes it): {differs:?}"
    );
}
