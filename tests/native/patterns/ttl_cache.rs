//! Shared fetches of the cache: callers that join, take over, panic or are dropped.

use std::{
    cell::Cell,
    future::{Future, poll_fn, ready},
    hash::{BuildHasherDefault, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use async_playground::{
    context_var,
    patterns::{
        LocalTtlCache,
        ttl_cache::{Config, Source, Status},
    },
    runtime::{Clock, Instant, Order, Simulation, Timers},
};

use futures::FutureExt;

use super::support::{Cut, Manual, cut_off, ms, poll_once, sweep};

pub(super) type Cache<V, C> = LocalTtlCache<&'static str, V, &'static str, C>;

pub(super) fn config(ttl: Duration, max_entries: usize) -> Config {
    Config { ttl, max_entries }
}

pub(super) fn by_hand<V: Clone>(max_entries: usize) -> (Rc<Cache<V, Manual>>, Manual) {
    let clock = Manual::default();
    (Rc::new(LocalTtlCache::new(config(ms(500), max_entries), clock.clone()).unwrap()), clock)
}

/// Counts the fetches of one key: started, running, and the most that ran at a time.
#[derive(Default)]
struct Backend {
    started: Cell<usize>,
    now: Cell<usize>,
    most: Cell<usize>,
}

struct Running(Rc<Backend>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.now.set(self.0.now.get() - 1);
    }
}

impl Backend {
    /// A fetch that takes 100 ms in two steps and returns its number.
    fn fetch(self: &Rc<Self>, clock: &Timers) -> impl Future<Output = Result<usize, &'static str>> + use<> {
        let (backend, clock) = (self.clone(), clock.clone());
        backend.started.set(backend.started.get() + 1);
        backend.now.set(backend.now.get() + 1);
        backend.most.set(backend.most.get().max(backend.now.get()));
        let (number, running) = (backend.started.get(), Running(backend));
        async move {
            let _running = running;
            clock.sleep(ms(50)).await;
            clock.sleep(ms(50)).await;
            Ok(number)
        }
    }
}

struct World {
    simulation: Simulation,
    clock: Timers,
    cache: Rc<Cache<usize, Timers>>,
    backend: Rc<Backend>,
}

fn world(order: Order) -> World {
    let simulation = Simulation::new(order);
    let clock = simulation.clock();
    let cache = Rc::new(LocalTtlCache::new(config(ms(500), 10), clock.clone()).unwrap());
    World { simulation, clock, cache, backend: Rc::default() }
}

impl World {
    fn ask(&self, cut: Option<Cut>) -> impl Future<Output = Option<(usize, Source, Instant)>> + use<> {
        let (cache, clock, backend) = (self.cache.clone(), self.clock.clone(), self.backend.clone());
        async move {
            let timers = clock.clone();
            let lookup = cache.lookup("user:1", async move { backend.fetch(&timers).await });
            let (result, source) = cut_off(lookup, cut).await?;
            Some((result.unwrap(), source, clock.now()))
        }
    }

    fn assert_at_rest(&self) {
        let Status { fetches, waiting, .. } = self.cache.status();
        assert_eq!((fetches, waiting, self.backend.now.get()), (0, 0, 0));
    }
}

#[test]
fn callers_share_a_fetch_and_a_value_lives_from_its_end() {
    let mut world = world(Order::fifo());
    let five: Vec<_> = (0..5).map(|_| world.simulation.tasks().spawn("caller", world.ask(None))).collect();
    let (late, last) = (world.ask(None), world.ask(None));
    let clock = world.clock.clone();
    let (five, late, last) = world
        .simulation
        .block_on(async move {
            let five = futures::future::join_all(five).await;
            clock.sleep_until(Instant::from_nanos(599_999_999)).await;
            let late = late.await;
            clock.sleep_until(Instant::from_millis(600)).await;
            (five, late, last.await)
        })
        .unwrap();
    let at = Instant::from_millis;
    let served: Vec<_> = five.into_iter().map(|caller| caller.unwrap().unwrap()).collect();
    assert_eq!(served[0], (1, Source::Fetched, at(100)));
    assert!(served[1..].iter().all(|joined| *joined == (1, Source::Joined, at(100))));
    assert_eq!(late.unwrap().1, Source::Hit);
    assert_eq!(last.unwrap(), (2, Source::Fetched, at(700)));
    world.assert_at_rest();
}

