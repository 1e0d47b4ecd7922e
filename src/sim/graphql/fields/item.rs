//! Fields of issues and pull requests, and of their comments, reviews and threads.

use apollo_compiler::resolvers::ResolveInfo;
use serde_json::Value;

use super::{Found, actor, leaf, list_argument, object, text_argument, time};
use crate::domain::facts::{FileChange, Mergeable};
use crate::sim::graphql::connection::{Element, key, page};
use crate::sim::graphql::object::{Context, may_resolve};
use crate::sim::graphql::value::{At, Of};
use crate::sim::world::git::Object;
use crate::sim::world::{Comment, EventKind, Item, ItemRef, Pull, Review, Thread, ThreadComment};

/// An item's page.
pub(super) fn url(context: &Context<'_>, at: At<'_>) -> String {
    let folder = if at.item.pull.is_some() { "pull" } else { "issues" };
    format!("{}/{}/{folder}/{}", context.world.host, at.repo.id, at.item.number)
}

/// GitHub's state of an item.
pub(super) fn state(item: &Item) -> &'static str {
    match (item.open, item.merged_at()) {
        (true, _) => "OPEN",
        (false, Some(_)) => "MERGED",
        (false, None) => "CLOSED",
    }
}

/// GitHub's `PatchStatus`.
pub(super) fn change_type(change: FileChange) -> &'static str {
    match change {
        FileChange::Added => "ADDED",
        FileChange::Modified => "MODIFIED",
        FileChange::Removed => "DELETED",
        FileChange::Renamed => "RENAMED",
        FileChange::Copied => "COPIED",
    }
}

pub(super) fn field<'a>(context: &'a Context<'a>, at: At<'a>, info: &ResolveInfo<'_>) -> Found<'a> {
    let item = at.item;
    match info.field_name() {
        "id" => leaf(&item.node_id),
        "databaseId" => leaf(item.database_id),
        "fullDatabaseId" => leaf(item.database_id.to_string()),
        "number" => leaf(item.number),
        "title" => leaf(&item.title),
        "body" | "bodyText" => leaf(&item.body),
        "url" => leaf(url(context, at)),
        "author" => object(actor(context, &item.author)),
        "authorAssociation" => leaf(context.world.association(at.repo, &item.author)),
        "state" => leaf(state(item)),
        "stateReason" => leaf(Value::Null),
        "closed" => leaf(!item.open),
        "locked" => leaf(item.locked),
        "createdAt" | "publishedAt" => time(Some(item.created_at)),
        "updatedAt" => time(Some(item.updated_at)),
        "closedAt" => time(item.closed_at),
        "lastEditedAt" => leaf(Value::Null),
        "repository" => object(Some(Of::Repo(at.repo))),
        "milestone" => leaf(Value::Null),
        "viewerDidAuthor" => leaf(item.author == context.world.viewer),
        "labels" => {
            let all = item.labels.iter().enumerate();
            let all: Vec<Element<'a>> =
                all.map(|(index, name)| (key(index as u64), Of::Label(at.repo, name.clone()))).collect();
            page(info, all, false).map(Some)
        }
        "assignees" => {
            let all = item.assignees.iter().enumerate();
            let all: Vec<Element<'a>> =
                all.filter_map(|(index, login)| Some((key(index as u64), actor(context, login)?))).collect();
            page(info, all, false).map(Some)
        }
        "comments" => {
            let all = item.comments.iter().map(|comment| (key(comment.id), Of::Comment(at, comment)));
            page(info, all.collect(), false).map(Some)
        }
        "timelineItems" => timeline(at, info),
        name => match &item.pull {
            Some(pull) => pull_field(context, at, pull, name, info),
            None => Ok(None),
        },
    }
}

