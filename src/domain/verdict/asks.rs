//! The comment that asks somebody to mend a problem. It is Markdown for GitHub, made of found values, and the values are
//! hostile text: inside it nothing may ping a team, command Prow, or break out of its line. So every value stands in a
//! code span (see [`code`]), every line begins with words of ours, and outside code spans an `@` is ours alone.

use super::{Problem, ProblemCode};
use crate::domain::ids::Login;
use crate::domain::text::sanitize_line;

/// The longest value that is quoted.
const MOST: usize = 80;

/// A found value as a code span: one line, no mark that could end the span, not too long.
pub(super) fn code(value: &str) -> String {
    let mut line: String = sanitize_line(value).replace('`', "'");
    if line.chars().count() > MOST {
        line = line.chars().take(MOST).collect();
        line.push('…');
    }
    if line.is_empty() { "`(empty)`".to_owned() } else { format!("`{line}`") }
}

/// One comment that asks for all of these to be mended: the author, or whoever wrote a command that did nothing.
#[must_use]
pub fn ask(problems: &[&Problem], author: Option<&Login>) -> String {
    let mut groups: Vec<(Option<&Login>, Vec<&Problem>)> = Vec::new();
    for problem in problems {
        let whom = problem.whom.as_ref().or(author);
        match groups.iter_mut().find(|(other, _)| *other == whom) {
            Some((_, list)) => list.push(problem),
            None => groups.push((whom, vec![problem])),
        }
    }
    let texts: Vec<String> = groups.iter().map(|(whom, list)| to_one(*whom, author, list)).collect();
    texts.join("\n\n")
}

fn to_one(whom: Option<&Login>, author: Option<&Login>, list: &[&Problem]) -> String {
    let hello = match whom.map(Login::as_str).filter(|login| is_login(login)) {
        Some(login) => format!("@{login}, thank you for "),
        None => "Thank you for ".to_owned(),
    };
    let what = if whom == author { "this proposal" } else { "looking at this proposal" };
    if let [only] = list {
        return format!("{hello}{what}. One thing should be mended: {}.\n\n{}", said(only), what_to_do(only));
    }
    let items: Vec<String> = list.iter().map(|it| format!("- {}. {}", said(it), what_to_do(it))).collect();
    format!("{hello}{what}. A few things should be mended:\n\n{}", items.join("\n"))
}

/// The problem's sentence, to the person whom it is about.
fn said(problem: &Problem) -> String {
    let own = problem.whom.as_ref().and_then(|whom| problem.message.strip_prefix(&format!("{whom}'s ")));
    let sentence =
        own.map_or_else(|| problem.message.clone(), |rest| format!("your {rest}").replace(" give them ", " give you "));
    quiet(sentence.trim_end_matches('.'))
}

fn what_to_do(problem: &Problem) -> String {
    let why = why(problem.code);
    let fix = quiet(&problem.fix);
    if why.is_empty() { fix } else { format!("{fix} {why}") }
}

/// Text outside code spans, with nothing in it that GitHub could take for a mention, a tag or a link.
fn quiet(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    // A mark without its partner opens nothing.
    let balanced = pieces.len() % 2 == 1;
    let mut out = String::with_capacity(text.len());
    for (index, piece) in pieces.iter().enumerate() {
        let code = balanced && index % 2 == 1;
        if index > 0 {
            out.push(if balanced { '`' } else { '\'' });
        }
        if code {
            out.push_str(piece);
        } else {
            let piece = piece.replace('@', "(at)").replace('<', "&lt;");
            out.push_str(&piece.replace("](", "] (").replace("://", ":// "));
        }
    }
    out
}

fn is_login(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Why it matters, for somebody who does not know the process.
fn why(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::VepNumberMismatch => "It is the number by which everybody finds the VEP.",
        ProblemCode::NoTrackingIssue | ProblemCode::TrackingIssueClosed => {
            "The weekly check-ins and the release team work on the tracking issue."
        }
        ProblemCode::SigMismatch | ProblemCode::UnknownSig => "The owning SIG gives the VEP its shepherd.",
        ProblemCode::SeveralOwningSigs => "A VEP may touch several SIGs, but one owns it.",
        ProblemCode::SeveralVeps => "Each VEP is accepted on its own.",
        ProblemCode::BadFolderName => "A check of the repository looks at the name.",
        ProblemCode::MainDocumentName => "Links and tools expect it there.",
        ProblemCode::NoTargetRelease | ProblemCode::TargetInThePast => {
            "The target decides which freeze the VEP has to make."
        }
        ProblemCode::FollowUpInParentFolder => "Each VEP has its own number, issue and folder.",
        ProblemCode::TemplateSectionsMissing => "Reviewers go through the template's sections one by one.",
        ProblemCode::CommandWithoutEffect | ProblemCode::OwnersUnreadable | ProblemCode::FrontMatterUnreadable => "",
    }
}
