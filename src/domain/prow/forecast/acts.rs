//! What the plugins other than approve do to the copy: labels, people, open and closed. Each of them decides by what the
//! event told, not by what its neighbours have done since.

use std::collections::BTreeMap;

use super::rehearsal::{HOLD, Rehearsal};
use crate::domain::facts::{Mergeable, PullState};
use crate::domain::ids::Login;
use crate::domain::prow::command::{self, Commands, Effect, HoldCommand, Mentions};
use crate::domain::prow::lgtm::{LGTM, Outcome, Standing};

/// So many names are followed; GitHub takes ten assignees.
const MOST_PEOPLE: usize = 50;

const TRIAGE_ACCEPTED: &str = "triage/accepted";

impl Rehearsal<'_> {
    pub(super) fn act(&mut self, body: &str, commands: &Commands, outcome: Outcome) {
        self.lgtm(outcome);
        match commands.hold {
            Some(HoldCommand::Add) => self.set(HOLD),
            Some(HoldCommand::Remove) => self.unset(HOLD),
            None => {}
        }
        self.labels(commands);
        if self.on("lifecycle") {
            self.open_or_closed(body, commands);
            self.lifecycle(body);
        }
        if self.on("assign") {
            let (assigned, asked) = command::people(body);
            self.assignees(&self.settled(assigned));
            self.reviewers(&self.settled(asked));
        }
    }

    fn lgtm(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Set => self.set(LGTM),
            Outcome::Dropped => self.unset(LGTM),
            Outcome::Refused(refusal) => {
                self.warn(format!("Prow will refuse: {}{}", refusal.why(), self.guess()));
            }
            Outcome::Nothing => {}
        }
        let assigns = !self.profile.prow.skip_collaborators && self.standing != Standing::Author;
        let assigned = self.pull.assignees.contains(self.who);
        if matches!(outcome, Outcome::Set | Outcome::Dropped) && assigns && !assigned {
            self.pull.assignees.push(self.who.clone());
            self.say_effect(format!("Prow assigns @{}, as it does everybody who changes lgtm", self.who));
        }
    }

    /// The label plugin looks at the labels once, then sets, then takes off: what it sets itself stays.
    fn labels(&mut self, commands: &Commands) {
        for label in &commands.add_labels {
            let members_only = label == TRIAGE_ACCEPTED && self.standing == Standing::Outside;
            if !self.restricted(label) && !members_only {
                self.set(label);
            }
        }
        for label in &commands.remove_labels {
            if self.had(label) && !self.restricted(label) {
                self.unset(label);
            }
        }
    }

    /// Line by line, each upon what the one before has left. `lifecycle/frozen` is refused in that spelling alone.
    fn lifecycle(&mut self, body: &str) {
        const WORDS: [&str; 4] = ["active", "frozen", "stale", "rotten"];
        for (remove, written) in command::lifecycle(body) {
            let Some(word) = WORDS.into_iter().find(|word| word.eq_ignore_ascii_case(written)) else { continue };
            let label = format!("lifecycle/{word}");
            if remove {
                self.unset(&label);
            } else if written != "frozen" && !self.has(&label) {
                for other in WORDS {
                    self.unset(&format!("lifecycle/{other}"));
                }
                self.set(&label);
            }
        }
    }

    fn open_or_closed(&mut self, body: &str, commands: &Commands) {
        match self.then.state {
            PullState::Closed if commands.reopen && self.may_close(&Effect::Reopen) => {
                self.pull.state = PullState::Open;
                self.say_effect("the pull request is reopened".to_owned());
            }
            PullState::Open if command::closes(body) == Some(false) && self.may_close(&Effect::Close(false)) => {
                self.pull.state = PullState::Closed;
                self.say_effect("the pull request is closed".to_owned());
            }
            PullState::Open | PullState::Closed | PullState::Merged => {}
        }
    }

    /// The last word on each name as it is spelled; no name is the writer's.
    fn settled(&self, mentions: Mentions<'_>) -> Vec<(Login, bool)> {
        let mut settled: BTreeMap<&str, bool> = BTreeMap::new();
        for (name, add) in mentions {
            settled.insert(if name.is_empty() { self.who.as_str() } else { name }, add);
        }
        // Prow takes away first.
        let (added, removed): (Vec<_>, Vec<_>) = settled.into_iter().partition(|(_, add)| *add);
        let all = removed.into_iter().take(MOST_PEOPLE).chain(added.into_iter().take(MOST_PEOPLE));
        all.map(|(name, add)| (Login::new(name), add)).collect()
    }

    fn assignees(&mut self, people: &[(Login, bool)]) {
        for (login, add) in people {
            let assigned = self.pull.assignees.contains(login);
            if *add && !assigned {
                self.pull.assignees.push(login.clone());
                self.say_effect(format!("@{login} is assigned"));
            } else if !add && assigned {
                self.pull.assignees.retain(|known| known != login);
                self.say_effect(format!("@{login} is no longer assigned"));
            }
        }
    }

    fn reviewers(&mut self, people: &[(Login, bool)]) {
        for (login, add) in people {
            let requested = self.pull.review_requests.iter().position(|known| login.is(known));
            match (*add, requested) {
                (true, _) if self.is_author(login.as_str()) => {
                    self.warn(format!("@{login} is the author: GitHub asks no author for a review"));
                }
                (true, None) => {
                    self.pull.review_requests.push(login.as_str().to_owned());
                    self.say_effect(format!("@{login} is asked for a review"));
                }
                (true, Some(_)) => self.say_effect(format!("@{login} is asked for a review already")),
                (false, Some(at)) => {
                    self.pull.review_requests.remove(at);
                    self.say_effect(format!("@{login} is no longer asked for a review"));
                }
                (false, None) => {}
            }
        }
    }

    /// Any comment makes needs-rebase look again (`specs/prow.md` §7.10). It is no part of hook, takes its time, and
    /// may find that GitHub has changed its mind: said, not counted.
    pub(super) fn conflicts(&mut self) {
        const LABEL: &str = "needs-rebase";
        if !self.on(LABEL) || self.pull.state != PullState::Open {
            return;
        }
        match self.pull.mergeable {
            Mergeable::Mergeable if self.had(LABEL) => {
                self.say_effect("Prow looks at conflicts again: GitHub sees none, so needs-rebase goes".to_owned());
            }
            Mergeable::Conflicting if !self.had(LABEL) => {
                self.say_effect("Prow looks at conflicts again: GitHub sees one, so needs-rebase comes".to_owned());
            }
            Mergeable::Mergeable | Mergeable::Conflicting | Mergeable::Unknown => {}
        }
    }
}
