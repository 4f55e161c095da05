//! Tasks that outlive the request that started them, and a shutdown that waits for them.
//!
//! ```
//! use std::time::Duration;
//!
//! use async_playground::{
//!     patterns::background::{BackgroundTasks, Drained},
//!     runtime::{Clock, Order, Simulation},
//! };
//!
//! let mut sim = Simulation::new(Order::fifo());
//! let clock = sim.clock();
//! let tasks = BackgroundTasks::new(sim.tasks(), clock.clone());
//! let drained = sim.block_on(async move {
//!     for millis in [100, 900] {
//!         let sending = clock.sleep(Duration::from_millis(millis));
//!         tasks.spawn("notify", async { Ok::<(), String>(sending.await) }).unwrap();
//!     }
//!     tasks.drain(Duration::from_millis(500)).await
//! })?;
//! assert_eq!(drained, Drained { finished: 1, cancelled: 1, ..Drained::default() });
//! # Ok::<(), async_playground::runtime::Deadlock>(())
//! ```
//!
//! - **Promise**: every task is counted exactly once when it ends, after its future has been dropped. A task that fails
//!   or panics does not affect the others. A task that nothing can wake lives as long as the tracker or one of its drains.
//!   (Python's event loop holds its tasks weakly, and they may vanish: cpython#117379.) After that the executor alone owns
//!   the tasks, and they continue.
//! - **Cancel**: a dropped [`drain`](BackgroundTasks::drain) cancels no task; the tracker stays closed, and another drain
//!   may follow. Cancelling a task means that it is woken and drops its future when the executor next polls it.
//! - **Fairness**: the executor's. All drains are woken by the end of the last task.
//! - **Cost**: one allocation per task beside the executor's own, and O(1) at start and end.
//! - **Not for** work whose result somebody waits for: that is [`gather`](super::gather()). Nor for work that must survive
//!   the process: that needs a queue. Nor for a drain inside one of the tracked tasks: it waits for itself, and is
//!   cancelled with the others at the limit; without one, a deadlock on simulated time says so.
//!
//! `close` and `drain` follow tokio-util's `TaskTracker`.

use std::{
    borrow::Cow,
    error, fmt, mem,
    pin::Pin,
    ptr,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{
    inside::{self, Entered, SelfAware},
    list::{Key, List},
    lock::lock,
    timeout::timeout_at,
    wait_queue::{Granter, Wait, WaitQueue, Wakers},
};
use crate::runtime::{Clock, Spawn};

/// The error of [`BackgroundTasks::spawn`]: the tracker is closed. The future has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TasksClosed;

impl fmt::Display for TasksClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the background tasks are closed")
    }
}

impl error::Error for TasksClosed {}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskOutcome {
    /// It returned `Ok`.
    Finished,
    /// It returned an error, with this text.
    Failed(String),
    /// It panicked, and the executor dropped it.
    Panicked,
    /// It was dropped before its end, by the tracker at a deadline or by the executor.
    Cancelled,
}

/// The end of a task, as the observer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskEnd {
    /// The name with which it was spawned.
    pub name: Cow<'static, str>,
    /// How it ended.
    pub outcome: TaskOutcome,
}

/// A snapshot of a tracker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The tasks that have not ended.
    pub running: usize,
    /// The ends of all tasks so far.
    pub ended: Drained,
    /// Whether the tracker is closed.
    pub closed: bool,
}

/// The ends of all tasks since the tracker was made, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// The tasks that returned `Ok`.
    pub finished: u64,
    /// The tasks that returned an error.
    pub failed: u64,
    /// The tasks that panicked.
    pub panicked: u64,
    /// The tasks that were dropped before their end.
    pub cancelled: u64,
}

/// Starts tasks, and counts and reports how each of them ends.
#[derive(Debug)]
pub struct BackgroundTasks<S, C, O = fn(&TaskEnd)> {
    spawner: S,
    clock: C,
    shared: Owner<O>,
}

struct Shared<O> {
    state: Mutex<State>,
    observer: O,
}

/// The tracker or a drain. The last of them to be dropped forgets the wakers of the tasks: on some executors a task belongs
/// to its wakers, and would never be dropped if it could only wake itself.
#[derive(Debug)]
struct Owner<O>(Arc<Shared<O>>);

impl<O> Owner<O> {
    fn new(shared: Arc<Shared<O>>) -> Self {
        lock(&shared.state).owners += 1;
        Self(shared)
    }
}

