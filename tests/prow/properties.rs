//! What holds for every text, every thread and every word of a user: reading never fails, our commands are obeyed as
//! meant or a warning says that they are not, an approval goes by a cancel alone, and order comes from times.

use jiff::SignedDuration;
use proptest::prelude::*;
use vepherd::domain::action::{Action, Intent, Post};
use vepherd::domain::facts::{
    ActorKind, Association, CommentFacts, FileChange, FileFacts, PullFacts, ReviewFacts, ReviewState, ThreadComment,
    ThreadFacts,
};
use vepherd::domain::ids::{Login, NodeId, PullNumber, Sha, SigName};
use vepherd::domain::profile::{Profile, ProwRules};
use vepherd::domain::prow::approve::approval;
use vepherd::domain::prow::command::{
    ApproveCommand, Commands, Effect, HoldCommand, LgtmCommand, Reading, Source, lines, parse, prose,
};
use vepherd::domain::prow::forecast::{Background, explain, forecast, forecast_intent, undone};
use vepherd::domain::prow::owners::Tree;
use vepherd::domain::roster::Roster;

use crate::domain::sample::{at, pull, user};

fn rules() -> ProwRules {
    Profile::kubevirt().prow
}

fn facts() -> vepherd::domain::facts::Facts {
    vepherd::domain::facts::Facts::empty(Profile::kubevirt().repo)
}

fn tree() -> Tree {
    Tree::read(&[("OWNERS".to_owned(), "approvers: [ann, Bob]\nreviewers: [rex]\n".to_owned())].into(), None)
}

/// A pull request of zoe with one document.
fn proposal() -> PullFacts {
    let mut pull = pull(7, "A proposal", "zoe");
    let path = "veps/sig-compute/7-x/vep.md".to_owned();
    pull.files.push(FileFacts { path, change: FileChange::Added, additions: 1, deletions: 0 });
    pull
}

/// A line: commands in every shape, what looks like one, what hides one, and noise.
fn line() -> impl Strategy<Value = String> {
    let command = prop::sample::select(vec![
        "/lgtm",
        "/lgtm cancel",
        "/LGTM no-issue",
        "/lgtm thanks",
        "/remove-lgtm",
        "/approve",
        "/approve cancel",
        "/approve no-issue",
        "/approve and do not cancel",
        "/remove-approve",
        "/hold",
        "/hold cancel",
        "/hold on",
        "/unhold",
        "/remove-hold",
        "/assign",
        "/assign @ann",
        "/unassign bob",
        "/UNassign x",
        "/assign @a, @b",
        "/cc @rex",
        "/uncc a/b",
        "/sig",
        "/sig a",
        "/kind  b",
        "/remove-sig a",
        "/kindly do",
        "/label skip-review",
        "/label x",
        "/close",
        "/close not-planned",
        "/reopen",
        "/lifecycle stale",
        "/remove-lifecycle stale",
        "/override \"a b\"",
        "/retest",
        "/skip",
        "/auto-cc",
        "/check-dco",
        "/milestone v1",
        "cancel",
        "```",
        "<!--",
        "-->",
        "> /hold",
        " /approve",
        "",
        "\t",
        "words",
        "\u{a0}",
        "/cloſe",
        "/",
        "//",
        "/\u{1f600}",
    ])
    .prop_map(str::to_owned);
    prop_oneof![8 => command, 1 => "[ -~]{0,40}", 1 => "\\PC{0,12}"]
}

/// Lines with every kind of end.
fn text() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n", "\r", "\n\n", " \n", "\u{2028}"]);
    prop::collection::vec((line(), end), 0..8)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| format!("{line}{end}")).collect())
}

/// Lines of which none begins with a slash: nothing that Prow could obey.
fn words() -> impl Strategy<Value = String> {
    text().prop_map(|text| {
        let harmless = |line: &str| if line.starts_with('/') { format!("- {line}") } else { line.to_owned() };
        text.split('\n').map(harmless).collect::<Vec<_>>().join("\n")
    })
}

/// Every action with a text beside which something else is meant.
fn actions(text: &str) -> Vec<Action> {
    let text = || text.to_owned();
    vec![
        Action::Lgtm { text: text() },
        Action::Approve { text: text(), own: false },
        Action::Approve { text: text(), own: true },
        Action::Veto { sig: Some(SigName::new("network")), reason: text() },
        Action::Veto { sig: None, reason: text() },
        Action::Unveto { why: text(), review: Some(5), may_dismiss: true },
        Action::Hold { reason: text() },
        Action::Unhold { text: text() },
    ]
}

