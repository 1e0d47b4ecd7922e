//! Proxies, as curl understands them: HTTPS_PROXY, else ALL_PROXY, and NO_PROXY for what goes without (each in capitals
//! or not). GitHub is reached through an HTTP proxy by CONNECT, or through SOCKS 5; what goes through either is TLS, so
//! that no proxy sees a token. This machine itself is never reached through a proxy.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::{Service, ServiceExt as _};

use super::edge::BoxError;
use crate::domain::failure::{Failure, FailureKind};
use crate::domain::text::sanitize_line;
use crate::shell::config::Env;

/// How long a proxy may take to let us through.
const PATIENCE: Duration = Duration::from_secs(20);

/// The variables that name a proxy for GitHub, strongest first.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The user's proxies.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    matcher: Option<Arc<Matcher>>,
}

impl Proxies {
    /// Reads the environment.
    ///
    /// # Errors
    /// Where a proxy is set that cannot be used: going past it would be a surprise.
    pub fn read(env: &Env) -> Result<Self, Failure> {
        let Some((name, text)) = VARIABLES.into_iter().find_map(|name| Some((name, env.get(name)?))) else {
            return Ok(Self::default());
        };
        let no = env.get("NO_PROXY").or_else(|| env.get("no_proxy")).unwrap_or_default();
        let matcher = Matcher::builder().https(text.trim()).no(no).build();
        // Asked about a name that no list leaves out.
        let any = Matcher::builder().https(text.trim()).build().intercept(&Uri::from_static("https://a.invalid"));
        match any.as_ref().and_then(|proxy| proxy.uri().scheme_str()) {
            Some("http" | "socks5" | "socks5h") => Ok(Self { matcher: Some(Arc::new(matcher)) }),
            // The text may hold a password: only its kind is said.
            other => Err(Failure::new(
                FailureKind::Configuration,
                format!("use the proxy of {name}"),
                match other {
                    Some(scheme) => format!("proxies that are reached by {scheme} are not supported"),
                    None => "it is no address of a proxy".to_owned(),
                },
            )
            .hint(format!(
                "Write {name}=http://HOST:PORT (or socks5://), with USER:PASSWORD@ before the host where it asks for them."
            ))),
        }
    }

    /// The proxy on the way to an address.
    #[must_use]
    pub fn on_the_way(&self, to: &Uri) -> Option<Intercept> {
        let https = to.scheme_str() == Some("https");
        self.matcher.as_ref().filter(|_| https).and_then(|matcher| matcher.intercept(to))
    }

    /// The same in words, without user and password.
    #[must_use]
    pub fn words(&self, to: &str) -> Option<String> {
        let proxy = self.on_the_way(&to.parse().ok()?)?;
        Some(named(&proxy))
    }
}

fn named(proxy: &Intercept) -> String {
    let authority = proxy.uri().authority().map_or("", |authority| authority.as_str());
    sanitize_line(&format!("{}://{authority}", proxy.uri().scheme_str().unwrap_or("http")))
}

/// A proxy did not let us through.
#[derive(Debug)]
pub struct ProxyError {
    /// Which, without user and password.
    pub proxy: String,
    /// What it said.
    pub text: String,
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.proxy, self.text)
    }
}

impl std::error::Error for ProxyError {}

/// Connects to an address, through the proxy where there is one on the way.
#[derive(Clone, Debug)]
pub struct Connector {
    http: HttpConnector,
    proxies: Proxies,
}

impl Connector {
    /// Over this connector.
    #[must_use]
    pub fn new(http: HttpConnector, proxies: Proxies) -> Self {
        Self { http, proxies }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let http = self.http.clone();
        match self.proxies.on_the_way(&to) {
            None => Box::pin(async move { http.oneshot(to).await.map_err(Into::into) }),
            Some(proxy) => Box::pin(async move {
                let failed = |text: String| Box::new(ProxyError { proxy: named(&proxy), text }) as BoxError;
                match tokio::time::timeout(PATIENCE, through(http, &proxy, to)).await {
                    Ok(Ok(stream)) => Ok(stream),
                    Ok(Err(error)) => Err(failed(innermost(&*error))),
                    Err(_) => Err(failed(format!("no answer within {} seconds", PATIENCE.as_secs()))),
                }
            }),
        }
    }
}

async fn through(http: HttpConnector, proxy: &Intercept, to: Uri) -> Result<TokioIo<TcpStream>, BoxError> {
    let at = proxy.uri().clone();
    if at.scheme_str() == Some("http") {
        let mut tunnel = Tunnel::new(at, http);
        if let Some(auth) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(auth.clone());
        }
        return tunnel.oneshot(to).await.map_err(Into::into);
    }
    // `socks5` asks this machine for the name, `socks5h` the proxy.
    let mut socks = SocksV5::new(at.clone(), http).local_dns(at.scheme_str() == Some("socks5"));
    if let Some((user, password)) = proxy.raw_auth() {
        socks = socks.with_auth(user.to_owned(), password.to_owned());
    }
    socks.oneshot(to).await.map_err(Into::into)
}

/// The outermost text says only that it failed; the innermost why.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
