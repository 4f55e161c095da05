//! A clock made of a queue of deadlines and something that tells the time.
//!
//! Simulated time and the browser's differ only in their [`TimeSource`]. Many sleeps need one alarm: the earliest
//! deadline's.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
};

use super::{Clock, Instant};

/// Where the time comes from.
pub trait TimeSource {
    /// The time now; MUST NOT run backwards.
    fn now(&self) -> Instant;

    /// The earliest deadline has changed: [`Timers::fire`] should be called once `next` has come.
    /// [`Instant::NEVER`] calls the alarm off.
    fn arm(&self, next: Instant);
}

/// A clock over a queue of (deadline, sequence): sleeps with the same deadline end in the order in which they
/// were first polled.
///
/// Registering and cancelling a sleep costs O(log n) of the sleeps pending. For one thread.
#[derive(Clone)]
pub struct Timers(Rc<Shared>);

struct Shared {
    pending: RefCell<BTreeMap<(Instant, u64), Waker>>,
    sequence: Cell<u64>,
    armed: Cell<Instant>,
    source: Box<dyn TimeSource>,
}

impl Timers {
    /// A clock that tells `source`'s time.
    pub fn new(source: impl TimeSource + 'static) -> Self {
        Self::with(|_| source)
    }

    /// As [`new`](Self::new), for a source whose alarm fires the timers itself.
    pub fn with<S: TimeSource + 'static>(source: impl FnOnce(WeakTimers) -> S) -> Self {
        Self(Rc::new_cyclic(|weak| Shared {
            pending: RefCell::default(),
            sequence: Cell::new(0),
            armed: Cell::new(Instant::NEVER),
            source: Box::new(source(WeakTimers(weak.clone()))),
        }))
    }

    /// The earliest deadline anybody waits for.
    pub fn next(&self) -> Option<Instant> {
        self.0.pending.borrow().first_key_value().map(|(&(deadline, _), _)| deadline)
    }

    /// How many sleeps are pending.
    pub fn pending(&self) -> usize {
        self.0.pending.borrow().len()
    }

    /// Wakes every sleep whose deadline has come, in order, and arms the source for the next.
    pub fn fire(&self) {
        let now = self.0.source.now();
        let mut due = Vec::new();
        let mut pending = self.0.pending.borrow_mut();
        while let Some(entry) = pending.first_entry().filter(|entry| entry.key().0 <= now) {
            due.push(entry.remove());
        }
        drop(pending);
        // The alarm that led here has gone off, whether or not it was early.
        self.0.armed.set(Instant::NEVER);
        self.arm();
        due.into_iter().for_each(Waker::wake);
    }

    fn arm(&self) {
        let next = self.next().unwrap_or(Instant::NEVER);
        if self.0.armed.replace(next) != next {
            self.0.source.arm(next);
        }
    }
}

impl Clock for Timers {
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        self.0.source.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        Sleep { timers: self.clone(), deadline, registered: None }
    }
}

impl fmt::Debug for Timers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timers").field("now", &self.now()).field("pending", &self.pending()).finish()
    }
}

/// What a [`TimeSource`] holds of the timers it serves.
#[derive(Clone)]
pub struct WeakTimers(Weak<Shared>);

impl WeakTimers {
    /// As [`Timers::fire`]; nothing once the timers are gone.
    pub fn fire(&self) {
        if let Some(shared) = self.0.upgrade() {
            Timers(shared).fire();
        }
    }
}

impl fmt::Debug for WeakTimers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakTimers")
    }
}

/// A wait on [`Timers`]. Dropping it takes it out of the queue.
#[derive(Debug)]
#[must_use = "a sleep does nothing until it is awaited"]
pub struct Sleep {
    timers: Timers,
    deadline: Instant,
    /// The place in the queue, once polled.
    registered: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline == Instant::NEVER {
            return Poll::Pending;
        }
        let shared = &self.timers.0;
        if shared.source.now() >= self.deadline {
            self.forget();
            return Poll::Ready(());
        }
        let sequence = self.registered.unwrap_or_else(|| shared.sequence.replace(shared.sequence.get() + 1));
        let replaced = shared.pending.borrow_mut().insert((self.deadline, sequence), cx.waker().clone());
        // Dropping a waker may run foreign code, so it happens after the queue is free again.
        drop(replaced);
        self.timers.arm();
        self.registered = Some(sequence);
        Poll::Pending
    }
}

impl Sleep {
    fn forget(&mut self) {
        if let Some(sequence) = self.registered.take() {
            let waker = self.timers.0.pending.borrow_mut().remove(&(self.deadline, sequence));
            drop(waker);
            self.timers.arm();
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.forget();
    }
}
