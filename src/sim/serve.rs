//! The simulator behind HTTP/1.1 on the loopback address, for clients that are not in this process: the real binary in
//! tests, `vepherd demo --serve`, or `curl`.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Answer, Broken, Sim};

/// A server that listens and does not serve yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on 127.0.0.1; port 0 takes any free one.
    ///
    /// # Errors
    /// Where the port is taken or not permitted.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The REST root for `VEPHERD_GITHUB_API`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until `stop` is done; then lets requests that are under way end, unless they would never.
    ///
    /// # Errors
    /// Where no connection can be taken any more.
    pub async fn run(self, sim: Sim, stop: impl Future<Output = ()> + Send) -> io::Result<()> {
        let mut connections = JoinSet::new();
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let mut stop = std::pin::pin!(stop);
        loop {
            let stream = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = self.listener.accept() => accepted?.0,
            };
            let sim = sim.clone();
            let mut stopped = stopped.clone();
            connections.spawn(async move {
                let service = service_fn(move |request| respond(sim.clone(), request));
                let connection =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                let mut connection = std::pin::pin!(connection);
                let ended = tokio::select! {
                    ended = connection.as_mut() => ended,
                    () = told(&mut stopped) => {
                        connection.as_mut().graceful_shutdown();
                        connection.await
                    }
                };
                if let Err(error) = ended {
                    tracing::debug!(%error, "a client of the simulator hung up");
                }
            });
            while connections.try_join_next().is_some() {}
        }
        // Requests under way end; one that is never answered (a fault) does not hold the stop up.
        let _ = stopping.send(true);
        let all = async { while connections.join_next().await.is_some() {} };
        let late = tokio::time::timeout(std::time::Duration::from_secs(1), all).await;
        tracing::debug!(in_time = late.is_ok(), "the simulator stopped");
        Ok(())
    }
}

/// Until the server is told to stop.
async fn told(stopped: &mut tokio::sync::watch::Receiver<bool>) {
    while !*stopped.borrow_and_update() {
        if stopped.changed().await.is_err() {
            return;
        }
    }
}

/// Why a connection is broken off.
#[derive(Debug)]
struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a fault breaks the connection off")
    }
}

impl std::error::Error for BrokenOff {}

async fn respond(sim: Sim, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, BrokenOff> {
    let (parts, body) = request.into_parts();
    let bytes = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => {
            tracing::debug!(%error, "a request to the simulator broke off");
            let mut response = Response::new(Full::new(Bytes::new()));
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
            return Ok(response);
        }
    };
    match sim.answer(&Request::from_parts(parts, bytes)) {
        Answer::Response(response) => Ok(response.map(Full::new)),
        Answer::Late(response, by) => {
            tokio::time::sleep(by).await;
            Ok(response.map(Full::new))
        }
        Answer::Silence => std::future::pending().await,
        Answer::Broken(Broken::Dropped) => Err(BrokenOff),
        Answer::Broken(Broken::Truncated(response)) => {
            let mut response = *response;
            // The length of the whole, and half of it: hyper closes the connection there.
            let whole = response.body().len();
            response.headers_mut().insert(http::header::CONTENT_LENGTH, http::HeaderValue::from(whole));
            response.body_mut().truncate(whole / 2);
            Ok(response.map(Full::new))
        }
    }
}

/// Binds and serves in one call, until `stop` is done.
///
/// # Errors
/// As [`Server::bind`] and [`Server::run`].
pub async fn serve(sim: Sim, port: u16, stop: impl Future<Output = ()> + Send) -> io::Result<()> {
    Server::bind(port).await?.run(sim, stop).await
}
