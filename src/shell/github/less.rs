//! Servers that know less than GitHub: older Enterprise servers and look-alikes refuse a whole query for one field that
//! they do not have. Those that a board can do without are left out then, and what they would say is marked as missing.

use super::wire::GraphqlError;

/// Fields that a board can do without. Each stands with its selection, if any, on its own.
pub const OPTIONAL: [&str; 6] =
    ["statusCheckRollup", "mergeStateStatus", "fullDatabaseId", "isOutdated", "startLine", "viewerPermission"];

/// The fields among these errors that the server does not know and that can be left out; `None` where an error is
/// about anything else, for then leaving out does not help.
#[must_use]
pub fn unknown(errors: &[GraphqlError]) -> Option<Vec<&'static str>> {
    let field = |error: &GraphqlError| {
        let named = error.kind == "undefinedField" || error.message.contains("doesn't exist on type");
        OPTIONAL.into_iter().find(|field| named && error.message.contains(&format!("'{field}'")))
    };
    let found: Option<Vec<&str>> = errors.iter().map(field).collect();
    found.filter(|found| !found.is_empty())
}

/// The query without a field, wherever it is asked.
#[must_use]
pub fn without(query: &str, field: &str) -> String {
    let mut out = String::with_capacity(query.len());
    let mut rest = query;
    while let Some(at) = find(rest, field) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = skip(after.get(field.len()..).unwrap_or_default());
    }
    out.push_str(rest);
    without_unused(out)
}

/// A fragment that nobody uses any more is an error as well. Those that can go stand on a line each.
fn without_unused(mut query: String) -> String {
    loop {
        let unused = |line: &&str| {
            let name = line.strip_prefix("fragment ").filter(|_| line.trim_end().ends_with('}'));
            let name = name.and_then(|rest| rest.split_whitespace().next());
            name.is_some_and(|name| !spread(&query, name))
        };
        let Some(line) = query.lines().find(unused).map(str::to_owned) else { return query };
        query = query.lines().filter(|other| *other != line).collect::<Vec<_>>().join("\n");
    }
}

/// The fragment is used somewhere.
fn spread(query: &str, name: &str) -> bool {
    query.split("...").skip(1).any(|rest| {
        rest.strip_prefix(name).is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
    })
}

/// Where the name stands as a field of its own.
fn find(text: &str, field: &str) -> Option<usize> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$' || c == '.';
    text.match_indices(field).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + field.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// What follows a field's arguments and selection.
fn skip(text: &str) -> &str {
    let mut rest = text;
    for (open, close) in [('(', ')'), ('{', '}')] {
        let trimmed = rest.trim_start();
        if !trimmed.starts_with(open) {
            continue;
        }
        let mut depth = 0_usize;
        let end = trimmed.char_indices().find(|(_, c)| {
            depth = if *c == open {
                depth + 1
            } else if *c == close {
                depth.saturating_sub(1)
            } else {
                depth
            };
            depth == 0
        });
        rest = end.and_then(|(at, _)| trimmed.get(at + 1..)).unwrap_or_default();
    }
    rest
}
