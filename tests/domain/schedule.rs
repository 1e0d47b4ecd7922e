//! Schedules in all the shapes that sig-release's files have had.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use vepherd::domain::ids::Release;
use vepherd::domain::schedule::{Schedules, days_until};

/// Before there was a freeze of proposals; ISO dates, no `notes`.
const OLD: &str = "\
- when: 2031-03-02
  who: Kubernetes
  what: Tag 1.90.0-alpha.3
- when: 2031-06-13
  milestone: Feature Freeze
  who: KubeVirt
  what: Branch release-3.0
- when: 2031-07-11
  milestone: GA
  who: KubeVirt
  what: Tag v3.0.0 on release-3.0
- when: 2031-07-18
  who: CDI
  what: v2.62.0 release
";

/// Slashes, nulls, bold marks, another project's GA on another day.
const NEW: &str = "\
- when: 2032/03/11
  milestone: null
  who: Kubernetes
  what: Tag 1.96.0-beta.0
  notes: null
- when: 2032/04/30
  milestone: KubeVirt Alpha 0
  who: KubeVirt
  what: Tag v3.1.0-alpha.0
- when: 2032/04/28
  milestone: KubeVirt Alpha 0
  who: KubeVirt
  what: Deadline for exceptions to the VEP Freeze rules
- when: 2032/04/30
  milestone: KubeVirt Alpha 0
  who: KubeVirt
  what: Virtualization Enhancement Proposal (VEP) Freeze
- when: 2032/06/24
  milestone: KubeVirt Code Freeze
  who: KubeVirt
  what: Branch release-3.1 and tag v3.1.0-rc.0 on release-3.1
- when: 2032/07/29
  milestone: \"**CDI GA**\"
  who: CDI
  what: v2.66.0 release
- when: 2032/07/22
  milestone: \"**KubeVirt GA**\"
  who: KubeVirt
  what: Tag v3.1.0 on release-3.1
- when: to be decided
  what: Party
";

const LATER: &str = "- {when: 2032-09-08, who: KubeVirt, what: '**Enhancement Freeze**'}\n";

fn schedules() -> Schedules {
    Schedules::read(&BTreeMap::from([
        (Release::new("v3.10"), LATER.to_owned()),
        (Release::new("v3.0"), OLD.to_owned()),
        (Release::new("v3.1"), NEW.to_owned()),
        (Release::new("v3.2"), "just: text".to_owned()),
        (Release::new("v3.3"), "- a: [".to_owned()),
    ]))
}

#[test]
fn each_shape_is_read() {
    let all = schedules();
    let v = |text: &str| Release::new(text);
    assert_eq!(all.freeze_of(&v("v3.0")), None);
    assert_eq!(all.code_freeze_of(&v("v3.0")), Some(date(2031, 6, 13)));
    assert_eq!(all.ga_of(&v("v3.0")), Some(date(2031, 7, 11)));
    assert_eq!(all.freeze_of(&v("v3.1")), Some(date(2032, 4, 30)));
    assert_eq!(all.code_freeze_of(&v("v3.1")), Some(date(2032, 6, 24)));
    assert_eq!(all.ga_of(&v("v3.1")), Some(date(2032, 7, 22)));
    assert_eq!(all.freeze_of(&v("3.10.0")), Some(date(2032, 9, 8)), "a release is found however it is written");
    assert_eq!(all.of(&v("v3.1")).unwrap().entries.len(), 7, "an entry without a date is passed over");
    assert_eq!(all.releases(), [&v("v3.0"), &v("v3.1"), &v("v3.10")], "3.10 comes after 3.1");
    assert_eq!(all.problems().len(), 2, "{:?}", all.problems());
}

#[test]
fn a_day_counts_until_it_ends() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let day = date(2032, 4, 30);
    assert_eq!(days_until(day, at("2032-04-30T23:59:59Z")), 0);
    assert_eq!(days_until(day, at("2032-05-01T00:00:00Z")), -1);
    assert_eq!(days_until(day, at("2032-04-12T20:00:00Z")), 18);
    assert_eq!(days_until(day, at("2031-04-30T00:00:00Z")), 366);

    let all = schedules();
    let next = all.next_freeze(at("2032-04-30T23:00:00Z")).unwrap();
    assert_eq!((next.release.as_str(), next.days, next.at.as_str()), ("v3.1", 0, "2032-04-30"));
    assert_eq!(next.what, "Virtualization Enhancement Proposal (VEP) Freeze");
    let next = all.next_freeze(at("2032-05-01T00:00:00Z")).unwrap();
    assert_eq!((next.release.as_str(), next.what.as_str()), ("v3.10", "Enhancement Freeze"));
    assert_eq!(all.next_freeze(at("2033-01-01T00:00:00Z")), None);
    assert_eq!(all.is_out(&Release::new("v3.1"), at("2032-07-22T12:00:00Z")), Some(false));
    assert_eq!(all.is_out(&Release::new("v3.1"), at("2032-07-23T12:00:00Z")), Some(true));
    assert_eq!(all.is_out(&Release::new("v3.10"), at("2032-07-23T12:00:00Z")), None);
}

/// A freeze that was moved, another project's freeze, dates in words and with time zones, a freeze in the milestone.
const MOVED: &str = "\
- when: 2033/01/07
  what: Virtualization Enhancement Proposal (VEP) Freeze
- when: 14 Jan 2033
  milestone: KubeVirt Alpha 0
  what: \"**VEP Freeze** (extended)\"
- when: 2033/01/21
  who: Kubernetes
  milestone: null
  what: Code Freeze
- when: \"February 25th, 2033\"
  who: KubeVirt
  milestone: KubeVirt Code Freeze
  what: Branch release-3.3
- when: 2033-03-25T23:30:00-08:00
  milestone: \"__GA__\"
  what: Tag v3.3.0
";

const IN_MILESTONE: &str = "\
entries:
- when: 2033.06.08
  milestone: Enhancements Freeze
  what: Tag v3.4.0-alpha.0
- when: 2033-13-45
  what: VEP Freeze
- what: VEP Freeze
";

#[test]
fn a_freeze_may_move_and_dates_may_be_written_in_many_ways() {
    let all = Schedules::read(&BTreeMap::from([
        (Release::new("v3.3"), MOVED.to_owned()),
        (Release::new("v3.4"), IN_MILESTONE.to_owned()),
        (Release::new("v3.5"), "[]".to_owned()),
    ]));
    let v = |text: &str| Release::new(text);
    assert_eq!(all.freeze_of(&v("v3.3")), Some(date(2033, 1, 14)), "the extended day");
    assert_eq!(all.code_freeze_of(&v("v3.3")), Some(date(2033, 2, 25)), "KubeVirt's own");
    assert_eq!(all.ga_of(&v("v3.3")), Some(date(2033, 3, 26)), "the day in UTC");
    assert_eq!(all.freeze_of(&v("v3.4")), Some(date(2033, 6, 8)), "a freeze that only the milestone names");
    assert_eq!(all.of(&v("v3.4")).unwrap().entries.len(), 1, "no day, no entry");
    assert_eq!(all.freeze_of(&v("v3.5")), None);
    assert_eq!(all.freeze_of(&v("v3.6")), None, "no file yet");
    assert_eq!(all.problems(), [] as [String; 0]);
}
