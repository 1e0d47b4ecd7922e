//! The JSON that people script against: every key of the contract, on every proposal, in its form.

use serde_json::Value;

use super::kit::{Bench, Hub};

/// `contract.md`, key by key: `?` may be null, `[]` a list, `{}` an object.
const KEYS: &[(&str, &str)] = &[
    ("number", "number"),
    ("url", "text"),
    ("title", "text"),
    ("author", "text?"),
    ("kind", "text"),
    ("state", "text"),
    ("draft", "bool"),
    ("head", "text"),
    ("vep", "number?"),
    ("veps", "[]"),
    ("tracking_issue", "{}?"),
    ("sig", "text?"),
    ("participating_sigs", "[]"),
    ("targets", "{}"),
    ("targets/alpha", "text?"),
    ("targets/beta", "text?"),
    ("targets/ga", "text?"),
    ("release", "text?"),
    ("status", "text?"),
    ("stage", "text"),
    ("shepherds", "[]"),
    ("waiting_on", "[]"),
    ("signoffs", "{}"),
    ("vetoes", "[]"),
    ("objections", "[]"),
    ("possible_objections", "[]"),
    ("hold", "{}?"),
    ("lgtm", "{}"),
    ("lgtm/state", "bool"),
    ("lgtm/by", "[]"),
    ("approval", "{}"),
    ("approval/approved", "bool"),
    ("approval/by", "[]"),
    ("approval/needs", "[]"),
    ("approval/suggested", "[]"),
    ("gate", "{}"),
    ("gate/state", "text"),
    ("gate/blockers", "[]"),
    ("gate/warnings", "[]"),
    ("labels", "[]"),
    ("checks", "text"),
    ("mergeable", "text"),
    ("threads", "{}"),
    ("threads/open", "number"),
    ("threads/total", "number"),
    ("comments", "number"),
    ("clocks", "{}"),
    ("clocks/opened_at", "time"),
    ("clocks/idle_since", "time"),
    ("clocks/turn_since", "time"),
    ("clocks/age_days", "days"),
    ("clocks/idle_days", "days"),
    ("clocks/turn_days", "days"),
    ("clocks/review_lag_days", "days?"),
    ("clocks/rounds", "number"),
    ("clocks/bot_closes_at", "time?"),
    ("convergence", "text"),
    ("converged", "bool"),
    ("not_converged", "bool"),
    ("stalled_conflict", "bool"),
    ("reasons", "[]"),
    ("problems", "[]"),
    ("tracking_issue", "{}?"),
    ("release_sources", "[]"),
    ("release_disagreements", "[]"),
    ("freeze", "{}?"),
    ("readiness", "[]"),
    ("ready", "bool"),
    ("at_risk", "bool"),
    ("clocks/age_working_days", "days"),
    ("clocks/idle_working_days", "days"),
    ("clocks/turn_working_days", "days"),
    ("clocks/review_lag_working_days", "days?"),
    ("clocks/sla", "text"),
    ("clocks/review_sla", "text?"),
    ("clocks/shepherd_sla", "text?"),
    ("clocks/bot_next", "{}?"),
];

/// Keys that `show` adds: the whole reasoning.
const IN_FULL: &[(&str, &str)] =
    &[("positions", "[]"), ("rules", "[]"), ("shepherding", "[]"), ("clock_events", "{}"), ("movement", "{}")];

/// Keys of the objects inside lists.
const INSIDE: &[(&str, &[(&str, &str)])] = &[
    ("shepherds", &[("login", "text"), ("how", "text")]),
    (
        "waiting_on",
        &[("rule", "text"), ("who", "text"), ("name", "text"), ("why", "text"), ("since", "time"), ("event", "text?")],
    ),
    (
        "vetoes",
        &[("by", "text"), ("sigs", "[]"), ("at", "time"), ("reason", "text"), ("via", "text"), ("opposed", "bool")],
    ),
    ("possible_objections", &[("by", "text"), ("at", "time"), ("sentence", "text")]),
    ("reasons", &[("code", "text"), ("message", "text")]),
    (
        "problems",
        &[
            ("code", "text"),
            ("message", "text"),
            ("fix", "text"),
            ("ask", "text"),
            ("whom", "text?"),
            ("event", "text?"),
        ],
    ),
    ("readiness", &[("what", "text"), ("state", "text"), ("why", "text"), ("event", "text?")]),
    ("release_sources", &[("source", "text"), ("where", "text"), ("alpha", "text?"), ("counts", "bool")]),
    ("approval/needs", &[("owners", "text"), ("any_of", "[]")]),
];

