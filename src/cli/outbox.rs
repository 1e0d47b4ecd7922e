//! `vepherd outbox`: what was written and is not on GitHub, and what to do with it.

use std::fmt::Write as _;

use serde_json::json;

use super::args::{OutboxArgs, OutboxCommand, TextArgs};
use super::input;
use super::output::json::{SCHEMA, text as as_text, time};
use super::output::{print, tell};
use super::session::{Context, Session};
use crate::domain::action::{Action, Post};
use crate::domain::failure::Failure;
use crate::domain::text::{sanitize_line, truncate};
use crate::shell::outbox::{self, How, Sent};
use crate::shell::store::{OutboxId, OutboxRow, OutboxState};

/// Runs it.
///
/// # Errors
/// Where the store fails, there is no such row, or something that was to be sent was not.
pub async fn run(context: &Context, args: &OutboxArgs) -> Result<(), Failure> {
    let session = context.session()?;
    match args.what.clone().unwrap_or(OutboxCommand::List) {
        OutboxCommand::List => list(&session, args.json),
        OutboxCommand::Drop { id } => drop_row(&session, OutboxId(id)),
        OutboxCommand::Edit { id, text } => edit(context, &session, OutboxId(id), &text).await,
        OutboxCommand::Send { id: Some(id), anyway } => {
            let how = if anyway { How::Anyway } else { How::Checked };
            let row = session.services.send(OutboxId(id), how).await?.into_result()?;
            print(&sent(&row))
        }
        OutboxCommand::Send { id: None, .. } => send_all(&session).await,
    }
}

fn list(session: &Session, json: bool) -> Result<(), Failure> {
    let rows: Vec<OutboxRow> =
        session.services.store.outbox()?.into_iter().filter(|row| row.state != OutboxState::Done).collect();
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "id": row.id, "state": row.state, "repo": row.intent.repo, "number": row.intent.pull,
                    "action": word(&row.intent.action), "head": row.intent.head, "posts": row.posts,
                    "reason": row.reason, "created_at": time(row.intent.created_at),
                    "due": row.due, "arrived": row.done, "host": row.host, "author": row.author,
                })
            })
            .collect();
        return print(&as_text(&json!({ "schema": SCHEMA, "outbox": rows })));
    }
    if rows.is_empty() {
        tell("vepherd: nothing is unsent");
        return Ok(());
    }
    let mut text = String::new();
    for row in &rows {
        let body = row.posts.first().map(body).unwrap_or_default();
        let body = truncate(&sanitize_line(body), 60);
        let (intent, at) = (&row.intent, time(row.intent.created_at));
        let _ = writeln!(
            text,
            "{}  {}  {} on {}{}, {at}: {body}",
            row.id,
            row.state.word(),
            word(&intent.action),
            intent.repo,
            intent.pull
        );
        if let Some(reason) = &row.reason {
            let _ = writeln!(text, "     {}", sanitize_line(reason));
        }
    }
    print(&text)
}

async fn send_all(session: &Session) -> Result<(), Failure> {
    let mut first = None;
    for one in session.services.send_all().await? {
        match one {
            Sent::Done(row) => print(&sent(&row))?,
            other => {
                if let Err(failure) = other.into_result() {
                    tell(&format!("vepherd: {failure}"));
                    first = first.or(Some(failure));
                }
            }
        }
    }
    match first {
        None => Ok(()),
        Some(failure) => Err(Failure::new(failure.kind, "send everything", "something is still in the outbox")
            .hint("`vepherd outbox` lists it.")),
    }
}

fn drop_row(session: &Session, id: OutboxId) -> Result<(), Failure> {
    let services = &session.services;
    let arrived = services.store.outbox_row(id)?.is_some_and(|row| row.done > 0);
    let was = outbox::take(&services.store, id, None)?;
    if was == OutboxState::Unknown {
        tell("vepherd: it may be on GitHub all the same; look there before you write it again");
    } else if arrived {
        tell("vepherd: a part of it is on GitHub");
    }
    print(&format!("dropped {id}\n"))
}

async fn edit(context: &Context, session: &Session, id: OutboxId, text: &TextArgs) -> Result<(), Failure> {
    let services = &session.services;
    let text = match input::optional(text)? {
        Some(text) => text,
        None => {
            let row = services.store.outbox_row(id)?;
            let old = row.as_ref().and_then(|row| row.intent.action.text()).unwrap_or_default();
            input::edited(context, old).await?
        }
    };
    let row = outbox::edit(&services.store, &services.profile, id, text)?;
    print(&format!("{} is changed and queued: `vepherd outbox send {}` sends it\n", row.id, row.id))
}

fn sent(row: &OutboxRow) -> String {
    let links: Vec<String> = row.links.iter().map(|link| sanitize_line(link)).collect();
    format!("{} sent to {} {}\n", row.id, row.intent.pull, links.join(" ")).replace(" \n", "\n")
}

fn body(post: &Post) -> &str {
    match post {
        Post::Comment { body } | Post::Review { body, .. } | Post::Reply { body, .. } => body,
        Post::Dismiss { message, .. } => message,
        Post::Resolve { .. } => "",
    }
}

/// The word of an action.
fn word(action: &Action) -> &'static str {
    match action {
        Action::Comment { .. } => "comment",
        Action::Lgtm { .. } => "lgtm",
        Action::Approve { .. } => "approve",
        Action::Veto { .. } => "veto",
        Action::Unveto { .. } => "unveto",
        Action::Hold { .. } => "hold",
        Action::Unhold { .. } => "unhold",
        Action::Assign { .. } => "assign",
        Action::Unassign { .. } => "unassign",
        Action::Cc { .. } => "cc",
        Action::Reply { .. } => "reply",
        Action::Resolve { .. } => "resolve",
    }
}
