//! Rows of pull requests: the gate, approvals, lgtm, and what a post would change.

use jiff::{SignedDuration, Timestamp};
use vepherd::domain::action::{Post, ReviewEvent};
use vepherd::domain::facts::{
    Actor, ActorKind, Association, CheckFacts, CheckState, CommentFacts, CommitFacts, EventFacts, EventKind, Facts,
    FileChange, FileFacts, Mergeable, PullFacts, PullState, ReviewFacts, ReviewState, ThreadComment, ThreadFacts,
};
use vepherd::domain::ids::{Login, NodeId, Sha};
use vepherd::domain::profile::Profile;
use vepherd::domain::prow::approve::approval;
use vepherd::domain::prow::forecast::{Background, Forecast, forecast};
use vepherd::domain::prow::gate::{Gate, GateState, gate};
use vepherd::domain::prow::lgtm;
use vepherd::domain::prow::owners::Tree;
use vepherd::domain::roster::Roster;
use vepherd::domain::verdict::SignOffState;

use super::rows::{SceneRow, all};
use crate::domain::sample::pull;

/// Who represents what, where a post changes sign-offs.
const SIGS: &str = "aliases:\n  sig-compute-approvers: [sam]\n  sig-network-approvers: [nel]\n";

#[test]
fn every_pull_request_stands_as_prow_would_have_it() {
    all(|table| table.scene, |row| row.about.clone(), 90, check);
}

fn check(about: &str, row: &SceneRow) {
    let profile = row.rules.profile();
    let tree = match &row.owners {
        Some(files) => Tree::read(files, None),
        None => {
            Tree::read(&[("OWNERS".to_owned(), "approvers: [ann, Bob]\nreviewers: [rex]\n".to_owned())].into(), None)
        }
    };
    let pull = scene(row);
    let gate = match post(row) {
        Some(post) => {
            let who = Login::new(row.who.as_deref().unwrap_or("mia"));
            let now = pull.fetched_at + SignedDuration::from_hours(1);
            let mut facts = Facts::empty(profile.repo.clone());
            facts.files.sig_aliases = Some(SIGS.to_owned());
            let roster = Roster::read(&facts.files, &profile);
            let background = Background { facts: &facts, profile: &profile, roster: &roster, owners: &tree, now };
            let would = forecast(std::slice::from_ref(&post), &who, &pull, &background);
            foreseen(about, row, &would);
            would.gate_after.unwrap()
        }
        None => {
            let none = row.adds.is_empty() && row.removes.is_empty() && row.obeyed.is_empty() && row.warns.is_empty();
            assert!(none, "{about}: nothing is posted");
            gate(&pull, &approval(&pull, &tree, &profile), &profile)
        }
    };
    gated(about, row, &gate);
    stands(about, row, &pull, &tree, &profile);
    let states = [&row.by, &row.powerless, &row.needs, &row.suggested, &row.lgtm, &row.dropped];
    let asked = states.iter().any(|list| list.is_some()) || row.manual.is_some() || row.disagreement.is_some();
    assert!(asked || row.state.is_some() || post(row).is_some(), "{about}: the row expects nothing");
}

fn post(row: &SceneRow) -> Option<Post> {
    if row.dismissal {
        return Some(Post::Dismiss { review: 1, message: row.post.clone().unwrap_or_default() });
    }
    let body = row.post.clone()?;
    Some(match row.review.as_deref() {
        Some("approve") => Post::Review { event: ReviewEvent::Approve, body, commit: Sha::new("abc") },
        Some("request-changes") => Post::Review { event: ReviewEvent::RequestChanges, body, commit: Sha::new("abc") },
        Some(other) => panic!("no such review: {other}"),
        None if row.reply => Post::Reply { to: 1, body },
        None => Post::Comment { body },
    })
}

/// The lists of the row against what a post would do.
fn foreseen(about: &str, row: &SceneRow, would: &Forecast) {
    assert_eq!(would.labels_added, row.adds, "{about}: {would:?}");
    assert_eq!(would.labels_removed, row.removes, "{about}: {would:?}");
    assert_eq!(would.commands.iter().map(|one| one.obeyed).collect::<Vec<_>>(), row.obeyed, "{about}: {would:?}");
    if let Some(why) = &row.why {
        parts(about, &would.commands.iter().map(|one| one.why.clone()).collect::<Vec<_>>(), why);
    }
    parts(about, &would.warnings, &row.warns);
    let word = |state: SignOffState| format!("{state:?}").to_lowercase();
    let signoffs: Vec<String> =
        would.signoffs.iter().map(|one| format!("{}: {} to {}", one.sig, word(one.before), word(one.after))).collect();
    if let Some(want) = &row.signoffs {
        assert_eq!(signoffs, *want, "{about}: {would:?}");
    }
    assert!(!row.quiet || would.effects.is_empty(), "{about}: {would:?}");
    for part in &row.effects {
        assert!(would.effects.iter().any(|effect| effect.contains(part)), "{about}: `{part}`: {:?}", would.effects);
    }
}

