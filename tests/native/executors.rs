//! Every scenario on every executor: simulated, tokio's two, smol, and the two pools of `futures`.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::{self, Duration},
};

use async_playground::runtime::{
    Clock, Instant, Order, SendClock, SendTasks, Simulation, Spawn, Tasks, Timers, TokioClock, TokioSpawner,
};
use futures::{
    executor::{LocalPool, LocalSpawner, ThreadPool},
    future::join_all,
    task::{LocalSpawnExt, SpawnExt},
};

use crate::scenarios::{self, Scenario, World, each_scenario};

/// The slack on real clocks: a task that is later than this hangs, even on a busy machine.
const BUSY: Duration = Duration::from_secs(30);

/// The system's clock, on smol's timer, which has a thread of its own.
#[derive(Clone, Copy, Debug)]
struct SystemClock(time::Instant);

struct SystemSleep(::smol::Timer);

impl Clock for SystemClock {
    type Sleep = SystemSleep;

    fn now(&self) -> Instant {
        Instant::ORIGIN.after(self.0.elapsed())
    }

    fn sleep_until(&self, deadline: Instant) -> SystemSleep {
        let at = self.0.checked_add(Duration::from_nanos(deadline.as_nanos()));
        let at = at.filter(|_| deadline != Instant::NEVER);
        SystemSleep(at.map_or_else(::smol::Timer::never, ::smol::Timer::at))
    }
}

impl Future for SystemSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}

fn world<S>(spawner: S) -> World<SystemClock, S> {
    World { clock: SystemClock(time::Instant::now()), spawner, slack: BUSY }
}

#[derive(Clone)]
struct OnSmol;

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for OnSmol {
    fn spawn(&self, task: F) {
        ::smol::spawn(task).detach();
    }
}

#[derive(Clone)]
struct OnLocalPool(LocalSpawner);

impl<F: Future<Output = ()> + 'static> Spawn<F> for OnLocalPool {
    fn spawn(&self, task: F) {
        self.0.spawn_local(task).unwrap();
    }
}

#[derive(Clone)]
struct OnThreadPool(ThreadPool);

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for OnThreadPool {
    fn spawn(&self, task: F) {
        self.0.spawn_ok(task);
    }
}

/// Runs the tasks of a scenario, each spawned by itself, and then its check: one function for each executor. Where the
/// executor has several threads, compiling this shows that the pattern's futures are `Send`.
mod run {
    use super::*;

    pub(super) fn simulated<F, Check>(scenario: impl Fn(World<Timers, Tasks>) -> Scenario<F, Check>)
    where
        F: Future<Output = ()> + 'static,
        Check: FnOnce(),
    {
        let orders = (0..20).map(Order::seeded).chain([Order::fifo()]);
        for order in orders {
            let mut simulation = Simulation::new(order);
            let (clock, spawner) = (simulation.clock(), simulation.tasks());
            let Scenario { tasks, check } =
                scenario(World { clock: clock.clone(), spawner: spawner.clone(), slack: Duration::ZERO });
            let tasks: Vec<_> = tasks.into_iter().map(|task| spawner.spawn("task", task)).collect();
            for end in simulation.block_on(join_all(tasks)).unwrap() {
                end.unwrap();
            }
            check();
            assert_eq!(clock.pending(), 0, "no timer is left behind");
        }
    }

    pub(super) fn simulated_send<F, Check>(
        scenario: impl Fn(World<SendClock, SendTasks>) -> Scenario<F, Check>,
    ) where
        F: Future<Output = ()> + Send + 'static,
        Check: FnOnce(),
    {
        for order in (0..20).map(Order::seeded).chain([Order::fifo()]) {
            let mut simulation = Simulation::new(order);
            let (clock, spawner) = (simulation.send_clock(), simulation.send_tasks());
            let Scenario { tasks, check } =
                scenario(World { clock, spawner: spawner.clone(), slack: Duration::ZERO });
            tasks.into_iter().for_each(|task| spawner.spawn("task", task));
            simulation.run().unwrap();
            check();
            assert_eq!(simulation.clock().pending(), 0, "no timer is left behind");
        }
    }