/// The timeline, with only the kinds that are asked for.
fn timeline<'a>(at: At<'a>, info: &ResolveInfo<'_>) -> Found<'a> {
    let kinds = list_argument(info, "itemTypes");
    let since = text_argument(info, "since").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let mut all: Vec<Element<'a>> = Vec::new();
    for event in &at.item.events {
        let kind = shout(event.kind.type_name());
        let wanted = kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
        if !wanted || since.is_some_and(|since| event.at < since) {
            continue;
        }
        let pull = at.item.pull.as_ref();
        let of = match &event.kind {
            EventKind::Comment(id) => {
                at.item.comments.iter().find(|comment| comment.id == *id).map(|comment| Of::Comment(at, comment))
            }
            EventKind::Review(id) => pull
                .and_then(|pull| pull.reviews.iter().find(|review| review.id == *id))
                .map(|review| Of::Review(at, review)),
            EventKind::Commit(oid) => Some(Of::PullCommit(at, oid.clone())),
            _ => Some(Of::Event(at, event)),
        };
        all.extend(of.map(|of| (key(event.id), of)));
    }
    page(info, all, false).map(Some)
}

/// `LabeledEvent` → `LABELED_EVENT`.
fn shout(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

fn pull_field<'a>(
    context: &'a Context<'a>,
    at: At<'a>,
    pull: &'a Pull,
    name: &str,
    info: &ResolveInfo<'_>,
) -> Found<'a> {
    let commit = |oid: &String| at.repo.git.commit(oid).map(|found| Of::Git(at.repo, Object::Commit(found.clone())));
    match name {
        "isDraft" => leaf(pull.draft),
        "merged" => leaf(pull.merged_at.is_some()),
        "mergedAt" => time(pull.merged_at),
        "mergedBy" => object(pull.merged_by.as_ref().and_then(|login| actor(context, login))),
        "mergeCommit" => object(pull.merge_commit.as_ref().and_then(commit)),
        "baseRefName" => leaf(&pull.base_ref),
        "baseRefOid" => leaf(&pull.base_oid),
        "headRefName" => leaf(&pull.head_ref),
        "headRefOid" => leaf(&pull.head_oid),
        "isCrossRepository" => leaf(true),
        "maintainerCanModify" => leaf(false),
        "additions" => leaf(pull.files.iter().map(|file| file.additions).sum::<u64>()),
        "deletions" => leaf(pull.files.iter().map(|file| file.deletions).sum::<u64>()),
        "changedFiles" => leaf(pull.files.len()),
        "totalCommentsCount" => {
            let inline: usize = pull.threads.iter().map(|thread| thread.comments.len()).sum();
            leaf(at.item.comments.len() + inline)
        }
        "mergeable" => leaf(match pull.mergeable {
            Mergeable::Mergeable => "MERGEABLE",
            Mergeable::Conflicting => "CONFLICTING",
            Mergeable::Unknown => "UNKNOWN",
        }),
        "mergeStateStatus" => leaf(merge_state(at, pull)),
        "reviewDecision" => leaf(Value::Null),
        "files" => {
            let all = pull.files.iter().map(|file| (file.path.clone(), Of::File(file)));
            page(info, all.collect(), false).map(Some)
        }
        "commits" => {
            let all = pull.commits.iter().enumerate();
            page(info, all.map(|(index, oid)| (key(index as u64), Of::PullCommit(at, oid.clone()))).collect(), false)
                .map(Some)
        }
        "reviews" => {
            let states = list_argument(info, "states");
            let author = text_argument(info, "author");
            let wanted = |review: &&Review| {
                states.as_ref().is_none_or(|states| states.iter().any(|state| state == review.state.name()))
                    && author.as_ref().is_none_or(|author| review.author.is(author))
            };
            let all = pull.reviews.iter().filter(wanted).map(|review| (key(review.id), Of::Review(at, review)));
            page(info, all.collect(), false).map(Some)
        }
        "latestReviews" | "latestOpinionatedReviews" => {
            let opinion = name == "latestOpinionatedReviews";
            let mut all: Vec<Element<'a>> = Vec::new();
            for (index, review) in pull.reviews.iter().enumerate() {
                let later = pull.reviews.iter().skip(index + 1).any(|other| other.author == review.author);
                let counts = !opinion || review.state != crate::sim::world::ReviewState::Commented;
                if !later && counts {
                    all.push((key(review.id), Of::Review(at, review)));
                }
            }
            page(info, all, false).map(Some)
        }
        "reviewThreads" => {
            let all = pull.threads.iter().map(|thread| (key(thread.id), Of::Thread(at, thread)));
            page(info, all.collect(), false).map(Some)
        }
        "reviewRequests" => {
            let all = pull.review_requests.iter().enumerate();
            page(info, all.map(|(index, asked)| (key(index as u64), Of::Request(at, asked))).collect(), false).map(Some)
        }
        "statusCheckRollup" => {
            let oid = &pull.head_oid;
            object(at.repo.checks.contains_key(oid).then(|| Of::Rollup(at.repo, oid.clone())))
        }
        "headRef" | "baseRef" => object((name == "baseRef").then(|| Of::Ref(at.repo, pull.base_ref.clone()))),
        _ => Ok(None),
    }
}

