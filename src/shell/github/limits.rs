//! What GitHub lets us do, and obeying it before it has to say so again: a budget of points of which the last tenth is
//! for what the user sends, and times of silence that it asks for. Several vepherds of one user share both through the
//! store, because GitHub counts by user and not by process.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::budget::Limit;
use super::client::Client;
use crate::domain::failure::{Failure, FailureKind};
use crate::shell::clock::wall;
use crate::shell::store::Store;

/// Two processes read the same hour's end with seconds of difference.
const SAME_HOUR: SignedDuration = SignedDuration::from_secs(120);

/// Whether reading may spend what is kept for sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spend {
    /// No: a tenth of the hour's points stays.
    Sparing,
    /// Yes: it is read for a sending.
    Freely,
}

/// GitHub asked for silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// Until when, by the server's clock.
    pub until: Timestamp,
    /// Its words.
    pub said: String,
}

/// What processes tell each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Shared {
    limit: Option<u64>,
    remaining: Option<u64>,
    reset_at: Option<Timestamp>,
    quiet: Option<Quiet>,
    /// The server's clock, and this machine's at that moment.
    clocks: Option<(Timestamp, Timestamp)>,
}

/// May `points` be spent now?
///
/// # Errors
/// Where GitHub asked for silence, or the last tenth of the budget would be touched.
pub fn ready(client: &Client, attempted: &str, points: u64, spend: Spend, now: Timestamp) -> Result<(), Failure> {
    if let Some(quiet) = client.quiet(now) {
        return Err(super::failures::limited(attempted, &quiet.said, Some(quiet.until)));
    }
    let budget = client.budget().points;
    if spend == Spend::Freely || enough(budget, points, client.latest(now)) {
        return Ok(());
    }
    let mut failure = Failure::new(
        FailureKind::RateLimited,
        attempted,
        format!(
            "the last tenth of this hour's GitHub budget is kept for what you send ({} of {} points are left)",
            budget.remaining.unwrap_or(0),
            budget.limit.unwrap_or(0)
        ),
    );
    failure.retry_at = budget.reset_at;
    Err(failure.hint(match budget.reset_at {
        Some(at) => format!("Reading goes on at {at:.0}; what is known is still shown."),
        None => "Reading goes on within the hour; what is known is still shown.".to_owned(),
    }))
}

/// A tenth of the limit stays after `points`. What GitHub has not said, or has said of an hour that is over, is enough.
fn enough(budget: Limit, points: u64, now: Timestamp) -> bool {
    match (budget.limit, budget.remaining) {
        (Some(limit), Some(remaining)) => {
            remaining >= (limit / 10).saturating_add(points) || budget.reset_at.is_some_and(|at| at <= now)
        }
        _ => true,
    }
}

/// Learns what other processes have heard from GitHub.
///
/// # Errors
/// Where the store cannot be read.
pub fn hear(client: &Client, store: &Store) -> Result<(), Failure> {
    let told = store.meta(&client.limits_key())?.and_then(|json| serde_json::from_str::<Shared>(&json).ok());
    let Some(told) = told else { return Ok(()) };
    if let Some((server, here)) = told.clocks
        && let Ok(now) = server.checked_add(wall().duration_since(here))
    {
        client.set_server_now(now);
    }
    let (ours, theirs) =
        (client.budget().points, Limit { limit: told.limit, remaining: told.remaining, reset_at: told.reset_at });
    if newer(theirs, ours) {
        client.adopt(theirs);
    }
    if let Some(quiet) = told.quiet {
        client.hush(quiet);
    }
    Ok(())
}

/// Tells other processes what this one has heard.
///
/// # Errors
/// Where the store cannot be written.
pub fn tell(client: &Client, store: &Store, now: Timestamp) -> Result<(), Failure> {
    let points = client.budget().points;
    let quiet = client.quiet(now);
    if points == Limit::default() && quiet.is_none() {
        return Ok(());
    }
    let clocks = client.server_now().map(|server| (server, wall()));
    let shared = Shared { limit: points.limit, remaining: points.remaining, reset_at: points.reset_at, quiet, clocks };
    let json = serde_json::to_string(&shared).unwrap_or_default();
    let key = client.limits_key();
    store.set_meta(&key, &json)
}

/// Of a later hour, or of the same hour with less left of it.
fn newer(theirs: Limit, ours: Limit) -> bool {
    match (theirs.reset_at, ours.reset_at) {
        (Some(_), None) => true,
        (None, _) => false,
        (Some(theirs_at), Some(ours_at)) => {
            let later = theirs_at.duration_since(ours_at);
            later > SAME_HOUR || (later.abs() <= SAME_HOUR && theirs.remaining < ours.remaining)
        }
    }
}
