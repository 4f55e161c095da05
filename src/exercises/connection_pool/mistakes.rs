//! The mistakes: a gap between check and take, a release that an error skips, a wake-up that is lost with a cancelled
//! query, a stack in place of a queue, and one connection for all.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use futures::{channel::oneshot, lock::Mutex};

use super::program::{Answer, Connection, Database, Share, scenario};
use crate::{
    exercises::{Uncaught, World, a_turn},
    trace::Edge,
};

/// The idle connections, and the queries that wait for one.
struct Idle {
    world: World,
    connections: RefCell<Vec<Rc<Connection>>>,
    waiting: RefCell<VecDeque<oneshot::Sender<()>>>,
    newest_first: bool,
}

impl Idle {
    fn new(world: &World) -> Self {
        let (connections, waiting) = (RefCell::default(), RefCell::default());
        Self { world: world.clone(), connections, waiting, newest_first: false }
    }

    /// With all connections opened; the first one opened is the first one taken.
    fn full(world: &World, database: &Rc<Database>) -> Self {
        let idle = Self::new(world);
        let opened = (0..world.settings().count("size")).map(|_| Rc::new(database.open()));
        idle.connections.borrow_mut().extend(opened);
        idle.connections.borrow_mut().reverse();
        idle
    }

    fn count(&self) -> usize {
        self.connections.borrow().len()
    }

    fn pop(&self) -> Option<Rc<Connection>> {
        self.connections.borrow_mut().pop()
    }

    /// Check and take are one step here: nothing is awaited between them.
    async fn take(&self) -> Rc<Connection> {
        loop {
            match self.pop() {
                Some(connection) => return connection,
                None => self.wait().await,
            }
        }
    }

    fn give_back(&self, connection: Rc<Connection>) {
        self.connections.borrow_mut().push(connection);
        self.wake_one();
    }

    async fn wait(&self) {
        let (waker, woken) = oneshot::channel();
        self.waiting.borrow_mut().push_back(waker);
        // This cannot fail: the queue keeps the waker until it is used.
        let _ = self.world.waiting_for("connection", "pool", woken).await;
    }

    /// Wakes the next query that still waits. The query takes the connection when it runs, not now.
    fn wake_one(&self) {
        let mut waiting = self.waiting.borrow_mut();
        let mut next = || if self.newest_first { waiting.pop_back() } else { waiting.pop_front() };
        while let Some(waker) = next() {
            if waker.send(()).is_ok() {
                return;
            }
        }
    }
}

/// Calls a function when it is dropped, as `finally` does.
struct Finally<F: Fn()>(F);

impl<F: Fn()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Checks that a connection is free, awaits something else, and takes one.
struct CheckThenAct {
    database: Rc<Database>,
    size: usize,
    active: Cell<usize>,
    idle: Idle,
}

impl Share for CheckThenAct {
    async fn with(&self, n: usize, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        loop {
            let is_free = self.active.get() < self.size;
            // Something small that awaits, such as writing a log line. Other queries check in the meantime.
            a_turn().await;
            if is_free {
                break;
            }
            self.idle.wait().await;
        }
        self.active.set(self.active.get() + 1);
        let connection = self.idle.pop().unwrap_or_else(|| Rc::new(self.database.open()));
        let _release = Finally(|| {
            self.active.set(self.active.get() - 1);
            self.idle.give_back(connection.clone());
        });
        let _used = connection.used_by(n);
        work(&connection).await
    }

    fn free(&self) -> usize {
        self.size.saturating_sub(self.active.get())
    }
}

pub(super) async fn check_then_act(world: World) -> Result<(), Uncaught> {
    let (database, size) = (Database::new(&world), world.settings().count("size"));
    let (active, idle) = (Cell::new(0), Idle::new(&world));
    scenario(world, CheckThenAct { database: database.clone(), size, active, idle }, &database).await
}

/// Gives a connection back in the last line, which an error skips.
struct ByHand(Idle);

impl Share for ByHand {
    async fn with(&self, n: usize, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        let connection = self.0.take().await;
        connection.note_use(n, Edge::Begin);
        // `?` returns the error at once: the connection is dropped, and the pool never gets it back.
        let rows = work(&connection).await?;
        connection.note_use(n, Edge::End);
        self.0.give_back(connection);
        Ok(rows)
    }

    fn free(&self) -> usize {
        self.0.count()
    }
}

pub(super) async fn release_at_the_end(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let idle = Idle::full(&world, &database);
    scenario(world, ByHand(idle), &database).await
}

/// Wakes a waiting query without giving it the connection.
struct WakeOnly(Idle);

impl Share for WakeOnly {
    async fn with(&self, n: usize, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        let connection = self.0.take().await;
        let _release = Finally(|| self.0.give_back(connection.clone()));
        let _used = connection.used_by(n);
        work(&connection).await
    }

    fn free(&self) -> usize {
        self.0.count()
    }
}

/// A query that is woken and then cancelled before it runs does not wake the next one.
pub(super) async fn lost_wake_up(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let idle = Idle::full(&world, &database);
    scenario(world, WakeOnly(idle), &database).await
}

pub(super) async fn last_come_first_served(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let idle = Idle { newest_first: true, ..Idle::full(&world, &database) };
    scenario(world, WakeOnly(idle), &database).await
}

/// A connection behind a lock.
struct Single {
    world: World,
    connection: Mutex<Connection>,
}

impl Share for Single {
    async fn with(&self, n: usize, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        let connection = self.world.waiting_for("lock", "connection 1", self.connection.lock()).await;
        let _used = connection.used_by(n);
        work(&connection).await
    }

    fn free(&self) -> usize {
        usize::from(self.connection.try_lock().is_some())
    }
}

pub(super) async fn one_for_all(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let pool = Single { world: world.clone(), connection: Mutex::new(database.open()) };
    scenario(world, pool, &database).await
}
