//! A cache whose values live for a time, and whose callers share a fetch instead of each making their own.
//!
//! Not for values that must never be stale (a cache is a bet on staleness), nor for fetches that differ between
//! callers of the same key: whoever joins gets what the first one asked for, with the first one's rights.
//!
//! Sharing a fetch is known as request coalescing or single flight (groupcache's `singleflight`). Values and
//! flights are kept apart: an error is a flight's, never a value's.

mod flights;
mod state;
mod store;

use std::{
    fmt,
    future::{pending, poll_fn},
    hash::{BuildHasher, Hash, RandomState},
    mem,
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures::future::lazy;

use self::{
    flights::{Left, Seat, Turn},
    state::{Seen, State},
};
use super::{config::ConfigError, lock::lock};
use crate::runtime::{Clock, Instant};

/// The bounds of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheConfig {
    /// How long a value lives, from the end of its fetch; 1 ns or longer. `Duration::MAX` is for ever.
    pub ttl: Duration,
    /// How many values are kept at most; 1 or more.
    pub max_entries: usize,
}

/// How a caller got its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Served {
    /// From a stored value, at once.
    Hit,
    /// From a fetch that another caller had begun.
    Joined,
    /// From a fetch that it began itself.
    Fetched,
}

/// A look at a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheStatus {
    /// How many values are stored, none of them expired.
    pub entries: usize,
    /// How many fetches are under way or have landed with somebody yet to see it.
    pub flights: usize,
    /// How many callers wait for those.
    pub waiting: usize,
}

/// Values by key, each for a time, fetched once for all who ask.
///
/// The fetches of one cache have one type `F`; to mix several, or to name the type in a struct, box them.
///
/// - **Promise**: for a key at most one fetch at a time, and none within the time that a value lives, unless
///   [`invalidate`](Self::invalidate) or [`insert`](Self::insert) ask for it. An error reaches all who waited and is
///   not stored. Never more than the configured number of values; the least recently used goes first.
/// - **Cancel**: the fetch belongs to all who wait for it. Who drives it and is dropped is followed by the
///   next in line, who goes on with the same fetch, however often that happens; with the last of them it is dropped.
///   Should making or polling it panic, the panic goes to who drove, and the next begins a fetch of its own.
/// - **Fairness**: those who wait drive in the order of arrival. Who drives and is kept but not polled holds up
///   those behind; a fetch that asks the cache for its own key waits for itself.
/// - **Cost**: O(1), amortised over expiry, for every operation. No allocation for a hit; a flight has one for the
///   key, one for the future, and one that grows with those who wait.
/// - **Memory**: every operation frees what has expired, but for joining a fetch and for a miss, whose fetch does so
///   when it lands; [`sweep`](Self::sweep) does so when there is none.
/// - **Not for** values that must never be stale, nor for fetches that differ between callers of a key: who joins gets
///   what the first one asked for, with the first one's rights.
///
/// ```
/// use std::{convert::Infallible, time::Duration};
///
/// use async_playground::patterns::{CacheConfig, Served, TtlCache};
/// # use async_playground::runtime::{Clock, Instant};
/// # #[derive(Clone)] struct Still;
/// # impl Clock for Still {
/// #     type Sleep = std::future::Pending<()>;
/// #     fn now(&self) -> Instant { Instant::ORIGIN }
/// #     fn sleep_until(&self, _: Instant) -> Self::Sleep { std::future::pending() }
/// # }
/// # let clock = Still;
/// # futures::executor::block_on(async {
/// let cache = TtlCache::new(CacheConfig { ttl: Duration::from_secs(1), max_entries: 100 }, clock)?;
/// let length = async |word: &'static str| {
///     cache.serve(word, move || async move { Ok::<_, Infallible>(word.len()) }).await
/// };
/// assert_eq!(length("flight").await, (Ok(6), Served::Fetched));
/// assert_eq!(length("flight").await, (Ok(6), Served::Hit));
/// # Ok::<(), async_playground::patterns::ConfigError>(())
/// # }).unwrap();
/// ```
pub struct TtlCache<K, V, E, F, C, S = RandomState> {
    clock: C,
    ttl: Duration,
    state: Mutex<State<K, V, E, F, S>>,
}

/// What a caller finds.
enum Found<'a, K: Hash + Eq, V, E, F, C, S: BuildHasher> {
    /// The key is given back so that it is not dropped under the lock.
    Value(Arc<V>, K),
    /// The key is for another try, should this flight be lost.
    Flight(Place<'a, K, V, E, F, C, S>, K),
    Nothing(Place<'a, K, V, E, F, C, S>),
}

impl<K, V, E, F, C> TtlCache<K, V, E, F, C>
where
    K: Hash + Eq,
    V: Clone,
    E: Clone,
    F: Future<Output = Result<V, E>>,
    C: Clock,
{
    /// An empty cache, whose keys may be of somebody else's choosing: nobody can foresee how they are hashed.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(config: CacheConfig, clock: C) -> Result<Self, ConfigError> {
        Self::with_hasher(config, clock, RandomState::new())
    }
}

