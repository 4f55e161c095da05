//! The world of a program: its clock, tasks, output, random numbers and settings.
//!
//! Everything that a program does through its world is in the trace. Lines, tasks and waits have their place in the source.
//! Patterns do not know the world; exercises connect it to the observers of patterns.

use std::{cell::RefCell, future::poll_fn, mem, panic::Location, rc::Rc, task::Poll, time::Duration};

use serde::Serialize;

use super::{Request, Settings, interference::Switch};
use crate::{
    python,
    runtime::{Clock, Instant, Name, Random, Source, Spawn, Task, Tasks, Timers},
    trace::{Edge, Recorder, Value, What},
};

/// A program's handle on its run. Clones are handles on the same run.
#[derive(Clone, Debug)]
pub struct World {
    tasks: Tasks,
    clock: Timers,
    trace: Recorder,
    settings: Rc<Settings>,
    random: Rc<RefCell<Random>>,
    /// Whether interference has taken the backend down.
    backend: Switch,
}

impl World {
    pub(super) fn new(
        tasks: Tasks,
        clock: Timers,
        trace: Recorder,
        backend: Switch,
        request: &Request,
    ) -> Self {
        let seed = request.order.seed().unwrap_or(0);
        let random = Rc::new(RefCell::new(Random::new(u64::from(seed))));
        Self { tasks, clock, trace, settings: Rc::new(request.settings.clone()), random, backend }
    }

    /// The run's clock, for patterns.
    pub fn clock(&self) -> Timers {
        self.clock.clone()
    }

    /// The time since the run began.
    pub fn elapsed(&self) -> Duration {
        self.clock.now().since(Instant::ORIGIN)
    }

    /// The values of the exercise's settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the backend has been taken down from outside; exercises whose [`interference`](super::Exercise::interference) have it
    /// ask.
    pub fn is_down(&self) -> bool {
        self.backend.is_down()
    }

    /// Returns 32 random bits, which follow from the run's seed.
    pub fn random(&self) -> u32 {
        (self.random.borrow_mut().next_u64() >> 32) as u32
    }

    /// Writes a line of the output.
    #[track_caller]
    pub fn log(&self, line: impl Into<String>) {
        let what = What::Log { task: self.task(), line: line.into() };
        self.trace.record_from(Some(Location::caller()), what);
    }

    /// Writes a line of the output: the value in Python's spelling.
    #[track_caller]
    pub fn show(&self, value: &impl Serialize) {
        self.log(spelled(value));
    }

    /// Notes the value that a call gave, for the rules.
    pub fn result(&self, of: impl Into<Name>, value: &impl Serialize) {
        self.trace.record(What::Result { task: self.task(), of: of.into(), value: Value::of(value) });
    }

    /// Notes that the running task holds the resource `of` until the guard is dropped: a connection, a permit, a fetch.
    /// `label` says what for.
    #[track_caller]
    pub fn holds(&self, of: impl Into<Name>, label: Option<Name>) -> Use {
        let held = Use { world: self.clone(), task: self.task(), of: of.into(), label };
        held.record(Edge::Begin, Some(Location::caller()));
        held
    }

    /// Polls `future`, and notes that the running task holds the resource `of` from the first poll until it is ready or
    /// dropped.
    #[track_caller]
    pub fn using<N: Into<Name>, F: Future>(
        &self,
        of: N,
        label: Option<Name>,
        future: F,
    ) -> impl Future<Output = F::Output> + use<N, F> {
        let (world, of) = (self.clone(), of.into());
        let source = Location::caller();
        async move {
            let held = Use { task: world.task(), world, of, label };
            held.record(Edge::Begin, Some(source));
            future.await
        }
    }

    /// Notes that the running task takes the resource `of` or gives it back, for `label`. Where it gives it back in any
    /// case, [`holds`](Self::holds) is better.
    pub fn note_use(&self, of: impl Into<Name>, label: impl Into<Name>, phase: Edge) {
        let label = Some(label.into());
        self.trace.record(What::Use { task: self.task(), of: of.into(), label, phase });
    }

