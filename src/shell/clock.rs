//! The wall clock's one home. `VEPHERD_NOW` freezes it, so that output can be reproduced; everything else is handed
//! a [`Clock`] or a moment.

use std::sync::Arc;

use jiff::Timestamp;

/// A source of moments that can be handed on: to the sync, to the simulator.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What the time is.
#[derive(Clone)]
pub struct Clock(Now);

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn real() -> Self {
        Self(Arc::new(wall))
    }

    /// A clock that stands still.
    #[must_use]
    pub fn frozen(at: Timestamp) -> Self {
        Self(Arc::new(move || at))
    }

    /// Any other: tests that let time pass.
    #[must_use]
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// The same clock as a plain function.
    #[must_use]
    pub fn as_fn(&self) -> Now {
        Arc::clone(&self.0)
    }
}

/// The machine's time, frozen or not: only for what concerns the machine itself (the pause between two writes of two
/// processes), never for what is shown.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the wall clock's one home")]
pub fn wall() -> Timestamp {
    Timestamp::now()
}
