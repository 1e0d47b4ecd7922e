//! `vepherd prow explain`: what Prow would do with a text, for people, as JSON, and for many texts at once.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::action::Post;
use crate::domain::facts::Facts;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{Login, PullNumber};
use crate::domain::profile::Profile;
use crate::domain::prow::command::{Commands, Source, parse};
use crate::domain::prow::forecast::{Forecast, explain, forecast};
use crate::domain::prow::gate::{Gate, GateState};
use crate::domain::prow::owners::Tree;
use crate::domain::text::sanitize_line;

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
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if args.batch {
        return batch(profile, input, out);
    }
    let text = read_text(args, input)?;
    let found = match args.pr {
        None => explain(&text, Source::Comment, &profile.prow),
        Some(number) => rehearse(&text, number, args, profile, now, &facts()?)?,
    };
    let written = if args.json {
        json(&found, &parse(&text, Source::Comment, &profile.prow), out)
    } else {
        out.write_all(shown(&found, &text).as_bytes())
    };
    written.map_err(|error| Failure::new(FailureKind::Local, "write the answer", error.to_string()))
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
    let tree = Tree::read(&facts.files.owners, facts.files.owners_aliases.as_deref());
    let posts = [Post::Comment { body: text.to_owned() }];
    Ok(forecast(&posts, &who, pull, &tree, profile, now))
}

/// Reads the text whole; bytes that are no UTF-8 are shown as U+FFFD, as GitHub would store them.
fn read_text(args: &ExplainArgs, input: &mut dyn BufRead) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let from_file = args.file.as_ref().filter(|path| path.as_os_str() != "-");
    let (name, read) = match from_file {
        Some(path) => (path.display().to_string(), std::fs::read(path).map(|read| bytes = read)),
        None => ("standard input".to_owned(), input.read_to_end(&mut bytes).map(drop)),
    };
    read.map_err(|error| Failure::new(FailureKind::Local, format!("read {name}"), error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    id: Value,
    body: String,
}

/// One JSON line in, one JSON line out (`contract.md`).
fn batch(profile: &Profile, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Failure> {
    let attempted = || "explain the texts of standard input".to_owned();
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
        let text = String::from_utf8_lossy(&line);
        let asked: Asked = match serde_json::from_str(&text) {
            Ok(asked) => asked,
            Err(error) => {
                out.flush().map_err(local)?;
                return Err(Failure::new(FailureKind::Usage, attempted(), format!("line {number}: {error}"))
                    .hint("each line is an object {\"id\": …, \"body\": \"…\"}"));
            }
        };
        let answer = Answer { id: &asked.id, commands: parse(&asked.body, Source::Comment, &profile.prow) };
        serde_json::to_writer(&mut out, &answer).map_err(|error| local(error.into()))?;
        out.write_all(b"\n").map_err(local)?;
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    #[serde(flatten)]
    commands: Commands,
}

fn json(found: &Forecast, commands: &Commands, out: &mut dyn Write) -> std::io::Result<()> {
    let value = serde_json::json!({
        "schema": 1,
        "commands": found.commands,
        "reads": commands,
        "labels_added": found.labels_added,
        "labels_removed": found.labels_removed,
        "effects": found.effects,
        "warnings": found.warnings,
        "gate_after": found.gate_after,
    });
    writeln!(out, "{value:#}")
}

/// The answer for people.
fn shown(found: &Forecast, text: &str) -> String {
    let mut said = String::new();
    let mut line = |text: String| {
        said.push_str(&text);
        said.push('\n');
    };
    if found.commands.is_empty() {
        line(if text.trim().is_empty() {
            "The text is empty: Prow reads nothing in it.".to_owned()
        } else {
            "Prow reads no command in this text.".to_owned()
        });
    }
    let width = found.commands.iter().map(|one| sanitize_line(&one.text).chars().count()).max().unwrap_or(0).min(40);
    for one in &found.commands {
        let mark = if one.obeyed { "obeyed  " } else { "ignored " };
        line(format!("{mark} {:width$}  {}", sanitize_line(&one.text), sanitize_line(&one.why)));
    }
    for (word, labels) in [("labels set:", &found.labels_added), ("labels taken off:", &found.labels_removed)] {
        if !labels.is_empty() {
            line(format!("{word} {}", sanitize_line(&labels.join(", "))));
        }
    }
    for effect in &found.effects {
        line(format!("then: {}", sanitize_line(effect)));
    }
    for warning in &found.warnings {
        line(format!("warning: {}", sanitize_line(warning)));
    }
    if let Some(gate) = &found.gate_after {
        line(gate_line(gate));
        for warning in &gate.warnings {
            line(format!("gate note: {}", sanitize_line(warning)));
        }
    }
    said
}

fn gate_line(gate: &Gate) -> String {
    match gate.state {
        GateState::Blocked => format!("afterwards: blocked by {}", sanitize_line(&gate.blockers.join(", "))),
        GateState::InPool => "afterwards: Prow would merge it".to_owned(),
        GateState::Merged => "afterwards: merged".to_owned(),
        GateState::Closed => "afterwards: closed".to_owned(),
    }
}
