//! The mistakes: trusting that the row is there, and asking for it twice.

use super::program::{Answer, USERS};
use crate::exercises::{Stage, Uncaught};

pub(super) async fn unchecked(stage: Stage) -> Result<(), Uncaught> {
    for &id in stage.settings().ints("ids") {
        let answer = get_user(&stage, id).await?;
        stage.result(format!("get_user({id})"), &answer);
        stage.show(&answer);
    }
    Ok(())
}

async fn get_user(stage: &Stage, id: i64) -> Result<Answer, Uncaught> {
    stage.sleep(stage.settings().millis("query_ms")).await;
    // users[id], as Python has it: no row, no answer.
    let row = USERS.iter().find(|(known, _)| *known == id);
    let &(id, name) = row.ok_or_else(|| Uncaught(format!("KeyError: {id}")))?;
    Ok(Answer::Found { id, name })
}

pub(super) async fn look_twice(stage: Stage) -> Result<(), Uncaught> {
    for &id in stage.settings().ints("ids") {
        let answer = if exists(&stage, id).await {
            get_user(&stage, id).await?
        } else {
            Answer::NotFound { error: "not found" }
        };
        stage.result(format!("get_user({id})"), &answer);
        stage.show(&answer);
    }
    Ok(())
}

async fn exists(stage: &Stage, id: i64) -> bool {
    stage.sleep(stage.settings().millis("query_ms")).await;
    USERS.iter().any(|(known, _)| *known == id)
}
