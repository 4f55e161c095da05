//! A health endpoint that checks its dependencies at the same time and reports on each.

use std::{future::pending, time::Duration};

use crate::{
    exercises::{Uncaught, World},
    patterns::{Health, HealthCheck, HealthOutcome, HealthReport, check_health},
};

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let checks = DEPENDENCIES.map(|dependency| {
        // Each check has its own timeout, so one that hangs does not affect the others.
        HealthCheck::new(dependency.name, limit(&world), dependency.check(world.clone()))
    });
    let report = check_health(&world.clock(), checks).await;
    publish(&world, report.health(), &report);
    Ok(())
}

pub(super) fn limit(world: &World) -> Duration {
    world.settings().millis("timeout_ms")
}

/// A dependency of the service, and the setting with its latency.
#[derive(Clone, Copy)]
pub(super) struct Dependency {
    pub(super) name: &'static str,
    pub(super) latency: &'static str,
}

pub(super) const DEPENDENCIES: [Dependency; 3] = [
    Dependency { name: "database", latency: "database_ms" },
    Dependency { name: "cache", latency: "cache_ms" },
    Dependency { name: "queue", latency: "queue_ms" },
];

impl Dependency {
    /// Runs the check in a task of its own. Dropping this future cancels the task.
    pub(super) async fn check(self, world: World) -> Result<(), String> {
        let asked = world.spawn(self.name, self.answer(world.clone())).cancel_on_drop();
        let answer = world.waiting_for("check", self.name, asked).await;
        answer.unwrap_or_else(|cancelled| Err(cancelled.to_string()))
    }

    async fn answer(self, world: World) -> Result<(), String> {
        let condition = world.settings().word(self.name);
        let _check = world.holds(format!("check {}", self.name), Some(condition.into()));
        if condition == "hangs" {
            world.waiting_for("reply", self.name, pending::<()>()).await;
        }
        world.reply("reply", self.name, world.settings().millis(self.latency)).await;
        if condition == "fails" { Err("connection refused".into()) } else { Ok(()) }
    }
}

/// Reports what became of each check, the status and the total time.
pub(super) fn publish(world: &World, status: Health, report: &HealthReport) {
    for check in &report.checks {
        let outcome = match &check.outcome {
            HealthOutcome::Ok => "ok",
            HealthOutcome::Failed(_) => "failed",
            HealthOutcome::TimedOut => "timed out",
        };
        world.result(check.name.clone(), &outcome);
    }
    world.result("status", &status.to_string());
    world.result("total_ms", &report.elapsed.as_millis());

    world.log(format!("Overall status: {status}"));
    world.log(format!("Services checked: {}", report.checks.len()));
    let quick = report.elapsed < Duration::from_millis(100);
    world.log(format!("Total ms < 100: {}", if quick { "True" } else { "False" }));
}
