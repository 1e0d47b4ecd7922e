//! `vepherd list`: the proposals that a query asks for, most urgent first.

use serde_json::json;

use super::args::ListArgs;
use super::output::{json, print, table, tell};
use super::session::Context;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::text::sanitize_line;

/// Runs it.
///
/// # Errors
/// Where the query is bad, nothing can be shown, or (after showing what the store has) GitHub was not reached.
pub async fn run(context: &Context, args: &ListArgs) -> Result<(), Failure> {
    if args.views {
        return views(context, args.json);
    }
    // The query is read first: a typing error costs no request.
    let text = args.text();
    let saved = &context.settings.views;
    let query = saved.read(&text).map_err(|error| {
        let pointer = format!("{}^", " ".repeat(text.get(..error.at).unwrap_or("").chars().count()));
        Failure::new(FailureKind::Usage, "read the query", error.message.clone())
            .hint(format!("    {text}\n    {pointer}"))
    })?;
    let session = context.session()?;
    let unreached = session.fresh(args.offline).await?;
    let now = session.services.clock.now();
    let (facts, board) = session.services.board()?;
    let shown = query.select(&facts, &board);
    if args.json {
        print(&json::text(&json::list(&facts, &board, &shown, now)))?;
    } else if shown.is_empty() {
        tell("vepherd: no proposal matches");
        if let Some(name) = text.trim_start().strip_prefix('@').filter(|_| saved.named(&text).is_none()) {
            let name = sanitize_line(name.split_whitespace().next().unwrap_or_default());
            tell(&format!("    there is no view @{name} (`vepherd list --views`), so it was looked for as a login"));
        }
    } else {
        print(&table::list(context.out, &facts, &board, &shown))?;
    }
    unreached.map_or(Ok(()), Err)
}

/// The saved views.
fn views(context: &Context, as_json: bool) -> Result<(), Failure> {
    context.settings.require_good()?;
    let views = context.settings.views.list();
    if as_json {
        let list: Vec<_> = views.iter().map(|view| json!({ "name": view.name, "query": view.text })).collect();
        return print(&json::text(&json!({ "schema": json::SCHEMA, "views": list })));
    }
    if views.is_empty() {
        tell("vepherd: the configuration has no views: write [views], then name = \"query\" (`vepherd config path`)");
        return Ok(());
    }
    let widest = views.iter().map(|view| view.name.len()).max().unwrap_or(0);
    let lines = views.iter().map(|view| format!("@{:<widest$}  {}\n", view.name, sanitize_line(&view.text)));
    print(&lines.collect::<String>())
}
