//! `vepherd store`: where the local store is, whether it is whole, everything in it as JSON, and making it small.

use std::fmt::Write as _;
use std::io::Write as _;

use clap::{Args, Subcommand};
use serde_json::{Map, json};

use super::output::{json, print, written};
use super::session::Context;
use crate::domain::failure::{Failure, FailureKind};
use crate::shell::store::Store;
use crate::shell::store::inspect::{self, Report};
use crate::shell::store::prune::{BLOB_DAYS, ENDED_DAYS, REPO_DAYS};

/// `store`.
#[derive(Clone, Debug, Args)]
pub struct StoreArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: StoreCommand,
    /// JSON on stdout
    #[arg(long, global = true)]
    pub json: bool,
}

/// What `store` does.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum StoreCommand {
    /// Whether it is whole, and what is in it; changes nothing
    Check,
    /// Where it is
    Path,
    /// Everything in it as one JSON document, drafts and unsent texts included
    Export,
    /// Take out what is no longer needed and make the file small
    #[command(
        after_help = "Old facts go by themselves once a day: texts of files 60 days after they were last needed, \
                            proposals 90 days after they ended, repositories 180 days after their last sync. What you \
                            wrote is never taken out."
    )]
    Vacuum,
}

/// Runs it.
///
/// # Errors
/// Where there is no store, it is damaged, or it cannot be read or written.
pub fn run(context: &Context, args: &StoreArgs) -> Result<(), Failure> {
    if context.global.demo {
        return Err(
            Failure::new(FailureKind::Usage, "look at the store", "the demo's is in memory").hint("Leave --demo out.")
        );
    }
    let path = context.paths.store();
    match args.what {
        StoreCommand::Path if args.json => {
            print(&json::text(&json!({ "schema": json::SCHEMA, "path": path, "exists": path.exists() })))
        }
        StoreCommand::Path => print(&format!("{}\n", path.display())),
        StoreCommand::Check => check(context, args.json),
        StoreCommand::Export => {
            let mut out = std::io::stdout().lock();
            inspect::export(&path, &mut |text| written(out.write_all(text.as_bytes())))
        }
        StoreCommand::Vacuum => vacuum(context, args.json),
    }
}

fn check(context: &Context, as_json: bool) -> Result<(), Failure> {
    let path = context.paths.store();
    let report = inspect::inspect(&path)?;
    if as_json {
        let rows: Map<_, _> = report.rows.iter().map(|(table, rows)| (table.clone(), json!(rows))).collect();
        print(&json::text(&json!({
            "schema": json::SCHEMA, "path": path, "version": report.version, "newest": inspect::NEWEST,
            "bytes": report.bytes, "rows": rows, "unsent": report.unsent, "damage": report.damage,
        })))?;
    } else {
        print(&words(&path.display().to_string(), &report))?;
    }
    let attempted = "find the local store in order";
    if report.version > inspect::NEWEST {
        let cause = format!("it is of version {}; this vepherd knows up to {}", report.version, inspect::NEWEST);
        return Err(Failure::new(FailureKind::Store, attempted, cause)
            .hint("A newer vepherd wrote it: use that one, or set VEPHERD_DATA_DIR to another folder."));
    }
    match report.damage.first() {
        None => Ok(()),
        Some(first) => Err(Failure::new(FailureKind::Store, attempted, format!("it is damaged: {first}"))
            .hint("Start vepherd: it sets the file aside and rescues what is unsent. `vepherd store export` shows what can be read.")),
    }
}

fn words(path: &str, report: &Report) -> String {
    let mut text = format!("{path}\nversion {}, {}\n", report.version, kib(report.bytes));
    for (table, rows) in &report.rows {
        let _ = writeln!(text, "  {table}: {rows}");
    }
    let _ = writeln!(text, "unsent: {}", report.unsent);
    let _ = writeln!(text, "{}", if report.damage.is_empty() { "whole" } else { "damaged:" });
    for word in &report.damage {
        let _ = writeln!(text, "  {}", crate::domain::text::sanitize_line(word));
    }
    text
}

fn vacuum(context: &Context, as_json: bool) -> Result<(), Failure> {
    let path = context.paths.store();
    if !path.exists() {
        return inspect::inspect(&path).map(drop);
    }
    let store = Store::open(&path)?;
    if let Some(notice) = store.notice() {
        super::output::tell(&format!("vepherd: {notice}"));
    }
    let settings = &context.settings;
    let pruned =
        store.prune(&settings.repo.value, settings.profile.numbers.converged_shown_days, settings.clock().now())?;
    let (before, after) = store.vacuum()?;
    if as_json {
        return print(&json::text(&json!({
            "schema": json::SCHEMA, "bytes_before": before, "bytes_after": after, "pruned": pruned,
            "rules": { "blob_days": BLOB_DAYS, "ended_days": ENDED_DAYS, "repo_days": REPO_DAYS },
        })));
    }
    print(&format!(
        "{} before, {} now; taken out: {} texts of files, {} proposals, {} light forms, {} repositories, {} sent writes\n",
        kib(before),
        kib(after),
        pruned.blobs,
        pruned.pulls,
        pruned.history,
        pruned.repos,
        pruned.sent
    ))
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}
