//! Actions as processes against a server that speaks GitHub's API: exactly one call, the right one, or none.

use serde_json::json;
use vepherd::sim::faults::{Fault, Kind, Trouble};

use super::kit::Hub;

const COMMENTS: &str = "POST /repos/kubevirt/enhancements/issues/7/comments";
const REVIEWS: &str = "POST /repos/kubevirt/enhancements/pulls/7/reviews";

#[test]
fn each_action_is_exactly_one_call() {
    let table: &[(&[&str], &str, &str, Option<&str>)] = &[
        (&["comment", "7", "-m", "Why?"], COMMENTS, "Why?", None),
        (&["lgtm", "7"], REVIEWS, "", Some("APPROVE")),
        (&["approve", "#7"], REVIEWS, "/approve", Some("APPROVE")),
        (
            &["veto", "7", "--reason", "No migration path."],
            REVIEWS,
            "Veto (sig-compute): No migration path.\n\n/hold",
            Some("REQUEST_CHANGES"),
        ),
        (&["hold", "7", "--reason", "until the freeze"], COMMENTS, "until the freeze\n\n/hold", None),
        (&["unhold", "7"], COMMENTS, "/unhold", None),
        (&["assign", "7", "me"], COMMENTS, "/assign @sam", None),
        (&["unassign", "7", "@sam"], COMMENTS, "/unassign @sam", None),
        (&["cc", "7", "ada"], COMMENTS, "/cc @ada", None),
    ];
    for (args, path, body, event) in table {
        let hub = Hub::small();
        let head = hub.user().run(&["show", "7", "--json"]).exits(0).json()["proposal"]["head"].clone();
        hub.sim.clear_log();
        let user = hub.user();
        let args: Vec<&str> = args.iter().copied().chain(["--yes", "--json"]).collect();
        let done = user.run(&args).exits(0).json();
        let writes = hub.writes();
        assert_eq!(writes.len(), 1, "{args:?}: {writes:?}");
        let (to, sent) = &writes[0];
        assert_eq!(to, path, "{args:?}");
        assert_eq!(sent.get("body").and_then(|it| it.as_str()).unwrap_or(""), *body, "{args:?}");
        match event {
            Some(event) => assert_eq!((&sent["event"], &sent["commit_id"]), (&json!(event), &head), "{args:?}"),
            None => assert!(sent.get("event").is_none()),
        }
        assert_eq!((&done["state"], &done["dry_run"]), (&json!("done"), &json!(false)));
        assert_eq!(user.run(&["outbox", "--json"]).exits(0).json()["outbox"], json!([]));
    }
}

#[test]
fn texts_come_from_files_and_stdin_too() {
    let hub = Hub::small();
    let user = hub.user();
    std::fs::write(user.path("text.md"), "From a file.\n").unwrap();
    user.run(&["comment", "7", "-F", "text.md", "--yes"]).exits(0);
    user.run_with(&["comment", "7", "-F", "-", "--yes"], "From stdin.\n").exits(0);
    user.run(&["comment", "7", "-F", "missing.md", "--yes"]).exits(2).says("missing.md");
    let bodies: Vec<_> =
        hub.writes().into_iter().map(|(_, sent)| sent["body"].as_str().unwrap().trim().to_owned()).collect();
    assert_eq!(bodies, ["From a file.", "From stdin."]);
}

#[test]
fn a_dry_run_posts_nothing_and_says_what_would_happen_also_offline() {
    let mut hub = Hub::small();
    let user = hub.user();
    let args = ["comment", "7", "-m", "fine\n/hold", "--dry-run"];
    let text = user.run(&args);
    assert!(text.exits(0).out.contains("do-not-merge/hold"), "{}", text.out);
    let json = user.run(&[&args[..], &["--json"]].concat()).exits(0).json();
    assert_eq!(json["dry_run"], true);
    assert_eq!(json["posts"][0], json!({ "call": "comment", "body": "fine\n/hold" }));
    assert_eq!(json["forecast"]["labels_added"], json!(["do-not-merge/hold"]));
    hub.stop();
    let offline = user.run(&[&args[..], &["--json"]].concat());
    offline.exits(0).says("rests on what the local store has");
    assert_eq!(offline.json()["forecast"], json["forecast"]);
    assert_eq!(hub.writes(), []);
    assert_eq!(user.run(&["outbox", "--json"]).exits(0).json()["outbox"], json!([]));
}

