//! The conversation: comments, reviews, inline threads.

use jiff::Timestamp;

use super::item::{Comment, EventKind, Happening, Requested, Review, ReviewState, Thread, ThreadComment};
use super::{ItemRef, Node, World};
use crate::domain::ids::Login;

/// A review to submit.
#[derive(Clone, Debug)]
pub struct NewReview {
    /// Who.
    pub author: String,
    /// APPROVED, `CHANGES_REQUESTED` or COMMENTED.
    pub state: ReviewState,
    /// Its text.
    pub body: String,
    /// The commit that was read; the head where none is given.
    pub commit: Option<String>,
    /// The threads that it opens.
    pub threads: Vec<NewThread>,
}

impl NewReview {
    /// A review of the head without threads.
    #[must_use]
    pub fn new(author: &str, state: ReviewState, body: &str) -> Self {
        Self { author: author.to_owned(), state, body: body.to_owned(), commit: None, threads: Vec::new() }
    }

    /// … that opens these threads.
    #[must_use]
    pub fn threads(mut self, threads: Vec<NewThread>) -> Self {
        self.threads = threads;
        self
    }
}

/// An inline thread to open.
#[derive(Clone, Debug)]
pub struct NewThread {
    /// The file.
    pub path: String,
    /// The line at the head; `None` for the whole file.
    pub line: Option<u64>,
    /// Its first comment.
    pub body: String,
}

impl NewThread {
    /// A thread on a line.
    #[must_use]
    pub fn on(path: &str, line: u64, body: &str) -> Self {
        Self { path: path.to_owned(), line: Some(line), body: body.to_owned() }
    }
}

impl World {
    /// Writes a conversation comment and returns its REST id.
    pub fn comment(&mut self, item: &ItemRef, at: Timestamp, who: &str, body: &str) -> u64 {
        self.settle(item, at);
        let author = self.user(who);
        let id = self.next_id();
        let node_id = self.name_node("IC", id, Node::Comment(item.clone(), id));
        let comment = Comment {
            id,
            node_id,
            author: author.clone(),
            body: body.to_owned(),
            at,
            edited_at: None,
            minimized: None,
        };
        if let Some(state) = self.item_mut(item) {
            state.comments.push(comment);
        }
        self.event(item, at, &author, EventKind::Comment(id));
        self.deliver(item, at, &author, Happening::Comment(id));
        id
    }

    /// Edits a conversation comment: its time stays.
    pub fn edit_comment(&mut self, item: &ItemRef, at: Timestamp, id: u64, body: &str) {
        self.settle(item, at);
        let Some(state) = self.item_mut(item) else { return };
        if let Some(comment) = state.comments.iter_mut().find(|comment| comment.id == id) {
            body.clone_into(&mut comment.body);
            comment.edited_at = Some(at);
            state.updated_at = state.updated_at.max(at);
        }
    }

    /// Deletes a conversation comment, which leaves an event by `who`.
    pub fn delete_comment(&mut self, item: &ItemRef, at: Timestamp, who: &str, id: u64) {
        self.settle(item, at);
        let actor = self.user(who);
        let Some(state) = self.item_mut(item) else { return };
        let Some(author) = state.comments.iter().find(|comment| comment.id == id).map(|c| c.author.clone()) else {
            return;
        };
        state.comments.retain(|comment| comment.id != id);
        state.events.retain(|event| event.kind != EventKind::Comment(id));
        self.event(item, at, &actor, EventKind::CommentDeleted(author));
    }

    /// Submits a review with its threads and returns its REST id. As on GitHub, an APPROVED or CHANGES_REQUESTED
    /// review ends the request for one.
    pub fn review(&mut self, pull: &ItemRef, at: Timestamp, new: NewReview) -> u64 {
        self.settle(pull, at);
        let author = self.user(&new.author);
        let head = self.item(pull).and_then(|item| item.pull.as_ref()).map(|part| part.head_oid.clone());
        let commit = new.commit.or(head).unwrap_or_default();
        let id = self.put_review(pull, at, &author, new.state, &new.body, &commit);
        let mut inline = Vec::new();
        for thread in new.threads {
            inline.push(self.put_thread(pull, at, &author, id, &commit, thread));
        }
        self.event(pull, at, &author, EventKind::Review(id));
        self.deliver(pull, at, &author, Happening::Review(id));
        for comment in inline {
            self.deliver(pull, at, &author, Happening::ReviewComment(comment));
        }
        id
    }

    fn put_review(
        &mut self,
        pull: &ItemRef,
        at: Timestamp,
        author: &Login,
        state: ReviewState,
        body: &str,
        commit: &str,
    ) -> u64 {
        let id = self.next_id();
        let node_id = self.name_node("PRR", id, Node::Review(pull.clone(), id));
        if let Some(part) = self.item_mut(pull).and_then(|item| item.pull.as_mut()) {
            part.reviews.push(Review {
                id,
                node_id,
                author: author.clone(),
                state,
                body: body.to_owned(),
                at,
                updated_at: at,
                edited_at: None,
                commit: commit.to_owned(),
            });
            part.review_requests.retain(|requested| *requested != Requested::Account(author.clone()));
        }
        id
    }

