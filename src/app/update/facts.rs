//! New facts: derive the board anew, keep every cursor where it was, tell what Prow did after a write of ours.

use std::sync::Arc;

use super::{composer, home, page, toast};
use crate::app::effect::Effects;
use crate::app::lists;
use crate::app::model::{Level, Model};
use crate::domain::board::{Board, Viewer};
use crate::domain::facts::{Facts, Gap};
use crate::domain::roster::Roster;
use crate::domain::verdict::Verdict;

/// Facts were read from the store.
pub fn loaded(model: &mut Model, facts: Arc<Facts>) -> Effects {
    model.facts = facts;
    if !model.loaded {
        model.warnings = model.facts.gaps.iter().map(Gap::words).collect();
    }
    model.loaded = true;
    rederive(model);
    model.owners = model.readings.owners();
    model.roster = Arc::new(Roster::read(&model.facts.files, &model.settings.profile));
    let mut effects = page::refreshed(model);
    effects.extend(composer::refreshed(model));
    effects.extend(news(model));
    effects
}

/// Derives the board and the lists for `model.at`.
pub fn rederive(model: &mut Model) {
    let settings = &model.settings;
    model.board = model.readings.derive(&model.facts, &settings.profile, settings.sigs.as_deref(), model.at);
    remark(model);
}

/// Looks at the board anew in the light of what the viewer says: after a change of marks.
pub fn remark(model: &mut Model) {
    let nothing = Board::of(Viewer::default(), None, Vec::<Arc<Verdict>>::new());
    let board = std::mem::replace(&mut model.board, nothing);
    model.board = board.with_marks(&model.facts, &model.settings.profile, &model.marks, model.at);
    relist(model);
}

/// Derives the lists alone: after a change of filter or grouping.
pub fn relist(model: &mut Model) {
    model.lists = lists::derive(model);
    let before = model.cursor(model.home).clone();
    home::resolve(model);
    let now = model.cursor(model.home);
    // What the user has scrolled away from stays away, unless the selection itself moved.
    if (now.pull, now.lane, now.row) != (before.pull, before.lane, before.row) || now.first_row.is_empty() {
        home::follow(model);
    } else {
        home::clamp(model);
    }
}

/// What changed on proposals that we wrote on: Prow's answer, as far as labels show it.
fn news(model: &mut Model) -> Effects {
    let mut effects = Effects::none();
    let facts = Arc::clone(&model.facts);
    let now = model.at;
    let mut lines = Vec::new();
    model.watched.retain_mut(|watched| {
        let Some(pull) = facts.pulls.get(&watched.pull).filter(|_| watched.until > now) else { return false };
        let minus = |a: &[String], b: &[String]| -> Vec<String> {
            a.iter().filter(|label| !b.contains(label)).cloned().collect()
        };
        let (set, taken) = (minus(&pull.labels, &watched.labels), minus(&watched.labels, &pull.labels));
        let words = [("now has", set), ("lost", taken)]
            .into_iter()
            .filter(|(_, labels)| !labels.is_empty())
            .map(|(verb, labels)| format!("{verb} {}", labels.join(", ")));
        let words: Vec<String> = words.collect();
        if !words.is_empty() {
            lines.push(format!("{} {}", watched.pull, words.join(" and ")));
            watched.labels.clone_from(&pull.labels);
        }
        true
    });
    for line in lines {
        effects.extend(toast(model, Level::Good, line));
    }
    effects
}
