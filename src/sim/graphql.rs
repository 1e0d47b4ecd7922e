//! GitHub's GraphQL over the simulated world: our documents are parsed, validated and executed by apollo-compiler on
//! GitHub's own schema (pruned to what we use), so a query that GitHub would reject fails here as well.
//!
//! GitHub's limits are enforced as it enforces them: every connection needs `first` or `last` of at most 100, a query
//! may reach 500,000 nodes, and points are counted by its published formula and taken off 5,000 an hour.

mod connection;
mod cost;
mod fields;
mod object;
mod value;

use std::sync::{Arc, OnceLock};

use apollo_compiler::response::{GraphQLError, JsonMap};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema, resolvers::Execution};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Logged, State, json as answer_json, rest};

/// Points and requests that an hour gives.
const HOURLY: u64 = 5000;

/// What is left of the hour. GitHub counts GraphQL's points and REST's requests apart.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    window: Option<Timestamp>,
    points: u64,
    requests: u64,
}

impl Budget {
    fn roll(&mut self, now: Timestamp) {
        let over = self.window.is_none_or(|start| now.as_second() - start.as_second() >= 3600 || now < start);
        if over {
            *self = Self { window: Some(now), points: 0, requests: 0 };
        }
    }

    /// Points that are left.
    #[must_use]
    pub fn remaining(&mut self, now: Timestamp) -> u64 {
        self.roll(now);
        HOURLY.saturating_sub(self.points)
    }

    /// Requests of REST that are left.
    #[must_use]
    pub fn requests_left(&mut self, now: Timestamp) -> u64 {
        self.roll(now);
        HOURLY.saturating_sub(self.requests)
    }

    /// Takes points off.
    pub fn spend(&mut self, now: Timestamp, points: u64) {
        self.roll(now);
        self.points = self.points.saturating_add(points);
    }

    /// Takes one request of REST off.
    pub fn request(&mut self, now: Timestamp) {
        self.roll(now);
        self.requests = self.requests.saturating_add(1);
    }

    /// Spends all.
    pub fn exhaust(&mut self, now: Timestamp) {
        self.roll(now);
        self.points = HOURLY;
        self.requests = HOURLY;
    }

    /// When the hour ends.
    #[must_use]
    pub fn reset(&mut self, now: Timestamp) -> Timestamp {
        self.roll(now);
        let start = self.window.unwrap_or(now);
        Timestamp::from_second(start.as_second() + 3600).unwrap_or(start)
    }

    /// Writes GitHub's `X-RateLimit-*` headers.
    pub fn headers(&mut self, response: &mut Response<Bytes>, now: Timestamp, graphql: bool) {
        let left = if graphql { self.remaining(now) } else { self.requests_left(now) };
        let reset = u64::try_from(self.reset(now).as_second()).unwrap_or(0);
        let headers = response.headers_mut();
        for (name, value) in [
            ("x-ratelimit-limit", HOURLY),
            ("x-ratelimit-remaining", left),
            ("x-ratelimit-used", HOURLY - left),
            ("x-ratelimit-reset", reset),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
        let resource = HeaderValue::from_static(if graphql { "graphql" } else { "core" });
        headers.insert(HeaderName::from_static("x-ratelimit-resource"), resource);
    }
}

/// The schema, read once per process.
#[derive(Debug)]
pub struct Executor {
    schema: Valid<Schema>,
}

/// GitHub's schema, pruned to what our documents use.
const SCHEMA: &str = include_str!("../../assets/github/schema.graphql");

impl Executor {
    /// The executor over our pruned schema.
    #[must_use]
    pub fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<Executor>> = OnceLock::new();
        SHARED.get_or_init(|| Arc::new(Self::over(SCHEMA))).clone()
    }

    /// An executor over any schema of GitHub's shape.
    #[must_use]
    #[expect(clippy::expect_used, reason = "an embedded asset that tests read; there is nobody to report to")]
    pub fn over(schema: &str) -> Self {
        let known = Schema::parse(schema, "schema.graphql").map_err(|_| "unreadable").expect("the schema is GraphQL");
        let whole = format!("{schema}\n{}", object::missing_types(&known));
        let schema = Schema::parse_and_validate(whole, "schema.graphql")
            .map_err(|error| error.errors.to_string())
            .expect("the schema is valid");
        Self { schema }
    }
}

/// The request is for GraphQL, at `/graphql` or `/api/graphql`.
pub(super) fn is_graphql(request: &Request<Bytes>) -> bool {
    *request.method() == Method::POST && matches!(request.uri().path(), "/graphql" | "/api/graphql")
}

/// The body's document is a mutation.
pub(super) fn is_mutation(body: &Bytes) -> bool {
    let document = serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|body| body.get("query").and_then(Value::as_str).map(str::to_owned))
        .unwrap_or_default();
    document.lines().map(str::trim_start).any(|line| line.starts_with("mutation"))
}

/// Answers a GraphQL request.
pub(super) fn handle(
    state: &mut State,
    request: &Request<Bytes>,
    now: Timestamp,
    logged: &mut Logged,
) -> Response<Bytes> {
    if !rest::authorized(&state.world, request) {
        return rest::bad_credentials();
    }
    let body = execute(state, request.body(), now, logged);
    let mut response = answer_json(StatusCode::OK, &body);
    state.budget.headers(&mut response, now, true);
    rest::scope_headers(&state.world, &mut response, now);
    response
}

