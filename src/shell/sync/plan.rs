//! What to read: decided from what the light query saw and what the store knows. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::light::{self, Seen};
use super::{Job, Mode, parts};
use crate::domain::facts::{Mergeable, PullFacts, PullState};
use crate::domain::ids::{PullNumber, Sha};
use crate::shell::github::ask::Ask;
use crate::shell::github::{map, wire};

/// How the reasons begin for which a part is asked again with the next sync; others are for good.
pub const NOT_READ: &str = "not read:";

/// The name in `PullFacts::truncated` of what hangs on a pull, while it is still to be read.
pub const THE_REST: &str = "the rest";

/// What to read.
pub struct Plan {
    /// What to ask.
    pub asks: Vec<Ask>,
    /// How many of them are pulls.
    pub pulls: usize,
    /// Pulls of which the light query alone said what changed.
    pub patched: Vec<PullFacts>,
    /// Pulls that are read and lack only what hangs on them: a sync was killed in between.
    pub unfinished: Vec<PullFacts>,
}

/// Decides.
pub fn plan(job: &Job<'_>, seen: &Seen, mode: Mode) -> Plan {
    let mut pulls: BTreeMap<PullNumber, Ask> = BTreeMap::new();
    let mut beside = Vec::new();
    let mut patched = Vec::new();
    let mut unfinished = Vec::new();
    let ask = |number: PullNumber, labels: u64, threads: u64| Ask::pull(job.repo, number, labels, threads);
    for (number, light) in &seen.open {
        let stored = job.facts.pulls.get(number);
        match stored.filter(|_| mode == Mode::Changed).map(|stored| compare(light, stored, &seen.left_out)) {
            Some(Change::None) => continue,
            Some(Change::Mergeable(pull)) => {
                patched.push(*pull);
                continue;
            }
            Some(Change::Rest(pull)) => {
                unfinished.push(*pull);
                continue;
            }
            Some(Change::Deep) | None => {}
        }
        let threads = light.review_threads.get().and_then(|threads| threads.total).unwrap_or(20).min(100);
        pulls.insert(*number, ask(*number, if labels_known(light) { 0 } else { 100 }, threads));
        if let Some(stored) = stored {
            beside.extend(foresee(job, light, stored));
        }
    }
    let cutoff = light::cutoff(job);
    for ended in &seen.ended {
        let wanted = match job.facts.pulls.get(&ended.number) {
            Some(stored) => {
                stored.updated_at != ended.updated_at
                    || stored.state == PullState::Open
                    || stored.truncated.iter().any(|part| part.why.starts_with(NOT_READ))
            }
            None => ended.closed_at >= cutoff,
        };
        if (wanted || (mode == Mode::Full && ended.closed_at >= cutoff)) && !seen.open.contains_key(&ended.number) {
            pulls.insert(ended.number, ask(ended.number, 100, ended.threads.min(100)));
        }
    }
    if seen.complete {
        for stored in job.facts.pulls.values().filter(|pull| pull.state == PullState::Open) {
            if !seen.open.contains_key(&stored.number) {
                let threads = u64::try_from(stored.threads.len()).unwrap_or(100).clamp(1, 100);
                pulls.entry(stored.number).or_insert_with(|| ask(stored.number, 100, threads));
            }
        }
    }
    let count = pulls.len();
    let mut asks: Vec<Ask> = pulls.into_values().collect();
    asks.extend(beside);
    asks.extend(issues(job, seen, mode).into_iter().map(|number| Ask::Issue { repo: job.repo.clone(), number }));
    Plan { asks, pulls: count, patched, unfinished }
}

/// How a pull differs from what is stored.
enum Change {
    None,
    /// Only GitHub's word on conflicts is new.
    Mergeable(Box<PullFacts>),
    /// Nothing, but what hangs on it was never read.
    Rest(Box<PullFacts>),
    /// It must be read again.
    Deep,
}

