//! Futures that the browser polls: each in a microtask of its own, whenever it has been woken.
//!
//! As `wasm_bindgen_futures::spawn_local`, which is some KiB more in every module that a page begins with: it has a
//! queue, and looks for the global object under each of its names.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    sync::Arc,
    task::{Context, Wake, Waker},
};

use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(work: &JsValue);
}

struct Task {
    /// None once it has ended, and while it is polled.
    future: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    is_queued: Cell<bool>,
}

// SAFETY: a module has one thread.
unsafe impl Send for Task {}
// SAFETY: as above.
unsafe impl Sync for Task {}

/// Polls `future` for the first time in the next microtask.
pub(super) fn spawn(future: impl Future<Output = ()> + 'static) {
    Arc::new(Task { future: RefCell::new(Some(Box::pin(future))), is_queued: Cell::new(false) }).wake();
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if !self.is_queued.replace(true) {
            queue_microtask(&Closure::once_into_js(move || self.poll()));
        }
    }
}

impl Task {
    fn poll(self: Arc<Self>) {
        self.is_queued.set(false);
        let Some(mut future) = self.future.take() else { return };
        let waker = Waker::from(Arc::clone(&self));
        if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.future.replace(Some(future));
        }
    }
}
