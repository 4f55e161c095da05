//! Spawning a task, and its handle.

use std::{
    error::Error,
    fmt,
    marker::PhantomData,
    panic::Location,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::{FutureExt as _, future::MaybeDone};

use super::{Name, Phase, Spawn, TaskId, Tasks, tasks::WeakTasks};

impl Tasks {
    /// Starts a task. Dropping the returned handle does not stop it.
    ///
    /// After the end of the run nothing starts any more: the future is dropped and the handle returns
    /// [`Cancelled`].
    #[track_caller]
    pub fn spawn<T: 'static>(
        &self,
        name: impl Into<Name>,
        future: impl Future<Output = T> + 'static,
    ) -> Task<T> {
        self.start(name.into(), future, |_| Phase::Finished)
    }

    /// Like [`spawn`](Self::spawn), for a task whose error counts as its failure.
    #[track_caller]
    pub fn try_spawn<T: 'static, E: 'static>(
        &self,
        name: impl Into<Name>,
        future: impl Future<Output = Result<T, E>> + 'static,
    ) -> Task<Result<T, E>> {
        self.start(name.into(), future, |result| if result.is_ok() { Phase::Finished } else { Phase::Failed })
    }

    #[track_caller]
    fn start<T: 'static>(
        &self,
        name: Name,
        future: impl Future<Output = T> + 'static,
        ending: impl FnOnce(&T) -> Phase + 'static,
    ) -> Task<T> {
        // Not an async block, which would store the future twice.
        let judged = future.map(move |output| (ending(&output), output));
        let id = self.admit(self.current(), name, Box::pin(MaybeDone::Future(judged)), Location::caller());
        Task { task: id.map(|id| (self.downgrade(), id)), output: PhantomData }
    }
}

impl<F: Future<Output = ()> + 'static> Spawn<F> for Tasks {
    fn spawn(&self, task: F) {
        drop(Self::spawn(self, "task", task));
    }
}

/// The task was cancelled before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task was cancelled before its end")
    }
}

impl Error for Cancelled {}

/// The handle of a spawned task: a future of its output.
///
/// Dropping the handle does not stop the task. Polled again after it was ready, the handle returns [`Cancelled`].
pub struct Task<T> {
    /// None if the task never started or its output has been collected.
    task: Option<(WeakTasks, TaskId)>,
    output: PhantomData<fn() -> T>,
}

impl<T> Task<T> {
    /// Drops the task's future; does nothing if the task has ended.
    ///
    /// It is dropped before this returns, with two exceptions: from within the task itself when its current poll
    /// returns, and from within a destructor that a cancel runs after that destructor, so that cancelling a long chain
    /// of tasks needs no deep stack.
    pub fn cancel(&self) {
        if let Some((tasks, id)) = &self.task
            && let Some(tasks) = tasks.upgrade()
        {
            tasks.cancel(*id);
        }
    }

    /// The task's id, unless it never started.
    pub(super) fn id(&self) -> Option<TaskId> {
        self.task.as_ref().map(|(_, id)| *id)
    }

    /// Whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        self.task
            .as_ref()
            .is_none_or(|(tasks, id)| tasks.upgrade().is_none_or(|tasks| !tasks.is_unfinished(*id)))
    }

    /// Returns a handle that cancels the task when it is dropped, as in executors where the handle owns the task.
    pub fn cancel_on_drop(self) -> CancelOnDrop<T> {
        CancelOnDrop(self)
    }
}

impl<T: 'static> Future for Task<T> {
    type Output = Result<T, Cancelled>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut output = None;
        if let Some((tasks, id)) = &self.task {
            if let Some(tasks) = tasks.upgrade() {
                ready!(tasks.poll_collect(*id, &mut output, cx.waker()));
            }
            self.task = None;
        }
        Poll::Ready(output.ok_or(Cancelled))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if let Some((tasks, id)) = self.task.take()
            && let Some(tasks) = tasks.upgrade()
        {
            tasks.detach(id);
        }
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// A [`Task`] that is cancelled when this handle is dropped.
#[derive(Debug)]
#[must_use = "dropping it cancels the task"]
pub struct CancelOnDrop<T>(Task<T>);

impl<T: 'static> Future for CancelOnDrop<T> {
    type Output = Result<T, Cancelled>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T> Drop for CancelOnDrop<T> {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
