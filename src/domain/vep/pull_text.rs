//! What a pull request's title and description say of its VEP: the tracking issue in all the ways in which people write
//! it, the SIG likewise (`process.md` §6), the VEP's number in the title.

use super::without_comments;
use crate::domain::ids::{RepoId, SigName, VepNumber};

/// What a description says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PullText {
    /// Numbers in the field `Tracking issue`, in order: issue links, `/pull/N` links (the template's own example),
    /// `owner/repo#N`, `#N`. Links to other repositories are not among them.
    pub tracking: Vec<u64>,
    /// All other numbers of this repository that the description mentions, in order.
    pub mentioned: Vec<u64>,
    /// The author's words on the SIG, in order, each SIG once. Whether it is a SIG, the roster knows.
    pub sigs: Vec<SigWord>,
}

/// One word on the SIG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigWord {
    /// The SIG.
    pub sig: SigName,
    /// It was written with `/sig` (and not as `SIG network`).
    pub command: bool,
    /// The line begins with `/sig `: Prow reads it. Anywhere else it does not (`specs/prow.md` §2.5).
    pub read_by_prow: bool,
}

impl PullText {
    /// Reads a description; HTML comments (the template's hints) say nothing.
    #[must_use]
    pub fn read(body: &str, repo: &RepoId) -> Self {
        let text = without_comments(body);
        let mut read = Self::default();
        let tracking = field(&text, &["tracking issue", "tracking", "vep issue", "enhancement issue", "tracker"]);
        if let Some(tracking) = &tracking {
            read.tracking = numbers(tracking, repo);
        }
        for number in numbers(&text, repo) {
            if !read.tracking.contains(&number) {
                read.mentioned.push(number);
            }
        }
        for line in text.lines() {
            slash_sigs(line, &mut read.sigs);
        }
        if let Some(label) = field(&text, &["sig label", "sig labels", "sigs", "sig", "owning sig", "primary sig"]) {
            prose_sigs(&label, &mut read.sigs);
        }
        read
    }
}

/// VEP numbers in a title or heading: `VEP-123`, `VEP 123:`, `VEP #123`, `[VEP 123]`, `vep123`, `VEPs 12 and 15`.
#[must_use]
pub fn vep_numbers(text: &str) -> Vec<VepNumber> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, _) in lower.match_indices("vep") {
        let starts = lower.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|c| !c.is_alphanumeric());
        let Some(mut rest) = lower.get(at + 3..).filter(|_| starts) else { continue };
        rest = rest.strip_prefix('s').unwrap_or(rest);
        while let Some((number, after)) = leading_number(rest.trim_start_matches([' ', ':', '_', '-', '#', '(', '['])) {
            if !found.contains(&VepNumber(number)) {
                found.push(VepNumber(number));
            }
            let after = after.trim_start();
            let joined = [",", "and ", "&", "+", "/"].iter().find_map(|joint| after.strip_prefix(joint));
            match joined {
                Some(next) => rest = next,
                None => break,
            }
        }
    }
    found
}

/// A number that stands for itself: not a version's (`1.10`), not a word's beginning.
fn leading_number(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.get(digits..)?;
    let mut next = after.chars();
    let whole = match next.next() {
        Some('.') => !next.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_alphanumeric(),
        None => true,
    };
    let number = text.get(..digits)?.parse().ok()?;
    whole.then_some((number, after))
}

/// The value of a `**Label**: value` line: the rest of the line, and the lines below it up to the next label or heading.
fn field(text: &str, labels: &[&str]) -> Option<String> {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(value) = label_value(line, labels) else { continue };
        let mut whole = value;
        for below in lines.by_ref() {
            let trimmed = below.trim_start();
            if trimmed.starts_with('#') && trimmed.trim_start_matches('#').starts_with(' ') || is_label(trimmed) {
                break;
            }
            whole.push('\n');
            whole.push_str(below);
        }
        return Some(whole);
    }
    None
}

/// The text behind a label, where `line` begins with one of `labels` (emphasis and list marks aside).
fn label_value(line: &str, labels: &[&str]) -> Option<String> {
    let line = line.trim_start_matches([' ', '\t', '-', '*', '+', '_', '#', '>']);
    let (label, value) = match line.split_once(':') {
        // The colon of a link belongs to the value.
        Some((label, value)) if !value.starts_with("//") => (label, value),
        _ => (line, ""),
    };
    let key = label.replace(['*', '_', '`', '['], " ").to_lowercase();
    let key = key.split_whitespace().collect::<Vec<_>>().join(" ");
    labels.contains(&key.as_str()).then(|| value.to_owned())
}

/// The line is another field's label: `**Something**:`.
fn is_label(line: &str) -> bool {
    line.strip_prefix("**")
        .and_then(|rest| rest.split_once("**"))
        .is_some_and(|(_, after)| after.trim_start().starts_with(':'))
        || line.strip_prefix("**").and_then(|rest| rest.split_once(":**")).is_some()
}

