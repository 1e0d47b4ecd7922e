//! YAML as Go's tools read it: YAML 1.1 scalars, converted to JSON. Prow reads OWNERS files that way
//! (`specs/prow.md` §4.4, §12.1), and the other files of the process are read by the same kind of tool, so that there is
//! one door for all YAML.
//!
//! The rules are those of go-yaml v2 behind sigs.k8s.io/yaml: `yes` is a boolean and `0123` is octal, unless quoted;
//! only the first document counts; of two equal keys the last wins; a merge key (`<<`) writes into the map where it
//! stands. The syntax is that of the same reader, too: no library reads YAML 1.1 as Go's does, neither what it takes nor
//! what it refuses.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

mod parse;
mod scalars;
mod scan;
mod tags;

use parse::{Event, Scalar};

/// So many nodes are read at most, aliases expanded: a document of nested aliases must not eat the memory.
const MOST_NODES: usize = 1_000_000;
/// So deep may collections nest.
const MOST_DEPTH: usize = 200;

/// Why a text is no YAML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct YamlError {
    /// The line, from 1; 0 where the whole text is meant.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads the first document. An empty text is null.
///
/// # Errors
/// Where Go's reader would refuse the text: bad syntax, characters that YAML does not allow, a key that is null or a
/// collection, `.nan` and `.inf` (which JSON lacks), aliases that contain themselves or grow beyond measure.
pub fn parse(text: &str) -> Result<Value, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(line) = forbidden(text) {
        return Err(YamlError { line, message: "control characters are not allowed".to_owned() });
    }
    let builder = parse::first_document(text)?;
    let root = builder.root.unwrap_or(Value::Null);
    if holds_no_number(&root) {
        return Err(YamlError { line: 0, message: "JSON has no infinity and no NaN".to_owned() });
    }
    Ok(root)
}

/// The line of the first character that YAML does not allow.
fn forbidden(text: &str) -> Option<usize> {
    let bad =
        |c: char| !matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}') && c < '\u{10000}';
    let at = text.find(bad)?;
    Some(1 + text.get(..at).unwrap_or_default().matches('\n').count())
}

/// A node that is complete.
struct Node {
    value: Value,
    /// A plain `<<`, which as a key merges.
    merge: bool,
    /// As a map key: the text that JSON gets, or none where Go refuses it.
    key: Option<String>,
}

/// A collection that is still open.
enum Open {
    List { items: Vec<Value>, anchor: Option<usize> },
    Map { map: Map<String, Value>, key: Option<Node>, anchor: Option<usize> },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Value>,
    /// Which node a name stands for: the one that took it last.
    names: HashMap<String, usize>,
    /// Finished nodes with names, with their sizes in nodes.
    anchors: HashMap<usize, (Value, usize)>,
    named: usize,
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Scalar(written) => {
                let anchor = self.name(written.anchor.as_deref());
                let node = scalar(&written)?;
                self.finish(node, anchor)
            }
            Event::List(name) => {
                let anchor = self.name(name.as_deref());
                self.start(Open::List { items: Vec::new(), anchor })
            }
            Event::Map(name) => {
                let anchor = self.name(name.as_deref());
                self.start(Open::Map { map: Map::new(), key: None, anchor })
            }
            Event::End => match self.open.pop() {
                Some(Open::List { items, anchor }) => self.finish(collection(Value::Array(items)), anchor),
                Some(Open::Map { map, anchor, .. }) => self.finish(collection(Value::Object(map)), anchor),
                None => Ok(()),
            },
            Event::Alias(name) => {
                let Some(id) = self.names.get(&name) else { return Err(format!("no anchor &{name} stands before")) };
                let Some((value, size)) = self.anchors.get(id).cloned() else {
                    return Err("an alias stands inside of what it names".to_owned());
                };
                self.count(size)?;
                let key = key_of(&value);
                self.finish(Node { value, merge: false, key }, None)
            }
        }
    }

    /// Gives a node its name, from its beginning on.
    fn name(&mut self, name: Option<&str>) -> Option<usize> {
        let name = name?;
        let id = self.named;
        self.named += 1;
        self.names.insert(name.to_owned(), id);
        Some(id)
    }

    fn count(&mut self, more: usize) -> Result<(), String> {
        self.nodes = self.nodes.saturating_add(more);
        if self.nodes > MOST_NODES { Err("the document is too large, aliases expanded".to_owned()) } else { Ok(()) }
    }

    fn start(&mut self, open: Open) -> Result<(), String> {
        if self.open.len() >= MOST_DEPTH {
            return Err("collections nest too deeply".to_owned());
        }
        self.open.push(open);
        Ok(())
    }

    fn finish(&mut self, node: Node, anchor: Option<usize>) -> Result<(), String> {
        self.count(1)?;
        if let Some(anchor) = anchor {
            let size = size(&node.value);
            self.anchors.insert(anchor, (node.value.clone(), size));
        }
        match self.open.last_mut() {
            None => {
                if self.root.is_none() {
                    self.root = Some(node.value);
                }
                Ok(())
            }
            Some(Open::List { items, .. }) => {
                items.push(node.value);
                Ok(())
            }
            Some(Open::Map { map, key, .. }) => match key.take() {
                None => {
                    if node.key.is_none() && !node.merge {
                        return Err("a key must be a text, a number or a boolean".to_owned());
                    }
                    *key = Some(node);
                    Ok(())
                }
                Some(name) if name.merge => merge(map, node.value),
                Some(name) => {
                    map.insert(name.key.unwrap_or_default(), node.value);
                    Ok(())
                }
            },
        }
    }
}

