//! The breaker's state machine, without clock, lock or future.

use std::{collections::VecDeque, time::Duration};

use super::{Cause, Config, ConfigError, Counts, Outcome, Rejected, State, Transition, Trip};
use crate::runtime::Instant;

/// The state machine: it admits calls and settles their outcomes; each step causes at most one transition.
///
/// [`CircuitBreaker`](super::CircuitBreaker) is this behind a lock, with a clock and an observer.
#[derive(Clone, Debug)]
pub struct Machine {
    config: Config,
    mode: Mode,
    /// Incremented by every transition, reset and force: a call that was admitted under another one is not counted.
    generation: u64,
    tally: Tally,
    /// The time of the last such event. Of two threads the first to read the clock may be the last to arrive here; its
    /// events are dated no earlier than this.
    entered: Instant,
    /// One for each test call allowed.
    tests: Vec<Test>,
    /// The serial number of the last test call admitted.
    serial: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Closed,
    ForcedClosed,
    Open { until: Instant },
    HalfOpen,
}

/// The state of one of the test calls allowed while half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Free,
    Running { serial: u64, until: Instant },
    Succeeded,
}

/// The admission of a call, returned with its outcome.
#[derive(Debug, PartialEq, Eq)]
pub struct Admission {
    generation: u64,
    /// The serial number of a test call, which is never 0; 0 for a call of the closed state.
    test: u64,
}

impl Admission {
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// The admission of a call that is no test call.
    pub(super) const fn of_call(generation: u64) -> Self {
        Self { generation, test: 0 }
    }
}

impl Machine {
    /// A closed machine with nothing counted.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.validate()?;
        let tests = vec![Test::Free; usize::try_from(config.test_calls).unwrap_or(usize::MAX)];
        let tally = Tally::new(config.trip);
        let (mode, entered) = (Mode::Closed, Instant::ORIGIN);
        Ok(Self { config, mode, generation: 0, entered, tally, tests, serial: 0 })
    }

    /// The state after the last event: a breaker whose recovery time has passed is open until a call is admitted.
    pub const fn state(&self) -> State {
        match self.mode {
            Mode::Closed | Mode::ForcedClosed => State::Closed,
            Mode::Open { .. } => State::Open,
            Mode::HalfOpen => State::HalfOpen,
        }
    }

    /// What has been counted in the current state.
    pub fn counts(&self) -> Counts {
        let (results, failures) = self.tally.counts();
        let of = |wanted: fn(&Test) -> bool| self.tests.iter().filter(|test| wanted(test)).count();
        let half_open = self.mode == Mode::HalfOpen;
        Counts {
            results,
            failures,
            test_calls: if half_open { of(|test| matches!(test, Test::Running { .. })) } else { 0 },
            test_calls_succeeded: if half_open { of(|test| *test == Test::Succeeded) } else { 0 },
        }
    }

    /// Admits a call or rejects it.
    ///
    /// # Errors
    ///
    /// [`Rejected`] while open, and while half-open if all test calls are running.
    pub fn admit(&mut self, now: Instant) -> (Result<Admission, Rejected>, Option<Transition>) {
        let mut transition = None;
        match self.mode {
            Mode::Closed | Mode::ForcedClosed => {
                return (Ok(Admission::of_call(self.generation)), None);
            }
            Mode::Open { until } if now < until || until == Instant::NEVER => {
                return (Err(Rejected { state: State::Open, until }), None);
            }
            Mode::Open { .. } => transition = self.enter(Mode::HalfOpen, Cause::Recovery, now),
            Mode::HalfOpen => {}
        }
        (self.admit_test_call(now), transition)
    }

    /// The generation under which every call is admitted, if a success changes nothing: closed, and no failure counted.
    pub(super) fn fast_path(&self) -> Option<u64> {
        let uncounted = matches!(self.tally, Tally::Consecutive { failures: 0, .. });
        let unchanged = self.mode == Mode::ForcedClosed || self.mode == Mode::Closed && uncounted;
        unchanged.then_some(self.generation)
    }

    /// Until when every call is rejected, if open.
    pub(super) const fn open_until(&self) -> Option<Instant> {
        match self.mode {
            Mode::Open { until } => Some(until),
            _ => None,
        }
    }

    fn admit_test_call(&mut self, now: Instant) -> Result<Admission, Rejected> {
        let is_free = |test: &&mut Test| match **test {
            Test::Free => true,
            Test::Running { until, .. } => until <= now,
            Test::Succeeded => false,
        };
        if let Some(test) = self.tests.iter_mut().find(is_free) {
            self.serial = self.serial.wrapping_add(1);
            *test = Test::Running { serial: self.serial, until: now.after(self.config.lease) };
            return Ok(Admission { generation: self.generation, test: self.serial });
        }
        let leases = self.tests.iter().filter_map(|test| match test {
            Test::Running { until, .. } => Some(*until),
            _ => None,
        });
        Err(Rejected { state: State::HalfOpen, until: leases.min().unwrap_or(Instant::NEVER) })
    }

    /// Counts the outcome of a call that has ended, or was dropped: [`Outcome::Ignored`].
    #[allow(clippy::needless_pass_by_value, reason = "an admission is good for one outcome")]
    pub fn settle(&mut self, admission: Admission, outcome: Outcome, now: Instant) -> Option<Transition> {
        if admission.generation != self.generation {
            return None;
        }
        match self.mode {
            Mode::Closed => {
                let failed = match outcome {
                    Outcome::Success => false,
                    Outcome::Failure => true,
                    Outcome::Ignored => return None,
                };
                let trips = self.tally.count(failed);
                if trips { self.enter(self.open(now), Cause::Tripped, now) } else { None }
            }
            Mode::HalfOpen => self.settle_test_call(admission.test, outcome, now),
            _ => None,
        }
    }

    fn settle_test_call(&mut self, serial: u64, outcome: Outcome, now: Instant) -> Option<Transition> {
        // Not found, and so not counted, if another call has taken over after the lease.
        let is_own = |test: &&mut Test| matches!(**test, Test::Running { serial: own, .. } if own == serial);
        let test = self.tests.iter_mut().find(is_own)?;
        match outcome {
            Outcome::Ignored => *test = Test::Free,
            Outcome::Failure => return self.enter(self.open(now), Cause::TestCallFailed, now),
            Outcome::Success => *test = Test::Succeeded,
        }
        let all = self.tests.iter().all(|test| *test == Test::Succeeded);
        if all { self.enter(Mode::Closed, Cause::TestCallsSucceeded, now) } else { None }
    }

    /// Opens until [`reset`](Self::reset) or [`force_closed`](Self::force_closed).
    pub fn force_open(&mut self, now: Instant) -> Option<Transition> {
        self.enter(Mode::Open { until: Instant::NEVER }, Cause::Forced, now)
    }

    /// Closes, and counts nothing, until [`reset`](Self::reset) or [`force_open`](Self::force_open).
    pub fn force_closed(&mut self, now: Instant) -> Option<Transition> {
        self.enter(Mode::ForcedClosed, Cause::Forced, now)
    }

    /// Closes with nothing counted, as new.
    pub fn reset(&mut self, now: Instant) -> Option<Transition> {
        self.enter(Mode::Closed, Cause::Reset, now)
    }

    fn open(&self, now: Instant) -> Mode {
        Mode::Open { until: now.max(self.entered).after(self.config.recovery) }
    }

    fn enter(&mut self, mode: Mode, cause: Cause, now: Instant) -> Option<Transition> {
        let from = self.state();
        self.mode = mode;
        self.generation = self.generation.wrapping_add(1);
        self.entered = self.entered.max(now);
        self.tally.clear();
        self.tests.fill(Test::Free);
        let to = self.state();
        (from != to).then_some(Transition { from, to, at: self.entered, cause })
    }
}

