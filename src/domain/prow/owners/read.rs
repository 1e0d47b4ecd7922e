//! Reading OWNERS and OWNERS_ALIASES as Prow does: YAML to JSON, then into Go's structs, with everything that such a
//! decoding forgives and does not forgive (`specs/prow.md` §4.3–4.7, §12.1–12.3).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Dir, Entry, Options, go, re2};
use crate::domain::yaml;

/// Something wrong with an OWNERS or OWNERS_ALIASES file. Prow tells nobody; we do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnersProblem {
    /// The file.
    pub path: String,
    /// What is wrong and what follows from it.
    pub message: String,
}

/// Aliases: normalised name → members, as normalised logins.
pub type Aliases = HashMap<String, Vec<String>>;

/// Directories that Prow never reads: `\.git$`, `_output$`, `vendor/.*/.*`, and all below them (`specs/prow.md` §4.2).
#[must_use]
pub fn is_ignored(dir: &str) -> bool {
    let mut at = dir;
    while !at.is_empty() {
        let vendored = at.find("vendor/").and_then(|from| at.get(from + 7..)).is_some_and(|rest| rest.contains('/'));
        if vendored || at.ends_with(".git") || at.ends_with("_output") {
            return true;
        }
        at = go::parent(at);
    }
    false
}

/// The header of a Markdown file: from a first line `---` to the last one (`specs/prow.md` §4.11).
pub(super) fn md_header(text: &str) -> Option<&str> {
    text.strip_prefix("---\n")?;
    let end = text.rfind("\n---").filter(|end| *end >= 4)?;
    text.get(..end + 4)
}

/// Reads `OWNERS_ALIASES`. Where a value has the wrong type Prow keeps what it happened to read before, in no order;
/// we keep what stands above it in the file.
pub(super) fn aliases(text: Option<&str>, problems: &mut Vec<OwnersProblem>) -> Aliases {
    let mut found = Aliases::new();
    let Some(text) = text else { return found };
    let mut complain = |message: String| problems.push(OwnersProblem { path: "OWNERS_ALIASES".to_owned(), message });
    let value = match yaml::parse(text) {
        Ok(value) => value,
        Err(error) => {
            complain(format!("cannot be read, so no alias counts: {error}"));
            return found;
        }
    };
    let root = match &value {
        Value::Null => return found,
        Value::Object(root) => root,
        _ => {
            complain("is no map with the key `aliases`, so no alias counts".to_owned());
            return found;
        }
    };
    let mut groups: Map<String, Value> = Map::new();
    for (_, value) in fields(root, "aliases") {
        match value {
            Value::Null => groups.clear(),
            Value::Object(map) => groups.extend(map.clone()),
            _ => {
                complain("`aliases` is no map, so no alias counts".to_owned());
                return found;
            }
        }
    }
    for (name, members) in &groups {
        let members: Vec<String> = match members {
            Value::Null => Vec::new(),
            Value::Object(map) => map.keys().map(|key| go::login(key)).collect(),
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).map(go::login).collect()
            }
            _ => {
                complain(format!(
                    "the alias `{name}` is no list of names (numbers need quotes): Prow stops reading there"
                ));
                break;
            }
        };
        found.insert(go::login(name), unique(members));
    }
    let mut nested: Vec<(&String, &String)> = found
        .iter()
        .flat_map(|(name, members)| members.iter().map(move |member| (name, member)))
        .filter(|(_, member)| found.contains_key(*member))
        .collect();
    nested.sort();
    for (name, member) in nested {
        complain(format!("the alias `{member}` stands in the alias `{name}`: Prow takes it for a person of that name"));
    }
    found
}

/// Reads the header of a Markdown file: no filters, and nothing at all of one that is wrong anywhere.
pub(super) fn header(path: &str, text: &str, aliases: &Aliases, problems: &mut Vec<OwnersProblem>) -> Dir {
    let empty = Map::new();
    let read = match yaml::parse(text) {
        Ok(Value::Null) => Ok((lists(&empty, false), options(&empty))),
        Ok(Value::Object(root)) => Ok((lists(&root, false), options(&root))),
        Ok(_) => Err("is no map".to_owned()),
        Err(error) => Err(format!("cannot be read: {error}")),
    };
    let why = match read {
        Ok((Ok(lists), Ok(options))) => return Dir { entries: vec![lists.entry(None, aliases)], options },
        Ok((Err(why), _) | (_, Err(why))) | Err(why) => why,
    };
    problems.push(OwnersProblem { path: path.to_owned(), message: format!("its header {why}, so it names nobody") });
    Dir::default()
}

