//! The pool's bookkeeping: no lock, no future, no waking.

use std::task::Waker;

use super::{super::waiters::Waiters, PoolStatus};

/// A connection under its name.
#[derive(Debug)]
pub(super) struct Held<T> {
    pub(super) id: u64,
    pub(super) connection: T,
}

/// What one who asks is given.
#[derive(Debug)]
pub(super) enum Offer<T> {
    /// A connection that was used before.
    Idle(Held<T>),
    /// Room to open one.
    Room,
}

/// Invariants, between two calls: `idle + in_use <= max`; if somebody waits, nothing is idle and `in_use == max`.
#[derive(Debug)]
pub(super) struct Ledger<T> {
    max: usize,
    /// The one used last is at the end.
    idle: Vec<Held<T>>,
    /// Lent, being opened or checked, or offered to one who has not taken it yet.
    in_use: usize,
    opened: u64,
    pub(super) line: Waiters<(), Offer<T>>,
}

impl<T> Ledger<T> {
    pub(super) const fn new(max: usize) -> Self {
        Self { max, idle: Vec::new(), in_use: 0, opened: 0, line: Waiters::new() }
    }

    /// What there is for one who asks now; `None` means to wait.
    pub(super) fn take(&mut self) -> Option<Offer<T>> {
        let offer = match self.idle.pop() {
            Some(held) => Offer::Idle(held),
            None if self.in_use < self.max => Offer::Room,
            None => return None,
        };
        self.in_use += 1;
        Some(offer)
    }

    /// Takes back what was in use: it goes to the first in line, whose waker is returned.
    pub(super) fn give(&mut self, offer: Offer<T>) -> Option<Waker> {
        match self.line.serve(offer) {
            Ok(waker) => return Some(waker),
            Err(Offer::Idle(held)) => self.idle.push(held),
            Err(Offer::Room) => {}
        }
        self.in_use -= 1;
        None
    }

    /// The name of a connection that was opened just now.
    pub(super) const fn name(&mut self) -> u64 {
        self.opened += 1;
        self.opened
    }

    pub(super) const fn status(&self) -> PoolStatus {
        PoolStatus { idle: self.idle.len(), in_use: self.in_use, waiting: self.line.len(), max: self.max }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
mod tests {
    use super::*;

    fn open(ledger: &mut Ledger<()>) -> Held<()> {
        assert!(matches!(ledger.take(), Some(Offer::Room)));
        Held { id: ledger.name(), connection: () }
    }

    #[test]
    fn what_comes_back_stays_in_use_when_somebody_waits() {
        let mut ledger = Ledger::new(1);
        let held = open(&mut ledger);
        assert!(ledger.take().is_none());
        let ticket = ledger.line.join((), Waker::noop().clone());
        assert!(ledger.give(Offer::Idle(held)).is_some());
        assert_eq!((ledger.status().idle, ledger.status().in_use), (0, 1));
        assert!(ledger.take().is_none(), "it belongs to the waiter already");
        let (offer, _) = ledger.line.leave(ticket);
        assert!(ledger.give(offer.unwrap()).is_none());
        assert_eq!((ledger.status().idle, ledger.status().in_use), (1, 0));
    }

    #[test]
    fn the_connection_used_last_is_lent_first() {
        let mut ledger = Ledger::new(2);
        let (first, second) = (open(&mut ledger), open(&mut ledger));
        ledger.give(Offer::Idle(second));
        ledger.give(Offer::Idle(first));
        let Some(Offer::Idle(held)) = ledger.take() else { panic!("two are idle") };
        assert_eq!(held.id, 1);
    }
}
