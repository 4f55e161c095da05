//! The two ports on tokio, behind the feature `tokio`: its timer is the clock, its `spawn` the spawner.
//!
//! Not needed on another executor, nor in tests of a service's logic: those run on simulated time, in no time.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use ::tokio::time;
use pin_project_lite::pin_project;

use super::{Clock, Instant, Spawn};

/// Time as tokio's timer tells it, counted from when this clock was made. Clones tell the same time.
///
/// - It follows `tokio::time::pause` and `advance`.
/// - tokio's timer counts in milliseconds: a sleep ends up to one of them late, and never early.
/// - **Cost**: one allocation for a sleep that has to wait, at its first poll; none for one that is not polled, or
///   has no need to.
///
/// # Panics
///
/// tokio's timer panics in a sleep's first poll when there is no runtime around it, or one without `enable_time`.
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
    /// A clock whose origin is this call.
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
    /// A wait on a [`TokioClock`]. Dropping it cancels it.
    #[must_use = "a future does nothing until it is awaited"]
    pub struct TokioSleep {
        // None for never.
        deadline: Option<time::Instant>,
        // Made when it is first pending, since tokio looks for its runtime then, and does not always complete a sleep
        // whose deadline has passed in its first poll.
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

/// Starts tasks with `tokio::spawn`, on the runtime from within which it is asked to.
///
/// # Panics
///
/// `tokio::spawn` panics when there is no runtime around it.
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
