//! What is looked at again right before something goes out. The user decided on what they had read; where the world
//! has moved on since in a way that matters for *this* act, it is parked and they decide again.

use crate::domain::action::{Action, Intent};
use crate::domain::facts::{PullFacts, PullState, ReviewState};
use crate::domain::ids::Login;
use crate::domain::profile::Profile;
use crate::domain::prow::command::{self, ApproveCommand, HoldCommand, LgtmCommand, Source};
use crate::domain::text;
use crate::domain::verdict::Verdict;
use crate::shell::store::Read;

/// What the act says about the proposal, which decides what can get in its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// Yes: lgtm, approve, lifting a hold. A new head or a new objection matters.
    Yes,
    /// No, or not yet: veto, hold. A new head may have answered it.
    No,
    /// Neither: talk, assignments.
    Nothing,
}

/// What stands against a proposal now, as keys that do not change while it stands.
#[must_use]
pub fn read(pull: &PullFacts, verdict: &Verdict) -> Read {
    Read { open: pull.state == PullState::Open, against: against(verdict).into_iter().map(|(key, _)| key).collect() }
}

/// Why the intent must not go out as it is; `None` where it may.
#[must_use]
pub fn obstacle(
    intent: &Intent,
    read: &Read,
    pull: &PullFacts,
    verdict: &Verdict,
    viewer: Option<&Login>,
    profile: &Profile,
) -> Option<String> {
    let says = says(&intent.action, profile);
    match pull.state {
        PullState::Merged if read.open || says != Says::Nothing => return Some(format!("{} was merged", pull.number)),
        PullState::Closed if read.open || says != Says::Nothing => return Some(format!("{} was closed", pull.number)),
        PullState::Open | PullState::Merged | PullState::Closed => {}
    }
    if says != Says::Nothing && intent.head != pull.head {
        return Some(format!(
            "the head moved since you read it: you read {}, it is now {}",
            text::sanitize_line(intent.head.short()),
            text::sanitize_line(pull.head.short())
        ));
    }
    if says == Says::Yes {
        let others = against(verdict).into_iter().filter(|(key, _)| !read.against.contains(key));
        if let Some((_, sentence)) = others.into_iter().find(|(key, _)| !viewer.is_some_and(|me| is_of(key, me))) {
            return Some(format!("since you read it, {sentence}"));
        }
    }
    already(&intent.action, pull, verdict, viewer?)
}

fn says(action: &Action, profile: &Profile) -> Says {
    match action {
        Action::Lgtm { .. } | Action::Approve { .. } | Action::Unhold { .. } | Action::Unveto { .. } => Says::Yes,
        Action::Veto { .. } | Action::Hold { .. } => Says::No,
        Action::Comment { text } | Action::Reply { text, .. } => {
            let found = command::parse(text, Source::Comment, &profile.prow);
            let yes = found.lgtm == Some(LgtmCommand::Add)
                || found.approve == Some(ApproveCommand::Approve)
                || found.hold == Some(HoldCommand::Remove);
            if yes { Says::Yes } else { Says::Nothing }
        }
        Action::Assign { .. } | Action::Unassign { .. } | Action::Cc { .. } | Action::Resolve { .. } => Says::Nothing,
    }
}

/// The same sign-off twice tells nobody anything, and sends everybody a mail.
fn already(action: &Action, pull: &PullFacts, verdict: &Verdict, me: &Login) -> Option<String> {
    let signed = pull.reviews.iter().any(|review| {
        review.state == ReviewState::Approved
            && review.commit.as_ref() == Some(&pull.head)
            && review.author.as_ref().is_some_and(|author| author.login == *me)
    });
    let approved = verdict.approval.by.iter().any(|approver| approver.login == *me);
    match action {
        Action::Lgtm { .. } if signed => Some("you have signed off this very head already".to_owned()),
        Action::Approve { own: false, .. } if signed && approved => {
            Some("you have approved this very head already".to_owned())
        }
        Action::Approve { own: true, .. } if approved => Some("your approval stands already".to_owned()),
        _ => None,
    }
}

fn against(verdict: &Verdict) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for veto in &verdict.vetoes {
        let reason = text::truncate(&text::sanitize_line(&veto.reason), 120);
        found.push((format!("veto {} {}", veto.by.key(), veto.at), format!("{} vetoed it: {reason}", veto.by)));
    }
    for objection in &verdict.objections {
        let reason = text::truncate(&text::sanitize_line(&objection.reason), 120);
        found.push((
            format!("objection {} {}", objection.by.key(), objection.at),
            format!("{} objected: {reason}", objection.by),
        ));
    }
    if let Some(hold) = &verdict.hold {
        let by = hold.by.as_ref().map_or_else(|| "somebody".to_owned(), ToString::to_string);
        let reason = text::truncate(&text::sanitize_line(&hold.reason), 120);
        let colon = if reason.is_empty() { "" } else { ": " };
        found.push((
            format!("hold {} {}", by.to_ascii_lowercase(), hold.at),
            format!("{by} put it on hold{colon}{reason}"),
        ));
    }
    found
}

fn is_of(key: &str, me: &Login) -> bool {
    key.split(' ').nth(1).is_some_and(|by| me.is(by))
}
