//! A circuit breaker: stops calling a service that keeps failing, and asks now and then whether it is back.
//!
//! Not for errors that are the caller's own fault (classify those as success or ignored), nor in front of
//! something that cannot recover by being left alone; and no substitute for a timeout, without which a call that
//! hangs is never counted at all.
//!
//! The pattern is Michael Nygard's (*Release It!*, 2007). Where its implementations differ, this one follows those
//! that are hardest to fool: results are counted only in the state in which their call began.

mod machine;

use std::{
    collections::VecDeque,
    error::Error,
    fmt,
    pin::pin,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub use self::machine::{BreakerMachine, BreakerTicket};
use super::{config::ConfigError, lock::lock};
use crate::runtime::{Clock, Instant};

/// When to open, for how long, and how to find out that the service is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerConfig {
    /// What opens the breaker.
    pub trip: Trip,
    /// How long it stays open before it lets a probe through; 1 ns or longer.
    pub recovery: Duration,
    /// How many calls are let through while half-open, all of which must succeed to close it; 1 to 1024.
    pub probes: u32,
    /// How long a probe may take before its place is given to another and its result no longer counts; 1 ns or
    /// longer. It should be longer than the timeout of a call.
    pub lease: Duration,
}

impl Default for BreakerConfig {
    /// Five failures in a row, half a minute, one probe, a minute.
    fn default() -> Self {
        let (recovery, lease) = (Duration::from_secs(30), Duration::from_secs(60));
        Self { trip: Trip::Consecutive { failures: 5 }, recovery, probes: 1, lease }
    }
}

/// What opens a closed breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trip {
    /// So many failures in a row.
    Consecutive {
        /// 1 or more.
        failures: u32,
    },
    /// A share of the last calls.
    Rate {
        /// How many of a hundred; 1 to 100.
        percent: u8,
        /// How many of the last results are looked at; 1 to 65535.
        window: u16,
        /// With fewer results than this it does not open; 1 to `window`.
        min_calls: u16,
    },
}

/// The three states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// Calls pass, and their failures are counted.
    Closed,
    /// Calls are rejected.
    Open,
    /// Probes pass, other calls are rejected.
    HalfOpen,
}

/// What a call says about the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The service is well.
    Success,
    /// The service is not.
    Failure,
    /// The call says nothing about it; a probe's place is free again.
    Ignored,
}

/// Why a state was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The trip policy was met.
    Tripped,
    /// The recovery time had passed and a call came.
    Recovery,
    /// A probe failed.
    ProbeFailed,
    /// All probes succeeded.
    ProbesSucceeded,
    /// [`CircuitBreaker::force_open`] or [`CircuitBreaker::force_closed`].
    Forced,
    /// [`CircuitBreaker::reset`].
    Reset,
}

/// A change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state left.
    pub from: BreakerState,
    /// The state entered, another one.
    pub to: BreakerState,
    /// When.
    pub at: Instant,
    /// Why.
    pub cause: Cause,
}

/// The call was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Open, or half-open with all probes under way.
    pub state: BreakerState,
    /// Before this moment no call is let through unless a probe ends: the end of the recovery time, or of the first
    /// lease; [`Instant::NEVER`] when forced open.
    pub until: Instant,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.state {
            BreakerState::HalfOpen => {
                write!(f, "circuit half-open, its probes under way until {}", self.until)
            }
            _ => write!(f, "circuit open until {}", self.until),
        }
    }
}

impl Error for Rejected {}

/// Guards a service that may fail.
///
/// - **Promise**: while open nothing passes; while half-open exactly as many probes as configured; a result counts
///   only in the state in which its call began.
/// - **Cancel**: a permit that is dropped without an outcome counts as [`Outcome::Ignored`], which frees a
///   probe's place. A probe that neither ends nor is dropped loses its place after the lease.
/// - **Fairness**: nobody waits; a call is admitted or rejected at once.
/// - **Cost**: O(1) and no allocation for a call, and where failures in a row are what trips it and none has been counted, no lock
///   and no look at the clock; half-open, O(probes).
/// - **Not for** errors of the caller's own making, which are to be classified as success or ignored; and no
///   substitute for a [`timeout`](super::timeout()), without which a call that hangs is never counted.
///
/// The observer is called with every transition, in order, exactly once, without the lock: it may use the breaker.
/// When two threads cause transitions at the same time one of them delivers both.
///
/// ```
/// use std::time::Duration;
///
/// use async_playground::patterns::{CircuitBreaker, BreakerConfig, BreakerState, Trip};
/// # use async_playground::runtime::{Clock, Instant};
/// # #[derive(Clone)] struct Still;
/// # impl Clock for Still {
/// #     type Sleep = std::future::Pending<()>;
/// #     fn now(&self) -> Instant { Instant::ORIGIN }
/// #     fn sleep_until(&self, _: Instant) -> Self::Sleep { std::future::pending() }
/// # }
/// # let clock = Still;
/// let trip = Trip::Consecutive { failures: 1 };
/// let config = BreakerConfig { trip, recovery: Duration::from_millis(300), ..BreakerConfig::default() };
/// let breaker = CircuitBreaker::new(config, clock)?;
/// breaker.try_acquire().unwrap().failure();
/// assert_eq!(breaker.state(), BreakerState::Open);
/// assert_eq!(breaker.try_acquire().unwrap_err().until, Instant::from_millis(300));
/// # Ok::<(), async_playground::patterns::ConfigError>(())
/// ```
pub struct CircuitBreaker<C, O = fn(&Transition)> {
    clock: C,
    observer: O,
    shared: Mutex<Shared>,
    /// What the machine says of being calm, for calls that change nothing: they need no lock and no look at the clock.
    calm: AtomicU64,
    /// Until when it is open, in nanoseconds, if it is: calls are rejected without the lock.
    open_until: AtomicU64,
}

