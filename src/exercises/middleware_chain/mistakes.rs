//! The mistakes: the reverse order, a lost end line, a check that comes too late, and a shared stopwatch.

use std::{cell::Cell, rc::Rc, time::Duration};

use super::program::{
    Answer, App, Layer, Request, Response, Value, handler, layer, millis, requests, traced,
};
use crate::{
    exercises::{Uncaught, Use, World},
    patterns::{LocalHandler, stack_local},
};

pub(super) async fn composed_forwards(world: World) -> Result<(), Uncaught> {
    let mut app = handler(&world);
    // Mistake: each layer is put around the ones before it, so the last in the list is the outermost.
    for name in world.settings().words("layers") {
        app = stack_local([layer(&world, name)], app);
    }
    requests(&world, app).await;
    Ok(())
}

/// The correct chain, with another layer of that name.
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
    with(world.clone(), "logging", || traced(&world, "logging", logging_without_finally)).await;
    Ok(())
}

async fn logging_without_finally(world: World, request: Request, next: App) -> Answer {
    let path = request.path.clone();
    world.log(format!("  >> {path} start"));
    // Mistake: the `?` returns an error at once, and the end line is not written.
    let response = next.handle(request).await?;
    world.log(format!("  << {path} done"));
    Ok(response)
}

pub(super) async fn late_check(world: World) -> Result<(), Uncaught> {
    with(world.clone(), "auth", || traced(&world, "auth", auth_afterwards)).await;
    Ok(())
}

async fn auth_afterwards(_: World, request: Request, next: App) -> Answer {
    let has_token = request.has_token;
    let mut response = next.handle(request).await?;
    // Mistake: the request has already been handled.
    if !has_token {
        return Ok(Response::unauthorized());
    }
    response.set("authenticated", Value::Flag(true));
    Ok(response)
}

pub(super) async fn shared_stopwatch(world: World) -> Result<(), Uncaught> {
    with(world.clone(), "timing", || {
        // Mistake: one stopwatch for the layer, and so for all requests.
        let stopwatch = Rc::<Stopwatch>::default();
        traced(&world, "timing", move |world, request, next| timing(world, request, next, stopwatch.clone()))
    })
    .await;
    Ok(())
}

#[derive(Default)]
struct Stopwatch {
    started: Cell<Duration>,
    /// Shows in the trace which request started it last.
    running: Cell<Option<Use>>,
}

async fn timing(world: World, request: Request, next: App, stopwatch: Rc<Stopwatch>) -> Answer {
    stopwatch.started.set(world.elapsed());
    // The use by the request before ends here: its start time is gone.
    drop(stopwatch.running.take());
    stopwatch.running.set(Some(world.holds("stopwatch", Some(request.path.clone().into()))));
    let mut response = next.handle(request).await?;
    let took = world.elapsed().saturating_sub(stopwatch.started.get());
    response.set("timing_ms", Value::Number(millis(took)));
    Ok(response)
}
