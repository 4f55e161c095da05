//! The browser's side: its clock, the pace of a run, and the exports for JavaScript.
//!
//! The only place that names wasm_bindgen, js_sys or gloo; nothing else imports it.

mod clock;
mod exports;
#[cfg(feature = "lean")]
mod heap;
#[cfg(feature = "rules")]
mod judge;
#[cfg(feature = "rules")]
mod options;
mod pace;
mod promise;
#[cfg(feature = "rules")]
mod search;
mod session;
mod task;
mod turn;

pub use clock::browser_clock;
#[cfg(not(feature = "rules"))]
pub use exports::begin;
pub use exports::on_panic;
#[cfg(feature = "rules")]
pub use exports::{compare, start};
#[cfg(feature = "rules")]
pub use judge::judge;
#[cfg(feature = "rules")]
pub use search::{SearchSession, search};
pub use session::Session;
