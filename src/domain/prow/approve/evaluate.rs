//! The approve plugin's evaluation on plain inputs: the replay of what was said, and what it clears.

use std::collections::BTreeMap;

use jiff::Timestamp;
use regex::Regex;

use super::cover::Owners;
use crate::domain::facts::ReviewState;
use crate::domain::ids::Login;
use crate::domain::profile::ProwRules;
use crate::domain::prow::command::{ApproveStep, all_approve_steps};
use crate::domain::prow::go;
use crate::domain::prow::owners::Tree;

/// One thing said on a pull request, by somebody whom Prow hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Who.
    pub author: Login,
    /// When it was written; for a review, submitted. Edits keep this time.
    pub at: Timestamp,
    /// The text as it reads now.
    pub body: String,
    /// A review's state; none for comments.
    pub state: Option<ReviewState>,
    /// Its link.
    pub url: Option<String>,
}

/// The pull request under evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its number; it turns the order in which people are suggested.
    pub number: u64,
    /// Its author, where the account is still there.
    pub author: Option<&'a Login>,
    /// Its link.
    pub url: &'a str,
    /// Its description, which names the associated issue where one is required.
    pub description: &'a str,
    /// The repository's owner.
    pub org: &'a str,
    /// The changed files, new names only.
    pub files: &'a [String],
    /// People assigned.
    pub assignees: &'a [Login],
    /// The `approved` label is there and was set by hand.
    pub manual: bool,
}

/// How somebody approved, in the notifier's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `/approve`, or a review state where states count.
    Approved,
    /// `/lgtm`, beside an approve line or where it acts as approve.
    Lgtm,
    /// The author, by opening the pull request.
    SelfApproved,
}

/// An approval that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// Who, as spelled on GitHub.
    pub login: Login,
    /// When; none for the author's implicit approval.
    pub at: Option<Timestamp>,
    /// How.
    pub how: How,
    /// With `no-issue`.
    pub no_issue: bool,
    /// OWNERS give them power over at least one needed directory.
    pub has_power: bool,
    /// The link.
    pub url: Option<String>,
}

/// What the plugin finds. Directories are named as Prow names them, the root as `""`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Approvals that stand, by lower-case login.
    pub approvals: Vec<Approved>,
    /// Owners directories that the pull request needs, sorted.
    pub needed: Vec<String>,
    /// … of which these have a file that nobody with power has approved, sorted.
    pub unapproved: Vec<String>,
    /// Who, of those who approved, has power in each needed directory.
    pub cleared: BTreeMap<String, Vec<Login>>,
    /// There are files, and none is unapproved.
    pub files_approved: bool,
    /// … and the rule on associated issues is met.
    pub requirements_met: bool,
    /// … or the label was set by hand.
    pub approved: bool,
    /// The label was set by hand.
    pub manual: bool,
    /// Whom Prow would name, lower-case and sorted: people suggested and assignees worth asking. Prow shuffles by the
    /// pull request's number; we turn the sorted list by it, so a name may differ where several would do.
    pub ccs: Vec<String>,
    /// … of which these are assigned (the author counts, where authors must approve themselves).
    pub assigned_ccs: Vec<String>,
    /// The associated issue, where one is required and named.
    pub associated_issue: Option<u64>,
    /// An associated issue is required.
    pub issue_required: bool,
}

/// Evaluates what was said (`specs/prow.md` §5). The remarks may come in any order of sources; equal times keep it.
#[must_use]
pub fn evaluate(remarks: &[Remark], subject: &Subject<'_>, tree: &Tree, rules: &ProwRules) -> Evaluation {
    let owners = Owners::new(subject.files, tree);
    let mut approvals = replay(remarks, subject, rules);
    let powers = owners.powers(false);
    for (login, approval) in &mut approvals {
        approval.has_power = powers.contains_key(login.as_str());
    }
    let mut assignees: Vec<String> = subject.assignees.iter().map(|login| go::lower(login.as_str())).collect();
    if rules.require_self_approval
        && let Some(author) = subject.author
    {
        assignees.push(go::lower(author.as_str()));
    }
    let current = approvals.keys().cloned().collect();
    let unapproved = owners.unapproved(&current);
    let files_approved = !subject.files.is_empty() && unapproved.is_empty();
    let associated_issue = if rules.issue_required { associated_issue(subject.description, subject.org) } else { None };
    let issue_met = !rules.issue_required
        || associated_issue.is_some()
        || approvals.values().any(|approval| approval.no_issue && approval.has_power);
    let requirements_met = files_approved && issue_met;
    let ccs = owners.ccs(&current, &assignees, subject.number);
    let cleared = owners.cleared(&approvals);
    Evaluation {
        needed: owners.needed().map(str::to_owned).collect(),
        unapproved: unapproved.into_iter().map(str::to_owned).collect(),
        cleared,
        files_approved,
        requirements_met,
        approved: requirements_met || subject.manual,
        manual: subject.manual,
        assigned_ccs: ccs.iter().filter(|login| assignees.contains(login)).cloned().collect(),
        ccs,
        associated_issue,
        issue_required: rules.issue_required,
        approvals: approvals.into_values().collect(),
    }
}

