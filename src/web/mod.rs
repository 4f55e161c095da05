//! The browser's side: its clock, the turns of the page, and the exports for JavaScript.
//!
//! The only place that names `wasm_bindgen`, `js_sys`, `web_sys` or gloo; nothing else imports it. A lean module exports
//! [`start`] and [`on_panic`], the full one the rest too.

mod clock;
mod js;
#[cfg(feature = "rules")]
mod judge;
mod panic;
mod promise;
mod request;
#[cfg(feature = "rules")]
mod search;
mod session;
mod turns;

pub use clock::browser_clock;
#[cfg(feature = "rules")]
pub use judge::{compare, judge};
pub use panic::on_panic;
#[cfg(feature = "rules")]
pub use search::{SearchSession, decisions, search};
pub use session::{Session, start};

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