fn intent(action: Action) -> Intent {
    Intent {
        repo: "org/proposals".parse().unwrap(),
        pull: PullNumber(7),
        head: Sha::new("abc"),
        action,
        created_at: at("2032-01-01T00:00:00Z"),
    }
}

/// What Prow reads in the post of an intent; none where it is refused. A review's state is not a command, and is added.
fn obeyed(intent: &Intent, rules: &ProwRules) -> Option<Commands> {
    let posts = intent.posts(rules).ok()?;
    let (mut read, by_state) = match posts.first()? {
        Post::Comment { body } => (parse(body, Source::Comment, rules), None),
        Post::Review { body, .. } => {
            let acts = rules.review_acts_as_lgtm;
            (parse(body, Source::ReviewBody, rules), intent.action.meant(rules).lgtm.filter(|_| acts))
        }
        Post::Dismiss { .. } | Post::Reply { .. } | Post::Resolve { .. } => return None,
    };
    read.lgtm = read.lgtm.or(by_state);
    Some(read)
}

/// Both ways in which this matters of reading reviews.
fn all_rules() -> [ProwRules; 2] {
    [rules(), ProwRules { review_acts_as_lgtm: false, ..rules() }]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_reading_fail(bytes in prop::collection::vec(any::<u8>(), 0..200), text in text()) {
        let noise = String::from_utf8_lossy(&bytes).into_owned();
        for body in [noise.clone(), text.clone(), format!("{text}{noise}"), format!("{noise}\n{text}")] {
            for source in [Source::Comment, Source::ReviewBody, Source::ReviewComment, Source::Description] {
                let _ = (parse(&body, source, &rules()), lines(&body, source, &rules()), explain(&body, source, &rules()));
            }
            let _ = prose(&body);
            let posts = [Post::Comment { body }];
            let now = at("2032-02-01T00:00:00Z");
            let (facts, roster, owners, profile) = (facts(), Roster::default(), tree(), Profile::kubevirt());
            let background = Background { facts: &facts, profile: &profile, roster: &roster, owners: &owners, now };
            let _ = forecast(&posts, &Login::new("rex"), &proposal(), &background);
        }
    }

    #[test]
    fn what_the_lines_say_is_what_the_whole_does(body in text()) {
        let whole = parse(&body, Source::Comment, &rules());
        let read = lines(&body, Source::Comment, &rules());
        let effects: Vec<&Effect> = read.iter().filter_map(|line| match &line.reading {
            Reading::Effect(effect) => Some(effect),
            Reading::NoEffect { .. } => None,
        }).collect();
        let any = |wanted: fn(&Effect) -> bool| effects.iter().any(|effect| wanted(effect));
        prop_assert_eq!(whole.lgtm.is_some(), any(|e| matches!(e, Effect::Lgtm(_))));
        prop_assert_eq!(whole.hold.is_some(), any(|e| matches!(e, Effect::Hold(_))));
        prop_assert_eq!(whole.approve.is_some(), any(|e| matches!(e, Effect::Approve(_))));
        prop_assert_eq!(whole.close, any(|e| matches!(e, Effect::Close(_))));
        prop_assert_eq!(whole.reopen, any(|e| matches!(e, Effect::Reopen)));
        let mut asked = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for effect in effects {
            match effect {
                Effect::AddLabels(labels) => asked.0.extend(labels.clone()),
                Effect::RemoveLabels(labels) => asked.1.extend(labels.clone()),
                Effect::LifecycleAdd(word) => asked.2.push(word.clone()),
                Effect::LifecycleRemove(word) => asked.3.push(word.clone()),
                _ => {}
            }
        }
        let sorted = |mut list: Vec<String>| { list.sort(); list };
        prop_assert_eq!(sorted(whole.add_labels), sorted(asked.0));
        prop_assert_eq!(sorted(whole.remove_labels), sorted(asked.1));
        prop_assert_eq!((whole.lifecycle_add, whole.lifecycle_remove), (asked.2, asked.3));
    }

    #[test]
    fn without_commands_of_the_user_exactly_ours_are_obeyed(text in words(), login in "[A-Za-z0-9](-?[A-Za-z0-9]){0,12}") {
        let who = Login::new(login.as_str());
        let people = [Action::Assign { login: who.clone() }, Action::Unassign { login: who.clone() }, Action::Cc { login: who }];
        for rules in all_rules() {
            for action in actions(&text).into_iter().chain(people.clone()) {
                let intent = intent(action);
                if let Some(read) = obeyed(&intent, &rules) {
                    prop_assert_eq!(read, intent.action.meant(&rules), "{:?}", intent.action);
                    prop_assert_eq!(undone(&intent, &rules), None);
                }
            }
        }
        let comment = intent(Action::Comment { text });
        prop_assert_eq!(obeyed(&comment, &rules()).unwrap_or_default(), Commands::default());
    }

    /// Whatever the user writes, also commands: what is meant happens, or the forecast says that it does not; and
    /// whatever else happens is named.
    #[test]
    fn our_commands_are_obeyed_or_a_warning_says_that_they_are_not(text in text()) {
        for rules in all_rules() {
            let profile = Profile { prow: rules.clone(), ..Profile::kubevirt() };
            for action in actions(&text) {
                let intent = intent(action);
                let Some(read) = obeyed(&intent, &rules) else { continue };
                let meant = intent.action.meant(&rules);
                let warning = undone(&intent, &rules);
                let lost = (meant.hold.is_some() && read.hold != meant.hold)
                    || (meant.lgtm.is_some() && read.lgtm != meant.lgtm);
                prop_assert_eq!(warning.is_some(), lost, "{:?}", intent.action);
                // These no words of the user can undo.
                if meant.approve.is_some() {
                    prop_assert!(matches!(read.approve, Some(ApproveCommand::Approve | ApproveCommand::NoIssue)));
                }
                if meant.hold == Some(HoldCommand::Remove) {
                    prop_assert_eq!(read.hold, Some(HoldCommand::Remove));
                }
                let now = at("2032-02-01T00:00:00Z");
                let (facts, roster, owners) = (facts(), Roster::default(), tree());
                let background = Background { facts: &facts, profile: &profile, roster: &roster, owners: &owners, now };
                let would = forecast_intent(&intent, &Login::new("rex"), &proposal(), &background).unwrap();
                if let Some(warning) = &warning {
                    prop_assert!(would.warnings.contains(warning));
                }
                let more = read.approve != meant.approve && read.approve.is_some() && meant.approve.is_none()
                    || (read.hold.is_some() && meant.hold.is_none())
                    || (read.lgtm.is_some() && meant.lgtm.is_none())
                    || [&read.assign, &read.unassign, &read.cc, &read.uncc, &read.add_labels, &read.remove_labels,
                        &read.lifecycle_add, &read.lifecycle_remove].into_iter().any(|list| !list.is_empty())
                    || read.close || read.reopen;
                let named = would.warnings.iter().any(|warning| warning.contains("in your text is a command of its own"));
                prop_assert!(named || !more, "{:?}: {:?}", intent.action, would.warnings);
            }
        }
    }

    #[test]
    fn an_approval_goes_by_a_cancel_alone(said in prop::collection::vec(remark(), 0..6), more in remark()) {
        let before = approval(&thread(&said), &tree(), &Profile::kubevirt());
        let mut longer = said;
        longer.push(more.clone());
        let after = approval(&thread(&longer), &tree(), &Profile::kubevirt());
        let word = more.body.to_lowercase();
        let cancels = word.contains("cancel") || word.contains("remove-approve");
        for one in &before.by {
            let stands = after.by.iter().any(|other| other.login == one.login);
            prop_assert!(stands || (cancels && one.login.is(more.who)), "{:?} after {:?}", one.login, more);
        }
        prop_assert!(cancels || before.needs.len() >= after.needs.len());
    }

    #[test]
    fn approvals_do_not_depend_on_how_they_were_read(
        (said, shuffled) in prop::collection::vec(remark(), 0..7)
            .prop_map(|said| said.into_iter().enumerate().collect::<Vec<_>>())
            .prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle())),
    ) {
        let read = |said: &[(usize, Said)]| {
            let mut pull = proposal();
            said.iter().for_each(|(hour, one)| one.join(&mut pull, *hour));
            let found = approval(&pull, &tree(), &Profile::kubevirt());
            (found.by.iter().map(|one| (one.login.clone(), one.at)).collect::<Vec<_>>(), found.needs, found.suggested)
        };
        prop_assert_eq!(read(&said), read(&shuffled));
        // One source or three, in the same order of time.
        let comments: Vec<_> = said.into_iter().map(|(hour, one)| (hour, Said { place: Place::Comment, ..one })).collect();
        prop_assert_eq!(read(&comments), read(&shuffled));
    }
}