#[test]
fn an_error_reaches_all_callers_and_is_not_stored() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let cache: Cache<u32, _> = LocalTtlCache::new(config(ms(500), 10), clock.clone()).unwrap();
    let results = simulation.block_on(async move {
        let ask = || {
            let clock = clock.clone();
            cache.lookup("key", async move {
                clock.sleep(ms(10)).await;
                Err("down")
            })
        };
        let first = futures::future::join_all([ask(), ask(), ask()]).await;
        assert_eq!(cache.len(), 0);
        (first, cache.lookup("key", ready(Ok(7))).await)
    });
    let (first, then) = results.unwrap();
    assert_eq!(
        first,
        [(Err("down"), Source::Fetched), (Err("down"), Source::Joined), (Err("down"), Source::Joined)]
    );
    assert_eq!(then, (Ok(7), Source::Fetched));
}

#[test]
fn a_caller_dropped_at_any_poll_delays_no_other_caller() {
    let cuts = sweep(4, |victim, cut| {
        let mut world = world(Order::fifo());
        let callers: Vec<_> = (0..4)
            .map(|id| world.simulation.tasks().spawn("caller", world.ask((id == victim).then_some(cut))))
            .collect();
        let answers = world.simulation.block_on(futures::future::join_all(callers)).unwrap();
        let answers: Vec<_> = answers.into_iter().flatten().collect();
        let cuts = answers.iter().filter(|answer| answer.is_none()).count();
        assert_eq!(answers.len(), 4);
        // If the first caller is dropped before another has joined, its fetch is dropped too.
        let started = if victim == 0 && matches!(cut, Cut::After(0)) { 2 } else { 1 };
        for (number, _, at) in answers.into_iter().flatten() {
            assert_eq!((number, at), (started, Instant::from_millis(100)), "victim {victim}, {cut:?}");
        }
        assert_eq!(world.backend.started.get(), started, "one fetch for all");
        world.assert_at_rest();
        cuts > 0
    });
    assert!(cuts >= 14, "{cuts} cuts");
}

#[test]
fn in_any_order_one_fetch_runs_at_a_time_and_no_caller_hangs() {
    for (seed, draws) in (0..500).zip(0..) {
        let mut world = world(Order::seeded(seed));
        let callers: Vec<_> = (0..6)
            .zip(0..)
            .map(|(id, rest): (usize, u64)| {
                let draw = (draws / 3 + id * 7) % 9;
                let cut =
                    (draw < 4).then_some(if draw % 2 == 0 { Cut::After(draw) } else { Cut::Instead(draw) });
                let (ask, clock) = (world.ask(cut), world.clock.clone());
                world.simulation.tasks().spawn("caller", async move {
                    clock.sleep(ms(seed * 11 % 40 * rest)).await;
                    ask.await
                })
            })
            .collect();
        world.simulation.block_on(futures::future::join_all(callers)).unwrap();
        assert!(world.backend.most.get() <= 1, "seed {seed}");
        world.assert_at_rest();
    }
}

