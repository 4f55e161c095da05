//! The state machine of a pool: no lock, no future, no waking.

use std::{mem, task::Waker};

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

/// What a `get` is granted. One flat enum, since moving nested ones costs more than all the rest of a `get`.
#[derive(Debug)]
pub(super) enum Grant<T> {
    /// A connection that was idle, and now counts as in use.
    Idle(Open<T>),
    /// The capacity to open a connection, which counts as in use.
    Capacity,
    /// Nothing: the pool is closed.
    Closed,
}

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
    queue: WaitQueue<(), Grant<T>>,
}

impl<T> State<T> {
    pub(super) const fn new(max_size: usize) -> Self {
        Self { max_size, closed: false, idle: Vec::new(), in_use: 0, opened: 0, queue: WaitQueue::new() }
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Takes back what was in use, unless the pool is closed. It goes to the first waiter, whose waker is returned.
    pub(super) fn free(&mut self, grant: Grant<T>) -> Option<Waker> {
        match self.queue.grant(grant) {
            Ok(waker) => return Some(waker),
            Err(Grant::Idle(open)) => self.idle.push(open),
            Err(Grant::Capacity) => {}
            Err(Grant::Closed) => return None,
        }
        self.in_use -= 1;
        None
    }

    /// The id of a connection that has just been opened; `None` if the pool is closed.
    pub(super) fn next_id(&mut self) -> Option<u64> {
        self.opened += 1;
        (!self.closed).then_some(self.opened)
    }

    /// Refuses all who wait and all who come, also those who have not collected their grant. Returns the connections to
    /// be dropped.
    pub(super) fn close(&mut self) -> (Vec<Open<T>>, Wakers) {
        self.closed = true;
        let mut dropped = mem::take(&mut self.idle);
        for grant in self.queue.uncollected_mut() {
            match mem::replace(grant, Grant::Closed) {
                Grant::Idle(open) => dropped.push(open),
                Grant::Capacity => {}
                Grant::Closed => continue,
            }
            self.in_use -= 1;
        }
        (dropped, self.queue.grant_all(|| Grant::Closed))
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
    type Grant = Grant<T>;

    fn queue(&mut self) -> &mut WaitQueue<(), Grant<T>> {
        &mut self.queue
    }

    fn try_grant(&mut self, (): ()) -> Option<Grant<T>> {
        if self.closed {
            return Some(Grant::Closed);
        }
        let grant = match self.idle.pop() {
            Some(open) => Grant::Idle(open),
            None if self.in_use < self.max_size => Grant::Capacity,
            None => return None,
        };
        self.in_use += 1;
        Some(grant)
    }

    fn give_up(&mut self, (): (), uncollected: Option<Grant<T>>) -> Wakers {
        uncollected.and_then(|grant| self.free(grant)).into()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
mod tests {
    use super::*;

    fn open(state: &mut State<()>) -> Open<()> {
        assert!(matches!(state.try_grant(()), Some(Grant::Capacity)));
        Open { id: state.next_id().unwrap(), connection: () }
    }

    #[test]
    fn a_returned_connection_stays_in_use_while_somebody_waits() {
        let mut state = State::new(1);
        let connection = open(&mut state);
        assert!(state.try_grant(()).is_none());
        let key = state.queue.push((), Waker::noop().clone());
        state.free(Grant::Idle(connection));
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
        state.free(Grant::Idle(second));
        state.free(Grant::Idle(first));
        let Some(Grant::Idle(open)) = state.try_grant(()) else { panic!("two are idle") };
        assert_eq!(open.id, 1);
    }

    #[test]
    fn close_takes_back_what_was_not_collected() {
        let mut state = State::new(1);
        let connection = open(&mut state);
        let [owner, waiter] = [(); 2].map(|()| state.queue.push((), Waker::noop().clone()));
        state.free(Grant::Idle(connection));
        let (dropped, wakers) = state.close();
        wakers.wake();
        assert_eq!((dropped.len(), state.status().in_use), (1, 0));
        for key in [owner, waiter] {
            assert!(matches!(state.queue.remove(key).0, Some(Grant::Closed)));
        }
        assert!(matches!(state.try_grant(()), Some(Grant::Closed)));
        assert_eq!(state.next_id(), None);
    }
}
