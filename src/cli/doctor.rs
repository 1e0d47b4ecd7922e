//! `vepherd doctor`: looks at everything that vepherd needs, and says the fix for each thing that is wrong.

use std::fmt::Write as _;
use std::io::IsTerminal;

use serde_json::json;

use super::args::JsonArgs;
use super::auth;
use super::output::json::{SCHEMA, text as as_text};
use super::output::{Out, Paint, print};
use super::session::Context;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::text::sanitize_line;
use crate::shell::github::Client;
use crate::shell::secrets;
use crate::shell::store::Store;

/// One thing that was looked at: its name, and what is so, or what is wrong.
type Check = (&'static str, Result<String, Failure>);

/// Runs it.
///
/// # Errors
/// Where something is wrong: the kind of the first such thing.
pub async fn run(context: &Context, args: &JsonArgs) -> Result<(), Failure> {
    let mut checks = Vec::new();
    checks.push(("configuration", configuration(context)));
    checks.push(("store", store(context)));
    let client = if context.global.demo {
        let session = context.session()?;
        checks.push(("token", Ok("of the demo".to_owned())));
        Some(session.services.client()?.clone())
    } else {
        let (check, client) = token(context);
        checks.push(check);
        client
    };
    if !context.global.demo {
        checks.push(("proxy", proxy(context)));
    }
    if let Some(client) = &client {
        checks.extend(github(context, client).await);
    }
    checks.push(("terminal", Ok(terminal(context))));
    let bad: Vec<Failure> = checks.iter().filter_map(|(_, outcome)| outcome.as_ref().err().cloned()).collect();
    print(&if args.json { as_json(&checks) } else { as_lines(context.out, &checks) })?;
    match bad.first() {
        None => Ok(()),
        Some(first) => {
            let cause = format!("{} of {} checks failed; each says its fix", bad.len(), checks.len());
            Err(Failure::new(first.kind, "find everything in order", cause))
        }
    }
}

fn configuration(context: &Context) -> Result<String, Failure> {
    context.settings.require_good()?;
    let path = &context.paths.config;
    let there = if path.exists() { "" } else { " (not there; the defaults count)" };
    Ok(format!("{}{there}", path.display()))
}

fn store(context: &Context) -> Result<String, Failure> {
    if context.global.demo {
        return Ok("in memory".to_owned());
    }
    let path = context.paths.store();
    let store = Store::open(&path)?;
    store.check()?;
    let facts = store.load(&context.settings.repo.value)?;
    let unsent = store.outbox()?.iter().filter(|row| row.state != crate::shell::store::OutboxState::Done).count();
    let synced = facts.synced_at.map_or_else(|| "never".to_owned(), super::output::json::time);
    Ok(format!("{}: {} proposals, synced {synced}, {unsent} unsent", path.display(), facts.pulls.len()))
}

fn proxy(context: &Context) -> Result<String, Failure> {
    let way = context.wire()?.proxies.words(&context.settings.api.value);
    Ok(way.map_or_else(|| "none on the way".to_owned(), |proxy| format!("{proxy} on the way")))
}

fn token(context: &Context) -> (Check, Option<Client>) {
    let api = &context.settings.api.value;
    let found = secrets::find(&context.env, api)
        .and_then(|token| Client::connect(api, token.secret, &context.wire()?).map(|client| (client, token.source)));
    match found {
        Ok((client, source)) => (("token", Ok(format!("from {source}"))), Some(client)),
        Err(failure) => (("token", Err(failure)), None),
    }
}

/// Reachability, whose token it is, the repository, and what is left of the hour's budget.
async fn github(context: &Context, client: &Client) -> Vec<Check> {
    let mut checks = Vec::new();
    let login = auth::who(client).await;
    let reached = login.is_ok();
    let host = if context.global.demo { "the simulator" } else { context.settings.api.value.as_str() };
    checks.push(("GitHub", login.map(|login| format!("{host} answers, you are {login}"))));
    if !reached {
        return checks;
    }
    checks.push(("repository", repository(context, client).await));
    let points = client.budget().points;
    if let (Some(remaining), Some(limit)) = (points.remaining, points.limit) {
        checks.push(("rate limit", Ok(format!("{remaining} of {limit} points left this hour"))));
    }
    checks
}

async fn repository(context: &Context, client: &Client) -> Result<String, Failure> {
    let repo = &context.settings.repo.value;
    let document = include_str!("../../assets/graphql/doctor.graphql");
    let answer = client.graphql(document, json!({ "owner": repo.owner, "name": repo.name })).await?;
    let Some(found) = answer.data.get("repository").filter(|found| !found.is_null()) else {
        return Err(Failure::new(
            FailureKind::NotFound,
            format!("read {repo}"),
            "GitHub knows no such repository, or the token may not see it",
        )
        .hint("Check VEPHERD_REPO and what the token may read."));
    };
    let open = found.pointer("/pullRequests/totalCount").and_then(serde_json::Value::as_u64).unwrap_or(0);
    let permission = found.get("viewerPermission").and_then(serde_json::Value::as_str).unwrap_or("unknown");
    Ok(format!("{repo}: {open} open, your permission is {}", sanitize_line(permission)))
}

fn terminal(context: &Context) -> String {
    if !std::io::stdout().is_terminal() {
        return "stdout is none: plain text".to_owned();
    }
    let (columns, rows) = crossterm::terminal::size().unwrap_or((0, 0));
    let kind = context.env.get("TERM").map_or_else(|| "TERM is not set".to_owned(), sanitize_line);
    format!("{kind}, {columns}×{rows}, colours {}", if context.out.color { "on" } else { "off" })
}

fn as_lines(out: Out, checks: &[Check]) -> String {
    let mut text = String::new();
    for (name, outcome) in checks {
        match outcome {
            Ok(fact) => {
                let _ = writeln!(text, "{} {name}: {fact}", out.paint(Paint::Green, "✓"));
            }
            Err(failure) => {
                let _ = writeln!(
                    text,
                    "{} {name}: {}",
                    out.paint(Paint::Red, "✗"),
                    crate::domain::text::sanitize(&failure.to_string()).replace('\n', "\n    ")
                );
            }
        }
    }
    text
}

fn as_json(checks: &[Check]) -> String {
    let checks: Vec<_> = checks
        .iter()
        .map(|(name, outcome)| match outcome {
            Ok(fact) => json!({ "check": name, "good": true, "fact": fact, "cause": null, "hint": null }),
            Err(failure) => {
                json!({ "check": name, "good": false, "fact": null, "cause": failure.cause, "hint": failure.hint })
            }
        })
        .collect();
    as_text(&json!({ "schema": SCHEMA, "checks": checks }))
}