#[test]
fn a_fetch_survives_any_number_of_drivers() {
    // moka gives up with a panic when 200 leaders have been cancelled.
    let (cache, _clock) = by_hand::<u32>(10);
    let (polls, started) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let ask = || {
        let (polls, started) = (polls.clone(), started.clone());
        let cache = cache.clone();
        Box::pin(async move {
            let fetch = async move {
                started.set(started.get() + 1);
                poll_fn(move |_| {
                    polls.set(polls.get() + 1);
                    if polls.get() > 1000 { Poll::Ready(Ok(7)) } else { Poll::Pending }
                })
                .await
            };
            cache.try_get_with("key", fetch).await
        })
    };
    let mut callers: Vec<_> = (0..1001).map(|_| ask()).collect();
    let mut cx = Context::from_waker(Waker::noop());
    for caller in &mut callers {
        assert!(caller.as_mut().poll(&mut cx).is_pending());
    }
    let mut last = callers.pop().unwrap();
    for (dropped, caller) in callers.into_iter().enumerate() {
        assert_eq!(cache.status().waiting, 1001 - dropped);
        drop(caller);
        if dropped + 1 < 1000 {
            // Only the next caller polls the fetch.
            let before = polls.get();
            assert!(last.as_mut().poll(&mut cx).is_pending());
            assert_eq!(polls.get(), before);
        }
    }
    polls.set(1000);
    assert_eq!(last.as_mut().poll(&mut cx), Poll::Ready(Ok(7)));
    assert_eq!(started.get(), 1);
}

#[test]
fn waiting_callers_are_not_woken_needlessly() {
    // tower-resilience-coalesce wakes its waiting callers over and over once the first caller is gone.
    let mut world = world(Order::fifo());
    let polls = Rc::new(Cell::new(0));
    let leader = world.simulation.tasks().spawn("leader", world.ask(Some(Cut::Instead(1))));
    let followers: Vec<_> = (0..10)
        .map(|_| {
            let (mut ask, polls) = (Box::pin(world.ask(None)), polls.clone());
            world.simulation.tasks().spawn(
                "follower",
                poll_fn(move |cx| {
                    polls.set(polls.get() + 1);
                    ask.as_mut().poll(cx)
                }),
            )
        })
        .collect();
    let all = async move { (leader.await, futures::future::join_all(followers).await) };
    let (leader, followers) = world.simulation.block_on(all).unwrap();
    assert_eq!(leader, Ok(None));
    assert!(followers.iter().all(|follower| matches!(follower, Ok(Some((1, ..))))));
    // Each when it joins and at the end; the next driver once more, to go on with the fetch.
    assert_eq!(polls.get(), 10 * 2 + 1);
}

#[test]
fn a_fetch_is_dropped_with_its_last_caller() {
    let mut world = world(Order::fifo());
    let callers: Vec<_> =
        (0..3).map(|_| world.simulation.tasks().spawn("caller", world.ask(None)).cancel_on_drop()).collect();
    let (clock, backend) = (world.clock.clone(), world.backend.clone());
    world
        .simulation
        .block_on(async move {
            clock.sleep(ms(60)).await;
            for (left, caller) in (0..3).rev().zip(callers) {
                assert_eq!(backend.now.get(), 1);
                drop(caller);
                assert_eq!(backend.now.get(), usize::from(left > 0));
            }
        })
        .unwrap();
    world.assert_at_rest();
    let (ask, at) = (world.ask(None), Instant::from_millis(160));
    assert_eq!(world.simulation.block_on(ask).unwrap(), Some((2, Source::Fetched, at)));
}

/// Counts its wake-ups.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_panic_reaches_the_driver_and_the_next_caller_starts_its_own_fetch() {
    let (cache, _clock) = by_hand::<u32>(10);
    let mut cx = Context::from_waker(Waker::noop());
    let mut polls = 0;
    let panics = poll_fn(move |_| {
        polls += 1;
        assert!(polls < 2, "on purpose");
        Poll::Pending
    });
    let mut bad = pin!(cache.lookup("key", panics));
    let mut good = pin!(cache.lookup("key", ready(Ok(7))));
    let mut third = pin!(cache.lookup("key", ready(Ok(8))));
    assert!(bad.as_mut().poll(&mut cx).is_pending());
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    for follower in [&mut good as &mut (dyn Future<Output = _> + Unpin), &mut third] {
        assert!(Pin::new(follower).poll(&mut Context::from_waker(&waker)).is_pending());
    }
    assert!(catch_unwind(AssertUnwindSafe(|| bad.as_mut().poll(&mut cx))).is_err());
    assert_eq!(woken.0.load(Ordering::Relaxed), 2);
    assert_eq!(good.as_mut().poll(&mut cx), Poll::Ready((Ok(7), Source::Fetched)));
    assert_eq!(third.as_mut().poll(&mut cx), Poll::Ready((Ok(7), Source::Hit)));
    let status = cache.status();
    assert_eq!((status.fetches, status.waiting, status.entries), (0, 0, 1));
}

