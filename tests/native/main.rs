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

mod executors;
mod exercises;
mod expected;
mod outputs;
mod patterns;
mod programs;
mod proof;
mod prose;
mod python;
mod runtime;
#[path = "../scenarios/mod.rs"]
mod scenarios;
mod trace;
