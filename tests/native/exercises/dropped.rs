//! The cancellation sweep over the exercises: the run is dropped at every step, and run at settings that cancel its tasks.

use super::{FACTS, Facts, broken, request, run};
use crate::proof::{cut_off, poll_once, sweep};
use async_playground::{
    exercises::{Request, Session, Verdict, judge},
    runtime::{AtOnce, Instant, Pace, SimulatedTime, Timers},
};
use std::task::{Context, Poll};

/// Returns to the host before each step of a task.
struct StepByStep {
    stepping: bool,
    pace: AtOnce,
}

/// A run that takes one step at each poll, after a first poll that only starts it, and the clock of its tasks.
pub(super) fn step_by_step(request: &Request) -> (Session, Timers) {
    let time = SimulatedTime::default();
    let clock = Timers::new(time.clone());
    let pace = StepByStep { stepping: false, pace: AtOnce(time) };
    (Session::new(request, clock.clone(), Box::new(pace)), clock)
}

impl Pace for StepByStep {
    fn poll_turn(&mut self, _: &mut Context<'_>) -> Poll<()> {
        self.stepping = !self.stepping;
        if self.stepping { Poll::Pending } else { Poll::Ready(()) }
    }

    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()> {
        self.pace.poll_advance(cx, next)
    }
}

#[test]
fn a_run_dropped_at_any_step_leaves_no_task_and_no_timer() {
    let mut total = 0;
    for &Facts { slug, trouble, .. } in FACTS {
        for (settings, seed) in [(&[][..], None), (trouble, None), (trouble, Some(1)), (trouble, Some(2))] {
            let steps = sweep(1, |_, cut| {
                let request = request(slug, "correct", settings, seed);
                let (session, clock) = step_by_step(&request);
                let trace = session.trace().clone();
                let mut run = cut_off(session, Some(cut));
                let ended = loop {
                    if let Poll::Ready(ended) = poll_once(&mut run) {
                        break ended;
                    }
                };
                // No timer is left, so no task that sleeps is left either.
                assert_eq!(clock.pending(), 0, "{slug} {settings:?} dropped at {cut:?}");
                let events = trace.events(0, usize::MAX);
                let report = ended.as_ref().map(|ended| judge(&request, &events, ended));
                let rule_broken = report.as_ref().map_or(Vec::new(), broken);
                assert_eq!(rule_broken, [""; 0], "{slug} {settings:?}");
                ended.is_none()
            });
            assert!(steps >= 8, "{slug}: {steps} steps");
            total += steps;
        }
    }
    println!("exercises: {} runs at 4 settings each, dropped at {total} steps", FACTS.len());
}

#[test]
fn settings_that_cancel_tasks_break_no_rule_under_any_seed() {
    let mut runs = 0;
    for &Facts { slug, trouble, .. } in FACTS {
        for seed in 0..100 {
            let report = run(slug, "correct", trouble, Some(seed));
            assert_eq!(report.error, None, "{slug} {trouble:?}, seed {seed}");
            assert_eq!(broken(&report), [""; 0], "{slug} {trouble:?}, seed {seed}");
            assert_eq!(report.verdict, Verdict::Passed);
            runs += 1;
        }
    }
    println!("exercises: {runs} runs with cancelled tasks");
}
