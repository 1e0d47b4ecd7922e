//! How long after a sync the next one starts by itself. Pure: what is known in, a time out.

use std::time::Duration;

/// The shortest and the longest time.
const SHORTEST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// A freeze this many days away makes everybody look more often.
const FREEZE_NEAR: i64 = 2;

/// What the time depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// The time that is set.
    pub usual: Duration,
    /// The terminal has the focus; one that does not tell counts as having it.
    pub focused: bool,
    /// Points left of the hour, and of how many, where GitHub said so.
    pub points: Option<(u64, u64)>,
    /// Days until the freeze; negative where it has passed.
    pub freeze_days: Option<i64>,
}

/// How long to wait. Whoever looks is shown what is new; nobody looks at a window without focus; close to a freeze
/// minutes count; and a budget that runs low is for the work by hand.
#[must_use]
pub fn interval(now: Conditions) -> Duration {
    let mut wait = now.usual;
    if !now.focused {
        wait = wait.saturating_mul(5);
    } else if now.freeze_days.is_some_and(|days| (0..=FREEZE_NEAR).contains(&days)) {
        wait /= 2;
    }
    if let Some((left, limit)) = now.points.filter(|(_, limit)| *limit > 0) {
        match left.saturating_mul(4) / limit {
            0 => wait = wait.saturating_mul(5),
            1 => wait = wait.saturating_mul(2),
            _ => {}
        }
    }
    // What somebody sets shorter or longer by hand is meant.
    wait.clamp(SHORTEST.min(now.usual), LONGEST.max(now.usual))
}
