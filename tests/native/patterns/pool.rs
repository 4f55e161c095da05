use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    convert::Infallible,
    rc::Rc,
    time::Duration,
};

use async_playground::{
    patterns::{
        ConfigError,
        pool::{Config, Connection, Error, LocalManager, Manager, Pool, Status},
    },
    runtime::{Clock, Instant, Order, Simulation, Timers},
};
use futures::{FutureExt, future::join_all};

use super::support::{Cut, Manual, cut_off, ms, send, send_and_sync, sweep, turn};

/// What a server does with the next attempt to connect.
#[derive(Clone, Copy)]
enum Plan {
    Accept(u64),
    Refuse(u64),
    Hang,
}

/// A server that counts its connections.
#[derive(Clone)]
struct Server {
    clock: Timers,
    plans: Rc<RefCell<VecDeque<Plan>>>,
    open: Rc<Cell<usize>>,
    most: Rc<Cell<usize>>,
    /// How long a check takes, in milliseconds; `None` hangs.
    check: Rc<Cell<Option<u64>>>,
    /// A restart kills all connections. Only a check notices.
    restarts: Rc<Cell<u32>>,
}

/// A connection that the test can kill.
struct Wire {
    server: Server,
    alive: bool,
    opened: u32,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.open.set(self.server.open.get() - 1);
    }
}

impl LocalManager for Server {
    type Connection = Wire;
    type Error = &'static str;

    async fn connect(&self) -> Result<Wire, &'static str> {
        let plan = self.plans.borrow_mut().pop_front().unwrap_or(Plan::Accept(5));
        match plan {
            Plan::Hang => std::future::pending().await,
            Plan::Accept(after) | Plan::Refuse(after) if after > 0 => self.clock.sleep(ms(after)).await,
            _ => {}
        }
        if let Plan::Refuse(_) = plan {
            return Err("refused");
        }
        self.open.set(self.open.get() + 1);
        self.most.set(self.most.get().max(self.open.get()));
        Ok(Wire { server: self.clone(), alive: true, opened: self.restarts.get() })
    }

    async fn check(&self, wire: &mut Wire) -> bool {
        match self.check.get() {
            Some(0) => {}
            Some(after) => self.clock.sleep(ms(after)).await,
            None => std::future::pending().await,
        }
        wire.alive && wire.opened == self.restarts.get()
    }

    fn is_broken(&self, wire: &mut Wire) -> bool {
        !wire.alive
    }
}

struct World {
    sim: Simulation,
    clock: Timers,
    server: Server,
    pool: Pool<Server, Timers>,
}

fn world(max_size: usize, wait_timeout: Duration, plans: &[Plan]) -> World {
    world_in(Order::fifo(), max_size, wait_timeout, plans)
}

fn world_in(order: Order, max_size: usize, wait_timeout: Duration, plans: &[Plan]) -> World {
    let sim = Simulation::new(order);
    let server = Server {
        clock: sim.clock(),
        plans: Rc::new(RefCell::new(plans.iter().copied().collect())),
        open: Rc::default(),
        most: Rc::default(),
        check: Rc::new(Cell::new(Some(0))),
        restarts: Rc::default(),
    };
    let config = Config { max_size, wait_timeout, connect_timeout: ms(100) };
    let pool = Pool::new(server.clone(), sim.clock(), config).unwrap();
    World { clock: sim.clock(), sim, server, pool }
}

impl World {
    fn run<T: 'static>(&mut self, future: impl Future<Output = T> + 'static) -> T {
        self.sim.block_on(future).unwrap()
    }

    /// No connection is checked out, nobody waits, and every open connection is idle.
    #[track_caller]
    fn assert_at_rest(&self) {
        let status = self.pool.status();
        assert_eq!((status.in_use, status.waiting), (0, 0));
        assert_eq!(status.idle, self.server.open.get());
        assert!(
            self.server.most.get() <= status.max_size,
            "{} connections were open",
            self.server.most.get()
        );
    }
}

pub(super) const NEVER: Duration = Duration::MAX;

