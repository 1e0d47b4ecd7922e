//! Documents, descriptions, titles and folders, as people write them.

use vepherd::domain::ids::{Login, Release, RepoId, SigName, VepNumber};
use vepherd::domain::profile::Profile;
use vepherd::domain::vep::{
    Document, FrontMatterState, Place, PullText, Tracker, folder_name_is_good, folder_number, vep_numbers,
    without_comments,
};
use vepherd::domain::verdict::Targets;

fn release(text: &str) -> Option<Release> {
    (!text.is_empty()).then(|| Release::new(text))
}

#[test]
fn releases_as_people_write_them() {
    let table = [
        ("v1.10", "v1.10"),
        ("1.10", "v1.10"),
        ("v1.10.0", "v1.10"),
        ("v1.9. ", "v1.9"),
        (" **V1.9** (if time allows)", "v1.9"),
        ("1.9.0", "v1.9"),
        ("v01.09", "v1.9"),
        ("N/A", ""),
        ("TBD", ""),
        ("", ""),
        ("v.124", ""),
        ("v1", ""),
        ("2026-09-08", ""),
        ("dev1.2", ""),
        ("10.0.0.1", "v10.0"),
        ("v99999999999.1", ""),
        ("é1.2", "v1.2"),
    ];
    for (text, want) in table {
        assert_eq!(Release::find(text), release(want), "{text}");
    }
    let mut all = ["v1.10", "v1.9", "next", "v2.0"].map(Release::new);
    all.sort_by_key(Release::order);
    assert_eq!(all.map(|release| release.to_string()), ["v1.9", "v1.10", "v2.0", "next"]);
}

#[test]
fn prose_targets() {
    let table: [(&str, [&str; 3]); 10] = [
        ("- This VEP targets alpha for version: v1.10", ["v1.10", "", ""]),
        ("- ~This VEP targets alpha for version: v1.8~\n- This VEP targets beta for version: 1.9.0", ["", "v1.9", ""]),
        ("- ~~This VEP targets alpha for version: v1.8~~\n* This VEP targets GA for version: v1.9.0", ["", "", "v1.9"]),
        ("- This VEP targets alpha for version: ~v1.8~ v1.9", ["v1.9", "", ""]),
        (
            "- This VEP targeted alpha for version: v1.6 (first design)\n- This VEP targets GA for version: TBD",
            ["v1.6", "", ""],
        ),
        ("- **This VEP targets beta for version:** `v1.9`.", ["", "v1.9", ""]),
        (
            "<!--\n- This VEP targets alpha for version: v1.2\n-->\n- This VEP targets beta for version: v1.3",
            ["", "v1.3", ""],
        ),
        ("```\n- This VEP targets alpha for version: v1.2\n```", ["", "", ""]),
        (
            "- [x] This VEP targets alpha for version: v1.2\r\n- This VEP targets beta for version:\r\n",
            ["v1.2", "", ""],
        ),
        ("This VEP targets GA for v1.9 so that everybody is happy", ["", "", ""]),
    ];
    for (text, [alpha, beta, ga]) in table {
        let want = Targets { alpha: release(alpha), beta: release(beta), ga: release(ga) };
        assert_eq!(Document::read(text).targets, want, "{text}");
    }
    let policy = "- This VEP targets announcement for version: v1.9\n- This VEP targets enforcement for version: v1.10";
    let document = Document::read(policy);
    assert_eq!(document.targets, Targets::default());
    assert_eq!(document.releases(), [Release::new("v1.9"), Release::new("v1.10")]);
}

#[test]
fn tracking_issue_targets() {
    let body = "**Timeline**:\n<!-- * Alpha release target (x.y): 0.1 -->\n* Alpha release target (x.y): ~1.7~ 1.8\n\
                * Beta release target (x.y): v1.9.0\n- Stable release target (x.y): N/A\n";
    let want = Targets { alpha: release("v1.8"), beta: release("v1.9"), ga: None };
    assert_eq!(Tracker::read(body).targets, want);
    assert_eq!(
        Tracker::read("* Alpha release target (x.y):\n* Beta release target (x.y):").targets,
        Targets::default()
    );
}

