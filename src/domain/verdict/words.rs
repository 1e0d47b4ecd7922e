//! Reading what people wrote: what is prose and what is command, who is named, what asks, praises, objects or waits
//! (`process.md` §3, "Words"). Hand-written scanning, because the board reads every text of every proposal at once.

use crate::domain::ids::Login;

/// A text without command lines, quotes and HTML comments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prose {
    /// What is left, code included, trimmed.
    pub text: String,
    /// The same without code: what can name, ask, praise or object.
    pub plain: String,
}

impl Prose {
    /// Reads a body.
    pub fn read(body: &str) -> Self {
        let without_comments;
        let body = if body.contains("<!--") {
            without_comments = strip_comments(body);
            &without_comments
        } else {
            body
        };
        let mut prose = Self { text: String::with_capacity(body.len()), plain: String::with_capacity(body.len()) };
        let mut fence: Option<&str> = None;
        for line in body.lines() {
            let trimmed = line.trim();
            let marker = ["```", "~~~"].into_iter().find(|marker| trimmed.starts_with(marker));
            if is_command_line(line) {
                continue;
            }
            if let Some(open) = fence {
                push_line(&mut prose.text, line);
                if marker == Some(open) {
                    fence = None;
                }
                continue;
            }
            if let Some(marker) = marker {
                fence = Some(marker);
                push_line(&mut prose.text, line);
                continue;
            }
            if trimmed.starts_with('>') {
                continue;
            }
            push_line(&mut prose.text, line);
            push_line(&mut prose.plain, "");
            push_without_code(&mut prose.plain, line);
        }
        trim_in_place(&mut prose.text);
        trim_in_place(&mut prose.plain);
        prose
    }

    /// It says something.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// It has a question mark that is no part of a link.
    pub fn asks(&self) -> bool {
        self.plain.contains('?')
            && self.plain.split_whitespace().any(|word| word.contains('?') && !word.contains("://"))
    }

    /// Who stands in it as `@login`, in order, each once.
    pub fn named(&self) -> Vec<Login> {
        named(&self.plain)
    }

    /// At most so many words, one of which is praise.
    pub fn is_praise(&self, praise: &[String], most: usize) -> bool {
        !self.text.is_empty()
            && self.text.split_whitespace().nth(most).is_none()
            && praise.iter().any(|word| find_word(&self.plain, word, 0).is_some())
    }

    /// The sentence that holds an objection word which no negation disarms.
    pub fn objection(&self, words: &[String], negations: &[String]) -> Option<String> {
        let text = self.plain.as_str();
        let mut first: Option<usize> = None;
        for word in words {
            let mut from = 0;
            while let Some(at) = find_word(text, word, from) {
                if !is_negated(text, at, negations) && !is_noun(text, at, word) {
                    first = Some(first.map_or(at, |first| first.min(at)));
                    break;
                }
                from = at + word.len();
            }
        }
        first.map(|at| sentence_around(text, at))
    }

    /// The profile's waiting reasons that it gives, and `a date` where it names one.
    pub fn waiting_reasons<'a>(&self, words: &'a [String]) -> Vec<&'a str> {
        waiting_reasons(&self.plain, words)
    }
}

/// A line that Prow could read: `/` and a letter at the very start.
pub(super) fn is_command_line(line: &str) -> bool {
    let mut bytes = line.bytes();
    bytes.next() == Some(b'/') && bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
}

/// True where some line could be a command: most texts have none, and need no parsing.
pub(super) fn has_command_line(body: &str) -> bool {
    body.starts_with('/') || body.contains("\n/") || body.contains("\r/")
}

/// How a text opens, as far as objections are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// `Veto …` or `/veto …`.
    Veto,
    /// `Veto lifted …`.
    VetoLifted,
    /// Anything else.
    Other,
}

/// Looks at the first non-empty line, emphasis marks aside.
pub(super) fn opening(body: &str) -> Opening {
    let Some(line) = body.lines().find(|line| !line.trim().is_empty()) else { return Opening::Other };
    let bare = line.trim_start().trim_start_matches(['*', '_']);
    let bare = bare.strip_prefix('/').unwrap_or(bare);
    if !starts_with_ignoring_case(bare, "veto") {
        return Opening::Other;
    }
    let rest: String = bare.chars().skip(4).filter(|c| !matches!(c, '*' | '_')).take(16).collect();
    if rest.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '-') {
        return Opening::Other;
    }
    if starts_with_ignoring_case(rest.trim_start(), "lifted") { Opening::VetoLifted } else { Opening::Veto }
}

