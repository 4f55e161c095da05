//! Many futures at once, and their results in the order in which the futures were given.
//!
//! Not for tasks that should go on without the caller: those are spawned. All children run inside the gathering
//! future, on one thread at a time, and end with it.
//!
//! Only children that were woken are polled, first woken first; the idea is that of `FuturesUnordered`, without its
//! habit of waking itself to yield.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::poll_fn,
    iter::Fuse,
    mem,
    num::NonZeroUsize,
    ops::ControlFlow,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use super::lock::lock;

/// Runs all `futures` and gives their results in input order.
///
/// - First polls are in input order. A child that fails its caller in some way (an error is a result here) stops
///   no other; see [`try_gather`] for that.
/// - **Fairness**: a child is polled only when it was woken, first woken first; one that wakes itself waits for its
///   next turn, so that it starves neither the others nor whatever runs beside them.
/// - **Cancel**: dropping it drops every child.
/// - **Cost**: linear in the number of children plus the number of wake-ups; two allocations per child.
/// - **Not for** work that should go on without the caller, or on several threads: spawn that.
///
/// ```
/// use async_playground::patterns::gather;
///
/// # futures::executor::block_on(async {
/// let squares = gather((1..=3).map(|n| async move { n * n })).await;
/// assert_eq!(squares, [1, 4, 9]);
/// # });
/// ```
pub fn gather<I>(futures: I) -> impl Future<Output = Vec<<I::Item as Future>::Output>> + use<I>
where
    I: IntoIterator<Item: Future>,
{
    gather_limited(NonZeroUsize::MAX, futures)
}

/// As [`gather`], with at most `limit` children at a time. The next is taken from `futures`, and started, when one
/// has ended.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use async_playground::patterns::gather_limited;
/// use async_playground::runtime::{Clock, Order, Simulation};
/// use std::time::Duration;
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
pub async fn gather_limited<I>(limit: NonZeroUsize, futures: I) -> Vec<<I::Item as Future>::Output>
where
    I: IntoIterator<Item: Future>,
{
    match conduct(limit, futures, ControlFlow::<Infallible, _>::Continue).await {
        Ok(results) => results,
    }
}

/// As [`gather`], for futures that may fail: the first error, in time, is the result.
///
/// # Errors
///
/// The error of the child that failed first. All others have been dropped before it is returned.
///
/// ```
/// use async_playground::patterns::try_gather;
///
/// # futures::executor::block_on(async {
/// let halves = |numbers: [u32; 3]| {
///     try_gather(numbers.map(|n| async move { if n % 2 == 0 { Ok(n / 2) } else { Err(n) } }))
/// };
/// assert_eq!(halves([2, 4, 6]).await, Ok(vec![1, 2, 3]));
/// assert_eq!(halves([2, 3, 5]).await, Err(3));
/// # });
/// ```
pub async fn try_gather<I, T, E>(futures: I) -> Result<Vec<T>, E>
where
    I: IntoIterator<Item: Future<Output = Result<T, E>>>,
{
    conduct(NonZeroUsize::MAX, futures, |result| match result {
        Ok(value) => ControlFlow::Continue(value),
        Err(error) => ControlFlow::Break(error),
    })
    .await
}

/// As [`gather`], for futures that may fail: the outcome of each, so that no error hides another's outcome.
///
/// ```
/// use async_playground::patterns::settle;
///
/// # futures::executor::block_on(async {
/// let outcomes = settle([2, 3].map(|n| async move { if n % 2 == 0 { Ok(n) } else { Err("odd") } })).await;
/// assert_eq!(outcomes, [Ok(2), Err("odd")]);
/// # });
/// ```
pub fn settle<I, T, E>(futures: I) -> impl Future<Output = Vec<Result<T, E>>> + use<I, T, E>
where
    I: IntoIterator<Item: Future<Output = Result<T, E>>>,
{
    gather(futures)
}

