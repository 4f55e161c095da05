//! A cache whose values live for a time, and whose callers share a fetch instead of each making their own.
//!
//! ```
//! use std::{convert::Infallible, time::Duration};
//!
//! use async_playground::{
//!     patterns::ttl_cache::{Config, LocalTtlCache},
//!     runtime::{Clock, Order, Simulation},
//! };
//!
//! let mut simulation = Simulation::new(Order::fifo());
//! let clock = simulation.clock();
//! let users = LocalTtlCache::new(Config { ttl: Duration::from_secs(1), max_entries: 100 }, clock.clone())?;
//! let both = simulation.block_on(async move {
//!     let name = |id: u32| {
//!         let query = clock.sleep(Duration::from_millis(200));
//!         users.try_get_with(id, async move {
//!             query.await;
//!             Ok::<_, Infallible>(format!("User {id}"))
//!         })
//!     };
//!     // One query for both.
//!     futures::join!(name(7), name(7))
//! });
//! assert_eq!(both.unwrap(), (Ok("User 7".to_owned()), Ok("User 7".to_owned())));
//! # Ok::<(), async_playground::patterns::ConfigError>(())
//! ```
//!
//! - **Promise**: a key has at most one fetch at a time, counted until the fetch's destructor has returned, and no
//!   fetch while its value lives, except after [`invalidate`](TtlCacheOf::invalidate), [`insert`](TtlCacheOf::insert) or
//!   [`clear`](TtlCacheOf::clear). An error reaches all callers that waited and is not stored. The number of values stays
//!   within the configured maximum. The search for one to evict goes from the oldest to the newest and round
//!   again, and takes the first that was not used since it last came by (SIEVE).
//! - **Cancel**: the fetch belongs to all callers that wait for it. If the caller that polls it is dropped, the next one
//!   goes on with the same fetch, however often that happens; the fetch is dropped with its last caller. If it panics,
//!   the panic reaches the caller that polled it, and the next caller starts its own fetch.
//! - **Context**: the fetch runs in the task of the caller that polls it, and so with that task's context variables.
//!   After a takeover these are the next caller's, unless the fetch has a [`Scope`](super::Scope) of its own.
//! - **Fairness**: callers take over in the order of arrival. A caller that polls the fetch and is kept without being
//!   polled holds up the others. A fetch that asks for its own key, directly or by way of other fetches of the cache,
//!   waits for itself until its callers are dropped; that wait does not keep the fetch. On simulated time the
//!   [`Deadlock`](crate::runtime::Deadlock) says so.
//! - **Cost**: O(1) for every operation, amortised over expiry and eviction. No allocation for a hit; a fetch has one for
//!   the key, one for the future, and one that grows with the number of callers. A fetch that asks for another key polls
//!   that fetch inside itself.
//! - **Memory**: every operation frees what has expired, except joining a fetch and a miss, whose fetch does so at its
//!   end; [`sweep`](TtlCacheOf::sweep) does so while there are no operations.
//! - **Not for** values that must never be stale (a cache is a bet on staleness), nor for fetches that differ between
//!   callers of the same key: a caller that joins a fetch gets what the first caller asked for, with the first one's
//!   rights.
//!
//! Sharing a fetch is known as request coalescing or single flight (groupcache's `singleflight`). Values and fetches
//! are kept apart: an error belongs to a fetch and is never stored. Which value is evicted follows SIEVE (Zhang and
//! others, "SIEVE is Simpler than LRU", NSDI 2024).

mod fetches;
mod key;
mod polling;
mod state;
mod store;
mod wait;

use std::{
    borrow::Borrow,
    fmt,
    future::pending,
    hash::{BuildHasher, Hash, RandomState},
    num::NonZeroUsize,
    ptr,
    sync::{Arc, Mutex},
    task::Waker,
    time::Duration,
};

use futures::{
    FutureExt, TryFuture,
    future::{BoxFuture, LocalBoxFuture, lazy},
};

use self::{
    fetches::WaiterKey,
    polling::enclosing,
    state::{Seen, State},
    wait::Wait,
};
use super::{config::ConfigError, lock::lock};
use crate::runtime::{Clock, Instant};

/// The bounds of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// How long a value lives, from the end of its fetch; 1 ns or longer. `Duration::MAX` means for ever.
    pub ttl: Duration,
    /// How many values are kept at most; 1 or more.
    pub max_entries: usize,
}

/// Where a caller's answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// From a stored value, immediately.
    Hit,
    /// From a fetch that another caller had started.
    Joined,
    /// From a fetch that this caller started.
    Fetched,
}

/// The counts of a cache at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// How many values are stored, none of them expired.
    pub entries: usize,
    /// How many fetches are running, or have ended with a caller that has not seen it yet.
    pub fetches: usize,
    /// How many callers wait for those fetches.
    pub waiting: usize,
}

