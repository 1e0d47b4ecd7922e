//! The one door to GitHub: octocrab over any tower service that carries bytes, so that the tested path is the shipped
//! path. Reads may be repeated once; writes (`send`) never are.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use jiff::Timestamp;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower::Service;

use super::ask::{Ask, MOST_PULLS};
use super::budget::{Budget, Limit};
use super::connect::{Network, Wire};
use super::edge::{BoxError, Edge, Trouble, WireError};
use super::failures;
use super::less;
use super::limits::Quiet;
use super::wire::{GraphqlError, Maybe, RateLimit};
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::text::sanitize_line;

/// How long a read waits before it is repeated, and the longest `Retry-After` that is waited for at all: whoever
/// looks at a screen would rather know.
const PAUSE: Duration = Duration::from_millis(500);

/// How many requests are under way at once, where nobody sets it. GitHub asks for few.
pub const AT_ONCE: usize = 3;

/// GitHub's client. Cheap to clone; clones share connections and budget.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    crab: Octocrab,
    roots: Roots,
    budget: Mutex<Budget>,
    /// How many pull requests GitHub bore in one request lately.
    pace: AtomicUsize,
    /// GitHub asked for silence.
    quiet: Mutex<Option<Quiet>>,
    /// The server's clock, and when it showed that.
    server: Mutex<Option<(Timestamp, Instant)>>,
    /// A place for each request that may be under way at once.
    places: Semaphore,
    at_once: usize,
    /// Fields that this server does not know.
    unknown: Mutex<BTreeSet<&'static str>>,
    /// Tells this token's budget from another's; no token can be told from it.
    mark: String,
    token: Mutex<Powers>,
}

/// What GitHub has said of the token.
#[derive(Clone, Debug, Default)]
struct Powers {
    /// A classic token's scopes; none of a fine-grained one, whose powers GitHub does not tell.
    scopes: Option<Vec<String>>,
    /// GitHub's words where it refused a write for want of power.
    refused: Option<String>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("rest", &self.inner.roots.rest).finish_non_exhaustive()
    }
}

/// Where GitHub's two interfaces are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// REST's root, without a slash at its end.
    pub rest: String,
    /// GraphQL's address.
    pub graphql: String,
    /// The host, for messages.
    pub host: String,
}

impl Roots {
    /// Reads REST's root (`VEPHERD_GITHUB_API`); GraphQL's address follows from it.
    ///
    /// # Errors
    /// Where it is no address, or would send the token in clear text to another machine.
    pub fn parse(root: &str) -> Result<Self, Failure> {
        let bad = |cause: String| {
            Failure::new(FailureKind::Configuration, "use the address of GitHub's API", cause)
                .hint("Set VEPHERD_GITHUB_API to something like https://api.github.com or https://HOST/api/v3.")
        };
        let rest = root.trim().trim_end_matches('/').to_owned();
        let uri: Uri = rest.parse().map_err(|error| bad(format!("`{rest}` is no address: {error}")))?;
        let host = uri
            .host()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| bad(format!("`{rest}` names no host")))?
            .to_owned();
        if uri.query().is_some() || uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(bad("the address must hold neither a query nor a user or password".to_owned()));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(&host) => {}
            Some("http") => {
                return Err(bad(format!(
                    "plain http to {host} would send the token in clear text; only this machine itself (127.0.0.1, localhost) may be reached so"
                )));
            }
            _ => return Err(bad(format!("`{rest}` begins neither with https:// nor with http://"))),
        }
        let graphql = match rest.strip_suffix("/api/v3") {
            Some(host) => format!("{host}/api/graphql"),
            None => format!("{rest}/graphql"),
        };
        Ok(Self { rest, graphql, host })
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A GraphQL answer that has data, perhaps with errors beside it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The data.
    pub data: Value,
    /// What could not be answered.
    pub errors: Vec<GraphqlError>,
    /// The server's clock.
    pub server_time: Option<Timestamp>,
}

/// No answer with data: why, the server's `Retry-After`, and its errors.
struct Refusal {
    failure: Failure,
    wait: Option<Duration>,
    errors: Vec<GraphqlError>,
}

