//! What ended in the last months, read once in a light form for statistics, page by page: each page is saved with the
//! place where the next one begins, so that it goes on where it was stopped. It takes only of the upper half of the
//! hour's budget and never delays the board. What ends from then on comes with the sync itself.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Clock;
use super::light::Seen;
use crate::domain::facts::PullState;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::history::{DAYS, Ended, MOST_WORDS, Word};
use crate::domain::ids::{PullNumber, RepoId};
use crate::shell::github::limits::{self, Spend};
use crate::shell::github::{Client, map, wire};
use crate::shell::store::Store;

const HISTORY: &str = include_str!("../../../assets/graphql/history.graphql");

/// How many ended pulls a page has: two points' worth.
const PAGE: u64 = 50;

/// A guard against a server whose pages never end: 20,000 ended pulls.
const MOST_PAGES: usize = 400;

/// How far it is, in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    /// Everything that was touched before this is known; `None` before the first reading is done.
    known_to: Option<Timestamp>,
    /// The reading under way: the newest touch that it saw, and where its next page begins.
    under_way: Option<(Timestamp, String)>,
    /// The sync met something that ended and that is not known.
    behind: bool,
}

/// What a reading did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryRead {
    /// Ended pulls that were read now.
    pub read: usize,
    /// Requests sent.
    pub requests: u64,
    /// Points that they cost.
    pub points: u64,
    /// Nothing is left to read.
    pub complete: bool,
}

/// Reads what is missing; nothing is asked where nothing is.
///
/// # Errors
/// As a sync. What arrived before that is in the store.
pub async fn read(client: &Client, store: &Store, repo: &RepoId, now: Clock<'_>) -> Result<HistoryRead, Failure> {
    let Ok(_turn) = store.reading().try_lock() else { return Ok(HistoryRead::default()) };
    let before = client.budget();
    let outcome = pages(client, store, repo, now).await;
    limits::tell(client, store, now())?;
    let after = client.budget();
    outcome.map(|(read, complete)| HistoryRead {
        read,
        requests: after.requests.saturating_sub(before.requests),
        points: after.spent.saturating_sub(before.spent),
        complete,
    })
}

async fn pages(client: &Client, store: &Store, repo: &RepoId, now: Clock<'_>) -> Result<(usize, bool), Failure> {
    let mut state = load(store, repo)?;
    let attempted = format!("read what ended in {repo}");
    let cutoff = now().checked_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(now());
    let floor = state.known_to.unwrap_or(cutoff).max(cutoff);
    let mut size = PAGE;
    let mut read = 0;
    limits::hear(client, store)?;
    for _ in 0..MOST_PAGES {
        if state.known_to.is_some() && state.under_way.is_none() && !state.behind {
            return Ok((read, true));
        }
        let points = client.budget().points;
        let half = points.limit.zip(points.remaining).is_some_and(|(limit, left)| left < limit / 2);
        if half && points.reset_at.is_none_or(|at| at > now()) {
            return Ok((read, false));
        }
        limits::ready(client, &attempted, 3, Spend::Sparing, now())?;
        let after = state.under_way.as_ref().map(|(_, after)| after.as_str());
        let variables = json!({ "owner": repo.owner, "name": repo.name, "first": size, "after": after });
        let answer = match client.read(&attempted, HISTORY, &variables, size < 10).await {
            Err(failure) if failure.kind == FailureKind::Server && size >= 10 => {
                size /= 2;
                continue;
            }
            Err(failure) => {
                // A place that the server no longer knows is no place to go on from.
                if failure.kind == FailureKind::Protocol && state.under_way.take().is_some() {
                    store.set_meta(&key(repo), &encode(&state))?;
                }
                return Err(failure);
            }
            Ok(answer) => answer,
        };
        let broken = answer.errors.first().map(|error| error.message.clone());
        let wire: wire::History = serde_json::from_value(answer.data).unwrap_or_default();
        let page = wire.repository.take().and_then(|repository| repository.pull_requests.take());
        let Some(page) = page else {
            return Err(Failure::new(FailureKind::Server, attempted, "GitHub did not answer what ended")
                .hint("It is asked again with one of the next syncs."));
        };
        if let Some(why) = broken.filter(|_| page.unread > 0) {
            // Some of the page is not there for now: it is asked again, so the place stays where it is.
            let rows: Vec<Ended> =
                page.nodes.into_iter().filter_map(ended).filter(|row| row.ended_at >= cutoff).collect();
            store.save_history(repo, &rows, &key(repo), &encode(&state))?;
            let why = crate::domain::text::truncate(&crate::domain::text::sanitize_line(&why), 160);
            return Err(Failure::new(
                FailureKind::Server,
                attempted,
                format!("GitHub did not answer all of it ({why})"),
            )
            .hint("It is asked again with one of the next syncs."));
        }
        let rows: Vec<Ended> = page.nodes.into_iter().filter_map(ended).collect();
        let newest = rows.first().map(|row| row.updated_at);
        let oldest = rows.last().map(|row| row.updated_at);
        let top = state.under_way.take().map(|(top, _)| top).or(newest).unwrap_or(cutoff);
        match page.more.filter(|_| oldest.is_none_or(|oldest| oldest > floor)) {
            Some(next) => state.under_way = Some((top, next)),
            None => state = State { known_to: Some(top.max(floor)), under_way: None, behind: false },
        }
        let rows: Vec<Ended> = rows.into_iter().filter(|row| row.ended_at >= cutoff).collect();
        read += rows.len();
        store.save_history(repo, &rows, &key(repo), &encode(&state))?;
        size = (size * 2).min(PAGE);
    }
    Ok((read, false))
}

