//! What may stand next in a query: qualifiers, then the values that the board has.

use std::collections::BTreeMap;

use super::Views;
use super::vocabulary::{QUALIFIERS, SORTS, STATES, words_of};
use crate::domain::board::Board;
use crate::domain::facts::Facts;
use crate::domain::verdict::{Checks, Convergence, Kind, ProblemCode, ReasonCode, Stage, Who};

/// What may stand at a place of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The byte at which the unfinished word begins.
    pub from: usize,
    /// What may stand in its place, the best first.
    pub options: Vec<Suggestion>,
}

/// One word that may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The word, quoted where it must be.
    pub text: String,
    /// What it means, or how often the board has it.
    pub note: String,
}

/// Completes the word that ends at the byte `cursor`.
#[must_use]
pub fn complete(text: &str, cursor: usize, facts: &Facts, board: &Board, views: &Views) -> Completion {
    let before = text.get(..cursor).unwrap_or(text);
    let start = word_start(before);
    let word = before.get(start..).unwrap_or_default();
    let at = start + usize::from(word.starts_with('-'));
    let word = word.strip_prefix('-').unwrap_or(word);
    match word.split_once(':') {
        Some((name, values)) if QUALIFIERS.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) => {
            let name = name.to_ascii_lowercase();
            // Of several values the last is unfinished.
            let last = last_value(values);
            let from = at + name.len() + 1 + last;
            let begun = values.get(last..).unwrap_or_default().trim_start_matches('"').to_lowercase();
            let fits = |option: &Suggestion| option.text.trim_start_matches('"').to_lowercase().starts_with(&begun);
            Completion { from, options: values_of(&name, facts, board).into_iter().filter(fits).collect() }
        }
        _ => {
            let begun = word.to_ascii_lowercase();
            let mut options = Vec::new();
            if let (Some(begun), true) = (begun.strip_prefix('@'), before.trim_start().starts_with('@') && at == start)
            {
                let named = views.list().iter().filter(|view| view.name.to_ascii_lowercase().starts_with(begun));
                options.extend(named.map(|view| suggestion(&format!("@{}", view.name), &view.text)));
            }
            let named = QUALIFIERS.iter().filter(|(name, _)| name.starts_with(&begun));
            options.extend(named.map(|(name, asks)| suggestion(&format!("{name}:"), asks)));
            Completion { from: at, options }
        }
    }
}

fn suggestion(text: &str, note: &str) -> Suggestion {
    Suggestion { text: text.to_owned(), note: note.to_owned() }
}

/// Where the last word begins: after the last blank outside quotes.
fn word_start(text: &str) -> usize {
    let mut start = 0;
    let mut quoted = false;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                chars.next();
            }
            c if c.is_whitespace() && !quoted => start = at + c.len_utf8(),
            _ => {}
        }
    }
    start
}

/// Where the last of several values begins: after the last comma outside quotes.
fn last_value(values: &str) -> usize {
    let mut start = 0;
    let mut quoted = false;
    for (at, c) in values.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => start = at + 1,
            _ => {}
        }
    }
    start
}

/// Values with how many proposals have them, the most frequent first.
#[derive(Default)]
struct Counted(BTreeMap<String, usize>);

impl Counted {
    fn add(&mut self, value: &str) {
        if !value.is_empty() {
            *self.0.entry(value.to_owned()).or_default() += 1;
        }
    }

    fn into_suggestions(self) -> Vec<Suggestion> {
        let mut list: Vec<(String, usize)> = self.0.into_iter().collect();
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        list.into_iter().map(|(value, count)| Suggestion { text: quoted(&value), note: count.to_string() }).collect()
    }
}

fn quoted(value: &str) -> String {
    match value.contains(|c: char| c.is_whitespace() || matches!(c, '"' | ',')) {
        true => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        false => value.to_owned(),
    }
}

