//! REST's writes, with the refusals that GitHub gives.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json as value};

use super::{Reply, item_of, json, not_found, refusal, repo_of, unprocessable};
use crate::sim::world::{Item, ItemRef, NewReview, NewThread, Permission, Repo, ReviewState, World};

/// GitHub's limit on a text, in characters.
const BODY_LIMIT: usize = 65_536;

type Refused = (StatusCode, Value);

/// Finds the write and carries it out.
pub(super) fn route(world: &mut World, request: &Request<Bytes>, parts: &[&str], now: Timestamp) -> Reply {
    if !world.scopes.iter().any(|scope| scope == "public_repo" || scope == "repo") {
        // GitHub hides what a token may not touch; `X-Accepted-OAuth-Scopes` says what was missing.
        return Err(not_found());
    }
    let body = if request.body().is_empty() {
        value!({})
    } else {
        serde_json::from_slice::<Value>(request.body())
            .map_err(|_| refusal(StatusCode::BAD_REQUEST, "Problems parsing JSON"))?
    };
    let method = request.method();
    let ["repos", owner, name, rest @ ..] = parts else { return Err(not_found()) };
    match (method, rest) {
        (&Method::POST, ["issues", number, "comments"]) => comment(world, (owner, name, number), &body, now),
        (&Method::PATCH, ["issues", "comments", id]) => edit(world, (owner, name, id), &body, now),
        (&Method::DELETE, ["issues", "comments", id]) => delete(world, (owner, name, id), now),
        (&Method::POST, ["pulls", number, "reviews"]) => review(world, (owner, name, number), &body, now),
        (&Method::PUT, ["pulls", number, "reviews", id, "dismissals"]) => {
            dismiss(world, (owner, name, number), id, &body, now)
        }
        (&Method::POST, ["pulls", number, "comments", id, "replies"]) => {
            reply(world, (owner, name, number), id, &body, now)
        }
        (_, ["issues", number, "labels", ..] | ["issues", number, "assignees", ..] | ["issues", number, "lock"]) => {
            triage(world, (owner, name, number), method, rest, &body, now)
        }
        (&Method::POST | &Method::DELETE, ["pulls", number, "requested_reviewers"]) => {
            request_review(world, (owner, name, number), *method == Method::POST, &body, now)
        }
        (&Method::PUT, ["pulls", number, "merge"]) => merge(world, (owner, name, number), now),
        _ => Err(not_found()),
    }
}

type Path<'a> = (&'a str, &'a str, &'a str);

