//! The breaker's state machine: no clock, no lock, no future.

use std::{collections::VecDeque, time::Duration};

use super::{BreakerConfig, BreakerState, Cause, ConfigError, Outcome, Rejected, Transition, Trip};
use crate::runtime::Instant;

/// The machine: calls ask to be admitted, and their outcomes are settled; at most one transition comes of each.
///
/// [`CircuitBreaker`](super::CircuitBreaker) is this behind a lock, with a clock and an observer.
#[derive(Clone, Debug)]
pub struct BreakerMachine {
    config: BreakerConfig,
    mode: Mode,
    /// One more at every transition, reset and force: what started under another is not counted.
    generation: u64,
    tally: Tally,
    /// When the last of these was. Of two threads the first to look at the clock may be the last to come here; then what
    /// it does is done no earlier.
    entered: Instant,
    /// As many as the probes allowed; those of an earlier generation are left over.
    probes: Vec<Place>,
    /// The serial number of the last probe admitted.
    serial: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Closed,
    ForcedClosed,
    Open { until: Instant },
    HalfOpen,
}

/// One of the places for probes while half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Free,
    Taken { serial: u64, until: Instant },
    Succeeded,
}

/// What an admitted call holds and hands back with its outcome.
#[derive(Debug, PartialEq, Eq)]
pub struct BreakerTicket {
    generation: u64,
    /// The serial number of a probe, which is no 0; that is for a call of the closed state.
    probe: u64,
}

impl BreakerTicket {
    /// Which stay in which state it was given in.
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// A call's ticket, not a probe's.
    pub(super) const fn of_call(generation: u64) -> Self {
        Self { generation, probe: 0 }
    }
}

impl BreakerMachine {
    /// A closed machine with nothing counted.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(config: BreakerConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let probes = vec![Place::Free; usize::try_from(config.probes).unwrap_or(usize::MAX)];
        let tally = Tally::new(config.trip);
        let (mode, entered) = (Mode::Closed, Instant::ORIGIN);
        Ok(Self { config, mode, generation: 0, entered, tally, probes, serial: 0 })
    }

    /// The state as of the last event: open stays open until a call is admitted.
    pub const fn state(&self) -> BreakerState {
        match self.mode {
            Mode::Closed | Mode::ForcedClosed => BreakerState::Closed,
            Mode::Open { .. } => BreakerState::Open,
            Mode::HalfOpen => BreakerState::HalfOpen,
        }
    }

    /// A call asks for admission.
    ///
    /// # Errors
    ///
    /// [`Rejected`]: while open, and while every probe's place is taken.
    pub fn admit(&mut self, now: Instant) -> (Result<BreakerTicket, Rejected>, Option<Transition>) {
        let mut transition = None;
        match self.mode {
            Mode::Closed | Mode::ForcedClosed => {
                return (Ok(BreakerTicket { generation: self.generation, probe: 0 }), None);
            }
            Mode::Open { until } if now < until || until == Instant::NEVER => {
                return (Err(Rejected { state: BreakerState::Open, until }), None);
            }
            Mode::Open { .. } => transition = self.enter(Mode::HalfOpen, Cause::Recovery, now),
            Mode::HalfOpen => {}
        }
        (self.admit_probe(now), transition)
    }

    /// The generation of the ticket that every call is given as things are, if its success would change nothing:
    /// closed, and no failure counted.
    pub(super) fn calm(&self) -> Option<u64> {
        let uncounted = matches!(self.tally, Tally::Consecutive { failures: 0, .. });
        let calm = self.mode == Mode::ForcedClosed || self.mode == Mode::Closed && uncounted;
        calm.then_some(self.generation)
    }

    /// Until when every call is rejected without any change: open.
    pub(super) const fn open_until(&self) -> Option<Instant> {
        match self.mode {
            Mode::Open { until } => Some(until),
            _ => None,
        }
    }

    fn admit_probe(&mut self, now: Instant) -> Result<BreakerTicket, Rejected> {
        let is_free = |place: &&mut Place| match **place {
            Place::Free => true,
            Place::Taken { until, .. } => until <= now,
            Place::Succeeded => false,
        };
        if let Some(place) = self.probes.iter_mut().find(is_free) {
            self.serial = self.serial.wrapping_add(1);
            *place = Place::Taken { serial: self.serial, until: now.after(self.config.lease) };
            return Ok(BreakerTicket { generation: self.generation, probe: self.serial });
        }
        let leases = self.probes.iter().filter_map(|place| match place {
            Place::Taken { until, .. } => Some(*until),
            _ => None,
        });
        Err(Rejected { state: BreakerState::HalfOpen, until: leases.min().unwrap_or(Instant::NEVER) })
    }

    /// A call has ended, or has been dropped: [`Outcome::Ignored`].
    #[allow(clippy::needless_pass_by_value, reason = "a ticket is good for one outcome")]
    pub fn settle(&mut self, ticket: BreakerTicket, outcome: Outcome, now: Instant) -> Option<Transition> {
        if ticket.generation != self.generation {
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
            Mode::HalfOpen => self.settle_probe(ticket.probe, outcome, now),
            _ => None,
        }
    }

    fn settle_probe(&mut self, serial: u64, outcome: Outcome, now: Instant) -> Option<Transition> {
        // A probe whose place has been given to another is not counted either.
        let is_own =
            |place: &&mut Place| matches!(**place, Place::Taken { serial: own, .. } if own == serial);
        let place = self.probes.iter_mut().find(is_own)?;
        match outcome {
            Outcome::Ignored => *place = Place::Free,
            Outcome::Failure => return self.enter(self.open(now), Cause::ProbeFailed, now),
            Outcome::Success => *place = Place::Succeeded,
        }
        let all = self.probes.iter().all(|place| *place == Place::Succeeded);
        if all { self.enter(Mode::Closed, Cause::ProbesSucceeded, now) } else { None }
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
        self.probes.fill(Place::Free);
        let to = self.state();
        (from != to).then_some(Transition { from, to, at: self.entered, cause })
    }
}

/// The results of the closed state, as far as the trip policy needs them.
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

    /// Counts a result, and says whether the breaker is to open.
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

impl BreakerConfig {
    /// Checks every setting against its range.
    fn validate(&self) -> Result<(), ConfigError> {
        let lasts = |time: Duration| !time.is_zero();
        ConfigError::check(lasts(self.recovery), "recovery", "1 ns or longer")?;
        ConfigError::check(lasts(self.lease), "lease", "1 ns or longer")?;
        ConfigError::check((1..=1024).contains(&self.probes), "probes", "1 to 1024 calls")?;
        match self.trip {
            Trip::Consecutive { failures } => {
                ConfigError::check(failures >= 1, "failures", "1 to 4294967295 in a row")
            }
            Trip::Rate { percent, window, min_calls } => {
                ConfigError::check((1..=100).contains(&percent), "percent", "1 to 100")?;
                ConfigError::check(window >= 1, "window", "1 to 65535 calls")?;
                let within = (1..=window).contains(&min_calls);
                ConfigError::check(within, "min_calls", "1 call to as many as the window holds")
            }
        }
    }
}
