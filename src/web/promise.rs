//! Promises of what can be stopped.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
};

use js_sys::Promise;
use wasm_bindgen::JsValue;

use super::task::spawn;

/// Ends a promise's future from outside.
#[derive(Debug, Default)]
pub(super) struct Stop {
    stopped: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Stop {
    pub(super) fn stop(&self) {
        self.stopped.set(true);
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }
}

/// A promise of what `future` gives. It settles no more once it is stopped, but its task ends: one that stayed pending
/// would never be freed, for it holds its own waker.
pub(super) fn promise(
    stop: &Rc<Stop>,
    future: impl Future<Output = Result<JsValue, JsValue>> + 'static,
) -> Promise {
    let mut future = Some(future);
    Promise::new(&mut |resolve, reject| {
        let (stop, Some(future)) = (Rc::clone(stop), future.take()) else { return };
        spawn(async move {
            let mut future = pin!(future);
            let result = poll_fn(|cx| {
                let before = stop.waker.replace(Some(cx.waker().clone()));
                drop(before);
                let poll = if stop.is_stopped() { Poll::Pending } else { future.as_mut().poll(cx) };
                // It may have been stopped by what it called.
                if stop.is_stopped() { Poll::Ready(None) } else { poll.map(Some) }
            });
            // Neither throws: they are the promise's own.
            let _ = match result.await {
                Some(Ok(value)) => resolve.call1(&JsValue::UNDEFINED, &value),
                Some(Err(error)) => reject.call1(&JsValue::UNDEFINED, &error),
                None => return,
            };
        });
    })
}
