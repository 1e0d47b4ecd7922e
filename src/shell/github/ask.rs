//! Many asks in one request. An [`Ask`] is one thing that we want to know; a request carries as many as GitHub can
//! bear, each as an aliased field of one query, and an answer that takes too long (GitHub stops after ten seconds with
//! a 502) is asked again in halves. So a bad pull request costs itself, never its neighbours.

mod document;
mod queue;

use serde_json::{Value, json};

use super::client::Client;
use super::wire::GraphqlError;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{NodeId, PullNumber, RepoId, Sha};

pub use document::{LIGHT, compose};
pub use queue::{MOST_PULLS, Queue};

/// The longest page that GitHub gives, and the shortest that is asked for where it runs out of time.
const LONGEST_PAGE: u64 = 100;
const SHORTEST_PAGE: u64 = 6;

/// How a pull request is asked for: smaller where GitHub runs out of time, with a part left out where it fails on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How many of each part come with the first page.
    pub page: u64,
    /// Parts that are left out, and why.
    pub without: Vec<(Part, String)>,
}

impl Default for Shape {
    fn default() -> Self {
        Self { page: LONGEST_PAGE, without: Vec::new() }
    }
}

impl Shape {
    /// How many of a part come with the first page; 0 where it is left out.
    fn first(&self, part: Part, most: u64) -> u64 {
        if self.without.iter().any(|(left, _)| *left == part) { 0 } else { most.min(self.page) }
    }
}

/// One thing that we want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A pull request whole.
    Pull {
        /// Its repository.
        repo: RepoId,
        /// Its number.
        number: PullNumber,
        /// How many labels; 0 where they are known.
        labels: u64,
        /// How many threads, as many as there are: each costs a hundredth of a point.
        threads: u64,
        /// How much of the rest.
        shape: Shape,
    },
    /// One more page of a part of a pull request.
    Page {
        /// The pull request.
        number: PullNumber,
        /// The part.
        part: Part,
        /// The id of the pull request, for replies that of the thread.
        id: NodeId,
        /// Where the last page ended.
        after: String,
        /// How long the page may be.
        first: u64,
    },
    /// A tracking issue.
    Issue {
        /// Its repository.
        repo: RepoId,
        /// Its number.
        number: u64,
    },
    /// A file by its blob id.
    Blob {
        /// The repository.
        repo: RepoId,
        /// The blob.
        oid: String,
    },
    /// A file by commit and path.
    File {
        /// The repository.
        repo: RepoId,
        /// The commit.
        commit: Sha,
        /// The path.
        path: String,
    },
    /// Whether a folder exists.
    Folder {
        /// The repository.
        repo: RepoId,
        /// The commit.
        commit: Sha,
        /// The folder.
        path: String,
    },
    /// How many parents a commit has.
    Parents {
        /// The repository.
        repo: RepoId,
        /// The commit.
        commit: Sha,
    },
    /// The names of the repository's files at its head, some levels deep.
    Tree {
        /// The repository.
        repo: RepoId,
    },
    /// The same below one of its folders.
    Subtree {
        /// The repository.
        repo: RepoId,
        /// The folder's tree.
        oid: String,
        /// The folder's path.
        path: String,
    },
}

/// Parts of a pull request that come in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Labels.
    Labels,
    /// Changed files.
    Files,
    /// Commits.
    Commits,
    /// Reviews.
    Reviews,
    /// Conversation comments.
    Comments,
    /// Inline threads.
    Threads,
    /// Comments of one thread.
    Replies,
    /// Events.
    Timeline,
    /// Assignees.
    Assignees,
    /// Requested reviewers.
    ReviewRequests,
    /// Checks.
    Checks,
}

impl Part {
    /// The name that `PullFacts::truncated` uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Labels => "labels",
            Self::Files => "files",
            Self::Commits => "commits",
            Self::Reviews => "reviews",
            Self::Comments => "comments",
            Self::Threads | Self::Replies => "threads",
            Self::Timeline => "timeline",
            Self::Assignees => "assignees",
            Self::ReviewRequests => "review-requests",
            Self::Checks => "checks",
        }
    }

    /// The part whose field of a pull request has this name on GitHub.
    #[must_use]
    pub fn of_field(name: &str) -> Option<Self> {
        Some(match name {
            "labels" => Self::Labels,
            "files" => Self::Files,
            "commits" => Self::Commits,
            "reviews" => Self::Reviews,
            "comments" => Self::Comments,
            "reviewThreads" => Self::Threads,
            "timelineItems" => Self::Timeline,
            "assignees" => Self::Assignees,
            "reviewRequests" => Self::ReviewRequests,
            "statusCheckRollup" => Self::Checks,
            _ => return None,
        })
    }

    /// The operation in `asks.graphql`, and where its connection is inside the node.
    fn operation(self) -> (&'static str, &'static str) {
        match self {
            Self::Labels => ("AskLabels", "/labels"),
            Self::Files => ("AskFiles", "/files"),
            Self::Commits => ("AskCommits", "/commits"),
            Self::Reviews => ("AskReviews", "/reviews"),
            Self::Comments => ("AskComments", "/comments"),
            Self::Threads => ("AskThreads", "/reviewThreads"),
            Self::Replies => ("AskReplies", "/comments"),
            Self::Timeline => ("AskTimeline", "/timelineItems"),
            Self::Assignees => ("AskAssignees", "/assignees"),
            Self::ReviewRequests => ("AskReviewRequests", "/reviewRequests"),
            Self::Checks => ("AskChecks", "/statusCheckRollup/contexts"),
        }
    }
}

