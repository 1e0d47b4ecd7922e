//! The label plugin: categories, whose patterns have no word boundary and swallow the next line where their own is
//! bare (`specs/prow.md` §2.5, §12.4), and `/label` for configured labels. Case-sensitive throughout.

use super::{go, starts};
use crate::domain::profile::ProwRules;

/// The categories; none is the beginning of another.
pub(super) const CATEGORIES: [&str; 8] = ["area", "committee", "kind", "language", "priority", "sig", "triage", "wg"];

/// What one match asks for.
pub(super) struct Match {
    /// Where it starts and ends in the text without HTML comments.
    pub(super) at: usize,
    pub(super) end: usize,
    /// Takes labels off.
    pub(super) remove: bool,
    /// The labels that Prow asks for.
    pub(super) labels: Vec<String>,
    /// The word of a `/label` that is not configured.
    pub(super) refused: Option<String>,
}

/// All labels that a text asks to set and to take off, in Prow's order: categories first, then `/label`.
pub(super) fn labels(stripped: &str, rules: &ProwRules) -> (Vec<String>, Vec<String>) {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for found in matches(stripped, rules) {
        if found.remove { &mut remove } else { &mut add }.extend(found.labels);
    }
    (add, remove)
}

/// All matches of the four patterns, each pattern with its own cursor: what one match swallows is gone for that
/// pattern only.
pub(super) fn matches(stripped: &str, rules: &ProwRules) -> Vec<Match> {
    let mut categories = Vec::new();
    let mut words = Vec::new();
    let mut cursors = [0_usize; 4];
    for start in starts(stripped) {
        let (remove, name) = match start.rest.strip_prefix("/remove-") {
            Some(name) => (true, name),
            None => (false, start.rest.get(1..).unwrap_or_default()),
        };
        let category = CATEGORIES.iter().find_map(|category| Some((*category, name.strip_prefix(category)?)));
        let word = name.strip_prefix("label").map(|tail| ("label", tail));
        let Some((prefix, tail)) = category.or(word) else { continue };
        let Some(cursor) = cursors.get_mut(usize::from(remove) * 2 + usize::from(category.is_none())) else { continue };
        if start.at < *cursor {
            continue;
        }
        let end = start.at + (start.rest.len() - tail.len()) + extent(tail);
        *cursor = end;
        let text = stripped.get(start.at..end).unwrap_or_default().trim();
        let mut found = Match { at: start.at, end, remove, labels: Vec::new(), refused: None };
        if category.is_some() {
            found.labels =
                text.split(' ').skip(1).map(|word| go::lower(&format!("{prefix}/{}", word.trim()))).collect();
            categories.push(found);
        } else {
            let mut parts = text.split(' ');
            let first = parts.next().unwrap_or_default();
            if let (true, Some(word), None) = (matches!(first, "/label" | "/remove-label"), parts.next(), parts.next())
            {
                let word = go::lower(word);
                if configured(&word, rules) {
                    found.labels.push(word);
                } else {
                    found.refused = Some(word);
                }
            }
            words.push(found);
        }
    }
    categories.extend(words);
    categories
}

/// How far `\s*(.*?)\s*$` reaches: over white space of any number of lines, then to the end of that line.
fn extent(tail: &str) -> usize {
    let rest = go::skip_space(tail);
    tail.len() - rest.len() + go::line(rest).len()
}

fn configured(word: &str, rules: &ProwRules) -> bool {
    rules.additional_labels.iter().chain(&rules.restricted_labels).any(|label| go::lower(label) == word)
}