    fn put_thread(
        &mut self,
        pull: &ItemRef,
        at: Timestamp,
        author: &Login,
        review: u64,
        commit: &str,
        new: NewThread,
    ) -> u64 {
        let (id, comment_id) = (self.next_id(), self.next_id());
        let node_id = self.name_node("PRRT", id, Node::Thread(pull.clone(), id));
        let diff_hunk = self.hunk(pull, commit, &new);
        let comment = ThreadComment {
            id: comment_id,
            node_id: super::node_id("PRRC", comment_id),
            author: author.clone(),
            body: new.body,
            at,
            edited_at: None,
            review,
        };
        if let Some(part) = self.item_mut(pull).and_then(|item| item.pull.as_mut()) {
            part.threads.push(Thread {
                id,
                node_id,
                path: new.path,
                line: new.line,
                start_line: None,
                commit: commit.to_owned(),
                outdated: false,
                resolved_by: None,
                diff_hunk,
                comments: vec![comment],
            });
        }
        comment_id
    }

    /// The piece of the diff above a thread: the three lines before its line, and that line.
    fn hunk(&self, pull: &ItemRef, commit: &str, new: &NewThread) -> String {
        let Some(line) = new.line else { return String::new() };
        let text = self.repos.get(&pull.repo).and_then(|repo| repo.git.text(commit, &new.path)).unwrap_or_default();
        let first = line.saturating_sub(3).max(1);
        let skip = usize::try_from(first.saturating_sub(1)).unwrap_or(0);
        let take = usize::try_from(line.saturating_sub(first) + 1).unwrap_or(1);
        let lines: Vec<String> = text.lines().skip(skip).take(take).map(|line| format!("+{line}")).collect();
        format!("@@ -0,0 +{first},{take} @@\n{}", lines.join("\n"))
    }

    /// Opens an inline thread of its own (GitHub makes a COMMENTED review of it) and returns its first comment's id.
    pub fn thread(&mut self, pull: &ItemRef, at: Timestamp, who: &str, new: NewThread) -> u64 {
        self.review(pull, at, NewReview::new(who, ReviewState::Commented, "").threads(vec![new]));
        let part = self.item(pull).and_then(|item| item.pull.as_ref());
        part.and_then(|part| part.threads.last()).and_then(|thread| thread.comments.first()).map_or(0, |c| c.id)
    }

    /// Replies in the thread of a comment (REST's id of any of its comments) and returns the reply's id. As on GitHub
    /// the reply is a COMMENTED review of its own.
    pub fn reply(&mut self, pull: &ItemRef, at: Timestamp, who: &str, to: u64, body: &str) -> Option<u64> {
        self.settle(pull, at);
        let author = self.user(who);
        let part = self.item(pull)?.pull.as_ref()?;
        let head = part.head_oid.clone();
        let thread = part.threads.iter().find(|thread| thread.comments.iter().any(|comment| comment.id == to))?.id;
        let review = self.put_review(pull, at, &author, ReviewState::Commented, "", &head);
        let id = self.next_id();
        let comment = ThreadComment {
            id,
            node_id: super::node_id("PRRC", id),
            author: author.clone(),
            body: body.to_owned(),
            at,
            edited_at: None,
            review,
        };
        let part = self.item_mut(pull)?.pull.as_mut()?;
        part.threads.iter_mut().find(|other| other.id == thread)?.comments.push(comment);
        self.event(pull, at, &author, EventKind::Review(review));
        self.deliver(pull, at, &author, Happening::Review(review));
        self.deliver(pull, at, &author, Happening::ReviewComment(id));
        Some(id)
    }

    /// Resolves or reopens the thread of a comment; GitHub bumps nothing for it and leaves no event.
    pub fn set_resolved(&mut self, pull: &ItemRef, who: &str, comment: u64, resolved: bool) {
        let login = self.user(who);
        let Some(part) = self.item_mut(pull).and_then(|item| item.pull.as_mut()) else { return };
        for thread in &mut part.threads {
            if thread.comments.iter().any(|other| other.id == comment) {
                thread.resolved_by = resolved.then(|| login.clone());
            }
        }
    }

    /// Dismisses a review.
    pub fn dismiss(&mut self, pull: &ItemRef, at: Timestamp, who: &str, review: u64, message: &str) {
        self.settle(pull, at);
        let login = self.user(who);
        let Some(part) = self.item_mut(pull).and_then(|item| item.pull.as_mut()) else { return };
        let Some(found) = part.reviews.iter_mut().find(|other| other.id == review) else { return };
        let before = found.state;
        found.state = ReviewState::Dismissed;
        found.updated_at = at;
        self.event(pull, at, &login, EventKind::ReviewDismissed(review, before, message.to_owned()));
    }
}