/// No generation comes so far.
const NOT_CALM: u64 = u64::MAX;

#[derive(Debug)]
struct Shared {
    machine: BreakerMachine,
    /// Transitions not delivered yet.
    news: VecDeque<Transition>,
    /// Whether somebody is delivering them: others, the observer's own calls among them, leave theirs in the queue.
    delivering: bool,
}

impl<C: Clock> CircuitBreaker<C> {
    /// A closed breaker that nobody observes.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(config: BreakerConfig, clock: C) -> Result<Self, ConfigError> {
        Self::with_observer(config, clock, |_| ())
    }
}

impl<C: Clock, O: Fn(&Transition)> CircuitBreaker<C, O> {
    /// A closed breaker that tells `observer` of its transitions.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn with_observer(config: BreakerConfig, clock: C, observer: O) -> Result<Self, ConfigError> {
        // Room for a round of the states, so that an ordinary transition allocates nothing.
        let news = VecDeque::with_capacity(4);
        let shared = Shared { machine: BreakerMachine::new(config)?, news, delivering: false };
        let calm = AtomicU64::new(shared.machine.calm().unwrap_or(NOT_CALM));
        Ok(Self { clock, observer, shared: Mutex::new(shared), calm, open_until: AtomicU64::new(0) })
    }

    /// The state as of the last event; looking changes nothing, and a breaker whose recovery time has passed is
    /// open until a call is admitted.
    pub fn state(&self) -> BreakerState {
        lock(&self.shared).machine.state()
    }

    /// Admits a call or rejects it.
    ///
    /// # Errors
    ///
    /// [`Rejected`], with the moment from which it is worth asking again.
    pub fn try_acquire(&self) -> Result<BreakerPermit<'_, C, O>, Rejected> {
        match self.admit_calmly() {
            Some(permit) => Ok(permit),
            None => self.admit(),
        }
    }

    /// Makes a call, if it is admitted at the first poll, and counts its outcome.
    ///
    /// `classify` says what the output means for the service: usually that `Ok` is a success, that an error of the
    /// caller's making is [`Outcome::Ignored`] or a success, and any other a failure. Dropped before it is ready, or
    /// ended by a panic, the call counts as ignored; the future is dropped before its place is freed.
    ///
    /// # Errors
    ///
    /// [`Rejected`], without `future` having been polled.
    pub async fn call<F: Future>(
        &self,
        future: F,
        classify: impl FnOnce(&F::Output) -> Outcome,
    ) -> Result<F::Output, Rejected> {
        // As `try_acquire`, but without a result around a permit that is had calmly: so that stays in registers.
        let permit = match self.admit_calmly() {
            Some(permit) => permit,
            None => self.admit()?,
        };
        let output = pin!(future).await;
        permit.settle(classify(&output));
        Ok(output)
    }

    /// Opens until [`reset`](Self::reset) or [`force_closed`](Self::force_closed).
    pub fn force_open(&self) {
        self.change(BreakerMachine::force_open);
    }

    /// Closes, and counts nothing, until [`reset`](Self::reset) or [`force_open`](Self::force_open).
    pub fn force_closed(&self) {
        self.change(BreakerMachine::force_closed);
    }

    /// Closes with nothing counted, as new; calls under way are not counted.
    pub fn reset(&self) {
        self.change(BreakerMachine::reset);
    }

    const fn permit(&self, ticket: BreakerTicket) -> BreakerPermit<'_, C, O> {
        BreakerPermit { breaker: self, ticket: Some(ticket) }
    }

    /// Past the lock, while a call that goes well changes nothing.
    fn admit_calmly(&self) -> Option<BreakerPermit<'_, C, O>> {
        let generation = self.calm.load(Ordering::Acquire);
        (generation != NOT_CALM).then(|| self.permit(BreakerTicket::of_call(generation)))
    }

    fn admit(&self) -> Result<BreakerPermit<'_, C, O>, Rejected> {
        let until = Instant::from_nanos(self.open_until.load(Ordering::Acquire));
        if until != Instant::ORIGIN && (until == Instant::NEVER || self.clock.now() < until) {
            return Err(Rejected { state: BreakerState::Open, until });
        }
        let (ticket, news) = self.step(BreakerMachine::admit);
        // A permit before the observer is told: should that panic, a probe's place is free again.
        let permit = ticket.map(|ticket| self.permit(ticket));
        self.deliver(news);
        permit
    }

    /// Gives the answer, and whether there is something to deliver.
    fn step<T>(
        &self,
        step: impl FnOnce(&mut BreakerMachine, Instant) -> (T, Option<Transition>),
    ) -> (T, bool) {
        let now = self.clock.now();
        let mut shared = lock(&self.shared);
        let (answer, transition) = step(&mut shared.machine, now);
        self.calm.store(shared.machine.calm().unwrap_or(NOT_CALM), Ordering::Release);
        let open_until = shared.machine.open_until().unwrap_or_default();
        self.open_until.store(open_until.as_nanos(), Ordering::Release);
        shared.news.extend(transition);
        (answer, transition.is_some())
    }

    /// Not a part of its callers: small as they are without it, a call that changes nothing stays in registers.
    #[inline(never)]
    fn count(&self, ticket: BreakerTicket, outcome: Outcome) {
        self.change(|machine, now| machine.settle(ticket, outcome, now));
    }

    fn change(&self, change: impl FnOnce(&mut BreakerMachine, Instant) -> Option<Transition>) {
        let ((), news) = self.step(|machine, now| ((), change(machine, now)));
        self.deliver(news);
    }

    fn deliver(&self, news: bool) {
        if !news || std::mem::replace(&mut lock(&self.shared).delivering, true) {
            return;
        }
        // Should the observer panic, the next transition's delivery goes on with what is left.
        let mut turn = Delivery { shared: &self.shared, done: false };
        while let Some(transition) = turn.next() {
            (self.observer)(&transition);
        }
    }
}

