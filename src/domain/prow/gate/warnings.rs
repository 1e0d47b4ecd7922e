//! What does not block, or will not once, and what explains a gate: the notes of `specs/prow.md` §9.

use std::collections::BTreeMap;

use super::checks;
use crate::domain::facts::{Mergeable, PullFacts, ReviewState};
use crate::domain::ids::Login;
use crate::domain::profile::Profile;
use crate::domain::prow::approve::{Approval, Remark, remarks};
use crate::domain::prow::command::{
    self, ApproveCommand, CommandLine, LgtmCommand, Reading, Source, approve_steps, lines, parse,
};
use crate::domain::prow::lgtm::{self, DropHow, Outcome, Standing};
use crate::domain::prow::owners::Tree;

/// A fresh command is pending for so long; after that Prow has spoken.
const PENDING_SECONDS: i64 = 120;

pub(super) fn warnings(pull: &PullFacts, approval: &Approval, profile: &Profile, blockers: &[String]) -> Vec<String> {
    let mut found = Found::default();
    let blocked = |name: &str| blockers.iter().any(|blocker| blocker == name);
    let (no_lgtm, no_approval) = (blocked("needs-lgtm"), blocked("needs-approved"));
    // Whom it helps to tell: nobody mends what a robot wrote.
    let mut said = remarks(pull, profile);
    said.retain(|remark| !profile.is_robots(None, &remark.body) && !profile.is_robot_login(&remark.author));
    if no_lgtm {
        about_lgtm(pull, profile, &said, &mut found);
    }
    about_approval(pull, approval, no_approval, &said, profile, &mut found);
    look_alikes(pull, profile, &said, no_lgtm, no_approval, &mut found);
    change_requests(pull, profile, no_lgtm, &mut found);
    about_checks(pull, profile, blockers, &mut found);
    about_github(pull, blockers, &mut found);
    found.0
}

#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn say(&mut self, code: &str, sentence: impl std::fmt::Display) {
        self.0.push(format!("{code}: {sentence}"));
    }
}

fn names<'a>(logins: impl IntoIterator<Item = &'a Login>) -> String {
    logins.into_iter().map(|login| format!("@{login}")).collect::<Vec<_>>().join(", ")
}

fn about_lgtm(pull: &PullFacts, profile: &Profile, said: &[Remark], found: &mut Found) {
    let history = lgtm::history(pull, &Tree::default(), profile);
    let by_push: Vec<&Login> =
        history.dropped.iter().filter(|dropped| dropped.how == DropHow::Push).map(|dropped| &dropped.by).collect();
    if !by_push.is_empty() {
        found.say("lgtm-dropped", format_args!("lgtm by {} was dropped by a push", names(by_push)));
    }
    for dropped in &history.dropped {
        if let DropHow::Cancelled(by) = &dropped.how {
            found.say("lgtm-cancelled", format_args!("lgtm by @{} was taken back by @{by}", dropped.by));
        }
    }
    let fresh: Vec<&Login> = history
        .given
        .iter()
        .filter(|given| pull.fetched_at.as_second() - given.at.as_second() <= PENDING_SECONDS)
        .map(|given| &given.by)
        .collect();
    if !fresh.is_empty() {
        found.say("lgtm-pending", format_args!("lgtm by {} is fresh: Prow has not set the label yet", names(fresh)));
    }
    let own = |remark: &&Remark| pull.author.as_ref().is_some_and(|author| author.login == remark.author);
    let gave = |remark: &Remark| command::lgtm(&remark.body, &profile.prow) == Some(LgtmCommand::Add);
    if said.iter().filter(own).any(gave) {
        found.say("own-lgtm", "the author's own /lgtm is refused");
    }
}

fn about_approval(
    pull: &PullFacts,
    approval: &Approval,
    missing: bool,
    said: &[Remark],
    profile: &Profile,
    found: &mut Found,
) {
    if approval.manual {
        found.say("manual-approval", "the label approved was set by hand: it stays whatever OWNERS say");
    } else if approval.approved && !approval.needs.is_empty() {
        found.say(
            "approval-will-drop",
            "the approvals that stand do not cover the files: approved will drop at Prow's next evaluation",
        );
    }
    if !missing {
        return;
    }
    let powerless: Vec<&Login> = approval.by.iter().filter(|one| !one.has_power).map(|one| &one.login).collect();
    if !powerless.is_empty() {
        found.say("no-power", format_args!("/approve by {} has no power: OWNERS do not name them", names(powerless)));
    }
    let described = lines(&pull.body, Source::Description, &profile.prow);
    if described.iter().any(|line| line.plugin == "approve") {
        found.say("description-ignored", "an /approve in the description does not count");
    }
    let wanted = |login: &Login| approval.needs.iter().any(|need| need.any_of.contains(login));
    for (login, state) in latest_states(pull, profile) {
        let spoke = approval.by.iter().any(|one| one.login == login);
        if state == ReviewState::Approved && wanted(&login) && !spoke && profile.prow.ignore_review_state {
            found.say("needs-command", format_args!("@{login} approved on GitHub; Prow needs /approve from them"));
        }
    }
    for (login, remark) in newest_with(said, |body| !approve_steps(body, &profile.prow).is_empty()) {
        let commands = parse(&remark.body, Source::Comment, &profile.prow);
        let both = remark.body.to_ascii_lowercase().contains("/approve");
        if commands.approve == Some(ApproveCommand::Cancel) && commands.lgtm == Some(LgtmCommand::Remove) && both {
            found.say(
                "cancel-line",
                format_args!("the cancel line in @{login}'s comment withdrew the approval as well"),
            );
        }
    }
}

