//! A sleep in a queue, whatever guards the queue.

use std::{
    mem,
    task::{Poll, Waker},
};

use super::queue::{Queue, Ticket};
use crate::runtime::{Clock, Instant};

/// A clock with a queue of sleeps.
pub(super) trait Sleeps: Clock {
    fn with_queue<T>(&self, f: impl FnOnce(&mut Queue) -> T) -> T;

    /// Called after a sleep until `deadline` was registered.
    fn registered(&self, deadline: Instant);

    /// Called after a sleep until `deadline` was cancelled.
    fn cancelled(&self, deadline: Instant);
}

/// Dropping it removes it from the queue.
#[derive(Debug)]
pub(super) struct QueuedSleep<S: Sleeps> {
    sleeps: S,
    deadline: Instant,
    /// Refers to the entry in the queue, once polled.
    ticket: Option<Ticket>,
}

impl<S: Sleeps> QueuedSleep<S> {
    pub(super) const fn new(sleeps: S, deadline: Instant) -> Self {
        Self { sleeps, deadline, ticket: None }
    }

    pub(super) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        if self.deadline == Instant::NEVER {
            return Poll::Pending;
        }
        if self.sleeps.now() >= self.deadline {
            self.forget();
            return Poll::Ready(());
        }
        let Self { sleeps, deadline, ticket } = self;
        let mut is_new = false;
        // Dropping a waker may run foreign code, so the replaced one is dropped after the queue is released.
        let _replaced = sleeps.with_queue(|queue| {
            if let Some(known) = ticket.and_then(|ticket| queue.waker(ticket)) {
                return (!known.will_wake(waker)).then(|| mem::replace(known, waker.clone()));
            }
            *ticket = Some(queue.register(*deadline, waker.clone()));
            is_new = true;
            None
        });
        if is_new {
            sleeps.registered(*deadline);
        }
        Poll::Pending
    }

    fn forget(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let waker = self.sleeps.with_queue(|queue| queue.cancel(ticket));
            // After a sleep has fired, the alarm is already set to the next.
            if waker.is_some() {
                drop(waker);
                self.sleeps.cancelled(self.deadline);
            }
        }
    }
}

impl<S: Sleeps> Drop for QueuedSleep<S> {
    fn drop(&mut self) {
        self.forget();
    }
}
