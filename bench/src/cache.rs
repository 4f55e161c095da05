//! Caches that share a fetch: moka's, quick_cache.
//!
//! quick_cache has no time to live, so its values carry their deadline and each hit looks at the clock, as the others do. Its
//! default hash is foldhash, which resists chosen keys less than SipHash, the default of the others. So each row uses one
//! hash for all.

use std::{
    convert::Infallible,
    hash::{BuildHasher, RandomState},
    hint::black_box,
    time::Instant,
};

use async_playground::patterns::{TtlCache, ttl_cache::Config};
use quick_cache::{
    DefaultHashBuilder as FoldHash, UnitWeighter,
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
    vec![
        hit("cache, hit", FoldHash::default()),
        hit("cache, hit, SipHash", RandomState::new()),
        miss("cache, 1 000 callers on one miss", FoldHash::default()),
        miss("cache, 1 000 callers on one miss, SipHash", RandomState::new()),
    ]
}

macro_rules! caches {
    ($hash:expr) => {{
        let entries = usize::try_from(ENTRIES).expect("small");
        let config = Config { ttl: HOUR, max_entries: entries };
        let ours = TtlCache::with_hasher(config, Std::new(), $hash.clone()).expect("in range");
        let moka = moka::future::Cache::builder().max_capacity(ENTRIES).time_to_live(HOUR);
        let moka = moka.build_with_hasher($hash.clone());
        let quick = Cache::with(entries, ENTRIES, UnitWeighter, $hash, DefaultLifecycle::default());
        (ours, moka, quick)
    }};
}

fn hit(bench: &str, hash: impl BuildHasher + Clone + Send + Sync + 'static) -> Row {
    let (ours, moka, quick) = caches!(hash);
    for key in 0..100 {
        Crowd::new([ours.try_get_with(key, fetch(key))].into_iter()).finish();
        Crowd::new([moka.try_get_with(key, fetch(key))].into_iter()).finish();
        Crowd::new([quick.get_or_insert_async(&key, fetch_with_deadline(key))].into_iter()).finish();
    }
    let mut keys = (0..100_u64).cycle();
    let [mut first, mut second] = [keys.clone(), keys.clone()];
    let mut next = move || keys.next().unwrap_or_default();
    Row::measure(
        bench,
        "get or fetch one of 100 keys that are there, with a time to live",
        "ns",
        MANY,
        vec![
            timed("ours", 1, move || {
                let key = next();
                black_box(now(ours.try_get_with(key, fetch(key)))).ok();
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
        ],
    )
}

fn miss(bench: &str, hash: impl BuildHasher + Clone + Send + Sync + 'static) -> Row {
    let (ours, moka, quick) = caches!(hash);
    let mut keys = 0_u64..;
    let [mut first, mut second] = [keys.clone(), keys.clone()];
    let mut next = move || keys.next().unwrap_or_default();
    Row::measure(
        bench,
        "one caller: join a fetch that takes one turn, have its value",
        "ns",
        MANY,
        vec![
            timed("ours", CALLERS, move || {
                let key = next();
                Crowd::new((0..CALLERS).map(|_| ours.try_get_with(key, fetch(key)))).finish();
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
