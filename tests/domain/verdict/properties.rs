//! What holds for every thread, the scenarios' and any that can be made up: the order of GitHub's lists decides nothing,
//! a robot's comment changes nothing, the same input gives the same output, no clock runs backwards.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use vepherd::domain::board::Viewer;
use vepherd::domain::facts::{
    Actor, ActorKind, Association, CommentFacts, PullFacts, PullState, ReviewFacts, ReviewState, ThreadComment,
};
use vepherd::domain::ids::{Login, NodeId};
use vepherd::domain::verdict::Verdict;

use super::{scenarios, world};
use crate::domain::threads::{self, Messy, ROBOTS};

fn json(verdict: &Verdict) -> String {
    serde_json::to_string_pretty(verdict).unwrap()
}

/// The lines in which two verdicts differ; none where they are the same to the byte.
fn differences(one: &Verdict, other: &Verdict) -> Vec<String> {
    let (one, other) = (json(one), json(other));
    if one == other {
        return Vec::new();
    }
    let lines = one.lines().zip(other.lines()).filter(|(one, other)| one != other);
    let mut found: Vec<String> = lines.take(6).map(|(one, other)| format!("{one} ≠ {other}")).collect();
    found.push(format!("{} and {} lines", one.lines().count(), other.lines().count()));
    found
}

/// What sue of SIG storage sees of it.
fn seen(pull: &PullFacts, now: Timestamp) -> Verdict {
    let viewer = Viewer { login: Some(Login::new("sue")), sigs: vec!["storage".into()], merge_authority: false };
    world::verdict(&threads::facts(vec![pull.clone()]), pull, &viewer, now)
}

/// Puts every list of a pull request into another order; a thread's own comments as well. Commits keep theirs, which is
/// their ancestry.
fn shuffled(pull: &mut PullFacts, dice: u64) {
    let mut state = dice | 1;
    let mut roll = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below.max(1)).unwrap()).unwrap()
    };
    fn shuffle<T>(list: &mut [T], roll: &mut impl FnMut(usize) -> usize) {
        for index in (1..list.len()).rev() {
            list.swap(index, roll(index + 1));
        }
    }
    shuffle(&mut pull.comments, &mut roll);
    shuffle(&mut pull.reviews, &mut roll);
    shuffle(&mut pull.timeline, &mut roll);
    shuffle(&mut pull.threads, &mut roll);
    for thread in &mut pull.threads {
        shuffle(&mut thread.comments, &mut roll);
    }
    shuffle(&mut pull.files, &mut roll);
    shuffle(&mut pull.documents, &mut roll);
    shuffle(&mut pull.labels, &mut roll);
    shuffle(&mut pull.assignees, &mut roll);
    shuffle(&mut pull.review_requests, &mut roll);
    shuffle(&mut pull.checks, &mut roll);
}

/// Where a robot speaks.
#[derive(Clone, Copy, Debug)]
enum Place {
    Conversation,
    Review(ReviewState),
    Reply(Index),
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        Just(Place::Conversation),
        proptest::sample::select(vec![ReviewState::Commented, ReviewState::Approved, ReviewState::ChangesRequested])
            .prop_map(Place::Review),
        any::<Index>().prop_map(Place::Reply),
    ]
}

/// Lets a robot speak. Its words must change nothing; `updated_at`, from which GitHub's own clock tells when Prow would
/// close it, is a fact of its own and stays.
fn robot_speaks(pull: &mut PullFacts, robot: Actor, place: Place, body: &str, at: Timestamp) {
    let (id, url) = (NodeId::new("N_robot"), "https://github.com/kubevirt/enhancements/pull/70#robot".to_owned());
    let (author, body, association) = (Some(robot), body.to_owned(), Association::Collaborator);
    match place {
        Place::Review(state) => {
            let commit = Some(pull.head.clone());
            pull.reviews.push(ReviewFacts { id, database_id: None, author, state, body, at, commit, url, association });
        }
        Place::Reply(which) if !pull.threads.is_empty() => {
            let thread = which.index(pull.threads.len());
            pull.threads[thread].comments.push(ThreadComment {
                id,
                database_id: None,
                author,
                body,
                at,
                url,
                review: None,
                diff_hunk: None,
                association,
            });
        }
        Place::Conversation | Place::Reply(_) => {
            pull.comments.push(CommentFacts { id, author, body, at, edited_at: None, url, association });
        }
    }
}

