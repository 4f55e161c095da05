//! Requests to a service whose backend fails and hangs.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use async_playground::{
    patterns::{
        CircuitBreaker, RateLimiter, Semaphore, Trip,
        circuit_breaker::{self, Outcome},
        rate_limiter,
        service::{Backend, Counts, Guards, Load, Service},
        timeout, ttl_cache,
    },
    runtime::{Clock, Instant, Simulation},
};
use futures::future::LocalBoxFuture;

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

fn balanced(counts: Counts) -> bool {
    let Counts { admitted, ok, failed, timed_out, rejected, cancelled, in_flight, .. } = counts;
    admitted == ok + failed + timed_out + rejected + cancelled + in_flight
}

/// Requests for these ids: from 100 on the backend fails, from 200 on it hangs.
fn requests(ids: &'static [u32], limit: usize) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let clock = simulation.clock();
        let rate = rate_limiter::Config { rate: 10, period: ms(100), burst: 2 };
        let trip = Trip::Consecutive { failures: 2 };
        let breaker =
            circuit_breaker::Config { trip, recovery: ms(50), ..circuit_breaker::Config::default() };
        let guards = Guards {
            rate: RateLimiter::new(rate, clock.clone()).unwrap(),
            concurrency: Semaphore::new(limit),
            breaker: CircuitBreaker::new(breaker, clock.clone()).unwrap(),
            timeout: ms(20),
        };
        let (under_way, starts) = (Gauge::default(), Rc::new(RefCell::new(Vec::<Instant>::new())));
        let (gauge, log, timers) = (under_way.clone(), starts.clone(), clock.clone());
        let fetch = move |id: u32| -> LocalBoxFuture<'static, Result<u32, &'static str>> {
            let (entered, clock) = (gauge.enter(1), timers.clone());
            log.borrow_mut().push(clock.now());
            Box::pin(async move {
                let _entered = entered;
                clock.sleep(ms(if id < 200 { 10 } else { 1000 })).await;
                if id < 100 { Ok(id) } else { Err("down") }
            })
        };
        let most = Rc::new(Cell::new(0));
        let seen = most.clone();
        let backend = Backend::new(clock.clone(), guards, fetch, |_: &&str| Outcome::Failure)
            .observed(move |load: &Load| seen.set(seen.get().max(load.in_flight)));
        let cache = ttl_cache::Config { ttl: ms(1000), max_entries: 2 };
        let service =
            Rc::new(Service::new(cache, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap());
        let answered = Rc::new(Cell::new(0));
        for &id in ids {
            let (service, answered) = (service.clone(), answered.clone());
            let request = async move {
                let answer = service.get(id).await;
                let metrics = service.metrics();
                assert!(balanced(metrics.requests) && balanced(metrics.fetches), "{metrics:?}");
                assert_eq!(metrics.hits + metrics.misses, metrics.requests.admitted);
                assert!(answer.is_ok_and(|value| value == id) || ids.iter().any(|id| *id >= 100));
                answered.set(answered.get() + 1);
            };
            drop(crew.spawn(format!("request for {id}"), request));
        }
        if ids.len() > 4 {
            let (service, clock) = (service.clone(), clock.clone());
            drop(crew.spawn("sweeper", async move { timeout(&clock, ms(2000), service.sweep()).await }));
        }
        simulation.run().expect("no task hangs");
        assert!(answered.get() + usize::from(crew.was_cut()) >= ids.len());
        let (metrics, load, cache) = (service.metrics(), service.backend().load(), service.cache_status());
        assert!(balanced(metrics.requests) && balanced(metrics.fetches), "{metrics:?}");
        assert_eq!((metrics.requests.in_flight, metrics.fetches.in_flight, under_way.now()), (0, 0, 0));
        assert_eq!((load.waiting_to_start, load.waiting_for_permit, load.in_flight), (0, 0, 0));
        assert_eq!((cache.fetches, cache.waiting, clock.pending()), (0, 0, 0));
        assert!(most.get() <= limit && under_way.most() <= limit);
        assert!(cache.entries <= 2);
    }
}

#[test]
fn service() {
    Proof::of("service")
        .swept(requests(&[1, 2, 1, 3, 100, 200, 1], 2))
        .in_every_order(requests(&[1, 2, 1], 1))
        .in_every_order(requests(&[1, 100, 200], 2))
        .in_every_order(requests(&[1, 2, 1, 200], 1))
        .in_seeded_orders(5000, 9, requests(&[1, 2, 100, 101, 1, 200, 3, 1], 3))
        .print();
}
