//! What an executor reports about its tasks, as they run.

use std::panic::Location;

use super::Name;

/// The id of a task within its run: 0 for the first task spawned, 1 for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u32);

/// The place in the source code that spawned a task or began a wait.
pub type Source = &'static Location<'static>;

/// A point in the life of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It was handed to the executor.
    Spawned,
    /// It was polled for the first time.
    Started,
    /// It returned.
    Finished,
    /// It returned an error, or panicked.
    Failed,
    /// It was cancelled while the run went on.
    Cancelled,
    /// The run ended before the task did.
    Unfinished,
}

/// What a task waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The kind of wait: `sleep`, `permit`, `lock` and the like.
    pub on: Name,
    /// The resource or the task that it waits for, where there is a particular one: `connection 2`, `fetch user:1`.
    pub target: Option<Name>,
}

/// Receives what tasks do, as they do it. It may call back into the executor.
pub trait Observer {
    /// Task `id` has come to `phase`. `parent` is the task that spawned it. `source` is the place of the spawn, given
    /// with [`Phase::Spawned`] only.
    fn task(&self, id: TaskId, parent: Option<TaskId>, name: &Name, phase: Phase, source: Option<Source>);

    /// Task `id` begins a wait.
    fn wait_begins(&self, id: TaskId, wait: &Wait, source: Source);

    /// Task `id` was woken or cancelled by task `by`, or by the clock or from outside the run if there is none, and
    /// this ends at least one wait: it is reported once, before the first of them. A wait that ends with the run, or in
    /// the poll in which it began, needs no wake-up.
    fn wake(&self, id: TaskId, by: Option<TaskId>);

    /// Task `id` ends a wait.
    fn wait_ends(&self, id: TaskId, wait: &Wait);

    /// In an order that follows positions, one of these two or more `ready` tasks is about to run. This alone must not
    /// call back into the executor.
    fn decision(&self, ready: &mut dyn Iterator<Item = TaskId>) {
        let _ = ready;
    }
}
