//! GitHub's REST over the simulated world: the writes that we send, the few reads beside them, and the refusals that
//! GitHub gives: who may do what, what a review must have, how long a text may be.

mod json;
mod write;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::world::{Item, ItemRef, Repo, World};
use super::{Logged, State, json as answer_json};

/// An answer: its status and its body.
pub(super) type Reply = Result<(StatusCode, Value), (StatusCode, Value)>;

/// GitHub's body of a refusal.
pub(super) fn refusal(status: StatusCode, message: &str) -> (StatusCode, Value) {
    let body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": status.as_u16().to_string(),
    });
    (status, body)
}

/// 404, which GitHub also gives where somebody may not know.
pub(super) fn not_found() -> (StatusCode, Value) {
    refusal(StatusCode::NOT_FOUND, "Not Found")
}

/// 422 with what was wrong.
pub(super) fn unprocessable(errors: Value) -> (StatusCode, Value) {
    let (status, mut body) = refusal(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Entity");
    if let Some(body) = body.as_object_mut() {
        body.insert("errors".to_owned(), errors);
    }
    (status, body)
}

/// The answer to a token that is not accepted.
pub(super) fn bad_credentials() -> Response<Bytes> {
    let (status, body) = refusal(StatusCode::UNAUTHORIZED, "Bad credentials");
    answer_json(status, &body)
}

/// The request carries the token.
pub(super) fn authorized(world: &World, request: &Request<Bytes>) -> bool {
    let header = request.headers().get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")).then_some(token.trim())
    });
    token == Some(world.token.as_str())
}

/// What GitHub tells of the token, and its clock.
pub(super) fn scope_headers(world: &World, response: &mut Response<Bytes>, now: Timestamp) {
    let headers = response.headers_mut();
    if let Ok(scopes) = HeaderValue::from_str(&world.scopes.join(", ")) {
        headers.insert(HeaderName::from_static("x-oauth-scopes"), scopes);
    }
    headers.insert(HeaderName::from_static("x-accepted-oauth-scopes"), HeaderValue::from_static("public_repo, repo"));
    let number = world.last_id ^ now.as_millisecond().unsigned_abs();
    if let Ok(id) = HeaderValue::from_str(&format!("51A0:{number:X}")) {
        headers.insert(HeaderName::from_static("x-github-request-id"), id);
    }
}

/// Answers a REST request.
pub(super) fn handle(
    state: &mut State,
    request: &Request<Bytes>,
    now: Timestamp,
    logged: &mut Logged,
) -> Response<Bytes> {
    if !authorized(&state.world, request) {
        return bad_credentials();
    }
    let path = request.uri().path();
    let path = path.strip_prefix("/api/v3").unwrap_or(path);
    let counted = path != "/rate_limit";
    if counted && state.budget.requests_left(now) == 0 {
        let user = state.world.accounts.get(&state.world.viewer).map_or(0, |account| account.database_id);
        let (status, body) = refusal(StatusCode::FORBIDDEN, &format!("API rate limit exceeded for user ID {user}."));
        let mut response = answer_json(status, &body);
        state.budget.headers(&mut response, now, false);
        return response;
    }
    if counted {
        state.budget.request(now);
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let reply = if *request.method() == Method::GET {
        read(state, &parts, now)
    } else {
        let before = state.world.last_id;
        let reply = write::route(&mut state.world, request, &parts, now);
        logged.applied = reply.is_ok();
        tracing::debug!(from = before, to = state.world.last_id, "REST write");
        reply
    };
    let (status, body) = reply.unwrap_or_else(|refused| refused);
    let mut response = if body.is_array() { paged(request, status, &body) } else { answer_json(status, &body) };
    if status == StatusCode::NO_CONTENT {
        *response.body_mut() = Bytes::new();
    }
    state.budget.headers(&mut response, now, false);
    scope_headers(&state.world, &mut response, now);
    response
}

/// One page of a list, with GitHub's `Link` header.
fn paged(request: &Request<Bytes>, status: StatusCode, body: &Value) -> Response<Bytes> {
    let query = request.uri().query().unwrap_or_default();
    let number = |name: &str| {
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1.parse::<usize>().ok()
    };
    let size = number("per_page").unwrap_or(30).clamp(1, 100);
    let page = number("page").unwrap_or(1).max(1);
    let all = body.as_array().map_or(&[][..], Vec::as_slice);
    let here: Vec<&Value> = all.iter().skip((page - 1) * size).take(size).collect();
    let mut response = answer_json(status, &json!(here));
    let pages = all.len().div_ceil(size).max(1);
    if page < pages {
        let link = |page: usize, rel: &str| {
            format!("<https://api.github.com{}?per_page={size}&page={page}>; rel=\"{rel}\"", request.uri().path())
        };
        if let Ok(value) = HeaderValue::from_str(&format!("{}, {}", link(page + 1, "next"), link(pages, "last"))) {
            response.headers_mut().insert(http::header::LINK, value);
        }
    }
    response
}

/// The repository of a path, where the viewer may read it.
pub(super) fn repo_of<'a>(world: &'a World, owner: &str, name: &str) -> Result<&'a Repo, (StatusCode, Value)> {
    let found = world.find_repo(owner, name).filter(|repo| world.permission(repo, &world.viewer).is_some());
    found.ok_or_else(not_found)
}

