//! Which fetches this thread is polling, so that a wait inside a fetch is known as such, and which it is dropping.
//!
//! A fetch that asks its cache for its own key waits for itself. The cache must not take that wait for a caller that
//! still wants the value, or the fetch would keep itself alive.

use std::cell::RefCell;

use super::{super::list::Key, fetches::FetchId};

thread_local! {
    /// The address of the cache and the fetch, the innermost last.
    static POLLED: RefCell<Vec<(usize, FetchId)>> = const { RefCell::new(Vec::new()) };

    /// The addresses of the caches whose unwanted fetches are being dropped, and for each the fetches still to be dropped.
    static UNWANTED: RefCell<Vec<(usize, Vec<Key>)>> = const { RefCell::new(Vec::new()) };
}

/// Marks a fetch as polled until it is dropped.
pub(super) struct Polling(());

impl Polling {
    pub(super) fn begin(cache: usize, fetch: FetchId) -> Self {
        // A thread that is being torn down polls nothing that matters.
        let _ = POLLED.try_with(|polled| polled.borrow_mut().push((cache, fetch)));
        Self(())
    }
}

impl Drop for Polling {
    fn drop(&mut self) {
        let _ = POLLED.try_with(|polled| polled.borrow_mut().pop());
    }
}

/// The innermost fetch of this cache that is being polled.
pub(super) fn enclosing(cache: usize) -> Option<FetchId> {
    let innermost = |polled: &RefCell<Vec<(usize, FetchId)>>| {
        polled.borrow().iter().rev().find(|(other, _)| *other == cache).map(|(_, fetch)| *fetch)
    };
    POLLED.try_with(innermost).ok().flatten()
}

/// The fetches of a cache that are dropped one after another. A fetch that becomes unwanted while another one is dropped
/// is queued, so that a long chain of fetches, each of which waits for the next, needs no deep stack.
pub(super) struct Unwanted {
    cache: usize,
    first: Option<Key>,
}

impl Unwanted {
    /// Begins with this fetch, or queues it where this thread has begun for the same cache.
    pub(super) fn begin(cache: usize, fetch: Key) -> Option<Self> {
        let is_queued = |caches: &RefCell<Vec<(usize, Vec<Key>)>>| {
            let mut caches = caches.borrow_mut();
            let begun = caches.iter_mut().find(|(other, _)| *other == cache);
            let is_queued = begun.map(|(_, fetches)| fetches.push(fetch)).is_some();
            if !is_queued {
                caches.push((cache, Vec::new()));
            }
            is_queued
        };
        let is_queued = UNWANTED.try_with(is_queued).unwrap_or(false);
        (!is_queued).then(|| Self { cache, first: Some(fetch) })
    }

    pub(super) fn next(&mut self) -> Option<Key> {
        let queued = |caches: &RefCell<Vec<(usize, Vec<Key>)>>| {
            caches.borrow_mut().iter_mut().find(|(cache, _)| *cache == self.cache)?.1.pop()
        };
        self.first.take().or_else(|| UNWANTED.try_with(queued).ok().flatten())
    }
}

impl Drop for Unwanted {
    fn drop(&mut self) {
        let _ = UNWANTED.try_with(|caches| caches.borrow_mut().retain(|(cache, _)| *cache != self.cache));
    }
}
