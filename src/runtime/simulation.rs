//! Simulated time: sleeping for a day takes no real time.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

use super::{
    AtOnce, Choice, Clock, Deadlock, Host, Instant, Order, SendClock, SendTasks, SimulatedTime, Tasks, Timers,
};

/// An executor with a clock of its own. It runs what is ready; when nothing is ready, it moves time to the next
/// deadline.
///
/// Not for futures that a thread or a socket wakes: when nothing is ready and no timer is left, it returns a
/// [`Deadlock`] instead of waiting.
///
/// ```
/// use async_playground::runtime::{Clock, Order, Simulation};
/// use std::time::Duration;
///
/// let mut simulation = Simulation::new(Order::fifo());
/// let clock = simulation.clock();
/// let slept = simulation.block_on(async move {
///     clock.sleep(Duration::from_secs(3600)).await;
///     clock.now()
/// });
/// assert_eq!(slept.unwrap().as_millis(), 3_600_000.0);
/// ```
#[derive(Debug)]
pub struct Simulation {
    host: Host,
    time: SimulatedTime,
}

impl Simulation {
    /// An empty simulation at the origin of time, whose tasks take turns in `order`.
    pub fn new(order: Order) -> Self {
        let time = SimulatedTime::default();
        let clock = Timers::new(time.clone());
        Self { host: Host::new(Tasks::new(order), clock, Box::new(AtOnce(time.clone()))), time }
    }

    /// The simulated clock.
    pub fn clock(&self) -> Timers {
        self.host.clock().clone()
    }

    /// The tasks, to spawn more.
    pub fn tasks(&self) -> Tasks {
        self.host.tasks().clone()
    }

    /// The simulated clock, for futures that must be `Send`.
    pub fn send_clock(&self) -> SendClock {
        self.host.clock().send_clock(&self.time)
    }

    /// The tasks, to spawn more from futures that must be `Send`.
    pub fn send_tasks(&self) -> SendTasks {
        self.host.tasks().send_tasks()
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        self.host.clock().now()
    }

    /// The decisions taken between ready tasks, if the order [follows](Order::following) given positions.
    pub fn choices(&self) -> Vec<Choice> {
        self.host.tasks().choices()
    }

    /// Runs until every task has ended.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if some of them can never end.
    pub fn run(&mut self) -> Result<(), Deadlock> {
        let tasks = self.tasks();
        self.run_until(|| tasks.is_empty())
    }

    /// Runs `future` as a task named `main`, with all other tasks beside it, until it returns. Other tasks that are
    /// left then go on with the next call.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] if it can never return.
    pub fn block_on<T: 'static>(&mut self, future: impl Future<Output = T> + 'static) -> Result<T, Deadlock> {
        let mut main = self.host.tasks().spawn("main", future);
        let (tasks, id) = (self.host.tasks().clone(), main.id());
        self.run_until(|| id.is_none_or(|id| !tasks.is_unfinished(id)))?;
        match Pin::new(&mut main).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(output)) => Ok(output),
            // It was cancelled by another task.
            _ => Err(Deadlock { at: self.now(), blocked: self.host.tasks().unfinished() }),
        }
    }

    fn run_until(&mut self, done: impl Fn() -> bool) -> Result<(), Deadlock> {
        // This pace never yields, so the first poll goes to the end.
        match self.host.poll_until(&mut Context::from_waker(Waker::noop()), done) {
            Poll::Ready(end) => end,
            Poll::Pending => Ok(()),
        }
    }
}
