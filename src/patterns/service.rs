//! The patterns joined: how a service asks a backend that is slow, limited and sometimes down.
//!
//! Not a framework. It is two small compositions, to be read, and copied where the order must be another one:
//!
//! | from outside in | what it does | type |
//! |---|---|---|
//! | metrics | counts each request and what became of it | [`Service`] |
//! | cache and coalescing | answers what is known, shares what is being fetched; the rest goes further in | [`Service`] |
//! | rate limit | lets fetches start at the backend's rate | [`Backend`] |
//! | concurrency limit | bounds how many are at work | [`Backend`] |
//! | breaker | rejects while the backend is down | [`Backend`] |
//! | timeout | ends a fetch that hangs, and so counts as a failure | [`Backend`] |
//! | fetch | the caller's own | |
//!
//! A request's id is a matter of who calls: a request may be answered by a fetch that another one began.

mod ledger;
mod watch;

use std::{
    error, fmt,
    future::poll_fn,
    hash::Hash,
    mem,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use self::ledger::{End, Entry, Ledger};
pub use self::{
    ledger::{Counts, Metrics},
    watch::{Limit, Load, Watch},
};
use super::{
    AcquireError, CacheConfig, CacheStatus, CircuitBreaker, ConfigError, Elapsed, Outcome, RateLimiter,
    Rejected, Semaphore, Transition, TtlCache, timeout,
};
use crate::runtime::Clock;

/// Why a request got no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceError<E> {
    /// The fetch said so.
    Fetch(E),
    /// The fetch took too long, and has been dropped.
    TimedOut,
    /// The breaker kept it from the backend.
    Rejected(Rejected),
    /// The concurrency limit let nobody in: it has been closed, or has no permit at all.
    Refused(AcquireError),
}

impl<E: fmt::Display> fmt::Display for ServiceError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetch(error) => error.fmt(f),
            Self::TimedOut => Elapsed.fmt(f),
            Self::Rejected(rejected) => rejected.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
        }
    }
}

impl<E: error::Error + 'static> error::Error for ServiceError<E> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Fetch(error) => error.source(),
            Self::TimedOut | Self::Rejected(_) | Self::Refused(_) => None,
        }
    }
}

/// What stands between a service and its backend; each part has been made, and its settings checked, by itself.
#[derive(Debug)]
pub struct Guards<C, BreakerObserver = fn(&Transition)> {
    /// How often a fetch may start.
    pub rate: RateLimiter<C>,
    /// How many may be under way.
    pub room: Semaphore,
    /// Whether to ask at all.
    pub breaker: CircuitBreaker<C, BreakerObserver>,
    /// How long a fetch may take, from its start.
    pub timeout: Duration,
}

/// The guarded way to a backend: rate limit, concurrency limit, breaker, timeout, fetch.
///
/// - **Promise**: what is refused by a limit or the breaker is no failure of the backend; a timeout is, and of the
///   fetch's errors those that `classify` says are.
/// - **Cancel**: dropped at any await, a fetch leaves every queue, and gives back its permit and a probe's place,
///   after the caller's future is gone. A token of the rate limit is spent once it is taken.
/// - **Fairness**: first in, first out, at either limit. The rate is that at which fetches pass the rate limit: those
///   that then wait for room may begin closer together, when several leave at once. Where the backend counts beginnings
///   to the letter, give it more room than the rate can fill.
/// - **Cost**: that of the parts; no allocation of its own.
/// - **Not** a framework: where another order is wanted, its [`fetch`](Self::fetch) is thirty lines to copy.
///
/// The observer is told the [`Load`] whenever a fetch has moved on; as a [`Watch`] it also sees what each waits for.
pub struct Backend<C, Fetch, Classify, BreakerObserver = fn(&Transition), Observer = fn(&Load)> {
    clock: C,
    guards: Guards<C, BreakerObserver>,
    fetch: Fetch,
    classify: Classify,
    observer: Observer,
    let_through: AtomicU64,
    ledger: Arc<Ledger>,
}

impl<C: Clock, Fetch, Classify, BreakerObserver> Backend<C, Fetch, Classify, BreakerObserver> {
    /// A backend whose load nobody observes. `classify` says what an error of the fetch says about the backend.
    pub fn new(clock: C, guards: Guards<C, BreakerObserver>, fetch: Fetch, classify: Classify) -> Self {
        let (observer, let_through) = (|_: &Load| (), AtomicU64::new(0));
        Self { clock, guards, fetch, classify, observer, let_through, ledger: Arc::default() }
    }
}

