//! What each action posts.

use super::sample::at;
use vepherd::domain::action::{Action, BadIntent, Intent, Post, ReviewEvent};
use vepherd::domain::ids::{NodeId, PullNumber, Sha};
use vepherd::domain::profile::{Profile, ProwRules};
use vepherd::domain::prow::command::{ApproveCommand, Commands, HoldCommand, Source, parse};

fn rules() -> ProwRules {
    Profile::kubevirt().prow
}

fn intent(action: Action) -> Intent {
    Intent {
        repo: "org/proposals".parse().unwrap(),
        pull: PullNumber(17),
        head: Sha::new("abc"),
        action,
        created_at: at("2032-01-01T00:00:00Z"),
    }
}

fn posts(action: Action) -> Vec<Post> {
    intent(action).posts(&rules()).unwrap()
}

fn comment(body: &str) -> Post {
    Post::Comment { body: body.into() }
}

fn review(event: ReviewEvent, body: &str) -> Post {
    Post::Review { event, body: body.into(), commit: Sha::new("abc") }
}

#[test]
fn each_action_is_the_call_that_the_process_asks_for() {
    let approve = ReviewEvent::Approve;
    let table = [
        (Action::Comment { text: "Why?\r\nAnd how?\n".into() }, vec![comment("Why?\nAnd how?")]),
        (Action::Lgtm { text: String::new() }, vec![review(approve, "")]),
        (Action::Lgtm { text: "Good work.".into() }, vec![review(approve, "Good work.")]),
        (Action::Approve { text: " \n".into(), own: false }, vec![review(approve, "/approve")]),
        (
            Action::Approve { text: "Well argued.".into(), own: false },
            vec![review(approve, "Well argued.\n\n/approve")],
        ),
        (Action::Approve { text: String::new(), own: true }, vec![comment("/approve")]),
        (
            Action::Veto { sig: Some("network".into()), reason: "No way back\nfor running VMs.\n".into() },
            vec![review(ReviewEvent::RequestChanges, "Veto (sig-network): No way back\nfor running VMs.\n\n/hold")],
        ),
        (
            Action::Veto { sig: None, reason: "No.".into() },
            vec![review(ReviewEvent::RequestChanges, "Veto: No.\n\n/hold")],
        ),
        (
            Action::Unveto { why: "The way back is described.".into(), review: Some(5), may_dismiss: false },
            vec![comment("Veto lifted: The way back is described.\n\n/hold cancel")],
        ),
        (
            Action::Unveto { why: String::new(), review: Some(5), may_dismiss: true },
            vec![comment("Veto lifted\n\n/hold cancel"), Post::Dismiss { review: 5, message: "Veto lifted".into() }],
        ),
        (
            Action::Unveto { why: "x".into(), review: None, may_dismiss: true },
            vec![comment("Veto lifted: x\n\n/hold cancel")],
        ),
        (
            Action::Hold { reason: "cancel this only after the freeze".into() },
            vec![comment("cancel this only after the freeze\n\n/hold")],
        ),
        (Action::Hold { reason: "\n \n  /unhold first?".into() }, vec![comment("  /unhold first?\n\n/hold")]),
        (
            Action::Veto { sig: None, reason: "\n  No.".into() },
            vec![review(ReviewEvent::RequestChanges, "Veto: No.\n\n/hold")],
        ),
        (Action::Unhold { text: String::new() }, vec![comment("/unhold")]),
        (Action::Unhold { text: "Rebased.".into() }, vec![comment("Rebased.\n\n/unhold")]),
        (Action::Assign { login: "@ada".into() }, vec![comment("/assign @ada")]),
        (Action::Unassign { login: "ada".into() }, vec![comment("/unassign @ada")]),
        (Action::Cc { login: "ada-l_2".into() }, vec![comment("/cc @ada-l_2")]),
        (
            Action::Reply { thread: NodeId::new("T"), to: 9, text: "Done.".into() },
            vec![Post::Reply { to: 9, body: "Done.".into() }],
        ),
        (Action::Resolve { thread: NodeId::new("T") }, vec![Post::Resolve { thread: NodeId::new("T") }]),
    ];
    for (action, want) in table {
        assert_eq!(posts(action.clone()), want, "{action:?}");
    }
}

