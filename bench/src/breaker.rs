//! Circuit breakers: failsafe, recloser, tower-resilience's.

use std::{future::ready, hint::black_box};

use async_playground::patterns::{
    CircuitBreaker, Trip,
    circuit_breaker::{Config, Outcome},
};
use failsafe::futures::CircuitBreaker as _;
use recloser::{AsyncRecloser, Recloser};
use tower::{Layer as _, Service as _, ServiceExt as _, service_fn};
use tower_resilience_circuitbreaker::CircuitBreakerLayer;

use crate::{
    clock::Std,
    drive::{HOUR, now},
    harness::{MANY, Row, timed},
};

type Called = Result<u32, u32>;

const FAILURES: u8 = 5;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("breaker, closed", "await a call that succeeds at once, and count it", Ok(1)),
        row("breaker, open", "have a call refused", Err(1)),
    ]
}

/// All trip at five failures in a row, so a few failing calls open them.
fn row(bench: &str, work: &'static str, called: Called) -> Row {
    let trip = Trip::Consecutive { failures: FAILURES.into() };
    let ours = Config { trip, recovery: HOUR, ..Config::default() };
    let ours = CircuitBreaker::new(ours, Std::new()).expect("in range");
    let policy =
        failsafe::failure_policy::consecutive_failures(FAILURES.into(), failsafe::backoff::constant(HOUR));
    let failsafe = failsafe::Config::new().failure_policy(policy).build();
    let recloser = Recloser::custom().closed_len(FAILURES.into()).open_wait(HOUR).build();
    let recloser = AsyncRecloser::from(recloser);
    let tower = CircuitBreakerLayer::builder()
        .consecutive_failures(FAILURES.into())
        .wait_duration_in_open(HOUR)
        .build()
        .expect("in range");
    let mut tower = tower.layer(service_fn(move |()| ready(called)));
    let mut contenders = vec![
        timed("ours", 1, move || {
            black_box(now(ours.call(ready(black_box(called)), Outcome::of))).ok();
        }),
        timed("failsafe", 1, move || {
            black_box(now(failsafe.call(ready(black_box(called))))).ok();
        }),
        timed("recloser", 1, move || {
            black_box(now(recloser.call(ready(black_box(called))))).ok();
        }),
        timed("tower-resilience", 1, move || {
            let called = now(async { tower.ready().await?.call(()).await });
            black_box(called).ok();
        }),
    ];
    for (_, round) in &mut contenders {
        round(100);
    }
    Row::measure(bench, work, "ns", MANY, contenders)
}
