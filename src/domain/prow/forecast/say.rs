//! Commands in words: what each does, which labels it touches, and what a writer should be warned of.

use std::collections::HashSet;

use crate::domain::profile::ProwRules;
use crate::domain::prow::command::{
    ApproveCommand, CommandLine, Effect, HoldCommand, LgtmCommand, Reading, Source, lines,
};

/// GitHub's limit on a text, in characters.
const LONGEST: usize = 65_536;

/// The most lines that are warned of one by one.
const MOST_WARNINGS: usize = 20;

/// What an effect does, as a sentence without its end.
pub(super) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Lgtm(LgtmCommand::Add) => "sets the label lgtm, for collaborators other than the author".to_owned(),
        Effect::Lgtm(LgtmCommand::Remove) => "takes the label lgtm off".to_owned(),
        Effect::Approve(ApproveCommand::Approve) => "approves, if OWNERS give the writer power".to_owned(),
        Effect::Approve(ApproveCommand::NoIssue) => {
            "approves without an associated issue, if OWNERS give the writer power".to_owned()
        }
        Effect::Approve(ApproveCommand::Cancel) => "withdraws the writer's approval".to_owned(),
        Effect::Hold(HoldCommand::Add) => "sets the label do-not-merge/hold; anyone may".to_owned(),
        Effect::Hold(HoldCommand::Remove) => "takes the label do-not-merge/hold off; anyone may".to_owned(),
        Effect::Assign(logins) => format!("assigns {}", people(logins)),
        Effect::Unassign(logins) => format!("unassigns {}", people(logins)),
        Effect::Cc(logins) => format!("asks {} for a review", people(logins)),
        Effect::Uncc(logins) => format!("takes the review request to {} back", people(logins)),
        Effect::AddLabels(labels) => format!("asks for {}, where the repository has it", quoted(labels)),
        Effect::RemoveLabels(labels) => format!("takes {} off, where set", quoted(labels)),
        Effect::LifecycleAdd(word) if word == "frozen" => "sets lifecycle/frozen; pull requests refuse it".to_owned(),
        Effect::LifecycleAdd(word) => format!("sets the label lifecycle/{}", word.to_ascii_lowercase()),
        Effect::LifecycleRemove(word) => format!("takes the label lifecycle/{} off", word.to_ascii_lowercase()),
        Effect::Close(true) => "closes an issue as not planned; pull requests refuse it".to_owned(),
        Effect::Close(false) => "closes the pull request, for its author and collaborators".to_owned(),
        Effect::Reopen => "reopens the pull request if it is closed, for its author and collaborators".to_owned(),
        Effect::Other(what) => (*what).to_owned(),
    }
}

/// The labels that an effect sets and takes off, permissions aside.
pub(super) fn labels_of(effect: &Effect) -> (Vec<String>, Vec<String>) {
    let one = |label: &str| vec![label.to_owned()];
    match effect {
        Effect::Lgtm(LgtmCommand::Add) => (one("lgtm"), Vec::new()),
        Effect::Lgtm(LgtmCommand::Remove) => (Vec::new(), one("lgtm")),
        Effect::Hold(HoldCommand::Add) => (one("do-not-merge/hold"), Vec::new()),
        Effect::Hold(HoldCommand::Remove) => (Vec::new(), one("do-not-merge/hold")),
        Effect::AddLabels(labels) => (labels.clone(), Vec::new()),
        Effect::RemoveLabels(labels) => (Vec::new(), labels.clone()),
        Effect::LifecycleAdd(word) if word == "frozen" => (Vec::new(), Vec::new()),
        Effect::LifecycleAdd(word) => (vec![format!("lifecycle/{}", word.to_ascii_lowercase())], Vec::new()),
        Effect::LifecycleRemove(word) => (Vec::new(), vec![format!("lifecycle/{}", word.to_ascii_lowercase())]),
        Effect::Approve(_)
        | Effect::Assign(_)
        | Effect::Unassign(_)
        | Effect::Cc(_)
        | Effect::Uncc(_)
        | Effect::Close(_)
        | Effect::Reopen
        | Effect::Other(_) => (Vec::new(), Vec::new()),
    }
}

