//! Writes queries: takes operations of `asks.graphql` apart, puts values in the places of variables, adds aliases and
//! the fragments that are used. The values are written as GraphQL literals, so that each alias has its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::Ask;

const ASKS: &str = include_str!("../../../../assets/graphql/asks.graphql");
const FRAGMENTS: &str = include_str!("../../../../assets/graphql/fragments.graphql");

/// The light query, whole: it has variables and is sent as it is.
pub const LIGHT: &str = include_str!("../../../../assets/graphql/light.graphql");

/// Bodies of the operations in `asks.graphql`, line by line, by the operation's name.
static OPERATIONS: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut found = BTreeMap::new();
    let mut name: Option<String> = None;
    let mut lines = Vec::new();
    for line in ASKS.lines() {
        let bare = line.trim();
        match &name {
            None => name = line.strip_prefix("query ").and_then(|rest| rest.split('(').next()).map(str::to_owned),
            // An operation ends with the brace at the line's start.
            Some(done) if line == "}" => {
                found.insert(done.clone(), std::mem::take(&mut lines));
                name = None;
            }
            Some(_) if bare.is_empty() || bare.starts_with('#') => {}
            Some(_) => lines.push(bare.to_owned()),
        }
    }
    found
});

/// The fragments, by name, each on one line.
static PIECES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut name: Option<String> = None;
    for line in FRAGMENTS.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix("fragment ") {
            name = rest.split_whitespace().next().map(str::to_owned);
        }
        if let Some(name) = &name {
            let piece = found.entry(name.clone()).or_default();
            if !piece.is_empty() {
                piece.push(' ');
            }
            piece.push_str(bare);
        }
    }
    found
});

/// The alias of the ask at a place in its request.
#[must_use]
pub fn alias(at: usize) -> String {
    format!("a{at}")
}

/// One query for all of `asks`, which says also what it cost.
#[must_use]
pub fn batch(asks: &[Ask]) -> String {
    let fields: Vec<String> = asks
        .iter()
        .enumerate()
        .map(|(at, ask)| {
            let (operation, variables, _) = ask.parts();
            compose(operation, &variables, &alias(at))
        })
        .collect();
    let body = format!("query {{ rateLimit {{ cost limit remaining resetAt }} {} }}", fields.join(" "));
    with_fragments(body)
}

/// One operation as an aliased field. Empty for an operation that `asks.graphql` does not have.
#[must_use]
pub fn compose(operation: &str, variables: &Value, alias: &str) -> String {
    let mut field = String::new();
    for line in OPERATIONS.get(operation).map(Vec::as_slice).unwrap_or_default() {
        let Some(written) = write(line, variables) else { continue };
        if field.is_empty() {
            field.push_str(alias);
            field.push_str(": ");
        } else {
            field.push(' ');
        }
        field.push_str(&written);
    }
    field
}

/// A line with values in the places of its variables; `None` where it would ask for `first: 0`, which GitHub refuses.
fn write(line: &str, variables: &Value) -> Option<String> {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        let name = after.get(1..).unwrap_or_default();
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let (name, tail) = name.split_at(end);
        let value = variables.get(name).unwrap_or(&Value::Null);
        if before.ends_with("first: ") && value.as_u64() == Some(0) {
            return None;
        }
        out.push_str(before);
        // JSON's strings are GraphQL's strings: the same quotes, the same escapes.
        out.push_str(&value.to_string());
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

/// Adds the fragments that the text uses, and those that they use.
fn with_fragments(mut text: String) -> String {
    let mut used = BTreeSet::new();
    let mut open = spreads(&text);
    while let Some(name) = open.pop() {
        if let Some(piece) = PIECES.get(&name)
            && used.insert(name)
        {
            open.extend(spreads(piece));
        }
    }
    for name in used {
        if let Some(piece) = PIECES.get(&name) {
            text.push('\n');
            text.push_str(piece);
        }
    }
    text
}

/// The names after `...`; an inline fragment has a space there.
fn spreads(text: &str) -> Vec<String> {
    let name = |rest: &str| -> String { rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect() };
    text.split("...").skip(1).map(name).filter(|name| !name.is_empty()).collect()
}
