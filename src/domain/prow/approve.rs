//! The approve plugin (`specs/prow.md` §5): who has approved, what is still needed, whom Prow would ask.
//!
//! [`approval`] answers for a pull request as it stands. [`evaluate`] is the plugin itself on plain inputs, which the
//! forecast and the simulated Prow use; [`notifier_text`] and [`read_notifier`] are the two sides of its comment.

use jiff::Timestamp;
use serde::Serialize;

use super::owners::Tree;
use crate::domain::facts::{Actor, ActorKind, EventKind, PullFacts, PullState};
use crate::domain::ids::Login;
use crate::domain::profile::Profile;

mod cover;
mod evaluate;
mod notifier;

pub use evaluate::{Approved, Evaluation, How, Remark, Subject, evaluate, owners_state};
pub use notifier::{Links, Notifier, NotifierFile, notifier_text, read_notifier};

/// Prow's label for an approved pull request.
pub const APPROVED: &str = "approved";

/// What the approve plugin would say of a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// The `approved` label is there.
    pub approved: bool,
    /// Everyone whose approval stands, with or without power.
    pub by: Vec<Approver>,
    /// OWNERS files that still need somebody.
    pub needs: Vec<Need>,
    /// Whom Prow suggests: from its newest genuine notifier, else our covering.
    pub suggested: Vec<Login>,
    /// Where our replay and Prow's label or notifier disagree, in words.
    pub disagreement: Option<String>,
    /// The label was set by hand: it sticks (`specs/prow.md` §5 step 9).
    pub manual: bool,
}

/// Somebody who said approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approver {
    /// Who.
    pub login: Login,
    /// When.
    pub at: Timestamp,
    /// OWNERS give them power over at least one needed file.
    pub has_power: bool,
    /// The link of the comment or review.
    pub event: Option<String>,
}

/// One OWNERS file that still needs an approver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The file, as Prow names it (`OWNERS`, `veps/sig-x/OWNERS`).
    pub owners: String,
    /// Any of these can give it, in the order of the OWNERS file.
    pub any_of: Vec<Login>,
}

/// The approve plugin's verdict on a pull request, next to the label that is there.
#[must_use]
pub fn approval(pull: &PullFacts, tree: &Tree, profile: &Profile) -> Approval {
    let manual = manual(pull, profile);
    let evaluation = evaluate_pull(pull, tree, profile, manual);
    let notifier = newest_notifier(pull, profile);
    let approved = has_approved_label(pull);
    let files = paths(pull);
    let needs = if manual { Vec::new() } else { needs(&evaluation, &files, tree) };
    let suggested = match notifier.as_ref().and_then(|notifier| notifier.suggested.clone()) {
        Some(suggested) => suggested,
        None => evaluation.ccs.iter().map(|login| Login::new(login.as_str())).collect(),
    };
    Approval {
        approved,
        disagreement: disagreement(pull, approved, manual, &evaluation, notifier.as_ref()),
        by: evaluation
            .approvals
            .iter()
            .map(|one| Approver {
                login: one.login.clone(),
                at: one.at.unwrap_or(pull.created_at),
                has_power: one.has_power,
                event: one.url.clone(),
            })
            .collect(),
        needs,
        suggested,
        manual,
    }
}

/// The plugin's evaluation of a pull request as it stands.
#[must_use]
pub fn evaluate_pull(pull: &PullFacts, tree: &Tree, profile: &Profile, manual: bool) -> Evaluation {
    let files = paths(pull);
    let author = pull.author.as_ref().map(account);
    let subject = Subject {
        number: pull.number.0,
        author: author.as_ref(),
        url: &pull.url,
        description: &pull.body,
        org: &profile.repo.owner,
        files: &files,
        assignees: &pull.assignees,
        manual,
    };
    evaluate(&remarks(pull, profile), &subject, tree, &profile.prow)
}

/// Everything that the plugin collects on a pull request, in its order of sources: inline comments, conversation,
/// reviews. Prow's own accounts, App accounts that have reviewed, and deleted accounts are left out (`specs/prow.md`
/// §5 steps 1 and 2).
#[must_use]
pub fn remarks(pull: &PullFacts, profile: &Profile) -> Vec<Remark> {
    let reviewed = |app: &Actor| pull.reviews.iter().any(|review| review.author.as_ref() == Some(app));
    let heard = |actor: &Option<Actor>| -> Option<Login> {
        let actor = actor.as_ref()?;
        let silent = profile.is_prow(&actor.login) || (actor.kind == ActorKind::Bot && reviewed(actor));
        (!silent).then(|| account(actor))
    };
    let mut found = Vec::new();
    for comment in pull.threads.iter().flat_map(|thread| &thread.comments) {
        if let Some(author) = heard(&comment.author) {
            found.push(Remark {
                author,
                at: comment.at,
                body: comment.body.clone(),
                state: None,
                url: Some(comment.url.clone()),
            });
        }
    }
    for comment in &pull.comments {
        if let Some(author) = heard(&comment.author) {
            found.push(Remark {
                author,
                at: comment.at,
                body: comment.body.clone(),
                state: None,
                url: Some(comment.url.clone()),
            });
        }
    }
    for review in &pull.reviews {
        if let Some(author) = heard(&review.author) {
            found.push(Remark {
                author,
                at: review.at,
                body: review.body.clone(),
                state: Some(review.state),
                url: Some(review.url.clone()),
            });
        }
    }
    found
}

