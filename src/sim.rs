//! The embedded GitHub: enforces what GitHub enforces, with Prow's robots at work. It uses the domain for Prow's
//! rules and nothing of the shell, and writes GitHub's JSON itself, so that one mistake cannot cancel another.
//!
//! [`Sim`] is a tower service of whole requests and answers: octocrab runs on it in process, and [`serve`] puts it
//! behind HTTP for any other client. It knows no clock but the one it is given, and whatever robots and visitors
//! would have done by then is done at the start of a request.

pub mod demo;
pub mod faults;
pub mod graphql;
pub mod prow_bot;
pub mod rest;
pub mod serve;
pub mod tide;
pub mod world;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;

pub use world::World;

/// Where the simulator gets its time from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// One request that reached the simulator, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// When.
    pub at: Timestamp,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The body, as text.
    pub body: String,
    /// The status of the answer; 0 where none was given.
    pub status: u16,
    /// Points of the GraphQL budget that it cost.
    pub points: u64,
    /// It changed the state (a write that was lost on the way back did).
    pub applied: bool,
}

/// The simulated GitHub as a service. Clones share one state.
#[derive(Clone)]
pub struct Sim {
    state: Arc<Mutex<State>>,
    clock: Clock,
}

pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) budget: graphql::Budget,
    pub(crate) faults: faults::Faults,
    pub(crate) schema: Arc<graphql::Executor>,
    log: Vec<Logged>,
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sim").finish_non_exhaustive()
    }
}

/// What a request is answered with.
pub(crate) enum Answer {
    /// A response.
    Response(Response<Bytes>),
    /// A response that takes its time.
    Late(Response<Bytes>, Duration),
    /// None, ever.
    Silence,
    /// No whole answer.
    Broken(Broken),
}

/// How a connection breaks. [`serve`] breaks it; in this process there is none, so that nothing or half of it comes.
pub(crate) enum Broken {
    /// Before any answer.
    Dropped,
    /// In the middle of one.
    Truncated(Box<Response<Bytes>>),
}

impl Sim {
    /// The service over a world.
    #[must_use]
    pub fn new(world: World, clock: Clock) -> Self {
        let state = State {
            world,
            budget: graphql::Budget::default(),
            faults: faults::Faults::default(),
            schema: graphql::Executor::shared(),
            log: Vec::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), clock }
    }

    /// Lets robots and visitors do what they would have done by `now`.
    pub fn advance_to(&self, now: Timestamp) {
        self.lock().world.advance_to(now);
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<Logged> {
        self.lock().log.clone()
    }

    /// Forgets the log.
    pub fn clear_log(&self) {
        self.lock().log.clear();
    }

    /// Looks at the world, or changes it behind the client's back.
    pub fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.lock().world)
    }

    /// Adds a fault, after those that are waiting.
    pub fn inject(&self, fault: faults::Fault) {
        self.lock().faults.add(fault);
    }

    /// Takes back the faults that are waiting: the bad day is over.
    pub fn clear_faults(&self) {
        self.lock().faults = faults::Faults::default();
    }

    /// What is left of this hour's GraphQL points.
    #[must_use]
    pub fn points_left(&self) -> u64 {
        let now = (self.clock)();
        self.lock().budget.remaining(now)
    }

    /// Somebody else with the same account spends points.
    pub fn spend(&self, points: u64) {
        let now = (self.clock)();
        self.lock().budget.spend(now, points);
    }

    /// The time that the simulator goes by.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request.
    fn answer(&self, request: &Request<Bytes>) -> Answer {
        let now = (self.clock)();
        let mut state = self.lock();
        state.world.advance_to(now);
        let mut logged = Logged {
            at: now,
            method: request.method().to_string(),
            path: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            body: String::from_utf8_lossy(request.body()).into_owned(),
            status: 0,
            points: 0,
            applied: false,
        };
        let answer = faults::answer(&mut state, request, now, &mut logged);
        let mut answer = answer;
        match &mut answer {
            Answer::Response(response) | Answer::Late(response, _) => {
                logged.status = response.status().as_u16();
                date(response, now);
            }
            Answer::Broken(Broken::Truncated(response)) => {
                logged.status = response.status().as_u16();
                date(response, now);
            }
            Answer::Silence | Answer::Broken(Broken::Dropped) => {}
        }
        state.log.push(logged);
        answer
    }
}

impl tower::Service<Request<Bytes>> for Sim {
    type Response = Response<Bytes>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let answer = self.answer(&request);
        Box::pin(async move {
            match answer {
                Answer::Response(response) => Ok(response),
                Answer::Late(response, by) => {
                    tokio::time::sleep(by).await;
                    Ok(response)
                }
                Answer::Silence | Answer::Broken(Broken::Dropped) => std::future::pending().await,
                Answer::Broken(Broken::Truncated(response)) => {
                    let mut response = *response;
                    let half = response.body().len() / 2;
                    response.body_mut().truncate(half);
                    Ok(response)
                }
            }
        })
    }
}

/// The server's clock, which clients may trust more than their own.
fn date(response: &mut Response<Bytes>, now: Timestamp) {
    let text = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(value) = http::HeaderValue::from_str(&text) {
        response.headers_mut().insert(http::header::DATE, value);
    }
}

/// An answer of JSON.
pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let kind = http::HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    response
}