/// One part each, in order.
fn parts(about: &str, said: &[String], parts: &[String]) {
    assert_eq!(said.len(), parts.len(), "{about}: {said:?}");
    for (said, part) in said.iter().zip(parts) {
        assert!(said.contains(part), "{about}: `{part}` is not in `{said}`");
    }
}

fn gated(about: &str, row: &SceneRow, gate: &Gate) {
    let state = match gate.state {
        GateState::Blocked => "blocked",
        GateState::InPool => "in-pool",
        GateState::Merged => "merged",
        GateState::Closed => "closed",
    };
    let codes: Vec<&str> = gate.warnings.iter().map(|warning| warning.split(':').next().unwrap()).collect();
    if let Some(want) = &row.state {
        assert_eq!((state, &gate.blockers), (want.as_str(), row.blockers.as_ref().unwrap_or(&Vec::new())), "{about}");
        if post(row).is_none() || row.warn.is_some() {
            assert_eq!(codes, *row.warn.as_ref().unwrap_or(&Vec::new()), "{about}: {:?}", gate.warnings);
        }
    } else {
        assert!(row.blockers.is_none() && row.warn.is_none(), "{about}: which state?");
    }
}

/// What is said, whoever posts.
fn stands(about: &str, row: &SceneRow, pull: &PullFacts, tree: &Tree, profile: &Profile) {
    let found = approval(pull, tree, profile);
    let names = |logins: Vec<&Login>| logins.iter().map(|login| login.as_str().to_owned()).collect::<Vec<_>>();
    let same = |what: &str, got: Vec<String>, want: &Option<Vec<String>>| {
        if let Some(want) = want {
            assert_eq!(got, *want, "{about}: {what}");
        }
    };
    let (by, powerless): (Vec<_>, Vec<_>) = found.by.iter().partition(|one| one.has_power);
    same("by", names(by.iter().map(|one| &one.login).collect()), &row.by);
    same("powerless", names(powerless.iter().map(|one| &one.login).collect()), &row.powerless);
    same("needs", found.needs.iter().map(|need| need.owners.clone()).collect(), &row.needs);
    same("suggested", names(found.suggested.iter().collect()), &row.suggested);
    let history = lgtm::history(pull, tree, profile);
    same("lgtm", names(history.given.iter().map(|one| &one.by).collect()), &row.lgtm);
    same("dropped", names(history.dropped.iter().map(|one| &one.by).collect()), &row.dropped);
    if let Some(manual) = row.manual {
        assert_eq!(found.manual, manual, "{about}: manual");
    }
    if let Some(part) = &row.disagreement {
        let said = found.disagreement.unwrap_or_default();
        assert!(if part.is_empty() { said.is_empty() } else { said.contains(part) }, "{about}: `{said}`");
    }
}

