//! `vepherd store`, a store that cannot be used, and a network that is not there.

use std::fs;

use super::kit::{Bench, Hub};

#[test]
fn the_store_is_looked_at_and_exported() {
    let hub = Hub::small();
    let user = hub.user();
    let path = user.run(&["store", "path"]).exits(0).out.trim().to_owned();
    assert!(path.ends_with("store.sqlite"), "{path}");
    user.run(&["store", "check"]).exits(1).says("there is no");
    let sync = user.run(&["sync", "--json"]).exits(0).json();
    assert_eq!(sync["history"]["complete"], true, "{sync}");
    let check = user.run(&["store", "check", "--json"]).exits(0).json();
    assert_eq!((check["rows"]["pulls"].as_u64(), &check["damage"]), (Some(1), &serde_json::json!([])), "{check}");
    assert_eq!((&check["path"], check["unsent"].as_u64()), (&serde_json::json!(path), Some(0)));
    assert!(user.run(&["store", "check"]).exits(0).out.contains("whole"));
    let all = user.run(&["store", "export"]).exits(0).json();
    assert_eq!(all["tables"]["pulls"][0]["number"], 7);
    assert!(!all.to_string().contains("sim-token"), "no token is in the store");
    let small = user.run(&["store", "vacuum", "--json"]).exits(0).json();
    assert!(small["bytes_after"].as_u64() <= small["bytes_before"].as_u64(), "{small}");
    user.run(&["--demo", "store", "check"]).exits(2);
    // Damage is said, and nothing is set aside by looking.
    fs::write(&path, "x".repeat(4096)).unwrap();
    user.run(&["store", "check"]).exits(1).says("damaged");
    assert_eq!(fs::read_to_string(&path).unwrap().len(), 4096);
}

#[test]
fn a_newer_or_locked_store_is_said() {
    let hub = Hub::small();
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    let path = user.run(&["store", "path"]).exits(0).out.trim().to_owned();
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    user.run(&["list", "--offline"]).exits(1).says("Another vepherd");
    drop(db);
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 4711).unwrap();
    user.run(&["list", "--offline"]).exits(1).says("newer vepherd");
    user.run(&["store", "check"]).exits(1).says("newer vepherd");
}

#[test]
fn without_network_the_failure_is_said_once() {
    let mut hub = Hub::small();
    let user = hub.user();
    user.run(&["sync"]).exits(0);
    hub.stop();
    let ran = user.run(&["list"]);
    ran.exits(4);
    assert_eq!(ran.err.matches("could not read").count(), 1, "{}", ran.err);
    assert!(ran.out.contains("#7") || ran.out.contains('7'), "{}", ran.out);
}

#[test]
fn a_proxy_is_named_by_doctor_and_a_bad_one_refused() {
    let bench = Bench::new().var("VEPHERD_TOKEN", "t").var("VEPHERD_GITHUB_API", "https://api.example.invalid");
    let good = bench.var("HTTPS_PROXY", "http://me:geheim@127.0.0.1:9");
    let ran = good.run(&["doctor"]);
    assert!(ran.out.contains("proxy: http://127.0.0.1:9 on the way"), "{}", ran.out);
    assert!(ran.out.contains("the proxy on the way") && !ran.out.contains("geheim"), "{}", ran.out);
    let bad = good.var("HTTPS_PROXY", "socks4://127.0.0.1:9");
    bad.run(&["sync"]).exits(1).says("HTTPS_PROXY");
}
