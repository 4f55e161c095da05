//! The mistakes: checking and then fetching, announcing a fetch before there is one, a lock without a second check,
//! storing errors, keeping everything, and a fetch that ends with the caller that started it.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    convert::Infallible,
    rc::Rc,
    time::Duration,
};

use futures::{
    FutureExt,
    channel::oneshot,
    future::{Shared, pending},
    lock::Mutex,
};

use super::program::{Answer, Cache, Database, Fetch, Row, scenario};
use crate::{
    exercises::{Uncaught, World, a_turn},
    patterns::{LocalTtlCache, ttl_cache::Config},
    runtime::{Clock, Instant, Timers},
};

/// Rows with the time at which they expire. Many services have no more cache than this.
struct Rows {
    rows: RefCell<HashMap<String, (Rc<Row>, Instant)>>,
    ttl: Duration,
    clock: Timers,
}

impl Rows {
    fn new(world: &World) -> Self {
        Self { rows: RefCell::default(), ttl: world.settings().millis("ttl_ms"), clock: world.clock() }
    }

    fn get(&self, key: &str) -> Option<Rc<Row>> {
        let rows = self.rows.borrow();
        rows.get(key).filter(|(_, expires)| self.clock.now() < *expires).map(|(row, _)| row.clone())
    }

    fn put(&self, key: &str, row: &Rc<Row>) {
        let expires = self.clock.now().after(self.ttl);
        self.rows.borrow_mut().insert(key.into(), (row.clone(), expires));
    }
}

struct CheckThenFetch {
    rows: Rows,
    database: Rc<Database>,
}

impl Cache for CheckThenFetch {
    async fn get(&self, key: &str) -> Answer {
        if let Some(row) = self.rows.get(key) {
            return Ok(row);
        }
        // Mistake: until this fetch has ended, every other caller finds nothing and fetches too.
        let row = self.database.fetch(key).await?;
        self.rows.put(key, &row);
        Ok(row)
    }

    fn has(&self, key: &str) -> bool {
        self.rows.get(key).is_some()
    }
}

pub(super) async fn check_then_fetch(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let cache = CheckThenFetch { rows: Rows::new(&world), database: database.clone() };
    scenario(world, cache, &database).await
}

/// One fetch for all, started in two steps: the first caller announces it, and then stores it for others to join.
struct AnnouncedFirst {
    rows: Rows,
    announced: RefCell<HashSet<String>>,
    fetches: RefCell<HashMap<String, Shared<Fetch>>>,
    database: Rc<Database>,
}

impl Cache for AnnouncedFirst {
    async fn get(&self, key: &str) -> Answer {
        if let Some(row) = self.rows.get(key) {
            return Ok(row);
        }
        if self.announced.borrow_mut().insert(key.into()) {
            // Mistake: an `await` between the two steps, to count the miss for example.
            a_turn().await;
            self.fetches.borrow_mut().insert(key.into(), self.database.fetch(key).shared());
        } else {
            // The other callers take a little longer: they count the hit and write a line of a log.
            a_turn().await;
            a_turn().await;
        }
        let fetch = self.fetches.borrow().get(key).cloned();
        let answer = match fetch {
            Some(fetch) => fetch.await,
            // Announced but not stored: this caller takes it for a fetch that has ended.
            None => self.database.fetch(key).await,
        };
        if let Ok(row) = &answer {
            self.rows.put(key, row);
        }
        self.announced.borrow_mut().remove(key);
        self.fetches.borrow_mut().remove(key);
        answer
    }

    fn has(&self, key: &str) -> bool {
        self.rows.get(key).is_some()
    }
}

pub(super) async fn announced_first(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let (rows, announced, fetches) = (Rows::new(&world), RefCell::default(), RefCell::default());
    let cache = AnnouncedFirst { rows, announced, fetches, database: database.clone() };
    scenario(world, cache, &database).await
}

struct LockedFetch {
    world: World,
    rows: Rows,
    fetching: Mutex<()>,
    database: Rc<Database>,
}