/// What a veto says after its opening word: the rest of the first line and the lines after it, commands left out.
pub(super) fn veto_reason(body: &str) -> String {
    let mut reason = String::new();
    let mut opened = false;
    for line in body.lines() {
        if !opened {
            if line.trim().is_empty() {
                continue;
            }
            opened = true;
            let plain: String = line.chars().filter(|c| !matches!(c, '*' | '_')).collect();
            let rest = plain.trim_start().trim_start_matches('/').get(4..).unwrap_or("").trim();
            let rest = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
                Some((_, rest)) => rest,
                None => rest,
            };
            push_line(&mut reason, rest.trim_start_matches([':', '-', '–', '—', ',', '.', ' ']));
        } else if !is_command_line(line) && !line.trim_start().starts_with('>') {
            push_line(&mut reason, line);
        }
    }
    excerpt(reason.trim(), 280)
}

/// What stands after `/hold` on its line.
pub(super) fn hold_argument(body: &str) -> Option<&str> {
    body.lines().filter(|line| starts_with_ignoring_case(line, "/hold")).find_map(|line| {
        let rest = line.get(5..)?;
        let argument = rest.trim();
        (rest.starts_with([' ', '\t']) && !argument.is_empty()).then_some(argument)
    })
}

/// Waiting reasons in a text.
pub(super) fn waiting_reasons<'a>(text: &str, words: &'a [String]) -> Vec<&'a str> {
    let mut found: Vec<&str> =
        words.iter().filter(|word| find_word(text, word, 0).is_some()).map(String::as_str).collect();
    if has_date(text) {
        found.push("a date");
    }
    found
}

/// The first sentence or so of a text, on one line.
pub(super) fn excerpt(text: &str, most: usize) -> String {
    let mut line = String::with_capacity(text.len().min(most));
    for (count, word) in text.split_whitespace().enumerate() {
        if count > 0 {
            line.push(' ');
        }
        if line.chars().count() + word.chars().count() > most {
            if line.is_empty() {
                line.extend(word.chars().take(most));
            }
            line.truncate(line.trim_end().len());
            line.push('…');
            return line;
        }
        line.push_str(word);
    }
    line
}

/// `@login` mentions of a text that has no code in it. Teams (`@org/team`) and addresses (`a@b`) name nobody.
pub(super) fn named(plain: &str) -> Vec<Login> {
    let mut names: Vec<Login> = Vec::new();
    let bytes = plain.as_bytes();
    for (at, _) in plain.match_indices('@') {
        let before = at.checked_sub(1).and_then(|index| bytes.get(index));
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'@')) {
            continue;
        }
        let rest = plain.get(at + 1..).unwrap_or("");
        let end = rest.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'-')).unwrap_or(rest.len());
        let login = rest.get(..end).unwrap_or("").trim_end_matches('-');
        let team = rest.as_bytes().get(end) == Some(&b'/')
            && rest.as_bytes().get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        if login.is_empty() || login.starts_with('-') || team {
            continue;
        }
        if !names.iter().any(|name| name.is(login)) {
            names.push(Login::new(login));
        }
    }
    names
}

/// Where `word` stands in `text` as a whole word, ASCII case aside, at or after byte `from`.
pub(super) fn find_word(text: &str, word: &str, from: usize) -> Option<usize> {
    let (hay, needle) = (text.as_bytes(), word.as_bytes());
    let (&first, length) = (needle.first()?, needle.len());
    let bounded = needle.is_ascii();
    let mut at = from;
    while at + length <= hay.len() {
        let candidate = hay.get(at..at + length)?;
        if candidate.first().is_some_and(|byte| byte.eq_ignore_ascii_case(&first))
            && candidate.eq_ignore_ascii_case(needle)
        {
            let before = at.checked_sub(1).and_then(|index| hay.get(index));
            let after = hay.get(at + length);
            let inner = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
            if !bounded || (!inner(before) && !inner(after)) {
                return Some(at);
            }
        }
        at += 1;
    }
    None
}