/// Reads one OWNERS file.
pub(super) fn file(path: &str, text: &str, aliases: &Aliases, problems: &mut Vec<OwnersProblem>) -> Dir {
    let mut complain = |message: String| problems.push(OwnersProblem { path: path.to_owned(), message });
    let value = match yaml::parse(text) {
        Ok(value) => value,
        Err(error) => {
            complain(format!("cannot be read, so it names nobody: {error}"));
            return Dir::default();
        }
    };
    let empty = Map::new();
    let root = match &value {
        Value::Null => &empty,
        Value::Object(root) => root,
        _ => {
            complain("is no map, so it names nobody".to_owned());
            return Dir::default();
        }
    };
    let simple = lists(root, false);
    let options = options(root);
    let has_filters = fields(root, "filters").any(|(_, value)| !value.is_null());
    match (simple, options) {
        (Ok(lists), Ok(options)) if !lists.is_empty() => {
            if has_filters {
                complain("has lists at its top level, so Prow ignores all of its `filters`".to_owned());
            }
            Dir { entries: vec![lists.entry(None, aliases)], options }
        }
        (Ok(_), Ok(options)) => Dir { entries: filters(root, aliases, &mut complain), options },
        (Err(why), Ok(options)) => {
            complain(format!("{why}: none of its lists counts"));
            Dir { entries: filters(root, aliases, &mut complain), options }
        }
        (_, Err(why)) => {
            complain(format!("{why}: nothing of it counts"));
            Dir::default()
        }
    }
    .voided_by_filters(root)
}

impl Dir {
    /// One badly typed filter voids a file that is read for its filters, options included (`specs/prow.md` §12.2).
    fn voided_by_filters(self, root: &Map<String, Value>) -> Self {
        let simple = lists(root, false).is_ok_and(|lists| !lists.is_empty());
        if !simple && filter_map(root).is_err() { Self::default() } else { self }
    }
}

/// The four lists of a file or filter, as decoded.
#[derive(Default)]
struct Lists {
    approvers: Vec<String>,
    reviewers: Vec<String>,
    required_reviewers: Vec<String>,
    labels: Vec<String>,
}

impl Lists {
    fn is_empty(&self) -> bool {
        self.approvers.is_empty()
            && self.reviewers.is_empty()
            && self.required_reviewers.is_empty()
            && self.labels.is_empty()
    }

    fn entry(self, filter: Option<regex::Regex>, aliases: &Aliases) -> Entry {
        Entry {
            filter,
            approvers: expand(self.approvers, aliases),
            reviewers: expand(self.reviewers, aliases),
            required_reviewers: expand(self.required_reviewers, aliases),
            labels: unique(self.labels),
        }
    }
}

/// Normalises logins and replaces each alias by its members, one level deep. Prow goes through the names as written
/// in byte order and drops each alias when it comes to it: an alias that an earlier one brought in goes with it, one
/// that a later one brings in stays and is taken for a person.
fn expand(names: Vec<String>, aliases: &Aliases) -> Vec<String> {
    let names = unique(names.iter().map(|name| go::login(name)).collect());
    let members = |name: &String| aliases.get(&go::login(name));
    let mut left: HashSet<&String> = names.iter().collect();
    for name in names.iter().collect::<BTreeSet<_>>() {
        if let Some(members) = members(name) {
            left.remove(name);
            left.extend(members);
        }
    }
    let mut found = Vec::new();
    for name in &names {
        match members(name) {
            Some(members) => found.extend(members.iter().filter(|name| left.contains(name)).cloned()),
            None => found.push(name.clone()),
        }
    }
    unique(found)
}

