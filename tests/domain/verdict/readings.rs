//! Readings kept from one derivation to the next change nothing: whatever happens to the facts between two of them, the
//! board is the one that a first derivation gives.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use vepherd::domain::board::{Board, Readings, derive, derive_one};
use vepherd::domain::facts::{Actor, ActorKind, Association, CommentFacts, Facts, PullFacts};
use vepherd::domain::ids::{Login, PullNumber};
use vepherd::domain::profile::Profile;

use super::{scenarios, world};

/// What may happen between two derivations. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
    /// Time passes, or the clock is set back.
    Minutes(i64),
    /// A pull was read again, and somebody has said something on it.
    Said(usize, &'static str),
    /// A pull was read again and its description links another number.
    Links(usize, u64),
    /// A pull was read again and is what it was.
    ReadAgain(usize),
    /// A pull is gone.
    Gone(usize),
    /// A number is known as an open issue, a closed one, or a pull.
    Issue(u64, &'static str),
    /// An issue is no longer known.
    NoIssue(u64),
    /// A pull of a low number is known, which no link can mean any more.
    PullOf(u64),
    /// OWNERS were changed.
    Owners(&'static str),
    /// The freeze was moved.
    Freeze(&'static str),
    /// Somebody else looks.
    Viewer(&'static str),
    /// The profile was changed.
    Praise(&'static str),
}

fn step() -> impl Strategy<Value = Step> {
    let number = 5_u64..13;
    let word = prop::sample::select(vec!["open", "closed", "pull"]);
    let said =
        vec!["/lgtm", "/hold until the freeze", "Veto: it breaks /cc", "Thanks, @sue?", "/approve", "I object to it"];
    prop_oneof![
        4 => (-5_i64..200).prop_map(Step::Minutes),
        1 => (-120_000_i64..120_000).prop_map(Step::Minutes),
        1 => (any::<usize>(), prop::sample::select(said)).prop_map(|(pull, said)| Step::Said(pull, said)),
        1 => (any::<usize>(), number.clone()).prop_map(|(pull, number)| Step::Links(pull, number)),
        1 => any::<usize>().prop_map(Step::ReadAgain),
        1 => any::<usize>().prop_map(Step::Gone),
        1 => (number.clone(), word).prop_map(|(number, word)| Step::Issue(number, word)),
        1 => number.clone().prop_map(Step::NoIssue),
        1 => number.prop_map(Step::PullOf),
        1 => prop::sample::select(vec![world::OWNERS, "approvers: [sam]\n", "approvers: [\n"]).prop_map(Step::Owners),
        1 => prop::sample::select(vec!["2026-09-08", "2026-07-01"]).prop_map(Step::Freeze),
        1 => prop::sample::select(vec!["cora", "rita", "nobody-known"]).prop_map(Step::Viewer),
        1 => prop::sample::select(vec!["thanks", "object"]).prop_map(Step::Praise),
    ]
}

/// Everything that a derivation looks at.
struct Desk {
    facts: Facts,
    profile: Profile,
    now: Timestamp,
    pulls: Vec<PullFacts>,
}

impl Desk {
    /// So many threads of the scenarios, from the one at `first` on.
    fn new(first: usize) -> Self {
        let all = scenarios();
        let chosen = (0..14).filter_map(|step| all.get((first + step * 11) % all.len()));
        let mut pulls = Vec::new();
        for ((_, scenario), number) in chosen.zip(100..) {
            let mut pull = scenario.facts();
            pull.number = PullNumber(number);
            pulls.push(pull);
        }
        let mut facts = Facts::empty("kubevirt/enhancements".parse().unwrap());
        facts.files = world::files(&BTreeMap::new(), "2026-09-08");
        facts.put_issue(world::issue("7 open Fast disks", "* Alpha release target (x.y): 1.9"));
        pulls.iter().for_each(|pull| facts.put(pull.clone()));
        Self { facts, profile: Profile::kubevirt(), now: "2026-08-03T12:00:00Z".parse().unwrap(), pulls }
    }

    fn take(&mut self, step: &Step) {
        let place = |pull: &usize| pull % self.pulls.len();
        match step {
            Step::Minutes(minutes) => self.now += SignedDuration::from_mins(*minutes),
            Step::Said(pull, said) => {
                let pull = self.pulls.get_mut(pull % 14).unwrap();
                let mut comment = pull.comments.first().cloned().unwrap_or_else(|| comment(pull.created_at));
                (comment.body, comment.at) = ((*said).to_owned(), self.now);
                pull.comments.push(comment);
                self.facts.put(pull.clone());
            }
            Step::Links(pull, number) => {
                let pull = self.pulls.get_mut(pull % 14).unwrap();
                pull.body = format!("Tracking issue: #{number}\n");
                self.facts.put(pull.clone());
            }
            Step::ReadAgain(pull) => self.facts.put(self.pulls[place(pull)].clone()),
            Step::Gone(pull) => drop(self.facts.pulls.remove(&self.pulls[place(pull)].number)),
            Step::Issue(number, word) => self.facts.put_issue(world::issue(&format!("{number} {word} It"), "")),
            Step::NoIssue(number) => drop(self.facts.issues.remove(number)),
            Step::PullOf(number) => {
                let mut pull = self.pulls[0].clone();
                pull.number = PullNumber(*number);
                self.facts.put(pull);
            }
            Step::Owners(text) => drop(self.facts.files.owners.insert("OWNERS".to_owned(), (*text).to_owned())),
            Step::Freeze(day) => self.facts.files = world::files(&self.facts.files.owners, day),
            Step::Viewer(login) => self.facts.viewer = Some(Login::new(*login)),
            Step::Praise(word) => self.profile.words.praise = vec![(*word).to_owned()],
        }
    }

    fn first(&self) -> Board {
        derive(&self.facts, &self.profile, None, self.now)
    }
}

fn comment(at: Timestamp) -> CommentFacts {
    CommentFacts {
        id: "N_1".into(),
        author: Some(Actor { login: "cora".into(), kind: ActorKind::User }),
        body: String::new(),
        at,
        edited_at: None,
        url: "https://github.com/kubevirt/enhancements/pull/100#one".to_owned(),
        association: Association::Outside,
    }
}

fn text(board: &Board) -> String {
    let verdicts: Vec<_> =
        board.verdicts.iter().map(|verdict| serde_json::to_string_pretty(&**verdict).unwrap()).collect();
    format!("{:?} {:?}\n{}", board.viewer, board.freeze, verdicts.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_board_is_the_same_without_them(first in 0_usize..200, steps in prop::collection::vec(step(), 1..14)) {
        let mut desk = Desk::new(first);
        let mut readings = Readings::default();
        for step in steps {
            desk.take(&step);
            let kept = readings.derive(&desk.facts, &desk.profile, None, desk.now);
            prop_assert_eq!(text(&kept), text(&desk.first()), "after {:?}", step);
        }
    }
}

#[test]
fn one_proposal_is_judged_as_on_the_board() {
    let desk = Desk::new(3);
    for verdict in desk.first().verdicts {
        let alone = derive_one(&desk.facts, &desk.profile, None, verdict.number, desk.now);
        assert_eq!(alone.as_ref(), Some(&*verdict));
    }
    assert_eq!(derive_one(&desk.facts, &desk.profile, None, PullNumber(1), desk.now), None);
}

/// Rules ask the frame's clock, which knows how long its answers hold; what looks at the time itself would be taken for
/// true when it no longer is.
#[test]
fn rules_ask_the_clock() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/verdict");
    let mut folders = vec![folder];
    let mut looked = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            // Which freezes and releases have passed is asked of the schedules; the readings know when that changes.
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let times = if name == "derive.rs" {
                1
            } else if name == "releases.rs" {
                3
            } else {
                0
            };
            assert_eq!(text.matches("context.now").count(), times, "{}", path.display());
            looked += 1;
        }
    }
    assert!(looked > 10);
}
