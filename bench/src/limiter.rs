//! Rate limiters beside governor, which has the same algorithm, on the same clock.

use std::{hint::black_box, num::NonZeroU32, time::Duration};

use async_playground::patterns::rate_limiter::{Config, RateLimiter};
use governor::{Quota, clock::MonotonicClock};

use crate::{
    clock::Std,
    drive::{HOUR, SECOND},
    harness::{MANY, Row, timed},
};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("limiter, admits", "try to start while a start is free", SECOND / 1_000_000_000, 1_000_000),
        row("limiter, refuses", "try to start while none is free, and get the time of the next", HOUR, 1),
    ]
}

/// One start per `distance`.
fn row(bench: &str, work: &'static str, distance: Duration, burst: u32) -> Row {
    let ours = Config { rate: 1, period: distance, burst };
    let ours = RateLimiter::new(ours, Std::new()).expect("in range");
    let quota = Quota::with_period(distance).expect("longer than nothing");
    let quota = quota.allow_burst(NonZeroU32::new(burst).expect("not 0"));
    let governor = governor::RateLimiter::direct_with_clock(quota, MonotonicClock);
    Row::measure(
        bench,
        work,
        "ns",
        MANY,
        vec![
            timed("ours", 1, move || {
                black_box(ours.try_acquire()).ok();
            }),
            timed("governor", 1, move || {
                black_box(governor.check()).ok();
            }),
        ],
    )
}
