//! Waits inside the thing that they wait for. They cannot succeed. They end by a timeout, or on simulated time as a
//! deadlock that says "waits for itself" where that is known; dropping the caller frees everything.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use async_playground::{
    patterns::{
        BackgroundTasks, Semaphore,
        background::Drained,
        pool::{Config, Error, LocalManager, Pool},
    },
    runtime::{Deadlock, Instant, Order, Simulation, Tasks, Timers},
};

use super::support::{ms, poll_once};

#[track_caller]
fn blocked(deadlock: Result<(), Deadlock>) -> Vec<String> {
    deadlock.unwrap_err().blocked.iter().map(ToString::to_string).collect()
}

type Tracker = Rc<BackgroundTasks<Tasks, Timers>>;

/// Starts a task that drains its own tracker. The token is dropped with the task.
fn draining_itself(simulation: &Simulation, limit: Duration) -> (Tracker, Weak<()>) {
    let tracker = Rc::new(BackgroundTasks::new(simulation.tasks(), simulation.clock()));
    let token = Rc::new(());
    let (own, dropped) = (tracker.clone(), Rc::downgrade(&token));
    let drains = async move {
        own.drain(limit).await;
        drop(token);
        Ok::<(), &str>(())
    };
    tracker.spawn("drains", drains).unwrap();
    (tracker, dropped)
}

#[test]
fn a_drain_inside_its_own_task_is_cancelled_at_the_limit() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tracker, token) = draining_itself(&simulation, ms(50));
    simulation.run().unwrap();
    assert_eq!(simulation.now(), Instant::from_millis(50));
    assert_eq!(tracker.status().ended, Drained { cancelled: 1, ..Drained::default() });
    assert_eq!((token.strong_count(), Rc::strong_count(&tracker)), (0, 1));
}

#[test]
fn a_drain_inside_its_own_task_without_a_limit_is_a_deadlock() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tracker, token) = draining_itself(&simulation, Duration::MAX);
    assert!(blocked(simulation.run())[0].ends_with(" waits for itself"));
    drop(simulation);
    assert_eq!(tracker.status().ended, Drained { cancelled: 1, ..Drained::default() });
    assert_eq!((token.strong_count(), Rc::strong_count(&tracker)), (0, 1));
}

/// Takes a connection of the pool that it serves in order to open another one.
#[derive(Default)]
struct Nested {
    pool: RefCell<Option<NestedPool>>,
    nests: Cell<bool>,
}

type NestedPool = Pool<Rc<Nested>, Timers>;

impl LocalManager for Nested {
    type Connection = ();
    type Error = &'static str;

    async fn connect(&self) -> Result<(), &'static str> {
        let pool = self.pool.borrow().clone().filter(|_| self.nests.get());
        match pool {
            Some(pool) => match Box::pin(pool.get()).await {
                Err(Error::WaitTimedOut) => Err("no inner connection"),
                _ => Err("unexpected"),
            },
            None => Ok(()),
        }
    }

    async fn check(&self, (): &mut ()) -> bool {
        true
    }
}

/// A pool of one connection, which needs another one to be opened.
fn nested(
    simulation: &Simulation,
    wait_timeout: Duration,
    connect_timeout: Duration,
) -> (Rc<Nested>, NestedPool) {
    let nested = Rc::new(Nested::default());
    nested.nests.set(true);
    let config = Config { max_size: 1, wait_timeout, connect_timeout };
    let pool = Pool::new(nested.clone(), simulation.clock(), config).unwrap();
    *nested.pool.borrow_mut() = Some(pool.clone());
    (nested, pool)
}

#[track_caller]
fn assert_free(nested: &Nested, pool: &NestedPool) {
    let status = pool.status();
    assert_eq!((status.in_use, status.idle, status.waiting), (0, 0, 0));
    nested.nests.set(false);
    let Some(Ok(connection)) = futures::FutureExt::now_or_never(pool.get()) else {
        panic!("a later get connects")
    };
    drop(connection);
    // Breaks the cycle of the manager and its pool.
    *nested.pool.borrow_mut() = None;
}

#[test]
fn a_get_inside_connect_ends_by_a_timeout() {
    for (wait, connect, expected, at) in [
        (ms(20), ms(100), Error::Connect("no inner connection"), 20),
        (Duration::MAX, ms(100), Error::ConnectTimedOut, 100),
    ] {
        let mut simulation = Simulation::new(Order::fifo());
        let (nested, pool) = nested(&simulation, wait, connect);
        let outer = pool.clone();
        let error = simulation.block_on(async move { outer.get().await.map(drop) }).unwrap().unwrap_err();
        assert_eq!((error, simulation.now()), (expected, Instant::from_millis(at)));
        assert_free(&nested, &pool);
    }
}

