//! Caches that share a fetch: moka's, quick_cache.
//!
//! quick_cache has no time to live, so that its values carry their deadline and each hit looks at the clock, as the others do.
//! It hashes by foldhash, which guards less against chosen keys than the standard library's SipHash, by which the others
//! do; so for a hit it is there with that, too.

use std::{convert::Infallible, hash::RandomState, hint::black_box, time::Instant};

use async_playground::patterns::{CacheConfig, TtlCache};
use quick_cache::{
    UnitWeighter,
    sync::{Cache, DefaultLifecycle},
};

use crate::{
    clock::Std,
    drive::{Crowd, HOUR, a_turn, now},
    harness::{MANY, Row, timed},
};

const CALLERS: u32 = 1000;
const ENTRIES: u64 = 10_000;

async fn fetch(key: u64) -> Result<u64, Infallible> {
    a_turn().await;
    Ok(key)
}

async fn fetch_with_deadline(key: u64) -> Result<(u64, Instant), Infallible> {
    Ok((fetch(key).await?, Instant::now() + HOUR))
}

pub(crate) fn rows() -> Vec<Row> {
    vec![hit(), miss()]
}

macro_rules! caches {
    () => {{
        let config = CacheConfig { ttl: HOUR, max_entries: usize::try_from(ENTRIES).expect("small") };
        let ours = TtlCache::new(config, Std::new()).expect("in range");
        let moka = moka::future::Cache::builder().max_capacity(ENTRIES).time_to_live(HOUR).build();
        let quick = quick_cache::sync::Cache::new(usize::try_from(ENTRIES).expect("small"));
        (ours, moka, quick)
    }};
}

fn hit() -> Row {
    let (ours, moka, quick) = caches!();
    let entries = usize::try_from(ENTRIES).expect("small");
    let sip = Cache::with(entries, ENTRIES, UnitWeighter, RandomState::new(), DefaultLifecycle::default());
    for key in 0..100 {
        Crowd::new([sip.get_or_insert_async(&key, fetch_with_deadline(key))].into_iter()).finish();
        Crowd::new([ours.get_or_fetch(key, || fetch(key))].into_iter()).finish();
        Crowd::new([moka.try_get_with(key, fetch(key))].into_iter()).finish();
        Crowd::new([quick.get_or_insert_async(&key, fetch_with_deadline(key))].into_iter()).finish();
    }
    let mut keys = (0..100_u64).cycle();
    let [mut first, mut second, mut third] = [keys.clone(), keys.clone(), keys.clone()];
    let mut next = move || keys.next().unwrap_or_default();
    Row::measure(
        "cache, hit",
        "get or fetch one of 100 keys that are there, with a time to live",
        "ns",
        MANY,
        vec![
            timed("ours", 1, move || {
                let key = next();
                black_box(now(ours.get_or_fetch(key, || fetch(key)))).ok();
            }),
            timed("moka", 1, move || {
                let key = first.next().unwrap_or_default();
                black_box(now(moka.try_get_with(key, fetch(key)))).ok();
            }),
            timed("quick_cache", 1, move || {
                let key = second.next().unwrap_or_default();
                let found = now(quick.get_or_insert_async(&key, fetch_with_deadline(key)));
                black_box(found.is_ok_and(|(_, deadline)| Instant::now() < deadline));
            }),
            timed("quick_cache, SipHash", 1, move || {
                let key = third.next().unwrap_or_default();
                let found = now(sip.get_or_insert_async(&key, fetch_with_deadline(key)));
                black_box(found.is_ok_and(|(_, deadline)| Instant::now() < deadline));
            }),
        ],
    )
}

fn miss() -> Row {
    let (ours, moka, quick) = caches!();
    let mut keys = 0_u64..;
    let [mut first, mut second] = [keys.clone(), keys.clone()];
    let mut next = move || keys.next().unwrap_or_default();
    Row::measure(
        "cache, 1 000 callers on one miss",
        "one caller: join a fetch that takes one turn, have its value",
        "ns",
        MANY,
        vec![
            timed("ours", CALLERS, move || {
                let key = next();
                Crowd::new((0..CALLERS).map(|_| ours.get_or_fetch(key, || fetch(key)))).finish();
            }),
            timed("moka", CALLERS, move || {
                let key = first.next().unwrap_or_default();
                Crowd::new((0..CALLERS).map(|_| moka.try_get_with(key, fetch(key)))).finish();
            }),
            timed("quick_cache", CALLERS, move || {
                let key = second.next().unwrap_or_default();
                let callers = (0..CALLERS).map(|_| async {
                    let found = quick.get_or_insert_async(&key, fetch_with_deadline(key)).await;
                    black_box(found.is_ok_and(|(_, deadline)| Instant::now() < deadline));
                });
                Crowd::new(callers).finish();
            }),
        ],
    )
}
