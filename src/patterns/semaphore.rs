//! At most so many at the same time, in the order in which they asked.
//!
//! Not a rate limit: a semaphore bounds how many are at work, not how many start in a second. Where one thread
//! has all the callers and nobody waits, a plain counter will do.
//!
//! The idea is Dijkstra's; the line of waiters and the permit that is handed over at release follow tokio's
//! batch semaphore.

use std::{
    convert::Infallible,
    error, fmt, mem,
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use super::{
    shortcut::{Reducible, Shortcut},
    waiters::{Look, Ticket, Waiters, Wakers},
};

/// A fixed number of permits, handed out first come, first served.
///
/// - **Fairness**: strictly FIFO. A released permit changes owner in the release itself, so a newcomer cannot
///   overtake a waiter that has not run yet. A waiter who asks for many holds up those behind it, and so is not
///   starved by them.
/// - **Cancel**: dropping an [`Acquire`] at any time leaves the line, and a permit that it had been given but had
///   not taken goes to the next.
/// - **Cost**: constant time per operation, amortised. While nobody waits nothing is allocated or locked; the memory
///   of the line is kept for the next time.
/// - **Not for** limiting how many start in a second: that is a [`RateLimiter`](super::RateLimiter).
///
/// It runs on any executor and is `Send` and `Sync`; the lock inside is held for a few instructions, never over
/// an await, and never while another task is woken.
///
/// ```
/// use async_playground::patterns::Semaphore;
///
/// # futures::executor::block_on(async {
/// let tables = Semaphore::new(2);
/// let first = tables.acquire().await?;
/// let second = tables.acquire().await?;
/// assert!(tables.try_acquire().is_err());
/// drop(first);
/// assert_eq!(tables.status().available, 1);
/// # drop(second);
/// # Ok::<(), async_playground::patterns::AcquireError>(())
/// # }).unwrap();
/// ```
pub struct Semaphore {
    ledger: Shortcut<Ledger>,
}

/// What a semaphore looks like at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SemaphoreStatus {
    /// How many permits there are in all.
    pub permits: usize,
    /// How many nobody has. There may be some while others wait, if the first in line asks for more.
    pub available: usize,
    /// How many futures are in the line.
    pub waiting: usize,
    /// Whether [`Semaphore::close`] has been called.
    pub closed: bool,
}

/// Why a permit was refused for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcquireError {
    /// The semaphore was closed, before the call or while it waited.
    Closed,
    /// More were asked for than there will ever be, so waiting would never end.
    TooMany {
        /// How many were asked for.
        asked: usize,
        /// How many there are.
        permits: usize,
    },
}

/// Why a permit was not to be had at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TryAcquireError {
    /// Too few are available, or others wait already.
    NoPermits,
    /// None will be had by waiting either.
    Refused(AcquireError),
}

impl fmt::Display for AcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the semaphore is closed"),
            Self::TooMany { asked, permits } => {
                write!(f, "asked for {asked} permits of a semaphore that has {permits}")
            }
        }
    }
}

