//! A limit on how long a future may take.
//!
//! ```
//! use std::time::Duration;
//!
//! use async_playground::{
//!     patterns::timeout::{Elapsed, timeout},
//!     runtime::{Clock, Order, Simulation},
//! };
//!
//! let mut sim = Simulation::new(Order::fifo());
//! let clock = sim.clock();
//! let late = sim.block_on(async move {
//!     timeout(&clock, Duration::from_millis(200), clock.sleep(Duration::from_millis(500))).await
//! });
//! assert!(matches!(late?, Err(Elapsed { .. })));
//! assert_eq!(sim.now().as_millis(), 200.0);
//! # Ok::<(), async_playground::runtime::Deadlock>(())
//! ```
//!
//! - **Promise**: the future is polled before the clock is read, so what is ready at the deadline is a result. It is
//!   dropped before the error is returned, so that no work continues behind [`Elapsed`]. A limit of zero means one poll.
//!   (Python's `asyncio.wait_for(c, 0)` does not even start `c`.) A limit past the end of the clock's time means none.
//! - **Cancel**: dropping the timeout drops the future. That is not a timeout.
//! - **Fairness**: there is no queue; the future continues as it would by itself.
//! - **Cost**: one timer, started when the future is first pending; no allocation.
//! - **Not for** work that does not await: a future that computes for a second is stopped only when that second is over.
//!   Nor for each step of a job, whose whole may then take the sum of the limits: share one deadline, with
//!   [`timeout_at`].

use std::{
    error, fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use pin_project_lite::pin_project;

use crate::runtime::{Clock, Instant};

/// The error of a [`Timeout`]: the limit was reached before the future was done. The future has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time limit was reached")
    }
}

impl error::Error for Elapsed {}

/// Runs `future` for at most `limit`, counted from this call.
pub fn timeout<C: Clock, F: Future>(clock: &C, limit: Duration, future: F) -> Timeout<F, C> {
    timeout_at(clock, clock.now().after(limit), future)
}

/// Runs `future` until `deadline`. A deadline in the past means one poll, and [`Instant::NEVER`] means no limit.
///
/// ```
/// use std::time::Duration;
///
/// use async_playground::{
///     patterns::timeout_at,
///     runtime::{Clock, Order, Simulation},
/// };
///
/// let mut sim = Simulation::new(Order::fifo());
/// let clock = sim.clock();
/// let steps = sim.block_on(async move {
///     // Three steps of 80 ms share one deadline.
///     let deadline = clock.now().after(Duration::from_millis(200));
///     let step = || timeout_at(&clock, deadline, clock.sleep(Duration::from_millis(80)));
///     [step().await, step().await, step().await]
/// })?;
/// assert_eq!(steps.map(|step| step.is_ok()), [true, true, false]);
/// # Ok::<(), async_playground::runtime::Deadlock>(())
/// ```
pub fn timeout_at<C: Clock, F: Future>(clock: &C, deadline: Instant, future: F) -> Timeout<F, C> {
    Timeout { future: Some(future), sleep: None, clock: clock.clone(), limit: Limit::At(deadline) }
}

/// As [`timeout`], but the limit counts from when the future is first pending. A future that is ready at its first poll
/// costs no look at the clock.
pub(super) fn lazy_timeout<C: Clock, F: Future>(clock: &C, limit: Duration, future: F) -> Timeout<F, C> {
    Timeout { future: Some(future), sleep: None, clock: clock.clone(), limit: Limit::After(limit) }
}

#[derive(Clone, Copy, Debug)]
enum Limit {
    At(Instant),
    After(Duration),
}

pin_project! {
    /// The future of [`timeout`] and [`timeout_at`]. It is `Send` if `F` and the clock's sleep are.
    #[must_use = "a future does nothing until it is awaited"]
    pub struct Timeout<F, C: Clock> {
        // None once it is done: the future and the sleep are dropped before the output is seen.
        #[pin]
        future: Option<F>,
        // None until the future was first pending.
        #[pin]
        sleep: Option<C::Sleep>,
        clock: C,
        limit: Limit,
    }
}

impl<F: Future, C: Clock> Future for Timeout<F, C> {
    type Output = Result<F::Output, Elapsed>;

    /// Polled again after it was ready, it stays pending.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        let output = match future.poll(cx) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => {
                if this.sleep.is_none() {
                    this.sleep.set(Some(match *this.limit {
                        Limit::At(deadline) => this.clock.sleep_until(deadline),
                        Limit::After(limit) => this.clock.sleep(limit),
                    }));
                }
                if let Some(sleep) = this.sleep.as_mut().as_pin_mut() {
                    ready!(sleep.poll(cx));
                }
                Err(Elapsed)
            }
        };
        this.future.set(None);
        this.sleep.set(None);
        Poll::Ready(output)
    }
}

impl<F, C: Clock> fmt::Debug for Timeout<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").field("done", &self.future.is_none()).finish_non_exhaustive()
    }
}
