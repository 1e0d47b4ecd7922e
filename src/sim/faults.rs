//! GitHub's bad days, on demand: each fault is for one kind of request and strikes a number of times.
//!
//! Tests say what goes wrong and when, and so does a file ([`read`]) for whoever wants to see a program on such a day;
//! what a client must do about it is the client's business. A fault that strikes is written in the log like any other
//! answer.

mod file;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use super::{Answer, Broken, Logged, State, graphql, json as answer_json, rest};

pub use file::{HELP, read};

/// Which requests a fault is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any.
    Any,
    /// GraphQL queries.
    Query,
    /// GraphQL mutations.
    Mutation,
    /// Any write of REST.
    Write,
    /// REST requests whose path ends in this.
    Path(String),
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// 502 with GitHub's page of HTML; the request is not carried out.
    BadGateway,
    /// 503.
    Unavailable,
    /// No answer, ever; the request is not carried out.
    Silence,
    /// The request is carried out, and its answer is lost in a 502.
    LostReply,
    /// The request is carried out, and no answer ever comes.
    LostInSilence,
    /// GitHub's secondary rate limit, for so many seconds.
    SecondaryLimit(u64),
    /// The hour's points or requests are spent.
    RateLimited,
    /// The token is not accepted.
    BadCredentials,
    /// The organisation asks for single sign-on.
    SsoRequired,
    /// A GraphQL answer in which one item's part is null, with an error that says so.
    Partial,
    /// Before the request is carried out, somebody pushes to the pull request that it names (or to the first open one).
    MovedHead,
    /// 200 with a body that is no JSON.
    Garbage,
    /// The connection is closed; the request is not carried out.
    Dropped,
    /// The request is carried out, and the connection is closed before its answer.
    LostInDrop,
    /// The request is carried out, and the answer breaks off in its middle.
    Truncated,
    /// The request is carried out, and the answer takes its time.
    Slow(Duration),
    /// A fine-grained token may not do this.
    NoScope,
    /// GitHub hides what the request is for.
    NotFound,
    /// GitHub finds fault with what was sent.
    Rejected,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which requests.
    pub kind: Kind,
    /// What goes wrong.
    pub trouble: Trouble,
    /// So many requests of the kind pass first.
    pub skip: usize,
    /// It strikes so many times.
    pub times: usize,
}

impl Fault {
    /// A fault that strikes the next request of a kind.
    #[must_use]
    pub fn once(kind: Kind, trouble: Trouble) -> Self {
        Self { kind, trouble, skip: 0, times: 1 }
    }

    /// … that strikes so many times.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// … after so many requests of the kind.
    #[must_use]
    pub fn after(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }
}

/// The faults that are waiting.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    waiting: VecDeque<Fault>,
}

impl Faults {
    /// Adds one.
    pub fn add(&mut self, fault: Fault) {
        self.waiting.push_back(fault);
    }

    /// What strikes this request: the first waiting fault of its kind.
    fn strike(&mut self, request: &Request<Bytes>) -> Option<Trouble> {
        let fault = self.waiting.iter_mut().find(|fault| fault.times > 0 && fits(&fault.kind, request))?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        fault.times -= 1;
        let trouble = fault.trouble.clone();
        self.waiting.retain(|fault| fault.times > 0);
        Some(trouble)
    }
}

fn fits(kind: &Kind, request: &Request<Bytes>) -> bool {
    let graphql = graphql::is_graphql(request);
    let mutation = graphql && graphql::is_mutation(request.body());
    match kind {
        Kind::Any => true,
        Kind::Query => graphql && !mutation,
        Kind::Mutation => mutation,
        Kind::Write => !graphql && *request.method() != Method::GET,
        Kind::Path(end) => !graphql && request.uri().path().ends_with(end.as_str()),
    }
}

