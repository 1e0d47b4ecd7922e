//! `vepherd owners`: who can approve and review the paths of a local checkout, by the OWNERS files in it.

use std::io::{Read, Write};
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::batch::{self, Batch};
use super::output::sheet::Sheet;
use super::output::{self, Out, Paint, json};
use crate::domain::failure::Failure;
use crate::domain::ids::Login;
use crate::domain::prow::approve::{Evaluation, needs, owners_file, owners_state};
use crate::domain::prow::owners::{List, OwnersProblem, Tree};
use crate::domain::text::sanitize_line;

mod checkout;

pub use checkout::{Checkout, load};

/// Arguments of `vepherd owners`.
#[derive(Args, Clone, Debug, Default)]
pub struct OwnersArgs {
    /// The root of the checkout
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
    /// Paths, as seen from the root
    #[arg(value_name = "PATH", required_unless_present = "batch", conflicts_with = "batch")]
    pub paths: Vec<String>,
    /// People who are taken to have approved
    #[arg(long, value_name = "LOGIN,…", value_delimiter = ',')]
    pub approved_by: Option<Vec<String>>,
    /// The repository's collaborators: others in OWNERS do not count
    #[arg(long, value_name = "LOGIN,…", value_delimiter = ',')]
    pub collaborators: Option<Vec<String>>,
    /// The author of the change, whom Prow asks like an assignee
    #[arg(long, value_name = "LOGIN")]
    pub author: Option<String>,
    /// Answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Read JSON lines `{"id": …, "paths": […], "approved_by": […]}` from standard input, answer one JSON line for each
    #[arg(long)]
    pub batch: bool,
}

/// Runs `vepherd owners`. Problems of the files go to `notes`, one line each.
///
/// # Errors
/// Where the directory cannot be read, a path does not lie in it, or a line of a batch is no such object.
pub fn run(
    args: &OwnersArgs,
    input: &mut dyn Read,
    out: &mut dyn Write,
    notes: &mut dyn Write,
    look: Out,
) -> Result<(), Failure> {
    let checkout = load(&args.dir)?;
    for problem in checkout.problems() {
        // Where nobody reads the notes the answer is still wanted.
        let _ = writeln!(notes, "{}: {}", sanitize_line(&problem.path), sanitize_line(&problem.message));
    }
    let tree = match &args.collaborators {
        Some(logins) => checkout.tree.among(&self::logins(logins)),
        None => checkout.tree.clone(),
    };
    if args.batch {
        return BATCH.run(input, out, |asked: &Asked| {
            let paths = asked.paths.iter().map(|path| checkout.inside(path)).collect::<Result<Vec<_>, _>>()?;
            Ok(Answer::of(&paths, &logins(&asked.approved_by), &tree))
        });
    }
    let paths = args.paths.iter().map(|path| checkout.inside(path)).collect::<Result<Vec<_>, _>>();
    let paths = paths.map_err(|why| checkout::bad_path(&args.dir, &why))?;
    let author = args.author.as_deref().map(Login::new);
    let approved_by = logins(args.approved_by.as_deref().unwrap_or_default());
    let state = owners_state(&paths, &approved_by, author.as_ref(), &tree);
    let answer = if args.json {
        as_json(&paths, &state, &tree, &checkout.problems().collect::<Vec<_>>())
    } else {
        shown(&paths, &state, &tree, look)
    };
    output::written(out.write_all(answer.as_bytes()))
}

fn as_json(paths: &[String], state: &Evaluation, tree: &Tree, problems: &[&OwnersProblem]) -> String {
    let by = |(login, has_power): (&Login, bool)| serde_json::json!({ "login": login, "has_power": has_power });
    json::text(&serde_json::json!({
        "schema": json::SCHEMA,
        "files": paths.iter().map(|path| FileOwners::of(path, tree)).collect::<Vec<_>>(),
        "needs": state.needed,
        "unapproved": state.unapproved,
        "approved": state.files_approved,
        "approved_by": state.approvals.iter().map(|one| by((&one.login, one.has_power))).collect::<Vec<_>>(),
        "suggested": state.ccs,
        "problems": problems,
    }))
}

fn logins(names: &[String]) -> Vec<Login> {
    names.iter().map(|name| Login::new(name.trim())).filter(|login| !login.as_str().is_empty()).collect()
}

/// What a batch of paths is about.
const BATCH: Batch = Batch {
    attempted: "answer the paths of standard input",
    shape: "{\"id\": …, \"paths\": […], \"approved_by\": […]}",
};

#[derive(Deserialize)]
struct Asked {
    #[serde(default, deserialize_with = "batch::list")]
    paths: Vec<String>,
    #[serde(default, deserialize_with = "batch::list")]
    approved_by: Vec<String>,
}

