//! The state machine of a pool: no lock, no future, no waking.

use std::mem;

use super::{
    super::wait_queue::{Granter, WaitQueue, Wakers},
    Status,
};

/// An open connection and its id.
#[derive(Debug)]
pub(super) struct Open<T> {
    pub(super) id: u64,
    pub(super) connection: T,
}

/// The right to one of the connections, counted as in use.
#[derive(Debug)]
pub(super) enum Slot<T> {
    /// With a connection that was idle.
    Idle(Open<T>),
    /// With the capacity to open one.
    Empty,
}

/// The pool is closed.
#[derive(Debug, PartialEq)]
pub(super) struct Closed;

/// Invariants, between two calls: `idle + in_use <= max_size`; while somebody waits, nothing is idle and
/// `in_use == max_size`; once closed, nothing is idle and nobody waits.
#[derive(Debug)]
pub(super) struct State<T> {
    max_size: usize,
    closed: bool,
    /// The one used last is at the end.
    idle: Vec<Open<T>>,
    /// Checked out, being opened or checked, or granted to a waiter that has not collected it.
    in_use: usize,
    opened: u64,
    queue: WaitQueue<(), Result<Slot<T>, Closed>>,
}

impl<T> State<T> {
    pub(super) const fn new(max_size: usize) -> Self {
        Self { max_size, closed: false, idle: Vec::new(), in_use: 0, opened: 0, queue: WaitQueue::new() }
    }

    /// Takes back a connection; returns it if the pool is closed. The caller then drops it and frees its slot.
    pub(super) fn check_in(&mut self, open: Open<T>) -> Result<Wakers, Open<T>> {
        if self.closed { Err(open) } else { Ok(self.free(Slot::Idle(open))) }
    }

    /// Frees a slot, which goes to the first waiter.
    pub(super) fn free(&mut self, slot: Slot<T>) -> Wakers {
        match self.queue.grant(Ok(slot)) {
            Ok(waker) => return Some(waker).into(),
            Err(Ok(Slot::Idle(open))) => self.idle.push(open),
            Err(_) => {}
        }
        self.in_use -= 1;
        Wakers::default()
    }

    /// The id of a connection that has just been opened.
    pub(super) const fn next_id(&mut self) -> Result<u64, Closed> {
        if self.closed {
            return Err(Closed);
        }
        self.opened += 1;
        Ok(self.opened)
    }

    /// Refuses all who wait and all who come, also those who have not collected their slot. Returns the connections to
    /// be dropped.
    pub(super) fn close(&mut self) -> (Vec<Open<T>>, Wakers) {
        self.closed = true;
        let mut dropped = mem::take(&mut self.idle);
        for grant in self.queue.uncollected_mut() {
            if let Ok(slot) = mem::replace(grant, Err(Closed)) {
                self.in_use -= 1;
                dropped.extend(match slot {
                    Slot::Idle(open) => Some(open),
                    Slot::Empty => None,
                });
            }
        }
        (dropped, self.queue.grant_all(|| Err(Closed)))
    }

    pub(super) const fn status(&self) -> Status {
        Status {
            idle: self.idle.len(),
            in_use: self.in_use,
            waiting: self.queue.len(),
            max_size: self.max_size,
            closed: self.closed,
        }
    }
}

impl<T> Granter for State<T> {
    type Need = ();
    type Grant = Result<Slot<T>, Closed>;

    fn queue(&mut self) -> &mut WaitQueue<(), Self::Grant> {
        &mut self.queue
    }

    fn try_grant(&mut self, (): ()) -> Option<Self::Grant> {
        let slot = match self.idle.pop() {
            _ if self.closed => return Some(Err(Closed)),
            Some(open) => Slot::Idle(open),
            None if self.in_use < self.max_size => Slot::Empty,
            None => return None,
        };
        self.in_use += 1;
        Some(Ok(slot))
    }

    fn give_up(&mut self, (): (), uncollected: Option<Self::Grant>) -> Wakers {
        match uncollected {
            Some(Ok(slot)) => self.free(slot),
            Some(Err(Closed)) | None => Wakers::default(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
mod tests {
    use std::task::Waker;

    use super::*;

    fn open(state: &mut State<()>) -> Open<()> {
        assert!(matches!(state.try_grant(()), Some(Ok(Slot::Empty))));
        Open { id: state.next_id().unwrap(), connection: () }
    }

    #[test]
    fn a_returned_connection_stays_in_use_while_somebody_waits() {
        let mut state = State::new(1);
        let connection = open(&mut state);
        assert!(state.try_grant(()).is_none());
        let key = state.queue.push((), Waker::noop().clone());
        state.check_in(connection).unwrap().wake();
        assert_eq!((state.status().idle, state.status().in_use), (0, 1));
        assert!(state.try_grant(()).is_none(), "it belongs to the waiter already");
        let (grant, _) = state.queue.remove(key);
        state.give_up((), grant).wake();
        assert_eq!((state.status().idle, state.status().in_use), (1, 0));
    }

    #[test]
    fn the_connection_used_last_is_checked_out_first() {
        let mut state = State::new(2);
        let (first, second) = (open(&mut state), open(&mut state));
        state.check_in(second).unwrap().wake();
        state.check_in(first).unwrap().wake();
        let Some(Ok(Slot::Idle(open))) = state.try_grant(()) else { panic!("two are idle") };
        assert_eq!(open.id, 1);
    }

    #[test]
    fn close_takes_back_what_was_not_collected() {
        let mut state = State::new(1);
        let connection = open(&mut state);
        let [owner, waiter] = [(); 2].map(|()| state.queue.push((), Waker::noop().clone()));
        state.check_in(connection).unwrap().wake();
        let (dropped, wakers) = state.close();
        wakers.wake();
        assert_eq!((dropped.len(), state.status().in_use), (1, 0));
        for key in [owner, waiter] {
            assert!(matches!(state.queue.remove(key).0, Some(Err(Closed))));
        }
        assert!(matches!(state.try_grant(()), Some(Err(Closed))));
        assert_eq!(state.next_id(), Err(Closed));
    }
}
