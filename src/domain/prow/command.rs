//! Prow's command grammar (`specs/prow.md` §2): what its plugins read in one text. The matchers are written by hand
//! after the plugins' patterns, so that a text of any size is read in one pass: a slash at column 0 begins a command,
//! and every plugin has its own idea of where it ends.
//!
//! [`parse`] applies each plugin's conflict rules to the whole text; [`lines`] says of every line that looks like a
//! command what it does, or why it does nothing; [`prose`] is what is left for humans.

use std::borrow::Cow;

use serde::Serialize;

use super::go;
use crate::domain::profile::ProwRules;

mod label;
mod line;
mod reading;

pub use reading::{CommandLine, Effect, Reading, lines, prose};

/// Where a text stands. Edits are no events for any command plugin (`specs/prow.md` §2.1), so there is no source for
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A new conversation comment.
    Comment,
    /// The body of a submitted review, whatever its state.
    ReviewBody,
    /// A new inline review comment.
    ReviewComment,
    /// The description at opening time; the approve plugin ignores it (`specs/prow.md` §2.4).
    Description,
}

/// What the lgtm plugin reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LgtmCommand {
    /// `/lgtm`.
    Add,
    /// `/lgtm cancel`, `/remove-lgtm`.
    Remove,
}

/// What the approve plugin makes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApproveCommand {
    /// The author of the text has approved.
    Approve,
    /// The author of the text has withdrawn.
    Cancel,
    /// Approved, and no associated issue is needed.
    NoIssue,
}

/// What the hold plugin reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldCommand {
    /// `/hold`.
    Add,
    /// `/unhold`, `/hold cancel`, `/remove-hold`.
    Remove,
}

/// Everything that the enabled plugins read in one text, their conflict rules applied. The names are those of the
/// JSON of `vepherd prow explain --batch` (`contract.md`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Commands {
    /// lgtm; adding wins over removing.
    pub lgtm: Option<LgtmCommand>,
    /// approve; the last line wins, and lgtm lines count beside an approve line.
    pub approve: Option<ApproveCommand>,
    /// hold; removing wins over adding.
    pub hold: Option<HoldCommand>,
    /// Logins to assign, as written without `@`; `""` is the commenter.
    pub assign: Vec<String>,
    /// Logins to unassign.
    pub unassign: Vec<String>,
    /// Logins (or `org/team`) to ask for a review.
    pub cc: Vec<String>,
    /// Logins (or `org/team`) no longer to ask.
    pub uncc: Vec<String>,
    /// Labels to set, as Prow would ask for them, whether or not they exist.
    pub add_labels: Vec<String>,
    /// Labels to take off.
    pub remove_labels: Vec<String>,
    /// Words of `/lifecycle`, as written.
    pub lifecycle_add: Vec<String>,
    /// Words of `/remove-lifecycle`, as written.
    pub lifecycle_remove: Vec<String>,
    /// `/close`, with or without `not-planned`.
    pub close: bool,
    /// `/reopen`.
    pub reopen: bool,
}

impl Commands {
    /// True where no plugin reads anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One step of the approve plugin's replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApproveStep {
    /// An approval, and how Prow's notifier calls it.
    Add {
        /// By an lgtm line.
        by_lgtm: bool,
        /// With the single argument `no-issue`.
        no_issue: bool,
    },
    /// A withdrawal.
    Remove,
}

