//! The simulator's GraphQL: it answers our documents, and refuses what GitHub refuses in GitHub's words.

use serde_json::{Value, json};
use vepherd::domain::facts::Mergeable;
use vepherd::sim::world::{Edit, NewIssue, NewPull, NewReview, NewThread, ReviewState};

use super::sim_kit::{ask, at, send, sim, world};

fn document(operation: &str) -> String {
    let all = [
        include_str!("../../assets/graphql/asks.graphql"),
        include_str!("../../assets/graphql/light.graphql"),
        include_str!("../../assets/graphql/resolve.graphql"),
        include_str!("../../assets/graphql/fragments.graphql"),
    ]
    .join("\n");
    let ast = apollo_compiler::ast::Document::parse(all, "all.graphql").unwrap();
    // One operation, and the fragments that it reaches: an unused fragment is an error on GitHub.
    let mut wanted = vec![operation.to_owned()];
    let mut done: Vec<String> = Vec::new();
    let mut out = String::new();
    while let Some(name) = wanted.pop() {
        if done.contains(&name) {
            continue;
        }
        let definition = ast.definitions.iter().find(|one| one.name().is_some_and(|n| n.as_str() == name)).unwrap();
        let text = definition.to_string();
        for piece in text.split("...").skip(1) {
            let spread: String = piece.chars().take_while(char::is_ascii_alphanumeric).collect();
            if !spread.is_empty() && spread != "on" {
                wanted.push(spread);
            }
        }
        out.push_str(&text);
        out.push('\n');
        done.push(name);
    }
    out
}

#[tokio::test]
async fn our_light_query_is_answered() {
    let (mut world, repo, _) = world();
    world.issue(
        &repo,
        at("2026-01-05T00:00:00Z"),
        NewIssue { title: "Track".into(), author: "grace".into(), ..NewIssue::default() },
    );
    let (sim, _) = sim(world);
    let variables = json!({
        "owner": "KubeVirt", "name": "enhancements", "open": 50, "ended": 10, "whole": true,
        "aliasesOwner": "kubevirt", "aliasesName": "enhancements", "sigsOwner": "kubevirt", "sigsName": "enhancements",
        "schedulesOwner": "kubevirt", "schedulesName": "enhancements",
    });
    let answer = ask(&sim, &document("Light"), variables).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    let repository = &answer["data"]["repository"];
    let about = &answer["data"]["about"];
    assert_eq!(about["nameWithOwner"], "kubevirt/enhancements");
    assert_eq!(about["viewerPermission"], "READ");
    assert_eq!(repository["open"]["totalCount"], 1);
    assert_eq!(repository["open"]["nodes"][0]["number"], 7);
    assert_eq!(answer["data"]["viewer"]["login"], "sam");
    assert_eq!(answer["data"]["rateLimit"]["cost"], 1);
    assert_eq!(answer["data"]["rateLimit"]["remaining"], 4999);
    assert_eq!(answer["data"]["aliases"]["object"], Value::Null);
}

