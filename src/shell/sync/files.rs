//! The files that say who is who and what is when. The light query names their blobs; a text is fetched once per blob,
//! whatever happens to it afterwards.

use std::collections::BTreeMap;

use super::Job;
use super::light::{Seen, Source};
use crate::domain::facts::RepoFiles;
use crate::domain::failure::Failure;
use crate::domain::ids::{Release, RepoId};
use crate::shell::github::ask::Ask;
use crate::shell::github::map::Index;

/// Which blobs the files are, as far as it is known.
pub struct Files {
    aliases: Source,
    sigs: Source,
    schedules: Option<BTreeMap<Release, String>>,
    root: Source,
    index: Option<Index>,
}

impl Files {
    /// What the light query saw, and the tree as it was read the last time, where it is still the same.
    pub fn of(job: &Job<'_>, seen: &Seen) -> Result<Self, Failure> {
        let stored = job.store.meta(&index_key(job.repo))?;
        let stored = stored.and_then(|json| serde_json::from_str::<Index>(&json).ok());
        let current = |index: &Index| seen.root == Source::Is(index.root.clone());
        Ok(Self {
            aliases: seen.aliases.clone(),
            sigs: seen.sigs.clone(),
            schedules: seen.schedules.clone(),
            root: seen.root.clone(),
            index: stored.filter(current),
        })
    }

    /// What to ask at once: texts that are not in the store, and the tree where it is not known.
    pub fn first_asks(&self, job: &Job<'_>) -> Result<Vec<Ask>, Failure> {
        let sources = &job.profile.sources;
        let mut asks = Vec::new();
        for (source, repo) in [(&self.aliases, &sources.aliases), (&self.sigs, &sources.sigs)] {
            if let Source::Is(oid) = source {
                asks.extend(missing(job, repo, oid)?);
            }
        }
        for oid in self.schedules.iter().flat_map(BTreeMap::values) {
            asks.extend(missing(job, &sources.schedules, oid)?);
        }
        match &self.index {
            Some(index) => asks.extend(of_index(job, index)?),
            None if matches!(self.root, Source::Is(_)) => asks.push(Ask::Tree { repo: job.repo.clone() }),
            None => {}
        }
        asks.dedup();
        Ok(asks)
    }

    /// What the tree, now read, asks for.
    pub fn second_asks(&mut self, job: &mut Job<'_>) -> Result<Vec<Ask>, Failure> {
        let Some(index) = job.found.tree.take() else {
            if self.index.is_none() && matches!(self.root, Source::Is(_)) {
                job.warnings.push(format!("the files of {} could not be listed; known OWNERS files stay", job.repo));
            }
            return Ok(Vec::new());
        };
        if let Some(first) = index.unread.first() {
            let others = index.unread.len() - 1;
            job.warnings.push(format!(
                "the files below {first} and {others} other folders of {} could not be listed; \
                 known OWNERS files there stay",
                job.repo
            ));
        }
        let asks = of_index(job, &index)?;
        self.index = Some(index);
        Ok(asks)
    }

    /// Puts the texts together and saves them where anything is new. A text that could not be fetched stays as it was.
    pub fn save(&self, job: &Job<'_>) -> Result<(), Failure> {
        let old = &job.facts.files;
        let mut new = old.clone();
        new.sig_aliases = text(job, &self.aliases, old.sig_aliases.as_ref())?;
        new.sigs = text(job, &self.sigs, old.sigs.as_ref())?;
        if let Some(schedules) = &self.schedules {
            new.schedules = texts(job, schedules, &old.schedules)?;
        }
        if let Some(index) = &self.index {
            let aliases = index.aliases.clone().map_or(Source::Absent, Source::Is);
            new.owners = texts(job, &index.owners, &old.owners)?;
            let unread = |path: &String| index.unread.iter().any(|folder| is_below(path, folder));
            new.owners.extend(
                old.owners.iter().filter(|(path, _)| unread(path)).map(|(path, text)| (path.clone(), text.clone())),
            );
            new.owners_aliases = text(job, &aliases, old.owners_aliases.as_ref())?;
            new.sig_folders.clone_from(&index.folders);
            if index.unread.is_empty() {
                let json = serde_json::to_string(index).unwrap_or_default();
                job.store.set_meta(&index_key(job.repo), &json)?;
            }
        } else if self.root == Source::Absent {
            new = RepoFiles {
                sig_aliases: new.sig_aliases,
                sigs: new.sigs,
                schedules: new.schedules,
                ..RepoFiles::default()
            };
        }
        if new != *old {
            job.store.save_files(job.repo, &new)?;
        }
        Ok(())
    }
}

/// Where the index is kept. Older programs kept one of the upper folders alone under `tree:`.
fn index_key(repo: &RepoId) -> String {
    format!("whole-tree:{repo}")
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn missing(job: &Job<'_>, repo: &RepoId, oid: &str) -> Result<Option<Ask>, Failure> {
    let ask = || Ask::Blob { repo: repo.clone(), oid: oid.to_owned() };
    Ok(job.store.blob(oid)?.is_none().then(ask))
}

fn of_index(job: &Job<'_>, index: &Index) -> Result<Vec<Ask>, Failure> {
    let mut asks = Vec::new();
    for oid in index.owners.values().chain(&index.aliases) {
        asks.extend(missing(job, job.repo, oid)?);
    }
    Ok(asks)
}

fn text(job: &Job<'_>, source: &Source, old: Option<&String>) -> Result<Option<String>, Failure> {
    Ok(match source {
        Source::Unread => old.cloned(),
        Source::Absent => None,
        Source::Is(oid) => job.store.blob(oid)?.or_else(|| old.cloned()),
    })
}

fn texts<K: Ord + Clone>(
    job: &Job<'_>,
    blobs: &BTreeMap<K, String>,
    old: &BTreeMap<K, String>,
) -> Result<BTreeMap<K, String>, Failure> {
    let mut new = BTreeMap::new();
    for (key, oid) in blobs {
        if let Some(text) = job.store.blob(oid)?.or_else(|| old.get(key).cloned()) {
            new.insert(key.clone(), text);
        }
    }
    Ok(new)
}