#[track_caller]
fn check(value: &Value, path: &str, form: &str) {
    let pointer = format!("/{path}");
    let found = value.pointer(&pointer).unwrap_or_else(|| panic!("{path} is missing in {value:#}"));
    let (form, nullable) = form.strip_suffix('?').map_or((form, false), |form| (form, true));
    let good = match form {
        "text" => found.is_string(),
        "number" => found.is_u64(),
        "bool" => found.is_boolean(),
        "[]" => found.is_array(),
        "{}" => found.is_object(),
        "days" => found.as_f64().is_some_and(|days| days >= 0.0 && ((days * 10.0).round() / 10.0 - days).abs() < 1e-9),
        "time" => found
            .as_str()
            .is_some_and(|text| text.len() == 20 && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()),
        _ => panic!("{form}"),
    };
    assert!(good || (nullable && found.is_null()), "{path} is {found}, not {form}");
}

fn check_proposal(proposal: &Value) {
    for (path, form) in KEYS {
        check(proposal, path, form);
    }
    for (list, keys) in INSIDE {
        for item in proposal.pointer(&format!("/{list}")).unwrap().as_array().unwrap() {
            for (path, form) in *keys {
                check(item, path, form);
            }
        }
    }
    for signoff in proposal["signoffs"].as_object().unwrap().values() {
        for (path, form) in [("state", "text"), ("by", "[]"), ("at", "time?"), ("pushes_since", "number")] {
            check(signoff, path, form);
        }
    }
    if proposal["hold"].is_object() {
        for (path, form) in [("by", "text?"), ("at", "time"), ("reason", "text"), ("conditional_approval", "bool")] {
            check(&proposal["hold"], path, form);
        }
    }
}

#[test]
fn every_proposal_of_the_demo_has_every_key_in_its_form() {
    let bench = Bench::new();
    let ran = bench.run(&["--demo", "list", "--json"]);
    let list = ran.exits(0).json();
    assert_eq!((&list["schema"], &list["repo"]), (&1.into(), &"kubevirt/enhancements".into()));
    assert_eq!(list["now"], super::kit::NOW);
    assert_eq!(list["synced_at"], super::kit::NOW);
    for key in ["release", "what", "at", "days"] {
        assert!(!list["freeze"][key].is_null(), "{key}");
    }
    assert!(list["viewer"].is_string() && list["viewer_sigs"].is_array());
    let proposals = list["proposals"].as_array().unwrap();
    assert!(proposals.len() >= 60, "{}", proposals.len());
    proposals.iter().for_each(check_proposal);
    // The interesting cases are there, so that the forms above were really tried.
    let some = |test: &dyn Fn(&Value) -> bool| proposals.iter().any(test);
    assert!(some(&|it| it["author"].is_null()) && some(&|it| !it["vetoes"].as_array().unwrap().is_empty()));
    assert!(some(&|it| it["tracking_issue"].is_null()));
    // A frozen clock gives the same answer again.
    assert_eq!(bench.run(&["--demo", "list", "--json"]).out, ran.out);

    let number = proposals[0]["number"].to_string();
    let show = bench.run(&["--demo", "show", &number, "--json"]).exits(0).json();
    let one = &show["proposal"];
    check_proposal(one);
    for (path, form) in
        [("threads/list", "[]"), ("timeline", "[]"), ("documents", "[]"), ("ledger", "[]"), ("body", "text")]
    {
        check(one, path, form);
    }
    for (path, form) in IN_FULL {
        check(one, path, form);
    }
    for reason in one["reasons"].as_array().unwrap() {
        check(reason, "event", "text?");
    }
    let mut same = one.clone();
    let list_one = &proposals[0];
    for key in list_one.as_object().unwrap().keys() {
        if key == "threads" {
            same["threads"].as_object_mut().unwrap().remove("list");
        }
        if key != "reasons" {
            assert_eq!(same[key], list_one[key], "{key}");
        }
    }
}

#[test]
fn what_a_terminal_could_obey_is_an_escape_in_json_and_gone_from_text() {
    let (mut world, repo, pull) = crate::e2e::sim_kit::world();
    let at = crate::e2e::sim_kit::at("2026-02-02T00:00:00Z");
    world.retitle(&pull, at, "grace", "VEP 7: \u{9b}31m red \u{202e}evil\u{1b}]0;x\u{7}");
    drop(repo);
    let hub = Hub::serve(world, pull);
    let user = hub.user();
    let json = user.run(&["list", "--json"]);
    let text = user.run(&["list", "--offline"]);
    let page = user.run(&["show", "7", "--offline"]);
    for out in [&json.exits(0).out, &text.exits(0).out, &page.exits(0).out] {
        assert!(!out.chars().any(|ch| matches!(ch, '\u{1b}' | '\u{7}' | '\u{9b}' | '\u{202e}')), "{out:?}");
    }
    let title = json.json()["proposals"][0]["title"].as_str().unwrap().to_owned();
    assert!(title.contains('\u{9b}') && title.contains('\u{202e}'), "JSON keeps what GitHub said: {title:?}");
}
