//! Prow's grammar: what holds for every text. Texts one by one are in `tests/prow`.

use proptest::prelude::*;
use serde_json::{Value, json};
use vepherd::domain::action::{Action, Intent, Post};
use vepherd::domain::ids::{Login, PullNumber, Sha, SigName};
use vepherd::domain::profile::{Profile, ProwRules};
use vepherd::domain::prow::command::{
    ApproveCommand, Commands, Effect, HoldCommand, LgtmCommand, Reading, Source, approve_steps, lines, parse, prose,
};

use super::sample::at;

fn rules() -> ProwRules {
    Profile::kubevirt().prow
}

#[test]
fn a_plugin_that_is_off_reads_nothing() {
    let body = "/approve\n/lgtm\n/hold\n/sig compute\n/cc @ann\n/close\n/lifecycle stale";
    let all = parse(body, Source::Comment, &rules());
    for (plugin, field) in [
        ("approve", "approve"),
        ("lgtm", "lgtm"),
        ("hold", "hold"),
        ("label", "add_labels"),
        ("assign", "cc"),
        ("lifecycle", "close"),
    ] {
        let mut rules = rules();
        rules.plugins.retain(|name| name != plugin);
        let got = serde_json::to_value(parse(body, Source::Comment, &rules)).unwrap();
        let all = serde_json::to_value(&all).unwrap();
        let empty = [Value::Null, json!(false), json!([])];
        assert!(empty.contains(&got[field]) && !empty.contains(&all[field]), "{plugin}");
        let read = lines(body, Source::Comment, &rules);
        assert!(
            read.iter()
                .filter(|line| line.plugin == plugin)
                .all(|line| matches!(line.reading, Reading::NoEffect { .. }))
        );
    }
}

/// Lines, by what they do or by a word of why they do nothing.
#[test]
fn every_line_says_what_it_does_or_why_it_does_nothing() {
    let table: [(&str, &str, Result<Effect, &str>); 16] = [
        ("/lgtm", "lgtm", Ok(Effect::Lgtm(LgtmCommand::Add))),
        ("/lgtm thanks", "", Err("nothing after it")),
        ("/approve.", "", Err("not /approve")),
        ("/approve ok", "approve", Ok(Effect::Approve(ApproveCommand::Approve))),
        ("/hold on", "hold", Ok(Effect::Hold(HoldCommand::Add))),
        ("/hold-it", "", Err("no command")),
        ("/assign @a, @b", "", Err("no plain login")),
        ("/cc", "assign", Ok(Effect::Cc(vec![String::new()]))),
        ("/sig-compute", "label", Err("no label follows")),
        ("/label sig/compute", "label", Err("not one that /label may set")),
        ("/veto because", "", Err("no command")),
        ("/milestone v1", "milestone", Err("not enabled")),
        ("/close not-planned", "lifecycle", Ok(Effect::Close(true))),
        ("/lifecycle frozen", "lifecycle", Ok(Effect::LifecycleAdd("frozen".to_owned()))),
        ("/retest", "trigger", Ok(Effect::Other("reruns failed Prow jobs"))),
        ("/close now", "", Err("exact form")),
    ];
    for (text, plugin, want) in table {
        let read = lines(&format!("words\n{text}\r\nmore"), Source::Comment, &rules());
        assert_eq!(read.len(), 1, "{text}: {read:?}");
        assert_eq!((read[0].line, read[0].text.as_str(), read[0].plugin), (2, text, plugin), "{text}");
        match (&read[0].reading, want) {
            (Reading::Effect(effect), Ok(want)) => assert_eq!(*effect, want, "{text}"),
            (Reading::NoEffect { why }, Err(word)) => assert!(why.contains(word), "{text}: {why}"),
            (reading, _) => panic!("{text}: {reading:?}"),
        }
    }
}

#[test]
fn prose_is_what_is_left_for_people() {
    let body = "Thanks!\n/lgtm\n> quoted\n  > quoted too\n/veto no\n/ not a command\nlast";
    assert_eq!(prose(body), "Thanks!\n/ not a command\nlast");
}

#[test]
fn texts_of_any_size_are_read_in_one_pass() {
    // A reader that is not linear would not come back from these within a test's time limit.
    let table = [
        ("/sig a\n".repeat(50_000), 50_000),
        ("/sig\n".repeat(50_000), 50_000),
        (format!("/hold{}", "\n".repeat(500_000)), 1),
        ("<!---->/sig a\n".repeat(50_000), 50_000),
        ("<!--\n/sig a\n-->\n".repeat(50_000), 50_000),
        (format!("/assign{}!", " @abcdefgh".repeat(50_000)), 1),
    ];
    for (body, found) in table {
        assert!(parse(&body, Source::Comment, &rules()).assign.is_empty());
        assert_eq!(lines(&body, Source::Comment, &rules()).len(), found);
    }
}

fn intent(action: Action) -> Intent {
    Intent {
        repo: "org/proposals".parse().unwrap(),
        pull: PullNumber(1),
        head: Sha::new("abc"),
        action,
        created_at: at("2032-01-01T00:00:00Z"),
    }
}