impl<K, V, E, F, C, S> TtlCache<K, V, E, F, C, S>
where
    K: Hash + Eq,
    V: Clone,
    E: Clone,
    F: Future<Output = Result<V, E>>,
    C: Clock,
    S: BuildHasher,
{
    /// As [`new`](TtlCache::new), with another hash: a quicker one, say, for keys that nobody chooses to collide.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn with_hasher(config: CacheConfig, clock: C, hasher: S) -> Result<Self, ConfigError> {
        ConfigError::check(!config.ttl.is_zero(), "ttl", "1 ns or longer")?;
        let at_least_one = NonZeroUsize::new(config.max_entries).is_some();
        ConfigError::check(at_least_one, "max_entries", "1 or more")?;
        let state = Mutex::new(State::new(config.max_entries, hasher));
        Ok(Self { clock, ttl: config.ttl, state })
    }

    /// The value for `key`: stored, from the flight under way, or from a flight that begins with `fetch`.
    ///
    /// `fetch` is called at most once, and not at all unless this caller begins the flight.
    ///
    /// # Errors
    ///
    /// What the fetch gave; the next caller fetches anew.
    pub async fn get_or_fetch(&self, key: K, fetch: impl FnOnce() -> F) -> Result<V, E> {
        self.serve(key, fetch).await.0
    }

    /// The same, and how the answer was come by.
    pub async fn serve(&self, mut key: K, fetch: impl FnOnce() -> F) -> (Result<V, E>, Served) {
        loop {
            match lazy(|cx| self.find(key, cx.waker())).await {
                Found::Value(value, _key) => return (Ok(V::clone(&value)), Served::Hit),
                Found::Flight(place, again) => {
                    // Nothing when the fetch was lost to a panic; then it is somebody's turn to begin anew.
                    if let Some(result) = place.wait().await {
                        return (result, Served::Joined);
                    }
                    key = again;
                }
                Found::Nothing(place) => {
                    place.begin(fetch);
                    // Who began a flight drives it, so that its loss is a panic here.
                    let result = place.wait().await;
                    return match result {
                        Some(result) => (result, Served::Fetched),
                        None => pending().await,
                    };
                }
            }
        }
    }

    /// The value for `key`, if it is stored; it is now the last used.
    pub fn get(&self, key: &K) -> Option<V> {
        // The value is cloned without the lock.
        let value = self.with(|state, _| state.value(key))?;
        Some(V::clone(&value))
    }

    /// Stores a value. It is newer than what a flight under way will give: that is not stored.
    pub fn insert(&self, key: K, value: V) {
        let (key, value) = (Arc::new(key), Arc::new(value));
        let _removed = self.with(|state, now| state.insert(key, value, now.after(self.ttl)));
    }

    /// Forgets the value for `key`. What a flight under way gives reaches those who wait for it now, is not stored,
    /// and is not shared with later callers.
    pub fn invalidate(&self, key: &K) {
        let _removed = self.with(|state, _| state.remove(key));
    }

    /// How many values are stored, none of them expired.
    pub fn len(&self) -> usize {
        self.with(|state, _| state.store.len())
    }

    /// Whether no value is stored.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A look at the cache.
    pub fn status(&self) -> CacheStatus {
        self.with(|state, _| CacheStatus {
            entries: state.store.len(),
            flights: state.flights.len(),
            waiting: state.flights.waiting(),
        })
    }

    /// Frees each value when it expires, for a cache that may lie idle. Never ends; run it beside the cache's
    /// owner and drop it with it. At rest it looks once in the time that a value lives.
    pub async fn sweep(&self) {
        loop {
            // A value that comes while this sleeps lives at least as long.
            let next = self.with(|state, now| state.store.next_expiry().unwrap_or(now.after(self.ttl)));
            self.clock.sleep_until(next).await;
        }
    }

    /// A part of its only caller, so that what it finds is not moved there in pieces.
    #[inline(always)]
    fn find(&self, key: K, waker: &Waker) -> Found<'_, K, V, E, F, C, S> {
        let place = |seat, told| Place { cache: self, seat: Some(seat), told };
        loop {
            let mut state = lock(&self.state);
            let fresh_until = state.store.next_expiry();
            let value = match state.find(&key, waker) {
                None => return Found::Nothing(place(state.start(Arc::new(key)), false)),
                Some(Seen::Flight { seat, driven }) => return Found::Flight(place(seat, driven), key),
                Some(Seen::Value(value)) => value,
            };
            drop(state);
            // Only now is the time asked for, which takes longer than all the rest. Until the first of all values
            // expires this one is fresh, and there is nothing to free.
            if fresh_until.is_some_and(|until| self.clock.now() < until) {
                return Found::Value(value, key);
            }
            self.with(|_, _| ());
        }
    }

    /// Does something under the lock, after freeing what has expired; that is dropped without the lock.
    fn with<T>(&self, act: impl FnOnce(&mut State<K, V, E, F, S>, Instant) -> T) -> T {
        let now = self.clock.now();
        let mut expired = Vec::new();
        let mut state = lock(&self.state);
        state.purge(now, &mut expired);
        let result = act(&mut state, now);
        drop(state);
        result
    }
}