#[tokio::test]
async fn our_deep_query_is_answered_whole() {
    let (mut world, _, pull) = world();
    world.comment(&pull, at("2026-02-02T00:00:00Z"), "ada", "Why?");
    world.user("gone");
    world.comment(&pull, at("2026-02-02T01:00:00Z"), "gone", "I was here.");
    world.delete_account("gone");
    let path = "veps/sig-compute/7-hot-plug/vep.md";
    let review = NewReview::new("ada", ReviewState::ChangesRequested, "Not yet.");
    world.review(&pull, at("2026-02-03T00:00:00Z"), review.threads(vec![NewThread::on(path, 3, "Why so?")]));
    world.label(&pull, at("2026-02-03T01:00:00Z"), "kubevirt-prow", "sig/compute");
    world.bot("kubevirt-bot");
    world.label(&pull, at("2026-02-03T02:00:00Z"), "kubevirt-bot[bot]", "lgtm");
    world.assign(&pull, at("2026-02-03T03:00:00Z"), "ada", "ada");
    world.request_review(&pull, at("2026-02-03T04:00:00Z"), "grace", "kubevirt/approvers");
    world.request_review(&pull, at("2026-02-03T04:00:00Z"), "grace", "carl");
    world.status(&pull, at("2026-02-03T05:00:00Z"), "dco", "SUCCESS", "All good");
    world.check_run(&pull, at("2026-02-03T05:00:00Z"), "check-naming", Some("FAILURE"));
    world.force_push(
        &pull,
        at("2026-02-04T00:00:00Z"),
        "grace",
        "Rework",
        &[Edit::text(path, "# VEP 7\n\n## Motivation\n\nNew.\n")],
    );
    world.set_mergeable(&pull, Mergeable::Conflicting);
    let (sim, _) = sim(world);
    let variables = json!({
        "owner": "kubevirt", "name": "enhancements", "number": 7, "labels": 100, "threads": 50, "files": 100,
        "commits": 100, "reviews": 100, "comments": 100, "timeline": 100, "assignees": 30, "requests": 50, "checks": 100,
    });
    let answer = ask(&sim, &document("AskPull"), variables).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    let found = &answer["data"]["repository"]["pullRequest"];
    assert_eq!(found["author"], json!({ "__typename": "User", "login": "grace" }));
    assert_eq!(found["mergeable"], "CONFLICTING");
    assert_eq!(found["mergeStateStatus"], "DIRTY");
    assert_eq!(found["comments"]["nodes"][1]["author"], Value::Null);
    assert_eq!(found["comments"]["nodes"][0]["authorAssociation"], "MEMBER");
    assert_eq!(found["reviews"]["nodes"][0]["state"], "CHANGES_REQUESTED");
    let thread = &found["reviewThreads"]["nodes"][0];
    assert_eq!((&thread["isOutdated"], &thread["line"]), (&json!(true), &Value::Null));
    assert_eq!(thread["comments"]["nodes"][0]["pullRequestReview"]["id"], found["reviews"]["nodes"][0]["id"]);
    assert_eq!(found["statusCheckRollup"], Value::Null, "checks belong to the commit that they ran on");
    assert_eq!(found["labels"]["nodes"], json!([{ "name": "sig/compute" }, { "name": "lgtm" }]));
    let kinds: Vec<&str> =
        found["timelineItems"]["nodes"].as_array().unwrap().iter().map(|n| n["__typename"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "LabeledEvent",
            "LabeledEvent",
            "AssignedEvent",
            "ReviewRequestedEvent",
            "ReviewRequestedEvent",
            "HeadRefForcePushedEvent",
        ]
    );
    let second = &found["timelineItems"]["nodes"][1];
    assert_eq!(second["actor"], json!({ "__typename": "Bot", "login": "kubevirt-bot" }), "no [bot] in GraphQL");
    assert_eq!(found["timelineItems"]["nodes"][3]["requestedReviewer"]["combinedSlug"], "kubevirt/approvers");
    assert_eq!(found["files"]["nodes"][0]["changeType"], "ADDED");
    assert_eq!(found["commits"]["nodes"].as_array().unwrap().len(), 1);
    let events = &found["timelineItems"]["nodes"][5];
    assert_eq!(events["afterCommit"]["oid"], found["headRefOid"]);
}

