//! What the rehearsed texts mean to the process: sign-offs, vetoes and holds (`process.md` §3), by deriving the verdict
//! of the pull request as it is and of the copy.

use super::SignOffChange;
use super::rehearsal::Rehearsal;
use crate::domain::board::Viewer;
use crate::domain::facts::PullState;
use crate::domain::ids::{Login, SigName};
use crate::domain::schedule::Schedules;
use crate::domain::verdict::{Context, Objection, SignOff, SignOffState, Verdict, Via, derive};

impl Rehearsal<'_> {
    /// Says what changes.
    pub(super) fn process(&mut self) {
        if self.pull.state == PullState::Merged {
            return;
        }
        let (schedules, viewer) = (Schedules::default(), Viewer::default());
        let context = Context {
            facts: self.background.facts,
            profile: self.profile,
            roster: self.background.roster,
            owners: self.tree,
            schedules: &schedules,
            viewer: &viewer,
            now: self.now,
        };
        let (before, after) = (derive(&context, self.before), derive(&context, &self.pull));
        self.signoffs(&before, &after);
        self.objections(&before, &after);
        let conditional = |verdict: &Verdict| verdict.hold.as_ref().is_some_and(|hold| hold.conditional_approval);
        if conditional(&after) && !conditional(&before) {
            self.say_effect("approved and held in one breath: a conditional approval".to_owned());
        }
    }

    fn signoffs(&mut self, before: &Verdict, after: &Verdict) {
        for (sig, now) in &after.signoffs {
            let Some((_, was)) = before.signoffs.iter().find(|(known, _)| known == sig) else { continue };
            if was.state != now.state {
                self.found.signoffs.push(SignOffChange { sig: sig.clone(), before: was.state, after: now.state });
            }
            if let Some(sentence) = signoff(sig, was, now) {
                self.say_effect(sentence);
            }
        }
    }

    fn objections(&mut self, before: &Verdict, after: &Verdict) {
        let new = |list: &[Objection], known: &[Objection]| -> Vec<Objection> {
            list.iter()
                .filter(|one| !known.iter().any(|other| other.by == one.by && other.at == one.at))
                .cloned()
                .collect()
        };
        for veto in new(&after.vetoes, &before.vetoes) {
            let said = match veto.via {
                Via::Hold => "this hold is contested: it counts as a veto until its holder lifts it",
                Via::Review => "this change request counts as a veto until its giver approves or lifts it",
                Via::Comment => "this counts as a veto until its giver lifts it",
            };
            let already = if before.vetoes.iter().any(|known| known.by == veto.by) { " (a further one)" } else { "" };
            self.say_effect(format!("{said}{already}"));
        }
        for veto in &before.vetoes {
            if !after.vetoes.iter().any(|known| known.by == veto.by) {
                self.say_effect(format!("the veto of @{} is lifted", veto.by));
            }
        }
        for objection in new(&after.objections, &before.objections) {
            let theirs = if objection.by == *self.who { "your" } else { "their" };
            self.say_effect(format!(
                "this counts as {theirs} objection, and blocks nothing by itself: @{} has no say",
                objection.by
            ));
        }
        for objection in &before.objections {
            if !after.objections.iter().any(|known| known.by == objection.by) {
                self.say_effect(format!("the objection of @{} ends", objection.by));
            }
        }
    }
}

/// One sign-off's change in words. None where nothing changes but a time.
fn signoff(sig: &SigName, was: &SignOff, now: &SignOff) -> Option<String> {
    let names = |logins: &[Login]| logins.iter().map(|login| format!("@{login}")).collect::<Vec<_>>().join(", ");
    match (was.state, now.state) {
        (SignOffState::Signed, SignOffState::Signed) => {
            let new: Vec<Login> = now.by.iter().filter(|login| !was.by.contains(login)).cloned().collect();
            (!new.is_empty()).then(|| format!("SIG {sig} has a further sign-off, by {}", names(&new)))
        }
        (SignOffState::Stale, SignOffState::Stale)
        | (SignOffState::Missing, SignOffState::Missing)
        | (SignOffState::Vetoed, SignOffState::Vetoed) => None,
        (SignOffState::Stale, SignOffState::Signed) => {
            Some(format!("SIG {sig} signs off on this head again, by {}", names(&now.by)))
        }
        (_, SignOffState::Signed) => Some(format!("SIG {sig} signs off, by {}", names(&now.by))),
        (_, SignOffState::Vetoed) => Some(format!("SIG {sig} stands against it, by {}", names(&now.by))),
        (_, SignOffState::Stale) => {
            Some(format!("the sign-off of SIG {sig} is an older head's, by {}", names(&now.by)))
        }
        (_, SignOffState::Missing) => Some(format!("the sign-off of SIG {sig} is missing then")),
    }
}
