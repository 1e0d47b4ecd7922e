//! GitHub's limits on one query, counted before it runs (docs.github.com, "Rate limits and query limits for the
//! GraphQL API"): the requests that its connections need, in points, and the nodes that it may reach.

use apollo_compiler::collections::IndexMap;
use apollo_compiler::executable::{Directive, Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, ast};

/// The most nodes that a query may reach.
pub(super) const NODE_LIMIT: u64 = 500_000;

/// What a query costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// Points: requests for connections, over 100, rounded, at least 1.
    pub(super) points: u64,
    /// The most nodes that it may reach.
    pub(super) nodes: u64,
}

struct Count<'a> {
    document: &'a ExecutableDocument,
    variables: &'a JsonMap,
    requests: u64,
    nodes: u64,
}

/// The cost of an operation with its variables.
pub(super) fn of(document: &ExecutableDocument, operation: &Operation, variables: &Valid<JsonMap>) -> Cost {
    let mut count = Count { document, variables, requests: 0, nodes: 0 };
    count.walk(&[&operation.selection_set], 1);
    let rounded = count.requests.saturating_add(50) / 100;
    Cost { points: rounded.max(1), nodes: count.nodes }
}

impl<'a> Count<'a> {
    /// Counts selection sets that are merged into one object, which is asked for `times` times.
    fn walk(&mut self, sets: &[&'a SelectionSet], times: u64) {
        let mut fields: IndexMap<&'a Name, Vec<&'a Node<Field>>> = IndexMap::default();
        for set in sets {
            self.collect(set, &mut fields);
        }
        for same in fields.values() {
            let Some(first) = same.first() else { continue };
            let below: Vec<&SelectionSet> = same.iter().map(|field| &field.selection_set).collect();
            let connection = first.ty().inner_named_type().as_str().ends_with("Connection");
            if connection {
                let size = self.size(first);
                self.requests = self.requests.saturating_add(times);
                self.nodes = self.nodes.saturating_add(times.saturating_mul(size));
                self.walk(&below, times.saturating_mul(size));
            } else if !first.selection_set.is_empty() {
                self.walk(&below, times);
            }
        }
    }

    fn collect(&self, set: &'a SelectionSet, fields: &mut IndexMap<&'a Name, Vec<&'a Node<Field>>>) {
        for selection in &set.selections {
            if self.skipped(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => fields.entry(field.response_key()).or_default().push(field),
                Selection::InlineFragment(inline) => self.collect(&inline.selection_set, fields),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = spread.fragment_def(self.document) {
                        self.collect(&fragment.selection_set, fields);
                    }
                }
            }
        }
    }

    fn size(&self, field: &Node<Field>) -> u64 {
        let number = |name: &str| self.value(field.specified_argument_by_name(name)?).and_then(|value| value.as_u64());
        number("first").or_else(|| number("last")).unwrap_or(0)
    }

    fn skipped(&self, directives: &[Node<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let condition = directive
                .specified_argument_by_name("if")
                .and_then(|value| self.value(value))
                .and_then(|value| value.as_bool());
            match directive.name.as_str() {
                "include" => condition == Some(false),
                "skip" => condition == Some(true),
                _ => false,
            }
        })
    }

    fn value(&self, value: &Node<ast::Value>) -> Option<JsonValue> {
        match &**value {
            ast::Value::Variable(name) => self.variables.get(name.as_str()).cloned(),
            ast::Value::Int(int) => int.as_str().parse::<u64>().ok().map(JsonValue::from),
            ast::Value::Boolean(truth) => Some(JsonValue::Bool(*truth)),
            _ => None,
        }
    }
}

/// A number as GitHub prints it: `500,000`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
