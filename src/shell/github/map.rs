//! From GitHub's answers to facts. What is missing or unreadable is named in `PullFacts::truncated`; an unknown word of
//! an enum becomes its safest reading (a check that we do not know has not succeeded, a state that we do not know is
//! still open).

mod files;

use jiff::Timestamp;
use serde_json::Value;

use super::ask::{Ask, Part};
use super::wire::{self, Connection, GraphqlError, Maybe};
use crate::domain::facts::{
    Actor, ActorKind, Association, CheckFacts, CheckState, CommentFacts, CommitFacts, EventFacts, EventKind,
    FileChange, FileFacts, IssueFacts, Mergeable, PullFacts, PullState, ReviewFacts, ReviewState, ThreadComment,
    ThreadFacts, Truncated,
};
use crate::domain::ids::{Login, NodeId, PullNumber, Sha};

pub use files::{Index, blob_text, index, schedules};

/// A pull request read, and what is still to be read of it.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The facts so far.
    pub pull: PullFacts,
    /// The pages that follow.
    pub more: Vec<Ask>,
}

/// Reads a pull request. `labels` are those of the light query where they were not asked here; `without` are the parts
/// that were left out, and why.
///
/// # Errors
/// In words, where the answer lacks what no pull request lacks.
pub fn pull(
    value: Value,
    errors: &[GraphqlError],
    labels: Option<&[String]>,
    without: &[(Part, String)],
    now: Timestamp,
) -> Result<Mapped, String> {
    let wire: wire::Pull = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let number = PullNumber(wire.number.take().ok_or("it has no number")?);
    let head = Sha::new(wire.head_ref_oid.take().ok_or("it has no head commit")?);
    let created_at = wire.created_at.take().ok_or("it has no time of opening")?;
    let id = NodeId::new(wire.id.take().ok_or("it has no id")?);
    let threads_known = wire.review_threads.get().is_some();
    let merged_at = wire.merged_at.take();
    let facts = PullFacts {
        id: id.clone(),
        number,
        url: wire.url.text(),
        title: wire.title.text(),
        body: wire.body.text(),
        author: actor(wire.author),
        state: pull_state(wire.state.get(), merged_at.is_some()),
        draft: wire.is_draft.take().unwrap_or(false),
        locked: wire.locked.take().unwrap_or(false),
        created_at,
        updated_at: wire.updated_at.take().unwrap_or(created_at),
        ended_at: merged_at.or(wire.closed_at.take()),
        head,
        base_ref: wire.base_ref_name.text(),
        base: sha(wire.base_ref_oid),
        additions: wire.additions.take().unwrap_or(0),
        deletions: wire.deletions.take().unwrap_or(0),
        mergeable: mergeable(wire.mergeable.get()),
        blocked_by_rules: wire.merge_state_status.get().is_some_and(|state| state == "BLOCKED"),
        labels: labels.map(<[String]>::to_vec).unwrap_or_default(),
        files: Vec::new(),
        base_folders: std::collections::BTreeMap::new(),
        commits: Vec::new(),
        reviews: Vec::new(),
        comments: Vec::new(),
        threads: Vec::new(),
        timeline: Vec::new(),
        assignees: Vec::new(),
        review_requests: Vec::new(),
        checks: Vec::new(),
        checks_rollup: wire.status_check_rollup.get().and_then(|rollup| rollup.state.get().cloned()),
        documents: Vec::new(),
        truncated: Vec::new(),
        fetched_at: now,
    };
    let mut mapped = Mapped { pull: facts, more: Vec::new() };
    for (part, why) in without {
        note(&mut mapped.pull, part.name(), &format!("not read: {why}"));
    }
    let mut reader = Reader { pull: &mut mapped.pull, more: &mut mapped.more };
    if labels.is_none() {
        reader.part(Part::Labels, &id, wire.labels, Reader::labels);
    }
    reader.part(Part::Files, &id, wire.files, Reader::files);
    reader.part(Part::Commits, &id, wire.commits, Reader::commits);
    reader.part(Part::Reviews, &id, wire.reviews, Reader::reviews);
    reader.part(Part::Comments, &id, wire.comments, Reader::comments);
    if threads_known {
        reader.part(Part::Threads, &id, wire.review_threads, Reader::threads);
    }
    reader.part(Part::Timeline, &id, wire.timeline_items, Reader::timeline);
    reader.part(Part::Assignees, &id, wire.assignees, Reader::assignees);
    reader.part(Part::ReviewRequests, &id, wire.review_requests, Reader::review_requests);
    if let Some(rollup) = wire.status_check_rollup.take() {
        reader.part(Part::Checks, &id, rollup.contexts, Reader::checks);
    }
    for error in errors {
        note(&mut mapped.pull, part_of(error), &format!("not read: {}", error.message));
    }
    Ok(mapped)
}

