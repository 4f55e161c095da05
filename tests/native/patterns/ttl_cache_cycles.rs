//! Fetches that wait for themselves, directly or by way of other fetches: their keys must not stay taken.

use std::{
    cell::Cell,
    future::{pending, ready},
    rc::Rc,
    task::Poll,
};

use async_playground::{
    patterns::{LocalTtlCache, timeout, ttl_cache::Status},
    runtime::{Clock, Order, Simulation, Timers},
};
use futures::future::LocalBoxFuture;

use super::{
    support::{Manual, ms, poll_once},
    ttl_cache::{Cache, by_hand, config},
};

type Answer = Result<u32, &'static str>;
type Asking = LocalBoxFuture<'static, Answer>;

const EMPTY: Status = Status { entries: 0, fetches: 0, waiting: 0 };

/// Asks for a key whose fetch asks for the next one, and so on around the circle.
fn ask(cache: &Rc<Cache<u32, Manual>>, keys: &'static [&'static str], at: usize) -> Asking {
    let cache = cache.clone();
    Box::pin(async move {
        let inner = cache.clone();
        cache.try_get_with(keys[at], async move { ask(&inner, keys, (at + 1) % keys.len()).await }).await
    })
}

#[test]
fn a_fetch_that_asks_for_its_own_key_is_dropped_with_its_caller() {
    for keys in [&["a"] as &[_], &["a", "b"], &["a", "b", "c"]] {
        let (cache, _clock) = by_hand::<u32>(10);
        let mut asks = ask(&cache, keys, 0);
        assert!(poll_once(&mut asks).is_pending());
        assert_eq!(cache.status().fetches, keys.len());
        drop(asks);
        assert_eq!(cache.status(), EMPTY, "{keys:?}");
        assert_eq!(Rc::strong_count(&cache), 1, "no fetch keeps the cache");
        let again = futures::executor::block_on(cache.try_get_with("a", ready(Ok(7))));
        assert_eq!(again, Ok(7), "a later caller fetches");
    }
}

#[test]
fn fetches_that_have_come_to_wait_for_each_other_are_dropped_with_their_callers() {
    // Neither fetch is part of the other when it starts, so that only their waits make the circle.
    for order in [[0, 1], [1, 0]] {
        let (cache, _clock) = by_hand::<u32>(10);
        let go = Rc::new(Cell::new(false));
        let mut callers = [("a", "b"), ("b", "a")].map(|(key, other)| {
            let (cache, inner, go) = (cache.clone(), cache.clone(), go.clone());
            let fetch = async move {
                while !go.get() {
                    super::support::turn().await;
                }
                inner.try_get_with(other, pending()).await
            };
            let asks: Asking = Box::pin(async move { cache.try_get_with(key, fetch).await });
            Some(asks)
        });
        for _ in 0..2 {
            for caller in callers.iter_mut().flatten() {
                assert!(poll_once(caller).is_pending());
            }
            go.set(true);
        }
        assert_eq!(cache.status(), Status { entries: 0, fetches: 2, waiting: 4 });
        callers[order[0]] = None;
        assert_eq!(cache.status().fetches, 2, "the other caller still waits for both");
        callers[order[1]] = None;
        assert_eq!(cache.status(), EMPTY);
        assert_eq!(Rc::strong_count(&cache), 1);
    }
}

#[test]
fn a_circle_across_two_caches_is_dropped_with_its_caller() {
    let ((first, _), (second, _)) = (by_hand::<u32>(10), by_hand::<u32>(10));
    let mut asks = {
        let (first, again, second) = (first.clone(), first.clone(), second.clone());
        Box::pin(async move {
            let fetch = async move {
                let fetch = async move { again.try_get_with("a", pending()).await };
                second.try_get_with("b", fetch).await
            };
            first.try_get_with("a", fetch).await
        })
    };
    assert!(poll_once(&mut asks).is_pending());
    assert_eq!((first.status().waiting, second.status().waiting), (2, 1));
    drop(asks);
    assert_eq!((first.status(), second.status()), (EMPTY, EMPTY));
    assert_eq!((Rc::strong_count(&first), Rc::strong_count(&second)), (1, 1));
}

#[test]
fn a_fetch_within_a_fetch_goes_on_for_an_outside_caller() {
    let (cache, _clock) = by_hand::<u32>(10);
    let go = Rc::new(Cell::new(false));
    let inner_fetch = {
        let go = go.clone();
        async move {
            while !go.get() {
                super::support::turn().await;
            }
            Ok(7)
        }
    };
    let outer_fetch = {
        let cache = cache.clone();
        async move { cache.try_get_with("inner", inner_fetch).await }
    };
    let mut outer = Box::pin(cache.try_get_with("outer", outer_fetch));
    assert!(poll_once(&mut outer).is_pending());
    let mut outside = Box::pin(cache.try_get_with("inner", pending()));
    assert!(poll_once(&mut outside).is_pending());
    drop(outer);
    assert_eq!(cache.status(), Status { entries: 0, fetches: 1, waiting: 1 });
    go.set(true);
    assert_eq!(poll_once(&mut outside), Poll::Ready(Ok(7)));
}

#[test]
fn a_fetch_that_gives_its_own_key_up_ends_for_all_callers() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let cache: Rc<LocalTtlCache<_, _, &str, Timers>> =
        Rc::new(LocalTtlCache::new(config(ms(500), 10), clock.clone()).unwrap());
    let ask = |patience| {
        let (cache, inner, clock) = (cache.clone(), cache.clone(), clock.clone());
        async move {
            let timers = clock.clone();
            let fetch = async move {
                let own = timeout(&timers, ms(50), inner.try_get_with("a", pending())).await;
                Ok(own.map_or_else(|_| timers.now().as_millis(), |value| value.unwrap()))
            };
            timeout(&clock, ms(patience), cache.try_get_with("a", fetch)).await.ok()
        }
    };
    // The first caller gives up during the fetch, and the second one takes over.
    let (first, second) = (ask(20), ask(1000));
    let answers = simulation.block_on(async { futures::join!(first, second) });
    assert_eq!(answers.unwrap(), (None, Some(Ok(50.0))));
    let status = cache.status();
    assert_eq!((status.fetches, status.waiting), (0, 0));
}

#[test]
fn on_simulated_time_a_fetch_that_waits_for_itself_is_reported_as_such() {
    for keys in [&["a"] as &[_], &["a", "b"]] {
        let (cache, _clock) = by_hand::<u32>(10);
        let mut simulation = Simulation::new(Order::fifo());
        let deadlock = simulation.block_on(ask(&cache, keys, 0)).unwrap_err().to_string();
        assert!(deadlock.ends_with("; main waits for itself"), "{deadlock}");
        drop(simulation);
        assert_eq!(cache.status(), EMPTY);
    }
}
