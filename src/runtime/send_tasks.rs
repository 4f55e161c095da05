//! Spawning tasks from futures that must be `Send`.

use std::{fmt, panic::Location, sync::Arc};

use futures::{FutureExt as _, future::MaybeDone};

use super::{Name, Phase, Spawn, Tasks, ready::Inbox};

/// A handle of a run's tasks that is `Send` and `Sync`: for a service that is written for a multi-threaded executor. Its
/// tasks run on the thread of the run, like all others, and start behind those that are ready.
///
/// Not for other futures: [`Tasks`] needs no lock, and returns a handle of the task.
#[derive(Clone)]
pub struct SendTasks(Arc<Inbox>);

impl Tasks {
    /// The handle that spawns from futures that must be `Send`.
    pub fn send_tasks(&self) -> SendTasks {
        SendTasks(self.inbox())
    }
}

impl SendTasks {
    /// Starts a task.
    #[track_caller]
    pub fn spawn(&self, name: impl Into<Name>, future: impl Future<Output = ()> + Send + 'static) {
        let judged = future.map(|()| (Phase::Finished, ()));
        let body = Box::pin(MaybeDone::Future(judged));
        self.0.send(name.into(), body, Location::caller());
    }
}

impl<F: Future<Output = ()> + Send + 'static> Spawn<F> for SendTasks {
    fn spawn(&self, task: F) {
        Self::spawn(self, "task", task);
    }
}

impl fmt::Debug for SendTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendTasks")
    }
}
