//! Patterns of asynchronous services, and a playground in which to watch them.
//!
//! | module | what it is for |
//! |---|---|
//! | [`runtime`] | the [`Clock`](runtime::Clock) port, simulated time and its executor |
//! | [`patterns`] | one file per pattern; the part to copy into a service |
//! | [`expected`] | expected transcripts, and the judge that lays an actual one beside them |
//! | [`python`] | Python's spelling of values, a serde serializer |

#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]

pub mod expected;
pub mod patterns;
pub mod python;
pub mod runtime;
