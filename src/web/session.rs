//! A run in the browser: a promise of its report, a stream of its events, and a way to stop it.

use std::{
    cell::{Cell, RefCell},
    fmt,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    clock::browser_clock,
    exports::to_js,
    pace::{Live, Paced, Pacing, Slices},
    promise::{Stop, promise},
    turn::PageTurn,
};
#[cfg(feature = "rules")]
use super::{
    exports::refuse,
    options::{input, read_act},
};
/// A lean module only says how a run ended. The full one judges that.
#[cfg(not(feature = "rules"))]
use crate::exercises::{Ended as Outcome, Staged as Work};
#[cfg(feature = "rules")]
use crate::exercises::{Report as Outcome, Run as Work};
use crate::{
    exercises::ClockKind,
    runtime::{Pace, SimulatedTime, Timers},
};

/// A run that has been started.
#[wasm_bindgen]
pub struct Session {
    shared: Rc<Shared>,
    promise: Promise,
    pacing: Rc<Pacing>,
}

struct Shared {
    /// None once it has been stopped, and when its outcome is told.
    work: RefCell<Option<Work>>,
    stop: Rc<Stop>,
    sink: Function,
    /// How many events the sink has had.
    given: Cell<usize>,
    /// The page's turn, where one was not enough for all of it.
    rest: RefCell<Option<PageTurn>>,
    /// Held back until the sink has had everything.
    outcome: RefCell<Option<Outcome>>,
}

fn poll_outcome(work: &mut Work, cx: &mut Context<'_>) -> Poll<Outcome> {
    #[cfg(feature = "rules")]
    return Pin::new(work).poll(cx);
    #[cfg(not(feature = "rules"))]
    return work.poll_end(cx);
}

/// So many events take some milliseconds to hand over.
const MOST_EVENTS: usize = 3000;

impl Session {
    pub(super) fn start(
        clock: ClockKind,
        speed: f64,
        sink: Function,
        work: impl FnOnce(Timers, Box<dyn Pace>) -> Work,
    ) -> Self {
        let time = SimulatedTime::default();
        let pacing = Pacing::new(time.clone(), speed);
        let (clock, pace): (Timers, Box<dyn Pace>) = match clock {
            ClockKind::Live => (browser_clock(), Box::new(Live::default())),
            ClockKind::Instant => (Timers::new(time.clone()), Box::new(Slices::new(time))),
            ClockKind::Paced => (Timers::new(time.clone()), Box::new(Paced::new(Rc::clone(&pacing)))),
        };
        let shared = Rc::new(Shared {
            work: RefCell::new(Some(work(clock, pace))),
            stop: Rc::default(),
            sink,
            given: Cell::new(0),
            rest: RefCell::default(),
            outcome: RefCell::default(),
        });
        let polled = Rc::clone(&shared);
        let promise = promise(&shared.stop, async move {
            let outcome = poll_fn(|cx| polled.poll(cx)).await;
            to_js(&outcome)
        });
        Self { shared, promise, pacing }
    }
}

#[wasm_bindgen]
impl Session {
    /// A promise of the report, or in a lean module of how the run ended. Once it is stopped it settles no more.
    pub fn outcome(&self) -> Promise {
        self.promise.clone()
    }

    /// Drops the run with all its tasks and timers. Nothing happens if it has ended.
    pub fn stop(&self) {
        self.shared.stop.stop();
        // While the run is being polled it cannot be dropped; the poll does so when it returns.
        let work = self.shared.work.try_borrow_mut().ok().and_then(|mut work| work.take());
        drop(work);
    }

    /// Changes the speed of a paced run, at once; of no effect on others, and where it is not from 0.05 to 20.
    #[wasm_bindgen(js_name = setSpeed)]
    pub fn set_speed(&self, speed: f64) {
        self.pacing.set_speed(speed);
    }
}

#[cfg(feature = "rules")]
#[wasm_bindgen]
impl Session {
    /// Takes a hand in a run that goes on, in paced time: `backend down`, `backend up`, or `cancel` with the id of a
    /// task. Says whether that changed anything: a task may have ended meanwhile.
    ///
    /// # Errors
    ///
    /// A refusal if it is nothing that can be done to this run.
    pub fn act(&self, what: &JsValue, task: Option<u32>) -> Result<bool, JsValue> {
        let act = read_act(&input(what), task).map_err(|refusal| refuse(&refusal))?;
        // The act falls on the moment that the reader sees.
        self.pacing.catch_up();
        let Ok(mut run) = self.shared.work.try_borrow_mut() else { return Ok(false) };
        run.as_mut().map_or(Ok(false), |run| run.act(act)).map_err(|refusal| refuse(&refusal))
    }
}

impl Shared {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Outcome> {
        loop {
            ready!(self.hand_over(cx));
            if let Some(outcome) = self.outcome.take() {
                self.work.take();
                return Poll::Ready(outcome);
            }
            let mut slot = self.work.borrow_mut();
            let Some(work) = slot.as_mut() else { return Poll::Pending };
            let poll = poll_outcome(work, cx);
            if self.stop.is_stopped() {
                *slot = None;
            }
            drop(slot);
            if let Poll::Ready(outcome) = poll {
                self.outcome.replace(Some(outcome));
            } else {
                let _ = self.hand_over(cx);
                return Poll::Pending;
            }
        }
    }

    /// Gives the sink what it has not had. Pending while there is more than one turn can take, and after a stop.
    fn hand_over(&self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(rest) = &mut *self.rest.borrow_mut() {
            ready!(Pin::new(rest).poll(cx));
        }
        self.rest.take();
        if self.stop.is_stopped() {
            return Poll::Pending;
        }
        let events = match &*self.work.borrow() {
            Some(work) => work.trace().events(self.given.get(), MOST_EVENTS),
            None => return Poll::Pending,
        };
        self.given.set(self.given.get() + events.len());
        if !events.is_empty()
            && let Ok(events) = to_js(&events)
        {
            // The sink is the engine's own and does not throw; if it did, the run would not be the one to suffer.
            let _ = self.sink.call1(&JsValue::UNDEFINED, &events);
        }
        if events.len() < MOST_EVENTS {
            return Poll::Ready(());
        }
        Pin::new(self.rest.borrow_mut().insert(PageTurn::default())).poll(cx)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("stopped", &self.shared.stop.is_stopped()).finish_non_exhaustive()
    }
}
