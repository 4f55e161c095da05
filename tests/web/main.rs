//! What only a browser can show: the browser clock, the exports, runs as promises, and the patterns on all of it.
#![cfg(target_arch = "wasm32")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what went wrong by panicking"
)]

mod clock;
mod exports;
mod patterns;
#[path = "../scenarios/mod.rs"]
mod scenarios;
mod search;
mod session;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
