//! Patterns of asynchronous services, and a playground in which to watch them.
//!
//! The patterns are a library of their own, for any executor, natively or in a browser. They need a
//! [`Clock`](runtime::Clock), and one of them a [`Spawn`](runtime::Spawn). The playground consists of exercises: small
//! programs on the patterns, whose output and rules are checked.
//!
//! # Patterns
//!
#![doc = include_str!("patterns/PATTERNS.md")]
//!
//! To use a pattern without the crate, copy its files, which are in `src`.
//!
//! For all of them: dropping a future at any await is safe and loses nothing. They are `Send` and `Sync` when their parts
//! are. No lock is held over an await. Only the caller's own code can panic. The documentation of each module says what
//! the pattern costs, in which order it serves, and what it is not for.
//!
//! ```
//! use std::time::Duration;
//!
//! use async_playground::{
//!     patterns::{Semaphore, gather, timeout},
//!     runtime::{Clock, Order, Simulation},
//! };
//!
//! // Any clock will do: simulated time in tests, tokio's in a service.
//! async fn ten_queries(clock: impl Clock) -> usize {
//!     let connections = Semaphore::new(3);
//!     let answers = gather((0..10).map(|_| async {
//!         let _permit = connections.acquire().await;
//!         timeout(&clock, Duration::from_millis(200), clock.sleep(Duration::from_millis(50))).await
//!     }));
//!     answers.await.into_iter().filter(Result::is_ok).count()
//! }
//!
//! let mut simulation = Simulation::new(Order::fifo());
//! let clock = simulation.clock();
//! assert_eq!(simulation.block_on(ten_queries(clock))?, 10);
//! assert_eq!(simulation.now().as_millis(), 200.0, "three at a time, in no time at all");
//! # Ok::<(), async_playground::runtime::Deadlock>(())
//! ```
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `tokio` | no | `runtime::TokioClock` and `runtime::TokioSpawner`, the ports on tokio |
//! | `tower` | no | `patterns::TowerHandler` and `patterns::tower_layer`, and a boxed chain is a `tower::Service` |
//! | `exercises` | yes | all exercises; each is also a feature by itself, named by its slug |
//! | `rules` | yes | what the exercises promise, and the mistakes that break it |
//!
//! The patterns, the runtime and its simulation are always there. A service uses `default-features = false`.
//!
#![doc = include_str!("../docs/BENCHMARKS.md")]
//!
//! # Modules
//!
//! | module | what it is for |
//! |---|---|
//! | [`runtime`] | the [`Clock`](runtime::Clock) port, simulated time and its executor |
//! | [`patterns`] | one module per pattern; the part to use in a service |
//! | [`trace`] | what happened in a run: typed events, stamped by its clock |
//! | [`json`] | JSON, for what goes to JavaScript |
//! | [`python`] | Python's spelling of values, a serde serializer |
//! | [`expected`] | expected outputs, and their alignment with an actual one |
//! | [`exercises`] | the registry, the exercises, and a run of one as a future |
//!
//! Imports go one way. Patterns import the runtime's ports and no other module. Exercises import every module above them in
//! this table. The browser's exports, which exist in WebAssembly only, import everything, and no module imports them.

#![forbid(unsafe_code)]

pub mod exercises;
pub mod expected;
pub mod json;
pub mod patterns;
pub mod python;
pub mod runtime;
mod spelling;
pub mod trace;
mod walk;
#[cfg(target_arch = "wasm32")]
pub mod web;
