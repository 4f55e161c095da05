//! A run in the browser: a stream of its events, a promise of how it ended, and a way to stop it.

use std::{
    cell::RefCell,
    fmt,
    future::{pending, poll_fn},
    mem,
    pin::Pin,
    rc::Rc,
    task::Poll,
};

use futures::future::AbortHandle;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    js::{refuse, to_js},
    promise::stoppable,
    request::read_request,
    turns::{self, Turns, page_turn},
};
use crate::{
    exercises::{self, Ended, Request},
    trace::Recorder,
};

/// A run that has been started.
#[wasm_bindgen]
pub struct Session {
    #[cfg_attr(not(feature = "rules"), allow(dead_code, reason = "only the full module judges"))]
    run: Rc<Run>,
    outcome: Promise,
    stop: AbortHandle,
}

/// What is left of a run when it has ended.
#[cfg_attr(not(feature = "rules"), allow(dead_code, reason = "only the full module judges"))]
pub(super) struct Run {
    pub(super) request: Request,
    pub(super) trace: Recorder,
    pub(super) ended: RefCell<Option<Ended>>,
}

/// Starts a run. `sink` is called with each batch of new events.
///
/// # Errors
///
/// A refusal, as an object with `code` and `message`; nothing has started then.
#[wasm_bindgen]
pub fn start(request: &JsValue, sink: Function) -> Result<Session, JsValue> {
    let request = read_request(request).map_err(refuse)?;
    let turns = Turns::default();
    let session = turns::session(&request, &turns);
    let run = Rc::new(Run { request, trace: session.trace().clone(), ended: RefCell::default() });
    let running = Rc::clone(&run);
    let (outcome, stop) = stoppable(|stop| async move {
        let ended = stream(session, &sink, &stop).await;
        let outcome = to_js(&ended);
        running.ended.replace(Some(ended));
        outcome
    });
    Ok(Session { run, outcome, stop })
}

#[wasm_bindgen]
impl Session {
    /// A promise of how the run ended. Once it is stopped it never settles.
    pub fn outcome(&self) -> Promise {
        self.outcome.clone()
    }

    /// Drops the run with all its tasks and timers, and gives the sink no more events. Does nothing if it has ended.
    pub fn stop(&self) {
        self.stop.abort();
    }

    #[cfg(feature = "rules")]
    pub(super) fn run(&self) -> Rc<Run> {
        Rc::clone(&self.run)
    }
}

/// To hand over this many events takes some milliseconds.
const MOST_EVENTS: usize = 3000;

/// Runs to the end and gives `sink` all events.
async fn stream(mut session: exercises::Session, sink: &Function, stop: &AbortHandle) -> Ended {
    let mut given = 0;
    loop {
        let poll = poll_fn(|cx| Poll::Ready(Pin::new(&mut session).poll(cx))).await;
        let mut has_rested = false;
        loop {
            let events = session.trace().events(given, MOST_EVENTS);
            given += events.len();
            if !events.is_empty()
                && let Ok(events) = to_js(&events)
            {
                // An error of the sink is its own affair.
                let _ = sink.call1(&JsValue::UNDEFINED, &events);
            }
            if stop.is_aborted() {
                // The sink stopped the run; this future will not be polled again.
                pending::<()>().await;
            }
            if events.len() < MOST_EVENTS {
                break;
            }
            page_turn().await;
            has_rested = true;
        }
        match poll {
            Poll::Ready(ended) => return ended,
            // A wake-up for the run may have come while the page had its turn.
            Poll::Pending if has_rested => {}
            Poll::Pending => woken().await,
        }
    }
}

/// Ends when the task is polled again.
async fn woken() {
    let mut is_first = true;
    poll_fn(|_| if mem::take(&mut is_first) { Poll::Pending } else { Poll::Ready(()) }).await;
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("stopped", &self.stop.is_aborted()).finish_non_exhaustive()
    }
}
