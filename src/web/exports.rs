//! The functions that JavaScript sees. `www/engine.js` wraps them; nobody else should call them.

use std::{cell::RefCell, panic};

#[cfg(feature = "laws")]
use js_sys::Array;
use js_sys::{Function, JSON};
use serde::Serialize;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{options, session::Session};
#[cfg(feature = "laws")]
use crate::exercises;
use crate::{exercises::Refusal, json};

/// As plain objects and arrays; None as null.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = json::to_string(value).map_err(|error| JsValue::from(error.to_string()))?;
    JSON::parse(&text)
}

/// A refusal as the engine expects it: an object with `code` and `message`.
pub(super) fn refuse(refusal: &Refusal) -> JsValue {
    to_js(refusal).unwrap_or_else(|error| error)
}

/// Starts a run. `sink` is called with each batch of new events.
///
/// # Errors
///
/// A refusal, as an object with `code` and `message`; nothing has started then.
#[wasm_bindgen]
pub fn start(slug: &JsValue, options: &JsValue, sink: Function) -> Result<Session, JsValue> {
    let request = options::read(slug, options).map_err(|refusal| refuse(&refusal))?;
    Ok(Session::start(request, sink))
}

#[cfg(feature = "laws")]
/// Judges the lines of a transcript so far: the rows of expected beside actual.
///
/// # Errors
///
/// A refusal if there is no such exercise.
#[wasm_bindgen]
pub fn compare(slug: &str, lines: &Array, live: bool, finished: bool) -> Result<JsValue, JsValue> {
    let settings = exercises::Settings::of(slug).map_err(|refusal| refuse(&refusal))?;
    let lines: Vec<String> = lines.iter().filter_map(|line| line.as_string()).collect();
    to_js(&exercises::rows(settings.exercise, live, lines.iter().map(String::as_str), finished))
}

thread_local! {
    static PANICKED: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Has `callback` told why, just before the instance traps. It must not call back into the instance.
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
