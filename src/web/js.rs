//! Values for JavaScript.

use js_sys::JSON;
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::{exercises::Refusal, json, python::Error};

/// As plain objects and arrays; None as null.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    parse(json::to_string(value))
}

fn parse(text: Result<String, Error>) -> Result<JsValue, JsValue> {
    JSON::parse(&text.map_err(|error| error.to_string())?)
}

/// A refusal as JavaScript gets it: an object with `code` and `message`.
#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn refuse(refusal: Refusal) -> JsValue {
    to_js(&refusal).unwrap_or_else(|error| error)
}