fn text(body: &Value, field: &str) -> String {
    body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A text that may be posted.
fn checked(body: &Value, resource: &str, blank: bool) -> Result<String, Refused> {
    let text = text(body, "body");
    if text.chars().count() > BODY_LIMIT {
        let (status, mut out) = refusal(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
        if let Some(out) = out.as_object_mut() {
            let error = value!({
                "resource": resource, "code": "unprocessable", "field": "data",
                "message": format!("Body is too long (maximum is {BODY_LIMIT} characters)"),
            });
            out.insert("errors".to_owned(), value!([error]));
        }
        return Err((status, out));
    }
    if text.trim().is_empty() && !blank {
        let (status, mut out) = refusal(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
        if let Some(out) = out.as_object_mut() {
            let error = value!({ "resource": resource, "code": "missing_field", "field": "body" });
            out.insert("errors".to_owned(), value!([error]));
        }
        return Err((status, out));
    }
    Ok(text)
}

/// A locked conversation is for those who may push.
fn unlocked(world: &World, repo: &Repo, item: &Item) -> Result<(), Refused> {
    if item.locked && world.permission(repo, &world.viewer) < Some(Permission::Write) {
        return Err(refusal(StatusCode::FORBIDDEN, "Unable to create comment because issue is locked."));
    }
    Ok(())
}

fn needs(world: &World, repo: &Repo, least: Permission) -> Result<(), Refused> {
    if world.permission(repo, &world.viewer) < Some(least) {
        return Err(refusal(StatusCode::FORBIDDEN, "Must have admin rights to Repository."));
    }
    Ok(())
}

fn shown<'a>(world: &'a World, item: &ItemRef) -> Result<(&'a Repo, &'a Item), Refused> {
    let repo = world.repos.get(&item.repo).ok_or_else(not_found)?;
    Ok((repo, repo.items.get(&item.number).ok_or_else(not_found)?))
}

fn comment(world: &mut World, (owner, name, number): Path<'_>, body: &Value, now: Timestamp) -> Reply {
    let (item, repo, state) = item_of(world, owner, name, number)?;
    unlocked(world, repo, state)?;
    let text = checked(body, "IssueComment", false)?;
    let viewer = world.viewer.clone();
    let id = world.comment(&item, now, viewer.as_str(), &text);
    let (repo, state) = shown(world, &item)?;
    let made = state.comments.iter().find(|comment| comment.id == id).ok_or_else(not_found)?;
    Ok((StatusCode::CREATED, json::comment(world, repo, state, made)))
}

/// Where a conversation comment stands.
fn find_comment(world: &World, (owner, name, id): Path<'_>) -> Result<(ItemRef, u64, bool), Refused> {
    let repo = repo_of(world, owner, name)?;
    let id = id.parse::<u64>().map_err(|_| not_found())?;
    for item in repo.items.values() {
        if let Some(comment) = item.comments.iter().find(|comment| comment.id == id) {
            let may =
                comment.author == world.viewer || world.permission(repo, &world.viewer) >= Some(Permission::Write);
            return Ok((ItemRef { repo: repo.id.clone(), number: item.number }, id, may));
        }
    }
    Err(not_found())
}

fn edit(world: &mut World, path: Path<'_>, body: &Value, now: Timestamp) -> Reply {
    let (item, id, may) = find_comment(world, path)?;
    if !may {
        return Err(refusal(StatusCode::FORBIDDEN, "Must have admin rights to Repository."));
    }
    let text = checked(body, "IssueComment", false)?;
    world.edit_comment(&item, now, id, &text);
    let (repo, state) = shown(world, &item)?;
    let made = state.comments.iter().find(|comment| comment.id == id).ok_or_else(not_found)?;
    Ok((StatusCode::OK, json::comment(world, repo, state, made)))
}

fn delete(world: &mut World, path: Path<'_>, now: Timestamp) -> Reply {
    let (item, id, may) = find_comment(world, path)?;
    if !may {
        return Err(refusal(StatusCode::FORBIDDEN, "Must have admin rights to Repository."));
    }
    let viewer = world.viewer.clone();
    world.delete_comment(&item, now, viewer.as_str(), id);
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

fn review(world: &mut World, (owner, name, number): Path<'_>, body: &Value, now: Timestamp) -> Reply {
    let (item, repo, state) = item_of(world, owner, name, number)?;
    let pull = state.pull.as_ref().ok_or_else(not_found)?;
    unlocked(world, repo, state)?;
    let own = state.author == world.viewer;
    let event = text(body, "event");
    let verdict = match event.as_str() {
        "APPROVE" if own => return Err(unprocessable(value!(["Can not approve your own pull request"]))),
        "REQUEST_CHANGES" if own => {
            return Err(unprocessable(value!(["Can not request changes on your own pull request"])));
        }
        "APPROVE" => ReviewState::Approved,
        "REQUEST_CHANGES" => ReviewState::ChangesRequested,
        "COMMENT" => ReviewState::Commented,
        "" => {
            return Err(unprocessable(value!(["The simulator keeps no pending reviews: an event is needed"])));
        }
        _ => {
            let message = format!("Variable $event of type PullRequestReviewEvent was provided invalid value: {event}");
            return Err(unprocessable(value!([message])));
        }
    };
    let threads = inline(pull, body)?;
    let text = checked(body, "PullRequestReview", true)?;
    if text.trim().is_empty() && threads.is_empty() {
        match verdict {
            ReviewState::ChangesRequested => {
                let message = "You need to leave a comment indicating the requested changes.";
                return Err(unprocessable(value!([message])));
            }
            ReviewState::Commented => {
                return Err(unprocessable(value!(["Review Can not create a review without a body or comments"])));
            }
            ReviewState::Approved | ReviewState::Dismissed => {}
        }
    }
    let commit = body.get("commit_id").and_then(Value::as_str).map(str::to_owned);
    if let Some(commit) = &commit {
        let known = pull.commits.contains(commit) || pull.heads.iter().any(|(_, head)| head == commit);
        if !known {
            return Err(unprocessable(value!(["The commit_id is not part of the pull request"])));
        }
    }
    let author = world.viewer.to_string();
    let id = world.review(&item, now, NewReview { author, state: verdict, body: text, commit, threads });
    let (repo, state) = shown(world, &item)?;
    let made = state.pull.iter().flat_map(|pull| &pull.reviews).find(|review| review.id == id).ok_or_else(not_found)?;
    Ok((StatusCode::OK, json::review(world, repo, state, made)))
}

/// The inline comments of a review.
fn inline(pull: &crate::sim::world::Pull, body: &Value) -> Result<Vec<NewThread>, Refused> {
    let comments = body.get("comments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut threads = Vec::new();
    for comment in comments {
        let path = text(comment, "path");
        if !pull.files.iter().any(|file| file.path == path) {
            return Err(unprocessable(value!(["Path could not be resolved"])));
        }
        let line = comment.get("line").and_then(Value::as_u64);
        let whole = text(comment, "subject_type") == "file";
        if line.is_none() && !whole {
            return Err(unprocessable(value!(["Line could not be resolved"])));
        }
        let body = checked(comment, "PullRequestReviewComment", false)?;
        threads.push(NewThread { path, line, body });
    }
    Ok(threads)
}

fn dismiss(world: &mut World, (owner, name, number): Path<'_>, id: &str, body: &Value, now: Timestamp) -> Reply {
    let (item, repo, state) = item_of(world, owner, name, number)?;
    let id = id.parse::<u64>().map_err(|_| not_found())?;
    let reviews = &state.pull.as_ref().ok_or_else(not_found)?.reviews;
    let found = reviews.iter().find(|review| review.id == id).ok_or_else(not_found)?;
    needs(world, repo, Permission::Write)?;
    let message = text(body, "message");
    if message.trim().is_empty() {
        return Err(unprocessable(value!(["Message can't be blank"])));
    }
    match found.state {
        ReviewState::Approved | ReviewState::ChangesRequested => {}
        ReviewState::Commented | ReviewState::Dismissed => {
            let was = found.state.name().to_ascii_lowercase();
            return Err(unprocessable(value!([format!("Can not dismiss a {was} pull request review")])));
        }
    }
    let viewer = world.viewer.clone();
    world.dismiss(&item, now, viewer.as_str(), id, &message);
    let (repo, state) = shown(world, &item)?;
    let made = state.pull.iter().flat_map(|pull| &pull.reviews).find(|review| review.id == id).ok_or_else(not_found)?;
    Ok((StatusCode::OK, json::review(world, repo, state, made)))
}

fn reply(world: &mut World, (owner, name, number): Path<'_>, id: &str, body: &Value, now: Timestamp) -> Reply {
    let (item, repo, state) = item_of(world, owner, name, number)?;
    let pull = state.pull.as_ref().ok_or_else(not_found)?;
    let id = id.parse::<u64>().map_err(|_| not_found())?;
    let thread = pull.threads.iter().find(|thread| thread.comments.iter().any(|comment| comment.id == id));
    let thread = thread.ok_or_else(not_found)?;
    unlocked(world, repo, state)?;
    if thread.comments.first().is_none_or(|first| first.id != id) {
        return Err(unprocessable(value!([
            "Replies to replies are not supported: in_reply_to must be a top-level comment"
        ])));
    }
    let text = checked(body, "PullRequestReviewComment", false)?;
    let viewer = world.viewer.clone();
    let made = world.reply(&item, now, viewer.as_str(), id, &text).ok_or_else(not_found)?;
    let (repo, state) = shown(world, &item)?;
    let threads = state.pull.iter().flat_map(|pull| &pull.threads);
    let found = threads.flat_map(|thread| thread.comments.iter().map(move |comment| (thread, comment)));
    let (thread, comment) = { found }.find(|(_, comment)| comment.id == made).ok_or_else(not_found)?;
    Ok((StatusCode::CREATED, json::thread_comment(world, repo, state, thread, comment)))
}

/// Labels, assignees and the lock, which need the triage permission.
fn triage(
    world: &mut World,
    (owner, name, number): Path<'_>,
    method: &Method,
    rest: &[&str],
    body: &Value,
    now: Timestamp,
) -> Reply {
    let (item, repo, _) = item_of(world, owner, name, number)?;
    needs(world, repo, Permission::Triage)?;
    let viewer = world.viewer.to_string();
    let list = |field: &str| -> Vec<String> {
        let list = body.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    match (method, rest) {
        (&Method::POST, [.., "labels"]) => {
            for label in list("labels") {
                world.label(&item, now, &viewer, &label);
            }
        }
        (&Method::DELETE, [.., "labels", label]) => {
            let label = label.replace("%2F", "/").replace("%20", " ");
            if world.item(&item).is_some_and(|state| !state.has_label(&label)) {
                return Err(refusal(StatusCode::NOT_FOUND, "Label does not exist"));
            }
            world.unlabel(&item, now, &viewer, &label);
        }
        (&Method::POST, [.., "assignees"]) => {
            for login in list("assignees") {
                world.assign(&item, now, &viewer, &login);
            }
        }
        (&Method::DELETE, [.., "assignees"]) => {
            for login in list("assignees") {
                world.unassign(&item, now, &viewer, &login);
            }
        }
        (&Method::PUT | &Method::DELETE, [.., "lock"]) => {
            let (_, repo, _) = item_of(world, owner, name, number)?;
            needs(world, repo, Permission::Write)?;
            world.set_locked(&item, now, &viewer, *method == Method::PUT);
            return Ok((StatusCode::NO_CONTENT, Value::Null));
        }
        _ => return Err(not_found()),
    }
    let (repo, state) = shown(world, &item)?;
    if rest.contains(&"labels") {
        Ok((StatusCode::OK, json::labels(repo, state)))
    } else {
        Ok((StatusCode::CREATED, json::issue(world, repo, state)))
    }
}

fn request_review(
    world: &mut World,
    (owner, name, number): Path<'_>,
    add: bool,
    body: &Value,
    now: Timestamp,
) -> Reply {
    let (item, repo, state) = item_of(world, owner, name, number)?;
    if state.pull.is_none() {
        return Err(not_found());
    }
    needs(world, repo, Permission::Write)?;
    let viewer = world.viewer.to_string();
    let list = body.get("reviewers").and_then(Value::as_array).cloned().unwrap_or_default();
    for login in list.iter().filter_map(Value::as_str) {
        if add {
            world.request_review(&item, now, &viewer, login);
        } else {
            world.unrequest_review(&item, now, &viewer, login);
        }
    }
    let (repo, state) = shown(world, &item)?;
    Ok((if add { StatusCode::CREATED } else { StatusCode::OK }, json::issue(world, repo, state)))
}

fn merge(world: &mut World, (owner, name, number): Path<'_>, now: Timestamp) -> Reply {
    let (item, repo, state) = item_of(world, owner, name, number)?;
    let pull = state.pull.as_ref().ok_or_else(not_found)?;
    needs(world, repo, Permission::Write)?;
    if !state.open || pull.draft || pull.mergeable == crate::domain::facts::Mergeable::Conflicting {
        return Err(refusal(StatusCode::METHOD_NOT_ALLOWED, "Pull Request is not mergeable"));
    }
    let viewer = world.viewer.clone();
    world.merge(&item, now, viewer.as_str());
    let (_, state) = shown(world, &item)?;
    let commit = state.pull.as_ref().and_then(|pull| pull.merge_commit.clone());
    Ok((StatusCode::OK, value!({ "sha": commit, "merged": true, "message": "Pull Request successfully merged" })))
}
