//! `vepherd prow explain`: hostile and odd input, and what is said of a text on a pull request.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use super::kit::{Bench, Hub};

const BATCH: [&str; 3] = ["prow", "explain", "--batch"];

#[test]
fn an_id_of_any_type_comes_back_as_it_was_written() {
    let ids = [
        "1",
        "-0.50",
        "1e3",
        "36893488147419103233",
        "\"x\"",
        "\"\\u0041\\ud800\"",
        "null",
        "true",
        "[1, {\"id\": 2}]",
        "{\"b\":[] ,\"a\":1}",
        "1",
    ];
    let lines: String =
        ids.iter().enumerate().map(|(index, id)| line(index % 2 == 0, id, "/hold")).collect::<Vec<_>>().join("\n");
    let ran = Bench::new().run_with(&BATCH, lines);
    let answers: Vec<&str> = ran.exits(0).out.lines().collect();
    assert_eq!(answers.len(), ids.len());
    for (id, answer) in ids.iter().zip(answers) {
        assert!(answer.starts_with(&format!("{{\"id\":{id},\"lgtm\":null,")), "{id}: {answer}");
        assert!(answer.contains("\"hold\":\"add\""), "{answer}");
    }
    let without = Bench::new().run_with(&BATCH, "{\"body\": \"/lgtm\"}");
    assert_eq!(without.exits(0).json()["id"], Value::Null);
}

fn line(first: bool, id: &str, body: &str) -> String {
    let body = Value::from(body);
    if first { format!("{{\"id\": {id}, \"body\": {body}}}") } else { format!("{{\"body\":{body} , \"id\" :{id} }}") }
}

#[test]
fn every_line_is_answered_and_bad_ones_say_why() {
    let input = concat!(
        "\u{feff}{\"id\": 1, \"body\": \"/lgtm\"}\r\n",
        "\r\n",
        "{\"id\": 3, \"body\": \n",
        "{\"id\": 4, \"body\": 7}\n",
        "   \n",
        "{\"id\": 6}\n",
        "[1]\n",
        "{\"id\": 8, \"body\": null}\n",
        "{\"id\": 9, \"body\": \"/hold\\r\\nwords\", \"more\": {}} {}\n",
        "{\"id\": 1, \"body\": \"/approve\\r\\n\"}",
    );
    let ran = Bench::new().run_with(&BATCH, input);
    let answers = ran.exits(2).json_lines();
    let told = |at: usize| answers[at]["error"].as_str().unwrap_or_default().to_owned();
    assert_eq!(answers.len(), 8, "one for each line that is not blank");
    assert_eq!((&answers[0]["id"], &answers[0]["lgtm"]), (&json!(1), &json!("add")));
    assert!(told(1).starts_with("line 3: EOF"), "{}", told(1));
    assert_eq!(answers[2]["id"], 4);
    assert!(told(2).starts_with("line 4: invalid type: integer `7`, expected a string"), "{}", told(2));
    assert!(told(3).contains("missing field `body`"), "{}", told(3));
    assert!(told(4).starts_with("line 7: "), "{}", told(4));
    assert_eq!((&answers[5]["id"], &answers[5]["hold"]), (&json!(8), &Value::Null));
    assert!(told(6).contains("trailing characters"), "{}", told(6));
    assert_eq!((&answers[7]["id"], &answers[7]["approve"]), (&json!(1), &json!("approve")), "ids may come twice");
    ran.says("5 of 8 lines are bad").says("line 3: EOF").says("\"body\": \"…\"").says("were answered");
}

#[test]
fn bytes_that_are_no_text_are_read_as_github_would_store_them() {
    let mut input = b"{\"id\": \"".to_vec();
    input
        .extend(b"\xff\", \"body\": \"/hold \xfe\xff\\n/sig a\xc3\x28\"}\n{\"id\": 2, \"body\": \"/sig x\\ud800y\"}\n");
    let ran = Bench::new().run_with(&BATCH, &input);
    let answers = ran.exits(0).json_lines();
    assert_eq!(answers[0]["id"], "\u{fffd}");
    assert_eq!((&answers[0]["hold"], &answers[0]["add_labels"]), (&json!("add"), &json!(["sig/a\u{fffd}("])));
    assert_eq!(answers[1]["add_labels"], json!(["sig/x\u{fffd}y"]));
    let text = Bench::new().run_with(&["prow", "explain"], b"\xff\xfe\n/unhold \xff\n");
    assert!(text.exits(0).out.contains("obeyed"), "{}", text.out);
}

