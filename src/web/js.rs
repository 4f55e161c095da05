//! Values for JavaScript.

use js_sys::JSON;
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::{exercises::Refusal, json};

/// As plain objects and arrays; None as null.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = json::to_string(value).map_err(|error| JsValue::from(error.to_string()))?;
    JSON::parse(&text)
}

/// A refusal as JavaScript gets it: an object with `code` and `message`.
#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn refuse(refusal: Refusal) -> JsValue {
    to_js(&refusal).unwrap_or_else(|error| error)
}
