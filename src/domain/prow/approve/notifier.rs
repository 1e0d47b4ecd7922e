//! The approve plugin's comment (`specs/prow.md` §6), both ways: reading the genuine one, and writing one in its shape
//! for the simulated Prow.

use std::fmt::Write as _;

use super::evaluate::{Approved, Evaluation, How};
use super::owners_file;
use crate::domain::ids::Login;

const MARK: &str = "[APPROVALNOTIFIER]";

/// What a notifier comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notifier {
    /// `APPROVED`, not `NOT APPROVED`.
    pub approved: bool,
    /// The OWNERS files needed, in its order.
    pub files: Vec<NotifierFile>,
    /// Whom it asks, from its metadata; none where they cannot be read.
    pub suggested: Option<Vec<Login>>,
}

/// One line of the notifier's list of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifierFile {
    /// The file.
    pub owners: String,
    /// Struck out: approved.
    pub approved: bool,
    /// Those who approved it, wholly or in part.
    pub by: Vec<Login>,
}

/// Links that the notifier carries.
#[derive(Clone, Copy, Debug)]
pub struct Links<'a> {
    /// The host (`https://github.com`).
    pub host: &'a str,
    /// The repository's owner.
    pub org: &'a str,
    /// The repository's name.
    pub repo: &'a str,
    /// The base branch.
    pub branch: &'a str,
    /// The page of commands.
    pub command_help: &'a str,
    /// The page on the process.
    pub process: &'a str,
}

/// Reads a notifier comment. None where the text is none; who wrote it is the caller's business.
#[must_use]
pub fn read_notifier(body: &str) -> Option<Notifier> {
    let head = body.get(..MARK.len()).filter(|head| head.eq_ignore_ascii_case(MARK))?;
    let title = body.get(head.len()..)?.lines().next().unwrap_or_default();
    let files = body.lines().filter_map(read_file).collect();
    Some(Notifier { approved: title.contains("**APPROVED**"), files, suggested: read_meta(body) })
}

fn read_file(line: &str) -> Option<NotifierFile> {
    let rest = line.strip_prefix("- ")?;
    let (approved, rest) = match rest.strip_prefix("~~[") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("**[")?),
    };
    let (owners, rest) = rest.split_once("](")?;
    let (_, rest) = rest.split_once(if approved { ")~~" } else { ")**" })?;
    let inside = rest.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
    let by = inside.split(',').filter(|login| !login.is_empty()).map(Login::from).collect();
    Some(NotifierFile { owners: owners.to_owned(), approved, by })
}

fn read_meta(body: &str) -> Option<Vec<Login>> {
    let (_, rest) = body.rsplit_once("<!-- META=")?;
    let (json, _) = rest.split_once("-->")?;
    let value: serde_json::Value = serde_json::from_str(json.trim()).ok()?;
    match value.get("approvers")? {
        serde_json::Value::Null => Some(Vec::new()),
        serde_json::Value::Array(items) => {
            Some(items.iter().filter_map(serde_json::Value::as_str).map(Login::from).collect())
        }
        _ => None,
    }
}

/// Writes the notifier for an evaluation, in Prow's shape.
#[must_use]
pub fn notifier_text(evaluation: &Evaluation, links: &Links<'_>) -> String {
    let done = evaluation.files_approved || evaluation.manual;
    let mut out = format!("{MARK} This PR is **{}APPROVED**\n\n", if evaluation.approved { "" } else { "NOT " });
    if evaluation.manual && !evaluation.requirements_met {
        out.push_str("Approval requirements bypassed by manually added approval.\n\n");
    }
    out.push_str("This pull-request has been approved by:");
    push_approvals(&mut out, evaluation.approvals.iter());
    if !done {
        out.push('\n');
        push_hint(&mut out, evaluation, links);
    }
    out.push_str("\n\n");
    push_issue(&mut out, evaluation);
    let Links { org, repo, command_help, process, .. } = links;
    let _ = write!(
        out,
        "The full list of commands accepted by this bot can be found [here]({command_help}?repo={org}%2F{repo}).\n\n"
    );
    if done {
        let _ = write!(out, "The pull request process is described [here]({process})\n\n");
    }
    let _ = writeln!(out, "<details {}>", if done { "" } else { "open" });
    out.push_str("Needs approval from an approver in each of these files:\n\n");
    for dir in &evaluation.needed {
        push_file(&mut out, evaluation, dir, links);
    }
    out.push_str(
        "\nApprovers can indicate their approval by writing `/approve` in a comment\n\
         Approvers can cancel approval by writing `/approve cancel` in a comment\n</details>\n",
    );
    let meta = serde_json::json!({ "approvers": evaluation.ccs });
    let _ = write!(out, "<!-- META={meta} -->");
    out
}