#[test]
fn large_texts_and_many_commands_are_answered() {
    let filler = "All work and no play. ".repeat(500_000);
    let commands = "/hold\n/sig compute\n/cc @ann\n/lgtm thanks\n".repeat(250);
    let ten_megabytes = line(true, "1", &format!("{filler}\n/approve\n"));
    assert!(ten_megabytes.len() > 10 << 20);
    let input = format!("{ten_megabytes}\n{}\n", line(true, "2", &commands));
    let bench = Bench::new();
    let ran = bench.run_with(&BATCH, input);
    let answers = ran.exits(0).json_lines();
    assert_eq!(answers[0]["approve"], "approve");
    assert_eq!((answers[1]["add_labels"].as_array().unwrap().len(), &answers[1]["cc"]), (250, &json!(["ann"])));
    let told = bench.run_with(&["prow", "explain", "--json"], &commands);
    assert_eq!(told.exits(0).json()["commands"].as_array().unwrap().len(), 1000);
    let long = bench.run_with(&["prow", "explain"], filler);
    assert!(long.exits(0).out.contains("no command in it") && long.out.contains("more than 65536 characters"));
}

#[test]
fn nothing_asked_is_nothing_answered() {
    let bench = Bench::new();
    assert_eq!(bench.run_with(&BATCH, "").exits(0).out, "");
    assert_eq!(bench.run_with(&BATCH, "\n\r\n  \n").exits(0).out, "");
    assert!(bench.run_with(&["prow", "explain"], "").exits(0).out.contains("no command in it"));
    bench.run(&["prow", "explain", "-F", "nowhere.txt"]).exits(2).says("nowhere.txt").says("-F takes a text file");
    bench.run(&["prow", "explain", "-F", "."]).exits(2).says("could not read .");
    bench.run(&["prow", "explain", "-F", "/dev/zero"]).exits(2).says("longer than");
}

#[test]
fn an_answer_does_not_wait_for_the_end_of_the_input() {
    let bench = Bench::new();
    let mut child = bench.command(&BATCH).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut into, mut from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for (asked, want) in
        [("{\"id\":1,\"body\":\"/hold\"}", "add"), ("{\"id\":2", "line 2"), ("{\"body\":\"/unhold\"}", "remove")]
    {
        writeln!(into, "{asked}").unwrap();
        let mut answer = String::new();
        from.read_line(&mut answer).unwrap();
        assert!(answer.contains(want), "{asked}: {answer}");
    }
    drop(into);
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let bench = Bench::new();
    let mut command = bench.command(&BATCH);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut into = child.stdin.take().unwrap();
    let mut from = child.stdout.take().unwrap();
    let fed = std::thread::spawn(move || {
        let _ = into.write_all("{\"id\": 1, \"body\": \"/hold\"}\n".repeat(50_000).as_bytes());
    });
    let mut first = [0; 10];
    from.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"{\"id\":1,\"l");
    drop(from);
    let ended = child.wait_with_output().unwrap();
    fed.join().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap()), (Some(0), String::new()));
}

#[test]
fn a_text_on_a_pull_request_is_judged_by_who_writes_it() {
    let hub = Hub::small();
    let user = hub.user();
    let explain = |who: &str, text: &str| {
        user.run_with(&["prow", "explain", "--pr", "7", "--as", who, "--json"], text).exits(0).json()
    };
    // Root approver, member, author, and the viewer by default.
    let approver = explain("ada", "/approve\n");
    assert_eq!(approver["commands"][0]["obeyed"], true);
    assert_eq!(approver["labels_added"], json!(["approved"]));
    assert_eq!(approver["gate_after"]["blockers"], json!(["needs-lgtm"]));
    let member = explain("carl", "/approve\n");
    assert_eq!((&member["commands"][0]["obeyed"], &member["labels_added"]), (&json!(false), &json!([])));
    assert!(member["commands"][0]["why"].as_str().unwrap().contains("no power"));
    assert_eq!(explain("carl", "/lgtm")["labels_added"], json!(["lgtm"]));
    let author = explain("@grace", "/lgtm\n/hold");
    assert_eq!(
        (&author["commands"][0]["obeyed"], &author["labels_added"]),
        (&json!(false), &json!(["do-not-merge/hold"]))
    );
    let viewer = user.run_with(&["prow", "explain", "--pr", "7"], "/assign\n");
    assert!(viewer.exits(0).out.contains("@sam is assigned"), "{}", viewer.out);
    assert!(viewer.out.contains("gate     afterwards blocked by needs-lgtm, needs-approved"), "{}", viewer.out);
    user.run_with(&["prow", "explain", "--pr", "8"], "/lgtm").exits(1).says("#8");
    user.run_with(&["prow", "explain", "--as", "ada"], "/lgtm").exits(2).says("--pr");
    user.run_with(&["prow", "explain", "--batch", "--pr", "7"], "").exits(2).says("--batch");
    assert_eq!(hub.writes(), [], "explaining posts nothing");
}