#[test]
fn the_head_that_was_read_is_held_to() {
    let hub = Hub::small();
    let user = hub.user();
    let head = user.run(&["show", "7", "--json"]).exits(0).json()["proposal"]["head"].as_str().unwrap().to_owned();
    let at = crate::e2e::sim_kit::at(super::kit::NOW);
    let edits = [vepherd::sim::world::Edit::text("veps/sig-compute/7-hot-plug/vep.md", "# VEP 7: other\n")];
    hub.sim.with(|world| world.push(&hub.pull, at, "grace", "Rework", &edits));
    for command in [&["lgtm", "7"][..], &["comment", "7", "-m", "x"], &["veto", "7", "--reason", "x"]] {
        let args = [command, &["--yes", "--at", &head]].concat();
        user.run(&args).exits(5).says("the head moved");
    }
    assert_eq!(hub.writes(), []);
    let now = user.run(&["show", "7", "--json"]).exits(0).json()["proposal"]["head"].as_str().unwrap().to_owned();
    user.run(&["lgtm", "7", "--yes", "--at", &now[..8]]).exits(0);
    assert_eq!(hub.writes().len(), 1);
    // The same again tells nobody anything.
    user.run(&["lgtm", "7", "--yes"]).exits(5).says("already");
    assert_eq!(hub.writes().len(), 1);
}

#[test]
fn a_push_between_the_look_and_the_send_parks_the_sign_off() {
    let hub = Hub::small();
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    // The first read of `lgtm` sees the old head, the second, right before sending, the new one.
    hub.sim.inject(Fault::once(Kind::Query, Trouble::MovedHead).after(1));
    let ran = user.run(&["lgtm", "7", "--yes"]);
    ran.exits(5).says("the head moved since you read it").says("outbox send 1 --anyway");
    assert_eq!(hub.writes(), []);
    let outbox = user.run(&["outbox", "--json"]).exits(0).json();
    assert_eq!((&outbox["outbox"][0]["state"], &outbox["outbox"][0]["action"]), (&json!("parked"), &json!("lgtm")));
    assert!(user.run(&["outbox"]).exits(0).out.contains("the head moved"));
    user.run(&["outbox", "send"]).exits(0);
    assert_eq!(hub.writes(), [], "a parked one goes out only when it is named");
    user.run(&["outbox", "drop", "1"]).exits(0);
    assert_eq!(user.run(&["outbox", "--json"]).exits(0).json()["outbox"], json!([]));
}

#[test]
fn a_lost_reply_is_found_and_an_unreachable_server_loses_no_text() {
    let mut hub = Hub::small();
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    hub.sim.inject(Fault::once(Kind::Write, Trouble::LostReply));
    user.run(&["comment", "7", "-m", "once", "--yes"]).exits(0);
    assert_eq!(hub.writes().len(), 1);
    hub.sim.inject(Fault::once(Kind::Write, Trouble::SecondaryLimit(1)));
    user.run(&["comment", "7", "-m", "kept", "--yes"]).exits(4).says("kept: `vepherd outbox send 2`");
    assert!(user.run(&["outbox"]).exits(0).out.contains("queued"));
    user.run(&["outbox", "send"]).exits(0);
    assert_eq!(hub.writes().len(), 2);
    hub.stop();
    user.run(&["comment", "7", "-m", "offline", "--yes"]).exits(4).says("your text is kept: `vepherd outbox send 3`");
    assert_eq!(hub.writes().len(), 2);
    let rows = user.run(&["outbox", "--json"]).exits(0).json()["outbox"].clone();
    assert_eq!(
        (rows.as_array().unwrap().len(), &rows[0]["state"], &rows[0]["due"]),
        (1, &json!("queued"), &json!(true))
    );
    user.run(&["outbox", "edit", "3", "-m", "written on a train"]).exits(0);
    assert!(user.run(&["outbox"]).exits(0).out.contains("written on a train"));
    user.run(&["outbox", "edit", "9", "-m", "x"]).exits(1).says("there is no 9");
}

#[test]
fn read_only_posts_nothing_and_says_why() {
    let hub = Hub::small();
    let user = hub.user();
    user.run(&["comment", "7", "-m", "x", "--yes", "--read-only"]).exits(5).says("started with --read-only");
    user.run(&["--read-only", "comment", "7", "-m", "x", "--dry-run"]).exits(0);
    user.run(&["--read-only", "show", "7"]).exits(0);
    std::fs::write(user.path("config.toml"), "read_only = true\n").unwrap();
    user.run(&["lgtm", "7", "--yes"]).exits(5).says("the configuration file says read_only");
    user.run(&["outbox", "send"]).exits(5).says("read_only");
    std::fs::write(user.path("config.toml"), "undo = 90\nlost_reply = \"x\"\nread_only = 1\n").unwrap();
    user.run(&["list"]).exits(1).says("from 0 to 60").says("from 1 to 600").says("true or false");
    std::fs::remove_file(user.path("config.toml")).unwrap();
    hub.sim.with(|world| world.scopes = vec!["read:org".into()]);
    user.run(&["comment", "7", "-m", "x", "--yes"]).exits(5).says("needs the scope public_repo");
    assert_eq!(hub.writes(), []);
    assert_eq!(user.run(&["outbox", "--json"]).exits(0).json()["outbox"], json!([]), "nothing is left behind");
}

