//! The run queue: the tasks to be polled.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::{Wake, Waker},
};

use super::{TaskId, order::Turns};

/// The queue as the tasks' own thread sees it. A lock is taken only when something was woken.
pub(super) struct Ready {
    tasks: RefCell<VecDeque<Arc<TaskWaker>>>,
    woken: Arc<Woken>,
    /// Whether a host has left its waker.
    idle: Cell<bool>,
}

/// Receives wake-ups from any thread.
struct Woken {
    queue: Mutex<Queue>,
    /// Whether there is something to fetch; set under the lock.
    any: AtomicBool,
    /// The running task, to which wake-ups are attributed, including those from another thread at that time.
    running: AtomicU32,
}

/// Means no task: a run has fewer tasks.
const NO_TASK: u32 = u32::MAX;

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Arc<TaskWaker>>,
    host: Option<Waker>,
    /// After the end of the run wake-ups are ignored, so that the queue holds no waker that holds the queue.
    closed: bool,
}

impl Default for Ready {
    fn default() -> Self {
        let (queue, any) = Default::default();
        let woken = Woken { queue, any, running: AtomicU32::new(NO_TASK) };
        Self { tasks: RefCell::default(), woken: Arc::new(woken), idle: Cell::new(false) }
    }
}

impl Woken {
    fn with<T>(&self, f: impl FnOnce(&mut Queue) -> T) -> T {
        f(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, task: Arc<TaskWaker>) {
        let host = self.with(|queue| {
            if queue.closed {
                return None;
            }
            queue.tasks.push_back(task);
            self.any.store(true, Ordering::Release);
            queue.host.take()
        });
        if let Some(host) = host {
            host.wake();
        }
    }
}

/// The waker of a task, and its entry in the queue.
pub(super) struct TaskWaker {
    pub(super) id: TaskId,
    /// Whether the task is in the queue, so that many wake-ups cause one poll.
    queued: AtomicBool,
    /// The task that put it there.
    woken_by: AtomicU32,
    woken: Arc<Woken>,
}

impl TaskWaker {
    /// Begins a poll: from here on a wake-up means another one. Returns the task that caused this poll, unless it was
    /// the clock or something outside.
    pub(super) fn begin(&self) -> Option<TaskId> {
        let by = self.woken_by.load(Ordering::Relaxed);
        // A swap and not a store: a wake-up that found the task queued already had no effect of its own, and what was
        // done before it must be visible to this poll.
        self.queued.swap(false, Ordering::AcqRel);
        (by != NO_TASK).then_some(TaskId(by))
    }

    /// Whether the task was not queued before.
    fn enqueue(&self) -> bool {
        let enqueued = !self.queued.swap(true, Ordering::AcqRel);
        if enqueued {
            // Published with the queue, under its lock.
            self.woken_by.store(self.woken.running.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        enqueued
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if self.enqueue() {
            self.woken.clone().push(self);
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.enqueue() {
            self.woken.push(self.clone());
        }
    }
}

impl Ready {
    /// Says which task is running.
    pub(super) fn set_running(&self, task: Option<TaskId>) {
        self.woken.running.store(task.map_or(NO_TASK, |task| task.0), Ordering::Relaxed);
    }

    /// Adds a new task, behind all that were woken before.
    pub(super) fn push(&self, id: TaskId) {
        self.fetch();
        let by = self.woken.running.load(Ordering::Relaxed);
        let (queued, woken_by) = (AtomicBool::new(true), AtomicU32::new(by));
        let task = TaskWaker { id, queued, woken_by, woken: self.woken.clone() };
        self.tasks.borrow_mut().push_back(Arc::new(task));
        if self.idle.get() {
            self.wake_host();
        }
    }

    pub(super) fn take(&self, turns: &mut Turns) -> Option<Arc<TaskWaker>> {
        self.fetch();
        turns.take(&mut self.tasks.borrow_mut())
    }

    /// Whether nothing is ready; if so, `host` is woken when something becomes so.
    pub(super) fn is_idle(&self, host: &Waker) -> bool {
        if !self.tasks.borrow().is_empty() {
            return false;
        }
        // Dropping a waker may wake a task, so it happens after the lock is released.
        let (idle, _replaced) = self.woken.with(|queue| {
            let idle = queue.tasks.is_empty();
            let known = queue.host.as_ref().is_some_and(|known| known.will_wake(host));
            (idle, if idle && !known { queue.host.replace(host.clone()) } else { None })
        });
        self.idle.set(idle);
        idle
    }

    pub(super) fn wake_host(&self) {
        self.idle.set(false);
        if let Some(host) = self.woken.with(|queue| queue.host.take()) {
            host.wake();
        }
    }

    /// Empties the queue for good.
    pub(super) fn close(&self) {
        self.woken.with(|queue| queue.closed = true);
        self.fetch();
        while self.tasks.borrow_mut().pop_front().is_some() {}
    }

    fn fetch(&self) {
        if self.woken.any.load(Ordering::Acquire) {
            let mut tasks = self.tasks.borrow_mut();
            self.woken.with(|queue| {
                self.woken.any.store(false, Ordering::Relaxed);
                while let Some(task) = queue.tasks.pop_front() {
                    tasks.push_back(task);
                }
            });
        }
    }
}