fn unique(mut names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The values of a key as Go's JSON decoder meets them: names fold case, and come in byte order.
fn fields<'a>(map: &'a Map<String, Value>, name: &'static str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let mut found: Vec<_> = map.iter().filter(|(key, _)| go::after(key, name).is_some_and(str::is_empty)).collect();
    found.sort_by_key(|(key, _)| *key);
    found.into_iter()
}

/// Decodes the four lists. `coerce`: scalars become strings, as they do inside `filters` only.
fn lists(map: &Map<String, Value>, coerce: bool) -> Result<Lists, String> {
    Ok(Lists {
        approvers: list(map, "approvers", coerce)?,
        reviewers: list(map, "reviewers", coerce)?,
        required_reviewers: list(map, "required_reviewers", coerce)?,
        labels: list(map, "labels", coerce)?,
    })
}

fn list(map: &Map<String, Value>, name: &'static str, coerce: bool) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for (_, value) in fields(map, name) {
        let items = match value {
            Value::Null => {
                found.clear();
                continue;
            }
            Value::Array(items) => items,
            _ => return Err(format!("`{name}` is no list")),
        };
        // A null leaves what an earlier spelling of the key had in its place: Go decodes into the same slice.
        let before = std::mem::take(&mut found);
        found = items
            .iter()
            .enumerate()
            .map(|(at, item)| match item {
                Value::Null => Ok(before.get(at).cloned().unwrap_or_default()),
                Value::String(text) => Ok(text.clone()),
                Value::Bool(_) | Value::Number(_) => match yaml::text_of(item) {
                    Some(text) if coerce => Ok(text),
                    _ => Err(format!("`{name}` has `{item}`, which YAML does not read as a name unless it is quoted")),
                },
                Value::Array(_) | Value::Object(_) => Err(format!("`{name}` has something that is no name")),
            })
            .collect::<Result<_, _>>()?;
    }
    Ok(found)
}

fn options(map: &Map<String, Value>) -> Result<Options, String> {
    let mut found = Options::default();
    for (_, value) in fields(map, "options") {
        let inside = match value {
            Value::Null => continue,
            Value::Object(inside) => inside,
            _ => return Err("`options` is no map".to_owned()),
        };
        flag(inside, "no_parent_owners", &mut found.no_parent_owners)?;
        flag(inside, "auto_approve_unowned_subfolders", &mut found.auto_approve_unowned_subfolders)?;
    }
    Ok(found)
}

fn flag(map: &Map<String, Value>, name: &'static str, into: &mut bool) -> Result<(), String> {
    for (_, value) in fields(map, name) {
        match value {
            Value::Null => {}
            Value::Bool(flag) => *into = *flag,
            _ => return Err(format!("the option `{name}` is neither true nor false")),
        }
    }
    Ok(())
}

/// The filters as decoded, by pattern.
fn filter_map(root: &Map<String, Value>) -> Result<BTreeMap<String, Lists>, String> {
    let mut found = BTreeMap::new();
    for (_, value) in fields(root, "filters") {
        let patterns = match value {
            Value::Null => {
                found.clear();
                continue;
            }
            Value::Object(patterns) => patterns,
            _ => return Err("`filters` is no map".to_owned()),
        };
        for (pattern, value) in patterns {
            let lists = match value {
                Value::Null => Lists::default(),
                Value::Object(inside) => lists(inside, true)?,
                _ => return Err(format!("the filter `{pattern}` is no map")),
            };
            found.insert(pattern.clone(), lists);
        }
    }
    Ok(found)
}

fn filters(root: &Map<String, Value>, aliases: &Aliases, complain: &mut impl FnMut(String)) -> Vec<Entry> {
    let patterns = match filter_map(root) {
        Ok(patterns) => patterns,
        Err(why) => {
            complain(format!("{why}: nothing of it counts"));
            return Vec::new();
        }
    };
    let mut entries = Vec::new();
    for (pattern, lists) in patterns {
        if pattern == ".*" {
            entries.push(lists.entry(None, aliases));
            continue;
        }
        match re2::compile(&pattern) {
            Some(filter) => entries.push(lists.entry(Some(filter), aliases)),
            None => complain(format!("the filter `{pattern}` is no regular expression, so it names nobody")),
        }
    }
    entries
}
