//! Reads pull requests to the end of all their pages.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::plan;
use crate::domain::facts::PullFacts;
use crate::domain::failure::Failure;
use crate::domain::ids::PullNumber;
use crate::shell::github::ask::{Ask, Outcome, Queue, run};
use crate::shell::github::{Client, map, wire};

/// A guard against a server whose pages never end: 40,000 comments.
const MOST_ROUNDS: usize = 400;

/// What became of one request's worth of asks.
#[derive(Debug, Default)]
pub struct Batch {
    /// Pulls that were read to their end.
    pub read: Vec<PullFacts>,
    /// Pulls that GitHub does not know.
    pub absent: Vec<PullNumber>,
    /// Pulls that could not be read, and why.
    pub failed: Vec<(PullNumber, String)>,
    /// Everything that is no pull.
    pub others: Vec<(Ask, Outcome)>,
    /// What stopped it.
    pub failure: Option<Failure>,
}

/// Reads. `open` is what the light query knows of open pulls.
pub async fn pulls(
    client: &Client,
    attempted: &str,
    asks: Vec<Ask>,
    open: Option<&BTreeMap<PullNumber, wire::LightPull>>,
    now: Timestamp,
) -> Batch {
    let mut batch = Batch::default();
    let (answers, failure) = run(client, attempted, asks).await;
    batch.failure = failure;
    let mut reading: BTreeMap<PullNumber, PullFacts> = BTreeMap::new();
    let mut more = Vec::new();
    for (ask, outcome) in answers {
        let Ask::Pull { number, labels, threads, shape, .. } = &ask else {
            batch.others.push((ask, outcome));
            continue;
        };
        match outcome {
            Outcome::Failed { failure, .. } => batch.failed.push((*number, failure.cause)),
            Outcome::Answered { value: Value::Null, .. } => batch.absent.push(*number),
            Outcome::Answered { value, errors } => {
                let light = open.and_then(|open| open.get(number)).filter(|_| *labels == 0);
                let known = light.and_then(plan::known_labels);
                let threads_missing = *threads > 0 && value.get("reviewThreads").is_none_or(Value::is_null);
                match map::pull(value, &errors, known.as_deref(), &shape.without, now) {
                    Err(why) => batch.failed.push((*number, why)),
                    Ok(mut mapped) => {
                        if client.lacks("statusCheckRollup") {
                            map::note(&mut mapped.pull, "checks", "left out: this server does not tell them");
                        }
                        if threads_missing {
                            map::note(&mut mapped.pull, "threads", "not read: GitHub did not answer this part");
                        }
                        more.append(&mut mapped.more);
                        reading.insert(*number, mapped.pull);
                    }
                }
            }
        }
    }
    let unfinished = pages(client, attempted, &mut reading, more).await;
    if let Some((failure, numbers)) = unfinished {
        reading.retain(|number, _| !numbers.contains(number));
        batch.failure = batch.failure.or(Some(failure));
    }
    batch.read = reading.into_values().collect();
    batch
}

/// Reads page after page. Where that is stopped: why, and whose pages are missing.
async fn pages(
    client: &Client,
    attempted: &str,
    reading: &mut BTreeMap<PullNumber, PullFacts>,
    mut more: Vec<Ask>,
) -> Option<(Failure, Vec<PullNumber>)> {
    let owners = |asks: &[Ask]| -> Vec<PullNumber> {
        asks.iter().filter_map(|ask| if let Ask::Page { number, .. } = ask { Some(*number) } else { None }).collect()
    };
    for _ in 0..MOST_ROUNDS {
        if more.is_empty() {
            return None;
        }
        let mut next = Vec::new();
        let mut queue = Queue::of(std::mem::take(&mut more));
        while let Some(asks) = queue.next(client.pace()) {
            let mut unread = owners(&asks);
            let (answers, failure) = run(client, attempted, asks).await;
            for (ask, outcome) in answers {
                let Ask::Page { number, part, id, .. } = &ask else { continue };
                let Some(pull) = reading.get_mut(number) else { continue };
                match outcome {
                    Outcome::Answered { value, errors } => next.extend(map::page(pull, *part, id, value, &errors)),
                    Outcome::Failed { failure, .. } => {
                        map::note(pull, part.name(), &format!("{} {}", plan::NOT_READ, failure.cause));
                    }
                }
            }
            if let Some(failure) = failure {
                unread.extend(owners(&next));
                while let Some(asks) = queue.next(usize::MAX) {
                    unread.extend(owners(&asks));
                }
                return Some((failure, unread));
            }
        }
        more = next;
    }
    for ask in &more {
        if let Ask::Page { number, part, .. } = ask
            && let Some(pull) = reading.get_mut(number)
        {
            map::note(pull, part.name(), "left out: there are more pages than any pull request has");
        }
    }
    None
}
