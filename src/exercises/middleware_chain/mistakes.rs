//! The mistakes: an order turned round, a lost end line, a check that comes too late, and a shared stopwatch.

use std::{cell::Cell, rc::Rc, time::Duration};

use super::program::{
    Answer, App, Layer, Request, Response, Value, handler, layer, millis, requests, watched,
};
use crate::{
    exercises::{Uncaught, World},
    patterns::{Handler, stack_local},
};

pub(super) async fn composed_forwards(world: World) -> Result<(), Uncaught> {
    let mut app = handler(&world);
    // Reads like the list, but whoever is put on last is outermost.
    for name in world.settings().words("layers") {
        app = stack_local([layer(&world, name)], app);
    }
    requests(&world, app).await;
    Ok(())
}

/// The correct chain but for the layer of that name.
async fn with(world: World, name: &str, other: impl Fn() -> Layer) {
    let layers: Vec<_> = world
        .settings()
        .words("layers")
        .iter()
        .map(|word| if *word == name { other() } else { layer(&world, word) })
        .collect();
    requests(&world, stack_local(layers, handler(&world))).await;
}

pub(super) async fn without_finally(world: World) -> Result<(), Uncaught> {
    with(world.clone(), "logging", || watched(&world, "logging", logging_without_finally)).await;
    Ok(())
}

async fn logging_without_finally(world: World, request: Request, next: App) -> Answer {
    let path = request.path.clone();
    world.log(format!("  >> {path} start"));
    // An error leaves by the question mark, past the next line.
    let response = next.handle(request).await?;
    world.log(format!("  << {path} done"));
    Ok(response)
}

pub(super) async fn late_check(world: World) -> Result<(), Uncaught> {
    with(world.clone(), "auth", || watched(&world, "auth", auth_afterwards)).await;
    Ok(())
}

async fn auth_afterwards(_: World, request: Request, next: App) -> Answer {
    let has_token = request.has_token;
    let mut response = next.handle(request).await?;
    // Nobody gets to see the response, but everything has been done by now.
    if !has_token {
        return Ok(Response::unauthorized());
    }
    response.set("authenticated", Value::Flag(true));
    Ok(response)
}

pub(super) async fn shared_stopwatch(world: World) -> Result<(), Uncaught> {
    with(world.clone(), "timing", || {
        // One for the layer, and so one for all requests.
        let started = Rc::new(Cell::new(Duration::ZERO));
        watched(&world, "timing", move |world, request, next| timing(world, request, next, started.clone()))
    })
    .await;
    Ok(())
}

async fn timing(world: World, request: Request, next: App, started: Rc<Cell<Duration>>) -> Answer {
    started.set(world.elapsed());
    let mut response = next.handle(request).await?;
    let took = world.elapsed().saturating_sub(started.get());
    response.set("timing_ms", Value::Number(millis(took)));
    Ok(response)
}