impl<K, V, E, F, C: fmt::Debug, S> fmt::Debug for TtlCache<K, V, E, F, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TtlCache").field("clock", &self.clock).field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

/// A caller's place in a flight, given up when dropped.
struct Place<'a, K: Hash + Eq, V, E, F, C, S: BuildHasher> {
    cache: &'a TtlCache<K, V, E, F, C, S>,
    /// None once it was left.
    seat: Option<Seat>,
    /// Whether the flight has its waker already, so that the first poll needs not look.
    told: bool,
}

impl<K, V, E, F, C, S> Place<'_, K, V, E, F, C, S>
where
    K: Hash + Eq,
    V: Clone,
    E: Clone,
    F: Future<Output = Result<V, E>>,
    C: Clock,
    S: BuildHasher,
{
    fn begin(&self, fetch: impl FnOnce() -> F) {
        let Some(seat) = self.seat else { return };
        let guard = Unguarded { cache: self.cache, seat, calm: false };
        let future = Box::pin(fetch());
        guard.calm();
        lock(&self.cache.state).flights.put_back(seat, future);
    }

    async fn wait(mut self) -> Option<Result<V, E>> {
        let outcome = poll_fn(|cx| self.poll(cx)).await?;
        drop(self);
        Some(outcome.map(Arc::unwrap_or_clone).map_err(Arc::unwrap_or_clone))
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<flights::Outcome<V, E>>> {
        let cache = self.cache;
        let Some(seat) = self.seat.filter(|_| !mem::take(&mut self.told)) else { return Poll::Pending };
        let mut left = Left::default();
        let mut state = lock(&cache.state);
        let (turn, replaced) = state.flights.turn(seat, cx.waker());
        if matches!(turn, Turn::Landed(_)) {
            self.seat = None;
            state.leave(seat, &mut left);
        }
        drop(state);
        drop(replaced);
        left.wake_heir();
        let future = match turn {
            Turn::Wait => return Poll::Pending,
            Turn::Landed(outcome) => return Poll::Ready(Some(outcome)),
            Turn::Lost => return Poll::Ready(None),
            Turn::Drive(future) => future,
        };
        let guard = Unguarded { cache, seat, calm: false };
        // Declared after the guard, so that in a panic it is gone before anybody begins anew.
        let mut future = future;
        let Poll::Ready(result) = future.as_mut().poll(cx) else {
            guard.calm();
            lock(&cache.state).flights.put_back(seat, future);
            return Poll::Pending;
        };
        drop(future);
        let outcome = result.map(Arc::new).map_err(Arc::new);
        // What goes is dropped when those who wait have been woken: a destructor that panics keeps nobody waiting.
        let (now, mut expired) = (cache.clock.now(), Vec::new());
        let (wakers, _removed) = {
            let mut state = lock(&cache.state);
            state.purge(now, &mut expired);
            state.land(seat, Some(outcome.clone()), now.after(cache.ttl))
        };
        guard.calm();
        for waker in wakers {
            waker.wake();
        }
        Poll::Ready(Some(outcome))
    }
}

impl<K: Hash + Eq, V, E, F, C, S: BuildHasher> Drop for Place<'_, K, V, E, F, C, S> {
    fn drop(&mut self) {
        if let Some(seat) = self.seat.take() {
            let mut left = Left::default();
            lock(&self.cache.state).leave(seat, &mut left);
            left.wake_heir();
        }
    }
}

/// Covers the time in which the user's code makes, polls or lands the fetch: if it panics, the flight is lost and all
/// who wait are woken.
struct Unguarded<'a, K: Hash + Eq, V, E, F, C, S: BuildHasher> {
    cache: &'a TtlCache<K, V, E, F, C, S>,
    seat: Seat,
    calm: bool,
}

impl<K: Hash + Eq, V, E, F, C, S: BuildHasher> Unguarded<'_, K, V, E, F, C, S> {
    fn calm(mut self) {
        self.calm = true;
    }
}

impl<K: Hash + Eq, V, E, F, C, S: BuildHasher> Drop for Unguarded<'_, K, V, E, F, C, S> {
    fn drop(&mut self) {
        if self.calm {
            return;
        }
        let (wakers, _removed) = lock(&self.cache.state).land(self.seat, None, Instant::NEVER);
        for waker in wakers {
            waker.wake();
        }
    }
}