#[tokio::test]
async fn what_github_refuses_is_refused_in_its_words() {
    let (world, ..) = world();
    let (sim, _) = sim(world);
    let repo =
        |inner: &str| format!("query {{ repository(owner: \"kubevirt\", name: \"enhancements\") {{ {inner} }} }}");
    let deep = "pullRequests(first: 100) { nodes { reviewThreads(first: 100) { nodes { comments(first: 100) { nodes { id } } } } } }";
    let table = [
        (repo("nonsense"), None, "nonsense"),
        (
            repo("pullRequests { totalCount }"),
            Some("MISSING_PAGINATION_BOUNDARIES"),
            "You must provide a `first` or `last`",
        ),
        (
            repo("pullRequests(first: 101) { totalCount }"),
            Some("EXCESSIVE_PAGINATION"),
            "exceeds the `first` limit of 100 records",
        ),
        (
            repo("pullRequest(number: 99) { title }"),
            Some("NOT_FOUND"),
            "Could not resolve to a PullRequest with the number of 99.",
        ),
        (
            repo("issueOrPullRequest(number: 98) { __typename }"),
            Some("NOT_FOUND"),
            "Could not resolve to an issue or pull request with the number of 98.",
        ),
        (repo(deep), Some("MAX_NODE_LIMIT_EXCEEDED"), "1,010,100 possible nodes"),
        (
            "query { repository(owner: \"no\", name: \"body\") { nameWithOwner } }".to_owned(),
            Some("NOT_FOUND"),
            "Could not resolve to a Repository with the name 'no/body'.",
        ),
        ("query { node(id: \"PR_x\") { __typename } }".to_owned(), Some("NOT_FOUND"), "global id of 'PR_x'"),
        (
            repo("pullRequests(first: 1, after: \"soup\") { totalCount }"),
            Some("INVALID_CURSOR_ARGUMENTS"),
            "`soup` does not appear to be a valid cursor.",
        ),
        ("query {".to_owned(), None, ""),
    ];
    for (query, kind, words) in table {
        let answer = ask(&sim, &query, json!({})).await;
        let error = &answer["errors"][0];
        assert_eq!(error["type"].as_str(), kind, "{query}: {answer:#}");
        let messages: Vec<&str> =
            answer["errors"].as_array().unwrap().iter().map(|error| error["message"].as_str().unwrap()).collect();
        assert!(messages.iter().any(|message| message.contains(words)), "{query}: {answer:#}");
        let kept = answer["data"]["repository"].is_object();
        assert!(!kept || query.contains("OrPullRequest") || query.contains("pullRequest("), "{query}: {answer:#}");
    }
    let answer = ask(&sim, &repo("nameWithOwner pullRequest(number: 99) { title }"), json!({})).await;
    assert_eq!(answer["errors"][0]["path"], json!(["repository", "pullRequest"]));
    assert_eq!(answer["data"]["repository"], json!({ "nameWithOwner": "kubevirt/enhancements", "pullRequest": null }));
}

#[tokio::test]
async fn points_follow_the_published_formula_and_run_out() {
    let (world, ..) = world();
    let (sim, hands) = sim(world);
    // 1 + 50 + 50 x 100 requests: 51 points.
    let query = "query($o: String!, $n: String!) { rateLimit { cost remaining } repository(owner: $o, name: $n) {
        pullRequests(first: 50) { nodes { reviewThreads(first: 100) { nodes { comments(first: 10) { nodes { id } } } } } } } }";
    let variables = json!({ "o": "kubevirt", "n": "enhancements" });
    let answer = ask(&sim, query, variables.clone()).await;
    assert_eq!(answer["data"]["rateLimit"], json!({ "cost": 51, "remaining": 4949 }));
    for _ in 0..97 {
        ask(&sim, query, variables.clone()).await;
    }
    let response = send(&sim, "POST", "/graphql", Some(json!({ "query": query, "variables": variables }))).await;
    assert_eq!(response.headers()["x-ratelimit-remaining"], "2");
    let answer = ask(&sim, query, variables.clone()).await;
    assert_eq!(answer["errors"][0]["type"], "RATE_LIMITED");
    hands.forward(3600);
    let answer = ask(&sim, query, variables).await;
    assert_eq!(answer["data"]["rateLimit"]["remaining"], 4949);
    assert_eq!(sim.log().iter().map(|logged| logged.points).sum::<u64>(), 51 * 99);
}

