//! What a reader may do to a run: cancel one of its tasks, or take its backend down and up again, at a chosen time.
//!
//! Interference is part of the [`Request`], so that a run with it is repeated by its link. What really
//! happened is in the trace. A run that was interfered with is judged by the rules alone: they hold whatever becomes of
//! the backend and of any task, while the output is that of one plan.

use std::{
    cell::{Cell, RefCell},
    iter::Peekable,
    rc::Rc,
    vec,
};

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{Ended, Exercise, Input, Refusal, Request};
use crate::{
    json::decimal,
    runtime::{Clock as _, Instant, Name, Phase, TaskId, Tasks, Timers},
    trace::{Event, Millis, Recorder, What},
};

/// What kinds of interference an exercise allows.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AllowedInterference {
    /// Whether it has a backend that can be taken down: its program reads [`World::is_down`](super::World::is_down).
    pub backend: bool,
    /// How the names of the tasks begin that may be cancelled.
    pub cancels: Option<&'static str>,
}

impl AllowedInterference {
    /// None.
    pub const NONE: Self = Self { backend: false, cancels: None };

    /// The backend may be taken down, and tasks whose names begin so may be cancelled.
    pub const fn on_backend_and(cancels: &'static str) -> Self {
        Self { backend: true, cancels: Some(cancels) }
    }
}

/// One change from outside, at a time of the run's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interference {
    /// When it happens: after everything before that time, and before the tasks that wake at it.
    pub at: Instant,
    /// What happens.
    pub what: InterferenceKind,
}

/// What a change from outside does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterferenceKind {
    /// Cancels a task. A task that does not exist at that time, has ended, or is not one of those that the exercise
    /// lets be cancelled, is left alone, and the report says so.
    Cancel {
        /// Its id.
        task: u32,
    },
    /// The backend goes down: its calls fail until it is up again.
    BackendDown,
    /// The backend is up again.
    BackendUp,
}

/// The latest time of an interference, in milliseconds.
const LATEST: u32 = 1_000_000_000;

impl Interference {
    /// Reads one that JavaScript gave as `{at, what, task}`. `task` is null for the backend.
    ///
    /// # Errors
    ///
    /// [`Refusal`] with the field that is wrong, and what it may be.
    pub fn read(at: &Input, what: &Input, task: &Input) -> Result<Self, Refusal> {
        let time = match at {
            Input::Number(at) if (0.0..=f64::from(LATEST)).contains(at) => from_millis(*at),
            _ => {
                let allowed = format_args!("a number from 0 to {LATEST} ms");
                return Err(Refusal::bad_value("interfere.at", allowed, at));
            }
        };
        let nothing = matches!(task, Input::Other("null" | "undefined"));
        let what = match what {
            Input::Text(what) if what == "cancel" => InterferenceKind::Cancel {
                task: task.whole_u32().ok_or_else(|| {
                    Refusal::bad_value("interfere.task", "the id of a task, a whole number from 0", task)
                })?,
            },
            Input::Text(what) if nothing && what == "backend down" => InterferenceKind::BackendDown,
            Input::Text(what) if nothing && what == "backend up" => InterferenceKind::BackendUp,
            _ => {
                let allowed = "cancel with a task, backend down or backend up";
                return Err(Refusal::bad_value("interfere.what", allowed, what));
            }
        };
        Ok(Self { at: time, what })
    }

    /// Reads one from a command line: `120 cancel 3`, `100 backend down`, `400 backend up`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let (at, what) = text.trim().split_once(' ').unwrap_or((text, ""));
        let (what, task) = match what.trim().split_once(' ') {
            Some(("cancel", task)) => ("cancel", Input::whole(task)),
            _ => (what.trim(), Input::Other("null")),
        };
        let at = at.parse().map_or_else(|_| Input::Text(at.to_owned()), Input::Number);
        Self::read(&at, &Input::Text(what.to_owned()), &task)
    }

    /// Refuses what the exercise does not allow.
    pub(super) fn check(&self, exercise: &Exercise) -> Result<(), Refusal> {
        let AllowedInterference { backend, cancels } = exercise.interference;
        let (name, is_allowed) = match self.what {
            InterferenceKind::Cancel { .. } => ("cancel", cancels.is_some()),
            InterferenceKind::BackendDown => ("backend down", backend),
            InterferenceKind::BackendUp => ("backend up", backend),
        };
        if is_allowed {
            return Ok(());
        }
        let known = [(backend, "backend down"), (backend, "backend up"), (cancels.is_some(), "cancel")];
        let known = known.into_iter().filter_map(|(is_allowed, name)| is_allowed.then_some(name));
        let of = format_args!("interference with {}", exercise.slug);
        Err(Refusal::unknown("unknown-interference", of, name, known))
    }
}

