//! What a task waits on.

use std::iter;

use super::Name;

/// The labels of one task, the newest outermost. Most tasks have one or none, and a vector in each task would be room
/// for more.
#[derive(Default)]
pub(super) struct Labels(Option<Box<Label>>);

struct Label {
    number: u32,
    on: Name,
    older: Labels,
}

impl Labels {
    /// Gives the number by which to take it off.
    pub(super) fn put(&mut self, on: Name) -> u32 {
        let older = Self(self.0.take());
        let number = older.0.as_ref().map_or(0, |older| older.number + 1);
        self.0 = Some(Box::new(Label { number, on, older }));
        number
    }

    /// Whether there was such a label.
    pub(super) fn take_off(&mut self, number: u32) -> bool {
        let mut place = &mut self.0;
        while let Some(label) = place.take_if(|label| label.number != number) {
            place = &mut place.insert(label).older.0;
        }
        let Some(label) = place.take() else { return false };
        *place = label.older.0;
        true
    }

    /// The oldest first.
    pub(super) fn names(&self) -> Vec<Name> {
        let labels = iter::successors(self.0.as_deref(), |label| label.older.0.as_deref());
        let mut names: Vec<Name> = labels.map(|label| label.on.clone()).collect();
        names.reverse();
        names
    }
}
