//! Patterns of asynchronous services, and a playground in which to watch them.
//!
//! | module | what it is for |
//! |---|---|
//! | [`runtime`] | the [`Clock`](runtime::Clock) port, simulated time and its executor |
//! | [`patterns`] | one file per pattern; the part to copy into a service |
//! | [`trace`] | what happened in a run: typed events, stamped by its clock |
//! | [`python`] | Python's spelling of values, a serde serializer |
//! | [`expected`] | expected transcripts, and the judge that lays an actual one beside them |
//! | [`exercises`] | the registry, the eleven exercises, and a run of one as a future |
//!
//! Imports go one way: patterns know the runtime's ports and nothing else of ours; exercises know everything above
//! them in this table; the browser's exports (in WebAssembly only) know everything, and nobody knows them.

#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]

pub mod exercises;
pub mod expected;
pub mod patterns;
pub mod python;
pub mod runtime;
pub mod trace;
#[cfg(target_arch = "wasm32")]
pub mod web;
