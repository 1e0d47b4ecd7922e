//! What the viewer says for themself, and what it makes of the board.

use jiff::Timestamp;
use vepherd::domain::board::{Board, Freeze};
use vepherd::domain::facts::*;
use vepherd::domain::ids::{Login, NodeId, PullNumber, Sha};
use vepherd::domain::marks::*;
use vepherd::domain::profile::Profile;
use vepherd::domain::verdict::{MyTurn, PossibleObjection, Stage, Verdict};

use super::sample::{at, board, facts, pull, user, verdict};

const MARKED: &str = "2032-02-01T00:00:00Z";
const NOW: &str = "2032-03-01T00:00:00Z";

fn stamp() -> Stamp {
    Stamp { at: at(MARKED), head: pull(1, "", "ada").head }
}

/// A proposal of ada's, looked at by grace of SIG compute, with something done to it.
fn proposal(change: impl FnOnce(&mut PullFacts)) -> PullFacts {
    let mut pull = pull(1, "VEP 1: something", "ada");
    change(&mut pull);
    pull
}

fn seen_by(pull: &PullFacts, verdict: Verdict, mark: Mark, now: Timestamp) -> Board {
    let facts = facts(vec![pull.clone()]);
    let marks = Marks::from([(PullNumber(1), mark)]);
    board("grace", &["compute"], vec![verdict]).with_marks(&facts, &Profile::kubevirt(), &marks, now)
}

fn said(saying: Saying) -> Mark {
    let mut mark = Mark::default();
    for change in mark.changes(saying, &stamp()) {
        mark.apply(change);
    }
    mark
}

fn comment(login: &str, time: &str, body: &str) -> CommentFacts {
    CommentFacts {
        id: NodeId::new(format!("C{time}")),
        author: user(login),
        body: body.into(),
        at: at(time),
        edited_at: None,
        url: "https://example.org/c".into(),
        association: Association::Outside,
    }
}

fn review(login: &str, state: ReviewState, body: &str) -> ReviewFacts {
    ReviewFacts {
        id: NodeId::new("R"),
        database_id: None,
        author: user(login),
        state,
        body: body.into(),
        at: at("2032-02-02T00:00:00Z"),
        commit: None,
        url: String::new(),
        association: Association::Outside,
    }
}

fn event(login: &str, kind: EventKind) -> EventFacts {
    EventFacts { at: at("2032-02-02T00:00:00Z"), actor: user(login), kind, url: None }
}

