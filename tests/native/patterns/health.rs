use std::{
    future::{Pending, Ready},
    pin::Pin,
    time::Duration,
};

use async_playground::{
    patterns::{Health, HealthCheck, HealthOutcome, HealthReport, check_health},
    runtime::{Clock, Order, Simulation, Timers},
};
use futures::future::Either;

use super::support::{Manual, cut_off, ms, send, sweep};

type Check = HealthCheck<Pin<Box<dyn Future<Output = Result<(), String>>>>>;

/// A check that answers after `millis`; `None` answers at its first poll.
fn check(clock: &Timers, name: &'static str, limit: Duration, millis: Option<u64>, healthy: bool) -> Check {
    let clock = clock.clone();
    HealthCheck::new(
        name,
        limit,
        Box::pin(async move {
            if let Some(millis) = millis {
                clock.sleep(ms(millis)).await;
            }
            if healthy { Ok(()) } else { Err(format!("{name} is down")) }
        }),
    )
}

fn run(checks: impl FnOnce(&Timers) -> Vec<Check>) -> HealthReport {
    let mut sim = Simulation::new(Order::fifo());
    let clock = sim.clock();
    let report = check_health(&clock, checks(&clock));
    let report = sim.block_on(report).unwrap();
    assert_eq!(report.elapsed, sim.now().since(async_playground::runtime::Instant::ORIGIN));
    assert_eq!(clock.pending(), 0);
    report
}

#[test]
fn a_run_is_send_if_its_checks_are() {
    type Plain = Either<Ready<Result<(), String>>, Pending<Result<(), String>>>;
    send(&check_health(&Manual::default(), Vec::<HealthCheck<Plain>>::new()));
}

#[test]
fn a_run_takes_as_long_as_the_longest_check() {
    let report = run(|clock| {
        let limit = Duration::MAX;
        [("database", 50), ("cache", 20), ("queue", 30)]
            .map(|(name, millis)| check(clock, name, limit, Some(millis), true))
            .into()
    });
    assert_eq!((report.health(), report.elapsed), (Health::Ok, ms(50)));
    let each: Vec<_> = report.checks.iter().map(|check| (&*check.name, check.elapsed)).collect();
    assert_eq!(each, [("database", ms(50)), ("cache", ms(20)), ("queue", ms(30))]);
}

#[test]
fn a_failing_check_hides_no_other() {
    let report = run(|clock| {
        let limit = ms(100);
        vec![
            check(clock, "first", limit, None, false),
            check(clock, "slow", limit, Some(40), true),
            check(clock, "hanging", limit, Some(1_000_000), true),
            check(clock, "failing", limit, Some(60), false),
        ]
    });
    let each: Vec<_> = report.checks.into_iter().map(|check| (check.outcome, check.elapsed)).collect();
    let expected = [
        (HealthOutcome::Failed("first is down".to_owned()), ms(0)),
        (HealthOutcome::Ok, ms(40)),
        (HealthOutcome::TimedOut, ms(100)),
        (HealthOutcome::Failed("failing is down".to_owned()), ms(60)),
    ];
    assert_eq!(each, expected);
}

#[test]
fn each_check_has_its_own_limit_and_an_answer_at_the_limit_counts() {
    let report = run(|clock| {
        vec![
            check(clock, "strict", ms(10), Some(11), true),
            check(clock, "on time", ms(20), Some(20), true),
            check(clock, "immediate", ms(0), None, true),
        ]
    });
    let each: Vec<_> = report.checks.iter().map(|check| check.outcome.clone()).collect();
    assert_eq!(each, [HealthOutcome::TimedOut, HealthOutcome::Ok, HealthOutcome::Ok]);
    assert_eq!((report.health(), report.elapsed), (Health::Degraded, ms(20)));
}

#[test]
fn any_unhealthy_check_degrades_the_whole() {
    for unhealthy in 0..3 {
        let report = run(|clock| {
            (0..3).map(|index| check(clock, "any", ms(100), Some(index), index != unhealthy)).collect()
        });
        assert_eq!(report.health(), Health::Degraded);
    }
    assert_eq!(run(|_| vec![]).health(), Health::Ok);
    assert_eq!((Health::Ok.to_string(), Health::Degraded.to_string()), ("ok".into(), "degraded".into()));
}

#[test]
fn a_run_dropped_at_any_poll_drops_every_check() {
    let cuts = sweep(1, |_, cut| {
        let mut sim = Simulation::new(Order::fifo());
        let clock = sim.clock();
        let checks = [5, 10, 500].map(|millis| check(&clock, "any", ms(50), Some(millis), true));
        let report = check_health(&clock, checks);
        sim.block_on(async move {
            let was_cut = cut_off(report, Some(cut)).await.is_none();
            assert_eq!(clock.pending(), 0);
            was_cut
        })
        .unwrap()
    });
    assert_eq!(cuts, 3 + 4);
}
