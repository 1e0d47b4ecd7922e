//! What machines say of a head commit: commit statuses, check runs, and GitHub's word on conflicts.

use jiff::Timestamp;

use super::item::{Check, CheckKind};
use super::{ItemRef, World};
use crate::domain::facts::Mergeable;

impl World {
    /// Says what GitHub computes of conflicts. It bumps nothing, as on GitHub.
    pub fn set_mergeable(&mut self, pull: &ItemRef, mergeable: Mergeable) {
        if let Some(part) = self.item_mut(pull).and_then(|item| item.pull.as_mut()) {
            part.mergeable = mergeable;
        }
        let at = self.item(pull).map(|item| item.updated_at);
        if let Some(at) = at {
            self.wake_tide(pull, at);
        }
    }

    /// Sets a commit status (SUCCESS, PENDING, FAILURE, ERROR) on the head. Statuses bump nothing, as on GitHub.
    pub fn status(&mut self, pull: &ItemRef, at: Timestamp, name: &str, state: &str, description: &str) {
        let description = (!description.is_empty()).then(|| description.to_owned());
        self.check(pull, at, name, CheckKind::Status(state.to_owned()), description);
    }

    /// Sets a check run on the head: `IN_PROGRESS` without a conclusion, else COMPLETED.
    pub fn check_run(&mut self, pull: &ItemRef, at: Timestamp, name: &str, conclusion: Option<&str>) {
        let status = if conclusion.is_some() { "COMPLETED" } else { "IN_PROGRESS" };
        self.check(pull, at, name, CheckKind::Run(status.to_owned(), conclusion.map(str::to_owned)), None);
    }

    fn check(&mut self, pull: &ItemRef, at: Timestamp, name: &str, kind: CheckKind, description: Option<String>) {
        let id = self.next_id();
        let Some(head) = self.item(pull).and_then(|item| item.pull.as_ref()).map(|part| part.head_oid.clone()) else {
            return;
        };
        let Some(repo) = self.repos.get_mut(&pull.repo) else { return };
        let checks = repo.checks.entry(head).or_default();
        let known =
            checks.iter().any(|check| check.name == name && check.kind == kind && check.description == description);
        if known {
            return;
        }
        checks.retain(|check| check.name != name);
        let url = matches!(kind, CheckKind::Status(_)).then(|| format!("https://prow.example.org/{name}"));
        checks.push(Check { name: name.to_owned(), kind, description, url, at, id });
        if name != "tide" {
            self.wake_tide(pull, at);
        }
    }
}
