//! Checks on the dependencies of a service, all at the same time, each with its own limit.
//!
//! ```
//! use std::time::Duration;
//!
//! use async_playground::{
//!     patterns::health::{Health, HealthCheck, check_health},
//!     runtime::{Clock, Order, Simulation},
//! };
//!
//! let mut sim = Simulation::new(Order::fifo());
//! let clock = sim.clock();
//! let report = sim.block_on(async move {
//!     let limit = Duration::from_millis(100);
//!     let checks = [("database", 50), ("queue", 500)].map(|(name, millis)| {
//!         let query = clock.sleep(Duration::from_millis(millis));
//!         HealthCheck::new(name, limit, async { Ok::<(), String>(query.await) })
//!     });
//!     check_health(&clock, checks).await
//! })?;
//! assert_eq!(report.health(), Health::Degraded);
//! assert_eq!(report.elapsed, Duration::from_millis(100));
//! # Ok::<(), async_playground::runtime::Deadlock>(())
//! ```
//!
//! - **Promise**: every check is reported, whatever the others do. The run takes as long as the longest check, and no
//!   longer than the longest limit. A check has been dropped when it is reported.
//! - **Cancel**: dropping the run drops every check.
//! - **Fairness**: no check waits for another.
//! - **Cost**: that of [`gather`](super::gather()) and one timer per check.
//! - **Not for** deciding call by call whether to use a dependency: a [`CircuitBreaker`](super::CircuitBreaker) learns that
//!   from the calls themselves.

use std::{borrow::Cow, fmt, time::Duration};

use super::{gather::gather, timeout::timeout_at};
use crate::runtime::Clock;

/// One check: a future whose `Ok` means that a dependency is healthy.
///
/// All checks of a run have the same future type. Box them where they differ.
#[derive(Debug)]
pub struct HealthCheck<F> {
    name: Cow<'static, str>,
    limit: Duration,
    check: F,
}

impl<F> HealthCheck<F> {
    /// A check that times out after `limit`, counted from the start of the run. A limit of zero means one poll, and
    /// [`Duration::MAX`] means no limit.
    pub fn new(name: impl Into<Cow<'static, str>>, limit: Duration, check: F) -> Self {
        Self { name: name.into(), limit, check }
    }
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HealthOutcome {
    /// The dependency is healthy.
    Ok,
    /// The check returned an error, with this text.
    Failed(String),
    /// The check reached its limit, and has been dropped.
    TimedOut,
}

/// The report of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// The check's name.
    pub name: Cow<'static, str>,
    /// How it ended.
    pub outcome: HealthOutcome,
    /// How long it took, by the clock.
    pub elapsed: Duration,
}

/// The health of the whole service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Every check is ok.
    Ok,
    /// Some check is not ok.
    Degraded,
}

/// The reports of all checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthReport {
    /// One report per check, in the order of the checks.
    pub checks: Vec<CheckReport>,
    /// How long the run took, by the clock: as long as the longest check.
    pub elapsed: Duration,
}

impl HealthReport {
    /// The health of the whole. It is ok if there are no checks.
    pub fn health(&self) -> Health {
        if self.checks.iter().all(|check| check.outcome == HealthOutcome::Ok) {
            Health::Ok
        } else {
            Health::Degraded
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
        })
    }
}

/// Runs all `checks` at the same time and reports every one.
pub fn check_health<C, I, F, E>(clock: &C, checks: I) -> impl Future<Output = HealthReport> + use<C, I, F, E>
where
    C: Clock,
    I: IntoIterator<Item = HealthCheck<F>>,
    F: Future<Output = Result<(), E>>,
    E: fmt::Display,
{
    let clock = clock.clone();
    async move {
        let started = clock.now();
        let checks = checks.into_iter().map(|HealthCheck { name, limit, check }| {
            let clock = clock.clone();
            async move {
                let outcome = match timeout_at(&clock, started.after(limit), check).await {
                    Ok(Ok(())) => HealthOutcome::Ok,
                    Ok(Err(error)) => HealthOutcome::Failed(error.to_string()),
                    Err(_) => HealthOutcome::TimedOut,
                };
                CheckReport { name, outcome, elapsed: clock.now().since(started) }
            }
        });
        // Collected: a lazy map borrows the clock, which would then have to be `Sync`.
        let checks: Vec<_> = checks.collect();
        let checks = gather(checks).await;
        HealthReport { checks, elapsed: clock.now().since(started) }
    }
}
