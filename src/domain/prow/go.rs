//! Go's way with text, where Prow's behaviour rests on it: RE2's ASCII classes, simple case folding, `TrimSpace`,
//! `ToLower` (`specs/prow.md` §0, §12.5).

/// RE2's `\s`: HT LF FF CR SP, not VT and not NBSP.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// `\s` without LF: what may stand before the end of a line.
fn is_blank(byte: u8) -> bool {
    byte != b'\n' && is_space(byte)
}

/// RE2's `\w` under `(?i)`: ASCII letters, digits, `_`, and the two characters that fold to ASCII letters.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | 'ſ' | '\u{212a}')
}

/// What follows `literal` (lower-case ASCII) at the start of `text`, without case, as `(?i)` compares.
pub(super) fn after<'a>(text: &'a str, literal: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for wanted in literal.chars() {
        let c = rest.next()?;
        let same = c.eq_ignore_ascii_case(&wanted) || (c == 'ſ' && wanted == 's') || (c == '\u{212a}' && wanted == 'k');
        if !same {
            return None;
        }
    }
    Some(rest.as_str())
}

/// `\s*$` in multi-line mode: nothing but blanks up to the next LF or the end.
pub(super) fn ends(text: &str) -> bool {
    text.bytes().find(|b| !is_blank(*b)).is_none_or(|b| b == b'\n')
}

/// `(\s.*)?$` in multi-line mode: the end, or a space of any kind.
pub(super) fn ends_word(text: &str) -> bool {
    text.bytes().next().is_none_or(is_space)
}

/// What follows a run of `\s`, which may cross lines.
pub(super) fn skip_space(text: &str) -> &str {
    let at = text.bytes().position(|b| !is_space(b)).unwrap_or(text.len());
    text.get(at..).unwrap_or_default()
}

/// The line at the start of `text`, without its LF.
pub(super) fn line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

/// Go's `strings.ToLower`: each character by its simple mapping (`İ` becomes `i`, not two characters).
pub(super) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

/// True where Go's `strings.ToUpper(text)` is `upper` (ASCII).
pub(super) fn upper_is(text: &str, upper: &str) -> bool {
    if text.is_ascii() {
        return text.eq_ignore_ascii_case(upper);
    }
    let mut wanted = upper.chars();
    let same = text.chars().all(|c| {
        let mut mapped = c.to_uppercase();
        let c = if mapped.len() == 1 { mapped.next().unwrap_or(c) } else { c };
        wanted.next() == Some(c)
    });
    same && wanted.next().is_none()
}

/// Prow's `NormLogin`: lower-case, one leading `@` dropped, nothing trimmed.
pub(super) fn login(text: &str) -> String {
    let lower = lower(text);
    match lower.strip_prefix('@') {
        Some(rest) => rest.to_owned(),
        None => lower,
    }
}

/// `path.Clean`, with the root as the empty string, as Prow names directories.
pub(super) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The directory above a clean path; the root is its own parent.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(above, _)| above)
}