#[tokio::test]
async fn pages_meet_without_gap_or_overlap() {
    let (mut world, repo, _) = world();
    for day in 1..=9 {
        world.open(&repo, at(&format!("2026-02-1{day}T00:00:00Z")), NewPull::by("grace", "More").number(20 + day));
    }
    let (sim, _) = sim(world);
    for direction in ["ASC", "DESC"] {
        let mut numbers = Vec::new();
        let mut after = Value::Null;
        loop {
            let query =
                "query($after: String, $d: OrderDirection!) { repository(owner: \"kubevirt\", name: \"enhancements\") {
                pullRequests(first: 4, after: $after, orderBy: { field: UPDATED_AT, direction: $d }) {
                  totalCount pageInfo { hasNextPage endCursor } nodes { number } } } }";
            let answer = ask(&sim, query, json!({ "after": after, "d": direction })).await;
            let page = &answer["data"]["repository"]["pullRequests"];
            assert_eq!(page["totalCount"], 10, "{answer:#}");
            numbers.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["number"].as_u64().unwrap()));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        let mut wanted: Vec<u64> = vec![7, 21, 22, 23, 24, 25, 26, 27, 28, 29];
        if direction == "DESC" {
            wanted.reverse();
        }
        assert_eq!(numbers, wanted, "{direction}");
    }
}

#[tokio::test]
async fn files_have_the_names_that_git_gives_them() {
    let (world, ..) = world();
    let (sim, _) = sim(world);
    let text = "# VEPs\n";
    let oid = vepherd::sim::world::git::name_of("blob", text.as_bytes());
    assert_eq!(vepherd::sim::world::git::name_of("blob", b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    let query = "query($oid: GitObjectID!) { repository(owner: \"kubevirt\", name: \"enhancements\") {
        a: object(expression: \"HEAD:README.md\") { oid ... on Blob { text } }
        b: object(oid: $oid) { ... on Blob { text } }
        c: object(expression: \"main:veps/sig-compute\") { ... on Tree { entries { name type oid } } }
        d: object(expression: \"HEAD:nothing\") { oid } } }";
    let answer = ask(&sim, query, json!({ "oid": oid })).await;
    let data = &answer["data"]["repository"];
    assert_eq!(data["a"], json!({ "oid": oid, "text": text }), "{answer:#}");
    assert_eq!(data["b"]["text"], text);
    let names: Vec<&Value> = data["c"]["entries"].as_array().unwrap().iter().map(|entry| &entry["name"]).collect();
    assert_eq!(names, ["3-old", "OWNERS"]);
    assert_eq!(data["d"], Value::Null);
}

#[tokio::test]
async fn threads_are_resolved_by_the_author_and_by_writers_alone() {
    let (mut world, _, pull) = world();
    let thread = NewThread::on("veps/sig-compute/7-hot-plug/vep.md", 3, "Why?");
    world.thread(&pull, at("2026-02-03T00:00:00Z"), "ada", thread);
    let id = world.item(&pull).unwrap().pull.as_ref().unwrap().threads[0].node_id.clone();
    let (sim, _) = sim(world);
    let document = document("Resolve");
    let answer = ask(&sim, &document, json!({ "thread": id })).await;
    assert_eq!(answer["errors"][0]["type"], "FORBIDDEN", "{answer:#}");
    assert_eq!(answer["data"]["resolveReviewThread"], Value::Null);
    sim.with(|world| world.viewer = "grace".into());
    let answer = ask(&sim, &document, json!({ "thread": id })).await;
    assert_eq!(answer["data"]["resolveReviewThread"]["thread"], json!({ "id": id, "isResolved": true }), "{answer:#}");
    let answer = ask(&sim, &document, json!({ "thread": "PRRT_no" })).await;
    assert_eq!(answer["errors"][0]["type"], "NOT_FOUND");
}