/// Reads one more page into a pull request; the pages that follow it are returned.
pub fn page(pull: &mut PullFacts, part: Part, id: &NodeId, value: Value, errors: &[GraphqlError]) -> Vec<Ask> {
    fn read<T: serde::de::DeserializeOwned>(value: Value) -> Maybe<Connection<T>> {
        serde_json::from_value(value).unwrap_or_default()
    }
    let mut more = Vec::new();
    let mut reader = Reader { pull, more: &mut more };
    match part {
        Part::Labels => reader.part(part, id, read(value), Reader::labels),
        Part::Files => reader.part(part, id, read(value), Reader::files),
        Part::Commits => reader.part(part, id, read(value), Reader::commits),
        Part::Reviews => reader.part(part, id, read(value), Reader::reviews),
        Part::Comments => reader.part(part, id, read(value), Reader::comments),
        Part::Threads => reader.part(part, id, read(value), Reader::threads),
        Part::Replies => reader.part(part, id, read(value), |reader, replies| reader.replies(id, replies)),
        Part::Timeline => reader.part(part, id, read(value), Reader::timeline),
        Part::Assignees => reader.part(part, id, read(value), Reader::assignees),
        Part::ReviewRequests => reader.part(part, id, read(value), Reader::review_requests),
        Part::Checks => reader.part(part, id, read(value), Reader::checks),
    }
    for error in errors {
        note(pull, part.name(), &format!("not read: {}", error.message));
    }
    more
}

/// Notes that a part is not complete, once per part.
pub fn note(pull: &mut PullFacts, part: &str, why: &str) {
    if !pull.truncated.iter().any(|known| known.part == part) {
        let why = crate::domain::text::truncate(&crate::domain::text::sanitize_line(why), 200);
        pull.truncated.push(Truncated { part: part.to_owned(), why });
    }
}

/// The part that an error is about, by GitHub's name of the field.
fn part_of(error: &GraphqlError) -> &'static str {
    error.path.first().and_then(|field| Part::of_field(field)).map_or("details", Part::name)
}

struct Reader<'a> {
    pull: &'a mut PullFacts,
    more: &'a mut Vec<Ask>,
}

