//! A small program on each pattern, for every schedule, and a larger one, for many seeds; each of their tasks is cut
//! off at each of its polls. What they assert holds for any order of tasks; what holds for one order only is tested
//! beside the pattern, in `patterns`.

mod background;
mod breaker;
mod cache;
mod chain;
mod context;
mod gather;
mod health;
mod limiter;
mod pool;
pub(crate) mod promises;
mod semaphore;
mod service;
mod tasks;
mod timeout;

use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// How many there are of something at a time.
#[derive(Clone, Default)]
struct Gauge {
    now: Rc<Cell<usize>>,
    most: Rc<Cell<usize>>,
}

/// Counted until it is dropped.
struct Counted(Gauge, usize);

impl Gauge {
    fn enter(&self, by: usize) -> Counted {
        self.now.set(self.now.get() + by);
        self.most.set(self.most.get().max(self.now.get()));
        Counted(self.clone(), by)
    }

    fn now(&self) -> usize {
        self.now.get()
    }

    fn most(&self) -> usize {
        self.most.get()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.now.set(self.0.now.get() - self.1);
    }
}

/// The output of a future, which is only dropped once all that it held is seen to be gone.
async fn emptied<F: Future>(future: F, held: &Gauge) -> F::Output {
    let mut future = pin!(future);
    let output = future.as_mut().await;
    assert_eq!(held.now(), 0, "what it held is gone before its end is seen");
    output
}
