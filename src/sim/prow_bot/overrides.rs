//! The override plugin at work: checks turned green by those who may, and red again (`specs/prow.md` §7.11).

use super::say::Heard;
use crate::domain::prow::command::CommandLine;
use crate::sim::world::{CheckKind, ItemRef, Permission, World};

/// How the description of an overridden status begins.
const OVERRIDDEN: &str = "Overridden by";

/// The three commands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cancel,
    Sticky,
    Plain,
}

impl Kind {
    fn of(text: &str) -> Self {
        match text.split([' ', '\r']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "/override-cancel" => Self::Cancel,
            "/override-sticky" => Self::Sticky,
            _ => Self::Plain,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cancel => "/override-cancel",
            Self::Sticky => "/override-sticky",
            Self::Plain => "/override",
        }
    }
}

impl World {
    /// Cancels first, then the sticky ones, then the plain ones.
    pub(super) fn obey_overrides(&mut self, heard: &Heard<'_>, effects: &[CommandLine], body: &str, anchor: &str) {
        for kind in [Kind::Cancel, Kind::Sticky, Kind::Plain] {
            let mut lines = effects.iter().filter(|line| line.plugin == "override" && Kind::of(&line.text) == kind);
            let mut names: Vec<Vec<String>> = Vec::new();
            for line in lines.by_ref() {
                names.push(arguments(&line.text));
            }
            if names.is_empty() {
                continue;
            }
            let answer = self.overridden(heard, kind, &names);
            self.refuse(heard, &answer, body, anchor);
        }
    }

    fn overridden(&mut self, heard: &Heard<'_>, kind: Kind, lines: &[Vec<String>]) -> String {
        let (word, who) = (kind.name(), heard.actor);
        if kind != Kind::Cancel && lines.iter().any(Vec::is_empty) {
            return format!("{word} requires failed status contexts to operate on, but none was given");
        }
        if !self.may_override(heard) {
            return format!(
                "{who} unauthorized: {word} is restricted to Repo administrators, approvers in top level OWNERS file."
            );
        }
        let names: Vec<&String> = lines.iter().flatten().collect();
        let (targets, state, done) = match kind {
            Kind::Cancel => (self.contexts(heard.item, true), "FAILURE", "Cancelled overrides on behalf of"),
            Kind::Sticky | Kind::Plain => {
                (self.contexts(heard.item, false), "SUCCESS", "Overrode contexts on behalf of")
            }
        };
        let unknown: Vec<String> =
            names.iter().filter(|name| !targets.contains(name)).map(|name| format!(" - `{name}`")).collect();
        if !unknown.is_empty() {
            let known: Vec<String> = targets.iter().map(|name| format!(" - `{name}`")).collect();
            return format!(
                "{word} requires failed status contexts, check runs or a prowjob name to operate on.\n\
                 The following unknown contexts/checkruns were given:\n{}\n\n\
                 Only the following failed contexts/checkruns were expected:\n{}",
                unknown.join("\n"),
                known.join("\n"),
            );
        }
        let chosen: Vec<String> =
            targets.into_iter().filter(|name| names.is_empty() || names.contains(&name)).collect();
        let description = match kind {
            Kind::Cancel => format!("Override cancelled by {who}"),
            Kind::Sticky | Kind::Plain => format!("{OVERRIDDEN} {who}"),
        };
        for name in &chosen {
            self.status(heard.item, heard.at, name, state, &description);
        }
        format!("{done} {who}: {}", chosen.join(", "))
    }

    /// Administrators, and approvers of the root's OWNERS.
    fn may_override(&mut self, heard: &Heard<'_>) -> bool {
        let permission = self.repos.get(&heard.item.repo).and_then(|repo| self.permission(repo, heard.actor));
        permission == Some(Permission::Admin) || self.owners(heard.item).root_approvers().contains(heard.actor)
    }

    /// Names of checks on the head that are not green, or that were made so. Tide's own is nobody's to turn.
    fn contexts(&self, item: &ItemRef, overridden: bool) -> Vec<String> {
        let Some(repo) = self.repos.get(&item.repo) else { return Vec::new() };
        let head = repo.items.get(&item.number).and_then(|state| state.pull.as_ref()).map(|pull| &pull.head_oid);
        let checks = head.and_then(|head| repo.checks.get(head)).into_iter().flatten();
        let wanted = checks.filter(|check| match overridden {
            true => check.description.as_deref().is_some_and(|text| text.starts_with(OVERRIDDEN)),
            false => check.name != "tide" && !check.kind.is_success() && !matches!(check.kind, CheckKind::Run(_, None)),
        });
        let mut names: Vec<String> = wanted.map(|check| check.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// The words after the command; double quotes keep words together.
fn arguments(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let rest = text.split_once(' ').map_or("", |(_, rest)| rest);
    for c in rest.chars().chain([' ']) {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => {
                let done = std::mem::take(&mut word);
                if !done.trim().is_empty() {
                    words.push(done.trim().to_owned());
                }
            }
            c => word.push(c),
        }
    }
    if !word.trim().is_empty() {
        words.push(word.trim().to_owned());
    }
    words
}
