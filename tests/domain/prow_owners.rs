//! OWNERS files and the approve plugin on them: what is not a row of `tests/prow`.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vepherd::domain::facts::ReviewState;
use vepherd::domain::ids::Login;
use vepherd::domain::profile::Profile;
use vepherd::domain::prow::approve::{How, Links, Remark, Subject, evaluate, notifier_text, read_notifier};
use vepherd::domain::prow::owners::Tree;
use vepherd::domain::yaml;

use super::sample::at;

fn tree_with(files: &[(&str, &str)], aliases: Option<&str>) -> Tree {
    let files: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Tree::read(&files, aliases)
}

fn names(logins: &[Login]) -> Vec<&str> {
    logins.iter().map(Login::as_str).collect()
}

#[test]
fn people_come_in_the_order_of_the_files() {
    let tree = tree_with(
        &[("OWNERS", "approvers: [team, zed]\nreviewers: [rex]"), ("a/OWNERS", "approvers: [yan, Ben]")],
        Some("aliases: {team: [max, ann]}"),
    );
    assert_eq!(names(&tree.approvers("a/f")), ["yan", "ben", "max", "ann", "zed"]);
    assert_eq!(names(&tree.root_approvers()), ["max", "ann", "zed"]);
    assert!(tree.is_approver_anywhere(&Login::new("BEN")) && !tree.is_approver_anywhere(&Login::new("rex")));
    assert!(!tree.among(&[Login::new("rex")]).is_approver_anywhere(&Login::new("ben")));
}

#[test]
fn what_prow_swallows_is_reported() {
    for text in [
        "approvers: bob",
        "approvers: [123]",
        "approvers:\n\t- a",
        "- a",
        "labels: [x]\nfilters: {a: {}}",
        "filters: {'[': {}}",
    ] {
        assert_eq!(tree_with(&[("a/OWNERS", text)], None).problems()[0].path, "a/OWNERS", "{text}");
    }
    assert!(
        tree_with(&[("OWNERS", "approvers: [ann]\nlabels: [sig/x]")], Some("aliases: {a: [b]}")).problems().is_empty()
    );
    for aliases in ["aliases: {a: b}", "aliases: {a: [1]}", "aliases: [a]", "x: [", "aliases: {a: [b], b: [a]}"] {
        assert_eq!(tree_with(&[], Some(aliases)).problems()[0].path, "OWNERS_ALIASES", "{aliases}");
    }
}

fn remark(index: usize, login: &str, state: Option<ReviewState>, body: &str) -> Remark {
    let at = at("2032-01-01T00:00:00Z") + jiff::SignedDuration::from_mins(i64::try_from(index).unwrap());
    Remark { author: Login::new(login), at, body: body.to_owned(), state, url: Some(format!("https://x/{index}")) }
}

fn subject<'a>(files: &'a [String], author: &'a Login, manual: bool) -> Subject<'a> {
    Subject {
        number: 1,
        author: Some(author),
        url: "https://x",
        description: "",
        org: "org",
        files,
        assignees: &[],
        manual,
    }
}

#[test]
fn the_author_and_a_required_issue() {
    let files = ["f".to_owned()];
    let author = Login::new("Ann");
    let tree = tree_with(&[("OWNERS", "approvers: [ann]")], None);
    let mut rules = Profile::kubevirt().prow;
    let asked = evaluate(&[], &subject(&files, &author, false), &tree, &rules);
    assert_eq!((asked.approved, asked.assigned_ccs), (false, vec!["ann".to_owned()]));
    assert!(evaluate(&[], &subject(&files, &author, true), &tree, &rules).approved);
    rules.require_self_approval = false;
    let own = evaluate(&[], &subject(&files, &author, false), &tree, &rules);
    assert_eq!((own.approved, own.approvals[0].how), (true, How::SelfApproved));
    rules.issue_required = true;
    for (description, said, want) in [
        ("", "", false),
        ("see #12", "", true),
        ("https://github.com/org/a/issues/9", "", true),
        ("other/a/issues/9", "", false),
        ("", "/approve no-issue", true),
    ] {
        let subject = Subject { description, ..subject(&files, &author, false) };
        let found = evaluate(&[remark(0, "ann", None, said)], &subject, &tree, &rules);
        assert_eq!(found.approved, want, "{description:?} {said:?}");
    }
}

#[test]
fn a_notifier_is_read_as_it_was_written() {
    let files = ["a/f".to_owned(), "b/f".to_owned()];
    let author = Login::new("zoe");
    let tree = tree_with(&[("a/OWNERS", "approvers: [ann]"), ("b/OWNERS", "approvers: [bob]")], None);
    let rules = Profile::kubevirt().prow;
    let links = Links {
        host: "https://github.com",
        org: "org",
        repo: "proposals",
        branch: "main",
        command_help: "https://help",
        process: "https://process",
    };
    let said = [remark(0, "Ann", None, "/approve"), remark(1, "mia", None, "/approve")];
    let found = evaluate(&said, &subject(&files, &author, false), &tree, &rules);
    let text = notifier_text(&found, &links);
    insta::assert_snapshot!("notifier_half_approved", text);
    let read = read_notifier(&text).unwrap();
    assert_eq!((read.approved, read.suggested), (false, Some(vec![Login::new("bob")])));
    let owners: Vec<_> = read.files.iter().map(|file| (file.owners.as_str(), file.approved)).collect();
    assert_eq!(owners, [("a/OWNERS", true), ("b/OWNERS", false)]);
    let by_hand = notifier_text(&evaluate(&said, &subject(&files, &author, true), &tree, &rules), &links);
    assert!(by_hand.contains("bypassed by manually added approval") && read_notifier(&by_hand).unwrap().approved);
    assert_eq!(read_notifier("Look: [APPROVALNOTIFIER] This PR is **APPROVED**"), None);
    assert_eq!(read_notifier("[ApprovalNotifier] This PR is **APPROVED**").unwrap().suggested, None);
}

