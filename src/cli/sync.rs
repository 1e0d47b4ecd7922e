//! `vepherd sync`: brings the local store up to date and says in one line what that took.

use serde_json::json;

use super::args::SyncArgs;
use super::output::{json, print};
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
    if args.json {
        return print(&json::text(&json!({
            "schema": json::SCHEMA, "repo": repo, "pulls": summary.pulls, "changed": summary.changed,
            "requests": summary.requests, "points": summary.points,
            "seconds": (summary.seconds * 10.0).round() / 10.0, "warnings": summary.warnings,
        })));
    }
    print(&format!(
        "{repo}: {} open proposals, {} read again; {} requests, {} points, {:.1} s\n",
        summary.pulls, summary.changed, summary.requests, summary.points, summary.seconds
    ))
}