#[test]
fn a_panic_while_the_fetch_is_made_leaves_nothing_behind() {
    let (cache, _clock) = by_hand::<u32>(10);
    let made = AssertUnwindSafe(|| {
        let mut cx = Context::from_waker(Waker::noop());
        pin!(cache.lookup_with("key", || panic!("on purpose"))).poll(&mut cx).is_ready()
    });
    assert!(catch_unwind(made).is_err());
    assert_eq!(cache.status(), Status { entries: 0, fetches: 0, waiting: 0 });
}

#[test]
fn a_key_invalidated_during_its_fetch_is_neither_stored_nor_shared() {
    type Newer = fn(&Cache<usize, Timers>);
    let ways: [(Newer, Option<usize>); 2] =
        [(|cache| cache.invalidate(&"user:1"), None), (|cache| cache.insert("user:1", 42), Some(42))];
    for (act, stored) in ways {
        let mut world = world(Order::fifo());
        let old = [world.ask(None), world.ask(None)].map(|ask| world.simulation.tasks().spawn("old", ask));
        let (cache, clock, newcomer) = (world.cache.clone(), world.clock.clone(), world.ask(None));
        let (old, newcomer, after) = world
            .simulation
            .block_on(async move {
                clock.sleep(ms(30)).await;
                act(&cache);
                assert_eq!(cache.get(&"user:1"), stored);
                let newcomer = newcomer.await.unwrap();
                (futures::future::join_all(old).await, newcomer, cache.get(&"user:1"))
            })
            .unwrap();
        for caller in old {
            assert_eq!(caller.unwrap().unwrap().0, 1, "the callers that waited get the old value");
        }
        let expected = stored.map_or((2, Source::Fetched), |value| (value, Source::Hit));
        assert_eq!((newcomer.0, newcomer.1), expected);
        assert_eq!(after, Some(expected.0));
        world.assert_at_rest();
    }
}

context_var! {
    static CALLER: u32;
}

#[test]
fn a_fetch_sees_the_context_of_the_caller_that_polls_it() {
    let (cache, _clock) = by_hand::<u32>(10);
    let seen = Rc::new(Cell::new(None));
    let ask = |caller| {
        let seen = seen.clone();
        let fetch = poll_fn(move |_| {
            seen.set(CALLER.get());
            Poll::Pending
        });
        Box::pin(CALLER.scope(caller, cache.try_get_with("key", fetch)))
    };
    let (mut first, mut second) = (ask(1), ask(2));
    for caller in [&mut first, &mut second] {
        assert!(poll_once(caller).is_pending());
    }
    assert_eq!(seen.get(), Some(1));
    drop(first);
    assert!(poll_once(&mut second).is_pending());
    assert_eq!(seen.get(), Some(2));
}

#[test]
fn keys_with_the_same_hash_are_told_apart() {
    #[derive(Clone, Default)]
    struct Alike;
    impl Hasher for Alike {
        fn write(&mut self, _: &[u8]) {}
        fn finish(&self) -> u64 {
            0
        }
    }
    let cache = LocalTtlCache::with_hasher(
        config(ms(500), 2),
        Manual::default(),
        BuildHasherDefault::<Alike>::default(),
    );
    let cache = cache.unwrap();
    let get = |key| cache.lookup(key, ready(Ok::<_, ()>(key))).now_or_never();
    for served in [Source::Fetched, Source::Hit] {
        assert_eq!([get(1), get(2)], [1, 2].map(|key| Some((Ok(key), served))));
    }
    assert_eq!(get(3), Some((Ok(3), Source::Fetched)));
    assert_eq!(get(1), Some((Ok(1), Source::Fetched)), "both were used, so the oldest was evicted");
    assert_eq!(get(3), Some((Ok(3), Source::Hit)));
}
