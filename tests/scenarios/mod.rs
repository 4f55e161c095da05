//! What the patterns do on any executor: programs of eight tasks that share one object.
//!
//! Written once, for native executors and for the browser. On simulated time their facts about time are exact; on a
//! real clock nothing is ever early, and late only by the slack, for a busy machine may stop anybody at any point.

#![allow(clippy::needless_pass_by_value, reason = "what borrowed its world could not be spawned")]

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

/// Hands the names of all scenarios to a macro.
macro_rules! each_scenario {
    ($with:ident) => {
        $with! {
            background chain circuit_breaker context gather health pool rate_limiter semaphore service timeout
            ttl_cache
        }
    };
}
pub(crate) use each_scenario;

/// What an executor offers.
#[derive(Clone, Debug)]
pub(crate) struct World<C, S> {
    pub(crate) clock: C,
    pub(crate) spawner: S,
    /// How late anything may be.
    pub(crate) slack: Duration,
}

/// Futures that are to run at the same time, each a task, and what must hold when all are done.
pub(crate) struct Scenario<F, Check> {
    pub(crate) tasks: Vec<F>,
    pub(crate) check: Check,
}

const TASKS: usize = 8;

impl<C: Clock, S> World<C, S> {
    /// Eight tasks, told apart by a number from 0.
    fn eight<F: Future<Output = ()>, Check: FnOnce()>(
        &self,
        task: impl FnMut(usize) -> F,
        check: Check,
    ) -> Scenario<F, Check> {
        Scenario { tasks: (0..TASKS).map(task).collect(), check }
    }

    /// Something that began at `began` and is over now had to take `expected`.
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
