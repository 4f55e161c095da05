//! A FIFO semaphore: at most a fixed number of permits are out at a time.
//!
//! ```
//! use async_playground::patterns::semaphore::Semaphore;
//!
//! # futures::executor::block_on(async {
//! let tables = Semaphore::new(2);
//! let first = tables.acquire().await?;
//! let second = tables.acquire().await?;
//! assert!(tables.try_acquire().is_err());
//! drop(first);
//! assert_eq!(tables.status().available, 1);
//! # drop(second);
//! # Ok::<(), async_playground::patterns::semaphore::AcquireError>(())
//! # }).unwrap();
//! ```
//!
//! - **Promise**: permits are granted strictly first come, first served. A released permit changes owner in the release
//!   itself, so a newcomer cannot overtake a waiter that has not run yet. A waiter that needs many permits holds up those
//!   behind it, and so is not starved by them.
//! - **Cancel**: dropping an [`Acquire`] at any time leaves the queue, and a permit that was granted but not collected
//!   goes to the next waiter.
//! - **Fairness**: a future that is kept but not polled keeps its place in the queue, and the permit once it is granted,
//!   and so holds up the others. An `acquire` that need not wait does not yield: a loop of them gives no other task a
//!   turn, unless something else in the loop does.
//! - **Cost**: constant time per operation, amortised. While nobody waits nothing is allocated or locked. The queue keeps
//!   its memory. The lock is held for a few instructions, never over an await and never while a task is woken.
//! - **Not for** limiting how many start in a second: that is a [`RateLimiter`](super::RateLimiter). Where one thread has
//!   all the callers and nobody waits, a plain counter is enough.
//!
//! The idea is Dijkstra's; the queue of waiters and the handover at release follow tokio's batch semaphore.

use std::{
    convert::Infallible,
    error, fmt,
    ops::{Deref, DerefMut},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use super::{
    fast_path::{AsNumber, FastPath},
    wait_queue::{Granter, Locked, Wait, WaitQueue, Wakers},
};

/// A fixed number of permits, granted first come, first served.
pub struct Semaphore {
    state: FastPath<State>,
}

/// A snapshot of a semaphore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The number of permits in all.
    pub permits: usize,
    /// The permits that are not out. There may be some while others wait, if the first waiter needs more.
    pub available: usize,
    /// The futures in the queue.
    pub waiting: usize,
    /// Whether [`Semaphore::close`] has been called.
    pub closed: bool,
}

/// The error of an `acquire`: waiting would never succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcquireError {
    /// The semaphore was closed, before the call or during the wait.
    Closed,
    /// The semaphore will never have that many permits.
    TooMany {
        /// The permits requested.
        requested: usize,
        /// The permits that the semaphore has.
        permits: usize,
    },
}

/// The error of a `try_acquire`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TryAcquireError {
    /// Too few permits are available, or others wait already.
    NoPermits,
    /// Waiting would not succeed either.
    Refused(AcquireError),
}

impl fmt::Display for AcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the semaphore is closed"),
            Self::TooMany { requested, permits } => {
                write!(f, "permits requested must be at most {permits}, not {requested}")
            }
        }
    }
}