/// The newest genuine notifier comment (`specs/prow.md` §6): a forged one has another author.
#[must_use]
pub fn newest_notifier(pull: &PullFacts, profile: &Profile) -> Option<Notifier> {
    let genuine = pull.comments.iter().filter(|c| c.author.as_ref().is_some_and(|a| profile.is_prow(&a.login)));
    genuine
        .filter_map(|c| Some((c.at, read_notifier(&c.body)?)))
        .max_by(|(left, one), (right, other)| (left, &one.suggested).cmp(&(right, &other.suggested)))
        .map(|(_, found)| found)
}

/// The label is there, and whoever set it last was not Prow: it sticks until it is taken off by hand.
#[must_use]
pub fn manual(pull: &PullFacts, profile: &Profile) -> bool {
    // Newest by time, whatever the order of the list; of one instant Prow's own, which came after what it answers.
    let newest = pull
        .timeline
        .iter()
        .filter(|event| matches!(&event.kind, EventKind::Labeled(name) if name == APPROVED))
        .map(|event| (event.at, event.actor.as_ref().is_some_and(|actor| profile.is_prow(&actor.login))))
        .max();
    has_approved_label(pull) && newest.is_some_and(|(_, by_prow)| !by_prow)
}

/// The changed files' paths at the head; a rename's old path needs nobody.
#[must_use]
pub fn paths(pull: &PullFacts) -> Vec<String> {
    pull.files.iter().map(|file| file.path.clone()).collect()
}

/// What an evaluation still needs, with the people who can give it.
#[must_use]
pub fn needs(evaluation: &Evaluation, files: &[String], tree: &Tree) -> Vec<Need> {
    let mut found = Vec::new();
    for dir in &evaluation.unapproved {
        let mut any_of: Vec<Login> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for file in files.iter().filter(|file| tree.owners_dir(file) == *dir) {
            any_of.extend(tree.approvers(file).into_iter().filter(|login| seen.insert(login.clone())));
        }
        found.push(Need { owners: owners_file(dir), any_of });
    }
    found
}

/// A directory's OWNERS file as Prow names it.
#[must_use]
pub fn owners_file(dir: &str) -> String {
    match dir {
        "" => "OWNERS".to_owned(),
        md if md.ends_with(".md") => md.to_owned(),
        dir => format!("{dir}/OWNERS"),
    }
}

fn has_approved_label(pull: &PullFacts) -> bool {
    pull.labels.iter().any(|label| label == APPROVED)
}

/// The login as Prow's REST API spells it: Apps carry a `[bot]`, so that they never share an owner's name.
fn account(actor: &Actor) -> Login {
    match actor.kind {
        ActorKind::Bot if !actor.login.as_str().ends_with("[bot]") => Login::new(format!("{}[bot]", actor.login)),
        ActorKind::Bot | ActorKind::User | ActorKind::Other => actor.login.clone(),
    }
}

/// Where the label, the notifier and our replay do not say the same.
fn disagreement(
    pull: &PullFacts,
    label: bool,
    manual: bool,
    evaluation: &Evaluation,
    notifier: Option<&Notifier>,
) -> Option<String> {
    if pull.state != PullState::Open {
        return None;
    }
    let partial = pull.truncated.iter().any(|part| matches!(part.part.as_str(), "files" | "comments" | "reviews"));
    let tail = if partial { " (part of the pull request could not be read)" } else { "" };
    if label && !manual && !evaluation.requirements_met {
        let missing = list(&evaluation.unapproved);
        return Some(format!(
            "the label approved is there, but the approvals that stand do not cover {missing}: \
             it will drop at Prow's next evaluation{tail}"
        ));
    }
    if !label && evaluation.approved {
        return Some(format!(
            "the approvals that stand cover every file, but the label approved is not there: \
             Prow sets it at its next evaluation{tail}"
        ));
    }
    let notifier = notifier?;
    if notifier.approved != label {
        let (says, is) = if notifier.approved { ("APPROVED", "not there") } else { ("NOT APPROVED", "there") };
        return Some(format!("Prow's newest notifier says {says}, but the label approved is {is}"));
    }
    let ours: Vec<String> = evaluation.needed.iter().map(|dir| owners_file(dir)).collect();
    let theirs: Vec<String> = notifier.files.iter().map(|file| file.owners.clone()).collect();
    if !theirs.is_empty() && ours != theirs {
        return Some(format!(
            "Prow's newest notifier asks for {}, while the OWNERS files of today ask for {}{tail}",
            theirs.join(", "),
            ours.join(", ")
        ));
    }
    None
}

fn list(dirs: &[String]) -> String {
    if dirs.is_empty() {
        return "all of it".to_owned();
    }
    dirs.iter().map(|dir| owners_file(dir)).collect::<Vec<_>>().join(", ")
}
