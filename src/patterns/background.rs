//! Tasks that outlive the request that started them, and a shutdown that does not lose them.
//!
//! Not for work whose result somebody waits for: that is [`gather`](super::gather()). Nor a queue: what is not done
//! when the process dies is gone.
//!
//! `close` and `drain` follow tokio-util's `TaskTracker`.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    error, fmt,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{
    lock::lock,
    timeout::timeout_at,
    waiters::{Look, Ticket, Waiters, Wakers},
};
use crate::runtime::{Clock, Spawn};

/// The tracker is closed and starts nothing any more. The refused future has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TasksClosed;

impl fmt::Display for TasksClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the background tasks are closed")
    }
}

impl error::Error for TasksClosed {}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskOutcome {
    /// Well.
    Finished,
    /// With an error, and this is what it said.
    Failed(String),
    /// Dropped before its end, by the tracker at a deadline or by the executor.
    Cancelled,
}

/// A task that has ended, as told to the observer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskEnd {
    /// The name under which it was spawned.
    pub name: Cow<'static, str>,
    /// How it ended.
    pub outcome: TaskOutcome,
}

/// How things stand. The counts are of all tasks since the tracker was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TasksStatus {
    /// Still at work.
    pub running: usize,
    /// Ended well.
    pub finished: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Dropped before their end.
    pub cancelled: u64,
    /// Whether nothing starts any more.
    pub closed: bool,
}

/// What a drain leaves behind. The counts are of all tasks since the tracker was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Ended well.
    pub finished: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Dropped before their end.
    pub cancelled: u64,
}

/// Starts tasks and knows of each how it ended.
///
/// - The executor owns the tasks: they run on when their spawner, or this tracker, is dropped. (Python's event
///   loop holds its tasks weakly, and they may vanish: cpython#117379.)
/// - A task that fails touches no other. It is counted, and told to the observer `O`.
/// - **Cancel**: a dropped [`drain`](Self::drain) cancels no task; the tracker stays closed, and another drain may
///   follow. Cancelling a task means that it is woken and drops its future when the executor next polls it.
/// - **Fairness**: the executor's; all who drain are woken by the last task's end.
/// - **Cost**: one allocation a task beside the executor's own, and O(log n) of the running tasks at start and end.
/// - **Not for** work whose result somebody waits for, which [`gather`](super::gather()) does; nor for what must
///   survive the process, which wants a queue.
///
/// ```
/// use async_playground::patterns::{BackgroundTasks, Drained};
/// use async_playground::runtime::{Clock, Order, Simulation};
/// use std::time::Duration;
///
/// let mut sim = Simulation::new(Order::fifo());
/// let clock = sim.clock();
/// let tasks = BackgroundTasks::new(sim.tasks(), clock.clone());
/// let drained = sim.block_on(async move {
///     for millis in [100, 900] {
///         let sending = clock.sleep(Duration::from_millis(millis));
///         tasks.spawn("notify", async { Ok::<(), String>(sending.await) }).unwrap();
///     }
///     tasks.drain(Duration::from_millis(500)).await
/// })?;
/// assert_eq!(drained, Drained { finished: 1, failed: 0, cancelled: 1 });
/// # Ok::<(), async_playground::runtime::Deadlock>(())
/// ```
#[derive(Debug)]
pub struct BackgroundTasks<S, C, O = fn(&TaskEnd)> {
    spawner: S,
    clock: C,
    shared: Arc<Shared<O>>,
}

struct Shared<O> {
    ledger: Mutex<Ledger>,
    observer: O,
}

impl<S, C: Clock> BackgroundTasks<S, C> {
    /// A tracker that tells nobody of its tasks' ends; it counts them.
    pub fn new(spawner: S, clock: C) -> Self {
        Self::observed(spawner, clock, |_| ())
    }
}

impl<S, C: Clock, O: Fn(&TaskEnd)> BackgroundTasks<S, C, O> {
    /// A tracker that tells `observer` of each task's end, in the task, when its future has been dropped and
    /// before it is counted.
    pub fn observed(spawner: S, clock: C, observer: O) -> Self {
        let shared = Shared { ledger: Mutex::new(Ledger::default()), observer };
        Self { spawner, clock, shared: Arc::new(shared) }
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
        // Before the task counts as running: should it panic, none does.
        let name = name.into();
        let id = lock(&self.shared.ledger).start()?;
        let shared = Arc::clone(&self.shared);
        self.spawner.spawn(Tracked { future: Some(Box::pin(future)), name, id, shared });
        Ok(())
    }

    /// Lets nothing start any more. What runs goes on.
    pub fn close(&self) {
        lock(&self.shared.ledger).status.closed = true;
    }

    /// How things stand.
    pub fn status(&self) -> TasksStatus {
        lock(&self.shared.ledger).status
    }

    /// Closes, waits for what is running, for at most `limit` from this call, and cancels what is left.
    ///
    /// When it is done no task's future exists any more. A limit of zero cancels at once; a very large one waits
    /// for all. If the executor has stopped polling, it waits until the executor drops its tasks.
    pub fn drain(&self, limit: Duration) -> impl Future<Output = Drained> + use<S, C, O> {
        self.close();
        let (clock, shared) = (self.clock.clone(), Arc::clone(&self.shared));
        let deadline = clock.now().after(limit);
        async move {
            if timeout_at(&clock, deadline, Idle::new(&shared)).await.is_err() {
                let wakers = lock(&shared.ledger).cancel();
                wakers.wake();
                Idle::new(&shared).await;
            }
            lock(&shared.ledger).drained()
        }
    }
}

impl<O> fmt::Debug for Shared<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not while it is locked: what is written to is the user's.
        let status = lock(&self.ledger).status;
        status.fmt(f)
    }
}

