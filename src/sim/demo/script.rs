//! The notation of threads. One deed per line, its time first, relative to now:
//!
//! ```text
//! -62d ada: Could you say what a rollback does?      a comment
//! -61d4h push grace Design: Describe the rollback    a push; what follows goes into the section
//!   A rollback keeps the field and ignores it.
//! -60d approve edsger: /approve                      a review: approve, changes, review
//! -59d thread ada Scalability: How many per node?    an inline thread at that section's text
//! -58d reply grace: 110, as pods.                    a reply in the newest thread (`reply grace 2:` in the second)
//! -58d resolve ada                                   resolves it
//! +4m ada: Thanks!                                   happens while somebody looks
//! ```
//!
//! Lines that begin with two spaces continue the text above them.

use jiff::SignedDuration;

/// One deed of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The line of the script, from 1.
    pub(super) line: usize,
    /// When, relative to now.
    pub(super) offset: SignedDuration,
    /// Who does it; empty for deeds of robots.
    pub(super) who: String,
    /// What.
    pub(super) deed: Deed,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Comment(String),
    /// Section, message, paragraph (may be empty); rewriting or not.
    Push {
        section: String,
        message: String,
        text: String,
        force: bool,
    },
    Approve(String),
    RequestChanges(String),
    Review(String),
    /// Section and text.
    Thread(String, String),
    /// Which (from 1; the newest where none is said) and text.
    Reply(Option<usize>, String),
    Resolve(Option<usize>),
    Label(String),
    Unlabel(String),
    Assign(String),
    Request(String),
    Draft,
    Ready,
    Title(String),
    Close,
    Reopen,
    Merge,
    Lock,
    Conflict,
    /// Prow's lifecycle job, which comments for its account.
    Stale,
    /// Context, state and description.
    Status(String, String, String),
    /// Name and conclusion; `pending` is none.
    Check(String, String),
}

/// Reads a script.
///
/// # Errors
/// The first line that is no deed.
pub(super) fn parse(script: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<(usize, String)> = Vec::new();
    for (index, line) in script.lines().enumerate() {
        if line.starts_with(['-', '+']) {
            steps.push((index + 1, line.to_owned()));
        } else if let Some((_, step)) = steps.last_mut() {
            step.push('\n');
            step.push_str(line.strip_prefix("  ").unwrap_or(line));
        } else if !line.trim().is_empty() {
            return Err(format!("line {}: a deed begins with its time", index + 1));
        }
    }
    steps
        .into_iter()
        .map(|(line, text)| step(line, text.trim_end()).ok_or_else(|| format!("line {line}: no deed: {text}")))
        .collect()
}

fn step(line: usize, text: &str) -> Option<Step> {
    let (time, rest) = text.split_once(' ')?;
    let offset = offset(time)?;
    let rest = rest.trim_start();
    let (first, after) = rest.split_once([' ', '\n']).unwrap_or((rest, ""));
    if let Some(who) = first.strip_suffix(':') {
        let body = rest.get(first.len()..).unwrap_or_default().trim();
        return Some(Step { line, offset, who: who.to_owned(), deed: Deed::Comment(body.to_owned()) });
    }
    let (head, body) = after.split_once(':').unwrap_or((after, ""));
    let mut words = head.split_whitespace();
    let who = words.next().unwrap_or_default().to_owned();
    let rest: Vec<&str> = words.collect();
    let (argument, body) = (rest.join(" "), body.trim().to_owned());
    let deed = match first {
        "push" | "force" => {
            let (message, text) = body.split_once('\n').unwrap_or((&body, ""));
            Deed::Push {
                section: argument,
                message: message.trim().to_owned(),
                text: text.trim().to_owned(),
                force: first == "force",
            }
        }
        "approve" => Deed::Approve(body),
        "changes" => Deed::RequestChanges(body),
        "review" => Deed::Review(body),
        "thread" => Deed::Thread(argument, body),
        "reply" => Deed::Reply(argument.parse().ok(), body),
        "resolve" => Deed::Resolve(argument.parse().ok()),
        "label" => Deed::Label(after.strip_prefix(who.as_str())?.trim().to_owned()),
        "unlabel" => Deed::Unlabel(after.strip_prefix(who.as_str())?.trim().to_owned()),
        "assign" => Deed::Assign(argument),
        "request" => Deed::Request(argument),
        "draft" => Deed::Draft,
        "ready" => Deed::Ready,
        "title" => Deed::Title(body),
        "close" => Deed::Close,
        "reopen" => Deed::Reopen,
        "merge" => Deed::Merge,
        "lock" => Deed::Lock,
        "conflict" => Deed::Conflict,
        "stale" => Deed::Stale,
        "status" => Deed::Status(who.clone(), argument, body),
        "check" => Deed::Check(who.clone(), argument),
        _ => return None,
    };
    Some(Step { line, offset, who, deed })
}

/// `-12d3h`, `+3m`, `-0s`.
pub(super) fn offset(text: &str) -> Option<SignedDuration> {
    let (sign, mut rest) = match text.split_at_checked(1)? {
        ("-", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => return None,
    };
    let mut seconds = 0_i64;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = match rest.get(digits..digits + 1)? {
            "d" => 86_400,
            "h" => 3_600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(digits + 1..)?;
    }
    Some(SignedDuration::from_secs(sign * seconds))
}
