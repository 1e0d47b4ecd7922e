//! The sync engine: one light request finds what changed, only that is read in depth, in as few requests as GitHub
//! bears. Each pull is saved as it arrives, so that a sync that is stopped goes on where it was; what could not be read
//! is named in the pull's `truncated` and asked again the next time.
//!
//! `light` asks what changed and `plan` decides what to read; `read` reads pulls whole, `parts` what hangs on them
//! (documents, folders, tracking issues), `files` what says who is who.

mod files;
mod light;
mod parts;
mod plan;
mod read;

use std::sync::Arc;

use futures_util::StreamExt;
use jiff::Timestamp;

use super::github::ask::{Ask, Outcome, pack, run};
use super::github::{Client, map};
use super::store::Store;
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{PullNumber, RepoId};
use crate::domain::profile::Profile;

use files::Files;
use light::Seen;
use parts::{Found, Pending};

/// How many requests are under way at once. GitHub asks for few.
const AT_ONCE: usize = 3;

/// The most folders deeper than one request shows that are read of the proposals' repository: kubernetes/enhancements,
/// the largest known, has some dozens.
const MOST_FOLDERS: usize = 400;

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
    let facts = store.load(repo)?;
    let mut job =
        Job { client, store, profile, repo, now, progress, facts, found: Found::default(), warnings: Vec::new() };
    progress(Progress { stage: Stage::Looking, done: 0, total: 0 });
    let mut seen = light::look(&job).await?;
    job.warnings.append(&mut seen.warnings);
    let changed = job.read_changes(&seen, mode).await?;
    store.set_synced(repo, now(), seen.viewer.as_ref(), seen.branch.as_deref())?;
    if let Some(permission) = &seen.permission {
        store.set_meta(&permission_key(repo), permission)?;
    }
    let after = client.budget();
    job.warnings.dedup();
    Ok(Summary {
        pulls: seen.open.len(),
        changed,
        requests: after.requests.saturating_sub(before.requests),
        points: after.spent.saturating_sub(before.spent),
        seconds: started.elapsed().as_secs_f64(),
        warnings: job.warnings,
        permission: seen.permission,
    })
}

/// Reads one pull request again, saves it and returns it: before something is sent to it, and after.
///
/// # Errors
/// As [`sync`], and where there is no such pull request.
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
    facts.pulls.extend(stored.map(|pull| (number, Arc::new(pull))));
    let found = Found::default();
    let mut job =
        Job { client, store, profile, repo, now: &clock, progress: &|_| (), facts, found, warnings: Vec::new() };
    let ask = Ask::Pull { repo: repo.clone(), number, labels: 100, threads: u64::try_from(threads).unwrap_or(100) };
    let attempted = format!("read {repo}{number}");
    let mut batch = read::pulls(client, &attempted, vec![ask], None, now).await;
    if let Some(failure) = batch.failure.take() {
        return Err(failure);
    }
    if let Some((_, why)) = batch.failed.first() {
        return Err(Failure::new(FailureKind::Server, attempted, why.clone()).hint("Try again in a minute."));
    }
    let Some(pull) = batch.read.pop() else {
        return Err(Failure::new(FailureKind::NotFound, attempted, "GitHub knows no such pull request")
            .hint("Check the number and the repository (VEPHERD_REPO)."));
    };
    let pending = job.keep(pull)?;
    job.finish(pending.into_iter().collect(), Vec::new()).await?;
    store
        .pull(repo, number)?
        .ok_or_else(|| Failure::new(FailureKind::Store, attempted, "it is gone from the local store"))
}

/// The name under which the store keeps what the viewer may do in a repository.
#[must_use]
pub fn permission_key(repo: &RepoId) -> String {
    format!("permission:{repo}")
}

/// One sync under way.
struct Job<'a> {
    client: &'a Client,
    store: &'a Store,
    profile: &'a Profile,
    repo: &'a RepoId,
    now: Clock<'a>,
    progress: OnProgress<'a>,
    /// What was known before.
    facts: Facts,
    /// What was found beside the pulls.
    found: Found,
    warnings: Vec<String>,
}

