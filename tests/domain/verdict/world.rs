//! The made-up people and files that every thread is played among.
//!
//! compute: cora, carl, rolf · network: nina, dua · storage: sue, sam, dua · release: rhea · observability: nobody.
//! vic is in the alias of a sub-project of compute. OWNERS: rita and rolf approve everything, oren reviews.
//! Everybody else is a bystander; `prow` is Prow, `rabbit` is CodeRabbit, `ghost` is a deleted account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vepherd::domain::board::Viewer;
use vepherd::domain::facts::{Facts, IssueFacts, PullFacts, RepoFiles};
use vepherd::domain::ids::{NodeId, Release};
use vepherd::domain::profile::Profile;
use vepherd::domain::prow::owners::Tree;
use vepherd::domain::roster::Roster;
use vepherd::domain::schedule::Schedules;
use vepherd::domain::verdict::{Context, Explanation, Verdict, derive, derive_in_full};

pub const ALIASES: &str = "
aliases:
  sig-compute-approvers: [cora, Carl, rolf]
  sig-compute-virtctl-approvers: [vic]
  sig-network-approvers: [nina, dua]
  sig-storage-approvers: [sue, sam]
  sig-release-approvers: [rhea]
  sig-observability-approvers: []
";

pub const SIGS: &str = "
sigs:
- dir: sig-compute
  leadership: {chairs: [{github: cora}]}
- dir: sig-storage
  leadership: {chairs: [{github: dua}]}
";

pub const OWNERS: &str = "approvers: [rita, rolf]\nreviewers: [oren]\n";

/// The document of a proposal that has every section and a target.
pub const DOCUMENT: &str = "# VEP #7: Fast disks

## Overview
## Motivation
## Goals
## Non Goals
## Definition of Users
## User Stories
## Repos
## Target releases
- This VEP targets alpha for version: v1.10
## Design
## API Examples
## Alternatives
## Scalability
## Update/Rollback Compatibility
## Functional Testing Approach
## Implementation History
## Graduation Requirements
";

/// Files of the repository; `owners` replaces or adds OWNERS files by path.
pub fn files(owners: &BTreeMap<String, String>, freeze: &str) -> RepoFiles {
    let mut all: BTreeMap<String, String> = BTreeMap::from([("OWNERS".to_owned(), OWNERS.to_owned())]);
    all.extend(owners.clone());
    let schedule = |freeze: &str, ga: &str| {
        format!(
            "- {{when: {freeze}, what: VEP Freeze, who: KubeVirt}}\n- {{when: {ga}, what: v, milestone: GA, who: KubeVirt}}\n"
        )
    };
    RepoFiles {
        sig_aliases: Some(ALIASES.to_owned()),
        sigs: Some(SIGS.to_owned()),
        owners: all,
        owners_aliases: None,
        schedules: BTreeMap::from([
            (Release::from("v1.9"), schedule("2026-03-01", "2026-06-01")),
            (Release::from("v1.10"), schedule(freeze, "2026-12-01")),
        ]),
        sig_folders: ["sig-compute", "sig-network", "sig-storage", "sig-observability", "sig-release", "meta-VEPs"]
            .map(str::to_owned)
            .to_vec(),
    }
}

/// What a viewer sees of one pull request among these facts.
pub fn verdict(facts: &Facts, pull: &PullFacts, viewer: &Viewer, now: Timestamp) -> Verdict {
    in_context(facts, viewer, now, |context| derive(context, pull))
}

/// The same with its reasoning.
pub fn in_full(facts: &Facts, pull: &PullFacts, viewer: &Viewer, now: Timestamp) -> (Verdict, Explanation) {
    in_context(facts, viewer, now, |context| derive_in_full(context, pull))
}

fn in_context<R>(facts: &Facts, viewer: &Viewer, now: Timestamp, look: impl FnOnce(&Context<'_>) -> R) -> R {
    let profile = Profile::kubevirt();
    let context = Context {
        facts,
        profile: &profile,
        roster: &Roster::read(&facts.files, &profile),
        owners: &Tree::read(&facts.files.owners, None),
        schedules: &Schedules::read(&facts.files.schedules),
        viewer,
        now,
    };
    look(&context)
}

/// `7 open Fast disks`, `7 closed …`, `7 pull …`.
pub fn issue(line: &str, body: &str) -> IssueFacts {
    let mut words = line.splitn(3, ' ');
    let number: u64 = words.next().unwrap().parse().unwrap();
    let state = words.next().unwrap();
    assert!(["open", "closed", "pull"].contains(&state), "issue: {line}");
    IssueFacts {
        id: NodeId::new(format!("I_{number}")),
        number,
        url: format!("https://github.com/kubevirt/enhancements/issues/{number}"),
        title: words.next().unwrap_or("An issue").to_owned(),
        body: body.to_owned(),
        open: state == "open",
        labels: Vec::new(),
        assignees: None,
        is_pull: state == "pull",
        updated_at: None,
        fetched_at: "2026-01-01T00:00:00Z".parse().unwrap(),
    }
}
