//! What holds for every thread: the order of GitHub's lists decides nothing, a robot's comment changes nothing, the same
//! input gives the same output.

use vepherd::domain::facts::{Actor, ActorKind, Association, CommentFacts, PullFacts};
use vepherd::domain::ids::{Login, NodeId};

use super::scenarios;

fn json(verdict: &vepherd::domain::verdict::Verdict) -> String {
    serde_json::to_string_pretty(verdict).unwrap()
}

/// Turns every list of a pull request around; a thread's own comments as well. Commits keep their order, which is
/// their ancestry.
fn turned_around(pull: &mut PullFacts) {
    pull.comments.reverse();
    pull.reviews.reverse();
    pull.timeline.reverse();
    pull.threads.reverse();
    for thread in &mut pull.threads {
        thread.comments.reverse();
    }
    pull.files.reverse();
    pull.documents.reverse();
    pull.assignees.reverse();
}

#[test]
fn the_order_of_the_lists_decides_nothing() {
    for (name, scenario) in scenarios() {
        let (one, other) = (scenario.verdict(|_| {}), scenario.verdict(turned_around));
        assert_eq!(json(&one), json(&other), "{name}");
    }
}

#[test]
fn a_robots_comment_changes_no_verdict() {
    let robots =
        [("coderabbitai", ActorKind::Bot), ("kubevirt-bot", ActorKind::User), ("some-app[bot]", ActorKind::User)];
    for (name, scenario) in scenarios() {
        let quiet = scenario.verdict(|_| {});
        for (robot, kind) in robots {
            let noisy = scenario.verdict(|pull| {
                pull.comments.push(CommentFacts {
                    id: NodeId::new("N_robot"),
                    author: Some(Actor { login: Login::new(robot), kind }),
                    body: "Shall I review this again, @sue? Nack.".to_owned(),
                    at: scenario.now(),
                    edited_at: None,
                    url: "https://github.com/kubevirt/enhancements/pull/70#robot".to_owned(),
                    association: Association::Collaborator,
                });
            });
            assert_eq!(json(&quiet), json(&noisy), "{name}, {robot}");
        }
    }
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    for (name, scenario) in scenarios() {
        assert_eq!(json(&scenario.verdict(|_| {})), json(&scenario.verdict(|_| {})), "{name}");
    }
}