impl Cache for LockedFetch {
    async fn get(&self, key: &str) -> Answer {
        if let Some(row) = self.rows.get(key) {
            return Ok(row);
        }
        let _one_at_a_time = self.world.waiting_for("lock", "lock", self.fetching.lock()).await;
        // Mistake: the row may have arrived while this caller waited for the lock.
        let _lock = self.world.holds("lock", None);
        let row = self.database.fetch(key).await?;
        self.rows.put(key, &row);
        Ok(row)
    }

    fn has(&self, key: &str) -> bool {
        self.rows.get(key).is_some()
    }
}

pub(super) async fn no_second_look(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let (rows, fetching) = (Rows::new(&world), Mutex::new(()));
    let cache = LockedFetch { world: world.clone(), rows, fetching, database: database.clone() };
    scenario(world, cache, &database).await
}

/// The correct cache, but every answer counts as a value, even an error.
struct ErrorsToo {
    answers: LocalTtlCache<String, Answer, Infallible, Timers>,
    database: Rc<Database>,
}

impl Cache for ErrorsToo {
    async fn get(&self, key: &str) -> Answer {
        let fetch = self.database.fetch(key).map(Ok);
        self.answers.try_get_with(key.into(), fetch).await.unwrap_or_else(|never| match never {})
    }

    fn has(&self, key: &str) -> bool {
        self.answers.get(key).is_some_and(|answer| answer.is_ok())
    }
}

pub(super) async fn cache_the_error(world: World) -> Result<(), Uncaught> {
    let settings = world.settings();
    let config = Config { ttl: settings.millis("ttl_ms"), max_entries: settings.count("max_entries") };
    let answers = LocalTtlCache::new(config, world.clock()).map_err(|error| Uncaught(error.to_string()))?;
    let database = Database::new(&world);
    scenario(world, ErrorsToo { answers, database: database.clone() }, &database).await
}

/// A dict of futures, like `functools.cache` around a function that returns a task.
struct KeptForever {
    fetches: RefCell<HashMap<String, Shared<Fetch>>>,
    database: Rc<Database>,
}

impl Cache for KeptForever {
    async fn get(&self, key: &str) -> Answer {
        let fetch = {
            let mut fetches = self.fetches.borrow_mut();
            fetches.entry(key.into()).or_insert_with(|| self.database.fetch(key).shared()).clone()
        };
        fetch.await
    }

    fn has(&self, _: &str) -> bool {
        // This cache does not know how old its rows are.
        false
    }
}

pub(super) async fn kept_forever(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let cache = KeptForever { fetches: RefCell::default(), database: database.clone() };
    scenario(world, cache, &database).await
}

/// One fetch for all, but the first caller owns it: the others wait for that caller to pass the row on.
struct FirstCallerOwns {
    rows: Rows,
    waiting: RefCell<HashMap<String, Vec<oneshot::Sender<Answer>>>>,
    database: Rc<Database>,
}

impl Cache for FirstCallerOwns {
    async fn get(&self, key: &str) -> Answer {
        if let Some(row) = self.rows.get(key) {
            return Ok(row);
        }
        let passed_on = self.waiting.borrow_mut().get_mut(key).map(|waiting| {
            let (sender, receiver) = oneshot::channel();
            waiting.push(sender);
            receiver
        });
        if let Some(passed_on) = passed_on {
            return match passed_on.await {
                Ok(answer) => answer,
                Err(oneshot::Canceled) => pending().await,
            };
        }
        self.waiting.borrow_mut().insert(key.into(), Vec::new());
        // Mistake: a caller that is cancelled here never comes to the lines below.
        let answer = self.database.fetch(key).await;
        if let Ok(row) = &answer {
            self.rows.put(key, row);
        }
        for sender in self.waiting.borrow_mut().remove(key).unwrap_or_default() {
            // Sending fails if that caller has been cancelled.
            let _ = sender.send(answer.clone());
        }
        answer
    }

    fn has(&self, key: &str) -> bool {
        self.rows.get(key).is_some()
    }
}

pub(super) async fn followers_hang(world: World) -> Result<(), Uncaught> {
    let database = Database::new(&world);
    let (rows, waiting) = (Rows::new(&world), RefCell::default());
    scenario(world, FirstCallerOwns { rows, waiting, database: database.clone() }, &database).await
}
