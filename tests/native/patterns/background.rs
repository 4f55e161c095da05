use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    convert::Infallible,
    future::{pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Wake, Waker},
    time::Duration,
};

use async_playground::{
    patterns::{BackgroundTasks, Drained, TaskEnd, TaskOutcome, TasksClosed, Tracked},
    runtime::{Clock, Instant, Order, Simulation, Spawn, Tasks, Timers, TokioSpawner},
};

use super::support::{Cut, Manual, cut_off, ms, poll_once, send, send_and_sync, sweep, turn};

type Tracker = BackgroundTasks<Tasks, Timers, Box<dyn Fn(&TaskEnd)>>;
type Ends = Rc<RefCell<Vec<TaskEnd>>>;

struct World {
    sim: Simulation,
    clock: Timers,
    tasks: Rc<Tracker>,
    ends: Ends,
    alive: Rc<Cell<u32>>,
}

fn world(order: Order) -> World {
    let (sim, ends) = (Simulation::new(order), Ends::default());
    let observed = ends.clone();
    let observer: Box<dyn Fn(&TaskEnd)> = Box::new(move |end| observed.borrow_mut().push(end.clone()));
    let tasks = Rc::new(BackgroundTasks::observed(sim.tasks(), sim.clock(), observer));
    World { clock: sim.clock(), sim, tasks, ends, alive: Rc::default() }
}

struct Life(Rc<Cell<u32>>);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl World {
    /// Spawns a task that ends with `end` after `millis`. It counts as alive until it is dropped.
    fn work(&self, name: &'static str, millis: u64, end: Result<(), &'static str>) {
        self.alive.set(self.alive.get() + 1);
        let (life, sleep) = (Life(self.alive.clone()), self.clock.sleep(ms(millis)));
        let work = async move {
            let _life = life;
            sleep.await;
            end
        };
        self.tasks.spawn(name, work).unwrap();
    }

    fn drain(&mut self, limit: Duration) -> (Drained, Instant) {
        let (tasks, alive) = (self.tasks.clone(), self.alive.clone());
        let drained = self.sim.block_on(async move {
            let drained = tasks.drain(limit).await;
            assert_eq!(alive.get(), 0, "every future has been dropped");
            drained
        });
        (drained.unwrap(), self.sim.now())
    }

    fn outcomes(&self) -> Vec<(String, TaskOutcome)> {
        self.ends.borrow().iter().map(|end| (end.name.to_string(), end.outcome.clone())).collect()
    }
}

const fn drained(finished: u64, failed: u64, cancelled: u64) -> Drained {
    Drained { finished, failed, panicked: 0, cancelled }
}

/// Drops every task, as an executor does that is shutting down.
struct Refuses;

impl<F> Spawn<F> for Refuses {
    fn spawn(&self, _: F) {}
}

#[test]
fn tracker_and_drain_are_send_if_their_parts_are() {
    send_and_sync::<BackgroundTasks<TokioSpawner, Manual>>();
    send_and_sync::<Tracked<std::future::Ready<Result<(), String>>, fn(&TaskEnd)>>();
    send(&BackgroundTasks::new(TokioSpawner, Manual::default()).drain(ms(0)));
}

#[test]
fn a_failing_task_is_reported_and_does_not_affect_the_others() {
    let mut world = world(Order::fifo());
    world.work("slow", 30, Ok(()));
    world.work("failing", 10, Err("no route"));
    world.work("quick", 20, Ok(()));
    assert_eq!(world.drain(ms(100)), (drained(2, 1, 0), Instant::from_millis(30)));
    let expected = [
        ("failing".to_owned(), TaskOutcome::Failed("no route".to_owned())),
        ("quick".to_owned(), TaskOutcome::Finished),
        ("slow".to_owned(), TaskOutcome::Finished),
    ];
    assert_eq!(world.outcomes(), expected);
}

