//! Callers, a service that fails its first calls, and a circuit breaker between them.

use std::{cell::Cell, rc::Rc, time::Duration};

use serde::Serialize;

use crate::{
    exercises::{Uncaught, World},
    patterns::{
        CircuitBreaker, ConfigError, Transition, Trip,
        circuit_breaker::{CallError, Config, Outcome, State},
        timeout,
    },
    runtime::{Name, Timers},
};

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let breaker = breaker(&world).map_err(|error| Uncaught(format!("ValueError: {error}")))?;
    callers(&world, breaker).await;
    Ok(())
}

type Breaker = CircuitBreaker<Timers, Box<dyn Fn(&Transition)>>;

fn breaker(world: &World) -> Result<Breaker, ConfigError> {
    let failures = u32::try_from(world.settings().int("threshold")).unwrap_or(u32::MAX);
    let config = Config {
        trip: Trip::Consecutive { failures },
        recovery: world.settings().millis("recovery_ms"),
        ..Config::default()
    };
    // Each change of state is noted in the trace.
    let watcher = world.clone();
    let note = move |change: &Transition| watcher.state("breaker", spelled(change.from), spelled(change.to));
    CircuitBreaker::with_observer(config, world.clock(), Box::new(note))
}

impl Guard for Breaker {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        // The breaker lets a call through or refuses it, but never makes it wait. It counts how the call ends; a test
        // call that is dropped before its end makes way for another one.
        match self.call(service.answer(self, number), Outcome::of).await {
            Ok(text) => Ok(Ok(text)),
            Err(CallError::Failed(text)) => Ok(Err(text)),
            Err(CallError::Rejected(rejected)) if rejected.state == State::HalfOpen => {
                Err("Circuit HALF_OPEN")
            }
            Err(CallError::Rejected(_)) => Err("Circuit OPEN"),
        }
    }

    fn state(&self) -> &'static str {
        spelled(self.state())
    }
}

const fn spelled(state: State) -> &'static str {
    match state {
        State::Closed => "CLOSED",
        State::Open => "OPEN",
        State::HalfOpen => "HALF_OPEN",
    }
}

/// A breaker between the callers and the service. The scenario runs with the correct one above, or with a mistake.
pub(super) trait Guard: 'static {
    /// Makes the call and returns its answer, or refuses it and returns the reason.
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str>;

    fn state(&self) -> &'static str;
}

pub(super) type Answer = Result<&'static str, &'static str>;

/// A service that fails the first calls that reach it.
pub(super) struct Service {
    world: World,
    reached: Cell<i64>,
}

impl Service {
    /// Answers a call that the breaker has let through.
    pub(super) async fn answer(&self, breaker: &impl Guard, number: i64) -> Answer {
        let call = Name::from(format!("call {number}"));
        // A call that is let through while the breaker is half-open is its test call.
        let _test_call =
            (breaker.state() == "HALF_OPEN").then(|| self.world.holds("test call", Some(call.clone())));
        let _service = self.world.holds("service", Some(call));
        self.world.result("reached", &number);
        self.reached.set(self.reached.get() + 1);
        let down = self.world.is_down() || self.reached.get() <= self.world.settings().int("failing");
        self.world.sleep(self.world.settings().millis("service_ms")).await;
        self.world.result(if down { "failed" } else { "succeeded" }, &number);
        if down { Err("Service down") } else { Ok("Service up") }
    }
}

/// How a call ended, for the rules: `answered`, `refused` or `gave up`, and the state of the breaker after it.
#[derive(Serialize)]
struct Ended {
    number: i64,
    how: &'static str,
    state: &'static str,
}

/// Runs all callers. Each of them makes a call, waits a while, and makes the next.
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
    let all = async {
        for caller in callers {
            // A cancelled caller has no result.
            let _ = caller.await;
        }
    };
    world.waiting("callers", all).await;
}

/// One call of a caller.
async fn call(world: &World, guard: &impl Guard, service: &Service, number: i64) {
    let patience = patience(world, number);
    let (how, kind, text) = match timeout(&world.clock(), patience, guard.call(service, number)).await {
        Ok(Ok(Ok(text))) => ("answered", "ok", text),
        Ok(Ok(Err(text))) => ("answered", "error", text),
        Ok(Err(text)) => ("refused", "error", text),
        Err(_) => ("gave up", "cancelled", "Caller gave up"),
    };
    let state = guard.state();
    world.result("call", &Ended { number, how, state });
    world.show(&(kind, text, state));
}

/// How long the caller waits for an answer. Every k-th call is given up half-way.
fn patience(world: &World, number: i64) -> Duration {
    match world.settings().int("give_up_every") {
        every if every > 0 && number % every == 0 => world.settings().millis("service_ms") / 2,
        _ => Duration::MAX,
    }
}
