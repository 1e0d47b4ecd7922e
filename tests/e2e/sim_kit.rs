//! A small world and a plain client for the simulator's own tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vepherd::domain::ids::RepoId;
use vepherd::sim::Sim;
use vepherd::sim::world::{Edit, ItemRef, NewPull, Permission, World};

/// A time, from its text.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A clock that tests move.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(text: &str) -> Self {
        Self(Arc::new(AtomicI64::new(at(text).as_millisecond())))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }

    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

/// `sam` reads, `ada` is a root approver, `carl` a member, `grace` the author of pull request 7.
pub fn world() -> (World, RepoId, ItemRef) {
    let start = at("2026-01-01T00:00:00Z");
    let mut world = World::new("sam");
    let repo = world.repo("kubevirt/enhancements", start);
    let owners = "approvers:\n- ada\nreviewers:\n- carl\n";
    let edits = [
        Edit::text("OWNERS", owners),
        Edit::text("README.md", "# VEPs\n"),
        Edit::text("veps/sig-compute/OWNERS", "labels:\n- sig/compute\n"),
        Edit::text("veps/sig-compute/3-old/vep.md", "# VEP 3: old\n"),
    ];
    world.write(&repo, "main", start, "ada", "Begin", &edits);
    for login in ["sam", "ada", "carl"] {
        world.member(login);
        world.collaborator(&repo, login, Permission::Read);
    }
    world.define_labels(&repo, &["sig/compute", "sig/network", "kind/enhancement", "lgtm", "approved"]);
    let vep = "# VEP 7: hot plug\n\n## Motivation\n\nBecause.\n";
    let new = NewPull::by("grace", "VEP 7: hot plug")
        .number(7)
        .body("Tracking: #7\n")
        .edits(vec![Edit::text("veps/sig-compute/7-hot-plug/vep.md", vep)]);
    let pull = world.open(&repo, at("2026-02-01T00:00:00Z"), new);
    (world, repo, pull)
}

/// The simulator over a world, with a clock that starts on 1 March 2026.
pub fn sim(world: World) -> (Sim, Hands) {
    let hands = Hands::at("2026-03-01T00:00:00Z");
    let clock = hands.clone();
    (Sim::new(world, Arc::new(move || clock.now())), hands)
}

/// Sends one request with the token.
pub async fn send(sim: &Sim, method: &str, path: &str, body: Option<Value>) -> Response<Bytes> {
    send_as(sim, "sim-token", method, path, body).await
}

/// Sends one request with any token.
pub async fn send_as(sim: &Sim, token: &str, method: &str, path: &str, body: Option<Value>) -> Response<Bytes> {
    let bytes = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    let request = Request::builder()
        .method(method)
        .uri(format!("https://api.github.com{path}"))
        .header("authorization", format!("Bearer {token}"))
        .body(bytes)
        .unwrap();
    sim.clone().oneshot(request).await.unwrap()
}

/// The body of an answer.
pub fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap_or(Value::Null)
}

/// Asks a GraphQL query.
pub async fn ask(sim: &Sim, query: &str, variables: Value) -> Value {
    let response = send(sim, "POST", "/graphql", Some(json!({ "query": query, "variables": variables }))).await;
    assert_eq!(response.status(), StatusCode::OK);
    body(&response)
}
