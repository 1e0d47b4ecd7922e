//! Verdicts against threads in a readable notation: `tests/scenarios/*.toml`, one thread each, with what a person would
//! say of it beside it. The notation is explained in `scenario.rs`.

mod asks;
mod expect;
mod properties;
mod scenario;
pub mod world;

use std::collections::BTreeSet;
use std::path::PathBuf;

use scenario::Scenario;
use vepherd::domain::verdict::{ProblemCode, ReasonCode, Rule, Stage, Verdict};

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

#[test]
fn the_threads_reach_every_rule_stage_reason_and_problem() {
    let verdicts: Vec<Verdict> = scenarios().iter().map(|(_, scenario)| scenario.verdict(|_| {})).collect();
    assert!(verdicts.len() >= 80, "{} scenarios", verdicts.len());
    let rules: BTreeSet<Rule> =
        verdicts.iter().filter_map(|verdict| verdict.waiting_on.first()).map(|entry| entry.rule).collect();
    assert_eq!(rules.len(), 12, "rules that are somewhere the turn: {rules:?}");
    let stages: BTreeSet<Stage> = verdicts.iter().map(|verdict| verdict.stage).collect();
    assert_eq!(stages.len(), Stage::ALL.len(), "{stages:?}");
    let reasons: BTreeSet<ReasonCode> =
        verdicts.iter().flat_map(|verdict| verdict.reasons.iter().map(|reason| reason.code)).collect();
    assert_eq!(reasons.len(), 21, "{reasons:?}");
    let problems: BTreeSet<ProblemCode> =
        verdicts.iter().flat_map(|verdict| verdict.problems.iter().map(|problem| problem.code)).collect();
    assert_eq!(problems.len(), 16, "{problems:?}");
}
