//! A circuit breaker: stops calling a service that keeps failing, and tests now and then whether it works again.
//!
//! ```
//! use std::time::Duration;
//!
//! use async_playground::{
//!     patterns::circuit_breaker::{CallError, CircuitBreaker, Config, Outcome, Trip},
//!     runtime::{Order, Simulation},
//! };
//!
//! let mut simulation = Simulation::new(Order::fifo());
//! let trip = Trip::Consecutive { failures: 2 };
//! let config = Config { trip, recovery: Duration::from_secs(5), ..Config::default() };
//! let breaker = CircuitBreaker::new(config, simulation.clock())?;
//! let last = simulation.block_on(async move {
//!     for _ in 0..2 {
//!         let call = breaker.call(async { Err::<(), _>("no route") }, Outcome::of);
//!         assert_eq!(call.await, Err(CallError::Failed("no route")));
//!     }
//!     breaker.call(async { Ok::<_, &str>("never polled") }, Outcome::of).await
//! });
//! assert_eq!(last.unwrap().unwrap_err().to_string(), "circuit open until 5000 ms");
//! # Ok::<(), async_playground::patterns::ConfigError>(())
//! ```
//!
//! - **Promise**: while open no call is admitted; while half-open exactly as many test calls as configured; a result
//!   counts only in the state in which its call was admitted.
//! - **Cancel**: a permit that is dropped without an outcome counts as [`Outcome::Ignored`]. A test call that neither
//!   ends nor is dropped can be replaced after its lease.
//! - **Fairness**: there is no queue. A call is admitted or rejected immediately.
//! - **Cost**: O(1) and no allocation for a call. With [`Trip::Consecutive`] and no failure counted, a call takes no
//!   lock and does not read the clock. Half-open, O(test calls).
//! - **Not for** errors that are the caller's own fault: classify those as success or ignored. Nor for a service that
//!   cannot recover while it is left alone. No substitute for a [`timeout`](super::timeout()), without which a call that
//!   hangs is never counted.
//!
//! The pattern is Michael Nygard's (*Release It!*, 2007). Where implementations differ, this one counts a result only
//! in the state in which its call was admitted.

mod machine;
mod permit;

use std::{
    collections::VecDeque,
    error::Error,
    fmt, mem,
    ops::Deref,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub use self::{
    machine::{Admission, Machine},
    permit::{OwnedPermit, Permit, PermitOf},
};
use super::{config::ConfigError, lock::lock};
use crate::runtime::{Clock, Instant};

/// When the breaker opens, for how long, and how it finds out that the service works again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// What opens the breaker.
    pub trip: Trip,
    /// How long it stays open before it admits a test call; 1 ns or longer.
    pub recovery: Duration,
    /// How many test calls are admitted while half-open, all of which must succeed to close it; 1 to 1024.
    pub test_calls: u32,
    /// How long a test call holds its place alone; 1 ns or longer. After that the next caller may take the place, and if
    /// one does, the result of the earlier test call is ignored; until then that result still counts. It should be longer
    /// than the timeout of a call.
    pub lease: Duration,
}

impl Default for Config {
    /// Opens after 5 failures in a row, for 30 s; one test call, with a lease of 60 s.
    fn default() -> Self {
        let (recovery, lease) = (Duration::from_secs(30), Duration::from_secs(60));
        Self { trip: Trip::Consecutive { failures: 5 }, recovery, test_calls: 1, lease }
    }
}

/// What opens a closed breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trip {
    /// A number of failures in a row.
    Consecutive {
        /// 1 or more.
        failures: u32,
    },
    /// A share of failures among the last results. It opens at this share or above, checked after each result: so a
    /// success may open it too, if it is the result that completes `min_calls`.
    Rate {
        /// The share in percent; 1 to 100.
        percent: u8,
        /// How many of the last results are considered; 1 to 65535.
        window: u16,
        /// With fewer results than this the breaker does not open; 1 to `window`.
        min_calls: u16,
    },
}

/// The three states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Calls are admitted, and their failures are counted.
    Closed,
    /// Calls are rejected.
    Open,
    /// Test calls are admitted, other calls are rejected.
    HalfOpen,
}

/// What the result of a call says about the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The service works.
    Success,
    /// The service does not work.
    Failure,
    /// Nothing; if it was a test call, another one is admitted.
    Ignored,
}

impl Outcome {
    /// Classifies every `Ok` as success and every `Err` as failure.
    pub const fn of<T, E>(result: &Result<T, E>) -> Self {
        if result.is_ok() { Self::Success } else { Self::Failure }
    }
}