/// A cache for any thread: its fetches are `Send`. See [`TtlCacheOf`] for its methods.
///
/// ```
/// use async_playground::{patterns::TtlCache, runtime::Clock};
///
/// struct Users<C> {
///     names: TtlCache<u32, String, &'static str, C>,
/// }
///
/// impl<C: Clock> Users<C> {
///     async fn name(&self, id: u32) -> Result<String, &'static str> {
///         self.names.try_get_with(id, query(id)).await
///     }
/// }
///
/// async fn query(id: u32) -> Result<String, &'static str> {
///     if id == 0 { Err("not found") } else { Ok(format!("User {id}")) }
/// }
/// ```
pub type TtlCache<K, V, E, C, S = RandomState> = TtlCacheOf<K, BoxFuture<'static, Result<V, E>>, C, S>;

/// A cache for one thread: its values and fetches need not be `Send`. See [`TtlCacheOf`] for its methods.
pub type LocalTtlCache<K, V, E, C, S = RandomState> =
    TtlCacheOf<K, LocalBoxFuture<'static, Result<V, E>>, C, S>;

/// Values by key, each for a time, fetched once for all callers that ask for it. `F` is a boxed fetch; the types to use
/// are [`TtlCache`] and [`LocalTtlCache`], or this one with [`lookup_with`](Self::lookup_with) in generic code.
pub struct TtlCacheOf<K, F: TryFuture, C, S = RandomState> {
    clock: C,
    ttl: Duration,
    state: Mutex<State<K, F, S>>,
}

/// What a search has found. The key is for another search, if a fetch is lost, and is not dropped under the lock.
enum Found<K, V> {
    Value(Arc<V>, K),
    /// A fetch, joined by this caller, and whether that was from inside the fetch itself.
    Fetch(WaiterKey, bool, K),
    /// Nothing; a fetch has been started and needs its future.
    Nothing(WaiterKey),
}

impl<K, F, C> TtlCacheOf<K, F, C>
where
    K: Hash + Eq,
    F: TryFuture<Ok: Clone, Error: Clone> + Unpin,
    C: Clock,
{
    /// An empty cache. Its hash is random, so that nobody can choose keys that collide.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(config: Config, clock: C) -> Result<Self, ConfigError> {
        Self::with_hasher(config, clock, RandomState::new())
    }
}

impl<K, V, E, C, S> TtlCache<K, V, E, C, S>
where
    K: Hash + Eq,
    V: Clone,
    E: Clone,
    C: Clock,
    S: BuildHasher,
{
    /// The value for `key`: stored, from a running fetch, or from `fetch`, which is polled only if there is neither.
    ///
    /// # Errors
    ///
    /// The error of the fetch; the next caller fetches again.
    pub fn try_get_with<Fetch>(&self, key: K, fetch: Fetch) -> impl Future<Output = Result<V, E>>
    where
        Fetch: Future<Output = Result<V, E>> + Send + 'static,
    {
        self.lookup_with(key, || fetch.boxed()).map(|(result, _)| result)
    }

    /// Does the same as [`try_get_with`](Self::try_get_with), and also returns where the answer came from.
    pub async fn lookup<Fetch>(&self, key: K, fetch: Fetch) -> (Result<V, E>, Source)
    where
        Fetch: Future<Output = Result<V, E>> + Send + 'static,
    {
        self.lookup_with(key, || fetch.boxed()).await
    }
}

impl<K, V, E, C, S> LocalTtlCache<K, V, E, C, S>
where
    K: Hash + Eq,
    V: Clone,
    E: Clone,
    C: Clock,
    S: BuildHasher,
{
    /// The value for `key`: stored, from a running fetch, or from `fetch`, which is polled only if there is neither.
    ///
    /// # Errors
    ///
    /// The error of the fetch; the next caller fetches again.
    pub fn try_get_with<Fetch>(&self, key: K, fetch: Fetch) -> impl Future<Output = Result<V, E>>
    where
        Fetch: Future<Output = Result<V, E>> + 'static,
    {
        self.lookup_with(key, || fetch.boxed_local()).map(|(result, _)| result)
    }

    /// Does the same as [`try_get_with`](Self::try_get_with), and also returns where the answer came from.
    pub async fn lookup<Fetch>(&self, key: K, fetch: Fetch) -> (Result<V, E>, Source)
    where
        Fetch: Future<Output = Result<V, E>> + 'static,
    {
        self.lookup_with(key, || fetch.boxed_local()).await
    }
}

