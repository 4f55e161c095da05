//! Everything together: a service that answers many requests with few fetches from a slow and limited backend.

use std::{rc::Rc, time::Duration};

use futures::TryFutureExt;
use serde::Serialize;

use super::{
    backend::{Database, Fault},
    stages::Stages,
};
use crate::{
    exercises::{Uncaught, World},
    patterns::{
        Backend, CircuitBreaker, ConfigError, Guards, RateLimiter, Semaphore, Service, ServiceError,
        Transition, Trip,
        circuit_breaker::{self, Outcome, State},
        rate_limiter, timeout, ttl_cache,
    },
    runtime::Timers,
};

/// The number of failures in a row that opens the breaker.
pub(super) const THRESHOLD: u32 = 3;

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    // `not found` is an answer: the backend works.
    serve(world, |fault| match fault {
        Fault::NotFound(_) => Outcome::Success,
        Fault::Down => Outcome::Failure,
    })
    .await
    .map_err(|error| Uncaught(format!("ValueError: {error}")))
}

pub(super) async fn serve(world: World, classify: fn(&Fault) -> Outcome) -> Result<(), ConfigError> {
    let guards = Guards {
        rate: rate_limiter(&world)?,
        concurrency: Semaphore::new(world.settings().count("concurrency")),
        breaker: breaker(&world)?,
        timeout: world.settings().millis("timeout_ms"),
    };
    let (database, stages) = (Database::new(&world), Stages::new(&world));
    // Everything behind the cache, from the outside in: rate limit, concurrency limit, breaker, timeout, fetch.
    let through = stages.clone();
    let fetch = move |id| {
        through.lets_through();
        database.clone().fetch(id)
    };
    let backend = Backend::new(world.clock(), guards, fetch, classify).observed(stages.clone());
    // The cache calls this for a request that is a miss. All others find a value or join a fetch under way.
    let missed = stages.clone();
    let service = Service::new(cache(&world), backend, move |backend, id| {
        missed.miss();
        let stages = missed.clone();
        Box::pin(backend.fetch(id).inspect_err(move |error| {
            if matches!(error, ServiceError::Rejected(_)) {
                stages.refuses();
            }
        }))
    })?;
    let service = Rc::new(service);
    let asked = service.clone();
    let get = async move |id| stages.cache(asked.get(id)).await;
    requests(&world, get, || {
        let metrics = service.metrics();
        let counts = metrics.requests;
        Tally {
            total: counts.admitted,
            hits: metrics.hits,
            misses: metrics.misses,
            ok: counts.ok,
            error: counts.failed,
            timed_out: counts.timed_out,
            rejected: counts.rejected,
            cancelled: counts.cancelled,
        }
    })
    .await;
    Ok(())
}

pub(super) fn cache(world: &World) -> ttl_cache::Config {
    ttl_cache::Config { ttl: world.settings().millis("ttl_ms"), max_entries: 1000 }
}

pub(super) fn rate_limiter(world: &World) -> Result<RateLimiter<Timers>, ConfigError> {
    let count = |name| u32::try_from(world.settings().int(name)).unwrap_or(u32::MAX);
    let period = Duration::from_secs(1);
    RateLimiter::new(
        rate_limiter::Config { rate: count("rate"), period, burst: count("burst") },
        world.clock(),
    )
}

pub(super) type Breaker = CircuitBreaker<Timers, Box<dyn Fn(&Transition)>>;

pub(super) fn breaker(world: &World) -> Result<Breaker, ConfigError> {
    let trip = Trip::Consecutive { failures: THRESHOLD };
    let config = circuit_breaker::Config {
        trip,
        recovery: Duration::from_secs(1),
        ..circuit_breaker::Config::default()
    };
    // Each change of state is noted in the trace.
    let watcher = world.clone();
    let spelled = |state| match state {
        State::Closed => "CLOSED",
        State::Open => "OPEN",
        State::HalfOpen => "HALF_OPEN",
    };
    let note = move |change: &Transition| watcher.state("breaker", spelled(change.from), spelled(change.to));
    CircuitBreaker::with_observer(config, world.clock(), Box::new(note))
}

pub(super) type Answer = Result<String, ServiceError<Fault>>;

/// The counts of the service.
#[derive(Serialize)]
pub(super) struct Tally {
    pub(super) total: u64,
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) ok: u64,
    pub(super) error: u64,
    pub(super) timed_out: u64,
    pub(super) rejected: u64,
    pub(super) cancelled: u64,
}

/// Makes a request for each of the ids, some time apart, and then prints the counts.
pub(super) async fn requests<Get>(world: &World, get: Get, tally: impl FnOnce() -> Tally)
where
    Get: AsyncFn(i64) -> Answer + 'static,
{
    let get = Rc::new(get);
    let mut requests = Vec::new();
    for (number, &id) in (1..).zip(world.settings().ints("ids")) {
        if number > 1 {
            world.sleep(world.settings().millis("gap_ms")).await;
        }
        let request = request(world.clone(), get.clone(), number, id);
        requests.push(world.spawn(format!("request {number}"), request));
    }
    let all = async {
        for request in requests {
            // Its answer is in the trace.
            let _ = request.await;
        }
    };
    world.waiting("requests", all).await;
    let tally = tally();
    world.result("metrics", &tally);
    world.log(format!("Total requests: {}", tally.total));
    world.log(format!("Cache hits: {}", tally.hits));
    world.log(format!("Cache misses: {}", tally.misses));
    world.log(format!("Successful: {}", tally.ok));
}

/// How a request ended, for the rules.
#[derive(Serialize)]
struct Answered {
    id: i64,
    kind: &'static str,
    text: String,
}

async fn request(world: World, get: Rc<impl AsyncFn(i64) -> Answer>, number: i64, id: i64) {
    let patience = match world.settings().int("give_up_every") {
        every if every > 0 && number % every == 0 => world.settings().millis("fetch_ms") / 2,
        _ => Duration::MAX,
    };
    world.result("asked", &id);
    let answer = timeout(&world.clock(), patience, world.waiting_for("fetch", "fetch", get(id))).await;
    let (kind, text) = match answer {
        Ok(Ok(text)) => ("ok", text),
        Ok(Err(ServiceError::Fetch(Fault::NotFound(id)))) => ("error", format!("Resource {id} not found")),
        Ok(Err(ServiceError::Fetch(Fault::Down))) => ("error", "Backend down".into()),
        Ok(Err(ServiceError::TimedOut)) => ("timed out", "Timeout".into()),
        Ok(Err(_)) => ("rejected", "Circuit OPEN".into()),
        Err(_) => ("cancelled", "Caller gave up".into()),
    };
    world.result("answer", &Answered { id, kind, text });
}
