//! The demo world, read through the wire as a visitor's first sync reads it: what the board makes of it.

use std::fmt::Write as _;

use super::sim_kit::at;
use super::sync_kit::Desk;
use vepherd::domain::board;
use vepherd::domain::verdict::{MyTurn, ProblemCode, ReasonCode, Stage, Verdict};
use vepherd::shell::sync::Mode;
use vepherd::sim::demo;

/// One line per proposal: what a card says.
fn line(verdict: &Verdict) -> String {
    let turn = verdict.waiting_on.first().map_or_else(
        || "-".to_owned(),
        |turn| {
            let rule = serde_json::to_value(turn.rule).unwrap();
            format!("{} {}", rule.as_str().unwrap_or_default(), turn.name)
        },
    );
    let shepherds: Vec<String> =
        verdict.shepherds.iter().map(|one| format!("{} ({})", one.login, one.how.word())).collect();
    let signoffs: String = verdict
        .signoffs
        .iter()
        .map(|(sig, off)| {
            format!(
                "{}{}",
                sig.as_str().chars().take(1).collect::<String>(),
                match off.state {
                    vepherd::domain::verdict::SignOffState::Signed => '+',
                    vepherd::domain::verdict::SignOffState::Stale => '!',
                    vepherd::domain::verdict::SignOffState::Missing => '.',
                    vepherd::domain::verdict::SignOffState::Vetoed => 'x',
                }
            )
        })
        .collect();
    format!(
        "#{:<4} {:<14} {:<6} {:<28} {:<12} {:>4} d  {}",
        verdict.number.0,
        verdict.sig.as_ref().map_or("-", |sig| sig.as_str()),
        verdict.release.as_ref().map_or("-", |release| release.as_str()),
        turn,
        signoffs,
        verdict.clocks.turn_days.floor(),
        shepherds.join(", "),
    )
}

#[tokio::test]
async fn the_board_of_the_demo() {
    let desk = Desk::new(demo::world(at("2026-03-01T00:00:00Z")));
    let summary = desk.sync(Mode::Full).await.unwrap();
    assert_eq!(summary.warnings, Vec::<String>::new());
    let facts = desk.facts();
    let board = board::derive(&facts, &desk.profile, None, desk.now());
    assert_eq!(board.viewer.login.as_ref().map(|login| login.as_str()), Some("robin-vale"));
    assert_eq!(board.viewer.sigs.iter().map(|sig| sig.as_str()).collect::<Vec<_>>(), ["compute"]);
    assert!(!board.viewer.merge_authority);
    let freeze = board.freeze.as_ref().unwrap();
    assert_eq!((freeze.release.as_str(), freeze.days), ("v1.10", 14));

    let of = |stage: Stage| board.verdicts.iter().filter(move |verdict| verdict.stage == stage);
    let mut shown = String::new();
    for stage in Stage::ALL {
        writeln!(shown, "{} {}", stage.title(), of(stage).count()).unwrap();
        for verdict in of(stage) {
            writeln!(shown, "  {}", line(verdict)).unwrap();
        }
    }
    insta::assert_snapshot!(shown);
    for stage in Stage::ALL {
        assert!(of(stage).count() > 0, "nothing is in {}", stage.code());
    }
    assert!(
        board.verdicts.iter().filter(|verdict| verdict.urgency.my_turn == MyTurn::Me).count() >= 3,
        "waits for the viewer"
    );
    let has = |code: ReasonCode| {
        board.verdicts.iter().any(|verdict| verdict.reasons.iter().any(|reason| reason.code == code))
    };
    for code in [
        ReasonCode::NoShepherd,
        ReasonCode::ReviewLag,
        ReasonCode::Vetoed,
        ReasonCode::StalledConflict,
        ReasonCode::Held,
        ReasonCode::ConditionalApproval,
        ReasonCode::HoldLiftedByOther,
        ReasonCode::PossibleObjection,
        ReasonCode::SignOffStale,
        ReasonCode::LgtmDropped,
        ReasonCode::Stalled,
        ReasonCode::NotConverged,
        ReasonCode::FreezeNear,
        ReasonCode::BotCloses,
    ] {
        assert!(has(code), "no proposal shows {code:?}");
    }
    let problem =
        |code: ProblemCode| board.verdicts.iter().any(|verdict| verdict.problems.iter().any(|one| one.code == code));
    for code in [
        ProblemCode::VepNumberMismatch,
        ProblemCode::NoTrackingIssue,
        ProblemCode::SeveralOwningSigs,
        ProblemCode::UnknownSig,
        ProblemCode::CommandWithoutEffect,
        ProblemCode::TargetInThePast,
        ProblemCode::TemplateSectionsMissing,
    ] {
        assert!(problem(code), "no proposal shows {code:?}");
    }
}