    /// Notes that a component changed its state.
    pub fn state(&self, component: impl Into<Name>, from: impl Into<Name>, to: impl Into<Name>) {
        self.trace.record(What::State { component: component.into(), from: from.into(), to: to.into() });
    }

    /// Notes a gauge: a number over time, and its limit.
    pub fn gauge(&self, name: impl Into<Name>, value: usize, limit: Option<usize>) {
        let bounded = |count| i64::try_from(count).unwrap_or(i64::MAX);
        let (value, limit) = (bounded(value), limit.map(bounded));
        self.trace.record(What::Gauge { name: name.into(), value, limit });
    }

    /// Starts a task in a lane of its own. Dropping the handle lets it go on.
    #[track_caller]
    pub fn spawn<T: 'static>(
        &self,
        name: impl Into<Name>,
        future: impl Future<Output = T> + 'static,
    ) -> Task<T> {
        self.tasks.spawn(name, future)
    }

    /// As [`spawn`](Self::spawn), for a task whose error is its failure.
    #[track_caller]
    pub fn try_spawn<T: 'static, E: 'static>(
        &self,
        name: impl Into<Name>,
        future: impl Future<Output = Result<T, E>> + 'static,
    ) -> Task<Result<T, E>> {
        self.tasks.try_spawn(name, future)
    }

    /// Waits for `duration`, with a wait in the trace.
    #[track_caller]
    pub fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + use<> {
        self.waiting("sleep", self.clock.sleep(duration))
    }

    /// Polls `future`, and notes what is waited on while it is pending.
    #[track_caller]
    pub fn waiting<N: Into<Name>, F: Future>(
        &self,
        on: N,
        future: F,
    ) -> impl Future<Output = F::Output> + use<N, F> {
        self.tasks.waiting(on, future)
    }

    /// As [`waiting`](Self::waiting), for a wait for a particular resource or task.
    #[track_caller]
    pub fn waiting_for<N: Into<Name>, M: Into<Name>, F: Future>(
        &self,
        on: N,
        target: M,
        future: F,
    ) -> impl Future<Output = F::Output> + use<N, M, F> {
        self.tasks.waiting_for(on, target, future)
    }

    /// Waits for `on`, a reply of `from` that comes after `after`.
    #[track_caller]
    pub fn reply<N: Into<Name>, M: Into<Name>>(
        &self,
        on: N,
        from: M,
        after: Duration,
    ) -> impl Future<Output = ()> + use<N, M> {
        self.waiting_for(on, from, self.clock.sleep(after))
    }

    /// The task that is running.
    fn task(&self) -> u32 {
        self.tasks.current().map_or(0, |id| id.0)
    }
}

/// Notes, when it is dropped, that a task has given a resource back.
#[derive(Debug)]
#[must_use = "the use ends when this is dropped"]
pub struct Use {
    world: World,
    task: u32,
    of: Name,
    label: Option<Name>,
}

impl Use {
    fn record(&self, phase: Edge, source: Option<Source>) {
        let what = What::Use { task: self.task, of: self.of.clone(), label: self.label.clone(), phase };
        self.world.trace.record_from(source, what);
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        // What an unfinished task still holds at the end of the run was never given back.
        if !self.world.tasks.is_shut_down() {
            self.record(Edge::End, None);
        }
    }
}

impl<F: Future<Output = ()> + 'static> Spawn<F> for World {
    fn spawn(&self, task: F) {
        Spawn::spawn(&self.tasks, task);
    }
}

/// Yields: in first come, first served order, every other ready task runs before this one goes on.
pub async fn a_turn() {
    let mut had = false;
    poll_fn(|cx| {
        if mem::replace(&mut had, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Spells a value as Python does. A value that cannot be spelled gives the reason instead.
fn spelled(value: &impl Serialize) -> String {
    python::repr(value).unwrap_or_else(|error| error.to_string())
}
