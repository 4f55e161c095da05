//! The run queue: the tasks to be polled.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    mem,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::{Wake, Waker},
};

use super::{Name, Source, TaskId, order::Turns, slots::Job};

/// The queue as the tasks' own thread sees it. A lock is taken only when something was woken.
pub(super) struct Ready {
    tasks: RefCell<VecDeque<Arc<TaskWaker>>>,
    inbox: Arc<Inbox>,
    /// Whether a host has left its waker.
    idle: Cell<bool>,
}

/// Receives wake-ups and new tasks from any thread.
pub(super) struct Inbox {
    queue: Mutex<Queue>,
    /// Whether tasks have been woken; set under the lock.
    any_woken: AtomicBool,
    /// Whether tasks have been sent; set under the lock.
    any_sent: AtomicBool,
    /// The running task, to which wake-ups are attributed, including those from another thread at that time.
    running: AtomicU32,
}

/// Means no task: a run has fewer tasks.
const NO_TASK: u32 = u32::MAX;

/// A new task that comes from a future that is `Send`.
pub(super) struct Sent {
    pub(super) name: Name,
    pub(super) body: Pin<Box<dyn Job + Send>>,
    pub(super) source: Source,
    pub(super) parent: Option<TaskId>,
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Arc<TaskWaker>>,
    sent: Vec<Sent>,
    host: Option<Waker>,
    /// After the end of the run everything is ignored, so that the queue holds no waker that holds the queue.
    closed: bool,
}

impl Default for Ready {
    fn default() -> Self {
        let (queue, any_woken, any_sent) = Default::default();
        let inbox = Inbox { queue, any_woken, any_sent, running: AtomicU32::new(NO_TASK) };
        Self { tasks: RefCell::default(), inbox: Arc::new(inbox), idle: Cell::new(false) }
    }
}

impl Inbox {
    fn with<T>(&self, f: impl FnOnce(&mut Queue) -> T) -> T {
        f(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, task: Arc<TaskWaker>) {
        let host = self.with(|queue| {
            if queue.closed {
                return None;
            }
            queue.tasks.push_back(task);
            self.any_woken.store(true, Ordering::Release);
            queue.host.take()
        });
        if let Some(host) = host {
            host.wake();
        }
    }

    /// Starts a task when the run takes its next step; drops it if the run has ended.
    pub(super) fn send(&self, name: Name, body: Pin<Box<dyn Job + Send>>, source: Source) {
        let sent = Sent { name, body, source, parent: self.running() };
        // A refused task is dropped after the lock is released, because that runs foreign code.
        let (host, _refused) = self.with(|queue| {
            if queue.closed {
                return (None, Some(sent));
            }
            queue.sent.push(sent);
            self.any_sent.store(true, Ordering::Release);
            (queue.host.take(), None)
        });
        if let Some(host) = host {
            host.wake();
        }
    }

    fn running(&self) -> Option<TaskId> {
        match self.running.load(Ordering::Relaxed) {
            NO_TASK => None,
            id => Some(TaskId(id)),
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
    inbox: Arc<Inbox>,
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
            self.woken_by.store(self.inbox.running.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        enqueued
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if self.enqueue() {
            self.inbox.clone().push(self);
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.enqueue() {
            self.inbox.push(self.clone());
        }
    }
}

impl Ready {
    /// Says which task is running.
    pub(super) fn set_running(&self, task: Option<TaskId>) {
        self.inbox.running.store(task.map_or(NO_TASK, |task| task.0), Ordering::Relaxed);
    }

    /// Adds a new task, behind all that were woken before.
    pub(super) fn push(&self, id: TaskId) {
        self.fetch();
        let by = self.inbox.running.load(Ordering::Relaxed);
        let (queued, woken_by) = (AtomicBool::new(true), AtomicU32::new(by));
        let task = TaskWaker { id, queued, woken_by, inbox: self.inbox.clone() };
        self.tasks.borrow_mut().push_back(Arc::new(task));
        if self.idle.get() {
            self.wake_host();
        }
    }

    pub(super) fn take(&self, turns: &mut Turns) -> Option<Arc<TaskWaker>> {
        self.fetch();
        turns.take(&mut self.tasks.borrow_mut())
    }

    /// Gives `look` the ready tasks, the longest ready first, if there are two or more.
    pub(super) fn with_several(&self, look: impl FnOnce(&mut dyn Iterator<Item = TaskId>)) {
        self.fetch();
        let tasks = self.tasks.borrow();
        if tasks.len() > 1 {
            look(&mut tasks.iter().map(|task| task.id));
        }
    }

    /// Whether nothing is ready; if so, `host` is woken when something becomes so.
    pub(super) fn is_idle(&self, host: &Waker) -> bool {
        if !self.tasks.borrow().is_empty() {
            return false;
        }
        // Dropping a waker may wake a task, so it happens after the lock is released.
        let (idle, _replaced) = self.inbox.with(|queue| {
            let idle = queue.tasks.is_empty() && queue.sent.is_empty();
            let known = queue.host.as_ref().is_some_and(|known| known.will_wake(host));
            (idle, if idle && !known { queue.host.replace(host.clone()) } else { None })
        });
        self.idle.set(idle);
        idle
    }

    pub(super) fn wake_host(&self) {
        self.idle.set(false);
        if let Some(host) = self.inbox.with(|queue| queue.host.take()) {
            host.wake();
        }
    }

    /// Whether tasks have been sent that have not started.
    pub(super) fn has_sent(&self) -> bool {
        self.inbox.any_sent.load(Ordering::Acquire)
    }

    /// Takes the tasks that have been sent, in the order in which they were.
    pub(super) fn take_sent(&self) -> Vec<Sent> {
        self.inbox.with(|queue| {
            self.inbox.any_sent.store(false, Ordering::Relaxed);
            mem::take(&mut queue.sent)
        })
    }

    pub(super) fn inbox(&self) -> Arc<Inbox> {
        self.inbox.clone()
    }

    /// Empties the queue for good.
    pub(super) fn close(&self) {
        self.inbox.with(|queue| queue.closed = true);
        drop(self.take_sent());
        self.fetch();
        while self.tasks.borrow_mut().pop_front().is_some() {}
    }

    fn fetch(&self) {
        if self.inbox.any_woken.load(Ordering::Acquire) {
            let mut tasks = self.tasks.borrow_mut();
            self.inbox.with(|queue| {
                self.inbox.any_woken.store(false, Ordering::Relaxed);
                while let Some(task) = queue.tasks.pop_front() {
                    tasks.push_back(task);
                }
            });
        }
    }
}
