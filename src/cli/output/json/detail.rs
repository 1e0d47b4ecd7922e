//! What `show --json` adds to a proposal: texts, threads, the timeline, documents, the ledger, reasons with their
//! events.

use serde_json::{Value, json};

use super::{maybe, proposal, time};
use crate::domain::facts::{EventKind, PullFacts};
use crate::domain::marks::Local;
use crate::domain::verdict::{Evidence, Explanation, Position, Verdict};

/// One proposal with everything that is known.
#[must_use]
pub fn proposal_in_full(
    pull: &PullFacts,
    verdict: &Verdict,
    explanation: &Explanation,
    local: Option<&Local>,
) -> Value {
    let mut value = proposal(pull, verdict, local);
    let Some(fields) = value.as_object_mut() else { return value };
    fields.insert("body".to_owned(), json!(pull.body));
    fields.insert("fetched_at".to_owned(), json!(time(pull.fetched_at)));
    fields.insert("assignees".to_owned(), json!(pull.assignees));
    fields.insert("review_requests".to_owned(), json!(pull.review_requests));
    if let Some(count) = fields.get_mut("threads").and_then(Value::as_object_mut) {
        count.insert("list".to_owned(), threads(pull));
    }
    let files: Vec<Value> = pull
        .files
        .iter()
        .map(|it| json!({ "path": it.path, "change": it.change, "additions": it.additions, "deletions": it.deletions }))
        .collect();
    fields.insert("files".to_owned(), Value::Array(files));
    let documents: Vec<Value> = pull.documents.iter().map(|it| json!({ "path": it.path, "text": it.text })).collect();
    fields.insert("documents".to_owned(), Value::Array(documents));
    let runs: Vec<Value> = pull
        .checks
        .iter()
        .map(|it| {
            json!({
                "name": it.name, "state": it.state, "description": it.description, "url": it.url, "at": maybe(it.at),
            })
        })
        .collect();
    fields.insert("check_runs".to_owned(), Value::Array(runs));
    let ledger: Vec<Value> = verdict
        .ledger
        .iter()
        .map(|it| {
            json!({
                "what": it.what, "by": it.by, "at": time(it.at), "reason": it.reason, "conditions": it.conditions,
                "lifted_at": maybe(it.lifted_at), "lifted_by": it.lifted_by, "event": it.event,
            })
        })
        .collect();
    fields.insert("ledger".to_owned(), Value::Array(ledger));
    let reasons: Vec<Value> =
        verdict.reasons.iter().map(|it| json!({ "code": it.code, "message": it.message, "event": it.event })).collect();
    fields.insert("reasons".to_owned(), Value::Array(reasons));
    fields.insert("positions".to_owned(), explanation.positions.iter().map(position).collect());
    let rules = explanation.rules.iter().map(|it| {
        let event = it.event.as_ref().map(evidence);
        json!({ "rule": it.rule, "applies": it.applies, "why": it.why, "event": event })
    });
    fields.insert("rules".to_owned(), rules.collect());
    let ways = explanation.shepherding.iter().map(|it| json!({ "how": it.how, "found": it.found, "why": it.why }));
    fields.insert("shepherding".to_owned(), ways.collect());
    let bases = explanation.clocks.iter().map(|it| (it.clock.to_owned(), evidence(&it.event)));
    fields.insert("clock_events".to_owned(), Value::Object(bases.collect()));
    fields.insert("movement".to_owned(), json!({ "gained": explanation.gains, "lost": explanation.losses }));
    fields.insert("timeline".to_owned(), timeline(pull));
    value
}

/// Where somebody stands, and what they said on the way there.
fn position(it: &Position) -> Value {
    let history: Vec<Value> = it
        .history
        .iter()
        .map(|it| json!({ "what": it.what, "at": time(it.at), "head": it.head, "event": it.event }))
        .collect();
    json!({
        "login": it.login, "sigs": it.sigs, "merge_authority": it.merge_authority, "author": it.author,
        "stands": it.stands, "at": time(it.at), "head": it.head, "current": it.current,
        "pushes_since": it.pushes_since, "event": it.event, "history": history,
    })
}

