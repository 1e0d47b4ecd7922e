//! A simulated repository with its neighbours, and a sync against it that counts.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vepherd::domain::facts::{Facts, PullFacts};
use vepherd::domain::failure::Failure;
use vepherd::domain::ids::{PullNumber, RepoId};
use vepherd::domain::profile::Profile;
use vepherd::shell::github::Client;
use vepherd::shell::store::Store;
use vepherd::shell::sync::{self, Mode, Progress, Summary};
use vepherd::sim::Sim;
use vepherd::sim::world::{Edit, ItemRef, NewIssue, NewPull, World};

use super::sim_kit::{Hands, at, sim};

/// The repository of the proposals.
pub fn repo() -> RepoId {
    "kubevirt/enhancements".parse().unwrap()
}

/// One pull.
pub fn item(number: u64) -> ItemRef {
    ItemRef { repo: repo(), number }
}

/// The four repositories with what vepherd reads of them, and no proposals yet.
pub fn empty() -> World {
    let start = at("2026-01-01T00:00:00Z");
    let mut world = World::new("sam");
    let mut write = |name: &str, edits: &[(&str, &str)]| {
        let id = world.repo(name, start);
        let edits: Vec<Edit> = edits.iter().map(|(path, text)| Edit::text(path, text)).collect();
        world.write(&id, "main", start, "ada", "Begin", &edits);
    };
    write("kubevirt/kubevirt", &[("OWNERS_ALIASES", "aliases:\n  sig-compute-approvers: [sam, ada]\n")]);
    write("kubevirt/community", &[("sigs.yaml", "sigs:\n- dir: sig-compute\n")]);
    write(
        "kubevirt/sig-release",
        &[
            ("releases/v1.9/schedule.yaml", "old: 1\n"),
            ("releases/v1.10/schedule.yaml", "new: 1\n"),
            ("releases/README.md", "-"),
        ],
    );
    write(
        "kubevirt/enhancements",
        &[
            ("OWNERS", "approvers:\n- ada\n"),
            ("OWNERS_ALIASES", "aliases: {}\n"),
            ("README.md", "# VEPs\n"),
            ("veps/sig-compute/OWNERS", "labels:\n- sig/compute\n"),
            ("veps/sig-compute/3-old/vep.md", "# VEP 3: old\n"),
            ("veps/meta-VEPs/README.md", "-"),
        ],
    );
    world
}

/// Opens a proposal with its tracking issue: pull `number`, issue `number + 1000`.
pub fn propose(world: &mut World, number: u64) -> ItemRef {
    let start = at("2026-02-01T00:00:00Z");
    let vep = number + 1000;
    let issue = NewIssue { author: "grace".into(), title: format!("VEP {vep}"), body: "-".into(), number: Some(vep) };
    world.issue(&repo(), start, issue);
    let path = format!("veps/sig-compute/{vep}-thing/vep.md");
    let new = NewPull::by("grace", &format!("VEP {vep}: thing"))
        .number(number)
        .body(&format!("Tracking issue: #{vep}\n"))
        .edits(vec![Edit::text(&path, &format!("# VEP {vep}: thing\n\nBecause.\n"))]);
    world.open(&repo(), start, new)
}

/// A client, a store and a clock.
pub struct Desk {
    pub sim: Sim,
    pub hands: Hands,
    pub client: Client,
    pub store: Arc<Store>,
    pub profile: Profile,
    /// Requests that hold these words get a 502.
    pub poison: Arc<Mutex<Option<String>>>,
    /// A field whose resolver is broken: as it is non-null in GitHub's schema, the object around it becomes null.
    pub broken: Arc<Mutex<Option<String>>>,
    pub progress: Mutex<Vec<Progress>>,
}