#[test]
fn a_tracking_issue_is_filled_in_or_left_as_the_template_wrote_it() {
    let template = "**Primary contact (assignee)**:\n<!-- Use `/assign` -->\n/assign $ASSIGNEE\n\n**Current Feature Stage**:\n\n\
        **Responsible SIGs**:\nPrimary SIG:\n/sig $SIG\n\nAdditional SIGs (optional):\n/sig $SIG\n\n\
        **Enhancement link**:\n<!-- For example: https://example.org/veps/vep.md -->\n\n**Timeline**:\n\
        * Alpha release target (x.y):\n* [ ] Alpha\n  * [ ] VEP PRs:\n  * [ ] Code PRs: #12\n";
    assert_eq!(Tracker::read(template), Tracker::default());
    assert_eq!(Tracker::read(""), Tracker::default());
    let filled = template
        .replace("$ASSIGNEE", "@rowan")
        .replacen("$SIG", "network", 1)
        .replace("**Enhancement link**:", "**Enhancement link:** https://github.com/o/r/pull/9")
        .replace("(x.y):", "(x.y):\n  v2.1.0")
        .replace("VEP PRs:", "VEP PRs: o/r#9");
    let want = Tracker {
        targets: Targets { alpha: release("v2.1"), ..Targets::default() },
        contact: true,
        sig: true,
        link: true,
        checklist: true,
    };
    assert_eq!(Tracker::read(&filled), want);
    // Each part alone, in other spellings.
    assert!(Tracker::read("**Primary contact (assignee)**: @rowan").contact);
    assert!(!Tracker::read("**Primary contact (assignee)**: rowan@example.org? Nobody yet, ask @").sig);
    assert!(Tracker::read("**Responsible SIGs**:\nPrimary SIG: sig-storage").sig);
    assert!(!Tracker::read("**Responsible SIGs**:\nPrimary SIG: N/A").sig);
    assert!(Tracker::read("**Enhancement link**:\n#9").link);
    assert!(!Tracker::read("* [x] VEP PRs:\n").checklist);
    let next = Tracker::read("* Beta release target (x.y):\n* [ ] Code PRs: release-1.9\n");
    assert_eq!(next.targets, Targets::default(), "the next item is no value");
}

const FRONT: &str = "\
---
title: Cold plug of clock sources
vep-number: 512
status: Provisional
authors: ['@ada']
owning-sig: sig-compute
participating-sigs: [sig-network, storage]
reviewers:
  - TBD
  - \"@grace\"
approvers:
  - '@edsger'
stage: alpha
milestone:
  alpha: \"v1.10\"
  beta: 1.11
replaces: ''
---
# VEP #511: An older title

- This VEP targets alpha for version: v1.9
- This VEP targets GA for version: v1.12
";

#[test]
fn front_matter_wins() {
    let document = Document::read(FRONT);
    assert_eq!(document.title.as_deref(), Some("Cold plug of clock sources"));
    assert_eq!(document.vep_number, Some(VepNumber(512)));
    assert_eq!(document.status.as_deref(), Some("provisional"));
    assert_eq!(document.owning_sig, Some(SigName::new("compute")));
    assert_eq!(document.participating, [SigName::new("network"), SigName::new("storage")]);
    assert_eq!(document.approvers, [Login::new("edsger")]);
    assert_eq!(document.reviewers, [Login::new("grace")]);
    assert_eq!(document.targets, Targets { alpha: release("v1.10"), beta: release("v1.11"), ga: release("v1.12") });
    let FrontMatterState::Read(front) = document.front_matter else { panic!("it can be read") };
    assert!(front.people_to_be_determined);
    assert_eq!(front.replaces, None);
}

#[test]
fn front_matter_that_is_none() {
    let table = [
        ("# Plain", true),
        ("---\n\n# A rule on top\n\ntext: more\n", true),
        ("---\n- a list\n---\n# x", false),
        ("---\ntitle: [\n---\n# x", false),
        ("---\ntitle: never closed\n# x", false),
    ];
    for (text, absent) in table {
        let state = Document::read(text).front_matter;
        assert_eq!(state == FrontMatterState::Absent, absent, "{text:?} {state:?}");
        assert_eq!(matches!(state, FrontMatterState::Unreadable(_)), !absent, "{text:?}");
    }
    let placeholder = Document::read("\u{feff}---\r\nvep-number: NNNN\r\ntitle: x\r\n---\r\n# VEP #7: y\r\n");
    assert_eq!(placeholder.vep_number, Some(VepNumber(7)));
}

