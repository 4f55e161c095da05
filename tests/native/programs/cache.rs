//! Callers of one key, whose fetch may fail, be invalidated or lose its driver.

use std::{cell::Cell, rc::Rc};

use async_playground::{
    patterns::{LocalTtlCache, timeout, ttl_cache::Config},
    runtime::{Clock, Simulation, Timers},
};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

/// What the callers of a cache share.
#[derive(Clone)]
struct Backend {
    clock: Timers,
    under_way: Gauge,
    started: Rc<Cell<usize>>,
    fails_at_first: bool,
}

impl Backend {
    async fn fetch(self) -> Result<usize, &'static str> {
        let number = self.started.replace(self.started.get() + 1);
        let _under_way = self.under_way.enter(1);
        self.clock.sleep(ms(10)).await;
        self.clock.sleep(ms(10)).await;
        if self.fails_at_first && number == 0 { Err("down") } else { Ok(number) }
    }
}

/// Callers of one key; those from the fourth on arrive when the value may have expired. With an `invalidator`, the key is
/// invalidated during the fetch, after which another fetch may start.
fn callers(n: usize, fails_at_first: bool, invalidator: bool) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let clock = simulation.clock();
        let config = Config { ttl: ms(30), max_entries: 1 };
        let cache = Rc::new(LocalTtlCache::new(config, clock.clone()).unwrap());
        let (under_way, started) = (Gauge::default(), Rc::default());
        let backend = Backend { clock: clock.clone(), under_way: under_way.clone(), started, fails_at_first };
        let answers = Rc::new(Cell::new(0));
        for caller in 0..n {
            let (cache, backend, clock) = (cache.clone(), backend.clone(), clock.clone());
            let (answers, under_way) = (answers.clone(), under_way.clone());
            let call = async move {
                if caller > 2 {
                    clock.sleep(ms(15 * caller as u64)).await;
                }
                let answer = cache.try_get_with("key", backend.fetch()).await;
                assert!(under_way.most() <= 1 + usize::from(invalidator));
                assert!(answer.is_ok() || fails_at_first, "{answer:?}");
                answers.set(answers.get() + 1);
            };
            drop(crew.spawn(format!("caller {caller}"), call));
        }
        if invalidator {
            let (cache, clock) = (cache.clone(), clock.clone());
            let invalidate = async move {
                clock.sleep(ms(10)).await;
                cache.invalidate(&"key");
            };
            drop(crew.spawn("invalidator", invalidate));
        }
        if n > 3 {
            let (cache, clock) = (cache.clone(), clock.clone());
            let sweeper = async move { timeout(&clock, ms(200), cache.sweep()).await };
            drop(crew.spawn("sweeper", sweeper));
        }
        simulation.run().expect("no task hangs");
        assert!(answers.get() + usize::from(crew.was_cut()) >= n);
        let status = cache.status();
        assert_eq!((status.fetches, status.waiting, under_way.now()), (0, 0, 0));
        assert_eq!(clock.pending(), 0, "a fetch without callers is dropped");
        assert!(status.entries <= 1);
    }
}

#[test]
fn ttl_cache() {
    Proof::of("TTL cache")
        .swept(callers(3, false, true))
        .swept(callers(6, true, true))
        .in_every_order(callers(3, false, false))
        .in_every_order(callers(3, true, false))
        .in_every_order(callers(3, false, true))
        .in_every_order(callers(4, true, false))
        .in_seeded_orders(5000, 8, callers(6, true, true))
        .print();
}
