//! The patterns joined: a service in front of a backend that is slow, limited and sometimes down.
//!
//! ```
//! use std::time::Duration;
//!
//! use async_playground::{
//!     patterns::{
//!         CircuitBreaker, RateLimiter, Semaphore, circuit_breaker, rate_limiter, ttl_cache,
//!         service::{Backend, Guards, Service},
//!     },
//!     runtime::{Clock, Order, Simulation},
//! };
//!
//! let mut simulation = Simulation::new(Order::fifo());
//! let clock = simulation.clock();
//! let second = Duration::from_secs(1);
//! let guards = Guards {
//!     rate: RateLimiter::new(rate_limiter::Config { rate: 5, period: second, burst: 5 }, clock.clone())?,
//!     concurrency: Semaphore::new(5),
//!     breaker: CircuitBreaker::new(circuit_breaker::Config::default(), clock.clone())?,
//!     timeout: second / 2,
//! };
//! let database = clock.clone();
//! let fetch = move |id: u32| {
//!     let query = database.sleep(Duration::from_millis(100));
//!     async move {
//!         query.await;
//!         if id > 100 { Err("not found") } else { Ok(format!("Resource {id}")) }
//!     }
//! };
//! // A request for an id that does not exist says nothing about the backend's health.
//! let backend = Backend::new(clock, guards, fetch, |_: &&str| circuit_breaker::Outcome::Success);
//! let cache = ttl_cache::Config { ttl: second, max_entries: 1000 };
//! let service = Service::new(cache, backend, |backend, id| Box::pin(backend.fetch(id)))?;
//! let answers = simulation.block_on(async move {
//!     let answers = futures::future::join_all([1, 2, 1].map(|id| service.get(id))).await;
//!     let metrics = service.metrics();
//!     assert_eq!((metrics.hits, metrics.misses), (1, 2));
//!     answers
//! });
//! assert_eq!(answers.unwrap()[2].as_deref(), Ok("Resource 1"));
//! # Ok::<(), async_playground::patterns::ConfigError>(())
//! ```
//!
//! It is not a framework. These are two small compositions, to be read, and to be copied where another order is needed:
//!
//! | from outside in | what it does | type |
//! |---|---|---|
//! | metrics | counts each request and how it ended | [`Service`] |
//! | cache and coalescing | answers from stored values, shares running fetches; the rest goes further in | [`Service`] |
//! | rate limit | lets fetches start at the backend's rate | [`Backend`] |
//! | concurrency limit | bounds how many fetches run | [`Backend`] |
//! | breaker | rejects fetches while the backend is down | [`Backend`] |
//! | timeout | ends a fetch that hangs, so that it counts as a failure | [`Backend`] |
//! | fetch | the user's own | |
//!
//! A request's id belongs to the caller: one request may be answered by a fetch that another one started.
//!
//! - **Promise**: a hit touches nothing further in; a request that joins a running fetch is a hit too. At any moment
//!   `hits + misses` is the number of requests, and each request and each fetch is in exactly one of the [`Counts`]. A
//!   fetch that is refused by a limit or the breaker is no failure of the backend. A timeout is one, and so are those
//!   errors of the fetch that `classify` calls failures.
//! - **Cancel**: a fetch goes on as long as a request waits for it. A fetch that is dropped at any await leaves every
//!   queue. The user's future is dropped first, and then its permits are released. A token of the rate limit is spent
//!   once it is taken.
//! - **Fairness**: that of the [cache](ttl_cache) for requests that join. For those that fetch, first in, first out, at
//!   either limit. The rate holds for passing the rate limit: fetches that then wait for a permit may start closer
//!   together, when several permits are released at once. Where the backend counts starts strictly, make the concurrency
//!   limit higher than the rate can fill.
//! - **Cost**: that of the parts; a hit allocates nothing.
//! - **Not for** requests that change something: a request that joins a fetch does not reach the backend.

mod metrics;
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

use futures::TryFuture;

use self::metrics::{End, Entry, Shared};
pub use self::{
    metrics::{Counts, Metrics},
    watch::{Limit, Load, Watch},
};
use super::{
    AcquireError, CircuitBreaker, ConfigError, Elapsed, RateLimiter, Rejected, Semaphore, Transition,
    circuit_breaker::Outcome,
    timeout,
    ttl_cache::{self, TtlCacheOf},
};
use crate::runtime::Clock;