impl<O> Drop for Owner<O> {
    fn drop(&mut self) {
        let _unneeded = lock(&self.0.state).disown();
    }
}

impl<S, C: Clock> BackgroundTasks<S, C> {
    /// A tracker without an observer.
    pub fn new(spawner: S, clock: C) -> Self {
        Self::observed(spawner, clock, |_| ())
    }
}

impl<S, C: Clock, O: Fn(&TaskEnd)> BackgroundTasks<S, C, O> {
    /// A tracker that calls `observer` at the end of each task, in the task, after its future has been dropped and before
    /// it is counted.
    pub fn observed(spawner: S, clock: C, observer: O) -> Self {
        let shared = Shared { state: Mutex::new(State::default()), observer };
        Self { spawner, clock, shared: Owner::new(Arc::new(shared)) }
    }

    /// Starts a task.
    ///
    /// # Errors
    ///
    /// [`TasksClosed`] once the tracker is closed.
    pub fn spawn<F, E>(&self, name: impl Into<Cow<'static, str>>, future: F) -> Result<(), TasksClosed>
    where
        F: Future<Output = Result<(), E>>,
        E: fmt::Display,
        S: Spawn<Tracked<F, O>>,
    {
        // Converted before the task counts as running, since the conversion may panic.
        let name = name.into();
        let shared = Arc::clone(&self.shared.0);
        let key = lock(&shared.state).start()?;
        self.spawner.spawn(Tracked { future: Some(Box::pin(future)), name, key, in_poll: false, shared });
        Ok(())
    }

    /// Refuses new tasks from now on. Running tasks continue.
    pub fn close(&self) {
        lock(&self.shared.0.state).status.closed = true;
    }

    /// A snapshot of the tracker.
    pub fn status(&self) -> Status {
        lock(&self.shared.0.state).status
    }

    /// Closes, waits for the running tasks for at most `limit` from this call, and cancels those that are left.
    ///
    /// When it is done no task's future exists any more. A limit of zero cancels immediately; a very large one waits
    /// for all. If the executor has stopped polling, the drain waits until the executor drops its tasks.
    pub fn drain(&self, limit: Duration) -> impl Future<Output = Drained> + use<S, C, O> {
        self.close();
        let (clock, owner) = (self.clock.clone(), Owner::new(Arc::clone(&self.shared.0)));
        let deadline = clock.now().after(limit);
        async move {
            let shared = &owner.0;
            let idle =
                || SelfAware::new(Wait::new(&shared.state, ()), || inside::depth(shared.address()) > 0);
            if timeout_at(&clock, deadline, idle()).await.is_err() {
                let wakers = lock(&shared.state).cancel();
                wakers.wake();
                idle().await;
            }
            lock(&shared.state).status.ended
        }
    }
}

impl<O> Shared<O> {
    /// Identifies the tracker.
    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }
}

impl<O> fmt::Debug for Shared<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Formatted without the lock: the writer is the user's.
        let status = lock(&self.state).status;
        status.fmt(f)
    }
}

/// A task as the spawner gets it. It is `Send` if its future is and the observer is `Send` and `Sync`.
#[must_use = "a task that is not spawned counts as cancelled"]
pub struct Tracked<F, O: Fn(&TaskEnd)> {
    /// `None` once it has ended.
    future: Option<Pin<Box<F>>>,
    name: Cow<'static, str>,
    /// Its place among the running tasks.
    key: Key,
    /// Still set when this is dropped only if a poll has panicked.
    in_poll: bool,
    shared: Arc<Shared<O>>,
}

impl<F, O: Fn(&TaskEnd)> Tracked<F, O> {
    /// The name with which it was spawned, for spawners that name their tasks.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn end(&mut self, outcome: TaskOutcome) {
        if let Some(future) = self.future.take() {
            let end = TaskEnd { name: mem::take(&mut self.name), outcome };
            let counted = Counted { shared: &self.shared, key: self.key, end };
            drop(future);
            (self.shared.observer)(&counted.end);
        }
    }
}

impl<F, E, O> Future for Tracked<F, O>
where
    F: Future<Output = Result<(), E>>,
    E: fmt::Display,
    O: Fn(&TaskEnd),
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let Some(future) = &mut this.future else { return Poll::Ready(()) };
        let listening = lock(&this.shared.state).listen(this.key, cx.waker());
        let outcome = match listening {
            Listening::Cancelled => TaskOutcome::Cancelled,
            Listening::Continue(replaced) => {
                drop(replaced);
                this.in_poll = true;
                let entered = Entered::new(this.shared.address());
                let outcome = future.as_mut().poll(cx).map(|result| match result {
                    Ok(()) => TaskOutcome::Finished,
                    Err(error) => TaskOutcome::Failed(error.to_string()),
                });
                drop(entered);
                this.in_poll = false;
                match outcome {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(outcome) => outcome,
                }
            }
        };
        this.end(outcome);
        Poll::Ready(())
    }
}

