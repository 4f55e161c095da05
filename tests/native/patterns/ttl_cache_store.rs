//! The values of the cache: eviction, expiry, keys, and what happens without the lock.

use std::{
    cell::{Cell, RefCell},
    convert::Infallible,
    future::{Pending, pending, poll_fn, ready},
    hash::{Hash, Hasher},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::{Rc, Weak},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use async_playground::{
    patterns::{
        LocalTtlCache, TtlCache,
        ttl_cache::{Source, Status},
    },
    runtime::{Clock, Instant, Order, Simulation},
};
use proptest::prelude::*;

use super::{
    support::{Manual, ms, often, poll_once, turn},
    ttl_cache::{Cache, by_hand, config},
};

#[test]
fn a_value_that_is_used_outlives_one_that_is_not() {
    let (cache, _clock) = by_hand::<u32>(2);
    cache.insert("a", 1);
    cache.insert("b", 2);
    assert_eq!(cache.get("a"), Some(1));
    cache.insert("c", 3);
    assert_eq!((cache.get("a"), cache.get("b"), cache.get("c")), (Some(1), None, Some(3)));
    cache.insert("a", 4);
    assert_eq!((cache.len(), cache.get("a"), cache.get("c")), (2, Some(4), Some(3)));
}

#[test]
fn keys_are_found_by_their_borrowed_form() {
    let cache = TtlCache::<String, u32, (), _>::new(config(ms(500), 10), Manual::default()).unwrap();
    cache.insert("a".to_owned(), 1);
    assert_eq!((cache.get("a"), cache.contains("a"), cache.contains("b")), (Some(1), true, false));
    cache.invalidate("a");
    assert!(!cache.contains("a"));
}

#[test]
fn contains_does_not_use_the_value_and_sees_no_expired_one() {
    let (cache, clock) = by_hand::<u32>(2);
    cache.insert("a", 1);
    cache.insert("b", 2);
    assert!(cache.contains("a"));
    cache.insert("c", 3);
    assert!(!cache.contains("a"), "it is the oldest");
    clock.advance(ms(500));
    assert!(!cache.contains("c"));
}

#[test]
fn clear_forgets_all_values_and_detaches_all_fetches() {
    let (cache, _clock) = by_hand::<u32>(10);
    cache.insert("a", 1);
    let mut first = Box::pin(cache.lookup("b", async {
        turn().await;
        Ok(2)
    }));
    assert!(poll_once(&mut first).is_pending());
    cache.clear();
    assert_eq!((cache.len(), cache.get("a")), (0, None));
    let newcomer = futures::executor::block_on(cache.lookup("b", ready(Ok(3))));
    assert_eq!(newcomer, (Ok(3), Source::Fetched));
    assert_eq!(poll_once(&mut first), Poll::Ready((Ok(2), Source::Fetched)));
    assert_eq!(cache.get("b"), Some(3), "the value from before the clear is not stored");
}

#[test]
fn any_operation_frees_expired_values() {
    type Act = fn(&Cache<Rc<()>, Manual>);
    let acts: [Act; 5] = [
        |cache| drop(cache.get("other")),
        |cache| cache.insert("other", Rc::default()),
        |cache| cache.invalidate("other"),
        |cache| assert!(cache.status().entries <= 4),
        |cache| {
            let failed = cache.try_get_with("other", ready(Err("down")));
            assert!(futures::executor::block_on(failed).is_err());
        },
    ];
    for act in acts {
        let (cache, clock) = by_hand::<Rc<()>>(10);
        let values = ["a", "b", "c"].map(|key| {
            let value = Rc::new(());
            let weak = Rc::downgrade(&value);
            cache.insert(key, value);
            weak
        });
        clock.advance(ms(499));
        act(&cache);
        assert!(values.iter().all(|value| value.strong_count() == 1));
        clock.advance(ms(1));
        act(&cache);
        assert!(values.iter().all(|value| value.strong_count() == 0));
    }
}

/// A clock that counts how often it is read.
#[derive(Clone, Default)]
struct Counting(Manual, Rc<Cell<usize>>);

impl Clock for Counting {
    type Sleep = Pending<()>;

    fn now(&self) -> Instant {
        self.1.set(self.1.get() + 1);
        self.0.now()
    }

    fn sleep_until(&self, _: Instant) -> Pending<()> {
        pending()
    }
}

#[test]
fn a_hit_reads_the_clock_once_and_joining_a_fetch_never_does() {
    let clock = Counting::default();
    let cache: Cache<u32, _> = LocalTtlCache::new(config(ms(500), 10), clock.clone()).unwrap();
    cache.insert("a", 1);
    let serve = |key| cache.lookup(key, pending());
    let mut leader = Box::pin(serve("b"));
    assert!(poll_once(&mut leader).is_pending());
    clock.1.set(0);
    assert!(poll_once(&mut Box::pin(serve("b"))).is_pending());
    assert_eq!(clock.1.take(), 0);
    assert_eq!(poll_once(&mut Box::pin(serve("a"))), Poll::Ready((Ok(1), Source::Hit)));
    assert_eq!(clock.1.take(), 1);
    clock.0.advance(ms(500));
    assert!(poll_once(&mut Box::pin(serve("a"))).is_pending(), "it has expired");
}

#[test]
fn a_sweep_frees_each_value_of_an_idle_cache_when_it_expires() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let cache: Rc<Cache<Rc<()>, _>> =
        Rc::new(LocalTtlCache::new(config(ms(500), 10), clock.clone()).unwrap());
    let sweeper = simulation
        .tasks()
        .spawn("sweeper", {
            let cache = cache.clone();
            async move { cache.sweep().await }
        })
        .cancel_on_drop();
    simulation
        .block_on(async move {
            clock.sleep(ms(120)).await;
            let mut held = Vec::new();
            for key in ["a", "b", "c"] {
                let value = Rc::new(());
                held.push(Rc::downgrade(&value));
                cache.insert(key, value);
                clock.sleep(ms(100)).await;
            }
            let living = || held.iter().map(Weak::strong_count).collect::<Vec<_>>();
            clock.sleep(ms(199)).await;
            assert_eq!(living(), [1, 1, 1]);
            // Each value is freed just after its time, and no other.
            for left in [[0, 1, 1], [0, 0, 1], [0, 0, 0]] {
                clock.sleep(ms(1)).await;
                clock.sleep(Duration::from_nanos(1)).await;
                assert_eq!(living(), left);
                clock.sleep(ms(99) - Duration::from_nanos(1)).await;
            }
            drop(sweeper);
            assert_eq!(clock.pending(), 0);
        })
        .unwrap();
}