impl fmt::Display for TryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPermits => f.write_str("the semaphore has no permit to spare"),
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
    /// A semaphore with `permits` permits, all available. With none, every request for one is refused.
    pub const fn new(permits: usize) -> Self {
        Self { ledger: Shortcut::new(Ledger::new(permits)) }
    }

    /// Waits for one permit. The place in line is taken at the first poll.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::acquire_many`].
    pub const fn acquire(&self) -> Acquire<'_> {
        self.acquire_many(1)
    }

    /// Waits for `count` permits, to be had all at once. None are had by asking for zero, at once.
    ///
    /// # Errors
    ///
    /// [`AcquireError::TooMany`] at the first poll if there are fewer in all, and [`AcquireError::Closed`] as
    /// soon as the semaphore is closed.
    pub const fn acquire_many(&self, count: usize) -> Acquire<'_> {
        AcquireFrom { semaphore: self, count, state: State::Unpolled }
    }

    /// As [`Semaphore::acquire`], with a permit that can be moved to where the semaphore cannot be borrowed.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::acquire_many`].
    pub fn acquire_owned(self: &Arc<Self>) -> AcquireOwned {
        self.acquire_many_owned(1)
    }

    /// As [`Semaphore::acquire_many`], with a permit that can be moved to where the semaphore cannot be borrowed.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::acquire_many`].
    pub fn acquire_many_owned(self: &Arc<Self>, count: usize) -> AcquireOwned {
        AcquireFrom { semaphore: Arc::clone(self), count, state: State::Unpolled }
    }

    /// Takes one permit without waiting.
    ///
    /// # Errors
    ///
    /// [`TryAcquireError::NoPermits`] also when a permit is available but somebody waits for more of them: the
    /// one who asks without waiting does not overtake.
    pub fn try_acquire(&self) -> Result<Permit<'_>, TryAcquireError> {
        self.take(1)?;
        Ok(PermitOf { semaphore: self, count: 1 })
    }

    /// As [`Semaphore::try_acquire`], with a permit that can be moved to where the semaphore cannot be borrowed.
    ///
    /// # Errors
    ///
    /// As for [`Semaphore::try_acquire`].
    pub fn try_acquire_owned(self: &Arc<Self>) -> Result<OwnedPermit, TryAcquireError> {
        self.take(1)?;
        Ok(PermitOf { semaphore: Arc::clone(self), count: 1 })
    }

    /// Refuses everyone from now on, those who wait included. Permits that are out stay valid and come back as
    /// usual; so does one that was given to a waiter before.
    pub fn close(&self) {
        let wakers = self.ledger.lock().close();
        wakers.wake();
    }

    /// How things stand.
    pub fn status(&self) -> SemaphoreStatus {
        self.ledger.lock().status()
    }

    fn take(&self, count: usize) -> Result<(), TryAcquireError> {
        if self.take_past_lock(count) { Ok(()) } else { self.ledger.lock().take(count) }
    }

    fn take_past_lock(&self, count: usize) -> bool {
        let taken = self.ledger.change(|available| available.checked_sub(count as u64).ok_or(()));
        taken == Some(Ok(()))
    }

    fn give_back(&self, count: usize) {
        let given =
            self.ledger.change(|available| Ok::<_, Infallible>(available.saturating_add(count as u64)));
        if given.is_none() {
            self.hand_on(count);
        }
    }

    // What takes the lock is no part of its callers: small as they are without it, a permit that is free stays in
    // registers on its way.

    #[inline(never)]
    fn hand_on(&self, count: usize) {
        let wakers = self.ledger.lock().give_back(count);
        wakers.wake();
    }

    #[inline(never)]
    fn serve(&self, count: usize, state: &mut State, waker: &Waker) -> Poll<Result<(), AcquireError>> {
        match mem::replace(state, State::Done) {
            State::Done => Poll::Pending,
            State::Unpolled => {
                let mut ledger = self.ledger.lock();
                match ledger.take(count) {
                    Ok(()) => Poll::Ready(Ok(())),
                    Err(TryAcquireError::Refused(error)) => Poll::Ready(Err(error)),
                    Err(TryAcquireError::NoPermits) => {
                        *state = State::Waiting(ledger.line.join(count, waker.clone()));
                        Poll::Pending
                    }
                }
            }
            State::Waiting(ticket) => {
                let look = self.ledger.lock().line.look(ticket, waker);
                match look {
                    Look::Served(given) => Poll::Ready(given),
                    // What was replaced is dropped here, without the lock.
                    Look::Waiting(ticket, _replaced) => {
                        *state = State::Waiting(ticket);
                        Poll::Pending
                    }
                }
            }
        }
    }

    #[inline(never)]
    fn leave(&self, count: usize, ticket: Ticket) {
        let mut ledger = self.ledger.lock();
        let (given, waker) = ledger.line.leave(ticket);
        let wakers = match given {
            Some(Ok(())) => ledger.give_back(count),
            // Those behind it may be content with less.
            Some(Err(_)) | None => ledger.serve(),
        };
        drop(ledger);
        drop(waker);
        wakers.wake();
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("status", &self.status()).finish()
    }
}

/// A wait for permits; see [`Acquire`] and [`AcquireOwned`].
///
/// Dropping it leaves the line without a trace.
#[derive(Debug)]
#[must_use = "a future does nothing until it is awaited"]
pub struct AcquireFrom<S: Deref<Target = Semaphore>> {
    semaphore: S,
    count: usize,
    state: State,
}

#[derive(Debug)]
enum State {
    Unpolled,
    Waiting(Ticket),
    Done,
}

impl<S: Deref<Target = Semaphore> + Clone + Unpin> Future for AcquireFrom<S> {
    type Output = Result<PermitOf<S>, AcquireError>;

    /// Polled again after it was ready, it stays pending.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let outcome = if matches!(this.state, State::Unpolled) && this.semaphore.take_past_lock(this.count) {
            this.state = State::Done;
            Ok(())
        } else {
            ready!(this.semaphore.serve(this.count, &mut this.state, cx.waker()))
        };
        Poll::Ready(outcome.map(|()| PermitOf { semaphore: this.semaphore.clone(), count: this.count }))
    }
}