fn execute(state: &mut State, body: &Bytes, now: Timestamp, logged: &mut Logged) -> Value {
    let plain = |message: &str| json!({ "errors": [{ "message": message }] });
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return plain("Problems parsing JSON");
    };
    let Some(text) = body.get("query").and_then(Value::as_str) else {
        return plain("A query attribute must be specified and must be a string.");
    };
    let executor = state.schema.clone();
    let document = match ExecutableDocument::parse_and_validate(&executor.schema, text, "query") {
        Ok(document) => document,
        Err(errors) => {
            let errors: Vec<Value> = errors
                .errors
                .iter()
                .map(|diagnostic| {
                    let error = diagnostic.to_json();
                    json!({ "message": error.message, "locations": error.locations })
                })
                .collect();
            return json!({ "errors": errors });
        }
    };
    let name = body.get("operationName").and_then(Value::as_str);
    let Ok(operation) = document.operations.get(name) else {
        return plain("No operation with that name, or several and none named: set operationName.");
    };
    let variables: JsonMap = match body.get("variables") {
        None | Some(Value::Null) => JsonMap::new(),
        Some(given) => match apollo_compiler::response::JsonValue::from(given.clone()) {
            apollo_compiler::response::JsonValue::Object(map) => map,
            _ => return plain("Variables must be an object."),
        },
    };
    let coerced = match apollo_compiler::request::coerce_variable_values(&executor.schema, operation, &variables) {
        Ok(coerced) => coerced,
        Err(error) => return plain(&error.message().to_string()),
    };
    let cost = cost::of(&document, operation, &coerced);
    if cost.nodes > cost::NODE_LIMIT {
        let (asked, limit) = (cost::thousands(cost.nodes), cost::thousands(cost::NODE_LIMIT));
        let message =
            format!("This query requests up to {asked} possible nodes which exceeds the maximum limit of {limit}.");
        return json!({ "data": null, "errors": [{ "type": "MAX_NODE_LIMIT_EXCEEDED", "message": message }] });
    }
    if state.budget.remaining(now) < cost.points {
        let user = state.world.accounts.get(&state.world.viewer).map_or(0, |account| account.database_id);
        let message = format!("API rate limit exceeded for user ID {user}.");
        return json!({ "errors": [{ "type": "RATE_LIMITED", "message": message }] });
    }
    state.budget.spend(now, cost.points);
    logged.points = cost.points;
    let limits = object::Limits {
        cost: cost.points,
        nodes: cost.nodes,
        limit: HOURLY,
        remaining: state.budget.remaining(now),
        reset: state.budget.reset(now),
    };
    let run = |world: &super::World, mutations: object::Mutations| {
        let context = object::Context { world, limits: limits.clone(), mutations };
        let root = object::root(&context, operation.is_mutation());
        let result = Execution::new(&executor.schema, &document)
            .operation(operation)
            .coerced_variable_values(&coerced)
            .execute_sync(&root);
        drop(root);
        (result, context.mutations)
    };
    let mut mutations = object::Mutations::Record(Vec::new().into());
    if operation.is_mutation() {
        // The first run only hears what is asked; the second answers from the changed world.
        let (_, heard) = run(&state.world, mutations);
        mutations = object::carry_out(&mut state.world, heard);
        logged.applied = true;
    }
    let (result, _) = run(&state.world, mutations);
    match result {
        Ok(answer) => {
            let data = answer.data.map_or(Value::Null, |data| serde_json::to_value(data).unwrap_or(Value::Null));
            if answer.errors.is_empty() {
                json!({ "data": data })
            } else {
                json!({ "data": data, "errors": answer.errors.iter().map(error_json).collect::<Vec<_>>() })
            }
        }
        Err(error) => plain(&error.message().to_string()),
    }
}

/// GitHub's shape of an error: `type` beside `message`, not in `extensions`.
fn error_json(error: &GraphQLError) -> Value {
    // The executor puts these words before what a resolver says.
    let said = error.message.strip_prefix("resolver error: ").unwrap_or(&error.message);
    let (kind, message) = match said.split_once('\u{0}') {
        Some((kind, message)) => (Some(kind), message),
        None => (None, said),
    };
    let mut out = serde_json::Map::new();
    if let Some(kind) = kind {
        out.insert("type".to_owned(), json!(kind));
    }
    out.insert("path".to_owned(), json!(error.path));
    out.insert("locations".to_owned(), json!(error.locations));
    out.insert("message".to_owned(), json!(message));
    Value::Object(out)
}

/// Makes an answer partial: the last item that it holds becomes null, with an error that says so, as when GitHub
/// fails to load one part in time.
pub(super) fn spoil(mut response: Response<Bytes>) -> Response<Bytes> {
    let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else { return response };
    let mut path = Vec::new();
    let found = body.get_mut("data").is_some_and(|data| spoil_in(data, &mut path));
    if found {
        path.reverse();
        let error = json!({ "path": path, "message": "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug." });
        match body.get_mut("errors").and_then(Value::as_array_mut) {
            Some(errors) => errors.push(error),
            None => {
                if let Some(map) = body.as_object_mut() {
                    map.insert("errors".to_owned(), json!([error]));
                }
            }
        }
    }
    *response.body_mut() = Bytes::from(body.to_string());
    response
}

/// Nulls the last pull request below: an object that stands in `nodes` or under a `pullRequest` field or alias.
fn spoil_in(value: &mut Value, path: &mut Vec<Value>) -> bool {
    match value {
        Value::Object(map) => {
            if let Some(nodes) = map.get_mut("nodes").and_then(Value::as_array_mut)
                && let Some(last) = nodes.iter().rposition(Value::is_object)
                && let Some(slot) = nodes.get_mut(last)
            {
                *slot = Value::Null;
                path.push(json!(last));
                path.push(json!("nodes"));
                return true;
            }
            let keys: Vec<String> = map.keys().rev().cloned().collect();
            for key in keys {
                if let Some(inner) = map.get_mut(&key)
                    && spoil_in(inner, path)
                {
                    path.push(json!(key));
                    return true;
                }
            }
            false
        }
        _ => false,
    }
}
