//! The demo's documents: assembled from a proposal's own words in the form of the template, the standing sections from
//! a few variants, so that no two read the same.

use super::play::Proposal;

/// The document at the proposal's opening, or (for an update) at its base.
pub(super) fn compose(proposal: &Proposal, targets: &Targets<'_>) -> String {
    let (vep, title) = (proposal.vep_number(), &proposal.title);
    let pick = |variants: &[&str], salt: u64| {
        let index = usize::try_from((vep * 7 + salt * 3) % variants.len() as u64).unwrap_or(0);
        variants.get(index).copied().unwrap_or_default().replace("{gate}", &gate(title))
    };
    let mut out = String::new();
    if proposal.front_matter {
        out.push_str(&front_matter(proposal, targets));
    }
    let mut add = |text: &str| {
        out.push_str(text.trim_end());
        out.push_str("\n\n");
    };
    add(&format!("# VEP #{vep}: {title}"));
    if !proposal.front_matter {
        add("## VEP Status Metadata");
        add("### Target releases");
        add(&format!(
            "- This VEP targets alpha for version: {}\n- This VEP targets beta for version: {}\n- This VEP targets GA for version: {}",
            targets.alpha, targets.beta, targets.ga
        ));
        add("### Release Signoff Checklist");
        add(&format!(
            "Items marked with (R) are required *prior to targeting to a milestone / release*.\n\n\
             - [x] (R) Enhancement issue created, which links to VEP dir in [kubevirt/enhancements] (not the initial VEP PR)\n\
             - [{}] (R) Alpha target version is explicitly mentioned and approved\n\
             - [ ] (R) Beta target version is explicitly mentioned and approved\n\
             - [ ] (R) GA target version is explicitly mentioned and approved",
            if targets.beta.is_empty() && targets.ga.is_empty() { " " } else { "x" }
        ));
    }
    add("## Overview");
    add(&proposal.overview);
    add("## Motivation");
    add(&proposal.motivation);
    add("## Goals");
    add(&bullets(&proposal.goals));
    if !proposal.skip.contains(&"Non Goals".to_owned()) {
        add("## Non Goals");
        add(&pick(NON_GOALS, 1));
    }
    add("## Definition of Users");
    add(&pick(USERS, 2));
    add("## User Stories");
    add(&if proposal.stories.is_empty() { pick(STORIES, 3) } else { bullets(&proposal.stories) });
    add("## Repos");
    add(&if proposal.repos.is_empty() { pick(REPOS, 4) } else { bullets(&proposal.repos) });
    add("## Design");
    add(&proposal.design);
    if !proposal.skip.contains(&"API Examples".to_owned()) {
        add("## API Examples");
        add(&if proposal.api.is_empty() { pick(API, 5) } else { proposal.api.clone() });
    }
    add("## Alternatives");
    add(&if proposal.alternatives.is_empty() { pick(ALTERNATIVES, 6) } else { proposal.alternatives.clone() });
    if !proposal.skip.contains(&"Scalability".to_owned()) {
        add("## Scalability");
        add(&pick(SCALABILITY, 7));
    }
    add("## Update/Rollback Compatibility");
    add(&pick(UPDATE, 8));
    add("## Functional Testing Approach");
    add(&pick(TESTING, 9));
    add("## Implementation History");
    add(&pick(HISTORY, 10));
    add("## Graduation Requirements");
    add("### Alpha");
    add(&pick(ALPHA, 11));
    add("### Beta");
    add(&pick(BETA, 12));
    add("### GA");
    add(&pick(GA, 13));
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Target releases as the document writes them; empty where it writes none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Targets<'a> {
    pub(super) alpha: &'a str,
    pub(super) beta: &'a str,
    pub(super) ga: &'a str,
}

