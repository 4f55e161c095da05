//! The mistakes: trusting that the row is there, and asking for it twice.

use super::program::{Answer, USERS};
use crate::exercises::{Uncaught, World};

pub(super) async fn unchecked(world: World) -> Result<(), Uncaught> {
    for &id in world.settings().ints("ids") {
        let answer = get_user(&world, id).await?;
        world.result(format!("get_user({id})"), &answer);
        world.show(&answer);
    }
    Ok(())
}

async fn get_user(world: &World, id: i64) -> Result<Answer, Uncaught> {
    world.sleep(world.settings().millis("query_ms")).await;
    // users[id], as Python has it: no row, no answer.
    let row = USERS.iter().find(|(known, _)| *known == id);
    let &(id, name) = row.ok_or_else(|| Uncaught(format!("KeyError: {id}")))?;
    Ok(Answer::Found { id, name })
}

pub(super) async fn look_twice(world: World) -> Result<(), Uncaught> {
    for &id in world.settings().ints("ids") {
        let answer = if exists(&world, id).await {
            get_user(&world, id).await?
        } else {
            Answer::NotFound { error: "not found" }
        };
        world.result(format!("get_user({id})"), &answer);
        world.show(&answer);
    }
    Ok(())
}

async fn exists(world: &World, id: i64) -> bool {
    world.sleep(world.settings().millis("query_ms")).await;
    USERS.iter().any(|(known, _)| *known == id)
}
