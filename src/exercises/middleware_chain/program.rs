//! Layers around a handler. Each does one thing that every request needs, and their order matters.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::{
    exercises::{Uncaught, World},
    patterns::{LocalBoxHandler, LocalBoxLayer, LocalHandler, boxed_local, stack_local},
    runtime::Name,
};

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let layers: Vec<_> = world.settings().words("layers").iter().map(|name| layer(&world, name)).collect();
    // The first in the list is the outermost: it gets the request first and the response last.
    let app = stack_local(layers, handler(&world));
    requests(&world, app).await;
    Ok(())
}

pub(super) type Answer = Result<Response, &'static str>;
pub(super) type App = LocalBoxHandler<Request, Answer>;
pub(super) type Layer = LocalBoxLayer<Request, Answer>;

/// The layer of that name.
pub(super) fn layer(world: &World, name: &str) -> Layer {
    match name {
        "timing" => traced(world, "timing", timing),
        "auth" => traced(world, "auth", auth),
        _ => traced(world, "logging", logging),
    }
}

/// `next` is the rest of the chain: all layers further in, and the handler.
async fn timing(world: World, request: Request, next: App) -> Answer {
    let started = world.elapsed();
    let _stopwatch = world.holds("stopwatch", Some(request.path.clone().into()));
    let mut response = next.handle(request).await?;
    response.set("timing_ms", Value::Number(millis(world.elapsed().saturating_sub(started))));
    Ok(response)
}

async fn auth(_: World, request: Request, next: App) -> Answer {
    if !request.has_token {
        // Without a call of `next`, nothing further in runs.
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

/// Writes the end line when it is dropped: after a response, an error or a cancellation. Rust has no `finally`; it has
/// this.
struct EndLine {
    world: World,
    path: String,
}

impl Drop for EndLine {
    fn drop(&mut self) {
        self.world.log(format!("  << {} done", self.path));
    }
}

/// The handler, the innermost part of the chain.
pub(super) fn handler(world: &World) -> App {
    let world = world.clone();
    LocalBoxHandler::new(move |request: Request| {
        let user = user(world.clone());
        world.using("handler", Some(request.path.into()), user)
    })
}

async fn user(world: World) -> Answer {
    world.sleep(world.settings().millis("handler_ms")).await;
    if world.settings().flag("handler_fails") {
        return Err("database is gone");
    }
    Ok(Response(vec![("user", Value::Text("Alice")), ("status", Value::Status(200))]))
}

#[derive(Clone)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) has_token: bool,
}

/// A dict. It keeps the order in which its keys were set.
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

/// Milliseconds, rounded to two decimals.
pub(super) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 100.0
}

/// A layer that shows in the trace when a request is inside it.
pub(super) fn traced<F, Fut>(world: &World, name: &'static str, layer: F) -> Layer
where
    F: Fn(World, Request, App) -> Fut + 'static,
    Fut: Future<Output = Answer> + 'static,
{
    let world = world.clone();
    boxed_local(move |request: Request, next| {
        let path = Name::from(request.path.clone());
        world.using(name, Some(path), layer(world.clone(), request, next))
    })
}

/// Makes all requests, some time apart, each in a task of its own.
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
    let all = async {
        for request in requests {
            // Its result is in the trace.
            let _ = request.await;
        }
    };
    world.waiting("requests", all).await;
}

fn spelled(response: &Response) -> String {
    crate::python::repr(response).unwrap_or_else(|error| error.to_string())
}
