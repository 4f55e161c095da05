//! A log in which each line tells the request it belongs to, though the requests are answered at the same time and
//! nobody passes an id along.

use std::{cell::Cell, rc::Rc};

use futures::future::Either;

use crate::{
    context_var,
    exercises::{Uncaught, World},
    patterns::{gather, timeout},
};

context_var! {
    /// The id of the request that is being answered.
    static REQUEST_ID: String;
}

/// The user's name, or why there is none.
pub(super) type Answer = Result<String, &'static str>;

/// The scenario runs on whatever can do this: the correct context below, or one with a mistake.
pub(super) trait Context: 'static {
    fn new_id(&self) -> String;
    /// The id of the request that is being answered, or `no-request`.
    fn current(&self) -> String;
    /// Answers a request under `id`. When it is over, in whatever way, the id that was there before is back.
    async fn scope(&self, id: String, request: impl Future<Output = Answer>) -> Answer;
    /// Prepares a task that is about to be spawned. It knows the current id if it `inherits`, else none.
    fn task<F: Future + 'static>(&self, task: F, inherits: bool)
    -> impl Future<Output = F::Output> + 'static;
}

struct TaskLocal(Ids);

impl Context for TaskLocal {
    fn new_id(&self) -> String {
        self.0.new_id()
    }

    fn current(&self) -> String {
        REQUEST_ID.get().unwrap_or_else(|| "no-request".into())
    }

    async fn scope(&self, id: String, request: impl Future<Output = Answer>) -> Answer {
        // The id is put in place each time the request goes on, and taken away each time it has to wait.
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
    let all = gather(requests).await.into_iter().all(|answer| matches!(answer, Ok(Ok(_))));
    if settings.word("child") != "none" {
        // The mails are on their way; nobody waits for them but us.
        world.sleep(settings.millis("fetch_ms")).await;
    }
    world.result("outside", &context.current());
    world.log(format!("All completed: {}", if all { "True" } else { "False" }));
    Ok(())
}

/// One client, who may lose patience half-way.
async fn request(world: World, context: Rc<impl Context>, n: usize) -> Answer {
    let answer = middleware(&world, &*context, handler(&world, &context, n));
    if is_due(&world, "cancel_every", n) {
        let patience = world.settings().millis("fetch_ms") / 2;
        timeout(&world.clock(), patience, answer).await.unwrap_or(Err("cancelled"))
    } else {
        answer.await
    }
}

/// Gives the request an id, and notes its start and its end.
async fn middleware(world: &World, context: &impl Context, handler: impl Future<Output = Answer>) -> Answer {
    let id = context.new_id();
    let _open = Open::new(world, context, &id);
    let request = async {
        log(world, context, "Handling request");
        let mut end = EndLine { world, context, says: "Request cancelled" };
        let answer = handler.await;
        end.says = if answer.is_ok() { "Request complete" } else { "Request failed" };
        answer
    };
    context.scope(id, request).await
}

/// Knows nothing of ids, but its log lines bear one.
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
        middleware(world, &**context, permissions(world, &**context)).await?;
        log(world, &**context, "Permissions checked");
    }
    if is_due(world, "fail_every", n) { Err("user service is down") } else { Ok(format!("user {n}")) }
}

async fn permissions(world: &World, context: &impl Context) -> Answer {
    log(world, context, "Checking permissions");
    world.sleep(world.settings().millis("fetch_ms")).await;
    Ok("allowed".into())
}

/// A task of its own, which goes on after the request.
async fn mail(world: World, context: Rc<impl Context>, n: usize) {
    log(&world, &*context, &format!("Sending mail {n}"));
    world.sleep(world.settings().millis("fetch_ms")).await;
    log(&world, &*context, &format!("Mail {n} sent"));
}

fn log(world: &World, context: &impl Context, text: &str) {
    world.log(format!("[{}] {text}", context.current()));
}

/// Whether number `n` is among every so many.
fn is_due(world: &World, setting: &str, n: usize) -> bool {
    let every = world.settings().count(setting);
    every > 0 && n.is_multiple_of(every)
}

/// Makes ids that look random and never repeat.
pub(super) struct Ids(Cell<u32>);

impl Ids {
    pub(super) fn new(world: &World) -> Self {
        Self(Cell::new(world.random()))
    }

    pub(super) fn new_id(&self) -> String {
        // Steps of any odd size visit all 2^32 numbers before one comes again.
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9));
        format!("req-{:08x}", self.0.get())
    }
}

/// Logs the end of a request, also when it is dropped half-way.
struct EndLine<'a, C: Context> {
    world: &'a World,
    context: &'a C,
    says: &'static str,
}

impl<C: Context> Drop for EndLine<'_, C> {
    fn drop(&mut self) {
        log(self.world, self.context, self.says);
    }
}

/// Notes for the rules where a request begins and ends, and which id was there before and after.
struct Open<'a, C: Context> {
    world: &'a World,
    context: &'a C,
}

impl<'a, C: Context> Open<'a, C> {
    fn new(world: &'a World, context: &'a C, id: &str) -> Self {
        world.result("before", &context.current());
        world.result("begin", &id);
        Self { world, context }
    }
}

impl<C: Context> Drop for Open<'_, C> {
    fn drop(&mut self) {
        self.world.result("after", &self.context.current());
    }
}
