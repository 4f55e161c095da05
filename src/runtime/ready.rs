//! The run queue: which tasks are to be polled.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
};

use super::{TaskId, order::Turns};

/// The queue as the tasks' own thread sees it. To take from it costs no lock, only to see that something was woken.
#[derive(Default)]
pub(super) struct Ready {
    tasks: RefCell<VecDeque<Arc<TaskWaker>>>,
    woken: Arc<Woken>,
    /// Whether the host has left its waker.
    idle: Cell<bool>,
}

/// Where wake-ups come in, from any thread.
#[derive(Default)]
struct Woken {
    queue: Mutex<Queue>,
    /// Whether there is something to fetch; set under the lock.
    any: AtomicBool,
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Arc<TaskWaker>>,
    host: Option<Waker>,
    /// After shutdown late wake-ups are ignored, and the queue holds nothing that holds the queue.
    closed: bool,
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

/// A task's place in the queue, which its wakers share.
pub(super) struct TaskWaker {
    pub(super) id: TaskId,
    /// Whether the task is in the queue, so that many wake-ups make one poll.
    queued: AtomicBool,
    woken: Arc<Woken>,
}

impl TaskWaker {
    /// From here on a wake-up means another poll.
    pub(super) fn begin(&self) {
        // Not a store, which would read nothing of a wake-up that came before it and had no effect: what was done
        // before that wake-up is for this poll to see.
        self.queued.swap(false, Ordering::AcqRel);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.woken.clone().push(self);
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.woken.push(self.clone());
        }
    }
}

impl Ready {
    /// A new task, to be polled after all that were woken before.
    pub(super) fn push(&self, id: TaskId) {
        self.fetch();
        let task = TaskWaker { id, queued: AtomicBool::new(true), woken: self.woken.clone() };
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
        // The waker that this replaces is dropped without the lock: that may wake a task.
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

    /// Forgets all, and takes in no more.
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
