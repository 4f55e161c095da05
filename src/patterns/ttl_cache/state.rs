//! What a cache keeps under its lock: one index of keys over values and shared fetches.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::{BuildHasher, Hash},
    sync::Arc,
    task::Waker,
};

use futures::TryFuture;

use super::{
    super::list::Key,
    fetches::{FetchId, Fetches, Outcome, SharedFetch, WaiterKey},
    key::{BorrowedAs, SharedKey},
    store::{Entry, Store},
};
use crate::runtime::Instant;

/// A key has a value, or a fetch that new callers join, and never both: so one search finds either.
///
/// A key's `Hash` and `Eq` may panic, and they run in the index alone. So a key is removed from the index before its
/// value or fetch is removed, and added after: the index never leads to a place that is used by another key.
pub(super) struct State<K, F: TryFuture, S> {
    index: HashMap<SharedKey<K>, At, S>,
    pub(super) store: Store<K, F::Ok>,
    pub(super) fetches: Fetches<K, F>,
}

#[derive(Clone, Copy)]
enum At {
    Value(Key),
    Fetch(Key),
}

/// What the index has for a key.
pub(super) enum Seen<V> {
    Value(Arc<V>),
    /// A fetch, now joined. The flag says whether that was from inside itself, so that the wait has no end.
    Fetch(WaiterKey, bool),
}

/// Up to two values that were removed, to be dropped without the lock.
pub(super) type Removed<K, V> = [Option<Entry<K, V>>; 2];

impl<K: Hash + Eq, F: TryFuture, S: BuildHasher> State<K, F, S> {
    pub(super) fn new(max_entries: usize, hasher: S) -> Self {
        let index = HashMap::with_hasher(hasher);
        Self { index, store: Store::new(max_entries), fetches: Fetches::new() }
    }

    /// Finds a value, which is now used and may have expired unless [`purge`](Self::purge) ran, or joins a fetch.
    pub(super) fn find(
        &mut self,
        key: &K,
        waker: &Waker,
        inside: impl FnOnce() -> Option<FetchId>,
    ) -> Option<Seen<F::Ok>> {
        match *self.index.get(key)? {
            At::Value(at) => self.store.touch(at).map(Seen::Value),
            At::Fetch(at) => {
                let inside = inside();
                let is_circle = inside.is_some_and(|inside| self.fetches.is_circle(at, inside));
                self.fetches.join(at, waker, inside).map(|waiter| Seen::Fetch(waiter, is_circle))
            }
        }
    }

    /// The value for `key`, which is now used.
    pub(super) fn value<Q>(&mut self, key: &Q) -> Option<Arc<F::Ok>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        match *self.index.get(&key as &dyn BorrowedAs<Q>)? {
            At::Value(at) => self.store.touch(at),
            At::Fetch(_) => None,
        }
    }

    pub(super) fn contains<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        matches!(self.index.get(&key as &dyn BorrowedAs<Q>), Some(At::Value(_)))
    }

    /// Stores a value. Returns the value that was there before, and the one that was evicted. A fetch for the key is
    /// detached.
    pub(super) fn insert(&mut self, key: Arc<K>, value: Arc<F::Ok>, expires: Instant) -> Removed<K, F::Ok> {
        // Not overwritten: the index would keep the previous key.
        let before = self.remove(&*key);
        let evicted = self.store.advance_hand().and_then(|at| self.evict(at));
        let place = self.index.entry(SharedKey(Arc::clone(&key)));
        place.insert_entry(At::Value(self.store.push(key, value, expires)));
        [before, evicted]
    }

    /// Forgets the value for `key`, or detaches its fetch.
    pub(super) fn remove<Q>(&mut self, key: &Q) -> Option<Entry<K, F::Ok>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        match self.index.remove(&key as &dyn BorrowedAs<Q>)? {
            At::Value(at) => self.store.remove(at),
            At::Fetch(at) => {
                self.fetches.detach(at);
                None
            }
        }
    }

    /// Forgets all values, which are returned, and detaches all fetches.
    pub(super) fn clear(&mut self) -> Store<K, F::Ok> {
        for (_, at) in self.index.drain() {
            if let At::Fetch(at) = at {
                self.fetches.detach(at);
            }
        }
        self.store.take()
    }

    /// Moves every expired entry to `removed`: O(1) for each entry that was ever inserted.
    pub(super) fn purge(&mut self, now: Instant, removed: &mut Vec<Entry<K, F::Ok>>) {
        while let Some(at) = self.store.expired(now) {
            removed.extend(self.evict(at));
        }
    }

    /// Starts a fetch, to which the future is added with [`Fetches::put_back`].
    pub(super) fn start(&mut self, key: Arc<K>, inside: Option<FetchId>) -> WaiterKey {
        let place = self.index.entry(SharedKey(Arc::clone(&key)));
        let waiter = self.fetches.start(key, inside);
        place.insert_entry(At::Fetch(waiter.fetch));
        waiter
    }

    /// Ends a fetch with its outcome. Returns the wakers of its waiters and the values that its value replaced.
    pub(super) fn finish(
        &mut self,
        fetch: Key,
        outcome: Outcome<F>,
        expires: Instant,
    ) -> (Vec<Waker>, Removed<K, F::Ok>) {
        let removed = match (self.fetches.current_key(fetch).map(Arc::clone), &outcome) {
            (Some(key), Ok(value)) => self.insert(key, Arc::clone(value), expires),
            (Some(key), Err(_)) => [self.remove(&*key), None],
            (None, _) => [None, None],
        };
        (self.fetches.end(fetch, Some(outcome)), removed)
    }

    /// Ends a fetch without an outcome; its waiters start another. Returns their wakers, and the fetch if there are
    /// none.
    pub(super) fn lose(&mut self, fetch: Key) -> (Vec<Waker>, Option<SharedFetch<K, F>>) {
        if let Some(key) = self.fetches.current_key(fetch) {
            self.index.remove(&**key);
        }
        let wakers = self.fetches.end(fetch, None);
        (wakers, self.fetches.remove_unused(fetch))
    }

    fn evict(&mut self, at: Key) -> Option<Entry<K, F::Ok>> {
        self.index.remove(self.store.key(at)?);
        self.store.remove(at)
    }
}