fn scene(row: &SceneRow) -> PullFacts {
    let mut pull = pull(7, "A proposal", row.author.as_deref().unwrap_or("zoe"));
    let document = || vec!["veps/sig-compute/7-x/vep.md".to_owned()];
    let files = row.files.clone().unwrap_or_else(document);
    pull.files = files
        .into_iter()
        .map(|path| FileFacts { path, change: FileChange::Added, additions: 1, deletions: 0 })
        .collect();
    pull.labels.clone_from(&row.labels);
    pull.assignees = row.assignees.iter().map(|login| Login::new(login.as_str())).collect();
    pull.body.clone_from(&row.body);
    pull.draft = row.draft;
    pull.blocked_by_rules = row.blocked_by_rules;
    pull.state = match row.pull.as_deref() {
        None | Some("open") => PullState::Open,
        Some("closed") => PullState::Closed,
        Some("merged") => PullState::Merged,
        Some(other) => panic!("no such state: {other}"),
    };
    pull.mergeable = match row.mergeable.as_deref() {
        None | Some("mergeable") => Mergeable::Mergeable,
        Some("conflicting") => Mergeable::Conflicting,
        Some("unknown") => Mergeable::Unknown,
        Some(other) => panic!("no such mergeability: {other}"),
    };
    let green = [("check-naming".to_owned(), "success".to_owned())].into();
    let state = |word: &str| match word {
        "success" => CheckState::Success,
        "pending" => CheckState::Pending,
        "failure" => CheckState::Failure,
        other => panic!("no such check: {other}"),
    };
    let checks = row.checks.as_ref().unwrap_or(&green);
    // `name` and `name#2` are two checks of one name.
    let check = |(name, word): (&String, &String)| CheckFacts {
        name: name.split('#').next().unwrap().to_owned(),
        state: state(word),
        description: None,
        url: None,
        at: None,
    };
    pull.checks = checks.iter().map(check).collect();
    let mut last = pull.created_at;
    for text in &row.said {
        last += SignedDuration::from_hours(1);
        speak(&mut pull, text, last);
    }
    pull.fetched_at = last + if row.fresh { SignedDuration::from_secs(20) } else { SignedDuration::from_hours(5) };
    pull
}

/// `login: comment`, `login edited: comment as it reads now`, `login inline: text`, `login STATE: review`; a login ends
/// with `[bot]` for an App. `@label login: name` and `@unlabel login: name` (by Prow where no login is given),
/// `@dismiss login: STATE` of their newest review, `@push login: message`.
fn speak(pull: &mut PullFacts, text: &str, at: Timestamp) {
    let (who, body) = text.split_once(": ").unwrap_or_else(|| panic!("who says `{text}`?"));
    let (first, second) = who.split_once(' ').map_or((who, None), |(first, second)| (first, Some(second)));
    let body = body.to_owned();
    if let Some(event) = first.strip_prefix('@') {
        return happen(pull, event, second, body, at);
    }
    let id = NodeId::new(format!("C{}", at.as_second()));
    let url = format!("https://github.com/org/proposals/pull/7#{}", at.as_second());
    let author = actor(first);
    let association = if first == "out" { Association::Outside } else { Association::Collaborator };
    match second {
        None | Some("edited") => {
            let edited_at = second.map(|_| at + SignedDuration::from_hours(100));
            pull.comments.push(CommentFacts { id, author, body, at, edited_at, url, association });
        }
        Some("inline") => pull.threads.push(ThreadFacts::open(
            id.clone(),
            "",
            ThreadComment { id, database_id: None, author, body, at, url, review: None, diff_hunk: None, association },
        )),
        Some(state) => {
            let (state, commit) = (review_state(state), None);
            pull.reviews.push(ReviewFacts { id, database_id: None, author, state, body, at, commit, url, association });
        }
    }
}

fn happen(pull: &mut PullFacts, event: &str, who: Option<&str>, what: String, at: Timestamp) {
    let kind = match event {
        "label" => EventKind::Labeled(what),
        "unlabel" => EventKind::Unlabeled(what),
        "push" => {
            pull.commits.push(CommitFacts {
                oid: Sha::new(format!("{:040x}", at.as_second())),
                committed_at: at,
                author: None,
                message: what,
                merge: false,
            });
            return;
        }
        "dismiss" => {
            let review =
                pull.reviews.iter_mut().rfind(|it| it.author.as_ref().is_some_and(|by| Some(by.login.as_str()) == who));
            let review = review.unwrap_or_else(|| panic!("{who:?} has no review"));
            review.state = ReviewState::Dismissed;
            EventKind::ReviewDismissed { review: Some(review.id.clone()), was: review_state(&what) }
        }
        other => panic!("no such event: {other}"),
    };
    pull.timeline.push(EventFacts { at, actor: actor(who.unwrap_or("kubevirt-bot")), kind, url: None });
}

fn actor(login: &str) -> Option<Actor> {
    let (login, kind) = match login.strip_suffix("[bot]") {
        Some(login) => (login, ActorKind::Bot),
        None => (login, ActorKind::User),
    };
    Some(Actor { login: Login::new(login), kind })
}

fn review_state(word: &str) -> ReviewState {
    match word {
        "APPROVED" => ReviewState::Approved,
        "CHANGES_REQUESTED" => ReviewState::ChangesRequested,
        "COMMENTED" => ReviewState::Commented,
        "DISMISSED" => ReviewState::Dismissed,
        other => panic!("no such review state: {other}"),
    }
}
