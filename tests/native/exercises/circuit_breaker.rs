//! The circuit breaker exercise: its timeline under each setting, its mistakes, and its rules at random settings.

use super::{Facts, Hidden, broken, run, seen};
use async_playground::{
    exercises::{Report, Verdict},
    trace::{Edge, What},
};

const SLUG: &str = "circuit-breaker";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 600.0,
    trouble: &[("callers", "2"), ("service_ms", "20"), ("give_up_every", "3")],
    small: &[("callers", "3"), ("calls", "2"), ("failing", "2"), ("threshold", "2")],
    hidden: &[Hidden { mistake: "recovery-timer", small: &[], tried: 1, order: &[1] }],
    close_deadlines: &[
        &[("callers", "4"), ("service_ms", "5"), ("interval_ms", "10"), ("calls", "50")],
        &[("callers", "4"), ("service_ms", "10"), ("give_up_every", "3"), ("calls", "50")],
        &[("callers", "3"), ("recovery_ms", "10"), ("interval_ms", "10"), ("failing", "40")],
    ],
    ..Facts::NONE
};

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
fn a_cancelled_test_call_is_followed_by_the_next_call() {
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
        "At 150 ms call 4 reached the service, which should have been left alone until 400 ms; this happened 8 times"
    );
}

#[test]
fn a_timer_that_half_opens_loses_a_race_in_an_unlucky_order() {
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

/// The calls that hold a resource, in the order in which they begin: when, and which.
fn holds(program: &str, settings: &[(&str, &str)], resource: &str) -> Vec<(f64, String)> {
    let uses = seen::events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::Use { of, label, phase: Edge::Begin, .. } if of == resource => {
            Some((event.at.as_millis(), label?.to_string()))
        }
        _ => None,
    });
    uses.collect()
}

#[test]
fn the_calls_that_reach_the_service_and_the_test_calls_are_uses() {
    let call = |at, name: &str| (at, name.to_owned());
    let reached = [call(0.0, "call 1"), call(50.0, "call 2"), call(100.0, "call 3"), call(400.0, "call 9")];
    assert_eq!(holds("correct", &[], "service"), reached);
    assert_eq!(holds("correct", &[], "test call"), reached[3..]);
    assert_eq!(holds("no-breaker", &[], "service").len(), 12);
    let many = [("callers", "3"), ("service_ms", "10")];
    assert_eq!(holds("correct", &many, "test call").len(), 1);
    assert_eq!(holds("many-test-calls", &many, "test call").len(), 3);
}

#[test]
fn the_evidence_says_what_happened() {
    let late = [("callers", "4"), ("failing", "3"), ("service_ms", "10")];
    assert_eq!(
        evidence(&run(SLUG, "late-result", &late, None), "late-results"),
        "At 10 ms the late answer of call 4, made at 0 ms, changed OPEN to CLOSED"
    );
    let stuck = [("service_ms", "10"), ("give_up_every", "9")];
    assert_eq!(
        evidence(&run(SLUG, "stuck-test-call", &stuck, None), "test-call-freed"),
        "At 485 ms call 10 was refused although no test call was under way; this happened 3 times"
    );
    assert_eq!(
        evidence(&run(SLUG, "correct", &[], None), "late-results"),
        "0 late answers, ignored by the breaker"
    );
}
