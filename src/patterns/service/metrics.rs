//! What a service counts, under one lock, so that the sums are right at any moment.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use super::super::lock::lock;

/// The counts of a service at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Requests answered from the cache, or from a fetch that another request had started.
    pub hits: u64,
    /// Requests that started a fetch.
    pub misses: u64,
    /// How the requests ended; each is either a hit or a miss.
    pub requests: Counts,
    /// How the fetches ended that the breaker admitted.
    pub fetches: Counts,
}

/// How requests or fetches ended: each that was admitted is in exactly one of the other counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub admitted: u64,
    /// Ended with a value.
    pub ok: u64,
    /// Ended with the fetch's own error.
    pub failed: u64,
    /// Ran out of time.
    pub timed_out: u64,
    /// Refused by the breaker or by a closed limit; requests only.
    pub rejected: u64,
    /// Dropped before their end.
    pub cancelled: u64,
    /// Not ended yet.
    pub in_flight: u64,
}

/// How a request or fetch ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Ok,
    Failed,
    TimedOut,
    Rejected,
    Cancelled,
}

/// The metrics behind their lock.
#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<Metrics>);

impl Shared {
    pub(super) fn get(&self) -> Metrics {
        *lock(&self.0)
    }
}

/// Selects the counts of requests or of fetches.
type Select = fn(&mut Metrics) -> &mut Counts;

/// One request or fetch; dropped between its admission and its end, it counts as cancelled.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    shared: &'a Shared,
    select: Select,
    in_flight: AtomicBool,
}

impl<'a> Entry<'a> {
    pub(super) const fn request(shared: &'a Shared) -> Self {
        Self { shared, select: |metrics| &mut metrics.requests, in_flight: AtomicBool::new(false) }
    }

    pub(super) const fn fetch(shared: &'a Shared) -> Self {
        Self { shared, select: |metrics| &mut metrics.fetches, in_flight: AtomicBool::new(false) }
    }

    /// Counts it as admitted, once; `also` is counted at the same moment.
    pub(super) fn admit(&self, also: impl FnOnce(&mut Metrics)) {
        if self.in_flight.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut metrics = lock(&self.shared.0);
        let counts = (self.select)(&mut metrics);
        counts.admitted += 1;
        counts.in_flight += 1;
        also(&mut metrics);
    }

    pub(super) fn end(self, end: End) {
        self.close(end);
    }

    fn close(&self, end: End) {
        if !self.in_flight.swap(false, Ordering::Relaxed) {
            return;
        }
        let mut metrics = lock(&self.shared.0);
        let counts = (self.select)(&mut metrics);
        counts.in_flight -= 1;
        let ended = match end {
            End::Ok => &mut counts.ok,
            End::Failed => &mut counts.failed,
            End::TimedOut => &mut counts.timed_out,
            End::Rejected => &mut counts.rejected,
            End::Cancelled => &mut counts.cancelled,
        };
        *ended += 1;
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.close(End::Cancelled);
    }
}