#[test]
fn a_task_that_panics_is_reported_as_panicked() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let ends = Arc::new(Mutex::new(Vec::new()));
    let observed = ends.clone();
    let observer = move |end: &TaskEnd| observed.lock().unwrap().push(end.outcome.clone());
    let ended = runtime.block_on(async {
        let tasks = BackgroundTasks::observed(TokioSpawner, Manual::default(), observer);
        let panics = async {
            turn().await;
            if true {
                panic!("on purpose");
            }
            Ok::<(), Infallible>(())
        };
        tasks.spawn("panics", panics).unwrap();
        tasks.drain(Duration::MAX).await
    });
    assert_eq!(ended, Drained { panicked: 1, ..Drained::default() });
    assert_eq!(*ends.lock().unwrap(), [TaskOutcome::Panicked]);
}

#[test]
fn an_error_whose_text_panics_counts_as_a_panic() {
    struct Unprintable;
    impl std::fmt::Display for Unprintable {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("on purpose")
        }
    }
    let tasks = BackgroundTasks::new(PollsOnce, Manual::default());
    let spawn = || tasks.spawn("task", ready(Err::<(), _>(Unprintable)));
    assert!(catch_unwind(AssertUnwindSafe(spawn)).is_err());
    assert_eq!(tasks.status().ended, Drained { panicked: 1, ..Drained::default() });
}

/// Polls a task once, where it is spawned.
struct PollsOnce;

impl<F: Future<Output = ()>> Spawn<F> for PollsOnce {
    fn spawn(&self, task: F) {
        let _ = poll_once(&mut Box::pin(task));
    }
}

#[test]
fn a_name_that_panics_starts_no_task() {
    struct Nameless;
    impl From<Nameless> for Cow<'static, str> {
        fn from(_: Nameless) -> Self {
            panic!("on purpose")
        }
    }
    let mut world = world(Order::fifo());
    let spawn = || world.tasks.spawn(Nameless, ready(Ok::<(), &str>(())));
    assert!(catch_unwind(AssertUnwindSafe(spawn)).is_err());
    assert_eq!(world.drain(Duration::MAX), (drained(0, 0, 0), Instant::ORIGIN));
}

#[test]
fn tasks_left_at_the_deadline_are_cancelled_and_dropped_before_drain_returns() {
    let mut world = world(Order::fifo());
    for millis in [10, 50, 51, 1_000_000] {
        world.work("task", millis, Ok(()));
    }
    assert_eq!(world.drain(ms(50)), (drained(2, 0, 2), Instant::from_millis(50)));
    assert_eq!(world.clock.pending(), 0, "their timers were dropped too");
    let cancelled = world.outcomes().into_iter().filter(|(_, end)| *end == TaskOutcome::Cancelled);
    assert_eq!(cancelled.count(), 2);
}

#[test]
fn a_limit_of_zero_cancels_immediately_also_tasks_that_have_not_started() {
    let mut world = world(Order::fifo());
    world.work("task", 10, Ok(()));
    world.work("task", 0, Ok(()));
    let (ends, now) = world.drain(Duration::ZERO);
    assert_eq!((ends.finished + ends.cancelled, now), (2, Instant::ORIGIN));
    assert!(ends.cancelled >= 1);
}

#[test]
fn the_largest_limit_waits_for_all() {
    let mut world = world(Order::fifo());
    world.work("task", 1 << 40, Ok(()));
    assert_eq!(world.drain(Duration::MAX).0, drained(1, 0, 0));
}

#[test]
fn a_closed_tracker_refuses_new_tasks_and_running_ones_continue() {
    let mut world = world(Order::fifo());
    world.work("task", 10, Ok(()));
    world.tasks.close();
    let refused = world.tasks.spawn("late", ready(Ok::<(), Infallible>(())));
    assert!(matches!(refused, Err(TasksClosed { .. })));
    let status = world.tasks.status();
    assert_eq!((status.running, status.closed), (1, true));
    assert_eq!(world.drain(ms(50)).0, drained(1, 0, 0));
}