impl<C, Fetch, Classify, BreakerObserver, Observer> Backend<C, Fetch, Classify, BreakerObserver, Observer> {
    /// Lets `observer` look on, in place of any before it.
    pub fn observed<New>(self, observer: New) -> Backend<C, Fetch, Classify, BreakerObserver, New>
    where
        New: Watch,
    {
        let Self { clock, guards, fetch, classify, let_through, ledger, .. } = self;
        Backend { clock, guards, fetch, classify, observer, let_through, ledger }
    }

    /// The parts, to look at, or to close or force.
    pub const fn guards(&self) -> &Guards<C, BreakerObserver> {
        &self.guards
    }
}

impl<C, Fetch, Classify, BreakerObserver, Observer> Backend<C, Fetch, Classify, BreakerObserver, Observer>
where
    C: Clock,
    BreakerObserver: Fn(&Transition),
    Observer: Watch,
{
    /// How busy it is.
    pub fn load(&self) -> Load {
        let (rate, room) = (self.guards.rate.status(), self.guards.room.status());
        Load {
            tokens: rate.available,
            let_through: self.let_through.load(Ordering::Relaxed),
            waiting_to_start: rate.waiting,
            waiting_for_room: room.waiting,
            in_flight: room.permits - room.available,
            limit: room.permits,
        }
    }

    /// Fetches past all guards.
    ///
    /// # Errors
    ///
    /// The fetch's own, or which of the guards refused or ended it.
    pub async fn fetch<K, V, E, Fut>(self: Arc<Self>, key: K) -> Result<V, ServiceError<E>>
    where
        Fetch: Fn(K) -> Fut,
        Fut: Future<Output = Result<V, E>>,
        Classify: Fn(&E) -> Outcome,
    {
        // The first to be made and so the last to be dropped: it sees the load when the permit is back.
        let report = Report(&*self);
        self.observer.waiting(Limit::Rate, self.guards.rate.acquire()).await;
        self.let_through.fetch_add(1, Ordering::Relaxed);
        report.now();
        let room = self.observer.waiting(Limit::Room, self.guards.room.acquire()).await;
        let _room = room.map_err(ServiceError::Refused)?;
        let permit = self.guards.breaker.try_acquire().map_err(ServiceError::Rejected)?;
        let entry = Entry::fetch(&self.ledger);
        entry.admit(|_| ());
        report.now();
        match timeout(&self.clock, self.guards.timeout, (self.fetch)(key)).await {
            Ok(Ok(value)) => {
                permit.success();
                entry.end(End::Ok);
                Ok(value)
            }
            Ok(Err(error)) => {
                permit.settle((self.classify)(&error));
                entry.end(End::Failed);
                Err(ServiceError::Fetch(error))
            }
            Err(Elapsed) => {
                permit.failure();
                entry.end(End::TimedOut);
                Err(ServiceError::TimedOut)
            }
        }
    }
}

/// Tells the load, once more when dropped.
struct Report<'a, C, F, K, B, O>(&'a Backend<C, F, K, B, O>)
where
    C: Clock,
    B: Fn(&Transition),
    O: Watch;

impl<C: Clock, F, K, B: Fn(&Transition), O: Watch> Report<'_, C, F, K, B, O> {
    fn now(&self) {
        self.0.observer.load(&self.0.load());
    }
}

impl<C: Clock, F, K, B: Fn(&Transition), O: Watch> Drop for Report<'_, C, F, K, B, O> {
    fn drop(&mut self) {
        self.now();
    }
}

impl<C, F, K, B, O> fmt::Debug for Backend<C, F, K, B, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("metrics", &self.ledger.metrics()).finish_non_exhaustive()
    }
}

