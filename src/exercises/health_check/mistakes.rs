//! The mistakes: one by one, the first error for all, one limit for all, no limit, silence taken for health.

use super::program::{DEPENDENCIES, Dependency, limit, publish};
use crate::{
    exercises::{Stage, Uncaught},
    patterns::{
        CheckReport, Elapsed, Health, HealthCheck, HealthOutcome, HealthReport, check_health, gather,
        timeout, try_gather,
    },
    runtime::{Clock, Instant},
};

pub(super) async fn one_by_one(stage: Stage) -> Result<(), Uncaught> {
    let began = stage.clock().now();
    let mut checks = Vec::new();
    for dependency in DEPENDENCIES {
        let outcome = timeout(&stage.clock(), limit(&stage), dependency.check(stage.clone())).await;
        checks.push(told(&stage, dependency, began, outcome));
    }
    finish(&stage, began, checks)
}

pub(super) async fn first_error_wins(stage: Stage) -> Result<(), Uncaught> {
    let began = stage.clock().now();
    let checks = DEPENDENCIES.map(|dependency| {
        let stage = &stage;
        async move {
            let outcome = timeout(&stage.clock(), limit(stage), dependency.check(stage.clone())).await;
            let check = told(stage, dependency, began, outcome);
            if check.outcome == HealthOutcome::Ok { Ok(check) } else { Err(check) }
        }
    });
    // The question mark of concurrency: the first error is the answer, the other checks are dropped.
    let checks = try_gather(checks).await.unwrap_or_else(|failed| vec![failed]);
    finish(&stage, began, checks)
}

pub(super) async fn one_limit_for_all(stage: Stage) -> Result<(), Uncaught> {
    let began = stage.clock().now();
    let checks = gather(DEPENDENCIES.map(|dependency| {
        let stage = &stage;
        async move {
            let outcome = dependency.check(stage.clone()).await;
            told(stage, dependency, began, Ok(outcome))
        }
    }));
    match timeout(&stage.clock(), limit(&stage), checks).await {
        Ok(checks) => finish(&stage, began, checks),
        Err(Elapsed) => {
            let elapsed = stage.clock().now().since(began);
            publish(&stage, Health::Degraded, &HealthReport { checks: Vec::new(), elapsed });
            Ok(())
        }
    }
}

pub(super) async fn no_timeout(stage: Stage) -> Result<(), Uncaught> {
    let began = stage.clock().now();
    let checks = DEPENDENCIES.map(|dependency| {
        let stage = &stage;
        async move {
            let outcome = dependency.check(stage.clone()).await;
            told(stage, dependency, began, Ok(outcome))
        }
    });
    let checks = gather(checks).await;
    finish(&stage, began, checks)
}

pub(super) async fn silence_is_health(stage: Stage) -> Result<(), Uncaught> {
    let checks = DEPENDENCIES
        .map(|dependency| HealthCheck::new(dependency.name, limit(&stage), dependency.check(stage.clone())));
    let report = check_health(&stage.clock(), checks).await;
    // No errors, so all is well? A check that was given up has said nothing at all.
    let errors = report.checks.iter().filter(|check| matches!(check.outcome, HealthOutcome::Failed(_)));
    let status = if errors.count() == 0 { Health::Ok } else { Health::Degraded };
    publish(&stage, status, &report);
    Ok(())
}

fn told(
    stage: &Stage,
    dependency: Dependency,
    began: Instant,
    outcome: Result<Result<(), String>, Elapsed>,
) -> CheckReport {
    let outcome = match outcome {
        Ok(Ok(())) => HealthOutcome::Ok,
        Ok(Err(error)) => HealthOutcome::Failed(error),
        Err(Elapsed) => HealthOutcome::TimedOut,
    };
    CheckReport { name: dependency.name.into(), outcome, elapsed: stage.clock().now().since(began) }
}

fn finish(stage: &Stage, began: Instant, checks: Vec<CheckReport>) -> Result<(), Uncaught> {
    let report = HealthReport { checks, elapsed: stage.clock().now().since(began) };
    publish(stage, report.health(), &report);
    Ok(())
}