/// Reads a text as the enabled plugins would (`specs/prow.md` §2.5).
#[must_use]
pub fn parse(body: &str, source: Source, rules: &ProwRules) -> Commands {
    let mut found = Commands::default();
    if !body.contains('/') {
        return found;
    }
    let on = |plugin: &str| rules.plugins.iter().any(|name| name == plugin);
    let (lgtm, hold, assign, lifecycle) = (on("lgtm"), on("hold"), on("assign"), on("lifecycle"));
    let (mut assigned, mut asked) = (People::default(), People::default());
    for start in starts(body) {
        let rest = start.rest;
        if lgtm && let Some(command) = line::lgtm(rest) {
            found.lgtm = match (found.lgtm, command) {
                (Some(LgtmCommand::Add), _) | (_, LgtmCommand::Add) => Some(LgtmCommand::Add),
                (_, LgtmCommand::Remove) => Some(LgtmCommand::Remove),
            };
        }
        if hold && let Some(command) = line::hold(rest) {
            found.hold = match (found.hold, command) {
                (Some(HoldCommand::Remove), _) | (_, HoldCommand::Remove) => Some(HoldCommand::Remove),
                (_, HoldCommand::Add) => Some(HoldCommand::Add),
            };
        }
        if assign && let Some(people) = line::people(rest) {
            if people.review { &mut asked } else { &mut assigned }.take(&people);
        }
        if lifecycle {
            if let Some((remove, word)) = line::lifecycle(rest) {
                if remove { &mut found.lifecycle_remove } else { &mut found.lifecycle_add }.push(word.to_owned());
            }
            found.close |= line::close(rest).is_some();
            found.reopen |= line::reopen(rest);
        }
    }
    (found.assign, found.unassign) = assigned.split();
    (found.cc, found.uncc) = asked.split();
    if on("label") {
        (found.add_labels, found.remove_labels) = label::labels(&without_html_comments(body), rules);
    }
    if on("approve") && source != Source::Description {
        found.approve = outcome(&approve_steps(body, rules));
    }
    found
}

/// What the lgtm plugin alone reads in a text.
#[must_use]
pub fn lgtm(body: &str, rules: &ProwRules) -> Option<LgtmCommand> {
    if !rules.plugins.iter().any(|name| name == "lgtm") {
        return None;
    }
    let mut found = None;
    for start in starts(body) {
        match line::lgtm(start.rest) {
            Some(LgtmCommand::Add) => return Some(LgtmCommand::Add),
            Some(LgtmCommand::Remove) => found = Some(LgtmCommand::Remove),
            None => {}
        }
    }
    found
}

/// The steps that the approve plugin replays for a text: none where it does not keep the text (`specs/prow.md` §5
/// steps 2 and 4). In a kept text lgtm lines count even where `/lgtm` alone would not.
#[must_use]
pub fn approve_steps(body: &str, rules: &ProwRules) -> Vec<ApproveStep> {
    let (kept, steps) = all_approve_steps(body, rules);
    if kept { steps } else { Vec::new() }
}

/// The same with the steps of a text that only a review state keeps, and whether its commands keep it.
pub(super) fn all_approve_steps(body: &str, rules: &ProwRules) -> (bool, Vec<ApproveStep>) {
    let mut kept = false;
    let mut steps = Vec::new();
    for start in starts(body) {
        if let Some(found) = line::approve(start.rest) {
            kept |= !found.lgtm || rules.lgtm_acts_as_approve;
            steps.push(found.step);
        }
    }
    (kept, steps)
}

/// Names and whether they are added.
pub(super) type Mentions<'a> = Vec<(&'a str, bool)>;

/// The names of all (un)assign lines and of all (un)cc lines, in their order, and whether they are added; `""` is the
/// writer. [`parse`] gives the last word on each; who knows the writer can do better.
pub(super) fn people(body: &str) -> (Mentions<'_>, Mentions<'_>) {
    let (mut assigned, mut asked) = (Vec::new(), Vec::new());
    for found in starts(body).filter_map(|start| line::people(start.rest)) {
        let list = if found.review { &mut asked } else { &mut assigned };
        if found.names.is_empty() {
            list.push(("", found.add));
        }
        list.extend(found.names.iter().map(|name| (*name, found.add)));
    }
    (assigned, asked)
}

/// The words of all lifecycle lines, in their order, as written, and whether they are taken off.
pub(super) fn lifecycle(body: &str) -> Vec<(bool, &str)> {
    starts(body).filter_map(|start| line::lifecycle(start.rest)).collect()
}

