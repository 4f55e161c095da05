//! The backend of the full service: slow, without an answer to some questions, and out of order for a while.

use std::{cell::Cell, future::pending, rc::Rc};

use crate::exercises::World;

/// Ids above this do not exist.
const LAST_ID: i64 = 100;

/// What the backend says when it has no value to give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    NotFound(i64),
    Down,
}

/// Notes each fetch and how it ended.
pub(super) struct Database {
    world: World,
    fetches: Cell<u32>,
}

impl Database {
    pub(super) fn new(world: &World) -> Rc<Self> {
        Rc::new(Self { world: world.clone(), fetches: Cell::new(0) })
    }

    pub(super) async fn fetch(self: Rc<Self>, id: i64) -> Result<String, Fault> {
        let (world, settings) = (&self.world, self.world.settings());
        self.fetches.set(self.fetches.get() + 1);
        let mut work = Work { world, number: self.fetches.get(), id, outcome: "dropped" };
        world.result("fetch", &id);
        let outage = settings.millis("outage_from_ms");
        if (outage..outage + settings.millis("outage_ms")).contains(&world.elapsed()) {
            // No error and no end: only a timeout helps.
            world.waiting("outage", pending::<()>()).await;
        }
        world.sleep(settings.millis("fetch_ms")).await;
        let (outcome, answer) = match id {
            _ if world.is_down() || settings.ints("failing_ids").contains(&id) => {
                ("failed", Err(Fault::Down))
            }
            LAST_ID.. if id > LAST_ID => ("not found", Err(Fault::NotFound(id))),
            _ => ("ok", Ok(format!("Resource {id}"))),
        };
        work.outcome = outcome;
        answer
    }
}

/// A fetch at work, which notes its end, be it that it is dropped.
struct Work<'a> {
    world: &'a World,
    number: u32,
    id: i64,
    outcome: &'static str,
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.world.result("left", &(self.number, self.id, self.outcome));
    }
}
