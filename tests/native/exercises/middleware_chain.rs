//! The middleware exercise: its output under each setting, its mistakes, and its rules at random settings.

use super::{Facts, run, seen};
use async_playground::{
    exercises::Verdict,
    trace::{Edge, What},
};

const SLUG: &str = "middleware-chain";

pub(super) const FACTS: Facts = Facts {
    slug: SLUG,
    end: 50.0,
    trouble: &[("handler_fails", "true"), ("requests", "3")],
    small: &[("requests", "3"), ("gap_ms", "0")],
    of_every_call: &["errors-pass-out", "refusal"],
    close_deadlines: &[&[("requests", "20"), ("gap_ms", "2")]],
    ..Facts::NONE
};

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
    // In the wrong order the layers give nearly the same answer.
    let turned = "Response: {'user': 'Alice', 'status': 200, 'timing_ms': 50.0, 'authenticated': True}";
    check("composed-forwards", &[], &[due[0], due[1], turned], 50.0);
}

#[test]
fn without_a_token_only_the_layers_outside_auth_run() {
    let refused = "Response: {'error': 'unauthorized', 'status': 401, 'timing_ms': 0.0}";
    check("correct", &[("token", "false")], &[refused], 0.0);
    let outside =
        ["  >> /users/1 start", "  << /users/1 done", "Response: {'error': 'unauthorized', 'status': 401}"];
    check("correct", &[("token", "false"), ("layers", "logging,auth,timing")], &outside, 0.0);
    let settings = [("token", "false"), ("layers", "timing")];
    check("correct", &settings, &["Response: {'user': 'Alice', 'status': 200, 'timing_ms': 50.0}"], 50.0);
}

#[test]
fn an_error_still_gets_its_end_line() {
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

/// Where a request is, from the outside in and out again: `>` enters, `<` leaves, each with its time.
fn passage(program: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let uses = seen::events(SLUG, program, settings).into_iter().filter_map(|event| match event.what {
        What::Use { task: 1, of, phase, .. } => {
            let edge = if phase == Edge::Begin { '>' } else { '<' };
            Some(format!("{} {edge}{of}", event.at.as_millis()))
        }
        _ => None,
    });
    uses.collect()
}

#[test]
fn the_layers_are_nested_uses() {
    assert_eq!(
        passage("correct", &[]),
        [
            "0 >timing",
            "0 >stopwatch",
            "0 >auth",
            "0 >logging",
            "0 >handler",
            "50 <handler",
            "50 <logging",
            "50 <auth",
            "50 <stopwatch",
            "50 <timing"
        ]
    );
    let refused = ["0 >timing", "0 >stopwatch", "0 >auth", "0 <auth", "0 <stopwatch", "0 <timing"];
    assert_eq!(passage("correct", &[("token", "false")]), refused);
    assert_eq!(passage("composed-forwards", &[])[0], "0 >logging");
    let cut_off = passage("shared-stopwatch", &[("requests", "2"), ("gap_ms", "10")]);
    assert!(cut_off.contains(&"10 <stopwatch".to_owned()), "{cut_off:?}");
}

#[test]
fn the_evidence_says_what_happened() {
    let evidence = |program: &str, settings: &[(&str, &str)]| {
        let rules = run(SLUG, program, settings, None).rules.into_iter();
        rules.filter(|rule| !rule.held).map(|rule| rule.evidence).collect::<Vec<_>>()
    };
    assert_eq!(evidence("correct", &[]), [""; 0]);
    assert_eq!(
        evidence("composed-forwards", &[]),
        ["At 0 ms request 1 entered auth inside logging; this happened 2 times"]
    );
    assert_eq!(
        evidence("without-finally", &[("handler_fails", "true")]),
        ["At 0 ms request 1 wrote its start line, and its end line never came"]
    );
    assert_eq!(
        evidence("late-check", &[("token", "false")]),
        [
            "At 0 ms logging ran for request 1, which auth refuses; this happened 2 times",
            "The response of request 1 has a timing_ms of 50 ms; what is inside the timing layer took 0 ms"
        ]
    );
    assert_eq!(
        evidence("shared-stopwatch", &[("requests", "2"), ("gap_ms", "10")]),
        ["The response of request 1 has a timing_ms of 40 ms; what is inside the timing layer took 50 ms"]
    );
}
