//! A rate limiter: a number of starts in each period, with a burst, and never more in any window.
//!
//! ```
//! use std::time::Duration;
//!
//! use async_playground::{
//!     patterns::rate_limiter::{Config, RateLimiter},
//!     runtime::{Instant, Order, Simulation},
//! };
//!
//! let clock = Simulation::new(Order::fifo()).clock();
//! let config = Config { rate: 5, period: Duration::from_secs(1), burst: 2 };
//! let limiter = RateLimiter::new(config, clock)?;
//! assert!(limiter.try_acquire().is_ok());
//! assert!(limiter.try_acquire().is_ok());
//! assert_eq!(limiter.try_acquire().unwrap_err().retry_at, Instant::from_millis(200));
//! # Ok::<(), async_playground::patterns::ConfigError>(())
//! ```
//!
//! - **Promise**: in any window of length t, wherever it begins, at most burst + rate x t calls start.
//! - **Cancel**: a waiter that is dropped has used nothing, and the next one moves up.
//! - **Fairness**: strictly first in, first out, from the first poll of [`acquire`](RateLimiter::acquire); nothing
//!   overtakes, [`try_acquire`](RateLimiter::try_acquire) included. A waiter that is kept but not polled holds up those
//!   behind it. An `acquire` that need not wait does not yield: a loop of them gives no other task a turn, unless something
//!   else in the loop does.
//! - **Cost**: constant time per operation and constant memory per waiter. While nobody waits nothing is allocated, and
//!   with all but odd settings nothing is locked. Only the first waiter has a timer.
//! - **Not for** limiting how many run at the same time: ten starts a second that take a minute each are six hundred at
//!   once. That is a [`Semaphore`](super::Semaphore); take both if you need both.
//!
//! The algorithm is GCRA, the generic cell rate algorithm of ATM networks (ITU-T I.371). It keeps one number, the
//! theoretical arrival time of the next start if all starts had kept their distance. There is no window that begins
//! again, and so no edge at which twice the burst passes (tower's fixed window: tower#842).

use std::{error::Error, fmt, num::NonZeroU32, time::Duration};

use super::{
    config::ConfigError,
    fast_path::{AsNumber, FastPath},
    wait_queue::{Granter, Wait, WaitQueue, Wakers},
};
use crate::runtime::{Clock, Instant};

/// The limits of a rate limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The starts in each period; 1 or more.
    pub rate: u32,
    /// The period; 1 ns to 2^64 - 1 ns, which is some 584 years.
    pub period: Duration,
    /// The starts that are free after a rest; 1 or more.
    pub burst: u32,
}

/// The algorithm: a state machine without a clock, for those who bring their own queue.
///
/// It calculates in units of a nanosecond divided by the rate, in which the distance between two starts is a whole
/// number. So it does not drift, and rounding favours nobody.
#[derive(Clone, Debug)]
pub struct Gcra {
    spacing: Spacing,
    /// The theoretical arrival time, in units.
    arrival: u128,
}

/// The settings of a limiter, converted.
#[derive(Clone, Copy, Debug)]
struct Spacing {
    /// Units in a nanosecond: the rate, once it and the distance are divided by their greatest common divisor. For most
    /// settings that is 1: a unit is a nanosecond, and arrival times of centuries fit into 64 bits.
    rate: u64,
    /// The distance between starts, in units.
    distance: u64,
    /// How far the arrival time may be ahead of the clock, in units: a distance less than the burst.
    tolerance: u128,
}

impl Spacing {
    /// Refuses a number of starts that will never be free together.
    fn check(self, count: NonZeroU32) -> Result<(), OverBurst> {
        if self.distances(count.get() - 1) <= self.tolerance {
            Ok(())
        } else {
            Err(OverBurst { requested: count, burst: self.burst() })
        }
    }

