//! The functions that JavaScript sees. `www/api/engine.js` wraps them; nobody else should call them.

use std::{cell::RefCell, panic};

use js_sys::{Function, JSON};
use serde::Serialize;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[cfg(feature = "rules")]
use super::options::{self, Comparison, RunRequest};
use super::session::Session;
#[cfg(feature = "rules")]
use crate::exercises::{ClockKind, Refusal, Run, rows};
use crate::json;
#[cfg(not(feature = "rules"))]
use crate::{
    exercises::{ClockKind, Settings, Staged, catalogue},
    runtime::Order,
};

/// As plain objects and arrays; None as null.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = json::to_string(value).map_err(|error| JsValue::from(error.to_string()))?;
    JSON::parse(&text)
}

/// A refusal as the engine expects it: an object with `code` and `message`.
#[cfg(feature = "rules")]
pub(super) fn refuse(refusal: &Refusal) -> JsValue {
    to_js(refusal).unwrap_or_else(|error| error)
}

/// Starts a run. `sink` is called with each batch of new events.
///
/// # Errors
///
/// A refusal, as an object with `code` and `message`; nothing has started then.
#[cfg(feature = "rules")]
#[wasm_bindgen]
pub fn start(slug: &JsValue, options: &JsValue, sink: Function) -> Result<Session, JsValue> {
    let RunRequest { request, clock: kind, speed } =
        options::read(slug, options).map_err(|refusal| refuse(&refusal))?;
    Ok(Session::start(kind, speed, sink, |clock, pace| Run::new(request, kind, clock, pace)))
}

/// Starts the exercise of a lean module, correct and with its default settings. Whoever asks for more asks the full module,
/// which also says what is wrong with a request. `clock` is 0 for live, 1 for instant, 2 for paced; None if the module
/// has no exercise.
#[cfg(not(feature = "rules"))]
#[wasm_bindgen]
pub fn begin(clock: u8, speed: f64, sink: Function) -> Option<Session> {
    let kind = match clock {
        0 => ClockKind::Live,
        1 => ClockKind::Instant,
        _ => ClockKind::Paced,
    };
    let exercise = catalogue().first()?;
    Some(Session::start(kind, speed, sink, |clock, pace| {
        let settings = Settings::defaults(exercise.settings);
        Staged::new(exercise.correct.start, settings, 0, Order::fifo(), clock, pace)
    }))
}

/// Judges the lines of a output so far: the rows of expected beside actual.
///
/// # Errors
///
/// A refusal, as an object with `code` and `message`.
#[cfg(feature = "rules")]
#[wasm_bindgen]
pub fn compare(slug: &JsValue, lines: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let Comparison { request, lines, clock, finished } =
        options::read_comparison(slug, lines, options).map_err(|refusal| refuse(&refusal))?;
    let live = clock == ClockKind::Live;
    to_js(&rows(request.exercise, live, lines.iter().map(String::as_str), finished))
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
