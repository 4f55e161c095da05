//! The simulated clock for futures that must be `Send`.
//!
//! Not for other futures: [`Timers`](super::Timers) needs no lock.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use super::{
    queue::Queue,
    sleep::{QueuedSleep, Sleeps},
};
use crate::runtime::{Clock, Instant, SimulatedTime, TimeSource as _};

/// A handle of a simulation's clock that is `Send` and `Sync`, with sleeps that are too: for a service that boxes its
/// futures as `BoxFuture`, or that is written for a multi-threaded executor.
///
/// It tells the same time as the other handles of the clock. Of sleeps with the same deadline, those on
/// [`Timers`](super::Timers) end before those on this.
///
/// ```
/// use async_playground::runtime::{Clock, Order, Simulation};
/// use futures::future::BoxFuture;
/// use std::time::Duration;
///
/// let mut simulation = Simulation::new(Order::fifo());
/// let clock = simulation.send_clock();
/// let fetch: BoxFuture<'static, u32> = Box::pin(async move {
///     clock.sleep(Duration::from_secs(60)).await;
///     42
/// });
/// assert_eq!(simulation.block_on(fetch), Ok(42));
/// assert_eq!(simulation.now().as_millis(), 60_000.0);
/// ```
#[derive(Clone)]
pub struct SendClock {
    time: SimulatedTime,
    queue: Arc<Mutex<Queue>>,
}

impl SendClock {
    pub(super) fn new(time: SimulatedTime) -> Self {
        Self { time, queue: Arc::default() }
    }

    /// The earlier one of `next` and the earliest deadline here.
    #[cold]
    pub(super) fn next_with(&self, next: Option<Instant>) -> Option<Instant> {
        next.into_iter().chain(self.with_queue(Queue::next)).min()
    }
}

impl Clock for SendClock {
    type Sleep = SendSleep;

    fn now(&self) -> Instant {
        self.time.now()
    }

    fn sleep_until(&self, deadline: Instant) -> SendSleep {
        SendSleep(QueuedSleep::new(self.clone(), deadline))
    }
}

impl Sleeps for SendClock {
    fn with_queue<T>(&self, f: impl FnOnce(&mut Queue) -> T) -> T {
        f(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Simulated time has no alarm.
    fn registered(&self, _: Instant) {}

    fn cancelled(&self, _: Instant) {}
}

impl fmt::Debug for SendClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pending = self.with_queue(|queue| queue.pending());
        f.debug_struct("SendClock").field("now", &self.now()).field("pending", &pending).finish()
    }
}

/// A sleep on a [`SendClock`]. Dropping it removes it from the queue.
#[derive(Debug)]
#[must_use = "a sleep does nothing until it is awaited"]
pub struct SendSleep(QueuedSleep<SendClock>);

impl Future for SendSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll(cx.waker())
    }
}