#[derive(Clone)]
pub(super) struct Plain;

impl Manager for Plain {
    type Connection = u32;
    type Error = Infallible;

    async fn connect(&self) -> Result<u32, Infallible> {
        turn().await;
        Ok(0)
    }

    async fn check(&self, _: &mut u32) -> bool {
        turn().await;
        true
    }
}

#[test]
fn pool_and_get_are_send_if_the_manager_is() {
    send_and_sync::<Pool<Plain, Manual>>();
    send_and_sync::<Connection<Plain>>();
    let pool = Pool::new(Plain, Manual::default(), Config::default()).unwrap();
    send(&pool.get());
}

#[test]
fn generic_code_can_spawn_a_get() {
    fn spawn_get<M, C>(pool: Pool<M, C>) -> std::thread::JoinHandle<bool>
    where
        M: Manager<Connection: Send, Error: Send> + Send + Sync + 'static,
        C: Clock<Sleep: Send> + Send + Sync + 'static,
    {
        let get: futures::future::BoxFuture<'static, bool> =
            Box::pin(async move { pool.get().await.is_ok() });
        std::thread::spawn(|| futures::executor::block_on(get))
    }
    let pool = Pool::new(Plain, Manual::default(), Config::default()).unwrap();
    assert!(spawn_get(pool).join().unwrap());
}

#[test]
fn a_pointer_to_a_manager_is_a_manager() {
    fn connects<M: LocalManager<Connection = u32, Error = Infallible>>(manager: M) {
        let pool = Pool::new(manager, Manual::default(), Config::default()).unwrap();
        drop(futures::executor::block_on(pool.get()).unwrap());
        assert_eq!(*futures::executor::block_on(pool.get()).unwrap(), 0, "after a check");
    }
    connects(&Plain);
    connects(std::sync::Arc::new(Plain));
    connects(Rc::new(Plain));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let refused = |config| Pool::new(Plain, Manual::default(), config).map(drop).unwrap_err();
    let error: ConfigError = refused(Config { max_size: 0, ..Config::default() });
    assert_eq!(error.to_string(), "max_size must be at least 1 connection");
    let error = refused(Config { connect_timeout: Duration::ZERO, ..Config::default() });
    assert_eq!(error.to_string(), "connect_timeout must be longer than 0 s");
}

#[test]
fn queries_run_in_order_in_rounds_of_the_pool_size() {
    let mut world = world(3, NEVER, &[Plan::Accept(0); 3]);
    let starts = Rc::new(RefCell::new(vec![]));
    let queries: Vec<_> = (0..8)
        .map(|n| {
            let (pool, clock, starts) = (world.pool.clone(), world.clock.clone(), starts.clone());
            world.sim.tasks().spawn("query", async move {
                let connection = pool.get().await.unwrap();
                starts.borrow_mut().push((n, clock.now(), pool.status().in_use, connection.id()));
                clock.sleep(ms(50)).await;
            })
        })
        .collect();
    world.run(join_all(queries));
    let at = Instant::from_millis;
    let expected = [
        (0, at(0), 1, 1),
        (1, at(0), 2, 2),
        (2, at(0), 3, 3),
        (3, at(50), 3, 1),
        (4, at(50), 3, 2),
        (5, at(50), 3, 3),
        (6, at(100), 3, 1),
        (7, at(100), 3, 2),
    ];
    // In the last round the third connection is returned before or after the others are checked out.
    for (got, expected) in starts.take().into_iter().zip(expected) {
        assert_eq!((got.0, got.1, got.3), (expected.0, expected.1, expected.3));
        assert!(got.2 <= 3);
    }
    assert_eq!(world.sim.now(), at(150));
    world.assert_at_rest();
    assert_eq!(world.pool.status(), Status { idle: 3, in_use: 0, waiting: 0, max_size: 3, closed: false });
}

