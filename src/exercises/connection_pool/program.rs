//! Many queries over few connections: who finds none free waits in line, and each connection comes back however its
//! query ends.

use std::{cell::Cell, convert::Infallible, future::pending, pin::pin, rc::Rc, time::Duration};

use futures::future::select;

use crate::{
    exercises::{Uncaught, World, a_turn},
    patterns::{
        gather,
        pool::{Config, LocalManager, Pool},
    },
    runtime::{Task, Timers},
};

/// How many rows there were, or why the query failed.
pub(super) type Answer = Result<usize, &'static str>;

/// The scenario runs on whatever can do this: the correct pool below, or one with a mistake.
pub(super) trait Lend: 'static {
    /// Lends a connection to `work`, as soon as there is one.
    async fn with(&self, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer;
}

struct Pooled {
    world: World,
    pool: Pool<Rc<Database>, Timers>,
}

impl Lend for Pooled {
    async fn with(&self, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        let connection = self.world.waiting("permit", self.pool.get()).await;
        // Dropping it gives it back: at the end of this function, or wherever the function is abandoned.
        let connection = connection.map_err(|_| "no connection")?;
        work(&connection).await
    }
}

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    const NEVER: Duration = Duration::MAX;
    let config =
        Config { max_size: world.settings().count("size"), wait_timeout: NEVER, connect_timeout: NEVER };
    let pool = Pool::new(database.clone(), world.clock(), config);
    let pool = pool.map_err(|error| Uncaught(error.to_string()))?;
    scenario(world.clone(), Pooled { world, pool }, &database).await
}

pub(super) async fn scenario(world: World, pool: impl Lend, database: &Database) -> Result<(), Uncaught> {
    let settings = world.settings();
    let (queries, size) = (settings.count("queries"), settings.count("size"));
    let pool = Rc::new(pool);
    let tasks: Vec<_> = (1..=queries)
        .map(|n| {
            let pool = pool.clone();
            let query = async move { pool.with(async |connection| connection.query(n).await).await };
            world.try_spawn(format!("query {n}"), query)
        })
        .collect();

    let every = settings.count("cancel_every");
    if every > 0 {
        world.sleep(settings.millis("cancel_ms")).await;
        tasks.iter().skip(every - 1).step_by(every).for_each(Task::cancel);
    }
    let answered = gather(tasks).await.into_iter().filter(|answer| matches!(answer, Ok(Ok(_)))).count();

    let most = database.most.get();
    world.log(format!("All {queries} results: {}", spelled(answered == queries)));
    world.log(format!("Max concurrent connections: {most}"));
    world.log(format!("Pool limit respected: {}", spelled(most <= size)));
    world.result("free", &free(&*pool, size).await);
    Ok(())
}

/// How many connections can be had at once when all is over. Each is taken, and given back.
async fn free(pool: &impl Lend, size: usize) -> usize {
    let had = Cell::new(0);
    let take = || {
        pool.with(async |_| {
            had.set(had.get() + 1);
            pending().await
        })
    };
    let all = gather((0..size).map(|_| take()));
    // Nothing that a free connection takes needs time, only a turn or two.
    let turns = async {
        for _ in 0..3 {
            a_turn().await;
        }
    };
    select(pin!(all), pin!(turns)).await;
    had.get()
}

const fn spelled(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

/// A database, which notes how many connections are busy.
pub(super) struct Database {
    world: World,
    active: Cell<usize>,
    most: Cell<usize>,
}

impl Database {
    pub(super) fn new(world: &World) -> Rc<Self> {
        Rc::new(Self { world: world.clone(), active: Cell::new(0), most: Cell::new(0) })
    }

    pub(super) fn open(self: &Rc<Self>) -> Connection {
        Connection { database: self.clone() }
    }

    fn note(&self, active: usize) {
        self.active.set(active);
        self.most.set(self.most.get().max(active));
        self.world.gauge("active", active, Some(self.world.settings().count("size")));
    }
}

/// How the pool opens connections, and sees that they still work. Here they always do.
impl LocalManager for Rc<Database> {
    type Connection = Connection;
    type Error = Infallible;

    async fn connect(&self) -> Result<Connection, Infallible> {
        Ok(self.open())
    }

    async fn check(&self, _: &mut Connection) -> bool {
        true
    }
}

/// An open connection.
pub(super) struct Connection {
    database: Rc<Database>,
}

impl Connection {
    async fn query(&self, n: usize) -> Answer {
        let busy = Busy::begin(&self.database);
        let world = &self.database.world;
        // Here the connection reports how many were active when it was handed out.
        world.result("handed out", &busy.0.active.get());
        world.sleep(world.settings().millis("query_ms")).await;
        let every = world.settings().count("fail_every");
        let fails = world.is_down() || every > 0 && n.is_multiple_of(every);
        if fails { Err("query failed") } else { Ok(1) }
    }
}

/// Counts a connection as active for as long as its query runs, however that ends.
struct Busy<'a>(&'a Database);

impl<'a> Busy<'a> {
    fn begin(database: &'a Database) -> Self {
        database.note(database.active.get() + 1);
        Self(database)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.note(self.0.active.get() - 1);
    }
}
