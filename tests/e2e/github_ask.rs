//! Many asks in one request: what is written is valid on GitHub's schema, what fails is asked again in halves.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use apollo_compiler::{ExecutableDocument, Schema};
use bytes::Bytes;
use http::{Request, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use vepherd::domain::ids::{NodeId, PullNumber, RepoId, Sha};
use vepherd::shell::github::Client;
use vepherd::shell::github::ask::{Ask, LIGHT, MOST_PULLS, Outcome, Part, Queue, Shape, run};

const SCHEMA: &str = include_str!("../../assets/github/schema.graphql");

fn repo() -> RepoId {
    "kubevirt/enhancements".parse().unwrap()
}

fn pull(number: u64, labels: u64, threads: u64) -> Ask {
    Ask::pull(&repo(), PullNumber(number), labels, threads)
}

fn every_kind() -> Vec<Ask> {
    let parts = [
        Part::Labels,
        Part::Files,
        Part::Commits,
        Part::Reviews,
        Part::Comments,
        Part::Threads,
        Part::Replies,
        Part::Timeline,
        Part::Assignees,
        Part::ReviewRequests,
        Part::Checks,
    ];
    let mut asks = vec![pull(1, 0, 0), pull(2, 100, 0), pull(3, 0, 12), pull(4, 100, 100)];
    asks.extend(parts.map(|part| Ask::page(PullNumber(1), part, NodeId::new("P\"1"), "Y3==".to_owned())));
    // GitHub may fail on any part: the rest is a valid query without it.
    asks.extend(parts.map(|part| Ask::Pull {
        repo: repo(),
        number: PullNumber(5),
        labels: 100,
        threads: 9,
        shape: Shape { page: 25, without: vec![(part, "slow".to_owned())] },
    }));
    let commit = || Sha::new("0123456789012345678901234567890123456789");
    let path = "veps/sig-x/1-a \"b\" \\ $name ü/vep.md".to_owned();
    asks.extend([
        Ask::Issue { repo: repo(), number: 9 },
        Ask::Blob { repo: repo(), oid: commit().to_string() },
        Ask::File { repo: repo(), commit: commit(), path: path.clone() },
        Ask::Folder { repo: repo(), commit: commit(), path },
        Ask::Parents { repo: repo(), commit: commit() },
        Ask::Tree { repo: repo() },
        Ask::Subtree { repo: repo(), oid: commit().to_string(), path: "a/b/c/d".to_owned() },
    ]);
    asks
}

type Answering = Arc<dyn Fn(&str) -> (u16, String) + Send + Sync>;

fn client(answer: Answering) -> (Client, Arc<Mutex<Vec<String>>>) {
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = log.clone();
    let service = tower::service_fn(move |request: Request<Bytes>| {
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let query = body["query"].as_str().unwrap().to_owned();
        let (status, text) = answer(&query);
        seen.lock().unwrap().push(query);
        async move { Ok::<_, Infallible>(Response::builder().status(status).body(Bytes::from(text)).unwrap()) }
    });
    (Client::over(service, "https://api.example.org", SecretString::from("t")).unwrap(), log)
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_written_is_valid() {
    let schema = Schema::parse_and_validate(SCHEMA, "schema.graphql").unwrap();
    ExecutableDocument::parse_and_validate(&schema, LIGHT, "light.graphql").unwrap();
    let (client, log) = client(Arc::new(|_| (200, r#"{"data": {"rateLimit": null}}"#.to_owned())));
    let mut batches: Vec<Vec<Ask>> = every_kind().into_iter().map(|ask| vec![ask]).collect();
    batches.push(every_kind());
    for batch in batches {
        let (answers, failure) = run(&client, "read", batch.clone()).await;
        assert_eq!((answers.len(), failure), (batch.len(), None));
        let query = log.lock().unwrap().pop().unwrap();
        if let Err(errors) = ExecutableDocument::parse_and_validate(&schema, &query, "batch.graphql") {
            panic!("{batch:?}\n{query}\n{}", errors.errors);
        }
        assert!(!query.contains("first: 0"), "{query}");
    }
}

#[test]
fn packs() {
    for (pulls, others, sizes) in [
        (0, 0, vec![]),
        (1, 3, vec![4]),
        (20, 0, vec![20]),
        (21, 0, vec![11, 10]),
        (62, 0, vec![16, 16, 15, 15]),
        (62, 100, vec![84, 48, 15, 15]),
        (0, 261, vec![260, 1]),
    ] {
        let mut asks: Vec<Ask> = (0..others).map(|number| Ask::Issue { repo: repo(), number }).collect();
        asks.extend((0..pulls).map(|number| pull(number, 0, 5)));
        let mut queue = Queue::of(asks.clone());
        let packs: Vec<Vec<Ask>> = std::iter::from_fn(|| queue.next(MOST_PULLS)).collect();
        assert_eq!(packs.iter().map(Vec::len).collect::<Vec<_>>(), sizes, "{pulls} {others}");
        assert!(
            packs.iter().all(|pack| pack.iter().filter(|ask| matches!(ask, Ask::Pull { .. })).count() <= MOST_PULLS)
        );
        let mut back: Vec<String> = packs.concat().iter().map(Ask::order).collect();
        let mut there: Vec<String> = asks.iter().map(Ask::order).collect();
        back.sort();
        there.sort();
        assert_eq!(back, there);
    }
}

/// A server that times out on everything that holds pull 13.
#[tokio::test(start_paused = true)]
async fn one_bad_pull_costs_itself_alone() {
    let (client, log) = client(Arc::new(|query: &str| {
        if query.contains("number: 13)") {
            return (502, String::new());
        }
        let found = (0..20).filter(|at| query.contains(&format!("a{at}: ")));
        let data: serde_json::Map<String, Value> =
            found.map(|at| (format!("a{at}"), json!({ "pullRequest": { "id": "x" } }))).collect();
        (200, json!({ "data": data }).to_string())
    }));
    let asks: Vec<Ask> = (1..=16).map(|number| pull(number, 0, 8)).collect();
    let (answers, failure) = run(&client, "read", asks).await;
    assert_eq!(failure, None);
    assert_eq!(answers.len(), 16);
    for (ask, outcome) in answers {
        let bad = matches!(ask, Ask::Pull { number: PullNumber(13), .. });
        assert_eq!(matches!(outcome, Outcome::Failed { .. }), bad, "{ask:?} {outcome:?}");
    }
    // 16, 8, 8, 4, 4, 2, 2, 1, 1, the one alone in two smaller shapes, and each of these three once more.
    assert_eq!(log.lock().unwrap().len(), 14);
    assert!(client.pace() < 16, "{}", client.pace());
}

/// A pull whose many threads are too much comes by smaller pages.
#[tokio::test(start_paused = true)]
async fn too_many_threads_are_asked_in_smaller_pages() {
    let (client, log) = client(Arc::new(|query: &str| {
        if query.contains("reviewThreads(first: 100)") {
            return (502, String::new());
        }
        (200, json!({ "data": { "a0": { "pullRequest": { "id": "x" } } } }).to_string())
    }));
    let (answers, _) = run(&client, "read", vec![pull(1, 0, 100)]).await;
    assert!(matches!(&answers[..], [(Ask::Pull { threads: 25, .. }, Outcome::Answered { .. })]), "{answers:?}");
    assert_eq!(log.lock().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn errors_go_to_whom_they_concern() {
    let body = json!({
        "data": {
            "a0": { "pullRequest": { "comments": null } }, "a1": { "pullRequest": null }, "a2": null,
            "a3": { "issueOrPullRequest": null },
        },
        "errors": [
            { "message": "slow", "path": ["a0", "pullRequest", "comments"] },
            { "message": "broken", "path": ["a1", "pullRequest"] },
            { "message": "gone", "type": "NOT_FOUND", "path": ["a2"] },
            { "message": "none such", "type": "NOT_FOUND", "path": ["a3", "issueOrPullRequest"] },
        ],
    });
    let (client, _) = client(Arc::new(move |_| (200, body.to_string())));
    let asks = vec![pull(1, 0, 0), pull(2, 0, 0), pull(3, 0, 0), Ask::Issue { repo: repo(), number: 4 }];
    let (answers, failure) = run(&client, "read", asks).await;
    assert_eq!(failure, None);
    let outcomes: Vec<String> = answers
        .into_iter()
        .map(|(_, outcome)| match outcome {
            Outcome::Answered { value, errors } => {
                format!("{value} {:?}", errors.iter().map(|error| error.path.join("/")).collect::<Vec<_>>())
            }
            Outcome::Failed { failure, .. } => format!("failed: {}", failure.cause),
        })
        .collect();
    assert_eq!(outcomes[0], r#"{"comments":null} ["comments"]"#);
    assert!(outcomes[1].contains("failed") && outcomes[1].contains("broken"), "{}", outcomes[1]);
    assert_eq!(outcomes[2], r#"null [""]"#);
    assert_eq!(outcomes[3], r#"null [""]"#);
}

/// A server that is older than a field refuses every query that asks it: the rest comes without it.
#[tokio::test(start_paused = true)]
async fn a_server_that_knows_less_is_asked_for_less() {
    let missing = ["statusCheckRollup", "mergeStateStatus"];
    let (client, log) = client(Arc::new(move |query: &str| {
        let errors: Vec<Value> = missing
            .iter()
            .filter(|field| query.contains(*field))
            .map(|field| {
                json!({
                    "message": format!("Field '{field}' doesn't exist on type 'PullRequest'"),
                    "extensions": { "code": "undefinedField", "typeName": "PullRequest", "fieldName": field },
                })
            })
            .collect();
        let data = if errors.is_empty() { json!({ "a0": { "pullRequest": { "id": "x" } } }) } else { Value::Null };
        (200, json!({ "data": data, "errors": errors }).to_string())
    }));
    let schema = Schema::parse_and_validate(SCHEMA, "schema.graphql").unwrap();
    for sent in [2, 1] {
        let (answers, failure) = run(&client, "read", vec![pull(1, 0, 9)]).await;
        assert_eq!(failure, None);
        assert!(matches!(&answers[..], [(_, Outcome::Answered { .. })]), "{answers:?}");
        let mut log = log.lock().unwrap();
        assert_eq!(log.len(), sent, "what the server does not know is asked once");
        let query = log.pop().unwrap();
        log.clear();
        assert!(!query.contains("contexts") && query.contains("reviewThreads"), "{query}");
        if let Err(errors) = ExecutableDocument::parse_and_validate(&schema, &query, "less.graphql") {
            panic!("{query}\n{}", errors.errors);
        }
    }
    // The light query as well, and an error about something else is no reason to ask again.
    client.graphql(LIGHT, json!({})).await.unwrap();
    let light = log.lock().unwrap().pop().unwrap();
    assert!(!light.contains("statusCheckRollup"));
    ExecutableDocument::parse_and_validate(&schema, &light, "light.graphql").unwrap();
}

/// Requests shrink to what GitHub bears at the moment, and grow again when it bears more.
#[tokio::test(start_paused = true)]
async fn requests_shrink_and_grow() {
    let most = Arc::new(std::sync::atomic::AtomicUsize::new(8));
    let bears = most.clone();
    let (client, log) = client(Arc::new(move |query: &str| {
        let asked = query.matches("pullRequest(number: ").count();
        if asked > bears.load(std::sync::atomic::Ordering::SeqCst) {
            return (502, String::new());
        }
        let data: serde_json::Map<String, Value> =
            (0..asked).map(|at| (format!("a{at}"), json!({ "pullRequest": { "id": "x" } }))).collect();
        (200, json!({ "data": data }).to_string())
    }));
    let read = async |pulls: u64| {
        let mut queue = Queue::of((0..pulls).map(|number| pull(number, 0, 5)).collect());
        while let Some(asks) = queue.next(client.pace()) {
            let (_, failure) = run(&client, "read", asks).await;
            assert_eq!(failure, None);
        }
        let mut log = log.lock().unwrap();
        let sizes: Vec<usize> = log.iter().map(|query| query.matches("pullRequest(number: ").count()).collect();
        log.clear();
        sizes
    };
    let slow = read(120).await;
    assert_eq!(slow[0], 20);
    let refused = slow.iter().filter(|size| **size > 8).count();
    assert!(refused * 3 < slow.len() && slow.iter().filter(|size| **size <= 8).sum::<usize>() == 120, "{slow:?}");
    most.store(100, std::sync::atomic::Ordering::SeqCst);
    let fast = read(400).await;
    assert_eq!((fast.iter().sum::<usize>(), client.pace()), (400, 20), "{fast:?}");
}
