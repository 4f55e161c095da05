//! Checks on what a service depends on, all at once, each with a limit of its own.
//!
//! Not for deciding call by call whether a dependency is to be used: that is a circuit breaker's work, which learns
//! from the calls themselves.

use std::{borrow::Cow, fmt, time::Duration};

use super::{gather::gather, timeout::timeout_at};
use crate::runtime::Clock;

/// One check: a future that says whether a dependency is well.
///
/// All checks of a run have the same future type; box them where they differ.
#[derive(Debug)]
pub struct HealthCheck<F> {
    name: Cow<'static, str>,
    limit: Duration,
    check: F,
}

impl<F> HealthCheck<F> {
    /// A check that counts as hanging after `limit`, counted from the start of the run. A limit of zero means one
    /// poll, and [`Duration::MAX`] none.
    pub fn new(name: impl Into<Cow<'static, str>>, limit: Duration, check: F) -> Self {
        Self { name: name.into(), limit, check }
    }
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthOutcome {
    /// The dependency is well.
    Ok,
    /// It is not, and this is what the check said.
    Failed(String),
    /// It did not answer in time; the check has been dropped.
    TimedOut,
}

/// What became of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// The check's name.
    pub name: Cow<'static, str>,
    /// How it ended.
    pub outcome: HealthOutcome,
    /// How long it took, by the clock.
    pub elapsed: Duration,
}

/// The health of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Every check is.
    Ok,
    /// Some check is not.
    Degraded,
}

/// What became of all checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthReport {
    /// One report for each check, in the order in which they were given.
    pub checks: Vec<CheckReport>,
    /// How long they took together, by the clock: as long as the longest.
    pub elapsed: Duration,
}

impl HealthReport {
    /// Whether all is well. With no checks it is.
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

/// Runs all `checks` at the same time and reports on every one, whatever becomes of the others.
///
/// - Takes as long as the longest check, and no longer than the longest limit.
/// - **Cancel**: dropping it drops every check.
/// - **Fairness**: no check waits for another.
/// - **Cost**: that of [`gather`] and one timer a check.
/// - **Not for** deciding call by call whether to use a dependency: a [`CircuitBreaker`](super::CircuitBreaker) learns
///   that from the calls themselves.
///
/// ```
/// use async_playground::patterns::{Health, HealthCheck, check_health};
/// use async_playground::runtime::{Clock, Order, Simulation};
/// use std::time::Duration;
///
/// let mut sim = Simulation::new(Order::fifo());
/// let clock = sim.clock();
/// let report = sim.block_on(async move {
///     let limit = Duration::from_millis(100);
///     let checks = [("database", 50), ("queue", 500)].map(|(name, millis)| {
///         let query = clock.sleep(Duration::from_millis(millis));
///         HealthCheck::new(name, limit, async { Ok::<(), String>(query.await) })
///     });
///     check_health(&clock, checks).await
/// })?;
/// assert_eq!(report.health(), Health::Degraded);
/// assert_eq!(report.elapsed, Duration::from_millis(100));
/// # Ok::<(), async_playground::runtime::Deadlock>(())
/// ```
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
        // Collected, because a map that borrows the clock would have to be `Sync` over the await.
        let checks: Vec<_> = checks.collect();
        let checks = gather(checks).await;
        HealthReport { checks, elapsed: clock.now().since(started) }
    }
}