/// A raw answer, whatever its status.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Client {
    /// A client over any service: the network, or a simulator in this process. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// Where `root` is no usable address, or the token holds what no token holds.
    pub fn over<S>(service: S, root: &str, token: SecretString) -> Result<Self, Failure>
    where
        S: Service<Request<Bytes>, Response = Response<Bytes>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
    {
        Self::build(service, root, token, AT_ONCE)
    }

    fn build<S>(service: S, root: &str, token: SecretString, at_once: usize) -> Result<Self, Failure>
    where
        S: Service<Request<Bytes>, Response = Response<Bytes>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
    {
        let roots = Roots::parse(root)?;
        let mark = mark(&roots.host, &token);
        let bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim())).ok();
        let bearer = bearer.filter(|_| !token.expose_secret().trim().is_empty()).ok_or_else(|| {
            Failure::new(FailureKind::Credentials, "use the token", "it is empty or holds characters that no token has")
                .hint("Set VEPHERD_TOKEN to a valid token, or run `vepherd auth login`.")
        })?;
        let built =
            OctocrabBuilder::new_empty().with_service(Edge::new(service, bearer)).with_auth(AuthState::None).build();
        let crab = match built {
            Ok(crab) => crab,
            Err(never) => match never {},
        };
        let at_once = at_once.max(1);
        Ok(Self {
            inner: Arc::new(Inner {
                crab,
                roots,
                budget: Mutex::new(Budget::default()),
                pace: AtomicUsize::new(MOST_PULLS),
                quiet: Mutex::new(None),
                server: Mutex::new(None),
                places: Semaphore::new(at_once),
                at_once,
                unknown: Mutex::default(),
                mark,
                token: Mutex::default(),
            }),
        })
    }

    /// A client over the network.
    ///
    /// # Errors
    /// As [`Client::over`], and where the machine has no certificate roots or a proxy is set that cannot be used.
    pub fn connect(root: &str, token: SecretString, wire: &Wire) -> Result<Self, Failure> {
        // The address is checked first: its mistakes are the user's, and more frequent.
        Roots::parse(root)?;
        Self::build(Network::new(&wire.proxies)?, root, token, wire.at_once)
    }

    /// The most requests that are under way at once.
    #[must_use]
    pub fn at_once(&self) -> usize {
        self.inner.at_once
    }

    /// The time by the server's clock, as far as it is known: the user's may be wrong, or frozen.
    #[must_use]
    pub fn server_now(&self) -> Option<Timestamp> {
        let server = *self.inner.server.lock().unwrap_or_else(PoisonError::into_inner);
        server.and_then(|(at, seen)| at.checked_add(jiff::SignedDuration::try_from(seen.elapsed()).ok()?).ok())
    }

    /// The server's clock shows this now.
    pub(super) fn set_server_now(&self, at: Timestamp) {
        if self.server_now().is_none_or(|known| known < at) {
            *self.inner.server.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, Instant::now()));
        }
    }

    /// The silence that GitHub asked for, where it lasts by the user's clock and by the server's.
    #[must_use]
    pub fn quiet(&self, now: Timestamp) -> Option<Quiet> {
        let quiet = self.inner.quiet.lock().unwrap_or_else(PoisonError::into_inner).clone();
        quiet.filter(|quiet| quiet.until > self.latest(now))
    }

    /// The later of the user's and the server's clock.
    pub(super) fn latest(&self, now: Timestamp) -> Timestamp {
        self.server_now().map_or(now, |server| server.max(now))
    }

    /// GitHub asked for silence, this process or another one.
    pub(super) fn hush(&self, new: Quiet) {
        let mut quiet = self.inner.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        if quiet.as_ref().is_none_or(|old| old.until < new.until) {
            *quiet = Some(new);
        }
    }

    /// Remembers until when GitHub wants to hear nothing, where a failure says so.
    pub(super) fn heed(&self, failure: &Failure) {
        if let (FailureKind::RateLimited, Some(until)) = (failure.kind, failure.retry_at) {
            self.hush(Quiet { until, said: failure.cause.clone() });
        }
    }

    /// Another process knows better what is left.
    pub(super) fn adopt(&self, points: Limit) {
        self.lock().points = points;
    }

    /// The name under which processes with this token tell each other its limits.
    pub(super) fn limits_key(&self) -> String {
        format!("limits:{}", self.inner.mark)
    }

    /// What was spent, and what is left.
    #[must_use]
    pub fn budget(&self) -> Budget {
        *self.lock()
    }

    /// How many pull requests to ask for at once: GitHub stops a query after about ten seconds, and how much that is
    /// changes by the hour. A request that was too much halves it, each one that was not lets it grow again by one.
    #[must_use]
    pub fn pace(&self) -> usize {
        self.inner.pace.load(Ordering::Relaxed)
    }

    /// GitHub answered these in time.
    pub(super) fn bore(&self, asks: &[Ask]) {
        let pace = self.pace();
        if size(asks) >= pace {
            self.inner.pace.store((pace + 1).min(MOST_PULLS), Ordering::Relaxed);
        }
    }

    /// These were too much for GitHub.
    pub(super) fn bent(&self, asks: &[Ask]) {
        self.inner.pace.fetch_min((size(asks) / 2).max(1), Ordering::Relaxed);
    }

    /// Why this token cannot write, as far as GitHub has told: a classic token by its scopes, a fine-grained one by the
    /// first write that was refused.
    #[must_use]
    pub fn read_only(&self) -> Option<String> {
        self.lacks_scope().or_else(|| {
            let token = self.inner.token.lock().unwrap_or_else(PoisonError::into_inner);
            token.refused.as_ref().map(|said| {
                format!("the token may not write: it needs read and write of pull requests and issues (GitHub: {said})")
            })
        })
    }

    /// Why this token cannot write, whatever is tried: its scopes say so. What a fine-grained token may can be changed
    /// without making a new one, so that a refusal is no last word.
    #[must_use]
    pub fn lacks_scope(&self) -> Option<String> {
        let token = self.inner.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scopes) = &token.scopes
            && !scopes.iter().any(|scope| scope == "public_repo" || scope == "repo")
        {
            let has = if scopes.is_empty() { "none".to_owned() } else { scopes.join(", ") };
            return Some(format!("the token may not write: it needs the scope public_repo (it has {has})"));
        }
        None
    }

    /// GitHub has refused a write because of what the token may (its words), or has taken one.
    pub(super) fn note_power(&self, refused: Option<&str>) {
        self.inner.token.lock().unwrap_or_else(PoisonError::into_inner).refused = refused.map(str::to_owned);
    }

    /// REST's root: which server this is.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.inner.roots.rest
    }

    /// The host, for messages.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.inner.roots.host
    }

    /// Asks a read-only GraphQL query; repeated once where the connection fails or the server has a hiccup.
    ///
    /// # Errors
    /// Where no data comes; data with errors beside it is an answer.
    pub async fn graphql(&self, document: &str, variables: Value) -> Result<Answer, Failure> {
        self.read("read from GitHub", document, &variables, true).await
    }

    /// The same with a phrase for failures. `stubborn` repeats server errors as well as broken connections; a caller
    /// who can ask for less does that instead.
    pub(crate) async fn read(
        &self,
        attempted: &str,
        document: &str,
        variables: &Value,
        stubborn: bool,
    ) -> Result<Answer, Failure> {
        let mut first = self.query_once(attempted, document, variables).await;
        // The server knows less than GitHub, which it says once: what it does not know is left out from then on.
        for _ in less::OPTIONAL {
            if !matches!(&first, Err(refusal) if self.learn(&refusal.errors)) {
                break;
            }
            first = self.query_once(attempted, document, variables).await;
        }
        let first = first.map_err(|refusal| (refusal.failure, refusal.wait));
        let again = match &first {
            Err((failure, _)) => match failure.kind {
                FailureKind::Network => true,
                FailureKind::Server => stubborn,
                _ => false,
            },
            Ok(_) => false,
        };
        match first {
            Ok(answer) => Ok(answer),
            Err((failure, wait)) if again && wait.is_none_or(|wait| wait <= PAUSE * 4) => {
                tracing::debug!(kind = ?failure.kind, "a read is repeated");
                tokio::time::sleep(wait.unwrap_or(PAUSE)).await;
                self.query_once(attempted, document, variables).await.map_err(|refusal| refusal.failure)
            }
            Err((failure, _)) => Err(failure),
        }
    }

    /// One query, one attempt.
    async fn query_once(&self, attempted: &str, document: &str, variables: &Value) -> Result<Answer, Refusal> {
        let unknown = self.inner.unknown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let document = unknown.iter().fold(document.to_owned(), |query, field| less::without(&query, field));
        let body = json!({ "query": document, "variables": variables });
        let refused = |failure, wait| Refusal { failure, wait, errors: Vec::new() };
        let reply = self.post(&self.inner.roots.graphql, &body).await;
        let reply = reply.map_err(|error| refused(failures::no_answer(attempted, self.host(), &error), None))?;
        let wait = retry_after(&reply.headers);
        if let Some(failure) = failures::bad_status(attempted, reply.status, &reply.headers, &reply.body) {
            self.heed(&failure);
            return Err(refused(failure, wait));
        }
        let mut json: Value = serde_json::from_slice(&reply.body).map_err(|_| {
            let failure = Failure::new(
                FailureKind::Protocol,
                attempted,
                format!("{} answers something that is no JSON", self.host()),
            )
            .hint("Check VEPHERD_GITHUB_API: is that address GitHub's API?");
            refused(failure, None)
        })?;
        let errors: Vec<GraphqlError> =
            json.get("errors").and_then(Value::as_array).into_iter().flatten().map(GraphqlError::read).collect();
        let data = json.get_mut("data").map(Value::take).unwrap_or_default();
        if let Some(rate) = data.get("rateLimit") {
            let rate: Maybe<RateLimit> = serde_json::from_value(rate.clone()).unwrap_or_default();
            if let Some(rate) = rate.get() {
                self.lock().read_answer(rate);
            }
        }
        if data.as_object().is_none_or(|data| data.is_empty()) {
            let failure = failures::no_data(attempted, &errors, self.budget().points.reset_at);
            self.heed(&failure);
            return Err(Refusal { failure, wait, errors });
        }
        Ok(Answer { data, errors, server_time: failures::server_time(&reply.headers) })
    }

    /// Learns which fields the server does not know; true where asking without them may help.
    fn learn(&self, errors: &[GraphqlError]) -> bool {
        let fields = less::unknown(errors).unwrap_or_default();
        let mut unknown = self.inner.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        for field in &fields {
            if unknown.insert(field) {
                tracing::warn!(field, "the server does not know a field; it is left out");
            }
        }
        !fields.is_empty()
    }

    /// The server does not know a field, so that its absence means nothing.
    pub(crate) fn lacks(&self, field: &str) -> bool {
        self.inner.unknown.lock().unwrap_or_else(PoisonError::into_inner).contains(field)
    }

    /// REST's address of a path.
    pub(super) fn rest(&self, path: &str) -> String {
        format!("{}{path}", self.inner.roots.rest)
    }

    /// GraphQL's address.
    pub(super) fn graphql_address(&self) -> &str {
        &self.inner.roots.graphql
    }

    /// One POST, one attempt.
    pub(super) async fn post(&self, address: &str, body: &Value) -> Result<Reply, WireError> {
        let _place = self.inner.places.acquire().await;
        self.lock().requests += 1;
        let answer = self.inner.crab._post(address, Some(body)).await;
        self.reply(answer, address).await
    }

    /// One PUT, one attempt.
    pub(super) async fn put(&self, address: &str, body: &Value) -> Result<Reply, WireError> {
        let _place = self.inner.places.acquire().await;
        self.lock().requests += 1;
        let answer = self.inner.crab._put(address, Some(body)).await;
        self.reply(answer, address).await
    }

    async fn reply(
        &self,
        answer: octocrab::Result<Response<BoxBody<Bytes, octocrab::Error>>>,
        address: &str,
    ) -> Result<Reply, WireError> {
        let response = answer.map_err(|error| wire_error(&error))?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| wire_error(&error))?.to_bytes();
        if let Some(scopes) = parts.headers.get("x-oauth-scopes").and_then(|value| value.to_str().ok()) {
            let scopes = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(sanitize_line);
            self.inner.token.lock().unwrap_or_else(PoisonError::into_inner).scopes = Some(scopes.collect());
        }
        self.lock().read_headers(&parts.headers, address == self.inner.roots.graphql);
        if let Some(at) = failures::server_time(&parts.headers) {
            self.set_server_now(at);
        }
        Ok(Reply { status: parts.status, headers: parts.headers, body })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.inner.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name for a token on a host, from which neither can be had: 48 bits of a digest.
fn mark(host: &str, token: &SecretString) -> String {
    let digest = Sha1::new().chain_update(host).chain_update([0]).chain_update(token.expose_secret()).finalize();
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// How many pull requests' worth of work asks are.
fn size(asks: &[Ask]) -> usize {
    asks.iter().map(Ask::weight).sum::<usize>().div_ceil(Ask::PULL_WEIGHT)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Finds what our own layers said under octocrab's wrapping. What anybody else says may have been sent.
fn wire_error(error: &octocrab::Error) -> WireError {
    let mut texts = Vec::new();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if let Some(ours) = one.downcast_ref::<WireError>() {
            return WireError { trouble: ours.trouble, maybe_sent: ours.maybe_sent, text: ours.text.clone() };
        }
        texts.push(one.to_string());
        cause = one.source();
    }
    WireError { trouble: Trouble::Lost, maybe_sent: true, text: texts.pop().unwrap_or_default() }
}
