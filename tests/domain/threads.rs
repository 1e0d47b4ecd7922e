//! Threads as messy as anybody could make them, for properties that must hold for all of them: people of `world.rs`,
//! deleted accounts and robots, texts put together from commands, vetoes, praise, names and hostile scraps, at times
//! that collide, precede the opening or lie ahead of the clock.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use vepherd::domain::facts::{
    Actor, ActorKind, Association, CheckFacts, CheckState, CommentFacts, CommitFacts, DocumentFacts, EventFacts,
    EventKind, Facts, FileChange, FileFacts, Mergeable, PullFacts, PullState, ReviewFacts, ReviewState, ThreadComment,
    ThreadFacts, Truncated,
};
use vepherd::domain::ids::{Login, NodeId, Sha};

use super::sample;
use super::verdict::world;

/// A pull request and the moment at which it is looked at.
#[derive(Clone, Debug)]
pub struct Messy {
    pub pull: PullFacts,
    pub now: Timestamp,
}

/// Everybody who may turn up, some of them spelled otherwise than the files spell them; the empty name is a deleted
/// account.
const PEOPLE: [&str; 19] = [
    "ann",
    "bob",
    "sue",
    "SAM",
    "nina",
    "dua",
    "cora",
    "carl",
    "rolf",
    "rita",
    "oren",
    "vic",
    "rhea",
    "kim",
    "",
    "kubevirt-bot",
    "kubevirt-prow[bot]",
    "coderabbitai",
    "some-app",
];

/// Robots of every kind: by GitHub's type, by suffix, by the profile's lists.
pub const ROBOTS: [(&str, ActorKind); 6] = [
    ("some-app", ActorKind::Bot),
    ("other-app[bot]", ActorKind::User),
    ("kubevirt-bot", ActorKind::User),
    ("kubevirt-prow", ActorKind::Bot),
    ("coderabbitai", ActorKind::User),
    ("dependabot", ActorKind::Bot),
];

const SCRAPS: [&str; 56] = [
    "/lgtm",
    "/lgtm cancel",
    "/remove-lgtm",
    "/lgtm thanks",
    "/approve",
    "/approve cancel",
    "/approve no-issue",
    "/hold",
    "/hold until the freeze",
    "/hold @nina",
    "/hold cancel",
    "/unhold",
    "/hold on…",
    "/cc",
    "/cc @sue",
    "/uncc",
    "/assign",
    "/assign @rita",
    "/assign @a, @b",
    "/unassign @rita",
    "/sig network",
    "/kind\nbug",
    "/veto no",
    "/close",
    "Veto: the API is wrong.",
    "**Veto** (sig-network): no",
    "Veto lifted: fine",
    "veto",
    "Vetoed already",
    "nack",
    "I object to this.",
    "not acceptable",
    "-1",
    "+1",
    "thanks",
    "Looks good to me",
    "why?",
    "@ann please look",
    "@sue wdyt",
    "@nina @carl",
    "@kubevirt-bot help",
    "fixed",
    "waiting for #12",
    "needs rebase",
    "after Sep 8",
    "> quoted /hold @sue?",
    "```",
    "`@sue`",
    "<!-- hidden @sue? -->",
    "<!--",
    "[APPROVALNOTIFIER] not genuine",
    "\u{202e}olleh\u{1b}[31m",
    "ÀÉſK 🎉 Ünïcode — '’",
    "\r\n/approve\r",
    "\u{a0}/lgtm",
    " ",
];

const LABELS: [&str; 14] = [
    "lgtm",
    "approved",
    "do-not-merge/hold",
    "needs-rebase",
    "dco-signoff: no",
    "do-not-merge/invalid-commit-message",
    "do-not-merge/work-in-progress",
    "do-not-merge",
    "lifecycle/stale",
    "lifecycle/frozen",
    "sig/network",
    "sig/nowhere",
    "size/L",
    "lifecycle/rotten",
];

const TITLES: [&str; 7] =
    ["VEP 7: Fast disks", "WIP: VEP #7", "[wip] x", "VEP 99999999999999999999", "", "🎉", "VEP 7 and VEP 8"];

