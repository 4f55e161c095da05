//! A health endpoint that asks everything it depends on at the same time, and reports on each.

use std::{future::pending, time::Duration};

use crate::{
    exercises::{Stage, Uncaught},
    patterns::{Health, HealthCheck, HealthOutcome, HealthReport, check_health},
};

pub(super) async fn run(stage: Stage) -> Result<(), Uncaught> {
    let checks = DEPENDENCIES.map(|dependency| {
        // A limit for each check: one that hangs is given up, and the others are not.
        HealthCheck::new(dependency.name, limit(&stage), dependency.check(stage.clone()))
    });
    let report = check_health(&stage.clock(), checks).await;
    publish(&stage, report.health(), &report);
    Ok(())
}

pub(super) fn limit(stage: &Stage) -> Duration {
    stage.settings().millis("timeout_ms")
}

/// Something that the service cannot do without, and the settings that say how it is.
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
    /// Asks in a task of its own, which ends with this future.
    pub(super) async fn check(self, stage: Stage) -> Result<(), String> {
        let asked = stage.spawn(self.name, self.answer(stage.clone())).cancel_on_drop();
        stage.waiting(self.name, asked).await.unwrap_or_else(|cancelled| Err(cancelled.to_string()))
    }

    async fn answer(self, stage: Stage) -> Result<(), String> {
        let condition = stage.settings().word(self.name);
        if condition == "hangs" {
            stage.waiting("an answer", pending::<()>()).await;
        }
        stage.sleep(stage.settings().millis(self.latency)).await;
        if condition == "fails" { Err("connection refused".into()) } else { Ok(()) }
    }
}

/// What the endpoint answers.
pub(super) fn publish(stage: &Stage, status: Health, report: &HealthReport) {
    for check in &report.checks {
        let outcome = match &check.outcome {
            HealthOutcome::Ok => "ok",
            HealthOutcome::Failed(_) => "failed",
            HealthOutcome::TimedOut => "timed out",
        };
        stage.result(check.name.clone(), &outcome);
    }
    stage.result("status", &status.to_string());
    stage.result("total_ms", &report.elapsed.as_millis());

    stage.log(format!("Overall status: {status}"));
    stage.log(format!("Services checked: {}", report.checks.len()));
    let quick = report.elapsed < Duration::from_millis(100);
    stage.log(format!("Total ms < 100: {}", if quick { "True" } else { "False" }));
}
