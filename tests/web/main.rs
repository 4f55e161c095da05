//! What only a browser can show: the exports, the browser clock, the JavaScript API.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn runs_in_a_browser() {
    assert!(js_sys::Reflect::has(&js_sys::global(), &"document".into()).expect("the global object"));
}