/// Runs the futures until all are done or one's output breaks off. The children are dropped before it returns.
async fn conduct<I, T, B>(
    limit: NonZeroUsize,
    futures: I,
    judge: impl Fn(<I::Item as Future>::Output) -> ControlFlow<B, T>,
) -> Result<Vec<T>, B>
where
    I: IntoIterator<Item: Future>,
{
    let mut crew = Crew::new(limit.get(), futures.into_iter().fuse());
    let mut results: Vec<Option<T>> = Vec::new();
    let outcome = poll_fn(|cx| {
        crew.poll(cx, |index, output| {
            let result = match judge(output) {
                ControlFlow::Continue(result) => result,
                ControlFlow::Break(reason) => return ControlFlow::Break(reason),
            };
            if results.len() <= index {
                results.resize_with(index + 1, || None);
            }
            if let Some(place) = results.get_mut(index) {
                *place = Some(result);
            }
            ControlFlow::Continue(())
        })
    })
    .await;
    drop(crew);
    match outcome {
        ControlFlow::Continue(()) => Ok(results.into_iter().flatten().collect()),
        ControlFlow::Break(reason) => Err(reason),
    }
}

struct Crew<I: Iterator<Item: Future>> {
    limit: usize,
    waiting: Fuse<I>,
    /// By index of input; `None` once done.
    members: Vec<Option<Member<I::Item>>>,
    at_work: usize,
    bell: Arc<Bell>,
    /// The members to poll now; kept for its memory.
    round: VecDeque<usize>,
}

struct Member<F> {
    future: Pin<Box<F>>,
    call: Arc<Call>,
}

/// Who has been woken, and whom to tell.
#[derive(Default)]
struct Bell(Mutex<Rung>);

#[derive(Default)]
struct Rung {
    by: VecDeque<usize>,
    /// Taken at the first ring after a poll: the parent needs to be told but once.
    parent: Option<Waker>,
}

struct Call {
    index: usize,
    /// Whether it is in the queue, so that many wake-ups make one poll.
    rung: AtomicBool,
    bell: Arc<Bell>,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            let mut rung = lock(&self.bell.0);
            rung.by.push_back(self.index);
            let parent = rung.parent.take();
            drop(rung);
            if let Some(parent) = parent {
                parent.wake();
            }
        }
    }
}

impl<I: Iterator<Item: Future>> Crew<I> {
    fn new(limit: usize, waiting: Fuse<I>) -> Self {
        Self { limit, waiting, members: Vec::new(), at_work: 0, bell: Arc::default(), round: VecDeque::new() }
    }

    /// Ready when all are done, or at the first `Break`.
    fn poll<B>(
        &mut self,
        cx: &mut Context<'_>,
        mut done: impl FnMut(usize, <I::Item as Future>::Output) -> ControlFlow<B>,
    ) -> Poll<ControlFlow<B>> {
        // Only those rung by now have a turn in this poll. One that rings meanwhile wakes the parent, so that
        // members that wake themselves do not keep it here for ever.
        let mut rung = lock(&self.bell.0);
        mem::swap(&mut self.round, &mut rung.by);
        let replaced = rung.parent.replace(cx.waker().clone());
        drop(rung);
        drop(replaced);
        loop {
            self.start();
            let Some(index) = self.round.pop_front() else { break };
            let Some(place) = self.members.get_mut(index) else { continue };
            let Some(member) = place else { continue };
            // Not a store, which would read nothing of a ring that came before it and had no effect: what was done
            // before that ring is for this poll to see.
            member.call.rung.swap(false, Ordering::AcqRel);
            let waker = Waker::from(Arc::clone(&member.call));
            if let Poll::Ready(output) = member.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                *place = None;
                self.at_work -= 1;
                if let ControlFlow::Break(reason) = done(index, output) {
                    return Poll::Ready(ControlFlow::Break(reason));
                }
            }
        }
        if self.at_work == 0 { Poll::Ready(ControlFlow::Continue(())) } else { Poll::Pending }
    }

    fn start(&mut self) {
        while self.at_work < self.limit
            && let Some(future) = self.waiting.next()
        {
            let index = self.members.len();
            let call = Arc::new(Call { index, rung: AtomicBool::new(true), bell: Arc::clone(&self.bell) });
            self.members.push(Some(Member { future: Box::pin(future), call }));
            self.round.push_back(index);
            self.at_work += 1;
        }
    }
}
