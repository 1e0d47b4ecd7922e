//! `vepherd show N`: one proposal with every reason, its threads and its timeline.

use super::args::ShowArgs;
use super::output::page::Subject;
use super::output::{json, page, print};
use super::session::{Context, Session};
use crate::domain::board::{Board, derive_one, explain_one};
use crate::domain::facts::{Facts, PullFacts};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::PullNumber;
use crate::domain::verdict::Verdict;

/// Runs it.
///
/// # Errors
/// Where there is no such proposal, nothing can be shown, or (after showing what the store has) GitHub was not reached.
pub async fn run(context: &Context, args: &ShowArgs) -> Result<(), Failure> {
    let session = context.session()?;
    let unreached = session.fresh(args.offline).await?;
    let number = PullNumber(args.number);
    if !args.offline && unreached.is_none() && session.services.store.pull(&session.services.repo, number)?.is_none() {
        // Converged long ago: the board does not follow it, but it can be looked at.
        session.services.refresh(number).await?;
    }
    let now = session.services.clock.now();
    let (facts, board) = session.services.board()?;
    let pull = facts.pulls.get(&number).ok_or_else(|| missing(&facts, number))?;
    let services = &session.services;
    let (verdict, explanation) = explain_one(&facts, &services.profile, services.sigs.as_deref(), number, now)
        .ok_or_else(|| missing(&facts, number))?;
    let subject = Subject {
        facts: &facts,
        pull,
        verdict: &verdict,
        explanation: &explanation,
        local: board.local(number),
        profile: &services.profile,
        now,
    };
    if args.json {
        print(&json::text(&json::show(&subject, &board, now)))?;
    } else {
        print(&page::show(context.out, &subject))?;
    }
    unreached.map_or(Ok(()), Err)
}

/// A pull and its verdict, also where it has converged too long ago for the board.
///
/// # Errors
/// Where the store does not have it.
pub fn find<'a>(
    session: &Session,
    facts: &'a Facts,
    board: &Board,
    number: PullNumber,
) -> Result<(&'a PullFacts, Verdict), Failure> {
    let pull = facts.pulls.get(&number).ok_or_else(|| missing(facts, number))?;
    if let Some(verdict) = board.find(number) {
        return Ok((pull, verdict.clone()));
    }
    // The board shows what converged lately; asked for by number, a proposal has no window.
    let services = &session.services;
    let verdict = derive_one(facts, &services.profile, services.sigs.as_deref(), number, services.clock.now());
    verdict.map(|verdict| (pull.as_ref(), verdict)).ok_or_else(|| missing(facts, number))
}

fn missing(facts: &Facts, number: PullNumber) -> Failure {
    Failure::new(FailureKind::NotFound, format!("show {}{number}", facts.repo), "it is not in the local store")
        .hint("Check the number; `vepherd list` names what is there, `vepherd sync` reads what is new.")
}
