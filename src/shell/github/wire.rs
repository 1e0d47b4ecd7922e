//! What GitHub answers, as it may really come: every field may be missing, null or of another shape, and then it is
//! simply not there ([`Maybe`]). Nothing in here fails; what a missing field means is decided in `map`.
//!
//! The shapes follow the documents in `assets/graphql/`. Enums stay text: a value that GitHub adds tomorrow must not
//! break today's reader.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A field that may be absent, null, or something else than we expect; the last two count as absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Maybe<T>(Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Maybe<T> {
    /// The value, where there is one.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The value itself, where there is one.
    pub fn take(self) -> Option<T> {
        self.0
    }
}

impl Maybe<String> {
    /// The text, empty where there is none.
    pub fn text(self) -> String {
        self.0.unwrap_or_default()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self(if value.is_null() { None } else { T::deserialize(value).ok() }))
    }
}

/// GitHub's `BigInt` and `Int` ids: a number, or a number in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(pub u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let id = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        id.map(Self).ok_or_else(|| serde::de::Error::custom("no id"))
    }
}

/// One page of a connection.
#[derive(Clone, Debug)]
pub struct Connection<T> {
    /// The nodes that could be read.
    pub nodes: Vec<T>,
    /// How many nodes were null or unreadable: something is there that we do not see.
    pub unread: usize,
    /// The cursor after which more follow.
    pub more: Option<String>,
    /// GitHub says that more follow and does not say where.
    pub cut: bool,
    /// How many there are in all, where it was asked.
    pub total: Option<u64>,
}