/// Why a state was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The condition of [`Trip`] was met.
    Tripped,
    /// The recovery time had passed when a call came.
    Recovery,
    /// A test call failed.
    TestCallFailed,
    /// All test calls succeeded.
    TestCallsSucceeded,
    /// [`CircuitBreaker::force_open`] or [`CircuitBreaker::force_closed`].
    Forced,
    /// [`CircuitBreaker::reset`].
    Reset,
}

/// A change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state left.
    pub from: State,
    /// The state entered, another one.
    pub to: State,
    /// When it was entered.
    pub at: Instant,
    /// Why it was entered.
    pub cause: Cause,
}

/// What a breaker has counted since it entered its state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many results are considered: those in the window of [`Trip::Rate`], or the failures in a row of
    /// [`Trip::Consecutive`].
    pub results: usize,
    /// How many of them are failures.
    pub failures: usize,
    /// How many test calls are running.
    pub test_calls: usize,
    /// How many test calls have succeeded.
    pub test_calls_succeeded: usize,
}

/// The error of a call that was not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// Open, or half-open with all test calls running.
    pub state: State,
    /// The earliest time at which a call can be admitted, unless a test call ends before: the end of the recovery time,
    /// or of the first lease; [`Instant::NEVER`] when forced open.
    pub until: Instant,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.state {
            State::HalfOpen => {
                write!(f, "circuit half-open, all test calls running until {}", self.until)
            }
            _ => write!(f, "circuit open until {}", self.until),
        }
    }
}

impl Error for Rejected {}

/// The error of [`CircuitBreaker::call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError<E> {
    /// The breaker did not admit the call.
    Rejected(Rejected),
    /// The call was made and returned this error.
    Failed(E),
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejected) => rejected.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(_) => None,
            Self::Failed(error) => error.source(),
        }
    }
}

/// Guards a service that may fail.
///
/// The observer is called with every transition, in order, exactly once, without the lock: it may use the breaker. When
/// two threads cause transitions at the same time, one of them delivers both.
pub struct CircuitBreaker<C, O = fn(&Transition)> {
    clock: C,
    observer: O,
    shared: Mutex<Shared>,
    /// The generation of [`Machine::fast_path`]: calls that change nothing need no lock and no clock.
    fast_path: AtomicU64,
    /// Until when it is open, in nanoseconds, or 0: calls are rejected without the lock.
    open_until: AtomicU64,
}

/// Stands for no fast path; no generation is as high.
const NONE: u64 = u64::MAX;

#[derive(Debug)]
struct Shared {
    machine: Machine,
    /// Transitions that the observer has not seen yet.
    pending: VecDeque<Transition>,
    /// Whether a caller is delivering them. Others, calls by the observer among them, leave theirs in the queue.
    delivering: bool,
}

impl<C: Clock> CircuitBreaker<C> {
    /// A closed breaker without an observer.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(config: Config, clock: C) -> Result<Self, ConfigError> {
        Self::with_observer(config, clock, |_| ())
    }
}

