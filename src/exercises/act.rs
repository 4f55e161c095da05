//! What whoever watches a run may do to it: take its backend down and up, and cancel one of its tasks.
//!
//! It is in the trace, as everything that happens is. A run that somebody took a hand in is judged by the rules alone:
//! they hold whatever becomes of the backend and of any task, while a output is that of one plan.

use std::{cell::Cell, rc::Rc};

use serde::Serialize;

use super::{Exercise, Input, Refusal};
use crate::{
    runtime::{Name, Phase, TaskId, Tasks},
    trace::{Recorder, What},
};

/// What an exercise lets be done to it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Acts {
    /// Whether it has a backend that can be taken down: its program asks [`World::is_down`](super::World::is_down).
    pub backend: bool,
    /// How the names of the tasks begin that may be cancelled.
    pub cancels: Option<&'static str>,
}

impl Acts {
    /// Nothing.
    pub const NONE: Self = Self { backend: false, cancels: None };

    /// The backend may be taken down, and tasks with names that begin so may be cancelled.
    pub const fn on_backend_and(cancels: &'static str) -> Self {
        Self { backend: true, cancels: Some(cancels) }
    }
}

/// One thing that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The backend goes down: it fails whoever asks until it is up again.
    BackendDown,
    /// The backend is up again.
    BackendUp,
    /// The task with this id is cancelled.
    Cancel(u32),
}

/// The switch of a run's backend. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct Switch(Rc<Cell<bool>>);

impl Switch {
    pub(super) fn is_down(&self) -> bool {
        self.0.get()
    }

    /// Says whether that is another position.
    pub(super) fn turn(&self, down: bool) -> bool {
        self.0.replace(down) != down
    }
}

/// Does it, in the trace first. Says whether that changed anything.
pub(super) fn perform(
    act: Act,
    exercise: &Exercise,
    trace: &Recorder,
    tasks: &Tasks,
    backend: &Switch,
) -> Result<bool, Refusal> {
    let Acts { backend: has_backend, cancels } = exercise.acts;
    let unknown = |what| {
        let known = [has_backend.then_some("backend"), cancels.map(|_| "cancel")];
        let of = format_args!("act on {}", exercise.slug);
        Err(Refusal::unknown("unknown-act", of, what, known.into_iter().flatten()))
    };
    match act {
        Act::BackendDown | Act::BackendUp if !has_backend => unknown("backend"),
        Act::BackendDown => Ok(turn(trace, backend, true)),
        Act::BackendUp => Ok(turn(trace, backend, false)),
        Act::Cancel(id) => match cancels {
            None => unknown("cancel"),
            Some(prefix) => cancel(id, prefix, trace, tasks),
        },
    }
}

fn turn(trace: &Recorder, backend: &Switch, down: bool) -> bool {
    if !backend.turn(down) {
        return false;
    }
    let [what, from, to] =
        if down { ["backend down", "up", "down"] } else { ["backend up", "down", "up"] }.map(Name::from);
    trace.record(What::Interfere { what, task: None });
    trace.record(What::State { component: "backend".into(), from, to });
    true
}

fn cancel(id: u32, prefix: &str, trace: &Recorder, tasks: &Tasks) -> Result<bool, Refusal> {
    let is_living = trace.latest(|event| match event.what {
        What::Task { id: found, name, phase, .. } if found == id && name.starts_with(prefix) => {
            Some(matches!(phase, Phase::Spawned | Phase::Started))
        }
        _ => None,
    });
    let is_living = is_living.ok_or_else(|| {
        let allowed = format_args!("the id of a task whose name begins with {prefix:?}");
        Refusal::bad_value("task", allowed, &Input::Number(id.into()))
    })?;
    if is_living {
        trace.record(What::Interfere { what: "cancel".into(), task: Some(id) });
        tasks.cancel(TaskId(id));
    }
    Ok(is_living)
}
