//! The patterns on any executor: programs of eight tasks that share one object.
//!
//! They are written once, for native executors and for the browser. On simulated time their assertions about time are
//! exact. On a real clock nothing is ever early, and late only by the slack: a busy machine may stop any thread at any
//! point.

#![allow(clippy::needless_pass_by_value, reason = "a future that borrows its world cannot be spawned")]

mod calls;
mod limits;
mod shared;

use std::time::Duration;

use async_playground::runtime::{Clock, Instant};

pub(crate) use self::{
    calls::{chain, context, gather, health, timeout},
    limits::{circuit_breaker, pool, rate_limiter, semaphore},
    shared::{background, service, ttl_cache},
};

/// Passes the names of all scenarios to a macro.
macro_rules! each_scenario {
    ($with:ident) => {
        $with! {
            background chain circuit_breaker context gather health pool rate_limiter semaphore service timeout
            ttl_cache
        }
    };
}
pub(crate) use each_scenario;

/// The ports of an executor.
#[derive(Clone, Debug)]
pub(crate) struct World<C, S> {
    pub(crate) clock: C,
    pub(crate) spawner: S,
    /// How late something may be.
    pub(crate) slack: Duration,
}

/// Futures to run at the same time, each as a task, and a check for when all are done.
pub(crate) struct Scenario<F, Check> {
    pub(crate) tasks: Vec<F>,
    pub(crate) check: Check,
}

const TASKS: usize = 8;

impl<C: Clock, S> World<C, S> {
    /// Eight tasks, numbered from 0.
    fn eight<F: Future<Output = ()>, Check: FnOnce()>(
        &self,
        task: impl FnMut(usize) -> F,
        check: Check,
    ) -> Scenario<F, Check> {
        Scenario { tasks: (0..TASKS).map(task).collect(), check }
    }

    /// Asserts that what began at `began` took `expected`.
    #[track_caller]
    fn took(&self, began: Instant, expected: Duration) {
        on_time(self.clock.now().since(began), expected, self.slack);
    }
}

#[track_caller]
fn on_time(took: Duration, expected: Duration, slack: Duration) {
    assert!(took >= expected, "took {took:?}, less than {expected:?}");
    assert!(took <= expected + slack, "took {took:?}, more than {expected:?} and {slack:?}");
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