/// Why interference had no effect, a sentence for each: what a run does cannot be known when it is requested.
pub(super) fn without_effect(request: &Request, events: &[Event], ended: &Ended) -> Vec<String> {
    let cancels = request.exercise.interference.cancels.unwrap_or_default();
    let why = |interference: &Interference| {
        let Interference { at, what } = *interference;
        let is_done = |event: &Event| match event.what {
            What::Interfere { task: Some(task), .. } => {
                event.at >= at && what == InterferenceKind::Cancel { task }
            }
            _ => false,
        };
        let why = match what {
            _ if at.as_millis() > ended.elapsed => {
                format!("the run ended at {} ms", decimal(ended.elapsed).unwrap_or_default())
            }
            InterferenceKind::Cancel { task } if !events.iter().any(is_done) => {
                let name = events.iter().find_map(|event| match &event.what {
                    What::Task { id, name, .. } if *id == task => Some(name),
                    _ => None,
                });
                match name {
                    None => format!("there is no task {task}, only 0 to {}", ended.tasks.saturating_sub(1)),
                    Some(name) if !name.starts_with(cancels) => format!(
                        "task {task} ({}) may not be cancelled, only those whose names begin with {cancels:?}",
                        &**name
                    ),
                    Some(name) => format!("task {task} ({}) was not running", &**name),
                }
            }
            _ => return None,
        };
        let at = decimal(at.as_millis()).unwrap_or_default();
        Some(format!("Interference at {at} ms had no effect: {why}."))
    };
    request.interfere.iter().filter_map(why).collect()
}

impl Serialize for Interference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (what, task) = match self.what {
            InterferenceKind::Cancel { task } => ("cancel", Some(task)),
            InterferenceKind::BackendDown => ("backend down", None),
            InterferenceKind::BackendUp => ("backend up", None),
        };
        let mut fields = serializer.serialize_struct("Interference", 3)?;
        fields.serialize_field("at", &Millis(self.at))?;
        fields.serialize_field("what", what)?;
        fields.serialize_field("task", &task)?;
        fields.end()
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
fn from_millis(millis: f64) -> Instant {
    Instant::from_nanos((millis * 1e6).round() as u64)
}

/// The switch of a run's backend. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct Switch(Rc<Cell<bool>>);

impl Switch {
    pub(super) fn is_down(&self) -> bool {
        self.0.get()
    }
}

/// The interference of a request, and what it is performed on.
#[derive(Debug)]
pub(super) struct Interferer {
    /// What is left, the earliest first.
    pub(super) left: RefCell<Peekable<vec::IntoIter<Interference>>>,
    /// How the names of the tasks begin that may be cancelled.
    pub(super) cancels: Option<&'static str>,
    pub(super) clock: Timers,
    pub(super) trace: Recorder,
    pub(super) tasks: Tasks,
    pub(super) backend: Switch,
}

impl Interferer {
    /// Performs all for which the time has come.
    pub(super) fn perform_due(&self) {
        loop {
            let due = self.left.borrow_mut().next_if(|next| next.at <= self.clock.now());
            let Some(due) = due else { return };
            // To cancel a task runs code of the exercise, so nothing is borrowed here.
            match due.what {
                InterferenceKind::Cancel { task } => self.cancel(task),
                InterferenceKind::BackendDown => self.turn(true),
                InterferenceKind::BackendUp => self.turn(false),
            }
        }
    }

    fn turn(&self, down: bool) {
        if self.backend.0.replace(down) == down {
            return;
        }
        let [what, from, to] =
            if down { ["backend down", "up", "down"] } else { ["backend up", "down", "up"] }.map(Name::from);
        self.trace.record(What::Interfere { what, task: None });
        self.trace.record(What::State { component: "backend".into(), from, to });
    }

    fn cancel(&self, id: u32) {
        let latest = self.trace.latest(|event| match event.what {
            What::Task { id: found, name, phase, .. } if found == id => Some((name, phase)),
            _ => None,
        });
        let may_be_cancelled = |name: &str| self.cancels.is_some_and(|prefix| name.starts_with(prefix));
        if let Some((name, Phase::Spawned | Phase::Started)) = latest
            && may_be_cancelled(&name)
        {
            self.trace.record(What::Interfere { what: "cancel".into(), task: Some(id) });
            self.tasks.cancel(TaskId(id));
        }
    }
}
