//! `vepherd owners`: who can approve and review the paths of a local checkout, by the OWNERS files in it.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::Login;
use crate::domain::prow::approve::{Evaluation, needs, owners_state};
use crate::domain::prow::owners::{List, Tree};
use crate::domain::text::sanitize_line;

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
/// Where the directory cannot be read, or a line of a batch is no such object.
pub fn run(
    args: &OwnersArgs,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), Failure> {
    let tree = load(&args.dir)?;
    let local = |error: std::io::Error| Failure::new(FailureKind::Local, "write the answer", error.to_string());
    for problem in tree.problems() {
        writeln!(notes, "{}: {}", sanitize_line(&problem.path), sanitize_line(&problem.message)).map_err(local)?;
    }
    let tree = match &args.collaborators {
        Some(logins) => tree.among(&self::logins(logins)),
        None => tree,
    };
    if args.batch {
        return batch(&tree, input, out);
    }
    let author = args.author.as_deref().map(Login::new);
    let approved_by = logins(args.approved_by.as_deref().unwrap_or_default());
    let state = owners_state(&args.paths, &approved_by, author.as_ref(), &tree);
    if args.json {
        let value = serde_json::json!({
            "schema": 1,
            "files": args.paths.iter().map(|path| FileOwners::of(path, &tree)).collect::<Vec<_>>(),
            "needs": state.needed,
            "unapproved": state.unapproved,
            "approved": state.files_approved,
            "suggested": state.ccs,
            "problems": tree.problems(),
        });
        return writeln!(out, "{value:#}").map_err(local);
    }
    out.write_all(shown(args, &state, &tree).as_bytes()).map_err(local)
}

/// Reads the OWNERS files below a directory. Links are not followed, as Prow follows none (`specs/prow.md` §4.2).
///
/// # Errors
/// Where the directory itself cannot be read; what cannot be read below it counts as absent.
pub fn load(dir: &Path) -> Result<Tree, Failure> {
    let attempted = || format!("read the OWNERS files in {}", dir.display());
    if !dir.is_dir() {
        return Err(Failure::new(FailureKind::Usage, attempted(), "there is no such directory")
            .hint("name the root of a checkout: --dir DIR"));
    }
    let mut files = BTreeMap::new();
    let mut open = vec![(dir.to_path_buf(), String::new())];
    while let Some((at, name)) = open.pop() {
        let entries = match std::fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) if name.is_empty() => {
                return Err(Failure::new(FailureKind::Local, attempted(), error.to_string()));
            }
            Err(_) => continue,
        };
        for entry in entries.flatten() {
            let (Ok(kind), Some(file)) = (entry.file_type(), entry.file_name().to_str().map(str::to_owned)) else {
                continue;
            };
            let path = if name.is_empty() { file.clone() } else { format!("{name}/{file}") };
            if kind.is_dir() && file != ".git" {
                open.push((entry.path(), path));
            } else if kind.is_file()
                && file == "OWNERS"
                && let Ok(bytes) = std::fs::read(entry.path())
            {
                files.insert(path, text(bytes));
            }
        }
    }
    let aliases = std::fs::read(dir.join("OWNERS_ALIASES")).ok().map(text);
    Ok(Tree::read(&files, aliases.as_deref()))
}

/// A file's text. YAML allows no bytes that are not UTF-8: a zero byte in their place makes the reader refuse the file,
/// as Go's does.
fn text(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).replace('\u{fffd}', "\0"),
    }
}

fn logins(names: &[String]) -> Vec<Login> {
    names.iter().map(|name| Login::new(name.trim())).filter(|login| !login.as_str().is_empty()).collect()
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    approved_by: Vec<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    files: Vec<FileOwners>,
    needs: Vec<String>,
    unapproved: Vec<String>,
    approved: bool,
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

fn batch(tree: &Tree, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Failure> {
    let attempted = || "answer the paths of standard input".to_owned();
    let local = |error: std::io::Error| Failure::new(FailureKind::Local, attempted(), error.to_string());
    let mut out = std::io::BufWriter::with_capacity(1 << 16, out);
    let mut line = Vec::new();
    let mut number = 0_usize;
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(local)? == 0 {
            return out.flush().map_err(local);
        }
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let asked: Asked = match serde_json::from_str(&String::from_utf8_lossy(&line)) {
            Ok(asked) => asked,
            Err(error) => {
                out.flush().map_err(local)?;
                return Err(Failure::new(FailureKind::Usage, attempted(), format!("line {number}: {error}"))
                    .hint("each line is an object {\"id\": …, \"paths\": […], \"approved_by\": […]}"));
            }
        };
        let state = owners_state(&asked.paths, &logins(&asked.approved_by), None, tree);
        let answer = Answer {
            id: &asked.id,
            files: asked.paths.iter().map(|path| FileOwners::of(path, tree)).collect(),
            needs: state.needed,
            unapproved: state.unapproved,
            approved: state.files_approved,
        };
        serde_json::to_writer(&mut out, &answer).map_err(|error| local(error.into()))?;
        out.write_all(b"\n").map_err(local)?;
    }
}

/// The answer for people.
fn shown(args: &OwnersArgs, state: &Evaluation, tree: &Tree) -> String {
    let mut said = String::new();
    let mut line = |text: String| {
        said.push_str(&text);
        said.push('\n');
    };
    let names =
        |names: &[String]| if names.is_empty() { "nobody".to_owned() } else { sanitize_line(&names.join(", ")) };
    for path in &args.paths {
        let owners = FileOwners::of(path, tree);
        line(sanitize_line(path));
        line(format!(
            "  decided by  {}",
            sanitize_line(&crate::domain::prow::approve::owners_file(&owners.owners_dir))
        ));
        line(format!("  approvers   {}", names(&owners.leaf_approvers)));
        if owners.approvers != owners.leaf_approvers {
            line(format!("  and above   {}", names(&owners.approvers)));
        }
        line(format!("  reviewers   {}", names(&owners.reviewers)));
        if !owners.required_reviewers.is_empty() {
            line(format!("  required    {}", names(&owners.required_reviewers)));
        }
        if !owners.labels.is_empty() {
            line(format!("  labels      {}", names(&owners.labels)));
        }
    }
    if state.files_approved {
        line("approved: nothing is missing".to_owned());
    }
    for need in needs(state, &args.paths, tree) {
        let any_of: Vec<String> = need.any_of.iter().map(|login| login.as_str().to_owned()).collect();
        line(format!("needs an approver of {}: {}", sanitize_line(&need.owners), names(&any_of)));
    }
    if !state.ccs.is_empty() {
        line(format!("Prow would suggest {}", names(&state.ccs)));
    }
    said
}
