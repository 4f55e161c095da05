//! The mistakes: a timer beside a handler that is not cancelled, a timeout for each step, and a clock that is checked
//! before the result.

use std::pin::pin;

use futures::future::{Either, select};

use super::program::{Answer, Connection, Handler, PAGES, serve};
use crate::{
    exercises::{Uncaught, World},
    patterns::timeout,
    runtime::Clock,
};

pub(super) async fn race_without_cancel(world: World) -> Result<(), Uncaught> {
    serve(&world, async |handler| first_of_both(&world, handler).await).await
}

async fn first_of_both(world: &World, handler: &'static Handler) -> Answer {
    let _deadline = handler.deadline(world);
    let own = world.clone();
    let task = world.spawn(handler.name, async move { handler.call(&own).await });
    let task = world.waiting_for("answer", handler.name, task);
    let timer = world.clock().sleep(world.settings().millis("timeout_ms"));
    match select(pin!(task), timer).await {
        Either::Left((Ok(answer), _)) => answer,
        // Dropping the handle does not cancel the task: it runs on, and its result is lost.
        _ => handler.too_late(),
    }
}

pub(super) async fn timeout_per_step(world: World) -> Result<(), Uncaught> {
    serve(&world, async |handler| limited_steps(&world, handler).await).await
}

async fn limited_steps(world: &World, handler: &Handler) -> Answer {
    let limit = world.settings().millis("timeout_ms");
    let _connection = Connection::open(world, handler.name);
    for page in 1..=PAGES {
        // Each page may take as long as the whole call was meant to take.
        let _deadline = handler.deadline(world);
        if timeout(&world.clock(), limit, handler.read(world, page)).await.is_err() {
            return handler.too_late();
        }
    }
    handler.done()
}

pub(super) async fn clock_first(world: World) -> Result<(), Uncaught> {
    serve(&world, async |handler| timer_before_handler(&world, handler).await).await
}

async fn timer_before_handler(world: &World, handler: &Handler) -> Answer {
    let _deadline = handler.deadline(world);
    let timer = world.clock().sleep(world.settings().millis("timeout_ms"));
    // `select` polls its first future first: if both are ready, the timer wins.
    match select(timer, pin!(handler.call(world))).await {
        Either::Left(_) => handler.too_late(),
        Either::Right((answer, _)) => answer,
    }
}
