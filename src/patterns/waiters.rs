//! A line of waiting futures: first come, first served, and what is served belongs to the waiter from that
//! moment on, whether or not it has run since.
//!
//! Plain data without a lock or a future, shared by the patterns that hand something out. Every operation takes
//! constant time, leaving from the middle included.

use std::{mem, task::Waker};

use super::list::{Key, List};

/// A waiter's place. Only the waiter has it; being served or leaving uses it up.
#[derive(Debug)]
pub(super) struct Ticket(Key);

/// The line: each waiter needs an `N` and is given a `G`.
#[derive(Debug)]
pub(super) struct Waiters<N, G> {
    /// In order of arrival: those who have been served and not taken it yet, then those who wait.
    seats: List<Seat<N, G>>,
    /// The first of those who wait.
    first: Option<Key>,
    waiting: usize,
}

#[derive(Debug)]
enum Seat<N, G> {
    Waits(N, Waker),
    Served(G),
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
        Self { seats: List::new(), first: None, waiting: 0 }
    }

    /// How many have not been served.
    pub(super) const fn len(&self) -> usize {
        self.waiting
    }

    /// What the first in line needs.
    pub(super) fn first(&self) -> Option<&N> {
        match self.seats.get(self.first?)? {
            Seat::Waits(need, _) => Some(need),
            Seat::Served(_) => None,
        }
    }

    /// Joins at the end.
    pub(super) fn join(&mut self, need: N, waker: Waker) -> Ticket {
        let seat = self.seats.push_back(Seat::Waits(need, waker));
        self.first.get_or_insert(seat);
        self.waiting += 1;
        Ticket(seat)
    }

    /// Gives `given` to the first in line, whose waker is returned, to be woken without a lock; or gives it back
    /// if nobody waits.
    pub(super) fn serve(&mut self, given: G) -> Result<Waker, G> {
        let Some(first) = self.first else { return Err(given) };
        let Some(seat) = self.seats.get_mut(first) else { return Err(given) };
        match mem::replace(seat, Seat::Served(given)) {
            Seat::Waits(_, waker) => {
                self.waits_no_more(first);
                Ok(waker)
            }
            Seat::Served(given) => Err(given),
        }
    }

    /// Looks whether the waiter has been served, and if not leaves `waker` to be woken.
    pub(super) fn look(&mut self, ticket: Ticket, waker: &Waker) -> Look<G> {
        if let Some(Seat::Waits(_, mine)) = self.seats.get_mut(ticket.0) {
            let replaced = (!mine.will_wake(waker)).then(|| mem::replace(mine, waker.clone()));
            return Look::Waiting(ticket, replaced);
        }
        match self.seats.remove(ticket.0) {
            Some(Seat::Served(given)) => Look::Served(given),
            Some(Seat::Waits(..)) | None => Look::Waiting(ticket, None),
        }
    }

    /// Leaves, from wherever the waiter stands. What it was given and had not taken is the caller's to pass on;
    /// its waker, if it was still in the line, is to be dropped without a lock.
    pub(super) fn leave(&mut self, Ticket(seat): Ticket) -> (Option<G>, Option<Waker>) {
        if let Some(Seat::Waits(..)) = self.seats.get(seat) {
            self.waits_no_more(seat);
        }
        match self.seats.remove(seat) {
            Some(Seat::Waits(_, waker)) => (None, Some(waker)),
            Some(Seat::Served(given)) => (Some(given), None),
            None => (None, None),
        }
    }

    fn waits_no_more(&mut self, seat: Key) {
        if self.first == Some(seat) {
            self.first = self.seats.next(seat);
        }
        self.waiting -= 1;
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
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]
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
    fn those_who_have_been_served_take_it_in_any_order() {
        let mut line = Waiters::<(), u32>::new();
        let [first, second, third] = [(); 3].map(|()| line.join((), Waker::noop().clone()));
        line.serve(1).unwrap();
        line.serve(2).unwrap();
        assert!(matches!(line.look(second, Waker::noop()), Look::Served(2)));
        let Look::Waiting(third, _) = line.look(third, Waker::noop()) else { panic!("nobody served it") };
        line.serve(3).unwrap();
        assert_eq!(line.serve(4).unwrap_err(), 4, "nobody waits");
        assert!(matches!(line.look(first, Waker::noop()), Look::Served(1)));
        assert!(matches!(line.leave(third), (Some(3), None)));
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
