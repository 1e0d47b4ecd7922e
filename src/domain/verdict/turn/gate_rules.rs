//! Rules 1, 2, 5, 9, 10 and 12: what labels, checks and OWNERS say (`process.md` §3).

use jiff::Timestamp;

use super::super::frame::Frame;
use super::super::people::PersonId;
use super::super::timeline::Deed;
use super::super::{Rule, SignOffState, Waiting};
use super::Turn;
use crate::domain::facts::{CheckFacts, CheckState, Mergeable};
use crate::domain::ids::Login;
use crate::domain::prow::gate::GateState;

/// The check that Tide itself posts: it is the gate, not a check.
const TIDE: &str = "tide";

/// Labels by which Prow asks the author to mend something, and what it is.
const TO_MEND: [(&str, &str); 4] = [
    ("needs-rebase", "it needs a rebase"),
    ("dco-signoff: no", "a commit lacks its Signed-off-by line"),
    ("do-not-merge/invalid-commit-message", "a commit message or the title closes an issue by keyword"),
    ("do-not-merge/invalid-owners-file", "an OWNERS file is invalid"),
];

/// `WIP` in a title, as Prow reads it (`specs/prow.md` §7.4): an optional single non-word character, `WIP`, a non-word
/// character.
fn is_wip(title: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let rest = match title.chars().next() {
        Some(first) if !is_word(first) => title.get(first.len_utf8()..).unwrap_or(""),
        _ => title,
    };
    let is_wip = rest.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("wip"));
    is_wip && rest.get(3..).and_then(|rest| rest.chars().next()).is_some_and(|c| !is_word(c))
}

/// The state of one named check: of several with one name the best counts, as for Tide.
fn worst_of(checks: &[CheckFacts], wanted: CheckState) -> Vec<&CheckFacts> {
    let rank = |state: CheckState| match state {
        CheckState::Success => 0,
        CheckState::Pending => 1,
        CheckState::Failure => 2,
    };
    let mut found: Vec<&CheckFacts> = checks
        .iter()
        .filter(|check| check.name != TIDE && check.state == wanted)
        .filter(|check| !checks.iter().any(|other| other.name == check.name && rank(other.state) < rank(check.state)))
        .collect();
    found.sort_by(|left, right| left.at.cmp(&right.at).then_with(|| left.name.cmp(&right.name)));
    found
}

/// Failed checks other than `tide`, oldest first.
pub(in super::super) fn failing_checks(checks: &[CheckFacts]) -> Vec<&CheckFacts> {
    worst_of(checks, CheckState::Failure)
}

/// The newest event that set (or took off) a label.
fn label_event(frame: &Frame<'_>, label: &str, set: bool) -> Option<usize> {
    frame.timeline.acts.iter().rposition(|act| match act.deed {
        Deed::Labeled(name) => set && name == label,
        Deed::Unlabeled(name) => !set && name == label,
        _ => false,
    })
}

impl Turn<'_, '_> {
    /// 1: draft or WIP title → author. Since it last became one of the two.
    pub(super) fn draft(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        let wip = is_wip(&frame.pull.title);
        if !frame.pull.draft && !wip {
            return;
        }
        // Backwards from today: the run began with the event before which it was neither.
        let (mut draft, mut titled, mut began) = (frame.pull.draft, wip, 0);
        for (index, act) in frame.timeline.acts.iter().enumerate().rev() {
            match act.deed {
                Deed::Drafted => draft = false,
                Deed::Ready => draft = true,
                Deed::Retitled { from, .. } => titled = is_wip(from),
                _ => continue,
            }
            if !draft && !titled {
                began = index;
                break;
            }
        }
        let day = frame.day_of(began);
        let why = match (frame.pull.draft, began) {
            (true, 0) => format!("opened as a draft on {day}"),
            (true, _) => format!("a draft since {day}"),
            (false, 0) => format!("the title says WIP since it was opened on {day}"),
            (false, _) => format!("the title says WIP since {day}"),
        };
        list.push(self.author_entry(Rule::Draft, why, began));
    }

    /// 2: something for the author to mend; since the oldest cause that still stands.
    pub(super) fn fix(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        let newest_push = frame.timeline.newest_push().unwrap_or(0);
        let mut causes: Vec<(Timestamp, Option<String>, String)> = Vec::new();
        for (label, what) in TO_MEND {
            if frame.pull.labels.iter().any(|name| name == label) {
                let event = label_event(frame, label, true).unwrap_or(newest_push);
                causes.push((frame.timeline.at(event), frame.timeline.link(event), what.to_owned()));
            }
        }
        let needs_rebase = frame.pull.labels.iter().any(|name| name == "needs-rebase");
        if frame.pull.mergeable == Mergeable::Conflicting && !needs_rebase {
            // GitHub does not say since when; it was no earlier than the newest push.
            causes.push((
                frame.timeline.at(newest_push),
                frame.timeline.link(newest_push),
                "it conflicts with its base".to_owned(),
            ));
        }
        for check in failing_checks(&frame.pull.checks) {
            let at = check.at.unwrap_or_else(|| frame.timeline.at(newest_push));
            causes.push((at, check.url.clone(), format!("the check {} failed", check.name)));
        }
        causes.sort_by(|left, right| left.0.cmp(&right.0).then_with(|| left.2.cmp(&right.2)));
        let Some((since, event, _)) = causes.first().cloned() else { return };
        let mut what: Vec<String> = causes.into_iter().map(|(_, _, what)| what).collect();
        what.dedup();
        let why = format!("{}, since {}", what.join("; "), frame.day(since));
        let mut entry = self.author_entry(Rule::Fix, why, 0);
        (entry.since, entry.event) = (since, event);
        list.push(entry);
    }

