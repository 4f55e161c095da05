//! Connection pools: deadpool, bb8. All on tokio's timer, with a limit for waiting, and a check at checkout.

use std::{convert::Infallible, hint::black_box, rc::Rc, sync::Mutex, time::Instant};

use async_playground::{
    patterns::pool::{Config, Manager, Pool},
    runtime::TokioClock,
};
use deadpool::managed::{self, Metrics, RecycleResult};
use tokio::runtime::{Builder, Runtime};

use crate::{
    drive::SECOND,
    harness::{MANY, Round, Row, timed},
};

const CONNECTIONS: usize = 10;
const WAITERS: u32 = 1000;

struct Opener;

impl Manager for Opener {
    type Connection = u32;
    type Error = Infallible;

    async fn connect(&self) -> Result<u32, Infallible> {
        Ok(1)
    }

    async fn check(&self, connection: &mut u32) -> bool {
        black_box(*connection) == 1
    }
}

impl managed::Manager for Opener {
    type Type = u32;
    type Error = Infallible;

    async fn create(&self) -> Result<u32, Infallible> {
        Ok(1)
    }

    async fn recycle(&self, connection: &mut u32, _: &Metrics) -> RecycleResult<Infallible> {
        black_box(*connection);
        Ok(())
    }
}

impl bb8::ManageConnection for Opener {
    type Connection = u32;
    type Error = Infallible;

    async fn connect(&self) -> Result<u32, Infallible> {
        Ok(1)
    }

    async fn is_valid(&self, connection: &mut u32) -> Result<(), Infallible> {
        black_box(*connection);
        Ok(())
    }

    fn has_broken(&self, _: &mut u32) -> bool {
        false
    }
}

type Pools = (Pool<Opener, TokioClock>, managed::Pool<Opener>, bb8::Pool<Opener>);

fn pools(runtime: &Runtime) -> Pools {
    let wait = 30 * SECOND;
    let config = Config { max_size: CONNECTIONS, wait_timeout: wait, connect_timeout: 5 * SECOND };
    let ours = Pool::new(Opener, TokioClock::new(), config).expect("in range");
    let deadpool = managed::Pool::builder(Opener)
        .max_size(CONNECTIONS)
        .wait_timeout(Some(wait))
        .create_timeout(Some(5 * SECOND))
        .recycle_timeout(Some(5 * SECOND))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .expect("has a runtime");
    let bb8 = bb8::Pool::builder().max_size(10).connection_timeout(wait).build(Opener);
    (ours, deadpool, runtime.block_on(bb8).unwrap_or_else(|never| match never {}))
}

fn runtime() -> Rc<Runtime> {
    Rc::new(Builder::new_current_thread().enable_time().build().expect("a runtime"))
}

pub(crate) fn rows() -> Vec<Row> {
    vec![free(), waiting("mean", mean), waiting("p99", p99)]
}

/// Runs many operations in one `block_on`, so that it does not count.
fn free() -> Row {
    const MANY_GETS: u32 = 100;
    let runtime = runtime();
    let (ours, deadpool, bb8) = pools(&runtime);
    let [first, second, third] = [(); 3].map(|()| Rc::clone(&runtime));
    Row::measure(
        "pool, get and put",
        "await a connection that is idle and passes its check, return it",
        "ns",
        MANY,
        vec![
            timed("ours", MANY_GETS, move || {
                first.block_on(async {
                    for _ in 0..MANY_GETS {
                        drop(black_box(ours.get().await));
                    }
                });
            }),
            timed("deadpool", MANY_GETS, move || {
                second.block_on(async {
                    for _ in 0..MANY_GETS {
                        drop(black_box(deadpool.get().await));
                    }
                });
            }),
            timed("bb8", MANY_GETS, move || {
                third.block_on(async {
                    for _ in 0..MANY_GETS {
                        drop(black_box(bb8.get().await));
                    }
                });
            }),
        ],
    )
}

fn waiting(name: &str, measure: fn(&mut [f64]) -> f64) -> Row {
    let runtime = runtime();
    let (ours, deadpool, bb8) = pools(&runtime);
    Row::measure(
        format!("pool, 1 000 waiters on 10 connections, {name}"),
        "one of 1 000 tasks: from the call to having a connection, which each keeps for one turn",
        "µs",
        MANY,
        vec![
            (
                "ours",
                crowd(&runtime, measure, move || {
                    let pool = ours.clone();
                    async move { pool.get().await.ok() }
                }),
            ),
            (
                "deadpool",
                crowd(&runtime, measure, move || {
                    let pool = deadpool.clone();
                    async move { pool.get().await.ok() }
                }),
            ),
            (
                "bb8",
                crowd(&runtime, measure, move || {
                    let pool = bb8.clone();
                    async move { pool.get_owned().await.ok() }
                }),
            ),
        ],
    )
}

/// Starts a thousand tasks at once and returns how long each waited.
fn crowd<F>(runtime: &Rc<Runtime>, measure: fn(&mut [f64]) -> f64, get: impl Fn() -> F + 'static) -> Round
where
    F: Future<Output: Send> + Send + 'static,
{
    let runtime = Rc::clone(runtime);
    let one = move || {
        let waits = std::sync::Arc::new(Mutex::new(Vec::with_capacity(1000)));
        runtime.block_on(async {
            let began = Instant::now();
            let tasks: Vec<_> = (0..WAITERS)
                .map(|_| {
                    let (got, waits) = (get(), waits.clone());
                    tokio::spawn(async move {
                        let connection = got.await;
                        let waited = began.elapsed().as_secs_f64() * 1e6;
                        waits.lock().expect("no task panics").push(waited);
                        tokio::task::yield_now().await;
                        drop(connection);
                    })
                })
                .collect();
            for task in tasks {
                task.await.expect("no task panics");
            }
        });
        measure(&mut waits.lock().expect("no task panics"))
    };
    Box::new(move |count| (0..count).map(|_| one()).sum::<f64>() / f64::from(count))
}

fn mean(waits: &mut [f64]) -> f64 {
    waits.iter().sum::<f64>() / f64::from(WAITERS)
}

fn p99(waits: &mut [f64]) -> f64 {
    waits.sort_by(f64::total_cmp);
    waits[waits.len() * 99 / 100]
}
