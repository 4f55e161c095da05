//! A clock made of a queue of deadlines and something that tells the time.
//!
//! Simulated time and the browser's differ only in their [`TimeSource`]. Many sleeps need one alarm: the earliest
//! deadline's.

use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::BinaryHeap,
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
/// Registering a sleep costs O(log n) of the sleeps pending, cancelling one a constant, amortised. For one thread.
#[derive(Clone)]
pub struct Timers(Rc<Shared>);

struct Shared {
    queue: RefCell<Queue>,
    armed: Cell<Instant>,
    source: Box<dyn TimeSource>,
}

/// The sleeps that are pending. Cancelling one only empties its slot; its entry is passed over later.
#[derive(Default)]
struct Queue {
    /// Earliest first; among equal deadlines in the order of registration.
    entries: BinaryHeap<Reverse<(Instant, Ticket)>>,
    slots: Vec<Option<(u64, Waker)>>,
    vacant: Vec<u32>,
    registered: u64,
}

/// A place in the queue. The sequence tells a slot's tenants apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ticket {
    sequence: u64,
    slot: u32,
}

impl Queue {
    fn register(&mut self, deadline: Instant, waker: Waker) -> Ticket {
        let sequence = self.registered;
        self.registered += 1;
        let slot = self.vacant.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some((sequence, waker));
        }
        let ticket = Ticket { sequence, slot };
        self.entries.push(Reverse((deadline, ticket)));
        ticket
    }

    fn waker(&mut self, ticket: Ticket) -> Option<&mut Waker> {
        let (sequence, waker) = self.slots.get_mut(ticket.slot as usize)?.as_mut()?;
        (*sequence == ticket.sequence).then_some(waker)
    }

    fn cancel(&mut self, ticket: Ticket) -> Option<Waker> {
        self.waker(ticket)?;
        let (_, waker) = self.slots.get_mut(ticket.slot as usize)?.take()?;
        self.vacant.push(ticket.slot);
        // Entries of the cancelled are swept out before they outnumber the others, so that memory follows the sleeps
        // that are pending, at a constant cost for each that was cancelled.
        if self.entries.len() > 2 * self.pending() + 64 {
            let slots = &self.slots;
            self.entries.retain(|Reverse((_, ticket))| {
                let place = slots.get(ticket.slot as usize).and_then(Option::as_ref);
                place.is_some_and(|(sequence, _)| *sequence == ticket.sequence)
            });
        }
        Some(waker)
    }

    fn pending(&self) -> usize {
        self.slots.len() - self.vacant.len()
    }

    fn next(&mut self) -> Option<(Instant, Ticket)> {
        while let Some(&Reverse((deadline, ticket))) = self.entries.peek() {
            if self.waker(ticket).is_some() {
                return Some((deadline, ticket));
            }
            self.entries.pop();
        }
        None
    }
}

impl Timers {
    /// A clock that tells `source`'s time.
    pub fn new(source: impl TimeSource + 'static) -> Self {
        Self::with(|_| source)
    }

    /// As [`new`](Self::new), for a source whose alarm fires the timers itself.
    pub fn with<S: TimeSource + 'static>(source: impl FnOnce(WeakTimers) -> S) -> Self {
        Self(Rc::new_cyclic(|weak| Shared {
            queue: RefCell::default(),
            armed: Cell::new(Instant::NEVER),
            source: Box::new(source(WeakTimers(weak.clone()))),
        }))
    }

    /// The earliest deadline anybody waits for.
    pub fn next(&self) -> Option<Instant> {
        self.0.queue.borrow_mut().next().map(|(deadline, _)| deadline)
    }

    /// How many sleeps are pending.
    pub fn pending(&self) -> usize {
        self.0.queue.borrow().pending()
    }

    /// Wakes every sleep whose deadline has come, in order, and arms the source for the next.
    pub fn fire(&self) {
        let now = self.0.source.now();
        let mut due = Vec::new();
        let mut queue = self.0.queue.borrow_mut();
        while let Some((_, ticket)) = queue.next().filter(|(deadline, _)| *deadline <= now) {
            due.extend(queue.cancel(ticket));
        }
        drop(queue);
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
        Sleep { timers: self.clone(), deadline, ticket: None }
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
                // Dropping a waker may run foreign code, so it happens after the queue is free again.
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
