//! The tasks of a run: a single-threaded executor that is itself only polled.
//!
//! It has no thread and no loop of its own: [`Host`](super::Host) polls it. It is made for watching (names, parents,
//! labelled waits) and for running tasks in any [`Order`]; for plain speed use `futures::executor::LocalPool`.
//!
//! Nothing here recurses as deep as a program makes it: what a dropped future or output cancels or drops in turn is
//! queued, and dropped in a loop.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::VecDeque,
    fmt, mem,
    rc::{Rc, Weak},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, Waker},
};

use super::{
    Blocked, Choice, Name, Observer, Order, Phase, Source, TaskId, Wait,
    labels::Labels,
    order::Turns,
    ready::{Inbox, Ready, Sent, TaskWaker},
    slots::{Body, Place, Slot, Slots},
};

/// How many runs there have been.
static RUNS: AtomicU32 = AtomicU32::new(0);

/// The tasks of a run, and the handle that spawns more. Clones are handles of the same run.
#[derive(Clone)]
pub struct Tasks(Rc<Inner>);

struct Inner {
    ready: Ready,
    turns: RefCell<Turns>,
    slots: RefCell<Slots>,
    /// The number of the next label.
    labels: Cell<u64>,
    running: Cell<Option<Running>>,
    observer: RefCell<Option<Rc<dyn Observer>>>,
    /// After the end of the run nothing starts any more.
    closed: Cell<bool>,
    remains: RefCell<VecDeque<Remains>>,
    /// Whether a loop is dropping the remains.
    dropping: Cell<bool>,
}

/// The task that is being polled or dropped. Spawns, waits and wake-ups are attributed to it.
#[derive(Clone, Copy)]
struct Running {
    task: TaskId,
    /// The wake-up that led here, until it has been reported: the task that caused it, if one did.
    woken: Option<Option<TaskId>>,
    /// The number of the next label when this began.
    labels: u64,
}

/// Refers to the label of a wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    task: TaskId,
    number: u64,
}

/// Something to be dropped outside a poll.
enum Remains {
    /// The future of a task that has not ended, and the task that cancelled it.
    Future(TaskId, Body, Option<TaskId>),
    /// An output that will not be collected.
    Output(Body, Waker),
}

impl Tasks {
    /// A run without tasks, whose tasks take turns in `order`.
    pub fn new(order: Order) -> Self {
        Self(Rc::new(Inner {
            ready: Ready::default(),
            turns: RefCell::new(Turns::new(order)),
            slots: RefCell::default(),
            // Different in each run: a `WaitLabel` that is dropped in another run than its own must find no label there.
            labels: Cell::new(u64::from(RUNS.fetch_add(1, Ordering::Relaxed)) << 32),
            running: Cell::new(None),
            observer: RefCell::default(),
            closed: Cell::new(false),
            remains: RefCell::default(),
            dropping: Cell::new(false),
        }))
    }

    /// Reports everything that happens from now on to `observer`, which replaces the one before.
    pub fn observe(&self, observer: Rc<dyn Observer>) {
        *self.0.observer.borrow_mut() = Some(observer);
    }

    /// Cancels a task by its id, like [`Task::cancel`](super::Task::cancel), for hosts that know tasks from an
    /// [`Observer`]. Returns false if there is no such task or it has ended.
    pub fn cancel(&self, id: TaskId) -> bool {
        if !self.is_unfinished(id) {
            return false;
        }
        self.end(id);
        // A host that sleeps until a deadline looks again: that deadline may be gone, or every task.
        self.0.ready.wake_host();
        true
    }

    /// The task that is being polled or dropped.
    pub fn current(&self) -> Option<TaskId> {
        self.0.running.get().map(|running| running.task)
    }

    /// How many tasks have been spawned so far.
    pub fn spawned(&self) -> u32 {
        self.0.slots.borrow().admitted()
    }

    /// Whether all tasks have ended.
    pub fn is_empty(&self) -> bool {
        self.0.slots.borrow().unfinished() == 0 && !self.0.ready.has_sent()
    }

    /// The tasks that have not ended, in order of spawning, with their waits.
    pub fn unfinished(&self) -> Vec<Blocked> {
        let blocked = |slot: &mut Slot| Blocked { task: slot.name.clone(), waits: slot.labels.waits() };
        self.ids().into_iter().filter_map(|id| self.with_slot(id, blocked)).collect()
    }

    /// The decisions taken between ready tasks, if the run [follows](Order::following) given positions.
    pub fn choices(&self) -> Vec<Choice> {
        self.0.turns.borrow().choices().to_vec()
    }

    pub(super) fn downgrade(&self) -> WeakTasks {
        WeakTasks(Rc::downgrade(&self.0))
    }

