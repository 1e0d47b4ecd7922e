//! `vepherd sync`: brings the local store up to date and says in one line what that took.

use serde_json::json;

use super::args::SyncArgs;
use super::output::{json, print, tell};
use super::session::Context;
use crate::domain::failure::Failure;
use crate::shell::sync::Mode;

/// Runs it.
///
/// # Errors
/// As the sync.
pub async fn run(context: &Context, args: &SyncArgs) -> Result<(), Failure> {
    let session = context.session()?;
    let summary = session.sync(if args.full { Mode::Full } else { Mode::Changed }).await?;
    let repo = &session.services.repo;
    let history = session.services.read_history().await;
    if let Err(failure) = &history {
        tell(&format!("vepherd: {failure}"));
    }
    let history = history.unwrap_or_default();
    let known = session.services.store.history_numbers(repo)?.len();
    if args.json {
        return print(&json::text(&json!({
            "schema": json::SCHEMA, "repo": repo, "pulls": summary.pulls, "changed": summary.changed,
            "requests": summary.requests, "points": summary.points,
            "seconds": (summary.seconds * 10.0).round() / 10.0, "warnings": summary.warnings,
            "history": {
                "known": known, "read": history.read, "requests": history.requests, "points": history.points,
                "complete": history.complete,
            },
        })));
    }
    let ended = match (history.read, history.complete) {
        (0, true) => String::new(),
        (read, true) => format!("; {read} that ended, for statistics ({} requests)", history.requests),
        (read, false) => format!("; {read} that ended, for statistics, and more with the next sync"),
    };
    print(&format!(
        "{repo}: {} open proposals, {} read again; {} requests, {} points, {:.1} s{ended}\n",
        summary.pulls, summary.changed, summary.requests, summary.points, summary.seconds
    ))
}