/// Issue and pull numbers of `repo` in a text, in order, each once.
fn numbers(text: &str, repo: &RepoId) -> Vec<u64> {
    let mut found: Vec<u64> = Vec::new();
    let url = format!("github.com/{repo}/").to_ascii_lowercase();
    let long = repo.to_string().to_ascii_lowercase();
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(rest) = lower.get(at..).filter(|rest| !rest.is_empty()) {
        let step = rest.chars().next().map_or(1, char::len_utf8);
        if let Some(tail) = rest.strip_prefix(url.as_str()) {
            let number = ["issues/", "pull/", "pulls/"].iter().find_map(|kind| tail.strip_prefix(kind));
            if let Some((number, after)) = number.and_then(leading_number) {
                push(&mut found, number);
                // What hangs on the link (`#issuecomment-1`) is no number of its own.
                at = lower.len() - after.len() + hang(after);
                continue;
            }
        }
        if let Some((number, after)) = rest.strip_prefix('#').and_then(leading_number) {
            let before = lower.get(..at).unwrap_or_default();
            let word =
                before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))).next();
            if word.is_none_or(|word| word.is_empty() || word == long || !word.contains('/') && !ends_in_word(word)) {
                push(&mut found, number);
            }
            at = lower.len() - after.len();
            continue;
        }
        at += step;
    }
    found
}

/// How far an anchor hangs on a link.
fn hang(after: &str) -> usize {
    if after.starts_with(['#', '/', '?']) {
        after.find([' ', '\n', '\t', '\r', ')', '>', ']']).unwrap_or(after.len())
    } else {
        0
    }
}

/// `abc#1` is no reference on GitHub; `.#1` is.
fn ends_in_word(word: &str) -> bool {
    word.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn push(found: &mut Vec<u64>, number: u64) {
    if number > 0 && !found.contains(&number) {
        found.push(number);
    }
}

/// `/sig compute`, `/sig-compute`, `/sig/compute`, `/sig sig-compute`, anywhere in a line.
fn slash_sigs(line: &str, sigs: &mut Vec<SigWord>) {
    let lower = line.to_ascii_lowercase();
    for (at, _) in lower.match_indices("/sig") {
        let before = lower.get(..at).and_then(|before| before.chars().next_back());
        if before.is_some_and(|c| !(c.is_whitespace() || matches!(c, ':' | '*' | '_' | '`' | '(' | ',' | '"' | '['))) {
            continue;
        }
        let Some(rest) = lower.get(at + 4..) else { continue };
        if !rest.starts_with([' ', '\t', '-', '/']) {
            continue;
        }
        // Prow reads every word behind the command; people put commas between them.
        let prow = before.is_none() && rest.starts_with(' ');
        for (place, word) in rest.split([' ', '\t', ',', ';', '&']).filter(|word| !word.is_empty()).enumerate() {
            let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '$');
            let bare = bare.strip_prefix("sig-").or_else(|| bare.strip_prefix("sig/")).unwrap_or(bare);
            if word.starts_with("/sig") && place > 0 {
                break;
            }
            match sig_word(bare) {
                Some(sig) => add(sigs, sig, true, prow && !word.contains("sig-")),
                None => break,
            }
            if word.ends_with(['.', ')', ']', '*', '`']) {
                break;
            }
        }
    }
}

/// `SIG network`, `sig-storage, sig-compute`, `network and compute`: the words of the field `SIG label`.
fn prose_sigs(value: &str, sigs: &mut Vec<SigWord>) {
    // Below the first line with words, the field is over: what follows is the next paragraph.
    let Some(line) = value.lines().find(|line| !line.trim().is_empty()) else { return };
    for word in line
        .to_ascii_lowercase()
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '&' | '`' | '*' | '(' | ')'))
    {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '$');
        let bare = bare.strip_prefix("sig-").or_else(|| bare.strip_prefix("sig/")).unwrap_or(bare);
        if let Some(sig) = sig_word(bare) {
            add(sigs, sig, false, false);
        }
    }
}

/// A word that can be a SIG's name.
fn sig_word(word: &str) -> Option<SigName> {
    let shaped = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let filler =
        matches!(word, "sig" | "sigs" | "and" | "or" | "label" | "labels" | "the" | "n" | "a" | "none" | "tbd");
    (shaped && !filler).then(|| SigName::new(word))
}

fn add(sigs: &mut Vec<SigWord>, sig: SigName, command: bool, read_by_prow: bool) {
    match sigs.iter_mut().find(|known| known.sig == sig) {
        Some(known) => {
            known.command |= command;
            known.read_by_prow |= read_by_prow;
        }
        None => sigs.push(SigWord { sig, command, read_by_prow }),
    }
}
