//! The tasks of a run: a single-threaded executor that is itself only polled.
//!
//! It has no thread and no loop of its own: [`Host`](super::Host) calls [`step`](Tasks::step). It is made to be
//! watched (names, parents, what a task waits on) and to take its steps in any [`Order`]; for plain speed take
//! `futures::executor::LocalPool`.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    fmt, mem,
    panic::Location,
    rc::{Rc, Weak},
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures::{FutureExt as _, future::MaybeDone};

use super::{
    Choice, Name, Order, Spawn,
    labels::Labels,
    order::Turns,
    ready::{Ready, TaskWaker},
    slots::{Body, Place, Slot, Slots},
    task::Task,
    waiting::{Wait, Waiting},
};

/// Identifies a task within its run, in order of spawning from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u32);

/// Where in the source a task was spawned, or a wait was asked for.
pub type Source = &'static Location<'static>;

/// A station in the life of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It was handed to the executor.
    Spawned,
    /// It was polled for the first time.
    Started,
    /// It ended well.
    Finished,
    /// It ended with an error.
    Failed,
    /// It was dropped before its end.
    Cancelled,
}

/// Is told what tasks do, as they do it. It may call back into the executor.
pub trait Observer {
    /// Task `id` has come to `phase`. `parent` is the task that spawned it, and `source`, told with
    /// [`Phase::Spawned`] alone, where it did.
    fn task(&self, id: TaskId, parent: Option<TaskId>, name: &Name, phase: Phase, source: Option<Source>);
    /// Task `id` begins to wait, as `source` says, or ends to, without one.
    fn wait(&self, id: TaskId, on: &Name, source: Option<Source>);
}

/// A set of tasks, and the handle by which they spawn more. Clones are handles to the same set.
#[derive(Clone)]
pub struct Tasks(Rc<Inner>);

struct Inner {
    ready: Ready,
    turns: RefCell<Turns>,
    slots: RefCell<Slots>,
    /// The task being polled or dropped, to which spawns and waits are attributed.
    current: Cell<Option<TaskId>>,
    observer: RefCell<Option<Rc<dyn Observer>>>,
    /// After shutdown nothing starts any more.
    closed: Cell<bool>,
}

impl Tasks {
    /// An empty set that takes its steps in `order`.
    pub fn new(order: Order) -> Self {
        Self(Rc::new(Inner {
            ready: Ready::default(),
            turns: RefCell::new(Turns::new(order)),
            slots: RefCell::default(),
            current: Cell::new(None),
            observer: RefCell::default(),
            closed: Cell::new(false),
        }))
    }

    /// Tells `observer` all that happens from now on, in place of any observer before it.
    pub fn observe(&self, observer: Rc<dyn Observer>) {
        *self.0.observer.borrow_mut() = Some(observer);
    }

