//! Reports a panic before the instance traps.

use std::{cell::RefCell, panic};

use js_sys::Function;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

thread_local! {
    static PANICKED: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Calls `callback` with the message of a panic, just before the instance traps. It must not call back into the
/// instance.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(callback: Function) {
    PANICKED.set(Some(callback));
    panic::set_hook(Box::new(|info| {
        let callback = PANICKED.take();
        if let Some(callback) = callback {
            let _ = callback.call1(&JsValue::UNDEFINED, &JsValue::from_str(&info.to_string()));
        }
    }));
}