/// A value that uses its cache when it is cloned or dropped.
struct Meddler(Rc<RefCell<Weak<Cache<Meddler, Manual>>>>);

impl Meddler {
    fn meddle(&self) {
        let cache = self.0.borrow().upgrade();
        if let Some(cache) = cache {
            cache.invalidate("nothing");
        }
    }
}

impl Clone for Meddler {
    fn clone(&self) -> Self {
        self.meddle();
        Self(self.0.clone())
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        self.meddle();
    }
}

#[test]
fn no_lock_is_held_while_values_are_cloned_or_dropped() {
    let (cache, clock) = by_hand::<Meddler>(1);
    let slot = Rc::new(RefCell::new(Rc::downgrade(&cache)));
    let value = || Meddler(slot.clone());
    cache.insert("a", value());
    drop(cache.get("a"));
    cache.insert("a", value());
    cache.insert("b", value());
    cache.invalidate("b");
    let fetched = cache.lookup("c", ready(Ok(value())));
    assert!(futures::executor::block_on(fetched).0.is_ok());
    clock.advance(ms(500));
    assert_eq!(cache.len(), 0);
}

/// A key that uses its cache when it is dropped.
struct Nosy(u32, Look);

type Look = Rc<RefCell<Option<Box<dyn Fn()>>>>;

impl Drop for Nosy {
    fn drop(&mut self) {
        if let Some(look) = &*self.1.borrow() {
            look();
        }
    }
}

impl PartialEq for Nosy {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Nosy {}

impl Hash for Nosy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[test]
fn no_lock_is_held_while_keys_are_dropped() {
    let clock = Manual::default();
    let cache = Rc::new(LocalTtlCache::<Nosy, u32, (), _>::new(config(ms(500), 1), clock.clone()).unwrap());
    let nosy = Look::default();
    let key = |id| Nosy(id, Rc::clone(&nosy));
    let watched = Rc::downgrade(&cache);
    *nosy.borrow_mut() =
        Some(Box::new(move || assert!(watched.upgrade().is_none_or(|cache| cache.len() <= 1))));
    let serve = |id, result| futures::executor::block_on(cache.lookup(key(id), ready(result)));
    cache.insert(key(1), 1);
    cache.insert(key(1), 2);
    cache.insert(key(2), 3);
    assert_eq!(serve(2, Ok(0)), (Ok(3), Source::Hit));
    assert_eq!(serve(3, Ok(4)), (Ok(4), Source::Fetched));
    assert_eq!(serve(4, Err(())), (Err(()), Source::Fetched));
    cache.insert(key(3), 5);
    cache.invalidate(&key(3));
    cache.insert(key(5), 6);
    clock.advance(ms(500));
    assert!(cache.is_empty());
}

/// A key whose hash panics once, after a number of calls.
#[derive(Clone, PartialEq, Eq)]
struct Brittle(u32, Rc<Cell<Option<u32>>>);

impl Hash for Brittle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let left = self.1.get();
        self.1.set(left.and_then(|left| left.checked_sub(1)));
        assert!(left != Some(0), "on purpose");
        self.0.hash(state);
    }
}

