//! A program in its world: its tasks and their clock as one future, which nobody judges. Dropping it ends everything.

use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

#[cfg(feature = "rules")]
use serde::Deserialize;
use serde::Serialize;

use super::{Running, Settings, Uncaught, World, act::Switch};
use crate::{
    BEGINS_ONLY,
    runtime::{Clock as _, Deadlock, Host, Order, Pace, Task, Tasks, Timers},
    trace::Recorder,
};

/// A program in its world.
///
/// Dropping it drops every task and timer of it; nothing survives.
#[derive(Debug)]
pub struct Staged {
    pub(super) host: Host,
    pub(super) trace: Recorder,
    pub(super) backend: Switch,
    main: Task<Result<(), Uncaught>>,
}

/// How a program ended.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "rules", derive(Deserialize))]
pub struct Ended {
    /// How it ended, if not well: an uncaught error or a deadlock.
    pub error: Option<String>,
    /// The time at the end, in milliseconds.
    pub elapsed: f64,
    /// How many tasks there were.
    pub tasks: u32,
}

impl Staged {
    /// `program` with these settings on `clock`, at `pace`. The random values that it draws follow from `seed`.
    pub fn new(
        program: fn(World) -> Running,
        settings: Settings,
        seed: u32,
        order: Order,
        clock: Timers,
        pace: Box<dyn Pace>,
    ) -> Self {
        let tasks = Tasks::new(order);
        let trace = Recorder::new(clock.clone());
        tasks.observe(Rc::new(trace.clone()));
        let world = World::new(tasks.clone(), clock.clone(), trace.clone(), settings, seed);
        let backend = world.backend();
        let main = tasks.try_spawn("main", program(world));
        Self { host: Host::new(tasks, clock, pace), trace, backend, main }
    }

    /// What has happened so far.
    pub fn trace(&self) -> &Recorder {
        &self.trace
    }

    /// Runs to the end. To be polled until it is ready, and no more after that.
    pub fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Ended> {
        let main = &self.main;
        let ended = ready!(self.host.poll_until(cx, || main.is_finished()));
        Poll::Ready(self.end(ended, cx))
    }

    fn end(&mut self, ended: Result<(), Deadlock>, cx: &mut Context<'_>) -> Ended {
        let elapsed = self.host.clock().now().as_millis();
        let error = match (ended, Pin::new(&mut self.main).poll(cx)) {
            (Err(_), _) if BEGINS_ONLY => Some("deadlock".into()),
            (Err(deadlock), _) => Some(deadlock.to_string()),
            (Ok(()), Poll::Ready(Ok(Err(uncaught)))) => Some(uncaught.to_string()),
            (Ok(()), _) => None,
        };
        // What the exercise left running ends with its run, and that belongs to the trace.
        self.host.shut_down();
        Ended { error, elapsed, tasks: self.host.tasks().spawned() }
    }
}
