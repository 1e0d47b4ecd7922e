//! Plugins that look at the pull request itself: its title, commits, files, conflicts (`specs/prow.md` §7).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;

use super::say::ABOUT;
use crate::domain::facts::Mergeable;
use crate::domain::ids::Login;
use crate::domain::prow::command::{self, Source};
use crate::sim::world::{ItemRef, Oid, World};

#[expect(clippy::expect_used, reason = "patterns of ours, compiled by a test; there is nobody to report to")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is valid")
}

/// §7.4: an optional single non-word character, WIP, one non-word character.
static WIP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^0-9A-Za-z_]?(?i:WIP)[^0-9A-Za-z_]"));
/// §7.6: words that would close an issue.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(close[sd]?|fix(es|ed)?|resolve[sd]?)[\t\n\f\r :]+([0-9A-Za-z_]+/[0-9A-Za-z_]+)?#[0-9]+")
});
static FIXUP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(fixup|amend|squash)!"));
static FOLDER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9]+-[a-z0-9]+(-[a-z0-9]+)*$"));

const DCO: &str =
    "Thanks for your pull request. Before we can look at it, you'll need to add a 'DCO signoff' to your commits.";
/// The mark by which the plugin knows its comment.
const BAD_MESSAGE: &str = "<!-- [prow:invalid-commit-message] -->";
/// How many reviewers blunderbuss asks.
const REVIEWERS: usize = 2;
const REBASE: &str = "PR needs rebase.";

impl World {
    pub(super) fn wip(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let Some(state) = self.item(item) else { return };
        let draft = state.pull.as_ref().is_some_and(|pull| pull.draft);
        let wip = draft || WIP.is_match(&state.title);
        self.keep_label(item, at, bot, "do-not-merge/work-in-progress", wip);
    }

    /// The pull request's commits but merges: names and whole messages.
    fn messages(&self, item: &ItemRef) -> Vec<(Oid, String)> {
        let Some(repo) = self.repos.get(&item.repo) else { return Vec::new() };
        let pull = repo.items.get(&item.number).and_then(|state| state.pull.as_ref());
        let commits = pull.iter().flat_map(|pull| &pull.commits);
        let read = commits.filter_map(|oid| Some((oid.clone(), repo.git.commit(oid)?)));
        read.filter(|(_, commit)| commit.parents.len() < 2).map(|(oid, commit)| (oid, commit.message.clone())).collect()
    }