#[test]
fn one_user_reuses_one_connection_with_the_same_id() {
    let mut world = world(3, NEVER, &[]);
    let pool = world.pool.clone();
    world.run(async move {
        for _ in 0..5 {
            assert_eq!(pool.get().await.unwrap().id(), 1);
        }
    });
    assert_eq!(world.server.most.get(), 1);
    world.assert_at_rest();
}

/// deadpool#191, deadpool#205, bb8#122, bb8#67: a connection that died while idle counted as capacity for ever.
#[test]
fn dead_idle_connections_are_replaced_at_the_next_get() {
    let mut world = world(2, NEVER, &[Plan::Accept(0), Plan::Accept(0), Plan::Refuse(5), Plan::Accept(5)]);
    let (pool, server) = (world.pool.clone(), world.server.clone());
    world.run(async move {
        drop(futures::join!(pool.get(), pool.get()));
        server.restarts.set(1);
        assert_eq!(pool.status().idle, 2, "no check has noticed yet");
        assert_eq!(pool.get().await.map(drop).unwrap_err(), Error::Connect("refused"));
        assert_eq!((pool.status().idle, pool.status().in_use), (1, 0), "the dead one was dropped");
        let (third, fourth) = futures::join!(pool.get(), pool.get());
        let mut ids = [third.unwrap().id(), fourth.unwrap().id()];
        ids.sort_unstable();
        assert_eq!(ids, [3, 4]);
    });
    world.assert_at_rest();
}

#[test]
fn a_check_that_hangs_ends_at_connect_timeout() {
    let mut world = world(1, NEVER, &[]);
    let (pool, server) = (world.pool.clone(), world.server.clone());
    world.run(async move {
        drop(pool.get().await);
        server.check.set(None);
        assert_eq!(pool.get().await.unwrap().id(), 2);
    });
    assert_eq!(world.sim.now(), Instant::from_millis(5 + 100 + 5));
    world.assert_at_rest();
}

#[test]
fn a_broken_connection_is_closed_when_it_is_returned() {
    let mut world = world(1, NEVER, &[]);
    let (pool, server) = (world.pool.clone(), world.server.clone());
    world.run(async move {
        pool.get().await.unwrap().alive = false;
        assert_eq!((server.open.get(), pool.status().idle, pool.status().in_use), (0, 0, 0));
        pool.get().await.unwrap().discard();
        assert_eq!((server.open.get(), pool.status().idle), (0, 0));
        assert_eq!(pool.get().await.unwrap().id(), 3);
    });
    world.assert_at_rest();
}

#[test]
fn the_capacity_of_a_broken_connection_goes_to_the_first_waiter() {
    let mut world = world(1, NEVER, &[]);
    let pool = world.pool.clone();
    world.run(async move {
        let connection = pool.get().await.unwrap();
        let waiting = pool.get();
        let breaking = async { connection.discard() };
        let (next, ()) = futures::join!(waiting, breaking);
        assert_eq!(next.unwrap().id(), 2);
    });
    world.assert_at_rest();
}

#[test]
fn a_failed_connect_frees_its_capacity_for_the_next_waiter() {
    let mut world = world(1, NEVER, &[Plan::Refuse(10), Plan::Hang, Plan::Accept(10)]);
    let pool = world.pool.clone();
    let results = world.run(async move {
        join_all((0..3).map(|_| async { pool.get().await.map(|connection| connection.id()) })).await
    });
    assert_eq!(results, [Err(Error::Connect("refused")), Err(Error::ConnectTimedOut), Ok(1)]);
    assert_eq!(world.sim.now(), Instant::from_millis(10 + 100 + 10));
    world.assert_at_rest();
}

/// sqlx#3132: with one limit for both, a slow connect uses up the time of the waiters.
#[test]
fn waiting_and_connecting_have_separate_timeouts() {
    let mut world = world(1, ms(30), &[Plan::Accept(90)]);
    let pool = world.pool.clone();
    let (first, second) = world.run(async move {
        let used = async {
            let connection = pool.get().await.map(|_| ());
            turn().await;
            connection
        };
        futures::join!(used, async { pool.get().await.map(|_| ()) })
    });
    assert_eq!((first, second), (Ok(()), Err(Error::WaitTimedOut)));
    assert_eq!(world.sim.now(), Instant::from_millis(90));
    world.assert_at_rest();
}

