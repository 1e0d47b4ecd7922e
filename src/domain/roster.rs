//! Who represents which SIG (`process.md` §1): the aliases `sig-<x>-approvers` of kubevirt/kubevirt and the chairs of
//! kubevirt/community's `sigs.yaml`.
//!
//! A SIG is a `dir: sig-x` of `sigs.yaml`, a folder `sig-x` under the proposals' root, or an alias `sig-x-approvers`
//! that is no sub-project's: `sig-compute-virtctl-approvers` belongs to compute because compute is a SIG and
//! `compute-virtctl` is neither a `dir` nor a folder. Working groups are none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::facts::RepoFiles;
use super::ids::{Login, SigName};
use super::profile::Profile;
use super::yaml;

/// The SIGs and their people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {
    /// Every SIG with its representatives: the alias's order, then chairs who are not in it.
    sigs: BTreeMap<SigName, Vec<Login>>,
    /// Members of sub-project aliases, per SIG.
    subprojects: BTreeMap<SigName, Vec<Login>>,
    /// The order in which SIGs are shown.
    order: Vec<SigName>,
    problems: Vec<String>,
}

impl Roster {
    /// Reads the files. What is missing or unreadable is named in [`Self::problems`]; the rest still counts.
    #[must_use]
    pub fn read(files: &RepoFiles, profile: &Profile) -> Self {
        let mut problems = Vec::new();
        let aliases = read_aliases(files.sig_aliases.as_deref(), profile, &mut problems);
        let chairs = read_chairs(files.sigs.as_deref(), profile, &mut problems);

        let mut names: BTreeSet<SigName> = chairs.iter().map(|(sig, _)| sig.clone()).collect();
        names.extend(files.sig_folders.iter().filter_map(|folder| sig_of(folder)));
        let mut subproject_of: BTreeMap<SigName, SigName> = BTreeMap::new();
        // Shorter names first, so that a SIG known by its alias alone is known before its sub-projects' aliases.
        let mut by_length: Vec<&SigName> = aliases.iter().map(|(sig, _)| sig).collect();
        by_length.sort_by_key(|sig| sig.as_str().len());
        for name in by_length {
            if names.contains(name) {
                continue;
            }
            let parent = names
                .iter()
                .filter(|sig| name.as_str().strip_prefix(sig.as_str()).is_some_and(|rest| rest.starts_with('-')))
                .max_by_key(|sig| sig.as_str().len())
                .cloned();
            match parent {
                Some(parent) => {
                    subproject_of.insert(name.clone(), parent);
                }
                None => {
                    names.insert(name.clone());
                }
            }
        }

        let mut roster =
            Self { sigs: names.iter().map(|sig| (sig.clone(), Vec::new())).collect(), problems, ..Self::default() };
        for (name, members) in aliases.into_iter().chain(chairs) {
            let list = match subproject_of.get(&name) {
                Some(parent) => roster.subprojects.entry(parent.clone()).or_default(),
                None => roster.sigs.entry(name).or_default(),
            };
            for member in members {
                if !list.contains(&member) {
                    list.push(member);
                }
            }
        }
        let asked = profile.sigs.sign_off.iter().filter(|sig| names.contains(*sig)).cloned();
        let others = names.iter().filter(|sig| !profile.sigs.sign_off.contains(sig)).cloned();
        roster.order = asked.chain(others).collect();
        for sig in &profile.sigs.sign_off {
            if roster.representatives(sig).is_empty() {
                roster.problems.push(format!("nobody represents SIG {sig}: its sign-off cannot be given"));
            }
        }
        roster
    }

    /// Who represents a SIG; empty for an unknown SIG and for one whose alias is empty.
    #[must_use]
    pub fn representatives(&self, sig: &SigName) -> &[Login] {
        self.sigs.get(sig).map_or(&[], Vec::as_slice)
    }

