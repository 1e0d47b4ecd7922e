//! Marks from the command line: they stay in the store, go to nobody, and change what needs the viewer.

use serde_json::{Value, json};
use vepherd::sim::world::Edit;

use super::kit::{Bench, Hub, NOW};
use crate::e2e::sim_kit::at;

fn local(user: &Bench) -> Value {
    user.run(&["show", "7", "--json"]).exits(0).json()["proposal"]["local"].clone()
}

fn numbers(user: &Bench, query: &str) -> Vec<u64> {
    let list = user.run(&["list", "--json", query]).exits(0).json();
    list["proposals"].as_array().unwrap().iter().map(|it| it["number"].as_u64().unwrap()).collect()
}

#[test]
fn done_comes_back_with_somebody_elses_act_and_says_why() {
    let hub = Hub::small();
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    assert_eq!(
        (local(&user), numbers(&user, "is:needs-me")),
        (Value::Null, vec![7]),
        "SIG compute is asked, sam is of it"
    );
    let done = user.run(&["mark", "7"]);
    assert!(done.exits(0).out.starts_with("#7 is done"), "{}", done.out);
    assert_eq!((&local(&user)["done"], &local(&user)["seen_at"]), (&json!(true), &json!(NOW)));
    assert_eq!((numbers(&user, "is:needs-me"), numbers(&user, "is:done")), (vec![], vec![7]));
    // A robot's word and the viewer's own bring nothing back.
    hub.sim.with(|world| world.comment(&hub.pull, at("2026-03-01T01:00:00Z"), "sam", "My own note."));
    hub.hands.forward(7200);
    let later = user.var("VEPHERD_NOW", "2026-03-01T02:00:00Z");
    assert_eq!(numbers(&later, "is:done"), [7]);
    hub.sim.with(|world| world.comment(&hub.pull, at("2026-03-01T01:30:00Z"), "grace", "Anybody there?"));
    let back = local(&later);
    assert_eq!((&back["done"], &back["back"]["why"]), (&json!(false), &json!("the author commented")));
    assert_eq!((&back["back"]["at"], &back["back"]["by"]), (&json!("2026-03-01T01:30:00Z"), &json!("grace")));
    assert_eq!((numbers(&later, "is:needs-me"), numbers(&later, "is:back")), (vec![7], vec![7]));
    let page = later.run(&["show", "7", "--offline"]);
    assert!(page.exits(0).out.contains("back: the author commented"), "{}", page.out);
    later.run(&["mark", "7", "unseen"]).exits(0);
    assert_eq!(local(&later), Value::Null);
    assert_eq!(hub.writes(), [], "nothing of it goes to GitHub");
}

#[test]
fn a_snooze_ends_with_what_it_waits_for_and_nothing_else() {
    let hub = Hub::small();
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    user.run(&["snooze", "7", "--until", "push"]).exits(0);
    hub.sim.with(|world| world.comment(&hub.pull, at("2026-03-01T01:00:00Z"), "grace", "Anybody there?"));
    assert_eq!(local(&user)["snoozed"]["until"], "push");
    hub.sim.with(|world| {
        let edit = Edit::text("veps/sig-compute/7-hot-plug/vep.md", "# VEP 7: hot plug\n\nMore.\n");
        world.push(&hub.pull, at("2026-03-01T02:00:00Z"), "grace", "More", &[edit]);
    });
    assert_eq!(local(&user)["back"]["why"], "the author pushed");
    assert_eq!(numbers(&user, "is:snoozed"), [0; 0]);

    let json = user.run(&["snooze", "7", "--until", "2026-03-05", "--json"]).exits(0).json();
    assert_eq!(
        json["local"]["snoozed"],
        json!({ "until": "date", "at": "2026-03-05T00:00:00Z", "release": null, "since": NOW })
    );
    assert_eq!(numbers(&user, "is:snoozed"), [7]);
    let later = user.var("VEPHERD_NOW", "2026-03-05T00:00:01Z");
    assert_eq!(local(&later)["back"]["why"], "snoozed until 2026-03-05");
    later.run(&["snooze", "7", "--until", "off"]).exits(0);
    assert_eq!(local(&later), Value::Null);
    for (until, says) in [("yesterday", "is no time"), ("2026-01-01", "has passed"), ("freeze", "no freeze is ahead")] {
        later.run(&["snooze", "7", "--until", until]).exits(2).says(says);
    }
}

