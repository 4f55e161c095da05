//! The values of a cache: bounded in number and in age, without lock, clock or index.

use std::{mem, sync::Arc};

use super::super::list::{Key, List};
use crate::runtime::Instant;

/// Entries in two orders: of insertion, and of expiry.
///
/// All entries live equally long, so the order of expiry is almost that of insertion and needs no heap.
///
/// Which entry is evicted follows SIEVE (Zhang and others, NSDI 2024): a hand goes from the oldest entry to the newest
/// and round again. It passes the entries that were used since it last passed, and evicts the first that was not. So a
/// hit only sets a flag, and entries that are used once do not push out those that are used again and again.
#[derive(Debug)]
pub(super) struct Store<K, V> {
    /// The oldest first.
    entries: List<Entry<K, V>>,
    /// The entry at the hand, or `None` if the hand goes on at the oldest one.
    hand: Option<Key>,
    /// First to expire first.
    expiry: List<(Key, Instant)>,
    max_entries: usize,
}

/// A key and its value. Whoever removes an entry drops it without the lock: dropping either may run a user's code.
#[derive(Debug)]
pub(super) struct Entry<K, V> {
    key: Arc<K>,
    value: Arc<V>,
    /// Whether it was used since the hand last passed it.
    used: bool,
    /// The entry's place in the order of expiry.
    queued: Option<Key>,
}

impl<K, V> Store<K, V> {
    pub(super) const fn new(max_entries: usize) -> Self {
        Self { entries: List::new(), hand: None, expiry: List::new(), max_entries }
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// The value there, which is now used.
    pub(super) fn touch(&mut self, at: Key) -> Option<Arc<V>> {
        let entry = self.entries.get_mut(at)?;
        entry.used = true;
        Some(Arc::clone(&entry.value))
    }

    pub(super) fn push(&mut self, key: Arc<K>, value: Arc<V>, expires: Instant) -> Key {
        let at = self.entries.push_back(Entry { key, value, used: false, queued: None });
        // Searched from the back: of two threads the first to read the clock may be the last to arrive here.
        let queued = self.expiry.insert_behind((at, expires), |(_, other)| *other <= expires);
        if let Some(entry) = self.entries.get_mut(at) {
            entry.queued = Some(queued);
        }
        at
    }

    pub(super) fn key(&self, at: Key) -> Option<&K> {
        self.entries.get(at).map(|entry| &*entry.key)
    }

    pub(super) fn remove(&mut self, at: Key) -> Option<Entry<K, V>> {
        if self.hand == Some(at) {
            self.hand = self.entries.next(at);
        }
        let entry = self.entries.remove(at)?;
        entry.queued.and_then(|queued| self.expiry.remove(queued));
        Some(entry)
    }

    /// Leaves the store empty.
    pub(super) const fn take(&mut self) -> Self {
        let empty = Self::new(self.max_entries);
        mem::replace(self, empty)
    }

    /// Moves the hand to the entry to evict, if the store is full. Each entry that it passes was used since the last time,
    /// so all passes together cost no more than all uses.
    pub(super) fn advance_hand(&mut self) -> Option<Key> {
        if self.entries.len() < self.max_entries {
            return None;
        }
        loop {
            let at = self.hand.or(self.entries.front())?;
            if !mem::take(&mut self.entries.get_mut(at)?.used) {
                return Some(at);
            }
            self.hand = self.entries.next(at);
        }
    }

    /// An entry that has expired.
    pub(super) fn expired(&self, now: Instant) -> Option<Key> {
        let (at, expires) = self.expiry.get(self.expiry.front()?)?;
        (*expires <= now).then_some(*at)
    }

    pub(super) fn next_expiry(&self) -> Option<Instant> {
        self.expiry.get(self.expiry.front()?).map(|(_, expires)| *expires)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn entries_expire_in_the_order_of_their_deadlines() {
        let mut store = Store::new(9);
        for expires in [5, 3, 9, 4, 9, 1] {
            store.push(Arc::new(()), Arc::new(expires), Instant::from_millis(expires));
        }
        let mut freed = Vec::new();
        for now in 0..10 {
            while let Some(at) = store.expired(Instant::from_millis(now)) {
                freed.push((now, *store.remove(at).unwrap().value));
            }
        }
        assert_eq!(freed, [1, 3, 4, 5, 9, 9].map(|expires| (expires, expires)));
    }
}
