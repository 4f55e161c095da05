//! Layers around a handler: what every request needs, written once each, in an order that matters.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::{
    exercises::{Uncaught, World},
    patterns::{Handler, LocalBoxHandler, LocalBoxLayer, boxed_local, stack_local},
};

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let layers: Vec<_> = world.settings().words("layers").iter().map(|name| layer(&world, name)).collect();
    // The first in the list is outermost: it sees the request first and the response last.
    let app = stack_local(layers, handler(&world));
    requests(&world, app).await;
    Ok(())
}

pub(super) type Answer = Result<Response, &'static str>;
pub(super) type App = LocalBoxHandler<Request, Answer>;
pub(super) type Layer = LocalBoxLayer<Request, Answer>;

pub(super) fn layer(world: &World, name: &str) -> Layer {
    match name {
        "timing" => watched(world, "timing", timing),
        "auth" => watched(world, "auth", auth),
        _ => watched(world, "logging", logging),
    }
}

async fn timing(world: World, request: Request, next: App) -> Answer {
    let started = world.elapsed();
    let mut response = next.handle(request).await?;
    response.set("timing_ms", Value::Number(millis(world.elapsed().saturating_sub(started))));
    Ok(response)
}

async fn auth(_: World, request: Request, next: App) -> Answer {
    if !request.has_token {
        // The rest of the chain is not called, and so it does not run.
        return Ok(Response::unauthorized());
    }
    let mut response = next.handle(request).await?;
    response.set("authenticated", Value::Flag(true));
    Ok(response)
}

async fn logging(world: World, request: Request, next: App) -> Answer {
    world.log(format!("  >> {} start", request.path));
    let _end = EndLine { world, path: request.path.clone() };
    next.handle(request).await
}

/// Rust's `finally`: however the rest ends, by a response, an error or a cancel, the line is written.
struct EndLine {
    world: World,
    path: String,
}

impl Drop for EndLine {
    fn drop(&mut self) {
        self.world.log(format!("  << {} done", self.path));
    }
}

pub(super) fn handler(world: &World) -> App {
    let world = world.clone();
    LocalBoxHandler::new(move |_: Request| {
        let world = world.clone();
        async move {
            world.result("in", &"handler");
            world.sleep(world.settings().millis("handler_ms")).await;
            world.result("out", &"handler");
            if world.settings().flag("handler_fails") {
                return Err("database is gone");
            }
            Ok(Response(vec![("user", Value::Text("Alice")), ("status", Value::Status(200))]))
        }
    })
}

#[derive(Clone)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) has_token: bool,
}

/// A dict, which keeps the order in which its keys were set.
pub(super) struct Response(Vec<(&'static str, Value)>);

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Value {
    Text(&'static str),
    Status(u16),
    Flag(bool),
    Number(f64),
}

impl Response {
    pub(super) fn unauthorized() -> Self {
        Self(vec![("error", Value::Text("unauthorized")), ("status", Value::Status(401))])
    }

    pub(super) fn set(&mut self, key: &'static str, value: Value) {
        self.0.push((key, value));
    }
}

impl Serialize for Response {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Milliseconds to two decimals.
pub(super) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 100.0
}

/// A layer that notes when a request comes to it and when it has left it.
pub(super) fn watched<F, Fut>(world: &World, name: &'static str, layer: F) -> Layer
where
    F: Fn(World, Request, App) -> Fut + 'static,
    Fut: Future<Output = Answer> + 'static,
{
    let world = world.clone();
    boxed_local(move |request, next| {
        let rest = layer(world.clone(), request, next);
        let world = world.clone();
        async move {
            world.result("in", &name);
            let answer = rest.await;
            world.result("out", &name);
            answer
        }
    })
}

/// All requests, some time apart, each in a task of its own.
pub(super) async fn requests(world: &World, app: App) {
    let mut requests = Vec::new();
    for number in 1..=world.settings().int("requests") {
        if number > 1 {
            world.sleep(world.settings().millis("gap_ms")).await;
        }
        let request = Request { path: format!("/users/{number}"), has_token: world.settings().flag("token") };
        let (world, app) = (world.clone(), app.clone());
        requests.push(world.clone().spawn(format!("request {number}"), async move {
            match app.handle(request).await {
                Ok(response) => {
                    world.result("response", &response);
                    world.log(format!("Response: {}", spelled(&response)));
                }
                Err(error) => {
                    world.result("error", &error);
                    world.log(format!("Error: {error}"));
                }
            }
        }));
    }
    for request in requests {
        // A request is never cancelled, so there is nothing to report.
        let _ = request.await;
    }
}

fn spelled(response: &Response) -> String {
    crate::python::repr(response).unwrap_or_else(|error| error.to_string())
}
