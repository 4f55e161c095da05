//! Native tests, one module for each module of `src`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what went wrong by panicking"
)]

mod exercises;
mod expected;
mod patterns;
mod prose;
mod python;
mod runtime;
mod trace;
mod transcripts;
