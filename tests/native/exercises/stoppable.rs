//! A run that goes no further than a given number of steps, to be dropped there.

use async_playground::{
    exercises::{ClockKind, Run, Settings},
    runtime::{AtOnce, Instant, Pace, SimulatedTime, Timers},
};
use std::task::{Context, Poll};

struct Steps {
    left: usize,
    pace: AtOnce,
}

impl Pace for Steps {
    fn poll_turn(&mut self, _: &mut Context<'_>) -> Poll<()> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Poll::Ready(())
            }
            None => Poll::Pending,
        }
    }

    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()> {
        self.pace.poll_advance(cx, next)
    }
}

/// The default run of an exercise, and its clock.
pub(super) fn run(slug: &str, steps: usize) -> (Run, Timers) {
    let time = SimulatedTime::default();
    let clock = Timers::new(time.clone());
    let pace = Box::new(Steps { left: steps, pace: AtOnce(time) });
    (Run::new(Settings::of(slug).unwrap(), ClockKind::Instant, clock.clone(), pace), clock)
}