/// A task as it is handed to the spawner. It is `Send` if its future is and the observer is `Send` and `Sync`.
#[must_use = "a task that is not spawned counts as cancelled"]
pub struct Tracked<F, O: Fn(&TaskEnd)> {
    /// Gone once it has ended.
    future: Option<Pin<Box<F>>>,
    name: Cow<'static, str>,
    id: u64,
    shared: Arc<Shared<O>>,
}

impl<F, O: Fn(&TaskEnd)> Tracked<F, O> {
    /// The name under which it was spawned, for spawners that name their tasks.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn end(&mut self, outcome: TaskOutcome) {
        if let Some(future) = self.future.take() {
            let end = TaskEnd { name: std::mem::take(&mut self.name), outcome };
            let counted = Counted { shared: &self.shared, id: self.id, end };
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
        let heard = lock(&this.shared.ledger).listen(this.id, cx.waker());
        let outcome = match heard {
            Heard::Cancel => TaskOutcome::Cancelled,
            Heard::GoOn(replaced) => {
                drop(replaced);
                match future.as_mut().poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Ok(())) => TaskOutcome::Finished,
                    Poll::Ready(Err(error)) => TaskOutcome::Failed(error.to_string()),
                }
            }
        };
        this.end(outcome);
        Poll::Ready(())
    }
}

impl<F, O: Fn(&TaskEnd)> Drop for Tracked<F, O> {
    fn drop(&mut self) {
        self.end(TaskOutcome::Cancelled);
    }
}

impl<F, O: Fn(&TaskEnd)> fmt::Debug for Tracked<F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Counts an end, also when dropping the future or telling the observer panics: a task that is not counted would
/// keep a drain waiting for ever.
struct Counted<'a, O> {
    shared: &'a Shared<O>,
    id: u64,
    end: TaskEnd,
}

impl<O> Drop for Counted<'_, O> {
    fn drop(&mut self) {
        let (waker, wakers) = lock(&self.shared.ledger).end(self.id, &self.end.outcome);
        drop(waker);
        wakers.wake();
    }
}

/// Waits until nothing runs.
struct Idle<'a, O> {
    shared: &'a Shared<O>,
    ticket: Option<Ticket>,
}

impl<'a, O> Idle<'a, O> {
    const fn new(shared: &'a Shared<O>) -> Self {
        Self { shared, ticket: None }
    }
}

impl<O> Future for Idle<'_, O> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut ledger = lock(&self.shared.ledger);
        let ticket = match self.ticket.take() {
            None if ledger.tasks.is_empty() => return Poll::Ready(()),
            None => (ledger.idle.join((), cx.waker().clone()), None),
            Some(ticket) => match ledger.idle.look(ticket, cx.waker()) {
                Look::Served(()) => return Poll::Ready(()),
                Look::Waiting(ticket, replaced) => (ticket, replaced),
            },
        };
        drop(ledger);
        self.ticket = Some(ticket.0);
        Poll::Pending
    }
}

impl<O> Drop for Idle<'_, O> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let left = lock(&self.shared.ledger).idle.leave(ticket);
            drop(left);
        }
    }
}

/// The bookkeeping: no lock, no future, no waking.
struct Ledger {
    status: TasksStatus,
    /// Those that run, in order of spawning, with their wakers once polled.
    tasks: BTreeMap<u64, Option<Waker>>,
    next: u64,
    /// Whether the tasks are to end now.
    cancelling: bool,
    idle: Waiters<(), ()>,
}

enum Heard {
    GoOn(Option<Waker>),
    Cancel,
}

impl Default for Ledger {
    fn default() -> Self {
        let status = TasksStatus::default();
        Self { status, tasks: BTreeMap::new(), next: 0, cancelling: false, idle: Waiters::new() }
    }
}

impl Ledger {
    fn start(&mut self) -> Result<u64, TasksClosed> {
        if self.status.closed {
            return Err(TasksClosed);
        }
        let id = self.next;
        self.next += 1;
        self.tasks.insert(id, None);
        self.status.running += 1;
        Ok(id)
    }

    /// Leaves `waker` to be woken at a cancel. The one it replaces is to be dropped without a lock.
    fn listen(&mut self, id: u64, waker: &Waker) -> Heard {
        match self.tasks.get_mut(&id) {
            _ if self.cancelling => Heard::Cancel,
            Some(Some(mine)) if mine.will_wake(waker) => Heard::GoOn(None),
            Some(mine) => Heard::GoOn(mine.replace(waker.clone())),
            None => Heard::GoOn(None),
        }
    }

    fn end(&mut self, id: u64, outcome: &TaskOutcome) -> (Option<Waker>, Wakers) {
        let mut wakers = Wakers::default();
        let Some(waker) = self.tasks.remove(&id) else { return (None, wakers) };
        self.status.running -= 1;
        match outcome {
            TaskOutcome::Finished => self.status.finished += 1,
            TaskOutcome::Failed(_) => self.status.failed += 1,
            TaskOutcome::Cancelled => self.status.cancelled += 1,
        }
        while self.tasks.is_empty()
            && let Ok(waker) = self.idle.serve(())
        {
            wakers.push(waker);
        }
        (waker, wakers)
    }

    fn cancel(&mut self) -> Wakers {
        self.cancelling = true;
        let mut wakers = Wakers::default();
        self.tasks.values_mut().filter_map(Option::take).for_each(|waker| wakers.push(waker));
        wakers
    }

    const fn drained(&self) -> Drained {
        let TasksStatus { finished, failed, cancelled, .. } = self.status;
        Drained { finished, failed, cancelled }
    }
}
