//! Fields of the timeline's events.

use apollo_compiler::resolvers::ResolveInfo;
use serde_json::Value;

use super::{Found, actor, item, leaf, object, reviewer, time};
use crate::sim::graphql::object::Context;
use crate::sim::graphql::value::{At, Of};
use crate::sim::world::git::Object;
use crate::sim::world::{Event, EventKind};

pub(super) fn field<'a>(context: &'a Context<'a>, at: At<'a>, event: &'a Event, info: &ResolveInfo<'_>) -> Found<'a> {
    let name = info.field_name();
    match name {
        "id" => return leaf(&event.node_id),
        "databaseId" => return leaf(event.id),
        "createdAt" => return time(Some(event.at)),
        "actor" => return object(actor(context, &event.actor)),
        "url" => return leaf(format!("{}#event-{}", item::url(context, at), event.id)),
        "pullRequest" | "closable" | "labelable" | "assignable" | "subject" => return object(Some(Of::Item(at))),
        _ => {}
    }
    let commit = |oid: &String| at.repo.git.commit(oid).map(|found| Of::Git(at.repo, Object::Commit(found.clone())));
    match (&event.kind, name) {
        (EventKind::Labeled(label) | EventKind::Unlabeled(label), "label") => {
            object(Some(Of::Label(at.repo, label.clone())))
        }
        (EventKind::Assigned(login) | EventKind::Unassigned(login), "assignee" | "user") => {
            object(actor(context, login))
        }
        (EventKind::ReviewRequested(asked) | EventKind::ReviewRequestRemoved(asked), "requestedReviewer") => {
            object(reviewer(context, asked))
        }
        (EventKind::ReviewDismissed(_, before, _), "previousReviewState") => leaf(before.name()),
        (EventKind::ReviewDismissed(_, _, message), "dismissalMessage") => leaf(message),
        (EventKind::ReviewDismissed(id, ..), "review") => {
            let reviews = at.item.pull.iter().flat_map(|pull| pull.reviews.iter());
            object(reviews.into_iter().find(|review| review.id == *id).map(|review| Of::Review(at, review)))
        }
        (EventKind::ForcePushed(before, _), "beforeCommit") => object(commit(before)),
        (EventKind::ForcePushed(_, after), "afterCommit") => object(commit(after)),
        (EventKind::ForcePushed(..), "ref") => leaf(Value::Null),
        (EventKind::BaseChanged(before, _), "previousRefName") => leaf(before),
        (EventKind::BaseChanged(_, after), "currentRefName") => leaf(after),
        (EventKind::Renamed(before, _), "previousTitle") => leaf(before),
        (EventKind::Renamed(_, after), "currentTitle") => leaf(after),
        (EventKind::Merged(oid), "commit") => object(commit(oid)),
        (EventKind::Merged(_), "mergeRefName") => leaf(at.item.pull.as_ref().map(|pull| &pull.base_ref)),
        (EventKind::CommentDeleted(author), "deletedCommentAuthor") => object(actor(context, author)),
        (EventKind::CrossReferenced(number), "source" | "target") => {
            let number = if name == "source" { *number } else { at.item.number };
            object(at.repo.items.get(&number).map(|item| Of::Item(At { repo: at.repo, item })))
        }
        (EventKind::CrossReferenced(_), "isCrossRepository" | "willCloseTarget") => leaf(false),
        (EventKind::Closed, "stateReason" | "closer") => leaf(Value::Null),
        (EventKind::Locked, "lockReason") => leaf(Value::Null),
        _ => Ok(None),
    }
}