fn front_matter(proposal: &Proposal, targets: &Targets<'_>) -> String {
    let list = |people: &[String]| {
        if people.is_empty() {
            "\n  - TBD".to_owned()
        } else {
            people.iter().map(|login| format!("\n  - \"@{login}\"")).collect()
        }
    };
    let mut milestone = String::new();
    for (stage, release) in [("alpha", targets.alpha), ("beta", targets.beta), ("ga", targets.ga)] {
        if !release.is_empty() {
            milestone.push_str(&format!("\n  {stage}: \"{release}\""));
        }
    }
    format!(
        "---\ntitle: \"{}\"\nvep-number: {}\nstatus: provisional\n\nauthors:\n  - \"@{}\"\n\nowning-sig: sig-{}\n\
         participating-sigs: [{}]\n\nreviewers:{}\napprovers:{}\n\nfeature-gate: {}\nstage: alpha\nmilestone:{}\n---\n\n",
        proposal.title,
        proposal.vep_number(),
        proposal.author,
        proposal.sig,
        proposal.participating.iter().map(|sig| format!("sig-{sig}")).collect::<Vec<_>>().join(", "),
        list(&proposal.reviewers),
        list(&proposal.approvers),
        gate(&proposal.title),
        milestone,
    )
}

/// A feature gate's name from a title.
pub(super) fn gate(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 2);
    words
        .take(3)
        .map(|word| {
            let (head, tail) = word.split_at(1);
            format!("{}{tail}", head.to_ascii_uppercase())
        })
        .collect()
}

fn bullets(items: &[String]) -> String {
    items.iter().map(|item| format!("- {item}\n")).collect()
}

/// Puts a paragraph at the end of a section; at the end of the text where there is no such section.
pub(super) fn insert(text: &str, section: &str, paragraph: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let Some(start) = heading(&lines, section) else {
        return format!("{}\n\n{paragraph}\n", text.trim_end());
    };
    let level = |line: &str| line.bytes().take_while(|b| *b == b'#').count();
    let own = lines.get(start).map_or(2, |line| level(line));
    let mut fenced = false;
    let mut end = lines.len();
    for (index, line) in lines.iter().enumerate().skip(start + 1) {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced && (1..=own).contains(&level(line)) {
            end = index;
            break;
        }
    }
    let (before, after) = lines.split_at(end);
    let mut out = before.join("\n").trim_end().to_owned();
    out.push_str("\n\n");
    out.push_str(paragraph.trim());
    out.push('\n');
    if !after.is_empty() {
        out.push('\n');
        out.push_str(&after.join("\n"));
        out.push('\n');
    }
    out
}

/// The line (from 1) of a section's first text; the first line where there is no such section.
pub(super) fn line_of(text: &str, section: &str) -> u64 {
    let lines: Vec<&str> = text.lines().collect();
    let start = heading(&lines, section).unwrap_or(0);
    let offset = lines.iter().skip(start + 1).position(|line| !line.trim().is_empty()).unwrap_or(0);
    u64::try_from(start + offset + 2).unwrap_or(1).min(u64::try_from(lines.len()).unwrap_or(1)).max(1)
}

fn heading(lines: &[&str], section: &str) -> Option<usize> {
    let wanted = section.to_lowercase();
    lines.iter().position(|line| {
        line.starts_with('#') && line.trim_start_matches('#').trim().to_lowercase().starts_with(&wanted)
    })
}