/// What a broken non-null field makes of an answer.
fn break_field(value: &mut Value, field: &str, path: &mut Vec<Value>, errors: &mut Vec<Value>) {
    if value.get(field).is_some() {
        *value = Value::Null;
        let at: Vec<Value> = path.iter().cloned().chain([json!(field)]).collect();
        errors.push(json!({ "message": "Something went wrong", "path": at }));
        return;
    }
    let inside: Vec<(Value, &mut Value)> = match value {
        Value::Object(fields) => fields.iter_mut().map(|(name, inner)| (json!(name), inner)).collect(),
        Value::Array(items) => items.iter_mut().enumerate().map(|(at, inner)| (json!(at), inner)).collect(),
        _ => return,
    };
    for (step, inner) in inside {
        path.push(step);
        break_field(inner, field, path, errors);
        path.pop();
    }
}

fn broken_answer(response: Response<Bytes>, field: &str) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    let mut answer: Value = serde_json::from_slice(&body).unwrap();
    let mut errors = Vec::new();
    break_field(&mut answer["data"], field, &mut Vec::new(), &mut errors);
    if !errors.is_empty() {
        answer["errors"] = Value::Array(errors);
    }
    Response::from_parts(parts, Bytes::from(answer.to_string()))
}

impl Desk {
    /// Sits down before a world, on 1 March 2026.
    pub fn new(world: World) -> Self {
        let (sim, hands) = sim(world);
        let poison: Arc<Mutex<Option<String>>> = Arc::default();
        let broken: Arc<Mutex<Option<String>>> = Arc::default();
        let (inner, bad, breaks) = (sim.clone(), poison.clone(), broken.clone());
        let service = tower::service_fn(move |request: Request<Bytes>| {
            let body = String::from_utf8_lossy(request.body()).into_owned();
            let strikes = bad.lock().unwrap().as_ref().is_some_and(|word| body.contains(word));
            let inner = inner.clone();
            let field = breaks.lock().unwrap().clone();
            async move {
                if strikes {
                    return Ok::<_, std::convert::Infallible>(
                        Response::builder().status(502).body(Bytes::new()).unwrap(),
                    );
                }
                let response = inner.oneshot(request).await?;
                Ok(field.map_or_else(|| response.clone(), |field| broken_answer(response.clone(), &field)))
            }
        });
        let client = Client::over(service, "https://api.github.com", SecretString::from("sim-token")).unwrap();
        let store = Arc::new(Store::in_memory().unwrap());
        Self { sim, hands, client, store, profile: Profile::kubevirt(), poison, broken, progress: Mutex::default() }
    }

    /// Another process of the same user, with the same store.
    pub fn beside(&self) -> Self {
        let (sim, inner) = (self.sim.clone(), self.sim.clone());
        let client = Client::over(inner, "https://api.github.com", SecretString::from("sim-token")).unwrap();
        let (hands, store) = (self.hands.clone(), self.store.clone());
        let (poison, broken, progress) = (Arc::default(), Arc::default(), Mutex::default());
        Self { sim, hands, client, store, profile: Profile::kubevirt(), poison, broken, progress }
    }

    pub fn now(&self) -> Timestamp {
        self.hands.now()
    }

    /// A sync; the log holds its requests alone.
    pub async fn sync(&self, mode: Mode) -> Result<Summary, Failure> {
        self.sim.clear_log();
        let hands = self.hands.clone();
        let clock = move || hands.now();
        let progress = |progress| self.progress.lock().unwrap().push(progress);
        // Whoever runs it may move it between threads.
        fn movable<T: Send>(future: T) -> T {
            future
        }
        movable(sync::sync(&self.client, &self.store, &self.profile, &repo(), mode, &clock, &progress)).await
    }

    /// A sync that must succeed, five minutes after the last one.
    pub async fn again(&self) -> Summary {
        self.hands.forward(300);
        self.sync(Mode::Changed).await.unwrap()
    }

    pub fn facts(&self) -> Facts {
        self.store.load(&repo()).unwrap()
    }

    pub fn pull(&self, number: u64) -> PullFacts {
        Arc::unwrap_or_clone(self.facts().pulls.remove(&PullNumber(number)).unwrap())
    }

    /// Changes the world a minute later.
    pub fn change(&self, change: impl FnOnce(&mut World, Timestamp)) {
        self.hands.forward(60);
        let now = self.now();
        self.sim.with(|world| change(world, now));
    }
}