/// Whether a text closes: `Some(true)` where `not-planned` stands in any of its lines.
pub(super) fn closes(body: &str) -> Option<bool> {
    starts(body).filter_map(|start| line::close(start.rest)).reduce(|one, other| one || other)
}

/// What one text's steps leave behind: a plain approval does not replace one with `no-issue` (`specs/prow.md` §5
/// step 5).
fn outcome(steps: &[ApproveStep]) -> Option<ApproveCommand> {
    steps.iter().fold(None, |before, step| match step {
        ApproveStep::Remove => Some(ApproveCommand::Cancel),
        ApproveStep::Add { no_issue: true, .. } => Some(ApproveCommand::NoIssue),
        ApproveStep::Add { no_issue: false, .. } => match before {
            Some(ApproveCommand::NoIssue) => before,
            Some(ApproveCommand::Approve | ApproveCommand::Cancel) | None => Some(ApproveCommand::Approve),
        },
    })
}

/// People by name; the last word on each counts, and spelling matters (`specs/prow.md` §2.5).
#[derive(Default)]
struct People {
    order: Vec<(String, bool)>,
    at: std::collections::HashMap<String, usize>,
}

impl People {
    fn take(&mut self, found: &line::PeopleLine<'_>) {
        if found.names.is_empty() {
            self.set("", found.add);
        }
        for name in &found.names {
            self.set(name, found.add);
        }
    }

    fn set(&mut self, name: &str, add: bool) {
        match self.at.get(name).and_then(|at| self.order.get_mut(*at)) {
            Some(entry) => entry.1 = add,
            None => {
                self.at.insert(name.to_owned(), self.order.len());
                self.order.push((name.to_owned(), add));
            }
        }
    }

    fn split(self) -> (Vec<String>, Vec<String>) {
        let (add, remove): (Vec<_>, Vec<_>) = self.order.into_iter().partition(|(_, add)| *add);
        let names = |list: Vec<(String, bool)>| list.into_iter().map(|(name, _)| name).collect();
        (names(add), names(remove))
    }
}

/// A line that begins with a slash.
struct Start<'a> {
    /// Counted from 1.
    line: usize,
    /// Its first byte.
    at: usize,
    /// The text from the slash to the end of the whole text: some patterns cross lines.
    rest: &'a str,
}

/// Every line with a slash in column 0. Lines end at LF alone.
fn starts(body: &str) -> impl Iterator<Item = Start<'_>> {
    let mut at = 0;
    body.split_inclusive('\n').enumerate().filter_map(move |(index, text)| {
        let begin = at;
        at += text.len();
        if !text.starts_with('/') {
            return None;
        }
        Some(Start { line: index + 1, at: begin, rest: body.get(begin..)? })
    })
}

/// The text as the label plugin reads it: HTML comments cut out (`specs/prow.md` §2.2).
fn without_html_comments(body: &str) -> Cow<'_, str> {
    let cuts = html_comments(body);
    if cuts.is_empty() {
        return Cow::Borrowed(body);
    }
    let mut left = String::with_capacity(body.len());
    let mut at = 0;
    for (from, to) in cuts {
        left.push_str(body.get(at..from).unwrap_or_default());
        at = to;
    }
    left.push_str(body.get(at..).unwrap_or_default());
    Cow::Owned(left)
}

/// Where HTML comments stand: from `<!--` to the next `-->`.
fn html_comments(body: &str) -> Vec<(usize, usize)> {
    let mut cuts = Vec::new();
    let mut at = 0;
    while let Some(open) = body.get(at..).and_then(|rest| rest.find("<!--")) {
        let from = at + open;
        let Some(close) = body.get(from + 4..).and_then(|rest| rest.find("-->")) else { break };
        at = from + 4 + close + 3;
        cuts.push((from, at));
    }
    cuts
}