#[test]
fn a_drain_without_tasks_is_done_immediately() {
    assert_eq!(world(Order::fifo()).drain(Duration::MAX), (drained(0, 0, 0), Instant::ORIGIN));
}

/// asyncio holds its tasks weakly, and they may vanish: cpython#117379.
#[test]
fn tasks_continue_when_the_tracker_is_dropped() {
    let mut world = world(Order::fifo());
    world.work("task", 10, Ok(()));
    let (sleep, ends) = (world.clock.sleep(ms(20)), world.ends.clone());
    drop(world.tasks);
    world.sim.block_on(sleep).unwrap();
    assert_eq!(ends.borrow().len(), 1);
    assert_eq!(ends.borrow()[0].outcome, TaskOutcome::Finished);
}

/// Leaves a task to its wakers, as the executor of the Async Book does: it is dropped with the last of them.
struct OwnedByWakers;

struct ByWakers(Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>);

impl Wake for ByWakers {
    fn wake(self: Arc<Self>) {
        let mut task = self.0.lock().unwrap();
        if let Some(future) = &mut *task
            && future.as_mut().poll(&mut Context::from_waker(&self.clone().into())).is_ready()
        {
            *task = None;
        }
    }
}

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for OwnedByWakers {
    fn spawn(&self, task: F) {
        Waker::from(Arc::new(ByWakers(Mutex::new(Some(Box::pin(task)))))).wake();
    }
}

#[test]
fn a_task_that_nothing_can_wake_lives_as_long_as_its_tracker_and_drains() {
    let mut sim = Simulation::new(Order::fifo());
    let (clock, life) = (sim.clock(), Arc::new(()));
    let spawn = |tasks: &BackgroundTasks<OwnedByWakers, Timers>| {
        let life = life.clone();
        let hangs = async move {
            pending::<()>().await;
            drop(life);
            Ok::<(), Infallible>(())
        };
        tasks.spawn("hangs", hangs).unwrap();
    };
    let alive = || Arc::strong_count(&life) - 1;
    let tasks = BackgroundTasks::new(OwnedByWakers, clock.clone());
    spawn(&tasks);
    spawn(&tasks);
    assert_eq!((tasks.status().running, alive()), (2, 2), "the tracker owns them");
    drop(tasks);
    assert_eq!(alive(), 0);

    let tasks = BackgroundTasks::new(OwnedByWakers, clock.clone());
    spawn(&tasks);
    let mut drain = Box::pin(tasks.drain(Duration::MAX));
    assert!(poll_once(&mut drain).is_pending());
    drop(tasks);
    assert_eq!(alive(), 1);
    drop(drain);
    assert_eq!(alive(), 0);

    let tasks = BackgroundTasks::new(OwnedByWakers, clock.clone());
    spawn(&tasks);
    let ends = sim.block_on(tasks.drain(ms(10)));
    assert_eq!((ends.unwrap(), alive()), (drained(0, 0, 1), 0));
}

#[test]
fn a_task_that_the_executor_drops_counts_as_cancelled() {
    let clock = Manual::default();
    let tasks = BackgroundTasks::new(Refuses, clock);
    tasks.spawn("task", pending::<Result<(), Infallible>>()).unwrap();
    let status = tasks.status();
    assert_eq!((status.running, status.ended.cancelled), (0, 1));
    let ends = futures::executor::block_on(tasks.drain(ms(10)));
    assert_eq!(ends, drained(0, 0, 1));
}

#[test]
fn an_observer_that_panics_leaves_no_drain_hanging() {
    let tasks = BackgroundTasks::observed(Refuses, Manual::default(), |_| panic!("on purpose"));
    let spawn = || tasks.spawn("task", pending::<Result<(), Infallible>>());
    assert!(catch_unwind(AssertUnwindSafe(spawn)).is_err());
    assert_eq!(futures::executor::block_on(tasks.drain(ms(10))), drained(0, 0, 1));
}

