//! The browser clock keeps the promises of the clock port.

use async_playground::{
    runtime::{Clock, Instant},
    web::browser_clock,
};
use futures::{
    StreamExt as _,
    future::{join_all, select},
    stream::FuturesUnordered,
};
use std::{pin::pin, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_sleep_is_never_early_on_its_own_clock() {
    let clock = browser_clock();
    // Fractions of milliseconds are where browsers fire early.
    join_all((0..200_u64).map(|n| {
        let clock = clock.clone();
        async move {
            let due = clock.now().after(Duration::from_micros(n * 137));
            clock.sleep_until(due).await;
            let now = clock.now();
            assert!(now >= due, "sleep until {due:?} ended at {now:?}");
        }
    }))
    .await;
    assert_eq!(clock.pending(), 0);
}

#[wasm_bindgen_test]
async fn delays_beyond_what_browsers_accept_do_not_fire_at_once() {
    let clock = browser_clock();
    // 2^31 ms would overflow into a delay of zero.
    for long in [Duration::from_millis(1 << 31), Duration::from_secs(u64::MAX), Duration::MAX] {
        let sleep = pin!(clock.sleep(long));
        let short = pin!(clock.sleep(Duration::from_millis(30)));
        assert!(matches!(select(short, sleep).await, futures::future::Either::Left(_)), "{long:?}");
    }
}

#[wasm_bindgen_test]
async fn a_dropped_sleep_leaves_no_timer_and_wakes_nobody() {
    let clock = browser_clock();
    {
        let sleep = pin!(clock.sleep(Duration::from_millis(5)));
        let now = pin!(async {});
        select(now, sleep).await;
    }
    let polled = {
        let mut sleep = pin!(clock.sleep(Duration::from_millis(5)));
        futures::poll!(sleep.as_mut()).is_pending() && clock.pending() == 1
    };
    assert!(polled, "a sleep that was polled is in the queue");
    assert_eq!((clock.pending(), clock.next()), (0, None));
}

#[wasm_bindgen_test]
async fn sleeps_end_in_order_of_their_deadlines_whatever_the_order_of_their_start() {
    let clock = browser_clock();
    let start = clock.now();
    // They are polled in the order in which they are woken, so a machine that stalls changes nothing.
    let sleeps = [300_u64, 100, 200, 0].map(|ms| {
        let clock = clock.clone();
        async move {
            clock.sleep_until(start.after(Duration::from_millis(ms))).await;
            ms
        }
    });
    let ended: Vec<u64> = FuturesUnordered::from_iter(sleeps).collect().await;
    assert_eq!(ended, [0, 100, 200, 300]);
}

#[wasm_bindgen_test]
async fn the_clock_counts_from_its_own_origin() {
    let clock = browser_clock();
    assert!(clock.now() < Instant::from_millis(50));
    clock.sleep(Duration::from_millis(20)).await;
    assert!(browser_clock().now() < clock.now());
}