#[test]
fn what_brings_a_done_one_back_and_what_does_not() {
    type Change = fn(&mut PullFacts);
    const LATER: &str = "2032-02-02T00:00:00Z";
    let table: &[(&str, Change, Option<&str>)] = &[
        ("nothing", |_| (), None),
        ("a word before", |it| it.comments = vec![comment("ada", "2032-01-31T00:00:00Z", "Hm.")], None),
        ("the author's word", |it| it.comments = vec![comment("ada", LATER, "Done.")], Some("the author commented")),
        ("another's word", |it| it.comments = vec![comment("linus", LATER, "Hm.")], Some("linus commented")),
        ("the viewer's own word", |it| it.comments = vec![comment("GRACE", LATER, "Hm.")], None),
        ("Prow's word", |it| it.comments = vec![comment("kubevirt-bot", LATER, "Hm.")], None),
        ("a robot's text", |it| it.comments = vec![comment("linus", LATER, "[APPROVALNOTIFIER] x")], None),
        ("an errand", |it| it.comments = vec![comment("linus", LATER, "/retest\n\n/cc @ada")], None),
        ("a hold", |it| it.comments = vec![comment("linus", LATER, "/hold")], Some("linus commented")),
        (
            "a deleted account",
            |it| {
                it.comments = vec![CommentFacts { author: None, ..comment("x", LATER, "Hm.") }];
            },
            Some("somebody commented"),
        ),
        (
            "the newest of two",
            |it| {
                it.comments = vec![comment("linus", "2032-02-03T00:00:00Z", "B"), comment("ada", LATER, "A")];
            },
            Some("linus commented"),
        ),
        ("an approval", |it| it.reviews = vec![review("linus", ReviewState::Approved, "")], Some("linus approved")),
        (
            "a change request",
            |it| it.reviews = vec![review("linus", ReviewState::ChangesRequested, "")],
            Some("linus requested changes"),
        ),
        ("a review of threads", |it| it.reviews = vec![review("linus", ReviewState::Commented, "")], None),
        ("a push", |it| it.head = Sha::new("2"), Some("the author pushed")),
        (
            "a push by a clock that is behind",
            |it| {
                it.head = Sha::new("2");
                it.commits = vec![CommitFacts {
                    oid: Sha::new("2"),
                    committed_at: at("2031-12-24T00:00:00Z"),
                    author: Some(Login::new("ada")),
                    message: String::new(),
                    merge: false,
                }];
            },
            Some("the author pushed"),
        ),
        (
            "the viewer's own push",
            |it| {
                it.head = Sha::new("2");
                it.timeline = vec![event("grace", EventKind::ForcePushed { before: None, after: None })];
            },
            None,
        ),
        (
            "a request to the viewer",
            |it| it.timeline = vec![event("ada", EventKind::ReviewRequested("Grace".into()))],
            Some("the author asked you for a review"),
        ),
        (
            "a request to another",
            |it| it.timeline = vec![event("ada", EventKind::ReviewRequested("linus".into()))],
            None,
        ),
        ("a label", |it| it.timeline = vec![event("linus", EventKind::Labeled("lgtm".into()))], None),
        ("closed", |it| it.timeline = vec![event("linus", EventKind::Closed)], Some("linus closed it")),
        ("closed by Prow", |it| it.timeline = vec![event("kubevirt-bot", EventKind::Closed)], None),
    ];
    for (what, change, back) in table {
        let pull = proposal(change);
        let board = seen_by(&pull, verdict(1, Stage::InReview, 40, 8), said(Saying::Done), at(NOW));
        let local = board.local(PullNumber(1)).unwrap();
        assert_eq!(local.back.as_ref().map(Back::words).as_deref(), *back, "{what}");
        assert_eq!(local.quiet.is_none(), back.is_some(), "{what}");
        assert_eq!(board.is_new(PullNumber(1)), back.is_some(), "{what}");
    }
}

#[test]
fn a_snooze_waits_for_its_own_end() {
    type Change = fn(&mut PullFacts);
    let talked: Change = |it| it.comments = vec![comment("ada", "2032-02-02T00:00:00Z", "Done.")];
    let pushed: Change = |it| it.head = Sha::new("2");
    let closed: Change = |it| it.timeline = vec![event("linus", EventKind::Closed)];
    let moment = |text: &str| Until::Moment { at: at(text) };
    let freeze = |day: &str| Until::Freeze { release: "v9.9".into(), day: day.parse().unwrap() };
    let table: Vec<(Until, Change, Option<&str>)> = vec![
        (Until::Push, talked, None),
        (Until::Push, pushed, Some("the author pushed")),
        (Until::Reply, pushed, None),
        (Until::Reply, talked, Some("the author commented")),
        (Until::Reply, closed, None),
        (moment("2032-03-02T00:00:00Z"), talked, None),
        (moment("2032-03-01T00:00:00Z"), |_| (), Some("snoozed until 2032-03-01")),
        (freeze("2032-03-02"), talked, None),
        (freeze("2032-03-01"), |_| (), Some("the freeze of v9.9 is here")),
    ];
    for (until, change, back) in table {
        let pull = proposal(change);
        let mut mark = said(Saying::Done);
        for change in mark.changes(Saying::Snooze(until.clone()), &stamp()) {
            mark.apply(change);
        }
        let board = seen_by(&pull, verdict(1, Stage::InReview, 40, 8), mark, at(NOW));
        let local = board.local(PullNumber(1)).unwrap();
        assert_eq!(local.back.as_ref().map(Back::words).as_deref(), back, "{until:?}");
        assert_eq!(matches!(local.quiet, Some(Quiet::Snoozed { .. })), back.is_none(), "{until:?}");
    }
}