/// The results of the closed state that the trip policy needs.
#[derive(Clone, Debug)]
enum Tally {
    Consecutive { limit: u32, failures: u32 },
    Rate { percent: u32, min_calls: usize, window: usize, failures: usize, failed: VecDeque<bool> },
}

impl Tally {
    fn new(trip: Trip) -> Self {
        match trip {
            Trip::Consecutive { failures: limit } => Self::Consecutive { limit, failures: 0 },
            Trip::Rate { percent, window, min_calls } => {
                let window = usize::from(window);
                let failed = VecDeque::with_capacity(window);
                Self::Rate {
                    percent: percent.into(),
                    min_calls: min_calls.into(),
                    window,
                    failures: 0,
                    failed,
                }
            }
        }
    }

    /// Counts a result. Returns whether the breaker opens.
    fn count(&mut self, failure: bool) -> bool {
        match self {
            Self::Consecutive { limit, failures } => {
                *failures = if failure { failures.saturating_add(1) } else { 0 };
                *failures >= *limit
            }
            Self::Rate { percent, min_calls, window, failures, failed } => {
                if failed.len() >= *window && failed.pop_front() == Some(true) {
                    *failures -= 1;
                }
                failed.push_back(failure);
                *failures += usize::from(failure);
                let enough = failed.len() >= *min_calls;
                enough && *failures as u64 * 100 >= failed.len() as u64 * u64::from(*percent)
            }
        }
    }

    /// How many results are considered, and how many of them are failures.
    fn counts(&self) -> (usize, usize) {
        match self {
            Self::Consecutive { failures, .. } => {
                let failures = usize::try_from(*failures).unwrap_or(usize::MAX);
                (failures, failures)
            }
            Self::Rate { failures, failed, .. } => (failed.len(), *failures),
        }
    }

    fn clear(&mut self) {
        match self {
            Self::Consecutive { failures, .. } => *failures = 0,
            Self::Rate { failures, failed, .. } => {
                *failures = 0;
                failed.clear();
            }
        }
    }
}

impl Config {
    /// Checks every setting against its range.
    fn validate(&self) -> Result<(), ConfigError> {
        let lasts = |time: Duration| !time.is_zero();
        ConfigError::check(lasts(self.recovery), "recovery", "1 ns or longer")?;
        ConfigError::check(lasts(self.lease), "lease", "1 ns or longer")?;
        ConfigError::check((1..=1024).contains(&self.test_calls), "test_calls", "1 to 1024 calls")?;
        match self.trip {
            Trip::Consecutive { failures } => {
                ConfigError::check(failures >= 1, "failures", "1 to 4294967295 in a row")
            }
            Trip::Rate { percent, window, min_calls } => {
                ConfigError::check((1..=100).contains(&percent), "percent", "1 to 100")?;
                ConfigError::check(window >= 1, "window", "1 to 65535 calls")?;
                let in_window = (1..=window).contains(&min_calls);
                ConfigError::check(in_window, "min_calls", "1 call to as many as the window holds")
            }
        }
    }
}
