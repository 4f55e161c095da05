//! What a service counts, under one lock, so that the sums are right at any moment.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use super::super::lock::lock;

/// The counts of a service at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Requests served from the cache, or from a fetch that another request had begun.
    pub hits: u64,
    /// Requests that began a fetch.
    pub misses: u64,
    /// What became of the requests; all of them are either hits or misses.
    pub requests: Counts,
    /// What became of the fetches that the breaker let through.
    pub fetches: Counts,
}

/// What became of those admitted: each is in exactly one of the other counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many there were in all.
    pub admitted: u64,
    /// How many ended well.
    pub ok: u64,
    /// How many ended with the fetch's own error.
    pub failed: u64,
    /// How many ran out of time.
    pub timed_out: u64,
    /// How many were refused by the breaker or by a closed limit; requests only.
    pub rejected: u64,
    /// How many were dropped before their end.
    pub cancelled: u64,
    /// How many have not ended.
    pub in_flight: u64,
}

/// How something admitted ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Ok,
    Failed,
    TimedOut,
    Rejected,
    Cancelled,
}

/// The lock around the counts.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Metrics>);

impl Ledger {
    pub(super) fn metrics(&self) -> Metrics {
        *lock(&self.0)
    }
}

/// Which of the counts an entry belongs to.
type Column = fn(&mut Metrics) -> &mut Counts;

/// One request or fetch; dropped between its admission and its end, it counts as cancelled.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    ledger: &'a Ledger,
    column: Column,
    open: AtomicBool,
}

impl<'a> Entry<'a> {
    pub(super) const fn request(ledger: &'a Ledger) -> Self {
        Self { ledger, column: |metrics| &mut metrics.requests, open: AtomicBool::new(false) }
    }

    pub(super) const fn fetch(ledger: &'a Ledger) -> Self {
        Self { ledger, column: |metrics| &mut metrics.fetches, open: AtomicBool::new(false) }
    }

    /// Admits it, once; `also` is counted in the same moment.
    pub(super) fn admit(&self, also: impl FnOnce(&mut Metrics)) {
        if self.open.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut metrics = lock(&self.ledger.0);
        let counts = (self.column)(&mut metrics);
        counts.admitted += 1;
        counts.in_flight += 1;
        also(&mut metrics);
    }

    pub(super) fn end(self, end: End) {
        self.close(end);
    }

    fn close(&self, end: End) {
        if !self.open.swap(false, Ordering::Relaxed) {
            return;
        }
        let mut metrics = lock(&self.ledger.0);
        let counts = (self.column)(&mut metrics);
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