const BODIES: [&str; 6] = [
    "Tracking issue: #7",
    "Tracking issue: kubevirt/enhancements#8\n**SIG label**: /sig compute",
    "/hold\n/cc @sue\n/assign @sam",
    "",
    "Tracking issue:\nhttps://github.com/kubevirt/enhancements/issues/18446744073709551616\n<!-- $SIG",
    "@sue /lgtm\r\n/sig-network",
];

const FILES: [&str; 9] = [
    "veps/sig-storage/7-fast-disks/vep.md",
    "veps/sig-compute/8-slow-disks/vep.md",
    "veps/sig-network/9_Bad-Name/design.md",
    "veps/meta-VEPs/10-all/vep.md",
    "veps/11-nobody/vep.md",
    "veps/sig-storage/old.md",
    "veps/sig-observability/12-eyes/picture.png",
    "OWNERS",
    "veps/NNNN-vep-template/vep.md",
];

/// The first moment of the world.
fn start() -> Timestamp {
    "2026-05-01T00:00:00Z".parse().unwrap()
}

#[derive(Clone, Debug)]
enum What {
    Say(String),
    SayIn(usize, String, bool),
    Review(ReviewState, String, Option<Index>),
    Commit { merge: bool },
    Force { known: bool },
    Label(&'static str),
    Unlabel(&'static str),
    Assign(&'static str),
    Unassign(&'static str),
    Request(&'static str),
    Unrequest(&'static str),
    Dismiss(Index),
    Draft(bool),
    End(PullState),
    Retitle(&'static str),
    Resolve(usize),
}

#[derive(Clone, Debug)]
struct Step {
    at: Timestamp,
    who: &'static str,
    what: What,
}

/// Moments of a hundred days, many of them the same or just within or beyond a rule's window of another.
pub fn moment() -> impl Strategy<Value = Timestamp> {
    let minutes = select(vec![0_i64, 0, 0, 1, 2, 3, 9, 11, 59, 60, 61, 719, 721, 1439]);
    (0_i64..100, minutes).prop_map(|(day, minute)| start() + SignedDuration::from_mins(day * 1440 + minute))
}

/// A text of a few scraps.
pub fn text() -> impl Strategy<Value = String> {
    let separator = select(vec!["\n", " ", "\r\n", "\n\n", ""]);
    (vec(select(SCRAPS.to_vec()), 0..5), separator).prop_map(|(scraps, separator)| scraps.join(separator))
}

fn review_state() -> impl Strategy<Value = ReviewState> {
    select(vec![
        ReviewState::Approved,
        ReviewState::Approved,
        ReviewState::ChangesRequested,
        ReviewState::Commented,
        ReviewState::Dismissed,
    ])
}

fn person() -> impl Strategy<Value = &'static str> {
    select(PEOPLE.to_vec())
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        6 => text().prop_map(What::Say),
        3 => (0_usize..4, text(), any::<bool>()).prop_map(|(thread, text, with)| What::SayIn(thread, text, with)),
        4 => (review_state(), text(), proptest::option::of(any::<Index>()))
            .prop_map(|(state, text, commit)| What::Review(state, text, commit)),
        3 => any::<bool>().prop_map(|merge| What::Commit { merge }),
        1 => any::<bool>().prop_map(|known| What::Force { known }),
        3 => select(LABELS.to_vec()).prop_map(What::Label),
        2 => select(LABELS.to_vec()).prop_map(What::Unlabel),
        1 => person().prop_map(What::Assign),
        1 => person().prop_map(What::Unassign),
        1 => person().prop_map(What::Request),
        1 => person().prop_map(What::Unrequest),
        1 => any::<Index>().prop_map(What::Dismiss),
        1 => any::<bool>().prop_map(What::Draft),
        1 => select(vec![PullState::Open, PullState::Open, PullState::Merged, PullState::Closed]).prop_map(What::End),
        1 => select(TITLES.to_vec()).prop_map(What::Retitle),
        1 => (0_usize..4).prop_map(What::Resolve),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    (moment(), person(), what()).prop_map(|(at, who, what)| Step { at, who, what })
}

/// One thread.
pub fn messy() -> impl Strategy<Value = Messy> {
    let change = select(vec![FileChange::Added, FileChange::Modified, FileChange::Removed, FileChange::Renamed]);
    let checks = vec((select(vec!["check-naming", "dco", "tide"]), 0_u8..3, proptest::option::of(moment())), 0..4);
    let mergeable = select(vec![Mergeable::Mergeable, Mergeable::Conflicting, Mergeable::Unknown]);
    let what_it_is = (
        (select(BODIES.to_vec()), select(TITLES.to_vec()), person()),
        vec((select(FILES.to_vec()), change), 0..4),
        (checks, mergeable, any::<bool>(), any::<bool>()),
        vec(person(), 0..3),
    );
    (what_it_is, moment(), moment(), vec(step(), 0..32)).prop_map(|(pull, opened, now, steps)| {
        let ((body, title, author), files, (checks, mergeable, known, cut), requests) = pull;
        let mut pull = sample::pull(70, title, "");
        pull.body = body.to_owned();
        pull.author = actor(author);
        (pull.created_at, pull.fetched_at, pull.updated_at) = (opened, now, now);
        pull.mergeable = mergeable;
        pull.review_requests = requests.into_iter().map(str::to_owned).collect();
        for (path, change) in files {
            pull.files.push(FileFacts { path: path.to_owned(), change, additions: 1, deletions: 1 });
            if let (true, Some((folder, _))) = (known, path.rsplit_once('/')) {
                pull.base_folders.insert(folder.to_owned(), change != FileChange::Added);
            }
            if path.ends_with("vep.md") && change != FileChange::Removed {
                pull.documents.push(DocumentFacts { path: path.to_owned(), text: world::DOCUMENT.to_owned() });
            }
        }
        for (name, state, at) in checks {
            let state = [CheckState::Success, CheckState::Pending, CheckState::Failure][usize::from(state)];
            pull.checks.push(CheckFacts { name: name.to_owned(), state, description: None, url: None, at });
        }
        if cut {
            pull.truncated.push(Truncated { part: "threads".to_owned(), why: "too many".to_owned() });
        }
        commit(&mut pull, 0, opened, author, false);
        for (index, step) in steps.into_iter().enumerate() {
            play(&mut pull, index + 1, step);
        }
        // GitHub lists events by time.
        pull.timeline.sort_by_key(|event| event.at);
        Messy { pull, now }
    })
}

fn actor(name: &str) -> Option<Actor> {
    let kind = if name == "some-app" { ActorKind::Bot } else { ActorKind::User };
    (!name.is_empty()).then(|| Actor { login: Login::new(name), kind })
}

/// Some are strangers to GitHub.
fn association(name: &str) -> Association {
    if ["bob", "kim", "nina"].contains(&name) { Association::Outside } else { Association::Collaborator }
}

fn commit(pull: &mut PullFacts, index: usize, at: Timestamp, who: &str, merge: bool) {
    let oid = Sha::new(format!("{index:040x}"));
    pull.commits.push(CommitFacts {
        oid: oid.clone(),
        committed_at: at,
        author: actor(who).map(|actor| actor.login),
        message: "Work".to_owned(),
        merge,
    });
    pull.head = oid;
}

fn play(pull: &mut PullFacts, index: usize, Step { at, who, what }: Step) {
    let (id, url) =
        (NodeId::new(format!("N_{index}")), format!("https://github.com/kubevirt/enhancements/pull/70#{index}"));
    let login = |name: &str| Login::new(name);
    let mut event = |kind| pull.timeline.push(EventFacts { at, actor: actor(who), kind, url: None });
    match what {
        What::Say(body) => pull.comments.push(CommentFacts {
            id,
            author: actor(who),
            body,
            at,
            edited_at: None,
            url,
            association: association(who),
        }),
        What::SayIn(thread, body, with_review) => {
            let name = NodeId::new(format!("T_{thread}"));
            let review = pull.reviews.last().filter(|_| with_review).map(|review| review.id.clone());
            let said = ThreadComment {
                id,
                database_id: None,
                author: actor(who),
                body,
                at,
                url,
                review,
                diff_hunk: None,
                association: association(who),
            };
            match pull.threads.iter_mut().find(|thread| thread.id == name) {
                Some(thread) => thread.comments.push(said),
                None => pull.threads.push(ThreadFacts::open(name, FILES[0], said)),
            }
        }
        What::Review(state, body, commit) => {
            let commit = commit.map(|index| index.get(&pull.commits).oid.clone());
            let association = association(who);
            pull.reviews.push(ReviewFacts {
                id,
                database_id: None,
                author: actor(who),
                state,
                body,
                at,
                commit,
                url,
                association,
            });
        }
        What::Commit { merge } => commit(pull, index, at, who, merge),
        What::Force { known } => {
            let before = known.then(|| pull.head.clone());
            let keep = pull.commits.len().div_ceil(2);
            pull.commits.truncate(keep);
            commit(pull, index, at, who, false);
            let after = known.then(|| pull.head.clone());
            pull.timeline.push(EventFacts {
                at,
                actor: actor(who),
                kind: EventKind::ForcePushed { before, after },
                url: None,
            });
        }
        What::Label(name) => {
            event(EventKind::Labeled(name.to_owned()));
            if !pull.labels.iter().any(|label| label == name) {
                pull.labels.push(name.to_owned());
            }
        }
        What::Unlabel(name) => {
            event(EventKind::Unlabeled(name.to_owned()));
            pull.labels.retain(|label| label != name);
        }
        What::Assign(name) => {
            event(EventKind::Assigned(login(name)));
            if !pull.assignees.contains(&login(name)) {
                pull.assignees.push(login(name));
            }
        }
        What::Unassign(name) => {
            event(EventKind::Unassigned(login(name)));
            pull.assignees.retain(|assignee| *assignee != login(name));
        }
        What::Request(name) => event(EventKind::ReviewRequested(name.to_owned())),
        What::Unrequest(name) => event(EventKind::ReviewRequestRemoved(name.to_owned())),
        What::Dismiss(which) => {
            let which = which.index(pull.reviews.len().max(1));
            if let Some(review) = pull.reviews.get_mut(which).filter(|review| review.state != ReviewState::Dismissed) {
                let (was, id) = (review.state, review.id.clone());
                review.state = ReviewState::Dismissed;
                event(EventKind::ReviewDismissed { review: Some(id), was });
            }
        }
        What::Draft(draft) => {
            event(if draft { EventKind::ConvertedToDraft } else { EventKind::ReadyForReview });
            pull.draft = draft;
        }
        What::End(state) => {
            event(match state {
                PullState::Open => EventKind::Reopened,
                PullState::Merged => EventKind::Merged,
                PullState::Closed => EventKind::Closed,
            });
            pull.state = state;
            pull.ended_at = (state != PullState::Open).then_some(at);
        }
        What::Retitle(to) => {
            event(EventKind::Renamed { from: pull.title.clone(), to: to.to_owned() });
            pull.title = to.to_owned();
        }
        What::Resolve(thread) => {
            let name = NodeId::new(format!("T_{thread}"));
            if let Some(thread) = pull.threads.iter_mut().find(|thread| thread.id == name) {
                thread.resolved = true;
            }
        }
    }
}

/// The world around such threads.
pub fn facts(pulls: Vec<PullFacts>) -> Facts {
    let mut facts = Facts::empty("kubevirt/enhancements".parse().unwrap());
    facts.files = world::files(&BTreeMap::new(), "2026-08-01");
    for line in ["7 open Fast disks", "8 closed Slow disks", "9 pull Not an issue"] {
        let issue = world::issue(line, "Alpha release target (x.y): 1.10");
        facts.put_issue(issue);
    }
    for pull in pulls {
        facts.put(pull);
    }
    facts
}
