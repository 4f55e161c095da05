//! A line of waiting futures: first come, first served, and what is served belongs to the waiter from that
//! moment on, whether or not it has run since.
//!
//! Plain data without a lock or a future, shared by the patterns that hand something out. Every operation takes
//! constant time, leaving from the middle included: the line is a doubly linked list inside a `Vec` whose seats
//! are used again, so a line that has once been long allocates no more.

use std::{mem, task::Waker};

/// A waiter's place. Only the waiter has it; being served or leaving uses it up.
#[derive(Debug)]
pub(super) struct Ticket(usize);

/// The line: each waiter needs an `N` and is given a `G`.
#[derive(Debug)]
pub(super) struct Waiters<N, G> {
    seats: Vec<Seat<N, G>>,
    free: Vec<usize>,
    first: Option<usize>,
    last: Option<usize>,
    waiting: usize,
}

#[derive(Debug)]
struct Seat<N, G> {
    /// While in the line.
    waits: Option<(N, Waker)>,
    /// Between being served and taking it.
    given: Option<G>,
    before: Option<usize>,
    behind: Option<usize>,
}

/// What a waiter finds when it looks.
#[derive(Debug)]
pub(super) enum Look<G> {
    /// It has been served.
    Served(G),
    /// Its turn has not come. The waker that was replaced is handed out because dropping it may run the
    /// destructor of a task, which must not happen under the caller's lock.
    Waiting(Ticket, Option<Waker>),
}

impl<N, G> Waiters<N, G> {
    pub(super) const fn new() -> Self {
        Self { seats: Vec::new(), free: Vec::new(), first: None, last: None, waiting: 0 }
    }

    /// How many have not been served.
    pub(super) const fn len(&self) -> usize {
        self.waiting
    }

    /// What the first in line needs.
    pub(super) fn first(&self) -> Option<&N> {
        self.seats.get(self.first?)?.waits.as_ref().map(|(need, _)| need)
    }

    /// Joins at the end.
    pub(super) fn join(&mut self, need: N, waker: Waker) -> Ticket {
        let seat = Seat { waits: Some((need, waker)), given: None, before: self.last, behind: None };
        let index = self.sit(seat);
        match self.last.and_then(|last| self.seats.get_mut(last)) {
            Some(last) => last.behind = Some(index),
            None => self.first = Some(index),
        }
        self.last = Some(index);
        self.waiting += 1;
        Ticket(index)
    }

    /// Gives `given` to the first in line, whose waker is returned, to be woken without a lock; or gives it back
    /// if nobody waits.
    pub(super) fn serve(&mut self, given: G) -> Result<Waker, G> {
        let Some(first) = self.first else { return Err(given) };
        let waker = self.unlink(first);
        match (waker, self.seats.get_mut(first)) {
            (Some(waker), Some(seat)) => {
                seat.given = Some(given);
                Ok(waker)
            }
            _ => Err(given),
        }
    }

    /// Looks whether the waiter has been served, and if not leaves `waker` to be woken.
    pub(super) fn look(&mut self, ticket: Ticket, waker: &Waker) -> Look<G> {
        let Some(seat) = self.seats.get_mut(ticket.0) else { return Look::Waiting(ticket, None) };
        if let Some(given) = seat.given.take() {
            self.free.push(ticket.0);
            return Look::Served(given);
        }
        let replaced = match &mut seat.waits {
            Some((_, mine)) if !mine.will_wake(waker) => Some(mem::replace(mine, waker.clone())),
            _ => None,
        };
        Look::Waiting(ticket, replaced)
    }

    /// Leaves, from wherever the waiter stands. What it was given and had not taken is the caller's to pass on;
    /// its waker, if it was still in the line, is to be dropped without a lock.
    pub(super) fn leave(&mut self, Ticket(index): Ticket) -> (Option<G>, Option<Waker>) {
        let waker = self.unlink(index);
        let given = self.seats.get_mut(index).and_then(|seat| seat.given.take());
        self.free.push(index);
        (given, waker)
    }

    fn sit(&mut self, seat: Seat<N, G>) -> usize {
        let index = self.free.pop().unwrap_or(self.seats.len());
        match self.seats.get_mut(index) {
            Some(free) => *free = seat,
            None => self.seats.push(seat),
        }
        index
    }

    /// Takes a seat out of the line. `None` if it is not in it.
    fn unlink(&mut self, index: usize) -> Option<Waker> {
        let seat = self.seats.get_mut(index)?;
        let (_, waker) = seat.waits.take()?;
        let (before, behind) = (seat.before.take(), seat.behind.take());
        match before.and_then(|before| self.seats.get_mut(before)) {
            Some(seat) => seat.behind = behind,
            None => self.first = behind,
        }
        match behind.and_then(|behind| self.seats.get_mut(behind)) {
            Some(seat) => seat.before = before,
            None => self.last = before,
        }
        self.waiting -= 1;
        Some(waker)
    }
}

/// Wakers that were collected under a lock, to be woken after it. One costs no allocation.
#[derive(Debug, Default)]
#[must_use = "a waiter that was served and not woken hangs"]
pub(super) struct Wakers {
    first: Option<Waker>,
    others: Vec<Waker>,
}

impl Wakers {
    pub(super) fn push(&mut self, waker: Waker) {
        if self.first.is_none() {
            self.first = Some(waker);
        } else {
            self.others.push(waker);
        }
    }

    /// Wakes all, in the order in which they were pushed.
    pub(super) fn wake(self) {
        self.first.into_iter().chain(self.others).for_each(Waker::wake);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn leaving_from_anywhere_keeps_the_order_of_the_others() {
        for gone in 0..4 {
            let mut line = Waiters::<usize, ()>::new();
            let mut tickets: Vec<_> = (0..4).map(|n| Some(line.join(n, Waker::noop().clone()))).collect();
            line.leave(tickets[gone].take().unwrap());
            let mut served = Vec::new();
            while let Some(&next) = line.first() {
                line.serve(()).unwrap();
                served.push(next);
            }
            let expected: Vec<_> = (0..4).filter(|n| *n != gone).collect();
            assert_eq!(served, expected);
        }
    }

    #[test]
    fn seats_are_used_again() {
        let mut line = Waiters::<(), u32>::new();
        let stays = line.join((), Waker::noop().clone());
        for _ in 0..1000 {
            let ticket = line.join((), Waker::noop().clone());
            assert!(matches!(line.leave(ticket), (None, Some(_))));
        }
        assert_eq!((line.len(), line.seats.len()), (1, 2));
        line.serve(7).unwrap();
        assert!(matches!(line.look(stays, Waker::noop()), Look::Served(7)));
        assert_eq!(line.serve(8).unwrap_err(), 8, "nobody waits");
    }

    #[test]
    fn what_was_served_and_not_taken_comes_back() {
        let mut line = Waiters::<(), u32>::new();
        let ticket = line.join((), Waker::noop().clone());
        line.serve(7).unwrap();
        assert_eq!(line.len(), 0);
        assert!(matches!(line.leave(ticket), (Some(7), None)));
    }
}
