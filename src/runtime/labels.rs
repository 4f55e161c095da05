//! The labels of pending waits, of all tasks of a run.
//!
//! The labels of one task are a linked list within one table, so that each is put and removed in constant time,
//! however many a task has, and a task without labels pays for no list of its own.

use std::{iter, num::NonZero};

use super::{TaskId, Wait};

/// Counts labels from 1. A place is reused, so the number tells whether a label is still there.
type Number = NonZero<u64>;

/// Refers to a label that was put.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    number: Number,
    place: u32,
}

impl Ticket {
    /// Whether the label was put when `count` labels had been put, or later.
    pub(super) const fn is_since(self, count: u64) -> bool {
        self.number.get() > count
    }
}

/// The place of a task's newest label.
#[derive(Clone, Copy, Default)]
pub(super) struct Newest(Option<u32>);

struct Label {
    number: Number,
    task: TaskId,
    wait: Wait,
    newer: Option<u32>,
    older: Option<u32>,
}

#[derive(Default)]
pub(super) struct Labels {
    places: Vec<Option<Label>>,
    vacant: Vec<u32>,
    count: u64,
}

impl Labels {
    /// How many labels have been put so far.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Adds a label to those of `task`.
    pub(super) fn put(&mut self, newest: &mut Newest, task: TaskId, wait: Wait) -> Ticket {
        let number = Number::MIN.saturating_add(self.count);
        self.count += 1;
        let label = Some(Label { number, task, wait, newer: None, older: newest.0 });
        let place = self.vacant.pop().unwrap_or(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        match self.places.get_mut(place as usize) {
            Some(vacant) => *vacant = label,
            None => self.places.push(label),
        }
        if let Some(older) = self.at(newest.0) {
            older.newer = Some(place);
        }
        newest.0 = Some(place);
        Ticket { number, place }
    }

    /// The task of a label, unless the label has been removed.
    pub(super) fn task(&self, ticket: Ticket) -> Option<TaskId> {
        let label = self.places.get(ticket.place as usize)?.as_ref()?;
        (label.number == ticket.number).then_some(label.task)
    }

    /// Removes a label that is still there from those of its task.
    pub(super) fn remove(&mut self, newest: &mut Newest, ticket: Ticket) -> Option<Wait> {
        let Label { wait, newer, older, .. } = self.places.get_mut(ticket.place as usize)?.take()?;
        self.vacant.push(ticket.place);
        match self.at(newer) {
            Some(newer) => newer.older = older,
            None => newest.0 = older,
        }
        if let Some(older) = self.at(older) {
            older.newer = newer;
        }
        Some(wait)
    }

    /// The waits of one task, the oldest first.
    pub(super) fn of(&self, newest: Newest) -> Vec<Wait> {
        let at = |place: Option<u32>| self.places.get(place? as usize)?.as_ref();
        let labels = iter::successors(at(newest.0), |label| at(label.older));
        let mut waits: Vec<_> = labels.map(|label| label.wait.clone()).collect();
        waits.reverse();
        waits
    }

    /// Removes all labels of one task and returns its waits, the oldest first.
    pub(super) fn remove_all(&mut self, mut newest: Newest) -> Vec<Wait> {
        let mut waits = Vec::new();
        while let Some(place) = newest.0
            && let Some(label) = self.places.get_mut(place as usize).and_then(Option::take)
        {
            self.vacant.push(place);
            waits.push(label.wait);
            newest.0 = label.older;
        }
        waits.reverse();
        waits
    }

    fn at(&mut self, place: Option<u32>) -> Option<&mut Label> {
        self.places.get_mut(place? as usize)?.as_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_reused_and_an_old_ticket_finds_no_new_label() {
        let (mut labels, mut newest) = (Labels::default(), Newest::default());
        let wait = |on: &'static str| Wait { on: on.into(), target: None };
        let kept = labels.put(&mut newest, TaskId(0), wait("kept"));
        for _ in 0..1000 {
            let old = labels.put(&mut newest, TaskId(0), wait("short"));
            assert_eq!(labels.remove(&mut newest, old), Some(wait("short")));
            assert_eq!(labels.task(old), None);
        }
        assert_eq!((labels.places.len(), labels.of(newest)), (2, vec![wait("kept")]));
        assert_eq!(labels.task(kept), Some(TaskId(0)));
    }

    #[test]
    fn labels_are_removed_in_any_order() {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let (mut labels, mut newest) = (Labels::default(), Newest::default());
            let wait = |number: usize| Wait { on: number.to_string().into(), target: None };
            let tickets = [0, 1, 2].map(|number| labels.put(&mut newest, TaskId(0), wait(number)));
            let mut left = vec![wait(0), wait(1), wait(2)];
            for number in order {
                assert_eq!(labels.of(newest), left);
                let removed = tickets.get(number).and_then(|ticket| labels.remove(&mut newest, *ticket));
                assert_eq!(removed, Some(wait(number)));
                left.retain(|other| *other != wait(number));
            }
            assert_eq!(labels.of(newest), []);
        }
    }
}
