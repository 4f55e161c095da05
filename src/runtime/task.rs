//! The handle on a spawned task.

use std::{
    error::Error,
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use super::{TaskId, tasks::WeakTasks};

/// The task was dropped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task was cancelled before its end")
    }
}

impl Error for Cancelled {}

/// A handle on a spawned task: a future of its output.
///
/// Dropping the handle lets the task go on unobserved. Polled again after it was ready, it says [`Cancelled`].
pub struct Task<T> {
    /// Where the task is; nowhere if it never started, or its output has been collected.
    tenant: Option<(WeakTasks, TaskId)>,
    output: PhantomData<fn() -> T>,
}

impl<T> Task<T> {
    pub(super) const fn new(tenant: Option<(WeakTasks, TaskId)>) -> Self {
        Self { tenant, output: PhantomData }
    }

    /// Drops the task's future now, or, from within the task itself, when its current poll returns.
    /// Does nothing if the task has ended.
    pub fn cancel(&self) {
        if let Some((tasks, id)) = &self.tenant {
            tasks.cancel(*id);
        }
    }

    /// Whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        self.tenant.as_ref().is_none_or(|(tasks, id)| tasks.is_finished(*id))
    }

    /// A handle whose drop cancels the task, as in executors where a task is owned by its handle.
    pub fn cancel_on_drop(self) -> CancelOnDrop<T> {
        CancelOnDrop(self)
    }
}

impl<T: 'static> Future for Task<T> {
    type Output = Result<T, Cancelled>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut output = None;
        if let Some((tasks, id)) = &self.tenant {
            ready!(tasks.poll_collect(*id, &mut output, cx.waker()));
            self.tenant = None;
        }
        Poll::Ready(output.ok_or(Cancelled))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if let Some((tasks, id)) = self.tenant.take() {
            tasks.detach(id);
        }
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// A [`Task`] that is cancelled when this is dropped.
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
