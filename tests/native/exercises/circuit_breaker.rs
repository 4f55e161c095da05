//! The circuit breaker exercise: its timeline under each setting, its mistakes, and its rules at random settings.

use super::{broken, run, seen};
use async_playground::{
    exercises::{Report, Verdict},
    trace::What,
};

const SLUG: &str = "circuit-breaker";

/// The transitions of a run: when, from, to.
fn transitions(program: &str, settings: &[(&str, &str)]) -> Vec<(f64, String)> {
    let changes = seen::events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::State { from, to, .. } => Some((event.at.as_millis(), format!("{from} {to}"))),
        _ => None,
    });
    changes.collect()
}

#[track_caller]
fn check(program: &str, settings: &[(&str, &str)], due: &[(f64, &str)]) {
    let due: Vec<_> = due.iter().map(|(at, change)| (*at, (*change).to_owned())).collect();
    assert_eq!(transitions(program, settings), due);
}

fn evidence(report: &Report, rule: &str) -> String {
    report.rules.iter().find(|found| found.slug == rule).unwrap().evidence.clone()
}

#[test]
fn the_default_run_prints_the_whole_output_and_ends_at_600() {
    let report = run(SLUG, "correct", &[], None);
    assert_eq!((report.verdict, report.elapsed), (Verdict::Passed, 600.0), "{:?}", broken(&report));
    check("correct", &[], &[(100.0, "CLOSED OPEN"), (400.0, "OPEN HALF_OPEN"), (400.0, "HALF_OPEN OPEN")]);
}

#[test]
fn each_setting_moves_what_it_names() {
    check("correct", &[("threshold", "6")], &[]);
    let closes = [(100.0, "CLOSED OPEN"), (400.0, "OPEN HALF_OPEN"), (400.0, "HALF_OPEN CLOSED")];
    check("correct", &[("failing", "3")], &closes);
    // A result is there 10 ms after its call; the recovery time counts from the result.
    let later = [(130.0, "CLOSED OPEN"), (430.0, "OPEN HALF_OPEN"), (440.0, "HALF_OPEN OPEN")];
    check("correct", &[("service_ms", "10")], &later);
    check("correct", &[("callers", "3"), ("recovery_ms", "10000")], &[(0.0, "CLOSED OPEN")]);
}

#[test]
fn a_cancelled_probe_is_followed_by_the_next_call() {
    let settings = [("service_ms", "10"), ("give_up_every", "9"), ("failing", "4")];
    let due = [(130.0, "CLOSED OPEN"), (430.0, "OPEN HALF_OPEN"), (495.0, "HALF_OPEN CLOSED")];
    check("correct", &settings, &due);
    check("stuck-test-call", &settings, &due[..2]);
}

#[test]
fn a_dead_service_without_a_breaker_is_called_all_the_same() {
    let report = run(SLUG, "no-breaker", &[("failing", "1000")], None);
    assert_eq!(
        evidence(&report, "open-refuses"),
        "8 of 12 calls reached the service while it was to be left alone"
    );
}

#[test]
fn a_timer_that_half_opens_loses_a_race_that_fifo_order_lets_it_win() {
    assert_eq!(run(SLUG, "recovery-timer", &[], None).verdict, Verdict::Passed);
    let lost =
        (0..20).filter(|seed| run(SLUG, "recovery-timer", &[], Some(*seed)).verdict == Verdict::Failed);
    assert!(lost.count() > 0);
}

#[test]
fn thousands_of_calls_are_judged_quickly() {
    let many = [("callers", "100"), ("calls", "1000"), ("failing", "1000"), ("service_ms", "7")];
    let report = run(SLUG, "correct", &many, Some(3));
    assert_eq!(broken(&report), [""; 0]);
}
