//! Line by line: what every line that looks like a command does, or why it does nothing, and the prose around them.

use serde::Serialize;

use super::{
    ApproveCommand, HoldCommand, LgtmCommand, Source, approve_steps, go, html_comments, label, line, outcome, parse,
    starts, without_html_comments,
};
use crate::domain::profile::ProwRules;

/// One line that looks like a command, as one plugin reads it. A line that two plugins read stands twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommandLine {
    /// Counted from 1.
    pub line: usize,
    /// The line as written, without its line end.
    pub text: String,
    /// The plugin, by Prow's name; empty where none reads it.
    pub plugin: &'static str,
    /// What it does.
    pub reading: Reading,
}

/// What a line does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// The plugin acts.
    Effect(Effect),
    /// Nothing happens.
    NoEffect {
        /// Why, in words.
        why: String,
    },
}

/// What a plugin would do for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The lgtm label.
    Lgtm(LgtmCommand),
    /// The approval of whoever wrote it.
    Approve(ApproveCommand),
    /// The hold label.
    Hold(HoldCommand),
    /// Assignees; `""` is the commenter.
    Assign(Vec<String>),
    /// Assignees to drop.
    Unassign(Vec<String>),
    /// Review requests.
    Cc(Vec<String>),
    /// Review requests to drop.
    Uncc(Vec<String>),
    /// Labels asked for; those that do not exist are answered with a complaint.
    AddLabels(Vec<String>),
    /// Labels asked to go.
    RemoveLabels(Vec<String>),
    /// A word of `/lifecycle`.
    LifecycleAdd(String),
    /// A word of `/remove-lifecycle`.
    LifecycleRemove(String),
    /// Close; `true` for `not-planned`, which pull requests refuse.
    Close(bool),
    /// Reopen.
    Reopen,
    /// Something else, in words.
    Other(&'static str),
}

/// Every line that starts with a slash and a letter, as the enabled plugins read it.
#[must_use]
pub fn lines(body: &str, source: Source, rules: &ProwRules) -> Vec<CommandLine> {
    if !body.contains('/') {
        return Vec::new();
    }
    let whole = parse(body, source, rules);
    let kept = !approve_steps(body, rules).is_empty();
    let labels = Labels::read(body, rules);
    let on = |plugin: &str| rules.plugins.iter().any(|name| name == plugin);
    let mut found: Vec<CommandLine> = Vec::new();
    for start in starts(body) {
        let rest = start.rest;
        if !rest.as_bytes().get(1).is_some_and(|b| b.is_ascii_alphabetic()) {
            continue;
        }
        let text = go::line(rest).trim_end_matches('\r');
        let before = found.len();
        let mut say = |plugin: &'static str, reading: Reading| {
            let reading =
                if on(plugin) { reading } else { nothing(format!("the plugin {plugin} is not enabled here")) };
            found.push(CommandLine { line: start.line, text: text.to_owned(), plugin, reading });
        };
        if let Some(command) = line::lgtm(rest) {
            say(
                "lgtm",
                match (command, whole.lgtm) {
                    (LgtmCommand::Remove, Some(LgtmCommand::Add)) => {
                        nothing("the same text has /lgtm, which wins over /lgtm cancel")
                    }
                    _ => Reading::Effect(Effect::Lgtm(command)),
                },
            );
        }
        if let Some(command) = line::hold(rest) {
            say(
                "hold",
                match (command, whole.hold) {
                    (HoldCommand::Add, Some(HoldCommand::Remove)) => {
                        nothing("the same text lifts the hold, which wins over /hold")
                    }
                    _ => Reading::Effect(Effect::Hold(command)),
                },
            );
        }
        if let Some(found) = line::approve(rest)
            && (!found.lgtm || kept)
        {
            say(
                "approve",
                match (source, outcome(&[found.step])) {
                    (Source::Description, _) => nothing("approvals in the description do not count: write a comment"),
                    (_, Some(step)) => Reading::Effect(Effect::Approve(step)),
                    (_, None) => nothing("no approval"),
                },
            );
        }
        if let Some(found) = line::people(rest) {
            let names = if found.names.is_empty() {
                vec![String::new()]
            } else {
                found.names.iter().map(|name| (*name).to_owned()).collect()
            };
            say(
                "assign",
                Reading::Effect(match (found.review, found.add) {
                    (false, true) => Effect::Assign(names),
                    (false, false) => Effect::Unassign(names),
                    (true, true) => Effect::Cc(names),
                    (true, false) => Effect::Uncc(names),
                }),
            );
        }
        if let Some((remove, word)) = line::lifecycle(rest) {
            let word = word.to_owned();
            let effect = if remove { Effect::LifecycleRemove(word) } else { Effect::LifecycleAdd(word) };
            say("lifecycle", Reading::Effect(effect));
        }
        if let Some(not_planned) = line::close(rest) {
            say("lifecycle", Reading::Effect(Effect::Close(not_planned)));
        }
        if line::reopen(rest) {
            say("lifecycle", Reading::Effect(Effect::Reopen));
        }
        if let Some((plugin, what)) = line::other(rest) {
            say(plugin, Reading::Effect(Effect::Other(what)));
        }
        if let Some(reading) = labels.at(start.at) {
            say("label", reading);
        }
        if found.len() == before {
            let why = labels.lost(start.at).map_or_else(|| look_alike(text), str::to_owned);
            found.push(CommandLine { line: start.line, text: text.to_owned(), plugin: "", reading: nothing(why) });
        }
    }
    let hidden = labels.found.iter().filter(|(at, _)| *at > 0 && body.as_bytes().get(at - 1) != Some(&b'\n'));
    let (mut line, mut counted) = (1, 0);
    for (at, reading) in hidden {
        line += body.get(counted..*at).unwrap_or_default().matches('\n').count();
        counted = *at;
        let text = go::line(body.get(*at..).unwrap_or_default()).trim_end_matches('\r').to_owned();
        found.push(CommandLine { line, text, plugin: "label", reading: reading.clone() });
    }
    found.sort_by_key(|found| found.line);
    found
}

