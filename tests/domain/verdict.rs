//! Verdicts against threads in a readable notation: `tests/scenarios/*.toml`, one thread each, with what a person would
//! say of it beside it. The notation is explained in `scenario.rs`.

mod asks;
mod expect;
mod explains;
mod properties;
mod readings;
mod scenario;
pub mod world;

use std::collections::BTreeSet;
use std::path::PathBuf;

use expect::Expect;
use scenario::Scenario;
use vepherd::domain::verdict::{ProblemCode, ReasonCode, Rule, Stage};

/// All scenarios, by the names of their files.
fn scenarios() -> Vec<(String, Scenario)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let scenario = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, scenario)
        })
        .collect()
}

#[test]
fn every_thread_gets_the_verdict_that_stands_beside_it() {
    let mut wrong = Vec::new();
    for (name, scenario) in scenarios() {
        let verdict = scenario.verdict(|_| {});
        let differences = scenario.expect.differences(&verdict);
        if !differences.is_empty() {
            wrong.push(format!("{name} ({}):\n  {}", scenario.about, differences.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The scenarios say so themselves: a code that comes out, but that no scenario expects, could go unnoticed.
#[test]
fn every_rule_stage_reason_and_problem_is_expected_somewhere() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 80, "{} scenarios", scenarios.len());
    let expected = |list: fn(&Expect) -> Vec<String>| -> BTreeSet<String> {
        scenarios.iter().flat_map(|(_, scenario)| list(&scenario.expect)).collect()
    };
    let stages: BTreeSet<String> = Stage::ALL.iter().map(|stage| stage.code().to_owned()).collect();
    assert_eq!(expected(|expect| expect.stage.iter().cloned().collect()), stages);
    let rules = [
        Rule::Draft,
        Rule::Fix,
        Rule::Objection,
        Rule::Condition,
        Rule::Bots,
        Rule::Answer,
        Rule::Review,
        Rule::Lgtm,
        Rule::Approval,
        Rule::SignOff,
        Rule::Hold,
        Rule::Checks,
    ];
    let first_word = |turn: &String| turn.split(' ').next().unwrap_or_default().to_owned();
    let turns: BTreeSet<String> =
        scenarios.iter().filter_map(|(_, scenario)| scenario.expect.turn.as_ref()).map(first_word).collect();
    assert_eq!(turns, rules.iter().map(expect::word).collect());
    let reasons = ReasonCode::ALL.iter().map(expect::word).collect();
    assert_eq!(expected(|expect| expect.reasons.clone().unwrap_or_default()), reasons);
    let problems = ProblemCode::ALL.iter().map(expect::word).collect();
    assert_eq!(expected(|expect| expect.problems.clone()), problems);
}

#[test]
fn the_lists_of_codes_are_whole() {
    let places = |codes: Vec<usize>| codes.iter().enumerate().all(|(place, code)| place == *code);
    assert!(places(ReasonCode::ALL.iter().map(|code| *code as usize).collect()));
    assert!(places(ProblemCode::ALL.iter().map(|code| *code as usize).collect()));
    // The last of each: whoever adds one after it is told to list it.
    assert_eq!(ReasonCode::ALL.last(), Some(&ReasonCode::Incomplete));
    assert_eq!(ProblemCode::ALL.last(), Some(&ProblemCode::TemplateSectionsMissing));
}

#[test]
fn a_scenario_with_a_key_that_nobody_knows_is_refused() {
    let good = "about = \"a\"\nnow = \"Jul 2\"\nthread = \"Jul 1 ann opens\"\n[pull]\n[expect]\n";
    assert!(toml::from_str::<Scenario>(good).is_ok());
    for (before, key) in [("about", "abuot = 1\n"), ("[expect]", "lables = []\n"), ("", "trun = \"fix author\"\n")] {
        let at = if before.is_empty() { good.len() } else { good.find(before).unwrap() };
        let bad = format!("{}{key}{}", &good[..at], &good[at..]);
        let error = toml::from_str::<Scenario>(&bad).unwrap_err().to_string();
        assert!(error.contains("unknown field"), "{error}");
    }
}