    /// Starts a task. Dropping the returned handle does not stop it.
    ///
    /// After the run's end nothing starts any more: the future is dropped and the handle says
    /// [`Cancelled`](super::Cancelled).
    #[track_caller]
    pub fn spawn<T: 'static>(
        &self,
        name: impl Into<Name>,
        future: impl Future<Output = T> + 'static,
    ) -> Task<T> {
        self.start(name.into(), future, |_| Phase::Finished)
    }

    /// As [`spawn`](Self::spawn), for a task whose error counts as its failure.
    #[track_caller]
    pub fn try_spawn<T: 'static, E: 'static>(
        &self,
        name: impl Into<Name>,
        future: impl Future<Output = Result<T, E>> + 'static,
    ) -> Task<Result<T, E>> {
        self.start(name.into(), future, |result| if result.is_ok() { Phase::Finished } else { Phase::Failed })
    }

    #[track_caller]
    fn start<T: 'static>(
        &self,
        name: Name,
        future: impl Future<Output = T> + 'static,
        ending: impl FnOnce(&T) -> Phase + 'static,
    ) -> Task<T> {
        // Not an async block: that would have room for the future twice, where it is kept and where it is awaited.
        let judged = future.map(move |output| (ending(&output), output));
        let id = self.admit(name, Box::pin(MaybeDone::Future(judged)), Location::caller());
        Task::new(id.map(|id| (WeakTasks(Rc::downgrade(&self.0)), id)))
    }

    fn admit(&self, name: Name, body: Body, source: Source) -> Option<TaskId> {
        if self.0.closed.get() {
            return None;
        }
        let parent = self.0.current.get();
        let told = name.clone();
        let id = self.0.slots.borrow_mut().admit(Slot {
            parent,
            name,
            waits: Labels::default(),
            started: false,
            doomed: false,
            detached: false,
            joiner: None,
            body: Some(body),
        });
        self.tell(|observer| observer.task(id, parent, &told, Phase::Spawned, Some(source)));
        self.0.ready.push(id);
        Some(id)
    }

    /// Polls `future` as it is, and names what the current task waits on while it is pending.
    ///
    /// The label ends when the future is ready or dropped, or with the task that first polled it. Outside a task this does nothing.
    #[track_caller]
    pub fn waiting<N: Into<Name>, F: Future>(
        &self,
        on: N,
        future: F,
    ) -> impl Future<Output = F::Output> + use<N, F> {
        Waiting::new(future, Wait::new(self.clone(), on.into(), Location::caller()))
    }

    /// The current task, and the number of the label that it has now.
    pub(super) fn begin_wait(&self, on: &Name, source: Source) -> Option<(TaskId, u32)> {
        let id = self.0.current.get()?;
        let number = self.with_slot(id, |slot| slot.waits.put(on.clone()))?;
        self.tell(|observer| observer.wait(id, on, Some(source)));
        Some((id, number))
    }

    pub(super) fn end_wait(&self, (id, number): (TaskId, u32), on: &Name) {
        let ended = self.with_slot(id, |slot| slot.waits.take_off(number));
        // Where the task is over, so is its wait, and the observer knows.
        if ended == Some(true) {
            self.tell(|observer| observer.wait(id, on, None));
        }
    }

    /// Cancels a task of which one has no handle, as [`Task::cancel`] does; for hosts, who know tasks by what an
    /// [`Observer`] was told. False if there is no such task, or it has ended.
    pub fn cancel(&self, id: TaskId) -> bool {
        if self.with_slot(id, |_| ()).is_none() {
            return false;
        }
        self.end(id);
        // A host that sleeps towards a deadline learns that it may be another one now, or that all is done.
        self.0.ready.wake_host();
        true
    }

    /// The task that is being polled or dropped.
    pub fn current(&self) -> Option<TaskId> {
        self.0.current.get()
    }

    /// How many tasks have been spawned so far.
    pub fn spawned(&self) -> u32 {
        self.0.slots.borrow().admitted()
    }

    /// Whether all tasks have ended.
    pub fn is_empty(&self) -> bool {
        self.0.slots.borrow().unfinished() == 0
    }

    /// The tasks that have not ended, in order of spawning, with what each waits on.
    pub fn unfinished(&self) -> Vec<Blocked> {
        let blocked = |slot: &mut Slot| Blocked { task: slot.name.clone(), on: slot.waits.names() };
        self.ids().into_iter().filter_map(|id| self.with_slot(id, blocked)).collect()
    }

    /// The tasks that have not ended, in order of spawning.
    fn ids(&self) -> Vec<TaskId> {
        self.0.slots.borrow().ids()
    }

    /// The decisions taken, where the [`Order`] keeps them.
    pub fn choices(&self) -> Vec<Choice> {
        self.0.turns.borrow().choices().to_vec()
    }

    /// Polls one ready task; false if there is none.
    pub(super) fn step(&self) -> bool {
        loop {
            let Some(task) = self.0.ready.take(&mut self.0.turns.borrow_mut()) else { return false };
            let id = task.id;
            let found = self.with_slot(id, |slot| {
                let first = !mem::replace(&mut slot.started, true);
                slot.body.take().map(|body| (body, first.then(|| (slot.parent, slot.name.clone()))))
            });
            // A wake-up for a task that has ended meanwhile costs nothing but this look.
            let Some((body, first)) = found.flatten() else { continue };
            if let Some((parent, name)) = first {
                self.tell(|observer| observer.task(id, parent, &name, Phase::Started, None));
            }
            self.poll(task, body);
            return true;
        }
    }

    fn poll(&self, task: Arc<TaskWaker>, mut body: Body) {
        let id = task.id;
        task.begin();
        let entered = self.enter(id);
        let ending = Ending(self, id, Phase::Cancelled);
        let waker = Waker::from(task);
        let poll = body.as_mut().step(&mut Context::from_waker(&waker));
        mem::forget(ending);
        drop(entered);
        match poll {
            Poll::Ready(phase) if self.with_slot(id, |slot| slot.detached) == Some(false) => {
                self.settle(id, Some((body, waker)), phase);
            }
            Poll::Ready(phase) => self.abandon(id, body, phase),
            Poll::Pending if self.with_slot(id, |slot| slot.doomed).unwrap_or(true) => {
                self.abandon(id, body, Phase::Cancelled);
            }
            Poll::Pending => {
                self.with_slot(id, |slot| slot.body = Some(body));
            }
        }
    }

    /// Ends a task that has not ended: its future is dropped now, or when the poll under way returns.
    fn end(&self, id: TaskId) {
        let body = self.with_slot(id, |slot| {
            slot.doomed = true;
            slot.body.take()
        });
        if let Some(Some(body)) = body {
            self.abandon(id, body, Phase::Cancelled);
        }
    }

    /// Ends a task that leaves nothing. What is dropped is so in its name.
    fn abandon(&self, id: TaskId, body: Body, phase: Phase) {
        let _ending = Ending(self, id, phase);
        let _entered = self.enter(id);
        drop(body);
    }

    /// Frees the slot, unless something is left for the handle.
    fn settle(&self, id: TaskId, left: Option<(Body, Waker)>, phase: Phase) {
        let place = self.0.slots.borrow_mut().take(id, left);
        if let Some(Place::Task(slot)) = place {
            if let Some(joiner) = slot.joiner {
                joiner.wake();
            }
            // What it was waiting in may live on in another task, as a fetch that a follower takes over.
            for on in &slot.waits.names() {
                self.tell(|observer| observer.wait(id, on, None));
            }
            self.tell(|observer| observer.task(id, slot.parent, &slot.name, phase, None));
        }
    }

    /// Cancels all that is left, last spawned first, and lets nothing start any more.
    pub(super) fn shut_down(&self) {
        self.0.closed.set(true);
        let rest = Rest(self);
        for id in self.ids().into_iter().rev() {
            self.end(id);
        }
        mem::forget(rest);
        self.0.ready.close();
    }

    /// Whether nothing is ready; if so, `host` is woken when something becomes so.
    pub(super) fn is_idle(&self, host: &Waker) -> bool {
        self.0.ready.is_idle(host)
    }

    fn enter(&self, id: TaskId) -> Entered<'_> {
        Entered { current: &self.0.current, outer: self.0.current.replace(Some(id)) }
    }

    fn with_slot<T>(&self, id: TaskId, f: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        self.0.slots.borrow_mut().get_mut(id).map(f)
    }

    fn tell(&self, f: impl FnOnce(&dyn Observer)) {
        let observer = self.0.observer.borrow().clone();
        if let Some(observer) = observer {
            f(&*observer);
        }
    }
}

