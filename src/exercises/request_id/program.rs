//! A log whose lines carry the id of their request, although the requests run at the same time and no function is given
//! the id.

use std::{cell::Cell, mem, rc::Rc};

use futures::future::Either;

use crate::{
    context_var,
    exercises::{Uncaught, World},
    patterns::{gather, timeout},
    trace::Edge,
};

context_var! {
    /// The id of the request that the running code works for.
    static REQUEST_ID: String;
}

/// Stands for an id outside of requests.
pub(super) const NO_REQUEST: &str = "no-request";

/// The user's name, or an error.
pub(super) type Answer = Result<String, &'static str>;

/// Keeps the id of the request. The scenario runs with the correct one below, or with a mistake.
pub(super) trait Context: 'static {
    fn new_id(&self) -> String;

    /// The id of the request that the running code works for, or [`NO_REQUEST`].
    fn current(&self) -> String;

    /// Runs a request under `id`. When the request ends, in whatever way, the previous id is restored.
    async fn scope(&self, id: String, request: impl Future<Output = Answer>) -> Answer;

    /// Prepares a task that is about to be spawned. It has the current id if it `inherits`, and none otherwise.
    fn task<F: Future + 'static>(&self, task: F, inherits: bool)
    -> impl Future<Output = F::Output> + 'static;
}

struct TaskLocal(Ids);

impl Context for TaskLocal {
    fn new_id(&self) -> String {
        self.0.new_id()
    }

    fn current(&self) -> String {
        REQUEST_ID.get().unwrap_or_else(|| NO_REQUEST.into())
    }

    async fn scope(&self, id: String, request: impl Future<Output = Answer>) -> Answer {
        // The variable has this id while the request runs, and its previous value whenever the request waits, so that
        // the other requests never see it.
        REQUEST_ID.scope(id, request).await
    }

    fn task<F: Future + 'static>(
        &self,
        task: F,
        inherits: bool,
    ) -> impl Future<Output = F::Output> + 'static {
        if inherits { Either::Left(REQUEST_ID.inherit(task)) } else { Either::Right(task) }
    }
}

pub(super) async fn run(world: World) -> Result<(), Uncaught> {
    let ids = Ids::new(&world);
    scenario(world, TaskLocal(ids)).await
}

pub(super) async fn scenario(world: World, context: impl Context) -> Result<(), Uncaught> {
    let context = Rc::new(context);
    let settings = world.settings();
    world.result("outside", &context.current());
    let requests: Vec<_> = (1..=settings.count("requests"))
        .map(|n| {
            let request = request(world.clone(), context.clone(), n);
            world.spawn(format!("request {n}"), context.task(request, false))
        })
        .collect();
    let all = world
        .waiting("requests", gather(requests))
        .await
        .into_iter()
        .all(|answer| matches!(answer, Ok(Ok(_))));
    if settings.word("child") != "none" {
        // The requests do not wait for their mails.
        world.sleep(settings.millis("fetch_ms")).await;
    }
    world.result("outside", &context.current());
    world.log(format!("All completed: {}", if all { "True" } else { "False" }));
    Ok(())
}

/// One request, which may be cancelled half-way.
async fn request(world: World, context: Rc<impl Context>, n: usize) -> Answer {
    let answer = middleware(&world, &*context, format!("request {n}"), handler(&world, &context, n));
    if is_due(&world, "cancel_every", n) {
        let patience = world.settings().millis("fetch_ms") / 2;
        timeout(&world.clock(), patience, answer).await.unwrap_or(Err("cancelled"))
    } else {
        answer.await
    }
}

/// Gives the request an id, and logs its start and its end.
async fn middleware(
    world: &World,
    context: &impl Context,
    name: String,
    handler: impl Future<Output = Answer>,
) -> Answer {
    let id = context.new_id();
    let _traced = Traced::begin(world, context, name, id.clone());
    let request = async {
        log(world, context, "Handling request");
        let mut end = EndLine { world, context, text: "Request cancelled" };
        let answer = handler.await;
        end.text = if answer.is_ok() { "Request complete" } else { "Request failed" };
        answer
    };
    context.scope(id, request).await
}

/// Is given no id, but its log lines carry one.
async fn handler(world: &World, context: &Rc<impl Context>, n: usize) -> Answer {
    let settings = world.settings();
    log(world, &**context, &format!("Fetching user {n}"));
    if settings.word("child") != "none" {
        let mail = mail(world.clone(), context.clone(), n);
        drop(world.spawn(format!("mail {n}"), context.task(mail, settings.word("child") == "inherits")));
    }
    world.sleep(settings.millis("fetch_ms")).await;
    if settings.flag("nested") {
        // A request to another part of the same service has an id of its own.
        middleware(world, &**context, format!("permissions {n}"), permissions(world, &**context)).await?;
        log(world, &**context, "Permissions checked");
    }
    if is_due(world, "fail_every", n) { Err("user service is down") } else { Ok(format!("user {n}")) }
}

async fn permissions(world: &World, context: &impl Context) -> Answer {
    log(world, context, "Checking permissions");
    world.sleep(world.settings().millis("fetch_ms")).await;
    Ok("allowed".into())
}

/// Runs in a task of its own, and goes on after the request.
async fn mail(world: World, context: Rc<impl Context>, n: usize) {
    let id = context.current();
    let _traced = (id != NO_REQUEST).then(|| world.holds(id, Some(format!("mail {n}").into())));
    log(&world, &*context, &format!("Sending mail {n}"));
    world.sleep(world.settings().millis("fetch_ms")).await;
    log(&world, &*context, &format!("Mail {n} sent"));
}

/// Writes a line with the current id.
fn log(world: &World, context: &impl Context, text: &str) {
    let id = context.current();
    world.result("line", &id);
    world.log(format!("[{id}] {text}"));
}

/// Whether request `n` is a k-th one, for the k of the setting.
fn is_due(world: &World, setting: &str, n: usize) -> bool {
    let every = world.settings().count(setting);
    every > 0 && n.is_multiple_of(every)
}

/// Makes ids that look random and do not repeat.
pub(super) struct Ids(Cell<u32>);

impl Ids {
    pub(super) fn new(world: &World) -> Self {
        Self(Cell::new(world.random()))
    }

    pub(super) fn new_id(&self) -> String {
        // Steps of an odd size visit all 2^32 numbers before one of them repeats.
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9));
        format!("req-{:08x}", self.0.get())
    }
}

/// Logs the end of a request when it is dropped, which also happens when the request is cancelled.
struct EndLine<'a, C: Context> {
    world: &'a World,
    context: &'a C,
    text: &'static str,
}

impl<C: Context> Drop for EndLine<'_, C> {
    fn drop(&mut self) {
        log(self.world, self.context, self.text);
    }
}

/// Notes in the trace where a request begins and ends, and the current id before and after it.
struct Traced<'a, C: Context> {
    world: &'a World,
    context: &'a C,
    name: String,
    id: String,
}

impl<'a, C: Context> Traced<'a, C> {
    fn begin(world: &'a World, context: &'a C, name: String, id: String) -> Self {
        world.result("before", &context.current());
        world.result("begin", &id);
        world.note_use(id.clone(), name.clone(), Edge::Begin);
        Self { world, context, name, id }
    }
}

impl<C: Context> Drop for Traced<'_, C> {
    fn drop(&mut self) {
        let after = self.context.current();
        // An id that is still there has not been given back.
        if after != self.id {
            self.world.note_use(mem::take(&mut self.id), mem::take(&mut self.name), Edge::End);
        }
        self.world.result("after", &after);
    }
}
