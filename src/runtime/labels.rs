//! The labels of the pending waits of one task.

use super::Wait;

/// Labels by number. Most tasks have one at a time, which needs no allocation; the others cost O(log n) each, whatever
/// the order in which they are removed.
#[derive(Default)]
pub(super) struct Labels {
    /// The oldest, or none while there are others.
    one: Option<(u64, Wait)>,
    /// Boxed, since most tasks have no second label, and should not be larger for it.
    others: Option<Box<Others>>,
}

/// Labels in ascending order. Those that are removed leave a gap, and at most half of the places are gaps.
#[derive(Default)]
struct Others {
    places: Vec<(u64, Option<Wait>)>,
    gaps: usize,
}

impl Labels {
    /// Adds a label, whose number is larger than those before.
    pub(super) fn put(&mut self, number: u64, wait: Wait) {
        if self.one.is_none() && self.others.as_ref().is_none_or(|others| others.places.is_empty()) {
            self.one = Some((number, wait));
        } else {
            self.others.get_or_insert_default().places.push((number, Some(wait)));
        }
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Wait> {
        match self.one.take_if(|(one, _)| *one == number) {
            Some((_, wait)) => Some(wait),
            None => self.others.as_mut()?.remove(number),
        }
    }

    /// The waits, the oldest first.
    pub(super) fn waits(&self) -> Vec<Wait> {
        let mut waits = Vec::new();
        waits.extend(self.one.iter().map(|(_, wait)| wait.clone()));
        if let Some(others) = &self.others {
            waits.extend(others.places.iter().filter_map(|(_, wait)| wait.clone()));
        }
        waits
    }
}

impl Others {
    fn remove(&mut self, number: u64) -> Option<Wait> {
        let place = self.places.partition_point(|(other, _)| *other < number);
        let (_, wait) = self.places.get_mut(place).filter(|(found, _)| *found == number)?;
        let removed = wait.take()?;
        self.gaps += 1;
        if self.gaps * 2 > self.places.len() {
            self.places.retain(|(_, wait)| wait.is_some());
            self.gaps = 0;
        }
        Some(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_removed_in_any_order() {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let wait = |number: u64| Wait { on: number.to_string().into(), target: None };
            let (mut labels, mut left) = (Labels::default(), Vec::new());
            // The second round begins with the place of the first label free and others left, or the other way round.
            for kept in [10, 20] {
                for number in [0, 1, 2, 3] {
                    labels.put(kept + number, wait(kept + number));
                    left.push(kept + number);
                }
                for number in order {
                    assert_eq!(labels.remove(kept + number), Some(wait(kept + number)));
                    assert_eq!(labels.remove(kept + number), None);
                    left.retain(|other| *other != kept + number);
                    assert_eq!(labels.waits(), left.iter().copied().map(wait).collect::<Vec<_>>());
                }
            }
        }
    }
}
