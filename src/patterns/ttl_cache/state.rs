//! What a cache keeps under its lock: one index of keys over values and flights.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash},
    sync::Arc,
    task::Waker,
};

use super::{
    super::list::Key,
    flights::{Flights, Left, Outcome, Seat},
    store::{Entry, Store},
};
use crate::runtime::Instant;

/// A key has a value, or a flight that newcomers join, and never both: so one look finds either.
///
/// A key's `Hash` and `Eq` may panic, and do so in the index alone. What is there goes from the index first, and what
/// comes gets there last, in a place made before: so the index never leads to what is gone, whose place is another's.
pub(super) struct State<K, V, E, F, S> {
    index: HashMap<Arc<K>, At, S>,
    pub(super) store: Store<K, V>,
    pub(super) flights: Flights<K, V, E, F>,
}

#[derive(Clone, Copy)]
enum At {
    Value(Key),
    Flight(Key),
}

/// What there is for a key.
pub(super) enum Seen<V> {
    Value(Arc<V>),
    /// The waker that came with the question is woken if the flight is driven by another.
    Flight {
        seat: Seat,
        driven: bool,
    },
}

/// Up to two values that have left, to be dropped without the lock.
pub(super) type Removed<K, V> = [Option<Entry<K, V>>; 2];

impl<K: Hash + Eq, V, E, F, S: BuildHasher> State<K, V, E, F, S> {
    pub(super) fn new(max_entries: usize, hasher: S) -> Self {
        let index = HashMap::with_hasher(hasher);
        Self { index, store: Store::new(max_entries), flights: Flights::new() }
    }

    /// A value, which may have expired if what has was not purged, is now the last used; a flight is joined.
    pub(super) fn find(&mut self, key: &K, waker: &Waker) -> Option<Seen<V>> {
        match *self.index.get(key)? {
            At::Value(at) => self.store.touch(at).map(Seen::Value),
            At::Flight(at) => {
                self.flights.join(at, waker).map(|(seat, driven)| Seen::Flight { seat, driven })
            }
        }
    }

    /// The value, as above.
    pub(super) fn value(&mut self, key: &K) -> Option<Arc<V>> {
        match *self.index.get(key)? {
            At::Value(at) => self.store.touch(at),
            At::Flight(_) => None,
        }
    }

    /// Puts a value in; gives the one that was there before, and the one that had to go to make room. A flight for the
    /// key goes on without it.
    pub(super) fn insert(&mut self, key: Arc<K>, value: Arc<V>, expires: Instant) -> Removed<K, V> {
        // Not overwritten: the index would keep the key of what was there before.
        let before = self.remove(&key);
        let evicted = self.store.in_the_way().and_then(|oldest| self.evict(oldest));
        let place = self.index.entry(Arc::clone(&key));
        place.insert_entry(At::Value(self.store.push(key, value, expires)));
        [before, evicted]
    }

    /// Forgets the value; a flight under way goes on without the key.
    pub(super) fn remove(&mut self, key: &K) -> Option<Entry<K, V>> {
        match self.index.remove(key)? {
            At::Value(at) => self.store.remove(at),
            At::Flight(at) => {
                self.flights.detach(at);
                None
            }
        }
    }

    /// Moves every entry that has expired to `removed`: O(1) for each entry that was ever inserted.
    pub(super) fn purge(&mut self, now: Instant, removed: &mut Vec<Entry<K, V>>) {
        while let Some(at) = self.store.expired(now) {
            removed.extend(self.evict(at));
        }
    }

    /// Starts a flight without a future, to which the future is added with [`Flights::put_back`].
    pub(super) fn start(&mut self, key: Arc<K>) -> Seat {
        let place = self.index.entry(Arc::clone(&key));
        let seat = self.flights.start(key);
        place.insert_entry(At::Flight(seat.flight));
        seat
    }

    /// The future is done, or lost if there is no outcome. Gives all the wakers, and what its value drove out.
    pub(super) fn land(
        &mut self,
        seat: Seat,
        outcome: Option<Outcome<V, E>>,
        expires: Instant,
    ) -> (Vec<Waker>, Removed<K, V>) {
        let value = outcome.as_ref().and_then(|outcome| outcome.as_ref().ok()).map(Arc::clone);
        let removed = match (self.flights.current_key(seat.flight).map(Arc::clone), value) {
            (Some(key), Some(value)) => self.insert(key, value, expires),
            (Some(key), None) => [self.remove(&key), None],
            (None, _) => [None, None],
        };
        (self.flights.land(seat, outcome), removed)
    }

    /// A waiter goes, served or dropped, and with the last its flight. `left` is what it leaves.
    pub(super) fn leave(&mut self, seat: Seat, left: &mut Left<K, V, E, F>) {
        if self.flights.leave(seat, left) {
            if let Some(key) = self.flights.current_key(seat.flight) {
                self.index.remove(key);
            }
            left.flight = self.flights.remove(seat.flight);
        }
    }

    fn evict(&mut self, at: Key) -> Option<Entry<K, V>> {
        self.index.remove(self.store.key(at)?);
        self.store.remove(at)
    }
}
