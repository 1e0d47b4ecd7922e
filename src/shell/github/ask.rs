//! Many asks in one request. An [`Ask`] is one thing that we want to know; a request carries as many as GitHub can
//! bear, each as an aliased field of one query, and an answer that takes too long (GitHub stops after ten seconds with
//! a 502) is asked again in halves. So a bad pull request costs itself, never its neighbours.

mod document;

use serde_json::{Value, json};

use super::client::Client;
use super::wire::GraphqlError;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{NodeId, PullNumber, RepoId, Sha};

pub use document::{LIGHT, compose};

/// The most pull requests that one request reads whole.
pub const MOST_PULLS: usize = 20;

/// The most work that one request asks for, in the unit of [`Ask::weight`].
const MOST_WEIGHT: usize = 260;

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
    /// How much work it is for GitHub, as a rough guess: a small file is 1.
    fn weight(&self) -> usize {
        match self {
            Self::Pull { .. } => 12,
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
            Self::Pull { repo, number, labels, threads } => {
                ("AskPull", at(repo, json!({ "number": number, "labels": labels, "threads": threads })), "/pullRequest")
            }
            Self::Page { part, id, after, .. } => {
                let (operation, place) = part.operation();
                (operation, json!({ "id": id, "after": after }), place)
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
        match self {
            Self::Pull { repo, number, labels, threads } if *threads > 10 => {
                Some(Self::Pull { repo: repo.clone(), number: *number, labels: *labels, threads: threads / 4 })
            }
            _ => None,
        }
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
    Failed(Failure),
}

/// Packs asks into requests: pull requests evenly over as few as possible, the rest into what room is left.
#[must_use]
pub fn pack(asks: Vec<Ask>) -> Vec<Vec<Ask>> {
    let (pulls, others): (Vec<Ask>, Vec<Ask>) = asks.into_iter().partition(|ask| matches!(ask, Ask::Pull { .. }));
    let requests = pulls.len().div_ceil(MOST_PULLS);
    let each = if requests == 0 { 1 } else { pulls.len().div_ceil(requests) };
    let mut packs: Vec<Vec<Ask>> = pulls.chunks(each).map(<[Ask]>::to_vec).collect();
    let mut weights: Vec<usize> = packs.iter().map(|pack| pack.iter().map(Ask::weight).sum()).collect();
    let mut from = 0;
    for ask in others {
        let weight = ask.weight();
        while weights.get(from).is_some_and(|used| used + weight > MOST_WEIGHT) {
            from += 1;
        }
        match (packs.get_mut(from), weights.get_mut(from)) {
            (Some(pack), Some(used)) => {
                pack.push(ask);
                *used += weight;
            }
            _ => {
                packs.push(vec![ask]);
                weights.push(weight);
            }
        }
    }
    packs
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
            Ok(answer) => done.extend(sort_out(attempted, asks, answer.data, &answer.errors)),
            Err(failure) if matches!(failure.kind, FailureKind::Server | FailureKind::Protocol) => {
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
                        None => done.push((ask, Outcome::Failed(failure.clone()))),
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
            Some(error) if value.is_null() => {
                Outcome::Failed(super::failures::no_data(attempted, std::slice::from_ref(error), None))
            }
            _ => Outcome::Answered { value, errors: mine },
        };
        out.push((ask, outcome));
    }
    out
}