    /// The arrival time after `count` starts now, at most the burst; or the first moment at which they may start together,
    /// [`Instant::NEVER`] if that is out of range.
    #[inline]
    fn start(self, arrival: u128, count: NonZeroU32, now: Instant) -> Result<u128, Instant> {
        let at = self.units(now);
        let others = self.distances(count.get() - 1);
        if arrival + others > at + self.tolerance {
            return Err(self.free_at(arrival + others));
        }
        Ok(arrival.max(at) + others + u128::from(self.distance))
    }

    fn distances(self, count: u32) -> u128 {
        u128::from(self.distance) * u128::from(count)
    }

    /// The setting from which the tolerance was made.
    fn burst(self) -> u32 {
        u32::try_from(self.tolerance / u128::from(self.distance)).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn free_at(self, arrival: u128) -> Instant {
        let units = arrival.saturating_sub(self.tolerance);
        let nanos = if self.rate == 1 { units } else { units.div_ceil(self.rate.into()) };
        u64::try_from(nanos).map_or(Instant::NEVER, Instant::from_nanos)
    }

    fn units(self, at: Instant) -> u128 {
        let nanos = u128::from(at.as_nanos());
        if self.rate == 1 { nanos } else { nanos * u128::from(self.rate) }
    }
}

/// One start.
const ONE: NonZeroU32 = NonZeroU32::MIN;

const fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

impl Gcra {
    /// A limiter that has rested: `burst` starts are free.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that is out of range, and the range.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let Config { rate, period, burst } = config;
        ConfigError::check(rate >= 1, "rate", "1 to 4294967295 starts in a period")?;
        ConfigError::check(burst >= 1, "burst", "1 to 4294967295 starts")?;
        let distance = u64::try_from(period.as_nanos()).unwrap_or(0);
        ConfigError::check(distance > 0, "period", "1 to 18446744073709551615 ns")?;
        let common = greatest_common_divisor(distance, rate.into());
        let (rate, distance) = (u64::from(rate) / common, distance / common);
        // Rate and burst are below 2^32, times below 2^64: no product or sum here or above reaches 2^128.
        let tolerance = u128::from(distance) * u128::from(burst - 1);
        Ok(Self { spacing: Spacing { rate, distance, tolerance }, arrival: 0 })
    }

    /// Counts one start now. A refusal uses nothing.
    ///
    /// # Errors
    ///
    /// The first moment at which one may start, [`Instant::NEVER`] if that is out of range.
    pub fn step(&mut self, now: Instant) -> Result<(), Instant> {
        self.step_many(now, ONE)
    }

    /// Counts `count` starts now, all or none.
    ///
    /// # Errors
    ///
    /// The first moment at which they may start together, [`Instant::NEVER`] if that is out of range or `count` is over
    /// the burst.
    pub fn step_many(&mut self, now: Instant, count: NonZeroU32) -> Result<(), Instant> {
        self.spacing.check(count).map_err(|_| Instant::NEVER)?;
        self.arrival = self.spacing.start(self.arrival, count, now)?;
        Ok(())
    }

    /// The number of starts that are free now.
    pub fn available(&self, now: Instant) -> u32 {
        let Spacing { distance, tolerance, .. } = self.spacing;
        let ahead = self.arrival.saturating_sub(self.spacing.units(now));
        let capacity = (tolerance + u128::from(distance)).saturating_sub(ahead) / u128::from(distance);
        u32::try_from(capacity).unwrap_or(u32::MAX)
    }

    /// The first moment at which `count` may start together, after `others` have started, each as early as it may.
    fn free_at(&self, others: u64, count: NonZeroU32) -> Instant {
        let behind = u128::from(others) + u128::from(count.get() - 1);
        let behind = u128::from(self.spacing.distance).saturating_mul(behind);
        self.spacing.free_at(self.arrival.saturating_add(behind))
    }
}

/// The error of [`RateLimiter::try_acquire`]: nothing may start now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimited {
    /// The first moment at which the call could succeed, if nobody else comes and nobody ahead gives up.
    ///
    /// It may have passed when those ahead are free to start and have not run yet.
    pub retry_at: Instant,
}

