//! The comments that ask for problems to be mended: safe to post whatever the proposal says, and about what was found.

use vepherd::domain::ids::Login;
use vepherd::domain::profile::Profile;
use vepherd::domain::prow::command::{Commands, Source, parse};
use vepherd::domain::verdict::{Problem, ProblemCode, ask};

use super::scenario::Scenario;
use super::scenarios;

/// What GitHub shows as text: without code spans. Marks of code are never escaped here.
fn outside_code(text: &str) -> String {
    assert_eq!(text.matches('`').count() % 2, 0, "{text}");
    text.split('`').step_by(2).collect()
}

fn is_safe(text: &str, may_name: &[&str]) {
    let profile = Profile::kubevirt();
    assert_eq!(parse(text, Source::Comment, &profile.prow), Commands::default(), "{text}");
    for line in text.lines() {
        let start = line.trim_start();
        assert!(start.is_empty() || start.starts_with(|c: char| c.is_alphabetic() || "@-".contains(c)), "{line:?}");
        let shown = outside_code(line);
        for (at, _) in shown.match_indices('@') {
            assert!(may_name.iter().any(|name| shown[at + 1..].starts_with(name)), "it names others: {line}");
        }
        assert!(!shown.contains('<') && !shown.contains("]("), "{line}");
    }
}

#[test]
fn every_problem_of_every_thread_can_be_asked_about() {
    let mut codes = std::collections::BTreeSet::new();
    for (name, scenario) in scenarios() {
        let verdict = scenario.verdict(|_| {});
        let author = Login::new("ann");
        for problem in &verdict.problems {
            codes.insert(problem.code);
            let text = ask(&[problem], Some(&author));
            let whom = problem.whom.as_ref().unwrap_or(&author).as_str();
            is_safe(&text, &[whom]);
            assert!(text.starts_with(&format!("@{whom}, thank you for ")), "{name}: {text}");
            assert!(text.len() > 60 && text.contains("mended: "), "{name}: {text}");
        }
        let all: Vec<&Problem> = verdict.problems.iter().collect();
        let names: Vec<&str> = all.iter().filter_map(|it| it.whom.as_ref()).map(Login::as_str).chain(["ann"]).collect();
        is_safe(&ask(&all, Some(&author)), &names);
    }
    assert_eq!(codes.len(), ProblemCode::ALL.len());
}

#[test]
fn hostile_names_stay_inside_their_quotes() {
    let hostile = r#"
about = "names that would like to be more than names"
now = "Jul 20"
thread = """
Jul 1 ann opens
Jul 2 oren says: /lgtm `@kubevirt/everybody` <img src=x>
"""
[pull]
title = "VEP 8: x"
files = ["added veps/sig-`@all`/`]( @everybody \\` @x/vep.md", "added veps/sig-`@all`/2/b.md"]
[pull.documents]
"veps/sig-`@all`/`]( @everybody \\` @x/vep.md" = """
---
owning-sig: "@kubevirt/all ` @all"
vep-number: 9
x: [`@y
---
"""
[expect]
"#;
    let scenario: Scenario = toml::from_str(hostile).unwrap();
    let verdict = scenario.verdict(|_| {});
    assert!(verdict.problems.len() >= 4, "{:#?}", verdict.problems);
    let all: Vec<&Problem> = verdict.problems.iter().collect();
    let text = ask(&all, Some(&Login::new("ann")));
    is_safe(&text, &["ann", "oren"]);
    // A deleted author cannot be named; a login that is none is not written.
    let none = ask(&all[..1], None);
    assert!(none.starts_with("Thank you for this proposal."), "{none}");
    assert!(ask(&all[..1], Some(&Login::new("kubevirt/all"))).starts_with("Thank you"));
}

#[test]
fn each_person_is_asked_for_their_own() {
    let problem = |code, message: &str, whom: Option<&str>| Problem {
        code,
        message: message.to_owned(),
        fix: "Please mend it.".to_owned(),
        whom: whom.map(Login::new),
        event: None,
    };
    let list = [
        problem(ProblemCode::NoTrackingIssue, "no tracking issue is linked", None),
        problem(
            ProblemCode::CommandWithoutEffect,
            "sue's `/lgtm thanks` of Jul 3 did nothing: it has more",
            Some("sue"),
        ),
        problem(ProblemCode::UnknownSig, "there is no SIG `disks`", None),
    ];
    let all: Vec<&Problem> = list.iter().collect();
    assert_eq!(
        ask(&all, Some(&Login::new("ann"))),
        "@ann, thank you for this proposal. A few things should be mended:\n\n\
         - no tracking issue is linked. Please mend it. The weekly check-ins and the release team work on the tracking \
         issue.\n\
         - there is no SIG `disks`. Please mend it. The owning SIG gives the VEP its shepherd.\n\n\
         @sue, thank you for looking at this proposal. One thing should be mended: your `/lgtm thanks` of Jul 3 did \
         nothing: it has more.\n\nPlease mend it."
    );
}
