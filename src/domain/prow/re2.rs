//! Patterns of OWNERS filters, which are Go's RE2 (`specs/prow.md` §0, §4.5): rewritten so that the `regex` crate
//! means the same, and refused where Go refuses them.

use regex::Regex;

/// Compiles a pattern as Go would, unanchored. None where Go's compiler refuses it.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    Regex::new(&translate(pattern)?).ok()
}

/// `\w`, `\d`, `\s` and `\b` are ASCII in RE2 and Unicode in the crate; `[`, `&&`, `--` and `~~` are special in the
/// crate's classes only; a brace that is no count is a literal in RE2; stacked repetitions (`a**`) are errors there.
fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut repeated = false;
    while let Some(c) = chars.next() {
        let was_repeated = std::mem::take(&mut repeated);
        match c {
            '\\' => match chars.next()? {
                'w' => out.push_str("[0-9A-Za-z_]"),
                'W' => out.push_str("[^0-9A-Za-z_]"),
                'd' => out.push_str("[0-9]"),
                'D' => out.push_str("[^0-9]"),
                's' => out.push_str("[\\t\\n\\f\\r ]"),
                'S' => out.push_str("[^\\t\\n\\f\\r ]"),
                'b' => out.push_str("(?-u:\\b)"),
                'B' => out.push_str("(?-u:\\B)"),
                'Q' => quote(&mut chars, &mut out),
                c => escape(c, &mut chars, &mut out)?,
            },
            '[' => class(&mut chars, &mut out)?,
            '*' | '+' | '?' => {
                if was_repeated {
                    return None;
                }
                out.push(c);
                if chars.next_if_eq(&'?').is_some() {
                    out.push('?');
                }
                repeated = true;
            }
            '{' => match count(&chars) {
                None => out.push_str("\\{"),
                Some(_) if was_repeated => return None,
                Some((least, most, length)) => {
                    if least > 1000 || most.is_some_and(|most| most > 1000 || most < least) {
                        return None;
                    }
                    out.push('{');
                    out.extend(chars.by_ref().take(length));
                    if chars.next_if_eq(&'?').is_some() {
                        out.push('?');
                    }
                    repeated = true;
                }
            },
            '}' | ']' => {
                out.push('\\');
                out.push(c);
            }
            '(' => {
                out.push('(');
                if chars.next_if_eq(&'?').is_some() {
                    out.push('?');
                    group(&mut chars, &mut out)?;
                }
            }
            c => out.push(c),
        }
    }
    Some(out)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// `\Q…\E`: all literal, to the end where no `\E` comes.
fn quote(chars: &mut Chars<'_>, out: &mut String) {
    while let Some(c) = chars.next() {
        if c == '\\' && chars.next_if_eq(&'E').is_some() {
            return;
        }
        out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
    }
}

/// An escape that is no class: what Go knows, as the crate writes it.
fn escape(c: char, chars: &mut Chars<'_>, out: &mut String) -> Option<()> {
    match c {
        'A' | 'z' | 'a' | 'f' | 'n' | 'r' | 't' | 'v' | 'p' | 'P' | 'x' => {
            out.push('\\');
            out.push(c);
            Some(())
        }
        '0'..='7' => {
            let mut digits = String::from(c);
            if c != '0' && !chars.peek().is_some_and(|next| ('0'..='7').contains(next)) {
                return None;
            }
            while digits.len() < 3
                && let Some(next) = chars.next_if(|next| ('0'..='7').contains(next))
            {
                digits.push(next);
            }
            let code = u32::from_str_radix(&digits, 8).ok()?;
            out.push_str(&format!("\\x{{{code:x}}}"));
            Some(())
        }
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => {
            out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
            Some(())
        }
        _ => None,
    }
}

/// A bracket class, after its `[`.
fn class(chars: &mut Chars<'_>, out: &mut String) -> Option<()> {
    out.push('[');
    if chars.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        let c = chars.next()?;
        match c {
            ']' if !first => {
                out.push(']');
                return Some(());
            }
            '[' if chars.peek() == Some(&':') && posix(chars).is_some() => {
                let name = posix(chars)?;
                out.push('[');
                out.push_str(&name);
                for _ in 0..name.chars().count() {
                    chars.next();
                }
            }
            '[' | ']' | '&' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '-' if chars.peek() != Some(&']') && first => out.push_str("\\-"),
            '\\' => match chars.next()? {
                'w' => out.push_str("0-9A-Za-z_"),
                'd' => out.push_str("0-9"),
                's' => out.push_str("\\t\\n\\f\\r "),
                'W' => out.push_str("[^0-9A-Za-z_]"),
                'D' => out.push_str("[^0-9]"),
                'S' => out.push_str("[^\\t\\n\\f\\r ]"),
                '-' => out.push_str("\\-"),
                c => escape(c, chars, out)?,
            },
            c => out.push(c),
        }
        first = false;
    }
}

/// A POSIX class after its `[`: `:alpha:]`.
fn posix(chars: &Chars<'_>) -> Option<String> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
        "word", "xdigit",
    ];
    let text: String = chars.clone().take(10).collect();
    let name = text.strip_prefix(':')?;
    let (name, _) = name.split_once(":]")?;
    let bare = name.strip_prefix('^').unwrap_or(name);
    NAMES.contains(&bare).then(|| format!(":{name}:]"))
}

/// A counted repetition after its `{`: least, most, and how many characters to take.
fn count(chars: &Chars<'_>) -> Option<(u32, Option<u32>, usize)> {
    let text: String = chars.clone().take(16).collect();
    let (inside, _) = text.split_once('}')?;
    let number = |text: &str| -> Option<u32> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) || (text.len() > 1 && text.starts_with('0')) {
            return None;
        }
        Some(text.parse().unwrap_or(u32::MAX))
    };
    let (least, most) = match inside.split_once(',') {
        None => (number(inside)?, Some(number(inside)?)),
        Some((least, "")) => (number(least)?, None),
        Some((least, most)) => (number(least)?, Some(number(most)?)),
    };
    Some((least, most, inside.len() + 1))
}

/// What follows `(?`: flags of RE2 or a name.
fn group(chars: &mut Chars<'_>, out: &mut String) -> Option<()> {
    match chars.peek()? {
        'P' | '<' => {
            let named = chars.next_if_eq(&'P').is_some();
            chars.next_if_eq(&'<')?;
            if !named && matches!(chars.peek(), Some('=' | '!')) {
                return None;
            }
            out.push_str("P<");
            Some(())
        }
        _ => loop {
            let c = chars.next()?;
            match c {
                'i' | 'm' | 's' | 'U' | '-' => out.push(c),
                ':' | ')' => {
                    out.push(c);
                    return Some(());
                }
                _ => return None,
            }
        },
    }
}
