//! How runs and the page take turns, and the two ways in which time passes.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use gloo_timers::future::TimeoutFuture;

use super::clock::{browser_clock, performance_now};
use crate::{
    exercises::{ClockKind, Request, Session},
    runtime::{Instant, Pace, SimulatedTime, Timers},
};

/// How long work may go on before the page has its turn, in milliseconds. To hand over the events of that time takes
/// about as long again, so that both together are some 8.
const SLICE: f64 = 4.0;

/// How many steps are taken between two readings of the time, which cost more than most steps.
const STEPS_A_READING: u32 = 32;

/// Gives the page a turn whenever a slice of time is used up. Clones share the slice.
#[derive(Clone, Default)]
pub(super) struct Turns(Rc<RefCell<Slice>>);

#[derive(Default)]
struct Slice {
    steps: u32,
    /// When the slice began; None until the first step after a wait.
    began: Option<f64>,
    /// The turn of the page.
    rest: Option<TimeoutFuture>,
}

impl Turns {
    /// Waits for the page's turn, if the slice is used up. Returns whether it did.
    #[cfg(feature = "rules")]
    pub(super) async fn take(&self) -> bool {
        let mut waited = false;
        std::future::poll_fn(|cx| {
            let poll = self.0.borrow_mut().poll(cx);
            waited |= poll.is_pending();
            poll
        })
        .await;
        waited
    }
}

impl Slice {
    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.steps = self.steps.wrapping_add(1);
        if self.rest.is_none() && self.began.is_some() && !self.steps.is_multiple_of(STEPS_A_READING) {
            return Poll::Ready(());
        }
        self.poll(cx)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(rest) = &mut self.rest {
            ready!(Pin::new(rest).poll(cx));
            self.rest = None;
            self.began = None;
        }
        let now = performance_now();
        if now - *self.began.get_or_insert(now) < SLICE {
            return Poll::Ready(());
        }
        Pin::new(self.rest.insert(page_turn())).poll(cx)
    }
}

/// Whatever else the browser has to do.
pub(super) fn page_turn() -> TimeoutFuture {
    TimeoutFuture::new(0)
}

/// A run of `request` on the clock that it names, which shares `turns` with others.
pub(super) fn session(request: &Request, turns: &Turns) -> Session {
    let turns = turns.clone();
    match request.clock {
        ClockKind::Real => Session::new(request, browser_clock(), Box::new(Real(turns))),
        ClockKind::Simulated => {
            let time = SimulatedTime::default();
            Session::new(request, Timers::new(time.clone()), Box::new(Simulated { time, turns }))
        }
    }
}

/// Real time: the clock's own timer wakes the sleepers.
struct Real(Turns);

impl Pace for Real {
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.0.borrow_mut().poll_step(cx)
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, _: Instant) -> Poll<()> {
        // The page has its turn while the run waits.
        self.0.0.borrow_mut().began = None;
        Poll::Pending
    }
}

/// Simulated time, as fast as it goes.
struct Simulated {
    time: SimulatedTime,
    turns: Turns,
}

impl Pace for Simulated {
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.turns.0.borrow_mut().poll_step(cx)
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, next: Instant) -> Poll<()> {
        self.time.advance_to(next);
        Poll::Ready(())
    }
}
