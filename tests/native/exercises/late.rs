//! Rules on timers that behave like real ones: never early, and each late by a few milliseconds.

use super::{FACTS, broken, draw::Drawn, request};
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
    /// Each timer is late by that many microseconds.
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

#[test]
fn rules_hold_with_late_timers_where_deadlines_are_close() {
    let close =
        FACTS.iter().flat_map(|facts| facts.close_deadlines.iter().map(|settings| (facts.slug, settings)));
    for (slug, settings) in close {
        for lateness in 0..200 {
            let report = run(request(slug, "correct", settings, None), lateness);
            assert_eq!(broken(&report), [""; 0], "{slug} {settings:?} {lateness}");
        }
    }
}

/// Browsers make nested timers wait for at least 4 ms.
#[test]
fn the_sum_of_many_short_waits_may_be_late_by_each_of_them() {
    let sums = FACTS.iter().flat_map(|facts| facts.many_waits.iter().map(|settings| (facts.slug, settings)));
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