impl Reader<'_> {
    /// Reads a connection: notes what is missing, asks for what follows, hands the nodes on.
    fn part<T>(&mut self, part: Part, id: &NodeId, page: Maybe<Connection<T>>, read: impl FnOnce(&mut Self, Vec<T>)) {
        let Some(page) = page.take() else {
            note(self.pull, part.name(), "not read: GitHub did not answer this part");
            return;
        };
        if page.unread > 0 {
            note(self.pull, part.name(), &format!("GitHub withheld {} of them", page.unread));
        }
        if page.cut {
            note(self.pull, part.name(), "GitHub says that there are more and not where");
        }
        if let Some(after) = page.more {
            self.more.push(Ask::page(self.pull.number, part, id.clone(), after));
        }
        read(self, page.nodes);
    }

    fn labels(&mut self, nodes: Vec<wire::Label>) {
        self.pull.labels.extend(nodes.into_iter().filter_map(|label| label.name.take()));
    }

    fn files(&mut self, nodes: Vec<wire::File>) {
        for file in nodes {
            let Some(path) = file.path.take() else { continue };
            self.pull.files.push(FileFacts {
                path,
                change: match file.change_type.get().map(String::as_str) {
                    Some("ADDED") => FileChange::Added,
                    Some("DELETED") => FileChange::Removed,
                    Some("RENAMED") => FileChange::Renamed,
                    Some("COPIED") => FileChange::Copied,
                    _ => FileChange::Modified,
                },
                additions: file.additions.take().unwrap_or(0),
                deletions: file.deletions.take().unwrap_or(0),
            });
        }
    }

    fn commits(&mut self, nodes: Vec<wire::PullCommit>) {
        for node in nodes {
            let commit = node.commit.take().unwrap_or_default();
            let (Some(oid), Some(committed_at)) = (commit.oid.take(), commit.committed_date.take()) else {
                note(self.pull, "commits", "a commit came without name or time");
                continue;
            };
            self.pull.commits.push(CommitFacts {
                oid: Sha::new(oid),
                committed_at,
                author: commit.author.take().and_then(|author| author.user.take()).and_then(|user| login(user.login)),
                message: commit.message.text(),
                // Which commits are merges is asked apart (`Ask::Parents`).
                merge: false,
            });
        }
    }

    fn reviews(&mut self, nodes: Vec<wire::Review>) {
        for review in nodes {
            // A pending review is its author's draft, and has no time of submission.
            let Some(at) = review.submitted_at.take() else { continue };
            let Some(state) = review_state(review.state.get()) else { continue };
            self.pull.reviews.push(ReviewFacts {
                id: NodeId::new(review.id.text()),
                database_id: review.full_database_id.take().or(review.database_id.take()).map(|id| id.0),
                author: actor(review.author),
                state,
                body: review.body.text(),
                at,
                commit: review.commit.take().and_then(|commit| sha(commit.oid)),
                url: review.url.text(),
                association: association(&review.author_association),
            });
        }
    }

    fn comments(&mut self, nodes: Vec<wire::Comment>) {
        for comment in nodes {
            let Some(at) = comment.created_at.take() else {
                note(self.pull, "comments", "a comment came without its time");
                continue;
            };
            self.pull.comments.push(CommentFacts {
                id: NodeId::new(comment.id.text()),
                author: actor(comment.author),
                body: comment.body.text(),
                at,
                edited_at: comment.last_edited_at.take(),
                url: comment.url.text(),
                association: association(&comment.author_association),
            });
        }
    }

    fn threads(&mut self, nodes: Vec<wire::Thread>) {
        for thread in nodes {
            let Some(id) = thread.id.take() else {
                note(self.pull, "threads", "a thread came without its id");
                continue;
            };
            let id = NodeId::new(id);
            self.pull.threads.push(ThreadFacts {
                id: id.clone(),
                resolved: thread.is_resolved.take().unwrap_or(false),
                resolved_by: thread.resolved_by.take().and_then(|who| login(who.login)),
                outdated: thread.is_outdated.take().unwrap_or(false),
                path: thread.path.text(),
                line: thread.line.take(),
                start_line: thread.start_line.take(),
                comments: Vec::new(),
            });
            self.part(Part::Replies, &id, thread.comments, |reader, replies| reader.replies(&id, replies));
        }
    }

    fn replies(&mut self, thread: &NodeId, nodes: Vec<wire::Reply>) {
        for reply in nodes {
            let Some(at) = reply.created_at.take() else {
                note(self.pull, "threads", "a comment came without its time");
                continue;
            };
            let reply = ThreadComment {
                id: NodeId::new(reply.id.text()),
                database_id: reply.full_database_id.take().or(reply.database_id.take()).map(|id| id.0),
                author: actor(reply.author),
                body: reply.body.text(),
                at,
                url: reply.url.text(),
                review: reply.pull_request_review.take().and_then(|review| review.id.take()).map(NodeId::new),
                diff_hunk: reply.diff_hunk.take(),
                association: association(&reply.author_association),
            };
            if let Some(thread) = self.pull.threads.iter_mut().find(|known| known.id == *thread) {
                // Only the first comment's piece of the diff is shown; the others repeat it.
                let diff_hunk = reply.diff_hunk.filter(|_| thread.comments.is_empty());
                thread.comments.push(ThreadComment { diff_hunk, ..reply });
            }
        }
    }

    fn timeline(&mut self, nodes: Vec<wire::Event>) {
        for event in nodes {
            let Some(at) = event.created_at.get().copied() else { continue };
            let who = actor(event.actor.clone());
            let url = event.url.get().cloned();
            if let Some(kind) = event_kind(event) {
                self.pull.timeline.push(EventFacts { at, actor: who, kind, url });
            }
        }
        self.pull.timeline.sort_by_key(|event| event.at);
    }

    fn assignees(&mut self, nodes: Vec<wire::Named>) {
        self.pull.assignees.extend(nodes.into_iter().filter_map(|who| login(who.login)));
    }

    fn review_requests(&mut self, nodes: Vec<wire::ReviewRequest>) {
        let names = nodes.into_iter().filter_map(|node| node.requested_reviewer.take()).filter_map(party);
        self.pull.review_requests.extend(names);
    }

    fn checks(&mut self, nodes: Vec<wire::Check>) {
        for check in nodes {
            let is_run = check.typename.get().is_some_and(|name| name == "CheckRun");
            let Some(name) = (if is_run { check.name.take() } else { check.context.take() }) else { continue };
            let text = |text: Maybe<String>| text.take().filter(|text| !text.trim().is_empty());
            self.pull.checks.push(if is_run {
                CheckFacts {
                    name,
                    state: run_state(check.status.get(), check.conclusion.get()),
                    description: text(check.title).or(check.conclusion.take().map(|word| word.to_ascii_lowercase())),
                    url: text(check.details_url),
                    at: check.completed_at.take().or(check.started_at.take()),
                }
            } else {
                CheckFacts {
                    name,
                    state: context_state(check.state.get()),
                    description: text(check.description),
                    url: text(check.target_url),
                    at: check.created_at.take(),
                }
            });
        }
    }
}