/// Needed and unapproved directories for people who are taken to have approved: `vepherd owners --approved-by`.
#[must_use]
pub fn owners_state(files: &[String], approved_by: &[Login], author: Option<&Login>, tree: &Tree) -> Evaluation {
    let owners = Owners::new(files, tree);
    let powers = owners.powers(false);
    let approval = |login: &Login| {
        let key = go::lower(login.as_str());
        let has_power = powers.contains_key(key.as_str());
        let login = login.clone();
        (key, Approved { login, at: None, how: How::Approved, no_issue: false, has_power, url: None })
    };
    let approvals: BTreeMap<String, Approved> = approved_by.iter().map(approval).collect();
    let current = approvals.keys().cloned().collect();
    let unapproved = owners.unapproved(&current);
    let assignees: Vec<String> = author.map(|login| go::lower(login.as_str())).into_iter().collect();
    let files_approved = !files.is_empty() && unapproved.is_empty();
    let ccs = owners.ccs(&current, &assignees, 0);
    Evaluation {
        needed: owners.needed().map(str::to_owned).collect(),
        unapproved: unapproved.into_iter().map(str::to_owned).collect(),
        cleared: owners.cleared(&approvals),
        files_approved,
        requirements_met: files_approved,
        approved: files_approved,
        assigned_ccs: ccs.iter().filter(|login| assignees.contains(login)).cloned().collect(),
        ccs,
        approvals: approvals.into_values().collect(),
        ..Evaluation::default()
    }
}

/// Replays remarks in time order into one approval per login, by lower-case login.
fn replay(remarks: &[Remark], subject: &Subject<'_>, rules: &ProwRules) -> BTreeMap<String, Approved> {
    let mut standing = BTreeMap::new();
    if !rules.require_self_approval
        && let Some(author) = subject.author
    {
        let own = Approved {
            login: author.clone(),
            at: None,
            how: How::SelfApproved,
            no_issue: false,
            has_power: false,
            url: Some(format!("{}#", subject.url)),
        };
        standing.insert(go::lower(author.as_str()), own);
    }
    let mut ordered: Vec<&Remark> = remarks.iter().collect();
    ordered.sort_by_key(|remark| remark.at);
    for remark in ordered {
        let state = if rules.ignore_review_state { None } else { remark.state };
        let by_state = match state {
            Some(ReviewState::Approved) => Some(Some(ApproveStep::Add { by_lgtm: false, no_issue: false })),
            Some(ReviewState::ChangesRequested) => Some(Some(ApproveStep::Remove)),
            Some(ReviewState::Dismissed) => Some(None),
            Some(ReviewState::Commented) | None => None,
        };
        let (kept, steps) = all_approve_steps(&remark.body, rules);
        if !kept && by_state.is_none() {
            continue;
        }
        for step in by_state.flatten().into_iter().chain(steps) {
            apply(&mut standing, remark, step);
        }
    }
    standing
}

fn apply(standing: &mut BTreeMap<String, Approved>, remark: &Remark, step: ApproveStep) {
    let key = go::lower(remark.author.as_str());
    match step {
        ApproveStep::Remove => {
            standing.remove(&key);
        }
        ApproveStep::Add { by_lgtm, no_issue } => {
            if standing.get(&key).is_some_and(|before| before.no_issue && !no_issue) {
                return;
            }
            let approval = Approved {
                login: remark.author.clone(),
                at: Some(remark.at),
                how: if by_lgtm { How::Lgtm } else { How::Approved },
                no_issue,
                has_power: false,
                url: remark.url.clone(),
            };
            standing.insert(key, approval);
        }
    }
}

/// The first issue that a description names: `ORG/<anything>/issues/N` or `#N`.
fn associated_issue(description: &str, org: &str) -> Option<u64> {
    let pattern = format!("(?:{}/[^/]+/issues/|#)([0-9]+)", regex::escape(org));
    let found = Regex::new(&pattern).ok()?.captures(description)?;
    let number: i64 = found.get(1)?.as_str().parse().ok()?;
    u64::try_from(number).ok().filter(|number| *number != 0)
}