const NON_GOALS: &[&str] = &[
    "- Changing the default for existing virtual machines.\n- Supporting hardware that the kernel in the node image does not know.",
    "- A scheduler of our own; placement stays with Kubernetes.\n- Any guarantee during node drain beyond what exists today.",
    "- Management from inside the guest.\n- Backporting to releases that are already out.",
    "- A new command line tool.\n- Windows guests, until their drivers are signed.",
    "- Cross-cluster behaviour, which the decentralised migration work covers.\n- Billing and metering.",
];
const USERS: &[&str] = &[
    "- **Cluster administrators** turn the feature on and watch its cost.\n- **VM owners** ask for it in the VM's spec.",
    "- **Platform engineers** who build self-service on top of KubeVirt.\n- **Guest administrators**, who only see the effect.",
    "- **VM owners** with a latency budget.\n- **Node operators**, who must be able to drain a node in bounded time.",
    "- **Cluster administrators**, for the cluster-wide default.\n- **Support engineers**, who read the conditions in a bug report.",
];
const STORIES: &[&str] = &[
    "- As a VM owner I want to ask for this in one field, so that I need not know how the node does it.\n- As a cluster administrator I want to forbid it per namespace, so that one tenant cannot starve another.",
    "- As a cluster administrator I want to see which virtual machines use the feature, so that I can plan an upgrade.\n- As a VM owner I want a clear condition when it cannot be honoured, so that I do not wait in vain.",
    "- As a platform engineer I want a stable API, so that my templates survive three releases.\n- As a node operator I want it to stop within a minute when I cordon the node.",
];
const REPOS: &[&str] = &[
    "- kubevirt/kubevirt",
    "- kubevirt/kubevirt\n- kubevirt/user-guide",
    "- kubevirt/kubevirt\n- kubevirt/project-infra, for one periodic lane",
];
const API: &[&str] = &[
    "```yaml\napiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata:\n  name: kubevirt\nspec:\n  configuration:\n    developerConfiguration:\n      featureGates:\n        - {gate}\n```",
    "The feature gate is `{gate}`. A virtual machine that asks for it:\n\n```yaml\napiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata:\n  name: example\nspec:\n  runStrategy: Always\n  template:\n    spec:\n      domain:\n        features:\n          {gate}: {}\n```",
    "```go\n// {gate} asks for the behaviour described above. Absent means: as today.\n// +optional\ntype {gate} struct {\n\t// Policy says what happens where it cannot be honoured.\n\t// +kubebuilder:validation:Enum=Require;Prefer\n\tPolicy string `json:\"policy,omitempty\"`\n}\n```",
];
const ALTERNATIVES: &[&str] = &[
    "**Do nothing.** Users patch the domain XML through a hook sidecar today. It works until the next libvirt update.\n\n**Annotations.** Quick to add and impossible to validate; we have regretted each one.",
    "**A separate controller.** It would see the VMI before we do, and race with the migration controller.\n\n**A cluster-wide setting only.** Simpler, and useless to clusters with more than one kind of tenant.",
    "An admission webhook of the user's own could rewrite the spec. That moves the problem to every user, and each would solve it differently.",
    "Leaving it to the instance type. Instance types describe size; behaviour belongs to the VM.",
];
const SCALABILITY: &[&str] = &[
    "One more field per VMI, no new watch. At 5,000 virtual machines the status grows by about 200 kB in etcd.",
    "The work is done in virt-handler, once per VM and sync. Measured on a prototype with 110 VMs on a node: 1.4 ms per sync more, which disappears in the noise.",
    "| VMs per node | API calls per minute before | after |\n| ---: | ---: | ---: |\n| 20 | 41 | 43 |\n| 60 | 118 | 121 |\n| 110 | 214 | 219 |",
    "No effect on the control plane. On the node it costs one file descriptor per VM.",
];
const UPDATE: &[&str] = &[
    "An old virt-handler ignores the field; the VM runs as before. After a rollback the field stays in the spec and has no effect. Running VMs are never touched by an update.",
    "The field is optional and absent by default. A downgrade with the gate on leaves a condition behind, which the older controller removes as unknown.",
    "Migrating between nodes of different versions is refused while the feature is in use, with a condition that says so, until both sides know it.",
];
const TESTING: &[&str] = &[
    "- Unit tests of the converter and of validation.\n- One functional test per user story in the sig lane.\n- An upgrade test from the last release with the feature in use.",
    "Functional tests run in the existing lane and need no special hardware. The failure paths are injected by killing virt-launcher at each step.",
    "| what | where |\n| --- | --- |\n| validation, defaults | unit tests |\n| one VM, happy path | functional, every PR |\n| drain under load | periodic lane, nightly |",
];
const HISTORY: &[&str] = &[
    "- {-40d}: presented in the SIG's weekly call.\n- Prototype: see the tracking issue.",
    "- Discussed on the mailing list; a prototype exists and is linked from the tracking issue.",
    "- First draft: this PR.",
];
const ALPHA: &[&str] = &[
    "- Behind the feature gate `{gate}`, off by default.\n- Unit tests, and one functional test that is not skipped.",
    "- The API is reviewed and behind `{gate}`.\n- Documented in the user guide as alpha.",
];
const BETA: &[&str] = &[
    "- Two releases without an API change.\n- Upgrade and rollback tests in CI.\n- Metrics that show whether it is used.",
    "- At least one report of production use, and the answers to its questions in the user guide.\n- On by default.",
];
const GA: &[&str] = &[
    "- No open bug of priority important or higher for one release.\n- The gate is locked to on.",
    "- Two releases as beta.\n- The gate is removed one release later.",
];
