//! What an action would do, and what it did, as text and as JSON.

use std::fmt::Write as _;

use serde_json::json;

use crate::cli::output::{Out, Paint, json as shape};
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
    let _ = write!(text, "\n{}\n", out.paint(Paint::Bold, "what Prow would do"));
    if would.commands.is_empty() {
        text.push_str("  nothing: there is no command in it\n");
    }
    for command in &would.commands {
        let (glyph, paint) = if command.obeyed { ("✓", Paint::Green) } else { ("∙", Paint::Yellow) };
        let line = format!("  {glyph} {}: {}", sanitize_line(&command.text), sanitize_line(&command.why));
        let _ = writeln!(text, "{}", out.paint(paint, &line));
    }
    for label in &would.labels_added {
        let _ = writeln!(text, "  + label {}", sanitize_line(label));
    }
    for label in &would.labels_removed {
        let _ = writeln!(text, "  - label {}", sanitize_line(label));
    }
    for effect in &would.effects {
        let _ = writeln!(text, "  {}", sanitize_line(effect));
    }
    for warning in &would.warnings {
        let _ = writeln!(text, "{}", out.paint(Paint::Red, &format!("  ! {}", sanitize_line(warning))));
    }
    if let Some(gate) = &would.gate_after {
        let after =
            if gate.blockers.is_empty() { "nothing blocks the merge".to_owned() } else { gate.blockers.join(", ") };
        let _ = writeln!(text, "  gate afterwards: {}", sanitize_line(&after));
    }
    text
}

/// The same as JSON.
pub(super) fn dry_run_json(pull: &PullFacts, would: &Forecast) -> String {
    shape::text(&json!({
        "schema": shape::SCHEMA, "dry_run": true, "number": pull.number, "head": pull.head, "posts": would.posts,
        "forecast": {
            "commands": would.commands, "labels_added": would.labels_added, "labels_removed": would.labels_removed,
            "effects": would.effects, "warnings": would.warnings, "gate_after": would.gate_after,
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
