//! The mistakes: an order turned round, a lost end line, a check that comes too late, and a shared stopwatch.

use std::{cell::Cell, rc::Rc, time::Duration};

use super::program::{
    Answer, App, Layer, Request, Response, Value, handler, layer, millis, requests, watched,
};
use crate::{
    exercises::{Stage, Uncaught},
    patterns::{Handler, stack_local},
};

pub(super) async fn composed_forwards(stage: Stage) -> Result<(), Uncaught> {
    let mut app = handler(&stage);
    // Reads like the list, but whoever is put on last is outermost.
    for name in stage.settings().words("layers") {
        app = stack_local([layer(&stage, name)], app);
    }
    requests(&stage, app).await;
    Ok(())
}

/// The correct chain but for the layer of that name.
async fn with(stage: Stage, name: &str, other: impl Fn() -> Layer) {
    let layers: Vec<_> = stage
        .settings()
        .words("layers")
        .iter()
        .map(|word| if *word == name { other() } else { layer(&stage, word) })
        .collect();
    requests(&stage, stack_local(layers, handler(&stage))).await;
}

pub(super) async fn without_finally(stage: Stage) -> Result<(), Uncaught> {
    with(stage.clone(), "logging", || watched(&stage, "logging", logging_without_finally)).await;
    Ok(())
}

async fn logging_without_finally(stage: Stage, request: Request, next: App) -> Answer {
    let path = request.path.clone();
    stage.log(format!("  >> {path} start"));
    // An error leaves by the question mark, past the next line.
    let response = next.handle(request).await?;
    stage.log(format!("  << {path} done"));
    Ok(response)
}

pub(super) async fn late_check(stage: Stage) -> Result<(), Uncaught> {
    with(stage.clone(), "auth", || watched(&stage, "auth", auth_afterwards)).await;
    Ok(())
}

async fn auth_afterwards(_: Stage, request: Request, next: App) -> Answer {
    let has_token = request.has_token;
    let mut response = next.handle(request).await?;
    // Nobody gets to see the response, but everything has been done by now.
    if !has_token {
        return Ok(Response::unauthorized());
    }
    response.set("authenticated", Value::Flag(true));
    Ok(response)
}

pub(super) async fn shared_stopwatch(stage: Stage) -> Result<(), Uncaught> {
    with(stage.clone(), "timing", || {
        // One for the layer, and so one for all requests.
        let started = Rc::new(Cell::new(Duration::ZERO));
        watched(&stage, "timing", move |stage, request, next| timing(stage, request, next, started.clone()))
    })
    .await;
    Ok(())
}

async fn timing(stage: Stage, request: Request, next: App, started: Rc<Cell<Duration>>) -> Answer {
    started.set(stage.elapsed());
    let mut response = next.handle(request).await?;
    let took = stage.elapsed().saturating_sub(started.get());
    response.set("timing_ms", Value::Number(millis(took)));
    Ok(response)
}