/// GitHub's `mergeStateStatus`.
fn merge_state(at: At<'_>, pull: &Pull) -> &'static str {
    let checks = at.repo.checks.get(&pull.head_oid).map_or(&[][..], Vec::as_slice);
    if !at.item.open || pull.mergeable == Mergeable::Unknown {
        "UNKNOWN"
    } else if pull.mergeable == Mergeable::Conflicting {
        "DIRTY"
    } else if pull.draft {
        "DRAFT"
    } else if pull.blocked {
        "BLOCKED"
    } else if checks.iter().any(|check| !check.kind.is_success()) {
        "UNSTABLE"
    } else {
        "CLEAN"
    }
}

pub(super) fn comment<'a>(
    context: &'a Context<'a>,
    at: At<'a>,
    comment: &'a Comment,
    info: &ResolveInfo<'_>,
) -> Found<'a> {
    match info.field_name() {
        "id" => leaf(&comment.node_id),
        "databaseId" => leaf(comment.id),
        "fullDatabaseId" => leaf(comment.id.to_string()),
        "author" => object(actor(context, &comment.author)),
        "authorAssociation" => leaf(context.world.association(at.repo, &comment.author)),
        "body" | "bodyText" => leaf(&comment.body),
        "createdAt" | "publishedAt" => time(Some(comment.at)),
        "updatedAt" => time(Some(comment.edited_at.unwrap_or(comment.at))),
        "lastEditedAt" => time(comment.edited_at),
        "includesCreatedEdit" => leaf(comment.edited_at.is_some()),
        "isMinimized" => leaf(comment.minimized.is_some()),
        "minimizedReason" => leaf(&comment.minimized),
        "url" => leaf(format!("{}#issuecomment-{}", url(context, at), comment.id)),
        "viewerDidAuthor" => leaf(comment.author == context.world.viewer),
        "editor" => leaf(Value::Null),
        "repository" => object(Some(Of::Repo(at.repo))),
        "issue" | "pullRequest" => object(Some(Of::Item(at))),
        _ => Ok(None),
    }
}

pub(super) fn review<'a>(
    context: &'a Context<'a>,
    at: At<'a>,
    review: &'a Review,
    info: &ResolveInfo<'_>,
) -> Found<'a> {
    match info.field_name() {
        "id" => leaf(&review.node_id),
        "databaseId" => leaf(review.id),
        "fullDatabaseId" => leaf(review.id.to_string()),
        "author" => object(actor(context, &review.author)),
        "authorAssociation" => leaf(context.world.association(at.repo, &review.author)),
        "state" => leaf(review.state.name()),
        "body" | "bodyText" => leaf(&review.body),
        "createdAt" | "publishedAt" | "submittedAt" => time(Some(review.at)),
        "updatedAt" => time(Some(review.updated_at)),
        "lastEditedAt" => time(review.edited_at),
        "isMinimized" => leaf(false),
        "commit" => {
            object(at.repo.git.commit(&review.commit).map(|found| Of::Git(at.repo, Object::Commit(found.clone()))))
        }
        "url" => leaf(format!("{}#pullrequestreview-{}", url(context, at), review.id)),
        "viewerDidAuthor" => leaf(review.author == context.world.viewer),
        "pullRequest" => object(Some(Of::Item(at))),
        "comments" => {
            let threads = at.item.pull.iter().flat_map(|pull| pull.threads.iter());
            let all = threads.flat_map(|thread| {
                let own = thread.comments.iter().filter(|comment| comment.review == review.id);
                own.map(move |comment| (key(comment.id), Of::ThreadComment(at, thread, comment)))
            });
            page(info, all.collect(), false).map(Some)
        }
        _ => Ok(None),
    }
}

