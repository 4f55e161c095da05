//! The same requests twice: one after another, then all at once.

use std::time::Duration;

use crate::{
    exercises::{Settings, Stage, Uncaught},
    patterns::try_gather,
    runtime::{Cancelled, Task},
};

pub(super) async fn run(stage: Stage) -> Result<(), Uncaught> {
    compare(stage, one_by_one, all_at_once).await
}

/// Each request starts when the one before it has its response, so the waits add up.
pub(super) async fn one_by_one(stage: &Stage) -> Result<Vec<String>, Uncaught> {
    let mut responses = Vec::new();
    for id in ids(stage) {
        responses.push(fetch(stage.clone(), id).await);
    }
    Ok(responses)
}

/// All requests are under way before the first wait. Gathering puts each response in the place of its
/// request, whichever comes first.
pub(super) async fn all_at_once(stage: &Stage) -> Result<Vec<String>, Uncaught> {
    let requests: Vec<_> = ids(stage).map(|id| start(stage, id)).collect();
    try_gather(requests).await.map_err(uncaught)
}

/// Fetches in both ways and prints how long each took.
pub(super) async fn compare(
    stage: Stage,
    serial: impl AsyncFnOnce(&Stage) -> Result<Vec<String>, Uncaught>,
    concurrent: impl AsyncFnOnce(&Stage) -> Result<Vec<String>, Uncaught>,
) -> Result<(), Uncaught> {
    let first = serial(&stage).await?;
    let halfway = stage.elapsed();
    stage.result("serial", &first);
    stage.log(format!("Serial: {:.2}s", halfway.as_secs_f64()));

    let second = concurrent(&stage).await?;
    let took = stage.elapsed().saturating_sub(halfway);
    stage.result("concurrent", &second);
    stage.log(format!("Concurrent: {:.2}s", took.as_secs_f64()));

    stage.log(format!("Results equal: {}", if first == second { "True" } else { "False" }));
    Ok(())
}

pub(super) fn ids(stage: &Stage) -> impl Iterator<Item = usize> + use<> {
    1..=stage.settings().count("n")
}

/// A request is a wait for somebody else; meanwhile the thread is free.
pub(super) async fn fetch(stage: Stage, id: usize) -> String {
    stage.sleep(io_time(stage.settings(), id)).await;
    response(id)
}

/// A request that is on its way before anybody awaits it: a task of its own.
pub(super) fn start(stage: &Stage, id: usize) -> Task<String> {
    stage.spawn(format!("request {id}"), fetch(stage.clone(), id))
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
