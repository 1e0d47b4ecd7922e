//! Whether a post has arrived, read from the proposal itself. No clock is compared: what was there before the post
//! was sent is known by its ids, so an equal text of the same person that is none of these is ours.

use crate::domain::action::{Post, ReviewEvent};
use crate::domain::facts::{Actor, PullFacts, ReviewState};
use crate::domain::ids::Login;

/// Something on GitHub that looks like the post: its id and its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// GraphQL's id.
    pub id: String,
    /// Its page, where it has one.
    pub link: Option<String>,
}

/// Everything on the proposal that equals the post and is of the same person, oldest first.
#[must_use]
pub fn twins(post: &Post, pull: &PullFacts, me: &Login) -> Vec<Twin> {
    match post {
        Post::Comment { body } => pull
            .comments
            .iter()
            .filter(|comment| is_mine(comment.author.as_ref(), me) && same_text(&comment.body, body))
            .map(|comment| Twin { id: comment.id.to_string(), link: Some(comment.url.clone()) })
            .collect(),
        Post::Review { event, body, commit } => pull
            .reviews
            .iter()
            .filter(|review| {
                let state = match event {
                    ReviewEvent::Approve => ReviewState::Approved,
                    ReviewEvent::RequestChanges => ReviewState::ChangesRequested,
                };
                // A review that was dismissed since no longer says what it was; its text and commit still do.
                (review.state == state || review.state == ReviewState::Dismissed)
                    && is_mine(review.author.as_ref(), me)
                    && review.commit.as_ref() == Some(commit)
                    && same_text(&review.body, body)
            })
            .map(|review| Twin { id: review.id.to_string(), link: Some(review.url.clone()) })
            .collect(),
        Post::Dismiss { review: id, .. } => pull
            .reviews
            .iter()
            .filter(|review| review.database_id == Some(*id) && review.state == ReviewState::Dismissed)
            .map(|review| Twin { id: review.id.to_string(), link: Some(review.url.clone()) })
            .collect(),
        Post::Reply { to, body } => pull
            .threads
            .iter()
            .filter(|thread| thread.comments.first().is_some_and(|first| first.database_id == Some(*to)))
            .flat_map(|thread| thread.comments.iter().skip(1))
            .filter(|comment| is_mine(comment.author.as_ref(), me) && same_text(&comment.body, body))
            .map(|comment| Twin { id: comment.id.to_string(), link: Some(comment.url.clone()) })
            .collect(),
        Post::Resolve { thread: id } => pull
            .threads
            .iter()
            .filter(|thread| thread.id == *id && thread.resolved)
            .map(|thread| Twin {
                id: thread.id.to_string(),
                link: thread.comments.first().map(|first| first.url.clone()),
            })
            .collect(),
    }
}

fn is_mine(author: Option<&Actor>, me: &Login) -> bool {
    author.is_some_and(|author| author.login == *me)
}

/// GitHub changes line ends to CRLF now and then, and cuts blanks at the ends.
fn same_text(theirs: &str, ours: &str) -> bool {
    theirs.replace("\r\n", "\n").trim() == ours.replace("\r\n", "\n").trim()
}
