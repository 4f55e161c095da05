//! The clock of the standard library.

use std::time;

use async_playground::runtime::{Clock, Instant};

/// The clock of the standard library, which the peers read too. It is for patterns that never sleep.
#[derive(Clone, Copy)]
pub(crate) struct Std(time::Instant);

impl Std {
    pub(crate) fn new() -> Self {
        Self(time::Instant::now())
    }
}

impl Clock for Std {
    type Sleep = std::future::Pending<()>;

    fn now(&self) -> Instant {
        Instant::ORIGIN.after(time::Instant::now() - self.0)
    }

    fn sleep_until(&self, _: Instant) -> Self::Sleep {
        std::future::pending()
    }
}
