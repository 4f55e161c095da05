//! The mistakes: racing without cancelling, a limit for each step, and looking at the clock first.

use std::pin::pin;

use futures::future::{Either, select};

use super::program::{Answer, Connection, HANDLERS, Handler, PAGES};
use crate::{
    exercises::{Stage, Uncaught},
    patterns::timeout,
    runtime::Clock,
};

pub(super) async fn race_without_cancel(stage: Stage) -> Result<(), Uncaught> {
    for handler in &HANDLERS {
        let answer = first_of_both(&stage, handler).await;
        stage.result(handler.name, &answer);
        stage.show(&answer);
    }
    Ok(())
}

async fn first_of_both(stage: &Stage, handler: &'static Handler) -> Answer {
    let own = stage.clone();
    let task = stage.spawn(handler.name, async move { handler.call(&own).await });
    let timer = stage.sleep(stage.settings().millis("timeout_ms"));
    match select(task, pin!(timer)).await {
        Either::Left((Ok(answer), _)) => answer,
        // The handle is dropped, and the task does not care: it runs on, for nobody.
        _ => handler.too_late(),
    }
}

pub(super) async fn timeout_per_step(stage: Stage) -> Result<(), Uncaught> {
    for handler in &HANDLERS {
        let answer = careful_steps(&stage, handler).await;
        stage.result(handler.name, &answer);
        stage.show(&answer);
    }
    Ok(())
}

async fn careful_steps(stage: &Stage, handler: &Handler) -> Answer {
    let limit = stage.settings().millis("timeout_ms");
    let _connection = Connection::open(stage, handler.name);
    for page in 1..=PAGES {
        // Every page may take as long as the whole was meant to.
        if timeout(&stage.clock(), limit, handler.read(stage, page)).await.is_err() {
            return handler.too_late();
        }
    }
    handler.done()
}

pub(super) async fn clock_first(stage: Stage) -> Result<(), Uncaught> {
    for handler in &HANDLERS {
        let answer = timer_before_handler(&stage, handler).await;
        stage.result(handler.name, &answer);
        stage.show(&answer);
    }
    Ok(())
}

async fn timer_before_handler(stage: &Stage, handler: &Handler) -> Answer {
    let timer = stage.clock().sleep(stage.settings().millis("timeout_ms"));
    // Both may be ready at once, and then the one that is asked first has won.
    match select(timer, pin!(handler.call(stage))).await {
        Either::Left(_) => handler.too_late(),
        Either::Right((answer, _)) => answer,
    }
}
