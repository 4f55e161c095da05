//! Simulated time: the simulation beside tokio's paused clock, from a thousand sleepers to a million.

use std::{cell::Cell, rc::Rc, time::Duration};

use async_playground::{
    patterns::gather,
    runtime::{Clock, Order, Simulation, Tasks, Timers},
    trace::Recorder,
};
use futures::future::join_all;
use tokio::{
    runtime::{Builder, Runtime},
    time,
};

use crate::{
    harness::{Rounds, Row, timed},
    memory,
};

pub(crate) const COUNTS: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
const SPAWNED: &str = "one of so many requests of 100 or 150 ms, each a task, all awaited";

/// `join_all` on a paused clock is quadratic: a million took four minutes.
const MOST_JOINED: u32 = 10_000;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = COUNTS.map(spawned).into();
    rows.extend(COUNTS.map(gathered));
    rows.push(memory());
    rows
}

/// As in the exercise concurrent-requests: every other sleeper is slower.
fn delay(index: u32) -> Duration {
    Duration::from_millis(100 + 50 * u64::from(index % 2))
}

fn rounds(count: u32) -> Rounds {
    Rounds { count: if count < 100_000 { 21 } else { 7 }, length: Duration::from_millis(4) }
}

fn paused() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

fn in_simulation<F: Future<Output = u64> + 'static>(work: impl FnOnce(Tasks, Timers) -> F) -> u64 {
    let mut simulation = Simulation::new(Order::fifo());
    let work = work(simulation.tasks(), simulation.clock());
    simulation.block_on(work).expect("nobody waits for ever")
}

async fn ours(tasks: Tasks, clock: Timers, count: u32) -> u64 {
    let request = |index| {
        let clock = clock.clone();
        async move {
            clock.sleep(delay(index)).await;
            u64::from(index)
        }
    };
    let requests: Vec<_> = (0..count).map(|index| tasks.spawn("request", request(index))).collect();
    let mut sum = 0;
    for request in requests {
        sum += request.await.unwrap_or_default();
    }
    sum
}

/// Records each task's life and waits, as a run of an exercise does.
async fn traced(tasks: Tasks, clock: Timers, count: u32) -> u64 {
    tasks.observe(Rc::new(Recorder::new(clock.clone())));
    let request = |index| {
        let (tasks, clock) = (tasks.clone(), clock.clone());
        async move {
            tasks.waiting("sleep", clock.sleep(delay(index))).await;
            u64::from(index)
        }
    };
    let requests: Vec<_> = (0..count).map(|index| tasks.spawn("request", request(index))).collect();
    let mut sum = 0;
    for request in requests {
        sum += request.await.unwrap_or_default();
    }
    sum
}

async fn theirs(count: u32) -> u64 {
    let request = async |index| {
        time::sleep(delay(index)).await;
        u64::from(index)
    };
    let requests: Vec<_> = (0..count).map(|index| tokio::spawn(request(index))).collect();
    let mut sum = 0;
    for request in requests {
        sum += request.await.unwrap_or_default();
    }
    sum
}

fn spawned(count: u32) -> Row {
    let runtime = paused();
    Row::measure(
        format!("simulated, {count} spawned"),
        SPAWNED,
        "ns",
        rounds(count),
        vec![
            timed("ours", count, move || {
                in_simulation(|tasks, clock| ours(tasks, clock, count));
            }),
            timed("tokio, paused", count, move || {
                runtime.block_on(theirs(count));
            }),
            timed("ours, traced", count, move || {
                in_simulation(|tasks, clock| traced(tasks, clock, count));
            }),
        ],
    )
}

fn gathered(count: u32) -> Row {
    let runtime = paused();
    let mut contenders = vec![timed("ours", count, move || {
        in_simulation(|_, clock| async move {
            gather((0..count).map(|index| clock.sleep(delay(index)))).await.len() as u64
        });
    })];
    if count <= MOST_JOINED {
        contenders.push(timed("tokio, join_all", count, move || {
            runtime.block_on(async { join_all((0..count).map(|index| time::sleep(delay(index)))).await });
        }));
    }
    Row::measure(
        format!("simulated, {count} gathered"),
        "one of so many sleeps of 100 or 150 ms, gathered in one task",
        "ns",
        rounds(count),
        contenders,
    )
}

/// Bytes per task while a hundred thousand sleep, without the task's own future.
fn memory() -> Row {
    const COUNT: u32 = 100_000;
    let per_task = |live: f64, own: usize| live / f64::from(COUNT) - own as f64;
    let look = Duration::from_millis(50);
    let simulated = |watched: bool| {
        let seen = Rc::new(Cell::new(0.0));
        let own = Rc::new(Cell::new(0));
        memory::counted(|| {
            in_simulation(|tasks, clock| {
                let (seen, own) = (Rc::clone(&seen), Rc::clone(&own));
                async move {
                    if watched {
                        tasks.observe(Rc::new(Recorder::new(clock.clone())));
                    }
                    let requests: Vec<_> = (0..COUNT)
                        .map(|index| {
                            let clock = clock.clone();
                            let request = async move { clock.sleep(delay(index)).await };
                            own.set(size_of_val(&request));
                            tasks.spawn("request", request)
                        })
                        .collect();
                    clock.sleep(look).await;
                    seen.set(memory::live());
                    join_all(requests).await.len() as u64
                }
            })
        });
        per_task(seen.get(), own.get())
    };
    let runtime = paused();
    let tokio = memory::counted(|| {
        runtime.block_on(async {
            let mut own = 0;
            let requests: Vec<_> = (0..COUNT)
                .map(|index| {
                    let request = async move { time::sleep(delay(index)).await };
                    own = size_of_val(&request);
                    tokio::spawn(request)
                })
                .collect();
            time::sleep(look).await;
            let seen = memory::live();
            drop(requests);
            per_task(seen, own)
        })
    });
    Row::counted(
        format!("simulated, memory of {COUNT} sleeping"),
        "one sleeping task and its handle, beside its own future",
        "bytes",
        vec![("ours", simulated(false)), ("tokio, paused", tokio), ("ours, traced", simulated(true))],
    )
}
