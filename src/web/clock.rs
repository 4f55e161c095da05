//! The browser's clock: `performance.now`, and one timer for the earliest deadline.
//!
//! Browsers fire timers early by fractions of a millisecond and cannot wait for 2^31 ms at once; neither is seen
//! from outside, since a sleep ends only when this clock itself has come to its deadline.

use std::cell::RefCell;

use gloo_timers::callback::Timeout;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::runtime::{Instant, TimeSource, Timers, WeakTimers};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = globalThis)]
    type Global;

    /// In pages, workers and Node.js alike.
    #[wasm_bindgen(static_method_of = Global, getter)]
    fn performance() -> Performance;

    type Performance;

    #[wasm_bindgen(method)]
    fn now(this: &Performance) -> f64;
}

/// Milliseconds, monotonic.
pub(super) fn performance_now() -> f64 {
    Global::performance().now()
}

/// A clock of real time, whose origin is this call. Its sleeps are woken by one browser timer.
pub fn browser_clock() -> Timers {
    let performance = Global::performance();
    Timers::with(|timers| Source {
        origin: performance.now(),
        performance,
        timers,
        alarm: RefCell::default(),
    })
}

struct Source {
    origin: f64,
    /// Kept, since in Chromium to ask the global object for it takes longer than to have the time from it.
    performance: Performance,
    timers: WeakTimers,
    /// Dropping the timeout clears it.
    alarm: RefCell<Option<Timeout>>,
}

/// The longest delay that browsers accept, in milliseconds; longer ones would fire at once.
const LONGEST: u64 = i32::MAX as u64;

impl TimeSource for Source {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float to int casts saturate")]
    fn now(&self) -> Instant {
        Instant::from_nanos(((self.performance.now() - self.origin) * 1e6) as u64)
    }

    fn arm(&self, next: Instant) {
        let alarm = (next != Instant::NEVER).then(|| {
            // Rounded up, since half a millisecond's delay would be none. An alarm that still comes early, or was
            // cut short, is set again by the timers.
            let delay = next.since(self.now()).as_nanos().div_ceil(1_000_000);
            let delay = u32::try_from(delay.min(u128::from(LONGEST))).unwrap_or(u32::MAX);
            let timers = self.timers.clone();
            Timeout::new(delay, move || timers.fire())
        });
        let before = self.alarm.replace(alarm);
        drop(before);
    }
}