#[test]
fn two_drains_end_together() {
    let mut world = world(Order::fifo());
    world.work("task", 100, Ok(()));
    let (long, short) = (world.tasks.drain(ms(70)), world.tasks.drain(ms(30)));
    let ends = world.sim.block_on(async { futures::join!(long, short) }).unwrap();
    assert_eq!((ends, world.sim.now()), ((drained(0, 0, 1), drained(0, 0, 1)), Instant::from_millis(30)));
}

#[test]
fn a_drain_dropped_at_any_poll_does_not_affect_the_next_one() {
    let scenario = |order: Order, cut: Cut| {
        let mut world = world(order);
        for millis in [10, 20, 500] {
            world.work("task", millis, if millis == 20 { Err("late") } else { Ok(()) });
        }
        let tasks = world.tasks.clone();
        let victim = cut_off(world.tasks.drain(ms(40)), Some(cut));
        let (was_cut, ends) = world
            .sim
            .block_on(async move {
                let was_cut = victim.await.is_none();
                (was_cut, tasks.drain(ms(60)).await)
            })
            .unwrap();
        assert_eq!(ends.finished + ends.failed + ends.cancelled, 3);
        assert_eq!(ends, drained(1, 1, 1));
        assert_eq!((world.alive.get(), world.tasks.status().running), (0, 0));
        was_cut
    };
    let cuts = sweep(1, |_, cut| scenario(Order::fifo(), cut));
    assert!(cuts >= 4, "{cuts} cuts");
    for seed in 0..100 {
        scenario(Order::seeded(seed), Cut::Instead(1));
    }
}

#[test]
fn a_task_dropped_at_any_poll_is_counted_once() {
    let cuts = sweep(1, |_, cut| {
        let (sim, was_cut) = (Simulation::new(Order::fifo()), Rc::new(Cell::new(false)));
        let (clock, cut_short) = (sim.clock(), was_cut.clone());
        let tasks =
            BackgroundTasks::new(CutsFirst(sim.tasks(), Cell::new(Some(cut)), cut_short), clock.clone());
        for _ in 0..2 {
            let clock = clock.clone();
            let work = async move {
                clock.sleep(ms(10)).await;
                clock.sleep(ms(10)).await;
                Ok::<(), Infallible>(())
            };
            tasks.spawn("task", work).unwrap();
        }
        let mut sim = sim;
        let ends = sim.block_on(tasks.drain(Duration::MAX)).unwrap();
        let expected = if was_cut.get() { drained(1, 0, 1) } else { drained(2, 0, 0) };
        assert_eq!(ends, expected);
        was_cut.get()
    });
    assert_eq!(cuts, 2 + 3);
}

/// Cuts off the first task that it spawns.
struct CutsFirst(Tasks, Cell<Option<Cut>>, Rc<Cell<bool>>);

impl<F: Future<Output = ()> + 'static> Spawn<F> for CutsFirst {
    fn spawn(&self, task: F) {
        let (cut, was_cut) = (self.1.take(), self.2.clone());
        let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
            if cut_off(task, cut).await.is_none() {
                was_cut.set(true);
            }
        });
        drop(self.0.spawn("task", task));
    }
}

#[test]
fn tasks_on_four_threads_are_all_counted() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let observed = Arc::new(AtomicU64::new(0));
    let counter = observed.clone();
    let ends = runtime.block_on(async {
        let count = move |_: &TaskEnd| {
            counter.fetch_add(1, Ordering::Relaxed);
        };
        let tasks = BackgroundTasks::observed(TokioSpawner, Manual::default(), count);
        for n in 0..1000 {
            let work = async move {
                turn().await;
                if n % 10 == 0 { Err("tenth") } else { Ok(()) }
            };
            tasks.spawn("task", work).unwrap();
        }
        tasks.drain(Duration::MAX).await
    });
    assert_eq!((ends, observed.load(Ordering::Relaxed)), (drained(900, 100, 0), 1000));
}
