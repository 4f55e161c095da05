//! Callers who want the same row at the same time, a cache that fetches it once for all of them, and a database that
//! counts.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    pin::Pin,
    rc::Rc,
};

use serde::Serialize;

use crate::{
    exercises::{Uncaught, World},
    patterns::{CacheConfig, TtlCache, gather},
    runtime::{Clock, Timers},
};

/// What a caller gets.
pub(super) type Answer = Result<Rc<Row>, Down>;
pub(super) type Fetch = Pin<Box<dyn Future<Output = Answer>>>;

/// The scenario runs on whatever can do this: the correct cache below, or one with a mistake.
pub(super) trait Cache: 'static {
    async fn get(&self, key: &str) -> Answer;
    /// Whether the row is there already, so that nothing need be fetched.
    fn has(&self, key: &str) -> bool;
}

struct Coalescing {
    rows: TtlCache<String, Rc<Row>, Down, Fetch, Timers>,
    database: Rc<Database>,
}

impl Cache for Coalescing {
    async fn get(&self, key: &str) -> Answer {
        // Whoever comes while a fetch for this key is under way waits for that one instead of starting another.
        self.rows.get_or_fetch(key.into(), || self.database.fetch(key)).await
    }

    fn has(&self, key: &str) -> bool {
        self.rows.get(&key.into()).is_some()
    }
}

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let settings = world.settings();
    let config = CacheConfig { ttl: settings.millis("ttl_ms"), max_entries: settings.count("max_entries") };
    let rows = TtlCache::new(config, world.clock()).map_err(|error| Uncaught(error.to_string()))?;
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

    let asking: Vec<_> = (1..=callers).map(|n| ask(n, (n - 1) % keys + 1)).collect();
    if let (true, Some(first)) = (settings.flag("cancel_first"), asking.first()) {
        world.sleep(settings.millis("fetch_ms") / 2).await;
        first.cancel();
    }
    // Who was cancelled has no answer.
    let answers: Vec<_> = gather(asking).await.into_iter().flatten().collect();

    let mut first = HashMap::new();
    let same = answers.iter().all(|(key, answer)| first.entry(key).or_insert(answer) == &answer);
    let due = callers.min(keys);
    world.log(format!("Fetch count: {} (should be {due})", database.fetches.get()));
    world.log(format!("All same value: {}", if same { "True" } else { "False" }));
    drop(answers);
    database.note_rows();

    world.sleep(settings.millis("pause_ms")).await;
    let due = due + usize::from(!cache.has("user:1"));
    // Whatever the last caller gets is in the trace.
    let _ = ask(callers + 1, 1).await;
    world.log(format!("After TTL expiry, fetches: {} (should be {due})", database.fetches.get()));
    database.note_rows();
    Ok(())
}

async fn ask(world: World, cache: Rc<impl Cache>, key: String) -> (String, Answer) {
    let answer = world.waiting("flight", cache.get(&key)).await;
    match &answer {
        Ok(row) => world.result(format!("get {key}"), &row.text),
        Err(down) => world.result(format!("get {key}"), down),
    }
    (key, answer)
}

/// What the database holds.
#[derive(PartialEq, Eq)]
pub(super) struct Row {
    text: String,
    /// Lets the database count the rows that are still in somebody's memory.
    _kept: Rc<()>,
}

/// What the database answers when it cannot.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(super) struct Down {
    error: &'static str,
}

/// A slow database, which notes when it is asked and what it answers.
pub(super) struct Database {
    world: World,
    fetches: Cell<usize>,
    under_way: RefCell<HashMap<String, usize>>,
    kept: Rc<()>,
}

impl Database {
    pub(super) fn new(world: &World) -> Rc<Self> {
        let (fetches, under_way, kept) = Default::default();
        Rc::new(Self { world: world.clone(), fetches, under_way, kept })
    }

    /// Asks for a row. Nothing happens before the future is polled, and no more once it is dropped.
    pub(super) fn fetch(self: &Rc<Self>, key: &str) -> Fetch {
        let (database, key) = (self.clone(), key.to_owned());
        Box::pin(async move {
            let Self { world, fetches, kept, .. } = &*database;
            let number = fetches.get() + 1;
            fetches.set(number);
            world.result(format!("fetch {key}"), &number);
            let _under_way = UnderWay::begin(&database, &key);
            // Not labelled: the fetch may outlive the caller who began it.
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

    /// Notes how many rows are in memory; when no caller holds one, that is how many the cache keeps.
    fn note_rows(&self) {
        let limit = self.world.settings().count("max_entries");
        self.world.gauge("rows kept", Rc::strong_count(&self.kept) - 1, Some(limit));
    }

    fn count(&self, key: &str, step: impl FnOnce(&mut usize)) {
        let mut under_way = self.under_way.borrow_mut();
        let now = under_way.entry(key.into()).or_default();
        step(now);
        self.world.gauge(format!("fetches of {key}"), *now, Some(1));
    }
}

/// Counts a fetch for as long as it is under way, however it ends.
struct UnderWay<'a> {
    database: &'a Database,
    key: &'a str,
}

impl<'a> UnderWay<'a> {
    fn begin(database: &'a Database, key: &'a str) -> Self {
        database.count(key, |now| *now += 1);
        Self { database, key }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.database.count(self.key, |now| *now -= 1);
    }
}