impl<F: Future<Output = ()> + 'static> Spawn<F> for Tasks {
    fn spawn(&self, task: F) {
        drop(Self::spawn(self, "task", task));
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("unfinished", &self.unfinished()).finish_non_exhaustive()
    }
}

/// What a [`Task`] handle holds of the set.
pub(super) struct WeakTasks(Weak<Inner>);

impl WeakTasks {
    pub(super) fn cancel(&self, id: TaskId) {
        if let Some(inner) = self.0.upgrade() {
            Tasks(inner).cancel(id);
        }
    }

    pub(super) fn is_finished(&self, id: TaskId) -> bool {
        self.0.upgrade().is_none_or(|inner| Tasks(inner).with_slot(id, |_| ()).is_none())
    }

    /// Ready once the task has ended: then its output, if there is one, is in `to`, an `Option` of it.
    pub(super) fn poll_collect(&self, id: TaskId, to: &mut dyn Any, waker: &Waker) -> Poll<()> {
        let Some(inner) = self.0.upgrade() else { return Poll::Ready(()) };
        let mut slots = inner.slots.borrow_mut();
        if let Some(slot) = slots.get_mut(id) {
            let known = slot.joiner.as_ref().is_some_and(|known| known.will_wake(waker));
            let replaced = if known { None } else { slot.joiner.replace(waker.clone()) };
            // Dropping a waker may run foreign code, so it happens after the slots are free again.
            drop(slots);
            drop(replaced);
            return Poll::Pending;
        }
        let place = slots.take(id, None);
        drop(slots);
        if let Some(Place::Output(mut body, _waker)) = place {
            body.as_mut().collect(to);
        }
        Poll::Ready(())
    }

    /// Nobody will collect the output.
    pub(super) fn detach(&self, id: TaskId) {
        let Some(inner) = self.0.upgrade() else { return };
        let mut slots = inner.slots.borrow_mut();
        let (joiner, output) = match slots.get_mut(id) {
            Some(slot) => {
                slot.detached = true;
                (slot.joiner.take(), None)
            }
            None => (None, slots.take(id, None)),
        };
        drop(slots);
        // As above.
        drop((joiner, output));
    }
}

/// The end of a task that leaves nothing, also if a panic leaves its poll or its destructor: a host that catches that
/// goes on without the task.
struct Ending<'a>(&'a Tasks, TaskId, Phase);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.settle(self.1, None, self.2);
    }
}

/// Those that are left of a shutdown when a destructor panics.
struct Rest<'a>(&'a Tasks);

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

/// A task that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Its name.
    pub task: Name,
    /// What it waits on, as labelled by [`Tasks::waiting`]; empty if it waits on something unlabelled.
    pub on: Vec<Name>,
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = if self.on.is_empty() { "something unnamed".into() } else { self.on.join(" and ") };
        write!(f, "{} waits for {on}", self.task)
    }
}

/// Marks the task being polled, also when the poll panics.
struct Entered<'a> {
    current: &'a Cell<Option<TaskId>>,
    outer: Option<TaskId>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.current.set(self.outer);
    }
}
