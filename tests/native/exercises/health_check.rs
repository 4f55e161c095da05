//! The health check exercise: its report for dependencies that answer, fail or hang, and its mistakes.

use super::{
    Facts, broken, run,
    seen::{events, lines},
};
use async_playground::{exercises::Verdict, runtime::Phase, trace::What};

const SLUG: &str = "health-check";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 50.0,
    trouble: &[("cache", "hangs"), ("queue", "fails"), ("timeout_ms", "40")],
    small: &[("cache", "hangs"), ("timeout_ms", "40")],
    of_every_call: &["all-reported", "degraded-if-any", "hang-contained", "total-longest"],
    close_deadlines: &[
        &[("timeout_ms", "31"), ("database", "hangs")],
        &[("timeout_ms", "49"), ("queue", "fails")],
    ],
    ..Facts::NONE
};

/// Checks the status, the number of reported checks, whether the total is below 100 ms, and the time of the report.
#[track_caller]
fn check(program: &str, settings: &[(&str, &str)], (status, checks, quick): (&str, u8, bool), at: f64) {
    let quick = if quick { "True" } else { "False" };
    let expected = [
        format!("Overall status: {status}"),
        format!("Services checked: {checks}"),
        format!("Total ms < 100: {quick}"),
    ];
    assert_eq!(lines(SLUG, program, settings), expected.map(|line| (at, line)));
    assert_eq!(run(SLUG, program, settings, None).elapsed, at);
}

/// The outcomes of the checks that a run reported.
fn outcomes(program: &str, settings: &[(&str, &str)]) -> Vec<(String, String)> {
    let reported = events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::Result { of, value, .. } if !["status", "total_ms"].contains(&&*of) => {
            Some((of.to_string(), value.to_string()))
        }
        _ => None,
    });
    reported.collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, outcome)| ((*name).to_owned(), format!("{outcome:?}"))).collect()
}

#[test]
fn the_total_is_the_longest_check() {
    check("correct", &[], ("ok", 3, true), 50.0);
    check("correct", &[("queue_ms", "99")], ("ok", 3, true), 99.0);
    check("correct", &[("queue_ms", "100")], ("ok", 3, false), 100.0);
    check("correct", &[("database_ms", "0"), ("cache_ms", "0"), ("queue_ms", "0")], ("ok", 3, true), 0.0);
}

#[test]
fn a_failing_check_degrades_the_whole_and_hides_no_other_outcome() {
    let settings = [("cache", "fails")];
    check("correct", &settings, ("degraded", 3, true), 50.0);
    assert_eq!(
        outcomes("correct", &settings),
        pairs(&[("database", "ok"), ("cache", "failed"), ("queue", "ok")])
    );
}

#[test]
fn a_hanging_check_delays_the_report_until_its_timeout() {
    let settings = [("queue", "hangs"), ("database", "hangs"), ("timeout_ms", "80")];
    check("correct", &settings, ("degraded", 3, true), 80.0);
    assert_eq!(
        outcomes("correct", &settings),
        pairs(&[("database", "timed out"), ("cache", "ok"), ("queue", "timed out")])
    );
}

#[test]
fn a_check_that_times_out_is_cancelled() {
    let phases = events(SLUG, "correct", &[("timeout_ms", "40")]).into_iter().filter_map(|event| match event
        .what
    {
        What::Task { name, phase: Phase::Cancelled, .. } => Some((event.at.as_millis(), name.to_string())),
        _ => None,
    });
    assert_eq!(phases.collect::<Vec<_>>(), [(40.0, "database".to_owned())]);
}

#[test]
fn at_a_timeout_of_zero_every_check_times_out() {
    check("correct", &[("timeout_ms", "0")], ("degraded", 3, true), 0.0);
}

#[test]
fn checks_one_by_one_take_the_sum() {
    check("one-by-one", &[], ("ok", 3, false), 100.0);
}

#[test]
fn the_first_error_hides_the_other_checks_and_one_timeout_for_all_hides_every_check() {
    let settings = [("cache", "fails")];
    check("first-error-wins", &settings, ("degraded", 1, true), 20.0);
    assert_eq!(outcomes("first-error-wins", &settings), pairs(&[("cache", "failed")]));
    check("one-limit-for-all", &[("queue", "hangs")], ("degraded", 0, false), 500.0);
}

#[test]
fn without_a_timeout_a_hanging_check_is_a_deadlock() {
    let report = run(SLUG, "no-timeout", &[("queue", "hangs")], None);
    let error = report.error.as_deref().unwrap();
    assert!(error.ends_with(": queue waits for its reply."), "{error}");
    assert_eq!(run(SLUG, "no-timeout", &[("queue", "fails")], None).verdict, Verdict::Passed);
}

#[test]
fn a_check_that_times_out_counts_as_ok_in_silence_is_health() {
    let settings = [("queue", "hangs")];
    check("silence-is-health", &settings, ("ok", 3, false), 500.0);
    let said = "degraded-if-any: 2 checks were ok, of 3 reported, and the whole is called ok";
    assert_eq!(broken(&run(SLUG, "silence-is-health", &settings, None)), [said]);
}
