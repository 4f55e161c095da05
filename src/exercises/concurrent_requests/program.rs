//! The same requests in two ways: one after another, then all at once.

use std::time::Duration;

use crate::{
    exercises::{Settings, Uncaught, World},
    patterns::try_gather,
    runtime::{Cancelled, Clock, Task},
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

/// All requests are started before the first wait. `try_gather` returns the responses in the order of the requests,
/// whichever comes first.
pub(super) async fn all_at_once(world: &World) -> Result<Vec<String>, Uncaught> {
    let requests: Vec<_> = ids(world).map(|id| start(world, id)).collect();
    try_gather(requests).await
}

/// Makes the requests in both ways and prints how long each way took.
pub(super) async fn compare(
    world: World,
    serial: impl AsyncFnOnce(&World) -> Result<Vec<String>, Uncaught>,
    concurrent: impl AsyncFnOnce(&World) -> Result<Vec<String>, Uncaught>,
) -> Result<(), Uncaught> {
    let first = serial(&world).await?;
    let halfway = world.elapsed();
    world.result("serial", &first);
    world.log(format!("Serial: {}s", seconds(halfway)));

    let second = concurrent(&world).await?;
    let took = world.elapsed().saturating_sub(halfway);
    world.result("concurrent", &second);
    world.log(format!("Concurrent: {}s", seconds(took)));

    world.log(format!("Results equal: {}", if first == second { "True" } else { "False" }));
    Ok(())
}

/// Seconds, rounded to two decimals.
fn seconds(time: Duration) -> String {
    let hundredths = time.as_secs() * 100 + u64::from(time.subsec_millis() + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

pub(super) fn ids(world: &World) -> impl Iterator<Item = usize> + use<> {
    1..=world.settings().count("n")
}

/// A request waits for the server; meanwhile the thread is free.
pub(super) async fn fetch(world: World, id: usize) -> String {
    let answered = world.clock().sleep(io_time(world.settings(), id));
    world.using("server", Some(request(id).into()), answered).await;
    response(id)
}

/// Starts a request as a task of its own, so that it runs before anyone awaits it. Awaiting what is returned waits for
/// the response.
pub(super) fn start(world: &World, id: usize) -> impl Future<Output = Result<String, Uncaught>> + use<> {
    let task = world.spawn(request(id), fetch(world.clone(), id));
    join(world, id, task)
}

/// Waits for the task of a request.
pub(super) fn join<T: 'static>(
    world: &World,
    id: usize,
    task: Task<T>,
) -> impl Future<Output = Result<T, Uncaught>> + use<T> {
    let response = world.waiting_for("response", request(id), task);
    async { response.await.map_err(|Cancelled| Uncaught("CancelledError".into())) }
}

pub(super) fn request(id: usize) -> String {
    format!("request {id}")
}

/// How long a request takes: the first, the third and so on may be slower.
pub(super) fn io_time(settings: &Settings, id: usize) -> Duration {
    let extra = if id % 2 == 1 { settings.millis("slower_ms") } else { Duration::ZERO };
    settings.millis("io_ms") + extra
}

pub(super) fn response(id: usize) -> String {
    format!("response {id}")
}
