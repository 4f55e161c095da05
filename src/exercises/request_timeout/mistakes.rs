//! The mistakes: racing without cancelling, a limit for each step, and looking at the clock first.

use std::pin::pin;

use futures::future::{Either, select};

use super::program::{Answer, Connection, HANDLERS, Handler, PAGES};
use crate::{
    exercises::{Uncaught, World},
    patterns::timeout,
    runtime::Clock,
};

pub(super) async fn race_without_cancel(world: World) -> Result<(), Uncaught> {
    for handler in &HANDLERS {
        let answer = first_of_both(&world, handler).await;
        world.result(handler.name, &answer);
        world.show(&answer);
    }
    Ok(())
}

async fn first_of_both(world: &World, handler: &'static Handler) -> Answer {
    let own = world.clone();
    let task = world.spawn(handler.name, async move { handler.call(&own).await });
    let timer = world.sleep(world.settings().millis("timeout_ms"));
    match select(task, pin!(timer)).await {
        Either::Left((Ok(answer), _)) => answer,
        // The handle is dropped, and the task does not care: it runs on, for nobody.
        _ => handler.too_late(),
    }
}

pub(super) async fn timeout_per_step(world: World) -> Result<(), Uncaught> {
    for handler in &HANDLERS {
        let answer = careful_steps(&world, handler).await;
        world.result(handler.name, &answer);
        world.show(&answer);
    }
    Ok(())
}

async fn careful_steps(world: &World, handler: &Handler) -> Answer {
    let limit = world.settings().millis("timeout_ms");
    let _connection = Connection::open(world, handler.name);
    for page in 1..=PAGES {
        // Every page may take as long as the whole was meant to.
        if timeout(&world.clock(), limit, handler.read(world, page)).await.is_err() {
            return handler.too_late();
        }
    }
    handler.done()
}

pub(super) async fn clock_first(world: World) -> Result<(), Uncaught> {
    for handler in &HANDLERS {
        let answer = timer_before_handler(&world, handler).await;
        world.result(handler.name, &answer);
        world.show(&answer);
    }
    Ok(())
}

async fn timer_before_handler(world: &World, handler: &Handler) -> Answer {
    let timer = world.clock().sleep(world.settings().millis("timeout_ms"));
    // Both may be ready at once, and then the one that is asked first has won.
    match select(timer, pin!(handler.call(world))).await {
        Either::Left(_) => handler.too_late(),
        Either::Right((answer, _)) => answer,
    }
}