fn event_kind(event: wire::Event) -> Option<EventKind> {
    let label = |event: wire::Event| event.label.take().and_then(|label| label.name.take());
    let assignee = |event: wire::Event| event.assignee.take().and_then(party).map(Login::new);
    let asked = |event: wire::Event| event.requested_reviewer.take().and_then(party);
    let typename = event.typename.get().cloned()?;
    Some(match typename.as_str() {
        "LabeledEvent" => EventKind::Labeled(label(event)?),
        "UnlabeledEvent" => EventKind::Unlabeled(label(event)?),
        "AssignedEvent" => EventKind::Assigned(assignee(event)?),
        "UnassignedEvent" => EventKind::Unassigned(assignee(event)?),
        "ReviewRequestedEvent" => EventKind::ReviewRequested(asked(event)?),
        "ReviewRequestRemovedEvent" => EventKind::ReviewRequestRemoved(asked(event)?),
        "ReviewDismissedEvent" => EventKind::ReviewDismissed {
            review: event.review.take().and_then(|review| review.id.take()).map(NodeId::new),
            was: review_state(event.previous_review_state.get()).unwrap_or(ReviewState::Commented),
        },
        "HeadRefForcePushedEvent" => EventKind::ForcePushed {
            before: event.before_commit.take().and_then(|commit| sha(commit.oid)),
            after: event.after_commit.take().and_then(|commit| sha(commit.oid)),
        },
        "ReadyForReviewEvent" => EventKind::ReadyForReview,
        "ConvertToDraftEvent" => EventKind::ConvertedToDraft,
        "ClosedEvent" => EventKind::Closed,
        "ReopenedEvent" => EventKind::Reopened,
        "MergedEvent" => EventKind::Merged,
        "RenamedTitleEvent" => EventKind::Renamed { from: event.previous_title.text(), to: event.current_title.text() },
        _ => return None,
    })
}

/// An account: the login without the `[bot]` that other interfaces add.
fn actor(who: Maybe<wire::Actor>) -> Option<Actor> {
    let who = who.take()?;
    let kind = match who.typename.get().map(String::as_str) {
        Some("User") => ActorKind::User,
        Some("Bot") => ActorKind::Bot,
        _ => ActorKind::Other,
    };
    let name = who.login.take().filter(|name| !name.is_empty())?;
    let (name, kind) = match name.strip_suffix("[bot]") {
        Some(bare) => (bare.to_owned(), ActorKind::Bot),
        None => (name, kind),
    };
    Some(Actor { login: Login::new(name), kind })
}

fn login(name: Maybe<String>) -> Option<Login> {
    name.take().filter(|name| !name.is_empty()).map(Login::new)
}

/// A person's login or a team's `org/team`.
fn party(who: wire::Party) -> Option<String> {
    who.login.take().or(who.combined_slug.take()).filter(|name| !name.is_empty())
}

fn sha(oid: Maybe<String>) -> Option<Sha> {
    oid.take().filter(|oid| !oid.is_empty()).map(Sha::new)
}

/// GitHub's `PullRequestState`.
#[must_use]
pub fn pull_state(word: Option<&String>, merged: bool) -> PullState {
    match word.map(String::as_str) {
        Some("MERGED") => PullState::Merged,
        Some("CLOSED") if merged => PullState::Merged,
        Some("CLOSED") => PullState::Closed,
        _ => PullState::Open,
    }
}

/// GitHub's `MergeableState`.
#[must_use]
pub fn mergeable(word: Option<&String>) -> Mergeable {
    match word.map(String::as_str) {
        Some("MERGEABLE") => Mergeable::Mergeable,
        Some("CONFLICTING") => Mergeable::Conflicting,
        _ => Mergeable::Unknown,
    }
}