/// The item of a path.
pub(super) fn item_of<'a>(
    world: &'a World,
    owner: &str,
    name: &str,
    number: &str,
) -> Result<(ItemRef, &'a Repo, &'a Item), (StatusCode, Value)> {
    let repo = repo_of(world, owner, name)?;
    let item = number.parse::<u64>().ok().and_then(|number| repo.items.get(&number)).ok_or_else(not_found)?;
    Ok((ItemRef { repo: repo.id.clone(), number: item.number }, repo, item))
}

fn read(state: &mut State, parts: &[&str], now: Timestamp) -> Reply {
    let world = &state.world;
    let ok = |body: Value| Ok((StatusCode::OK, body));
    match parts {
        [] => ok(json!({ "current_user_url": "https://api.github.com/user" })),
        ["user"] => ok(json::user(world, &world.viewer)),
        ["rate_limit"] => {
            let reset = state.budget.reset(now).as_second();
            let (points, requests) = (state.budget.remaining(now), state.budget.requests_left(now));
            let part = |left: u64| json!({ "limit": 5000, "used": 5000 - left, "remaining": left, "reset": reset });
            ok(json!({
                "resources": { "core": part(requests), "graphql": part(points) },
                "rate": part(requests),
            }))
        }
        ["users", login] => {
            let account = world.accounts.get(&crate::domain::ids::Login::new(*login));
            match account.filter(|account| !account.deleted) {
                Some(account) => ok(json::user(world, &account.login)),
                None => Err(not_found()),
            }
        }
        ["repos", owner, name] => ok(json::repo(world, repo_of(world, owner, name)?)),
        ["repos", owner, name, "issues", number] => {
            let (_, repo, item) = item_of(world, owner, name, number)?;
            ok(json::issue(world, repo, item))
        }
        ["repos", owner, name, "issues", number, "comments"] => {
            let (_, repo, item) = item_of(world, owner, name, number)?;
            ok(item.comments.iter().map(|comment| json::comment(world, repo, item, comment)).collect())
        }
        ["repos", owner, name, "pulls", number, rest @ ..] => {
            let (_, repo, item) = item_of(world, owner, name, number)?;
            let pull = item.pull.as_ref().ok_or_else(not_found)?;
            match rest {
                [] => ok(json::pull(world, repo, item, pull)),
                ["reviews"] => ok(pull.reviews.iter().map(|review| json::review(world, repo, item, review)).collect()),
                ["comments"] => ok(pull
                    .threads
                    .iter()
                    .flat_map(|thread| {
                        thread.comments.iter().map(|comment| json::thread_comment(world, repo, item, thread, comment))
                    })
                    .collect()),
                ["files"] => ok(pull.files.iter().map(json::file).collect()),
                _ => Err(not_found()),
            }
        }
        _ => Err(not_found()),
    }
}
