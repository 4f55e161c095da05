//! A run: the program of a request with its tasks and its clock as one future.

use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker, ready},
};

#[cfg(feature = "rules")]
use serde::Deserialize;
use serde::Serialize;

use super::{
    Report, Request, Uncaught, World,
    interference::{Interferer, Switch},
    judge::judge,
    stuck::Stuck,
};
use crate::{
    runtime::{AtOnce, Choice, Clock as _, Deadlock, Host, Pace, SimulatedTime, Sleep, Task, Tasks, Timers},
    trace::{Event, Recorder},
};

/// A run: a future of how the program ended.
///
/// Any executor can poll it. Dropping it drops every task and timer of the run.
#[derive(Debug)]
pub struct Session {
    request: Request,
    host: Host,
    trace: Recorder,
    interferer: Interferer,
    /// Let the clock reach the times of interference, at which no task may wake.
    alarms: Vec<Sleep>,
    main: Task<Result<(), Uncaught>>,
}

/// How a program ended.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "rules", derive(Deserialize))]
pub struct Ended {
    /// The error that ended it, if the program did not catch one.
    pub error: Option<String>,
    /// The tasks that wait for ever, if it was stuck.
    pub stuck: Vec<Stuck>,
    /// The time at the end, in milliseconds.
    pub elapsed: f64,
    /// How many tasks there were.
    pub tasks: u32,
}

impl Session {
    /// A run on simulated time.
    pub fn simulated(request: &Request) -> Self {
        let time = SimulatedTime::default();
        Self::new(request, Timers::new(time.clone()), Box::new(AtOnce(time)))
    }

    /// A run on `clock`, which advances at `pace`.
    pub fn new(request: &Request, clock: Timers, pace: Box<dyn Pace>) -> Self {
        let tasks = Tasks::new(request.order.of_runtime());
        let trace = Recorder::new(clock.clone());
        tasks.observe(Rc::new(trace.clone()));
        let backend = Switch::default();
        let world = World::new(tasks.clone(), clock.clone(), trace.clone(), backend.clone(), request);
        let main = tasks.try_spawn("main", (request.program.start)(world));
        let interferer = Interferer {
            left: request.interfere.clone().into_iter().peekable().into(),
            cancels: request.exercise.interference.cancels,
            clock: clock.clone(),
            trace: trace.clone(),
            tasks: tasks.clone(),
            backend,
        };
        let alarms =
            request.interfere.iter().map(|interference| clock.sleep_until(interference.at)).collect();
        Self {
            request: request.clone(),
            host: Host::new(tasks, clock, pace),
            trace,
            interferer,
            alarms,
            main,
        }
    }

    /// What has happened so far.
    pub fn trace(&self) -> &Recorder {
        &self.trace
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Event> {
        self.trace.events(0, usize::MAX)
    }

    /// The tasks of the run.
    pub fn tasks(&self) -> &Tasks {
        self.host.tasks()
    }

    /// The decisions taken between ready tasks, in a run whose order follows choices.
    pub fn choices(&self) -> Vec<Choice> {
        self.tasks().choices()
    }

    /// Runs to the end, and judges that. For paces that never wait for their host, as simulated time.
    pub fn to_report(&mut self) -> Report {
        let ended = self.to_end();
        judge(&self.request, &self.events(), &ended)
    }

    /// Runs to the end. For paces that never wait for their host, as simulated time.
    pub fn to_end(&mut self) -> Ended {
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(ended) = Pin::new(&mut *self).poll(&mut cx) {
                return ended;
            }
        }
    }

    fn end(&mut self, ended: Result<(), Deadlock>, cx: &mut Context<'_>) -> Ended {
        self.alarms.clear();
        let elapsed = self.host.clock().now().as_millis();
        let stuck =
            ended.map_or_else(|deadlock| deadlock.blocked.iter().map(Stuck::new).collect(), |()| Vec::new());
        let error = match Pin::new(&mut self.main).poll(cx) {
            Poll::Ready(Ok(Err(Uncaught(error)))) => Some(error),
            _ => None,
        };
        // The tasks that the program left running end with it, and that is part of the trace.
        self.host.shut_down();
        Ended { error, stuck, elapsed, tasks: self.tasks().spawned() }
    }
}

impl Future for Session {
    type Output = Ended;

    /// To be polled until it is ready, and no more after that.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Ended> {
        let session = self.get_mut();
        for alarm in &mut session.alarms {
            // The clock wakes this future, or goes on to that time.
            let _ = Pin::new(alarm).poll(cx);
        }
        let (main, interferer) = (&session.main, &session.interferer);
        let is_over = || {
            interferer.perform_due();
            main.is_finished()
        };
        let ended = ready!(session.host.poll_until(cx, is_over));
        Poll::Ready(session.end(ended, cx))
    }
}
