//! Who represents which SIG.

use vepherd::domain::facts::RepoFiles;
use vepherd::domain::ids::{Login, SigName};
use vepherd::domain::profile::Profile;
use vepherd::domain::roster::Roster;

const ALIASES: &str = "\
aliases:
  approvers: [root-one]
  sig-compute-approvers:
    - ada
    - Grace
  sig-compute-reviewers:
    - linus
  # a sub-project
  sig-compute-virtctl-approvers:
    - barbara
    - ada
  sig-network-approvers:
    - edsger
  sig-network-emeritus_approvers:
    - oldtimer
  sig-storage-approvers: []
  sig-api-approvers: []
  sig-test-approvers:
    - 42
  sig-test-flakes-approvers: [finder]
  sig-control-plane-approvers: [kay]
  wg-arm-approvers: [radia]
";

const SIGS: &str = "\
sigs:
    - name: compute
      dir: sig-compute
      leadership:
        chairs:
            - github: grace
              name: Grace Example
            - github: tony
    - name: documentation
      label: sig/documentation
    - name: Performance and Scale SIG
      dir: sig-scale
      leadership:
        chairs:
            - github: '@shafi'
    - name: control-plane
      dir: sig-control-plane
workinggroups:
    - name: ARM
      dir: wg-arch-arm
      leadership:
        chairs:
            - github: radia
";

fn roster() -> Roster {
    let files = RepoFiles {
        sig_aliases: Some(ALIASES.to_owned()),
        sigs: Some(SIGS.to_owned()),
        sig_folders: vec!["sig-release".into(), "meta-VEPs".into(), "NNNN-vep-template".into()],
        ..RepoFiles::default()
    };
    Roster::read(&files, &Profile::kubevirt())
}

#[test]
fn representatives_are_the_alias_and_the_chairs() {
    let roster = roster();
    let of = |sig: &str| roster.representatives(&SigName::new(sig)).iter().map(Login::as_str).collect::<Vec<_>>();
    assert_eq!(of("compute"), ["ada", "Grace", "tony"], "the chair `grace` is the approver `Grace`");
    assert_eq!(of("network"), ["edsger"], "emeritus approvers represent nobody");
    assert_eq!(of("scale"), ["shafi"]);
    assert_eq!(of("test"), ["42"]);
    assert!(of("storage").is_empty() && of("release").is_empty() && of("nonsense").is_empty());
    assert_eq!(of("control-plane"), ["kay"], "a dir is a SIG, whatever its name begins with");
    assert_eq!(roster.sigs_of(&Login::new("ADA")), [SigName::new("compute")]);
    assert_eq!(roster.sigs_of(&Login::new("barbara")), [], "a sub-project represents no SIG");
    let members = roster.subproject_members(&SigName::new("compute"));
    assert_eq!(members, [Login::new("barbara"), Login::new("ada")]);
    assert!(roster.represents_any(&Login::new("Tony")) && !roster.represents_any(&Login::new("radia")));
}

#[test]
fn a_sig_is_a_dir_a_folder_or_an_alias_of_its_own() {
    let roster = roster();
    let sigs = roster.sigs();
    let names: Vec<_> = sigs.iter().map(SigName::as_str).collect();
    assert_eq!(names, ["compute", "network", "storage", "api", "control-plane", "release", "scale", "test"]);
    for none in ["compute-virtctl", "test-flakes", "documentation", "arch-arm", "meta-VEPs"] {
        assert!(!roster.is_sig(&SigName::new(none)), "{none}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let files =
        RepoFiles { sig_aliases: Some("aliases: [".into()), sigs: Some("sigs: none".into()), ..RepoFiles::default() };
    let roster = Roster::read(&files, &Profile::kubevirt());
    let problems = roster.problems().join("\n");
    for part in ["OWNERS_ALIASES", "sigs.yaml", "SIG compute", "SIG network", "SIG storage"] {
        assert!(problems.contains(part), "{part} in {problems}");
    }
    let nothing = Roster::read(&RepoFiles::default(), &Profile::kubevirt());
    assert!(nothing.problems().join("\n").contains("is not there"));
}
