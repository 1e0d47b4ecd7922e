//! The client against services that answer as told: addresses, failures, repeated reads, writes that go out once.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use vepherd::domain::action::{Post, ReviewEvent};
use vepherd::domain::failure::FailureKind;
use vepherd::domain::ids::{NodeId, PullNumber, RepoId, Sha};
use vepherd::shell::github::client::Roots;
use vepherd::shell::github::connect::Wire;
use vepherd::shell::github::{Client, SendFailure};

const TOKEN: &str = "ghp_averysecrettoken";

#[derive(Clone, Debug)]
struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Reply { status, headers, body: body.to_owned() }
}

type Log = Arc<Mutex<Vec<Request<Bytes>>>>;

/// A client whose n-th request gets the n-th reply; the last one stays.
fn client(replies: Vec<Reply>) -> (Client, Log) {
    let log: Log = Arc::default();
    let seen = log.clone();
    let service = tower::service_fn(move |request: Request<Bytes>| {
        let mut seen = seen.lock().unwrap();
        let reply = replies.get(seen.len()).or(replies.last()).unwrap();
        seen.push(request);
        let mut response = Response::builder().status(reply.status);
        for (name, value) in &reply.headers {
            response = response.header(*name, value);
        }
        let response = response.body(Bytes::from(reply.body.clone())).unwrap();
        async move { Ok::<_, Infallible>(response) }
    });
    (Client::over(service, "https://api.example.org", SecretString::from(TOKEN)).unwrap(), log)
}

fn repo() -> RepoId {
    "kubevirt/enhancements".parse().unwrap()
}

#[test]
fn addresses() {
    for (root, graphql) in [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://api.github.com/graphql"),
        ("https://ghe.example.org/api/v3", "https://ghe.example.org/api/graphql"),
        ("https://ghe.example.org/api/v3/", "https://ghe.example.org/api/graphql"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/graphql"),
        ("http://localhost:8080/base", "http://localhost:8080/base/graphql"),
        ("http://[::1]:8080", "http://[::1]:8080/graphql"),
        ("http://127.9.9.9/api/v3", "http://127.9.9.9/api/graphql"),
    ] {
        assert_eq!(Roots::parse(root).unwrap().graphql, graphql, "{root}");
    }
    for (root, cause) in [
        ("http://api.github.com", "clear text"),
        ("http://localhost.example.org", "clear text"),
        ("http://10.0.0.1", "clear text"),
        ("http://127.0.0.1.example.org", "clear text"),
        ("ftp://127.0.0.1", "neither"),
        ("api.github.com", ""),
        ("", ""),
        ("https://user:word@example.org", "password"),
        ("https://example.org?x=1", "query"),
    ] {
        let failure = Roots::parse(root).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Configuration, "{root}");
        assert!(failure.cause.contains(cause), "{root}: {failure}");
        assert!(failure.hint.is_some(), "{root}");
    }
}

