//! Hostile text made harmless, and text cut to a width. Titles, descriptions, documents, logins, labels and branch
//! names come from anybody with an account: a control byte moves the cursor, an escape sequence talks to the terminal,
//! a bidi override shows other words than those that are there, a thousand combining marks smear over other lines.
//!
//! Everything that is drawn, printed or logged goes through here. Nothing visible is taken away: what goes is what
//! cannot be seen and only has an effect.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Combining marks kept behind one character. Real writing needs two or three (Vietnamese, Hebrew, Thai).
const MARKS_KEPT: usize = 4;

/// The column that a tab runs to, in [`sanitize_line`] and [`width`].
const TAB: &str = "    ";

/// Text of several lines, harmless: newlines and tabs are kept, `CRLF` and the separators U+2028 and U+2029 become
/// newlines; escape sequences, other control characters, bidi controls, zero-width characters, variation selectors
/// (terminals disagree on their width), tag characters and absurd runs of combining marks are gone.
#[must_use]
pub fn sanitize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0_usize;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
                marks = MARKS_KEPT;
            }
            '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' => {
                out.push('\n');
                // A mark at the start of a line would land on whatever is drawn to its left.
                marks = MARKS_KEPT;
            }
            '\t' | ' ' => {
                out.push(c);
                marks = MARKS_KEPT;
            }
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_csi(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut chars),
            c if c.is_control() || is_invisible(c) => {}
            c if is_mark(c) => {
                if marks < MARKS_KEPT && !out.is_empty() {
                    marks += 1;
                    out.push(c);
                }
            }
            c => {
                marks = 0;
                out.push(c);
            }
        }
    }
    out
}

/// One harmless line: as [`sanitize`], and every run of white space is one space, none at the ends.
#[must_use]
pub fn sanitize_line(text: &str) -> String {
    let clean = sanitize(text);
    let mut out = String::with_capacity(clean.len());
    for word in clean.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The columns that `text` takes on a terminal; a tab counts as four.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.contains('\t') { text.replace('\t', TAB).width() } else { text.width() }
}

/// `text`, cut to at most `most` columns: whole where it fits, else with `…` in its last column. Cut between
/// characters as people see them, so that no accent is lost from its letter and no wide character is halved.
#[must_use]
pub fn truncate(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub(1) else { return String::new() };
    let mut out = String::new();
    let mut used = 0;
    for piece in text.graphemes(true) {
        let columns = width(piece);
        if used + columns > room {
            break;
        }
        used += columns;
        out.push_str(piece);
    }
    let kept = out.trim_end().len();
    out.truncate(kept);
    out.push('…');
    out
}

/// After ESC: a CSI, a string (OSC, DCS, SOS, PM, APC), or intermediates and one final byte.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_csi(chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            skip_string(chars);
        }
        Some(' '..='/') => {
            while chars.next_if(|c| matches!(c, ' '..='/')).is_some() {}
            chars.next_if(|c| matches!(c, '0'..='~'));
        }
        // `ESC c` and the like. A letter behind a stray ESC goes with it; a line break never does.
        Some('0'..='~') => {
            chars.next();
        }
        _ => {}
    }
}

/// After `ESC [` or its one-character form: parameters, intermediates, a final byte. Anything else ends it unread.
fn skip_csi(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while chars.next_if(|c| matches!(c, ' '..='?')).is_some() {}
    chars.next_if(|c| matches!(c, '@'..='~'));
}

/// A control string, to its BEL or ST. One that never ends is cut at the line's end, so that it cannot swallow a text.
fn skip_string(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while let Some(&c) = chars.peek() {
        match c {
            '\n' | '\r' => return,
            '\u{7}' | '\u{9c}' => {
                chars.next();
                return;
            }
            '\u{1b}' => {
                chars.next();
                chars.next_if_eq(&'\\');
                return;
            }
            _ => {
                chars.next();
            }
        }
    }
}

/// Characters that show nothing and only have an effect, or smuggle text past the eye.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}'                     // soft hyphen
        | '\u{34f}'                  // combining grapheme joiner
        | '\u{61c}'                  // Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'    // Mongolian selectors and vowel separator
        | '\u{200b}'..='\u{200f}'    // zero-width space, joiners, direction marks
        | '\u{202a}'..='\u{202e}'    // bidi embeddings and overrides
        | '\u{2060}'..='\u{206f}'    // word joiner, invisible operators, bidi isolates
        | '\u{fe00}'..='\u{fe0f}'    // variation selectors
        | '\u{feff}'                 // byte order mark
        | '\u{fff0}'..='\u{fffb}'    // interlinear annotation
        | '\u{1d173}'..='\u{1d17a}'  // invisible musical controls
        | '\u{e0000}'..='\u{e0fff}') // tags and supplementary variation selectors
}

/// Characters that stack on the one before them.
fn is_mark(c: char) -> bool {
    let mut bytes = [0; 4];
    !c.is_ascii() && c.encode_utf8(&mut bytes).width() == 0
}