    /// Starts a task, unless the run has ended.
    pub(super) fn admit(
        &self,
        parent: Option<TaskId>,
        name: Name,
        body: Body,
        source: Source,
    ) -> Option<TaskId> {
        if self.0.closed.get() {
            return None;
        }
        let reported = name.clone();
        let id = self.0.slots.borrow_mut().admit(Slot {
            parent,
            name,
            labels: Labels::default(),
            started: false,
            doomed: false,
            detached: false,
            joiner: None,
            body: Some(body),
        });
        self.report(|observer| observer.task(id, parent, &reported, Phase::Spawned, Some(source)));
        self.0.ready.push(id);
        Some(id)
    }

    /// Labels a wait of the current task, if there is one.
    pub(super) fn begin_wait(&self, wait: Wait, source: Source) -> Option<Ticket> {
        let task = self.current()?;
        self.report(|observer| observer.wait_begins(task, &wait, source));
        let number = self.0.labels.get();
        self.0.labels.set(number + 1);
        self.with_slot(task, |slot| slot.labels.put(number, wait))?;
        Some(Ticket { task, number })
    }

    /// Ends a wait, unless it ended with its task.
    pub(super) fn end_wait(&self, Ticket { task, number }: Ticket) {
        if let Some(Some(wait)) = self.with_slot(task, |slot| slot.labels.remove(number)) {
            self.report_wake(task, |labels| number < labels);
            self.report(|observer| observer.wait_ends(task, &wait));
        }
    }

    /// Reports the wake-up that ends a wait of task `id`, once. `is_before` tells whether the wait was labelled before
    /// the label with this number.
    fn report_wake(&self, id: TaskId, is_before: impl FnOnce(u64) -> bool) {
        if self.0.closed.get() {
            return;
        }
        let by = match self.0.running.get() {
            Some(running) if running.task == id => {
                let Some(by) = running.woken.filter(|_| is_before(running.labels)) else { return };
                self.0.running.set(Some(Running { woken: None, ..running }));
                by
            }
            // The future has moved on to another task, which ends the wait.
            other => other.map(|running| running.task),
        };
        self.report(|observer| observer.wake(id, by));
    }

    pub(super) fn inbox(&self) -> Arc<Inbox> {
        self.0.ready.inbox()
    }

    /// Polls one ready task; false if there is none.
    pub(super) fn step(&self) -> bool {
        if self.0.ready.has_sent() {
            for Sent { parent, name, body, source } in self.0.ready.take_sent() {
                if let Some(id) = self.admit(parent, name, body, source) {
                    self.detach(id);
                }
            }
        }
        loop {
            if self.0.turns.borrow().follows_positions() {
                self.0.ready.with_several(|ready| self.report(|observer| observer.decision(ready)));
            }
            let Some(task) = self.0.ready.take(&mut self.0.turns.borrow_mut()) else { return false };
            let id = task.id;
            let found = self.with_slot(id, |slot| {
                let first = !mem::replace(&mut slot.started, true);
                slot.body.take().map(|body| (body, first))
            });
            // A wake-up of a task that has ended meanwhile costs only this lookup.
            let Some((body, first)) = found.flatten() else { continue };
            if first {
                self.report_start(id);
            }
            self.poll(task, body);
            return true;
        }
    }

    fn report_start(&self, id: TaskId) {
        self.report(|observer| {
            if let Some((parent, name)) = self.with_slot(id, |slot| (slot.parent, slot.name.clone())) {
                observer.task(id, parent, &name, Phase::Started, None);
            }
        });
    }

    fn poll(&self, task: Arc<TaskWaker>, body: Body) {
        let id = task.id;
        let _entered = self.enter(id, task.begin());
        let ending = Ending(self, id, Phase::Failed);
        let mut body = body;
        let waker = Waker::from(task);
        let poll = body.as_mut().step(&mut Context::from_waker(&waker));
        mem::forget(ending);
        match poll {
            Poll::Ready(phase) if self.with_slot(id, |slot| slot.detached) == Some(false) => {
                self.settle(id, Some((body, waker)), phase);
            }
            Poll::Ready(phase) => {
                let _ending = Ending(self, id, phase);
                drop(body);
            }
            Poll::Pending if self.with_slot(id, |slot| slot.doomed).unwrap_or(true) => {
                self.discard(Remains::Future(id, body, Some(id)));
            }
            Poll::Pending => {
                self.with_slot(id, |slot| slot.body = Some(body));
            }
        }
    }

    /// Ends a task that has not ended: its future is dropped now, after the drop under way, or when the poll under way
    /// returns.
    fn end(&self, id: TaskId) {
        let body = self.with_slot(id, |slot| {
            slot.doomed = true;
            slot.body.take()
        });
        if let Some(Some(body)) = body {
            self.discard(Remains::Future(id, body, self.current()));
        }
    }

    fn discard(&self, remains: Remains) {
        self.0.remains.borrow_mut().push_back(remains);
        self.drop_remains();
    }

