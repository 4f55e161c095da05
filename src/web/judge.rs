//! The report of a run that went on elsewhere: in the lean module of its exercise, which judges nothing.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{
    exports::{refuse, to_js},
    options::{self, RunRequest},
};
use crate::{
    exercises::{ClockKind, Ended, Record, Report},
    trace::Event,
};

/// The report of a run with these options, of which this is the whole trace, and which has ended so.
///
/// Lean modules have only runs with default settings, whose traces are short: it takes no while.
///
/// # Errors
///
/// A refusal if the request could not have been run; an error if the rest is not what a run gives.
#[wasm_bindgen]
pub fn judge(slug: &JsValue, options: &JsValue, events: JsValue, ended: JsValue) -> Result<JsValue, JsValue> {
    let RunRequest { request, clock, .. } =
        options::read(slug, options).map_err(|refusal| refuse(&refusal))?;
    let ended: Ended = serde_wasm_bindgen::from_value(ended)?;
    let events: Vec<Event> = serde_wasm_bindgen::from_value(events)?;
    let error = ended.error.as_deref();
    let record =
        Record { events: &events, settings: &request.settings, error, live: clock == ClockKind::Live };
    let rules = request.exercise.rules.iter().map(|rule| record.check(rule)).collect();
    let fixed = request.fixes_output();
    to_js(&Report::of(&request, clock, &events, ended, fixed, rules))
}
