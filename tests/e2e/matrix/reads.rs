//! The reads: what a sync asks, what is asked for one proposal, what is asked for statistics.

use vepherd::domain::ids::PullNumber;
use vepherd::shell::sync::{Mode, history, refresh_pull};

use super::{Outcome, Row, Run};
use crate::e2e::sim_kit::at;
use crate::e2e::sync::world;
use crate::e2e::sync_kit::{Desk, item, propose, repo};

/// Three proposals, one with more comments than a page holds, and one that has ended: light query, proposals, a page,
/// documents, each in a request of its own.
fn desk() -> Desk {
    let mut world = world(3);
    for n in 0..150 {
        world.comment(&item(1), at("2026-02-04T00:00:00Z"), "ada", &format!("Remark {n}"));
    }
    let ended = propose(&mut world, 9);
    world.close(&ended, at("2026-02-05T00:00:00Z"), "ada");
    Desk::new(world)
}

fn nothing(_: &Desk) -> Run<'_> {
    Box::pin(async { Ok(Vec::new()) })
}

fn sync(desk: &Desk) -> Run<'_> {
    Box::pin(async { desk.sync(Mode::Changed).await.map(|summary| summary.warnings) })
}

fn one(desk: &Desk) -> Run<'_> {
    Box::pin(async {
        let pull = refresh_pull(&desk.client, &desk.store, &desk.profile, &repo(), PullNumber(1), desk.now()).await?;
        Ok(pull.truncated.into_iter().map(|part| format!("{}: {}", part.part, part.why)).collect())
    })
}

fn ended(desk: &Desk) -> Run<'_> {
    Box::pin(async {
        let hands = desk.hands.clone();
        let read: Outcome =
            history::read(&desk.client, &desk.store, &repo(), &move || hands.now()).await.map(|_| Vec::new());
        read
    })
}

fn whole(desk: &Desk) -> Result<(), String> {
    let facts = desk.facts();
    if facts.pulls.len() != 3 || facts.issues.len() < 3 || !facts.gaps.is_empty() {
        return Err(format!("{} proposals, {} issues, {:?}", facts.pulls.len(), facts.issues.len(), facts.gaps));
    }
    for pull in facts.pulls.values() {
        if !pull.truncated.is_empty() || pull.documents.len() != 1 {
            return Err(format!("{}: {:?}, {} documents", pull.number, pull.truncated, pull.documents.len()));
        }
    }
    let comments = desk.pull(1).comments.len();
    if comments != 151 {
        return Err(format!("{comments} comments"));
    }
    if facts.files.owners.len() != 2 || facts.files.sig_aliases.is_none() || facts.files.schedules.len() != 2 {
        return Err(format!("files: {:?}", facts.files.owners.keys()));
    }
    let writes = desk.sim.log().iter().filter(|logged| logged.applied).count();
    if writes > 0 { Err(format!("{writes} writes")) } else { Ok(()) }
}

fn known(desk: &Desk) -> Result<(), String> {
    let known = desk.store.history_numbers(&repo()).unwrap();
    if known.contains(&PullNumber(9)) { Ok(()) } else { Err("what ended is not known".to_owned()) }
}

/// The rows.
pub fn rows() -> Vec<Row> {
    vec![
        Row { name: "light query", desk, before: nothing, skip: 0, run: sync, whole },
        Row { name: "proposals", desk, before: nothing, skip: 1, run: sync, whole },
        Row { name: "a further page", desk, before: nothing, skip: 2, run: sync, whole },
        Row { name: "documents, issues", desk, before: nothing, skip: 3, run: sync, whole },
        Row { name: "one proposal", desk, before: sync, skip: 0, run: one, whole },
        Row { name: "what ended", desk, before: sync, skip: 0, run: ended, whole: known },
    ]
}