#[test]
fn titles_and_numbers() {
    let table = [
        ("# VEP #21: Seamless restarts", "Seamless restarts", Some(21)),
        ("# VEP 248: Convergence ", "Convergence", Some(248)),
        ("# VEP #NNNN: Your short, descriptive title", "Your short, descriptive title", None),
        ("# VEP #Decentralised copies", "Decentralised copies", None),
        ("# VEP-12 - Dashes", "Dashes", Some(12)),
        ("# Plain title", "Plain title", None),
    ];
    for (text, title, number) in table {
        let document = Document::read(text);
        assert_eq!((document.title.as_deref(), document.vep_number.map(|n| n.0)), (Some(title), number), "{text}");
    }
    let table: [(&str, &[u64]); 14] = [
        ("VEP-123: x", &[123]),
        ("VEP 123: x", &[123]),
        ("VEP #123 x", &[123]),
        ("[VEP 123] x", &[123]),
        ("vep123: x", &[123]),
        ("[VEP-0123] x", &[123]),
        ("VEP: #123", &[123]),
        ("VEPs 12, 15 and #17", &[12, 15, 17]),
        ("VEP-12/VEP-15: both", &[12, 15]),
        ("VEP 1.10 planning", &[]),
        ("KVEP 12", &[]),
        ("vep.md for everybody", &[]),
        ("VEP 12th", &[]),
        ("éVEP 3 (VEP 4)", &[4]),
    ];
    for (text, numbers) in table {
        assert_eq!(vep_numbers(text).iter().map(|n| n.0).collect::<Vec<_>>(), numbers, "{text}");
    }
}

#[test]
fn tracking_issues_as_people_write_them() {
    let repo: RepoId = "org/proposals".parse().unwrap();
    let table: [(&str, &[u64], &[u64]); 13] = [
        ("**Tracking issue**: #12\n**SIG label**: /sig compute", &[12], &[]),
        ("**Tracking issue**: https://github.com/org/proposals/issues/12\n", &[12], &[]),
        ("**Tracking issue**: https://github.com/Org/Proposals/pull/12#issuecomment-99", &[12], &[]),
        ("**Tracking issue**: org/proposals#12", &[12], &[]),
        ("**Tracking issue**:\n\nhttps://github.com/org/proposals/issues/12\n\n**SIG label**: x\n#13", &[12], &[13]),
        ("**Tracking issue:** [VEP 12](https://github.com/org/proposals/issues/12).", &[12], &[]),
        ("- Tracking issue: #12, follow-up of #4", &[12, 4], &[]),
        ("**Tracking issue**: <!-- For example, https://github.com/org/proposals/pull/2 -->\n**SIG label**:", &[], &[]),
        ("**Tracking issue**: https://github.com/org/other/issues/12", &[], &[]),
        ("**Tracking issue**: other/thing#12", &[], &[]),
        ("### What this PR does\nSee #7 and org/proposals#8, abc#9", &[], &[7, 8]),
        ("Tracking issue https://github.com/org/proposals/issues/12", &[], &[12]),
        ("**Tracking issue**: #0 #123abc", &[], &[]),
    ];
    for (body, tracking, mentioned) in table {
        let read = PullText::read(body, &repo);
        assert_eq!((read.tracking.as_slice(), read.mentioned.as_slice()), (tracking, mentioned), "{body}");
    }
}

