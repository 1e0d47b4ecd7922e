//! OWNERS files and the approve plugin on them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vepherd::domain::facts::ReviewState;
use vepherd::domain::ids::Login;
use vepherd::domain::profile::Profile;
use vepherd::domain::prow::approve::{
    How, Links, Remark, Subject, evaluate, notifier_text, owners_state, read_notifier,
};
use vepherd::domain::prow::owners::{List, Tree};
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

/// The root file of a tree, and who approves `f.go`.
#[test]
fn a_file_gives_whom_go_would_read_out_of_it() {
    let table: &[(&str, &[&str])] = &[
        ("approvers: [ann, '@Bob']", &["ann", "bob"]),
        ("Approvers:\n- ann\n# a comment\nemeritus_approvers: [old]", &["ann"]),
        ("approvers: [ann]\napprovers: [bob]", &["bob"]),
        ("approvers: [ann]\n---\napprovers: [bob]", &["ann"]),
        ("approvers: bob", &[]),
        ("approvers: [ann, 123]", &[]),
        ("approvers: [ann, '123']", &["ann", "123"]),
        ("approvers: [ann, yes]", &[]),
        ("approvers: [ann, 12:30, 2020-01-02]", &["ann", "12:30", "2020-01-02"]),
        ("approvers: [ann, @bob]", &[]),
        ("approvers:\n\t- ann", &[]),
        ("- ann", &[]),
        ("", &[]),
        ("filters:\n  .*:\n    approvers: [ann, 0123, yes, 1e3]", &["ann", "83", "true", "1000"]),
        ("filters:\n  '\\.go$':\n    approvers: [gus]\n  '\\.md$':\n    approvers: [max]", &["gus"]),
        ("filters:\n  '[':\n    approvers: [ann]\n  '^f':\n    approvers: [bob]", &["bob"]),
        ("labels: [x]\nfilters:\n  .*:\n    approvers: [ann]", &[]),
        ("approvers: bob\nfilters:\n  .*:\n    approvers: [ann]", &["ann"]),
        ("filters:\n  .*:\n    approvers: [ann]\n  a:\n    labels: x", &[]),
        ("approvers: [ann]\noptions: {no_parent_owners: 'true'}", &[]),
        ("base: &b {approvers: [ann]}\n<<: *b", &["ann"]),
    ];
    for (text, want) in table {
        let tree = tree_with(&[("OWNERS", text)], None);
        assert_eq!(names(&tree.approvers("f.go")), *want, "{text}");
    }
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

#[test]
fn aliases_expand_one_level() {
    let aliases = "aliases:\n  Team: [Ann, '@Bob']\n  outer: [team, cid]\n  nobody:\n  loop: [loop]\n";
    let table: &[(&str, &[&str])] = &[
        ("[team]", &["ann", "bob"]),
        ("['@TEAM', dan]", &["ann", "bob", "dan"]),
        ("[outer]", &["team", "cid"]),
        ("[nobody, dan]", &["dan"]),
        ("[loop]", &["loop"]),
        ("[tean]", &["tean"]),
        ("['@@team']", &["ann", "bob"]),
    ];
    for (list, want) in table {
        let tree = tree_with(&[("OWNERS", &format!("approvers: {list}"))], Some(aliases));
        assert_eq!(names(&tree.approvers("f")), *want, "{list}");
    }
}

#[test]
fn a_path_climbs_to_whoever_owns_it() {
    let tree = tree_with(
        &[
            ("OWNERS", "approvers: [root]\nreviewers: [rr]\nlabels: [top]"),
            ("a/OWNERS", "approvers: [ann]\nlabels: [A]\nrequired_reviewers: [req]"),
            ("a/b/OWNERS", "approvers: [bob]\noptions: {no_parent_owners: true}"),
            ("a/c/OWNERS", "labels: [C]\noptions: {no_parent_owners: true}"),
            ("a/d/OWNERS", "approvers: [~]"),
            ("vendor/x/y/OWNERS", "approvers: [ven]"),
            ("vendor/x/OWNERS", "approvers: [vex]"),
            ("b_output/OWNERS", "approvers: [out]"),
        ],
        None,
    );
    let table: &[(&str, &str, &[&str], &[&str])] = &[
        ("f", "", &["root"], &["root"]),
        ("a/f", "a", &["ann"], &["ann", "root"]),
        ("a/b/f", "a/b", &["bob"], &["bob"]),
        ("a/b/deep/er/f", "a/b", &["bob"], &["bob"]),
        ("a/c/f", "a", &["ann"], &["ann", "root"]),
        ("vendor/x/y/f", "vendor/x", &["vex"], &["vex", "root"]),
        ("b_output/f", "", &["root"], &["root"]),
        ("ab/f", "", &["root"], &["root"]),
        ("./a//f", "a", &["ann"], &["ann", "root"]),
    ];
    for (path, dir, leaf, all) in table {
        assert_eq!(tree.owners_dir(path), *dir, "{path}");
        assert_eq!(names(&tree.leaf_approvers(path)), *leaf, "{path}");
        assert_eq!(names(&tree.approvers(path)), *all, "{path}");
    }
    assert_eq!(tree.owners_dir("a/d/f"), "a/d");
    assert_eq!(tree.names("a/d/f", List::Approvers, false), ["", "ann", "root"]);
    assert_eq!(tree.labels("a/b/f"), ["A", "top"]);
    assert_eq!(tree.labels("a/c/f"), ["C"]);
    assert_eq!(names(&tree.required_reviewers("a/b/f")), ["req"]);
    assert_eq!(names(&tree.reviewers("a/b/f")), ["rr"]);
    let few = tree.among(&[Login::new("Root")]);
    assert_eq!((few.owners_dir("a/f"), names(&few.approvers("a/b/f"))), (String::new(), vec!["root"]));
    assert!(tree.is_approver_anywhere(&Login::new("BOB")) && !few.is_approver_anywhere(&Login::new("bob")));
}

/// Trees by name, changed files, who approved: needed, unapproved.
#[test]
fn approval_follows_the_owners_set() {
    let keps = [
        ("OWNERS", "approvers: [root]"),
        ("keps/OWNERS", "approvers: [kay]"),
        ("keps/x/OWNERS", "approvers: [xen]"),
        ("keps/prod/OWNERS", "approvers: [pru]\noptions: {no_parent_owners: true}"),
    ];
    let filtered = [("OWNERS", "filters: {'\\.go$': {approvers: [gus]}}"), ("a/OWNERS", "approvers: [xen]")];
    let auto = [
        ("OWNERS", "approvers: [root]\noptions: {auto_approve_unowned_subfolders: true}"),
        ("a/OWNERS", "approvers: [xen]"),
    ];
    let none = [("a/OWNERS", "approvers: [xen]")];
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a [&'a str], &'a [&'a str], &'a [&'a str], bool);
    let table: &[Row<'_>] = &[
        (&keps, &["keps/x/f", "keps/prod/p"], &[], &["keps/prod", "keps/x"], &["keps/prod", "keps/x"], false),
        (&keps, &["keps/x/f", "keps/prod/p"], &["Kay"], &["keps/prod", "keps/x"], &["keps/prod"], false),
        (&keps, &["keps/x/f", "keps/prod/p"], &["xen", "pru"], &["keps/prod", "keps/x"], &[], true),
        // A file at the root takes the place of what lies below, but not of no_parent_owners (pitfall 21).
        (&keps, &["keps/x/f", "keps/prod/p", "README"], &["xen", "pru"], &["", "keps/prod"], &[""], false),
        (&keps, &["keps/new/f", "keps/x/f"], &["xen"], &["keps"], &["keps"], false),
        // Pitfall 22: the subsumed file is not looked at.
        (&filtered, &["main.go", "a/f.yaml"], &["gus"], &[""], &[], true),
        // Pitfall 24.
        (&auto, &["f", "b/c/f"], &[], &[], &[], true),
        (&auto, &["f", "a/f"], &[], &["a"], &["a"], false),
        // Pitfall 23.
        (&none, &["f"], &["xen"], &[""], &[""], false),
        (&keps, &[], &["root"], &[], &[], false),
    ];
    for (files, paths, by, needed, unapproved, approved) in table {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        let by: Vec<Login> = by.iter().map(|login| Login::new(*login)).collect();
        let state = owners_state(&paths, &by, None, &tree_with(files, None));
        assert_eq!(
            (state.needed.iter().map(String::as_str).collect::<Vec<_>>(), state.files_approved),
            (needed.to_vec(), *approved),
            "{paths:?} {by:?}"
        );
        assert_eq!(state.unapproved, *unapproved, "{paths:?} {by:?}");
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
fn replay_keeps_the_last_word_of_each() {
    use ReviewState::{Approved, ChangesRequested, Dismissed};
    type Said<'a> = (&'a str, Option<ReviewState>, &'a str);
    let table: &[(&[Said<'_>], &[&str], bool)] = &[
        (&[("ann", None, "/approve")], &["ann"], false),
        (&[("ann", None, "/approve"), ("ANN", None, "/approve cancel")], &[], false),
        (&[("ann", Some(Approved), "")], &[], false),
        (&[("ann", Some(Approved), "")], &["ann"], true),
        (&[("ann", Some(ChangesRequested), "/approve")], &["ann"], false),
        (&[("ann", Some(Dismissed), "/approve")], &["ann"], true),
        (&[("ann", Some(Approved), ""), ("ann", Some(ChangesRequested), "")], &[], true),
        (&[("ann", Some(Approved), "/lgtm cancel")], &[], true),
        (&[("ann", None, "/lgtm")], &[], false),
        (&[("ann", None, "/approve\n/lgtm cancel")], &[], false),
        (&[("ann", None, "/approve no-issue"), ("ann", None, "/approve")], &["ann"], false),
    ];
    let files = ["f".to_owned()];
    let author = Login::new("zoe");
    let tree = tree_with(&[("OWNERS", "approvers: [ann]")], None);
    for (said, want, states) in table {
        let mut rules = Profile::kubevirt().prow;
        rules.ignore_review_state = !states;
        let remarks: Vec<Remark> =
            said.iter().enumerate().map(|(index, (login, state, body))| remark(index, login, *state, body)).collect();
        let found = evaluate(&remarks, &subject(&files, &author, false), &tree, &rules);
        let logins: Vec<Login> = found.approvals.iter().map(|one| one.login.clone()).collect();
        assert_eq!(names(&logins), *want, "{said:?}");
        assert_eq!(found.approved, !want.is_empty(), "{said:?}");
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
    ];
    for (text, want) in table {
        assert_eq!(yaml::parse(text).unwrap(), serde_json::from_str::<serde_json::Value>(want).unwrap(), "{text}");
    }
    let bomb = (1..30)
        .fold("a0: &a0 [x]\n".to_owned(), |text, n| format!("{text}a{n}: &a{n} [*a{0}, *a{0}, *a{0}, *a{0}]\n", n - 1));
    let deep = "[".repeat(100_000);
    for text in ["a: [", "a: .nan", "~: x", "[a]: b", "a: \u{7}", "a: &x [*x]", &bomb, &deep] {
        assert!(yaml::parse(text).is_err(), "{}", text.chars().take(20).collect::<String>());
    }
}

proptest! {
    #[test]
    fn reading_owners_never_panics(text in "(approvers|filters|options|labels|:|\n|  |- |\\[|\\]|\\{|\\}|a|1|'|\"|&x|\\*x|#|\\.\\*){0,30}") {
        let tree = tree_with(&[("OWNERS", &text)], Some(&text));
        let _ = (tree.approvers("a/b"), tree.owners_dir("a/b"), tree.problems().len());
    }

    #[test]
    fn another_word_without_cancel_never_unapproves(
        said in proptest::collection::vec(("(ann|bob|mia)", "(/approve|/approve cancel|/lgtm|/approve\n/lgtm cancel|hm)"), 0..8),
        more in ("(ann|bob|mia)", "(/approve|/lgtm|/approve no-issue|words|/approve\n/lgtm)"),
    ) {
        let files = ["f".to_owned()];
        let author = Login::new("zoe");
        let tree = tree_with(&[("OWNERS", "approvers: [ann, bob]")], None);
        let rules = Profile::kubevirt().prow;
        let mut remarks: Vec<Remark> =
            said.iter().enumerate().map(|(index, (login, body))| remark(index, login, None, body)).collect();
        let before = evaluate(&remarks, &subject(&files, &author, false), &tree, &rules);
        // However the sources batched them: order comes from the times.
        let mut shuffled = remarks.clone();
        shuffled.reverse();
        prop_assert_eq!(&evaluate(&shuffled, &subject(&files, &author, false), &tree, &rules), &before);
        remarks.push(remark(remarks.len(), &more.0, None, &more.1));
        let after = evaluate(&remarks, &subject(&files, &author, false), &tree, &rules);
        prop_assert!(after.approved || !before.approved);
        prop_assert!(after.approvals.len() >= before.approvals.len());
    }
}
