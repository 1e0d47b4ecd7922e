//! Reading a query. Every error says which byte is wrong and which words would be right.

use super::vocabulary::{MEASURES, QUALIFIERS, SORTS, STATES, nearest, value_of, words_of};
use super::{Amount, Measure, Query, QueryError, Range, Sort, Term, Test, Unit, WaitingFor, Whom};
use crate::domain::ids::{Login, PullNumber, Release, SigName, VepNumber};
use crate::domain::verdict::{SignOffState, Stage};

/// Nothing that is compared is larger.
const MOST: f64 = 1e6;

/// A piece of the query between white space; quotes are taken off.
struct Piece {
    /// Where it starts.
    at: usize,
    negated: bool,
    /// Qualifier and where its value starts.
    qualifier: Option<(String, usize)>,
    /// The values, each with its place; only a qualifier has several.
    values: Vec<(usize, String)>,
}

pub(super) fn query(text: &str) -> Result<Query, QueryError> {
    let mut query = Query::default();
    for piece in pieces(text)? {
        let Some((name, value_at)) = &piece.qualifier else {
            let tests = piece.values.into_iter().map(|(_, word)| text_test(word));
            query.terms.push(Term { negated: piece.negated, any_of: tests.collect() });
            continue;
        };
        if name == "sort" {
            if piece.negated {
                return fail(piece.at, "`sort:` cannot be negated: write sort:age-asc for the other way round");
            }
            if query.order.is_some() {
                return fail(piece.at, "only one `sort:` can hold");
            }
            let (at, value) = single(&piece, *value_at)?;
            query.order = Some(sort(at, value)?);
            continue;
        }
        let mut any_of = Vec::new();
        for (at, value) in &piece.values {
            any_of.push(test(name, piece.at + usize::from(piece.negated), *at, value)?);
        }
        query.terms.push(Term { negated: piece.negated, any_of });
    }
    Ok(query)
}

fn fail<T>(at: usize, message: impl Into<String>) -> Result<T, QueryError> {
    Err(QueryError { at, message: message.into() })
}

fn single(piece: &Piece, value_at: usize) -> Result<(usize, &str), QueryError> {
    match piece.values.as_slice() {
        [(at, value)] => Ok((*at, value)),
        [_, (at, _), ..] => fail(*at, "only one value fits here"),
        [] => fail(value_at, "a value is missing"),
    }
}

fn text_test(word: String) -> Test {
    match word.strip_prefix('#').and_then(|number| number.parse().ok()) {
        Some(number) => Test::Number(PullNumber(number)),
        None => Test::Text(word),
    }
}

fn test(name: &str, name_at: usize, at: usize, value: &str) -> Result<Test, QueryError> {
    Ok(match name {
        "sig" => Test::Sig(sig(at, value)?),
        "owner" => Test::Owner(sig(at, value)?),
        "participating" => Test::Participating(sig(at, value)?),
        "signed" => Test::SignOff(SignOffState::Signed, sig(at, value)?),
        "stale" => Test::SignOff(SignOffState::Stale, sig(at, value)?),
        "missing" => Test::SignOff(SignOffState::Missing, sig(at, value)?),
        "shepherd" => Test::Shepherd(whom(at, value)?),
        "author" => Test::Author(whom(at, value)?),
        "involves" => match whom(at, value)? {
            Whom::Nobody => return fail(at, "somebody always takes part: write involves:me or involves:LOGIN"),
            whom => Test::Involves(whom),
        },
        "veto" => Test::Veto(whom(at, value)?),
        "hold" => Test::Hold(whom(at, value)?),
        "stage" => {
            let stages = Stage::ALL.map(|stage| (stage.code(), stage));
            Test::Stage(one_of(at, value, "stage", &stages)?)
        }
        "kind" => Test::Kind(of_words(at, value, "kind")?),
        "checks" => Test::Checks(of_words(at, value, "checks")?),
        "convergence" => Test::Convergence(of_words(at, value, "convergence")?),
        "reason" => Test::Reason(of_words(at, value, "reason")?),
        "problem" => Test::Problem(of_words(at, value, "problem")?),
        "gate" => Test::Gate(value.to_owned()),
        "status" => Test::Status(value.to_owned()),
        "waiting" => Test::Waiting(waiting(at, value)?),
        "is" => Test::Is(one_of(at, value, "is", &STATES.map(|(word, what, _)| (word, what)))?),
        "release" if value.eq_ignore_ascii_case("none") => Test::Release(None),
        "release" => match Release::find(value) {
            Some(release) => Test::Release(Some(release)),
            None => return fail(at, format!("`{value}` is no release: write release:v1.10 or release:none")),
        },
        "label" => Test::Label(value.to_owned()),
        "vep" => match value.trim_start_matches('#').parse() {
            Ok(number) => Test::Vep(VepNumber(number)),
            Err(_) => return fail(at, format!("`{value}` is no VEP number: write vep:401")),
        },
        other => match MEASURES.iter().find(|(word, _)| *word == other) {
            Some((_, measure)) => Test::Amount(*measure, range(at, value, *measure)?),
            None => return Err(no_qualifier(name_at, other)),
        },
    })
}

