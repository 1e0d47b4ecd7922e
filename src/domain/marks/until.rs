//! Until when a proposal is snoozed, and how people write that.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::domain::board::Freeze;
use crate::domain::ids::Release;

/// Until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "until")]
pub enum Until {
    /// A moment; a day is its first moment in UTC.
    Moment {
        /// Which.
        at: Timestamp,
    },
    /// The next push.
    Push,
    /// The next word of anybody else.
    Reply,
    /// The day of a release's VEP freeze.
    Freeze {
        /// Of which release.
        release: Release,
        /// The day as the schedule had it, `2026-09-08`: what counts where the schedule is gone.
        day: Date,
    },
}

/// Why a text says no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUntil {
    /// It is none.
    #[error(
        "`{0}` is no time: write a day (2026-09-08, tomorrow, monday), a while (3d, 2w, 12h), push, reply or freeze"
    )]
    Unknown(String),
    /// It has passed.
    #[error("`{0}` has passed")]
    Past(String),
    /// There is no freeze ahead.
    #[error("no freeze is ahead, as far as the schedules are known")]
    NoFreeze,
}

impl Until {
    /// Reads what people write. `freeze` is the one that the proposal waits for, else the next.
    ///
    /// # Errors
    /// Where the text is no time, or one that has passed.
    pub fn parse(text: &str, now: Timestamp, freeze: Option<&Freeze>) -> Result<Self, BadUntil> {
        let word = text.trim().to_ascii_lowercase();
        let unknown = || BadUntil::Unknown(text.trim().to_owned());
        match word.as_str() {
            "push" => return Ok(Self::Push),
            "reply" => return Ok(Self::Reply),
            "freeze" => {
                let ahead = freeze.filter(|freeze| freeze.days > 0).ok_or(BadUntil::NoFreeze)?;
                let day = ahead.at.parse().map_err(|_| BadUntil::NoFreeze)?;
                return Ok(Self::Freeze { release: ahead.release.clone(), day });
            }
            _ => {}
        }
        let today = TimeZone::UTC.to_datetime(now).date();
        let day = match word.as_str() {
            "tomorrow" => today.checked_add(1.day()).ok(),
            _ => weekday(&word).and_then(|day| today.nth_weekday(1, day).ok()),
        };
        let at = match day.or_else(|| word.parse::<Date>().ok()) {
            Some(day) => TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| unknown())?,
            None => match word.to_ascii_uppercase().parse::<Timestamp>() {
                Ok(at) => at,
                Err(_) => now.checked_add(while_of(&word).ok_or_else(unknown)?).map_err(|_| unknown())?,
            },
        };
        if at <= now { Err(BadUntil::Past(text.trim().to_owned())) } else { Ok(Self::Moment { at }) }
    }

    /// The word of JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Moment { .. } => "date",
            Self::Push => "push",
            Self::Reply => "reply",
            Self::Freeze { .. } => "freeze",
        }
    }

    /// The words after "snoozed ".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Moment { at } => format!("until {}", moment(*at)),
            Self::Push => "until a push".to_owned(),
            Self::Reply => "until a reply".to_owned(),
            Self::Freeze { release, day } => format!("until the freeze of {release} on {day}"),
        }
    }
}

/// A day alone where it begins, else with the time.
fn moment(at: Timestamp) -> String {
    let there = TimeZone::UTC.to_datetime(at);
    match (there.hour(), there.minute()) {
        (0, 0) => there.date().to_string(),
        _ => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let found = DAYS.iter().find(|(name, _)| *name == word || (word.len() == 3 && name.starts_with(word)));
    found.map(|(_, day)| *day)
}

/// `12h`, `3d`, `2w`.
fn while_of(word: &str) -> Option<SignedDuration> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: i64 = digits.parse().ok().filter(|count| (1..=9_999).contains(count))?;
    let hours = match word.get(digits.len()..)? {
        "h" => 1,
        "d" => 24,
        "w" => 24 * 7,
        _ => return None,
    };
    Some(SignedDuration::from_hours(count * hours))
}
