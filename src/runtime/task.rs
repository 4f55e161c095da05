//! The handle on a spawned task, and the place where its output waits to be collected.

use std::{
    cell::Cell,
    error::Error,
    fmt,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use super::tasks::{Key, WeakTasks};

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
    joint: Joint<T>,
    /// Where to cancel it; nowhere if it never started.
    tenant: Option<(WeakTasks, Key)>,
}

impl<T> Task<T> {
    pub(super) const fn new(joint: Joint<T>, tenant: Option<(WeakTasks, Key)>) -> Self {
        Self { joint, tenant }
    }

    /// Drops the task's future now, or, from within the task itself, when its current poll returns.
    /// Does nothing if the task has ended.
    pub fn cancel(&self) {
        if let Some((tasks, key)) = &self.tenant {
            tasks.cancel(*key);
        }
    }

    /// Whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        let state = self.joint.0.replace(State::Gone);
        let finished = !matches!(state, State::Running(_));
        self.joint.0.set(state);
        finished
    }

    /// A handle whose drop cancels the task, as in executors where a task is owned by its handle.
    pub fn cancel_on_drop(self) -> CancelOnDrop<T> {
        CancelOnDrop(self)
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, Cancelled>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let waker = cx.waker().clone();
        match self.joint.0.replace(State::Gone) {
            State::Running(replaced) => {
                self.joint.0.set(State::Running(Some(waker)));
                drop(replaced);
                Poll::Pending
            }
            State::Done(output) => Poll::Ready(Ok(output)),
            State::Gone => Poll::Ready(Err(Cancelled)),
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

impl<T> Future for CancelOnDrop<T> {
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

enum State<T> {
    Running(Option<Waker>),
    Done(T),
    /// Cancelled, or the output has been collected.
    Gone,
}

/// Where task and handle meet.
pub(super) struct Joint<T>(Rc<Cell<State<T>>>);

impl<T> Joint<T> {
    pub(super) fn new() -> Self {
        Self(Rc::new(Cell::new(State::Running(None))))
    }

    pub(super) fn completion(&self) -> Completion<T> {
        Completion(Joint(self.0.clone()))
    }

    fn settle(&self, settled: State<T>) {
        match self.0.replace(settled) {
            State::Running(waker) => {
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
            before => self.0.set(before),
        }
    }
}

/// The task's end of the joint; dropped without an output it says that the task was cancelled.
pub(super) struct Completion<T>(Joint<T>);

impl<T> Completion<T> {
    pub(super) fn complete(self, output: T) {
        self.0.settle(State::Done(output));
    }
}

impl<T> Drop for Completion<T> {
    fn drop(&mut self) {
        self.0.settle(State::Gone);
    }
}
