//! Loops of operations, which JavaScript times beside its own libraries.

use std::{convert::Infallible, future::ready, hint::black_box, time::Duration};

use async_playground::{
    patterns::{
        CircuitBreaker, LocalTtlCache, Semaphore, Trip,
        circuit_breaker::{self, Outcome},
        gather, timeout, ttl_cache,
    },
    runtime::{Clock, Timers},
    web::browser_clock,
};
use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;

use crate::drive::{Crowd, HOUR, SECOND, a_turn, now};

/// The patterns that the loops use, made once.
#[wasm_bindgen]
pub struct Loops {
    clock: Timers,
    wide: Semaphore,
    narrow: Semaphore,
    closed: CircuitBreaker<Timers>,
    open: CircuitBreaker<Timers>,
}

async fn fetch(key: u32) -> Result<u32, Infallible> {
    a_turn().await;
    Ok(key)
}

#[wasm_bindgen]
impl Loops {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        let clock = browser_clock();
        let trip = Trip::Consecutive { failures: 5 };
        let config = circuit_breaker::Config { trip, recovery: HOUR, ..circuit_breaker::Config::default() };
        let breaker = || CircuitBreaker::new(config, clock.clone()).expect("in range");
        let open = breaker();
        for _ in 0..5 {
            let _ = now(open.call(ready(Err::<u32, u32>(1)), Outcome::of));
        }
        Self { wide: Semaphore::new(10), narrow: Semaphore::new(1), closed: breaker(), open, clock }
    }

    pub fn semaphore_free(&self, count: u32) {
        for _ in 0..count {
            drop(black_box(now(self.wide.acquire())));
        }
    }

    pub fn semaphore_contended(&self, count: u32, waiters: u32) {
        for _ in 0..count {
            let first = now(self.narrow.acquire());
            let mut crowd = Crowd::new((0..waiters).map(|_| async { drop(self.narrow.acquire().await) }));
            crowd.poll();
            drop(first);
            crowd.finish();
        }
    }

    pub fn cache_hit(&self, count: u32) {
        let cache = self.cache();
        for key in 0..100 {
            Crowd::new([cache.try_get_with(key, fetch(key))].into_iter()).finish();
        }
        for turn in 0..count {
            let key = turn % 100;
            let _ = black_box(now(cache.try_get_with(key, fetch(key))));
        }
    }

    pub fn cache_miss(&self, count: u32, callers: u32) {
        let cache = self.cache();
        for key in 0..count {
            Crowd::new((0..callers).map(|_| cache.try_get_with(key, fetch(key)))).finish();
        }
    }

    pub fn breaker_closed(&self, count: u32) {
        for _ in 0..count {
            let _ = black_box(now(self.closed.call(ready(black_box(Ok::<u32, u32>(1))), Outcome::of)));
        }
    }

    pub fn breaker_open(&self, count: u32) {
        for _ in 0..count {
            let _ = black_box(now(self.open.call(ready(black_box(Ok::<u32, u32>(1))), Outcome::of)));
        }
    }

    pub fn timeout_ready(&self, count: u32) {
        for _ in 0..count {
            let _ = black_box(now(timeout(&self.clock, SECOND, ready(black_box(1)))));
        }
    }

    /// Returns a promise of `count` sleeps of 100 ms at once.
    pub fn sleeps(&self, count: u32) -> Promise {
        let clock = self.clock.clone();
        future_to_promise(async move {
            gather((0..count).map(|_| clock.sleep(Duration::from_millis(100)))).await;
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl Loops {
    fn cache(&self) -> LocalTtlCache<u32, u32, Infallible, Timers> {
        let config = ttl_cache::Config { ttl: HOUR, max_entries: 10_000 };
        LocalTtlCache::new(config, self.clock.clone()).expect("in range")
    }
}
