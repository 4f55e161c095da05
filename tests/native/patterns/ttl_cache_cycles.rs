//! Fetches that wait for themselves, directly or by way of other fetches: their keys must not stay taken.

use std::{
    cell::Cell,
    future::{pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    task::Poll,
    thread,
    time::Duration,
};

use async_playground::{
    patterns::{LocalTtlCache, timeout, ttl_cache::Status},
    runtime::{Clock, Order, Simulation, Timers},
};
use futures::future::{LocalBoxFuture, join_all};

use super::{
    support::{Manual, ms, often, poll_once},
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

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose");
    }
}

/// On a stack that is too small for a link inside a link.
#[test]
fn a_long_chain_of_fetches_is_dropped_with_its_last_caller() {
    let small = thread::Builder::new().stack_size(256 * 1024);
    small.spawn(drop_chains).unwrap().join().unwrap();
}

/// The callers come one after another, so that no poll is nested in another one, and they leave in the same order.
fn drop_chains() {
    const LINKS: u32 = often(1000, 50);
    for bomb_at in [None, Some(LINKS / 2)] {
        let cache = Rc::new(LocalTtlCache::new(config(ms(500), 10), Manual::default()).unwrap());
        let caller = |key: u32| {
            let (cache, inner) = (cache.clone(), cache.clone());
            let fetch = async move {
                let _bomb = (bomb_at == Some(key)).then(|| Bomb);
                match key.checked_sub(1) {
                    Some(next) => inner.try_get_with(next, pending()).await,
                    None => pending::<Answer>().await,
                }
            };
            let mut caller: Asking = Box::pin(async move { cache.try_get_with(key, fetch).await });
            assert!(poll_once(&mut caller).is_pending());
            caller
        };
        let mut callers: Vec<_> = (0..LINKS).map(caller).collect();
        assert_eq!(cache.status().fetches, LINKS as usize);
        let last = callers.pop();
        drop(callers);
        assert_eq!(cache.status().fetches, LINKS as usize, "the last caller still waits for all");
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(last)));
        assert_eq!((dropped.is_err(), cache.status()), (bomb_at.is_some(), EMPTY));
        assert_eq!(Rc::strong_count(&cache), 1);
    }
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

type Shared = Rc<LocalTtlCache<&'static str, f64, &'static str, Timers>>;

const KEYS: [&str; 3] = ["a", "b", "c"];

/// Fetches on simulated time that ask for each other.
#[derive(Clone)]
struct Circle {
    cache: Shared,
    clock: Timers,
    /// How many keys it goes around.
    length: usize,
    /// How long the fetch of the first key waits for the second one.
    first_waits: Duration,
}

impl Circle {
    fn new(seed: usize, first_waits: Duration) -> (Simulation, Self) {
        let simulation = Simulation::new(Order::seeded(seed as u64));
        let clock = simulation.clock();
        let cache = Rc::new(LocalTtlCache::new(config(ms(500), 10), clock.clone()).unwrap());
        let length = 2 + seed % 2;
        (simulation, Self { cache, clock, length, first_waits })
    }

    /// A fetch that asks for the next key after 5 ms. The first key's returns the time at which it gave the next one up.
    fn fetch(self, key: usize) -> LocalBoxFuture<'static, Result<f64, &'static str>> {
        Box::pin(async move {
            self.clock.sleep(ms(5)).await;
            let next = (key + 1) % self.length;
            let limit = if key == 0 { self.first_waits } else { Duration::MAX };
            let asked = self.cache.try_get_with(KEYS[next], self.clone().fetch(next));
            let answer = timeout(&self.clock, limit, asked).await;
            answer.unwrap_or_else(|_| Ok(self.clock.now().as_millis()))
        })
    }

    /// A caller of a key, at a time and for as long as it is patient.
    async fn call(self, key: usize, at: Duration, patience: Duration) -> Option<f64> {
        self.clock.sleep(at).await;
        let answer = self.cache.try_get_with(KEYS[key], self.clone().fetch(key));
        Some(timeout(&self.clock, patience, answer).await.ok()?.expect("no fetch fails"))
    }
}

const fn millis(millis: usize) -> Duration {
    ms(millis as u64)
}

#[test]
fn after_the_callers_of_a_circle_have_given_up_each_key_is_fetched_anew() {
    for seed in 0..1000_usize {
        let (mut simulation, circle) = Circle::new(seed, Duration::MAX);
        let callers: Vec<_> = (0..5)
            .map(|nth| {
                // From all at once to 12 ms apart.
                let at = millis(nth * (seed / 2 % 5) * 3);
                let patience = millis(20 + (seed / 10 + 7 * nth) % 5 * 10);
                let call = circle.clone().call(nth % circle.length, at, patience);
                simulation.tasks().spawn("caller", call)
            })
            .collect();
        let answers = simulation.block_on(join_all(callers)).unwrap();
        assert_eq!(answers, [Ok(None); 5], "seed {seed}");
        let status = circle.cache.status();
        assert_eq!((status.fetches, status.waiting), (0, 0), "seed {seed}");
        for key in &KEYS[..circle.length] {
            let (cache, began) = (circle.cache.clone(), simulation.now());
            let later = simulation.block_on(async move { cache.try_get_with(*key, ready(Ok(1.0))).await });
            assert_eq!((later, simulation.now()), (Ok(Ok(1.0)), began), "seed {seed}");
        }
        assert_eq!(Rc::strong_count(&circle.cache), 1, "seed {seed}");
    }
}

#[test]
fn a_circle_that_ends_by_itself_does_so_for_the_callers_that_are_left() {
    for seed in 0..1000_usize {
        let (mut simulation, circle) = Circle::new(seed, ms(100));
        let (left, order) = (seed / 2 % circle.length, seed / 6 % circle.length);
        let callers: Vec<_> = (0..circle.length)
            .map(|nth| {
                let key = (nth + order) % circle.length;
                let at = millis(nth * (seed / 18 % 5) * 3);
                let patience = if key == left { Duration::MAX } else { millis(30 + seed / 90 % 4 * 10) };
                simulation.tasks().spawn(KEYS[key], circle.clone().call(key, at, patience))
            })
            .collect();
        let answers = simulation.block_on(join_all(callers));
        let answers = answers.unwrap_or_else(|deadlock| panic!("seed {seed}: {deadlock}"));
        let answered = answers.into_iter().flatten().flatten().count();
        assert_eq!(answered, 1, "seed {seed}");
    }
}