impl<F, O: Fn(&TaskEnd)> Drop for Tracked<F, O> {
    fn drop(&mut self) {
        self.end(if self.in_poll { TaskOutcome::Panicked } else { TaskOutcome::Cancelled });
    }
}

impl<F, O: Fn(&TaskEnd)> fmt::Debug for Tracked<F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Counts an end when dropped, so also when the future's destructor or the observer panics: a task that is never counted
/// would keep a drain waiting for ever.
struct Counted<'a, O> {
    shared: &'a Shared<O>,
    key: Key,
    end: TaskEnd,
}

impl<O> Drop for Counted<'_, O> {
    fn drop(&mut self) {
        let (waker, wakers) = lock(&self.shared.state).end(self.key, &self.end.outcome);
        drop(waker);
        wakers.wake();
    }
}

/// The state machine: no lock, no future, no waking.
#[derive(Default)]
struct State {
    status: Status,
    /// The running tasks in order of spawning, with their wakers once polled.
    tasks: List<Option<Waker>>,
    /// Whether the running tasks are to end at their next poll.
    cancelling: bool,
    /// The drains.
    queue: WaitQueue<(), ()>,
    /// The tracker, and the drains that have not ended.
    owners: usize,
}

enum Listening {
    /// With the waker that was replaced, to be dropped without the lock.
    Continue(Option<Waker>),
    Cancelled,
}

impl State {
    fn start(&mut self) -> Result<Key, TasksClosed> {
        if self.status.closed {
            return Err(TasksClosed);
        }
        self.status.running += 1;
        Ok(self.tasks.push_back(None))
    }

    /// Stores `waker`, which is woken by a cancel, as long as there may be one.
    fn listen(&mut self, task: Key, waker: &Waker) -> Listening {
        match self.tasks.get_mut(task) {
            _ if self.cancelling => Listening::Cancelled,
            _ if self.owners == 0 => Listening::Continue(None),
            Some(Some(current)) if current.will_wake(waker) => Listening::Continue(None),
            Some(current) => Listening::Continue(current.replace(waker.clone())),
            None => Listening::Continue(None),
        }
    }

    /// Returns the task's waker, to be dropped without the lock, and those of the drains if it was the last task.
    fn end(&mut self, task: Key, outcome: &TaskOutcome) -> (Option<Waker>, Wakers) {
        let Some(waker) = self.tasks.remove(task) else { return (None, Wakers::default()) };
        self.status.running -= 1;
        let ended = &mut self.status.ended;
        *match outcome {
            TaskOutcome::Finished => &mut ended.finished,
            TaskOutcome::Failed(_) => &mut ended.failed,
            TaskOutcome::Panicked => &mut ended.panicked,
            TaskOutcome::Cancelled => &mut ended.cancelled,
        } += 1;
        let drains = if self.tasks.len() == 0 { self.queue.grant_all(|| ()) } else { Wakers::default() };
        (waker, drains)
    }

    fn cancel(&mut self) -> Wakers {
        self.cancelling = true;
        self.take_wakers()
    }

    /// Returns the wakers of all tasks after the last owner, to be dropped without the lock.
    fn disown(&mut self) -> Option<Wakers> {
        self.owners -= 1;
        (self.owners == 0).then(|| self.take_wakers())
    }

    fn take_wakers(&mut self) -> Wakers {
        let mut wakers = Wakers::default();
        let mut next = self.tasks.front();
        while let Some(task) = next {
            next = self.tasks.next(task);
            if let Some(waker) = self.tasks.get_mut(task).and_then(Option::take) {
                wakers.push(waker);
            }
        }
        wakers
    }
}

impl Granter for State {
    type Need = ();
    type Grant = ();

    fn queue(&mut self) -> &mut WaitQueue<(), ()> {
        &mut self.queue
    }

    fn try_grant(&mut self, (): ()) -> Option<()> {
        (self.tasks.len() == 0).then_some(())
    }

    fn give_up(&mut self, (): (), _: Option<()>) -> Wakers {
        Wakers::default()
    }
}
