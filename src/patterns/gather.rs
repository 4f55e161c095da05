//! Many futures at the same time, with their results in input order.
//!
//! ```
//! use async_playground::patterns::gather::{gather, settle, try_gather};
//!
//! # futures::executor::block_on(async {
//! let squares = gather((1..=3).map(|n| async move { n * n })).await;
//! assert_eq!(squares, [1, 4, 9]);
//!
//! let half = |n| async move { if n % 2 == 0 { Ok(n / 2) } else { Err(n) } };
//! assert_eq!(try_gather([2, 4].map(half)).await, Ok(vec![1, 2]));
//! assert_eq!(try_gather([2, 3].map(half)).await, Err(3), "the first error ends all");
//! assert_eq!(settle([2, 3].map(half)).await, [Ok(1), Err(3)], "each outcome");
//! # });
//! ```
//!
//! - **Promise**: results are in input order; so are the first polls. Under a limit the next future is taken from the input
//!   when the destructor of one before it has ended.
//! - **Cancel**: dropping the gathering future drops every child.
//! - **Fairness**: a child is polled only when it was woken, first woken first. One that wakes itself waits for its next
//!   turn, so that it starves neither the others nor what runs beside them.
//! - **Cost**: linear in the number of children plus the number of wake-ups; two allocations per child.
//! - **Not for** work that should continue without the caller, or on several threads: spawn that. All children run inside
//!   the gathering future, on one thread at a time, and end with it.
//!
//! The idea is that of `FuturesUnordered`, without its habit of waking itself to yield.

use std::{
    collections::VecDeque,
    convert::Infallible,
    fmt,
    iter::Fuse,
    mem,
    num::NonZeroUsize,
    ops::ControlFlow,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker, ready},
};

use super::lock::lock;

/// Runs all `futures` and returns their outputs in input order.
///
/// An error is an output like any other: see [`try_gather`] to stop at the first one.
pub fn gather<I: IntoIterator<Item: Future>>(futures: I) -> Gather<I::IntoIter> {
    gather_limited(NonZeroUsize::MAX, futures)
}

/// As [`gather`], with at most `limit` children at a time. The next one is taken from `futures`, and started, when one
/// has ended.
///
/// ```
/// use std::{num::NonZeroUsize, time::Duration};
///
/// use async_playground::{
///     patterns::gather_limited,
///     runtime::{Clock, Order, Simulation},
/// };
///
/// let mut sim = Simulation::new(Order::fifo());
/// let clock = sim.clock();
/// let pages = sim.block_on(async move {
///     let page = |n: u32| {
///         let clock = &clock;
///         async move {
///             clock.sleep(Duration::from_millis(10)).await;
///             n
///         }
///     };
///     gather_limited(NonZeroUsize::MIN.saturating_add(1), (1..=5).map(page)).await
/// })?;
/// assert_eq!((pages, sim.now().as_millis()), (vec![1, 2, 3, 4, 5], 30.0));
/// # Ok::<(), async_playground::runtime::Deadlock>(())
/// ```
pub fn gather_limited<I: IntoIterator<Item: Future>>(limit: NonZeroUsize, futures: I) -> Gather<I::IntoIter> {
    Gather { children: Some(Children::new(limit.get(), futures)), results: Results(Vec::new()) }
}

/// As [`gather`], for futures that may fail: the first error, in time, is the result.
///
/// # Errors
///
/// The error of the child that failed first. All others have been dropped before it is returned.
pub fn try_gather<I, T, E>(futures: I) -> TryGather<I::IntoIter, T>
where
    I: IntoIterator<Item: Future<Output = Result<T, E>>>,
{
    TryGather { children: Some(Children::new(usize::MAX, futures)), results: Results(Vec::new()) }
}

/// As [`gather`], for futures that may fail: the outcome of each, so that no error hides another outcome.
pub fn settle<I, T, E>(futures: I) -> Gather<I::IntoIter>
where
    I: IntoIterator<Item: Future<Output = Result<T, E>>>,
{
    gather(futures)
}

/// The future of [`gather`], [`gather_limited`] and [`settle`].
#[must_use = "a future does nothing until it is awaited"]
pub struct Gather<I: Iterator<Item: Future>> {
    /// `None` once it is done: the children are dropped before the results are seen.
    children: Option<Children<I>>,
    results: Results<<I::Item as Future>::Output>,
}

/// The future of [`try_gather`].
#[must_use = "a future does nothing until it is awaited"]
pub struct TryGather<I: Iterator<Item: Future>, T> {
    /// `None` once it is done: the children are dropped before the result is seen.
    children: Option<Children<I>>,
    results: Results<T>,
}

/// Each child has a box of its own, so nothing is pinned in place.
impl<I: Iterator<Item: Future>> Unpin for Gather<I> {}
impl<I: Iterator<Item: Future>, T> Unpin for TryGather<I, T> {}

impl<I: Iterator<Item: Future>> Future for Gather<I> {
    type Output = Vec<<I::Item as Future>::Output>;

    /// Polled again after it was ready, it stays pending.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { children, results } = &mut *self;
        let Some(running) = children else { return Poll::Pending };
        let ControlFlow::Continue(()) = ready!(running.poll(cx, |index, output| {
            results.put(index, output);
            ControlFlow::<Infallible>::Continue(())
        }));
        *children = None;
        Poll::Ready(results.take())
    }
}

