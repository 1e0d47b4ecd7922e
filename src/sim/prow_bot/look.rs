//! Plugins that look at the pull request itself: its title, commits, files, conflicts (`specs/prow.md` §7).

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;

use crate::domain::facts::Mergeable;
use crate::domain::ids::Login;
use crate::domain::prow::command::{self, Source};
use crate::sim::world::{ItemRef, World};

#[expect(clippy::expect_used, reason = "patterns of ours, compiled by a test; there is nobody to report to")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is valid")
}

/// §7.4: an optional single non-word character, WIP, one non-word character.
static WIP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^0-9A-Za-z_]?(?i:WIP)[^0-9A-Za-z_]"));
/// §7.6: words that would close an issue.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(close[sd]?|fix(es|ed)?|resolve[sd]?)[\t\n\f\r :]+(#[0-9]+|[0-9A-Za-z_]+/[0-9A-Za-z_]+#[0-9]+)")
});
static FIXUP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(fixup|amend|squash)!"));
static FOLDER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9]+-[a-z0-9]+(-[a-z0-9]+)*$"));

const DCO: &str =
    "Thanks for your pull request. Before we can look at it, you'll need to add a 'DCO signoff' to your commits.";
const REBASE: &str = "PR needs rebase.";

impl World {
    pub(super) fn wip(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let Some(state) = self.item(item) else { return };
        let draft = state.pull.as_ref().is_some_and(|pull| pull.draft);
        let wip = draft || WIP.is_match(&state.title);
        self.keep_label(item, at, bot, "do-not-merge/work-in-progress", wip);
    }

    /// The whole messages of the pull request's commits.
    fn messages(&self, item: &ItemRef) -> Vec<String> {
        let Some(repo) = self.repos.get(&item.repo) else { return Vec::new() };
        let pull = repo.items.get(&item.number).and_then(|state| state.pull.as_ref());
        let commits = pull.iter().flat_map(|pull| &pull.commits).filter_map(|oid| repo.git.commit(oid));
        commits.filter(|commit| commit.parents.len() < 2).map(|commit| commit.message.clone()).collect()
    }

    pub(super) fn commit_messages(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let Some(title) = self.item(item).map(|state| state.title.clone()) else { return };
        let bad = CLOSING.is_match(&title)
            || self.messages(item).iter().any(|message| CLOSING.is_match(message) || FIXUP.is_match(message));
        self.keep_label(item, at, bot, "do-not-merge/invalid-commit-message", bad);
    }

    pub(super) fn owners_labels(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let tree = self.owners(item);
        let Some(pull) = self.item(item).and_then(|state| state.pull.as_ref()) else { return };
        let mut labels: Vec<String> = pull.files.iter().flat_map(|file| tree.labels(&file.path)).collect();
        labels.sort();
        labels.dedup();
        for name in labels {
            if self.repos.get(&item.repo).is_some_and(|repo| repo.labels.contains_key(&name)) {
                self.label(item, at, bot, &name);
            }
        }
    }

    pub(super) fn dco(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let signed =
            |message: &String| message.lines().any(|line| line.to_ascii_lowercase().starts_with("signed-off-by:"));
        let good = self.messages(item).iter().all(signed);
        let was_bad = self.item(item).is_some_and(|state| state.has_label("dco-signoff: no"));
        self.keep_label(item, at, bot, "dco-signoff: yes", good);
        self.keep_label(item, at, bot, "dco-signoff: no", !good);
        if good {
            self.delete_own(item, at, bot, |text| text == DCO);
            self.status(item, at, "dco", "SUCCESS", "All commits have Signed-off-by");
        } else {
            if !was_bad {
                self.comment(item, at, bot, DCO);
            }
            self.status(item, at, "dco", "FAILURE", "Commits are missing Signed-off-by");
        }
    }

    pub(super) fn size(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let Some(pull) = self.item(item).and_then(|state| state.pull.as_ref()) else { return };
        let lines: u64 = pull.files.iter().map(|file| file.additions + file.deletions).sum();
        let size = match lines {
            0..10 => "XS",
            10..30 => "S",
            30..100 => "M",
            100..500 => "L",
            500..1000 => "XL",
            _ => "XXL",
        };
        for other in ["XS", "S", "M", "L", "XL", "XXL"] {
            self.keep_label(item, at, bot, &format!("size/{other}"), other == size);
        }
    }

    /// The repository's own workflow, by GitHub Actions: VEP folders must be well named (§1.6).
    pub(super) fn workflows(&mut self, item: &ItemRef, at: Timestamp) {
        let Some(robots) = &self.robots else { return };
        let profile = &robots.profile;
        if !profile.tide.expected_checks.iter().any(|name| name == "check-naming") {
            return;
        }
        let root = format!("{}/", profile.layout.root);
        let template = profile.layout.template.clone();
        let Some(pull) = self.item(item).and_then(|state| state.pull.as_ref()) else { return };
        let bad = pull.files.iter().any(|file| {
            let mut parts = file.path.strip_prefix(&root).into_iter().flat_map(|rest| rest.split('/'));
            let (_, folder, inside) = (parts.next(), parts.next(), parts.next());
            matches!((folder, inside), (Some(folder), Some(_)) if folder != template && !FOLDER.is_match(folder))
        });
        self.check_run(item, at, "check-naming", Some(if bad { "FAILURE" } else { "SUCCESS" }));
    }

    /// Asks two reviewers of the deepest OWNERS, turned by the pull request's number where Prow draws lots (§7.9).
    pub(super) fn ask_reviewers(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let tree = self.owners(item);
        let Some(robots) = &self.robots else { return };
        let Some(state) = self.item(item) else { return };
        let Some(pull) = state.pull.as_ref().filter(|pull| !pull.draft && pull.review_requests.is_empty()) else {
            return;
        };
        let asked = command::parse(&state.body, Source::Description, &robots.profile.prow).cc;
        if !asked.is_empty() {
            return;
        }
        let mut people: Vec<Login> = Vec::new();
        for file in &pull.files {
            for login in tree.leaf_reviewers(&file.path) {
                if login != state.author && !people.contains(&login) {
                    people.push(login);
                }
            }
        }
        let turn = usize::try_from(item.number).unwrap_or(0).checked_rem(people.len()).unwrap_or(0);
        people.rotate_left(turn);
        for login in people.into_iter().take(2) {
            self.request_review(item, at, bot, login.as_str());
        }
    }

    pub(super) fn needs_rebase(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let Some(state) = self.item(item).filter(|state| state.open) else { return };
        let labelled = state.has_label("needs-rebase");
        match state.pull.as_ref().map(|pull| pull.mergeable) {
            Some(Mergeable::Conflicting) if !labelled => {
                self.label(item, at, bot, "needs-rebase");
                self.comment(item, at, bot, REBASE);
            }
            Some(Mergeable::Mergeable) if labelled => {
                self.unlabel(item, at, bot, "needs-rebase");
                self.delete_own(item, at, bot, |text| text == REBASE);
            }
            _ => {}
        }
    }
}