impl fmt::Display for TryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPermits => f.write_str("no permit is available"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl error::Error for AcquireError {}
impl error::Error for TryAcquireError {}

/// A wait for permits that borrows its semaphore.
pub type Acquire<'a> = AcquireFrom<&'a Semaphore>;
/// A wait for permits that keeps its semaphore alive.
pub type AcquireOwned = AcquireFrom<Arc<Semaphore>>;
/// Permits that borrow their semaphore.
pub type Permit<'a> = PermitOf<&'a Semaphore>;
/// Permits that keep their semaphore alive.
pub type OwnedPermit = PermitOf<Arc<Semaphore>>;

impl Semaphore {
    /// A semaphore with `permits` permits, all available. With zero, every request for one is refused.
    pub const fn new(permits: usize) -> Self {
        Self { state: FastPath::new(State::new(permits)) }
    }

    /// Waits for one permit. It joins the queue at the first poll.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::acquire_many`].
    pub const fn acquire(&self) -> Acquire<'_> {
        self.acquire_many(1)
    }

    /// Waits for `count` permits, granted together. Acquiring zero permits succeeds immediately, unless the semaphore
    /// is closed.
    ///
    /// # Errors
    ///
    /// [`AcquireError::TooMany`] at the first poll if the semaphore has fewer, and [`AcquireError::Closed`] as soon as
    /// it is closed.
    pub const fn acquire_many(&self, count: usize) -> Acquire<'_> {
        AcquireFrom { wait: Wait::new(self, count) }
    }

    /// As [`Semaphore::acquire`], with a permit that can be moved into a task.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::acquire_many`].
    pub fn acquire_owned(self: &Arc<Self>) -> AcquireOwned {
        self.acquire_many_owned(1)
    }

    /// As [`Semaphore::acquire_many`], with permits that can be moved into a task.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::acquire_many`].
    pub fn acquire_many_owned(self: &Arc<Self>, count: usize) -> AcquireOwned {
        AcquireFrom { wait: Wait::new(Arc::clone(self), count) }
    }

    /// Acquires one permit without waiting.
    ///
    /// # Errors
    ///
    /// [`TryAcquireError::NoPermits`] also when a permit is available but somebody waits for more of them: this call
    /// does not overtake.
    pub fn try_acquire(&self) -> Result<Permit<'_>, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// Acquires `count` permits without waiting, all or none.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::try_acquire`].
    pub fn try_acquire_many(&self, count: usize) -> Result<Permit<'_>, TryAcquireError> {
        self.take(count)?;
        Ok(PermitOf { semaphore: self, count })
    }

    /// As [`Semaphore::try_acquire`], with a permit that can be moved into a task.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::try_acquire`].
    pub fn try_acquire_owned(self: &Arc<Self>) -> Result<OwnedPermit, TryAcquireError> {
        self.try_acquire_many_owned(1)
    }

    /// As [`Semaphore::try_acquire_many`], with permits that can be moved into a task.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::try_acquire`].
    pub fn try_acquire_many_owned(self: &Arc<Self>, count: usize) -> Result<OwnedPermit, TryAcquireError> {
        self.take(count)?;
        Ok(PermitOf { semaphore: Arc::clone(self), count })
    }

    /// Refuses all requests from now on, those that wait included. Permits that are out, or granted and not collected,
    /// stay valid.
    pub fn close(&self) {
        let wakers = self.state.lock().close();
        wakers.wake();
    }

    /// A snapshot of the semaphore.
    pub fn status(&self) -> Status {
        self.state.lock().status()
    }

    fn take(&self, count: usize) -> Result<(), TryAcquireError> {
        if self.take_on_fast_path(count) { Ok(()) } else { self.state.lock().take(count) }
    }

    fn take_on_fast_path(&self, count: usize) -> bool {
        let taken = self.state.try_update(|available| available.checked_sub(count as u64).ok_or(()));
        taken == Some(Ok(()))
    }

    fn give_back(&self, count: usize) {
        let given =
            self.state.try_update(|available| Ok::<_, Infallible>(available.saturating_add(count as u64)));
        if given.is_none() {
            self.give_back_locked(count);
        }
    }

    /// Not inlined, so that the fast path stays small.
    #[inline(never)]
    fn give_back_locked(&self, count: usize) {
        let wakers = self.state.lock().give_back(count);
        wakers.wake();
    }
}

impl Locked for Semaphore {
    type State = State;

    fn lock(&self) -> impl DerefMut<Target = State> {
        self.state.lock()
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("status", &self.status()).finish()
    }
}

/// A wait for permits; see [`Acquire`] and [`AcquireOwned`]. Dropping it leaves the queue.
#[derive(Debug)]
#[must_use = "a future does nothing until it is awaited"]
pub struct AcquireFrom<S: Deref<Target = Semaphore>> {
    wait: Wait<S>,
}

impl<S: Deref<Target = Semaphore> + Clone> Future for AcquireFrom<S> {
    type Output = Result<PermitOf<S>, AcquireError>;

    /// Polled again after it was ready, it stays pending.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let wait = &mut self.wait;
        let count = wait.need();
        let result = if wait.is_unpolled() && wait.on().take_on_fast_path(count) {
            wait.finish();
            Ok(())
        } else {
            ready!(wait.poll_slowly(cx.waker()))
        };
        Poll::Ready(result.map(|()| PermitOf { semaphore: wait.on().clone(), count }))
    }
}

/// One or several permits; see [`Permit`] and [`OwnedPermit`]. Dropping it gives them back.
#[derive(Debug)]
#[must_use = "a permit that is not kept is given back immediately"]
pub struct PermitOf<S: Deref<Target = Semaphore>> {
    semaphore: S,
    count: usize,
}

