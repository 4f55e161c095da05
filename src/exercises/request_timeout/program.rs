//! A time limit around any handler: the caller has an answer by the deadline, whatever the handler does.

use std::time::Duration;

use serde::Serialize;

use crate::{
    exercises::{Uncaught, Use, World},
    patterns::{Elapsed, timeout},
};

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    serve(&world, async |handler| with_timeout(&world, handler, handler.call(&world)).await).await
}

/// Calls one handler after another and prints what each caller gets.
pub(super) async fn serve(
    world: &World,
    call: impl AsyncFn(&'static Handler) -> Answer,
) -> Result<(), Uncaught> {
    for handler in &HANDLERS {
        let answer = call(handler).await;
        world.result(handler.name, &answer);
        world.show(&answer);
    }
    Ok(())
}

/// Needs to know nothing about the call but its name: it works for every future. At the deadline the future is dropped,
/// at whatever `await` it stands, and only then is the timeout reported.
async fn with_timeout(world: &World, handler: &Handler, call: impl Future<Output = Answer>) -> Answer {
    let _deadline = handler.deadline(world);
    match timeout(&world.clock(), world.settings().millis("timeout_ms"), call).await {
        Ok(answer) => answer,
        Err(Elapsed) => handler.too_late(),
    }
}

/// What a caller gets: a dict with these keys.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Done { status: &'static str, data: &'static str },
    TooLate { error: &'static str, handler: &'static str },
}

/// A handler reads this many pages, one after another, and each takes its share of the handler's time.
pub(super) const PAGES: u32 = 5;

pub(super) struct Handler {
    pub(super) name: &'static str,
    /// The setting that says how long the handler takes.
    pub(super) setting: &'static str,
    data: &'static str,
}

pub(super) const HANDLERS: [Handler; 2] = [
    Handler { name: "fast_handler", setting: "fast_ms", data: "fast result" },
    Handler { name: "slow_handler", setting: "slow_ms", data: "slow result" },
];

impl Handler {
    pub(super) async fn call(&self, world: &World) -> Answer {
        let _connection = Connection::open(world, self.name);
        for page in 1..=PAGES {
            self.read(world, page).await;
        }
        self.done()
    }

    pub(super) async fn read(&self, world: &World, page: u32) {
        let time: Duration = world.settings().millis(self.setting) / PAGES;
        world.reply("page", self.name, time).await;
        world.gauge(self.name, page as usize, Some(PAGES as usize));
    }

    /// Notes that a deadline is set for this handler, until the result is dropped.
    pub(super) fn deadline(&self, world: &World) -> Use {
        world.holds("timeout", Some(self.name.into()))
    }

    pub(super) fn done(&self) -> Answer {
        Answer::Done { status: "ok", data: self.data }
    }

    pub(super) fn too_late(&self) -> Answer {
        Answer::TooLate { error: "timeout", handler: self.name }
    }
}

/// What a handler holds while it works. Dropping the handler's future drops it too, and so closes it.
pub(super) struct Connection {
    world: World,
    handler: &'static str,
    _working: Use,
}

impl Connection {
    pub(super) fn open(world: &World, handler: &'static str) -> Self {
        world.state(handler, "idle", "working");
        Self { world: world.clone(), handler, _working: world.holds(handler, Some("working".into())) }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.world.state(self.handler, "working", "idle");
    }
}
