//! Drives tasks and their clock as one future that any executor can poll.

use std::{
    fmt,
    task::{Context, Poll},
};

use super::{Clock, Deadlock, Instant, SimulatedTime, Tasks, Timers, here::Here};

/// How a host lets time pass.
pub trait Pace {
    /// Called before each step of a task. Pending yields to the host's own executor, and the implementation then wakes
    /// `cx`.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Called when nothing is ready; `next` is the earliest deadline. Ready once the clock has reached it; pending for
    /// ever if the clock's alarm wakes the sleepers by itself.
    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()>;
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

/// Tasks, their clock, and the pace at which time passes. Dropping it ends the run: every task is dropped, last spawned
/// first.
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

    /// The tasks, to spawn more.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// The clock.
    pub fn clock(&self) -> &Timers {
        &self.clock
    }

    /// Runs tasks until `done` returns true.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if nothing is ready and no timer is left. This is reliable only if all waits are for the clock or
    /// for other tasks, so that nothing outside wakes a task.
    pub fn poll_until(
        &mut self,
        cx: &mut Context<'_>,
        done: impl Fn() -> bool,
    ) -> Poll<Result<(), Deadlock>> {
        let _here = Here::enter(&self.tasks);
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

    /// Ends the run: drops every task that is left, last spawned first, and starts no more.
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