    fn on_tokio<F, Check>(
        runtime: &tokio::runtime::Runtime,
        slack: Duration,
        scenario: impl FnOnce(World<TokioClock, TokioSpawner>) -> Scenario<F, Check>,
    ) where
        F: Future<Output = ()> + Send + 'static,
        Check: FnOnce(),
    {
        runtime.block_on(async {
            let Scenario { tasks, check } =
                scenario(World { clock: TokioClock::new(), spawner: TokioSpawner, slack });
            for end in join_all(tasks.into_iter().map(tokio::spawn)).await {
                end.unwrap();
            }
            check();
        });
    }

    /// tokio's paused clock moves by itself, in whole milliseconds.
    pub(super) fn tokio_current_thread<F, Check>(
        scenario: impl FnOnce(World<TokioClock, TokioSpawner>) -> Scenario<F, Check>,
    ) where
        F: Future<Output = ()> + Send + 'static,
        Check: FnOnce(),
    {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        on_tokio(&runtime, Duration::from_millis(50), scenario);
    }

    pub(super) fn tokio_multi_thread<F, Check>(
        scenario: impl FnOnce(World<TokioClock, TokioSpawner>) -> Scenario<F, Check>,
    ) where
        F: Future<Output = ()> + Send + 'static,
        Check: FnOnce(),
    {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        on_tokio(&runtime.worker_threads(4).enable_time().build().unwrap(), BUSY, scenario);
    }

    pub(super) fn smol<F, Check>(scenario: impl FnOnce(World<SystemClock, OnSmol>) -> Scenario<F, Check>)
    where
        F: Future<Output = ()> + Send + 'static,
        Check: FnOnce(),
    {
        let Scenario { tasks, check } = scenario(world(OnSmol));
        ::smol::block_on(join_all(tasks.into_iter().map(::smol::spawn)));
        check();
    }

    pub(super) fn local_pool<F, Check>(
        scenario: impl FnOnce(World<SystemClock, OnLocalPool>) -> Scenario<F, Check>,
    ) where
        F: Future<Output = ()> + 'static,
        Check: FnOnce(),
    {
        let mut pool = LocalPool::new();
        let spawner = pool.spawner();
        let Scenario { tasks, check } = scenario(world(OnLocalPool(spawner.clone())));
        let tasks: Vec<_> =
            tasks.into_iter().map(|task| spawner.spawn_local_with_handle(task).unwrap()).collect();
        pool.run_until(join_all(tasks));
        check();
    }

    pub(super) fn thread_pool<F, Check>(
        scenario: impl FnOnce(World<SystemClock, OnThreadPool>) -> Scenario<F, Check>,
    ) where
        F: Future<Output = ()> + Send + 'static,
        Check: FnOnce(),
    {
        let pool = ThreadPool::builder().pool_size(4).create().unwrap();
        let Scenario { tasks, check } = scenario(world(OnThreadPool(pool.clone())));
        let tasks: Vec<_> = tasks.into_iter().map(|task| pool.spawn_with_handle(task).unwrap()).collect();
        futures::executor::block_on(join_all(tasks));
        check();
    }
}

macro_rules! tests {
    ($executor:ident: $($scenario:ident)+) => {
        mod $executor {
            use super::{run, scenarios};
            $(
                #[test]
                fn $scenario() {
                    run::$executor(scenarios::$scenario);
                }
            )+
        }
    };
}

macro_rules! on_every_executor {
    ($($scenario:ident)+) => {
        tests!(simulated: $($scenario)+);
        tests!(simulated_send: $($scenario)+);
        tests!(tokio_current_thread: $($scenario)+);
        tests!(tokio_multi_thread: $($scenario)+);
        tests!(smol: $($scenario)+);
        tests!(local_pool: $($scenario)+);
        tests!(thread_pool: $($scenario)+);
    };
}

each_scenario!(on_every_executor);
