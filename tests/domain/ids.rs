//! Names that look alike and are not, and the other way round.

use std::collections::{BTreeSet, HashSet};

use vepherd::domain::ids::{Login, RepoId, Sha};
use vepherd::domain::profile::Profile;

#[test]
fn logins_are_one_whatever_their_case() {
    let (a, b) = (Login::new("@ShellyKa13"), Login::new("shellyka13"));
    assert_eq!(a, b);
    assert_eq!(HashSet::from([a.clone(), b.clone()]).len(), 1);
    assert_eq!(BTreeSet::from([a.clone(), b]).len(), 1);
    assert_eq!(a.as_str(), "ShellyKa13");
}

#[test]
fn a_repository_is_owner_and_name() {
    assert_eq!("kubevirt/enhancements".parse::<RepoId>().unwrap().to_string(), "kubevirt/enhancements");
    for bad in ["", "kubevirt", "/x", "a/", "a/b/c", "a b/c", "../..", "a/..", "a/b?x"] {
        assert!(bad.parse::<RepoId>().is_err(), "{bad}");
    }
}

#[test]
fn a_short_sha_never_panics() {
    assert_eq!(Sha::new("abc").short(), "abc");
    assert_eq!(Sha::new("0123456789").short(), "0123456");
    assert_eq!(Sha::new("ééééééé").short(), "ééééééé");
}

#[test]
fn the_built_in_profile_reads() {
    let profile = Profile::kubevirt();
    assert_eq!(profile.sigs.sign_off.len(), 3);
    assert!(Profile::parse(&format!("surprise = 1\n{}", vepherd::domain::profile::KUBEVIRT)).is_err());
}
