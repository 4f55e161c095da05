//! Promises of work that can be stopped.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
};

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Stops the work of a promise. Clones stop the same one.
#[derive(Clone, Default)]
pub(super) struct Stop(Rc<State>);

#[derive(Default)]
struct State {
    is_stopped: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Stop {
    /// The work is dropped in the next microtask.
    pub(super) fn stop(&self) {
        self.0.is_stopped.set(true);
        if let Some(waker) = &*self.0.waker.borrow() {
            waker.wake_by_ref();
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.0.is_stopped.get()
    }
}

/// A promise of what the future gives that `work` makes, and what stops it. `work` gets a clone of that. Once it is stopped
/// the promise never settles.
pub(super) fn stoppable<F>(work: impl FnOnce(Stop) -> F) -> (Promise, Stop)
where
    F: Future<Output = Result<JsValue, JsValue>> + 'static,
{
    let stop = Stop::default();
    let mut work = Some((work(stop.clone()), stop.clone()));
    let promise = Promise::new(&mut |resolve, reject| {
        let Some((future, stop)) = work.take() else { return };
        spawn_local(async move {
            let mut future = pin!(future);
            let polled = poll_fn(|cx| {
                if stop.is_stopped() {
                    return Poll::Ready(None);
                }
                stop.0.waker.replace(Some(cx.waker().clone()));
                future.as_mut().poll(cx).map(Some)
            });
            // Neither function throws: they are the promise's own.
            let _ = match polled.await {
                Some(Ok(value)) => resolve.call1(&JsValue::UNDEFINED, &value),
                Some(Err(error)) => reject.call1(&JsValue::UNDEFINED, &error),
                None => return,
            };
        });
    });
    (promise, stop)
}
