//! All of it together: a service that answers many requests with few calls to a backend that is slow and limited.

use std::{rc::Rc, time::Duration};

use serde::Serialize;

use super::{
    backend::{Database, Fault},
    watch::OnStage,
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

/// So many failures in a row open the breaker.
pub(super) const THRESHOLD: u32 = 3;

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    // Who asks for what is not there has got an answer: the backend is well.
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
    let database = Database::new(&world);
    let backend = Backend::new(world.clock(), guards, move |id| database.clone().fetch(id), classify)
        .observed(OnStage::new(&world));
    // A request is a hit, joins a fetch under way, or sends a fetch of its own through all guards.
    let service = Rc::new(Service::new(cache(&world), backend, |backend, id| Box::pin(backend.fetch(id)))?);
    let asked = service.clone();
    let get = async move |id| asked.get(id).await;
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
    let watcher = world.clone();
    let spelled = |state| match state {
        State::Closed => "CLOSED",
        State::Open => "OPEN",
        State::HalfOpen => "HALF_OPEN",
    };
    let tell = move |change: &Transition| watcher.state("breaker", spelled(change.from), spelled(change.to));
    CircuitBreaker::with_observer(config, world.clock(), Box::new(tell))
}

pub(super) type Answer = Result<String, ServiceError<Fault>>;

/// What the service has counted.
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

/// A request for each of the ids, some time apart, and then the metrics.
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
    for request in requests {
        // Whoever gives up notes it; whoever is cancelled has no more to say.
        let _ = request.await;
    }
    let tally = tally();
    world.result("metrics", &tally);
    world.log(format!("Total requests: {}", tally.total));
    world.log(format!("Cache hits: {}", tally.hits));
    world.log(format!("Cache misses: {}", tally.misses));
    world.log(format!("Successful: {}", tally.ok));
}

async fn request(world: World, get: Rc<impl AsyncFn(i64) -> Answer>, number: i64, id: i64) {
    let patience = match world.settings().int("give_up_every") {
        every if every > 0 && number % every == 0 => world.settings().millis("fetch_ms") / 2,
        _ => Duration::MAX,
    };
    world.result("asked", &id);
    let answer = timeout(&world.clock(), patience, world.waiting("flight", get(id))).await;
    let (kind, text) = match answer {
        Ok(Ok(text)) => ("ok", text),
        Ok(Err(ServiceError::Fetch(Fault::NotFound(id)))) => ("error", format!("Resource {id} not found")),
        Ok(Err(ServiceError::Fetch(Fault::Down))) => ("error", "Backend down".into()),
        Ok(Err(ServiceError::TimedOut)) => ("timed out", "Timeout".into()),
        Ok(Err(_)) => ("rejected", "Circuit OPEN".into()),
        Err(_) => ("cancelled", "Caller gave up".into()),
    };
    world.result("answer", &(id, kind, text));
}
