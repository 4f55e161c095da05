//! Simulated time for futures that must be `Send`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use async_playground::{
    patterns::{BackgroundTasks, TtlCache, ttl_cache},
    runtime::{Clock, Instant, Order, SendClock, SendTasks, Simulation},
};
use futures::future::BoxFuture;

use super::{Log, lines};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const fn is_send<T: Send>(value: T) -> T {
    value
}

/// A service as it is written for a multi-threaded executor.
struct Users {
    clock: SendClock,
    cache: TtlCache<u32, String, String, SendClock>,
    background: BackgroundTasks<SendTasks, SendClock>,
    fetches: Arc<AtomicU32>,
}

impl Users {
    async fn name(&self, id: u32) -> Result<String, String> {
        let (clock, fetches) = (self.clock.clone(), self.fetches.clone());
        let fetch: BoxFuture<'static, Result<String, String>> = Box::pin(async move {
            fetches.fetch_add(1, Ordering::Relaxed);
            clock.sleep(ms(100)).await;
            Ok(format!("user {id}"))
        });
        self.cache.try_get_with(id, fetch).await
    }

    fn notify(&self) {
        let clock = self.clock.clone();
        let sent = async move {
            clock.sleep(ms(50)).await;
            Ok::<(), String>(())
        };
        self.background.spawn("notify", sent).unwrap();
    }
}

#[test]
fn a_service_that_boxes_its_fetches_runs_on_simulated_time() {
    for order in (0..20).map(Order::seeded).chain([Order::fifo()]) {
        let mut simulation = Simulation::new(order);
        let (clock, tasks) = (simulation.send_clock(), simulation.send_tasks());
        let users = Arc::new(Users {
            clock: clock.clone(),
            cache: TtlCache::new(ttl_cache::Config { ttl: ms(1000), max_entries: 10 }, clock.clone())
                .unwrap(),
            background: BackgroundTasks::new(tasks.clone(), clock),
            fetches: Arc::default(),
        });
        for _ in 0..5 {
            let users = users.clone();
            tasks.spawn("caller", async move {
                assert_eq!(users.name(7).await.as_deref(), Ok("user 7"));
                users.notify();
            });
        }
        simulation.run().unwrap();
        assert_eq!((users.fetches.load(Ordering::Relaxed), simulation.now()), (1, Instant::from_millis(150)));
        let background = users.clone();
        let drained = simulation.block_on(is_send(async move { background.background.drain(ms(10)).await }));
        assert_eq!(drained.unwrap().finished, 5);
        assert_eq!(simulation.clock().pending(), 0);
    }
}

#[test]
fn both_clocks_tell_the_same_time_and_their_sleeps_end_by_deadline() {
    let mut simulation = Simulation::new(Order::fifo());
    let (clock, send, tasks, log) =
        (simulation.clock(), simulation.send_clock(), simulation.tasks(), Log::default());
    for (name, after) in [("a", 20), ("b", 10), ("c", 30)] {
        let (clock, send) = (clock.clone(), send.clone());
        let (first, second) = (log.clone(), log.clone());
        drop(tasks.spawn(name, async move {
            send.sleep(ms(after)).await;
            first.borrow_mut().push(format!("{name} {}", send.now()));
        }));
        drop(tasks.spawn(name, async move {
            clock.sleep(ms(after)).await;
            second.borrow_mut().push(format!("{name} local {}", clock.now()));
        }));
    }
    let counted = clock.clone();
    drop(tasks.spawn("count", async move { assert_eq!(counted.pending(), 6) }));
    simulation.run().unwrap();
    let expected = ["b local 10 ms", "b 10 ms", "a local 20 ms", "a 20 ms", "c local 30 ms", "c 30 ms"];
    assert_eq!(lines(&log), expected);
}

#[test]
fn a_dropped_sleep_of_a_send_clock_is_removed() {
    let simulation = Simulation::new(Order::fifo());
    let send = simulation.send_clock();
    let mut sleep = Box::pin(send.sleep(ms(10)));
    assert!(crate::proof::poll_once(&mut sleep).is_pending());
    assert_eq!(
        (simulation.clock().pending(), simulation.clock().next()),
        (1, Some(Instant::from_millis(10)))
    );
    drop(sleep);
    assert_eq!((simulation.clock().pending(), simulation.clock().next()), (0, None));
}

#[test]
fn a_run_ends_after_the_tasks_that_were_sent_and_starts_none_later() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, ended) = (simulation.send_tasks(), Arc::new(AtomicU32::new(0)));
    let count = |ended: &Arc<AtomicU32>| {
        let ended = ended.clone();
        async move {
            ended.fetch_add(1, Ordering::Relaxed);
        }
    };
    let (inner, last) = (tasks.clone(), count(&ended));
    // The first task sends another as the last thing that it does.
    tasks.spawn("first", async move { inner.spawn("second", last) });
    assert!(!simulation.tasks().is_empty());
    simulation.run().unwrap();
    assert_eq!(ended.load(Ordering::Relaxed), 1);
    drop(simulation);
    tasks.spawn("late", count(&ended));
    assert_eq!(Arc::strong_count(&ended), 1, "it is dropped");
}

#[test]
fn a_task_may_be_sent_from_another_thread() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock) = (simulation.send_tasks(), simulation.send_clock());
    let (sender, receiver) = futures::channel::oneshot::channel();
    let other = thread::spawn(move || {
        tasks.spawn("sent", async move {
            clock.sleep(ms(10)).await;
            sender.send(clock.now()).unwrap();
        });
    });
    other.join().unwrap();
    assert_eq!(simulation.block_on(receiver), Ok(Ok(Instant::from_millis(10))));
}