impl<C: Clock, O: Fn(&Transition)> CircuitBreaker<C, O> {
    /// A closed breaker that calls `observer` with each transition.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn with_observer(config: Config, clock: C, observer: O) -> Result<Self, ConfigError> {
        // Capacity for one round of the states, so that an ordinary transition allocates nothing.
        let pending = VecDeque::with_capacity(4);
        let shared = Shared { machine: Machine::new(config)?, pending, delivering: false };
        let fast_path = AtomicU64::new(shared.machine.fast_path().unwrap_or(NONE));
        Ok(Self { clock, observer, shared: Mutex::new(shared), fast_path, open_until: AtomicU64::new(0) })
    }

    /// The state after the last event. Reading it changes nothing: a breaker whose recovery time has passed is open until
    /// a call is admitted.
    pub fn state(&self) -> State {
        lock(&self.shared).machine.state()
    }

    /// What has been counted in the current state.
    pub fn counts(&self) -> Counts {
        lock(&self.shared).machine.counts()
    }

    /// Admits a call or rejects it.
    ///
    /// # Errors
    ///
    /// [`Rejected`], with the earliest time at which it makes sense to try again.
    pub fn try_acquire(&self) -> Result<Permit<'_, C, O>, Rejected> {
        Self::acquire(self)
    }

    /// Does the same as [`try_acquire`](Self::try_acquire), with a permit that can move into a spawned task.
    ///
    /// # Errors
    ///
    /// As for [`try_acquire`](Self::try_acquire).
    pub fn try_acquire_owned(self: &Arc<Self>) -> Result<OwnedPermit<C, O>, Rejected> {
        Self::acquire(Arc::clone(self))
    }

    /// Makes a call, if it is admitted at the first poll, and counts its outcome.
    ///
    /// `classify` decides what the result says about the service: [`Outcome::of`] where every error is a failure. An
    /// error that is the caller's fault is [`Outcome::Ignored`] or a success. A call that is dropped before its end or
    /// that panics is ignored; its future is dropped before its permit.
    ///
    /// # Errors
    ///
    /// [`CallError::Rejected`] without `future` having been polled, or the error of `future`.
    pub async fn call<T, E>(
        &self,
        future: impl Future<Output = Result<T, E>>,
        classify: impl FnOnce(&Result<T, E>) -> Outcome,
    ) -> Result<T, CallError<E>> {
        // Not `try_acquire`: without a result around it, a permit of the fast path stays in registers.
        let permit = match self.fast_path() {
            Some(admission) => PermitOf::new(self, admission),
            None => match Self::admit(self) {
                Ok(permit) => permit,
                Err(rejected) => return Err(CallError::Rejected(rejected)),
            },
        };
        let result = pin!(future).await;
        permit.settle(classify(&result));
        result.map_err(CallError::Failed)
    }

    /// Opens until [`reset`](Self::reset) or [`force_closed`](Self::force_closed).
    pub fn force_open(&self) {
        self.change(Machine::force_open);
    }

    /// Closes, and counts nothing, until [`reset`](Self::reset) or [`force_open`](Self::force_open).
    pub fn force_closed(&self) {
        self.change(Machine::force_closed);
    }

    /// Closes with nothing counted, like a new breaker; running calls are not counted.
    pub fn reset(&self) {
        self.change(Machine::reset);
    }

    fn acquire<B: Deref<Target = Self>>(breaker: B) -> Result<PermitOf<B>, Rejected> {
        match breaker.fast_path() {
            Some(admission) => Ok(PermitOf::new(breaker, admission)),
            None => Self::admit(breaker),
        }
    }

    /// Admits a call without the lock, while its success would change nothing.
    fn fast_path(&self) -> Option<Admission> {
        let generation = self.fast_path.load(Ordering::Acquire);
        (generation != NONE).then(|| Admission::of_call(generation))
    }

    /// Not inlined, so that a permit of the fast path stays in registers.
    #[inline(never)]
    fn admit<B: Deref<Target = Self>>(breaker: B) -> Result<PermitOf<B>, Rejected> {
        let until = Instant::from_nanos(breaker.open_until.load(Ordering::Acquire));
        if until != Instant::ORIGIN && (until == Instant::NEVER || breaker.clock.now() < until) {
            return Err(Rejected { state: State::Open, until });
        }
        let (admission, changed) = breaker.step(Machine::admit);
        match admission {
            Ok(admission) => {
                // Made before the observer is called: if that panics, the permit is dropped.
                let permit = PermitOf::new(breaker, admission);
                permit.breaker.deliver(changed);
                Ok(permit)
            }
            Err(rejected) => Err(rejected),
        }
    }

    /// Whether calls are still admitted as this one was, by the fast path.
    fn is_fast_path_of(&self, admission: &Admission) -> bool {
        self.fast_path.load(Ordering::Acquire) == admission.generation()
    }

    /// Returns the answer of the machine, and whether there is a transition to deliver.
    fn step<T>(&self, step: impl FnOnce(&mut Machine, Instant) -> (T, Option<Transition>)) -> (T, bool) {
        let now = self.clock.now();
        let mut shared = lock(&self.shared);
        let (answer, transition) = step(&mut shared.machine, now);
        self.fast_path.store(shared.machine.fast_path().unwrap_or(NONE), Ordering::Release);
        let open_until = shared.machine.open_until().unwrap_or_default();
        self.open_until.store(open_until.as_nanos(), Ordering::Release);
        shared.pending.extend(transition);
        (answer, transition.is_some())
    }

    /// Not inlined, so that its callers are small and a call of the fast path stays in registers.
    #[inline(never)]
    fn count(&self, admission: Admission, outcome: Outcome) {
        self.change(|machine, now| machine.settle(admission, outcome, now));
    }

    fn change(&self, change: impl FnOnce(&mut Machine, Instant) -> Option<Transition>) {
        let ((), changed) = self.step(|machine, now| ((), change(machine, now)));
        self.deliver(changed);
    }

    fn deliver(&self, changed: bool) {
        if !changed || mem::replace(&mut lock(&self.shared).delivering, true) {
            return;
        }
        // If the observer panics, the delivery of the next transition goes on with the rest.
        let mut delivery = Delivery { shared: &self.shared, done: false };
        while let Some(transition) = delivery.next() {
            (self.observer)(&transition);
        }
    }
}

/// The right to deliver, which ends when the queue is empty, or when the observer panics.
struct Delivery<'a> {
    shared: &'a Mutex<Shared>,
    done: bool,
}

impl Delivery<'_> {
    fn next(&mut self) -> Option<Transition> {
        let mut shared = lock(self.shared);
        let next = shared.pending.pop_front();
        // Under the same lock as the queue, or another thread's transition would stay there.
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
