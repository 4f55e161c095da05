//! The mistakes: one by one, the first error for all, one limit for all, no limit, silence taken for health.

use super::program::{DEPENDENCIES, Dependency, limit, publish};
use crate::{
    exercises::{Uncaught, World},
    patterns::{
        CheckReport, Elapsed, Health, HealthCheck, HealthOutcome, HealthReport, check_health, gather,
        timeout, try_gather,
    },
    runtime::{Clock, Instant},
};

pub(super) async fn one_by_one(world: World) -> Result<(), Uncaught> {
    let began = world.clock().now();
    let mut checks = Vec::new();
    for dependency in DEPENDENCIES {
        let outcome = timeout(&world.clock(), limit(&world), dependency.check(world.clone())).await;
        checks.push(told(&world, dependency, began, outcome));
    }
    finish(&world, began, checks)
}

pub(super) async fn first_error_wins(world: World) -> Result<(), Uncaught> {
    let began = world.clock().now();
    let checks = DEPENDENCIES.map(|dependency| {
        let world = &world;
        async move {
            let outcome = timeout(&world.clock(), limit(world), dependency.check(world.clone())).await;
            let check = told(world, dependency, began, outcome);
            if check.outcome == HealthOutcome::Ok { Ok(check) } else { Err(check) }
        }
    });
    // The question mark of concurrency: the first error is the answer, the other checks are dropped.
    let checks = try_gather(checks).await.unwrap_or_else(|failed| vec![failed]);
    finish(&world, began, checks)
}

pub(super) async fn one_limit_for_all(world: World) -> Result<(), Uncaught> {
    let began = world.clock().now();
    let checks = gather(DEPENDENCIES.map(|dependency| {
        let world = &world;
        async move {
            let outcome = dependency.check(world.clone()).await;
            told(world, dependency, began, Ok(outcome))
        }
    }));
    match timeout(&world.clock(), limit(&world), checks).await {
        Ok(checks) => finish(&world, began, checks),
        Err(Elapsed) => {
            let elapsed = world.clock().now().since(began);
            publish(&world, Health::Degraded, &HealthReport { checks: Vec::new(), elapsed });
            Ok(())
        }
    }
}

pub(super) async fn no_timeout(world: World) -> Result<(), Uncaught> {
    let began = world.clock().now();
    let checks = DEPENDENCIES.map(|dependency| {
        let world = &world;
        async move {
            let outcome = dependency.check(world.clone()).await;
            told(world, dependency, began, Ok(outcome))
        }
    });
    let checks = gather(checks).await;
    finish(&world, began, checks)
}

pub(super) async fn silence_is_health(world: World) -> Result<(), Uncaught> {
    let checks = DEPENDENCIES
        .map(|dependency| HealthCheck::new(dependency.name, limit(&world), dependency.check(world.clone())));
    let report = check_health(&world.clock(), checks).await;
    // No errors, so all is well? A check that was given up has said nothing at all.
    let errors = report.checks.iter().filter(|check| matches!(check.outcome, HealthOutcome::Failed(_)));
    let status = if errors.count() == 0 { Health::Ok } else { Health::Degraded };
    publish(&world, status, &report);
    Ok(())
}

fn told(
    world: &World,
    dependency: Dependency,
    began: Instant,
    outcome: Result<Result<(), String>, Elapsed>,
) -> CheckReport {
    let outcome = match outcome {
        Ok(Ok(())) => HealthOutcome::Ok,
        Ok(Err(error)) => HealthOutcome::Failed(error),
        Err(Elapsed) => HealthOutcome::TimedOut,
    };
    CheckReport { name: dependency.name.into(), outcome, elapsed: world.clock().now().since(began) }
}

fn finish(world: &World, began: Instant, checks: Vec<CheckReport>) -> Result<(), Uncaught> {
    let report = HealthReport { checks, elapsed: world.clock().now().since(began) };
    publish(world, report.health(), &report);
    Ok(())
}
