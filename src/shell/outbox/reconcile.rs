//! Whether a post has arrived, read from the proposal itself. What was there before the post was sent is known by its
//! ids, so an equal text of the same person that is none of these is ours. The only clock that is asked is the server's:
//! what it dates well before the post is not ours either, should the ids not have been read whole.

use jiff::{SignedDuration, Timestamp};

use crate::domain::action::{Post, ReviewEvent};
use crate::domain::facts::{Actor, PullFacts, ReviewState};
use crate::domain::ids::Login;

/// The clocks of GitHub's own machines agree to this.
const SLACK: SignedDuration = SignedDuration::from_secs(60);

/// Something on GitHub that looks like the post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// GraphQL's id.
    pub id: String,
    /// Its page, where it has one.
    pub link: Option<String>,
    /// When it was written, by the server's clock; none for a state, which has no time of its own.
    pub at: Option<Timestamp>,
}

/// The post as it stands on the proposal, if it does: an equal text of the same person that was not there before and is
/// not older than the sending.
#[must_use]
pub fn ours(post: &Post, pull: &PullFacts, me: &Login, before: &[String], since: Option<Timestamp>) -> Option<Twin> {
    let old = |at: Timestamp| since.and_then(|since| since.checked_sub(SLACK).ok()).is_some_and(|since| at < since);
    twins(post, pull, me).into_iter().find(|twin| match twin.at {
        // A state is what it is, whoever brought it about.
        None => true,
        Some(at) => !before.contains(&twin.id) && !old(at),
    })
}

/// The part of a proposal in which a post would be, as `PullFacts::truncated` names it.
#[must_use]
pub fn part(post: &Post) -> &'static str {
    match post {
        Post::Comment { .. } => "comments",
        Post::Review { .. } | Post::Dismiss { .. } => "reviews",
        Post::Reply { .. } | Post::Resolve { .. } => "threads",
    }
}

/// Everything on the proposal that equals the post and is of the same person, oldest first.
#[must_use]
pub fn twins(post: &Post, pull: &PullFacts, me: &Login) -> Vec<Twin> {
    match post {
        Post::Comment { body } => pull
            .comments
            .iter()
            .filter(|comment| is_mine(comment.author.as_ref(), me) && same_text(&comment.body, body))
            .map(|comment| Twin { id: comment.id.to_string(), link: Some(comment.url.clone()), at: Some(comment.at) })
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
                    // GitHub forgets a commit that a force-push has thrown away.
                    && review.commit.as_ref().is_none_or(|known| known == commit)
                    && same_text(&review.body, body)
            })
            .map(|review| Twin { id: review.id.to_string(), link: Some(review.url.clone()), at: Some(review.at) })
            .collect(),
        Post::Dismiss { review: id, .. } => pull
            .reviews
            .iter()
            .filter(|review| review.database_id == Some(*id) && review.state == ReviewState::Dismissed)
            .map(|review| Twin { id: review.id.to_string(), link: Some(review.url.clone()), at: None })
            .collect(),
        Post::Reply { to, body } => pull
            .threads
            .iter()
            .filter(|thread| thread.comments.first().is_some_and(|first| first.database_id == Some(*to)))
            .flat_map(|thread| thread.comments.iter().skip(1))
            .filter(|comment| is_mine(comment.author.as_ref(), me) && same_text(&comment.body, body))
            .map(|comment| Twin { id: comment.id.to_string(), link: Some(comment.url.clone()), at: Some(comment.at) })
            .collect(),
        Post::Resolve { thread: id } => pull
            .threads
            .iter()
            .filter(|thread| thread.id == *id && thread.resolved)
            .map(|thread| Twin {
                id: thread.id.to_string(),
                link: thread.comments.first().map(|first| first.url.clone()),
                at: None,
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
