//! A future that says what its task waits on.
//!
//! Not an async block: that would have room for the future twice, where it is kept and where it is awaited, and many
//! tasks do little else than wait.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{
    Name,
    tasks::{Source, TaskId, Tasks},
};

pin_project! {
    pub(super) struct Waiting<F> {
        // Dropped first: when the future is, the wait is over.
        wait: Wait,
        #[pin]
        future: F,
    }
}

impl<F> Waiting<F> {
    pub(super) const fn new(future: F, wait: Wait) -> Self {
        Self { wait, future }
    }
}

impl<F: Future> Future for Waiting<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let poll = this.future.poll(cx);
        if poll.is_pending() {
            this.wait.begin();
        } else {
            this.wait.end();
        }
        poll
    }
}

/// A label that is the current task's from the first pending poll to the end of the wait, at the latest to its own.
pub(super) struct Wait {
    tasks: Tasks,
    on: Name,
    /// None from the first pending poll on.
    source: Option<Source>,
    label: Option<(TaskId, u32)>,
}

impl Wait {
    pub(super) const fn new(tasks: Tasks, on: Name, source: Source) -> Self {
        Self { tasks, on, source: Some(source), label: None }
    }

    fn begin(&mut self) {
        if let Some(source) = self.source.take() {
            self.label = self.tasks.begin_wait(&self.on, source);
        }
    }

    fn end(&mut self) {
        if let Some(label) = self.label.take() {
            self.tasks.end_wait(label, &self.on);
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.end();
    }
}
