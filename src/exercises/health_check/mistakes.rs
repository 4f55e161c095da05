//! The mistakes: checks one by one, the first error instead of a report, one timeout for all checks, no timeout, and a
//! timed-out check that counts as healthy.

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
        checks.push(check_report(&world, dependency, began, outcome));
    }
    finish(&world, began, checks)
}

pub(super) async fn first_error_wins(world: World) -> Result<(), Uncaught> {
    let began = world.clock().now();
    let checks = DEPENDENCIES.map(|dependency| {
        let world = &world;
        async move {
            let outcome = timeout(&world.clock(), limit(world), dependency.check(world.clone())).await;
            let check = check_report(world, dependency, began, outcome);
            if check.outcome == HealthOutcome::Ok { Ok(check) } else { Err(check) }
        }
    });
    // At the first error the other checks are cancelled, and only the error is left to report.
    let checks = try_gather(checks).await.unwrap_or_else(|failed| vec![failed]);
    finish(&world, began, checks)
}

pub(super) async fn one_limit_for_all(world: World) -> Result<(), Uncaught> {
    let began = world.clock().now();
    let checks = gather(DEPENDENCIES.map(|dependency| {
        let world = &world;
        async move {
            let outcome = dependency.check(world.clone()).await;
            check_report(world, dependency, began, Ok(outcome))
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
            check_report(world, dependency, began, Ok(outcome))
        }
    });
    let checks = gather(checks).await;
    finish(&world, began, checks)
}

pub(super) async fn silence_is_health(world: World) -> Result<(), Uncaught> {
    let checks = DEPENDENCIES
        .map(|dependency| HealthCheck::new(dependency.name, limit(&world), dependency.check(world.clone())));
    let report = check_health(&world.clock(), checks).await;
    // Counts the checks that failed, but not those that timed out.
    let errors = report.checks.iter().filter(|check| matches!(check.outcome, HealthOutcome::Failed(_)));
    let status = if errors.count() == 0 { Health::Ok } else { Health::Degraded };
    publish(&world, status, &report);
    Ok(())
}

fn check_report(
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