/// The error of [`RateLimiter::acquire_many`]: so many starts will never be free together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OverBurst {
    /// The starts requested.
    pub requested: NonZeroU32,
    /// The most that may start together.
    pub burst: u32,
}

/// The error of [`RateLimiter::try_acquire_many`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TryAcquireError {
    /// They may not start now.
    RateLimited(RateLimited),
    /// They will never be free together.
    OverBurst(OverBurst),
}

impl fmt::Display for RateLimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "over the rate limit until {}", self.retry_at)
    }
}

impl fmt::Display for OverBurst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "starts requested must be at most {} (the burst), not {}", self.burst, self.requested)
    }
}

impl fmt::Display for TryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RateLimited(error) => error.fmt(f),
            Self::OverBurst(error) => error.fmt(f),
        }
    }
}

impl Error for RateLimited {}
impl Error for OverBurst {}
impl Error for TryAcquireError {}

impl From<RateLimited> for TryAcquireError {
    fn from(error: RateLimited) -> Self {
        Self::RateLimited(error)
    }
}

impl From<OverBurst> for TryAcquireError {
    fn from(error: OverBurst) -> Self {
        Self::OverBurst(error)
    }
}

/// A snapshot of a limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The starts that are free now. Those who wait come first.
    pub available: u32,
    /// The futures that wait.
    pub waiting: usize,
}

/// Lets callers start at a rate, with a burst, first come, first served.
pub struct RateLimiter<C> {
    clock: C,
    /// As in the state, readable without the lock.
    spacing: Spacing,
    state: FastPath<State>,
}

/// The first waiter has the turn: it sleeps until it may start. The others are in the queue, and are granted the turn one
/// after another.
#[derive(Debug)]
struct State {
    gcra: Gcra,
    has_turn: bool,
    queue: WaitQueue<NonZeroU32, ()>,
    /// The starts for which the waiters wait, the first one's included.
    requested: u64,
}

impl State {
    fn waiting(&self) -> usize {
        self.queue.len() + usize::from(self.has_turn)
    }

    fn try_acquire(&mut self, now: Instant, count: NonZeroU32) -> Result<(), Instant> {
        if self.has_turn {
            Err(self.gcra.free_at(self.requested, count))
        } else {
            self.gcra.step_many(now, count)
        }
    }

    /// Passes the turn on, from a waiter that has started or given up.
    fn end_turn(&mut self, count: NonZeroU32) -> Wakers {
        self.requested -= u64::from(count.get());
        let next = self.queue.grant(()).ok();
        self.has_turn = next.is_some();
        next.into()
    }
}

impl Granter for State {
    type Need = NonZeroU32;
    type Grant = ();

    fn queue(&mut self) -> &mut WaitQueue<NonZeroU32, ()> {
        &mut self.queue
    }

    fn try_grant(&mut self, count: NonZeroU32) -> Option<()> {
        self.requested += u64::from(count.get());
        let is_first = !self.has_turn;
        self.has_turn = true;
        is_first.then_some(())
    }

    fn give_up(&mut self, count: NonZeroU32, uncollected: Option<()>) -> Wakers {
        if uncollected.is_some() {
            return self.end_turn(count);
        }
        self.requested -= u64::from(count.get());
        Wakers::default()
    }
}

impl AsNumber for State {
    /// The arrival time, while nobody waits and it is not too large.
    fn to_number(&self) -> Option<u64> {
        u64::try_from(self.gcra.arrival).ok().filter(|_| !self.has_turn)
    }

    fn set_number(&mut self, number: u64) {
        self.gcra.arrival = number.into();
    }
}