/// One of the three words before byte `at`, within its sentence, is a negation.
fn is_negated(text: &str, at: usize, negations: &[String]) -> bool {
    let before = text.get(..at).unwrap_or("");
    let clause = before.rsplit(['.', ',', ';', ':', '!', '?', '\n', '(']).next().unwrap_or("");
    clause.split_whitespace().rev().take(3).any(|word| {
        negations
            .iter()
            .any(|negation| word.eq_ignore_ascii_case(negation) || word.to_ascii_lowercase().ends_with("n't"))
    })
}

/// `object` is the API's word before it is a reviewer's: it objects only where it stands as a verb.
fn is_noun(text: &str, at: usize, word: &str) -> bool {
    if !word.eq_ignore_ascii_case("object") {
        return false;
    }
    let after = text.get(at + word.len()..).unwrap_or("").trim_start();
    if starts_with_ignoring_case(after, "to ") || starts_with_ignoring_case(after, "to,") {
        return false;
    }
    let before = text.get(..at).unwrap_or("").split_whitespace().next_back().unwrap_or("");
    const VERBAL: [&str; 16] = [
        "i", "we", "they", "must", "to", "would", "i'd", "strongly", "still", "also", "do", "will", "should", "have",
        "really", "again",
    ];
    !VERBAL.iter().any(|verbal| before.eq_ignore_ascii_case(verbal))
}

/// The sentence around a byte, on one line.
fn sentence_around(text: &str, at: usize) -> String {
    let (before, after) = (text.get(..at).unwrap_or(""), text.get(at..).unwrap_or(""));
    let start = ['\n', '!', '?']
        .into_iter()
        .filter_map(|mark| before.rfind(mark).map(|found| found + mark.len_utf8()))
        .chain(before.rfind(". ").map(|found| found + 2))
        .max()
        .unwrap_or(0);
    let end = ['\n', '!', '?']
        .into_iter()
        .filter_map(|mark| after.find(mark).map(|found| if mark == '\n' { found } else { found + 1 }))
        .chain(after.find(". ").map(|found| found + 1))
        .min()
        .unwrap_or(after.len());
    excerpt(text.get(start..at + end).unwrap_or(text).trim(), 200)
}

/// `2026-09-08`, `8/9`, `Sep 8`, `8 September`, `next week`, `Monday`.
fn has_date(text: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const LONG: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const DAYS: [&str; 8] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "tomorrow", "next week", "next month"];
    if DAYS.iter().any(|day| find_word(text, day, 0).is_some()) {
        return true;
    }
    let is_day = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_month = |word: &str| {
        let word = word.trim_end_matches('.');
        MONTHS.iter().chain(&LONG).any(|month| word.eq_ignore_ascii_case(month)) || word.eq_ignore_ascii_case("sept")
    };
    let mut previous = "";
    for word in text.split_whitespace() {
        let word = word.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | ';' | ':' | '!' | '?' | '*' | '_'));
        if (is_month(previous) && is_day(word.trim_end_matches('.'))) || (is_day(previous) && is_month(word)) {
            return true;
        }
        if is_numeric_date(word.trim_end_matches('.')) {
            return true;
        }
        previous = word;
    }
    false
}

/// `2026-09-08` and `2026/9/8`.
fn is_numeric_date(word: &str) -> bool {
    let mut parts = word.split(['-', '/']);
    let number = |part: Option<&str>, least: usize, most: usize| {
        part.is_some_and(|part| (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    number(parts.next(), 4, 4) && number(parts.next(), 1, 2) && number(parts.next(), 1, 2) && parts.next().is_none()
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

fn strip_comments(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(start) = rest.find("<!--") {
        out.push_str(rest.get(..start).unwrap_or(""));
        let inside = rest.get(start..).unwrap_or_default();
        rest = inside.find("-->").and_then(|end| inside.get(end + 3..)).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn push_line(out: &mut String, line: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(line);
}

/// A line without its `code`.
fn push_without_code(out: &mut String, line: &str) {
    if !line.contains('`') {
        out.push_str(line);
        return;
    }
    // An odd mark opens nothing: what follows the last one is text again.
    let pieces = line.split('`').count();
    for (index, piece) in line.split('`').enumerate() {
        if index % 2 == 0 || index + 1 == pieces {
            out.push_str(piece);
        } else {
            out.push(' ');
        }
    }
}

fn trim_in_place(text: &mut String) {
    text.truncate(text.trim_end().len());
    let lead = text.len() - text.trim_start().len();
    if lead > 0 {
        text.drain(..lead);
    }
}
