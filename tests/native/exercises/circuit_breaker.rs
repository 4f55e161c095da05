//! The circuit breaker exercise: its timeline under each knob, its mistakes, and its laws at random settings.

use super::{broken, late, run};
use async_playground::{
    exercises::{Input, Report, Run, Settings, Verdict},
    trace::What,
};
use proptest::prelude::*;

const SLUG: &str = "circuit-breaker";

/// The transitions of a run: when, from, to.
fn transitions(variant: &str, knobs: &[(&str, &str)]) -> Vec<(f64, String)> {
    let knobs = knobs.iter().map(|(name, value)| ((*name).into(), Input::Spelled((*value).into())));
    let mut run = Run::simulated(Settings::new(SLUG, Some(variant), knobs, None).unwrap());
    run.to_end();
    let changes = run.new_events().into_iter().filter_map(|event| match event.what {
        What::State { from, to, .. } => Some((event.at.as_millis(), format!("{from} {to}"))),
        _ => None,
    });
    changes.collect()
}

#[track_caller]
fn check(variant: &str, knobs: &[(&str, &str)], due: &[(f64, &str)]) {
    let due: Vec<_> = due.iter().map(|(at, change)| (*at, (*change).to_owned())).collect();
    assert_eq!(transitions(variant, knobs), due);
}

fn evidence(report: &Report, law: &str) -> String {
    report.laws.iter().find(|found| found.slug == law).unwrap().evidence.clone()
}

#[test]
fn the_default_run_prints_the_whole_transcript_and_ends_at_600() {
    let report = run(SLUG, "sound", &[], None);
    assert_eq!((report.verdict, report.elapsed), (Verdict::Passed, 600.0), "{:?}", broken(&report));
    check("sound", &[], &[(100.0, "CLOSED OPEN"), (400.0, "OPEN HALF_OPEN"), (400.0, "HALF_OPEN OPEN")]);
}

#[test]
fn each_knob_moves_what_it_names() {
    check("sound", &[("threshold", "6")], &[]);
    let closes = [(100.0, "CLOSED OPEN"), (400.0, "OPEN HALF_OPEN"), (400.0, "HALF_OPEN CLOSED")];
    check("sound", &[("failing", "3")], &closes);
    // A result is there 10 ms after its call; the recovery time counts from the result.
    let later = [(130.0, "CLOSED OPEN"), (430.0, "OPEN HALF_OPEN"), (440.0, "HALF_OPEN OPEN")];
    check("sound", &[("service_ms", "10")], &later);
    check("sound", &[("callers", "3"), ("recovery_ms", "10000")], &[(0.0, "CLOSED OPEN")]);
}

#[test]
fn a_cancelled_probe_is_followed_by_the_next_call() {
    let knobs = [("service_ms", "10"), ("give_up_every", "9"), ("failing", "4")];
    let due = [(130.0, "CLOSED OPEN"), (430.0, "OPEN HALF_OPEN"), (495.0, "HALF_OPEN CLOSED")];
    check("sound", &knobs, &due);
    check("stuck-probe", &knobs, &due[..2]);
}

#[test]
fn a_dead_service_without_a_breaker_is_called_all_the_same() {
    let report = run(SLUG, "no-breaker", &[("failing", "1000")], None);
    assert_eq!(
        evidence(&report, "open-is-shut"),
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
    let report = run(SLUG, "sound", &many, Some(3));
    assert_eq!(broken(&report), [""; 0]);
}

fn knobs() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    // Few different times, so that many things happen at the same moment.
    let time = || prop::sample::select(vec![0, 5, 10, 20, 50]);
    (1..5, prop::sample::select(vec![1, 10, 50, 300]), 0..12, 1..15, time(), 1..6, time(), 0..5).prop_map(
        |(threshold, recovery, failing, calls, interval, callers, service, give_up)| {
            let value = |number: i32| number.to_string();
            vec![
                ("threshold", value(threshold)),
                ("recovery_ms", value(recovery)),
                ("failing", value(failing)),
                ("calls", value(calls)),
                ("interval_ms", value(interval)),
                ("callers", value(callers)),
                ("service_ms", value(service)),
                ("give_up_every", value(give_up)),
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
        for variant in ["no-breaker", "thundering-probes", "late-result", "stuck-probe", "recovery-timer"] {
            prop_assert_eq!(run(SLUG, variant, &knobs, seed).error, None);
        }
    }
}
