//! The budgets of the two batch commands: `owners --dir` answers 1,000 paths in 100 ms once the tree is loaded, and
//! `prow explain --batch` reads 100,000 bodies in 2 s. Both run as the command line runs them, without the process: the
//! tree is a checkout on disk with hundreds of OWNERS directories, made here; input and output are JSON lines.
//!
//! Measured so far in an unoptimised build alone, on 2 cores that other work kept busy (load 15), by the wall clock:
//! 1,000 paths in 270 ms; the batch of 1,000 with the loading in 830 ms; 100,000 bodies of 25 MB in 5.3 s. In processor
//! time, as a process: 1,000 paths of a checkout with 81 OWNERS directories in 64 ms with the loading, 100,000 bodies of
//! 12 MB in 1.1 s.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures by the wall clock and has nobody to report to but its reader"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use vepherd::cli::output::Out;
use vepherd::cli::owners::{OwnersArgs, load, run as owners};
use vepherd::cli::prow::{ExplainArgs, run as explain};
use vepherd::domain::failure::{Failure, FailureKind};
use vepherd::domain::profile::Profile;
use vepherd::domain::prow::approve::owners_state;
use vepherd::domain::prow::owners::List;

/// Folders of the tree at three levels: 400 with OWNERS.
const SHAPE: [usize; 3] = [8, 7, 6];

/// Files in every folder that are asked about.
const NAMES: [&str; 4] = ["README.md", "src/main.go", "docs/a/b/c.txt", "OWNERS"];

const PLAIN: Out = Out { color: false, width: None };

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = checkout(folder.path());
    println!("{} OWNERS directories", 1 + paths.len() / NAMES.len());
    answering(folder.path(), &paths);
    explaining();
}

/// 1,000 paths against a loaded tree, and as one batch with the loading.
fn answering(dir: &Path, paths: &[String]) {
    let asked: Vec<String> = paths.iter().cycle().take(1000).cloned().collect();
    let tree = load(dir).expect("a checkout").tree;
    let answer = || {
        for path in &asked {
            for list in [List::Approvers, List::Reviewers, List::RequiredReviewers, List::Labels] {
                black_box((tree.names(path, list, false), tree.names(path, list, true)));
            }
            black_box(tree.owners_dir(path));
        }
        black_box(owners_state(&asked, &[], None, &tree));
    };
    timed("owners of 1,000 paths, loaded", Duration::from_millis(100), answer);
    timed("loading the checkout", Duration::from_secs(1), || drop(black_box(load(dir))));
    let lines: String = asked
        .iter()
        .enumerate()
        .map(|(id, path)| format!("{}\n", json!({ "id": id, "paths": [path], "approved_by": ["person-1"] })))
        .collect();
    let args = OwnersArgs { dir: dir.to_path_buf(), batch: true, ..OwnersArgs::default() };
    timed("owners --batch, 1,000 lines, with the loading", Duration::from_millis(1100), || {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        owners(&args, &mut lines.as_bytes(), &mut out, &mut notes, PLAIN).expect("answers");
        assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1000);
    });
}

/// 100,000 bodies as people write them: most of them prose, some with commands.
fn explaining() {
    let prose = "I read this twice, and I think that the section on failure is too short.\n\nWhat happens to a machine \
                 that migrates while the plug is pulled? See https://example.org/a/b and `path/of/a/file`.\n> quoted\n";
    let bodies = [
        prose.to_owned(),
        "/lgtm".to_owned(),
        format!("{prose}\n/approve\n"),
        prose.repeat(6),
        "/assign @ann @bob\n/cc @eve\n".to_owned(),
        "Thanks!".to_owned(),
        "/sig compute network\r\n/kind enhancement\r\n".to_owned(),
        format!("<!-- a comment\nof two lines -->\n{prose}\n```\n/hold\n```\n"),
    ];
    let lines: String =
        (0..100_000_usize).map(|id| format!("{}\n", json!({ "id": id, "body": bodies[id % bodies.len()] }))).collect();
    println!("{} MB of bodies", lines.len() >> 20);
    let args = ExplainArgs { batch: true, ..ExplainArgs::default() };
    let (profile, now) = (Profile::kubevirt(), jiff::Timestamp::UNIX_EPOCH);
    let no_facts = || Err(Failure::new(FailureKind::Usage, "explain", "a batch needs no pull request"));
    timed("prow explain --batch, 100,000 lines", Duration::from_secs(2), || {
        let mut out = Vec::new();
        explain(&args, &profile, now, no_facts, &mut lines.as_bytes(), &mut out, PLAIN).expect("answers");
        assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 100_000);
    });
}

/// The best and the median of a few runs against a budget.
fn timed(what: &str, budget: Duration, run: impl Fn()) {
    let mut times: Vec<Duration> = (0..7)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    let (best, median) = (times[0], times[times.len() / 2]);
    let word = if median <= budget { "kept" } else { "MISSED" };
    println!("{what}: best {best:.1?}, median {median:.1?}, budget {budget:?}: {word}");
}

/// A checkout with hundreds of OWNERS directories of every kind, and paths in and below all of them.
fn checkout(root: &Path) -> Vec<String> {
    let write = |path: &str, text: &str| {
        let at = root.join(path);
        std::fs::create_dir_all(at.parent().expect("a folder")).expect("a folder");
        std::fs::write(at, text).expect("a file");
    };
    write("OWNERS", "approvers: [team-0, person-1]\nreviewers: [team-1]\nlabels: [top]\n");
    let team = |n: usize| {
        let people: Vec<String> = (0..12).map(|k| format!("person-{}", n * 7 + k)).collect();
        format!("  team-{n}: [{}]\n", people.join(", "))
    };
    write("OWNERS_ALIASES", &format!("aliases:\n{}", (0..60).map(team).collect::<String>()));
    let (mut dirs, mut level) = (Vec::new(), vec![String::new()]);
    for width in SHAPE {
        level = level.iter().flat_map(|dir| (0..width).map(move |n| format!("{dir}part-{n}/"))).collect();
        dirs.extend(level.clone());
    }
    for (n, dir) in dirs.iter().enumerate() {
        let (a, b) = (n % 60, (n * 13) % 60);
        let text = match n % 5 {
            0 => format!("approvers: [team-{a}, person-{n}]\nreviewers: [team-{b}]\n"),
            1 => format!("labels: [area/part-{n}]\n"),
            2 => format!("approvers: [team-{a}]\noptions: {{no_parent_owners: true}}\n"),
            3 => format!("filters:\n  '\\.md$':\n    approvers: [team-{a}]\n  '^src/':\n    approvers: [team-{b}]\n"),
            _ => format!("approvers: [person-{a}, person-{b}]\nrequired_reviewers: [person-{n}]\n"),
        };
        write(&format!("{dir}OWNERS"), &text);
    }
    dirs.iter().flat_map(|dir| NAMES.map(|name| format!("{dir}{name}"))).collect()
}
