//! The real network: hyper and rustls with the machine's own certificate roots, as a service that carries bytes.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::Service;

use super::client::AT_ONCE;
use super::edge::{Trouble, WireError};
use super::proxy::{Connector, Proxies, ProxyError};
use crate::domain::failure::{Failure, FailureKind};

/// The largest answer that is read. GitHub's largest are a few megabytes; a server that sends more is no GitHub.
const LARGEST: usize = 64 * 1024 * 1024;

/// How long a connection may take to come up.
const CONNECT: Duration = Duration::from_secs(10);

/// How the user wants the network to be used.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Proxies on the way.
    pub proxies: Proxies,
    /// The most requests that are under way at once.
    pub at_once: usize,
}

impl Default for Wire {
    fn default() -> Self {
        Self { proxies: Proxies::default(), at_once: AT_ONCE }
    }
}

/// A pool of connections.
#[derive(Clone, Debug)]
pub struct Network {
    client: hyper_util::client::legacy::Client<HttpsConnector<Connector>, Full<Bytes>>,
}

impl Network {
    /// A pool without connections yet.
    ///
    /// # Errors
    /// Where the machine has no readable certificate roots.
    pub fn new(proxies: &Proxies) -> Result<Self, Failure> {
        let mut http = HttpConnector::new();
        http.set_connect_timeout(Some(CONNECT));
        http.set_nodelay(true);
        http.enforce_http(false);
        let https = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| {
                Failure::new(FailureKind::Local, "read this machine's certificate roots", error.to_string())
                    .hint("Install the system's CA certificates (package `ca-certificates`).")
            })?
            // Plain http is refused before this for anything but loopback (`client::Roots::parse`).
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(Connector::new(http, proxies.clone()));
        let client = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(60))
            // hyper repeats a request whose pooled connection was closed before it was written; it never repeats one
            // that was. Off all the same: a write must be seen to go out at most once.
            .retry_canceled_requests(false)
            .build(https);
        Ok(Self { client })
    }
}

impl Service<Request<Bytes>> for Network {
    type Response = Response<Bytes>;
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, WireError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), WireError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let sending = self.client.request(request.map(Full::new));
        Box::pin(async move {
            let response = sending.await.map_err(|error| trouble(&error))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, LARGEST).collect().await.map_err(|error| WireError {
                trouble: Trouble::Lost,
                maybe_sent: true,
                text: format!("the answer broke off: {error}"),
            })?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        })
    }
}

/// Reads hyper's chain of causes: the outermost text alone says nothing to a user.
fn trouble(error: &hyper_util::client::legacy::Error) -> WireError {
    let mut texts = Vec::new();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut timed_out = false;
    let mut proxy = false;
    while let Some(one) = cause {
        texts.push(one.to_string());
        if let Some(io) = one.downcast_ref::<std::io::Error>() {
            timed_out |= io.kind() == std::io::ErrorKind::TimedOut;
        }
        proxy |= one.is::<ProxyError>();
        cause = one.source();
    }
    let all = texts.join(": ");
    let has = |words: &[&str]| words.iter().any(|word| all.contains(word));
    let trouble = if proxy {
        Trouble::Proxy
    } else if has(&["dns error", "failed to lookup address"]) {
        Trouble::Dns
    } else if has(&["certificate", "tls", "TLS", "HandshakeFailure", "InvalidContentType"]) {
        Trouble::Tls
    } else if timed_out {
        Trouble::Timeout
    } else if error.is_connect() {
        Trouble::Connect
    } else {
        Trouble::Lost
    };
    WireError { trouble, maybe_sent: !error.is_connect(), text: texts.pop().unwrap_or(all) }
}
