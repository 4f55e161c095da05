//! The middleware exercise: its output under each setting, its mistakes, and its rules at random settings.

use super::{run, seen};
use async_playground::exercises::Verdict;

const SLUG: &str = "middleware-chain";

/// The output and the end in milliseconds.
fn output(program: &str, settings: &[(&str, &str)]) -> (Vec<String>, f64) {
    let lines = seen::lines(SLUG, program, settings).into_iter().map(|(_, line)| line);
    (lines.collect(), run(SLUG, program, settings, None).elapsed)
}

#[track_caller]
fn check(program: &str, settings: &[(&str, &str)], due: &[&str], end: f64) {
    assert_eq!(output(program, settings), (due.iter().map(|line| (*line).to_owned()).collect(), end));
}

#[test]
fn the_default_run_ends_with_the_handler() {
    let due = [
        "  >> /users/1 start",
        "  << /users/1 done",
        "Response: {'user': 'Alice', 'status': 200, 'authenticated': True, 'timing_ms': 50.0}",
    ];
    check("correct", &[], &due, 50.0);
    // Put on in the wrong order, the layers answer nearly the same.
    let turned = "Response: {'user': 'Alice', 'status': 200, 'timing_ms': 50.0, 'authenticated': True}";
    check("composed-forwards", &[], &[due[0], due[1], turned], 50.0);
}

#[test]
fn without_a_token_only_what_is_outside_of_auth_runs() {
    let refused = "Response: {'error': 'unauthorized', 'status': 401, 'timing_ms': 0.0}";
    check("correct", &[("token", "false")], &[refused], 0.0);
    let outside =
        ["  >> /users/1 start", "  << /users/1 done", "Response: {'error': 'unauthorized', 'status': 401}"];
    check("correct", &[("token", "false"), ("layers", "logging,auth,timing")], &outside, 0.0);
    let settings = [("token", "false"), ("layers", "timing")];
    check("correct", &settings, &["Response: {'user': 'Alice', 'status': 200, 'timing_ms': 50.0}"], 50.0);
}

#[test]
fn an_error_passes_the_end_line_on_its_way_out() {
    let due = ["  >> /users/1 start", "  << /users/1 done", "Error: database is gone"];
    check("correct", &[("handler_fails", "true")], &due, 50.0);
    check("without-finally", &[("handler_fails", "true")], &[due[0], due[2]], 50.0);
}

#[test]
fn a_chain_of_no_layers_is_its_handler() {
    let due = ["Response: {'user': 'Alice', 'status': 200}"];
    check("correct", &[("layers", ""), ("handler_ms", "0")], &due, 0.0);
}

#[test]
fn a_shared_stopwatch_is_restarted_by_the_next_request() {
    let (lines, end) = output("shared-stopwatch", &[("requests", "2"), ("gap_ms", "10")]);
    assert_eq!(end, 60.0);
    assert!(lines.iter().any(|line| line.ends_with("'timing_ms': 40.0}")), "{lines:?}");
}

#[test]
fn a_thousand_requests_are_judged_quickly() {
    let report = run(SLUG, "correct", &[("requests", "1000")], Some(1));
    assert_eq!((report.verdict, report.tasks, report.elapsed), (Verdict::Passed, 1001, 50.0));
}