fn review_state(word: Option<&String>) -> Option<ReviewState> {
    match word.map(String::as_str) {
        Some("PENDING") => None,
        Some("APPROVED") => Some(ReviewState::Approved),
        Some("CHANGES_REQUESTED") => Some(ReviewState::ChangesRequested),
        Some("DISMISSED") => Some(ReviewState::Dismissed),
        _ => Some(ReviewState::Commented),
    }
}

fn association(word: &Maybe<String>) -> Association {
    match word.get().map(String::as_str) {
        Some("OWNER" | "MEMBER" | "COLLABORATOR") => Association::Collaborator,
        _ => Association::Outside,
    }
}

fn context_state(word: Option<&String>) -> CheckState {
    match word.map(String::as_str) {
        Some("SUCCESS") => CheckState::Success,
        Some("PENDING" | "EXPECTED") => CheckState::Pending,
        _ => CheckState::Failure,
    }
}

/// A run has a conclusion only once it is complete (`specs/prow.md` §8.1).
fn run_state(status: Option<&String>, conclusion: Option<&String>) -> CheckState {
    if status.is_some_and(|status| status != "COMPLETED") {
        return CheckState::Pending;
    }
    match conclusion.map(String::as_str) {
        Some("SUCCESS" | "NEUTRAL" | "SKIPPED") => CheckState::Success,
        _ => CheckState::Failure,
    }
}

/// Reads a tracking issue; `None` where the answer is no issue.
#[must_use]
pub fn issue(value: Value, now: Timestamp) -> Option<IssueFacts> {
    let wire: wire::Issue = serde_json::from_value(value).ok()?;
    let is_pull = wire.typename.get().is_some_and(|name| name == "PullRequest");
    let closed = wire.closed.take().unwrap_or(false) || wire.state.get().is_some_and(|state| state == "CLOSED");
    let labels = wire.labels.take().unwrap_or_default().nodes;
    Some(IssueFacts {
        id: NodeId::new(wire.id.text()),
        number: wire.number.take()?,
        url: wire.url.text(),
        title: wire.title.text(),
        body: wire.body.text(),
        open: !closed,
        labels: labels.into_iter().filter_map(|label| label.name.take()).collect(),
        assignees: wire
            .assignees
            .take()
            .map(|list| list.nodes.into_iter().filter_map(|who| login(who.login)).collect()),
        is_pull,
        updated_at: wire.updated_at.take(),
        fetched_at: now,
    })
}

/// The card of a pull request that could not be read whole: what the light query knows of it.
#[must_use]
pub fn flagged(light: &wire::LightPull, why: &str, now: Timestamp) -> Option<PullFacts> {
    let number = PullNumber(*light.number.get()?);
    let updated_at = light.updated_at.get().copied().unwrap_or(now);
    let mut pull = PullFacts {
        id: NodeId::new(""),
        number,
        url: light.url.clone().text(),
        title: light.title.clone().text(),
        body: String::new(),
        author: None,
        state: pull_state(light.state.get(), false),
        draft: light.is_draft.get().copied().unwrap_or(false),
        locked: false,
        created_at: updated_at,
        updated_at,
        ended_at: None,
        head: Sha::new(light.head_ref_oid.get()?.clone()),
        base_ref: String::new(),
        base: sha(light.base_ref_oid.clone()),
        additions: 0,
        deletions: 0,
        mergeable: mergeable(light.mergeable.get()),
        blocked_by_rules: false,
        labels: label_names(light),
        files: Vec::new(),
        base_folders: std::collections::BTreeMap::new(),
        commits: Vec::new(),
        reviews: Vec::new(),
        comments: Vec::new(),
        threads: Vec::new(),
        timeline: Vec::new(),
        assignees: Vec::new(),
        review_requests: Vec::new(),
        checks: Vec::new(),
        checks_rollup: None,
        documents: Vec::new(),
        truncated: Vec::new(),
        fetched_at: now,
    };
    note(&mut pull, "everything", why);
    Some(pull)
}

/// The labels of the light query.
#[must_use]
pub fn label_names(light: &wire::LightPull) -> Vec<String> {
    let labels = light.labels.get().map(|labels| labels.nodes.as_slice()).unwrap_or_default();
    labels.iter().filter_map(|label| label.name.get().cloned()).collect()
}
