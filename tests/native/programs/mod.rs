//! A small program for each pattern, run in every order, and a larger one, run with many seeds. Each of their tasks is
//! cut off at each of its polls. They assert what is true in any order of tasks; `patterns` tests what is true in one
//! order only.

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

/// Counts how many of something exist at a time.
#[derive(Clone, Default)]
struct Gauge {
    now: Rc<Cell<usize>>,
    most: Rc<Cell<usize>>,
}

/// Counts until it is dropped.
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

/// Returns the output of a future, and asserts that everything it held is dropped before the future itself is.
async fn emptied<F: Future>(future: F, held: &Gauge) -> F::Output {
    let mut future = pin!(future);
    let output = future.as_mut().await;
    assert_eq!(held.now(), 0, "it holds nothing after its end");
    output
}
