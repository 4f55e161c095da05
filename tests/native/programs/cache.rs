use std::{cell::Cell, pin::Pin, rc::Rc};

use async_playground::{
    patterns::{CacheConfig, TtlCache, timeout},
    runtime::{Clock, Simulation, Timers},
};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

type Fetch = Pin<Box<dyn Future<Output = Result<usize, &'static str>>>>;

/// What the callers of a cache share.
#[derive(Clone)]
struct Backend {
    clock: Timers,
    under_way: Gauge,
    begun: Rc<Cell<usize>>,
    fails_at_first: bool,
}

impl Backend {
    fn fetch(self) -> Fetch {
        let number = self.begun.replace(self.begun.get() + 1);
        let under_way = self.under_way.enter(1);
        Box::pin(async move {
            let _under_way = under_way;
            self.clock.sleep(ms(10)).await;
            self.clock.sleep(ms(10)).await;
            if self.fails_at_first && number == 0 { Err("down") } else { Ok(number) }
        })
    }
}

/// Callers of one key; those from the fourth on come when the value may have expired. With an `invalidator`, the key is
/// invalidated during the fetch, after which another fetch may begin.
fn callers(n: usize, fails_at_first: bool, invalidator: bool) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let clock = simulation.clock();
        let config = CacheConfig { ttl: ms(30), max_entries: 1 };
        let cache = Rc::new(TtlCache::new(config, clock.clone()).unwrap());
        let (under_way, begun) = (Gauge::default(), Rc::default());
        let backend = Backend { clock: clock.clone(), under_way: under_way.clone(), begun, fails_at_first };
        let answers = Rc::new(Cell::new(0));
        for caller in 0..n {
            let (cache, backend, clock) = (cache.clone(), backend.clone(), clock.clone());
            let (answers, under_way) = (answers.clone(), under_way.clone());
            let call = async move {
                if caller > 2 {
                    clock.sleep(ms(15 * caller as u64)).await;
                }
                let answer = cache.get_or_fetch("key", move || backend.fetch()).await;
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
        simulation.run().expect("nobody hangs");
        assert!(answers.get() + usize::from(crew.was_cut()) >= n);
        let status = cache.status();
        assert_eq!((status.flights, status.waiting, under_way.now()), (0, 0, 0));
        assert_eq!(clock.pending(), 0, "a fetch that nobody waits for is gone");
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
