//! The mistakes: a lookup without a check, and a check with a query of its own.

use super::program::{Answer, USERS, query, serve};
use crate::exercises::{Uncaught, World};

pub(super) async fn unchecked(world: World) -> Result<(), Uncaught> {
    serve(&world, async |id| get_user(&world, id).await).await
}

async fn get_user(world: &World, id: i64) -> Result<Answer, Uncaught> {
    query(world, format!("query id {id}")).await;
    // `users[id]` in Python: an unknown id raises an error.
    let row = USERS.iter().find(|(known, _)| *known == id);
    let &(id, name) = row.ok_or_else(|| Uncaught(format!("KeyError: {id}")))?;
    Ok(Answer::Found { id, name })
}

pub(super) async fn look_twice(world: World) -> Result<(), Uncaught> {
    serve(&world, async |id| {
        if exists(&world, id).await {
            get_user(&world, id).await
        } else {
            Ok(Answer::NotFound { error: "not found" })
        }
    })
    .await
}

async fn exists(world: &World, id: i64) -> bool {
    query(world, format!("exists id {id}")).await;
    USERS.iter().any(|(known, _)| *known == id)
}
