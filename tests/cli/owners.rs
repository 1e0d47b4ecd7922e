//! `vepherd owners` on checkouts of every shape.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};
use vepherd::cli::output::Out;
use vepherd::cli::owners::{OwnersArgs, run};

use super::kit::Bench;

/// A checkout with these files.
fn checkout(bench: &Bench, files: &[(&str, &str)]) -> String {
    let root = bench.path("repo");
    for (path, text) in files {
        let at = root.join(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, text).unwrap();
    }
    root.display().to_string()
}

const PLAIN: [(&str, &str); 5] = [
    ("OWNERS", "approvers: [root, team]\nreviewers: [rex]\nlabels: [top]\n"),
    ("OWNERS_ALIASES", "aliases:\n  team: [ann, bob]\n"),
    ("a/OWNERS", "approvers: [amy]\nrequired_reviewers: [req]\n"),
    ("a/alone/OWNERS", "approvers: [zed]\noptions: {no_parent_owners: true}\n"),
    ("b/OWNERS", "approvers: [ben]\n"),
];

#[test]
fn who_owns_what_as_json() {
    let bench = Bench::new();
    let dir = checkout(&bench, &PLAIN);
    let owners = |more: &[&str]| {
        let args: Vec<&str> = ["owners", "--dir", &dir, "--json"].iter().chain(more).copied().collect();
        bench.run(&args).exits(0).json()
    };
    let found = owners(&["a/x/f.md", "b/f.md"]);
    assert_eq!(
        found["files"][0],
        json!({
            "path": "a/x/f.md", "owners_dir": "a", "leaf_approvers": ["amy"], "approvers": ["amy", "ann", "bob", "root"],
            "leaf_reviewers": ["rex"], "reviewers": ["rex"], "required_reviewers": ["req"], "labels": ["top"],
            "no_parent_owners": false,
        })
    );
    assert_eq!(
        (&found["needs"], &found["unapproved"], &found["approved"]),
        (&json!(["a", "b"]), &json!(["a", "b"]), &json!(false))
    );
    // Whose approval is taken for granted.
    let half = owners(&["a/f", "b/f", "--approved-by", "AMY, mia"]);
    assert_eq!((&half["unapproved"], &half["suggested"]), (&json!(["b"]), &json!(["ben"])));
    assert_eq!(half["approved_by"], json!([{"login": "AMY", "has_power": true}, {"login": "mia", "has_power": false}]));
    assert_eq!(
        owners(&["a/f", "b/f", "--approved-by", "bob"])["approved"],
        true,
        "an approver of the root covers both"
    );
    // Who is no collaborator does not exist for Prow (pitfall 20).
    let few = owners(&["a/f", "--collaborators", "Root,rex"]);
    assert_eq!((&few["files"][0]["owners_dir"], &few["files"][0]["approvers"]), (&json!(""), &json!(["root"])));
    // The author is asked like an assignee: an approver of the change is asked in place of others.
    assert_eq!(owners(&["a/f", "--author", "ann"])["suggested"], json!(["ann"]));
    assert_eq!(owners(&["a/f"])["suggested"], json!(["amy"]));
}

#[test]
fn paths_are_those_of_the_repository() {
    let bench = Bench::new();
    let dir = checkout(&bench, &PLAIN);
    let dir_of = |path: &str| {
        bench.run(&["owners", "--dir", &dir, "--json", path]).exits(0).json()["files"][0]["owners_dir"].clone()
    };
    for (path, want) in [
        ("./a//f", "a"),
        ("a/../b/f", "b"),
        ("a/x/../../b/./f", "b"),
        ("a/", "a"),
        (".", ""),
        ("", ""),
        ("not/there/yet", ""),
        (&format!("{dir}/a/alone/f"), "a/alone"),
        (&format!("{}f", "a/".repeat(20_000)), "a"),
    ] {
        assert_eq!(dir_of(path), want, "{}", path.chars().take(40).collect::<String>());
    }
    for path in ["../b/f", "a/../../b", "/etc/passwd"] {
        let ran = bench.run(&["owners", "--dir", &dir, path]);
        ran.exits(2).says(path).says("Paths are those of the repository");
        assert_eq!(ran.out, "");
    }
    // A relative root, and one behind a link.
    symlink("repo", bench.path("link")).unwrap();
    assert_eq!(bench.run(&["owners", "--dir", "link", "--json", "a/f"]).exits(0).json()["needs"], json!(["a"]));
    let real = format!("{}/b/f", fs::canonicalize(&dir).unwrap().display());
    assert_eq!(bench.run(&["owners", "--dir", "link", "--json", &real]).exits(0).json()["needs"], json!(["b"]));
}