#[test]
fn a_wait_timeout_of_zero_does_not_wait() {
    let mut world = world(1, Duration::ZERO, &[]);
    let pool = world.pool.clone();
    world.run(async move {
        let connection = pool.get().await.unwrap();
        assert_eq!(pool.get().await.map(drop).unwrap_err(), Error::WaitTimedOut);
        drop(connection);
        assert!(pool.get().await.is_ok());
    });
    world.assert_at_rest();
}

/// cds-dbs#1721: a connection was lost when its waiter timed out at the moment of the grant.
#[test]
fn a_connection_that_becomes_free_at_wait_timeout_is_not_lost() {
    let mut granted = [0; 5];
    for seed in 0..50 {
        let mut world = world_in(Order::seeded(seed), 1, ms(50), &[Plan::Accept(0)]);
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let (pool, clock) = (world.pool.clone(), world.clock.clone());
                world.sim.tasks().spawn("query", async move {
                    let connection = pool.get().await.ok()?;
                    clock.sleep(ms(50)).await;
                    Some(connection.id())
                })
            })
            .collect();
        let ends = world.run(join_all(tasks));
        granted[ends.iter().flatten().flatten().count()] += 1;
        world.assert_at_rest();
        let pool = world.pool.clone();
        assert_eq!(world.run(async move { pool.get().await.unwrap().id() }), 1);
    }
    assert!(
        granted[1] > 0 && granted[2] > 0 && granted[0] == 0,
        "the wait or the timeout may come first: {granted:?}"
    );
}