#[test]
fn yaml_is_read_as_go_reads_it() {
    let table = [
        ("a: yes\nb: 'yes'\nc: 0x1F\nd: 0o17\ne: 08\nf: ~", r#"{"a":true,"b":"yes","c":31,"d":15,"e":8.0,"f":null}"#),
        ("1: x\ntrue: z", r#"{"1":"x","true":"z"}"#),
        ("a: &x [1]\nb: *x", r#"{"a":[1],"b":[1]}"#),
        ("a: !!str 1", r#"{"a":"1"}"#),
        ("", "null"),
        ("--- 1_000", "1000"),
        // What YAML 1.2 refuses, or reads otherwise.
        ("a: [-, x]", r#"{"a":["-","x"]}"#),
        ("a: [-,-]", r#"{"a":["-","-"]}"#),
        ("a: [\nx,\nw\n]", r#"{"a":["x","w"]}"#),
        ("a: [x:]", r#"{"a":["x:"]}"#),
        ("a: [x: w, ? z]", r#"{"a":[{"x":"w"},{"z":null}]}"#),
        ("a: {x, w: 1}", r#"{"a":{"x":null,"w":1}}"#),
        ("a:\n- x\n- w\nb:\n  - z", r#"{"a":["x","w"],"b":["z"]}"#),
        ("a:\n- - x\n  - w\n- k: v\n  l: w", r#"{"a":[["x","w"],{"k":"v","l":"w"}]}"#),
        ("a:\n-\n- ~\n- x\n  w", r#"{"a":[null,null,"x w"]}"#),
        ("? a\n: b\n? c", r#"{"a":"b","c":null}"#),
        ("a: \u{feff}x", "{\"a\":\"\u{feff}x\"}"),
        ("a: .5_0", r#"{"a":0.5}"#),
        ("a: !!binary aGk=", r#"{"a":"hi"}"#),
        ("a: .inf\na: 1", r#"{"a":1}"#),
        ("a: |\n  x\n   w\n\n  z\nb: >-\n  x\n  w\n\n  z\n", r#"{"a":"x\n w\n\nz\n","b":"x w\nz"}"#),
        ("a: |+\n  x\n\nb: |2\n   x", r#"{"a":"x\n\n","b":" x"}"#),
        ("a: 'it''s\n  so'\nb: \"x\\\n  w\\u00e9\"", r#"{"a":"it's so","b":"xwé"}"#),
        ("%YAML 1.1\n%TAG !e! tag:e.org,1:\n---\na: !e!x 1\n...\n%", r#"{"a":"1"}"#),
        ("a: 1\r\nb: 2\rc: 3", r#"{"a":1,"b":2,"c":3}"#),
        ("<<: {a: 1, b: 1}\nb: 2", r#"{"a":1,"b":2}"#),
    ];
    for (text, want) in table {
        assert_eq!(yaml::parse(text).unwrap(), serde_json::from_str::<serde_json::Value>(want).unwrap(), "{text}");
    }
    let bomb = (1..30)
        .fold("a0: &a0 [x]\n".to_owned(), |text, n| format!("{text}a{n}: &a{n} [*a{0}, *a{0}, *a{0}, *a{0}]\n", n - 1));
    let deep = "[".repeat(100_000);
    let refused = [
        "a: [",
        "a: .nan",
        "~: x",
        "[a]: b",
        "a: \u{7}",
        "a: &x [*x]",
        "a: *x",
        "a: [x?y]",
        "a: [:x]",
        "a: [|x]",
        "a: [!x]",
        "a:\n\t- x",
        "\t",
        "a: 'x",
        "a: \"\\q\"",
        "a: b: c",
        "a\nb: c",
        "a: @x",
        "a: %x",
        "- a\nb: c",
        "a: - x",
        "}",
        "...",
        "%YAML 1.2\n---\na: 1",
        "%FOO\n---",
        "a: !x!y z",
        "a: !!int x",
        "a: |x\n  y",
        "a:\n - x\n- y",
    ];
    for text in refused.into_iter().chain([bomb.as_str(), deep.as_str()]) {
        assert!(yaml::parse(text).is_err(), "{}", text.chars().take(20).collect::<String>());
    }
}

proptest! {
    #[test]
    fn reading_owners_never_panics(text in "(approvers|filters|options|labels|:|\n|  |- |\\[|\\]|\\{|\\}|a|1|'|\"|&x|\\*x|#|\\.\\*){0,30}") {
        let tree = tree_with(&[("OWNERS", &text)], Some(&text));
        let _ = (tree.approvers("a/b"), tree.owners_dir("a/b"), tree.problems().len());
    }
}
