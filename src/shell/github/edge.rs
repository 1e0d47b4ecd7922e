//! The layer between octocrab and any service that carries bytes. octocrab brings its own headers, retries and time
//! limits only for its own connector; for ours this is where they live. There is no retry here: a write must go out at
//! most once, and reads are repeated by the client, who knows what they are.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use octocrab::OctoBody;
use tower::{Service, ServiceExt};

/// How long an answer may take. GitHub itself stops a query after about ten seconds.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Any error of a service.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why no answer came, and whether the request may have reached GitHub all the same.
#[derive(Debug)]
pub struct WireError {
    /// What kind of trouble.
    pub trouble: Trouble,
    /// The request may have arrived: a write is then neither done nor undone.
    pub maybe_sent: bool,
    /// What the layer below said.
    pub text: String,
}

/// Kinds of trouble below HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The name does not resolve.
    Dns,
    /// No connection.
    Connect,
    /// The proxy on the way does not let us through.
    Proxy,
    /// The certificate or the handshake.
    Tls,
    /// No answer in time.
    Timeout,
    /// The connection broke.
    Lost,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for WireError {}

/// The layer. The token is held as a header that is marked sensitive, so that no `Debug` prints it.
#[derive(Clone)]
pub struct Edge<S> {
    inner: S,
    authorization: HeaderValue,
}

impl<S> Edge<S> {
    /// Wraps a service. `authorization` is the whole header value.
    pub fn new(inner: S, mut authorization: HeaderValue) -> Self {
        authorization.set_sensitive(true);
        Self { inner, authorization }
    }
}

impl<S> Service<Request<OctoBody>> for Edge<S>
where
    S: Service<Request<Bytes>, Response = Response<Bytes>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
{
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<OctoBody>) -> Self::Future {
        let inner = self.inner.clone();
        let authorization = self.authorization.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|error| not_sent(error.to_string()))?.to_bytes();
            parts.headers.insert(AUTHORIZATION, authorization);
            parts
                .headers
                .entry(USER_AGENT)
                .or_insert(HeaderValue::from_static(concat!("vepherd/", env!("CARGO_PKG_VERSION"))));
            parts.headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/vnd.github+json"));
            match tokio::time::timeout(PATIENCE, inner.oneshot(Request::from_parts(parts, body))).await {
                Ok(Ok(response)) => Ok(response.map(Full::new)),
                Ok(Err(error)) => Err(error.into()),
                Err(_) => Err(Box::new(WireError {
                    trouble: Trouble::Timeout,
                    maybe_sent: true,
                    text: format!("no answer within {} seconds", PATIENCE.as_secs()),
                }) as BoxError),
            }
        })
    }
}

fn not_sent(text: String) -> BoxError {
    Box::new(WireError { trouble: Trouble::Connect, maybe_sent: false, text })
}
