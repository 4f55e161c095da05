//! What a dropped call holds is free only when its destructor has ended: on several threads, with slow destructors.

use std::{
    future::poll_fn,
    hint::spin_loop,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use async_playground::patterns::{
    CircuitBreaker, RateLimiter, Semaphore, Trip, TtlCache,
    circuit_breaker::{self, Outcome},
    rate_limiter,
    service::{Backend, Guards, Service},
    ttl_cache,
};

use super::support::{Manual, ms, often, turn};

const THREADS: usize = 4;

/// Counts those inside, and checks that there are never more than one.
#[derive(Default)]
struct Inside(AtomicUsize);

/// Leaves slowly.
struct Guest(Arc<Inside>);

impl Guest {
    fn enter(inside: &Arc<Inside>) -> Self {
        assert_eq!(inside.0.fetch_add(1, Ordering::SeqCst), 0, "one at a time");
        Self(Arc::clone(inside))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        for _ in 0..200 {
            spin_loop();
        }
        thread::yield_now();
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Enters, takes a few turns, and never ends by itself.
async fn stay(inside: Arc<Inside>) -> Result<u32, &'static str> {
    let _guest = Guest::enter(&inside);
    loop {
        turn().await;
    }
}

/// Polls a call a few times and drops it, again and again, on several threads.
fn drop_often<F: Future>(call: impl Fn() -> F + Sync) {
    thread::scope(|scope| {
        for number in 0..THREADS {
            let call = &call;
            scope.spawn(move || {
                for round in 0..often(4000, 20) as usize {
                    let mut call = pin!(call());
                    let mut cx = Context::from_waker(Waker::noop());
                    for _ in 0..=(round + number) % 3 {
                        assert!(call.as_mut().poll(&mut cx).is_pending());
                    }
                }
            });
        }
    });
}

#[test]
fn no_fetch_of_a_key_starts_before_the_destructor_of_the_last_one_has_ended() {
    let inside = Arc::new(Inside::default());
    let config = ttl_cache::Config { ttl: ms(500), max_entries: 10 };
    let cache = TtlCache::new(config, Manual::default()).unwrap();
    drop_often(|| cache.try_get_with("key", stay(Arc::clone(&inside))));
    assert_eq!(cache.status(), ttl_cache::Status { entries: 0, fetches: 0, waiting: 0 });
    assert_eq!(inside.0.load(Ordering::SeqCst), 0);
}

#[test]
fn a_caller_that_arrives_during_the_destructor_of_a_fetch_waits_and_fetches() {
    let config = ttl_cache::Config { ttl: ms(500), max_entries: 10 };
    let cache = Arc::new(TtlCache::new(config, Manual::default()).unwrap());
    let newcomer = Arc::new(std::sync::Mutex::new(None));
    /// Lets another caller come while it is dropped.
    struct Meets<F: FnMut()>(F);
    impl<F: FnMut()> Drop for Meets<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    let (arrives, meets) = (Arc::clone(&newcomer), Arc::clone(&cache));
    let meeting = Meets(move || {
        let cache = Arc::clone(&meets);
        let mut asks = Box::pin(async move { cache.try_get_with("key", async { Ok(7) }).await });
        let polled = asks.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "the first fetch is not gone yet");
        *arrives.lock().unwrap() = Some(asks);
    });
    let fetch = async move {
        let _meeting = meeting;
        poll_fn(|_| Poll::<()>::Pending).await;
        Err("never")
    };
    let mut first = Box::pin(cache.try_get_with("key", fetch));
    assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(first);
    let asks = newcomer.lock().unwrap().take().unwrap();
    assert_eq!(futures::executor::block_on(asks), Ok(7));
}

#[test]
fn no_test_call_starts_before_the_destructor_of_the_last_one_has_ended() {
    let inside = Arc::new(Inside::default());
    let trip = Trip::Consecutive { failures: 1 };
    let config =
        circuit_breaker::Config { trip, recovery: ms(1), lease: Duration::MAX, ..Default::default() };
    let clock = Manual::default();
    let breaker = CircuitBreaker::new(config, clock.clone()).unwrap();
    breaker.try_acquire().unwrap().failure();
    clock.advance(ms(1));
    drop_often(|| async {
        // A rejected call has nothing to drop.
        let call = breaker.call(stay(Arc::clone(&inside)), Outcome::of).await;
        assert!(matches!(call, Err(circuit_breaker::CallError::Rejected(_))));
        std::future::pending::<()>().await;
    });
    assert_eq!(breaker.counts().test_calls, 0);
}

#[test]
fn no_fetch_takes_a_permit_before_the_destructor_of_the_last_one_has_ended() {
    let inside = Arc::new(Inside::default());
    let clock = Manual::default();
    let unlimited = rate_limiter::Config { rate: 1, period: ms(1), burst: u32::MAX };
    let guards = Guards {
        rate: RateLimiter::new(unlimited, clock.clone()).unwrap(),
        concurrency: Semaphore::new(1),
        breaker: CircuitBreaker::new(circuit_breaker::Config::default(), clock.clone()).unwrap(),
        timeout: Duration::MAX,
    };
    let fetched = Arc::clone(&inside);
    let fetch = move |_: usize| stay(Arc::clone(&fetched));
    let backend = Backend::new(clock, guards, fetch, |_: &&str| Outcome::Failure);
    let config = ttl_cache::Config { ttl: ms(500), max_entries: 10 };
    let service = Service::new(config, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap();
    let ids = AtomicUsize::new(0);
    drop_often(|| service.get(ids.fetch_add(1, Ordering::Relaxed) % 3));
    let load = service.backend().load();
    assert_eq!((load.in_flight, load.waiting_for_permit, service.cache_status().fetches), (0, 0, 0));
}