impl<S: Deref<Target = Semaphore>> PermitOf<S> {
    /// The number of permits.
    pub const fn count(&self) -> usize {
        self.count
    }
}

impl<S: Deref<Target = Semaphore>> Drop for PermitOf<S> {
    fn drop(&mut self) {
        self.semaphore.give_back(self.count);
    }
}

/// The state machine: no lock, no future, no waking.
///
/// Invariant: between two calls the first waiter needs more than is available.
pub(super) struct State {
    permits: usize,
    available: usize,
    closed: bool,
    queue: WaitQueue<usize, Result<(), AcquireError>>,
}

impl State {
    const fn new(permits: usize) -> Self {
        Self { permits, available: permits, closed: false, queue: WaitQueue::new() }
    }

    const fn status(&self) -> Status {
        Status {
            permits: self.permits,
            available: self.available,
            waiting: self.queue.len(),
            closed: self.closed,
        }
    }

    const fn take(&mut self, count: usize) -> Result<(), TryAcquireError> {
        if self.closed {
            return Err(TryAcquireError::Refused(AcquireError::Closed));
        }
        if count > self.permits {
            let too_many = AcquireError::TooMany { requested: count, permits: self.permits };
            return Err(TryAcquireError::Refused(too_many));
        }
        if count > 0 && (count > self.available || self.queue.len() > 0) {
            return Err(TryAcquireError::NoPermits);
        }
        self.available -= count;
        Ok(())
    }

    fn give_back(&mut self, count: usize) -> Wakers {
        self.available += count;
        self.grant_available()
    }

    /// Grants what is available to the waiters at the head of the queue.
    fn grant_available(&mut self) -> Wakers {
        let mut wakers = Wakers::default();
        while let Some(&need) = self.queue.first()
            && need <= self.available
            && let Ok(waker) = self.queue.grant(Ok(()))
        {
            self.available -= need;
            wakers.push(waker);
        }
        wakers
    }

    fn close(&mut self) -> Wakers {
        self.closed = true;
        self.queue.grant_all(|| Err(AcquireError::Closed))
    }
}

impl Granter for State {
    type Need = usize;
    type Grant = Result<(), AcquireError>;

    fn queue(&mut self) -> &mut WaitQueue<usize, Self::Grant> {
        &mut self.queue
    }

    fn try_grant(&mut self, count: usize) -> Option<Self::Grant> {
        match self.take(count) {
            Ok(()) => Some(Ok(())),
            Err(TryAcquireError::Refused(error)) => Some(Err(error)),
            Err(TryAcquireError::NoPermits) => None,
        }
    }

    fn give_up(&mut self, count: usize, uncollected: Option<Self::Grant>) -> Wakers {
        match uncollected {
            Some(Ok(())) => self.give_back(count),
            // Those behind it may need less.
            Some(Err(_)) | None => self.grant_available(),
        }
    }
}

impl AsNumber for State {
    /// The available permits, while it is open and nobody waits.
    fn to_number(&self) -> Option<u64> {
        (!self.closed && self.queue.len() == 0).then_some(self.available as u64)
    }

    #[allow(clippy::cast_possible_truncation, reason = "the number was a usize before")]
    fn set_number(&mut self, number: u64) {
        self.available = number as usize;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn the_first_waiter_holds_up_those_behind_it_only_while_it_waits() {
        let mut state = State::new(3);
        state.take(2).unwrap();
        let big = state.queue.push(3, Waker::noop().clone());
        let small = state.queue.push(1, Waker::noop().clone());
        state.grant_available().wake();
        assert_eq!((state.available, state.queue.len()), (1, 2), "one is available, and kept for the first");
        assert_eq!(state.take(1), Err(TryAcquireError::NoPermits));
        assert!(matches!(state.queue.remove(big), (None, Some(_))));
        state.grant_available().wake();
        assert_eq!((state.available, state.queue.len()), (0, 0));
        assert!(matches!(state.queue.remove(small), (Some(Ok(())), None)));
    }

    #[test]
    fn nothing_overflows_at_the_largest_count() {
        let mut state = State::new(usize::MAX);
        state.take(usize::MAX).unwrap();
        assert_eq!(state.take(1), Err(TryAcquireError::NoPermits));
        state.give_back(usize::MAX).wake();
        assert_eq!(state.status().available, usize::MAX);
    }
}
