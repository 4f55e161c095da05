//! What the patterns allocate for an operation, counted. A binary of its own: the allocator is the process's.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    convert::Infallible,
    future::{Future, Pending, Ready, pending, ready},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_playground::{
    patterns::{
        BoxHandler, CircuitBreaker, Handler, Layer, RateLimiter, Semaphore, TtlCache, boxed, chain,
        circuit_breaker::{self, Outcome},
        pool, rate_limiter, stack, ttl_cache,
    },
    runtime::{Clock, Instant},
};

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator as it is; the counter neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises are those that are asked for here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of this thread while `operation` runs the second time: the first may make room to stay.
fn allocations(mut operation: impl FnMut()) -> usize {
    operation();
    let before = COUNT.get();
    operation();
    COUNT.get() - before
}

/// The output of a future that is ready at once.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

#[derive(Clone)]
struct Still;

impl Clock for Still {
    type Sleep = Pending<()>;

    fn now(&self) -> Instant {
        Instant::from_millis(1)
    }

    fn sleep_until(&self, _: Instant) -> Pending<()> {
        pending()
    }
}

#[test]
fn a_breaker_allocates_nothing_for_a_call_nor_for_a_transition() {
    let breaker = CircuitBreaker::new(circuit_breaker::Config::default(), Still).unwrap();
    assert_eq!(allocations(|| now(breaker.call(ready(Ok::<_, Infallible>(())), Outcome::of)).unwrap()), 0);
    assert_eq!(allocations(|| breaker.try_acquire().unwrap().failure()), 0);
    let round = || {
        breaker.force_open();
        assert!(breaker.try_acquire().is_err());
        breaker.reset();
    };
    assert_eq!(allocations(round), 0);
}

#[test]
fn a_cache_allocates_nothing_for_a_hit() {
    let config = ttl_cache::Config { ttl: Duration::from_secs(1), max_entries: 10 };
    let cache = TtlCache::new(config, Still).unwrap();
    let fetch = || -> Ready<Result<u32, Infallible>> { ready(Ok(7)) };
    assert_eq!(allocations(|| assert_eq!(now(cache.try_get_with(1, fetch())), Ok(7))), 0);
    assert_eq!(allocations(|| assert_eq!(cache.get(&1), Some(7))), 0);
}

#[test]
fn a_limiter_allocates_nothing_while_nobody_waits() {
    let config = rate_limiter::Config { rate: 1, period: Duration::from_secs(1), burst: 10 };
    let limiter = RateLimiter::new(config, Still).unwrap();
    assert_eq!(allocations(|| now(limiter.acquire())), 0);
    assert_eq!(allocations(|| limiter.try_acquire().unwrap()), 0);
}

#[test]
fn a_semaphore_allocates_nothing_while_nobody_waits() {
    let semaphore = Semaphore::new(2);
    assert_eq!(allocations(|| drop(now(semaphore.acquire()).unwrap())), 0);
    assert_eq!(allocations(|| drop(now(semaphore.acquire_many(2)).unwrap())), 0);
    assert_eq!(allocations(|| drop(semaphore.try_acquire().unwrap())), 0);
}

struct Unit;

impl pool::Manager for Unit {
    type Connection = u32;
    type Error = Infallible;

    async fn connect(&self) -> Result<u32, Infallible> {
        Ok(7)
    }

    async fn check(&self, _: &mut u32) -> bool {
        true
    }
}

#[test]
fn a_pool_allocates_nothing_for_an_idle_connection() {
    let pool = pool::Pool::new(Unit, Still, pool::Config::default()).unwrap();
    assert_eq!(allocations(|| drop(now(pool.get()).unwrap())), 0);
    assert_eq!(allocations(|| drop(now(pool.try_get()).unwrap())), 0);
}

struct Plain;

impl<Next: Handler<u32, Response = u32>> Layer<u32, Next> for Plain {
    type Response = u32;

    async fn handle(&self, request: u32, next: &Next) -> u32 {
        next.handle(request).await
    }
}

#[test]
fn a_chain_allocates_nothing_and_a_stack_once_for_each_layer_and_for_the_handler() {
    let service = chain().layer(Plain).layer(Plain).layer(Plain).handler(|request: u32| ready(request + 1));
    assert_eq!(allocations(|| assert_eq!(now(service.handle(1)), 2)), 0);
    let layers = || boxed(|request, next: BoxHandler<u32, u32>| async move { next.handle(request).await });
    for count in 0..4 {
        let layers: Vec<_> = (0..count).map(|_| layers()).collect();
        let service = stack(layers, BoxHandler::new(|request| ready(request + 1)));
        assert_eq!(allocations(|| assert_eq!(now(service.handle(1)), 2)), count + 1);
    }
}