/// The newest remark of each person that `keeps` keeps.
fn newest_with(said: &[Remark], keeps: impl Fn(&str) -> bool) -> BTreeMap<&Login, &Remark> {
    let mut newest: BTreeMap<&Login, &Remark> = BTreeMap::new();
    for remark in said.iter().filter(|remark| keeps(&remark.body)) {
        let slot = newest.entry(&remark.author).or_insert(remark);
        if slot.at <= remark.at {
            *slot = remark;
        }
    }
    newest
}

/// Lines that were meant as lgtm or approve and are neither.
fn look_alikes(
    pull: &PullFacts,
    profile: &Profile,
    said: &[Remark],
    no_lgtm: bool,
    no_approval: bool,
    found: &mut Found,
) {
    let meant = |line: &CommandLine, word: &str| {
        let start = line.text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let boundary = line.text.as_bytes().get(word.len()).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'-');
        start && boundary && line.plugin.is_empty()
    };
    for (word, missing) in [("/lgtm", no_lgtm), ("/approve", no_approval)] {
        if !missing {
            continue;
        }
        for (login, remark) in newest_with(said, |body| mentions(body, word)) {
            if word == "/lgtm" && pull.author.as_ref().is_some_and(|author| author.login == *login) {
                continue;
            }
            for line in lines(&remark.body, Source::Comment, &profile.prow) {
                if let (true, Reading::NoEffect { why }) = (meant(&line, word), &line.reading) {
                    found.say("ineffective-command", format_args!("`{}` by @{login} did nothing: {why}", line.text));
                }
            }
        }
    }
}

/// The text has a line that begins with the word, obeyed or not.
fn mentions(body: &str, word: &str) -> bool {
    body.split('\n').any(|line| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// Everybody's newest review state other than a plain comment; a dismissed review clears its author's.
fn latest_states(pull: &PullFacts, profile: &Profile) -> Vec<(Login, ReviewState)> {
    let mut reviews: Vec<_> = pull.reviews.iter().collect();
    reviews.sort_by_key(|review| review.at);
    let mut latest: Vec<(Login, ReviewState)> = Vec::new();
    for review in reviews {
        let Some(author) = &review.author else { continue };
        if review.state == ReviewState::Commented || profile.is_robots(Some(author), &review.body) {
            continue;
        }
        latest.retain(|(login, _)| *login != author.login);
        latest.push((author.login.clone(), review.state));
    }
    latest
}

/// An open change request gates nothing once somebody else's lgtm came (pitfall 28).
fn change_requests(pull: &PullFacts, profile: &Profile, no_lgtm: bool, found: &mut Found) {
    if no_lgtm {
        return;
    }
    for (login, state) in latest_states(pull, profile) {
        if state != ReviewState::ChangesRequested {
            continue;
        }
        let standing = lgtm::standing(&login, pull, &Tree::default(), &profile.prow);
        match lgtm::decide(None, Some(state), false, standing, &profile.prow) {
            Outcome::Refused(_) if standing == Standing::Outside => found.say(
                "change-request",
                format_args!("the change request by @{login} gates nothing: Prow takes them for no collaborator"),
            ),
            _ => found.say("change-request", format_args!("the open change request by @{login} gates nothing")),
        }
    }
}

fn about_checks(pull: &PullFacts, profile: &Profile, blockers: &[String], found: &mut Found) {
    let posted = checks(pull);
    for expected in &profile.tide.expected_checks {
        if !posted.iter().any(|(name, _)| name == expected) {
            found.say(
                "check-absent",
                format_args!("the check {expected} was never posted: its workflow may wait for permission to run"),
            );
        }
    }
    if blockers.iter().any(|blocker| blocker == "needs-rebase") && pull.mergeable == Mergeable::Mergeable {
        found.say("stale-needs-rebase", "GitHub sees no conflict: the label goes with the next comment or push");
    }
}

fn about_github(pull: &PullFacts, blockers: &[String], found: &mut Found) {
    let lifecycle = ["lifecycle/rotten", "lifecycle/stale"];
    if let Some(label) = lifecycle.iter().find(|name| pull.labels.iter().any(|label| label == *name)) {
        found.say("auto-close", format_args!("{label} is set: Prow closes the pull request if nothing happens"));
    }
    if pull.blocked_by_rules {
        found.say("branch-rules", "GitHub's branch rules stop the merge");
    }
    if pull.draft && !blockers.iter().any(|blocker| blocker == "wip") {
        found.say("draft", "GitHub merges no drafts");
    }
    if pull.mergeable == Mergeable::Unknown {
        found.say("mergeability-unknown", "GitHub has not said yet whether it conflicts");
    }
    for part in &pull.truncated {
        if matches!(part.part.as_str(), "labels" | "checks" | "files") {
            found.say("incomplete", format_args!("{} could not be read whole: {}", part.part, part.why));
        }
    }
}