fn posted(action: Action) -> Vec<Commands> {
    let posts = intent(action).posts(&rules()).unwrap();
    let read = |post: &Post| match post {
        Post::Comment { body } => Some(parse(body, Source::Comment, &rules())),
        Post::Review { body, .. } => Some(parse(body, Source::ReviewBody, &rules())),
        Post::Dismiss { .. } | Post::Reply { .. } | Post::Resolve { .. } => None,
    };
    posts.iter().filter_map(read).collect()
}

/// Text that people write around our commands, with everything that could turn into a command.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("cancel that".to_owned()),
        Just("a fence:\n```\ncode\n```".to_owned()),
        Just("> quoted".to_owned()),
        "[a-z ,.!?]{1,30}",
        Just("<!-- hidden".to_owned()),
        Just("line\r\nline".to_owned()),
        Just("\u{a0}\u{2028}x".to_owned()),
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| format!("w {}", pieces.join("\n")))
}

proptest! {
    #[test]
    fn reading_never_panics_and_lines_agree_with_the_whole(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let body = String::from_utf8_lossy(&bytes);
        let _ = (parse(&body, Source::Comment, &rules()), lines(&body, Source::Comment, &rules()), prose(&body));
    }

    #[test]
    fn what_lines_show_is_what_happens(pieces in proptest::collection::vec(prop_oneof![
        Just("/lgtm"), Just("/lgtm cancel"), Just("/hold"), Just("/unhold"), Just("/approve"), Just("/approve cancel"),
        Just("/sig a"), Just("/sig"), Just("/kind b"), Just("/remove-sig a"), Just("/close"), Just("words"), Just(""),
        Just("<!--"), Just("-->"), Just("/label skip-review"), Just("/cc @x"), Just(" /hold"), Just("cancel"),
    ], 0..9)) {
        let body = pieces.join("\n");
        let whole = parse(&body, Source::Comment, &rules());
        let read = lines(&body, Source::Comment, &rules());
        let effects: Vec<&Effect> = read.iter().filter_map(|line| match &line.reading {
            Reading::Effect(effect) => Some(effect),
            Reading::NoEffect { .. } => None,
        }).collect();
        prop_assert_eq!(whole.lgtm.is_some(), effects.iter().any(|e| matches!(e, Effect::Lgtm(_))));
        prop_assert_eq!(whole.hold.is_some(), effects.iter().any(|e| matches!(e, Effect::Hold(_))));
        prop_assert_eq!(whole.approve.is_some(), effects.iter().any(|e| matches!(e, Effect::Approve(_))));
        let added: usize = effects.iter().map(|e| if let Effect::AddLabels(l) = e { l.len() } else { 0 }).sum();
        prop_assert_eq!(whole.add_labels.len(), added);
        let removed: usize = effects.iter().map(|e| if let Effect::RemoveLabels(l) = e { l.len() } else { 0 }).sum();
        prop_assert_eq!(whole.remove_labels.len(), removed);
    }

    #[test]
    fn what_our_actions_post_is_read_as_meant(text in words(), login in "[A-Za-z0-9](-?[A-Za-z0-9]){0,12}") {
        let only = |commands: Commands| vec![commands];
        let none = Commands::default();
        let hold = |hold| Commands { hold: Some(hold), ..Commands::default() };
        let who = Login::new(login.as_str());
        prop_assert_eq!(posted(Action::Lgtm { text: text.clone() }), only(none.clone()));
        for own in [true, false] {
            let approve = Commands { approve: Some(ApproveCommand::Approve), ..Commands::default() };
            prop_assert_eq!(posted(Action::Approve { text: text.clone(), own }), only(approve));
        }
        let sig = Some(SigName::new("network"));
        prop_assert_eq!(posted(Action::Veto { sig, reason: text.clone() }), only(hold(HoldCommand::Add)));
        let lifted = Action::Unveto { why: text.clone(), review: None, may_dismiss: false };
        prop_assert_eq!(posted(lifted), only(hold(HoldCommand::Remove)));
        prop_assert_eq!(posted(Action::Hold { reason: text.clone() }), only(hold(HoldCommand::Add)));
        prop_assert_eq!(posted(Action::Unhold { text: text.clone() }), only(hold(HoldCommand::Remove)));
        let one = vec![login.clone()];
        prop_assert_eq!(posted(Action::Assign { login: who.clone() }), only(Commands { assign: one.clone(), ..none.clone() }));
        prop_assert_eq!(posted(Action::Unassign { login: who.clone() }), only(Commands { unassign: one.clone(), ..none.clone() }));
        prop_assert_eq!(posted(Action::Cc { login: who }), only(Commands { cc: one, ..none }));
    }

    #[test]
    fn a_text_without_cancel_never_withdraws(body in "(/approve|/lgtm|words|/approve no-issue|\n){0,8}") {
        prop_assert!(!body.contains("cancel"));
        let steps = approve_steps(&body, &rules());
        prop_assert!(!steps.contains(&vepherd::domain::prow::command::ApproveStep::Remove));
    }
}