/// Writes a merged map (or a list of maps, of which earlier ones win) into `into`.
fn merge(into: &mut Map<String, Value>, what: Value) -> Result<(), String> {
    const WRONG: &str = "`<<` merges a map or a list of maps";
    match what {
        Value::Object(map) => {
            into.extend(map);
            Ok(())
        }
        Value::Array(items) => {
            for item in items.into_iter().rev() {
                let Value::Object(map) = item else { return Err(WRONG.to_owned()) };
                into.extend(map);
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(WRONG.to_owned()),
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(size).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

fn collection(value: Value) -> Node {
    Node { value, merge: false, key: None }
}

fn key_of(value: &Value) -> Option<String> {
    match value {
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Some(text_of(value).unwrap_or_default()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A scalar as the text that Go makes of it where a text is wanted: numbers and booleans in Go's canonical spelling
/// (`specs/prow.md` §12.1). None for null and collections.
#[must_use]
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some("true".to_owned()),
        Value::Bool(false) => Some("false".to_owned()),
        Value::Number(number) => Some(match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(n), _, _) => n.to_string(),
            (None, Some(n), _) => n.to_string(),
            (None, None, Some(n)) => float_text(n),
            (None, None, None) => number.to_string(),
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Go's `FormatFloat(x, 'g', -1, 32)`: the shortest digits, with an exponent below 1e-4 and from 1e6 on.
#[expect(clippy::cast_possible_truncation, reason = "Go formats these as 32-bit floats; so do we")]
fn float_text(x: f64) -> String {
    let x = x as f32;
    if !x.is_finite() {
        return if x > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{x:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{x}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn scalar(written: &Scalar) -> Result<Node, String> {
    let text = written.text.as_str();
    let string = |text: &str| Node { value: Value::String(text.to_owned()), merge: false, key: Some(text.to_owned()) };
    let wanted = match written.tag.as_str() {
        "" => None,
        tag => Some(tag.strip_prefix("tag:yaml.org,2002:").unwrap_or("!")),
    };
    match wanted {
        None if !written.plain => return Ok(string(text)),
        None | Some("bool" | "int" | "float" | "null") => {}
        Some("binary") => {
            let bytes = bytes_of(text).ok_or_else(|| format!("`{text}` is no base64"))?;
            return Ok(string(&String::from_utf8_lossy(&bytes)));
        }
        Some("merge") => return Ok(Node { value: Value::String(text.to_owned()), merge: text == "<<", key: None }),
        Some(_) => return Ok(string(text)),
    }
    let Some(value) = resolve(text) else {
        if !matches!(wanted, None | Some("float")) {
            return Err(format!("`{text}` is no {}", wanted.unwrap_or_default()));
        }
        let key = text.trim_start_matches('+').to_ascii_lowercase();
        return Ok(Node { value: Value::String(NO_NUMBER.to_owned()), merge: false, key: Some(key) });
    };
    let fits = match (wanted, &value) {
        (None, _)
        | (Some("bool"), Value::Bool(_))
        | (Some("null"), Value::Null)
        | (Some("float"), Value::Number(_)) => true,
        (Some("int"), Value::Number(number)) => number.as_f64().is_none() || !number.is_f64(),
        (Some(_), _) => false,
    };
    if !fits {
        return Err(format!("`{text}` is no {}", wanted.unwrap_or_default()));
    }
    let merge = wanted.is_none() && text == "<<";
    let key = key_of(&value);
    Ok(Node { value, merge, key })
}

/// Stands for infinity and NaN until it is known whether a later key of the same name takes their place.
const NO_NUMBER: &str = "\0no number";

fn holds_no_number(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_no_number),
        Value::Object(map) => map.values().any(holds_no_number),
        Value::String(text) => text == NO_NUMBER,
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Base64, line ends left out, padding needed.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let padding = digits.iter().rev().take_while(|b| **b == b'=').count();
    if !digits.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for digit in group {
            let value = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' => 0,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        bytes.extend_from_slice(bits.to_be_bytes().get(1..)?);
    }
    let inner = digits.get(..digits.len() - padding)?;
    if inner.contains(&b'=') {
        return None;
    }
    bytes.truncate(bytes.len() - padding);
    Some(bytes)
}

/// A plain scalar by go-yaml's table. None for what JSON cannot say.
fn resolve(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Some(Value::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Some(Value::Bool(false));
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf"
        | "-.INF" => return None,
        _ => {}
    }
    let number = match text.bytes().next() {
        Some(b'.') if has_good_underscores(text) => float(&text.replace('_', "")),
        Some(b'+' | b'-' | b'0'..=b'9') => {
            let plain = text.replace('_', "");
            integer(&plain).or_else(|| float(&plain))
        }
        _ => None,
    };
    Some(number.map_or_else(|| Value::String(text.to_owned()), Value::Number))
}

/// Go's `ParseInt(text, 0, 64)`, else `ParseUint`: 0x, 0o, 0b, and a leading zero for octal.
fn integer(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..)?),
        [b'+', ..] => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let size = u64::from_str_radix(digits, radix).ok()?;
    match (negative, text.starts_with('+')) {
        (false, false) => Some(Number::from(size)),
        (false, true) => i64::try_from(size).ok().map(Number::from),
        (true, _) => i64::try_from(-i128::from(size)).ok().map(Number::from),
    }
}

/// Go takes underscores between digits here.
fn has_good_underscores(text: &str) -> bool {
    let digit = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
    text.match_indices('_').all(|(at, _)| digit(at.checked_sub(1)) && digit(Some(at + 1)))
}

/// A decimal float as YAML writes it: digits on at least one side of the point, an optional exponent.
fn float(text: &str) -> Option<Number> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (body.get(..at)?, body.get(at + 1..)),
        None => (body, None),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    if whole.is_empty() && part.is_empty() || !digits(whole) || !digits(part) || !exponent_fits {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    Number::from_f64(value)
}
