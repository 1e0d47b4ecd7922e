//! The verify-owners plugin at work: OWNERS files that a pull request changes (`specs/prow.md` §7.8).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::facts::FileChange;
use crate::domain::prow::owners::{List, Tree};
use crate::sim::world::{ItemRef, NewReview, NewThread, ReviewState, World};

const INVALID: &str = "do-not-merge/invalid-owners-file";
const UNTRUSTED: &str = "The OWNERS file contains untrusted users, which makes it INVALID.";
/// Labels that no OWNERS file may set.
const BANNED: [&str; 2] = ["approved", "lgtm"];

/// What the pull request does to one file.
struct Changed {
    path: String,
    before: Option<String>,
    now: String,
}

impl World {
    pub(super) fn verify_owners(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let labelled = self.item(item).is_some_and(|state| state.has_label(INVALID));
        let (changed, aliases) = self.changed_owners(item);
        if changed.is_empty() && !aliases.changed && !labelled {
            return;
        }
        let read = |path: &str, text: &str| {
            Tree::read(&BTreeMap::from([(path.to_owned(), text.to_owned())]), aliases.text.as_deref())
        };
        let trusted = self.collaborators(&item.repo);
        let (mut wrong, mut untrusted) = (Vec::new(), BTreeSet::new());
        for file in &changed {
            let tree = read(&file.path, &file.now);
            if let Some(why) = what_is_wrong(&file.path, &tree) {
                wrong.push((file.path.clone(), why));
                continue;
            }
            let old =
                file.before.as_deref().map(|text| people(&file.path, &read(&file.path, text))).unwrap_or_default();
            let new = people(&file.path, &tree).into_iter();
            untrusted.extend(new.filter(|name| !old.contains(name) && !trusted.iter().any(|login| login.is(name))));
        }
        self.keep_label(item, at, bot, INVALID, !wrong.is_empty() || !untrusted.is_empty());
        self.delete_own(item, at, bot, |text| text.starts_with(UNTRUSTED));
        if !wrong.is_empty() {
            let files = if wrong.len() == 1 { "file" } else { "files" };
            let body = format!("{} invalid OWNERS {files}", wrong.len());
            let threads = wrong.into_iter().map(|(path, why)| NewThread::on(&path, 1, &why)).collect();
            self.review(item, at, NewReview::new(bot, ReviewState::Commented, &body).threads(threads));
        }
        if !untrusted.is_empty() {
            let names: Vec<String> = untrusted.iter().map(|name| format!("- {name}")).collect();
            let text = format!(
                "{UNTRUSTED} The following users are mentioned in OWNERS file(s) but are untrusted: they are neither \
                 members of the {} org nor collaborators. You can then trigger verification by writing `/verify-owners` \
                 in a comment.\n{}",
                item.repo.owner,
                names.join("\n"),
            );
            self.comment(item, at, bot, &text);
        }
    }

    /// OWNERS files that the pull request leaves changed, and the aliases at its head.
    fn changed_owners(&self, item: &ItemRef) -> (Vec<Changed>, Aliases) {
        let none = || (Vec::new(), Aliases { text: None, changed: false });
        let Some(repo) = self.repos.get(&item.repo) else { return none() };
        let Some(pull) = repo.items.get(&item.number).and_then(|state| state.pull.as_ref()) else { return none() };
        let owners = pull
            .files
            .iter()
            .filter(|file| file.change != FileChange::Removed && file.path.rsplit('/').next() == Some("OWNERS"));
        let changed = owners.map(|file| Changed {
            path: file.path.clone(),
            before: repo.git.text(&pull.base_oid, &file.path),
            now: repo.git.text(&pull.head_oid, &file.path).unwrap_or_default(),
        });
        let aliases = Aliases {
            text: repo.git.text(&pull.head_oid, "OWNERS_ALIASES"),
            changed: pull.files.iter().any(|file| file.path == "OWNERS_ALIASES"),
        };
        (changed.collect(), aliases)
    }
}

/// The aliases at the head.
struct Aliases {
    text: Option<String>,
    /// The pull request changes them.
    changed: bool,
}

/// Everybody whom a file names.
fn people(path: &str, tree: &Tree) -> BTreeSet<String> {
    let names = [List::Approvers, List::Reviewers].into_iter().flat_map(|list| tree.names(path, list, false));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn what_is_wrong(path: &str, tree: &Tree) -> Option<String> {
    let labels = tree.names(path, List::Labels, false);
    if let Some(problem) = tree.problems().iter().find(|problem| problem.path == path)
        && people(path, tree).is_empty()
        && labels.is_empty()
    {
        return Some(format!("Cannot parse file: {}.", problem.message));
    }
    let banned: Vec<&str> = BANNED.into_iter().filter(|name| labels.contains(name)).collect();
    if !banned.is_empty() {
        return Some(format!("File contains banned labels: {}.", banned.join(", ")));
    }
    if path == "OWNERS" && tree.root_approvers().is_empty() {
        return Some("No approvers defined in this root directory OWNERS file.".to_owned());
    }
    None
}
