//! What the views list, derived from the board: recomputed when facts, filter, grouping or marks change.

use super::model::{Home, Lists, Model, Section};
use super::today;
use crate::domain::board::Grouping;
use crate::domain::ids::PullNumber;
use crate::domain::marks::Ruled;
use crate::domain::verdict::{Stage, Verdict};

/// Lists what the filter lets through.
#[must_use]
pub fn derive(model: &Model) -> Lists {
    // The filter was parsed before it was put in force, so that an error here cannot come from the user's text.
    let query = model.settings.views.read(&model.filter).unwrap_or_default();
    let passes = |verdict: &Verdict| {
        let pull = model.facts.pulls.get(&verdict.number);
        pull.is_some_and(|pull| query.matches(verdict, pull, &model.facts, &model.board))
    };
    let mut shown: Vec<usize> = model
        .board
        .verdicts
        .iter()
        .enumerate()
        .filter(|(_, verdict)| passes(verdict))
        .map(|(index, _)| index)
        .collect();
    query.sort(&model.facts, &model.board, &mut shown);

    let open: Vec<usize> = shown.iter().copied().filter(|index| is_open(model, *index)).collect();
    let mut columns = model.board.lanes(&model.facts, model.grouping, &shown);
    columns.retain(|lane| !lane.cards.is_empty());
    let mut queues = model.board.lanes(&model.facts, Grouping::Shepherd, &open);
    queues.retain(|lane| !lane.cards.is_empty());
    let today::Today { sections: today, done, snoozed } = today::derive(model, &open);
    let conflicts = conflicts(model, &open);
    Lists { shown, columns, queues, today, conflicts, done, snoozed }
}

fn is_open(model: &Model, index: usize) -> bool {
    model.verdict(index).is_some_and(|verdict| verdict.stage != Stage::Converged)
}

/// Vetoes, objections and what the viewer confirmed as one first, then texts that may be one, then holds; the longest
/// silent first. What the viewer has dropped is none for them.
fn conflicts(model: &Model, open: &[usize]) -> Vec<usize> {
    let rank = |verdict: &Verdict| {
        let local = model.board.local(verdict.number);
        let undecided = |possible| local.is_none_or(|local| local.ruled(possible) != Some(Ruled::Dropped));
        if !verdict.vetoes.is_empty() || !verdict.objections.is_empty() || local.is_some_and(|it| it.confirms_any()) {
            Some(0)
        } else if verdict.possible_objections.iter().any(undecided) {
            Some(1)
        } else {
            verdict.hold.as_ref().map(|_| 2)
        }
    };
    let mut found: Vec<(u8, jiff::Timestamp, usize)> = open
        .iter()
        .filter_map(|index| {
            let verdict = model.verdict(*index)?;
            Some((rank(verdict)?, verdict.clocks.idle_since, *index))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, _, index)| index).collect()
}

/// The proposals of a view as columns of numbers: what the cursor moves on.
#[must_use]
pub fn grid(model: &Model, home: Home) -> Vec<Vec<PullNumber>> {
    let numbers = |cards: &[usize]| cards.iter().filter_map(|i| model.verdict(*i)).map(|v| v.number).collect();
    match home {
        Home::Board | Home::Queues => model.lanes(home).iter().map(|lane| numbers(&lane.cards)).collect(),
        Home::Today => {
            let rows = |section: &Section| section.rows.iter().map(|row| row.verdict).collect::<Vec<_>>();
            model.lists.today.iter().map(|section| numbers(&rows(section))).collect()
        }
        Home::Conflicts => vec![numbers(&model.lists.conflicts)],
    }
}