/// A cache in front of a [`Backend`], and the count of all that passes.
///
/// - **Promise**: a hit touches nothing further in; who joins a fetch under way is a hit too. At any moment
///   `hits + misses` is the number of requests, and each request and each fetch is in exactly one of the [`Counts`].
/// - **Cancel**: as for [`TtlCache`]: a fetch goes on as long as anybody waits for it.
/// - **Fairness**: that of the cache for who joins, and of the backend for who fetches.
/// - **Cost**: that of the parts; a hit allocates nothing.
/// - **Not for** requests that change something: who joins a fetch has no request of its own at the backend.
///
/// ```
/// use std::time::Duration;
///
/// use async_playground::{
///     patterns::{
///         Backend, BreakerConfig, CacheConfig, CircuitBreaker, Guards, Outcome, RateLimiter,
///         Semaphore, Service, rate_limiter,
///     },
///     runtime::{Clock, Order, Simulation},
/// };
///
/// let mut simulation = Simulation::new(Order::fifo());
/// let clock = simulation.clock();
/// let second = Duration::from_secs(1);
/// let guards = Guards {
///     rate: RateLimiter::new(rate_limiter::Config { rate: 5, period: second, burst: 5 }, clock.clone())?,
///     room: Semaphore::new(5),
///     breaker: CircuitBreaker::new(BreakerConfig::default(), clock.clone())?,
///     timeout: second / 2,
/// };
/// let database = clock.clone();
/// let fetch = move |id: u32| {
///     let query = database.sleep(Duration::from_millis(100));
///     async move {
///         query.await;
///         if id > 100 { Err("not found") } else { Ok(format!("Resource {id}")) }
///     }
/// };
/// // Who asks for what is not there says nothing about the backend's health.
/// let backend = Backend::new(clock, guards, fetch, |_: &&str| Outcome::Success);
/// let cache = CacheConfig { ttl: second, max_entries: 1000 };
/// let service = Service::new(cache, backend, Backend::fetch)?;
/// let answers = simulation.block_on(async move {
///     let answers = futures::future::join_all([1, 2, 1].map(|id| service.get(id))).await;
///     let metrics = service.metrics();
///     assert_eq!((metrics.hits, metrics.misses), (1, 2));
///     answers
/// });
/// assert_eq!(answers.unwrap()[2].as_deref(), Ok("Resource 1"));
/// # Ok::<(), async_playground::patterns::ConfigError>(())
/// ```
pub struct Service<K, V, E, F, C, B, Begin> {
    cache: TtlCache<K, V, ServiceError<E>, F, C>,
    backend: Arc<B>,
    begin: Begin,
    ledger: Arc<Ledger>,
}

impl<K, V, E, F, C, Begin, Fetch, Classify, BreakerObserver, Observer>
    Service<K, V, E, F, C, Backend<C, Fetch, Classify, BreakerObserver, Observer>, Begin>
where
    K: Clone + Hash + Eq,
    V: Clone,
    E: Clone,
    F: Future<Output = Result<V, ServiceError<E>>>,
    C: Clock,
    Begin: Fn(Arc<Backend<C, Fetch, Classify, BreakerObserver, Observer>>, K) -> F,
{
    /// A service with an empty cache, on the backend's clock. `begin` is [`Backend::fetch`], or something around it, as
    /// the scope that keeps the id of the request that began it. It is passed because the type of the future that it
    /// makes, which the cache keeps, has no other name.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(
        config: CacheConfig,
        backend: Backend<C, Fetch, Classify, BreakerObserver, Observer>,
        begin: Begin,
    ) -> Result<Self, ConfigError> {
        let cache = TtlCache::new(config, backend.clock.clone())?;
        let ledger = Arc::clone(&backend.ledger);
        Ok(Self { cache, backend: Arc::new(backend), begin, ledger })
    }

    /// The value for `key`: known, being fetched, or fetched now.
    ///
    /// # Errors
    ///
    /// Those of the fetch, for everybody who waited for it; nothing is stored.
    pub async fn get(&self, key: K) -> Result<V, ServiceError<E>> {
        let request = Entry::request(&self.ledger);
        let missed = AtomicBool::new(false);
        let begin = || {
            missed.store(true, Ordering::Relaxed);
            request.admit(|metrics| metrics.misses += 1);
            (self.begin)(Arc::clone(&self.backend), key.clone())
        };
        let result = {
            let mut asked = pin!(self.cache.get_or_fetch(key.clone(), begin));
            let mut first = true;
            poll_fn(|cx| {
                let poll = asked.as_mut().poll(cx);
                // A request begins its fetch in its first poll, or finds one to join, or the value.
                if mem::take(&mut first) && !missed.load(Ordering::Relaxed) {
                    request.admit(|metrics| metrics.hits += 1);
                }
                poll
            })
            .await
        };
        request.end(match &result {
            Ok(_) => End::Ok,
            Err(ServiceError::Fetch(_)) => End::Failed,
            Err(ServiceError::TimedOut) => End::TimedOut,
            Err(ServiceError::Rejected(_) | ServiceError::Refused(_)) => End::Rejected,
        });
        result
    }

    /// Forgets the value for `key`; see [`TtlCache::invalidate`].
    pub fn invalidate(&self, key: &K) {
        self.cache.invalidate(key);
    }

    /// Frees values as they expire, for a service that may lie idle; see [`TtlCache::sweep`].
    pub async fn sweep(&self) {
        self.cache.sweep().await;
    }

    /// A look at the cache.
    pub fn cache_status(&self) -> CacheStatus {
        self.cache.status()
    }

    /// The counts, all of the same moment.
    pub fn metrics(&self) -> Metrics {
        self.ledger.metrics()
    }

    /// What stands behind the cache.
    pub fn backend(&self) -> &Backend<C, Fetch, Classify, BreakerObserver, Observer> {
        &self.backend
    }
}

impl<K, V, E, F, C, B, Begin> fmt::Debug for Service<K, V, E, F, C, B, Begin> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("metrics", &self.ledger.metrics()).finish_non_exhaustive()
    }
}