fn values_of(name: &str, facts: &Facts, board: &Board) -> Vec<Suggestion> {
    let mut counted = Counted::default();
    let fixed = |words: &[(&str, &str)]| words.iter().map(|(word, note)| suggestion(word, note)).collect::<Vec<_>>();
    let ours = |words: &[&str]| words.iter().map(|word| suggestion(word, "")).collect::<Vec<_>>();
    let me = ("me", "you");
    let mut options = match name {
        "stage" => Stage::ALL.iter().map(|stage| suggestion(stage.code(), stage.title())).collect(),
        "is" => STATES.iter().map(|(word, _, asks)| suggestion(word, asks)).collect(),
        "kind" => ours(words_of::<Kind>()),
        "checks" => ours(words_of::<Checks>()),
        "convergence" => ours(words_of::<Convergence>()),
        "reason" => ours(words_of::<ReasonCode>()),
        "problem" => ours(words_of::<ProblemCode>()),
        "sort" => SORTS.iter().map(|(word, _)| suggestion(word, "")).collect(),
        "freeze" => fixed(&[("<14d", "in two weeks"), ("<30d", "in a month")]),
        "age" | "idle" | "turn" | "lag" => {
            fixed(&[(">7d", "over a week"), (">30d", "over a month"), ("<2d", "under two days")])
        }
        "rounds" | "threads" | "comments" => fixed(&[(">0", "some"), ("=0", "none"), (">3", "more than three")]),
        "shepherd" => fixed(&[me, ("none", "nobody")]),
        "author" => fixed(&[me, ("none", "a deleted account")]),
        "involves" => fixed(&[me]),
        "veto" | "hold" => fixed(&[me, ("none", "nobody")]),
        "waiting" => fixed(&[me, ("mysig", "a SIG of yours"), ("author", "its author"), ("automation", "robots")]),
        "release" => fixed(&[("none", "no target")]),
        _ => Vec::new(),
    };
    for verdict in &board.verdicts {
        let Some(pull) = facts.pulls.get(&verdict.number) else { continue };
        match name {
            "sig" => {
                let sigs = verdict.owning_sigs.iter().chain(&verdict.participating_sigs);
                sigs.for_each(|sig| counted.add(sig.as_str()));
            }
            "owner" => verdict.owning_sigs.iter().for_each(|sig| counted.add(sig.as_str())),
            "participating" => verdict.participating_sigs.iter().for_each(|sig| counted.add(sig.as_str())),
            "signed" | "stale" | "missing" => verdict.signoffs.iter().for_each(|(sig, _)| counted.add(sig.as_str())),
            "shepherd" => verdict.shepherds.iter().for_each(|shepherd| counted.add(shepherd.login.as_str())),
            "author" => pull.author.iter().for_each(|author| counted.add(author.login.as_str())),
            "involves" => {
                let spoke = pull.comments.iter().filter_map(|it| it.author.as_ref());
                let reviewed = pull.reviews.iter().filter_map(|it| it.author.as_ref());
                let all = pull.author.iter().chain(spoke).chain(reviewed).map(|actor| actor.login.as_str());
                all.collect::<std::collections::BTreeSet<_>>().into_iter().for_each(|login| counted.add(login));
            }
            "veto" => verdict.vetoes.iter().for_each(|veto| counted.add(veto.by.as_str())),
            "hold" => {
                verdict.hold.iter().filter_map(|hold| hold.by.as_ref()).for_each(|by| counted.add(by.as_str()));
            }
            "waiting" => {
                let rule = verdict.waiting_on.first().map(|first| first.rule);
                for entry in verdict.waiting_on.iter().take_while(|entry| Some(entry.rule) == rule) {
                    match entry.who {
                        Who::Sig => counted.add(&format!("sig-{}", entry.name)),
                        Who::Person => counted.add(&entry.name),
                        Who::Author | Who::Automation => {}
                    }
                }
            }
            "release" => verdict.release.iter().for_each(|release| counted.add(release.as_str())),
            "label" => pull.labels.iter().for_each(|label| counted.add(label)),
            "gate" => verdict.gate.blockers.iter().for_each(|blocker| counted.add(blocker)),
            "status" => verdict.status.iter().for_each(|status| counted.add(status)),
            "vep" => verdict.veps.iter().for_each(|vep| counted.add(&vep.0.to_string())),
            _ => {}
        }
    }
    options.extend(counted.into_suggestions());
    options
}
