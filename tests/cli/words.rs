//! What commands say on stdout and stderr, and with which exit code.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::kit::{Bench, Hub};

#[test]
fn exit_codes_are_those_of_the_contract() {
    let bench = Bench::new();
    let table: &[(&[&str], i32, &str)] = &[
        (&["--version"], 0, ""),
        (&["--help"], 0, ""),
        (&["no-such-command"], 2, "no-such-command"),
        (&["show", "zero"], 2, "not a pull request's number"),
        (&["lgtm", "7", "--at", "123"], 2, "7 to 40 hexadecimal digits"),
        (&["--demo", "list", "stage:nonsense"], 2, "nonsense"),
        (&["--demo", "list", "-is:draft", "sig:compute"], 0, ""),
        (&["--demo", "show", "1"], 1, "#1"),
        (&["--demo", "comment", "1", "-m", "x", "--yes"], 1, "#1"),
        (&["list"], 3, "there is no token"),
        (&["auth", "status"], 3, "there is no token"),
        (&["list", "--offline"], 1, "vepherd sync"),
        (&["--repo", "nonsense", "list"], 1, "OWNER/NAME"),
        (&["--demo", "veto", "361", "--reason", "x"], 2, "--yes"),
        (&["--demo", "veto", "361", "--reason", " ", "--yes"], 2, "blank"),
        (&["--demo", "hold", "361", "--yes"], 2, "--reason"),
        (&["--demo", "comment", "361", "--yes"], 2, "-m TEXT"),
        (&["--demo", "comment", "361", "-m", " \n", "--yes"], 2, "blank"),
        (&["--demo", "lgtm", "361", "--yes", "--at", "0000000"], 5, "the head moved"),
        (&["--demo", "outbox"], 0, "nothing is unsent"),
        (&["--demo", "outbox", "drop", "7"], 1, "there is no 7"),
        (&["--demo", "outbox", "send", "7"], 1, "there is no 7"),
        (&["--demo", "reply", "361", "99", "-m", "x", "--yes"], 2, "thread"),
        (&["--demo", "doctor"], 0, ""),
    ];
    for (args, code, says) in table {
        let ran = bench.run(args);
        assert_eq!(ran.code, *code, "{args:?}\n{}\n{}", ran.out, ran.err);
        assert!(ran.err.contains(says), "{args:?}: `{says}` is not in\n{}", ran.err);
        assert!(*code == 0 || ran.out.is_empty(), "{args:?}: {}", ran.out);
    }
}

#[test]
fn without_a_terminal_the_board_is_plain_text() {
    let bench = Bench::new();
    let ran = bench.run(&["demo"]);
    ran.exits(0);
    assert!(!ran.out.contains('\u{1b}'));
    for part in
        ["kubevirt/enhancements", "needs shepherd (", "in review (", "conflict (", "converged (", "⇢ SIG compute for"]
    {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    assert_eq!(bench.run(&["--demo"]).out, ran.out);
    assert!(bench.run(&[]).exits(3).out.is_empty());
}

/// Variables, flags, and whether the output is coloured.
type Colours<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], bool);

#[test]
fn colours_are_as_users_expect() {
    let table: &[Colours<'_>] = &[
        (&[], &[], false),
        (&[("CLICOLOR_FORCE", "1")], &[], true),
        (&[("CLICOLOR_FORCE", "0")], &[], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[], false),
        (&[], &["--color", "always"], true),
        (&[("NO_COLOR", "1")], &["--color", "always"], true),
        (&[("CLICOLOR_FORCE", "1")], &["--color", "never"], false),
    ];
    for (vars, flags, colored) in table {
        let bench = vars.iter().fold(Bench::new(), |bench, (name, value)| bench.var(name, *value));
        let args: Vec<&str> = ["--demo", "list"].iter().chain(*flags).copied().collect();
        assert_eq!(bench.run(&args).exits(0).out.contains('\u{1b}'), *colored, "{vars:?} {flags:?}");
    }
}

#[test]
fn the_query_picks_and_the_table_has_a_line_for_each() {
    let bench = Bench::new();
    let json = bench.run(&["--demo", "list", "sig:storage", "--json"]).exits(0).json();
    let picked = json["proposals"].as_array().unwrap().len();
    assert!(picked > 3);
    let negated = bench.run(&["--demo", "list", "-sig:storage", "--json", "-is:draft"]).exits(0).json();
    assert!(negated["proposals"].as_array().unwrap().iter().all(|it| it["sig"] != "storage" && it["draft"] == false));
    let text = bench.run(&["--demo", "list", "sig:storage"]);
    assert_eq!(text.exits(0).out.lines().count(), picked + 1);
    bench.run(&["--demo", "list", "author:nobody-at-all"]).exits(0).says("no proposal matches");
}

