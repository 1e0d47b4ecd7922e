//! The order of urgency and the lanes of each grouping.

use super::sample::{at, board, facts, pull, verdict};
use vepherd::domain::board::{Board, Grouping};
use vepherd::domain::facts::Facts;
use vepherd::domain::ids::{PullNumber, Release};
use vepherd::domain::verdict::{Kind, MyTurn, Shepherd, ShepherdHow, Stage, Verdict};

fn lanes(board: &Board, facts: &Facts, grouping: Grouping) -> Vec<(String, Vec<u64>, Option<i64>)> {
    let all: Vec<usize> = (0..board.verdicts.len()).collect();
    let number = |index: &usize| board.verdicts[*index].number.0;
    let lanes = board.lanes(facts, grouping, &all);
    lanes.iter().map(|lane| (lane.title.clone(), lane.cards.iter().map(number).collect(), lane.oldest_days)).collect()
}

#[test]
fn urgency_is_an_order_of_reasons() {
    let change = |number: u64, age: i64, change: fn(&mut Verdict)| {
        let mut verdict = verdict(number, Stage::InReview, age, 1);
        change(&mut verdict);
        verdict
    };
    let verdicts = vec![
        change(1, 900, |v| v.stage = Stage::Converged),
        change(2, 20, |_| ()),
        change(3, 10, |_| ()),
        change(4, 10, |_| ()),
        change(5, 1, |v| v.urgency.my_conflict = true),
        change(6, 1, |v| v.urgency.lagging = true),
        change(7, 1, |v| v.urgency.freeze_in_days = Some(12)),
        change(8, 1, |v| v.urgency.freeze_in_days = Some(2)),
        change(9, 1, |v| v.urgency.my_turn = MyTurn::MySig),
        change(10, 1, |v| v.urgency.my_turn = MyTurn::Me),
        change(11, 1, |v| {
            v.urgency.my_turn = MyTurn::MySig;
            v.urgency.freeze_in_days = Some(12);
        }),
    ];
    let want = [10, 11, 9, 8, 7, 6, 5, 2, 3, 4, 1];
    for turn in 0..verdicts.len() {
        let mut turned = verdicts.clone();
        turned.rotate_left(turn);
        let board = board("me", &[], turned);
        assert_eq!(board.verdicts.iter().map(|v| v.number.0).collect::<Vec<_>>(), want);
    }
    let found = board("me", &[], verdicts);
    assert_eq!(found.find(PullNumber(7)).unwrap().number, PullNumber(7));
    assert!(found.find(PullNumber(77)).is_none());
}

fn sample() -> (Facts, Board) {
    let mut one = verdict(1, Stage::Author, 50, 9);
    one.sig = Some("storage".into());
    one.release = Some(Release::new("v1.10"));
    one.shepherds = ["ada", "me", "ADA"]
        .map(|login| Shepherd { login: login.into(), how: ShepherdHow::Assigned, since: None, event: None })
        .to_vec();
    let mut two = verdict(2, Stage::Author, 50, 30);
    two.sig = Some("compute".into());
    two.release = Some(Release::new("v1.9"));
    two.shepherds = vec![Shepherd { login: "ada".into(), how: ShepherdHow::Acting, since: None, event: None }];
    let mut three = verdict(3, Stage::NeedsShepherd, 3, 3);
    three.owning_sigs = vec!["compute".into(), "network".into()];
    let mut four = verdict(4, Stage::Drafting, 5, 5);
    four.kind = Kind::Process;
    let mut five = verdict(5, Stage::InReview, 5, 2);
    five.sig = Some("storage".into());
    five.shepherds = vec![Shepherd { login: "zoe".into(), how: ShepherdHow::Acting, since: None, event: None }];
    let six = verdict(6, Stage::Converged, 5, 2);
    let seven = verdict(7, Stage::Converged, 5, 1);
    let eight = verdict(8, Stage::InReview, 5, 1);
    let mut pulls: Vec<_> = (1..=8).map(|number| pull(number, "x", "y")).collect();
    pulls[5].ended_at = Some(at("2032-02-20T00:00:00Z"));
    pulls[6].ended_at = Some(at("2032-02-21T00:00:00Z"));
    (facts(pulls), board("me", &["storage"], vec![one, two, three, four, five, six, seven, eight]))
}

#[test]
fn lanes_of_each_grouping() {
    let (facts, board) = sample();
    let lane = |title: &str, cards: &[u64], oldest: Option<i64>| (title.to_owned(), cards.to_vec(), oldest);
    let done = lane("converged", &[7, 6], Some(2));
    assert_eq!(
        lanes(&board, &facts, Grouping::Stage),
        [
            lane("needs shepherd", &[3], Some(3)),
            lane("author's turn", &[2, 1], Some(30)),
            lane("in review", &[5, 8], Some(2)),
            lane("sign-off", &[], None),
            lane("conflict", &[], None),
            lane("merging", &[], None),
            lane("drafting", &[4], Some(5)),
            done.clone(),
        ]
    );
    assert_eq!(
        lanes(&board, &facts, Grouping::Shepherd),
        [
            lane("nobody", &[4, 3, 8], Some(5)),
            lane("me", &[1], Some(9)),
            lane("ada", &[2, 1], Some(30)),
            lane("zoe", &[5], Some(2)),
            done.clone(),
        ]
    );
    assert_eq!(
        lanes(&board, &facts, Grouping::Sig),
        [
            lane("storage", &[1, 5], Some(9)),
            lane("compute", &[2], Some(30)),
            lane("several SIGs", &[3], Some(3)),
            lane("no SIG", &[8], Some(1)),
            lane("process", &[4], Some(5)),
            done.clone(),
        ]
    );
    assert_eq!(
        lanes(&board, &facts, Grouping::Release),
        [lane("v1.9", &[2], Some(30)), lane("v1.10", &[1], Some(9)), lane("no release", &[4, 3, 5, 8], Some(5)), done,]
    );
}

#[test]
fn lanes_hold_only_what_is_shown() {
    let (facts, board) = sample();
    let none = board.lanes(&facts, Grouping::Stage, &[]);
    assert!(none.iter().all(|lane| lane.cards.is_empty() && lane.oldest_days.is_none()));
    assert_eq!(none.len(), 7, "converged is shown only where something is in it");
    assert!(board.lanes(&facts, Grouping::Sig, &[99]).is_empty(), "an index that is none is passed over");
}
