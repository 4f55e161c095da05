//! Promises of work that can be stopped.

use futures::future::{AbortHandle, Abortable};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// A promise of what the future gives that `work` makes, and the handle that stops it. `work` gets a clone of the handle.
///
/// Once it is stopped the future is dropped in the next microtask, and the promise never settles.
pub(super) fn stoppable<F>(work: impl FnOnce(AbortHandle) -> F) -> (Promise, AbortHandle)
where
    F: Future<Output = Result<JsValue, JsValue>> + 'static,
{
    let (handle, registration) = AbortHandle::new_pair();
    let mut future = Some(Abortable::new(work(handle.clone()), registration));
    let promise = Promise::new(&mut |resolve, reject| {
        let Some(future) = future.take() else { return };
        spawn_local(async move {
            // Neither function throws: they are the promise's own.
            let _ = match future.await {
                Ok(Ok(value)) => resolve.call1(&JsValue::UNDEFINED, &value),
                Ok(Err(error)) => reject.call1(&JsValue::UNDEFINED, &error),
                Err(_) => return,
            };
        });
    });
    (promise, handle)
}
