//! Days on which people work. Ages are shown in calendar days, because the process counts those (`process.md` §2.7, "a
//! week"); beside them stand working days, because a turn that began on Friday afternoon is not three days late on
//! Monday. Which days count, and which are holidays, is the profile's.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Seconds of a day. A calendar of a project that spans the world counts days in UTC.
const DAY: i64 = 86_400;

/// Which days are worked on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The days of the week that count.
    pub working_days: Vec<DayOfWeek>,
    /// Days that do not count although their day of the week does.
    #[serde(default)]
    pub holidays: Vec<Date>,
}

/// A day of the week, as a profile writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayOfWeek {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl DayOfWeek {
    /// The place in a week that begins on Monday.
    fn place(self) -> i64 {
        match self {
            Self::Monday => 0,
            Self::Tuesday => 1,
            Self::Wednesday => 2,
            Self::Thursday => 3,
            Self::Friday => 4,
            Self::Saturday => 5,
            Self::Sunday => 6,
        }
    }
}

impl Default for Calendar {
    /// Monday to Friday, no holidays: what a profile without a calendar means.
    fn default() -> Self {
        use DayOfWeek::{Friday, Monday, Thursday, Tuesday, Wednesday};
        Self { working_days: vec![Monday, Tuesday, Wednesday, Thursday, Friday], holidays: Vec::new() }
    }
}

impl Calendar {
    /// Working days between two moments, with one decimal; never negative.
    #[must_use]
    pub fn working_days(&self, from: Timestamp, to: Timestamp) -> f64 {
        let (from, to) = (from.as_second(), to.as_second());
        if to <= from {
            return 0.0;
        }
        let mut seconds = self.worked_until(to) - self.worked_until(from);
        for holiday in &self.holidays {
            let start = days_since_epoch(*holiday) * DAY;
            if self.works_on(of_week(start.div_euclid(DAY)).1) {
                seconds -= (to.min(start + DAY) - from.max(start)).max(0);
            }
        }
        in_days(seconds)
    }

    /// Working seconds since the epoch's week began, holidays included.
    fn worked_until(&self, second: i64) -> i64 {
        let (day, into) = (second.div_euclid(DAY), second.rem_euclid(DAY));
        let (week, place) = of_week(day);
        let worked = |places: std::ops::Range<i64>| i64::try_from(places.filter(|it| self.works_on(*it)).count());
        let (a_week, before) = (worked(0..7).unwrap_or(0), worked(0..place).unwrap_or(0));
        (week * a_week + before) * DAY + if self.works_on(place) { into } else { 0 }
    }

    fn works_on(&self, place: i64) -> bool {
        self.working_days.iter().any(|day| day.place() == place)
    }
}

/// The number of the week, which begins on Monday, and the day's place in it. The epoch was a Thursday.
fn of_week(day: i64) -> (i64, i64) {
    ((day + 3).div_euclid(7), (day + 3).rem_euclid(7))
}

fn days_since_epoch(date: Date) -> i64 {
    Date::constant(1970, 1, 1).until((jiff::Unit::Day, date)).map_or(0, |span| i64::from(span.get_days()))
}

/// Days between two moments, with one decimal; never negative.
#[must_use]
pub fn days(from: Timestamp, to: Timestamp) -> f64 {
    in_days(to.duration_since(from).as_secs().max(0))
}

/// Seconds as days with one decimal.
fn in_days(seconds: i64) -> f64 {
    let tenths = (seconds * 10 + DAY / 2) / DAY;
    #[expect(clippy::cast_precision_loss, reason = "tenths of days of a human lifetime fit a double")]
    let tenths = tenths as f64;
    tenths / 10.0
}
