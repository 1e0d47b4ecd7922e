//! Times and lengths of time in words: short, the same everywhere.

use jiff::Timestamp;

/// Days as people say them on a card: `3 h`, `11 d`.
#[must_use]
pub fn days(days: f64) -> String {
    // A fact from the future (a committer's clock) is `now`, not a negative age.
    let hours = (days * 24.0).max(0.0);
    if hours < 1.0 {
        "now".to_owned()
    } else if hours < 48.0 {
        format!("{} h", hours.floor())
    } else {
        format!("{} d", days.floor())
    }
}

/// How long ago something was: `2 min ago`, `11 d ago`.
#[must_use]
pub fn ago(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    match seconds {
        i64::MIN..=59 => "just now".to_owned(),
        60..=3_599 => format!("{} min ago", seconds / 60),
        3_600..=172_799 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

/// How long until something: `in 40 s`, `in 3 min`.
#[must_use]
pub fn until(now: Timestamp, at: Timestamp) -> String {
    let seconds = at.as_second().saturating_sub(now.as_second());
    match seconds {
        i64::MIN..=0 => "now".to_owned(),
        1..=89 => format!("in {seconds} s"),
        90..=5_399 => format!("in {} min", seconds / 60),
        5_400..=172_799 => format!("in {} h", seconds / 3_600),
        _ => format!("in {} d", seconds / 86_400),
    }
}

/// A day: `Apr 30`, with the year where it is another one.
#[must_use]
pub fn day(now: Timestamp, at: Timestamp) -> String {
    let utc = jiff::tz::TimeZone::UTC;
    let (here, there) = (utc.to_datetime(now), utc.to_datetime(at));
    let month = match there.month() {
        1 => "Jan",
        2 => "Feb",
        3 => "Mar",
        4 => "Apr",
        5 => "May",
        6 => "Jun",
        7 => "Jul",
        8 => "Aug",
        9 => "Sep",
        10 => "Oct",
        11 => "Nov",
        _ => "Dec",
    };
    match here.year() == there.year() {
        true => format!("{month} {}", there.day()),
        false => format!("{month} {} {}", there.day(), there.year()),
    }
}
