//! Shared by the tests of the patterns: a manual clock, wakers that count, and compile-time assertions.

use std::{
    future::{Pending, pending},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Wake,
    time::Duration,
};

use async_playground::runtime::{Clock, Instant};

pub(super) use crate::proof::{Cut, cut_off, often, poll_once, sweep, turn};

/// A clock that is advanced by hand, and whose sleeps never end.
#[derive(Clone, Debug, Default)]
pub(super) struct Manual(Arc<AtomicU64>);

impl Manual {
    pub(super) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_nanos()).expect("a short step");
        self.0.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for Manual {
    type Sleep = Pending<()>;

    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.load(Ordering::Relaxed))
    }

    fn sleep_until(&self, _: Instant) -> Pending<()> {
        pending()
    }
}

pub(super) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A waker that counts its wake-ups.
#[derive(Default)]
pub(super) struct Wakes(AtomicU64);

impl Wakes {
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Compile-time assertions.
pub(super) const fn send<T: Send>(_: &T) {}
pub(super) const fn send_and_sync<T: Send + Sync>() {}
