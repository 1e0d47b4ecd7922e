//! `vepherd list`: the proposals that a query asks for, most urgent first.

use super::args::ListArgs;
use super::output::{json, print, table};
use super::session::{Context, Session};
use crate::domain::board::Board;
use crate::domain::facts::Facts;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::query::{Query, Seen};

/// Runs it.
///
/// # Errors
/// Where the query is bad, nothing can be shown, or (after showing what the store has) GitHub was not reached.
pub async fn run(context: &Context, args: &ListArgs) -> Result<(), Failure> {
    // The query is read first: a typing error costs no request.
    let text = args.text();
    let query = Query::parse(&text).map_err(|error| {
        let pointer = format!("{}^", " ".repeat(text.get(..error.at).unwrap_or("").chars().count()));
        Failure::new(FailureKind::Usage, "read the query", error.message.clone())
            .hint(format!("    {text}\n    {pointer}"))
    })?;
    let session = context.session()?;
    let unreached = session.fresh(args.offline).await?;
    let now = session.services.clock.now();
    let (facts, board) = session.services.board()?;
    let shown = select(&session, &query, &facts, &board)?;
    if args.json {
        print(&json::text(&json::list(&facts, &board, &shown, now)))?;
    } else if shown.is_empty() {
        super::output::tell("vepherd: no proposal matches");
    } else {
        print(&table::list(context.out, &facts, &board, &shown))?;
    }
    unreached.map_or(Ok(()), Err)
}

fn select(session: &Session, query: &Query, facts: &Facts, board: &Board) -> Result<Vec<usize>, Failure> {
    let marks = session.services.store.seen(&session.services.repo)?;
    let seen: Seen = marks.into_iter().map(|(number, mark)| (number, mark.at)).collect();
    Ok(query.select(facts, board, &seen))
}
