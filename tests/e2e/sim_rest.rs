//! The simulator's REST, its faults, and the same over HTTP.

use http::StatusCode;
use serde_json::{Value, json};
use vepherd::sim::faults::{Fault, Kind, Trouble};
use vepherd::sim::serve::Server;
use vepherd::sim::world::{NewReview, NewThread, Permission, ReviewState};

use super::sim_kit::{ask, at, body, send, send_as, sim, world};

const PULL: &str = "/repos/kubevirt/enhancements/pulls/7";
const ISSUE: &str = "/repos/kubevirt/enhancements/issues/7";

#[tokio::test]
async fn writes_are_taken_and_refused_as_github_does() {
    let (mut world, repo, pull) = world();
    let path = "veps/sig-compute/7-hot-plug/vep.md";
    let thread = world.thread(&pull, at("2026-02-03T00:00:00Z"), "ada", NewThread::on(path, 3, "Why?"));
    let review =
        world.review(&pull, at("2026-02-04T00:00:00Z"), NewReview::new("ada", ReviewState::ChangesRequested, "No."));
    let own = world.open(&repo, at("2026-02-05T00:00:00Z"), vepherd::sim::world::NewPull::by("sam", "Mine").number(9));
    let locked =
        world.open(&repo, at("2026-02-05T00:00:00Z"), vepherd::sim::world::NewPull::by("grace", "Hot").number(10));
    world.set_locked(&locked, at("2026-02-06T00:00:00Z"), "ada", true);
    let head = world.item(&pull).unwrap().pull.as_ref().unwrap().head_oid.clone();
    let (sim, _) = sim(world);
    let reviews = format!("{PULL}/reviews");
    let comments = format!("{ISSUE}/comments");
    let replies = format!("{PULL}/comments/{thread}/replies");
    let dismissal = format!("{PULL}/reviews/{review}/dismissals");
    let other = |path: &str, number: u64| path.replace("/7", &format!("/{number}"));
    let table: Vec<(&str, String, Value, u16, &str)> = vec![
        ("POST", comments.clone(), json!({ "body": "Hello" }), 201, "Hello"),
        ("POST", comments.clone(), json!({ "body": " " }), 422, "missing_field"),
        ("POST", comments.clone(), json!({ "body": "x".repeat(65_537) }), 422, "maximum is 65536 characters"),
        ("POST", comments.clone(), json!({ "body": "x".repeat(65_536) }), 201, "IC_"),
        ("POST", other(&comments, 10), json!({ "body": "Hello" }), 403, "issue is locked"),
        ("POST", other(&comments, 77), json!({ "body": "Hello" }), 404, "Not Found"),
        ("POST", "/repos/kubevirt/nothing/issues/7/comments".into(), json!({ "body": "Hello" }), 404, "Not Found"),
        ("POST", reviews.clone(), json!({ "event": "APPROVE", "commit_id": head }), 200, "APPROVED"),
        ("POST", reviews.clone(), json!({ "event": "APPROVE", "commit_id": "0".repeat(40) }), 422, "commit_id"),
        ("POST", reviews.clone(), json!({ "event": "REQUEST_CHANGES" }), 422, "leave a comment"),
        ("POST", reviews.clone(), json!({ "event": "COMMENT", "body": "" }), 422, "without a body"),
        ("POST", reviews.clone(), json!({ "event": "SHOUT", "body": "x" }), 422, "invalid value: SHOUT"),
        ("POST", other(&reviews, 9), json!({ "event": "APPROVE" }), 422, "Can not approve your own pull request"),
        (
            "POST",
            other(&reviews, 9),
            json!({ "event": "REQUEST_CHANGES", "body": "x" }),
            422,
            "Can not request changes on your own",
        ),
        ("POST", replies.clone(), json!({ "body": "Because." }), 201, "Because."),
        ("POST", format!("{PULL}/comments/1/replies"), json!({ "body": "Because." }), 404, "Not Found"),
        ("PUT", dismissal.clone(), json!({ "message": "Done" }), 403, "Must have"),
        (
            "POST",
            format!("{ISSUE}/labels"),
            json!({ "labels": ["lgtm"] }),
            403,
            "Must have admin rights to Repository.",
        ),
        (
            "POST",
            format!("{ISSUE}/assignees"),
            json!({ "assignees": ["ada"] }),
            403,
            "Must have admin rights to Repository.",
        ),
        ("PUT", format!("{PULL}/merge"), json!({}), 403, "Must have"),
        ("GET", "/user".into(), Value::Null, 200, "\"login\":\"sam\""),
        ("GET", "/rate_limit".into(), Value::Null, 200, "\"limit\":5000"),
        ("GET", PULL.into(), Value::Null, 200, "\"mergeable\":true"),
        ("GET", comments.clone(), Value::Null, 200, "Hello"),
        ("GET", "/nonsense".into(), Value::Null, 404, "Not Found"),
    ];
    for (method, path, sent, status, words) in table {
        let answer = send(&sim, method, &path, (!sent.is_null()).then_some(sent.clone())).await;
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert_eq!(answer.status(), status, "{method} {path} {text}");
        assert!(text.contains(words), "{method} {path}: {}", &text[..text.len().min(300)]);
        assert_eq!(answer.headers()["x-oauth-scopes"], "public_repo, read:org");
        assert_eq!(answer.headers()["date"], "Sun, 01 Mar 2026 00:00:00 GMT");
    }
    sim.with(|world| world.collaborator(&repo, "sam", Permission::Write));
    let answer = send(&sim, "PUT", &dismissal, Some(json!({ "message": "Lifted" }))).await;
    assert_eq!((answer.status(), &body(&answer)["state"]), (StatusCode::OK, &json!("DISMISSED")));
    let answer = send(&sim, "PUT", &dismissal, Some(json!({ "message": "Lifted" }))).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let answer = send(&sim, "POST", &format!("{ISSUE}/labels"), Some(json!({ "labels": ["lgtm"] }))).await;
    assert_eq!(body(&answer)[0]["name"], "lgtm");
    sim.with(|world| {
        let item = world.item(&pull).unwrap();
        let mine = item.pull.as_ref().unwrap().reviews.iter().filter(|review| review.author.is("sam"));
        assert_eq!(mine.count(), 2, "the approval, and the reply's own COMMENTED review");
        assert!(world.item(&own).unwrap().pull.as_ref().unwrap().reviews.is_empty());
    });
    let applied = sim.log().iter().filter(|logged| logged.applied).count();
    assert_eq!(applied, 6, "two comments, approval, reply, dismissal, label");
}

