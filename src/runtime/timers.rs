//! A clock made of a queue of deadlines and a source of time.
//!
//! Simulated time and the browser's time differ only in their [`TimeSource`]. Many sleeps need one alarm, for the
//! earliest deadline.

mod queue;
mod send;
mod sleep;

use std::{
    cell::{Cell, OnceCell, RefCell},
    fmt,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
};

pub use self::send::{SendClock, SendSleep};
use self::{
    queue::Queue,
    sleep::{QueuedSleep, Sleeps},
};
use super::{Clock, Instant, SimulatedTime, TimeSource};

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
    /// The sleeps of futures that are `Send`, if there are any.
    send: OnceCell<SendClock>,
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
            send: OnceCell::new(),
        }))
    }

    /// The earliest pending deadline.
    pub fn next(&self) -> Option<Instant> {
        let next = self.0.queue.borrow_mut().next();
        match self.0.send.get() {
            None => next,
            Some(send) => send.next_with(next),
        }
    }

    /// How many sleeps are pending.
    pub fn pending(&self) -> usize {
        let send = self.0.send.get().map_or(0, |send| send.with_queue(|queue| queue.pending()));
        self.0.queue.borrow().pending() + send
    }

    /// The handle of this clock for futures that are `Send`; `time` is its source.
    pub(super) fn send_clock(&self, time: &SimulatedTime) -> SendClock {
        self.0.send.get_or_init(|| SendClock::new(time.clone())).clone()
    }

    /// Wakes every sleep whose deadline has come, in order, and sets the alarm for the next.
    pub fn fire(&self) {
        let now = self.0.source.now();
        let mut due = self.0.queue.borrow_mut().due(now);
        if let Some(send) = self.0.send.get() {
            due.append(&mut send.with_queue(|queue| queue.due(now)));
        }
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

impl Sleeps for Timers {
    fn with_queue<T>(&self, f: impl FnOnce(&mut Queue) -> T) -> T {
        f(&mut self.0.queue.borrow_mut())
    }

    fn registered(&self, deadline: Instant) {
        if deadline < self.0.armed.get() {
            self.0.armed.set(deadline);
            self.0.source.arm(deadline);
        }
    }

    fn cancelled(&self, deadline: Instant) {
        if deadline <= self.0.armed.get() {
            self.arm();
        }
    }
}

impl Clock for Timers {
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        self.0.source.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        Sleep(QueuedSleep::new(self.clone(), deadline))
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
pub struct Sleep(QueuedSleep<Timers>);

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll(cx.waker())
    }
}
