//! Working days: weekends and holidays do not count, whatever the hours.

use jiff::Timestamp;
use vepherd::domain::calendar::{Calendar, DayOfWeek, days};

#[test]
fn working_days_leave_weekends_and_holidays_out() {
    let at = |text: &str| format!("{text}Z").parse::<Timestamp>().unwrap();
    let mut calendar = Calendar::default();
    // 2031-03-03 is a Monday.
    for (from, to, expected) in [
        ("2031-03-03T12:00:00", "2031-03-04T12:00:00", 1.0),
        ("2031-03-07T12:00:00", "2031-03-10T12:00:00", 1.0),
        ("2031-03-08T00:00:00", "2031-03-10T00:00:00", 0.0),
        ("2031-03-08T06:00:00", "2031-03-10T06:00:00", 0.3),
        ("2031-03-03T00:00:00", "2031-03-17T00:00:00", 10.0),
        ("2030-12-31T00:00:00", "2032-01-01T00:00:00", 262.0),
        ("2031-03-04T12:00:00", "2031-03-03T12:00:00", 0.0),
        ("1969-12-29T00:00:00", "1970-01-05T00:00:00", 5.0),
    ] {
        assert_eq!(calendar.working_days(at(from), at(to)), expected, "{from} to {to}");
    }
    calendar.holidays = ["2031-03-05", "2031-03-08"].map(|day| day.parse().unwrap()).to_vec();
    assert_eq!(calendar.working_days(at("2031-03-03T00:00:00"), at("2031-03-10T00:00:00")), 4.0, "Saturday was free");
    assert_eq!(calendar.working_days(at("2031-03-05T06:00:00"), at("2031-03-06T06:00:00")), 0.3, "half a holiday");
    calendar.working_days = vec![DayOfWeek::Sunday, DayOfWeek::Monday, DayOfWeek::Monday];
    assert_eq!(calendar.working_days(at("2031-03-03T00:00:00"), at("2031-03-17T00:00:00")), 4.0);
    calendar.working_days.clear();
    assert_eq!(calendar.working_days(at("2031-03-03T00:00:00"), at("2031-03-17T00:00:00")), 0.0);
}

#[test]
fn days_have_one_decimal_and_never_run_backwards() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let start = at("2031-03-03T00:00:00Z");
    assert_eq!(days(start, at("2031-03-04T12:00:00Z")), 1.5);
    assert_eq!(days(start, at("2031-03-03T01:11:00Z")), 0.0);
    assert_eq!(days(start, at("2031-03-03T01:12:00Z")), 0.1);
    assert_eq!(days(start, at("2031-03-02T00:00:00Z")), 0.0);
}