impl Job<'_> {
    /// Reads and keeps all that changed; how many pulls that were.
    async fn read_changes(&mut self, seen: &Seen, mode: Mode) -> Result<usize, Failure> {
        let plan = plan::plan(self, seen, mode);
        let mut files = Files::of(self, seen)?;
        let mut asks = plan.asks;
        asks.extend(files.first_asks(self)?);
        let total = plan.pulls;
        if !asks.is_empty() && self.client.budget().nearly_spent() {
            return Err(self.saving());
        }
        for pull in plan.patched {
            self.store.save_pull(self.repo, &pull)?;
        }
        let mut pendings = Vec::new();
        let mut changed = 0;
        if total > 0 {
            (self.progress)(Progress { stage: Stage::Reading, done: 0, total });
        }
        let (client, now) = (self.client, self.now);
        let attempted = format!("read {}", self.repo);
        let mut failure = None;
        {
            let reads =
                pack(asks).into_iter().map(|pack| read::pulls(client, &attempted, pack, Some(&seen.open), now()));
            let mut reads = futures_util::stream::iter(reads).buffer_unordered(AT_ONCE);
            while let Some(mut batch) = reads.next().await {
                for (ask, outcome) in batch.others {
                    self.absorb(&ask, outcome)?;
                }
                for pull in batch.read {
                    changed += 1;
                    pendings.extend(self.keep(self.dated(pull, seen))?);
                }
                for number in batch.absent {
                    self.gone(number, seen)?;
                }
                for (number, why) in batch.failed {
                    self.flag(number, &why, seen)?;
                }
                if total > 0 {
                    (self.progress)(Progress { stage: Stage::Reading, done: changed.min(total), total });
                }
                if let Some(stop) = batch.failure.take() {
                    failure = Some(stop);
                    break;
                }
            }
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        self.deepen().await?;
        let more = files.second_asks(self)?;
        self.finish(pendings, more).await?;
        files.save(self)?;
        Ok(changed)
    }

    /// The light query's time of the last change, where that is older: whatever happened between the two requests may
    /// be missing in what the first one said, and then the next sync must look again.
    fn dated(&self, mut pull: PullFacts, seen: &Seen) -> PullFacts {
        if let Some(at) = seen.open.get(&pull.number).and_then(|light| light.updated_at.get()) {
            pull.updated_at = pull.updated_at.min(*at);
        }
        pull
    }

    /// Saves a pull; returned where documents and such are still to be read.
    fn keep(&mut self, mut pull: PullFacts) -> Result<Option<Pending>, Failure> {
        let stored = self.facts.pulls.get(&pull.number).map(AsRef::as_ref);
        let pending = parts::needs(&mut pull, stored, &self.found, self.profile);
        let mut saved = pull.clone();
        if pending.is_some() {
            map::note(&mut saved, "the rest", "not read: this is still under way");
        }
        self.store.save_pull(self.repo, &saved)?;
        self.found.issues.extend(parts::issue_numbers(&pull, self.profile, self.repo));
        Ok(pending.map(|needs| Pending { pull, needs }))
    }

    /// Reads the folders below those that one request shows, as far as Prow would walk.
    async fn deepen(&mut self) -> Result<(), Failure> {
        let attempted = format!("list the files of {}", self.repo);
        let mut left = MOST_FOLDERS;
        while let Some(index) = &mut self.found.tree
            && !index.below.is_empty()
        {
            let below = std::mem::take(&mut index.below);
            let (now, never): (Vec<_>, Vec<_>) = below.into_iter().enumerate().partition(|(at, _)| *at < left);
            left -= now.len();
            if let Some((_, (path, _))) = never.first() {
                self.warnings.push(format!(
                    "{} has too many folders: OWNERS files below {path} and {} others were not looked for",
                    self.repo,
                    never.len() - 1
                ));
            }
            let subtree = |(_, (path, oid))| Ask::Subtree { repo: self.repo.clone(), oid, path };
            for asks in pack(now.into_iter().map(subtree).collect()) {
                let (answers, failure) = run(self.client, &attempted, asks).await;
                for (ask, outcome) in answers {
                    self.absorb(&ask, outcome)?;
                }
                if let Some(failure) = failure {
                    return Err(failure);
                }
            }
        }
        Ok(())
    }

    /// Reads what hangs on the pulls, with `more` beside it, and saves them whole.
    async fn finish(&mut self, mut pendings: Vec<Pending>, more: Vec<Ask>) -> Result<(), Failure> {
        let mut asks = more;
        for pending in &pendings {
            asks.extend(pending.asks(self.repo, &self.found));
        }
        asks.sort_by_cached_key(Ask::order);
        asks.dedup();
        for number in std::mem::take(&mut self.found.issues) {
            let known = self.facts.issues.contains_key(&number) || self.found.issues_read.contains(&number);
            if !known {
                asks.push(Ask::Issue { repo: self.repo.clone(), number });
            }
        }
        let total = asks.len();
        let mut done = 0;
        let attempted = format!("read documents of {}", self.repo);
        for asks in pack(asks) {
            (self.progress)(Progress { stage: Stage::Documents, done, total });
            done += asks.len();
            let (answers, failure) = run(self.client, &attempted, asks).await;
            for (ask, outcome) in answers {
                self.absorb(&ask, outcome)?;
            }
            if let Some(failure) = failure {
                return Err(failure);
            }
        }
        for pending in &mut pendings {
            pending.fill(&self.found);
        }
        let pulls: Vec<PullFacts> = pendings.into_iter().map(|pending| pending.pull).collect();
        self.store.save_pulls(self.repo, &pulls)
    }

    /// Takes an answer that is no pull request.
    fn absorb(&mut self, ask: &Ask, outcome: Outcome) -> Result<(), Failure> {
        match ask {
            Ask::Issue { number, .. } => {
                self.found.issues_read.insert(*number);
                match outcome {
                    Outcome::Answered { value, .. } => {
                        if let Some(issue) = map::issue(value, (self.now)()) {
                            self.store.save_issue(self.repo, &issue)?;
                        }
                    }
                    Outcome::Failed(failure) => {
                        self.warnings
                            .push(format!("the tracking issue #{number} could not be read: {}", failure.cause));
                    }
                }
            }
            Ask::Blob { oid, repo } => match outcome {
                Outcome::Answered { value, .. } => match map::blob_text(value) {
                    Ok(Some(text)) => self.store.save_blob(oid, &text)?,
                    Ok(None) => self.warnings.push(format!("a file of {repo} is gone while it was read")),
                    Err(why) => self.warnings.push(format!("a file of {repo} cannot be read: {why}")),
                },
                Outcome::Failed(failure) => {
                    self.warnings.push(format!("a file of {repo} could not be read: {}", failure.cause));
                }
            },
            Ask::File { .. } | Ask::Folder { .. } | Ask::Parents { .. } | Ask::Tree { .. } | Ask::Subtree { .. } => {
                self.found.take(ask, outcome, &self.profile.layout.root);
            }
            Ask::Pull { .. } | Ask::Page { .. } => {}
        }
        Ok(())
    }

    /// A pull request that GitHub no longer knows.
    fn gone(&mut self, number: PullNumber, seen: &Seen) -> Result<(), Failure> {
        if seen.open.contains_key(&number) {
            return self.flag(number, "not read: GitHub lists it and does not answer it", seen);
        }
        self.warnings.push(format!("{}{number} is gone from GitHub", self.repo));
        self.store.remove_pull(self.repo, number)
    }

    /// A pull request that could not be read: what was known stays, marked.
    fn flag(&mut self, number: PullNumber, why: &str, seen: &Seen) -> Result<(), Failure> {
        self.warnings.push(format!("{}{number} could not be read: {why}", self.repo));
        let why = format!("{}{why}", if why.starts_with(plan::NOT_READ) { "" } else { "not read: " });
        let known = self.facts.pulls.get(&number).map(|pull| {
            let mut pull = PullFacts::clone(pull);
            map::note(&mut pull, "everything", &why);
            pull
        });
        let light = || seen.open.get(&number).and_then(|light| map::flagged(light, &why, (self.now)()));
        match known.or_else(light) {
            Some(pull) => self.store.save_pull(self.repo, &pull),
            None => Ok(()),
        }
    }

    fn saving(&self) -> Failure {
        let points = self.client.budget().points;
        let mut failure = Failure::new(
            FailureKind::RateLimited,
            format!("read {}", self.repo),
            format!(
                "less than a tenth of this hour's GitHub budget is left ({} points)",
                points.remaining.unwrap_or(0)
            ),
        );
        failure.retry_at = points.reset_at;
        failure.hint(match points.reset_at {
            Some(at) => format!("The rest is kept for what you send; reading goes on at {at:.0}."),
            None => "The rest is kept for what you send; reading goes on within the hour.".to_owned(),
        })
    }
}
