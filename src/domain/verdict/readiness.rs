//! What a proposal needs to make its release, as a list that can be ticked off: a shepherd, a target, a complete tracking
//! issue, sign-offs, approval, nothing that holds it, an open merge gate. It follows from the rest of the verdict, so its
//! sentences are written only where somebody reads them.

use serde::{Deserialize, Serialize};

use super::{Kind, ProblemCode, ShepherdHow, SignOffState, TrackerPart, Verdict};
use crate::domain::ids::{Login, SigName};
use crate::domain::prow::gate::GateState;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// What is needed.
    pub what: ReadyItem,
    /// Whether it is there.
    pub state: ReadyState,
    /// What says so, in words.
    pub why: String,
    /// The link that it rests on.
    pub event: Option<String>,
}

/// What is needed, in the order in which a proposal usually gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadyItem {
    /// Somebody shepherds it.
    Shepherd,
    /// A release is named that is not out yet.
    Target,
    /// The tracking issue is open and filled in.
    TrackingIssue,
    /// Every SIG that is asked has signed the head.
    SignOffs,
    /// Prow's approval.
    Approval,
    /// Nobody holds or vetoes it.
    NoHold,
    /// Tide would merge it.
    Gate,
}

impl ReadyItem {
    /// All, in their order.
    pub const ALL: [Self; 7] =
        [Self::Shepherd, Self::Target, Self::TrackingIssue, Self::SignOffs, Self::Approval, Self::NoHold, Self::Gate];

    /// The words on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Shepherd => "shepherd",
            Self::Target => "target",
            Self::TrackingIssue => "tracking issue",
            Self::SignOffs => "sign-offs",
            Self::Approval => "approval",
            Self::NoHold => "no hold",
            Self::Gate => "merge gate",
        }
    }
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadyState {
    /// It is.
    Done,
    /// It is not.
    Missing,
    /// Nobody can say yet: it was not read, or robots are still at it.
    Unknown,
}

impl Verdict {
    /// The list, with its reasons. Process pull requests target no release, and what has converged needs nothing.
    #[must_use]
    pub fn readiness(&self) -> Vec<Ready> {
        if !self.needs_readiness() {
            return Vec::new();
        }
        let line = |what| {
            let (why, event) = self.ready_why(what);
            Ready { what, state: self.ready_state(what), why, event }
        };
        ReadyItem::ALL.into_iter().map(line).collect()
    }