/// The error of a request or fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceError<E> {
    /// The fetch returned this error.
    Fetch(E),
    /// The fetch took too long, and has been dropped.
    TimedOut,
    /// The breaker did not admit the fetch.
    Rejected(Rejected),
    /// The concurrency limit refused the fetch: it is closed, or has no permit at all.
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

/// What stands between a service and its backend. Each part has been made, and its settings checked, by itself.
#[derive(Debug)]
pub struct Guards<C, BreakerObserver = fn(&Transition)> {
    /// How often a fetch may start.
    pub rate: RateLimiter<C>,
    /// How many fetches may run at the same time.
    pub concurrency: Semaphore,
    /// Whether fetches are made at all.
    pub breaker: CircuitBreaker<C, BreakerObserver>,
    /// How long a fetch may take, from its start.
    pub timeout: Duration,
}

/// The guarded way to a backend: rate limit, concurrency limit, breaker, timeout, fetch.
///
/// The observer is called with the [`Load`] whenever a fetch has moved on; as a [`Watch`] it also sees what each fetch
/// waits for.
pub struct Backend<C, Fetch, Classify, BreakerObserver = fn(&Transition), Observer = fn(&Load)> {
    clock: C,
    guards: Guards<C, BreakerObserver>,
    fetch: Fetch,
    classify: Classify,
    observer: Observer,
    /// How many fetches have passed the rate limit.
    started: AtomicU64,
    metrics: Arc<Shared>,
}

impl<C: Clock, Fetch, Classify, BreakerObserver> Backend<C, Fetch, Classify, BreakerObserver> {
    /// A backend without an observer. `classify` decides what an error of `fetch` says about the backend.
    pub fn new(clock: C, guards: Guards<C, BreakerObserver>, fetch: Fetch, classify: Classify) -> Self {
        let (observer, started) = (|_: &Load| (), AtomicU64::new(0));
        Self { clock, guards, fetch, classify, observer, started, metrics: Arc::default() }
    }
}

impl<C, Fetch, Classify, BreakerObserver, Observer> Backend<C, Fetch, Classify, BreakerObserver, Observer> {
    /// Sets the observer, in place of any before it.
    pub fn observed<New>(self, observer: New) -> Backend<C, Fetch, Classify, BreakerObserver, New>
    where
        New: Watch,
    {
        let Self { clock, guards, fetch, classify, started, metrics, .. } = self;
        Backend { clock, guards, fetch, classify, observer, started, metrics }
    }

    /// The parts: to read their status, to close the limit, to force the breaker.
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
    /// The load of this moment.
    pub fn load(&self) -> Load {
        let (rate, concurrency) = (self.guards.rate.status(), self.guards.concurrency.status());
        Load {
            tokens: rate.available,
            started: self.started.load(Ordering::Relaxed),
            waiting_to_start: rate.waiting,
            waiting_for_permit: concurrency.waiting,
            in_flight: concurrency.permits - concurrency.available,
            limit: concurrency.permits,
        }
    }

    /// Passes all guards and fetches.
    ///
    /// # Errors
    ///
    /// The error of the fetch, or of the guard that refused or ended it.
    pub async fn fetch<K, V, E, Fut>(self: Arc<Self>, key: K) -> Result<V, ServiceError<E>>
    where
        Fetch: Fn(K) -> Fut,
        Fut: Future<Output = Result<V, E>>,
        Classify: Fn(&E) -> Outcome,
    {
        // Made first and so dropped last: it reports the load after the permit is released.
        let report = Report(&*self);
        self.observer.waiting(Limit::Rate, self.guards.rate.acquire()).await;
        self.started.fetch_add(1, Ordering::Relaxed);
        report.now();
        let running = self.observer.waiting(Limit::Concurrency, self.guards.concurrency.acquire()).await;
        let _running = running.map_err(ServiceError::Refused)?;
        let permit = self.guards.breaker.try_acquire().map_err(ServiceError::Rejected)?;
        let entry = Entry::fetch(&self.metrics);
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

/// Reports the load to the observer, and once more when dropped.
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
        f.debug_struct("Backend").field("metrics", &self.metrics.get()).finish_non_exhaustive()
    }
}

