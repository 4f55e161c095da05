//! The backend of the full service: slow, without values for some ids, and failing or hanging at times.

use std::{cell::Cell, future::pending, rc::Rc};

use serde::Serialize;

use crate::exercises::World;

/// Ids above this do not exist.
const LAST_ID: i64 = 100;

/// The error of a fetch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    NotFound(i64),
    Down,
}

/// Notes when each fetch begins, and when and how it ends.
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
        let _under_way = world.holds("fetch", Some(format!("id {id}").into()));
        world.result("fetch", &id);
        let end = End { number: self.fetches.get(), id, outcome: "dropped" };
        let mut fetch = NotedEnd { world, end };
        let outage = settings.millis("outage_from_ms");
        if (outage..outage + settings.millis("outage_ms")).contains(&world.elapsed()) {
            // No answer and no error: only a timeout ends this.
            world.waiting_for("answer", "backend", pending::<()>()).await;
        }
        world.sleep(settings.millis("fetch_ms")).await;
        let (outcome, answer) = match id {
            _ if world.is_down() || settings.ints("failing_ids").contains(&id) => {
                ("failed", Err(Fault::Down))
            }
            LAST_ID.. if id > LAST_ID => ("not found", Err(Fault::NotFound(id))),
            _ => ("ok", Ok(format!("Resource {id}"))),
        };
        fetch.end.outcome = outcome;
        answer
    }
}

/// How a fetch ended, for the rules.
#[derive(Serialize)]
struct End {
    number: u32,
    id: i64,
    outcome: &'static str,
}

/// Notes the end of a fetch when it is dropped, even before it has an answer.
struct NotedEnd<'a> {
    world: &'a World,
    end: End,
}

impl Drop for NotedEnd<'_> {
    fn drop(&mut self) {
        self.world.result("fetch ended", &self.end);
    }
}
