//! A rate limiter: so many starts in a period, with a burst, and never more in any window.
//!
//! Not to be mistaken for a concurrency limit. It counts starts, not what is still running: ten calls a second
//! that take a minute each are six hundred calls at once. To bound those, take a semaphore, or both.
//!
//! The algorithm is GCRA, the generic cell rate algorithm of ATM networks (ITU-T I.371): one number is kept, the
//! theoretical arrival time of the next start if all had kept their distance. There is no window that begins
//! anew, and so no edge at which twice the burst slips through (tower's fixed window: tower#842).

use std::{
    error::Error,
    fmt,
    future::poll_fn,
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{
    config::ConfigError,
    list::{Key, List},
    shortcut::{Reducible, Shortcut},
};
use crate::runtime::{Clock, Instant};

/// How much a limiter lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimiterConfig {
    /// How many starts in each period; 1 or more.
    pub rate: u32,
    /// The period; 1 ns to 2^64 - 1 ns, which are some 584 years.
    pub period: Duration,
    /// How many may start at once after a rest; 1 or more.
    pub burst: u32,
}

/// The algorithm: a state machine without a clock, for those who bring their own queue.
///
/// It reckons in units of a nanosecond divided by the rate, in which the distance between two starts is a whole
/// number; so it neither drifts nor rounds in anybody's favour.
#[derive(Clone, Debug)]
pub struct Gcra {
    pace: Pace,
    /// The theoretical arrival time, in units.
    arrival: u128,
}

/// What a limiter's setting comes to.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// Units in a nanosecond: what is left of the rate when it and the distance have been divided by what divides both.
    /// For most settings that is 1: arrivals of centuries fit into 64 bits, and a unit is a nanosecond already.
    rate: u64,
    /// The distance between starts, in units.
    distance: u64,
    /// How far ahead of the time the arrival time may be, in units: a start's distance less than the burst.
    tolerance: u128,
}

impl Pace {
    /// The arrival time after a start now; or the first moment at which one may start, [`Instant::NEVER`] if that is
    /// out of range.
    fn start(self, arrival: u128, now: Instant) -> Result<u128, Instant> {
        let at = self.units(now);
        if arrival > at + self.tolerance {
            return Err(self.free_at(arrival));
        }
        Ok(arrival.max(at) + u128::from(self.distance))
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

const fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

impl Gcra {
    /// A limiter that has rested: `burst` starts are free.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(config: RateLimiterConfig) -> Result<Self, ConfigError> {
        let RateLimiterConfig { rate, period, burst } = config;
        ConfigError::check(rate >= 1, "rate", "1 to 4294967295 starts in a period")?;
        ConfigError::check(burst >= 1, "burst", "1 to 4294967295 starts")?;
        let distance = u64::try_from(period.as_nanos()).unwrap_or(0);
        ConfigError::check(distance > 0, "period", "1 to 18446744073709551615 ns")?;
        let common = greatest_common_divisor(distance, rate.into());
        let (rate, distance) = (u64::from(rate) / common, distance / common);
        // Rate and burst are below 2^32, times below 2^64: no product or sum here or above reaches 2^128.
        let tolerance = u128::from(distance) * u128::from(burst - 1);
        Ok(Self { pace: Pace { rate, distance, tolerance }, arrival: 0 })
    }

    /// Starts one now, or says when to ask again; a refusal uses nothing up.
    ///
    /// # Errors
    ///
    /// The first moment at which one may start, [`Instant::NEVER`] if that is out of range.
    pub fn step(&mut self, now: Instant) -> Result<(), Instant> {
        self.arrival = self.pace.start(self.arrival, now)?;
        Ok(())
    }

    /// How many may start at once now.
    pub fn available(&self, now: Instant) -> u32 {
        let Pace { distance, tolerance, .. } = self.pace;
        let ahead = self.arrival.saturating_sub(self.pace.units(now));
        let room = (tolerance + u128::from(distance)).saturating_sub(ahead) / u128::from(distance);
        u32::try_from(room).unwrap_or(u32::MAX)
    }

    /// The first moment at which one may start after `others` have, each as early as it may.
    fn free_at(&self, others: usize) -> Instant {
        let behind = u128::from(self.pace.distance).saturating_mul(others as u128);
        self.pace.free_at(self.arrival.saturating_add(behind))
    }
}

/// Nothing may start now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimited {
    /// The first moment at which one might start, if nobody comes in between and nobody ahead gives up.
    ///
    /// It may have passed when those ahead are free to start and have not run yet.
    pub retry_at: Instant,
}

