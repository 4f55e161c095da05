//! A doubly linked list whose elements can be removed from anywhere by key.
//!
//! It is a vector of linked indices: every operation is O(1), and a list that has reached its largest size allocates
//! nothing more. A key is valid until its element is removed, and is then reused, so its owner must forget it at removal.

use std::num::NonZeroUsize;

/// Identifies an element. It is the index plus one, so that an optional key is no larger than a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(NonZeroUsize);

#[derive(Debug)]
struct Node<T> {
    /// `None` while the node is in the free list.
    item: Option<T>,
    prev: Option<Key>,
    /// The next element, or the next free node.
    next: Option<Key>,
}

/// The list.
#[derive(Debug)]
pub(super) struct List<T> {
    nodes: Vec<Node<T>>,
    free: Option<Key>,
    head: Option<Key>,
    tail: Option<Key>,
    len: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> List<T> {
    pub(super) const fn new() -> Self {
        Self { nodes: Vec::new(), free: None, head: None, tail: None, len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn front(&self) -> Option<Key> {
        self.head
    }

    /// The element after that one.
    pub(super) fn next(&self, key: Key) -> Option<Key> {
        self.node(key).filter(|node| node.item.is_some())?.next
    }

    pub(super) fn get(&self, key: Key) -> Option<&T> {
        self.node(key)?.item.as_ref()
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.node_mut(key)?.item.as_mut()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.nodes.iter_mut().filter_map(|node| node.item.as_mut())
    }

    pub(super) fn push_back(&mut self, item: T) -> Key {
        let key = self.store(item);
        self.link_back(key);
        key
    }

    /// Inserts `item` after the last element for which `goes_before` is true, searched from the back.
    pub(super) fn insert_behind(&mut self, item: T, goes_before: impl Fn(&T) -> bool) -> Key {
        let key = self.store(item);
        let mut last = self.tail;
        while let Some(node) = last.and_then(|last| self.node(last))
            && !node.item.as_ref().is_some_and(&goes_before)
        {
            last = node.prev;
        }
        self.link_behind(last, key);
        key
    }

    /// Stores `item` in a node that is not linked yet.
    fn store(&mut self, item: T) -> Key {
        let reused = self.free.and_then(|key| Some((key, self.node_mut(key)?)));
        let key = match reused {
            Some((key, node)) => {
                let next = node.next.take();
                node.item = Some(item);
                self.free = next;
                key
            }
            None => {
                let index = self.nodes.len();
                self.nodes.push(Node { item: Some(item), prev: None, next: None });
                Key(NonZeroUsize::MIN.saturating_add(index))
            }
        };
        self.len += 1;
        key
    }

    pub(super) fn remove(&mut self, key: Key) -> Option<T> {
        let item = self.node_mut(key)?.item.take()?;
        self.unlink(key);
        let free = self.free.replace(key);
        if let Some(node) = self.node_mut(key) {
            node.next = free;
        }
        self.len -= 1;
        Some(item)
    }

    fn node(&self, Key(key): Key) -> Option<&Node<T>> {
        self.nodes.get(key.get() - 1)
    }

    fn node_mut(&mut self, Key(key): Key) -> Option<&mut Node<T>> {
        self.nodes.get_mut(key.get() - 1)
    }

    fn link_back(&mut self, key: Key) {
        self.link_behind(self.tail, key);
    }

    /// Links it after `prev`, or at the front if that is `None`.
    fn link_behind(&mut self, prev: Option<Key>, key: Key) {
        let next = match prev.and_then(|prev| self.node_mut(prev)) {
            Some(prev) => prev.next.replace(key),
            None => self.head.replace(key),
        };
        if let Some(node) = self.node_mut(key) {
            (node.prev, node.next) = (prev, next);
        }
        match next.and_then(|next| self.node_mut(next)) {
            Some(next) => next.prev = Some(key),
            None => self.tail = Some(key),
        }
    }

    fn unlink(&mut self, key: Key) {
        let Some((prev, next)) = self.node_mut(key).map(|node| (node.prev.take(), node.next.take())) else {
            return;
        };
        match prev.and_then(|prev| self.node_mut(prev)) {
            Some(node) => node.next = next,
            None => self.head = next,
        }
        match next.and_then(|next| self.node_mut(next)) {
            Some(node) => node.prev = prev,
            None => self.tail = prev,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::{Key, List};

    proptest! {
        #[test]
        fn it_behaves_like_a_deque_with_removal(steps in proptest::collection::vec((0..4u8, 0..8usize), 0..200)) {
            let mut list = List::new();
            let mut model: VecDeque<(Key, usize)> = VecDeque::new();
            for (serial, (step, pick)) in steps.into_iter().enumerate() {
                let picked = (!model.is_empty()).then(|| pick % model.len().max(1));
                match (step, picked.and_then(|at| Some((at, *model.get(at)?)))) {
                    (0 | 1, _) => model.push_back((list.push_back(serial), serial)),
                    (2, Some((at, (key, item)))) => {
                        prop_assert_eq!(list.remove(key), Some(item));
                        prop_assert_eq!(list.remove(key), None);
                        model.remove(at);
                    }
                    (3, _) => {
                        let picked = picked.and_then(|at| Some(model.get(at)?.1));
                        let key = list.insert_behind(serial, |item| Some(*item) == picked);
                        let at = model.iter().position(|(_, item)| Some(*item) == picked);
                        model.insert(at.map_or(0, |at| at + 1), (key, serial));
                    }
                    _ => {}
                }
                prop_assert_eq!(list.len(), model.len());
                prop_assert_eq!(list.front(), model.front().map(|(key, _)| *key));
            }
            while let Some((key, item)) = model.pop_front() {
                prop_assert_eq!(list.front(), Some(key));
                prop_assert_eq!(list.next(key), model.front().map(|(key, _)| *key));
                prop_assert_eq!(list.remove(key), Some(item));
            }
            prop_assert!(list.front().is_none());
        }
    }

    #[test]
    fn nodes_are_reused() {
        let mut list = List::new();
        let stays = list.push_back(0);
        for item in 1..1000 {
            let key = list.push_back(item);
            assert_eq!(list.next(stays), Some(key));
            assert_eq!(list.remove(key), Some(item));
            assert_eq!(list.next(key), None, "the key is no longer valid");
        }
        assert_eq!((list.len(), list.nodes.len()), (1, 2));
    }
}