#[derive(Serialize)]
struct Answer {
    files: Vec<FileOwners>,
    needs: Vec<String>,
    unapproved: Vec<String>,
    approved: bool,
}

impl Answer {
    fn of(paths: &[String], approved_by: &[Login], tree: &Tree) -> Self {
        let state = owners_state(paths, approved_by, None, tree);
        Self {
            files: paths.iter().map(|path| FileOwners::of(path, tree)).collect(),
            needs: state.needed,
            unapproved: state.unapproved,
            approved: state.files_approved,
        }
    }
}

/// One path's owners, sorted.
#[derive(Serialize)]
struct FileOwners {
    path: String,
    owners_dir: String,
    leaf_approvers: Vec<String>,
    approvers: Vec<String>,
    leaf_reviewers: Vec<String>,
    reviewers: Vec<String>,
    required_reviewers: Vec<String>,
    labels: Vec<String>,
    no_parent_owners: bool,
}

impl FileOwners {
    fn of(path: &str, tree: &Tree) -> Self {
        let sorted = |list, leaf| {
            let mut names: Vec<String> = tree.names(path, list, leaf).into_iter().map(str::to_owned).collect();
            names.sort();
            names
        };
        let owners_dir = tree.owners_dir(path);
        Self {
            path: path.to_owned(),
            leaf_approvers: sorted(List::Approvers, true),
            approvers: sorted(List::Approvers, false),
            leaf_reviewers: sorted(List::Reviewers, true),
            reviewers: sorted(List::Reviewers, false),
            required_reviewers: sorted(List::RequiredReviewers, false),
            labels: sorted(List::Labels, false),
            no_parent_owners: tree.options(&owners_dir).no_parent_owners,
            owners_dir,
        }
    }
}

/// The answer for people: every path with its owners, then what the change as a whole needs.
fn shown(paths: &[String], state: &Evaluation, tree: &Tree, look: Out) -> String {
    let mut sheet = Sheet::new(look, "decided by".len());
    let names = |names: &[String]| if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    for path in paths {
        let owners = FileOwners::of(path, tree);
        sheet.heading(if path.is_empty() { "." } else { path });
        sheet.row("decided by", None, &owners_file(&owners.owners_dir));
        sheet.row("approvers", Some(Paint::Green), &names(&owners.leaf_approvers));
        let above: Vec<String> =
            owners.approvers.iter().filter(|login| !owners.leaf_approvers.contains(login)).cloned().collect();
        if !above.is_empty() {
            sheet.row("also", None, &format!("{} (from directories above)", above.join(", ")));
        }
        if owners.no_parent_owners {
            sheet.row("alone", None, "owners of directories above have no say (no_parent_owners)");
        }
        sheet.row("reviewers", None, &names(&owners.reviewers));
        if !owners.required_reviewers.is_empty() {
            sheet.row(
                "required",
                None,
                &format!("{} (Prow asks them in any case)", owners.required_reviewers.join(", ")),
            );
        }
        if !owners.labels.is_empty() {
            sheet.row("labels", None, &owners.labels.join(", "));
        }
    }
    sheet.heading("the change as a whole");
    for dir in state.needed.iter().filter(|dir| !state.unapproved.contains(dir)) {
        let by: Vec<String> = state.cleared.get(dir).into_iter().flatten().map(Login::to_string).collect();
        let by = if by.is_empty() { "needs nobody".to_owned() } else { format!("approved by {}", by.join(", ")) };
        sheet.row("done", Some(Paint::Green), &format!("{}: {by}", owners_file(dir)));
    }
    for need in needs(state, paths, tree) {
        let any_of: Vec<String> = need.any_of.iter().map(Login::to_string).collect();
        let who = if any_of.is_empty() {
            "nobody can approve it".to_owned()
        } else {
            format!("any of {}", any_of.join(", "))
        };
        sheet.row("needs", Some(Paint::Yellow), &format!("{}: {who}", need.owners));
    }
    let powerless: Vec<String> =
        state.approvals.iter().filter(|one| !one.has_power).map(|one| one.login.to_string()).collect();
    if !powerless.is_empty() {
        sheet.row("no power", Some(Paint::Red), &format!("{}: these OWNERS do not name them", powerless.join(", ")));
    }
    if state.files_approved {
        sheet.row("approved", Some(Paint::Green), "nothing is missing");
    } else if !state.ccs.is_empty() {
        sheet.row(
            "ask",
            None,
            &format!("{} for instance; Prow draws lots where several would do", state.ccs.join(", ")),
        );
    }
    sheet.finish()
}