fn no_qualifier(at: usize, unknown: &str) -> QueryError {
    let names = || QUALIFIERS.iter().map(|(name, _)| *name);
    let hint = match nearest(unknown, names()) {
        Some(near) => format!("did you mean `{near}:`?"),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    };
    QueryError { at, message: format!("`{unknown}:` is no qualifier: {hint}") }
}

/// `compute`, `sig-compute` and `SIG-Compute` are the same.
fn sig(at: usize, value: &str) -> Result<SigName, QueryError> {
    let lower = value.to_ascii_lowercase();
    match lower.strip_prefix("sig-").or_else(|| lower.strip_prefix("sig/")).unwrap_or(&lower) {
        "" => fail(at, format!("`{value}` names no SIG: write its name, as in sig-compute")),
        name => Ok(SigName::new(name)),
    }
}

fn whom(at: usize, value: &str) -> Result<Whom, QueryError> {
    let name = value.trim_start_matches('@');
    Ok(match name.to_ascii_lowercase().as_str() {
        "" => return fail(at, format!("`{value}` names nobody: write me, none or a login")),
        "me" => Whom::Me,
        "none" | "nobody" => Whom::Nobody,
        _ => Whom::Login(Login::new(name)),
    })
}

fn waiting(at: usize, value: &str) -> Result<WaitingFor, QueryError> {
    let name = value.trim_start_matches('@');
    let lower = name.to_ascii_lowercase();
    Ok(match lower.as_str() {
        "" => return fail(at, format!("`{value}` names nobody: write me, mysig, author, a login or sig-NAME")),
        "me" => WaitingFor::Me,
        "mysig" | "my-sig" => WaitingFor::MySig,
        "author" => WaitingFor::Author,
        "automation" | "bots" => WaitingFor::Automation,
        "sig-" => return fail(at, "`sig-` names no SIG: write its name, as in sig-compute"),
        _ => match lower.strip_prefix("sig-") {
            Some(name) => WaitingFor::Sig(SigName::new(name)),
            None => WaitingFor::Name(name.to_owned()),
        },
    })
}

fn one_of<T: Copy>(at: usize, value: &str, name: &str, known: &[(&str, T)]) -> Result<T, QueryError> {
    match known.iter().find(|(word, _)| word.eq_ignore_ascii_case(value)) {
        Some((_, found)) => Ok(*found),
        None => Err(no_value(at, value, name, &known.iter().map(|(word, _)| *word).collect::<Vec<_>>())),
    }
}

/// A value of an enum that JSON spells.
fn of_words<T: for<'de> serde::Deserialize<'de>>(at: usize, value: &str, name: &str) -> Result<T, QueryError> {
    value_of(value).ok_or_else(|| no_value(at, value, name, words_of::<T>()))
}

fn no_value(at: usize, value: &str, name: &str, words: &[&str]) -> QueryError {
    let hint = match nearest(value, words.iter().copied()) {
        Some(near) => format!("did you mean `{name}:{near}`?"),
        None => format!("there are {}", words.join(", ")),
    };
    QueryError { at, message: format!("`{value}` is no value of `{name}:`; {hint}") }
}

fn sort(at: usize, value: &str) -> Result<Sort, QueryError> {
    let lower = value.to_ascii_lowercase();
    let (word, direction) = match lower.rsplit_once('-') {
        Some((word, direction @ ("asc" | "desc"))) => (word, Some(direction)),
        _ => (lower.as_str(), None),
    };
    let by = one_of(at, word, "sort", &SORTS)?;
    // Ages are highest first as usual; `asc` asks for the lowest first. For urgency and update `desc` is the usual way.
    Ok(Sort { by, reversed: direction == Some("asc") })
}

