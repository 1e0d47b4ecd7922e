//! One sync under way: reads what the plan asks for, request by request, and saves what each one brought at once, so
//! that a sync that is killed goes on where it was.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::files::Files;
use super::light::Seen;
use super::parts::{self, Found, Pending};
use super::{Clock, Mode, OnProgress, Progress, Stage, plan, read};
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::failure::Failure;
use crate::domain::ids::{PullNumber, RepoId};
use crate::domain::profile::Profile;
use crate::shell::github::ask::{Ask, Outcome, Queue, run};
use crate::shell::github::limits::{self, Spend};
use crate::shell::github::{Client, map};
use crate::shell::store::Store;

/// The most folders deeper than one request shows that are read of the proposals' repository: kubernetes/enhancements,
/// the largest known, has some dozens.
const MOST_FOLDERS: usize = 400;

/// One sync under way.
pub struct Job<'a> {
    /// The way to GitHub.
    pub client: &'a Client,
    /// Where it is kept.
    pub store: &'a Store,
    /// The process's rules.
    pub profile: &'a Profile,
    /// The repository.
    pub repo: &'a RepoId,
    /// The clock.
    pub now: Clock<'a>,
    /// Who wants to know.
    pub progress: OnProgress<'a>,
    /// Whether it may spend what is kept for sending.
    pub spend: Spend,
    /// What was known before.
    pub facts: Facts,
    /// What was found beside the pulls.
    pub found: Found,
    /// What is not complete, in words.
    pub warnings: Vec<String>,
    /// Parts of pulls that GitHub did not answer: why the last time, and of how many pulls.
    unread: BTreeMap<String, (String, usize)>,
    /// Pulls that GitHub did not answer at all, by its reason.
    failed: BTreeMap<String, Vec<PullNumber>>,
}

impl<'a> Job<'a> {
    /// One that has not begun.
    pub fn new(
        client: &'a Client,
        store: &'a Store,
        profile: &'a Profile,
        repo: &'a RepoId,
        now: Clock<'a>,
        progress: OnProgress<'a>,
        facts: Facts,
    ) -> Self {
        let (found, spend) = (Found::default(), Spend::Sparing);
        let (warnings, unread, failed) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { client, store, profile, repo, now, progress, spend, facts, found, warnings, unread, failed }
    }

    /// What is not complete, in words.
    pub fn into_warnings(mut self) -> Vec<String> {
        for (why, pulls) in self.failed {
            let named: Vec<String> = pulls.iter().take(3).map(|number| format!("{}{number}", self.repo)).collect();
            let more = if pulls.len() > 3 { format!(" and {} more", pulls.len() - 3) } else { String::new() };
            self.warnings.push(format!("{}{more} could not be read: {why}", named.join(", ")));
        }
        for (part, (why, pulls)) in self.unread {
            let of = if pulls == 1 { "one proposal".to_owned() } else { format!("{pulls} proposals") };
            self.warnings.push(format!("the {part} of {of} could not be read: {why}"));
        }
        self.warnings.dedup();
        self.warnings
    }

    /// May a request that asks for so many connections go out? Fails where it would spend what is kept.
    fn afford(&self, attempted: &str, connections: u64) -> Result<(), Failure> {
        limits::ready(self.client, attempted, connections.div_ceil(100).max(1), self.spend, (self.now)())
    }

