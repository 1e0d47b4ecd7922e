//! The light query: what is open, what ended lately, what else changed. One request for up to a hundred open pulls.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Job, Progress, Stage};
use crate::domain::facts::{Gap, PullState};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{Login, PullNumber, Release};
use crate::shell::github::ask::LIGHT;
use crate::shell::github::client::Answer;
use crate::shell::github::{less, limits};
use crate::shell::github::{map, wire};

/// How many ended pulls one request lists.
const ENDED: u64 = 30;

/// A guard against a server whose pages never end: 10,000 open pulls.
const MOST_PAGES: usize = 100;

/// What the light query saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Whom the token belongs to.
    pub viewer: Option<Login>,
    /// What they may do.
    pub permission: Option<String>,
    /// The default branch.
    pub branch: Option<String>,
    /// The open pulls.
    pub open: BTreeMap<PullNumber, wire::LightPull>,
    /// All open pulls are in `open`; one that is not has ended.
    pub complete: bool,
    /// Pulls that ended, the last touched first.
    pub ended: Vec<Ended>,
    /// Issues that were touched last, and when.
    pub touched: Vec<(u64, Timestamp)>,
    /// More issues than `touched` holds exist.
    pub touched_more: bool,
    /// The root tree of the proposals' repository.
    pub root: Source,
    /// `OWNERS_ALIASES` with the SIGs' approvers.
    pub aliases: Source,
    /// `sigs.yaml`.
    pub sigs: Source,
    /// The schedules' blobs; `None` where they could not be read.
    pub schedules: Option<BTreeMap<Release, String>>,
    /// Fields of open pulls that GitHub fails on, and that were left out for it.
    pub left_out: BTreeSet<&'static str>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Fields of an open pull that a light query can do without: each is a connection or a fold that GitHub may fail on, and
/// then it takes the whole pull with it.
const SPARE: [&str; 3] = ["reviewThreads", "statusCheckRollup", "labels"];

/// A pull that ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its number.
    pub number: PullNumber,
    /// When anything last touched it.
    pub updated_at: Timestamp,
    /// When it ended.
    pub closed_at: Timestamp,
    /// How many threads it has.
    pub threads: u64,
}

/// A file or folder by its object id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// It could not be looked up.
    #[default]
    Unread,
    /// There is none.
    Absent,
    /// Its id.
    Is(String),
}

/// Asks.
pub async fn look(job: &Job<'_>) -> Result<Seen, Failure> {
    let known = job.facts.pulls.values().filter(|pull| pull.state == PullState::Open).count();
    // The points grow with what is asked for, not with what there is.
    let mut size = if known == 0 { 100 } else { (known + known / 10 + 5).clamp(10, 100) };
    let mut seen = Seen { complete: true, ..Seen::default() };
    let mut after: Option<String> = None;
    let mut ended_after: Option<String> = None;
    for at in 0..MOST_PAGES {
        let mut answer = ask(job, &mut size, after.as_deref(), None, at == 0, &seen.left_out).await?;
        // One broken field of a pull takes the pull with it: the pulls without the field are worth more.
        while let Some(field) = broken(&answer, &seen.left_out) {
            seen.left_out.insert(field);
            answer = ask(job, &mut size, after.as_deref(), None, at == 0, &seen.left_out).await?;
        }
        let light: wire::Light = serde_json::from_value(answer.data.clone()).unwrap_or_default();
        let open = light.repository.get().and_then(|repository| repository.open.get()).cloned();
        let Some(open) = open else { return Err(missing(job, &answer)) };
        if at == 0 {
            ended_after = seen.take_whole(job, light, &answer);
        }
        if open.unread > 0 {
            seen.complete = false;
            seen.gaps.push(gap(job, &format!("{} open pull requests", open.unread), "GitHub withholds them", true));
        }
        for pull in open.nodes {
            if let Some(number) = pull.number.get() {
                seen.open.insert(PullNumber(*number), pull);
            }
        }
        (job.progress)(Progress { stage: Stage::Looking, done: seen.open.len(), total: 0 });
        seen.complete &= !open.cut;
        after = open.more;
        if after.is_none() {
            break;
        }
    }
    if after.is_some() {
        seen.complete = false;
        seen.gaps.push(gap(job, "some open pull requests", "there are more than vepherd reads", true));
    }
    more_ended(job, &mut seen, ended_after).await?;
    Ok(seen)
}

