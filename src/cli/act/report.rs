//! What an action would do, and what it did, as text and as JSON.

use std::fmt::Write as _;

use serde_json::json;

use crate::cli::output::{Out, Paint, forecast, json as shape};
use crate::domain::action::{Post, ReviewEvent};
use crate::domain::facts::PullFacts;
use crate::domain::prow::forecast::Forecast;
use crate::domain::text::{sanitize, sanitize_line};
use crate::shell::store::OutboxRow;

/// What would be posted and what Prow would do.
pub(super) fn dry_run(out: Out, pull: &PullFacts, would: &Forecast) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} {}", pull.number, sanitize_line(&pull.title));
    for post in &would.posts {
        let (what, body) = describe(post);
        let _ = write!(text, "\n{}\n", out.paint(Paint::Bold, &format!("would post {what}")));
        for line in sanitize(body).lines() {
            let _ = writeln!(text, "  | {line}");
        }
    }
    text.push('\n');
    text.push_str(&forecast::forecast(out, would));
    text
}

/// The same as JSON.
pub(super) fn dry_run_json(pull: &PullFacts, would: &Forecast) -> String {
    shape::text(&json!({
        "schema": shape::SCHEMA, "dry_run": true, "number": pull.number, "head": pull.head, "posts": would.posts,
        "forecast": {
            "commands": would.commands, "labels_added": would.labels_added, "labels_removed": would.labels_removed,
            "signoffs": would.signoffs, "effects": would.effects, "warnings": would.warnings, "gate_after": would.gate_after,
        },
    }))
}

/// What was done: the link, or that it is done.
pub(super) fn done(row: &OutboxRow) -> String {
    if row.links.is_empty() {
        return format!("done on {}\n", row.intent.pull);
    }
    row.links.iter().map(|link| format!("{}\n", sanitize_line(link))).collect()
}

/// The same as JSON.
pub(super) fn done_json(row: &OutboxRow) -> String {
    shape::text(&json!({
        "schema": shape::SCHEMA, "dry_run": false, "number": row.intent.pull, "head": row.intent.head,
        "posts": row.posts, "state": row.state, "outbox": row.id, "links": row.links,
    }))
}

/// What kind of post it is, and its text.
fn describe(post: &Post) -> (String, &str) {
    match post {
        Post::Comment { body } => ("a comment".to_owned(), body),
        Post::Review { event, body, commit } => {
            let event = match event {
                ReviewEvent::Approve => "approve",
                ReviewEvent::RequestChanges => "request changes",
            };
            (format!("a review \"{event}\" on {}", sanitize_line(commit.short())), body)
        }
        Post::Dismiss { message, .. } => ("the dismissal of your review".to_owned(), message),
        Post::Reply { body, .. } => ("a reply in a thread".to_owned(), body),
        Post::Resolve { .. } => ("that a thread is resolved".to_owned(), ""),
    }
}