#[test]
fn faults_come_from_a_file() {
    let user = Hub::small().user();
    let demo = |text: &str| {
        std::fs::write(user.path("faults.toml"), text).unwrap();
        user.run(&["demo", "--faults", "faults.toml"])
    };
    demo("").exits(0);
    demo("[[fault]]\non = \"query\"\nwhat = \"bad-credentials\"\n").exits(3).says("Bad credentials");
    demo("[[fault]]\non = \"query\"\nwhat = \"sleep\"\n").exits(2).says("line 3").says("bad-gateway");
    demo("[[fault]]\non = \"reads\"\nwhat = \"slow\"\n").exits(2).says("no kind of request");
    demo("[[fault]]\non = \"any\"\nwhat = \"drop\"\nseconds = 3\n").exits(2).says("is for slow");
    demo("[[fault]]\nwhen = 1\n").exits(2).says("line 2").says("demo --help");
    user.run(&["demo", "--faults", "none.toml"]).exits(2).says("none.toml");
    assert!(user.run(&["demo", "--help"]).exits(0).out.contains("lost-in-silence"));
}

#[test]
fn who_may_not_is_told_why() {
    // `zed` represents nobody and holds no power.
    let (mut world, repo, pull) = crate::e2e::sim_kit::world();
    world.user("zed");
    world.viewer = vepherd::domain::ids::Login::new("zed");
    drop(repo);
    let hub = Hub::serve(world, pull);
    let user = hub.user();
    user.run(&["veto", "7", "--reason", "I do not like it.", "--yes"]).exits(5).says("represents no SIG");
    user.run(&["unveto", "7", "--yes"]).exits(5).says("you have none that stands");
    assert_eq!(hub.writes(), []);
    // Nobody signs off their own; an own approval is a comment, because GitHub takes no review of the author.
    let (mut world, _, pull) = crate::e2e::sim_kit::world();
    world.viewer = vepherd::domain::ids::Login::new("grace");
    let hub = Hub::serve(world, pull);
    let user = hub.user();
    user.run(&["lgtm", "7", "--yes"]).exits(5).says("it is your own");
    user.run(&["approve", "7", "--yes"]).exits(0);
    assert_eq!(hub.writes(), [(COMMENTS.to_owned(), json!({ "body": "/approve" }))]);
}

#[test]
fn a_veto_is_lifted_by_words() {
    let hub = Hub::small();
    let user = hub.user();
    user.run(&["veto", "7", "--reason", "No migration path.", "--yes"]).exits(0);
    let one = user.run(&["show", "7", "--json"]).exits(0).json();
    assert_eq!(one["proposal"]["vetoes"][0]["by"], "sam");
    assert_eq!(one["proposal"]["signoffs"]["compute"]["state"], "vetoed");
    hub.hands.forward(60);
    user.run(&["unveto", "7", "-m", "the path is there now", "--yes"]).exits(0);
    let writes = hub.writes();
    assert_eq!(
        writes[1..],
        [(COMMENTS.to_owned(), json!({ "body": "Veto lifted: the path is there now\n\n/hold cancel" }))]
    );
    let one = user.run(&["show", "7", "--json"]).exits(0).json();
    assert_eq!(one["proposal"]["vetoes"], json!([]));
}

#[test]
fn a_text_that_undoes_what_is_meant_is_refused_or_warned_of() {
    let hub = Hub::small();
    let user = hub.user();
    let veto = ["veto", "7", "--reason", "Not like this.\n/hold cancel"];
    let tried = user.run(&[&veto[..], &["--dry-run"]].concat());
    assert!(tried.exits(0).out.contains("your text lifts the hold"), "{}", tried.out);
    assert!(tried.out.contains("`/hold cancel` in your text is a command of its own"), "{}", tried.out);
    user.run(&[&veto[..], &["--yes"]].concat()).exits(5).says("lifts the hold").says("Nothing was posted");
    assert_eq!(hub.writes(), []);
    // A command that undoes nothing is the user's own business.
    user.run(&["hold", "7", "--reason", "Wait.\n/assign @carl", "--yes"]).exits(0);
    assert_eq!(hub.writes().len(), 1);
}