/// Lists ended pulls further back, as long as the last one is new to us and may have ended within the days shown.
async fn more_ended(job: &Job<'_>, seen: &mut Seen, mut after: Option<String>) -> Result<(), Failure> {
    let cutoff = cutoff(job);
    for _ in 0..5 {
        let Some(cursor) = after.take() else { break };
        let Some(last) = seen.ended.last() else { break };
        let known = job.facts.pulls.get(&last.number).is_some_and(|pull| pull.updated_at == last.updated_at);
        if known || last.updated_at < cutoff {
            break;
        }
        let mut size = 1;
        let answer = ask(job, &mut size, None, Some(&cursor), true, &seen.left_out).await?;
        let light: wire::Light = serde_json::from_value(answer.data).unwrap_or_default();
        let ended = light.past.take().and_then(|past| past.ended.take()).unwrap_or_default();
        after.clone_from(&ended.more);
        seen.ended.extend(ended.nodes.iter().filter_map(read_ended));
    }
    Ok(())
}

/// Pulls that ended before this are not read for the first time.
pub fn cutoff(job: &Job<'_>) -> Timestamp {
    let days = job.profile.numbers.converged_shown_days.clamp(0, 3650);
    let now = (job.now)();
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now)
}

/// One request, with fewer pulls where GitHub runs out of time.
async fn ask(
    job: &Job<'_>,
    size: &mut usize,
    after: Option<&str>,
    ended_after: Option<&str>,
    whole: bool,
    left_out: &BTreeSet<&'static str>,
) -> Result<Answer, Failure> {
    let (repo, sources) = (job.repo, &job.profile.sources);
    let attempted = format!("read {repo}");
    let document = left_out.iter().fold(LIGHT.to_owned(), |query, field| less::without(&query, field));
    loop {
        let variables = json!({
            "owner": repo.owner, "name": repo.name, "open": *size, "after": after,
            "ended": ENDED, "endedAfter": ended_after, "whole": whole,
            "aliasesOwner": sources.aliases.owner, "aliasesName": sources.aliases.name,
            "sigsOwner": sources.sigs.owner, "sigsName": sources.sigs.name,
            "schedulesOwner": sources.schedules.owner, "schedulesName": sources.schedules.name,
        });
        limits::ready(job.client, &attempted, 2, job.spend, (job.now)())?;
        match job.client.read(&attempted, &document, &variables, *size < 10).await {
            Err(failure) if failure.kind == FailureKind::Server && *size >= 10 => *size /= 2,
            other => return other,
        }
    }
}