impl<K, F, C, S> TtlCacheOf<K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture<Ok: Clone, Error: Clone> + Unpin,
    C: Clock,
    S: BuildHasher,
{
    /// Makes a cache as [`new`](Self::new) does, with another hash: a faster one, say, for keys that no outsider chooses.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn with_hasher(config: Config, clock: C, hasher: S) -> Result<Self, ConfigError> {
        ConfigError::check(!config.ttl.is_zero(), "ttl", "1 ns or longer")?;
        let at_least_one = NonZeroUsize::new(config.max_entries).is_some();
        ConfigError::check(at_least_one, "max_entries", "1 or more")?;
        let state = Mutex::new(State::new(config.max_entries, hasher));
        Ok(Self { clock, ttl: config.ttl, state })
    }

    /// The general form of [`lookup`](TtlCache::lookup), for code that cannot say whether its fetch is `Send`: the cache is
    /// if the fetches are that `make` returns, as a `Pin<Box<_>>`. `make` is called at most once, and not for a hit.
    ///
    /// # Errors
    ///
    /// As for [`try_get_with`](TtlCache::try_get_with).
    pub async fn lookup_with(
        &self,
        mut key: K,
        make: impl FnOnce() -> F,
    ) -> (Result<F::Ok, F::Error>, Source) {
        loop {
            match lazy(|cx| self.find(key, cx.waker())).await {
                Found::Value(value, _key) => return (Ok(F::Ok::clone(&value)), Source::Hit),
                Found::Fetch(waiter, is_circle, again) => {
                    let wait = Wait::joined(self, waiter, is_circle);
                    if let Some(result) = wait.result().await {
                        return (result, Source::Joined);
                    }
                    key = again;
                }
                Found::Nothing(waiter) => {
                    let wait = Wait::started(self, waiter);
                    wait.begin(make);
                    return match wait.result().await {
                        Some(result) => (result, Source::Fetched),
                        // This caller drives the fetch, so that a panic has passed through here; or the fetch waited
                        // for itself, and this wait goes with it.
                        None => pending().await,
                    };
                }
            }
        }
    }

    /// The value for `key`, if it is stored; it is now used, which delays its eviction.
    pub fn get<Q>(&self, key: &Q) -> Option<F::Ok>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        // The value is cloned without the lock.
        let value = self.with(|state, _| state.value(key))?;
        Some(F::Ok::clone(&value))
    }

    /// Whether a value for `key` is stored. It is not used by that.
    pub fn contains<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.with(|state, _| state.contains(key))
    }

    /// Stores a value. It replaces what a running fetch will return: that is not stored.
    pub fn insert(&self, key: K, value: F::Ok) {
        let (key, value) = (Arc::new(key), Arc::new(value));
        let _removed = self.with(|state, now| state.insert(key, value, now.after(self.ttl)));
    }

    /// Forgets the value for `key`. The result of a running fetch reaches the callers that wait for it now; it is not
    /// stored, and later callers do not join.
    pub fn invalidate<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let _removed = self.with(|state, _| state.remove(key));
    }

    /// Invalidates every key.
    pub fn clear(&self) {
        let _removed = lock(&self.state).clear();
    }

    /// How many values are stored, none of them expired.
    pub fn len(&self) -> usize {
        self.with(|state, _| state.store.len())
    }

    /// Whether no value is stored.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The counts of this moment.
    pub fn status(&self) -> Status {
        self.with(|state, _| Status {
            entries: state.store.len(),
            fetches: state.fetches.len(),
            waiting: state.fetches.waiting(),
        })
    }

    /// Frees each value when it expires, for a cache that may be idle. Never ends; run it beside the cache's owner and
    /// drop it with the owner. It wakes at most once for each value, or once in a lifetime of a value.
    pub async fn sweep(&self) {
        loop {
            // A value that is stored during the sleep lives at least as long.
            let next = self.with(|state, now| state.store.next_expiry().unwrap_or(now.after(self.ttl)));
            self.clock.sleep_until(next).await;
        }
    }

    /// Inlined into its only caller, so that its result is not moved there in pieces.
    #[inline(always)]
    fn find(&self, key: K, waker: &Waker) -> Found<K, F::Ok> {
        let inside = || enclosing(self.address());
        loop {
            let mut state = lock(&self.state);
            let fresh_until = state.store.next_expiry();
            let value = match state.find(&key, waker, inside) {
                None => return Found::Nothing(state.start(Arc::new(key), inside())),
                Some(Seen::Fetch(waiter, is_circle)) => return Found::Fetch(waiter, is_circle, key),
                Some(Seen::Value(value)) => value,
            };
            drop(state);
            // The clock is read only now: that takes longer than all the rest. Until the first of all values expires,
            // this one is fresh and nothing is to be freed.
            if fresh_until.is_some_and(|until| self.clock.now() < until) {
                return Found::Value(value, key);
            }
            self.with(|_, _| ());
        }
    }

    /// Calls `act` under the lock, after removing what has expired, which is dropped without the lock.
    fn with<T>(&self, act: impl FnOnce(&mut State<K, F, S>, Instant) -> T) -> T {
        let now = self.clock.now();
        let mut expired = Vec::new();
        let mut state = lock(&self.state);
        state.purge(now, &mut expired);
        let result = act(&mut state, now);
        drop(state);
        result
    }
}

impl<K, F: TryFuture, C, S> TtlCacheOf<K, F, C, S> {
    /// Tells caches apart. A cache does not move while one of its fetches is polled.
    fn address(&self) -> usize {
        ptr::from_ref(&self.state).addr()
    }
}

impl<K, F: TryFuture, C: fmt::Debug, S> fmt::Debug for TtlCacheOf<K, F, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TtlCache").field("clock", &self.clock).field("ttl", &self.ttl).finish_non_exhaustive()
    }
}