#[tokio::test]
async fn a_token_that_is_none() {
    for token in ["", "  ", "two\nlines"] {
        let service = tower::service_fn(|_: Request<Bytes>| async { Ok::<_, Infallible>(Response::new(Bytes::new())) });
        let failure = Client::over(service, "https://api.github.com", SecretString::from(token)).unwrap_err();
        assert_eq!((failure.kind, failure.exit_code()), (FailureKind::Credentials, 3), "{token:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_says_who_asks_and_hides_the_token() {
    let (client, log) = client(vec![reply(
        200,
        &[("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "4321"), ("x-ratelimit-reset", "1790000000")],
        r#"{"data": {"rateLimit": {"cost": 3, "limit": 5000, "remaining": 4318, "resetAt": "2026-09-21T13:46:40Z"}, "x": 1}}"#,
    )]);
    let answer = client.graphql("query { x }", json!({ "a": 1 })).await.unwrap();
    assert_eq!(answer.data["x"], 1);
    let log = log.lock().unwrap();
    let request = &log[0];
    assert_eq!(request.uri().to_string(), "https://api.example.org/graphql");
    assert_eq!(request.headers()["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(request.headers().get_all("authorization").iter().count(), 1);
    assert!(request.headers()["user-agent"].to_str().unwrap().starts_with("vepherd/"));
    assert_eq!(request.headers()["accept"], "application/vnd.github+json");
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body, json!({ "query": "query { x }", "variables": { "a": 1 } }));
    assert!(!format!("{:?} {client:?}", request.headers()).contains(TOKEN));
    let budget = client.budget();
    assert_eq!((budget.requests, budget.spent, budget.points.remaining), (1, 3, Some(4318)));
}

#[tokio::test(start_paused = true)]
async fn failures_say_what_to_do() {
    let date = ("date", "Fri, 21 Aug 2026 20:00:00 GMT");
    let table = [
        (
            reply(401, &[], r#"{"message": "Bad credentials"}"#),
            FailureKind::Credentials,
            3,
            "Bad credentials",
            "auth login",
            None,
        ),
        (
            reply(403, &[("x-github-sso", "required; url=https://github.com/orgs/kubevirt/sso?x=1")], "{}"),
            FailureKind::Permission,
            1,
            "single sign-on",
            "https://github.com/orgs/kubevirt/sso?x=1",
            None,
        ),
        (
            reply(403, &[], r#"{"message": "Resource not accessible by personal access token"}"#),
            FailureKind::Permission,
            1,
            "not accessible",
            "scopes",
            None,
        ),
        (
            reply(
                403,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1787342400")],
                r#"{"message": "API rate limit exceeded"}"#,
            ),
            FailureKind::RateLimited,
            4,
            "rate limit",
            "2026-08-21T20:00:00Z",
            Some("2026-08-21T20:00:00Z"),
        ),
        (
            reply(403, &[date, ("retry-after", "90")], r#"{"message": "You have exceeded a secondary rate limit"}"#),
            FailureKind::RateLimited,
            4,
            "secondary",
            "20:01:30",
            Some("2026-08-21T20:01:30Z"),
        ),
        (reply(429, &[date], "{}"), FailureKind::RateLimited, 4, "wait", "20:01:00", Some("2026-08-21T20:01:00Z")),
        (reply(404, &[], r#"{"message": "Not Found"}"#), FailureKind::NotFound, 1, "Not Found", "VEPHERD_REPO", None),
        (reply(301, &[], "{}"), FailureKind::Protocol, 1, "moved", "renamed", None),
        (reply(502, &[], "<html>unicorn</html>"), FailureKind::Server, 4, "502: Bad Gateway", "githubstatus", None),
        (reply(503, &[], ""), FailureKind::Server, 4, "503", "again", None),
        (
            reply(200, &[], "<html>a captive portal</html>"),
            FailureKind::Protocol,
            1,
            "no JSON",
            "VEPHERD_GITHUB_API",
            None,
        ),
        (
            reply(
                200,
                &[],
                r#"{"data": null, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}]}"#,
            ),
            FailureKind::NotFound,
            1,
            "Could not resolve",
            "VEPHERD_REPO",
            None,
        ),
        (
            reply(200, &[], r#"{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}"#),
            FailureKind::RateLimited,
            4,
            "rate limit",
            "minutes",
            None,
        ),
        (
            reply(
                200,
                &[],
                r#"{"errors": [{"type": "INSUFFICIENT_SCOPES", "message": "Your token has not been granted"}]}"#,
            ),
            FailureKind::Permission,
            1,
            "granted",
            "read:org",
            None,
        ),
        (
            reply(
                200,
                &[],
                r#"{"errors": [{"type": "FORBIDDEN", "message": "Resource protected by organization SAML enforcement"}]}"#,
            ),
            FailureKind::Permission,
            1,
            "SAML",
            "single sign-on",
            None,
        ),
        (
            reply(200, &[], r#"{"errors": [{"message": "Something went wrong while executing your query"}]}"#),
            FailureKind::Server,
            4,
            "went wrong",
            "again",
            None,
        ),
        (
            reply(200, &[], r#"{"errors": [{"message": "Field 'nope' doesn't exist on type 'Query'"}]}"#),
            FailureKind::Protocol,
            1,
            "nope",
            "defect",
            None,
        ),
        (reply(200, &[], "{}"), FailureKind::Protocol, 1, "neither data nor errors", "", None),
    ];
    for (answer, kind, code, cause, hint, retry_at) in table {
        let (client, _) = client(vec![answer.clone()]);
        let failure = client.graphql("query { x }", json!({})).await.unwrap_err();
        assert_eq!((failure.kind, failure.exit_code()), (kind, code), "{answer:?}\n{failure}");
        assert!(failure.cause.contains(cause), "{answer:?}\n{failure}");
        assert!(failure.hint.clone().unwrap_or_default().contains(hint), "{answer:?}\n{failure}");
        assert_eq!(failure.retry_at, retry_at.map(|at| at.parse().unwrap()), "{answer:?}\n{failure}");
        assert!(!failure.to_string().contains(TOKEN));
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_once_and_only_where_it_helps() {
    let good = reply(200, &[], r#"{"data": {"x": 1}}"#);
    for (first, tries) in [
        (reply(502, &[], ""), 2),
        (reply(503, &[("retry-after", "1")], ""), 2),
        // Nobody waits at a screen for a minute.
        (reply(503, &[("retry-after", "60")], ""), 1),
        (reply(401, &[], ""), 1),
        (reply(404, &[], ""), 1),
        (reply(429, &[], ""), 1),
    ] {
        let (client, log) = client(vec![first.clone(), good.clone()]);
        let answer = client.graphql("query { x }", json!({})).await;
        assert_eq!(log.lock().unwrap().len(), tries, "{first:?}");
        assert_eq!(answer.is_ok(), tries == 2, "{first:?}");
    }
    let (client, log) = client(vec![reply(502, &[], "")]);
    assert_eq!(client.graphql("query { x }", json!({})).await.unwrap_err().kind, FailureKind::Server);
    assert_eq!(log.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn data_beside_errors_is_an_answer() {
    let body = r#"{"data": {"a": null, "b": 2}, "errors": [{"type": "X", "message": "no", "path": ["a", 3, "c"]}]}"#;
    let (client, _) = client(vec![reply(200, &[], body)]);
    let answer = client.graphql("query { a b }", json!({})).await.unwrap();
    assert_eq!(answer.data["b"], 2);
    assert_eq!(answer.errors[0].path, ["a", "3", "c"]);
}

fn posts() -> Vec<(Post, &'static str, &'static str, Value)> {
    let review = |event, body: &str| Post::Review { event, body: body.to_owned(), commit: Sha::new("abc") };
    vec![
        (
            Post::Comment { body: "/lgtm".to_owned() },
            "POST",
            "/repos/kubevirt/enhancements/issues/7/comments",
            json!({ "body": "/lgtm" }),
        ),
        (
            review(ReviewEvent::Approve, "/approve"),
            "POST",
            "/repos/kubevirt/enhancements/pulls/7/reviews",
            json!({ "event": "APPROVE", "body": "/approve", "commit_id": "abc" }),
        ),
        (
            review(ReviewEvent::Approve, ""),
            "POST",
            "/repos/kubevirt/enhancements/pulls/7/reviews",
            json!({ "event": "APPROVE", "commit_id": "abc" }),
        ),
        (
            review(ReviewEvent::RequestChanges, "Veto: no\n/hold"),
            "POST",
            "/repos/kubevirt/enhancements/pulls/7/reviews",
            json!({ "event": "REQUEST_CHANGES", "body": "Veto: no\n/hold", "commit_id": "abc" }),
        ),
        (
            Post::Dismiss { review: 99, message: "lifted".to_owned() },
            "PUT",
            "/repos/kubevirt/enhancements/pulls/7/reviews/99/dismissals",
            json!({ "message": "lifted", "event": "DISMISS" }),
        ),
        (
            Post::Reply { to: 5_000_000_000, body: "yes".to_owned() },
            "POST",
            "/repos/kubevirt/enhancements/pulls/7/comments/5000000000/replies",
            json!({ "body": "yes" }),
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_post_is_one_call() {
    for (post, method, path, body) in posts() {
        let made = r#"{"id": 5000000001, "node_id": "N", "html_url": "https://github.com/x"}"#;
        let (client, log) = client(vec![reply(201, &[("date", "Fri, 21 Aug 2026 20:00:00 GMT")], made)]);
        let posted = client.send(&repo(), PullNumber(7), &post).await.unwrap();
        assert_eq!(posted.url.as_deref(), Some("https://github.com/x"));
        assert_eq!(posted.database_id, Some(5_000_000_001));
        assert_eq!(posted.node, Some(NodeId::new("N")));
        assert_eq!(posted.at, Some("2026-08-21T20:00:00Z".parse().unwrap()));
        let log = log.lock().unwrap();
        assert_eq!(log.len(), 1, "{post:?}");
        assert_eq!((log[0].method().as_str(), log[0].uri().path()), (method, path));
        assert_eq!(serde_json::from_slice::<Value>(log[0].body()).unwrap(), body);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_goes_out_once_whatever_comes_back() {
    #[derive(Debug, PartialEq)]
    enum Fate {
        Sent,
        NotSent(FailureKind),
        Unknown(FailureKind),
    }
    let mut all: Vec<Post> = posts().into_iter().map(|(post, ..)| post).collect();
    all.push(Post::Resolve { thread: NodeId::new("T") });
    for (answer, fate) in [
        // A proxy's page, as like as not: the proposal itself says whether it was done.
        (reply(201, &[], "no JSON at all"), Fate::Unknown(FailureKind::Server)),
        (reply(200, &[], "[]"), Fate::Unknown(FailureKind::Server)),
        (
            reply(
                422,
                &[],
                r#"{"message": "Validation Failed", "errors": [{"message": "was submitted too quickly"}]}"#,
            ),
            Fate::NotSent(FailureKind::RateLimited),
        ),
        (reply(500, &[], ""), Fate::Unknown(FailureKind::Server)),
        (reply(502, &[], ""), Fate::Unknown(FailureKind::Server)),
        (reply(504, &[], ""), Fate::Unknown(FailureKind::Server)),
        (reply(408, &[], ""), Fate::Unknown(FailureKind::Server)),
        (reply(401, &[], ""), Fate::NotSent(FailureKind::Credentials)),
        (reply(403, &[], r#"{"message": "Must have write access"}"#), Fate::NotSent(FailureKind::Permission)),
        (reply(403, &[("retry-after", "60")], ""), Fate::NotSent(FailureKind::RateLimited)),
        (reply(404, &[], ""), Fate::NotSent(FailureKind::NotFound)),
        (
            reply(422, &[], r#"{"message": "Unprocessable", "errors": ["Can not approve your own pull request"]}"#),
            Fate::NotSent(FailureKind::Rejected),
        ),
        (reply(307, &[("location", "https://elsewhere.example.org")], ""), Fate::NotSent(FailureKind::Protocol)),
    ] {
        for post in &all {
            let (client, log) = client(vec![answer.clone()]);
            let found = match client.send(&repo(), PullNumber(7), post).await {
                Ok(_) => Fate::Sent,
                Err(SendFailure::NotSent(failure)) => Fate::NotSent(failure.kind),
                Err(SendFailure::Unknown(failure)) => Fate::Unknown(failure.kind),
            };
            assert_eq!(found, fate, "{post:?} {answer:?}");
            assert_eq!(log.lock().unwrap().len(), 1, "{post:?} {answer:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_mutation_that_github_refuses() {
    for (body, unknown, kind) in [
        (
            r#"{"data": {"x": null}, "errors": [{"type": "FORBIDDEN", "message": "not yours"}]}"#,
            false,
            FailureKind::Permission,
        ),
        (
            r#"{"data": {"x": null}, "errors": [{"type": "UNPROCESSABLE", "message": "no"}]}"#,
            false,
            FailureKind::Rejected,
        ),
        (r#"{"errors": [{"message": "Something went wrong"}]}"#, true, FailureKind::Server),
    ] {
        let (client, log) = client(vec![reply(200, &[], body)]);
        let failure =
            client.send(&repo(), PullNumber(7), &Post::Resolve { thread: NodeId::new("T") }).await.unwrap_err();
        assert_eq!(matches!(failure, SendFailure::Unknown(_)), unknown, "{failure:?}");
        assert_eq!(failure.failure().kind, kind);
        let log = log.lock().unwrap();
        let sent: Value = serde_json::from_slice(log[0].body()).unwrap();
        assert_eq!(sent["variables"], json!({ "thread": "T" }));
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_timeout() {
    let service = tower::service_fn(|_: Request<Bytes>| std::future::pending::<Result<Response<Bytes>, Infallible>>());
    let client = Client::over(service, "https://api.example.org", SecretString::from(TOKEN)).unwrap();
    let failure = client.graphql("query { x }", json!({})).await.unwrap_err();
    assert_eq!((failure.kind, failure.exit_code()), (FailureKind::Network, 4));
    assert!(failure.cause.contains("api.example.org did not answer in time"), "{failure}");
    let lost = client.send(&repo(), PullNumber(7), &Post::Comment { body: "x".to_owned() }).await.unwrap_err();
    assert!(matches!(lost, SendFailure::Unknown(_)), "{lost:?}");
}

/// The real connector: what fails before anything is sent is known not to be sent.
#[tokio::test]
async fn the_network_tells_unsent_from_unknown() {
    let (comment, repo) = (Post::Comment { body: "x".to_owned() }, repo());
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let client = Client::connect(&format!("http://{address}"), SecretString::from(TOKEN), &Wire::default()).unwrap();
    let failure = client.send(&repo, PullNumber(7), &comment).await.unwrap_err();
    assert!(matches!(&failure, SendFailure::NotSent(failure) if failure.kind == FailureKind::Network), "{failure:?}");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let client = Client::connect(&format!("http://{address}"), SecretString::from(TOKEN), &Wire::default()).unwrap();
    let hang_up = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut some = [0; 64];
        tokio::io::AsyncReadExt::read(&mut socket, &mut some).await.unwrap();
    };
    let (failure, ()) = tokio::join!(client.send(&repo, PullNumber(7), &comment), hang_up);
    assert!(
        matches!(&failure, Err(SendFailure::Unknown(failure)) if failure.kind == FailureKind::Network),
        "{failure:?}"
    );

    // What speaks no TLS is no GitHub; nothing was sent to it.
    let client = Client::connect(&format!("https://{address}"), SecretString::from(TOKEN), &Wire::default()).unwrap();
    let babble = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut socket, b"SSH-2.0-nothing\r\n").await.unwrap();
        let mut some = [0; 64];
        tokio::io::AsyncReadExt::read(&mut socket, &mut some).await.unwrap();
    };
    let (failure, ()) = tokio::join!(client.send(&repo, PullNumber(7), &comment), babble);
    let Err(SendFailure::NotSent(failure)) = failure else { panic!("{failure:?}") };
    assert!(failure.cause.contains("no trusted connection"), "{failure}");
}
