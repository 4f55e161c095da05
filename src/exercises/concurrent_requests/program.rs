//! The same requests twice: one after another, then all at once.

use std::time::Duration;

use crate::{
    exercises::{Settings, Uncaught, World},
    patterns::try_gather,
    runtime::{Cancelled, Task},
};

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    compare(world, one_by_one, all_at_once).await
}

/// Each request starts when the one before it has its response, so the waits add up.
pub(super) async fn one_by_one(world: &World) -> Result<Vec<String>, Uncaught> {
    let mut responses = Vec::new();
    for id in ids(world) {
        responses.push(fetch(world.clone(), id).await);
    }
    Ok(responses)
}

/// All requests are under way before the first wait. Gathering puts each response in the place of its
/// request, whichever comes first.
pub(super) async fn all_at_once(world: &World) -> Result<Vec<String>, Uncaught> {
    let requests: Vec<_> = ids(world).map(|id| start(world, id)).collect();
    try_gather(requests).await.map_err(uncaught)
}

/// Fetches in both ways and prints how long each took.
pub(super) async fn compare(
    world: World,
    serial: impl AsyncFnOnce(&World) -> Result<Vec<String>, Uncaught>,
    concurrent: impl AsyncFnOnce(&World) -> Result<Vec<String>, Uncaught>,
) -> Result<(), Uncaught> {
    let first = serial(&world).await?;
    let halfway = world.elapsed();
    world.result("serial", &first);
    world.log(format!("Serial: {:.2}s", halfway.as_secs_f64()));

    let second = concurrent(&world).await?;
    let took = world.elapsed().saturating_sub(halfway);
    world.result("concurrent", &second);
    world.log(format!("Concurrent: {:.2}s", took.as_secs_f64()));

    world.log(format!("Results equal: {}", if first == second { "True" } else { "False" }));
    Ok(())
}

pub(super) fn ids(world: &World) -> impl Iterator<Item = usize> + use<> {
    1..=world.settings().count("n")
}

/// A request is a wait for somebody else; meanwhile the thread is free.
pub(super) async fn fetch(world: World, id: usize) -> String {
    world.sleep(io_time(world.settings(), id)).await;
    response(id)
}

/// A request that is on its way before anybody awaits it: a task of its own.
pub(super) fn start(world: &World, id: usize) -> Task<String> {
    world.spawn(format!("request {id}"), fetch(world.clone(), id))
}

/// The first request is a slower one, and so is every other.
pub(super) fn io_time(settings: &Settings, id: usize) -> Duration {
    let extra = if id % 2 == 1 { settings.millis("slower_ms") } else { Duration::ZERO };
    settings.millis("io_ms") + extra
}

pub(super) fn response(id: usize) -> String {
    format!("response {id}")
}

pub(super) fn uncaught(Cancelled: Cancelled) -> Uncaught {
    Uncaught("CancelledError".into())
}