#[test]
fn a_freeze_that_moves_moves_the_snooze() {
    let mark = said(Saying::Snooze(Until::Freeze { release: "v1.10".into(), day: "2032-02-15".parse().unwrap() }));
    let mut facts = facts(vec![proposal(|_| ())]);
    let marks = Marks::from([(PullNumber(1), mark)]);
    let back = |facts: &Facts| {
        let board = board("grace", &["compute"], vec![verdict(1, Stage::InReview, 40, 8)]);
        board.with_marks(facts, &Profile::kubevirt(), &marks, at(NOW)).local(PullNumber(1)).unwrap().back.is_some()
    };
    assert!(back(&facts), "without a schedule the day counts as it was");
    let schedule = "- what: VEP Freeze\n  when: 2032-03-20\n";
    facts.files.schedules.insert("v1.10".into(), schedule.into());
    assert!(!back(&facts));
}

#[test]
fn a_said_turn_replaces_the_derived_one_until_it_ends() {
    let table: &[(&str, MyTurn, MyTurn)] = &[
        ("me", MyTurn::No, MyTurn::Me),
        ("not-me", MyTurn::Me, MyTurn::No),
        ("author", MyTurn::MySig, MyTurn::No),
        ("linus", MyTurn::Me, MyTurn::No),
        ("@GRACE", MyTurn::No, MyTurn::Me),
        ("sig-compute", MyTurn::No, MyTurn::MySig),
        ("SIG-storage", MyTurn::Me, MyTurn::No),
    ];
    for (word, derived, mine) in table {
        let whose = Whose::parse(word).unwrap();
        for lasts in [Lasts::UntilHuman, Lasts::UntilOff] {
            let mut one = verdict(1, Stage::InReview, 40, 8);
            one.urgency.my_turn = *derived;
            let mark = said(Saying::Turn(whose.clone(), lasts));
            let quiet = proposal(|_| ());
            let board = seen_by(&quiet, one.clone(), mark.clone(), at(NOW));
            assert_eq!(board.my_turn(&facts(vec![quiet]), &one), *mine, "{word}");
            assert_eq!(*board.verdicts[0], one, "the verdict itself knows nothing of it");
            let moved = proposal(|it| it.comments = vec![comment("linus", "2032-02-02T00:00:00Z", "Hm.")]);
            let board = seen_by(&moved, one.clone(), mark, at(NOW));
            let then = if lasts == Lasts::UntilOff { *mine } else { *derived };
            assert_eq!(board.my_turn(&facts(vec![moved]), &one), then, "{word}, {lasts:?}");
        }
    }
    for word in ["", "sig-", "two words", "@", "a/b"] {
        assert_eq!(Whose::parse(word), None, "{word}");
    }
}

#[test]
fn a_decision_on_a_text_holds_while_it_reads_the_same() {
    let possible = |sentence: &str| PossibleObjection {
        by: Login::new("Linus"),
        at: at(MARKED),
        sentence: sentence.into(),
        event: Some("https://example.org/1".into()),
    };
    for (ruled, conflict) in [(Ruled::Confirmed, true), (Ruled::Dropped, false)] {
        let mark = said(Saying::Rule(possible("I object."), ruled));
        let mut one = verdict(1, Stage::InReview, 40, 8);
        for (sentence, stands) in [("I object.", true), ("I object no more.", false)] {
            one.possible_objections = vec![PossibleObjection { by: Login::new("linus"), ..possible(sentence) }];
            let board = seen_by(&proposal(|_| ()), one.clone(), mark.clone(), at(NOW));
            let local = board.local(PullNumber(1)).cloned().unwrap_or_default();
            assert_eq!(local.ruled(&one.possible_objections[0]), stands.then_some(ruled), "{sentence}");
            assert_eq!(local.confirms_any(), stands && conflict, "{sentence}");
        }
    }
}