/// `>30d`, `>=2w`, `<12h`, `7d..30d`, `=3d`; a bare `30d` means at least so long. Units: `h`, `d`, `w`, `m` (30 days),
/// `y` (365 days); a bare number counts days, or things where things are counted.
fn range(at: usize, value: &str, measure: Measure) -> Result<Range, QueryError> {
    if let Some((from, to)) = value.split_once("..") {
        let end = |at: usize, text: &str| if text == "*" { Ok(None) } else { amount(at, text, measure).map(Some) };
        return Ok(Range::Between(end(at, from)?, end(at + from.len() + 2, to)?));
    }
    type Made = fn(Amount) -> Range;
    let signs: [(&str, Made); 5] = [
        (">=", Range::AtLeast),
        ("<=", Range::AtMost),
        (">", Range::MoreThan),
        ("<", Range::LessThan),
        ("=", Range::Exactly),
    ];
    for (sign, of) in signs {
        if let Some(rest) = value.strip_prefix(sign) {
            return amount(at + sign.len(), rest, measure).map(of);
        }
    }
    amount(at, value, measure).map(Range::AtLeast)
}

fn amount(at: usize, text: &str, measure: Measure) -> Result<Amount, QueryError> {
    let wrong = || {
        let what = match measure.is_time() {
            true => "length of time: write 12h, 30d, 2w, 3m or 1y",
            false => "number: write >3, =0 or 2..5",
        };
        QueryError { at, message: format!("`{text}` is no {what}") }
    };
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match (text.get(number.len()..).unwrap_or_default().to_ascii_lowercase().as_str(), measure.is_time()) {
        ("", false) => Unit::One,
        ("" | "d", true) => Unit::Days,
        ("h", true) => Unit::Hours,
        ("w", true) => Unit::Weeks,
        ("m", true) => Unit::Months,
        ("y", true) => Unit::Years,
        _ => return Err(wrong()),
    };
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err(wrong());
    }
    let count = number.parse().ok().filter(|count| *count <= MOST).ok_or_else(wrong)?;
    Ok(Amount { count, unit })
}

/// Splits a query. A quote may stand around a word or a value; `-` in front negates; a backslash in quotes keeps the
/// next character.
fn pieces(text: &str) -> Result<Vec<Piece>, QueryError> {
    let mut pieces = Vec::new();
    let mut chars = text.char_indices().peekable();
    loop {
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let Some(&(at, first)) = chars.peek() else { return Ok(pieces) };
        let mut piece = Piece { at, negated: false, qualifier: None, values: Vec::new() };
        if first == '-' {
            chars.next();
            piece.negated = true;
            if chars.peek().is_none_or(|(_, c)| c.is_whitespace()) {
                return fail(at, "`-` must stand before a word or a qualifier");
            }
        }
        let start = chars.peek().map_or(text.len(), |(at, _)| *at);
        let (mut value, mut value_at, mut quoted) = (String::new(), start, false);
        while let Some(&(here, c)) = chars.peek() {
            match c {
                c if c.is_whitespace() => break,
                '"' => {
                    chars.next();
                    quoted = true;
                    read_quoted(&mut chars, here, &mut value)?;
                }
                ':' if piece.qualifier.is_none() && !quoted && is_name(&value) => {
                    chars.next();
                    piece.qualifier = Some((value.to_ascii_lowercase(), here + 1));
                    (value, value_at) = (String::new(), here + 1);
                }
                ',' if piece.qualifier.is_some() => {
                    chars.next();
                    push_value(&mut piece, value_at, &mut value, quoted)?;
                    (value_at, quoted) = (here + 1, false);
                }
                c => {
                    chars.next();
                    value.push(c);
                }
            }
        }
        push_value(&mut piece, value_at, &mut value, quoted)?;
        pieces.push(piece);
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
}

fn push_value(piece: &mut Piece, at: usize, value: &mut String, quoted: bool) -> Result<(), QueryError> {
    if value.is_empty() {
        return match &piece.qualifier {
            Some((name, _)) => fail(at, format!("`{name}:` needs a value")),
            None if quoted => fail(piece.at, "an empty word finds nothing"),
            None => fail(piece.at, "a word is missing"),
        };
    }
    piece.values.push((at, std::mem::take(value)));
    Ok(())
}

fn read_quoted(
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
    open: usize,
    value: &mut String,
) -> Result<(), QueryError> {
    while let Some((_, c)) = chars.next() {
        match c {
            '"' => return Ok(()),
            '\\' => {
                if let Some((_, next)) = chars.next() {
                    value.push(next);
                }
            }
            c => value.push(c),
        }
    }
    fail(open, "this quote is never closed")
}
