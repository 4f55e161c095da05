//! A clock made of a queue of deadlines and a source of time.
//!
//! Simulated time and the browser's time differ only in their [`TimeSource`]. Many sleeps need one alarm, for the
//! earliest deadline.

mod queue;

use std::{
    cell::{Cell, RefCell},
    fmt,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
};

use self::queue::{Queue, Ticket};
use super::{Clock, Instant};

/// A source of time.
pub trait TimeSource {
    /// The time now; MUST NOT run backwards.
    fn now(&self) -> Instant;

    /// Sets the alarm to a changed earliest deadline: [`Timers::fire`] should be called at `next`.
    /// [`Instant::NEVER`] cancels the alarm.
    fn arm(&self, next: Instant);
}

/// A clock for one thread. Sleeps with the same deadline end in the order in which they were first polled.
///
/// Registering a sleep takes O(log n) for n different pending deadlines. Cancelling one takes O(log n) for n sleeps
/// with its deadline, amortised.
#[derive(Clone)]
pub struct Timers(Rc<Shared>);

struct Shared {
    queue: RefCell<Queue>,
    armed: Cell<Instant>,
    source: Box<dyn TimeSource>,
}

impl Timers {
    /// A clock that tells `source`'s time.
    pub fn new(source: impl TimeSource + 'static) -> Self {
        Self::with(|_| source)
    }

    /// Like [`new`](Self::new), for a source whose alarm fires the timers itself.
    pub fn with<S: TimeSource + 'static>(source: impl FnOnce(WeakTimers) -> S) -> Self {
        Self(Rc::new_cyclic(|weak| Shared {
            queue: RefCell::default(),
            armed: Cell::new(Instant::NEVER),
            source: Box::new(source(WeakTimers(weak.clone()))),
        }))
    }

    /// The earliest pending deadline.
    pub fn next(&self) -> Option<Instant> {
        self.0.queue.borrow_mut().next()
    }

    /// How many sleeps are pending.
    pub fn pending(&self) -> usize {
        self.0.queue.borrow().pending()
    }

    /// Wakes every sleep whose deadline has come, in order, and sets the alarm for the next.
    pub fn fire(&self) {
        let now = self.0.source.now();
        let due = self.0.queue.borrow_mut().due(now);
        // The alarm has gone off, early or not, and must be set again.
        self.0.armed.set(Instant::NEVER);
        self.arm();
        due.into_iter().filter_map(|(_, waker)| waker).for_each(Waker::wake);
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
        Sleep { timers: self.clone(), deadline, ticket: None }
    }
}

impl fmt::Debug for Timers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timers").field("now", &self.now()).field("pending", &self.pending()).finish()
    }
}

/// A weak handle of [`Timers`], for the [`TimeSource`] that fires them.
#[derive(Clone)]
pub struct WeakTimers(Weak<Shared>);

impl WeakTimers {
    /// Like [`Timers::fire`]; does nothing once the timers are dropped.
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

/// A sleep on [`Timers`]. Dropping it removes it from the queue.
#[derive(Debug)]
#[must_use = "a sleep does nothing until it is awaited"]
pub struct Sleep {
    timers: Timers,
    deadline: Instant,
    /// Refers to the entry in the queue, once polled.
    ticket: Option<Ticket>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline == Instant::NEVER {
            return Poll::Pending;
        }
        if self.timers.now() >= self.deadline {
            self.forget();
            return Poll::Ready(());
        }
        let mut queue = self.timers.0.queue.borrow_mut();
        if let Some(known) = self.ticket.and_then(|ticket| queue.waker(ticket)) {
            if !known.will_wake(cx.waker()) {
                let replaced = std::mem::replace(known, cx.waker().clone());
                // Dropping a waker may run foreign code, so the queue is released first.
                drop(queue);
                drop(replaced);
            }
            return Poll::Pending;
        }
        let ticket = queue.register(self.deadline, cx.waker().clone());
        drop(queue);
        self.timers.arm();
        self.ticket = Some(ticket);
        Poll::Pending
    }
}

impl Sleep {
    fn forget(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let waker = self.timers.0.queue.borrow_mut().cancel(ticket);
            // After a sleep has fired, the alarm is already set to the next.
            if waker.is_some() {
                drop(waker);
                self.timers.arm();
            }
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.forget();
    }
}
