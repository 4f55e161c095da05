//! The values of a cache: bounded in number and in age, with no lock and no clock.

use std::{borrow::Borrow, collections::HashMap, hash::Hash, sync::Arc};

use super::super::list::{Key, List};
use crate::runtime::Instant;

/// Entries by key, in two orders: of last use, and of expiry.
///
/// All entries live equally long, so the order of expiry is that of insertion and needs no heap.
#[derive(Debug)]
pub(super) struct Store<K, V> {
    index: HashMap<Arc<K>, Key>,
    /// Least recently used first.
    entries: List<Entry<K, V>>,
    /// First to expire first.
    expiry: List<Key>,
    max_entries: usize,
}

/// A key and its value. What leaves the store is handed to the caller, who drops it without the lock: dropping
/// either may run a user's code.
#[derive(Debug)]
pub(super) struct Entry<K, V> {
    key: Arc<K>,
    value: Arc<V>,
    expires: Instant,
    /// Where it stands in the order of expiry.
    queued: Option<Key>,
}

impl<K: Hash + Eq, V> Store<K, V> {
    pub(super) fn new(max_entries: usize) -> Self {
        Self { index: HashMap::new(), entries: List::new(), expiry: List::new(), max_entries }
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// The value, which may have expired if what has was not purged; it is now the last used.
    pub(super) fn get(&mut self, key: &K) -> Option<Arc<V>> {
        let at = *self.index.get(key)?;
        let value = Arc::clone(&self.entries.get(at)?.value);
        self.entries.move_to_back(at);
        Some(value)
    }

    /// Puts a value in; gives the one that was there before, and the one that had to go to make room.
    pub(super) fn insert(
        &mut self,
        key: Arc<K>,
        value: Arc<V>,
        expires: Instant,
    ) -> [Option<Entry<K, V>>; 2] {
        let before = self.remove((*key).borrow());
        let at = self.entries.push_back(Entry { key: Arc::clone(&key), value, expires, queued: None });
        let queued = self.expiry.push_back(at);
        if let Some(entry) = self.entries.get_mut(at) {
            entry.queued = Some(queued);
        }
        self.index.insert(key, at);
        let oldest = self.entries.front().filter(|_| self.entries.len() > self.max_entries);
        [before, oldest.and_then(|oldest| self.remove_at(oldest))]
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<Entry<K, V>> {
        let at = *self.index.get(key)?;
        self.remove_at(at)
    }

    /// Moves every entry that has expired to `removed`: O(1) for each entry that was ever inserted.
    pub(super) fn purge(&mut self, now: Instant, removed: &mut Vec<Entry<K, V>>) {
        while self.next_expiry().is_some_and(|expires| expires <= now) {
            let first = self.expiry.front().and_then(|first| self.expiry.get(first).copied());
            let Some(entry) = first.and_then(|at| self.remove_at(at)) else { return };
            removed.push(entry);
        }
    }

    pub(super) fn next_expiry(&self) -> Option<Instant> {
        let at = *self.expiry.get(self.expiry.front()?)?;
        Some(self.entries.get(at)?.expires)
    }

    fn remove_at(&mut self, at: Key) -> Option<Entry<K, V>> {
        let entry = self.entries.remove(at)?;
        self.index.remove::<K>((*entry.key).borrow());
        entry.queued.and_then(|queued| self.expiry.remove(queued));
        Some(entry)
    }
}
