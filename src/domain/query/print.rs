//! Writing a query: what was understood, in its shortest form; it reads back as the same.

use std::fmt::{self, Display, Formatter};

use super::vocabulary::{MEASURES, SORTS, STATES, word, word_of};
use super::{Amount, Is, Query, Range, Test, Unit, WaitingFor, Whom};
use crate::domain::ids::SigName;
use crate::domain::verdict::SignOffState;

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut words: Vec<String> = Vec::new();
        for term in &self.terms {
            let sign = if term.negated { "-" } else { "" };
            let (names, values): (Vec<&str>, Vec<String>) = term.any_of.iter().map(printed).unzip();
            let text = match names.first().copied().unwrap_or_default() {
                // A term of plain words has one.
                "" => values.into_iter().map(|it| quoted(it, is_plain_word)).collect::<Vec<_>>().join(" "),
                name => {
                    let values: Vec<String> = values.into_iter().map(|it| quoted(it, is_plain_value)).collect();
                    format!("{name}:{}", values.join(","))
                }
            };
            words.push(format!("{sign}{text}"));
        }
        if let Some(sort) = self.order {
            words.push(format!("sort:{}{}", word(&SORTS, &sort.by), if sort.reversed { "-asc" } else { "" }));
        }
        f.write_str(&words.join(" "))
    }
}

/// A test's qualifier and value; no qualifier for plain words.
fn printed(test: &Test) -> (&'static str, String) {
    match test {
        Test::Text(text) => ("", text.clone()),
        Test::Number(number) => ("", number.to_string()),
        Test::Sig(sig) => ("sig", sig_word(sig)),
        Test::Owner(sig) => ("owner", sig_word(sig)),
        Test::Participating(sig) => ("participating", sig_word(sig)),
        Test::SignOff(state, sig) => {
            let name = match state {
                SignOffState::Signed => "signed",
                SignOffState::Stale => "stale",
                // `missing:` reads as missing; nothing reads as vetoed (`veto:` names people).
                SignOffState::Missing | SignOffState::Vetoed => "missing",
            };
            (name, sig_word(sig))
        }
        Test::Shepherd(whom) => ("shepherd", whom.to_string()),
        Test::Author(whom) => ("author", whom.to_string()),
        Test::Involves(whom) => ("involves", whom.to_string()),
        Test::Veto(whom) => ("veto", whom.to_string()),
        Test::Hold(whom) => ("hold", whom.to_string()),
        Test::Stage(stage) => ("stage", stage.code().to_owned()),
        Test::Kind(kind) => ("kind", word_of(kind)),
        Test::Checks(checks) => ("checks", word_of(checks)),
        Test::Convergence(course) => ("convergence", word_of(course)),
        Test::Reason(code) => ("reason", word_of(code)),
        Test::Problem(code) => ("problem", word_of(code)),
        Test::Gate(name) => ("gate", name.clone()),
        Test::Status(status) => ("status", status.clone()),
        Test::Waiting(whom) => ("waiting", whom.to_string()),
        Test::Is(what) => ("is", state_word(*what).to_owned()),
        Test::Release(release) => ("release", release.as_ref().map_or("none".to_owned(), ToString::to_string)),
        Test::Label(label) => ("label", label.clone()),
        Test::Vep(number) => ("vep", number.0.to_string()),
        Test::Amount(measure, range) => (word(&MEASURES, measure), range.to_string()),
    }
}

fn state_word(what: Is) -> &'static str {
    STATES.iter().find(|(_, known, _)| *known == what).map_or("", |(word, ..)| word)
}

/// One prefix is taken off a SIG's name when it is read: a name that begins like one keeps its own.
fn sig_word(sig: &SigName) -> String {
    let name = sig.as_str();
    if name.starts_with("sig-") || name.starts_with("sig/") { format!("sig-{name}") } else { name.to_owned() }
}

fn quoted(text: String, is_plain: fn(&str) -> bool) -> String {
    if is_plain(&text) { text } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}

fn is_plain_word(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-') && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | ':'))
}

fn is_plain_value(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | ','))
}

impl Display for Whom {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Nobody => f.write_str("none"),
            Self::Login(login) => Display::fmt(login, f),
        }
    }
}

impl Display for WaitingFor {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::MySig => f.write_str("mysig"),
            Self::Author => f.write_str("author"),
            Self::Automation => f.write_str("automation"),
            Self::Sig(sig) => write!(f, "sig-{sig}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl Display for Amount {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::One => "",
            Unit::Hours => "h",
            Unit::Days => "d",
            Unit::Weeks => "w",
            Unit::Months => "m",
            Unit::Years => "y",
        };
        write!(f, "{}{unit}", self.count)
    }
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let end = |end: &Option<Amount>| end.map_or("*".to_owned(), |end| end.to_string());
        match self {
            Self::AtLeast(bound) => write!(f, ">={bound}"),
            Self::MoreThan(bound) => write!(f, ">{bound}"),
            Self::AtMost(bound) => write!(f, "<={bound}"),
            Self::LessThan(bound) => write!(f, "<{bound}"),
            Self::Exactly(bound) => write!(f, "={bound}"),
            Self::Between(from, to) => write!(f, "{}..{}", end(from), end(to)),
        }
    }
}