    /// 5: the merge gate is open.
    pub(super) fn bots(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        if frame.gate.state != GateState::InPool {
            return;
        }
        let tide = &frame.context.profile.tide;
        let set = tide.required_labels.iter().filter_map(|label| label_event(frame, label, true));
        let off = tide.blocking_labels.iter().filter_map(|label| label_event(frame, label, false));
        let opened = set.chain(off).chain([frame.opened()]).max().unwrap_or(0);
        let at = frame.timeline.at(opened);
        let checked = frame.pull.checks.iter().filter(|check| check.name != TIDE).filter_map(|check| check.at).max();
        let since = checked.map_or(at, |checked| checked.max(at));
        let why = format!("nothing blocks the merge since {}; Tide merges it", frame.day(since));
        list.push(self.automation_entry(Rule::Bots, why, opened, since));
    }

    /// 9: not approved → the people that OWNERS need, other than the author.
    pub(super) fn approval(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        if frame.approval.approved {
            return;
        }
        let author = frame.people.author_login();
        let mut people: Vec<(&Login, &str)> = Vec::new();
        for need in &frame.approval.needs {
            for login in &need.any_of {
                if Some(login) != author && !people.iter().any(|(other, _)| *other == login) {
                    people.push((login, &need.owners));
                }
            }
        }
        people.sort_by_key(|(login, _)| frame.order_of(login));
        let event = label_event(frame, "approved", false).unwrap_or(0).max(frame.opened());
        for (login, owners) in people {
            let why = format!("not approved: {login} can approve by {owners}");
            list.push(self.person_entry(Rule::Approval, login, why, event));
        }
    }

    /// 10: each SIG whose sign-off is missing or stale.
    pub(super) fn sign_off(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        for (sig, signoff) in self.signoffs {
            let (event, why) = match signoff.state {
                SignOffState::Signed | SignOffState::Vetoed => continue,
                SignOffState::Missing => {
                    let event = self.withdrawn(sig.as_str()).unwrap_or(0).max(frame.opened());
                    (event, format!("nobody who represents {sig} has signed off"))
                }
                SignOffState::Stale => {
                    let pushes = match signoff.pushes_since {
                        1 => "a push".to_owned(),
                        many => format!("{many} pushes"),
                    };
                    let by = signoff.by.first().map_or("somebody", Login::as_str);
                    let at = signoff.at.unwrap_or(frame.pull.created_at);
                    let push = frame.timeline.pushes.iter().copied().find(|push| frame.timeline.at(*push) > at);
                    let event = push.or(frame.timeline.newest_push()).unwrap_or(0);
                    let day = frame.day_of(event);
                    (
                        event,
                        format!("{by}'s sign-off of {} is stale: {pushes} since, the first on {day}", frame.day(at)),
                    )
                }
            };
            list.push(self.sig_entry(Rule::SignOff, sig, why, event));
        }
    }

    /// The newest act by which a representative took a positive word back, or ended an objection without one.
    fn withdrawn(&self, sig: &str) -> Option<usize> {
        let frame = self.frame;
        let represents = |who: PersonId| {
            let person = frame.people.get(who);
            !person.author && person.sigs.iter().any(|other| other.as_str() == sig)
        };
        let taken = frame
            .timeline
            .texts()
            .rev()
            .find(|(_, _, who, said)| {
                represents(*who) && [said.lgtm, said.approve].contains(&Some(super::super::timeline::Give::TakenBack))
            })
            .map(|(index, ..)| index);
        let lifted = frame.standing.raised.iter().filter(|raised| represents(raised.by)).filter_map(|raised| {
            let ended = raised.ended?;
            Some(frame.timeline.acts.partition_point(|act| act.at < ended.at))
        });
        taken.into_iter().chain(lifted).max()
    }

    /// 12: checks still running.
    pub(super) fn checks(&self, list: &mut Vec<Waiting>) {
        let frame = self.frame;
        let running = worst_of(&frame.pull.checks, CheckState::Pending);
        let Some(first) = running.first() else { return };
        let newest_push = frame.timeline.newest_push().unwrap_or(0);
        let since = first.at.unwrap_or_else(|| frame.timeline.at(newest_push));
        let names: Vec<&str> = running.iter().map(|check| check.name.as_str()).collect();
        let why = format!("checks still running: {}", names.join(", "));
        let mut entry = self.automation_entry(Rule::Checks, why, newest_push, since);
        entry.event = first.url.clone();
        list.push(entry);
    }
}