#[test]
fn sig_words_as_people_write_them() {
    let repo: RepoId = "org/proposals".parse().unwrap();
    // sig, written as a command, read by Prow
    type Words = &'static [(&'static str, bool, bool)];
    let table: [(&str, Words); 13] = [
        ("**SIG label**: /sig compute", &[("compute", true, false)]),
        ("**SIG label**:\n/sig compute", &[("compute", true, true)]),
        ("/sig compute network", &[("compute", true, true), ("network", true, true)]),
        ("**SIG label**: /sig-compute", &[("compute", true, false)]),
        ("**SIG label**: /sig/compute", &[("compute", true, false)]),
        ("**SIG label**: /sig sig-compute", &[("compute", true, false)]),
        ("**SIG label**: `/sig compute`, /sig storage", &[("compute", true, false), ("storage", true, false)]),
        ("**SIG label**: SIG network", &[("network", false, false)]),
        ("**SIG label**: sig-network and sig-storage", &[("network", false, false), ("storage", false, false)]),
        ("**SIG label**: /sig $SIG", &[]),
        ("**SIG label**: <!-- For example, /sig $SIG -->", &[]),
        ("We should ask SIG network.", &[]),
        ("https://example.org/sig-compute/x", &[]),
    ];
    for (body, want) in table {
        let read = PullText::read(body, &repo);
        let have: Vec<_> = read.sigs.iter().map(|word| (word.sig.as_str(), word.command, word.read_by_prow)).collect();
        assert_eq!(have, want, "{body}");
    }
}

#[test]
fn places_in_the_tree() {
    let layout = Profile::kubevirt().layout;
    let place = |path: &str| Place::of(path, &layout);
    let inside = place("veps/sig-network/21-passt/vep.md").unwrap();
    assert_eq!(inside.sig, Some(SigName::new("network")));
    assert_eq!(inside.folder.as_deref(), Some("veps/sig-network/21-passt"));
    assert_eq!(inside.number(), Some(VepNumber(21)));
    let deep = place("veps/sig-network/21-passt/img/a.png").unwrap();
    assert_eq!((deep.folder, deep.file_name.as_str()), (inside.folder, "a.png"));
    let single = place("veps/sig-storage/33-old-one.md").unwrap();
    assert!(single.single_file && single.folder.is_none());
    assert_eq!(single.number(), Some(VepNumber(33)));
    let owners = place("veps/sig-storage/OWNERS").unwrap();
    assert!(!owners.single_file && owners.folder.is_none() && owners.sig.is_some());
    let meta = place("veps/meta-VEPs/282-governance/vep.md").unwrap();
    assert!(meta.shared && meta.sig.is_none() && meta.folder_name.as_deref() == Some("282-governance"));
    let bare = place("veps/77-no-sig/vep.md").unwrap();
    assert!(bare.sig.is_none() && !bare.shared && bare.number() == Some(VepNumber(77)));
    assert!(place("veps/NNNN-vep-template/vep.md").unwrap().template);
    assert!(place("veps/README.md").unwrap().folder.is_none());
    assert_eq!(place("vepsx/a.md"), None);
    assert_eq!(place("README.md"), None);

    for (name, good, number) in [
        ("21-passt", true, Some(21)),
        ("021-a-b2", true, Some(21)),
        ("NNNN-vep-template", false, None),
        ("21", false, Some(21)),
        ("21-", false, Some(21)),
        ("21--a", false, Some(21)),
        ("21-Passt", false, Some(21)),
        ("21_passt", false, Some(21)),
        ("vep-21-passt", false, Some(21)),
        ("passt-21", false, None),
        ("21passt", false, None),
        ("", false, None),
    ] {
        assert_eq!(folder_name_is_good(name), good, "{name}");
        assert_eq!(folder_number(name).map(|n| n.0), number, "{name}");
    }
}

#[test]
fn sections_of_the_template() {
    let profile = Profile::kubevirt();
    let whole: String = profile.layout.sections.iter().map(|section| format!("## {section}\n\ntext\n")).collect();
    assert!(Document::read(&whole).sections_missing(&profile).is_empty());
    let older = whole
        .replace("Non Goals", "Non-Goals")
        .replace("API Examples", "4. API examples (full) #")
        .replace("Implementation History", "Implementation Phases")
        .replace("Graduation Requirements", "Feature lifecycle Phases")
        .replace("Functional Testing Approach", "Functional Testing");
    assert!(Document::read(&older).sections_missing(&profile).is_empty());
    let lacking = whole.replace("## Scalability", "```\n## Scalability\n```").replace("## Repos", "Repos");
    assert_eq!(Document::read(&lacking).sections_missing(&profile), ["Repos", "Scalability"]);
}

#[test]
fn comments_say_nothing() {
    assert_eq!(without_comments("a<!-- b\nc -->d"), "a\nd");
    assert_eq!(without_comments("a\n<!-- open\nend"), "a\n\n");
    assert_eq!(without_comments("a <!-- open\nend"), "a <!-- open\nend");
}