    /// The SIGs that somebody represents, the profile's sign-off SIGs first.
    #[must_use]
    pub fn sigs_of(&self, login: &Login) -> Vec<SigName> {
        self.order.iter().filter(|sig| self.representatives(sig).contains(login)).cloned().collect()
    }

    /// True for a SIG that somebody has heard of.
    #[must_use]
    pub fn is_sig(&self, sig: &SigName) -> bool {
        self.sigs.contains_key(sig)
    }

    /// All SIGs, the profile's sign-off SIGs first, then by name.
    #[must_use]
    pub fn sigs(&self) -> Vec<SigName> {
        self.order.clone()
    }

    /// Members of a SIG's sub-project aliases. They represent nothing, but may act as shepherds (`process.md` §1).
    #[must_use]
    pub fn subproject_members(&self, sig: &SigName) -> &[Login] {
        self.subprojects.get(sig).map_or(&[], Vec::as_slice)
    }

    /// True where somebody represents any SIG.
    #[must_use]
    pub fn represents_any(&self, login: &Login) -> bool {
        self.sigs.values().any(|members| members.contains(login))
    }

    /// Files that could not be read, and SIGs that nobody can sign for, in words.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

/// `sig-compute` → `compute`.
fn sig_of(folder: &str) -> Option<SigName> {
    let name = folder.strip_prefix("sig-")?;
    (!name.is_empty()).then(|| SigName::new(name.to_ascii_lowercase()))
}

/// The aliases `sig-<x>-approvers`, in the file's order. `emeritus_approvers` and `reviewers` are other aliases.
fn read_aliases(text: Option<&str>, profile: &Profile, problems: &mut Vec<String>) -> Vec<(SigName, Vec<Login>)> {
    let source = format!("OWNERS_ALIASES of {}", profile.sources.aliases);
    let Some(value) = read_file(text, &source, problems) else { return Vec::new() };
    let Some(Value::Object(aliases)) = value.get("aliases") else {
        problems.push(format!("{source} has no `aliases`"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (alias, members) in aliases {
        let lower = alias.to_ascii_lowercase();
        if let Some(sig) = lower.strip_suffix("-approvers").and_then(sig_of) {
            found.push((sig, logins(members)));
        }
    }
    found
}

/// The SIGs that have a `dir`, with their chairs.
fn read_chairs(text: Option<&str>, profile: &Profile, problems: &mut Vec<String>) -> Vec<(SigName, Vec<Login>)> {
    let source = format!("sigs.yaml of {}", profile.sources.sigs);
    let Some(value) = read_file(text, &source, problems) else { return Vec::new() };
    let Some(Value::Array(sigs)) = value.get("sigs") else {
        problems.push(format!("{source} has no list `sigs`"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for sig in sigs {
        let Some(name) = sig.get("dir").and_then(Value::as_str).and_then(sig_of) else { continue };
        let chairs = sig.get("leadership").and_then(|leadership| leadership.get("chairs")).and_then(Value::as_array);
        let chairs = chairs.into_iter().flatten().filter_map(|chair| login(chair.get("github")?)).collect();
        found.push((name, chairs));
    }
    found
}

fn read_file(text: Option<&str>, source: &str, problems: &mut Vec<String>) -> Option<Value> {
    let Some(text) = text else {
        problems.push(format!("{source} is not there"));
        return None;
    };
    match yaml::parse(text) {
        Ok(value) => Some(value),
        Err(error) => {
            problems.push(format!("{source} cannot be read: {error}"));
            None
        }
    }
}

/// A list, or (as Prow allows) a flow map's keys; null is empty.
fn logins(value: &Value) -> Vec<Login> {
    match value {
        Value::Array(list) => list.iter().filter_map(login).collect(),
        Value::Object(map) => map.keys().map(Login::new).collect(),
        _ => Vec::new(),
    }
}

/// A login, also one that YAML takes for a number.
fn login(value: &Value) -> Option<Login> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then(|| Login::new(text))
}
