//! GitHub's connections: pages with opaque cursors, bounds that must be given, 100 at most.

use apollo_compiler::resolvers::{FieldError, ResolveInfo};
use serde_json::{Value, json};

use super::value::{Of, Val, fail};

/// One element of a connection: where it stands, and what it is. Keys are unique and say the order.
pub(super) type Element<'a> = (String, Of<'a>);

/// One page.
pub(super) struct Page<'a> {
    /// GraphQL's type of the connection.
    pub(super) type_name: String,
    /// How many elements there are on all pages.
    pub(super) total: usize,
    /// The elements of this page.
    pub(super) elements: Vec<Element<'a>>,
    has_next: bool,
    has_previous: bool,
}

/// A page of `elements`, which stand in their order (descending keys where `descending`).
pub(super) fn page<'a>(
    info: &ResolveInfo<'_>,
    mut elements: Vec<Element<'a>>,
    descending: bool,
) -> Result<Val<'a>, FieldError> {
    let name = info.field_name();
    let number = |argument: &str| info.arguments().get(argument).and_then(|value| value.as_i64());
    let (first, last) = (number("first"), number("last"));
    let (bound, count) = match (first, last) {
        (Some(count), _) => ("first", count),
        (None, Some(count)) => ("last", count),
        (None, None) => {
            let message =
                format!("You must provide a `first` or `last` value to properly paginate the `{name}` connection.");
            return Err(fail("MISSING_PAGINATION_BOUNDARIES", &message));
        }
    };
    if count > 100 {
        let message = format!(
            "Requesting {count} records on the `{name}` connection exceeds the `{bound}` limit of 100 records."
        );
        return Err(fail("EXCESSIVE_PAGINATION", &message));
    }
    let count = usize::try_from(count).map_err(|_| {
        fail("INVALID_PAGINATION", &format!("`{bound}` on the `{name}` connection cannot be less than zero."))
    })?;
    let total = elements.len();
    let text = |argument: &str| info.arguments().get(argument).and_then(|value| value.as_str()).map(str::to_owned);
    let beyond = |key: &str, mark: &str| if descending { key < mark } else { key > mark };
    let mut has_previous = false;
    let mut has_next = false;
    if let Some(after) = text("after") {
        let mark = decode(&after).ok_or_else(|| bad_cursor(&after))?;
        elements.retain(|(key, _)| beyond(key, &mark));
        has_previous = elements.len() < total;
    }
    if let Some(before) = text("before") {
        let mark = decode(&before).ok_or_else(|| bad_cursor(&before))?;
        let all = elements.len();
        elements.retain(|(key, _)| *key != mark && !beyond(key, &mark));
        has_next = elements.len() < all;
    }
    if bound == "first" {
        has_next |= elements.len() > count;
        elements.truncate(count);
    } else {
        has_previous |= elements.len() > count;
        let extra = elements.len().saturating_sub(count);
        elements.drain(..extra);
    }
    let type_name = info.field_definition().ty.inner_named_type().to_string();
    Ok(Val::Of(Of::Connection(std::rc::Rc::new(Page { type_name, total, elements, has_next, has_previous }))))
}

fn bad_cursor(cursor: &str) -> FieldError {
    fail("INVALID_CURSOR_ARGUMENTS", &format!("`{cursor}` does not appear to be a valid cursor."))
}

/// A field of a page.
pub(super) fn field<'a>(page: &Page<'a>, info: &ResolveInfo<'_>) -> Option<Val<'a>> {
    let cursors = || page.elements.iter().map(|(key, _)| encode(key));
    Some(match info.field_name() {
        "totalCount" | "filteredCount" => Val::Leaf(json!(page.total)),
        "pageCount" => Val::Leaf(json!(page.elements.len())),
        "nodes" => Val::List(page.elements.iter().map(|(_, of)| Val::Of(of.clone())).collect()),
        "edges" => {
            let type_name = info.field_definition().ty.inner_named_type().to_string();
            let edge = |(key, of): &Element<'a>| {
                let fields = vec![("cursor", Val::Leaf(json!(encode(key)))), ("node", Val::Of(of.clone()))];
                Val::Of(Of::Plain(type_name.clone(), std::rc::Rc::new(fields)))
            };
            Val::List(page.elements.iter().map(edge).collect())
        }
        "pageInfo" => {
            let cursor = |cursor: Option<String>| Val::Leaf(cursor.map_or(Value::Null, Value::String));
            let fields = vec![
                ("hasNextPage", Val::Leaf(json!(page.has_next))),
                ("hasPreviousPage", Val::Leaf(json!(page.has_previous))),
                ("startCursor", cursor(cursors().next())),
                ("endCursor", cursor(cursors().next_back())),
            ];
            Val::Of(Of::Plain("PageInfo".to_owned(), std::rc::Rc::new(fields)))
        }
        _ => return None,
    })
}

/// An opaque cursor.
fn encode(key: &str) -> String {
    let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("Y3Vyc29y{hex}")
}

fn decode(cursor: &str) -> Option<String> {
    let hex = cursor.strip_prefix("Y3Vyc29y")?;
    if !hex.is_ascii() || hex.len() % 2 != 0 {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..hex.len() / 2).map(|at| u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok()).collect();
    String::from_utf8(bytes?).ok()
}

/// A key that sorts like the number.
pub(super) fn key(number: impl TryInto<u64>) -> String {
    format!("{:020}", number.try_into().unwrap_or(0))
}

/// A key that sorts by time, then by number.
pub(super) fn time_key(at: jiff::Timestamp, number: u64) -> String {
    format!("{:020}-{number:020}", i128::from(at.as_millisecond()) + (1_i128 << 62))
}
