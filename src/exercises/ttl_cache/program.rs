//! Callers that ask for the same row at the same time, a cache that fetches it once for all of them, and a database
//! that counts its fetches.

use std::{cell::Cell, pin::Pin, rc::Rc};

use serde::Serialize;

use crate::{
    exercises::{Uncaught, World},
    patterns::{LocalTtlCache, gather, ttl_cache::Config},
    runtime::{Clock, Timers},
};

/// A row, or the error of the fetch.
pub(super) type Answer = Result<Rc<Row>, Down>;
pub(super) type Fetch = Pin<Box<dyn Future<Output = Answer>>>;

/// A cache in front of the database. The scenario runs with the correct one below, or with a mistake.
pub(super) trait Cache: 'static {
    async fn get(&self, key: &str) -> Answer;

    /// Whether the row is stored, so that no fetch is needed.
    fn has(&self, key: &str) -> bool;
}

struct Coalescing {
    rows: LocalTtlCache<String, Rc<Row>, Down, Timers>,
    database: Rc<Database>,
}

impl Cache for Coalescing {
    async fn get(&self, key: &str) -> Answer {
        // A stored row is returned at once. Without one, the first caller starts a fetch, and everyone who asks while it
        // is under way waits for the same fetch. An error goes to all of them and is not stored.
        self.rows.try_get_with(key.into(), self.database.fetch(key)).await
    }

    fn has(&self, key: &str) -> bool {
        self.rows.contains(key)
    }
}

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let settings = world.settings();
    let config = Config { ttl: settings.millis("ttl_ms"), max_entries: settings.count("max_entries") };
    let rows = LocalTtlCache::new(config, world.clock()).map_err(|error| Uncaught(error.to_string()))?;
    let database = Database::new(&world);
    scenario(world, Coalescing { rows, database: database.clone() }, &database).await
}

pub(super) async fn scenario(world: World, cache: impl Cache, database: &Database) -> Result<(), Uncaught> {
    let settings = world.settings();
    let (callers, keys) = (settings.count("callers"), settings.count("keys"));
    let cache = Rc::new(cache);
    let ask = |n: usize, key: usize| {
        world.spawn(format!("caller {n}"), ask(world.clone(), cache.clone(), format!("user:{key}")))
    };

    // All callers ask at once.
    let asking: Vec<_> = (1..=callers).map(|n| ask(n, (n - 1) % keys + 1)).collect();
    if let (true, Some(first)) = (settings.flag("cancel_first"), asking.first()) {
        world.sleep(settings.millis("fetch_ms") / 2).await;
        first.cancel();
    }
    // A cancelled caller has no answer.
    let answers: Vec<_> = world.waiting("callers", gather(asking)).await.into_iter().flatten().collect();

    let first = |key: &String| answers.iter().find(|(other, _)| other == key);
    let same = answers.iter().all(|answer| first(&answer.0) == Some(answer));
    let due = callers.min(keys);
    world.log(format!("Fetch count: {} (should be {due})", database.fetches.get()));
    world.log(format!("All same value: {}", if same { "True" } else { "False" }));
    // From here on only the cache keeps rows.
    drop(answers);
    database.count_rows();

    world.sleep(settings.millis("pause_ms")).await;
    let due = due + usize::from(!cache.has("user:1"));
    // The last caller. Its answer is in the trace.
    let _ = ask(callers + 1, 1).await;
    world.log(format!("After TTL expiry, fetches: {} (should be {due})", database.fetches.get()));
    database.count_rows();
    Ok(())
}

/// One caller.
async fn ask(world: World, cache: Rc<impl Cache>, key: String) -> (String, Answer) {
    let answer = world.waiting_for("fetch", format!("fetch {key}"), cache.get(&key)).await;
    match &answer {
        Ok(row) => world.result(format!("get {key}"), &row.text),
        Err(down) => world.result(format!("get {key}"), down),
    }
    (key, answer)
}

/// A row of the database.
#[derive(PartialEq, Eq)]
pub(super) struct Row {
    text: String,
    /// Lets the database count the rows that are still in memory.
    _kept: Rc<()>,
}

/// The error of a fetch.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(super) struct Down {
    error: &'static str,
}

/// A slow database that counts its fetches.
pub(super) struct Database {
    world: World,
    fetches: Cell<usize>,
    kept: Rc<()>,
}

impl Database {
    pub(super) fn new(world: &World) -> Rc<Self> {
        Rc::new(Self { world: world.clone(), fetches: Cell::new(0), kept: Rc::default() })
    }

    /// Fetches a row. The fetch begins when the future is first polled, and ends when it is dropped.
    pub(super) fn fetch(self: &Rc<Self>, key: &str) -> Fetch {
        let (database, key) = (self.clone(), key.to_owned());
        Box::pin(async move {
            let Self { world, fetches, kept, .. } = &*database;
            let number = fetches.get() + 1;
            fetches.set(number);
            let _under_way = world.holds(format!("fetch {key}"), Some(format!("fetch {number}").into()));
            // Not the world's sleep, which is a wait of one task: a fetch may outlive the caller that started it.
            world.clock().sleep(world.settings().millis("fetch_ms")).await;
            if world.is_down() || number == 1 && world.settings().flag("first_fails") {
                let down = Down { error: "database is down" };
                world.result(format!("failed {key}"), &down);
                return Err(down);
            }
            let row = Row { text: format!("{key}, fetch {number}"), _kept: kept.clone() };
            world.result(format!("fetched {key}"), &row.text);
            Ok(Rc::new(row))
        })
    }

    /// Shows how many rows are in memory. While no caller holds one, these are the rows that the cache keeps.
    fn count_rows(&self) {
        let limit = self.world.settings().count("max_entries");
        self.world.gauge("rows kept", Rc::strong_count(&self.kept) - 1, Some(limit));
    }
}
