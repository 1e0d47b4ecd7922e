//! The moment of a verdict, as its rules see it. Hardly any verdict changes from one minute to the next; a clock that is
//! asked what a rule wants to know, and not what time it is, knows how long the answers hold.

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};

/// How far ahead a clock looks at most, in minutes. It halves the way until the answer holds. Ages are tenths of days, so
/// that looking farther gains nothing.
const AHEAD: i64 = 128;

/// A moment, and until when everything that was asked of it stays the same.
#[derive(Debug)]
pub(super) struct Clock {
    now: Timestamp,
    until: Cell<Timestamp>,
}

impl Clock {
    /// The clock at a moment.
    pub fn at(now: Timestamp) -> Self {
        Self { now, until: Cell::new(after(now, AHEAD)) }
    }

    /// What `answer` says of this moment. Time must move the answer one way only, each part of it (an age grows, what is
    /// over stays over): then an answer that is the same later has been the same all the while.
    pub fn ask<T: PartialEq>(&self, answer: impl Fn(Timestamp) -> T) -> T {
        let said = answer(self.now);
        while self.until.get() > self.now && answer(self.until.get()) != said {
            let minutes = self.until.get().duration_since(self.now).as_mins() / 2;
            self.until.set(after(self.now, minutes));
        }
        said
    }

    /// More than `span` has passed since a moment.
    pub fn is_over(&self, since: Timestamp, span: SignedDuration) -> bool {
        self.ask(|now| now.duration_since(since) > span)
    }

    /// At least `span` has passed since a moment.
    pub fn is_reached(&self, since: Timestamp, span: SignedDuration) -> bool {
        self.ask(|now| now.duration_since(since) >= span)
    }

    /// A moment that is not ahead of this one: GitHub's clock may be ahead of ours.
    pub fn past(&self, at: Timestamp) -> Timestamp {
        self.ask(|now| at.min(now))
    }

    /// The last moment at which the answers are known to be what they were.
    pub fn holds_until(&self) -> Timestamp {
        self.until.get()
    }
}

/// So many minutes later; the same moment where the calendar ends.
fn after(now: Timestamp, minutes: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(now)
}