    fn drop_remains(&self) {
        if self.0.dropping.replace(true) {
            return;
        }
        let rest = DropRest(self);
        loop {
            let next = self.0.remains.borrow_mut().pop_front();
            match next {
                None => break,
                Some(Remains::Output(body, waker)) => drop((body, waker)),
                Some(Remains::Future(id, body, by)) => {
                    let _entered = self.enter(id, by);
                    let phase = if self.0.closed.get() { Phase::Unfinished } else { Phase::Cancelled };
                    let _ending = Ending(self, id, phase);
                    drop(body);
                }
            }
        }
        mem::forget(rest);
        self.0.dropping.set(false);
    }

    /// Frees the slot of a task that has ended, except for an output that is left for its handle.
    fn settle(&self, id: TaskId, left: Option<(Body, Waker)>, phase: Phase) {
        let place = self.0.slots.borrow_mut().take(id, left);
        if let Some(Place::Task(slot)) = place {
            if let Some(joiner) = slot.joiner {
                joiner.wake();
            }
            // The future that it waited for may live on in another task, as a fetch that another caller takes over.
            for wait in &slot.labels.waits() {
                self.report_wake(id, |_| true);
                self.report(|observer| observer.wait_ends(id, wait));
            }
            self.report(|observer| observer.task(id, slot.parent, &slot.name, phase, None));
        }
    }

    /// Ends the run: drops all tasks that have not ended, last spawned first, and starts no more.
    pub(super) fn shut_down(&self) {
        self.0.closed.set(true);
        let rest = EndRest(self);
        for id in self.ids().into_iter().rev() {
            self.end(id);
        }
        mem::forget(rest);
        self.0.ready.close();
    }

    /// Whether the run has ended, and tasks are only dropped.
    pub(crate) fn is_shut_down(&self) -> bool {
        self.0.closed.get()
    }

    /// Whether nothing is ready; if so, `host` is woken when something becomes ready.
    pub(super) fn is_idle(&self, host: &Waker) -> bool {
        self.0.ready.is_idle(host)
    }

    /// Ready once the task has ended: then its output, if there is one, is in `to`, an `Option` of it.
    pub(super) fn poll_collect(&self, id: TaskId, to: &mut dyn Any, waker: &Waker) -> Poll<()> {
        let mut slots = self.0.slots.borrow_mut();
        if let Some(slot) = slots.get_mut(id) {
            let known = slot.joiner.as_ref().is_some_and(|known| known.will_wake(waker));
            let replaced = if known { None } else { slot.joiner.replace(waker.clone()) };
            // Dropping a waker may run foreign code, so the slots are released first.
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

    /// The output will not be collected.
    pub(super) fn detach(&self, id: TaskId) {
        let mut slots = self.0.slots.borrow_mut();
        if let Some(slot) = slots.get_mut(id) {
            slot.detached = true;
            let joiner = slot.joiner.take();
            // As above.
            drop(slots);
            drop(joiner);
        } else if let Some(Place::Output(body, waker)) = slots.take(id, None) {
            drop(slots);
            self.discard(Remains::Output(body, waker));
        }
    }

    pub(super) fn is_unfinished(&self, id: TaskId) -> bool {
        self.with_slot(id, |_| ()).is_some()
    }

    /// The tasks that have not ended, in order of spawning.
    fn ids(&self) -> Vec<TaskId> {
        self.0.slots.borrow().ids()
    }

    fn enter(&self, task: TaskId, woken_by: Option<TaskId>) -> Entered<'_> {
        let running = Running { task, woken: Some(woken_by), labels: self.0.labels.get() };
        self.0.ready.set_running(Some(task));
        Entered { inner: &self.0, outer: self.0.running.replace(Some(running)) }
    }

    fn with_slot<T>(&self, id: TaskId, f: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        self.0.slots.borrow_mut().get_mut(id).map(f)
    }

    fn report(&self, f: impl FnOnce(&dyn Observer)) {
        let observer = self.0.observer.borrow().clone();
        if let Some(observer) = observer {
            f(&*observer);
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("unfinished", &self.unfinished()).finish_non_exhaustive()
    }
}

/// What the handle of a task holds: it keeps no run alive.
pub(super) struct WeakTasks(Weak<Inner>);

impl WeakTasks {
    pub(super) fn upgrade(&self) -> Option<Tasks> {
        self.0.upgrade().map(Tasks)
    }
}

/// Ends a task without an output, also if its poll or its destructor panics: a host that catches the panic goes on
/// without the task.
struct Ending<'a>(&'a Tasks, TaskId, Phase);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.settle(self.1, None, self.2);
    }
}

/// Drops the rest of the remains when a destructor panics.
struct DropRest<'a>(&'a Tasks);

impl Drop for DropRest<'_> {
    fn drop(&mut self) {
        self.0.0.dropping.set(false);
        self.0.drop_remains();
    }
}

/// Ends the rest of the tasks when a destructor panics at the end of a run.
struct EndRest<'a>(&'a Tasks);

impl Drop for EndRest<'_> {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

/// Marks the running task, also when its poll panics.
struct Entered<'a> {
    inner: &'a Inner,
    outer: Option<Running>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.inner.running.set(self.outer);
        self.inner.ready.set_running(self.outer.map(|outer| outer.task));
    }
}