impl<S: Deref<Target = Semaphore>> Drop for AcquireFrom<S> {
    fn drop(&mut self) {
        if let State::Waiting(ticket) = mem::replace(&mut self.state, State::Done) {
            self.semaphore.leave(self.count, ticket);
        }
    }
}

/// One or several permits; see [`Permit`] and [`OwnedPermit`]. Dropping it gives them back.
#[derive(Debug)]
#[must_use = "a permit that is not kept is given back at once"]
pub struct PermitOf<S: Deref<Target = Semaphore>> {
    semaphore: S,
    count: usize,
}

impl<S: Deref<Target = Semaphore>> PermitOf<S> {
    /// How many permits it stands for.
    pub const fn count(&self) -> usize {
        self.count
    }
}

impl<S: Deref<Target = Semaphore>> Drop for PermitOf<S> {
    fn drop(&mut self) {
        self.semaphore.give_back(self.count);
    }
}

/// The bookkeeping: no lock, no future, no waking.
///
/// Invariant: between two calls the first in line needs more than is available.
struct Ledger {
    permits: usize,
    available: usize,
    closed: bool,
    line: Waiters<usize, Result<(), AcquireError>>,
}

impl Ledger {
    const fn new(permits: usize) -> Self {
        Self { permits, available: permits, closed: false, line: Waiters::new() }
    }

    const fn status(&self) -> SemaphoreStatus {
        SemaphoreStatus {
            permits: self.permits,
            available: self.available,
            waiting: self.line.len(),
            closed: self.closed,
        }
    }

    const fn take(&mut self, count: usize) -> Result<(), TryAcquireError> {
        if self.closed {
            return Err(TryAcquireError::Refused(AcquireError::Closed));
        }
        if count > self.permits {
            let too_many = AcquireError::TooMany { asked: count, permits: self.permits };
            return Err(TryAcquireError::Refused(too_many));
        }
        if count > 0 && (count > self.available || self.line.len() > 0) {
            return Err(TryAcquireError::NoPermits);
        }
        self.available -= count;
        Ok(())
    }

    fn give_back(&mut self, count: usize) -> Wakers {
        self.available += count;
        self.serve()
    }

    /// Gives what is available to those at the head of the line, as far as it goes.
    fn serve(&mut self) -> Wakers {
        let mut wakers = Wakers::default();
        while let Some(&need) = self.line.first()
            && need <= self.available
            && let Ok(waker) = self.line.serve(Ok(()))
        {
            self.available -= need;
            wakers.push(waker);
        }
        wakers
    }

    fn close(&mut self) -> Wakers {
        self.closed = true;
        let mut wakers = Wakers::default();
        while let Ok(waker) = self.line.serve(Err(AcquireError::Closed)) {
            wakers.push(waker);
        }
        wakers
    }
}

impl Reducible for Ledger {
    /// How many are available, while it is open and nobody waits.
    fn reduce(&self) -> Option<u64> {
        (!self.closed && self.line.len() == 0).then_some(self.available as u64)
    }

    #[allow(clippy::cast_possible_truncation, reason = "it was reckoned up from numbers of this size")]
    fn restore(&mut self, number: u64) {
        self.available = number as usize;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn the_first_in_line_holds_up_those_behind_it_and_only_while_it_must() {
        let mut ledger = Ledger::new(3);
        ledger.take(2).unwrap();
        let big = ledger.line.join(3, Waker::noop().clone());
        let small = ledger.line.join(1, Waker::noop().clone());
        ledger.serve().wake();
        assert_eq!((ledger.available, ledger.line.len()), (1, 2), "one is available, and kept for the first");
        assert_eq!(ledger.take(1), Err(TryAcquireError::NoPermits));
        assert!(matches!(ledger.line.leave(big), (None, Some(_))));
        ledger.serve().wake();
        assert_eq!((ledger.available, ledger.line.len()), (0, 0));
        assert!(matches!(ledger.line.look(small, Waker::noop()), Look::Served(Ok(()))));
    }

    #[test]
    fn nothing_overflows_at_the_largest_count() {
        let mut ledger = Ledger::new(usize::MAX);
        ledger.take(usize::MAX).unwrap();
        assert_eq!(ledger.take(1), Err(TryAcquireError::NoPermits));
        ledger.give_back(usize::MAX).wake();
        assert_eq!(ledger.status().available, usize::MAX);
    }
}
