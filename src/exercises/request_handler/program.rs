//! A request handler that waits for its database and has an answer for every id.

use serde::Serialize;

use crate::exercises::{Uncaught, World};

/// All users in the database.
pub(super) const USERS: [(i64, &str); 3] = [(1, "Alice"), (2, "Bob"), (3, "Carol")];

/// An answer of the handler: a dict with these keys.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Found { id: i64, name: &'static str },
    NotFound { error: &'static str },
}

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    serve(&world, async |id| Ok(get_user(&world, id).await)).await
}

/// Calls the handler for one id after another and prints what it answers.
pub(super) async fn serve(
    world: &World,
    handler: impl AsyncFn(i64) -> Result<Answer, Uncaught>,
) -> Result<(), Uncaught> {
    for &id in world.settings().ints("ids") {
        let call = format!("get_user({id})");
        let answer = world.using("request", Some(call.clone().into()), handler(id)).await?;
        world.result(call, &answer);
        world.show(&answer);
    }
    Ok(())
}

async fn get_user(world: &World, id: i64) -> Answer {
    // While the query is under way this function is suspended, and the thread is free for other requests.
    query(world, format!("query id {id}")).await;
    // `find` gives an Option: the case in which there is no row cannot be forgotten.
    match USERS.iter().find(|(known, _)| *known == id) {
        Some(&(id, name)) => Answer::Found { id, name },
        None => Answer::NotFound { error: "not found" },
    }
}

/// Occupies the database for the time of a query.
pub(super) async fn query(world: &World, what: String) {
    let reply = world.reply("rows", "database", world.settings().millis("query_ms"));
    world.using("database", Some(what.into()), reply).await;
}