pub(super) fn thread<'a>(
    context: &'a Context<'a>,
    at: At<'a>,
    thread: &'a Thread,
    info: &ResolveInfo<'_>,
) -> Found<'a> {
    let here = ItemRef { repo: at.repo.id.clone(), number: at.item.number };
    match info.field_name() {
        "id" => leaf(&thread.node_id),
        "isResolved" => leaf(thread.resolved_by.is_some()),
        "resolvedBy" => object(thread.resolved_by.as_ref().and_then(|login| actor(context, login))),
        "isOutdated" => leaf(thread.outdated),
        "isCollapsed" => leaf(thread.outdated || thread.resolved_by.is_some()),
        "path" => leaf(&thread.path),
        "line" => leaf(thread.line.filter(|_| !thread.outdated)),
        "startLine" => leaf(thread.start_line.filter(|_| !thread.outdated)),
        "originalLine" => leaf(thread.line),
        "originalStartLine" => leaf(thread.start_line),
        "diffSide" => leaf("RIGHT"),
        "startDiffSide" => leaf(thread.start_line.map(|_| "RIGHT")),
        "subjectType" => leaf(if thread.line.is_some() { "LINE" } else { "FILE" }),
        "viewerCanResolve" => leaf(thread.resolved_by.is_none() && may_resolve(context.world, &here)),
        "viewerCanUnresolve" => leaf(thread.resolved_by.is_some() && may_resolve(context.world, &here)),
        "viewerCanReply" => leaf(!at.item.locked),
        "pullRequest" => object(Some(Of::Item(at))),
        "comments" => {
            let all = thread.comments.iter().map(|comment| (key(comment.id), Of::ThreadComment(at, thread, comment)));
            page(info, all.collect(), false).map(Some)
        }
        _ => Ok(None),
    }
}

pub(super) fn thread_comment<'a>(
    context: &'a Context<'a>,
    at: At<'a>,
    thread: &'a Thread,
    comment: &'a ThreadComment,
    info: &ResolveInfo<'_>,
) -> Found<'a> {
    let commit = |oid: &String| at.repo.git.commit(oid).map(|found| Of::Git(at.repo, Object::Commit(found.clone())));
    match info.field_name() {
        "id" => leaf(&comment.node_id),
        "databaseId" => leaf(comment.id),
        "fullDatabaseId" => leaf(comment.id.to_string()),
        "author" => object(actor(context, &comment.author)),
        "authorAssociation" => leaf(context.world.association(at.repo, &comment.author)),
        "body" | "bodyText" => leaf(&comment.body),
        "createdAt" | "publishedAt" => time(Some(comment.at)),
        "updatedAt" => time(Some(comment.edited_at.unwrap_or(comment.at))),
        "lastEditedAt" => time(comment.edited_at),
        "url" => leaf(format!("{}#discussion_r{}", url(context, at), comment.id)),
        "path" => leaf(&thread.path),
        "line" => leaf(thread.line.filter(|_| !thread.outdated)),
        "originalLine" => leaf(thread.line),
        "outdated" => leaf(thread.outdated),
        "diffHunk" => leaf(&thread.diff_hunk),
        "state" => leaf("SUBMITTED"),
        "isMinimized" => leaf(false),
        "commit" | "originalCommit" => object(commit(&thread.commit)),
        "replyTo" => {
            let first = thread.comments.first().filter(|first| first.id != comment.id);
            object(first.map(|first| Of::ThreadComment(at, thread, first)))
        }
        "pullRequestReview" => {
            let reviews = at.item.pull.iter().flat_map(|pull| pull.reviews.iter());
            let found = reviews.into_iter().find(|review| review.id == comment.review);
            object(found.map(|review| Of::Review(at, review)))
        }
        "pullRequest" => object(Some(Of::Item(at))),
        "viewerDidAuthor" => leaf(comment.author == context.world.viewer),
        _ => Ok(None),
    }
}