impl fmt::Display for RateLimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "over the rate limit until {}", self.retry_at)
    }
}

impl Error for RateLimited {}

/// A look at a limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimiterStatus {
    /// How many may start at once now; those who wait have the first claim to them.
    pub available: u32,
    /// How many wait.
    pub waiting: usize,
}

/// Lets callers start at a rate, with a burst, first come first served.
///
/// - **Promise**: in any window of length t, wherever it begins, at most burst + rate x t calls start.
/// - **Cancel**: a waiter that is dropped has used nothing up, and the next one moves up.
/// - **Fairness**: strictly first in, first out, from the first poll of [`acquire`](Self::acquire); nobody
///   overtakes, [`try_acquire`](Self::try_acquire) included. So a waiter that is kept but not polled holds up those
///   behind it.
/// - **Cost**: O(1) in time for every operation, and in memory for every waiter; while nobody waits no allocation, and
///   at all but odd settings no lock.
///   Of all who wait only the first has a timer.
/// - **Not for** limiting how many are at work: ten starts a second of a minute each are six hundred at once. That is
///   a [`Semaphore`](super::Semaphore).
///
/// ```
/// use std::time::Duration;
///
/// use async_playground::patterns::{RateLimiterConfig, RateLimiter};
/// # use async_playground::runtime::{Clock, Instant};
/// # #[derive(Clone)] struct Still;
/// # impl Clock for Still {
/// #     type Sleep = std::future::Pending<()>;
/// #     fn now(&self) -> Instant { Instant::ORIGIN }
/// #     fn sleep_until(&self, _: Instant) -> Self::Sleep { std::future::pending() }
/// # }
/// # let clock = Still;
/// let config = RateLimiterConfig { rate: 5, period: Duration::from_secs(1), burst: 2 };
/// let limiter = RateLimiter::new(config, clock)?;
/// assert!(limiter.try_acquire().is_ok());
/// assert!(limiter.try_acquire().is_ok());
/// assert_eq!(limiter.try_acquire().unwrap_err().retry_at, Instant::from_millis(200));
/// # Ok::<(), async_playground::patterns::ConfigError>(())
/// ```
pub struct RateLimiter<C> {
    clock: C,
    /// As in the state, to be had without the lock.
    pace: Pace,
    state: Shortcut<State>,
}

#[derive(Debug)]
struct State {
    gcra: Gcra,
    /// In order of arrival. The first sleeps until it may start; the others are woken when they have become first.
    /// A waiter's waker is taken to wake it, for the last thing that it is woken for is to be first.
    waiters: List<Option<Waker>>,
}

impl Reducible for State {
    /// The arrival time, while nobody waits and it is not too large.
    fn reduce(&self) -> Option<u64> {
        u64::try_from(self.gcra.arrival).ok().filter(|_| self.waiters.front().is_none())
    }

    fn restore(&mut self, number: u64) {
        self.gcra.arrival = number.into();
    }
}

impl State {
    /// Takes a waiter out; gives its waker, to be dropped, and the next one's, to be woken, both without the lock.
    fn leave(&mut self, key: Key) -> (Option<Waker>, Option<Waker>) {
        let was_first = self.waiters.front() == Some(key);
        let left = self.waiters.remove(key).flatten();
        let next = self.waiters.front().filter(|_| was_first);
        (left, next.and_then(|next| self.waiters.get_mut(next)?.take()))
    }
}

