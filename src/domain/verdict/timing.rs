//! What clocks say of a proposal: the part of a verdict that changes while nobody does anything.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::profile::Numbers;

/// Clocks: human events only. Ages are days with one decimal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clocks {
    /// Opened, or last marked ready.
    pub opened_at: Timestamp,
    /// The last human word or push.
    pub idle_since: Timestamp,
    /// The first waiting-on entry's `since`.
    pub turn_since: Timestamp,
    /// Days since `opened_at`.
    pub age_days: f64,
    /// Days since `idle_since`.
    pub idle_days: f64,
    /// Days since `turn_since`.
    pub turn_days: f64,
    /// Days that a review is owed; none where none is.
    pub review_lag_days: Option<f64>,
    /// The same four in the working days of the profile's calendar.
    pub working: WorkingDays,
    /// How the owed review stands to the SLA; none where no review is owed.
    pub review_sla: Option<Sla>,
    /// How the search for a shepherd stands to the same SLA; none where there is one, or none is looked for.
    pub shepherd_sla: Option<Sla>,
    /// Hand-overs by the author.
    pub rounds: usize,
    /// What Prow's lifecycle jobs would do next.
    pub bot_next: Option<BotStep>,
    /// When Prow would close it.
    pub bot_closes_at: Option<Timestamp>,
}

/// Working days, with one decimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct WorkingDays {
    /// Since opened, or last marked ready.
    pub age: f64,
    /// Since the last human word or push.
    pub idle: f64,
    /// Of this turn.
    pub turn: f64,
    /// That a review is owed.
    pub review_lag: Option<f64>,
}

/// How a clock stands to the SLA of reviews (`process.md` §2.7: not more than a week).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sla {
    /// There is time.
    Within,
    /// It ends soon.
    Near,
    /// It has ended.
    Over,
}

impl Sla {
    /// The state after so many days. The last day belongs to the SLA: it is over when more has passed.
    #[must_use]
    pub fn of(days: f64, numbers: &Numbers) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "an SLA of days fits a double")]
        let (limit, near) = (numbers.review_sla_days as f64, numbers.sla_near_days as f64);
        if days > limit {
            Self::Over
        } else if days > limit - near {
            Self::Near
        } else {
            Self::Within
        }
    }
}

/// A step of Prow's lifecycle jobs (`specs/prow.md` §7.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BotStep {
    /// What they would do.
    pub does: BotDoes,
    /// When, at the earliest: they run once an hour and do a few at a time.
    pub at: Timestamp,
}

/// What Prow's lifecycle jobs do to what nobody touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BotDoes {
    /// Mark it stale.
    Stale,
    /// Mark it rotten.
    Rotten,
    /// Close it.
    Close,
}

/// Where a proposal is heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Convergence {
    /// Gains, no losses.
    Converging,
    /// Neither.
    Flat,
    /// Losses.
    Diverging,
    /// Nothing happens.
    Stalled,
}

impl Convergence {
    /// The word on screen and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Converging => "converging",
            Self::Flat => "flat",
            Self::Diverging => "diverging",
            Self::Stalled => "stalled",
        }
    }
}