#[test]
fn quiet_ones_come_last_among_the_open_and_said_turns_first() {
    let numbers = [1, 2, 3, 4, 5];
    let mut verdicts: Vec<Verdict> = numbers.map(|number| verdict(number, Stage::InReview, 10, 1)).to_vec();
    verdicts[0].urgency.my_turn = MyTurn::Me;
    verdicts[1].urgency.my_turn = MyTurn::MySig;
    verdicts[4].stage = Stage::Converged;
    let facts = facts(numbers.map(|number| pull(number, "x", "ada")).to_vec());
    let order = |marks: &Marks| {
        let board = board("grace", &["compute"], verdicts.clone());
        let board = board.with_marks(&facts, &Profile::kubevirt(), marks, at(NOW));
        board.verdicts.iter().map(|verdict| verdict.number.0).collect::<Vec<_>>()
    };
    assert_eq!(order(&Marks::new()), [1, 2, 3, 4, 5]);
    let marks = Marks::from([
        (PullNumber(1), said(Saying::Snooze(Until::Push))),
        (PullNumber(4), said(Saying::Turn(Whose::Mine, Lasts::UntilHuman))),
        (PullNumber(99), said(Saying::Done)),
    ]);
    assert_eq!(order(&marks), [4, 2, 3, 1, 5]);
    let board =
        board("grace", &["compute"], verdicts.clone()).with_marks(&facts, &Profile::kubevirt(), &marks, at(NOW));
    let cleared = board.with_marks(&facts, &Profile::kubevirt(), &Marks::new(), at(NOW));
    assert_eq!(cleared.verdicts.iter().map(|it| it.number.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5], "and back again");
    assert!(cleared.local.is_empty());
}

#[test]
fn every_saying_is_taken_back_whole() {
    let possible =
        PossibleObjection { by: Login::new("linus"), at: at(MARKED), sentence: "I object.".into(), event: None };
    let sayings = [
        Saying::Done,
        Saying::Snooze(Until::Reply),
        Saying::Done,
        Saying::Turn(Whose::Author, Lasts::UntilOff),
        Saying::Rule(possible.clone(), Ruled::Confirmed),
        Saying::Rule(possible.clone(), Ruled::Dropped),
        Saying::TurnOff,
        Saying::Unrule(possible),
        Saying::Wake,
        Saying::NotDone,
    ];
    let mut marks = Marks::new();
    let mut past = Vec::new();
    for saying in sayings {
        let before = marks.clone();
        let changes = marks.get(&PullNumber(1)).cloned().unwrap_or_default().changes(saying, &stamp());
        let back = apply(&mut marks, PullNumber(1), changes);
        past.push((before, back));
    }
    assert!(marks.is_empty(), "{marks:?}");
    for (before, back) in past.into_iter().rev() {
        apply(&mut marks, PullNumber(1), back);
        assert_eq!(marks, before);
    }
}

#[test]
fn times_as_people_write_them() {
    // A Monday.
    let now = at("2032-03-01T10:30:00Z");
    let freeze = |days| Freeze { release: "v1.10".into(), what: "VEP Freeze".into(), at: "2032-03-20".into(), days };
    let table = [
        ("push", "until a push"),
        ("Reply", "until a reply"),
        ("freeze", "until the freeze of v1.10 on 2032-03-20"),
        ("tomorrow", "until 2032-03-02"),
        ("monday", "until 2032-03-08"),
        ("TUE", "until 2032-03-02"),
        ("sunday", "until 2032-03-07"),
        ("2032-12-24", "until 2032-12-24"),
        ("2032-12-24T18:00:00Z", "until 2032-12-24 18:00 UTC"),
        ("12h", "until 2032-03-01 22:30 UTC"),
        ("3d", "until 2032-03-04 10:30 UTC"),
        (" 2w ", "until 2032-03-15 10:30 UTC"),
    ];
    for (text, words) in table {
        let until = Until::parse(text, now, Some(&freeze(19))).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(until.words(), words, "{text}");
    }
    let past = [("2032-03-01", "passed"), ("2031-01-01", "passed")];
    let none = [
        ("", "no time"),
        ("0d", "no time"),
        ("3x", "no time"),
        ("-3d", "no time"),
        ("99999d", "no time"),
        ("mo", "no time"),
        ("é", "no time"),
    ];
    for (text, says) in past.into_iter().chain(none) {
        let error = Until::parse(text, now, None).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    assert!(Until::parse("freeze", now, Some(&freeze(-1))).is_err());
    assert!(Until::parse("freeze", now, None).is_err());
}