fn compare(light: &wire::LightPull, stored: &PullFacts, left_out: &BTreeSet<&'static str>) -> Change {
    let threads = light.review_threads.get();
    let total = threads.and_then(|threads| threads.total);
    let first = threads.map(|threads| threads.nodes.as_slice()).unwrap_or_default();
    let resolved = first.iter().filter(|thread| thread.is_resolved.get().copied().unwrap_or(false)).count();
    let stored_resolved = stored.threads.iter().take(100).filter(|thread| thread.resolved).count();
    let same = light.updated_at.get() == Some(&stored.updated_at)
        && light.head_ref_oid.get().map(String::as_str) == Some(stored.head.as_str())
        && light.is_draft.get() == Some(&stored.draft)
        && light.title.get() == Some(&stored.title)
        && stored.state == PullState::Open
        && (!labels_known(light) || same_labels(light, stored))
        && total.is_none_or(|total| usize::try_from(total) == Ok(stored.threads.len()))
        && (threads.is_none() || resolved == stored_resolved)
        && (left_out.contains("statusCheckRollup")
            || light.status_check_rollup.get().and_then(|rollup| rollup.state.get()) == stored.checks_rollup.as_ref())
        && !retry(stored);
    if !same {
        return Change::Deep;
    }
    if stored.truncated.iter().any(|part| part.part == THE_REST) {
        return Change::Rest(Box::new(stored.clone()));
    }
    match map::mergeable(light.mergeable.get()) {
        // Not computed yet: the last word stands until there is a new one.
        Mergeable::Unknown => Change::None,
        word if word == stored.mergeable => Change::None,
        word => Change::Mergeable(Box::new(PullFacts { mergeable: word, ..stored.clone() })),
    }
}

/// All labels are in the light query's answer.
fn labels_known(light: &wire::LightPull) -> bool {
    light.labels.get().is_some_and(|labels| {
        labels.unread == 0 && labels.total.is_none_or(|total| usize::try_from(total) == Ok(labels.nodes.len()))
    })
}

/// The labels, where the light query has them all.
pub fn known_labels(light: &wire::LightPull) -> Option<Vec<String>> {
    labels_known(light).then(|| map::label_names(light))
}

fn same_labels(light: &wire::LightPull, stored: &PullFacts) -> bool {
    let labels = map::label_names(light);
    labels.iter().collect::<BTreeSet<_>>() == stored.labels.iter().collect()
}

/// A part failed the last time.
fn retry(stored: &PullFacts) -> bool {
    stored.truncated.iter().any(|part| part.part != THE_REST && part.why.starts_with(NOT_READ))
}

/// Documents and folders that a pushed pull most likely still has: asked in the same request, they save one.
fn foresee(job: &Job<'_>, light: &wire::LightPull, stored: &PullFacts) -> Vec<Ask> {
    let mut asks = Vec::new();
    let repo = job.repo;
    if let Some(head) = light.head_ref_oid.get().filter(|head| head.as_str() != stored.head.as_str()) {
        let file = |path: &String| Ask::File { repo: repo.clone(), commit: Sha::new(head.clone()), path: path.clone() };
        asks.extend(stored.documents.iter().map(|document| file(&document.path)));
    }
    let old = stored.base.as_ref().map(Sha::as_str);
    if let Some(base) = light.base_ref_oid.get().filter(|base| Some(base.as_str()) != old) {
        let folder =
            |path: &String| Ask::Folder { repo: repo.clone(), commit: Sha::new(base.clone()), path: path.clone() };
        asks.extend(parts::doubtful_folders(&stored.files, &job.profile.layout.root).iter().map(folder));
    }
    asks
}

/// Tracking issues that were touched since they were read.
fn issues(job: &Job<'_>, seen: &Seen, mode: Mode) -> BTreeSet<u64> {
    let known = &job.facts.issues;
    let oldest = seen.touched.iter().map(|(_, at)| *at).min();
    // More were touched since the last sync than the list holds, by either side's clock an hour wrong.
    let margin = jiff::SignedDuration::from_hours(1);
    let lost = match (job.facts.synced_at.and_then(|at| at.checked_sub(margin).ok()), oldest) {
        (Some(synced), Some(oldest)) => seen.touched_more && oldest > synced,
        _ => false,
    };
    if lost || mode == Mode::Full {
        return known.keys().copied().collect();
    }
    let changed = |(number, at): &&(u64, jiff::Timestamp)| {
        known.get(number).is_some_and(|issue| issue.updated_at.is_none_or(|known| known != *at))
    };
    seen.touched.iter().filter(changed).map(|(number, _)| *number).collect()
}
