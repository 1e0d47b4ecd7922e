//! How often the program looks by itself, as a table.

use std::time::Duration;

use vepherd::app::refresh::{Conditions, interval};

#[test]
fn intervals() {
    let usual = Duration::from_secs(120);
    for (focused, points, freeze_days, seconds) in [
        (true, None, None, 120),
        (true, Some((5000, 5000)), Some(20), 120),
        // Nobody looks.
        (false, Some((5000, 5000)), Some(20), 600),
        (false, None, Some(1), 600),
        // A freeze is near, today, over.
        (true, None, Some(2), 60),
        (true, None, Some(0), 60),
        (true, None, Some(3), 120),
        (true, None, Some(-1), 120),
        // The budget runs low.
        (true, Some((2500, 5000)), None, 120),
        (true, Some((2499, 5000)), None, 240),
        (true, Some((1249, 5000)), None, 600),
        (true, Some((0, 5000)), None, 600),
        (true, Some((0, 0)), None, 120),
        // All at once: never longer than half an hour.
        (false, Some((100, 5000)), None, 1800),
        (true, Some((100, 5000)), Some(1), 300),
    ] {
        let wait = interval(Conditions { usual, focused, points, freeze_days });
        assert_eq!(wait.as_secs(), seconds, "{focused} {points:?} {freeze_days:?}");
    }
    // What is set by hand is not stretched or cut without a reason: the demo looks every five seconds.
    for usual in [5, 7200] {
        let usual = Duration::from_secs(usual);
        assert_eq!(interval(Conditions { usual, focused: true, points: None, freeze_days: None }), usual);
    }
}
