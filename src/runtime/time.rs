//! Sources of time for [`Timers`](super::Timers).

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::Instant;

/// A source of time.
pub trait TimeSource {
    /// The time now; MUST NOT run backwards.
    fn now(&self) -> Instant;

    /// Sets the alarm to a changed earliest deadline: [`Timers::fire`](super::Timers::fire) should be called at `next`.
    /// [`Instant::NEVER`] cancels the alarm.
    fn arm(&self, next: Instant);
}

/// A time that changes only by [`advance_to`](Self::advance_to). Clones share it.
#[derive(Clone, Debug, Default)]
pub struct SimulatedTime(Arc<AtomicU64>);

impl SimulatedTime {
    /// Moves the time forward to `to`; does nothing if it is later already.
    pub fn advance_to(&self, to: Instant) {
        self.0.fetch_max(to.as_nanos(), Ordering::Relaxed);
    }
}

impl TimeSource for SimulatedTime {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.load(Ordering::Relaxed))
    }

    fn arm(&self, _: Instant) {}
}