#[test]
fn a_said_turn_is_shown_as_the_viewers_own_beside_the_threads() {
    let hub = Hub::small();
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    user.run(&["turn", "7", "ada"]).exits(0);
    let one = user.run(&["show", "7", "--json"]).exits(0).json()["proposal"].clone();
    assert_eq!((&one["local"]["turn"]["whose"], &one["local"]["turn"]["name"]), (&json!("person"), &json!("ada")));
    assert_eq!((&one["stage"], &one["waiting_on"][0]["name"]), (&json!("needs-shepherd"), &json!("compute")));
    assert_eq!((numbers(&user, "waiting:ada"), numbers(&user, "waiting:mysig")), (vec![7], vec![]));
    let page = user.run(&["show", "7", "--offline"]);
    assert!(page.exits(0).out.contains("you said: ada's"), "{}", page.out);
    // It ends with the next human event, unless it is kept.
    hub.sim.with(|world| world.comment(&hub.pull, at("2026-03-01T01:00:00Z"), "grace", "Anybody there?"));
    assert_eq!((numbers(&user, "waiting:ada"), &local(&user)["turn"]), (vec![], &Value::Null));
    user.run(&["turn", "7", "not-me", "--keep"]).exits(0);
    hub.sim.with(|world| world.comment(&hub.pull, at("2026-03-01T02:00:00Z"), "grace", "Hello?"));
    assert_eq!((numbers(&user, "is:needs-me"), &local(&user)["turn"]["lasts"]), (vec![], &json!("until-off")));
    user.run(&["turn", "7", "off"]).exits(0);
    assert_eq!(numbers(&user, "is:needs-me"), [7]);
    user.run(&["turn", "7", "sig-"]).exits(2).says("Write a login");
}

#[test]
fn a_possible_objection_is_decided_until_it_reads_otherwise() {
    let hub = Hub::small();
    let id = hub.sim.with(|world| {
        world.comment(&hub.pull, at("2026-02-20T00:00:00Z"), "sam", "I object to the second half of this.")
    });
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    user.run(&["objection", "7", "confirm"]).exits(0);
    assert_eq!((&local(&user)["objections"][0]["said"], numbers(&user, "is:objected")), (&json!("confirmed"), vec![7]));
    let one = user.run(&["show", "7", "--json"]).exits(0).json()["proposal"].clone();
    assert_eq!((&one["vetoes"], &one["objections"]), (&json!([]), &json!([])), "the thread's own stays as it is");
    let page = user.run(&["show", "7", "--offline"]);
    assert!(page.exits(0).out.contains("you said: an objection by sam"), "{}", page.out);
    user.run(&["objection", "7", "drop"]).exits(0);
    assert_eq!((&local(&user)["objections"][0]["said"], numbers(&user, "is:objected")), (&json!("dropped"), vec![]));
    hub.sim.with(|world| world.edit_comment(&hub.pull, at("2026-02-28T00:00:00Z"), id, "I object to all of it."));
    user.run(&["sync", "--full"]).exits(0);
    assert_eq!(local(&user), Value::Null, "another text is another matter");
    user.run(&["objection", "7", "confirm", "--which", "2"]).exits(2).says("there is no possible objection 2");
}

#[test]
fn marks_need_neither_token_nor_network_but_a_proposal() {
    let mut hub = Hub::small();
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    hub.stop();
    let user = user.var("VEPHERD_TOKEN", "");
    user.run(&["mark", "7", "seen"]).exits(0);
    user.run(&["mark", "8"]).exits(1).says("#8");
    let json = user.run(&["list", "is:done", "--offline", "--json"]).exits(0).json();
    assert_eq!(json["proposals"].as_array().unwrap().len(), 1);
    Bench::new().run(&["--demo", "snooze", "361", "--until", "freeze"]).exits(0).says("go with this process");
}

#[test]
fn saved_views_are_listed_and_used() {
    let hub = Hub::small();
    let user = hub.user();
    let config = "[views]\nmine = \"waiting:mysig sort:age\"\nnone = \"is:merged\"\n";
    std::fs::write(user.path("config.toml"), config).unwrap();
    assert_eq!(user.run(&["list", "--views"]).exits(0).out, "@mine  waiting:mysig sort:age\n@none  is:merged\n");
    let json = user.run(&["list", "--views", "--json"]).exits(0).json();
    assert_eq!(json["views"][0], json!({ "name": "mine", "query": "waiting:mysig sort:age" }));
    assert_eq!(numbers(&user, "@mine"), [7]);
    assert_eq!(numbers(&user, "@mine is:draft"), [0; 0]);
    assert_eq!(numbers(&user, "@none"), [0; 0]);
    assert_eq!(numbers(&user, "@grace"), [7], "a login, where no view has the name");
    user.run(&["list", "@nosuch"]).exits(0).says("there is no view @nosuch");
    let bad = user.run(&["list", "@mine stag:author"]);
    bad.exits(2).says("did you mean `stage:`").says("    @mine stag:author\n          ^");
    std::fs::write(user.path("config.toml"), "[views]\nmine = \"waitng:me\"\n").unwrap();
    user.run(&["list"]).exits(1).says("config.toml:2:9: the view `mine`: `waitng:` is no qualifier");
}
