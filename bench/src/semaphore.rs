//! Semaphores: tokio's, async-lock's.

use std::{hint::black_box, sync::Arc};

use async_playground::patterns::Semaphore;

use crate::{
    drive::{Crowd, now},
    harness::{MANY, Row, timed},
};

const WAITERS: u32 = 1000;

pub(crate) fn rows() -> Vec<Row> {
    let (ours, tokio, lock) =
        (Semaphore::new(10), tokio::sync::Semaphore::new(10), async_lock::Semaphore::new(10));
    let free = Row::measure(
        "semaphore, free",
        "await a permit that is available, release it",
        "ns",
        MANY,
        vec![
            timed("ours", 1, move || drop(black_box(now(ours.acquire())))),
            timed("tokio", 1, move || drop(black_box(now(tokio.acquire())))),
            timed("async-lock", 1, move || drop(black_box(now(lock.acquire())))),
        ],
    );
    let (ours, tokio, lock) = (
        Arc::new(Semaphore::new(1)),
        Arc::new(tokio::sync::Semaphore::new(1)),
        Arc::new(async_lock::Semaphore::new(1)),
    );
    let contended = Row::measure(
        "semaphore, 1 000 waiters",
        "one waiter: join the queue for the only permit, get it, release it",
        "ns",
        MANY,
        vec![
            timed("ours", WAITERS, move || {
                let first = now(ours.acquire());
                let mut crowd = Crowd::new((0..WAITERS).map(|_| async { drop(ours.acquire().await) }));
                crowd.poll();
                drop(first);
                crowd.finish();
            }),
            timed("tokio", WAITERS, move || {
                let first = now(tokio.acquire());
                let mut crowd = Crowd::new((0..WAITERS).map(|_| async { drop(tokio.acquire().await) }));
                crowd.poll();
                drop(first);
                crowd.finish();
            }),
            timed("async-lock", WAITERS, move || {
                let first = now(lock.acquire());
                let mut crowd = Crowd::new((0..WAITERS).map(|_| async { drop(lock.acquire().await) }));
                crowd.poll();
                drop(first);
                crowd.finish();
            }),
        ],
    );
    vec![free, contended]
}
