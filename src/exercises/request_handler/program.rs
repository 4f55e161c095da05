//! A request handler that waits for its database and answers for every id.

use serde::Serialize;

use crate::exercises::{Uncaught, World};

/// The whole database.
pub(super) const USERS: [(i64, &str); 3] = [(1, "Alice"), (2, "Bob"), (3, "Carol")];

/// What the handler answers: a dict with these keys.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Found { id: i64, name: &'static str },
    NotFound { error: &'static str },
}

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    for &id in world.settings().ints("ids") {
        let answer = get_user(&world, id).await;
        world.result(format!("get_user({id})"), &answer);
        world.show(&answer);
    }
    Ok(())
}

/// While the query is under way this function is suspended, and the thread is free for other requests.
async fn get_user(world: &World, id: i64) -> Answer {
    world.sleep(world.settings().millis("query_ms")).await;
    match USERS.iter().find(|(known, _)| *known == id) {
        Some(&(id, name)) => Answer::Found { id, name },
        None => Answer::NotFound { error: "not found" },
    }
}
