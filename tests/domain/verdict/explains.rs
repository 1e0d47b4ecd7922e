//! The reasoning behind verdicts: it says what the verdict says, on every thread, and what a doubter would ask.

use vepherd::domain::facts::PullState;
use vepherd::domain::verdict::{Explanation, ReadyState, Rule, SignOffState, Stand};

use super::scenario::Scenario;
use super::scenarios;

#[test]
fn the_reasoning_says_what_the_verdict_says() {
    for (name, scenario) in scenarios() {
        let (verdict, explanation) = scenario.in_full();
        assert_eq!(verdict, scenario.verdict(|_| {}), "{name}");
        let open = scenario.facts().state == PullState::Open;
        assert_eq!(explanation.rules.len(), if open { 12 } else { 0 }, "{name}");
        for answer in &explanation.rules {
            let named = verdict.waiting_on.iter().any(|entry| entry.rule == answer.rule);
            assert_eq!(answer.applies, named, "{name}: {answer:?}");
            assert!(answer.why.len() > 8, "{name}: {answer:?}");
        }
        let at = |login: &str| explanation.positions.iter().find(|it| it.login.is(login));
        for (sig, signoff) in &verdict.signoffs {
            let expected = match signoff.state {
                SignOffState::Signed => Stand::Agrees,
                SignOffState::Vetoed => Stand::Against,
                SignOffState::Stale | SignOffState::Missing => continue,
            };
            for by in &signoff.by {
                let position = at(by.as_str()).unwrap_or_else(|| panic!("{name}: {by} has no position"));
                assert_eq!(position.stands, expected, "{name}: {by} for {sig}");
                assert!(position.history.iter().all(|spoken| !spoken.what.is_empty()), "{name}");
            }
        }
        for veto in verdict.vetoes.iter().chain(&verdict.objections) {
            assert_eq!(at(veto.by.as_str()).map(|it| it.stands), Some(Stand::Against), "{name}: {}", veto.by);
        }
        let found = explanation.shepherding.iter().filter(|step| step.found).count();
        assert_eq!(found, usize::from(open && !verdict.shepherds.is_empty()), "{name}: {:?}", explanation.shepherding);
        assert!(explanation.clocks.iter().any(|basis| basis.clock == "idle"), "{name}");
        let list = verdict.readiness();
        assert_eq!(verdict.is_ready(), !list.is_empty() && list.iter().all(|line| line.state == ReadyState::Done));
        assert!(list.iter().all(|line| !line.why.is_empty()), "{name}: {list:?}");
    }
}

fn explained(thread: &str) -> Explanation {
    let text = format!(
        "about = \"a thread\"\nnow = \"Jul 20\"\nthread = \"\"\"\nJul 1 ann opens\n{thread}\n\"\"\"\n[expect]\n"
    );
    toml::from_str::<Scenario>(&text).unwrap().in_full().1
}

fn why(explanation: &Explanation, rule: Rule) -> String {
    explanation.rules.iter().find(|answer| answer.rule == rule).unwrap().why.clone()
}

#[test]
fn a_doubter_is_told_why_a_rule_names_nobody() {
    let settled = explained("Jul 2 cora says: What about quotas?\nJul 3 ann says: added them\nJul 4 sue approves");
    assert_eq!(
        why(&settled, Rule::Review),
        "sue (SIG storage) agreed on this head on Jul 4, and the author has asked nobody since"
    );
    assert_eq!(why(&settled, Rule::Answer), "the author wrote on Jul 3, after cora's remark of Jul 2");
    assert_eq!(why(&settled, Rule::Objection), "nobody has objected");
    assert_eq!(why(&settled, Rule::Hold), "nobody has held it");
    let answered = settled.rules.iter().find(|answer| answer.rule == Rule::Answer).unwrap();
    assert_eq!(answered.event.as_ref().unwrap().by.as_ref().unwrap().as_str(), "ann");

    let held = explained("Jul 2 rita says: /hold | until the freeze\nJul 2 prow labels do-not-merge/hold");
    assert!(why(&held, Rule::Objection).contains("rita's hold is no objection: it waits for something (until, freeze"));
    let lifted = explained("Jul 2 nina says: Veto: no rollback.\nJul 3 nina says: Veto lifted: it is there now");
    assert_eq!(why(&lifted, Rule::Objection), "nina's veto of Jul 2 ended on Jul 3 (nina)");
}

#[test]
fn positions_are_told_over_time_and_at_their_heads() {
    let told = explained(
        "Jul 2 sue approves\nJul 3 ann pushes\nJul 4 nina requests changes: no rollback\nJul 5 nina approves\n\
         Jul 6 cora says: /lgtm\nJul 7 cora says: /lgtm cancel\nJul 8 rita says: Fine with me, in general.",
    );
    let line = |login: &str| {
        let it = told.positions.iter().find(|it| it.login.is(login)).unwrap();
        let history: Vec<String> = it
            .history
            .iter()
            .map(|spoken| spoken.what.iter().map(|one| one.word()).collect::<Vec<_>>().join("+"))
            .collect();
        (it.stands, it.current, it.pushes_since, history.join("; "))
    };
    assert_eq!(line("sue"), (Stand::AgreedBefore, false, 1, "lgtm".to_owned()));
    assert_eq!(line("nina"), (Stand::Agrees, true, 0, "changes requested; lgtm".to_owned()));
    assert_eq!(line("cora"), (Stand::TookBack, true, 0, "lgtm; lgtm taken back".to_owned()));
    assert_eq!(line("rita"), (Stand::Remarked, true, 0, String::new()));
    assert_eq!(told.positions.first().unwrap().login.as_str(), "rita", "the newest word first");
    let heads = |login: &str| told.positions.iter().find(|it| it.login.is(login)).unwrap().head.clone();
    assert_ne!(heads("sue"), heads("nina"));
}

#[test]
fn the_search_for_a_shepherd_is_told() {
    let told = explained("Jul 2 rita assigns oren\nJul 3 sue says: Looks fine so far, what about quotas?");
    let steps: Vec<String> = told.shepherding.iter().map(|step| format!("{} {}", step.how.word(), step.why)).collect();
    assert_eq!(
        steps,
        [
            "assigned oren neither represents SIG storage nor holds merge authority",
            "front-matter no document names approvers",
            "volunteered nobody of SIG storage or with merge authority wrote a bare `/cc`",
            "acting sue, last heard on Jul 3",
        ]
    );
    assert!(told.shepherding.last().unwrap().found);
}