/// Who did what, when, and where to read it.
fn evidence(it: &Evidence) -> Value {
    json!({ "at": time(it.at), "by": it.by, "what": it.what, "url": it.url })
}

fn threads(pull: &PullFacts) -> Value {
    let list = pull.threads.iter().enumerate().map(|(index, thread)| {
        let comments: Vec<Value> = thread
            .comments
            .iter()
            .map(|it| {
                let by = it.author.as_ref().map(|author| &author.login);
                json!({ "by": by, "at": time(it.at), "body": it.body, "url": it.url })
            })
            .collect();
        json!({
            "index": index + 1, "id": thread.id, "resolved": thread.resolved, "resolved_by": thread.resolved_by,
            "outdated": thread.outdated, "path": thread.path, "line": thread.line, "comments": comments,
        })
    });
    Value::Array(list.collect())
}

/// Everything that happened, in time order. Things of one moment keep the order: events, reviews, comments.
fn timeline(pull: &PullFacts) -> Value {
    let by = |actor: &Option<crate::domain::facts::Actor>| json!(actor.as_ref().map(|actor| &actor.login));
    let events = pull.timeline.iter().map(|it| {
        let (what, detail) = event(&it.kind);
        (it.at, json!({ "at": time(it.at), "by": by(&it.actor), "what": what, "detail": detail, "body": null, "url": it.url }))
    });
    let reviews = pull.reviews.iter().map(|it| {
        let detail = json!({ "state": it.state, "commit": it.commit });
        (it.at, json!({ "at": time(it.at), "by": by(&it.author), "what": "review", "detail": detail, "body": it.body, "url": it.url }))
    });
    let comments = pull.comments.iter().map(|it| {
        let detail = json!({ "edited_at": maybe(it.edited_at) });
        (it.at, json!({ "at": time(it.at), "by": by(&it.author), "what": "comment", "detail": detail, "body": it.body, "url": it.url }))
    });
    let commits = pull.commits.iter().map(|it| {
        let detail = json!({ "commit": it.oid, "message": it.message });
        (it.committed_at, json!({ "at": time(it.committed_at), "by": it.author, "what": "commit", "detail": detail, "body": null, "url": null }))
    });
    let mut all: Vec<_> = events.chain(commits).chain(reviews).chain(comments).collect();
    all.sort_by_key(|(at, _)| *at);
    Value::Array(all.into_iter().map(|(_, value)| value).collect())
}

/// The event's word, and what it is about.
fn event(kind: &EventKind) -> (&'static str, Value) {
    match kind {
        EventKind::Labeled(label) => ("labeled", json!({ "label": label })),
        EventKind::Unlabeled(label) => ("unlabeled", json!({ "label": label })),
        EventKind::Assigned(login) => ("assigned", json!({ "login": login })),
        EventKind::Unassigned(login) => ("unassigned", json!({ "login": login })),
        EventKind::ReviewRequested(name) => ("review-requested", json!({ "login": name })),
        EventKind::ReviewRequestRemoved(name) => ("review-request-removed", json!({ "login": name })),
        EventKind::ReviewDismissed { review, was } => ("review-dismissed", json!({ "review": review, "was": was })),
        EventKind::ForcePushed { before, after } => ("force-pushed", json!({ "before": before, "after": after })),
        EventKind::ReadyForReview => ("ready-for-review", Value::Null),
        EventKind::ConvertedToDraft => ("converted-to-draft", Value::Null),
        EventKind::Closed => ("closed", Value::Null),
        EventKind::Reopened => ("reopened", Value::Null),
        EventKind::Merged => ("merged", Value::Null),
        EventKind::Renamed { from, to } => ("renamed", json!({ "from": from, "to": to })),
    }
}
