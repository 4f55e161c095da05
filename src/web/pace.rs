//! How time passes in the browser: live, at once in slices, or in step with real time.

use std::{
    cell::{Cell, RefCell},
    ops::RangeInclusive,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{
    clock::{browser_clock, performance_now},
    turn::PageTurn,
};
use crate::runtime::{Clock, Instant, Pace, SimulatedTime, Sleep, TimeSource, Timers};

/// How long a run may go on before the page has its turn, in milliseconds. To hand over what it did in that time takes
/// about as long again, so that both together are some 8.
const SLICE: f64 = 4.0;

/// How fast a paced run may go.
pub(super) const SPEEDS: RangeInclusive<f64> = 0.05..=20.0;

/// How many steps are taken between two looks at the time, which cost more than most steps.
const STEPS_A_LOOK: u32 = 32;

/// Gives the page a turn whenever a slice of time is used up.
#[derive(Default)]
pub(super) struct Turns {
    steps: u32,
    /// When the slice began; None until the first step after a wait.
    began: Option<f64>,
    rest: Option<PageTurn>,
}

impl Turns {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.steps = self.steps.wrapping_add(1);
        if self.rest.is_none() && self.began.is_some() && !self.steps.is_multiple_of(STEPS_A_LOOK) {
            return Poll::Ready(());
        }
        self.look(cx)
    }

    fn look(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(rest) = &mut self.rest {
            std::task::ready!(Pin::new(rest).poll(cx));
            self.rest = None;
            self.began = None;
        }
        let now = performance_now();
        if now - *self.began.get_or_insert(now) < SLICE {
            return Poll::Ready(());
        }
        Pin::new(self.rest.insert(PageTurn::default())).poll(cx)
    }

    /// The page has had a turn while the run waited.
    fn waited(&mut self) {
        self.began = None;
    }
}

/// Real time: the clock's own alarm wakes the sleepers.
#[derive(Default)]
pub(super) struct Live(Turns);

impl Pace for Live {
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll(cx)
    }

    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.look(cx)
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, _: Instant) -> Poll<()> {
        self.0.waited();
        Poll::Pending
    }
}

/// Simulated time, as fast as it goes, in slices.
pub(super) struct Slices {
    time: SimulatedTime,
    turns: Rc<RefCell<Turns>>,
}

impl Slices {
    pub(super) fn new(time: SimulatedTime) -> Self {
        Self::sharing(time, Rc::default())
    }

    /// As [`new`](Self::new), for one of several runs that have their slices in common, one run after another.
    pub(super) fn sharing(time: SimulatedTime, turns: Rc<RefCell<Turns>>) -> Self {
        Self { time, turns }
    }
}

impl Pace for Slices {
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.turns.borrow_mut().poll(cx)
    }

    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.turns.borrow_mut().look(cx)
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, next: Instant) -> Poll<()> {
        self.time.advance_to(next);
        Poll::Ready(())
    }
}

/// Simulated time in step with real time, at a speed that can be changed while a run goes on.
pub(super) struct Pacing {
    time: SimulatedTime,
    real: Timers,
    speed: Cell<f64>,
    leg: Cell<Option<Leg>>,
    waiting: RefCell<Option<Waker>>,
}

/// A wait for the next deadline, or what is left of it, in simulated time; and when, in real time, and at which speed
/// it was reckoned.
#[derive(Clone, Copy)]
struct Leg {
    from: Instant,
    next: Instant,
    since: Instant,
    speed: f64,
}

impl Pacing {
    pub(super) fn new(time: SimulatedTime, speed: f64) -> Rc<Self> {
        let (leg, waiting) = Default::default();
        Rc::new(Self { time, real: browser_clock(), speed: Cell::new(speed), leg, waiting })
    }

    /// Of no effect where it is none of [`SPEEDS`].
    pub(super) fn set_speed(&self, speed: f64) {
        if !SPEEDS.contains(&speed) {
            return;
        }
        self.catch_up();
        self.speed.set(speed);
    }

    /// Moves simulated time to where it is between two deadlines, from where the run goes on.
    pub(super) fn catch_up(&self) {
        if let Some(Leg { from, next, since, speed }) = self.leg.take() {
            let done = scaled(self.real.now().since(since), speed);
            self.time.advance_to(from.after(done).min(next));
        }
        let waiting = self.waiting.take();
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    /// The sleep until `next`, in real time.
    fn begin(&self, next: Instant) -> Sleep {
        let (from, since, speed) = (self.time.now(), self.real.now(), self.speed.get());
        self.leg.set(Some(Leg { from, next, since, speed }));
        self.real.sleep_until(since.after(scaled(next.since(from), speed.recip())))
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "float to int casts saturate, and a float holds 104 days of nanoseconds exactly"
)]
fn scaled(duration: Duration, factor: f64) -> Duration {
    Duration::from_nanos((duration.as_nanos() as f64 * factor) as u64)
}

/// Keeps a run in step.
pub(super) struct Paced {
    turns: Turns,
    pacing: Rc<Pacing>,
    /// Until the end of the leg.
    sleep: Option<Sleep>,
}

impl Paced {
    pub(super) fn new(pacing: Rc<Pacing>) -> Self {
        Self { turns: Turns::default(), pacing, sleep: None }
    }
}

impl Pace for Paced {
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.turns.poll(cx)
    }

    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.turns.look(cx)
    }

    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()> {
        let pacing = &*self.pacing;
        if pacing.leg.get().is_none() {
            self.sleep = None;
        }
        let sleep = self.sleep.get_or_insert_with(|| pacing.begin(next));
        self.turns.waited();
        if Pin::new(sleep).poll(cx).is_pending() {
            pacing.waiting.replace(Some(cx.waker().clone()));
            return Poll::Pending;
        }
        pacing.leg.set(None);
        pacing.time.advance_to(next);
        Poll::Ready(())
    }
}
