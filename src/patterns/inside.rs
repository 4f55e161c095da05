//! Which objects this thread is inside of: a pool that is opening a connection, a tracker that polls a task.
//!
//! A wait inside the object that it waits for cannot end by itself. Where that is known it is labelled, so that a
//! deadlock on simulated time names the cause.

use std::{
    cell::RefCell,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use crate::runtime::WaitLabel;

thread_local! {
    /// The addresses of the objects, the innermost last.
    static OBJECTS: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Marks the object at an address as entered until this is dropped.
pub(super) struct Entered(());

impl Entered {
    pub(super) fn new(object: usize) -> Self {
        // A thread that is being torn down polls nothing that could wait.
        let _ = OBJECTS.try_with(|objects| objects.borrow_mut().push(object));
        Self(())
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = OBJECTS.try_with(|objects| objects.borrow_mut().pop());
    }
}

/// How many times this thread has entered the object.
pub(super) fn depth(object: usize) -> usize {
    let entries =
        |objects: &RefCell<Vec<usize>>| objects.borrow().iter().filter(|entered| **entered == object).count();
    OBJECTS.try_with(entries).unwrap_or(0)
}

pin_project! {
    /// A future that is inside an object whenever it is polled.
    pub(super) struct Inside<F> {
        object: usize,
        #[pin]
        future: F,
    }
}

impl<F> Inside<F> {
    pub(super) const fn new(object: usize, future: F) -> Self {
        Self { object, future }
    }
}

impl<F: Future> Future for Inside<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = Entered::new(*this.object);
        this.future.poll(cx)
    }
}

pin_project! {
    /// A wait that is labelled as a wait for itself if `waits_for_itself` says so when it is pending.
    pub(super) struct SelfAware<F, W> {
        #[pin]
        wait: F,
        waits_for_itself: W,
        label: Option<WaitLabel>,
    }
}

impl<F, W> SelfAware<F, W> {
    pub(super) const fn new(wait: F, waits_for_itself: W) -> Self {
        Self { wait, waits_for_itself, label: None }
    }
}

impl<F: Future, W: Fn() -> bool> Future for SelfAware<F, W> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let poll = this.wait.poll(cx);
        if poll.is_pending() && this.label.is_none() && (this.waits_for_itself)() {
            *this.label = Some(WaitLabel::new("itself"));
        } else if poll.is_ready() {
            *this.label = None;
        }
        poll
    }
}
