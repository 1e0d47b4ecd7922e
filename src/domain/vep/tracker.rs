//! A VEP's tracking issue, as the repository's issue template has it: who tracks it, for which releases, which SIG, and
//! the links of each stage. What is left as the template wrote it (`$ASSIGNEE`, `/sig $SIG`, an empty checklist) says
//! nothing.

use super::document::{bare_item, set, without_struck};
use super::without_comments;
use crate::domain::verdict::Targets;

/// What a tracking issue says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracker {
    /// Release targets per stage.
    pub targets: Targets,
    /// It names somebody as primary contact, as `@login` or by `/assign`.
    pub contact: bool,
    /// It names a SIG.
    pub sig: bool,
    /// It links the enhancement.
    pub link: bool,
    /// Some stage's checklist links a pull request of the VEP.
    pub checklist: bool,
}

/// The part of the template that a line stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Contact,
    Sig,
    Link,
    Other,
}

impl Tracker {
    /// Reads an issue's text; any text gives an answer.
    #[must_use]
    pub fn read(body: &str) -> Self {
        let without;
        let body = if body.contains("<!--") {
            without = without_comments(body);
            without.as_str()
        } else {
            body
        };
        let mut tracker = Self::default();
        let mut field = Field::Other;
        // A target may stand on the line below its label.
        let mut open_target: Option<&str> = None;
        for line in body.lines() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if let Some((label, value)) = label(line) {
                field = field_of(label);
                open_target = None;
                tracker.take(field, value);
                continue;
            }
            if line.trim_start_matches('#').starts_with(' ') && line.starts_with('#') {
                field = Field::Other;
            }
            if let Some(stage) = target_of(line, &mut tracker.targets) {
                open_target = stage;
                continue;
            }
            if let Some(stage) = open_target.take().filter(|_| !line.starts_with(['*', '-', '+'])) {
                set(&mut tracker.targets, &mut Vec::new(), stage, line);
            }
            tracker.checklist |= is_vep_pulls(line) && has_reference(line);
            tracker.take(field, line);
        }
        tracker
    }

    fn take(&mut self, field: Field, text: &str) {
        match field {
            Field::Contact => self.contact |= names_somebody(text),
            Field::Sig => self.sig |= names_sig(text),
            Field::Link => self.link |= has_reference(text),
            Field::Other => {}
        }
        self.contact |= command(text, "/assign").is_some_and(|who| who.starts_with(|c: char| c.is_alphanumeric()));
        self.sig |= command(text, "/sig").is_some_and(names_sig);
    }
}

/// `**Label**: value`, also `**Label:** value`.
fn label(line: &str) -> Option<(&str, &str)> {
    let (label, rest) = line.strip_prefix("**")?.split_once("**")?;
    let rest = rest.trim_start();
    match label.strip_suffix(':') {
        Some(label) => Some((label, rest)),
        None => rest.strip_prefix(':').map(|value| (label, value.trim_start())),
    }
}

fn field_of(label: &str) -> Field {
    let holds = |word: &str| contains_ignoring_case(label, word);
    if holds("contact") || holds("assignee") {
        Field::Contact
    } else if holds("sig") {
        Field::Sig
    } else if holds("link") {
        Field::Link
    } else {
        Field::Other
    }
}

/// `* Alpha release target (x.y): 1.10`: takes the target. Some where it is such a line; with the stage where the value
/// is not on it.
fn target_of(line: &str, targets: &mut Targets) -> Option<Option<&'static str>> {
    if !contains_ignoring_case(line, "release target") {
        return None;
    }
    let plain = bare_item(&without_struck(line)).to_lowercase();
    let (label, value) = plain.split_once(':')?;
    let stage = ["alpha", "beta", "ga", "stable"].into_iter().find(|stage| label.starts_with(stage))?;
    set(targets, &mut Vec::new(), stage, value);
    Some(value.trim().is_empty().then_some(stage))
}

/// `* [ ] VEP PRs: …`.
fn is_vep_pulls(line: &str) -> bool {
    let at = line.find(':').unwrap_or(line.len());
    let label = line.get(..at).unwrap_or(line);
    contains_ignoring_case(label, "vep pr") || contains_ignoring_case(label, "vep pull")
}

/// `#12`, `owner/repo#12` or a link.
fn has_reference(text: &str) -> bool {
    let numbered = text
        .match_indices('#')
        .any(|(at, _)| text.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())));
    numbered || text.contains("https://") || text.contains("http://") || text.contains("veps/")
}

fn names_somebody(text: &str) -> bool {
    text.match_indices('@')
        .any(|(at, _)| text.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric())))
}

/// `/sig compute`, `sig-compute`, `SIG compute`, `compute`; not `$SIG`.
fn names_sig(text: &str) -> bool {
    if text.contains('$') {
        return false;
    }
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| {
        let word = word.strip_prefix("sig-").or_else(|| word.strip_prefix("SIG-")).unwrap_or(word);
        let filler = ["", "sig", "sigs", "primary", "additional", "optional", "none", "tbd", "n", "a", "na"];
        !filler.iter().any(|filler| word.eq_ignore_ascii_case(filler)) && word.starts_with(|c: char| c.is_alphabetic())
    })
}

/// What stands behind a command at the start of a line, without `@`.
fn command<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(name)?;
    rest.starts_with([' ', '\t']).then(|| rest.trim_start().trim_start_matches('@'))
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}
