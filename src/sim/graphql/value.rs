//! What a field of GraphQL can be, on the simulated world.

use std::rc::Rc;
use std::sync::Arc;

use apollo_compiler::resolvers::FieldError;
use serde_json::Value;

use super::connection::Page;
use crate::sim::world::git::{Commit, Entry, Object};
use crate::sim::world::{
    Account, ChangedFile, Check, CheckKind, Comment, Event, Item, Repo, Requested, Review, Thread, ThreadComment,
};

/// A pull request or issue in its repository.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    /// The repository.
    pub(super) repo: &'a Repo,
    /// The item.
    pub(super) item: &'a Item,
}

/// A field's value.
#[derive(Clone)]
pub(super) enum Val<'a> {
    /// A scalar, an enum, or null.
    Leaf(Value),
    /// An object.
    Of(Of<'a>),
    /// A list.
    List(Vec<Val<'a>>),
}

impl<'a> Val<'a> {
    /// An object, or null.
    pub(super) fn maybe(of: Option<Of<'a>>) -> Self {
        of.map_or(Self::Leaf(Value::Null), Self::Of)
    }
}

/// An object.
#[derive(Clone)]
pub(super) enum Of<'a> {
    /// The root of queries.
    Query,
    /// The root of mutations.
    Mutation,
    /// An account.
    Account(&'a Account),
    /// A repository.
    Repo(&'a Repo),
    /// A branch.
    Ref(&'a Repo, String),
    /// A Git object.
    Git(&'a Repo, Object),
    /// A tree's entry, and its folder's path with a slash.
    Entry(&'a Repo, String, Entry),
    /// An issue or pull request.
    Item(At<'a>),
    /// A label.
    Label(&'a Repo, String),
    /// A conversation comment.
    Comment(At<'a>, &'a Comment),
    /// A review.
    Review(At<'a>, &'a Review),
    /// An inline thread.
    Thread(At<'a>, &'a Thread),
    /// A comment of one.
    ThreadComment(At<'a>, &'a Thread, &'a ThreadComment),
    /// An event of a timeline.
    Event(At<'a>, &'a Event),
    /// A changed file.
    File(&'a ChangedFile),
    /// A commit of a pull request.
    PullCommit(At<'a>, String),
    /// Who made a commit.
    GitActor(Arc<Commit>),
    /// A request for a review.
    Request(At<'a>, &'a Requested),
    /// A team.
    Team(&'a str, &'a str),
    /// All checks of a commit.
    Rollup(&'a Repo, String),
    /// One check.
    Check(&'a Check),
    /// A page of a connection.
    Connection(Rc<Page<'a>>),
    /// Anything small: its type and its fields.
    Plain(String, Rc<Vec<(&'static str, Val<'a>)>>),
}

impl Of<'_> {
    /// GraphQL's type of the object.
    pub(super) fn type_name(&self) -> &str {
        match self {
            Self::Query => "Query",
            Self::Mutation => "Mutation",
            Self::Account(account) => account.kind.type_name(),
            Self::Repo(_) => "Repository",
            Self::Ref(..) => "Ref",
            Self::Git(_, Object::Blob(..)) => "Blob",
            Self::Git(_, Object::Tree(..)) => "Tree",
            Self::Git(_, Object::Commit(_)) => "Commit",
            Self::Entry(..) => "TreeEntry",
            Self::Item(at) if at.item.pull.is_some() => "PullRequest",
            Self::Item(_) => "Issue",
            Self::Label(..) => "Label",
            Self::Comment(..) => "IssueComment",
            Self::Review(..) => "PullRequestReview",
            Self::Thread(..) => "PullRequestReviewThread",
            Self::ThreadComment(..) => "PullRequestReviewComment",
            Self::Event(_, event) => event.kind.type_name(),
            Self::File(_) => "PullRequestChangedFile",
            Self::PullCommit(..) => "PullRequestCommit",
            Self::GitActor(_) => "GitActor",
            Self::Request(..) => "ReviewRequest",
            Self::Team(..) => "Team",
            Self::Rollup(..) => "StatusCheckRollup",
            Self::Check(check) => match check.kind {
                CheckKind::Status(_) => "StatusContext",
                CheckKind::Run(..) => "CheckRun",
            },
            Self::Connection(page) => &page.type_name,
            Self::Plain(name, _) => name,
        }
    }
}

/// A field's error, with GitHub's type of it.
pub(super) fn fail(kind: &str, message: &str) -> FieldError {
    FieldError { message: format!("{kind}\u{0}{message}") }
}

/// GitHub's NOT_FOUND.
pub(super) fn not_found(message: &str) -> FieldError {
    fail("NOT_FOUND", message)
}