/// The right to deliver, given back when the queue is empty, or when the observer panics.
struct Delivery<'a> {
    shared: &'a Mutex<Shared>,
    done: bool,
}

impl Delivery<'_> {
    fn next(&mut self) -> Option<Transition> {
        let mut shared = lock(self.shared);
        let next = shared.news.pop_front();
        // In the same breath as the look at the queue, or another thread's news would be left lying.
        self.done = next.is_none();
        shared.delivering = !self.done;
        next
    }
}

impl Drop for Delivery<'_> {
    fn drop(&mut self) {
        if !self.done {
            lock(self.shared).delivering = false;
        }
    }
}

impl<C: fmt::Debug, O> fmt::Debug for CircuitBreaker<C, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.shared).machine.state();
        f.debug_struct("CircuitBreaker")
            .field("clock", &self.clock)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

/// The right to make one call. Dropped without an outcome it counts as [`Outcome::Ignored`].
#[must_use = "a permit that is dropped counts as cancelled"]
pub struct BreakerPermit<'a, C: Clock, O: Fn(&Transition) = fn(&Transition)> {
    breaker: &'a CircuitBreaker<C, O>,
    /// Taken when the outcome is known.
    ticket: Option<BreakerTicket>,
}

impl<C: Clock, O: Fn(&Transition)> BreakerPermit<'_, C, O> {
    /// The service was well.
    pub fn success(self) {
        self.settle(Outcome::Success);
    }

    /// The service was not.
    pub fn failure(self) {
        self.settle(Outcome::Failure);
    }

    /// The call says nothing about the service.
    pub fn ignore(self) {
        self.settle(Outcome::Ignored);
    }

    /// The outcome is `outcome`.
    pub fn settle(mut self, outcome: Outcome) {
        self.finish(outcome);
    }

    fn finish(&mut self, outcome: Outcome) {
        let Some(ticket) = self.ticket.take() else { return };
        let is_calm = || self.breaker.calm.load(Ordering::Acquire) == ticket.generation();
        if outcome == Outcome::Failure || !is_calm() {
            self.breaker.count(ticket, outcome);
        }
    }
}

impl<C: Clock, O: Fn(&Transition)> Drop for BreakerPermit<'_, C, O> {
    fn drop(&mut self) {
        self.finish(Outcome::Ignored);
    }
}

impl<C: Clock, O: Fn(&Transition)> fmt::Debug for BreakerPermit<'_, C, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BreakerPermit").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}
