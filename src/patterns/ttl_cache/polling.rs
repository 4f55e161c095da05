//! Which fetches this thread is polling, so that a wait inside a fetch is known as such.
//!
//! A fetch that asks its cache for its own key waits for itself. The cache must not take that wait for a caller that
//! still wants the value, or the fetch would keep itself alive.

use std::cell::RefCell;

use super::fetches::FetchId;

thread_local! {
    /// The address of the cache and the fetch, the innermost last.
    static POLLED: RefCell<Vec<(usize, FetchId)>> = const { RefCell::new(Vec::new()) };
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
