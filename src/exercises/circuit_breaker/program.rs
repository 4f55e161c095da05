//! A circuit breaker between callers and a service that is down for its first calls.

use std::{cell::Cell, rc::Rc, time::Duration};

use serde::Serialize;

use crate::{
    exercises::{Uncaught, World},
    patterns::{
        BreakerConfig, BreakerState, CircuitBreaker, ConfigError, Outcome, Rejected, Transition, Trip,
        timeout,
    },
    runtime::Timers,
};

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let breaker = breaker(&world).map_err(|error| Uncaught(format!("ValueError: {error}")))?;
    callers(&world, breaker).await;
    Ok(())
}

type Breaker = CircuitBreaker<Timers, Box<dyn Fn(&Transition)>>;

fn breaker(world: &World) -> Result<Breaker, ConfigError> {
    let failures = u32::try_from(world.settings().int("threshold")).unwrap_or(u32::MAX);
    let config = BreakerConfig {
        trip: Trip::Consecutive { failures },
        recovery: world.settings().millis("recovery_ms"),
        ..BreakerConfig::default()
    };
    let watcher = world.clone();
    let tell = move |change: &Transition| watcher.state("breaker", spelled(change.from), spelled(change.to));
    CircuitBreaker::with_observer(config, world.clock(), Box::new(tell))
}

impl Guard for Breaker {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        // The breaker never waits: it lets a call through or refuses it, and watches what comes of it. A call that
        // is dropped before its answer gives its place back.
        let classify = |answer: &Answer| if answer.is_ok() { Outcome::Success } else { Outcome::Failure };
        self.call(service.answer(number), classify).await.map_err(|Rejected { state, .. }| match state {
            BreakerState::HalfOpen => "Circuit HALF_OPEN",
            _ => "Circuit OPEN",
        })
    }

    fn state(&self) -> &'static str {
        spelled(self.state())
    }
}

const fn spelled(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "CLOSED",
        BreakerState::Open => "OPEN",
        BreakerState::HalfOpen => "HALF_OPEN",
    }
}

/// What stands between the callers and the service.
pub(super) trait Guard: 'static {
    /// Makes the call and gives its answer, or refuses it, with the reason.
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str>;

    fn state(&self) -> &'static str;
}

pub(super) type Answer = Result<&'static str, &'static str>;

/// The service: it fails the first calls that reach it, whoever makes them.
pub(super) struct Service {
    world: World,
    reached: Cell<i64>,
}

impl Service {
    pub(super) async fn answer(&self, number: i64) -> Answer {
        self.world.result("reached", &number);
        self.reached.set(self.reached.get() + 1);
        let down = self.world.is_down() || self.reached.get() <= self.world.settings().int("failing");
        self.world.sleep(self.world.settings().millis("service_ms")).await;
        self.world.result(if down { "failed" } else { "succeeded" }, &number);
        if down { Err("Service down") } else { Ok("Service up") }
    }
}

/// What a caller is told: kind, text, and the breaker's state after the call.
#[derive(Serialize)]
struct Told(&'static str, &'static str, &'static str);

/// All callers, each of which calls, waits a while, and calls again.
pub(super) async fn callers(world: &World, guard: impl Guard) {
    let service = Service { world: world.clone(), reached: Cell::new(0) };
    let shared = Rc::new((guard, service, Cell::new(0)));
    let callers: Vec<_> = (1..=world.settings().int("callers"))
        .map(|caller| {
            let (world, shared) = (world.clone(), shared.clone());
            world.clone().spawn(format!("caller {caller}"), async move {
                let (guard, service, numbers) = &*shared;
                for _ in 0..world.settings().int("calls") {
                    let number = numbers.replace(numbers.get() + 1) + 1;
                    call(&world, guard, service, number).await;
                    world.sleep(world.settings().millis("interval_ms")).await;
                }
            })
        })
        .collect();
    for caller in callers {
        // Whoever is cancelled has nothing to report.
        let _ = caller.await;
    }
}

async fn call(world: &World, guard: &impl Guard, service: &Service, number: i64) {
    let patience = patience(world, number);
    let told = match timeout(&world.clock(), patience, guard.call(service, number)).await {
        Ok(Ok(Ok(text))) => Told("ok", text, guard.state()),
        Ok(Ok(Err(text)) | Err(text)) => Told("error", text, guard.state()),
        Err(_) => Told("cancelled", "Caller gave up", guard.state()),
    };
    world.result(format!("call {number}"), &told);
    world.show(&told);
}

/// Every so many calls somebody gives up half-way; the others wait as long as it takes.
fn patience(world: &World, number: i64) -> Duration {
    match world.settings().int("give_up_every") {
        every if every > 0 && number % every == 0 => world.settings().millis("service_ms") / 2,
        _ => Duration::MAX,
    }
}