#[test]
fn a_get_inside_connect_without_timeouts_is_a_deadlock_and_dropping_it_frees_everything() {
    let mut simulation = Simulation::new(Order::fifo());
    let (nested, pool) = nested(&simulation, Duration::MAX, Duration::MAX);
    let outer = pool.clone();
    drop(simulation.tasks().spawn("outer", async move { outer.get().await.map(drop) }));
    assert_eq!(blocked(simulation.run()), ["outer waits for itself"]);
    assert_eq!((pool.status().in_use, pool.status().waiting), (1, 1));
    drop(simulation);
    assert_free(&nested, &pool);
}

#[test]
fn a_get_inside_connect_that_another_user_can_serve_is_no_wait_for_itself() {
    let mut simulation = Simulation::new(Order::fifo());
    let nested = Rc::new(Nested::default());
    let config = Config { max_size: 2, wait_timeout: Duration::MAX, connect_timeout: Duration::MAX };
    let pool = Pool::new(nested.clone(), simulation.clock(), config).unwrap();
    *nested.pool.borrow_mut() = Some(pool.clone());
    let keeping = pool.clone();
    let keeps = async move {
        let _connection = keeping.get().await;
        std::future::pending::<()>().await;
    };
    drop(simulation.tasks().spawn("keeps", keeps));
    assert_eq!(blocked(simulation.run()), ["keeps waits for something unnamed"]);
    nested.nests.set(true);
    let outer = pool.clone();
    drop(simulation.tasks().spawn("outer", async move { outer.get().await.map(drop) }));
    assert_eq!(blocked(simulation.run())[1], "outer waits for something unnamed");
    drop(simulation);
    assert_eq!((pool.status().in_use, pool.status().waiting), (0, 0));
    *nested.pool.borrow_mut() = None;
}

#[test]
fn a_second_acquire_of_the_only_permit_is_a_deadlock_and_dropping_it_frees_everything() {
    let mut simulation = Simulation::new(Order::fifo());
    let semaphore = std::sync::Arc::new(Semaphore::new(1));
    let twice = {
        let semaphore = semaphore.clone();
        async move {
            let _first = semaphore.acquire_owned().await;
            let _second = semaphore.acquire_owned().await;
        }
    };
    drop(simulation.tasks().spawn("twice", twice));
    assert_eq!(blocked(simulation.run()), ["twice waits for something unnamed"]);
    assert_eq!((semaphore.status().available, semaphore.status().waiting), (0, 1));
    drop(simulation);
    assert_eq!((semaphore.status().available, semaphore.status().waiting), (1, 0));
    assert!(poll_once(&mut semaphore.acquire()).is_ready());
}

/// An observer runs in the task's end, so what it does to the tracker or to a semaphore must not find a lock.
#[test]
fn an_observer_may_use_its_tracker_and_a_semaphore() {
    let mut simulation = Simulation::new(Order::fifo());
    let semaphore = std::sync::Arc::new(Semaphore::new(1));
    let seen = Rc::new(Cell::new(None));
    let tracker = Rc::new(RefCell::new(None::<Weak<dyn Fn() -> usize>>));
    let observer = {
        let (semaphore, seen, tracker) = (semaphore.clone(), seen.clone(), tracker.clone());
        move |_: &async_playground::patterns::TaskEnd| {
            let running = tracker.borrow().as_ref().and_then(Weak::upgrade).map(|running| running());
            seen.set(running.zip(semaphore.try_acquire().ok().map(|permit| permit.count())));
        }
    };
    let tasks = Rc::new(BackgroundTasks::observed(simulation.tasks(), simulation.clock(), observer));
    let running: Rc<dyn Fn() -> usize> = {
        let tasks = tasks.clone();
        Rc::new(move || tasks.status().running)
    };
    *tracker.borrow_mut() = Some(Rc::downgrade(&running));
    let permit = semaphore.clone().try_acquire_owned().unwrap();
    let work = async move {
        drop(permit);
        Ok::<(), &str>(())
    };
    tasks.spawn("task", work).unwrap();
    simulation.run().unwrap();
    assert_eq!(seen.get(), Some((1, 1)), "the task still counts, and its permit is free");
}
