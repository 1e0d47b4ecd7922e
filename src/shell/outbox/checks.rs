//! What is looked at again right before something goes out. The user decided on what they had read; where the world
//! has moved on since in a way that matters for *this* act, it is parked and they decide again.

use crate::app::available::held;
use crate::domain::action::{Action, Intent};
use crate::domain::facts::{PullFacts, PullState, ReviewFacts, ReviewState};
use crate::domain::ids::Login;
use crate::domain::profile::Profile;
use crate::domain::prow::command::{self, ApproveCommand, HoldCommand, LgtmCommand, Source};
use crate::domain::text;
use crate::domain::verdict::Verdict;
use crate::shell::store::Read;

/// How the key of a hold begins.
const HOLD: &str = "hold ";

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

/// How things are now.
#[derive(Clone, Debug)]
pub struct Now<'a> {
    /// The proposal.
    pub pull: &'a PullFacts,
    /// What it means.
    pub verdict: &'a Verdict,
    /// Who sends.
    pub me: &'a Login,
    /// What they may do in the repository, in GitHub's words, where it said so.
    pub permission: Option<String>,
}

/// Why the intent must not go out as it is: everything, because whoever sends it anyway must have read all of it.
#[must_use]
pub fn obstacles(intent: &Intent, read: &Read, now: &Now<'_>, profile: &Profile) -> Vec<String> {
    let says = says(&intent.action, profile);
    let pull = now.pull;
    let mut found = Vec::new();
    match pull.state {
        PullState::Merged if read.open || says != Says::Nothing => found.push(format!("{} was merged", pull.number)),
        PullState::Closed if read.open || says != Says::Nothing => found.push(format!("{} was closed", pull.number)),
        PullState::Open | PullState::Merged | PullState::Closed => {}
    }
    let writes = matches!(now.permission.as_deref(), Some("WRITE" | "MAINTAIN" | "ADMIN"));
    if pull.locked && !writes && !matches!(intent.action, Action::Resolve { .. }) {
        found.push("its conversation was locked: GitHub takes words from collaborators only".to_owned());
    }
    if says != Says::Nothing && intent.head != pull.head {
        found.push(format!(
            "the head moved since you read it: you read {}, it is now {}",
            text::sanitize_line(intent.head.short()),
            text::sanitize_line(pull.head.short())
        ));
    }
    if says == Says::Yes {
        let others = against(now.verdict).into_iter();
        let news = others.filter(|(key, _)| !read.against.contains(key) && !is_of(key, now.me));
        found.extend(news.map(|(_, sentence)| format!("since you read it, {sentence}")));
    }
    found.extend(already(&intent.action, read, now));
    found
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

/// What is so already: the same once more tells nobody anything, and sends everybody a mail.
fn already(action: &Action, read: &Read, now: &Now<'_>) -> Option<String> {
    let Now { pull, verdict, me, .. } = now;
    let mine = |review: &&ReviewFacts| review.author.as_ref().is_some_and(|author| author.login == **me);
    let signed = pull
        .reviews
        .iter()
        .filter(mine)
        .any(|review| review.state == ReviewState::Approved && review.commit.as_ref() == Some(&pull.head));
    let approved = verdict.approval.by.iter().any(|approver| approver.login == **me);
    match action {
        Action::Lgtm { .. } if signed => Some("you have signed off this very head already".to_owned()),
        Action::Approve { own: false, .. } if signed && approved => {
            Some("you have approved this very head already".to_owned())
        }
        Action::Approve { own: true, .. } if approved => Some("your approval stands already".to_owned()),
        // It was when the user read it: whoever unholds what they saw free knows what they do.
        Action::Unhold { .. } if !held(pull) && read.against.iter().any(|key| key.starts_with(HOLD)) => {
            Some("it is not on hold any more".to_owned())
        }
        Action::Unveto { .. } => {
            let objects = verdict.vetoes.iter().chain(&verdict.objections).any(|objection| objection.by == **me);
            let asks = pull.reviews.iter().filter(mine).any(|review| review.state == ReviewState::ChangesRequested);
            (!objects && !asks && !held(pull)).then(|| "no veto of yours stands any more".to_owned())
        }
        Action::Assign { login } if pull.assignees.contains(login) => Some(format!("{login} is assigned already")),
        Action::Cc { login } if pull.review_requests.iter().any(|asked| login.is(asked)) => {
            Some(format!("{login} is asked for a review already"))
        }
        Action::Resolve { thread } => {
            let done = pull.threads.iter().find(|known| known.id == *thread && known.resolved)?;
            let by = done.resolved_by.as_ref().map_or_else(|| "somebody".to_owned(), ToString::to_string);
            Some(format!("{by} has resolved the thread already"))
        }
        Action::Comment { .. }
        | Action::Lgtm { .. }
        | Action::Approve { .. }
        | Action::Veto { .. }
        | Action::Hold { .. }
        | Action::Unhold { .. }
        | Action::Assign { .. }
        | Action::Unassign { .. }
        | Action::Cc { .. }
        | Action::Reply { .. } => None,
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
            format!("{HOLD}{} {}", by.to_ascii_lowercase(), hold.at),
            format!("{by} put it on hold{colon}{reason}"),
        ));
    }
    found
}

fn is_of(key: &str, me: &Login) -> bool {
    key.split(' ').nth(1).is_some_and(|by| me.is(by))
}