impl<I: Iterator<Item: Future<Output = Result<T, E>>>, T, E> Future for TryGather<I, T> {
    type Output = Result<Vec<T>, E>;

    /// Polled again after it was ready, it stays pending.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { children, results } = &mut *self;
        let Some(running) = children else { return Poll::Pending };
        let end = ready!(running.poll(cx, |index, output| match output {
            Ok(value) => {
                results.put(index, value);
                ControlFlow::Continue(())
            }
            Err(error) => ControlFlow::Break(error),
        }));
        *children = None;
        let values = results.take();
        Poll::Ready(match end {
            ControlFlow::Continue(()) => Ok(values),
            ControlFlow::Break(error) => Err(error),
        })
    }
}

impl<I: Iterator<Item: Future>> fmt::Debug for Gather<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather").field("done", &self.children.is_none()).finish_non_exhaustive()
    }
}

impl<I: Iterator<Item: Future>, T> fmt::Debug for TryGather<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryGather").field("done", &self.children.is_none()).finish_non_exhaustive()
    }
}

/// The results so far, by index of input.
struct Results<T>(Vec<Option<T>>);

impl<T> Results<T> {
    fn put(&mut self, index: usize, result: T) {
        if self.0.len() <= index {
            self.0.resize_with(index + 1, || None);
        }
        if let Some(slot) = self.0.get_mut(index) {
            *slot = Some(result);
        }
    }

    fn take(&mut self) -> Vec<T> {
        mem::take(&mut self.0).into_iter().flatten().collect()
    }
}

struct Children<I: Iterator<Item: Future>> {
    limit: usize,
    /// The input that has not been started.
    input: Fuse<I>,
    /// By index of input; `None` once done.
    started: Vec<Option<Child<I::Item>>>,
    running: usize,
    woken: Arc<Woken>,
    /// The children to poll now; kept for its memory.
    round: VecDeque<usize>,
}

struct Child<F> {
    future: Pin<Box<F>>,
    waker: Arc<ChildWaker>,
}

/// The children that were woken, and the parent's waker.
#[derive(Default)]
struct Woken(Mutex<WokenState>);

#[derive(Default)]
struct WokenState {
    queue: VecDeque<usize>,
    /// Taken by the first wake-up after a poll: the parent need be woken only once.
    parent: Option<Waker>,
}

struct ChildWaker {
    index: usize,
    /// Whether the child is in the queue, so that many wake-ups cause one poll.
    queued: AtomicBool,
    woken: Arc<Woken>,
}

impl Wake for ChildWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let mut woken = lock(&self.woken.0);
            woken.queue.push_back(self.index);
            let parent = woken.parent.take();
            drop(woken);
            if let Some(parent) = parent {
                parent.wake();
            }
        }
    }
}

impl<I: Iterator<Item: Future>> Children<I> {
    fn new(limit: usize, futures: impl IntoIterator<IntoIter = I>) -> Self {
        let (input, woken) = (futures.into_iter().fuse(), Arc::default());
        Self { limit, input, started: Vec::new(), running: 0, woken, round: VecDeque::new() }
    }

    /// Passes each output to `done`, with its index. Ready when all are done, or at the first `Break`.
    fn poll<B>(
        &mut self,
        cx: &mut Context<'_>,
        mut done: impl FnMut(usize, <I::Item as Future>::Output) -> ControlFlow<B>,
    ) -> Poll<ControlFlow<B>> {
        // Only the children woken so far have a turn in this poll. One that is woken meanwhile wakes the parent, so that
        // children that wake themselves do not keep it here for ever.
        let mut woken = lock(&self.woken.0);
        mem::swap(&mut self.round, &mut woken.queue);
        let replaced = woken.parent.replace(cx.waker().clone());
        drop(woken);
        drop(replaced);
        loop {
            self.start();
            let Some(index) = self.round.pop_front() else { break };
            let Some(slot) = self.started.get_mut(index) else { continue };
            let Some(child) = slot else { continue };
            // A swap, not a store: a wake-up that found it queued had no other effect, and what was written before that
            // wake-up must be visible to this poll.
            child.waker.queued.swap(false, Ordering::AcqRel);
            let waker = Waker::from(Arc::clone(&child.waker));
            if let Poll::Ready(output) = child.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                *slot = None;
                self.running -= 1;
                if let ControlFlow::Break(reason) = done(index, output) {
                    return Poll::Ready(ControlFlow::Break(reason));
                }
            }
        }
        if self.running == 0 { Poll::Ready(ControlFlow::Continue(())) } else { Poll::Pending }
    }

    fn start(&mut self) {
        while self.running < self.limit
            && let Some(future) = self.input.next()
        {
            let index = self.started.len();
            let (queued, woken) = (AtomicBool::new(true), Arc::clone(&self.woken));
            let waker = Arc::new(ChildWaker { index, queued, woken });
            self.started.push(Some(Child { future: Box::pin(future), waker }));
            self.round.push_back(index);
            self.running += 1;
        }
    }
}