/// A cache in front of a [`Backend`], and metrics of all that passes. `F` is a boxed fetch, which `Begin` returns.
pub struct Service<K, F: TryFuture, C, B, Begin> {
    cache: TtlCacheOf<K, F, C>,
    backend: Arc<B>,
    begin: Begin,
    metrics: Arc<Shared>,
}

impl<K, F, C, Begin, Fetch, Classify, BreakerObserver, Observer>
    Service<K, F, C, Backend<C, Fetch, Classify, BreakerObserver, Observer>, Begin>
where
    K: Hash + Eq,
    F: TryFuture<Ok: Clone, Error: Clone> + Unpin,
    C: Clock,
    Begin: Fn(Arc<Backend<C, Fetch, Classify, BreakerObserver, Observer>>, K) -> F,
{
    /// A service with an empty cache, on the backend's clock.
    ///
    /// `begin` boxes a fetch of the backend: `|backend, key| Box::pin(backend.fetch(key))`. It may wrap it, for example in
    /// the scope of the request's id. The service is `Send` if the fetch is.
    ///
    /// # Errors
    ///
    /// Names the setting that is out of range, and the range.
    pub fn new(
        config: ttl_cache::Config,
        backend: Backend<C, Fetch, Classify, BreakerObserver, Observer>,
        begin: Begin,
    ) -> Result<Self, ConfigError> {
        let cache = TtlCacheOf::new(config, backend.clock.clone())?;
        let metrics = Arc::clone(&backend.metrics);
        Ok(Self { cache, backend: Arc::new(backend), begin, metrics })
    }
}

impl<K, E, F, C, B, Begin> Service<K, F, C, B, Begin>
where
    K: Clone + Hash + Eq,
    E: Clone,
    F: TryFuture<Ok: Clone, Error = ServiceError<E>> + Unpin,
    C: Clock,
    Begin: Fn(Arc<B>, K) -> F,
{
    /// The value for `key`: stored, from a running fetch, or from a fetch that this request starts.
    ///
    /// # Errors
    ///
    /// Those of the fetch, for every request that waited for it; an error is not stored.
    pub async fn get(&self, key: K) -> Result<F::Ok, ServiceError<E>> {
        let request = Entry::request(&self.metrics);
        let missed = AtomicBool::new(false);
        let begin = || {
            missed.store(true, Ordering::Relaxed);
            request.admit(|metrics| metrics.misses += 1);
            (self.begin)(Arc::clone(&self.backend), key.clone())
        };
        let result = {
            let mut lookup = pin!(self.cache.lookup_with(key.clone(), begin));
            let mut first = true;
            let (result, _) = poll_fn(|cx| {
                let poll = lookup.as_mut().poll(cx);
                // In its first poll a request finds the value or a fetch to join, or starts one.
                if mem::take(&mut first) && !missed.load(Ordering::Relaxed) {
                    request.admit(|metrics| metrics.hits += 1);
                }
                poll
            })
            .await;
            result
        };
        request.end(match &result {
            Ok(_) => End::Ok,
            Err(ServiceError::Fetch(_)) => End::Failed,
            Err(ServiceError::TimedOut) => End::TimedOut,
            Err(ServiceError::Rejected(_) | ServiceError::Refused(_)) => End::Rejected,
        });
        result
    }

    /// Forgets the value for `key`; see [`TtlCacheOf::invalidate`].
    pub fn invalidate(&self, key: &K) {
        self.cache.invalidate(key);
    }

    /// Frees values as they expire, for a service that may be idle; see [`TtlCacheOf::sweep`].
    pub async fn sweep(&self) {
        self.cache.sweep().await;
    }

    /// The counts of the cache.
    pub fn cache_status(&self) -> ttl_cache::Status {
        self.cache.status()
    }

    /// The metrics, all of the same moment.
    pub fn metrics(&self) -> Metrics {
        self.metrics.get()
    }

    /// The backend behind the cache.
    pub fn backend(&self) -> &B {
        &self.backend
    }
}

impl<K, F: TryFuture, C, B, Begin> fmt::Debug for Service<K, F, C, B, Begin> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("metrics", &self.metrics.get()).finish_non_exhaustive()
    }
}
