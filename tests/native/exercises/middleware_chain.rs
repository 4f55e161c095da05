//! The middleware exercise: its transcript under each knob, its mistakes, and its laws at random settings.

use super::{broken, late, run};
use async_playground::{
    exercises::{Input, Run, Settings, Verdict},
    trace::What,
};
use proptest::prelude::*;

const SLUG: &str = "middleware-chain";

/// The transcript and the end in milliseconds.
fn transcript(variant: &str, knobs: &[(&str, &str)]) -> (Vec<String>, f64) {
    let knobs = knobs.iter().map(|(name, value)| ((*name).into(), Input::Spelled((*value).into())));
    let mut run = Run::simulated(Settings::new(SLUG, Some(variant), knobs, None).unwrap());
    let end = run.to_end().elapsed;
    let lines = run.new_events().into_iter().filter_map(|event| match event.what {
        What::Log { line, .. } => Some(line),
        _ => None,
    });
    (lines.collect(), end)
}

#[track_caller]
fn check(variant: &str, knobs: &[(&str, &str)], due: &[&str], end: f64) {
    assert_eq!(transcript(variant, knobs), (due.iter().map(|line| (*line).to_owned()).collect(), end));
}

#[test]
fn the_default_run_ends_with_the_handler() {
    let due = [
        "  >> /users/1 start",
        "  << /users/1 done",
        "Response: {'user': 'Alice', 'status': 200, 'authenticated': True, 'timing_ms': 50.0}",
    ];
    check("sound", &[], &due, 50.0);
    // Put on in the wrong order, the layers answer nearly the same.
    let turned = "Response: {'user': 'Alice', 'status': 200, 'timing_ms': 50.0, 'authenticated': True}";
    check("composed-forwards", &[], &[due[0], due[1], turned], 50.0);
}

#[test]
fn without_a_token_only_what_is_outside_of_auth_runs() {
    let refused = "Response: {'error': 'unauthorized', 'status': 401, 'timing_ms': 0.0}";
    check("sound", &[("token", "false")], &[refused], 0.0);
    let outside =
        ["  >> /users/1 start", "  << /users/1 done", "Response: {'error': 'unauthorized', 'status': 401}"];
    check("sound", &[("token", "false"), ("layers", "logging,auth,timing")], &outside, 0.0);
    let knobs = [("token", "false"), ("layers", "timing")];
    check("sound", &knobs, &["Response: {'user': 'Alice', 'status': 200, 'timing_ms': 50.0}"], 50.0);
}

#[test]
fn an_error_passes_the_end_line_on_its_way_out() {
    let due = ["  >> /users/1 start", "  << /users/1 done", "Error: database is gone"];
    check("sound", &[("handler_fails", "true")], &due, 50.0);
    check("without-finally", &[("handler_fails", "true")], &[due[0], due[2]], 50.0);
}

#[test]
fn a_chain_of_no_layers_is_its_handler() {
    let due = ["Response: {'user': 'Alice', 'status': 200}"];
    check("sound", &[("layers", ""), ("handler_ms", "0")], &due, 0.0);
}

#[test]
fn a_shared_stopwatch_is_restarted_by_the_next_request() {
    let (lines, end) = transcript("shared-stopwatch", &[("requests", "2"), ("gap_ms", "10")]);
    assert_eq!(end, 60.0);
    assert!(lines.iter().any(|line| line.ends_with("'timing_ms': 40.0}")), "{lines:?}");
}

#[test]
fn a_thousand_requests_are_judged_quickly() {
    let report = run(SLUG, "sound", &[("requests", "1000")], Some(1));
    assert_eq!((report.verdict, report.tasks, report.elapsed), (Verdict::Passed, 1001, 50.0));
}

fn knobs() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let layers = prop::sample::subsequence(vec!["timing", "auth", "logging"], 0..=3).prop_shuffle();
    let time = || prop::sample::select(vec![0, 1, 10, 50_i32]);
    (layers, any::<bool>(), time(), any::<bool>(), 1..6_i32, time()).prop_map(
        |(layers, token, handler, fails, requests, gap)| {
            vec![
                ("layers", layers.join(",")),
                ("token", token.to_string()),
                ("handler_ms", handler.to_string()),
                ("handler_fails", fails.to_string()),
                ("requests", requests.to_string()),
                ("gap_ms", gap.to_string()),
            ]
        },
    )
}

proptest! {
    #[test]
    fn the_sound_one_keeps_every_law_with_late_timers(knobs in knobs(), lateness in 0..1000_u64) {
        let knobs: Vec<_> = knobs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let report = late::run(SLUG, &knobs, lateness);
        prop_assert_eq!(broken(&report), [""; 0]);
        prop_assert_eq!(report.error, None);
    }

    #[test]
    fn the_sound_one_keeps_every_law_and_the_others_end(knobs in knobs(), seed in prop::option::of(0..1000_u32)) {
        let knobs: Vec<_> = knobs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let report = run(SLUG, "sound", &knobs, seed);
        prop_assert_eq!(report.verdict, Verdict::Passed, "{:?} {:?}", broken(&report), report.error);
        for variant in ["composed-forwards", "without-finally", "late-check", "shared-stopwatch"] {
            prop_assert_eq!(run(SLUG, variant, &knobs, seed).error, None);
        }
    }
}
