//! Timeouts: tokio's. Both are on tokio's timer.

use std::{future::ready, hint::black_box, rc::Rc, time::Duration};

use async_playground::{patterns::timeout, runtime::TokioClock};
use futures::future::join_all;
use tokio::{runtime::Builder, time};

use crate::{
    drive::SECOND,
    harness::{MANY, Row, timed},
};

const SLEEPERS: u32 = 30;
const MILLISECOND: Duration = Duration::from_millis(1);

pub(crate) fn rows() -> Vec<Row> {
    let runtime =
        Rc::new(Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime"));
    let clock = runtime.block_on(async { TokioClock::new() });
    // Reading tokio's paused clock takes a lock, so the clock is not paused here.
    let real = Rc::new(Builder::new_current_thread().enable_time().build().expect("a runtime"));
    let real_clock = TokioClock::new();
    const MANY_CALLS: u32 = 100;
    let [ours, theirs] = [(); 2].map(|()| Rc::clone(&real));
    let at_once = Row::measure(
        "timeout, ready",
        "await a future that is ready, with a limit of 1 s",
        "ns",
        MANY,
        vec![
            timed("ours", MANY_CALLS, move || {
                ours.block_on(async {
                    for _ in 0..MANY_CALLS {
                        black_box(timeout(&real_clock, SECOND, ready(black_box(1))).await).ok();
                    }
                });
            }),
            timed("tokio", MANY_CALLS, move || {
                theirs.block_on(async {
                    for _ in 0..MANY_CALLS {
                        black_box(time::timeout(SECOND, ready(black_box(1))).await).ok();
                    }
                });
            }),
        ],
    );
    let [ours, theirs] = [(); 2].map(|()| Rc::clone(&runtime));
    let sleeping = Row::measure(
        "timeout, sleeping",
        "one of 30 at once: await a sleep of 1 ms, paused, with a limit of 1 s, which takes a timer",
        "ns",
        MANY,
        vec![
            timed("ours", SLEEPERS, move || {
                ours.block_on(async {
                    let sleeps = (0..SLEEPERS).map(|_| timeout(&clock, SECOND, time::sleep(MILLISECOND)));
                    black_box(join_all(sleeps).await);
                });
            }),
            timed("tokio", SLEEPERS, move || {
                theirs.block_on(async {
                    let sleeps = (0..SLEEPERS).map(|_| time::timeout(SECOND, time::sleep(MILLISECOND)));
                    black_box(join_all(sleeps).await);
                });
            }),
        ],
    );
    vec![at_once, sleeping]
}