/// Where something was said.
#[derive(Clone, Copy, Debug)]
enum Place {
    Comment,
    Inline,
    Review,
}

#[derive(Clone, Debug)]
struct Said {
    who: &'static str,
    place: Place,
    body: String,
}

fn remark() -> impl Strategy<Value = Said> {
    let place = prop::sample::select(vec![Place::Comment, Place::Inline, Place::Review]);
    let body = prop_oneof![
        3 => prop::sample::select(vec!["/approve", "/approve cancel", "/approve\n/lgtm cancel", "/remove-approve", "hm",
            "/approve no-issue", "/lgtm", "/APPROVE", "/approve cancel\n/approve"]).prop_map(str::to_owned),
        1 => text(),
    ];
    (prop::sample::select(vec!["ann", "Bob", "mia", "zoe"]), place, body).prop_map(|(who, place, body)| Said {
        who,
        place,
        body,
    })
}

fn thread(said: &[Said]) -> PullFacts {
    let mut pull = proposal();
    said.iter().enumerate().for_each(|(hour, one)| one.join(&mut pull, hour));
    pull
}

impl Said {
    /// Joins a pull request's lists at this hour.
    fn join(&self, pull: &mut PullFacts, hour: usize) {
        let at = pull.created_at + SignedDuration::from_hours(i64::try_from(hour).unwrap() + 1);
        let (id, url) = (NodeId::new(format!("N{hour}")), format!("https://x/{hour}"));
        let (author, body, association) = (user(self.who), self.body.clone(), Association::Collaborator);
        assert!(author.as_ref().is_some_and(|author| author.kind == ActorKind::User));
        match self.place {
            Place::Comment => {
                pull.comments.push(CommentFacts { id, author, body, at, edited_at: None, url, association });
            }
            Place::Review => {
                let (database_id, state, commit) = (None, ReviewState::Commented, None);
                pull.reviews.push(ReviewFacts { id, database_id, author, state, body, at, commit, url, association });
            }
            Place::Inline => pull.threads.push(ThreadFacts::open(
                id.clone(),
                "",
                ThreadComment {
                    id,
                    database_id: None,
                    author,
                    body,
                    at,
                    url,
                    review: None,
                    diff_hunk: None,
                    association,
                },
            )),
        }
    }
}

