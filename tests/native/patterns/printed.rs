//! Messages and debug output: every error names what was wrong, and every type can be printed while it is in use, without
//! the values of its user.

use std::{
    cell::RefCell,
    error::Error,
    fmt::{self, Debug, Display, Write},
    future::{pending, ready},
    io,
    num::NonZeroU32,
    sync::Arc,
};

use async_playground::{
    context_var,
    patterns::{
        AcquireError, BackgroundTasks, BoxHandler, CircuitBreaker, Elapsed, LocalBoxHandler, Manager, Pool,
        RateLimiter, Semaphore, ServiceError, TtlCache, boxed, boxed_local,
        circuit_breaker::{self, CallError, State, Trip},
        pool, rate_limiter, semaphore, ttl_cache,
    },
    runtime::{Instant, Spawn},
};
use futures::executor::block_on;

use super::support::{Manual, ms, poll_once};

/// A spawner that prints its tasks and drops them.
#[derive(Debug, Default)]
struct Prints(RefCell<Vec<String>>);

impl<F: Debug> Spawn<F> for Prints {
    fn spawn(&self, task: F) {
        self.0.borrow_mut().push(format!("{task:?}"));
    }
}

#[track_caller]
fn says(error: &impl Display, message: &str) {
    assert_eq!(error.to_string(), message);
}

#[test]
fn error_messages_name_what_was_wrong() {
    let until = Instant::from_millis(300);
    let tracker = BackgroundTasks::new(Prints::default(), Manual::default());
    tracker.close();
    let refused = tracker.spawn("late", ready(Ok::<(), Elapsed>(())));
    says(&refused.unwrap_err(), "the background tasks are closed");
    let clock = Manual::default();
    let config = circuit_breaker::Config {
        trip: Trip::Consecutive { failures: 1 },
        recovery: ms(300),
        lease: ms(100),
        ..circuit_breaker::Config::default()
    };
    let breaker = CircuitBreaker::new(config, clock.clone()).unwrap();
    breaker.try_acquire().unwrap().failure();
    let open = breaker.try_acquire().unwrap_err();
    says(&open, "circuit open until 300 ms");
    says(&CallError::<Elapsed>::Rejected(open), "circuit open until 300 ms");
    says(&CallError::Failed("no route"), "no route");
    clock.advance(ms(300));
    let _test_call = breaker.try_acquire().unwrap();
    says(&breaker.try_acquire().unwrap_err(), "circuit half-open, all test calls running until 400 ms");
    let config = rate_limiter::Config { rate: 10, period: ms(3000), burst: 1 };
    let limiter = RateLimiter::new(config, Manual::default()).unwrap();
    limiter.try_acquire().unwrap();
    says(&limiter.try_acquire().unwrap_err(), &format!("over the rate limit until {until:?}"));
    let two = NonZeroU32::new(2).unwrap();
    let over_burst = "starts requested must be at most 1 (the burst), not 2";
    says(&limiter.try_acquire_many(two).unwrap_err(), over_burst);
    says(&block_on(limiter.acquire_many(two)).unwrap_err(), over_burst);
    says(&AcquireError::Closed, "the semaphore is closed");
    says(&semaphore::TryAcquireError::NoPermits, "no permit is available");
    says(&semaphore::TryAcquireError::Refused(AcquireError::Closed), "the semaphore is closed");
    says(&pool::Error::<Elapsed>::WaitTimedOut, "no connection became free within wait_timeout");
    says(&pool::Error::<Elapsed>::ConnectTimedOut, "connecting took longer than connect_timeout");
    says(&pool::Error::<Elapsed>::Exhausted, "no connection is free");
    says(&pool::Error::<Elapsed>::Closed, "the pool is closed");
    says(&pool::Error::Connect("no route"), "connecting failed: no route");
    for (error, message) in [
        (ServiceError::Fetch("not found"), "not found".to_owned()),
        (ServiceError::TimedOut, "the time limit was reached".to_owned()),
        (ServiceError::Rejected(open), open.to_string()),
        (ServiceError::Refused(AcquireError::Closed), "the semaphore is closed".to_owned()),
    ] {
        says(&error, &message);
    }
}

#[test]
fn the_cause_of_an_error_is_its_source_unless_it_is_the_error_itself() {
    let inner = || io::Error::other("no route");
    let source = |error: &dyn Error| error.source().map(ToString::to_string);
    assert_eq!(source(&pool::Error::Connect(inner())).as_deref(), Some("no route"));
    assert_eq!(source(&pool::Error::<io::Error>::WaitTimedOut), None);
    assert_eq!(source(&pool::Error::<io::Error>::ConnectTimedOut), None);
    // It prints as the error that it wraps, and so its source is that of the wrapped error.
    assert_eq!(source(&ServiceError::Fetch(pool::Error::Connect(inner()))).as_deref(), Some("no route"));
    assert_eq!(source(&CallError::Failed(pool::Error::Connect(inner()))).as_deref(), Some("no route"));
    assert_eq!(source(&ServiceError::<io::Error>::TimedOut), None);
    assert_eq!(source(&ServiceError::<io::Error>::Refused(AcquireError::Closed)), None);
}

