//! Patterns that do something for several tasks: background tasks, cache with coalescing, service.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use async_playground::{
    patterns::{
        self, Backend, BackgroundTasks, CircuitBreaker, Drained, Guards, RateLimiter, Semaphore, Service,
        ServiceError, TaskEnd, Tracked,
        circuit_breaker::{self, Outcome},
        rate_limiter,
        ttl_cache::{self, Source, TtlCacheOf},
    },
    runtime::{Clock, Instant, Spawn},
};

use super::{Scenario, TASKS, World, ms};

/// Work for a spawner: a future whose type has a name.
pub(crate) struct Nap<C: Clock> {
    sleep: Pin<Box<C::Sleep>>,
    fails: bool,
}

impl<C: Clock> Future for Nap<C> {
    type Output = Result<(), &'static str>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let end = if self.fails { Err("failed") } else { Ok(()) };
        self.sleep.as_mut().poll(cx).map(|()| end)
    }
}

pub(crate) fn background<C, S>(world: World<C, S>) -> Scenario<impl Future<Output = ()>, impl FnOnce()>
where
    C: Clock + 'static,
    S: Spawn<Tracked<Nap<C>, fn(&TaskEnd)>> + Clone + 'static,
{
    let nap = |clock: &C, until, fails| Nap { sleep: Box::pin(clock.sleep_until(until)), fails };
    let tasks = Arc::new(BackgroundTasks::new(world.spawner.clone(), world.clock.clone()));
    let started = Arc::new(AtomicUsize::new(0));
    world.eight(
        |n| {
            let (world, tasks, started) = (world.clone(), Arc::clone(&tasks), Arc::clone(&started));
            async move {
                let clock = &world.clock;
                for ms in 1..=3 {
                    let until = clock.now().after(super::ms(ms));
                    tasks.spawn("nap", nap(clock, until, ms == 2)).unwrap();
                }
                started.fetch_add(1, Ordering::SeqCst);
                if n + 1 < TASKS {
                    return;
                }
                while started.load(Ordering::SeqCst) < TASKS {
                    clock.sleep(ms(1)).await;
                }
                let drained = tasks.drain(Duration::MAX).await;
                assert_eq!(drained, Drained { finished: 16, failed: 8, ..Drained::default() });
                assert!(tasks.spawn("late", nap(clock, Instant::ORIGIN, false)).is_err());

                let began = clock.now();
                let hanging = BackgroundTasks::new(world.spawner.clone(), clock.clone());
                hanging.spawn("for ever", nap(clock, Instant::NEVER, false)).unwrap();
                let drained = hanging.drain(ms(10)).await;
                assert_eq!(drained, Drained { cancelled: 1, ..Drained::default() });
                world.took(began, ms(10));
            }
        },
        || (),
    )
}

/// How many fetches are running, and how many have ended.
#[derive(Default)]
struct Fetches {
    active: AtomicUsize,
    done: AtomicUsize,
}

struct Active<'a>(&'a Fetches);

impl<'a> Active<'a> {
    fn new(fetches: &'a Fetches) -> Self {
        assert_eq!(fetches.active.fetch_add(1, Ordering::SeqCst), 0, "one fetch at a time");
        Self(fetches)
    }
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn fetch<C: Clock>(clock: C, fetches: Arc<Fetches>) -> Result<usize, &'static str> {
    let _active = Active::new(&fetches);
    clock.sleep(ms(5)).await;
    clock.sleep(ms(5)).await;
    Ok(fetches.done.fetch_add(1, Ordering::SeqCst))
}

pub(crate) fn ttl_cache<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    let fetches = Arc::new(Fetches::default());
    let for_ever = ttl_cache::Config { ttl: Duration::MAX, max_entries: 10 };
    let cache = Arc::new(TtlCacheOf::new(for_ever, world.clock.clone()).unwrap());
    world.eight(
        |n| {
            let (clock, cache, fetches) = (world.clock.clone(), Arc::clone(&cache), Arc::clone(&fetches));
            async move {
                let fetch = |fetches: &Arc<Fetches>| {
                    let (clock, fetches) = (clock.clone(), Arc::clone(fetches));
                    move || Box::pin(fetch(clock, fetches))
                };
                // When the caller that polls the fetch gives up, the next one goes on with it.
                let patience = ms(n as u64 % 4);
                let _ = patterns::timeout(&clock, patience, cache.lookup_with("key", fetch(&fetches))).await;
                let (answer, _) = cache.lookup_with("key", fetch(&fetches)).await;
                assert_eq!(answer, Ok(0), "the first fetch that ended");

                let own = Arc::default();
                let short = ttl_cache::Config { ttl: ms(10), max_entries: 1 };
                let cache = TtlCacheOf::new(short, clock.clone()).unwrap();
                assert_eq!(cache.lookup_with("key", fetch(&own)).await, (Ok(0), Source::Fetched));
                clock.sleep(ms(10)).await;
                assert_eq!(
                    cache.lookup_with("key", fetch(&own)).await,
                    (Ok(1), Source::Fetched),
                    "it has expired"
                );
            }
        },
        {
            let cache = Arc::clone(&cache);
            move || {
                let status = cache.status();
                assert_eq!((status.entries, status.fetches, status.waiting), (1, 0, 0));
            }
        },
    )
}

pub(crate) fn service<C: Clock + 'static, S: Clone + 'static>(
    world: World<C, S>,
) -> Scenario<impl Future<Output = ()>, impl FnOnce()> {
    let clock = world.clock.clone();
    let rate = rate_limiter::Config { rate: 1, period: ms(1), burst: 2 };
    let guards = Guards {
        rate: RateLimiter::new(rate, clock.clone()).unwrap(),
        concurrency: Semaphore::new(2),
        breaker: CircuitBreaker::new(circuit_breaker::Config::default(), clock.clone()).unwrap(),
        timeout: Duration::MAX,
    };
    let fetched = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&fetched);
    let database = clock.clone();
    let fetch = move |id: usize| {
        noted.lock().unwrap().push(id);
        let query = database.sleep(ms(5));
        async move {
            query.await;
            if id == 2 { Err("not found") } else { Ok(id * 10) }
        }
    };
    let backend = Backend::new(clock, guards, fetch, |_: &&'static str| Outcome::Success);
    let cache = ttl_cache::Config { ttl: Duration::MAX, max_entries: 10 };
    let service = Arc::new(Service::new(cache, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap());
    world.eight(
        |n| {
            let service = Arc::clone(&service);
            async move {
                for id in [n % 3, (n + 1) % 3] {
                    let expected = if id == 2 { Err(ServiceError::Fetch("not found")) } else { Ok(id * 10) };
                    assert_eq!(service.get(id).await, expected);
                }
            }
        },
        {
            let service = Arc::clone(&service);
            move || {
                let fetched = fetched.lock().unwrap();
                for id in 0..2 {
                    assert_eq!(fetched.iter().filter(|found| **found == id).count(), 1, "{fetched:?}");
                }
                let metrics = service.metrics();
                assert_eq!((metrics.hits + metrics.misses, metrics.requests.admitted), (16, 16));
                assert_eq!(metrics.requests.ok + metrics.requests.failed, 16);
                assert_eq!(metrics.misses, fetched.len() as u64);
                assert_eq!((metrics.requests.in_flight, metrics.fetches.in_flight), (0, 0));
            }
        },
    )
}