/// Answers a request, with the fault that strikes it.
pub(super) fn answer(state: &mut State, request: &Request<Bytes>, now: Timestamp, logged: &mut Logged) -> Answer {
    match state.faults.strike(request) {
        None => Answer::Response(carry_out(state, request, now, logged)),
        Some(Trouble::BadGateway) => Answer::Response(html(StatusCode::BAD_GATEWAY)),
        Some(Trouble::Unavailable) => Answer::Response(html(StatusCode::SERVICE_UNAVAILABLE)),
        Some(Trouble::Silence) => Answer::Silence,
        Some(Trouble::LostReply) => {
            carry_out(state, request, now, logged);
            Answer::Response(html(StatusCode::BAD_GATEWAY))
        }
        Some(Trouble::LostInSilence) => {
            carry_out(state, request, now, logged);
            Answer::Silence
        }
        Some(Trouble::SecondaryLimit(seconds)) => {
            let mut response = answer_json(
                StatusCode::FORBIDDEN,
                &json!({
                    "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                    "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
                }),
            );
            response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from(seconds));
            Answer::Response(response)
        }
        Some(Trouble::RateLimited) => {
            state.budget.exhaust(now);
            Answer::Response(carry_out(state, request, now, logged))
        }
        Some(Trouble::BadCredentials) => Answer::Response(rest::bad_credentials()),
        Some(Trouble::SsoRequired) => {
            let mut response = answer_json(
                StatusCode::FORBIDDEN,
                &json!({
                    "message": "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
                    "documentation_url": "https://docs.github.com/articles/authenticating-to-a-github-organization-with-saml-single-sign-on/",
                }),
            );
            let value = HeaderValue::from_static(
                "required; url=https://github.com/orgs/kubevirt/sso?authorization_request=sim",
            );
            response.headers_mut().insert(HeaderName::from_static("x-github-sso"), value);
            Answer::Response(response)
        }
        Some(Trouble::Partial) => {
            let response = carry_out(state, request, now, logged);
            Answer::Response(graphql::spoil(response))
        }
        Some(Trouble::MovedHead) => {
            move_head(state, request, now);
            Answer::Response(carry_out(state, request, now, logged))
        }
        Some(Trouble::Dropped) => Answer::Broken(Broken::Dropped),
        Some(Trouble::LostInDrop) => {
            carry_out(state, request, now, logged);
            Answer::Broken(Broken::Dropped)
        }
        Some(Trouble::Truncated) => {
            let response = carry_out(state, request, now, logged);
            Answer::Broken(Broken::Truncated(Box::new(response)))
        }
        Some(Trouble::Slow(by)) => Answer::Late(carry_out(state, request, now, logged), by),
        Some(Trouble::NoScope) => {
            let message = "Resource not accessible by personal access token";
            let (status, body) = rest::refusal(StatusCode::FORBIDDEN, message);
            Answer::Response(answer_json(status, &body))
        }
        Some(Trouble::NotFound) => {
            let (status, body) = rest::not_found();
            Answer::Response(answer_json(status, &body))
        }
        Some(Trouble::Rejected) => {
            let (status, body) = rest::unprocessable(json!(["The simulator was told to reject this"]));
            Answer::Response(answer_json(status, &body))
        }
        Some(Trouble::Garbage) => {
            let mut response = carry_out(state, request, now, logged);
            *response.body_mut() = Bytes::from_static(b"{\"data\": {\"repos");
            Answer::Response(response)
        }
    }
}

fn carry_out(
    state: &mut State,
    request: &Request<Bytes>,
    now: Timestamp,
    logged: &mut Logged,
) -> http::Response<Bytes> {
    if graphql::is_graphql(request) {
        graphql::handle(state, request, now, logged)
    } else {
        rest::handle(state, request, now, logged)
    }
}

/// GitHub's page for trouble, in short.
fn html(status: StatusCode) -> http::Response<Bytes> {
    let text = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
    let mut response = http::Response::new(Bytes::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// The author pushes to the pull request that the path names, else to the first open one.
fn move_head(state: &mut State, request: &Request<Bytes>, now: Timestamp) {
    let mut parts = request.uri().path().split('/').skip_while(|part| *part != "pulls" && *part != "issues").skip(1);
    let number = parts.next().and_then(|part| part.parse::<u64>().ok());
    let found = state.world.repos.values().find_map(|repo| {
        let item = repo
            .items
            .values()
            .find(|item| item.open && item.pull.is_some() && number.is_none_or(|number| number == item.number))?;
        Some((super::world::ItemRef { repo: repo.id.clone(), number: item.number }, item.author.clone()))
    });
    if let Some((pull, author)) = found {
        let path = format!("veps/notes-{}.md", now.as_second());
        state.world.push(
            &pull,
            now,
            author.as_str(),
            "Address review",
            &[super::world::Edit::text(&path, "A note.\n")],
        );
    }
}
