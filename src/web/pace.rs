//! How time passes in the browser: live, at once in slices, or in step with real time.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use gloo_timers::future::TimeoutFuture;

use super::clock::{browser_clock, performance_now};
use crate::runtime::{Clock, Instant, Pace, SimulatedTime, Sleep, Timers};

/// How long a run may go on before the page has its turn, in milliseconds. To hand over what it did in that time takes
/// about as long again, so that both together are some 8.
const SLICE: f64 = 4.0;

/// How many steps are taken between two looks at the time, which cost more than most steps.
const STEPS_A_LOOK: u32 = 32;

/// Gives the page a turn whenever a slice of time is used up.
#[derive(Default)]
pub(super) struct Turns {
    steps: u32,
    /// When the slice began; None until the first step after a wait.
    began: Option<f64>,
    rest: Option<TimeoutFuture>,
}

impl Turns {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(rest) = &mut self.rest {
            std::task::ready!(Pin::new(rest).poll(cx));
            self.rest = None;
            self.began = None;
        }
        self.steps = self.steps.wrapping_add(1);
        if self.began.is_some() && !self.steps.is_multiple_of(STEPS_A_LOOK) {
            return Poll::Ready(());
        }
        let now = performance_now();
        if now - *self.began.get_or_insert(now) < SLICE {
            return Poll::Ready(());
        }
        Pin::new(self.rest.insert(TimeoutFuture::new(0))).poll(cx)
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

    fn poll_advance(&mut self, _: &mut Context<'_>, next: Instant) -> Poll<()> {
        self.time.advance_to(next);
        Poll::Ready(())
    }
}

/// A speed that can be changed while a run goes on.
#[derive(Debug)]
pub(super) struct Speed {
    factor: Cell<f64>,
    waiting: RefCell<Option<Waker>>,
}

impl Speed {
    pub(super) fn new(factor: f64) -> Rc<Self> {
        Rc::new(Self { factor: Cell::new(factor), waiting: RefCell::default() })
    }

    pub(super) fn set(&self, factor: f64) {
        self.factor.set(factor);
        let waiting = self.waiting.take();
        if let Some(waker) = waiting {
            waker.wake();
        }
    }
}

/// Simulated time in step with real time: a step of d takes d / speed.
pub(super) struct Paced {
    time: SimulatedTime,
    turns: Turns,
    real: Timers,
    speed: Rc<Speed>,
    leg: Option<Leg>,
}

/// A wait for the next deadline, or what is left of it.
struct Leg {
    /// In nanoseconds of simulated time.
    left: f64,
    /// When, in real time, and at which speed it was reckoned.
    since: Instant,
    factor: f64,
    sleep: Sleep,
}

impl Paced {
    pub(super) fn new(time: SimulatedTime, speed: Rc<Speed>) -> Self {
        Self { time, turns: Turns::default(), real: browser_clock(), speed, leg: None }
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "float to int casts saturate, and a float holds 104 days of nanoseconds exactly"
    )]
    fn leg(&self, left: f64) -> Leg {
        let factor = self.speed.factor.get();
        let since = self.real.now();
        let real = std::time::Duration::from_nanos((left / factor) as u64);
        Leg { left, since, factor, sleep: self.real.sleep_until(since.after(real)) }
    }
}

impl Pace for Paced {
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.turns.poll(cx)
    }

    #[allow(clippy::cast_precision_loss, reason = "a float holds 104 days of nanoseconds exactly")]
    fn poll_advance(&mut self, cx: &mut Context<'_>, next: Instant) -> Poll<()> {
        use crate::runtime::TimeSource as _;
        let mut leg = match self.leg.take() {
            // The speed was changed on the way: what is done was done at the old one.
            Some(leg) if leg.factor != self.speed.factor.get() => {
                let done = self.real.now().since(leg.since).as_nanos() as f64 * leg.factor;
                self.leg((leg.left - done).max(0.0))
            }
            Some(leg) => leg,
            None => self.leg(next.since(self.time.now()).as_nanos() as f64),
        };
        self.turns.waited();
        match Pin::new(&mut leg.sleep).poll(cx) {
            Poll::Ready(()) => {
                self.time.advance_to(next);
                Poll::Ready(())
            }
            Poll::Pending => {
                self.leg = Some(leg);
                self.speed.waiting.replace(Some(cx.waker().clone()));
                Poll::Pending
            }
        }
    }
}