impl<C: Clock> RateLimiter<C> {
    /// A limiter that has rested: `burst` starts are free.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the setting that is out of range, and the range.
    pub fn new(config: Config, clock: C) -> Result<Self, ConfigError> {
        let gcra = Gcra::new(config)?;
        let spacing = gcra.spacing;
        let state = State { gcra, has_turn: false, queue: WaitQueue::new(), requested: 0 };
        Ok(Self { clock, spacing, state: FastPath::new(state) })
    }

    /// Starts one now, if the rate allows it and nobody waits.
    ///
    /// # Errors
    ///
    /// [`RateLimited`], with the moment from which a retry makes sense.
    pub fn try_acquire(&self) -> Result<(), RateLimited> {
        self.start(ONE)
    }

    /// Starts `count` now, all or none, if the rate allows it and nobody waits.
    ///
    /// # Errors
    ///
    /// [`TryAcquireError::RateLimited`], with the moment from which a retry makes sense, or
    /// [`TryAcquireError::OverBurst`] if `count` is over the burst.
    pub fn try_acquire_many(&self, count: NonZeroU32) -> Result<(), TryAcquireError> {
        self.spacing.check(count)?;
        Ok(self.start(count)?)
    }

    fn start(&self, count: NonZeroU32) -> Result<(), RateLimited> {
        let now = self.clock.now();
        let started =
            self.start_on_fast_path(now, count).unwrap_or_else(|| self.state.lock().try_acquire(now, count));
        started.map_err(|retry_at| RateLimited { retry_at })
    }

    /// As [`Gcra::step_many`], for a `count` that was checked; `None` if that needs the lock.
    fn start_on_fast_path(&self, now: Instant, count: NonZeroU32) -> Option<Result<(), Instant>> {
        self.state.try_update(|arrival| {
            let next = self.spacing.start(arrival.into(), count, now)?;
            Ok(u64::try_from(next).unwrap_or(u64::MAX))
        })
    }

    /// Waits until one may start.
    ///
    /// It joins the queue at the first poll. Dropped before it is ready, it has used nothing and the next waiter moves
    /// up; once it is ready, the start is used.
    pub async fn acquire(&self) {
        self.wait(ONE).await;
    }

    /// Waits until `count` may start together. It joins the queue as [`acquire`](Self::acquire) does.
    ///
    /// # Errors
    ///
    /// [`OverBurst`] at the first poll if `count` is over the burst.
    pub async fn acquire_many(&self, count: NonZeroU32) -> Result<(), OverBurst> {
        self.spacing.check(count)?;
        self.wait(count).await;
        Ok(())
    }

    async fn wait(&self, count: NonZeroU32) {
        if self.start_on_fast_path(self.clock.now(), count) == Some(Ok(())) {
            return;
        }
        Wait::new(&self.state, count).await;
        let mut turn = Turn { state: Some(&self.state), count };
        // A sleeper checks again: it may have been cancelled and the time may have moved on since it was woken, and a
        // clock may be early (tower-resilience#363 starts without a check).
        while let Err(until) = turn.start(self.clock.now()) {
            self.clock.sleep_until(until).await;
        }
    }

    /// A snapshot of the limiter.
    pub fn status(&self) -> Status {
        let now = self.clock.now();
        let state = self.state.lock();
        Status { available: state.gcra.available(now), waiting: state.waiting() }
    }
}

impl<C: fmt::Debug> fmt::Debug for RateLimiter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// The turn of the first waiter, passed on when it has started or this is dropped.
struct Turn<'a> {
    /// `None` once it has been passed on.
    state: Option<&'a FastPath<State>>,
    count: NonZeroU32,
}

impl Turn<'_> {
    fn start(&mut self, now: Instant) -> Result<(), Instant> {
        let Some(state) = self.state else { return Ok(()) };
        let mut locked = state.lock();
        locked.gcra.step_many(now, self.count)?;
        let wakers = locked.end_turn(self.count);
        drop(locked);
        self.state = None;
        wakers.wake();
        Ok(())
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(state) = self.state {
            let wakers = state.lock().end_turn(self.count);
            wakers.wake();
        }
    }
}
