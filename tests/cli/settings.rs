//! The configuration as a user meets it: written, shown, and refused with everything that is wrong.

use std::fs;

use super::kit::Bench;

#[test]
fn a_bad_configuration_is_refused_with_every_mistake_and_the_demo_runs_all_the_same() {
    let bench = Bench::new();
    fs::write(bench.path("config.toml"), "repo = 7\ncolour = \"auto\"\n").unwrap();
    for args in [&["list"][..], &["sync"], &["outbox"], &["auth", "status"]] {
        bench
            .run(args)
            .exits(1)
            .says("config.toml:1:8: a text is needed here")
            .says("config.toml:2:1: there is no setting `colour`")
            .says("Did you mean `color`?");
    }
    bench.run(&["config", "show"]).exits(1).says("colour");
    bench.run(&["--demo", "list"]).exits(0);
}

#[test]
fn the_file_is_written_once_and_says_where_it_is() {
    let bench = Bench::new().var("VEPHERD_REPO", "acme/plans");
    let path = bench.path("config.toml").display().to_string();
    assert_eq!(bench.run(&["config", "path"]).exits(0).out.trim(), path);
    assert_eq!(bench.run(&["config", "init"]).exits(0).out.trim(), path);
    assert!(fs::read_to_string(&path).unwrap().contains("#repo = \"kubevirt/enhancements\""));
    fs::write(&path, "editor = \"nano\"\n").unwrap();
    bench.run(&["config", "init"]).exits(1).says("was left as it is");
    assert_eq!(fs::read_to_string(&path).unwrap(), "editor = \"nano\"\n");
    let shown = bench.run(&["config", "show"]).exits(0).out.clone();
    assert!(shown.contains("repo = \"acme/plans\"    # VEPHERD_REPO"), "{shown}");
    assert!(shown.contains("editor = \"nano\"    # configuration file"), "{shown}");
    let flag = bench.run(&["config", "show", "--repo", "a/b"]);
    assert!(flag.exits(0).out.contains("repo = \"a/b\"    # --repo"));
}

#[test]
fn a_log_is_a_file_and_only_where_it_is_asked_for() {
    let bench = Bench::new();
    bench.run(&["--demo", "list"]).exits(0);
    assert!(!bench.path("state/vepherd.log").exists());
    let bench = bench.var("VEPHERD_LOG", "debug");
    let ran = bench.run(&["--demo", "list"]);
    ran.exits(0);
    let log = fs::read_to_string(bench.path("state/vepherd.log")).unwrap();
    assert!(!log.contains("sim-token") && !log.contains('\u{1b}'), "{log}");
    bench.var("VEPHERD_LOG", "what=ever=this").run(&["--demo", "list"]).exits(1).says("VEPHERD_LOG");
}
