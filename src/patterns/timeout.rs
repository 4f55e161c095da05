//! A limit on how long a future may take.
//!
//! Not for work that does not await: a future that computes for a second is looked at when that second is over.
//! Nor one limit for each step of a job: put it around the whole, or the job takes the sum of the limits.

use std::{
    error, fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use pin_project_lite::pin_project;

use crate::runtime::{Clock, Instant};

/// The limit ran out before the future was done. The future has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time limit ran out")
    }
}

impl error::Error for Elapsed {}

/// Runs `future` for at most `limit`, counted from this call.
///
/// - The future is polled before the clock is asked: what is ready at the deadline is a result.
/// - It is dropped before the error is returned: whoever sees [`Elapsed`] knows that it does no more.
/// - A `limit` of zero means one poll. (Python's `asyncio.wait_for(c, 0)` does not even start `c`.)
/// - A limit past the end of the clock's time means none.
/// - **Cancel**: dropping the timeout drops the future. That is not a timeout, and nobody is told.
/// - **Fairness**: there is no line; the future goes on whenever it would have by itself.
/// - **Cost**: one timer, made when the future is first pending; no allocation of its own.
/// - **Not for** work that does not await, which is looked at only when it is over; nor for each step of a job, whose
///   whole would then take the sum of the limits.
///
/// It is `Send` if the future and the clock's sleep are.
///
/// ```
/// use async_playground::patterns::{Elapsed, timeout};
/// use async_playground::runtime::{Clock, Order, Simulation};
/// use std::time::Duration;
///
/// let mut sim = Simulation::new(Order::fifo());
/// let clock = sim.clock();
/// let late = sim.block_on(async move {
///     timeout(&clock, Duration::from_millis(200), clock.sleep(Duration::from_millis(500))).await
/// });
/// assert_eq!(late?, Err(Elapsed));
/// assert_eq!(sim.now().as_millis(), 200.0);
/// # Ok::<(), async_playground::runtime::Deadlock>(())
/// ```
pub fn timeout<C: Clock, F: Future>(
    clock: &C,
    limit: Duration,
    future: F,
) -> impl Future<Output = Result<F::Output, Elapsed>> + use<C, F> {
    timeout_at(clock, clock.now().after(limit), future)
}

/// Runs `future` until `deadline`; see [`timeout`]. A deadline in the past means one poll, and
/// [`Instant::NEVER`] means none.
///
/// ```
/// use std::time::Duration;
///
/// use async_playground::{
///     patterns::{Elapsed, timeout_at},
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
/// assert_eq!(steps, [Ok(()), Ok(()), Err(Elapsed)]);
/// # Ok::<(), async_playground::runtime::Deadlock>(())
/// ```
pub fn timeout_at<C: Clock, F: Future>(
    clock: &C,
    deadline: Instant,
    future: F,
) -> impl Future<Output = Result<F::Output, Elapsed>> + use<C, F> {
    Timeout { future: Some(future), sleep: None, clock: clock.clone(), end: End::At(deadline) }
}

/// As [`timeout`], but the limit is counted from when the future is first pending: where it is polled at once that is the
/// same, and one that is ready costs no look at the clock.
pub(super) fn lazy_timeout<C: Clock, F: Future>(
    clock: &C,
    limit: Duration,
    future: F,
) -> impl Future<Output = Result<F::Output, Elapsed>> + use<C, F> {
    Timeout { future: Some(future), sleep: None, clock: clock.clone(), end: End::After(limit) }
}

#[derive(Clone, Copy)]
enum End {
    At(Instant),
    After(Duration),
}

pin_project! {
    struct Timeout<F, C: Clock> {
        // None once it is over: both are dropped before anybody sees the output.
        #[pin]
        future: Option<F>,
        // None until the future was first pending.
        #[pin]
        sleep: Option<C::Sleep>,
        clock: C,
        end: End,
    }
}

impl<F: Future, C: Clock> Future for Timeout<F, C> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        let output = match future.poll(cx) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => {
                if this.sleep.is_none() {
                    this.sleep.set(Some(match *this.end {
                        End::At(deadline) => this.clock.sleep_until(deadline),
                        End::After(limit) => this.clock.sleep(limit),
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
