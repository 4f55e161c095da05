//! The mistakes: the same parts, put together in another order or used in another way.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Duration,
};

use super::{
    backend::{Database, Fault},
    program::{Answer, Breaker, Tally, breaker, cache, rate_limiter, requests, serve},
    stages::Stages,
};
use crate::{
    exercises::{Uncaught, World},
    patterns::{
        ConfigError, LocalTtlCache, RateLimiter, Rejected, Semaphore, ServiceError, circuit_breaker::Outcome,
        semaphore::Permit, service::Limit, timeout, ttl_cache::Source,
    },
    runtime::{Clock, Instant, Timers},
};

fn invalid(error: ConfigError) -> Uncaught {
    Uncaught(format!("ValueError: {error}"))
}

pub(super) async fn not_found_trips(world: World) -> Result<(), Uncaught> {
    // Mistake: every error counts as a failure of the backend.
    serve(world, |_| Outcome::Failure).await.map_err(invalid)
}

/// What the answer of a fetch means for the breaker.
const fn health(answer: &Result<String, Fault>) -> Outcome {
    if matches!(answer, Err(Fault::Down)) { Outcome::Failure } else { Outcome::Success }
}

/// The parts of the service, for putting them together by hand.
struct Parts {
    world: World,
    cache: LocalTtlCache<i64, String, ServiceError<Fault>, Timers>,
    rate: RateLimiter<Timers>,
    room: Semaphore,
    breaker: Breaker,
    database: Rc<Database>,
    stages: Rc<Stages>,
    hits: Cell<u64>,
    misses: Cell<u64>,
}

impl Parts {
    fn new(world: &World) -> Result<Rc<Self>, Uncaught> {
        Ok(Rc::new(Self {
            world: world.clone(),
            cache: LocalTtlCache::new(cache(world), world.clock()).map_err(invalid)?,
            rate: rate_limiter(world).map_err(invalid)?,
            room: Semaphore::new(world.settings().count("concurrency")),
            breaker: breaker(world).map_err(invalid)?,
            database: Database::new(world),
            stages: Stages::new(world),
            hits: Cell::new(0),
            misses: Cell::new(0),
        }))
    }

    /// Passes the rate limit.
    async fn token(&self) {
        self.stages.limit(Limit::Rate, self.rate.acquire()).await;
        self.stages.passed();
        self.gauges();
    }

    /// Passes the concurrency limit, and takes a permit.
    async fn permit(&self) -> Result<Slot<'_>, ServiceError<Fault>> {
        let permit = self
            .stages
            .limit(Limit::Concurrency, self.room.acquire())
            .await
            .map_err(ServiceError::Refused)?;
        self.gauges();
        Ok(Slot { _permit: permit, _returned: Returned(self) })
    }

    fn gauges(&self) {
        let room = self.room.status();
        self.stages.gauges(self.rate.status().available, room.permits - room.available);
    }

    /// Shows what the breaker decides.
    fn decided<T>(&self, permit: Result<T, Rejected>) -> Result<T, ServiceError<Fault>> {
        match permit {
            Ok(_) => self.stages.lets_through(),
            Err(_) => self.stages.refuses(),
        }
        permit.map_err(ServiceError::Rejected)
    }

    /// Breaker and fetch, without a timeout.
    async fn ask(&self, id: i64) -> Answer {
        let permit = self.decided(self.breaker.try_acquire())?;
        let answer = self.database.clone().fetch(id).await;
        permit.settle(health(&answer));
        answer.map_err(ServiceError::Fetch)
    }

    /// Breaker, timeout and fetch.
    async fn ask_in_time(&self, id: i64) -> Answer {
        let permit = self.decided(self.breaker.try_acquire())?;
        let limit = self.world.settings().millis("timeout_ms");
        let fetch = self.database.clone().fetch(id);
        let Ok(answer) = timeout(&self.world.clock(), limit, fetch).await else {
            permit.failure();
            return Err(ServiceError::TimedOut);
        };
        permit.settle(health(&answer));
        answer.map_err(ServiceError::Fetch)
    }

    /// Cache and shared fetches in front of `fetch`.
    async fn cached<F: Future<Output = Answer>>(
        self: &Rc<Self>,
        id: i64,
        fetch: impl FnOnce(Rc<Self>) -> F + 'static,
    ) -> Answer {
        let parts = self.clone();
        let fetch = async move {
            parts.misses.set(parts.misses.get() + 1);
            parts.stages.miss();
            fetch(parts).await
        };
        self.stages.cache(self.cache.try_get_with(id, fetch)).await
    }
}

/// A permit. When it is given back, the gauges show it.
struct Slot<'a> {
    _permit: Permit<'a>,
    // Dropped after the permit.
    _returned: Returned<'a>,
}

struct Returned<'a>(&'a Parts);

impl Drop for Returned<'_> {
    fn drop(&mut self) {
        self.0.gauges();
    }
}

/// Makes the requests with `get`, and counts how they end.
async fn counted<Get>(parts: Rc<Parts>, get: Get)
where
    Get: AsyncFn(&Rc<Parts>, i64) -> Answer + 'static,
{
    let ends = Rc::new(Ends::default());
    let (shared, counted) = (parts.clone(), ends.clone());
    let get = async move |id| {
        let entry = Entry(Some(&counted));
        counted.total.set(counted.total.get() + 1);
        let answer = get(&shared, id).await;
        entry.end(&answer);
        answer
    };
    requests(&parts.world, get, || {
        let total = ends.total.get();
        ends.tally(total - parts.misses.get(), parts.misses.get())
    })
    .await;
}

/// How the requests ended.
#[derive(Default)]
struct Ends {
    total: Cell<u64>,
    ok: Cell<u64>,
    error: Cell<u64>,
    timed_out: Cell<u64>,
    rejected: Cell<u64>,
    cancelled: Cell<u64>,
}