    /// Reads and keeps all that changed; how many pulls that were.
    pub async fn read_changes(&mut self, seen: &Seen, mode: Mode) -> Result<usize, Failure> {
        let plan = plan::plan(self, seen, mode);
        let mut files = Files::of(self, seen)?;
        let mut asks = plan.asks;
        asks.extend(files.first_asks(self)?);
        let total = plan.pulls;
        self.store.save_pulls(self.repo, &plan.patched)?;
        let mut pendings = Vec::new();
        pendings.extend(plan.unfinished.into_iter().map(|pull| self.unfinished(pull)));
        let changed = self.read_pulls(asks, seen, total, &mut pendings).await?;
        self.deepen().await?;
        let more = files.second_asks(self)?;
        self.finish(pendings, more).await?;
        files.save(self)?;
        Ok(changed)
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
            let mut queue = Queue::of(now.into_iter().map(subtree).collect());
            while let Some(asks) = queue.next(self.client.pace()) {
                self.afford(&attempted, 1)?;
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

    async fn read_pulls(
        &mut self,
        asks: Vec<Ask>,
        seen: &Seen,
        total: usize,
        pendings: &mut Vec<Pending>,
    ) -> Result<usize, Failure> {
        if total > 0 {
            (self.progress)(Progress { stage: Stage::Reading, done: 0, total });
        }
        let mut changed = 0;
        let (client, now) = (self.client, self.now);
        let attempted = format!("read {}", self.repo);
        let mut queue = Queue::of(asks);
        let mut failure = None;
        let mut reads = FuturesUnordered::new();
        loop {
            // How much goes into the next request is known only when the last answers are: so one by one.
            while failure.is_none() && reads.len() < client.at_once() {
                let Some(asks) = queue.next(client.pace()) else { break };
                match self.afford(&attempted, asks.iter().map(Ask::connections).sum()) {
                    Ok(()) => reads.push(read::pulls(client, &attempted, asks, Some(&seen.open), now())),
                    Err(stop) => failure = Some(stop),
                }
            }
            let Some(mut batch) = reads.next().await else { break };
            for (ask, outcome) in std::mem::take(&mut batch.others) {
                self.absorb(&ask, outcome)?;
            }
            changed += batch.read.len();
            let read = batch.read.into_iter().map(|pull| dated(pull, seen)).collect();
            pendings.extend(self.keep(read)?);
            for number in batch.absent {
                self.gone(number, seen)?;
            }
            for (number, why) in batch.failed {
                self.flag(number, &why, seen)?;
            }
            if total > 0 {
                (self.progress)(Progress { stage: Stage::Reading, done: changed.min(total), total });
            }
            failure = failure.or(batch.failure);
        }
        failure.map_or(Ok(changed), Err)
    }

    /// Saves pulls, all at once; those are returned of which documents and such are still to be read.
    pub fn keep(&mut self, pulls: Vec<PullFacts>) -> Result<Vec<Pending>, Failure> {
        let mut saved = Vec::with_capacity(pulls.len());
        let mut pendings = Vec::new();
        for mut pull in pulls {
            let stored = self.facts.pulls.get(&pull.number).map(AsRef::as_ref);
            let needs = parts::needs(&mut pull, stored, &self.found, self.profile);
            let issues = self.unknown_issues(&pull);
            if needs.is_none() && issues.is_empty() {
                self.count(&pull);
                saved.push(pull);
                continue;
            }
            let mut marked = pull.clone();
            map::note(&mut marked, plan::THE_REST, &format!("{} this is still under way", plan::NOT_READ));
            saved.push(marked);
            pendings.push(Pending { pull, needs: needs.unwrap_or_default(), issues });
        }
        self.store.save_pulls(self.repo, &saved)?;
        Ok(pendings)
    }

    /// A pull that was read while a sync was killed before it had what hangs on it.
    fn unfinished(&self, mut pull: PullFacts) -> Pending {
        pull.truncated.retain(|part| part.part != plan::THE_REST);
        pull.documents.clear();
        pull.base_folders.clear();
        let needs = parts::needs(&mut pull, None, &self.found, self.profile).unwrap_or_default();
        let issues = self.unknown_issues(&pull);
        Pending { pull, needs, issues }
    }

    /// Numbers of a pull that may be its tracking issue and that were never looked up.
    fn unknown_issues(&self, pull: &PullFacts) -> Vec<u64> {
        let known = |number: &u64| self.facts.issues.contains_key(number) || self.found.issues_read.contains(number);
        let numbers = parts::issue_numbers(pull, self.profile, self.repo);
        numbers.into_iter().filter(|number| !known(number)).collect()
    }

    /// Reads what hangs on the pulls, with `more` beside it, and saves them whole.
    pub async fn finish(&mut self, mut pendings: Vec<Pending>, more: Vec<Ask>) -> Result<(), Failure> {
        let mut asks = more;
        for pending in &pendings {
            asks.extend(pending.asks(self.repo, &self.found));
        }
        asks.sort_by_cached_key(Ask::order);
        asks.dedup();
        let total = asks.len();
        let mut done = 0;
        let attempted = format!("read documents of {}", self.repo);
        let mut queue = Queue::of(asks);
        while let Some(asks) = queue.next(self.client.pace()) {
            (self.progress)(Progress { stage: Stage::Documents, done, total });
            done += asks.len();
            self.afford(&attempted, asks.iter().map(Ask::connections).sum())?;
            let (answers, failure) = run(self.client, &attempted, asks).await;
            for (ask, outcome) in answers {
                self.absorb(&ask, outcome)?;
            }
            // Whoever has all that hangs on it is whole now, whatever becomes of the others.
            let (whole, waiting): (Vec<Pending>, Vec<Pending>) = std::mem::take(&mut pendings)
                .into_iter()
                .partition(|pending| pending.asks(self.repo, &self.found).is_empty());
            pendings = waiting;
            self.complete(whole)?;
            if let Some(failure) = failure {
                return Err(failure);
            }
        }
        self.complete(pendings)
    }

    fn complete(&mut self, pendings: Vec<Pending>) -> Result<(), Failure> {
        let mut pulls = Vec::with_capacity(pendings.len());
        for mut pending in pendings {
            pending.fill(&self.found);
            self.count(&pending.pull);
            pulls.push(pending.pull);
        }
        self.store.save_pulls(self.repo, &pulls)
    }

    /// Remembers what is missing in a pull, for the summary.
    fn count(&mut self, pull: &PullFacts) {
        for part in pull.truncated.iter().filter(|part| part.why.starts_with(plan::NOT_READ)) {
            let why = part.why.trim_start_matches(plan::NOT_READ).trim().to_owned();
            let entry = self.unread.entry(part.part.clone()).or_default();
            *entry = (why, entry.1 + 1);
        }
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
                    Outcome::Failed { failure, .. } => {
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
                Outcome::Failed { failure, .. } => {
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
        self.failed.entry(why.trim_start_matches(plan::NOT_READ).trim().to_owned()).or_default().push(number);
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
}

/// The light query's time of the last change, where that is older: whatever happened between the two requests may be
/// missing in what the first one said, and then the next sync must look again.
fn dated(mut pull: PullFacts, seen: &Seen) -> PullFacts {
    if let Some(at) = seen.open.get(&pull.number).and_then(|light| light.updated_at.get()) {
        pull.updated_at = pull.updated_at.min(*at);
    }
    pull
}