impl Ask {
    /// A pull request whole.
    #[must_use]
    pub fn pull(repo: &RepoId, number: PullNumber, labels: u64, threads: u64) -> Self {
        Self::Pull { repo: repo.clone(), number, labels, threads, shape: Shape::default() }
    }

    /// The page of a part that follows another one.
    #[must_use]
    pub fn page(number: PullNumber, part: Part, id: NodeId, after: String) -> Self {
        // A thread brings its replies along.
        let first = if part == Part::Threads { LONGEST_PAGE / 2 } else { LONGEST_PAGE };
        Self::Page { number, part, id, after, first }
    }

    /// How many connections it asks GitHub for: a hundred of them cost a point (GitHub's published formula).
    #[must_use]
    pub fn connections(&self) -> u64 {
        match self {
            Self::Pull { labels, threads, .. } => 8 + u64::from(*labels > 0) + u64::from(*threads > 0) + threads,
            Self::Page { part: Part::Threads, first, .. } => 1 + first,
            Self::Page { .. } | Self::Issue { .. } | Self::Parents { .. } => 1,
            Self::Blob { .. } | Self::File { .. } | Self::Folder { .. } | Self::Tree { .. } | Self::Subtree { .. } => 0,
        }
    }

    /// The weight of a pull request.
    pub(super) const PULL_WEIGHT: usize = 12;

    /// How much work it is for GitHub, as a rough guess: a small file is 1.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Pull { .. } => Self::PULL_WEIGHT,
            Self::Page { .. } => 10,
            Self::Tree { .. } => 20,
            Self::Subtree { .. } => 8,
            Self::Issue { .. } | Self::Blob { .. } | Self::File { .. } | Self::Folder { .. } | Self::Parents { .. } => {
                1
            }
        }
    }

    /// The operation in `asks.graphql`, its variables, and where the answer is inside its field.
    fn parts(&self) -> (&'static str, Value, &'static str) {
        let at = |repo: &RepoId, more: Value| {
            let mut all = json!({ "owner": repo.owner, "name": repo.name });
            if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
                all.extend(more);
            }
            all
        };
        match self {
            Self::Pull { repo, number, labels, threads, shape } => {
                let variables = json!({
                    "number": number,
                    "labels": shape.first(Part::Labels, *labels),
                    "threads": shape.first(Part::Threads, *threads),
                    "files": shape.first(Part::Files, LONGEST_PAGE),
                    "commits": shape.first(Part::Commits, LONGEST_PAGE),
                    "reviews": shape.first(Part::Reviews, LONGEST_PAGE),
                    "comments": shape.first(Part::Comments, LONGEST_PAGE),
                    "timeline": shape.first(Part::Timeline, LONGEST_PAGE),
                    "assignees": shape.first(Part::Assignees, 30),
                    "requests": shape.first(Part::ReviewRequests, 50),
                    "checks": shape.first(Part::Checks, LONGEST_PAGE),
                });
                ("AskPull", at(repo, variables), "/pullRequest")
            }
            Self::Page { part, id, after, first, .. } => {
                let (operation, place) = part.operation();
                (operation, json!({ "id": id, "after": after, "first": first }), place)
            }
            Self::Issue { repo, number } => ("AskIssue", at(repo, json!({ "number": number })), "/issueOrPullRequest"),
            Self::Blob { repo, oid } => ("AskBlob", at(repo, json!({ "oid": oid })), "/object"),
            Self::File { repo, commit, path } => {
                ("AskFile", at(repo, json!({ "expression": format!("{commit}:{path}") })), "/object")
            }
            Self::Folder { repo, commit, path } => {
                ("AskFolder", at(repo, json!({ "expression": format!("{commit}:{path}") })), "/object")
            }
            Self::Parents { repo, commit } => ("AskParents", at(repo, json!({ "oid": commit })), "/object"),
            Self::Tree { repo } => ("AskTree", at(repo, json!({})), "/object"),
            Self::Subtree { repo, oid, .. } => ("AskSubtree", at(repo, json!({ "oid": oid })), "/object"),
        }
    }

    /// A key for putting equal asks side by side.
    #[must_use]
    pub fn order(&self) -> String {
        let (operation, variables, _) = self.parts();
        format!("{operation} {variables}")
    }

    /// A smaller ask for the same, where there is one: the rest comes by pages.
    fn smaller(&self) -> Option<Self> {
        let mut smaller = self.clone();
        match &mut smaller {
            Self::Pull { threads, .. } if *threads > 10 => *threads /= 4,
            Self::Pull { shape, .. } if shape.page > SHORTEST_PAGE => shape.page /= 4,
            Self::Page { first, .. } if *first > SHORTEST_PAGE => *first /= 4,
            _ => return None,
        }
        Some(smaller)
    }

    /// The same ask without the part that GitHub fails on, unless it is left out already.
    fn without(&self, part: Part, why: &str) -> Option<Self> {
        let mut less = self.clone();
        let Self::Pull { shape, .. } = &mut less else { return None };
        if shape.without.iter().any(|(left, _)| *left == part) {
            return None;
        }
        shape.without.push((part, why.to_owned()));
        Some(less)
    }
}

