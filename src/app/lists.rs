//! What the views list, derived from the board: recomputed when facts, filter, grouping or seen marks change.

use super::model::{Home, Lists, Model, Section, TodayRow};
use crate::domain::board::Grouping;
use crate::domain::ids::PullNumber;
use crate::domain::query::Query;
use crate::domain::verdict::{MyTurn, Stage, Verdict, Who};

/// The heading of Today's last section.
pub const WATCHING: &str = "Watching";

/// Lists what the filter lets through.
#[must_use]
pub fn derive(model: &Model) -> Lists {
    // The filter was parsed before it was put in force, so that an error here cannot come from the user's text.
    let query = Query::parse(&model.filter).unwrap_or_default();
    let passes = |verdict: &Verdict| {
        let pull = model.facts.pulls.get(&verdict.number);
        pull.is_some_and(|pull| query.matches_seen(verdict, pull, &model.board, &model.seen))
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
    let (today, done) = today(model, &open);
    let conflicts = conflicts(model, &open);
    Lists { shown, columns, queues, today, conflicts, done }
}

fn is_open(model: &Model, index: usize) -> bool {
    model.verdict(index).is_some_and(|verdict| verdict.stage != Stage::Converged)
}

/// Today's sections, and how many rows are marked as seen and quiet since.
fn today(model: &Model, open: &[usize]) -> (Vec<Section>, usize) {
    let viewer = &model.board.viewer;
    let section = |title: String| Section { title, rows: Vec::new() };
    let mut you = section("You".to_owned());
    let mut sigs: Vec<Section> = viewer.sigs.iter().map(|sig| section(format!("SIG {sig}"))).collect();
    let mut watching = section(WATCHING.to_owned());
    let mut done = 0;
    for &index in open {
        let Some(verdict) = model.verdict(index) else { continue };
        let turn = verdict.waiting_on.first();
        let place = match verdict.urgency.my_turn {
            MyTurn::Me => Some(&mut you),
            MyTurn::MySig => {
                let named = turn.filter(|turn| turn.who == Who::Sig).map_or("", |turn| turn.name.as_str());
                let at = viewer.sigs.iter().position(|sig| sig.as_str() == named).unwrap_or(0);
                sigs.get_mut(at)
            }
            MyTurn::No if takes_part(model, verdict) => Some(&mut watching),
            MyTurn::No => None,
        };
        let Some(place) = place else { continue };
        if !model.is_new(verdict) {
            done += 1;
            continue;
        }
        let what = match (turn, verdict.urgency.my_turn) {
            (Some(turn), MyTurn::Me | MyTurn::MySig) => turn.why.clone(),
            (Some(turn), MyTurn::No) if turn.why.contains(&turn.name) => turn.why.clone(),
            (Some(turn), MyTurn::No) => format!("{}: {}", turn.name, turn.why),
            (None, _) => verdict.stage.title().to_owned(),
        };
        place.rows.push(TodayRow { verdict: index, what, days: verdict.clocks.turn_days });
    }
    let mut sections = vec![you];
    sections.extend(sigs);
    sections.push(watching);
    (sections, done)
}

/// The viewer opened it, shepherds it, is assigned, or has spoken on it.
fn takes_part(model: &Model, verdict: &Verdict) -> bool {
    let (Some(me), Some(pull)) = (&model.board.viewer.login, model.facts.pulls.get(&verdict.number)) else {
        return false;
    };
    let is_me = |actor: &Option<crate::domain::facts::Actor>| actor.as_ref().is_some_and(|actor| actor.login == *me);
    is_me(&pull.author)
        || pull.assignees.contains(me)
        || verdict.shepherds.iter().any(|shepherd| shepherd.login == *me)
        || pull.comments.iter().any(|comment| is_me(&comment.author))
        || pull.reviews.iter().any(|review| is_me(&review.author))
}

/// Vetoes and objections first, then holds; the longest silent first.
fn conflicts(model: &Model, open: &[usize]) -> Vec<usize> {
    let rank = |verdict: &Verdict| {
        if !verdict.vetoes.is_empty() || !verdict.objections.is_empty() {
            Some(0)
        } else {
            verdict.hold.as_ref().map(|_| 1)
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