/// Panics at the n-th hash of a program that does everything. Returns whether there were so many.
fn survives_a_panic_at_the_hash(nth: u32) -> bool {
    let (clock, left) = (Manual::default(), Rc::new(Cell::new(Some(nth))));
    let cache = LocalTtlCache::new(config(ms(500), 2), clock.clone()).unwrap();
    let serve = |id: u32| {
        let fetch = async move {
            turn().await;
            Ok::<_, &str>(id * 10)
        };
        Box::pin(cache.lookup(Brittle(id, left.clone()), fetch))
    };
    let attempt = |act: &mut dyn FnMut()| drop(catch_unwind(AssertUnwindSafe(act)));
    let (mut leads, mut joins) = (Some(serve(1)), Some(serve(1)));
    for asks in [&mut leads, &mut joins] {
        attempt(&mut || assert!(poll_once(asks.as_mut().unwrap()).is_pending()));
    }
    attempt(&mut || leads = None);
    attempt(&mut || joins = None);
    for id in [2, 3, 4] {
        let mut asks = serve(id);
        attempt(&mut || assert!(poll_once(&mut asks).is_pending()));
        let mut joins = serve(id);
        attempt(&mut || assert!(poll_once(&mut joins).is_pending()));
        attempt(&mut || assert!(poll_once(&mut asks).is_ready()));
    }
    attempt(&mut || cache.insert(Brittle(4, left.clone()), 40));
    attempt(&mut || cache.invalidate(&Brittle(3, left.clone())));
    clock.advance(ms(500));
    attempt(&mut || assert!(cache.is_empty()));
    let panicked = left.take().is_none();
    // New keys come first: they get the places of removed ones.
    for id in [5, 6, 7, 1, 2, 3, 4] {
        let mut asks = serve(id);
        let answer = (0..3).map(|_| poll_once(&mut asks)).find(Poll::is_ready);
        let Some(Poll::Ready((value, _))) = answer else { panic!("hash {nth}: no answer for {id}") };
        assert_eq!(value, Ok(id * 10), "hash {nth}");
    }
    assert_eq!(cache.status(), Status { entries: 2, fetches: 0, waiting: 0 }, "hash {nth}");
    panicked
}

#[test]
fn a_hash_that_panics_leaves_every_key_its_own_value() {
    assert!((0..1000).take_while(|&nth| survives_a_panic_at_the_hash(nth)).count() > 20);
}

#[test]
fn a_fetch_may_ask_the_cache_for_another_key() {
    let (cache, _clock) = by_hand::<u32>(10);
    let inner = cache.clone();
    let outer = cache.lookup("outer", async move {
        let value = inner.try_get_with("inner", ready(Ok(1))).await?;
        Ok(value + 1)
    });
    assert_eq!(futures::executor::block_on(outer), (Ok(2), Source::Fetched));
    assert_eq!(cache.len(), 2);
}

#[test]
fn threads_share_fetches() {
    let started = Arc::new(AtomicUsize::new(0));
    let cache = TtlCache::new(config(Duration::MAX, 1000), Manual::default()).unwrap();
    let fetch = || {
        let started = Arc::clone(&started);
        async move {
            started.fetch_add(1, Ordering::SeqCst);
            for _ in 0..3 {
                let mut first = true;
                poll_fn(|cx| {
                    cx.waker().wake_by_ref();
                    if mem::take(&mut first) { Poll::Pending } else { Poll::Ready(()) }
                })
                .await;
            }
            Ok::<_, Infallible>(7)
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..500 {
                    let (result, _) = futures::executor::block_on(cache.lookup(round, fetch()));
                    assert_eq!(result, Ok(7));
                }
            });
        }
    });
    assert_eq!(started.load(Ordering::SeqCst), 500);
    assert_eq!(cache.status(), Status { entries: 500, fetches: 0, waiting: 0 });
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let refused = |config| Cache::<u32, _>::new(config, Manual::default()).unwrap_err().to_string();
    assert_eq!(refused(config(Duration::ZERO, 1)), "ttl must be 1 ns or longer");
    assert_eq!(refused(config(ms(1), 0)), "max_entries must be 1 or more");
}

