//! Writes: one call, one attempt, never repeated here. A reply that is lost leaves the write *unknown*, and whoever
//! sent it must look at the thread before sending anything again (`shell::outbox`).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::client::{Client, Reply};
use super::edge::WireError;
use super::failures;
use super::wire::GraphqlError;
use crate::domain::action::{Post, ReviewEvent};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::ids::{NodeId, PullNumber, RepoId};

/// What GitHub made of a post. A field is `None` where the answer does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// The page of what was posted.
    pub url: Option<String>,
    /// REST's id.
    pub database_id: Option<u64>,
    /// GraphQL's id.
    pub node: Option<NodeId>,
    /// The server's clock.
    pub at: Option<Timestamp>,
}

/// Why a post did not succeed, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// GitHub has not done it: it may be sent again.
    NotSent(Failure),
    /// Nobody knows: it may have been done.
    Unknown(Failure),
}

impl SendFailure {
    /// The failure itself.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        match self {
            Self::NotSent(failure) | Self::Unknown(failure) => failure,
        }
    }
}

impl Client {
    /// Sends one post, exactly once.
    ///
    /// # Errors
    /// [`SendFailure::NotSent`] where GitHub refused it or was never reached, [`SendFailure::Unknown`] where the reply
    /// was lost or is a server error, after which it may have been done all the same.
    pub async fn send(&self, repo: &RepoId, pull: PullNumber, post: &Post) -> Result<Posted, SendFailure> {
        let base = format!("/repos/{}/{}", repo.owner, repo.name);
        let n = pull.0;
        let (attempted, reply) = match post {
            Post::Comment { body } => (
                format!("comment on {repo}{pull}"),
                self.post(&self.rest(&format!("{base}/issues/{n}/comments")), &json!({ "body": body })).await,
            ),
            Post::Review { event, body, commit } => {
                let (verb, event) = match event {
                    ReviewEvent::Approve => ("approve", "APPROVE"),
                    ReviewEvent::RequestChanges => ("request changes on", "REQUEST_CHANGES"),
                };
                let mut call = json!({ "event": event, "commit_id": commit });
                if !body.is_empty()
                    && let Some(call) = call.as_object_mut()
                {
                    call.insert("body".to_owned(), Value::String(body.clone()));
                }
                (
                    format!("{verb} {repo}{pull}"),
                    self.post(&self.rest(&format!("{base}/pulls/{n}/reviews")), &call).await,
                )
            }
            Post::Dismiss { review, message } => (
                format!("dismiss the own review of {repo}{pull}"),
                self.put(
                    &self.rest(&format!("{base}/pulls/{n}/reviews/{review}/dismissals")),
                    &json!({ "message": message, "event": "DISMISS" }),
                )
                .await,
            ),
            Post::Reply { to, body } => (
                format!("reply in a thread of {repo}{pull}"),
                self.post(&self.rest(&format!("{base}/pulls/{n}/comments/{to}/replies")), &json!({ "body": body }))
                    .await,
            ),
            Post::Resolve { thread } => {
                let document = include_str!("../../../assets/graphql/resolve.graphql");
                let call = json!({ "query": document, "variables": { "thread": thread } });
                let attempted = format!("resolve a thread of {repo}{pull}");
                let reply = self.post(self.graphql_address(), &call).await;
                return self.judge_mutation(&attempted, reply);
            }
        };
        self.judge(&attempted, reply)
    }

    fn judge(&self, attempted: &str, reply: Result<Reply, WireError>) -> Result<Posted, SendFailure> {
        let reply = self.arrived(attempted, reply)?;
        // Whoever answers with something else than what was made may be no GitHub at all (a proxy's page): the proposal
        // itself says whether it is there.
        let body = read_body(attempted, &reply, |body| body.get("id").is_some())?;
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(Posted {
            url: text("html_url"),
            database_id: body.get("id").and_then(Value::as_u64),
            node: text("node_id").map(NodeId::new),
            at: failures::server_time(&reply.headers),
        })
    }

    fn judge_mutation(&self, attempted: &str, reply: Result<Reply, WireError>) -> Result<Posted, SendFailure> {
        let reply = self.arrived(attempted, reply)?;
        let body = read_body(attempted, &reply, |body| body.get("data").or(body.get("errors")).is_some())?;
        if let Some(error) = body.get("errors").and_then(Value::as_array).and_then(|errors| errors.first()) {
            let error = GraphqlError::read(error);
            let failure = failures::no_data(attempted, std::slice::from_ref(&error), None);
            return Err(match failure.kind {
                FailureKind::Server => SendFailure::Unknown(failure),
                FailureKind::Protocol => SendFailure::NotSent(Failure::new(
                    FailureKind::Rejected,
                    attempted,
                    format!("GitHub rejects it: {}", error.message),
                )),
                _ => SendFailure::NotSent(failure),
            });
        }
        Ok(Posted { at: failures::server_time(&reply.headers), ..Posted::default() })
    }

    /// The reply, where GitHub did it.
    fn arrived(&self, attempted: &str, reply: Result<Reply, WireError>) -> Result<Reply, SendFailure> {
        let reply = reply.map_err(|error| {
            let failure = failures::no_answer(attempted, self.host(), &error);
            if error.maybe_sent { SendFailure::Unknown(failure) } else { SendFailure::NotSent(failure) }
        })?;
        match failures::bad_status(attempted, reply.status, &reply.headers, &reply.body) {
            None => {
                self.note_power(None);
                Ok(reply)
            }
            // GitHub's words for whoever writes too fast; its documentation files them under validation.
            Some(mut failure)
                if failure.kind == FailureKind::Rejected && failure.cause.contains("submitted too quickly") =>
            {
                failure.kind = FailureKind::RateLimited;
                Err(SendFailure::NotSent(failure))
            }
            Some(failure)
                if failure.kind == FailureKind::Permission && failure.cause.contains("Resource not accessible by") =>
            {
                self.note_power(Some("Resource not accessible by this token"));
                Err(SendFailure::NotSent(failure))
            }
            // GitHub's 5xx come from in front of the application as often as from behind it: the comment may be there.
            Some(failure) if failure.kind == FailureKind::Server => Err(SendFailure::Unknown(failure)),
            Some(failure) => {
                self.heed(&failure);
                Err(SendFailure::NotSent(failure))
            }
        }
    }
}

/// The body of a success, where it says what was made.
fn read_body(attempted: &str, reply: &Reply, is_good: impl FnOnce(&Value) -> bool) -> Result<Value, SendFailure> {
    serde_json::from_slice(&reply.body).ok().filter(is_good).ok_or_else(|| {
        let cause = "the answer is no answer of GitHub's to this; it may have been done all the same";
        SendFailure::Unknown(Failure::new(FailureKind::Server, attempted, cause))
    })
}