#[test]
fn a_connection_granted_to_a_dropped_waiter_goes_to_the_next() {
    let mut world = world(1, NEVER, &[]);
    let pool = world.pool.clone();
    world.run(async move {
        let connection = pool.get().await.unwrap();
        let mut first = Box::pin(pool.get());
        let mut second = Box::pin(pool.get());
        assert!(futures::poll!(&mut first).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        drop(connection);
        assert_eq!((pool.status().idle, pool.status().in_use, pool.status().waiting), (0, 1, 1));
        drop(first);
        assert_eq!(pool.status().waiting, 0);
        assert_eq!(second.await.unwrap().id(), 1);
    });
    world.assert_at_rest();
}

#[test]
fn a_newcomer_cannot_overtake_a_waiter_that_has_not_run_yet() {
    let mut world = world(1, NEVER, &[]);
    let pool = world.pool.clone();
    world.run(async move {
        let connection = pool.get().await.unwrap();
        let mut waiter = Box::pin(pool.get());
        assert!(futures::poll!(&mut waiter).is_pending());
        drop(connection);
        assert!(pool.get().now_or_never().is_none());
        assert!(waiter.await.is_ok());
    });
    world.assert_at_rest();
}

#[test]
fn try_get_does_not_wait() {
    let mut world = world(1, NEVER, &[]);
    let pool = world.pool.clone();
    world.run(async move {
        let connection = pool.try_get().await.unwrap();
        assert_eq!(pool.try_get().await.map(drop).unwrap_err(), Error::Exhausted);
        drop(connection);
        assert_eq!(pool.try_get().await.unwrap().id(), 1);
    });
    world.assert_at_rest();
}

#[test]
fn close_refuses_waiters_and_newcomers_and_drops_every_connection() {
    let mut world = world(2, NEVER, &[]);
    let (pool, server) = (world.pool.clone(), world.server.clone());
    world.run(async move {
        let (used, idle) = futures::join!(pool.get(), pool.get());
        let mut waiter = Box::pin(pool.get());
        assert!(futures::poll!(&mut waiter).is_pending());
        let closing = pool.clone();
        let (waiter, ()) = futures::join!(waiter, async move { closing.close() });
        assert_eq!(waiter.map(drop).unwrap_err(), Error::Closed);
        assert_eq!((server.open.get(), pool.status().in_use, pool.status().closed), (2, 2, true));
        drop(used);
        assert_eq!((server.open.get(), pool.status().in_use, pool.status().idle), (1, 1, 0));
        drop(idle);
        assert_eq!(server.open.get(), 0);
        assert_eq!(pool.get().await.map(drop).unwrap_err(), Error::Closed);
        assert_eq!(pool.try_get().await.map(drop).unwrap_err(), Error::Closed);
    });
    world.assert_at_rest();
}

#[test]
fn close_drops_idle_connections_and_those_that_nobody_collected() {
    let mut world = world(2, NEVER, &[]);
    let (pool, server) = (world.pool.clone(), world.server.clone());
    world.run(async move {
        let (first, second) = futures::join!(pool.get(), pool.get());
        let mut waiter = Box::pin(pool.get());
        assert!(futures::poll!(&mut waiter).is_pending());
        drop((first, second));
        assert_eq!((pool.status().idle, pool.status().in_use), (1, 1), "one was granted to the waiter");
        pool.close();
        assert_eq!((server.open.get(), pool.status().idle, pool.status().in_use), (0, 0, 0));
        assert_eq!(waiter.await.map(drop).unwrap_err(), Error::Closed);
    });
    world.assert_at_rest();
}

#[test]
fn a_connection_opened_while_the_pool_is_closed_is_dropped() {
    let mut world = world(1, NEVER, &[Plan::Accept(10)]);
    let (pool, clock) = (world.pool.clone(), world.clock.clone());
    let closing = pool.clone();
    world.run(async move {
        let close = async move {
            clock.sleep(ms(5)).await;
            closing.close();
        };
        let (opened, ()) = futures::join!(pool.get(), close);
        assert_eq!(opened.map(drop).unwrap_err(), Error::Closed);
    });
    assert_eq!(world.server.open.get(), 0);
    world.assert_at_rest();
}

/// Five queries on two connections with every kind of failure. Returns whether the victim was cut off.
fn failures(order: Order, victim: usize, cut: Cut) -> bool {
    let plans = [Plan::Accept(5), Plan::Refuse(5), Plan::Accept(0), Plan::Hang];
    let mut world = world_in(order, 2, ms(400), &plans);
    world.server.check.set(Some(3));
    let was_cut = Rc::new(Cell::new(false));
    let tasks: Vec<_> = (0..5)
        .map(|n| {
            let (pool, clock, was_cut) = (world.pool.clone(), world.clock.clone(), was_cut.clone());
            let query = async move {
                for round in 0..2 {
                    let Ok(mut connection) = pool.get().await else { continue };
                    let status = pool.status();
                    assert!(status.idle + status.in_use <= status.max_size);
                    clock.sleep(ms(10)).await;
                    connection.alive = (n + round) % 3 != 0;
                }
            };
            world.sim.tasks().spawn(format!("query {n}"), async move {
                if cut_off(query, (n == victim).then_some(cut)).await.is_none() {
                    was_cut.set(true);
                }
            })
        })
        .collect();
    let ends = world.run(join_all(tasks));
    assert!(ends.iter().all(Result::is_ok));
    world.assert_at_rest();
    assert_eq!(world.clock.pending(), 0);
    // No capacity was lost.
    world.server.plans.borrow_mut().clear();
    let pool = world.pool.clone();
    world.run(async move {
        let (first, second) = futures::join!(pool.get(), pool.get());
        assert!(first.is_ok() && second.is_ok());
    });
    was_cut.get()
}

#[test]
fn a_query_dropped_at_any_poll_loses_no_connection_and_no_capacity() {
    let cuts = sweep(5, |victim, cut| failures(Order::fifo(), victim, cut));
    assert!(cuts >= 40, "{cuts} cuts");
}

#[test]
fn no_order_of_tasks_loses_a_connection_or_opens_too_many() {
    for seed in 0..300 {
        let victim = usize::try_from(seed % 5).unwrap();
        for poll in 0..4 {
            failures(Order::seeded(seed), victim, Cut::Instead(poll));
        }
    }
}
