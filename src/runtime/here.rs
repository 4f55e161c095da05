//! The run that this thread is polling, for patterns: they know a clock, but no [`Tasks`].

use std::{cell::RefCell, mem, panic::Location};

use super::{Name, Tasks, Wait, tasks::Ticket};

thread_local! {
    static HERE: RefCell<Option<Tasks>> = const { RefCell::new(None) };
}

/// Makes a run the one of this thread, until it is dropped.
pub(super) struct Here {
    outer: Option<Tasks>,
}

impl Here {
    pub(super) fn enter(tasks: &Tasks) -> Self {
        Self { outer: exchange(Some(tasks.clone())) }
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        exchange(self.outer.take());
    }
}

/// On a thread that is being torn down there is no run.
fn exchange(tasks: Option<Tasks>) -> Option<Tasks> {
    HERE.try_with(|here| mem::replace(&mut *here.borrow_mut(), tasks)).unwrap_or_default()
}

fn current() -> Option<Tasks> {
    HERE.try_with(|here| here.borrow().clone()).unwrap_or_default()
}

/// A label of a wait, like that of [`Tasks::waiting`], which lasts until it is dropped. On an executor that is no run of
/// [`Tasks`] it does nothing.
#[derive(Debug)]
#[must_use = "the label ends when it is dropped"]
pub struct WaitLabel(Option<Ticket>);

impl WaitLabel {
    /// Labels what the current task waits on.
    #[track_caller]
    pub fn new(on: impl Into<Name>) -> Self {
        let source = Location::caller();
        let wait = Wait { on: on.into(), target: None };
        Self(current().and_then(|tasks| tasks.begin_wait(wait, source)))
    }
}

impl Drop for WaitLabel {
    fn drop(&mut self) {
        if let Some(ticket) = self.0.take()
            && let Some(tasks) = current()
        {
            tasks.end_wait(ticket);
        }
    }
}
