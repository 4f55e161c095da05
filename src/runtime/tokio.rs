//! The two ports on tokio, behind the feature `tokio`: its timer is the clock, its `spawn` the spawner.
//!
//! Not for tests of a service's logic: those run faster on simulated time.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use ::tokio::time;
use pin_project_lite::pin_project;

use super::{Clock, Instant, Spawn};

/// The time of tokio's timer, counted from the creation of this clock. Clones tell the same time.
///
/// - It follows `tokio::time::pause` and `advance`.
/// - tokio's timer counts in milliseconds: a sleep ends up to one millisecond late, and never early.
/// - **Cost**: one allocation for a sleep that has to wait, at its first poll; none for other sleeps.
///
/// # Panics
///
/// tokio's timer panics at the first poll of a sleep outside a runtime, or in one without `enable_time`.
///
/// ```ignore-wasm32
/// use async_playground::{
///     patterns::timeout,
///     runtime::{Clock, TokioClock},
/// };
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let clock = TokioClock::new();
/// let slow = clock.sleep(Duration::from_secs(60));
/// assert!(timeout(&clock, Duration::from_millis(5), slow).await.is_err());
/// # });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokioClock {
    origin: time::Instant,
}

impl TokioClock {
    /// A clock whose origin is now.
    pub fn new() -> Self {
        Self { origin: time::Instant::now() }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioClock {
    type Sleep = TokioSleep;

    fn now(&self) -> Instant {
        Instant::ORIGIN.after(time::Instant::now().duration_since(self.origin))
    }

    fn sleep_until(&self, deadline: Instant) -> TokioSleep {
        let at = self.origin.checked_add(Duration::from_nanos(deadline.as_nanos()));
        TokioSleep { deadline: at.filter(|_| deadline != Instant::NEVER), timer: None }
    }
}

pin_project! {
    /// A sleep on a [`TokioClock`]. Dropping it cancels it.
    #[must_use = "a future does nothing until it is awaited"]
    pub struct TokioSleep {
        // None means never.
        deadline: Option<time::Instant>,
        // Created when the sleep is first pending: tokio looks for its runtime then, and it does not always complete a
        // sleep whose deadline has passed at the first poll.
        #[pin]
        timer: Option<time::Sleep>,
    }
}

impl Future for TokioSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let Some(deadline) = *this.deadline else { return Poll::Pending };
        if time::Instant::now() < deadline {
            if this.timer.is_none() {
                this.timer.set(Some(time::sleep_until(deadline)));
            }
            if let Some(timer) = this.timer.as_pin_mut() {
                ready!(timer.poll(cx));
            }
        }
        Poll::Ready(())
    }
}

impl fmt::Debug for TokioSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokioSleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// Starts tasks with `tokio::spawn`, on the runtime of the caller.
///
/// # Panics
///
/// `tokio::spawn` panics outside a runtime.
///
/// ```ignore-wasm32
/// use async_playground::{
///     patterns::BackgroundTasks,
///     runtime::{TokioClock, TokioSpawner},
/// };
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
/// let tasks = BackgroundTasks::new(TokioSpawner, TokioClock::new());
/// tasks.spawn("notify", async { Ok::<(), String>(()) })?;
/// assert_eq!(tasks.drain(Duration::from_secs(10)).await.finished, 1);
/// # Ok::<(), async_playground::patterns::TasksClosed>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSpawner;

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for TokioSpawner {
    fn spawn(&self, task: F) {
        drop(::tokio::spawn(task));
    }
}
