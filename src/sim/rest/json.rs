//! GitHub's JSON of things, as REST spells them: logins of Apps with `[bot]`, times in whole seconds, states in lower
//! case but for reviews.

use serde_json::{Value, json};

use crate::domain::facts::FileChange;
use crate::domain::ids::Login;
use crate::sim::world::{AccountKind, ChangedFile, Comment, Item, Pull, Repo, Review, Thread, ThreadComment, World};

fn stamp(at: jiff::Timestamp) -> String {
    jiff::Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// An account; what a deleted one wrote is by `ghost` here, while GraphQL says null.
pub(super) fn user(world: &World, login: &Login) -> Value {
    match world.accounts.get(login).filter(|account| !account.deleted) {
        Some(account) => {
            let bot = account.kind == AccountKind::Bot;
            let name = if bot { format!("{}[bot]", account.login) } else { account.login.to_string() };
            json!({
                "login": name,
                "id": account.database_id,
                "node_id": account.node_id,
                "html_url": format!("{}/{}", world.host, account.login),
                "type": account.kind.type_name(),
                "site_admin": false,
                "name": account.name,
            })
        }
        None => json!({ "login": "ghost", "id": 10137, "type": "User", "site_admin": false }),
    }
}

fn html_url(world: &World, repo: &Repo, item: &Item) -> String {
    let folder = if item.pull.is_some() { "pull" } else { "issues" };
    format!("{}/{}/{folder}/{}", world.host, repo.id, item.number)
}

pub(super) fn repo(world: &World, repo: &Repo) -> Value {
    let level = world.permission(repo, &world.viewer);
    let may = |least| level >= Some(least);
    use crate::sim::world::Permission::{Admin, Maintain, Read, Triage, Write};
    json!({
        "id": repo.database_id,
        "node_id": repo.node_id,
        "name": repo.id.name,
        "full_name": repo.id.to_string(),
        "private": repo.private,
        "owner": user(world, &Login::new(repo.id.owner.as_str())),
        "html_url": format!("{}/{}", world.host, repo.id),
        "default_branch": repo.default_branch,
        "archived": false,
        "permissions": {
            "admin": may(Admin), "maintain": may(Maintain), "push": may(Write), "triage": may(Triage), "pull": may(Read),
        },
    })
}

pub(super) fn labels(repo: &Repo, item: &Item) -> Value {
    item.labels.iter().map(|name| json!({ "name": name, "color": repo.labels.get(name) })).collect()
}

pub(super) fn issue(world: &World, repo: &Repo, item: &Item) -> Value {
    let mut out = json!({
        "id": item.database_id,
        "node_id": item.node_id,
        "number": item.number,
        "title": item.title,
        "body": item.body,
        "user": user(world, &item.author),
        "state": if item.open { "open" } else { "closed" },
        "locked": item.locked,
        "labels": labels(repo, item),
        "assignees": item.assignees.iter().map(|login| user(world, login)).collect::<Vec<_>>(),
        "comments": item.comments.len(),
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at),
        "closed_at": item.closed_at.map(stamp),
        "author_association": world.association(repo, &item.author),
        "html_url": html_url(world, repo, item),
    });
    if item.pull.is_some()
        && let Some(map) = out.as_object_mut()
    {
        map.insert("pull_request".to_owned(), json!({ "html_url": html_url(world, repo, item) }));
    }
    out
}

pub(super) fn pull(world: &World, repo: &Repo, item: &Item, pull: &Pull) -> Value {
    let mut out = issue(world, repo, item);
    let more = json!({
        "draft": pull.draft,
        "merged": pull.merged_at.is_some(),
        "merged_at": pull.merged_at.map(stamp),
        "merge_commit_sha": pull.merge_commit,
        "head": { "ref": pull.head_ref, "sha": pull.head_oid, "label": format!("{}:{}", item.author, pull.head_ref) },
        "base": { "ref": pull.base_ref, "sha": pull.base_oid, "label": format!("{}:{}", repo.id.owner, pull.base_ref) },
        "mergeable": match pull.mergeable {
            crate::domain::facts::Mergeable::Mergeable => json!(true),
            crate::domain::facts::Mergeable::Conflicting => json!(false),
            crate::domain::facts::Mergeable::Unknown => Value::Null,
        },
        "commits": pull.commits.len(),
        "changed_files": pull.files.len(),
        "additions": pull.files.iter().map(|file| file.additions).sum::<u64>(),
        "deletions": pull.files.iter().map(|file| file.deletions).sum::<u64>(),
        "review_comments": pull.threads.iter().map(|thread| thread.comments.len()).sum::<usize>(),
    });
    if let (Some(out), Value::Object(more)) = (out.as_object_mut(), more) {
        out.remove("pull_request");
        out.extend(more);
    }
    out
}

pub(super) fn comment(world: &World, repo: &Repo, item: &Item, comment: &Comment) -> Value {
    json!({
        "id": comment.id,
        "node_id": comment.node_id,
        "user": user(world, &comment.author),
        "body": comment.body,
        "created_at": stamp(comment.at),
        "updated_at": stamp(comment.edited_at.unwrap_or(comment.at)),
        "author_association": world.association(repo, &comment.author),
        "html_url": format!("{}#issuecomment-{}", html_url(world, repo, item), comment.id),
    })
}

pub(super) fn review(world: &World, repo: &Repo, item: &Item, review: &Review) -> Value {
    json!({
        "id": review.id,
        "node_id": review.node_id,
        "user": user(world, &review.author),
        "body": review.body,
        "state": review.state.name(),
        "commit_id": review.commit,
        "submitted_at": stamp(review.at),
        "author_association": world.association(repo, &review.author),
        "html_url": format!("{}#pullrequestreview-{}", html_url(world, repo, item), review.id),
    })
}

pub(super) fn thread_comment(
    world: &World,
    repo: &Repo,
    item: &Item,
    thread: &Thread,
    comment: &ThreadComment,
) -> Value {
    let first = thread.comments.first().map(|first| first.id).filter(|first| *first != comment.id);
    json!({
        "id": comment.id,
        "node_id": comment.node_id,
        "in_reply_to_id": first,
        "pull_request_review_id": comment.review,
        "user": user(world, &comment.author),
        "body": comment.body,
        "path": thread.path,
        "line": thread.line,
        "side": "RIGHT",
        "diff_hunk": thread.diff_hunk,
        "commit_id": thread.commit,
        "created_at": stamp(comment.at),
        "updated_at": stamp(comment.edited_at.unwrap_or(comment.at)),
        "author_association": world.association(repo, &comment.author),
        "html_url": format!("{}#discussion_r{}", html_url(world, repo, item), comment.id),
    })
}

pub(super) fn file(file: &ChangedFile) -> Value {
    json!({
        "filename": file.path,
        "previous_filename": file.previous,
        "status": match file.change {
            FileChange::Added => "added",
            FileChange::Modified => "modified",
            FileChange::Removed => "removed",
            FileChange::Renamed => "renamed",
            FileChange::Copied => "copied",
        },
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
    })
}
