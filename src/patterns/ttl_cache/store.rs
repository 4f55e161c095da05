//! The values of a cache: bounded in number and in age, without lock, clock or index.

use std::{mem, sync::Arc};

use super::super::list::{Key, List};
use crate::runtime::Instant;

/// Entries in two orders: of last use, and of expiry.
///
/// All entries live equally long, so the order of expiry is almost that of insertion and needs no heap.
#[derive(Debug)]
pub(super) struct Store<K, V> {
    /// Least recently used first.
    entries: List<Entry<K, V>>,
    /// First to expire first.
    expiry: List<(Key, Instant)>,
    max_entries: usize,
}

/// A key and its value. Whoever removes an entry drops it without the lock: dropping either may run a user's code.
#[derive(Debug)]
pub(super) struct Entry<K, V> {
    key: Arc<K>,
    value: Arc<V>,
    /// The entry's place in the order of expiry.
    queued: Option<Key>,
}

impl<K, V> Store<K, V> {
    pub(super) const fn new(max_entries: usize) -> Self {
        Self { entries: List::new(), expiry: List::new(), max_entries }
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// The value there, which is now the last used.
    pub(super) fn touch(&mut self, at: Key) -> Option<Arc<V>> {
        let value = Arc::clone(&self.entries.get(at)?.value);
        self.entries.move_to_back(at);
        Some(value)
    }

    pub(super) fn push(&mut self, key: Arc<K>, value: Arc<V>, expires: Instant) -> Key {
        let at = self.entries.push_back(Entry { key, value, queued: None });
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
        let entry = self.entries.remove(at)?;
        entry.queued.and_then(|queued| self.expiry.remove(queued));
        Some(entry)
    }

    /// Leaves the store empty.
    pub(super) const fn take(&mut self) -> Self {
        let empty = Self::new(self.max_entries);
        mem::replace(self, empty)
    }

    /// The least recently used entry, if the store is full.
    pub(super) fn to_evict(&self) -> Option<Key> {
        self.entries.front().filter(|_| self.entries.len() >= self.max_entries)
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
