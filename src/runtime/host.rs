//! Drives tasks and their clock as one future, which any executor can poll.

use std::{
    cell::Cell,
    fmt,
    rc::Rc,
    task::{Context, Poll},
};

use super::{Clock, Deadlock, Instant, Tasks, TimeSource, Timers};

/// How a host lets time pass.
pub trait Pace {
    /// Asked before each step of a task. Pending gives the host's own executor a turn; the implementation then
    /// wakes `cx`.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Asked before a piece of work that is longer than a step. Pending as above; never, unless told otherwise.
    fn poll_rest(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    /// Nothing is ready, and `next` is the earliest deadline. Ready once the clock has reached it. Where the clock's
    /// alarm wakes the sleepers by itself, pending for ever.
    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()>;
}

/// Time that only moves when it is told to. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct SimulatedTime(Rc<Cell<Instant>>);

impl SimulatedTime {
    /// Moves on to `to`; never back.
    pub fn advance_to(&self, to: Instant) {
        self.0.set(self.0.get().max(to));
    }
}

impl TimeSource for SimulatedTime {
    fn now(&self) -> Instant {
        self.0.get()
    }

    fn arm(&self, _: Instant) {}
}

/// Moves simulated time to the next deadline at once.
#[derive(Debug)]
pub struct AtOnce(pub SimulatedTime);

impl Pace for AtOnce {
    fn poll_turn(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, next: Instant) -> Poll<()> {
        self.0.advance_to(next);
        Poll::Ready(())
    }
}

/// Tasks, their clock, and the pace at which time passes. Dropping it drops every task, last spawned first.
pub struct Host {
    tasks: Tasks,
    clock: Timers,
    pace: Box<dyn Pace>,
}

impl Host {
    /// A host of `tasks` on `clock`.
    pub fn new(tasks: Tasks, clock: Timers, pace: Box<dyn Pace>) -> Self {
        Self { tasks, clock, pace }
    }

    /// The handle by which to spawn.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// The clock.
    pub fn clock(&self) -> &Timers {
        &self.clock
    }

    /// Runs tasks until `done` says so.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if nothing is ready and no timer is left. That is certain only if nobody outside wakes a task,
    /// as it is where all waiting is on the clock or on other tasks.
    pub fn poll_until(
        &mut self,
        cx: &mut Context<'_>,
        done: impl Fn() -> bool,
    ) -> Poll<Result<(), Deadlock>> {
        loop {
            if done() {
                return Poll::Ready(Ok(()));
            }
            std::task::ready!(self.pace.poll_turn(cx));
            if self.tasks.step() || !self.tasks.is_idle(cx.waker()) {
                continue;
            }
            let Some(next) = self.clock.next() else {
                let blocked = self.tasks.unfinished();
                return Poll::Ready(Err(Deadlock { at: self.clock.now(), blocked }));
            };
            std::task::ready!(self.pace.poll_advance(cx, next));
            self.clock.fire();
        }
    }

    /// Asks the pace for a turn of the host's own executor, before work that is not a task's.
    pub fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.pace.poll_rest(cx)
    }

    /// Drops every task that is left, last spawned first.
    pub fn shut_down(&self) {
        self.tasks.shut_down();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.shut_down();
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("tasks", &self.tasks).field("clock", &self.clock).finish_non_exhaustive()
    }
}
