//! `cargo xtask test`: every check, one after the other, with a table at the end.
//!
//! After a failed check the others still run, except those that need its result. The output of the test runners is left as
//! it is.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::ValueEnum as _;

use crate::{
    checks::Check,
    project::{self, Project},
};

enum Outcome {
    Passed,
    Failed,
    NotRun,
}

/// Runs the checks in `only`, or all but the separate ones if it is empty.
pub fn run(only: &[Check]) -> Result<ExitCode> {
    let project = Project::open()?;
    let build = only.iter().any(|check| check.needs_build());
    let wanted = |check: &Check| {
        let by_default = only.is_empty() && !check.is_separate();
        by_default || only.contains(check) || (build && *check == Check::Build)
    };
    let mut table: Vec<(Check, Outcome, Duration)> = Vec::new();
    for check in Check::value_variants().iter().copied().filter(wanted) {
        eprintln!("\n==== {} ====", check.name());
        let began = Instant::now();
        let built = !table
            .iter()
            .any(|(check, outcome, _)| *check == Check::Build && !matches!(outcome, Outcome::Passed));
        let outcome = if check.needs_build() && !built {
            eprintln!("not run: the site was not built");
            Outcome::NotRun
        } else {
            match check.run(&project) {
                Ok(()) => Outcome::Passed,
                Err(error) => {
                    project::complain(&error);
                    Outcome::Failed
                }
            }
        };
        table.push((check, outcome, began.elapsed()));
    }
    println!("\n{:<10} {:<8} {:>8}", "check", "outcome", "seconds");
    for (check, outcome, took) in &table {
        let outcome = match outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::NotRun => "not run",
        };
        println!("{:<10} {outcome:<8} {:>8.1}", check.name(), took.as_secs_f64());
    }
    let passed = table.iter().all(|(_, outcome, _)| matches!(outcome, Outcome::Passed));
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