/// No figure that is not one, nothing before it began, nothing in the future, entries in the order of the rules.
fn sound(verdict: &Verdict, now: Timestamp) {
    let clocks = &verdict.clocks;
    let lag = clocks.review_lag_days.unwrap_or(0.0);
    for days in [clocks.age_days, clocks.idle_days, clocks.turn_days, lag] {
        assert!(days.is_finite() && days >= 0.0, "{clocks:?}");
    }
    for since in [clocks.opened_at, clocks.idle_since, clocks.turn_since] {
        assert!(since <= now, "{clocks:?} at {now}");
    }
    for entry in &verdict.waiting_on {
        assert!(entry.since <= now && !entry.name.is_empty() && !entry.why.is_empty(), "{entry:?} at {now}");
    }
    if let Some(first) = verdict.waiting_on.first() {
        assert_eq!(first.since, clocks.turn_since);
    }
    assert!(verdict.waiting_on.windows(2).all(|pair| pair[0].rule <= pair[1].rule), "{:?}", verdict.waiting_on);
    for entry in &verdict.waiting_on {
        let same = |other: &&vepherd::domain::verdict::Waiting| (other.rule, &other.name) == (entry.rule, &entry.name);
        assert_eq!(verdict.waiting_on.iter().filter(same).count(), 1, "named twice: {entry:?}");
    }
}

#[test]
fn the_order_of_the_lists_decides_nothing() {
    for (name, scenario) in scenarios() {
        let one = scenario.verdict(|_| {});
        for dice in [3, 77, 104_729] {
            let other = scenario.verdict(|pull| shuffled(pull, dice));
            assert_eq!(differences(&one, &other), Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn a_robots_comment_changes_no_verdict() {
    for (name, scenario) in scenarios() {
        let quiet = scenario.verdict(|_| {});
        for (robot, kind) in ROBOTS {
            let noisy = scenario.verdict(|pull| {
                let robot = Actor { login: Login::new(robot), kind };
                let body = "Shall I review this again, @sue? Nack.\n/hold\n/approve";
                robot_speaks(pull, robot, Place::Conversation, body, scenario.now());
            });
            assert_eq!(differences(&quiet, &noisy), Vec::<String>::new(), "{name}, {robot}");
        }
    }
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    for (name, scenario) in scenarios() {
        assert_eq!(json(&scenario.verdict(|_| {})), json(&scenario.verdict(|_| {})), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_thread_has_a_sound_verdict(Messy { pull, now } in threads::messy()) {
        let verdict = seen(&pull, now);
        sound(&verdict, now);
        prop_assert_eq!(verdict.converged, pull.state != PullState::Open);
        prop_assert_eq!(differences(&verdict, &seen(&pull, now)), Vec::<String>::new());
    }

    #[test]
    fn the_order_of_any_lists_decides_nothing(Messy { pull, now } in threads::messy(), dice in any::<u64>()) {
        let mut other = pull.clone();
        shuffled(&mut other, dice);
        prop_assert_eq!(differences(&seen(&pull, now), &seen(&other, now)), Vec::<String>::new());
    }

    /// Any kind of robot, any text, any time. Prow's own notifier is no comment but Prow's answer, and is read.
    #[test]
    fn no_comment_of_a_robot_changes_a_verdict(
        Messy { pull, now } in threads::messy(),
        robot in 0..ROBOTS.len(),
        place in place(),
        body in threads::text(),
        at in threads::moment(),
    ) {
        let (login, kind) = ROBOTS[robot];
        let body = body.replace("[APPROVALNOTIFIER]", "[NOTIFIER]");
        let mut noisy = pull.clone();
        robot_speaks(&mut noisy, Actor { login: Login::new(login), kind }, place, &body, at);
        prop_assert_eq!(differences(&seen(&pull, now), &seen(&noisy, now)), Vec::<String>::new());
    }

    /// A robot that uses a person's account is known by how its comments look. Only Prow's approval does not look: it
    /// lists whoever writes `/approve`.
    #[test]
    fn what_looks_like_a_robots_comment_is_one(
        Messy { pull, now } in threads::messy(),
        body in threads::text(),
        at in threads::moment(),
    ) {
        let mut noisy = pull.clone();
        let robot = Actor { login: Login::new("eve"), kind: ActorKind::User };
        let body = body.replace("/approve", "/approves");
        let body = format!("<!-- This is an auto-generated comment: summarize -->\n{body}");
        robot_speaks(&mut noisy, robot, Place::Conversation, &body, at);
        let (mut quiet, mut noisy) = (seen(&pull, now), seen(&noisy, now));
        (quiet.comments, noisy.comments) = (0, 0);
        prop_assert_eq!(differences(&quiet, &noisy), Vec::<String>::new());
    }
}