#[test]
fn a_root_that_is_none_is_refused() {
    let bench = Bench::new();
    fs::write(bench.path("file"), "").unwrap();
    bench.run(&["owners", "--dir", "nowhere", "f"]).exits(2).says("nowhere").says("--dir DIR");
    bench.run(&["owners", "--dir", "file", "f"]).exits(2).says("not a directory");
    bench.run(&["owners", "f"]).exits(2).says("--dir");
    bench.run(&["owners", "--dir", "."]).exits(2).says("PATH");
    bench.run(&["owners", "--dir", ".", "--batch", "f"]).exits(2).says("--batch");
    fs::create_dir(bench.path("empty")).unwrap();
    let empty = bench.run(&["owners", "--dir", "empty", "f"]);
    assert!(empty.exits(0).out.contains("OWNERS: nobody can approve it"), "{}", empty.out);
}

#[test]
fn files_that_prow_cannot_use_are_reported() {
    let bench = Bench::new();
    let loops = "aliases:\n  one: [two]\n  two: [one]\n  self: [self]\n";
    let dir = checkout(
        &bench,
        &[
            ("OWNERS", "approvers: [root, one, self]\n"),
            ("OWNERS_ALIASES", loops),
            ("bad/OWNERS", "approvers:\n\t- amy\n"),
            ("typed/OWNERS", "approvers: [amy, 123]\n"),
            ("real/OWNERS", "approvers: [amy]\n"),
        ],
    );
    let root = Path::new(&dir);
    fs::create_dir_all(root.join("bytes")).unwrap();
    fs::write(root.join("bytes/OWNERS"), b"approvers: [\xff\xfe]\n").unwrap();
    fs::create_dir_all(root.join("huge")).unwrap();
    fs::File::create(root.join("huge/OWNERS")).unwrap().set_len(1 << 40).unwrap();
    fs::create_dir_all(root.join("linked")).unwrap();
    symlink("../real/OWNERS", root.join("linked/OWNERS")).unwrap();
    symlink("real", root.join("shortcut")).unwrap();
    symlink("..", root.join("real/up")).unwrap();
    fs::create_dir_all(root.join("folder/OWNERS")).unwrap();
    let mkfifo = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap();
    assert!(mkfifo.success());
    fs::create_dir_all(root.join("piped")).unwrap();
    fs::rename(root.join("pipe"), root.join("piped/OWNERS")).unwrap();
    let deep = format!("{}OWNERS", "d/".repeat(500));
    fs::create_dir_all(root.join(&deep).parent().unwrap()).unwrap();
    fs::write(root.join(&deep), "approvers: [dee]\n").unwrap();
    let folders = ["bad", "typed", "bytes", "huge", "linked", "shortcut", "folder", "piped"];
    let paths: Vec<String> = folders.iter().map(|folder| format!("{folder}/f")).collect();
    let deep = deep.replace("OWNERS", "f");
    let args: Vec<&str> =
        ["owners", "--dir", &dir, "--json", &deep].into_iter().chain(paths.iter().map(String::as_str)).collect();
    let ran = bench.run(&args);
    let found = ran.exits(0).json();
    let files = found["files"].as_array().unwrap();
    assert_eq!(files[0]["leaf_approvers"], json!(["dee"]));
    // An alias in an alias is one that nobody bears (§4.7).
    assert!(
        files[1..].iter().all(|file| file["owners_dir"] == "" && file["approvers"] == json!(["root", "self", "two"])),
        "{files:?}"
    );
    let reported: Vec<&str> =
        found["problems"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    let aliases = ["OWNERS_ALIASES"; 3];
    assert_eq!(reported[..2], ["huge/OWNERS", "linked/OWNERS"]);
    assert_eq!(reported[2..5], aliases);
    assert_eq!(reported[5..], ["bad/OWNERS", "bytes/OWNERS", "typed/OWNERS"]);
    ran.says("typed/OWNERS: ").says("unless it is quoted").says("larger than").says("follows none");
}

#[test]
fn aliases_behind_a_link_or_a_pipe() {
    let bench = Bench::new();
    let dir = checkout(&bench, &[("OWNERS", "approvers: [team]\n"), ("hack/aliases", "aliases: {team: [ann]}\n")]);
    let root = Path::new(&dir);
    symlink("hack/aliases", root.join("OWNERS_ALIASES")).unwrap();
    let approvers = || bench.run(&["owners", "--dir", &dir, "--json", "f"]);
    assert_eq!(approvers().json()["files"][0]["approvers"], json!(["ann"]));
    fs::remove_file(root.join("OWNERS_ALIASES")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(root.join("OWNERS_ALIASES")).status().unwrap().success());
    assert_eq!(
        approvers().exits(0).says("OWNERS_ALIASES: cannot be read").json()["files"][0]["approvers"],
        json!(["team"])
    );
}

#[test]
fn a_batch_answers_every_line() {
    let bench = Bench::new();
    let dir = checkout(&bench, &PLAIN);
    let input = concat!(
        "{\"id\": 1, \"paths\": [\"a/f\", \"b/f\"], \"approved_by\": [\"ben\"]}\r\n",
        "{\"id\": 2, \"paths\": null, \"approved_by\": null}\n",
        "{\"id\": 3}\n",
        "\n",
        "{\"id\": 4, \"paths\": [7]}\n",
        "{\"id\": 5, \"paths\": [\"../f\"]}\n",
        "{\"id\": 6, \"paths\": \"a/f\"}\n",
        "not json\n",
        "{\"paths\": [\"a/alone/f\"], \"approved_by\": [\"zed\"], \"id\": [7]}",
    );
    let ran = bench.run_with(&["owners", "--dir", &dir, "--batch"], input);
    let answers = ran.exits(2).json_lines();
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&json!(1), &json!(2), &json!(3), &json!(4), &json!(5), &json!(6), &json!(null), &json!([7])]);
    let bad: Vec<bool> = answers.iter().map(|answer| answer.get("error").is_some()).collect();
    assert_eq!(bad, [false, false, false, true, true, true, true, false]);
    assert_eq!((&answers[0]["needs"], &answers[0]["unapproved"]), (&json!(["a", "b"]), &json!(["a"])));
    assert_eq!((&answers[1]["files"], &answers[1]["approved"]), (&json!([]), &json!(false)));
    assert_eq!((&answers[7]["approved"], &answers[7]["files"][0]["no_parent_owners"]), (&json!(true), &json!(true)));
    ran.says("4 of 8 lines are bad").says("line 6: the path ../f leads out").says("line 8: ");
}