#[test]
fn it_is_as_send_and_sync_as_its_parts() {
    fn check<T: Send>(value: T) -> T {
        value
    }
    fn is_sync<T: Sync>(_: &T) {}
    let cache = check(TtlCache::new(config(ms(1), 1), Manual::default()).unwrap());
    is_sync(&cache);
    drop(check(cache.lookup("key", ready(Ok::<_, Infallible>(1)))));
    drop(check(cache.sweep()));
}

/// What a cache should do, written plainly: values in the order of insertion, and a hand that chooses which to evict.
#[derive(Default)]
struct Model {
    values: Vec<Stored>,
    /// The key of the value at the hand.
    hand: Option<&'static str>,
}

#[derive(Clone, Copy)]
struct Stored {
    key: &'static str,
    value: usize,
    expires: u64,
    used: bool,
}

impl Model {
    fn position(&self, key: &str) -> Option<usize> {
        self.values.iter().position(|stored| stored.key == key)
    }

    fn use_value(&mut self, key: &str) -> Option<usize> {
        let stored = self.values.iter_mut().find(|stored| stored.key == key)?;
        stored.used = true;
        Some(stored.value)
    }

    fn remove(&mut self, at: usize) {
        let removed = self.values.remove(at);
        if self.hand == Some(removed.key) {
            self.hand = self.values.get(at).map(|next| next.key);
        }
    }

    fn expire(&mut self, now: u64) {
        while let Some(at) = self.values.iter().position(|stored| stored.expires <= now) {
            self.remove(at);
        }
    }

    fn insert(&mut self, key: &'static str, value: usize, expires: u64, max_entries: usize) {
        if let Some(at) = self.position(key) {
            self.remove(at);
        }
        while self.values.len() >= max_entries {
            let at = self.hand.and_then(|hand| self.position(hand)).unwrap_or(0);
            if mem::take(&mut self.values[at].used) {
                self.hand = self.values.get(at + 1).map(|next| next.key);
            } else {
                self.remove(at);
            }
        }
        self.values.push(Stored { key, value, expires, used: false });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(often(256, 5)))]

    #[test]
    fn agrees_with_a_plain_list_and_a_clock(
        steps in proptest::collection::vec((0..5u8, 0..6usize, 0..300u64), 1..100), max_entries in 1..5usize,
    ) {
        const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
        let (cache, clock) = by_hand::<usize>(max_entries);
        let (mut model, mut now) = (Model::default(), 0);
        for (number, (step, key, rest)) in steps.into_iter().enumerate() {
            let key = KEYS[key];
            match step {
                0 => prop_assert_eq!(cache.get(&key), model.use_value(key)),
                1 => {
                    cache.insert(key, number);
                    model.insert(key, number, now + 500, max_entries);
                }
                2 => {
                    cache.invalidate(&key);
                    if let Some(at) = model.position(key) {
                        model.remove(at);
                    }
                }
                3 => {
                    now += rest;
                    clock.advance(ms(rest));
                    model.expire(now);
                }
                _ => {
                    let expected = model.use_value(key).map_or((number, Source::Fetched), |value| (value, Source::Hit));
                    let (value, source) = futures::executor::block_on(cache.lookup(key, ready(Ok(number))));
                    if source == Source::Fetched {
                        model.insert(key, number, now + 500, max_entries);
                    }
                    prop_assert_eq!((value.unwrap(), source), expected);
                }
            }
            prop_assert_eq!(cache.len(), model.values.len());
        }
    }

    #[test]
    fn scanned_keys_do_not_push_out_keys_that_are_used(scanned in 1..200usize, max_entries in 2..9usize) {
        let cache = TtlCache::<usize, usize, (), _>::new(config(ms(500), max_entries), Manual::default()).unwrap();
        cache.insert(0, 0);
        for key in 1..=scanned {
            prop_assert_eq!(cache.get(&0), Some(0));
            cache.insert(key, key);
        }
        prop_assert_eq!((cache.get(&0), cache.len()), (Some(0), max_entries.min(scanned + 1)));
    }
}