/// Notes where the light query met what ended and is not known: absent for months, more has ended than a sync follows.
pub(super) fn notice(store: &Store, repo: &RepoId, seen: &Seen, now: Timestamp) -> Result<(), Failure> {
    let mut state = load(store, repo)?;
    let Some(known_to) = state.known_to.filter(|_| !state.behind) else { return Ok(()) };
    let cutoff = now.checked_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(now);
    let news = seen.ended.iter().filter(|ended| ended.updated_at > known_to && ended.closed_at >= cutoff);
    let news: Vec<PullNumber> = news.map(|ended| ended.number).collect();
    if news.is_empty() {
        return Ok(());
    }
    let known = store.history_numbers(repo)?;
    if news.iter().any(|number| !known.contains(number)) {
        state.behind = true;
        store.set_meta(&key(repo), &encode(&state))?;
    }
    Ok(())
}

fn load(store: &Store, repo: &RepoId) -> Result<State, Failure> {
    let json = store.meta(&key(repo))?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

fn encode(state: &State) -> String {
    serde_json::to_string(state).unwrap_or_default()
}

fn key(repo: &RepoId) -> String {
    format!("history:{}", repo.to_string().to_ascii_lowercase())
}

fn ended(wire: wire::EndedPull) -> Option<Ended> {
    let opened_at = wire.created_at.take()?;
    let merged_at = wire.merged_at.take();
    let said = |wire: wire::Said| {
        Some(Word { at: wire.submitted_at.take().or(wire.created_at.take())?, by: map::actor(wire.author) })
    };
    let reviews = wire.reviews.take().unwrap_or_default().nodes;
    let comments = wire.comments.take().unwrap_or_default().nodes;
    let mut words: Vec<Word> = reviews.into_iter().chain(comments).filter_map(said).collect();
    words.sort_by_key(|word| word.at);
    words.truncate(MOST_WORDS);
    let ended_at = merged_at.or(wire.closed_at.take())?;
    Some(Ended {
        number: PullNumber(wire.number.take()?),
        url: wire.url.text(),
        title: wire.title.text(),
        author: map::actor(wire.author),
        state: if merged_at.is_some() { PullState::Merged } else { PullState::Closed },
        opened_at,
        ended_at,
        updated_at: wire.updated_at.take().unwrap_or(ended_at),
        labels: wire
            .labels
            .take()
            .unwrap_or_default()
            .nodes
            .into_iter()
            .filter_map(|label| label.name.take())
            .collect(),
        files: wire.files.take().unwrap_or_default().nodes.into_iter().filter_map(map::file).collect(),
        words,
    })
}