/// The answer as a terminal of so many columns shows it.
fn shown(dir: &str, width: Option<usize>, args: OwnersArgs) -> String {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let args = OwnersArgs { dir: dir.into(), ..args };
    run(&args, &mut std::io::empty(), &mut out, &mut notes, Out { color: false, width }).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_answer_for_people() {
    let bench = Bench::new();
    let many: Vec<String> = (10..40).map(|n| format!("person-{n}")).collect();
    let crowd = format!("approvers: [{}]\n", many.join(", "));
    let mut files = PLAIN.to_vec();
    files.push(("crowd/OWNERS", &crowd));
    let dir = checkout(&bench, &files);
    let paths = ["a/f.md", "a/alone/f.md", "crowd/f.md"].map(str::to_owned).to_vec();
    let args = OwnersArgs { paths, approved_by: Some(vec!["zed".into(), "mia".into()]), ..OwnersArgs::default() };
    let narrow = shown(&dir, Some(80), args.clone());
    insta::assert_snapshot!("owners-80", narrow);
    assert!(narrow.lines().all(|line| line.chars().count() <= 80));
    let piped = shown(&dir, None, args.clone());
    assert_eq!(piped.split_whitespace().collect::<Vec<_>>(), narrow.split_whitespace().collect::<Vec<_>>());
    assert!(piped.lines().any(|line| line.contains("person-10") && line.contains("person-39")), "{piped}");
    assert!(shown(&dir, Some(160), args).lines().all(|line| line.chars().count() <= 160));
}
