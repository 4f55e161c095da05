//! Rules on timers as real ones are: never early, and late by some milliseconds, each by another few.

use super::{broken, draw::Drawn, request};
use async_playground::{
    exercises::{ClockKind, Report, Request, Session, Verdict, catalogue},
    runtime::{AtOnce, Instant, Pace, Random, SimulatedTime, Timers},
};
use std::{
    ops::Range,
    task::{Context, Poll},
    time::Duration,
};

struct Late {
    pace: AtOnce,
    random: Random,
    /// Each is late by so many microseconds.
    by: Range<u32>,
}

impl Pace for Late {
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.pace.poll_turn(cx)
    }

    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()> {
        let late = self.by.start + self.random.below(self.by.end - self.by.start);
        self.pace.poll_advance(cx, next.after(Duration::from_micros(u64::from(late))))
    }
}

fn run(request: Request, lateness: u64) -> Report {
    run_late(request, lateness, 0..4_000)
}

fn run_late(request: Request, lateness: u64, by: Range<u32>) -> Report {
    let time = SimulatedTime::default();
    let pace = Late { pace: AtOnce(time.clone()), random: Random::new(lateness), by };
    let request = Request { clock: ClockKind::Real, ..request };
    Session::new(&request, Timers::new(time), Box::new(pace)).to_report()
}

#[test]
fn a_correct_exercise_passes_with_timers_that_are_late() {
    for exercise in catalogue() {
        for lateness in 0..50 {
            let report = run(Request::of(exercise.slug).unwrap(), lateness);
            let slug = exercise.slug;
            assert_eq!(broken(&report), [""; 0], "{slug} {lateness}");
            assert_eq!(report.verdict, Verdict::Passed, "{slug} {lateness}: {:#?}", report.rows);
        }
    }
}

/// Where two deadlines are close, late timers decide which comes first.
#[test]
fn rules_hold_with_late_timers_where_deadlines_are_close() {
    let close: &[(&str, &[(&str, &str)])] = &[
        ("concurrent-requests", &[("n", "500"), ("io_ms", "1")]),
        ("background-task", &[("send_ms", "300"), ("wait_ms", "200"), ("grace_ms", "101"), ("orders", "9")]),
        ("background-task", &[("send_ms", "200"), ("wait_ms", "200"), ("grace_ms", "0"), ("orders", "9")]),
        ("health-check", &[("timeout_ms", "31"), ("database", "hangs")]),
        ("health-check", &[("timeout_ms", "49"), ("queue", "fails")]),
        ("request-timeout", &[("timeout_ms", "51"), ("slow_ms", "52")]),
        ("request-timeout", &[("timeout_ms", "500"), ("fast_ms", "490")]),
        ("circuit-breaker", &[("callers", "4"), ("service_ms", "5"), ("interval_ms", "10"), ("calls", "50")]),
        (
            "circuit-breaker",
            &[("callers", "4"), ("service_ms", "10"), ("give_up_every", "3"), ("calls", "50")],
        ),
        (
            "circuit-breaker",
            &[("callers", "3"), ("recovery_ms", "10"), ("interval_ms", "10"), ("failing", "40")],
        ),
        ("middleware-chain", &[("requests", "20"), ("gap_ms", "2")]),
        (
            "full-service",
            &[("ids", "1,2,3,1,2,3,1,2,3,1"), ("gap_ms", "10"), ("ttl_ms", "10"), ("fetch_ms", "10")],
        ),
        (
            "full-service",
            &[("ids", "1,2,3,4,5,6,7,8,9"), ("rate", "1000"), ("burst", "1"), ("fetch_ms", "2")],
        ),
        ("full-service", &[("ids", "1,1,2,2,3,4,5,6"), ("timeout_ms", "100"), ("gap_ms", "100")]),
        ("full-service", &[("ids", "1,1,2,2,3,4,5,6"), ("timeout_ms", "50"), ("outage_ms", "300")]),
        ("full-service", &[("ids", "1,1,2,2,3,4,5,6"), ("timeout_ms", "50"), ("give_up_every", "2")]),
    ];
    for (slug, settings) in close {
        for lateness in 0..200 {
            let report = run(request(slug, "correct", settings, None), lateness);
            assert_eq!(broken(&report), [""; 0], "{slug} {settings:?} {lateness}");
        }
    }
}

/// As in browsers, which make nested timers wait for 4 ms at least.
#[test]
fn the_sum_of_many_short_waits_may_be_late_by_each_of_them() {
    let sums: &[(&str, &[(&str, &str)])] = &[
        ("request-handler", &[("ids", "1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9,1,2"), ("query_ms", "1")]),
        ("concurrent-requests", &[("n", "100"), ("io_ms", "1")]),
        ("connection-pool", &[("queries", "100"), ("size", "1"), ("query_ms", "1")]),
        ("connection-pool", &[("queries", "301"), ("size", "3"), ("query_ms", "1"), ("cancel_every", "7")]),
    ];
    for (slug, settings) in sums {
        for lateness in 0..50 {
            let report = run_late(request(slug, "correct", settings, None), lateness, 3_000..5_000);
            assert_eq!(broken(&report), [""; 0], "{slug} {settings:?} {lateness}");
        }
    }
}

#[test]
fn rules_hold_with_late_timers_at_settings_drawn_at_random() {
    for exercise in catalogue() {
        for number in 0..300 {
            let drawn = Drawn::new(exercise, number);
            let report = run(drawn.of(exercise, "correct"), u64::from(number));
            assert_eq!(broken(&report), [""; 0], "{} {drawn:?}", exercise.slug);
        }
    }
}