impl<T> Default for Connection<T> {
    fn default() -> Self {
        Self { nodes: Vec::new(), unread: 0, more: None, cut: false, total: None }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Connection<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        struct Page {
            has_next_page: Maybe<bool>,
            end_cursor: Maybe<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Raw {
            #[serde(default)]
            nodes: Maybe<Vec<Value>>,
            #[serde(default)]
            page_info: Maybe<Page>,
            #[serde(default)]
            total_count: Maybe<u64>,
        }
        let value = Value::deserialize(deserializer)?;
        // A list would do for a struct, to serde; here it is no answer, nor is an object with neither nodes nor a count.
        if !value.get("nodes").is_some_and(Value::is_array) && value.get("totalCount").is_none_or(Value::is_null) {
            return Err(serde::de::Error::custom("no connection"));
        }
        let raw = Raw::deserialize(value).map_err(serde::de::Error::custom)?;
        let page = raw.page_info.take().unwrap_or_default();
        let next = page.has_next_page.take().unwrap_or(false);
        let cursor = page.end_cursor.take().filter(|_| next);
        let mut out = Self {
            nodes: Vec::new(),
            unread: 0,
            cut: next && cursor.is_none(),
            more: cursor,
            total: raw.total_count.take(),
        };
        for node in raw.nodes.take().unwrap_or_default() {
            match T::deserialize(node) {
                Ok(node) => out.nodes.push(node),
                Err(_) => out.unread += 1,
            }
        }
        Ok(out)
    }
}

/// Declares structs whose fields are all [`Maybe`], in GitHub's camel case.
macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        #[expect(missing_docs, reason = "the fields are GitHub's own and bear GitHub's names")]
        pub struct $name { $($(#[$attr])* pub $field: Maybe<$type>),* }
    )*};
}

shapes! {
    /// `rateLimit`.
    RateLimit { cost: u64, limit: u64, remaining: u64, reset_at: Timestamp }
    /// Anything with a login.
    Named { login: String }
    /// `Actor`.
    Actor { #[serde(rename = "__typename")] typename: String, login: String }
    /// `Assignee` and `RequestedReviewer`.
    Party { login: String, combined_slug: String }
    /// Anything with an object name.
    Oid { oid: String }
    /// `Label`, and `Ref` likewise.
    Label { name: String }
    /// A node of which only the id matters.
    OnlyId { id: String }
    /// `PullRequestChangedFile`.
    File { path: String, change_type: String, additions: u64, deletions: u64 }
    /// `PullRequestCommit`.
    PullCommit { commit: Commit }
    /// `Commit`.
    Commit { oid: String, committed_date: Timestamp, message: String, author: GitActor }
    /// `GitActor`.
    GitActor { user: Named }
    /// `PullRequestReview`.
    Review {
        id: String, database_id: Id, full_database_id: Id, author: Actor, author_association: String, state: String,
        body: String, submitted_at: Timestamp, commit: Oid, url: String,
    }
    /// `IssueComment`.
    Comment {
        id: String, author: Actor, author_association: String, body: String, created_at: Timestamp,
        last_edited_at: Timestamp, url: String,
    }
    /// `PullRequestReviewThread`.
    Thread {
        id: String, is_resolved: bool, resolved_by: Named, is_outdated: bool, path: String, line: u64, start_line: u64,
        comments: Connection<Reply>,
    }
    /// `PullRequestReviewComment`.
    Reply {
        id: String, database_id: Id, full_database_id: Id, author: Actor, author_association: String, body: String,
        created_at: Timestamp, url: String, diff_hunk: String, pull_request_review: OnlyId,
    }
    /// One of the timeline's events.
    Event {
        #[serde(rename = "__typename")] typename: String, created_at: Timestamp, actor: Actor, url: String, label: Label,
        assignee: Party, requested_reviewer: Party, previous_review_state: String, review: OnlyId, before_commit: Oid,
        after_commit: Oid, previous_title: String, current_title: String,
    }
    /// `ReviewRequest`.
    ReviewRequest { requested_reviewer: Party }
    /// `StatusCheckRollup`.
    Rollup { state: String, contexts: Connection<Check> }
    /// `StatusContext` or `CheckRun`.
    Check {
        #[serde(rename = "__typename")] typename: String, context: String, state: String, description: String,
        target_url: String, created_at: Timestamp, name: String, status: String, conclusion: String, title: String,
        details_url: String, started_at: Timestamp, completed_at: Timestamp,
    }
    /// `PullRequest`, whole.
    Pull {
        id: String, number: u64, url: String, title: String, body: String, author: Actor, state: String, is_draft: bool,
        locked: bool, created_at: Timestamp, updated_at: Timestamp, merged_at: Timestamp, closed_at: Timestamp,
        head_ref_oid: String, base_ref_name: String, base_ref_oid: String, additions: u64, deletions: u64,
        mergeable: String, merge_state_status: String, labels: Connection<Label>, files: Connection<File>,
        commits: Connection<PullCommit>, reviews: Connection<Review>, comments: Connection<Comment>,
        review_threads: Connection<Thread>, timeline_items: Connection<Event>, assignees: Connection<Named>,
        review_requests: Connection<ReviewRequest>, status_check_rollup: Rollup,
    }
    /// `PullRequest` as `light.graphql` asks for it.
    LightPull {
        number: u64, url: String, state: String, title: String, is_draft: bool, updated_at: Timestamp, head_ref_oid: String,
        base_ref_oid: String, mergeable: String, changed_files: u64, status_check_rollup: LightRollup, labels: Connection<Label>,
        review_threads: Connection<LightThread>,
    }
    /// The fold alone.
    LightRollup { state: String }
    /// The flag alone.
    LightThread { is_resolved: bool }
    /// A pull request that ended.
    Ended { number: u64, updated_at: Timestamp, closed_at: Timestamp, state: String, review_threads: Connection<LightThread> }
    /// An issue that was touched lately.
    Touched { number: u64, updated_at: Timestamp }
    /// The proposals' repository in `light.graphql`: what is open.
    LightRepo { open: Connection<LightPull> }
    /// The same: what ended.
    Past { ended: Connection<Ended> }
    /// The same: which issues were touched.
    TouchedIn { issues: Connection<Touched> }
    /// The same: what it is for the viewer.
    About { viewer_permission: String, default_branch_ref: Label }
    /// The same: its files.
    Rooted { root: Oid }
    /// A repository of which one object is read.
    WithObject { object: Oid }
    /// A repository of which one folder is read.
    WithTree { object: Tree }
    /// `Tree`, nested as deep as it was asked.
    Tree { oid: String, entries: Vec<Entry> }
    /// `TreeEntry`.
    Entry { name: String, #[serde(rename = "type")] kind: String, mode: u32, oid: String, object: Box<Tree> }
    /// The whole answer to `light.graphql`.
    Light {
        rate_limit: RateLimit, viewer: Named, repository: LightRepo, past: Past, touched: TouchedIn, about: About,
        tree: Rooted, aliases: WithObject, sigs: WithObject, schedules: WithTree,
    }
    /// `Blob`.
    Blob { oid: String, text: String, is_binary: bool, is_truncated: bool }
    /// `Issue`, or a pull request in its place.
    Issue {
        #[serde(rename = "__typename")] typename: String, id: String, number: u64, url: String, title: String,
        body: String, state: String, closed: bool, updated_at: Timestamp, labels: Connection<Label>,
        assignees: Connection<Named>,
    }
}

/// One entry of a GraphQL answer's `errors`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GraphqlError {
    /// GitHub's words.
    pub message: String,
    /// GitHub's `type` (`NOT_FOUND`, `FORBIDDEN`, …); empty where there is none.
    pub kind: String,
    /// Where: field names and indexes, outermost first; empty for the whole query.
    pub path: Vec<String>,
}

impl GraphqlError {
    /// Reads one, whatever its shape.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        let text = |place: &str| value.pointer(place).and_then(Value::as_str).map(str::to_owned);
        let step = |step: &Value| step.as_str().map_or_else(|| step.to_string(), str::to_owned);
        let message = text("/message").unwrap_or_else(|| "an error without a message".to_owned());
        // GitHub writes the type beside the message; other GraphQL servers under `extensions`, or in words alone.
        let kind = text("/type").or(text("/extensions/type")).or(text("/extensions/code")).unwrap_or_default();
        let unresolved = kind.is_empty() && message.starts_with("Could not resolve to a");
        Self {
            kind: if unresolved { "NOT_FOUND".to_owned() } else { kind },
            message,
            path: value.get("path").and_then(Value::as_array).into_iter().flatten().map(step).collect(),
        }
    }
}