#[test]
fn where_reviews_do_not_act_as_lgtm_the_word_is_written() {
    let rules = ProwRules { review_acts_as_lgtm: false, ..rules() };
    let posts = |action: Action| intent(action).posts(&rules).unwrap();
    assert_eq!(posts(Action::Lgtm { text: "Good.".into() }), [comment("Good.\n\n/lgtm")]);
    let both = posts(Action::Approve { text: String::new(), own: false });
    assert_eq!(both, [review(ReviewEvent::Approve, "/lgtm\n/approve")]);
}

#[test]
fn what_says_nothing_is_not_posted() {
    let table = [
        (Action::Comment { text: " \n\t".into() }, BadIntent::Empty),
        (Action::Reply { thread: NodeId::new("T"), to: 9, text: String::new() }, BadIntent::Empty),
        (Action::Veto { sig: None, reason: "\n ".into() }, BadIntent::NoReason("veto")),
        (Action::Hold { reason: String::new() }, BadIntent::NoReason("hold")),
        (Action::Assign { login: "a b".into() }, BadIntent::BadLogin("a b".into())),
        (Action::Cc { login: "".into() }, BadIntent::BadLogin("".into())),
        (Action::Assign { login: "a\n/approve".into() }, BadIntent::BadLogin("a\n/approve".into())),
    ];
    for (action, want) in table {
        assert_eq!(intent(action.clone()).posts(&rules()), Err(want), "{action:?}");
    }
}

/// What Prow reads in the texts that an action posts.
fn read(action: Action) -> Commands {
    let rules = rules();
    let mut all = intent(action).posts(&rules).unwrap().into_iter().filter_map(|post| match post {
        Post::Comment { body } => Some(parse(&body, Source::Comment, &rules)),
        Post::Review { body, .. } => Some(parse(&body, Source::ReviewBody, &rules)),
        Post::Reply { .. } | Post::Dismiss { .. } | Post::Resolve { .. } => None,
    });
    all.next().unwrap()
}

#[test]
fn prow_obeys_our_command_whatever_the_user_writes() {
    // Texts that would break a command line put before them or behind them (`specs/prow.md` §2.5, §2.6).
    let texts = [
        "Fine.",
        "cancel this after the freeze",
        "Two lines\n\nand a third",
        "```\nan open fence",
        "<!-- an open comment",
        "> a quote",
        "- a list\n  - nested",
        "ends with a command\n/sig",
        "ends with a carriage return\r\n",
        "\u{a0}\u{3000}odd spaces\u{b}",
        "/kind  bug",
        "/milestone",
        "/assign @ada",
    ];
    for text in texts {
        let text = || text.to_owned();
        let approve = read(Action::Approve { text: text(), own: false });
        assert_eq!(approve.approve, Some(ApproveCommand::Approve), "approve {}", text());
        assert_eq!(approve.hold, None, "approve {}", text());
        let own = read(Action::Approve { text: text(), own: true });
        assert_eq!(own.approve, Some(ApproveCommand::Approve), "own approve {}", text());
        let veto = read(Action::Veto { sig: Some("network".into()), reason: text() });
        assert_eq!(veto.hold, Some(HoldCommand::Add), "veto {}", text());
        assert_eq!(read(Action::Hold { reason: text() }).hold, Some(HoldCommand::Add), "hold {}", text());
        assert_eq!(read(Action::Unhold { text: text() }).hold, Some(HoldCommand::Remove), "unhold {}", text());
        let lifted = read(Action::Unveto { why: text(), review: None, may_dismiss: false });
        assert_eq!(lifted.hold, Some(HoldCommand::Remove), "unveto {}", text());
    }
    for login in ["ada", "ada-l_2", "@Ada"] {
        let bare = login.trim_start_matches('@');
        assert_eq!(read(Action::Assign { login: login.into() }).assign, [bare]);
        assert_eq!(read(Action::Unassign { login: login.into() }).unassign, [bare]);
        assert_eq!(read(Action::Cc { login: login.into() }).cc, [bare]);
    }
}

#[test]
fn a_users_own_commands_are_kept_and_only_the_forecast_warns() {
    let text = "I agree.\n/hold\nuntil Monday";
    let posts = posts(Action::Approve { text: text.into(), own: false });
    assert_eq!(posts, [review(ReviewEvent::Approve, "I agree.\n/hold\nuntil Monday\n\n/approve")]);
    assert_eq!(read(Action::Approve { text: text.into(), own: false }).hold, Some(HoldCommand::Add));
}