/// The label plugin's matches by their places in the text as written.
struct Labels {
    found: Vec<(usize, Reading)>,
    /// HTML comments.
    cuts: Vec<(usize, usize)>,
    /// Starts of matches, and how far they and all before them reach.
    swallowed: Vec<(usize, usize)>,
}

impl Labels {
    fn read(body: &str, rules: &ProwRules) -> Self {
        let cuts = html_comments(body);
        let stripped = without_html_comments(body);
        // Where each cut stands in the text without cuts, and how much is gone with it.
        let mut gone = 0;
        let moves: Vec<(usize, usize)> = cuts
            .iter()
            .map(|(from, to)| {
                let at = from - gone;
                gone += to - from;
                (at, gone)
            })
            .collect();
        let place = |at: usize| {
            let before = moves.partition_point(|(from, _)| *from <= at);
            at + before.checked_sub(1).and_then(|last| moves.get(last)).map_or(0, |(_, gone)| *gone)
        };
        let (mut found, mut swallowed) = (Vec::new(), Vec::new());
        for one in label::matches(&stripped, rules) {
            let at = place(one.at);
            swallowed.push((at, place(one.end)));
            let reading = match (one.labels.is_empty(), one.refused, one.remove) {
                (_, Some(word), _) => nothing(format!(
                    "the label `{word}` is not one that /label may set here; Prow answers with a complaint"
                )),
                (true, None, _) => nothing("no label follows after a single space: write it as in /sig compute"),
                (false, None, false) => Reading::Effect(Effect::AddLabels(one.labels)),
                (false, None, true) => Reading::Effect(Effect::RemoveLabels(one.labels)),
            };
            found.push((at, reading));
        }
        found.sort_by_key(|(at, _)| *at);
        swallowed.sort_unstable();
        let mut reach = 0;
        for (_, to) in &mut swallowed {
            reach = reach.max(*to);
            *to = reach;
        }
        Self { found, cuts, swallowed }
    }

    /// What the plugin makes of the line that starts at `at`, where it is a label line at all.
    fn at(&self, at: usize) -> Option<Reading> {
        let index = self.found.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        self.found.get(index).map(|(_, reading)| reading.clone())
    }

    /// Why a label line is not read.
    fn lost(&self, at: usize) -> Option<&'static str> {
        let last = |list: &[(usize, usize)], before: usize| {
            before.checked_sub(1).and_then(|index| list.get(index)).map_or(0, |(_, to)| *to)
        };
        if last(&self.cuts, self.cuts.partition_point(|(from, _)| *from <= at)) > at {
            return Some("it stands in an HTML comment, which the label plugin skips");
        }
        let taken = last(&self.swallowed, self.swallowed.partition_point(|(from, _)| *from < at)) > at;
        taken.then_some("a bare label command above takes this line for its own words")
    }
}

fn nothing(why: impl Into<String>) -> Reading {
    Reading::NoEffect { why: why.into() }
}

/// Why a line that looks like a command is none.
fn look_alike(text: &str) -> String {
    let word = text.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    let bare = word.trim_start_matches('/').trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
    match bare.as_str() {
        "lgtm" | "remove-lgtm" => "Prow takes /lgtm only with nothing after it on the line".to_owned(),
        "approve" | "remove-approve" => format!("Prow reads the word `{word}`, which is not /approve"),
        "hold" | "unhold" | "remove-hold" => format!("Prow reads the word `{word}`, which is not /hold"),
        "assign" | "unassign" => {
            "one of the names is no plain login after a single space, so Prow ignores the whole line".to_owned()
        }
        "cc" | "uncc" => "one of the names is no plain login, so Prow ignores the whole line".to_owned(),
        "close" | "reopen" | "lifecycle" | "remove-lifecycle" | "retest" | "skip" | "auto-cc" | "verify-owners"
        | "check-dco" => {
            format!("Prow takes /{bare} only in its exact form, with nothing after it on the line")
        }
        _ => "no command that this repository's Prow reads".to_owned(),
    }
}

/// The text without command lines (a slash and a letter in column 0, obeyed or not) and quoted lines: what its author
/// says in words. A line keeps its place; lines that go leave nothing.
#[must_use]
pub fn prose(body: &str) -> String {
    let mut said = String::with_capacity(body.len());
    for text in body.lines() {
        let mut bytes = text.bytes();
        let command = bytes.next() == Some(b'/') && bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
        if command || text.trim_start().starts_with('>') {
            continue;
        }
        if !said.is_empty() {
            said.push('\n');
        }
        said.push_str(text);
    }
    said
}
