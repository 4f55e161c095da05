//! The browser's clock: `performance.now`, and one timer for the earliest deadline.
//!
//! Browsers fire timers early by fractions of a millisecond and cannot wait for 2^31 ms at once; neither is seen
//! from outside, since a sleep ends only when this clock itself has come to its deadline.

use std::cell::RefCell;

use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use wasm_bindgen::JsCast;
use web_sys::Performance;

use crate::runtime::{Instant, TimeSource, Timers, WeakTimers};

/// That of the page, the worker or Node.js.
fn performance() -> Performance {
    Reflect::get(&js_sys::global(), &"performance".into()).unwrap_or_default().unchecked_into()
}

thread_local! {
    /// Kept, since to find it takes longer than to read the time from it.
    static PERFORMANCE: Performance = performance();
}

/// Milliseconds, monotonic.
pub(super) fn performance_now() -> f64 {
    PERFORMANCE.with(Performance::now)
}

/// A clock of real time, whose origin is this call. Its sleeps are woken by one browser timer.
pub fn browser_clock() -> Timers {
    Timers::with(|timers| Source { origin: performance_now(), timers, alarm: RefCell::default() })
}

struct Source {
    origin: f64,
    timers: WeakTimers,
    /// Dropping the timeout clears it.
    alarm: RefCell<Option<Timeout>>,
}

/// The longest delay that browsers accept, in milliseconds; longer ones would fire at once.
const LONGEST: u64 = i32::MAX as u64;

impl TimeSource for Source {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "float to int casts saturate")]
    fn now(&self) -> Instant {
        Instant::from_nanos(((performance_now() - self.origin) * 1e6) as u64)
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
