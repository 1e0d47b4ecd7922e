//! Fields of Git objects and of the checks on commits.

use apollo_compiler::resolvers::ResolveInfo;
use serde_json::Value;

use super::{Found, leaf, object, text_argument, time};
use crate::sim::graphql::connection::{Element, key, page};
use crate::sim::graphql::object::Context;
use crate::sim::graphql::value::{Of, Val};
use crate::sim::world::git::{Entry, Object};
use crate::sim::world::{Check, CheckKind, Repo};

/// GitHub cuts a blob's text here.
const TEXT_LIMIT: usize = 512_000;

pub(super) fn object_field<'a>(
    context: &'a Context<'a>,
    repo: &'a Repo,
    found: &Object,
    info: &ResolveInfo<'_>,
) -> Found<'a> {
    let oid = match found {
        Object::Blob(oid, _) | Object::Tree(oid, _) => oid,
        Object::Commit(commit) => &commit.oid,
    };
    match info.field_name() {
        "oid" => return leaf(oid),
        "abbreviatedOid" => return leaf(oid.get(..7)),
        "id" => return leaf(format!("GO_{}_{oid}", repo.node_id)),
        "commitUrl" => return leaf(format!("{}/{}/commit/{oid}", context.world.host, repo.id)),
        "repository" => return object(Some(Of::Repo(repo))),
        _ => {}
    }
    match found {
        Object::Blob(_, bytes) => {
            let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\u{0}'));
            match info.field_name() {
                "byteSize" => leaf(bytes.len()),
                "isBinary" => leaf(text.is_none()),
                "isTruncated" => leaf(text.is_some_and(|text| text.len() > TEXT_LIMIT)),
                "text" => leaf(text.map(|text| {
                    let mut end = text.len().min(TEXT_LIMIT);
                    while !text.is_char_boundary(end) {
                        end -= 1;
                    }
                    text.get(..end).unwrap_or(text)
                })),
                _ => Ok(None),
            }
        }
        Object::Tree(_, entries) => match info.field_name() {
            "entries" => {
                let entries = entries.iter().map(|entry| Val::Of(Of::Entry(repo, String::new(), entry.clone())));
                Ok(Some(Val::List(entries.collect())))
            }
            _ => Ok(None),
        },
        Object::Commit(commit) => match info.field_name() {
            "message" => leaf(&commit.message),
            "messageHeadline" => leaf(commit.message.lines().next().unwrap_or_default()),
            "messageBody" => leaf(commit.message.split_once("\n\n").map_or("", |(_, body)| body)),
            "committedDate" | "authoredDate" => time(Some(commit.at)),
            "pushedDate" => leaf(Value::Null),
            "author" | "committer" => object(Some(Of::GitActor(commit.clone()))),
            "url" => leaf(format!("{}/{}/commit/{oid}", context.world.host, repo.id)),
            "tree" => object(repo.git.object(&commit.tree).map(|tree| Of::Git(repo, tree))),
            "parents" => {
                let all: Vec<Element<'a>> = commit
                    .parents
                    .iter()
                    .enumerate()
                    .filter_map(|(at, oid)| Some((key(at as u64), Of::Git(repo, repo.git.object(oid)?))))
                    .collect();
                page(info, all, false).map(Some)
            }
            "file" => {
                let path = text_argument(info, "path").unwrap_or_default();
                let folder = path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"));
                object(repo.git.lookup(&commit.tree, &path).map(|entry| Of::Entry(repo, folder, entry)))
            }
            "history" => {
                let mut all: Vec<Element<'a>> = Vec::new();
                let mut next = Some(commit.oid.clone());
                while let Some(commit) = next.and_then(|oid| repo.git.commit(&oid).cloned()) {
                    next = commit.parents.first().cloned();
                    all.push((key(all.len() as u64), Of::Git(repo, Object::Commit(commit))));
                }
                page(info, all, false).map(Some)
            }
            "statusCheckRollup" => {
                object(repo.checks.contains_key(&commit.oid).then(|| Of::Rollup(repo, commit.oid.clone())))
            }
            _ => Ok(None),
        },
    }
}

pub(super) fn entry_field<'a>(repo: &'a Repo, folder: &str, entry: &Entry, info: &ResolveInfo<'_>) -> Found<'a> {
    match info.field_name() {
        "name" => leaf(&entry.name),
        "path" => leaf(format!("{folder}{}", entry.name)),
        "type" => leaf(if entry.is_tree() { "tree" } else { "blob" }),
        "mode" => leaf(entry.mode),
        "oid" => leaf(&entry.oid),
        "extension" => leaf(entry.name.rsplit_once('.').map_or(String::new(), |(_, end)| format!(".{end}"))),
        "size" => leaf(repo.git.blob(&entry.oid).map_or(0, |bytes| bytes.len())),
        "isGenerated" => leaf(false),
        "object" => object(repo.git.object(&entry.oid).map(|found| Of::Git(repo, found))),
        "repository" => object(Some(Of::Repo(repo))),
        "submodule" => leaf(Value::Null),
        _ => Ok(None),
    }
}

fn rollup_state(checks: &[Check]) -> &'static str {
    let failed = checks.iter().any(|check| !check.kind.is_success() && !check.kind.is_pending());
    let pending = checks.iter().any(|check| check.kind.is_pending());
    match (failed, pending) {
        (true, _) => "FAILURE",
        (false, true) => "PENDING",
        (false, false) => "SUCCESS",
    }
}

pub(super) fn rollup<'a>(repo: &'a Repo, oid: &str, info: &ResolveInfo<'_>) -> Found<'a> {
    let checks = repo.checks.get(oid).map_or(&[][..], Vec::as_slice);
    match info.field_name() {
        "state" => leaf(rollup_state(checks)),
        "id" => leaf(format!("SCR_{}_{oid}", repo.node_id)),
        "commit" => object(repo.git.object(oid).map(|found| Of::Git(repo, found))),
        "contexts" => {
            let all = checks.iter().enumerate().map(|(at, check)| (key(at as u64), Of::Check(check)));
            page(info, all.collect(), false).map(Some)
        }
        _ => Ok(None),
    }
}

pub(super) fn check<'a>(check: &'a Check, info: &ResolveInfo<'_>) -> Found<'a> {
    match (&check.kind, info.field_name()) {
        (_, "id") => leaf(format!("CHK_{}", check.id)),
        (_, "isRequired") => leaf(false),
        (CheckKind::Status(_), "context") => leaf(&check.name),
        (CheckKind::Status(state), "state") => leaf(state),
        (CheckKind::Status(_), "description") => leaf(&check.description),
        (CheckKind::Status(_), "targetUrl") => leaf(&check.url),
        (CheckKind::Status(_), "createdAt" | "updatedAt") => time(Some(check.at)),
        (CheckKind::Status(_), "creator") => leaf(Value::Null),
        (CheckKind::Run(..), "name") => leaf(&check.name),
        (CheckKind::Run(status, _), "status") => leaf(status),
        (CheckKind::Run(_, conclusion), "conclusion") => leaf(conclusion),
        (CheckKind::Run(..), "title" | "summary") => leaf(&check.description),
        (CheckKind::Run(..), "detailsUrl" | "url" | "permalink") => leaf(&check.url),
        (CheckKind::Run(..), "startedAt") => time(Some(check.at)),
        (CheckKind::Run(_, conclusion), "completedAt") => time(conclusion.is_some().then_some(check.at)),
        (CheckKind::Run(..), "databaseId") => leaf(check.id),
        _ => Ok(None),
    }
}
