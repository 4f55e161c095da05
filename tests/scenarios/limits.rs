//! Patterns that limit: semaphore, connection pool, rate limiter, circuit breaker.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_playground::{
    patterns::{
        self, CircuitBreaker, Pool, RateLimiter, Semaphore, Transition, Trip,
        circuit_breaker::{CallError, Cause, Config, Outcome, State},
        pool, rate_limiter,
    },
    runtime::{Clock, Instant},
};

use super::{Scenario, World, ms, on_time};

pub(crate) fn semaphore<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    let (semaphore, active) = (Arc::new(Semaphore::new(3)), Arc::new(AtomicUsize::new(0)));
    world.eight(
        |n| {
            let (clock, semaphore, active) =
                (world.clock.clone(), Arc::clone(&semaphore), Arc::clone(&active));
            async move {
                for round in 0..10 {
                    let count = 1 + (n + round) % 3;
                    // Some callers give up while they wait, some when they have been granted a permit.
                    let patience = Duration::from_micros((round as u64 % 4) * 700);
                    drop(patterns::timeout(&clock, patience, semaphore.acquire_many(count)).await);
                    let permit = semaphore.acquire_many(count).await.unwrap();
                    assert!(active.fetch_add(count, Ordering::SeqCst) + count <= 3);
                    clock.sleep(ms(1)).await;
                    active.fetch_sub(count, Ordering::SeqCst);
                    drop(permit);
                }
            }
        },
        {
            let semaphore = Arc::clone(&semaphore);
            move || {
                let status = semaphore.status();
                assert_eq!((status.available, status.waiting), (3, 0));
            }
        },
    )
}

/// A manager that asserts that at most three connections exist at a time.
struct Lines<C> {
    clock: C,
    open: Arc<AtomicUsize>,
}

struct Line(Arc<AtomicUsize>);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl<C: Clock> pool::LocalManager for Lines<C> {
    type Connection = Line;
    type Error = Infallible;

    async fn connect(&self) -> Result<Line, Infallible> {
        assert!(self.open.fetch_add(1, Ordering::SeqCst) < 3);
        let line = Line(Arc::clone(&self.open));
        self.clock.sleep(ms(1)).await;
        Ok(line)
    }

    async fn check(&self, _: &mut Line) -> bool {
        self.clock.sleep(Duration::from_micros(100)).await;
        true
    }
}

pub(crate) fn pool<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    let open = Arc::new(AtomicUsize::new(0));
    let manager = Lines { clock: world.clock.clone(), open: Arc::clone(&open) };
    let config = pool::Config { max_size: 3, wait_timeout: Duration::MAX, connect_timeout: Duration::MAX };
    let pool = Pool::new(manager, world.clock.clone(), config).unwrap();
    world.eight(
        |n| {
            let (clock, pool) = (world.clock.clone(), pool.clone());
            async move {
                for round in 0..6 {
                    // Some callers give up while they wait, connect or check.
                    let patience = Duration::from_micros((round % 4) * 900);
                    drop(patterns::timeout(&clock, patience, pool.get()).await);
                    let connection = pool.get().await.unwrap();
                    clock.sleep(ms(1)).await;
                    if (n as u64 + round).is_multiple_of(4) {
                        connection.discard();
                    }
                }
            }
        },
        {
            let pool = pool.clone();
            move || {
                let status = pool.status();
                assert_eq!((status.in_use, status.waiting), (0, 0));
                assert_eq!(open.load(Ordering::SeqCst), status.idle, "every open connection is idle");
            }
        },
    )
}

pub(crate) fn rate_limiter<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    let config = rate_limiter::Config { rate: 1, period: ms(5), burst: 3 };
    let began = world.clock.now();
    let limiter = Arc::new(RateLimiter::new(config, world.clock.clone()).unwrap());
    let starts = Arc::new(Mutex::new(Vec::new()));
    world.eight(
        |_| {
            let (clock, limiter, starts) = (world.clock.clone(), Arc::clone(&limiter), Arc::clone(&starts));
            async move {
                let start = || starts.lock().unwrap().push(clock.now().since(began));
                // Most callers give up, and have used nothing.
                if patterns::timeout(&clock, ms(1), limiter.acquire()).await.is_ok() {
                    start();
                }
                for _ in 0..2 {
                    limiter.acquire().await;
                    start();
                }
            }
        },
        {
            let (starts, slack) = (Arc::clone(&starts), world.slack);
            move || {
                let mut starts = starts.lock().unwrap().clone();
                starts.sort();
                // A start is recorded after it was granted, so only the time since the beginning is certain.
                for (n, took) in starts.iter().enumerate().skip(3) {
                    let before = u32::try_from(n - 2).unwrap();
                    on_time(*took, before * ms(5), slack);
                }
            }
        },
    )
}

pub(crate) fn circuit_breaker<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    let recovery = ms(10);
    let config =
        Config { trip: Trip::Consecutive { failures: 3 }, recovery, test_calls: 1, lease: Duration::MAX };
    let transitions = Arc::new(Mutex::new(Vec::new()));
    let observed = Arc::clone(&transitions);
    let observer = move |transition: &Transition| observed.lock().unwrap().push(*transition);
    let breaker = CircuitBreaker::with_observer(config, world.clock.clone(), observer).unwrap();
    let breaker = Arc::new(breaker);
    let calls = Arc::new(AtomicUsize::new(0));
    world.eight(
        |_| {
            let (clock, breaker, calls) = (world.clock.clone(), Arc::clone(&breaker), Arc::clone(&calls));
            async move {
                let mut answers = 0;
                while answers < 3 {
                    let call = async {
                        // The first twenty calls fail.
                        let down = calls.fetch_add(1, Ordering::SeqCst) < 20;
                        clock.sleep(ms(1)).await;
                        if down { Err("down") } else { Ok(()) }
                    };
                    match breaker.call(call, Outcome::of).await {
                        Ok(()) => answers += 1,
                        Err(CallError::Rejected(rejected)) => {
                            assert_ne!(rejected.state, State::Closed);
                            clock.sleep(ms(2)).await;
                        }
                        Err(_) => {}
                    }
                }
            }
        },
        {
            let breaker = Arc::clone(&breaker);
            move || {
                assert_eq!(breaker.state(), State::Closed);
                assert_legal(&transitions.lock().unwrap(), recovery);
            }
        },
    )
}

/// Asserts that every transition leaves the state that the last one entered, and that recovery takes the recovery time.
fn assert_legal(transitions: &[Transition], recovery: Duration) {
    let mut opened = Instant::ORIGIN;
    let mut state = State::Closed;
    for transition in transitions {
        assert_eq!(transition.from, state, "{transitions:?}");
        state = transition.to;
        match transition.cause {
            Cause::Tripped | Cause::TestCallFailed => opened = transition.at,
            Cause::Recovery => assert!(transition.at.since(opened) >= recovery, "{transitions:?}"),
            cause => assert_eq!(cause, Cause::TestCallsSucceeded),
        }
    }
    assert!(transitions.len() >= 3, "it opened, half-opened and closed: {transitions:?}");
}