/// A field that GitHub fails on in an open pull, and that can be left out.
fn broken(answer: &Answer, left_out: &BTreeSet<&'static str>) -> Option<&'static str> {
    let paths = answer.errors.iter().map(|error| error.path.iter().map(String::as_str).collect::<Vec<_>>());
    paths
        .filter(|path| matches!(path[..], ["repository", "open", "nodes", ..]))
        .flat_map(|path| SPARE.into_iter().filter(move |field| path.contains(field)).collect::<Vec<_>>())
        .find(|field| !left_out.contains(field))
}

/// The answer has no repository, or none that lists its pull requests.
fn missing(job: &Job<'_>, answer: &Answer) -> Failure {
    let attempted = format!("read {}", job.repo);
    let about = |error: &&wire::GraphqlError| error.path.first().is_none_or(|first| first == "repository");
    let Some(error) = answer.errors.iter().find(about) else {
        return Failure::new(
            FailureKind::NotFound,
            attempted,
            "GitHub knows no such repository, or the token may not see it",
        )
        .hint("Check VEPHERD_REPO and what the token may see.");
    };
    super::super::github::failures::no_data(&attempted, std::slice::from_ref(error), None)
}

fn read_ended(node: &wire::Ended) -> Option<Ended> {
    let updated_at = node.updated_at.get().copied()?;
    Some(Ended {
        number: PullNumber(node.number.get().copied()?),
        updated_at,
        closed_at: node.closed_at.get().copied().unwrap_or(updated_at),
        threads: node.review_threads.get().and_then(|threads| threads.total).unwrap_or(20),
    })
}

impl Seen {
    /// Takes what only the first page has; the cursor for ended pulls further back.
    fn take_whole(&mut self, job: &Job<'_>, light: wire::Light, answer: &Answer) -> Option<String> {
        let failed =
            |field: &str| answer.errors.iter().any(|error| error.path.first().is_some_and(|first| first == field));
        self.viewer = light.viewer.take().and_then(|viewer| viewer.login.take()).map(Login::new);
        let about = light.about.take().unwrap_or_default();
        self.permission = about.viewer_permission.take();
        self.branch = about.default_branch_ref.take().and_then(|branch| branch.name.take());
        let touched = light.touched.take().and_then(|repo| repo.issues.take());
        let ended = light.past.take().and_then(|repo| repo.ended.take());
        let tree = light.tree.take();
        let facts = &job.facts;
        for (found, field, what, known) in [
            (ended.is_some(), "past", "what was merged or closed lately", !facts.pulls.is_empty()),
            (touched.is_some(), "touched", "which tracking issues changed", !facts.issues.is_empty()),
            (tree.is_some() && !failed("tree"), "tree", "OWNERS and folders", !facts.files.sig_folders.is_empty()),
        ] {
            if !found {
                self.gaps.push(gap(job, &format!("{what} in {}", job.repo), &why(answer, field), known));
            }
        }
        let touched = touched.unwrap_or_default();
        self.touched_more = touched.more.is_some() || touched.cut;
        let read = |issue: wire::Touched| Some((issue.number.take()?, issue.updated_at.take()?));
        self.touched = touched.nodes.into_iter().filter_map(read).collect();
        let ended = ended.unwrap_or_default();
        self.ended = ended.nodes.iter().filter_map(read_ended).collect();
        self.root = tree.map_or(Source::Unread, |repo| source(repo.root.take(), failed("tree")));
        let sources = &job.profile.sources;
        let aliases = light.aliases.take();
        let sigs = light.sigs.take();
        let schedules = light.schedules.take();
        let files = &facts.files;
        for (found, field, repo, what, known) in [
            (aliases.is_some(), "aliases", &sources.aliases, "OWNERS_ALIASES", files.sig_aliases.is_some()),
            (sigs.is_some(), "sigs", &sources.sigs, "sigs.yaml", files.sigs.is_some()),
            (schedules.is_some(), "schedules", &sources.schedules, "the schedules", !files.schedules.is_empty()),
        ] {
            if !found || failed(field) {
                self.gaps.push(gap(job, &format!("{what} of {repo}"), &why(answer, field), known));
            }
        }
        self.aliases = aliases.map_or(Source::Unread, |repo| source(repo.object.take(), failed("aliases")));
        self.sigs = sigs.map_or(Source::Unread, |repo| source(repo.object.take(), failed("sigs")));
        let tree = schedules.filter(|_| !failed("schedules"));
        self.schedules = tree.map(|repo| repo.object.take().map(|tree| map::schedules(&tree)).unwrap_or_default());
        ended.more
    }
}

/// What could not be read; what was known of it before is as old as the last sync that could read it.
fn gap(job: &Job<'_>, what: &str, why: &str, known: bool) -> Gap {
    let before = job.facts.gaps.iter().find(|gap| gap.what == what);
    let known_from = match before {
        Some(gap) => gap.known_from,
        None => job.facts.synced_at.filter(|_| known),
    };
    Gap { what: what.to_owned(), why: why.to_owned(), known_from }
}

/// GitHub's words on a field that it did not answer.
fn why(answer: &Answer, field: &str) -> String {
    let error = answer.errors.iter().find(|error| error.path.first().is_some_and(|first| first == field));
    match error {
        Some(error) if error.kind == "NOT_FOUND" => {
            "GitHub knows no such repository, or the token may not see it".to_owned()
        }
        Some(error) => crate::domain::text::truncate(&crate::domain::text::sanitize_line(&error.message), 160),
        None => "GitHub did not answer it".to_owned(),
    }
}

fn source(oid: Option<wire::Oid>, failed: bool) -> Source {
    match oid.and_then(|oid| oid.oid.take()) {
        Some(oid) => Source::Is(oid),
        None if failed => Source::Unread,
        None => Source::Absent,
    }
}