#[track_caller]
fn prints(value: &impl Debug, start: &str) {
    let printed = format!("{value:?}");
    assert!(printed.starts_with(start) && !printed.contains("secret"), "{printed}");
}

/// Connects immediately.
struct Plain;

impl Manager for Plain {
    type Connection = &'static str;
    type Error = ();

    async fn connect(&self) -> Result<&'static str, ()> {
        Ok("wire")
    }

    async fn check(&self, _: &mut &'static str) -> bool {
        true
    }
}

context_var! {
    static ID: &'static str;
}

#[test]
fn everything_prints_as_debug_while_it_is_in_use() {
    let clock = Manual::default();

    let semaphore = Arc::new(Semaphore::new(1));
    let permit = semaphore.try_acquire().unwrap();
    let mut waiting = semaphore.acquire_owned();
    assert!(poll_once(&mut waiting).is_pending());
    prints(&semaphore, "Semaphore {");
    prints(&permit, "PermitOf {");
    prints(&waiting, "AcquireFrom {");

    let config = rate_limiter::Config { rate: 1, period: ms(100), burst: 1 };
    prints(&RateLimiter::new(config, clock.clone()).unwrap(), "RateLimiter {");

    let breaker = CircuitBreaker::new(circuit_breaker::Config::default(), clock.clone()).unwrap();
    let admitted = breaker.try_acquire().unwrap();
    prints(&breaker, "CircuitBreaker { clock");
    prints(&admitted, "Permit { admission: Some");

    let pool = Pool::new(Plain, clock.clone(), pool::Config::default()).unwrap();
    let connection = block_on(pool.get()).unwrap();
    prints(&pool, "Status { idle: 0, in_use: 1");
    prints(&connection, r#"Connection { id: 1, connection: "wire""#);

    let cache = TtlCache::new(ttl_cache::Config { ttl: ms(500), max_entries: 10 }, clock.clone()).unwrap();
    assert!(cache.is_empty());
    let fetched = cache.try_get_with("key", ready(Ok::<_, ()>("secret")));
    assert_eq!(block_on(fetched), Ok("secret"));
    assert!(!cache.is_empty());
    prints(&cache, "TtlCache { clock");

    let scope = ID.scope("secret", pending::<()>());
    prints(&ID, "ContextVar");
    prints(&scope, "Scope { done: false");

    prints(&BoxHandler::new(|request: u32| ready(request)), "BoxHandler");
    prints(&LocalBoxHandler::new(|request: u32| ready(request)), "LocalBoxHandler");
    prints(&boxed(|request: u32, _: BoxHandler<u32, u32>| ready(request)), "BoxLayer");
    prints(&boxed_local(|request: u32, _: LocalBoxHandler<u32, u32>| ready(request)), "LocalBoxLayer");
}

/// A writer that calls a function for every piece.
struct CallsBack<F>(F);

impl<F: Fn()> Write for CallsBack<F> {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        (self.0)();
        Ok(())
    }
}

#[test]
fn status_may_be_read_while_debug_output_is_written() {
    let clock = Manual::default();
    let semaphore = Semaphore::new(0);
    write!(CallsBack(|| assert_eq!(semaphore.status().permits, 0)), "{semaphore:?}").unwrap();
    let breaker = CircuitBreaker::new(circuit_breaker::Config::default(), clock.clone()).unwrap();
    write!(CallsBack(|| assert_eq!(breaker.state(), State::Closed)), "{breaker:?}").unwrap();
    let pool = Pool::new(Plain, clock.clone(), pool::Config::default()).unwrap();
    write!(CallsBack(|| assert_eq!(pool.status().idle, 0)), "{pool:?}").unwrap();
    let tracker = BackgroundTasks::new((), clock);
    write!(CallsBack(|| assert!(!tracker.status().closed)), "{tracker:?}").unwrap();
}

#[test]
fn a_tracker_prints_its_counts_and_its_tasks_their_names() {
    let tracker = BackgroundTasks::new(Prints::default(), Manual::default());
    tracker.spawn("notify", ready(Ok::<(), Elapsed>(()))).unwrap();
    let printed = format!("{tracker:?}");
    assert!(
        printed.contains(r#"Tracked { name: \"notify\", .. }"#) && printed.contains("cancelled: 1"),
        "{printed}"
    );
}