    /// Commits as Prow's comments list them.
    fn listed(&self, item: &ItemRef, commits: &[(Oid, String)]) -> String {
        let line = |(oid, message): &(Oid, String)| {
            let short = oid.get(..7).unwrap_or(oid);
            let subject = message.lines().next().unwrap_or_default();
            format!("- [{short}]({}/{}/commits/{oid}) {subject}", self.host, item.repo)
        };
        commits.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Keeps the label, and one comment that says what is wrong: the old one goes, whatever happens (§7.6).
    pub(super) fn commit_messages(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let Some(title) = self.item(item).map(|state| state.title.clone()) else { return };
        let (mut closing, mut fixups) = (self.messages(item), self.messages(item));
        closing.retain(|(_, message)| CLOSING.is_match(message));
        fixups.retain(|(_, message)| FIXUP.is_match(message));
        let mut sections = Vec::new();
        if !closing.is_empty() {
            sections.push(format!(
                "### Invalid commit messages\n\n[Keywords](https://help.github.com/articles/closing-issues-using-keywords) \
                 which can automatically close issues and hashtag(#) mentions are not allowed.\n\n{}",
                self.listed(item, &closing)
            ));
        }
        if !fixups.is_empty() {
            sections.push(format!(
                "### Fixup/amend/squash commits\n\nTemporary commits are not allowed.\n\n{}",
                self.listed(item, &fixups)
            ));
        }
        if CLOSING.is_match(&title) {
            sections.push(
                "### Invalid PR title\n\nKeywords that close issues are not allowed in PR titles.\n\n\
                 Use `/retitle <new-title>` to fix it."
                    .to_owned(),
            );
        }
        self.keep_label(item, at, bot, "do-not-merge/invalid-commit-message", !sections.is_empty());
        self.delete_own(item, at, bot, |text| text.contains(BAD_MESSAGE));
        if !sections.is_empty() {
            let sections = sections.join("\n\n");
            let text = format!("{BAD_MESSAGE}\n\nInvalid commit message issues detected\n\n{sections}\n\n{ABOUT}");
            self.comment(item, at, bot, &text);
        }
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

    /// Labels, status, and where `tell` a comment that lists what lacks a sign-off; the old one goes (§7.5).
    pub(super) fn dco(&mut self, item: &ItemRef, at: Timestamp, bot: &str, tell: bool) {
        let mut unsigned = self.messages(item);
        unsigned.retain(|(_, message)| {
            !message.split('\n').any(|line| line.to_ascii_lowercase().starts_with("signed-off-by:"))
        });
        let good = unsigned.is_empty();
        self.keep_label(item, at, bot, "dco-signoff: no", !good);
        self.keep_label(item, at, bot, "dco-signoff: yes", good);
        if good {
            self.delete_own(item, at, bot, |text| text.contains(DCO));
            self.status(item, at, "dco", "SUCCESS", "All commits have Signed-off-by");
            return;
        }
        self.status(item, at, "dco", "FAILURE", "Commits in PR missing Signed-off-by");
        if tell {
            self.delete_own(item, at, bot, |text| text.contains(DCO));
            let text = format!(
                "{DCO}\n\n:memo: **Please follow instructions in the [contributing guide]({}/{}/blob/master/CONTRIBUTING.md) \
                 to update your commits with the DCO**\n\n**The list of commits missing DCO signoff**:\n\n{}\n\n\
                 <details>\n\n{ABOUT}\n</details>\n",
                self.host,
                item.repo,
                self.listed(item, &unsigned),
            );
            self.comment(item, at, bot, &text);
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

    /// Asks reviewers of a pull request that is ready, unless its description asks somebody (§7.9).
    pub(super) fn ask_first_reviewers(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let Some(robots) = &self.robots else { return };
        let Some(state) = self.item(item) else { return };
        let ready = state.pull.as_ref().is_some_and(|pull| !pull.draft && pull.review_requests.is_empty());
        let asks = command::parse(&state.body, Source::Description, &robots.profile.prow).cc;
        if ready && asks.is_empty() {
            self.ask_reviewers(item, at, bot);
        }
    }

    /// Asks two people and all required reviewers: leaf reviewers first, then those above, then approvers. Where Prow
    /// draws lots, the pull request's number turns the list.
    pub(super) fn ask_reviewers(&mut self, item: &ItemRef, at: Timestamp, bot: &str) {
        let tree = self.owners(item);
        let Some(state) = self.item(item) else { return };
        let Some(pull) = state.pull.as_ref().filter(|_| state.open) else { return };
        let paths = || pull.files.iter().map(|file| file.path.as_str());
        let turned = |mut people: Vec<Login>| {
            let turn = usize::try_from(item.number).unwrap_or(0).checked_rem(people.len()).unwrap_or(0);
            people.rotate_left(turn);
            people
        };
        let leaves = turned(unique(paths().flat_map(|path| tree.leaf_reviewers(path))));
        let above = turned(unique(paths().flat_map(|path| tree.reviewers(path))));
        let approvers = turned(unique(paths().flat_map(|path| tree.approvers(path))));
        let required = unique(paths().flat_map(|path| tree.required_reviewers(path)));
        let people = unique(leaves.into_iter().chain(above).chain(approvers).filter(|login| *login != state.author));
        let asked =
            people.into_iter().take(REVIEWERS).chain(required.into_iter().filter(|login| *login != state.author));
        for login in asked.collect::<Vec<_>>() {
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

/// Everybody once, in order.
fn unique(people: impl Iterator<Item = Login>) -> Vec<Login> {
    let mut seen = BTreeSet::new();
    people.filter(|login| seen.insert(login.clone())).collect()
}