#[tokio::test]
async fn tokens_and_scopes_are_looked_at() {
    let (world, ..) = world();
    let (sim, _) = sim(world);
    for path in ["/user", "/graphql"] {
        let method = if path == "/user" { "GET" } else { "POST" };
        let answer = send_as(&sim, "wrong", method, path, None).await;
        assert_eq!((answer.status(), &body(&answer)["message"]), (StatusCode::UNAUTHORIZED, &json!("Bad credentials")));
    }
    sim.with(|world| world.scopes.clear());
    let answer = send(&sim, "POST", &format!("{ISSUE}/comments"), Some(json!({ "body": "Hello" }))).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["x-accepted-oauth-scopes"], "public_repo, repo");
}

#[tokio::test]
async fn faults_strike_when_and_whom_they_should() {
    let (world, _, pull) = world();
    let (sim, _) = sim(world);
    let comments = format!("{ISSUE}/comments");
    let post = || send(&sim, "POST", &comments, Some(json!({ "body": "Hello" })));
    let count = || sim.with(|world| world.item(&pull).unwrap().comments.len());
    sim.inject(Fault::once(Kind::Write, Trouble::BadGateway));
    assert_eq!(send(&sim, "GET", "/user", None).await.status(), StatusCode::OK, "a read is no write");
    assert_eq!((post().await.status(), count()), (StatusCode::BAD_GATEWAY, 0));
    sim.inject(Fault::once(Kind::Write, Trouble::LostReply));
    assert_eq!((post().await.status(), count()), (StatusCode::BAD_GATEWAY, 1));
    assert!(sim.log().last().unwrap().applied, "the log knows that a lost write was carried out");
    sim.inject(Fault::once(Kind::Any, Trouble::SecondaryLimit(30)).after(1).times(2));
    assert_eq!(post().await.status(), StatusCode::CREATED);
    for _ in 0..2 {
        let answer = post().await;
        assert_eq!((answer.status(), answer.headers()["retry-after"].to_str().unwrap()), (StatusCode::FORBIDDEN, "30"));
    }
    assert_eq!((post().await.status(), count()), (StatusCode::CREATED, 3));
    sim.inject(Fault::once(Kind::Path("comments".into()), Trouble::MovedHead));
    let head = sim.with(|world| world.item(&pull).unwrap().pull.as_ref().unwrap().head_oid.clone());
    post().await;
    assert_ne!(sim.with(|world| world.item(&pull).unwrap().pull.as_ref().unwrap().head_oid.clone()), head);
    sim.inject(Fault::once(Kind::Query, Trouble::Partial));
    let query =
        "{ repository(owner: \"kubevirt\", name: \"enhancements\") { pullRequests(first: 5) { nodes { number } } } }";
    let answer = ask(&sim, query, json!({})).await;
    assert_eq!(answer["data"]["repository"]["pullRequests"]["nodes"], json!([null]));
    assert_eq!(answer["errors"][0]["path"], json!(["repository", "pullRequests", "nodes", 0]));
    sim.inject(Fault::once(Kind::Any, Trouble::Silence));
    let silent = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(silent, post()).await.is_err(), "no answer, ever");
    sim.inject(Fault::once(Kind::Any, Trouble::RateLimited));
    let answer = post().await;
    assert_eq!(
        (answer.status(), answer.headers()["x-ratelimit-remaining"].to_str().unwrap()),
        (StatusCode::FORBIDDEN, "0")
    );
    let answer = ask(&sim, query, json!({})).await;
    assert_eq!(answer["errors"][0]["type"], "RATE_LIMITED");
}

#[tokio::test]
async fn the_same_over_http_and_a_stop_that_ends() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (world, ..) = world();
    let (sim, _) = sim(world);
    let server = Server::bind(0).await.unwrap();
    let address = server.address();
    assert!(server.url().starts_with("http://127.0.0.1:"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let client = async {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = "GET /user HTTP/1.1\r\nhost: sim\r\nauthorization: Bearer sim-token\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        while !text.contains("\"login\":\"sam\"") {
            let mut bytes = [0; 4096];
            let read = stream.read(&mut bytes).await.unwrap();
            assert!(read > 0, "{text}");
            text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
        // The connection is kept alive and idle: the stop must not wait for it.
        stop.send(()).unwrap();
        stream
    };
    let serving = server.run(sim.clone(), async {
        let _ = stopped.await;
    });
    let (served, _stream) = tokio::join!(serving, client);
    served.unwrap();
    assert_eq!(sim.log().len(), 1);
}