    /// Everything on the list is there.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.needs_readiness() && ReadyItem::ALL.into_iter().all(|what| self.ready_state(what) == ReadyState::Done)
    }

    /// What is not there, of what the merge needs. An untidy tracking issue keeps nobody from merging.
    pub(super) fn missing_for_merge(&self) -> Vec<ReadyItem> {
        let needed = ReadyItem::ALL.into_iter().filter(|what| *what != ReadyItem::TrackingIssue);
        needed.filter(|what| self.ready_state(*what) == ReadyState::Missing).collect()
    }

    pub(super) fn needs_readiness(&self) -> bool {
        !self.converged && self.kind != Kind::Process
    }

    fn ready_state(&self, what: ReadyItem) -> ReadyState {
        let done = match what {
            ReadyItem::Shepherd => !self.shepherds.is_empty(),
            ReadyItem::Target => self.release.is_some() && !self.has_problem(ProblemCode::TargetInThePast),
            ReadyItem::TrackingIssue => match &self.tracking_issue {
                Some(issue) if issue.state.is_none() => return ReadyState::Unknown,
                Some(issue) => issue.lacks.is_empty() && !self.has_problem(ProblemCode::TrackingIssueClosed),
                None => false,
            },
            ReadyItem::SignOffs => self.signoffs.iter().all(|(_, signoff)| signoff.state == SignOffState::Signed),
            ReadyItem::Approval => self.approval.approved,
            ReadyItem::NoHold => self.hold.is_none() && self.vetoes.is_empty() && !self.gate_holds(),
            ReadyItem::Gate => match self.gate.state {
                GateState::InPool | GateState::Merged => true,
                GateState::Closed => false,
                GateState::Blocked if self.gate.blockers.iter().all(|name| name.starts_with("check-pending:")) => {
                    return ReadyState::Unknown;
                }
                GateState::Blocked => false,
            },
        };
        if done { ReadyState::Done } else { ReadyState::Missing }
    }

    fn has_problem(&self, code: ProblemCode) -> bool {
        self.problems.iter().any(|problem| problem.code == code)
    }

    fn gate_holds(&self) -> bool {
        self.gate.blockers.iter().any(|name| name == "held")
    }

    fn ready_why(&self, what: ReadyItem) -> (String, Option<String>) {
        match what {
            ReadyItem::Shepherd => self.shepherd_why(),
            ReadyItem::Target => (self.target_why(), None),
            ReadyItem::TrackingIssue => self.tracking_why(),
            ReadyItem::SignOffs => (self.signoffs_why(), None),
            ReadyItem::Approval => self.approval_why(),
            ReadyItem::NoHold => self.hold_why(),
            ReadyItem::Gate => (self.gate_why(), None),
        }
    }

    fn shepherd_why(&self) -> (String, Option<String>) {
        let Some(first) = self.shepherds.first() else {
            return ("nobody; `/assign` names somebody".to_owned(), None);
        };
        let names = self.shepherds.iter().map(|it| it.login.as_str()).collect::<Vec<_>>().join(", ");
        let how = match first.how {
            ShepherdHow::Assigned => "assigned",
            ShepherdHow::FrontMatter => "named in the document",
            ShepherdHow::Volunteered => "volunteered with `/cc`",
            ShepherdHow::Acting => "acts as shepherd, not assigned",
        };
        (format!("{names}: {how}"), first.event.clone())
    }

    fn target_why(&self) -> String {
        let Some(release) = &self.release else { return "no release is named".to_owned() };
        let who: Vec<&str> =
            self.release_sources.iter().filter(|source| source.says(release)).map(|it| it.source.word()).collect();
        let said = if who.is_empty() { String::new() } else { format!(", says {}", who.join(", so does ")) };
        let is_out = self.has_problem(ProblemCode::TargetInThePast);
        let past = if is_out { ", which is out already" } else { "" };
        let freeze = match &self.freeze {
            None if is_out => String::new(),
            None => "; no schedule names its freeze yet".to_owned(),
            Some(freeze) if freeze.days >= 0 => format!("; {} on {} (in {} d)", freeze.what, freeze.at, freeze.days),
            Some(freeze) => format!("; {} was on {} ({} d ago)", freeze.what, freeze.at, -freeze.days),
        };
        format!("{release}{said}{past}{freeze}")
    }

    fn tracking_why(&self) -> (String, Option<String>) {
        let Some(issue) = &self.tracking_issue else { return ("none is linked".to_owned(), None) };
        let number = issue.number;
        let why = if issue.state.is_none() {
            format!("#{number} has not been read")
        } else if self.has_problem(ProblemCode::TrackingIssueClosed) {
            format!("#{number} is closed")
        } else if issue.lacks.is_empty() {
            format!("#{number} is open and filled in")
        } else {
            let parts: Vec<&str> = issue.lacks.iter().map(|part| TrackerPart::word(*part)).collect();
            format!("#{number} lacks {}", parts.join(", "))
        };
        (why, issue.url.clone())
    }

    fn signoffs_why(&self) -> String {
        let of = |state: SignOffState| -> Vec<&SigName> {
            self.signoffs.iter().filter(|(_, signoff)| signoff.state == state).map(|(sig, _)| sig).collect()
        };
        let mut parts = Vec::new();
        for (state, word) in [
            (SignOffState::Signed, "signed"),
            (SignOffState::Vetoed, "vetoed"),
            (SignOffState::Stale, "stale"),
            (SignOffState::Missing, "missing"),
        ] {
            let sigs = of(state);
            if !sigs.is_empty() {
                parts.push(format!("{word}: {}", sigs.iter().map(|sig| sig.as_str()).collect::<Vec<_>>().join(", ")));
            }
        }
        if parts.is_empty() { "none is asked".to_owned() } else { parts.join("; ") }
    }

    fn approval_why(&self) -> (String, Option<String>) {
        if self.approval.approved {
            let with_power = || self.approval.by.iter().filter(|by| by.has_power);
            let by: Vec<&str> = with_power().map(|by| by.login.as_str()).collect();
            let why = if by.is_empty() { "approved".to_owned() } else { format!("approved by {}", by.join(", ")) };
            return (why, with_power().next_back().and_then(|by| by.event.clone()));
        }
        let needs: Vec<String> = self
            .approval
            .needs
            .iter()
            .map(|need| {
                let most = 4;
                let names: Vec<&str> = need.any_of.iter().take(most).map(Login::as_str).collect();
                let more = need.any_of.len().saturating_sub(most);
                let more = if more > 0 { format!(" or {more} more") } else { String::new() };
                format!("{} needs {}{more}", need.owners, names.join(" or "))
            })
            .collect();
        (if needs.is_empty() { "not approved".to_owned() } else { needs.join("; ") }, None)
    }

    fn hold_why(&self) -> (String, Option<String>) {
        if let Some(veto) = self.vetoes.first() {
            return (format!("{} vetoes it", veto.by), veto.event.clone());
        }
        match &self.hold {
            Some(hold) => {
                let by = hold.by.as_ref().map_or("somebody", Login::as_str);
                let reason = if hold.reason.is_empty() { "without a reason" } else { hold.reason.as_str() };
                (format!("{by} holds it: {reason}"), hold.event.clone())
            }
            None if self.gate_holds() => ("the hold label is set".to_owned(), None),
            None => ("nobody holds it".to_owned(), None),
        }
    }

    fn gate_why(&self) -> String {
        match self.gate.state {
            GateState::InPool => "Tide would merge it".to_owned(),
            GateState::Merged => "merged".to_owned(),
            GateState::Closed => "closed".to_owned(),
            GateState::Blocked => self.gate.blockers.join(", "),
        }
    }
}

/// Whether the release is at risk, and why. `near` is the profile's number of days before a freeze.
pub(super) fn risk(verdict: &Verdict, near: i64, out: bool) -> Option<String> {
    let freeze = verdict.freeze.as_ref().filter(|freeze| freeze.days <= near && !out)?;
    if !verdict.needs_readiness() {
        return None;
    }
    let missing = verdict.missing_for_merge();
    if missing.is_empty() && freeze.days >= 0 {
        return None;
    }
    let what = match freeze.days {
        0 => format!("the {} of {} is today", freeze.what, freeze.release),
        1.. => format!("the {} of {} is {} days away", freeze.what, freeze.release, freeze.days),
        _ => format!("the {} of {} was {} days ago: it needs an exception", freeze.what, freeze.release, -freeze.days),
    };
    if missing.is_empty() {
        return Some(what);
    }
    let missing: Vec<&str> = missing.into_iter().map(ReadyItem::word).collect();
    Some(format!("{what}; not there yet: {}", missing.join(", ")))
}
