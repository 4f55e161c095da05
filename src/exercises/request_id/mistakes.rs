//! The mistakes: one variable for all requests, not restoring the previous id, ids that are not unique, and new tasks
//! that lose the id of their parent.

use std::{cell::RefCell, mem};

use futures::future::Either;

use super::program::{Answer, Context, Ids, NO_REQUEST, scenario};
use crate::{
    context_var,
    exercises::{Uncaught, World},
    runtime::Clock,
};

/// Mistake: one variable for the whole program.
struct Global {
    ids: Ids,
    id: RefCell<String>,
}

impl Context for Global {
    fn new_id(&self) -> String {
        self.ids.new_id()
    }

    fn current(&self) -> String {
        self.id.borrow().clone()
    }

    async fn scope(&self, id: String, request: impl Future<Output = Answer>) -> Answer {
        let _reset = Reset { variable: &self.id, old: self.id.replace(id) };
        request.await
    }

    fn task<F: Future + 'static>(&self, task: F, _: bool) -> impl Future<Output = F::Output> + 'static {
        task
    }
}

/// Restores the previous id when it is dropped, as `finally` does.
struct Reset<'a> {
    variable: &'a RefCell<String>,
    old: String,
}

impl Drop for Reset<'_> {
    fn drop(&mut self) {
        self.variable.replace(mem::take(&mut self.old));
    }
}

pub(super) async fn global_variable(world: World) -> Result<(), Uncaught> {
    let ids = Ids::new(&world);
    scenario(world, Global { ids, id: RefCell::new(NO_REQUEST.into()) }).await
}

context_var! {
    /// A variable of each task that the task can set, as in Python.
    static TASK_ID: RefCell<String>;
    /// The same as in the correct program.
    static REQUEST_ID: String;
}

/// Sets the variable of the task. Mistake: it never restores the previous id, or only where the last line is reached.
struct SetAndForget {
    ids: Ids,
    resets: bool,
}

impl Context for SetAndForget {
    fn new_id(&self) -> String {
        self.ids.new_id()
    }

    fn current(&self) -> String {
        TASK_ID.with(|id| id.map_or_else(|| NO_REQUEST.into(), |id| id.borrow().clone()))
    }

    async fn scope(&self, id: String, request: impl Future<Output = Answer>) -> Answer {
        let old = set(id);
        let answer = request.await?;
        if self.resets {
            set(old);
        }
        Ok(answer)
    }

    fn task<F: Future + 'static>(
        &self,
        task: F,
        inherits: bool,
    ) -> impl Future<Output = F::Output> + 'static {
        // A new task has a variable of its own, with a copy of its parent's id or without an id.
        let start = if inherits { self.current() } else { NO_REQUEST.into() };
        TASK_ID.scope(RefCell::new(start), task)
    }
}

/// Sets the variable of the running task, and returns its previous value.
fn set(id: String) -> String {
    TASK_ID.with(|variable| variable.map_or_else(|| NO_REQUEST.into(), |variable| variable.replace(id)))
}

pub(super) async fn no_reset(world: World) -> Result<(), Uncaught> {
    let ids = Ids::new(&world);
    scenario(world, SetAndForget { ids, resets: false }).await
}

pub(super) async fn no_finally(world: World) -> Result<(), Uncaught> {
    let ids = Ids::new(&world);
    scenario(world, SetAndForget { ids, resets: true }).await
}

/// The correct context with one mistake: without `ids` the ids are the time, or a new task never has its parent's id.
struct Habit {
    world: World,
    ids: Option<Ids>,
    children_inherit: bool,
}

impl Context for Habit {
    fn new_id(&self) -> String {
        let now = || format!("req-{:08x}", self.world.clock().now().as_nanos() / 1_000_000);
        self.ids.as_ref().map_or_else(now, Ids::new_id)
    }

    fn current(&self) -> String {
        REQUEST_ID.get().unwrap_or_else(|| NO_REQUEST.into())
    }

    async fn scope(&self, id: String, request: impl Future<Output = Answer>) -> Answer {
        REQUEST_ID.scope(id, request).await
    }

    fn task<F: Future + 'static>(
        &self,
        task: F,
        inherits: bool,
    ) -> impl Future<Output = F::Output> + 'static {
        if inherits && self.children_inherit {
            Either::Left(REQUEST_ID.inherit(task))
        } else {
            Either::Right(task)
        }
    }
}

pub(super) async fn id_from_clock(world: World) -> Result<(), Uncaught> {
    scenario(world.clone(), Habit { world, ids: None, children_inherit: true }).await
}

pub(super) async fn plain_spawn(world: World) -> Result<(), Uncaught> {
    let ids = Some(Ids::new(&world));
    scenario(world.clone(), Habit { world, ids, children_inherit: false }).await
}