impl Ends {
    fn count(&self, answer: &Answer) {
        let count = match answer {
            Ok(_) => &self.ok,
            Err(ServiceError::Fetch(_)) => &self.error,
            Err(ServiceError::TimedOut) => &self.timed_out,
            Err(_) => &self.rejected,
        };
        count.set(count.get() + 1);
    }

    const fn tally(&self, hits: u64, misses: u64) -> Tally {
        Tally {
            total: self.total.get(),
            hits,
            misses,
            ok: self.ok.get(),
            error: self.error.get(),
            timed_out: self.timed_out.get(),
            rejected: self.rejected.get(),
            cancelled: self.cancelled.get(),
        }
    }
}

/// A request under way. It counts as cancelled if it is dropped before its end.
struct Entry<'a>(Option<&'a Ends>);

impl Entry<'_> {
    fn end(mut self, answer: &Answer) {
        if let Some(ends) = self.0.take() {
            ends.count(answer);
        }
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if let Some(ends) = self.0 {
            ends.cancelled.set(ends.cancelled.get() + 1);
        }
    }
}

pub(super) async fn look_before_fetch(world: World) -> Result<(), Uncaught> {
    let parts = Parts::new(&world)?;
    // Mistake: a dict, a semaphore and a timeout, and no table of the fetches under way.
    let known: RefCell<HashMap<i64, (String, Instant)>> = RefCell::default();
    counted(parts, async move |parts, id| {
        let now = parts.world.clock().now();
        let found = known.borrow().get(&id).filter(|(_, until)| now < *until).cloned();
        if let Some((value, _)) = found {
            parts.stages.hit();
            return Ok(value);
        }
        parts.misses.set(parts.misses.get() + 1);
        parts.stages.miss();
        parts.token().await;
        let _permit = parts.permit().await?;
        let value = parts.ask_in_time(id).await?;
        let until = parts.world.clock().now().after(parts.world.settings().millis("ttl_ms"));
        known.borrow_mut().insert(id, (value.clone(), until));
        Ok(value)
    })
    .await;
    Ok(())
}

pub(super) async fn limited_callers(world: World) -> Result<(), Uncaught> {
    counted(Parts::new(&world)?, async |parts, id| {
        // Mistake: the limits stand in front of the cache, and hits wait too.
        parts.token().await;
        let _permit = parts.permit().await?;
        parts.cached(id, move |parts| async move { parts.ask_in_time(id).await }).await
    })
    .await;
    Ok(())
}

pub(super) async fn outer_timeout(world: World) -> Result<(), Uncaught> {
    counted(Parts::new(&world)?, async |parts, id| {
        let fetch = move |parts: Rc<Parts>| async move {
            let limit = parts.world.settings().millis("timeout_ms");
            // Mistake: the timeout is around everything, so the wait in line counts as well.
            let guarded = async {
                parts.token().await;
                let _permit = parts.permit().await?;
                parts.ask(id).await
            };
            timeout(&parts.world.clock(), limit, guarded).await.unwrap_or(Err(ServiceError::TimedOut))
        };
        parts.cached(id, fetch).await
    })
    .await;
    Ok(())
}

pub(super) async fn dropped_permit(world: World) -> Result<(), Uncaught> {
    counted(Parts::new(&world)?, async |parts, id| {
        let fetch = move |parts: Rc<Parts>| async move {
            parts.token().await;
            // Mistake: an underscore alone holds nothing, so the permit is given back at once.
            let _ = parts.permit().await;
            parts.ask_in_time(id).await
        };
        parts.cached(id, fetch).await
    })
    .await;
    Ok(())
}

pub(super) async fn fixed_window(world: World) -> Result<(), Uncaught> {
    // The second that is being counted, and the number of fetches that have started in it.
    let window = Rc::new(Cell::new((0, 0)));
    counted(Parts::new(&world)?, async move |parts, id| {
        let window = window.clone();
        let fetch = move |parts: Rc<Parts>| async move {
            let limit = parts.world.settings().int("rate").min(parts.world.settings().int("burst"));
            // Mistake: the count starts again with each second, however late in the last one these fetches started.
            loop {
                let second = parts.world.elapsed().as_secs();
                let started = if window.get().0 == second { window.get().1 } else { 0 };
                if started < limit {
                    window.set((second, started + 1));
                    break;
                }
                let next = Duration::from_secs(second + 1).saturating_sub(parts.world.elapsed());
                parts.stages.limit(Limit::Rate, parts.world.clock().sleep(next)).await;
            }
            parts.stages.passed();
            let _permit = parts.permit().await?;
            parts.ask_in_time(id).await
        };
        parts.cached(id, fetch).await
    })
    .await;
    Ok(())
}

pub(super) async fn late_count(world: World) -> Result<(), Uncaught> {
    let (parts, ends) = (Parts::new(&world)?, Rc::new(Ends::default()));
    let (shared, counts) = (parts.clone(), ends.clone());
    let get = async move |id| {
        counts.total.set(counts.total.get() + 1);
        let fetch = shared.clone();
        let fetch = async move {
            fetch.token().await;
            let _permit = fetch.permit().await?;
            fetch.ask_in_time(id).await
        };
        let (answer, source) = shared.cache.lookup(id, fetch).await;
        // Mistake: a request that gives up never comes here, and is in none of these counts.
        let count = if source == Source::Fetched {
            shared.stages.miss();
            &shared.misses
        } else {
            shared.stages.hit();
            &shared.hits
        };
        count.set(count.get() + 1);
        counts.count(&answer);
        answer
    };
    requests(&world, get, || ends.tally(parts.hits.get(), parts.misses.get())).await;
    Ok(())
}