#[test]
fn the_words_that_undo_an_action_are_known() {
    let table = [
        (Action::Hold { reason: "/unhold".into() }, Some("lifts the hold")),
        (Action::Hold { reason: "/hold\ncancel it later".into() }, Some("lifts the hold")),
        (Action::Veto { sig: None, reason: "No.\n/hold cancel".into() }, Some("lifts the hold")),
        (Action::Veto { sig: None, reason: "No.\n/lgtm".into() }, Some("gives lgtm")),
        (Action::Lgtm { text: "/lgtm cancel".into() }, Some("takes lgtm off")),
        (Action::Approve { text: "/remove-lgtm".into(), own: false }, Some("takes lgtm off")),
        (Action::Approve { text: "/remove-lgtm".into(), own: true }, None),
        (Action::Approve { text: "/approve cancel".into(), own: false }, None),
        (Action::Unhold { text: "/hold".into() }, None),
        (Action::Comment { text: "/hold\n/unhold".into() }, None),
        // A blank before the slash keeps it from being a command, also at the beginning.
        (Action::Hold { reason: "\n \n /unhold".into() }, None),
    ];
    for (action, want) in table {
        let found = undone(&intent(action.clone()), &rules());
        assert_eq!(found.is_some(), want.is_some(), "{action:?}: {found:?}");
        assert!(found.unwrap_or_default().contains(want.unwrap_or_default()), "{action:?}");
    }
    assert_eq!(Action::Lgtm { text: String::new() }.meant(&rules()).lgtm, Some(LgtmCommand::Add));
}
