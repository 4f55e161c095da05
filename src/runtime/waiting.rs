//! Labels for waits: a future that says what its task waits for.
//!
//! Not an async block: that would store the future twice, where it is captured and where it is awaited, and many tasks
//! do little else than wait.

use std::{
    mem,
    panic::Location,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{Name, Source, Tasks, Wait, tasks::Ticket};

impl Tasks {
    /// Labels what the current task waits on while `future` is pending.
    ///
    /// The label ends when the future is ready or dropped, or with the task that first polled it. Outside a task this
    /// does nothing.
    #[track_caller]
    pub fn waiting<N: Into<Name>, F: Future>(
        &self,
        on: N,
        future: F,
    ) -> impl Future<Output = F::Output> + use<N, F> {
        Waiting::new(self.clone(), Wait { on: on.into(), target: None }, Location::caller(), future)
    }

    /// Like [`waiting`](Self::waiting), for a wait for a particular resource or task.
    #[track_caller]
    pub fn waiting_for<N: Into<Name>, M: Into<Name>, F: Future>(
        &self,
        on: N,
        target: M,
        future: F,
    ) -> impl Future<Output = F::Output> + use<N, M, F> {
        let wait = Wait { on: on.into(), target: Some(target.into()) };
        Waiting::new(self.clone(), wait, Location::caller(), future)
    }
}

pin_project! {
    struct Waiting<F> {
        // Dropped before the future, so that the end of the wait is reported before what the future releases.
        label: Label,
        #[pin]
        future: F,
    }
}

impl<F> Waiting<F> {
    const fn new(tasks: Tasks, wait: Wait, source: Source, future: F) -> Self {
        Self { label: Label { tasks, state: State::Before(wait, source) }, future }
    }
}

impl<F: Future> Future for Waiting<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let poll = this.future.poll(cx);
        if poll.is_pending() {
            this.label.begin();
        } else {
            this.label.end();
        }
        poll
    }
}

/// A label of the task that polls the future first. It lasts from the first pending poll to the end of the wait, and
/// at most as long as the task.
struct Label {
    tasks: Tasks,
    state: State,
}

enum State {
    Before(Wait, Source),
    During(Ticket),
    Over,
}

impl Label {
    fn begin(&mut self) {
        if let State::Before(..) = self.state
            && let State::Before(wait, source) = mem::replace(&mut self.state, State::Over)
            && let Some(ticket) = self.tasks.begin_wait(wait, source)
        {
            self.state = State::During(ticket);
        }
    }

    fn end(&mut self) {
        if let State::During(ticket) = mem::replace(&mut self.state, State::Over) {
            self.tasks.end_wait(ticket);
        }
    }
}

impl Drop for Label {
    fn drop(&mut self) {
        self.end();
    }
}