#[test]
fn what_the_store_has_is_shown_when_github_is_gone() {
    let mut hub = Hub::small();
    let user = hub.user();
    let before = user.run(&["list", "--json"]).exits(0).json();
    hub.stop();
    let gone = user.run(&["list", "--json"]);
    gone.exits(4).says("this is what the local store has");
    assert_eq!(gone.json()["proposals"], before["proposals"]);
    assert_eq!(user.run(&["list", "--json", "--offline"]).exits(0).json()["proposals"], before["proposals"]);
    user.run(&["show", "7"]).exits(4);
    // Nothing in the store, nothing to show.
    assert!(hub.user().run(&["list"]).exits(4).out.is_empty());
}

#[test]
fn a_bad_token_and_an_unknown_repository_say_what_to_do() {
    let hub = Hub::small();
    hub.user().var("VEPHERD_TOKEN", "wrong").run(&["list"]).exits(3).says("token");
    hub.user().run(&["--repo", "kubevirt/nothing", "list"]).exits(1).says("kubevirt/nothing");
}

#[test]
fn the_demo_is_served_to_any_client() {
    let bench = Bench::new();
    let mut child = bench.command(&["demo", "--serve"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).unwrap();
    let user = Bench::new()
        .var("VEPHERD_GITHUB_API", told["url"].as_str().unwrap())
        .var("VEPHERD_TOKEN", told["token"].as_str().unwrap());
    let list = user.run(&["list", "--json"]);
    let status = user.run(&["auth", "status"]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        list.exits(0).out,
        Bench::new().run(&["--demo", "list", "--json"]).out,
        "one world, in process and served"
    );
    assert!(status.exits(0).out.contains("by VEPHERD_TOKEN"));
}

#[test]
fn completions_and_manual_pages_are_written() {
    let bench = Bench::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(bench.run(&["completions", shell]).exits(0).out.contains("unveto"), "{shell}");
    }
    assert!(bench.run(&["man"]).exits(0).out.contains(".TH"));
    assert!(bench.run(&["man", "veto"]).exits(0).out.contains("reason"));
    bench.run(&["man", "nonsense"]).exits(2);
}

#[test]
fn prow_is_explained_without_token_or_network() {
    let bench = Bench::new();
    let ran = bench.run_with(&["prow", "explain", "--json"], "/hold\n");
    assert!(ran.exits(0).out.contains("hold"));
    let batch = bench.run_with(&["prow", "explain", "--batch"], "{\"id\": 1, \"body\": \"/lgtm\"}\n");
    assert_eq!(batch.exits(0).json()["lgtm"], "add");
    assert!(
        bench.run_with(&["--demo", "prow", "explain", "--pr", "361"], "/approve\n").exits(0).out.contains("/approve")
    );
}

#[test]
fn the_whole_reasoning_is_shown_and_asks_for_fixes_are_written() {
    let bench = Bench::new();
    let list = bench.run(&["--demo", "list", "--json", "is:open"]).exits(0).json();
    let proposals = list["proposals"].as_array().unwrap();
    let broken = proposals.iter().find(|it| !it["problems"].as_array().unwrap().is_empty()).unwrap();
    let number = broken["number"].to_string();
    let code = broken["problems"][0]["code"].as_str().unwrap();
    let shown = bench.run(&["--demo", "show", &number]).exits(0).out.clone();
    for section in [
        "Whose turn",
        "Rules that name nobody, and why",
        "Shepherd",
        "Sign-offs",
        "Positions",
        "Merge gate",
        "Clocks",
        "Release",
        "Problems",
        "Why to look at it",
        "Timeline",
    ] {
        assert!(shown.contains(&format!("\n{section}\n")), "{section} is missing in\n{shown}");
    }
    assert!(shown.contains(code) && shown.contains("↳ "), "{shown}");
    let asked = bench.run(&["--demo", "comment", &number, "--ask", code, "--dry-run"]).exits(0).out.clone();
    assert!(asked.contains("would post a comment") && asked.contains("mended"), "{asked}");
    assert!(asked.contains("there is no command in it"), "{asked}");
    bench.run(&["--demo", "comment", &number, "--ask", "no-such-code", "--dry-run"]).exits(2);
    let sound = proposals.iter().find(|it| it["problems"].as_array().unwrap().is_empty()).unwrap();
    bench.run(&["--demo", "comment", &sound["number"].to_string(), "--ask", "all", "--dry-run"]).exits(5);
}
