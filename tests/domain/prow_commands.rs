//! Prow's grammar: what is neither a row nor a property of `tests/prow`.

use serde_json::{Value, json};
use vepherd::domain::profile::{Profile, ProwRules};
use vepherd::domain::prow::command::{
    ApproveCommand, Effect, HoldCommand, LgtmCommand, Reading, Source, lines, parse, prose,
};

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
