//! Reading a query. Every error says which byte is wrong and which words would be right.

use super::{Clock, Is, Query, QueryError, Range, Sort, SortBy, Term, Test, WaitingFor, Whom};
use crate::domain::ids::{Login, PullNumber, Release, SigName, VepNumber};
use crate::domain::verdict::{Kind, Stage};

/// The qualifiers, as an error lists them.
const QUALIFIERS: [&str; 16] = [
    "sig",
    "owner",
    "participating",
    "shepherd",
    "author",
    "stage",
    "kind",
    "waiting",
    "is",
    "release",
    "label",
    "age",
    "idle",
    "turn",
    "vep",
    "sort",
];

/// The values of `is:`.
const STATES: [(&str, Is); 16] = [
    ("stalled", Is::Stalled),
    ("vetoed", Is::Vetoed),
    ("held", Is::Held),
    ("signed", Is::Signed),
    ("unsigned", Is::Unsigned),
    ("draft", Is::Draft),
    ("mine", Is::Mine),
    ("lagging", Is::Lagging),
    ("new-to-me", Is::NewToMe),
    ("open", Is::Open),
    ("merged", Is::Merged),
    ("closed", Is::Closed),
    ("converged", Is::Converged),
    ("not-converged", Is::NotConverged),
    ("at-risk", Is::AtRisk),
    ("ready", Is::Ready),
];

const KINDS: [(&str, Kind); 3] = [("new", Kind::New), ("update", Kind::Update), ("process", Kind::Process)];

const SORTS: [(&str, SortBy); 5] = [
    ("urgency", SortBy::Urgency),
    ("age", SortBy::Age),
    ("idle", SortBy::Idle),
    ("turn", SortBy::Turn),
    ("updated", SortBy::Updated),
];

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
        "sig" => Test::Sig(sig(value)),
        "owner" => Test::Owner(sig(value)),
        "participating" => Test::Participating(sig(value)),
        "shepherd" => Test::Shepherd(whom(value)),
        "author" => Test::Author(whom(value)),
        "stage" => {
            let stages = Stage::ALL.map(|stage| (stage.code(), stage));
            Test::Stage(one_of(at, value, "stage", &stages)?)
        }
        "kind" => Test::Kind(one_of(at, value, "kind", &KINDS)?),
        "waiting" => Test::Waiting(waiting(value)),
        "is" => Test::Is(one_of(at, value, "is", &STATES)?),
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
        "age" => Test::Days(Clock::Age, range(at, value)?),
        "idle" => Test::Days(Clock::Idle, range(at, value)?),
        "turn" => Test::Days(Clock::Turn, range(at, value)?),
        unknown => {
            let near = nearest(unknown, QUALIFIERS.iter().copied());
            let hint = near.map_or_else(
                || format!("there are {}", QUALIFIERS.join(", ")),
                |near| format!("did you mean `{near}:`?"),
            );
            return fail(name_at, format!("`{unknown}:` is no qualifier: {hint}"));
        }
    })
}

/// `compute`, `sig-compute` and `SIG-Compute` are the same.
fn sig(value: &str) -> SigName {
    let lower = value.to_ascii_lowercase();
    SigName::new(lower.strip_prefix("sig-").or_else(|| lower.strip_prefix("sig/")).unwrap_or(&lower))
}

fn whom(value: &str) -> Whom {
    match value.to_ascii_lowercase().as_str() {
        "me" | "@me" => Whom::Me,
        "none" | "nobody" => Whom::Nobody,
        _ => Whom::Login(Login::new(value)),
    }
}

fn waiting(value: &str) -> WaitingFor {
    let lower = value.to_ascii_lowercase();
    match lower.as_str() {
        "me" | "@me" => WaitingFor::Me,
        "mysig" | "my-sig" => WaitingFor::MySig,
        "author" => WaitingFor::Author,
        "automation" | "bots" => WaitingFor::Automation,
        _ => match lower.strip_prefix("sig-") {
            Some(name) => WaitingFor::Sig(SigName::new(name)),
            None => WaitingFor::Name(value.trim_start_matches('@').to_owned()),
        },
    }
}

fn one_of<T: Copy>(at: usize, value: &str, name: &str, known: &[(&str, T)]) -> Result<T, QueryError> {
    if let Some((_, found)) = known.iter().find(|(word, _)| word.eq_ignore_ascii_case(value)) {
        return Ok(*found);
    }
    let words = known.iter().map(|(word, _)| *word).collect::<Vec<_>>();
    let hint = match nearest(value, words.iter().copied()) {
        Some(near) => format!("did you mean `{name}:{near}`?"),
        None => format!("there are {}", words.join(", ")),
    };
    fail(at, format!("`{value}` is no value of `{name}:`; {hint}"))
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
/// `y` (365 days); a bare number counts days.
fn range(at: usize, value: &str) -> Result<Range, QueryError> {
    if let Some((from, to)) = value.split_once("..") {
        let low = if from == "*" { None } else { Some((duration(at, from)?, true)) };
        let high = if to == "*" { None } else { Some((duration(at + from.len() + 2, to)?, true)) };
        return Ok(Range { from: low, to: high });
    }
    for (sign, inside, below) in [(">=", true, false), ("<=", true, true), (">", false, false), ("<", false, true)] {
        if let Some(rest) = value.strip_prefix(sign) {
            let bound = Some((duration(at + sign.len(), rest)?, inside));
            return Ok(if below { Range { from: None, to: bound } } else { Range { from: bound, to: None } });
        }
    }
    if let Some(rest) = value.strip_prefix('=') {
        // The whole unit: `=3d` is the fourth day.
        let days = duration(at + 1, rest)?;
        return Ok(Range { from: Some((days, true)), to: Some((days + unit_days(rest), false)) });
    }
    Ok(Range { from: Some((duration(at, value)?, true)), to: None })
}

fn duration(at: usize, text: &str) -> Result<f64, QueryError> {
    let wrong = || QueryError { at, message: format!("`{text}` is no length of time: write 12h, 30d, 2w, 3m or 1y") };
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(number.len()..).unwrap_or_default();
    if !matches!(unit.to_ascii_lowercase().as_str(), "" | "h" | "d" | "w" | "m" | "y") {
        return Err(wrong());
    }
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err(wrong());
    }
    let count: f64 = number.parse().map_err(|_| wrong())?;
    Ok(count * unit_days(text))
}

fn unit_days(text: &str) -> f64 {
    match text.chars().next_back().map(|unit| unit.to_ascii_lowercase()) {
        Some('h') => 1.0 / 24.0,
        Some('w') => 7.0,
        Some('m') => 30.0,
        Some('y') => 365.0,
        _ => 1.0,
    }
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

/// The known word that a typing error is likely to stand for: one or two letters off.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    known
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(far, _)| *far <= 2)
        .min()
        .map(|(_, near)| near)
}

/// Levenshtein's distance, on bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut corner = i;
        let mut before = i + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (slot, right) in row.iter_mut().skip(1).zip(b.bytes()) {
            let cost = corner + usize::from(left != right);
            corner = *slot;
            *slot = cost.min(corner + 1).min(before + 1);
            before = *slot;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}
