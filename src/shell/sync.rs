//! The sync engine: one light request finds what changed, only that is read in depth, in as few requests as GitHub
//! bears. Each pull is saved as it arrives, so that a sync that is stopped goes on where it was; what could not be read
//! is named in the pull's `truncated` and asked again the next time.
//!
//! `light` asks what changed and `plan` decides what to read; `job` carries it out: `read` reads pulls whole, `parts`
//! what hangs on them (documents, folders, tracking issues), `files` what says who is who.

mod files;
mod job;
mod light;
mod parts;
mod plan;
mod read;

use jiff::Timestamp;

use super::github::Client;
use super::github::ask::Ask;
use super::github::limits::{self, Spend};
use super::store::Store;
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{PullNumber, RepoId};
use crate::domain::profile::Profile;

use job::Job;

/// How thorough a sync is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What changed since the last time.
    Changed,
    /// Everything again.
    Full,
}

/// What a sync is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Asking what changed.
    Looking,
    /// Reading pull requests.
    Reading,
    /// Reading documents, tracking issues and the files that say who is who.
    Documents,
}

impl Stage {
    /// As a phrase for a status line.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Looking => "looking for changes",
            Self::Reading => "reading proposals",
            Self::Documents => "reading documents",
        }
    }
}

/// How far a sync is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it does.
    pub stage: Stage,
    /// How many things of this stage are done …
    pub done: usize,
    /// … of how many; 0 where that is not known yet.
    pub total: usize,
}

/// Whoever wants to know how far a sync is.
pub type OnProgress<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// The clock.
pub type Clock<'a> = &'a (dyn Fn() -> Timestamp + Send + Sync);

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Open pulls.
    pub pulls: usize,
    /// Pulls that were read again.
    pub changed: usize,
    /// Requests sent.
    pub requests: u64,
    /// GraphQL points that they cost, as GitHub counted.
    pub points: u64,
    /// How long it took.
    pub seconds: f64,
    /// What is not complete, in words.
    pub warnings: Vec<String>,
    /// GitHub's word on what the viewer may do in the repository (`READ`, `WRITE`, …).
    pub permission: Option<String>,
}

/// Brings the store up to date.
///
/// # Errors
/// Where GitHub cannot be reached, refuses the token, knows no such repository or asks us to wait, and where the store
/// cannot be written. What arrived before that is in the store.
pub async fn sync(
    client: &Client,
    store: &Store,
    profile: &Profile,
    repo: &RepoId,
    mode: Mode,
    now: Clock<'_>,
    progress: OnProgress<'_>,
) -> Result<Summary, Failure> {
    let before = client.budget();
    let started = tokio::time::Instant::now();
    limits::hear(client, store)?;
    let outcome = run(client, store, profile, repo, mode, now, progress).await;
    // What was heard before a failure counts for the others as well.
    limits::tell(client, store, now())?;
    let mut summary = outcome?;
    let after = client.budget();
    summary.requests = after.requests.saturating_sub(before.requests);
    summary.points = after.spent.saturating_sub(before.spent);
    summary.seconds = started.elapsed().as_secs_f64();
    Ok(summary)
}

async fn run(
    client: &Client,
    store: &Store,
    profile: &Profile,
    repo: &RepoId,
    mode: Mode,
    now: Clock<'_>,
    progress: OnProgress<'_>,
) -> Result<Summary, Failure> {
    let facts = store.load(repo)?;
    let mut job = Job::new(client, store, profile, repo, now, progress, facts);
    progress(Progress { stage: Stage::Looking, done: 0, total: 0 });
    let mut seen = light::look(&job).await?;
    let gaps = std::mem::take(&mut seen.gaps);
    let changed = job.read_changes(&seen, mode).await?;
    store.save_gaps(repo, &gaps)?;
    store.set_synced(repo, now(), seen.viewer.as_ref(), seen.branch.as_deref())?;
    if let Some(permission) = &seen.permission {
        store.set_meta(&permission_key(repo), permission)?;
    }
    let warnings = gaps.iter().map(crate::domain::facts::Gap::words).chain(job.into_warnings()).collect();
    let (pulls, permission) = (seen.open.len(), seen.permission);
    Ok(Summary { pulls, changed, warnings, permission, ..Summary::default() })
}

/// Reads one pull request again, saves it and returns it: before something is sent to it, and after. What GitHub does
/// not answer is marked in it; whoever decides by it must look there.
///
/// # Errors
/// As [`sync`], and where there is no such pull request or GitHub answers nothing of it.
pub async fn refresh_pull(
    client: &Client,
    store: &Store,
    profile: &Profile,
    repo: &RepoId,
    number: PullNumber,
    now: Timestamp,
) -> Result<PullFacts, Failure> {
    let clock = move || now;
    let mut facts = Facts::empty(repo.clone());
    let stored = store.pull(repo, number)?;
    let threads = stored.as_ref().map_or(30, |pull| pull.threads.len() + 5).min(100);
    facts.issues = store.load(repo)?.issues;
    facts.pulls.extend(stored.map(|pull| (number, std::sync::Arc::new(pull))));
    let attempted = format!("read {repo}{number}");
    limits::hear(client, store)?;
    limits::ready(client, &attempted, 1, Spend::Freely, now)?;
    let mut job = Job::new(client, store, profile, repo, &clock, &|_| (), facts);
    job.spend = Spend::Freely;
    let ask = Ask::pull(repo, number, 100, u64::try_from(threads).unwrap_or(100));
    let mut batch = read::pulls(client, &attempted, vec![ask], None, now).await;
    if let Some(failure) = batch.failure.take() {
        limits::tell(client, store, now)?;
        return Err(failure);
    }
    if let Some((_, why)) = batch.failed.first() {
        return Err(Failure::new(FailureKind::Server, attempted, why.clone()).hint("Try again in a minute."));
    }
    let Some(pull) = batch.read.pop() else {
        return Err(Failure::new(FailureKind::NotFound, attempted, "GitHub knows no such pull request")
            .hint("Check the number and the repository (VEPHERD_REPO)."));
    };
    let pendings = job.keep(vec![pull])?;
    job.finish(pendings, Vec::new()).await?;
    store
        .pull(repo, number)?
        .ok_or_else(|| Failure::new(FailureKind::Store, attempted, "it is gone from the local store"))
}

/// The name under which the store keeps what the viewer may do in a repository.
#[must_use]
pub fn permission_key(repo: &RepoId) -> String {
    format!("permission:{repo}")
}
