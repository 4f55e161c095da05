//! The pending sleeps, by deadline.
//!
//! Sleeps until the same moment are kept together, because they are frequent on simulated time: a million requests of
//! a hundred different durations are a hundred entries in a heap, not a million entries that fit in no cache.

use std::{cmp::Reverse, collections::BinaryHeap, mem, num::NonZero, task::Waker};

use crate::runtime::Instant;

/// Counts from 1, so that an `Option` of a ticket takes no more memory.
type Number = NonZero<u64>;

/// Refers to a sleeper: its number, in order of registration, and the place of its moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    number: Number,
    place: u32,
}

#[derive(Default)]
pub(super) struct Queue {
    /// Places are reused; [`Moment::opened`] tells whether a moment is still there.
    moments: Vec<Moment>,
    vacant: Vec<u32>,
    /// The earliest first, then the one opened first. Entries of moments that are gone are removed when they come first.
    order: BinaryHeap<Reverse<(Instant, Number, u32)>>,
    /// The places of recently opened moments, by the hash of the deadline. If a deadline is not found, a second moment
    /// is opened for it, which comes after the first.
    recent: Vec<u32>,
    registered: u64,
    pending: usize,
}

struct Moment {
    deadline: Instant,
    /// The number of its first sleeper.
    opened: Number,
    /// In order of registration. A cancelled one has no waker and is removed later.
    sleepers: Vec<(Number, Option<Waker>)>,
    /// How many are not cancelled; if none are, the place is vacant.
    pending: usize,
}

const RECENT_BITS: u32 = 9;

/// Fibonacci hashing.
const fn hash(deadline: Instant) -> usize {
    (deadline.as_nanos().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - RECENT_BITS)) as usize
}

impl Queue {
    pub(super) fn register(&mut self, deadline: Instant, waker: Waker) -> Ticket {
        let number = Number::MIN.saturating_add(self.registered);
        self.registered += 1;
        self.pending += 1;
        let known = self.recent.get(hash(deadline)).copied().filter(|place| {
            let moment = self.moments.get(*place as usize);
            moment.is_some_and(|moment| moment.deadline == deadline && moment.pending > 0)
        });
        let place = known.unwrap_or_else(|| self.open(deadline, number));
        if let Some(moment) = self.moments.get_mut(place as usize) {
            moment.pending += 1;
            moment.sleepers.push((number, Some(waker)));
        }
        Ticket { number, place }
    }

    fn open(&mut self, deadline: Instant, opened: Number) -> u32 {
        let moment = Moment { deadline, opened, sleepers: Vec::with_capacity(1), pending: 0 };
        let place = self.vacant.pop().unwrap_or(u32::try_from(self.moments.len()).unwrap_or(u32::MAX));
        match self.moments.get_mut(place as usize) {
            Some(vacant) => *vacant = moment,
            None => self.moments.push(moment),
        }
        self.order.push(Reverse((deadline, opened, place)));
        self.recent.resize(1 << RECENT_BITS, 0);
        if let Some(recent) = self.recent.get_mut(hash(deadline)) {
            *recent = place;
        }
        place
    }

    fn sleeper(&mut self, ticket: Ticket) -> Option<&mut Option<Waker>> {
        let sleepers = &mut self.moments.get_mut(ticket.place as usize)?.sleepers;
        let at = sleepers.binary_search_by_key(&ticket.number, |(number, _)| *number).ok()?;
        sleepers.get_mut(at).map(|(_, waker)| waker)
    }

    pub(super) fn waker(&mut self, ticket: Ticket) -> Option<&mut Waker> {
        self.sleeper(ticket)?.as_mut()
    }

    pub(super) fn cancel(&mut self, ticket: Ticket) -> Option<Waker> {
        let waker = self.sleeper(ticket)?.take()?;
        self.pending -= 1;
        let moment = self.moments.get_mut(ticket.place as usize)?;
        moment.pending -= 1;
        // Cancelled sleepers are removed before they outnumber the others: memory stays proportional to the pending
        // sleeps, at a constant cost for each cancellation.
        if moment.pending == 0 {
            moment.sleepers = Vec::new();
            self.vacant.push(ticket.place);
            if self.order.len() > 2 * (self.moments.len() - self.vacant.len()) + 64 {
                let moments = &self.moments;
                self.order.retain(|Reverse((_, opened, place))| is_open(moments, *opened, *place));
            }
        } else if moment.sleepers.len() > 2 * moment.pending + 8 {
            moment.sleepers.retain(|(_, waker)| waker.is_some());
        }
        Some(waker)
    }

    pub(super) fn next(&mut self) -> Option<Instant> {
        while let Some(&Reverse((deadline, opened, place))) = self.order.peek() {
            if is_open(&self.moments, opened, place) {
                return Some(deadline);
            }
            self.order.pop();
        }
        None
    }

    /// Removes all whose deadline has come, the earliest first.
    pub(super) fn due(&mut self, now: Instant) -> Vec<(Number, Option<Waker>)> {
        let mut due = Vec::new();
        while self.next().is_some_and(|deadline| deadline <= now)
            && let Some(Reverse((_, _, place))) = self.order.pop()
            && let Some(moment) = self.moments.get_mut(place as usize)
        {
            self.pending -= mem::take(&mut moment.pending);
            self.vacant.push(place);
            let mut sleepers = mem::take(&mut moment.sleepers);
            if due.is_empty() {
                due = sleepers;
            } else {
                due.append(&mut sleepers);
            }
        }
        due
    }

    pub(super) const fn pending(&self) -> usize {
        self.pending
    }
}

fn is_open(moments: &[Moment], opened: Number, place: u32) -> bool {
    moments.get(place as usize).is_some_and(|moment| moment.opened == opened && moment.pending > 0)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test may panic")]
mod tests {
    use std::iter;

    use super::*;

    #[test]
    fn cancelled_sleeps_do_not_pile_up() {
        let mut queue = Queue::default();
        let sleep =
            |queue: &mut Queue, millis| queue.register(Instant::from_millis(millis), Waker::noop().clone());
        sleep(&mut queue, 1);
        // Each until a different moment, then all until the moment of the one that stays.
        for millis in (2..1000).chain(iter::repeat_n(1, 1000)) {
            let ticket = sleep(&mut queue, millis);
            assert!(queue.cancel(ticket).is_some());
        }
        assert_eq!((queue.pending(), queue.moments.len()), (1, 2));
        assert!(queue.order.len() < 100, "{} moments are kept in order", queue.order.len());
        assert!(queue.moments[0].sleepers.len() < 20, "{} sleepers", queue.moments[0].sleepers.len());
    }
}