/// What a writer should look at before sending a text.
pub(super) fn warnings(text: &str, source: Source, rules: &ProwRules) -> Vec<String> {
    let mut found = Vec::new();
    let lines = lines(text, source, rules);
    let fenced = fenced_lines(text);
    for line in &lines {
        let shown = &line.text;
        match &line.reading {
            Reading::NoEffect { why } => found.push(format!("`{shown}` does nothing: {why}")),
            Reading::Effect(_) if fenced.contains(&line.line) => {
                found.push(format!("`{shown}` stands in a code block, and Prow obeys it all the same"));
            }
            Reading::Effect(effect) => found.extend(surprise(line, effect)),
        }
    }
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        if bare.len() < line.len() && looks_like_command(bare) && !fenced.contains(&(index + 1)) {
            found.push(format!("`{bare}` does nothing: the slash must be the first character of its line"));
        }
    }
    unique(&mut found);
    let more = found.len().saturating_sub(MOST_WARNINGS);
    if more > 0 {
        found.truncate(MOST_WARNINGS);
        found.push(format!("{more} more lines like these"));
    }
    if text.len() > LONGEST && text.chars().count() > LONGEST {
        found.push(format!("GitHub refuses a text of more than {LONGEST} characters"));
    }
    found
}

/// A line that does something which its writer may not mean.
fn surprise(line: &CommandLine, effect: &Effect) -> Option<String> {
    let shown = &line.text;
    let words = shown.split_whitespace().count();
    match effect {
        Effect::Approve(ApproveCommand::Cancel)
            if words > 2 || (line.text.to_ascii_lowercase().starts_with("/lgtm")) =>
        {
            Some(format!("`{shown}` withdraws your approval"))
        }
        Effect::Approve(_) if line.text.to_ascii_lowercase().starts_with("/lgtm") => {
            Some(format!("`{shown}` also counts as approval, next to an approve line"))
        }
        Effect::Approve(ApproveCommand::Approve) if words > 1 => {
            Some(format!("`{shown}` approves: what follows the word is not read"))
        }
        Effect::Hold(HoldCommand::Remove) if words == 1 && shown.to_ascii_lowercase().starts_with("/hold") => {
            Some(format!("`{shown}` lifts the hold: the next line begins with `cancel`"))
        }
        Effect::AddLabels(labels) | Effect::RemoveLabels(labels) => {
            let word = shown.split(' ').next().unwrap_or_default();
            let exact = matches!(
                word.trim_start_matches("/remove-").trim_start_matches('/'),
                "area" | "committee" | "kind" | "language" | "priority" | "sig" | "triage" | "wg" | "label"
            );
            let plain = exact && words == labels.len() + 1;
            (!plain).then(|| format!("`{shown}` asks Prow for the labels {}", quoted(labels)))
        }
        _ => None,
    }
}

fn looks_like_command(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    matches!(
        word.to_ascii_lowercase().as_str(),
        "/lgtm"
            | "/approve"
            | "/hold"
            | "/unhold"
            | "/assign"
            | "/unassign"
            | "/cc"
            | "/uncc"
            | "/sig"
            | "/kind"
            | "/close"
    )
}

/// Numbers of lines inside fenced code blocks.
fn fenced_lines(text: &str) -> HashSet<usize> {
    let mut found = HashSet::new();
    let mut fence: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {
                found.insert(index + 1);
            }
            (None, None) => {}
        }
    }
    if fence.is_some() { HashSet::new() } else { found }
}

/// Logins for the eye; the writer is `""`.
pub(super) fn people(logins: &[String]) -> String {
    let shown = |login: &String| if login.is_empty() { "the writer".to_owned() } else { format!("@{login}") };
    logins.iter().map(shown).collect::<Vec<_>>().join(", ")
}

pub(super) fn quoted(labels: &[String]) -> String {
    labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ")
}

/// Drops repetitions, keeping the order.
pub(super) fn unique(list: &mut Vec<String>) {
    let mut seen = HashSet::new();
    list.retain(|item| seen.insert(item.clone()));
}