fn push_approvals<'a>(out: &mut String, approvals: impl Iterator<Item = &'a Approved>) {
    for (index, approval) in approvals.enumerate() {
        let how = match approval.how {
            How::Approved => "Approved",
            How::Lgtm => "LGTM",
            How::SelfApproved => "Author self-approved",
        };
        let url = approval.url.as_deref().unwrap_or_default();
        let comma = if index == 0 { " " } else { ", " };
        let _ = write!(out, "{comma}*<a href=\"{url}\" title=\"{how}\">{}</a>*", approval.login);
    }
}

fn push_hint(out: &mut String, evaluation: &Evaluation, links: &Links<'_>) {
    let names = |logins: Vec<&String>| {
        logins.iter().map(|login| format!("[{login}](https://github.com/{login})")).collect::<Vec<_>>().join(", ")
    };
    let (assigned, others): (Vec<_>, Vec<_>) =
        evaluation.ccs.iter().partition(|login| evaluation.assigned_ccs.contains(login));
    let ask = match (assigned.is_empty(), others.is_empty()) {
        (true, true) => return,
        (true, false) => format!("please assign {} for approval", names(others)),
        (false, true) => format!("please ask for approval from {}", names(assigned)),
        (false, false) => {
            format!(
                "please ask for approval from {} and additionally assign {} for approval",
                names(assigned),
                names(others)
            )
        }
    };
    let _ = write!(
        out,
        "**Once this PR has been reviewed and has the lgtm label**, {ask}. \
         For more information see [the Code Review Process]({}).",
        links.process
    );
}

fn push_issue(out: &mut String, evaluation: &Evaluation) {
    if !evaluation.issue_required {
        return;
    }
    let waived = || evaluation.approvals.iter().filter(|approval| approval.no_issue && approval.has_power);
    if let Some(issue) = evaluation.associated_issue {
        let _ = write!(out, "Associated issue: *#{issue}*");
    } else if waived().next().is_some() {
        out.push_str("Associated issue requirement bypassed by:");
        push_approvals(out, waived());
    } else if evaluation.manual {
        out.push_str("*No associated issue*. Requirement bypassed by manually added approval.");
    } else {
        out.push_str(
            "*No associated issue*. Update pull-request body to add a reference to an issue, or get approval with \
             `/approve no-issue`",
        );
    }
    out.push_str("\n\n");
}

fn push_file(out: &mut String, evaluation: &Evaluation, dir: &str, links: &Links<'_>) {
    let path = owners_file(dir);
    let Links { host, org, repo, branch, .. } = links;
    let link = format!("[{path}]({host}/{org}/{repo}/blob/{branch}/{path})");
    let by = evaluation.cleared.get(dir).into_iter().flatten().map(Login::as_str).collect::<Vec<_>>().join(",");
    let open = evaluation.unapproved.iter().any(|one| one == dir);
    let _ = match (open, by.is_empty()) {
        (false, _) => writeln!(out, "- ~~{link}~~ [{by}]"),
        (true, true) => writeln!(out, "- **{link}**"),
        (true, false) => write!(out, "- **{link}** [{by}]\n  > Need more approvers for rest parts.\n"),
    };
}