/// What became of an ask.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// An answer. Null means that there is no such thing.
    Answered {
        /// The thing.
        value: Value,
        /// What of it could not be answered; paths begin inside the thing.
        errors: Vec<GraphqlError>,
    },
    /// No answer to this ask, though others may have had theirs.
    Failed {
        /// Why.
        failure: Failure,
        /// The part of a pull request that GitHub failed on, where it says so.
        part: Option<Part>,
    },
}

/// Asks one pack. What was answered is returned even where the rest failed; the failure, where there is one, stops a
/// sync: no connection, no credentials, a rate limit.
pub async fn run(client: &Client, attempted: &str, pack: Vec<Ask>) -> (Vec<(Ask, Outcome)>, Option<Failure>) {
    let mut done = Vec::new();
    let mut waiting = vec![pack];
    while let Some(asks) = waiting.pop() {
        if asks.is_empty() {
            continue;
        }
        let document = document::batch(&asks);
        let alone = asks.len() == 1;
        match client.read(attempted, &document, &json!({}), alone).await {
            Ok(answer) => {
                client.bore(&asks);
                let mut again = Vec::new();
                for (ask, outcome) in sort_out(attempted, asks, answer.data, &answer.errors) {
                    match &outcome {
                        // One broken part costs the pull request that part, not the rest of it.
                        Outcome::Failed { failure, part: Some(part) } => match ask.without(*part, &failure.cause) {
                            Some(less) => again.push(less),
                            None => done.push((ask, outcome)),
                        },
                        Outcome::Failed { .. } | Outcome::Answered { .. } => done.push((ask, outcome)),
                    }
                }
                waiting.push(again);
            }
            Err(failure) if matches!(failure.kind, FailureKind::Server | FailureKind::Protocol) => {
                client.bent(&asks);
                let mut asks = asks;
                let half = asks.split_off(asks.len() / 2);
                if !asks.is_empty() {
                    tracing::debug!(asks = asks.len() + half.len(), "a request is asked again in halves");
                    waiting.push(half);
                    waiting.push(asks);
                    continue;
                }
                for ask in half {
                    match ask.smaller() {
                        Some(smaller) => waiting.push(vec![smaller]),
                        None => done.push((ask, Outcome::Failed { failure: failure.clone(), part: None })),
                    }
                }
            }
            // A pack of nothing but what does not exist has errors and no data that is worth the name.
            Err(failure) if alone && failure.kind == FailureKind::NotFound => {
                let answered = Outcome::Answered { value: Value::Null, errors: Vec::new() };
                done.extend(asks.into_iter().map(|ask| (ask, answered.clone())));
            }
            Err(failure) => return (done, Some(failure)),
        }
    }
    (done, None)
}

/// Gives each ask its part of the data and of the errors.
fn sort_out(attempted: &str, asks: Vec<Ask>, mut data: Value, errors: &[GraphqlError]) -> Vec<(Ask, Outcome)> {
    let mut out = Vec::new();
    for (at, ask) in asks.into_iter().enumerate() {
        let alias = document::alias(at);
        let (_, _, place) = ask.parts();
        // `a3/repository/pullRequest/…`: the alias stands for the outer field, `place` for what is inside.
        let depth = 1 + place.matches('/').count();
        let mut mine = Vec::new();
        let mut whole: Option<&GraphqlError> = None;
        for error in errors {
            match error.path.first() {
                Some(first) if *first == alias => {
                    // An error inside counts for the whole where a non-null field takes its parents with it: the thing
                    // is there and could not be read, which must not look as if there were none.
                    if error.kind != "NOT_FOUND" {
                        whole = whole.or(Some(error));
                    }
                    let path = error.path.get(depth..).unwrap_or_default().to_vec();
                    mine.push(GraphqlError { path, ..error.clone() });
                }
                Some(_) => {}
                None => whole = Some(error),
            }
        }
        let field = data.get_mut(&alias).map(Value::take).unwrap_or_default();
        let value = field.pointer(place).cloned().unwrap_or_default();
        let outcome = match whole {
            Some(error) if value.is_null() => Outcome::Failed {
                failure: super::failures::no_data(attempted, std::slice::from_ref(error), None),
                part: error.path.get(depth).and_then(|field| Part::of_field(field)),
            },
            _ => Outcome::Answered { value, errors: mine },
        };
        out.push((ask, outcome));
    }
    out
}