impl<C: Clock> RateLimiter<C> {
    /// A limiter that has rested: `burst` starts are free.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(config: RateLimiterConfig, clock: C) -> Result<Self, ConfigError> {
        let gcra = Gcra::new(config)?;
        Ok(Self { clock, pace: gcra.pace, state: Shortcut::new(State { gcra, waiters: List::new() }) })
    }

    /// Starts one now, if the rate allows it and nobody waits.
    ///
    /// # Errors
    ///
    /// [`RateLimited`], with the moment from which it is worth asking again.
    pub fn try_acquire(&self) -> Result<(), RateLimited> {
        let now = self.clock.now();
        let started = self.start_past_lock(now).unwrap_or_else(|| {
            let mut state = self.state.lock();
            match state.waiters.len() {
                0 => state.gcra.step(now),
                waiting => Err(state.gcra.free_at(waiting)),
            }
        });
        started.map_err(|retry_at| RateLimited { retry_at })
    }

    /// As [`Gcra::step`]; nothing if that takes the lock.
    fn start_past_lock(&self, now: Instant) -> Option<Result<(), Instant>> {
        self.state.change(|arrival| {
            let next = self.pace.start(arrival.into(), now)?;
            Ok(u64::try_from(next).unwrap_or(u64::MAX))
        })
    }

    /// Waits until one may start.
    ///
    /// The place in the queue is taken at the first poll. Dropped before it is ready, the future has used nothing
    /// up and the next waiter moves up; once it is ready, the start is spent.
    pub async fn acquire(&self) {
        let mut place = Place { limiter: self, key: None };
        // A sleeper that wakes asks again: between its waking and its turn to run it may have been cancelled and
        // the time moved on, and a clock may be late (tower-resilience#363 starts without asking).
        while let Some(until) = poll_fn(|cx| place.poll_turn(cx)).await {
            self.clock.sleep_until(until).await;
        }
    }

    /// A look at the limiter; it changes nothing.
    pub fn status(&self) -> RateLimiterStatus {
        let now = self.clock.now();
        let state = self.state.lock();
        RateLimiterStatus { available: state.gcra.available(now), waiting: state.waiters.len() }
    }
}

impl<C: fmt::Debug> fmt::Debug for RateLimiter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// A caller's place in the queue, given up when dropped.
struct Place<'a, C> {
    limiter: &'a RateLimiter<C>,
    /// None before the first poll and after the start.
    key: Option<Key>,
}

impl<C: Clock> Place<'_, C> {
    /// Ready when this is the first in the queue: with nothing once it has started, else with the moment until
    /// which to sleep.
    fn poll_turn(&mut self, cx: &Context<'_>) -> Poll<Option<Instant>> {
        let now = self.limiter.clock.now();
        if self.key.is_none() && self.limiter.start_past_lock(now) == Some(Ok(())) {
            return Poll::Ready(None);
        }
        let waker = cx.waker().clone();
        let mut guard = self.limiter.state.lock();
        let state = &mut *guard;
        let first = state.waiters.front();
        if first.is_none() || first == self.key {
            let step = state.gcra.step(now);
            if step.is_ok() {
                let wakers = self.key.take().map(|key| state.leave(key));
                drop(guard);
                wake_next(wakers);
                return Poll::Ready(None);
            }
            if self.key.is_none() {
                self.key = Some(state.waiters.push_back(None));
            }
            return Poll::Ready(step.err());
        }
        // What it replaces is dropped after the lock: it may be the last handle of a task that waits here too.
        let _replaced = match self.key {
            Some(key) => state.waiters.get_mut(key).and_then(|old| old.replace(waker)),
            None => {
                self.key = Some(state.waiters.push_back(Some(waker)));
                None
            }
        };
        drop(guard);
        Poll::Pending
    }
}

impl<C> Drop for Place<'_, C> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let wakers = self.limiter.state.lock().leave(key);
            wake_next(Some(wakers));
        }
    }
}

/// Call without the lock: to wake, and to drop a waker, may run a task's code.
fn wake_next(wakers: Option<(Option<Waker>, Option<Waker>)>) {
    if let Some((_, Some(next))) = wakers {
        next.wake();
    }
}
