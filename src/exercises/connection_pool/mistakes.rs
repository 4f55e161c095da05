//! The mistakes: a gap between check and take, a release that is not always reached, a wake-up that dies with its
//! waiter, a stack for a line, and one connection for all.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use futures::{channel::oneshot, lock::Mutex};

use super::program::{Answer, Connection, Database, Lend, scenario};
use crate::exercises::{Uncaught, World, a_turn};

/// Those who wait until something is free.
struct Line {
    world: World,
    waiting: RefCell<VecDeque<oneshot::Sender<()>>>,
    newest_first: bool,
}

impl Line {
    fn new(world: &World) -> Self {
        Self { world: world.clone(), waiting: RefCell::default(), newest_first: false }
    }

    async fn wait(&self) {
        let (tell, told) = oneshot::channel();
        self.waiting.borrow_mut().push_back(tell);
        // The sender stays in the line until it is used.
        let _ = self.world.waiting("permit", told).await;
    }

    /// Tells one who is still there.
    fn tell_one(&self) {
        let mut waiting = self.waiting.borrow_mut();
        let mut next = || if self.newest_first { waiting.pop_back() } else { waiting.pop_front() };
        while let Some(tell) = next() {
            if tell.send(()).is_ok() {
                return;
            }
        }
    }
}

/// Looks whether there is a connection left, does something else, and takes it.
struct CheckThenAct {
    database: Rc<Database>,
    size: usize,
    active: Cell<usize>,
    line: Line,
}

impl Lend for CheckThenAct {
    async fn with(&self, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        loop {
            let free = self.active.get() < self.size;
            // Some small thing that awaits, such as writing a line of a log.
            a_turn().await;
            if free {
                break;
            }
            self.line.wait().await;
        }
        self.active.set(self.active.get() + 1);
        let _release = Release(|| {
            self.active.set(self.active.get() - 1);
            self.line.tell_one();
        });
        work(&self.database.open()).await
    }
}

/// Does something when it is dropped, as `finally` does.
struct Release<F: Fn()>(F);

impl<F: Fn()> Drop for Release<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

pub(super) async fn check_then_act(world: World) -> Result<(), Uncaught> {
    let (database, size) = (Database::new(&world), world.settings().count("size"));
    let pool =
        CheckThenAct { database: database.clone(), size, active: Cell::new(0), line: Line::new(&world) };
    scenario(world, pool, &database).await
}

/// Gives connections back by a call, which has to be reached.
struct ByHand {
    idle: RefCell<Vec<Connection>>,
    line: Line,
}

impl ByHand {
    async fn take(&self) -> Connection {
        loop {
            let idle = self.idle.borrow_mut().pop();
            match idle {
                Some(connection) => return connection,
                None => self.line.wait().await,
            }
        }
    }

    fn give_back(&self, connection: Connection) {
        self.idle.borrow_mut().push(connection);
        self.line.tell_one();
    }
}

impl Lend for ByHand {
    async fn with(&self, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        let connection = self.take().await;
        let rows = work(&connection).await?;
        self.give_back(connection);
        Ok(rows)
    }
}

pub(super) async fn release_at_the_end(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let idle = (0..world.settings().count("size")).map(|_| database.open()).collect();
    scenario(world.clone(), ByHand { idle: RefCell::new(idle), line: Line::new(&world) }, &database).await
}

/// A count, and a line of those who are told when it rises. Check and take are one step.
struct Counted {
    database: Rc<Database>,
    free: Cell<usize>,
    line: Line,
}

impl Lend for Counted {
    async fn with(&self, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        while self.free.get() == 0 {
            self.line.wait().await;
        }
        self.free.set(self.free.get() - 1);
        let _release = Release(|| {
            self.free.set(self.free.get() + 1);
            self.line.tell_one();
        });
        work(&self.database.open()).await
    }
}

async fn counted(world: World, newest_first: bool) -> Result<(), Uncaught> {
    let (database, free) = (Database::new(&world), Cell::new(world.settings().count("size")));
    let line = Line { newest_first, ..Line::new(&world) };
    scenario(world, Counted { database: database.clone(), free, line }, &database).await
}

/// Who is told and then cancelled before it runs takes the news with it.
pub(super) async fn lost_wake_up(world: World) -> Result<(), Uncaught> {
    counted(world, false).await
}

pub(super) async fn last_come_first_served(world: World) -> Result<(), Uncaught> {
    counted(world, true).await
}

/// A connection behind a lock.
struct Single {
    world: World,
    connection: Mutex<Connection>,
}

impl Lend for Single {
    async fn with(&self, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        let connection = self.world.waiting("lock", self.connection.lock()).await;
        work(&connection).await
    }
}

pub(super) async fn one_for_all(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let pool = Single { world: world.clone(), connection: Mutex::new(database.open()) };
    scenario(world, pool, &database).await
}
