//! Many queries over few connections: a query that finds none free waits in line, and each connection comes back
//! however its query ends.

use std::{cell::Cell, convert::Infallible, rc::Rc, time::Duration};

use crate::{
    exercises::{Uncaught, Use, World},
    patterns::{
        gather,
        pool::{Config, LocalManager, Pool},
    },
    runtime::{Task, Timers},
    trace::Edge,
};

/// How many rows there were, or why the query failed.
pub(super) type Answer = Result<usize, &'static str>;

/// What the scenario below needs of a pool: the correct one, or one with a mistake.
pub(super) trait Share: 'static {
    /// Waits for a connection and does the work of query `n` with it.
    async fn with(&self, n: usize, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer;

    /// How many connections are free.
    fn free(&self) -> usize;
}

struct Pooled {
    world: World,
    pool: Pool<Rc<Database>, Timers>,
}

impl Share for Pooled {
    async fn with(&self, n: usize, work: impl AsyncFnOnce(&Connection) -> Answer) -> Answer {
        let connection = self.world.waiting_for("connection", "pool", self.pool.get()).await;
        let connection = connection.map_err(|_| "no connection")?;
        let _used = connection.used_by(n);
        // Both are dropped at the end of this function, or where it is cancelled: so the connection always comes back.
        work(&connection).await
    }

    fn free(&self) -> usize {
        let status = self.pool.status();
        status.max_size.saturating_sub(status.in_use)
    }
}

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    const NEVER: Duration = Duration::MAX;
    let database = Database::new(&world);
    let config =
        Config { max_size: world.settings().count("size"), wait_timeout: NEVER, connect_timeout: NEVER };
    let pool = Pool::new(database.clone(), world.clock(), config);
    let pool = pool.map_err(|error| Uncaught(error.to_string()))?;
    scenario(world.clone(), Pooled { world, pool }, &database).await
}

/// Starts all queries at once, cancels some, and prints how the others fared.
pub(super) async fn scenario(world: World, pool: impl Share, database: &Database) -> Result<(), Uncaught> {
    let settings = world.settings();
    let (queries, size) = (settings.count("queries"), settings.count("size"));
    let pool = Rc::new(pool);
    let tasks: Vec<_> = (1..=queries)
        .map(|n| {
            let pool = pool.clone();
            let query = async move { pool.with(n, async |connection| connection.query(n).await).await };
            world.try_spawn(query_name(n), query)
        })
        .collect();

    let every = settings.count("cancel_every");
    if every > 0 {
        world.sleep(settings.millis("cancel_ms")).await;
        tasks.iter().skip(every - 1).step_by(every).for_each(Task::cancel);
    }
    let answers = (1..).zip(tasks).map(|(n, task)| world.waiting_for("answer", query_name(n), task));
    let answered = gather(answers).await.into_iter().filter(|answer| matches!(answer, Ok(Ok(_)))).count();

    let most = database.most.get();
    world.log(format!("All {queries} results: {}", spelled(answered == queries)));
    world.log(format!("Max concurrent connections: {most}"));
    world.log(format!("Pool limit respected: {}", spelled(most <= size)));
    world.result("free", &pool.free());
    Ok(())
}

fn query_name(n: usize) -> String {
    format!("query {n}")
}

const fn spelled(flag: bool) -> &'static str {
    if flag { "True" } else { "False" }
}

/// A database that counts the connections on which a query is running.
pub(super) struct Database {
    world: World,
    opened: Cell<usize>,
    active: Cell<usize>,
    most: Cell<usize>,
}

impl Database {
    pub(super) fn new(world: &World) -> Rc<Self> {
        let [opened, active, most] = [0; 3].map(Cell::new);
        Rc::new(Self { world: world.clone(), opened, active, most })
    }

    pub(super) fn open(self: &Rc<Self>) -> Connection {
        self.opened.set(self.opened.get() + 1);
        Connection { database: self.clone(), number: self.opened.get() }
    }

    fn set_active(&self, active: usize) {
        self.active.set(active);
        self.most.set(self.most.get().max(active));
        self.world.gauge("active", active, Some(self.world.settings().count("size")));
    }
}

/// How the pool opens a connection, and checks that it still works: here it always does.
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
    number: usize,
}

impl Connection {
    /// Notes that query `n` has this connection, until the result is dropped.
    pub(super) fn used_by(&self, n: usize) -> Use {
        self.database.world.holds(self.name(), Some(query_name(n).into()))
    }

    /// Notes that query `n` takes this connection or gives it back.
    pub(super) fn note_use(&self, n: usize, phase: Edge) {
        self.database.world.note_use(self.name(), query_name(n), phase);
    }

    fn name(&self) -> String {
        format!("connection {}", self.number)
    }

    async fn query(&self, n: usize) -> Answer {
        let running = Running::begin(&self.database);
        let world = &self.database.world;
        // Each connection reports how many were active when it was handed out.
        world.result("handed out", &running.0.active.get());
        world.reply("rows", self.name(), world.settings().millis("query_ms")).await;
        let every = world.settings().count("fail_every");
        let fails = world.is_down() || every > 0 && n.is_multiple_of(every);
        if fails { Err("query failed") } else { Ok(1) }
    }
}

/// Counts a connection as active while its query runs, however the query ends.
struct Running<'a>(&'a Database);

impl<'a> Running<'a> {
    fn begin(database: &'a Database) -> Self {
        database.set_active(database.active.get() + 1);
        Self(database)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set_active(self.0.active.get() - 1);
    }
}
