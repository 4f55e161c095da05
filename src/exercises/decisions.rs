//! The decisions of a run: at which moments several tasks were ready, and which.
//!
//! They are for readers who want another task to go first: entry n of [`TaskOrder::Choices`] answers decision n.

use std::{cell::RefCell, rc::Rc};

use serde::Serialize;

use super::{Request, Session, TaskOrder};
use crate::{
    runtime::{Name, Observer, Phase, Source, TaskId, Wait},
    trace::Recorder,
};

/// Of longer runs, the decisions at the beginning are listed.
const MOST_DECISIONS: usize = 100_000;
/// Of more ready tasks, those that have been ready longest are listed.
const MOST_READY: usize = 50;

/// A moment at which two or more tasks were ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// How many events there were in the trace.
    pub seq: u32,
    /// The ids of the tasks, the longest ready first. The n-th position in an order of choices means the n-th of them.
    pub ready: Vec<u32>,
}

/// Receives the decisions of a run.
#[derive(Clone, Debug, Default)]
pub struct Decisions(Rc<RefCell<Vec<Decision>>>);

impl Decisions {
    /// The request whose run has the decisions to be listed: the same one, in an order of choices. None where the order
    /// is drawn from a seed.
    pub fn request(request: &Request) -> Option<Request> {
        let choices = match &request.order {
            TaskOrder::FirstComeFirstServed => Vec::new(),
            TaskOrder::Choices(choices) => choices.clone(),
            TaskOrder::Seed(_) => return None,
        };
        Some(Request { order: TaskOrder::Choices(choices), ..request.clone() })
    }

    /// Lists the decisions of `session` from here on, which should not have begun.
    pub fn listen(&self, session: &Session) {
        let (trace, decisions) = (session.trace().clone(), self.clone());
        session.tasks().observe(Rc::new(Listener { trace, decisions }));
    }

    /// The decisions so far.
    pub fn list(&self) -> Vec<Decision> {
        self.0.borrow().clone()
    }
}

/// Hands everything on to the trace, and keeps the decisions.
struct Listener {
    trace: Recorder,
    decisions: Decisions,
}

impl Observer for Listener {
    fn task(&self, id: TaskId, parent: Option<TaskId>, name: &Name, phase: Phase, source: Option<Source>) {
        self.trace.task(id, parent, name, phase, source);
    }

    fn wait_begins(&self, id: TaskId, wait: &Wait, source: Source) {
        self.trace.wait_begins(id, wait, source);
    }

    fn wake(&self, id: TaskId, by: Option<TaskId>) {
        self.trace.wake(id, by);
    }

    fn wait_ends(&self, id: TaskId, wait: &Wait) {
        self.trace.wait_ends(id, wait);
    }

    fn decision(&self, ready: &mut dyn Iterator<Item = TaskId>) {
        let mut decisions = self.decisions.0.borrow_mut();
        if decisions.len() < MOST_DECISIONS {
            let seq = u32::try_from(self.trace.len()).unwrap_or(u32::MAX);
            decisions.push(Decision { seq, ready: ready.take(MOST_READY).map(|TaskId(id)| id).collect() });
        }
    }
}
