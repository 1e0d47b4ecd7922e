//! `vepherd prow explain`: what Prow would do with a text, for people, as JSON, and for many texts at once.

use std::io::{Read, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use super::batch::{self, Batch};
use super::output::{self, Out};
use crate::domain::action::Post;
use crate::domain::facts::Facts;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{Login, PullNumber};
use crate::domain::profile::Profile;
use crate::domain::prow::command::{Commands, Source, parse};
use crate::domain::prow::forecast::{Background, Forecast, explain, forecast};
use crate::domain::prow::owners::Tree;
use crate::domain::roster::Roster;

/// Far more than GitHub takes; a device that never ends is not read for ever.
const MOST: u64 = 64 << 20;

/// Arguments of `vepherd prow explain`.
#[derive(Args, Clone, Debug, Default)]
pub struct ExplainArgs {
    /// Read the text from FILE (`-`: standard input, which is the default)
    #[arg(short = 'F', long = "file", value_name = "FILE", conflicts_with = "batch")]
    pub file: Option<PathBuf>,
    /// Who would write it (default: the viewer)
    #[arg(long = "as", value_name = "LOGIN", requires = "pr")]
    pub who: Option<String>,
    /// The pull request on which it would stand
    #[arg(long, value_name = "N", conflicts_with = "batch")]
    pub pr: Option<u64>,
    /// Answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Read JSON lines `{"id": …, "body": "…"}` from standard input, answer one JSON line for each
    #[arg(long)]
    pub batch: bool,
}

/// Runs `vepherd prow explain`. `facts` is asked for where a pull request is named; `now` is the time of the rehearsal.
///
/// # Errors
/// Where the text cannot be read, a line of a batch is no such object, or the pull request is not known.
pub fn run(
    args: &ExplainArgs,
    profile: &Profile,
    now: jiff::Timestamp,
    facts: impl FnOnce() -> Result<Facts, Failure>,
    input: &mut dyn Read,
    out: &mut dyn Write,
    look: Out,
) -> Result<(), Failure> {
    if args.batch {
        return BATCH.run(input, out, |asked: &Asked| Ok(parse(&asked.body, Source::Comment, &profile.prow)));
    }
    let text = read_text(args, input)?;
    let found = match args.pr {
        None => explain(&text, Source::Comment, &profile.prow),
        Some(number) => rehearse(&text, number, args, profile, now, &facts()?)?,
    };
    let answer = if args.json {
        json(&found, &parse(&text, Source::Comment, &profile.prow))
    } else {
        output::forecast::forecast(look, &found)
    };
    output::written(out.write_all(answer.as_bytes()))
}

fn rehearse(
    text: &str,
    number: u64,
    args: &ExplainArgs,
    profile: &Profile,
    now: jiff::Timestamp,
    facts: &Facts,
) -> Result<Forecast, Failure> {
    let attempted = format!("explain a text on #{number} of {}", facts.repo);
    let Some(pull) = facts.pulls.get(&PullNumber(number)) else {
        return Err(Failure::new(FailureKind::NotFound, attempted, "this pull request is not in the store")
            .hint("run `vepherd sync` first, or look at the number"));
    };
    let who = match (&args.who, &facts.viewer) {
        (Some(login), _) => Login::new(login.as_str()),
        (None, Some(viewer)) => viewer.clone(),
        (None, None) => {
            return Err(Failure::new(FailureKind::Usage, attempted, "nobody is signed in")
                .hint("say whose text it would be: --as LOGIN"));
        }
    };
    let owners = Tree::read(&facts.files.owners, facts.files.owners_aliases.as_deref());
    let roster = Roster::read(&facts.files, profile);
    let posts = [Post::Comment { body: text.to_owned() }];
    let background = Background { facts, profile, roster: &roster, owners: &owners, now };
    Ok(forecast(&posts, &who, pull, &background))
}

/// Reads the text whole; bytes that are no UTF-8 are shown as U+FFFD, as GitHub would store them.
fn read_text(args: &ExplainArgs, input: &mut dyn Read) -> Result<String, Failure> {
    let from_file = args.file.as_ref().filter(|path| path.as_os_str() != "-");
    let name = from_file.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    let failed = |cause: String| {
        Failure::new(FailureKind::Usage, format!("read {name}"), cause)
            .hint("-F takes a text file; without it the text comes from standard input.")
    };
    let mut bytes = Vec::new();
    let read = match from_file {
        Some(path) => std::fs::File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes)),
        None => input.take(MOST + 1).read_to_end(&mut bytes),
    };
    let length = read.map_err(|error| failed(error.to_string()))?;
    if length as u64 > MOST {
        return Err(failed(format!("it is longer than {MOST} bytes")));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(deserialize_with = "batch::text")]
    body: String,
}

/// What a batch of texts is about.
const BATCH: Batch =
    Batch { attempted: "explain the texts of standard input", shape: "{\"id\": …, \"body\": \"…\"}" };

fn json(found: &Forecast, commands: &Commands) -> String {
    let value = serde_json::json!({
        "schema": output::json::SCHEMA,
        "commands": found.commands,
        "reads": commands,
        "labels_added": found.labels_added,
        "labels_removed": found.labels_removed,
        "signoffs": found.signoffs,
        "effects": found.effects,
        "warnings": found.warnings,
        "gate_after": found.gate_after,
    });
    output::json::text(&value)
}
