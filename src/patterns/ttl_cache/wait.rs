//! A caller's wait for a shared fetch, which it may also drive.

use std::{
    future::poll_fn,
    hash::{BuildHasher, Hash},
    mem,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures::{TryFuture, TryFutureExt};

use super::{
    super::{list::Key, lock::lock},
    TtlCacheOf,
    fetches::{Left, Outcome, Turn, WaiterKey},
    polling::{Polling, Unwanted},
};
use crate::runtime::{Clock, WaitLabel};

/// A caller that waits for a fetch. Dropping it gives the wait up.
pub(super) struct Wait<'a, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    cache: &'a TtlCacheOf<K, F, C, S>,
    /// `None` after the end of the wait.
    waiter: Option<WaiterKey>,
    /// Whether the fetch already has this caller's waker, so that the first poll can be skipped.
    registered: bool,
    is_circle: bool,
    /// Tells a simulation that this wait has no end.
    label: Option<WaitLabel>,
}

impl<'a, K, F, C, S> Wait<'a, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    /// The wait of a caller that has started the fetch.
    pub(super) const fn started(cache: &'a TtlCacheOf<K, F, C, S>, waiter: WaiterKey) -> Self {
        Self { cache, waiter: Some(waiter), registered: false, is_circle: false, label: None }
    }

    /// The wait of a caller that has joined the fetch with its waker, perhaps from inside that fetch.
    pub(super) const fn joined(
        cache: &'a TtlCacheOf<K, F, C, S>,
        waiter: WaiterKey,
        is_circle: bool,
    ) -> Self {
        Self { cache, waiter: Some(waiter), registered: true, is_circle, label: None }
    }

    /// Adds the future to a fetch that has been started.
    pub(super) fn begin(&self, make: impl FnOnce() -> F) {
        let Some(waiter) = self.waiter else { return };
        let unfinished = Unfinished::new(self.cache, waiter.fetch);
        let future = make();
        unfinished.put_back(future);
    }
}

impl<K, F, C, S> Wait<'_, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture<Ok: Clone, Error: Clone> + Unpin,
    C: Clock,
    S: BuildHasher,
{
    /// The result of the fetch, or nothing if it was lost.
    pub(super) async fn result(mut self) -> Option<Result<F::Ok, F::Error>> {
        let outcome = poll_fn(|cx| self.poll(cx)).await?;
        drop(self);
        Some(outcome.map(Arc::unwrap_or_clone).map_err(Arc::unwrap_or_clone))
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Outcome<F>>> {
        if mem::take(&mut self.is_circle) {
            self.label = Some(WaitLabel::new("itself"));
        }
        let cache = self.cache;
        let Some(waiter) = self.waiter.filter(|_| !mem::take(&mut self.registered)) else {
            return Poll::Pending;
        };
        let mut left = Left::default();
        let mut state = lock(&cache.state);
        let (turn, replaced) = state.fetches.turn(waiter, cx.waker());
        if matches!(turn, Turn::Done(_)) {
            self.waiter = None;
            state.fetches.leave(waiter, &mut left);
        }
        drop(state);
        drop(replaced);
        match turn {
            Turn::Wait => Poll::Pending,
            Turn::Done(outcome) => Poll::Ready(Some(outcome)),
            Turn::Lost => Poll::Ready(None),
            Turn::Drive(future, id) => {
                let polling = Polling::begin(cache.address(), id);
                let outcome = self.drive(waiter, future, cx);
                drop(polling);
                outcome.map(Some)
            }
        }
    }

    fn drive(&self, waiter: WaiterKey, future: F, cx: &mut Context<'_>) -> Poll<Outcome<F>> {
        let cache = self.cache;
        let unfinished = Unfinished::new(cache, waiter.fetch);
        // Declared after the guard, so that a panic drops it before another caller starts a fetch.
        let mut future = future;
        let Poll::Ready(result) = future.try_poll_unpin(cx) else {
            unfinished.put_back(future);
            return Poll::Pending;
        };
        drop(future);
        let outcome = result.map(Arc::new).map_err(Arc::new);
        // Removed values are dropped after the waiters are woken: a destructor that panics keeps nobody waiting.
        let (now, mut expired) = (cache.clock.now(), Vec::new());
        let (wakers, _removed) = {
            let mut state = lock(&cache.state);
            state.purge(now, &mut expired);
            state.finish(waiter.fetch, outcome.clone(), now.after(cache.ttl))
        };
        unfinished.disarm();
        wake(wakers);
        Poll::Ready(outcome)
    }
}

impl<K, F, C, S> Drop for Wait<'_, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    fn drop(&mut self) {
        let Some(waiter) = self.waiter.take() else { return };
        let mut left = Left::default();
        lock(&self.cache.state).fetches.leave(waiter, &mut left);
        left.wake_next();
        if left.unwanted {
            drop_unwanted(self.cache, waiter.fetch);
        }
    }
}

/// A fetch whose future is being made, polled or dropped, which is a user's code. If that panics, the fetch is lost and
/// its waiters are woken.
struct Unfinished<'a, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    cache: &'a TtlCacheOf<K, F, C, S>,
    fetch: Key,
    armed: bool,
}

impl<'a, K, F, C, S> Unfinished<'a, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    const fn new(cache: &'a TtlCacheOf<K, F, C, S>, fetch: Key) -> Self {
        Self { cache, fetch, armed: true }
    }

    fn disarm(mut self) {
        self.armed = false;
    }

    fn put_back(self, future: F) {
        let wanted = lock(&self.cache.state).fetches.put_back(self.fetch, future);
        if !wanted {
            drop_unwanted(self.cache, self.fetch);
        }
        self.disarm();
    }

    /// Drops the future first: until then the key is taken, so that no two fetches of it exist at a time.
    fn drop_unwanted(self) {
        let future = lock(&self.cache.state).fetches.take_unwanted(self.fetch);
        drop(future);
        self.lose();
        self.disarm();
    }

    fn lose(&self) {
        let (wakers, _removed) = lock(&self.cache.state).lose(self.fetch);
        wake(wakers);
    }
}

impl<K, F, C, S> Drop for Unfinished<'_, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    fn drop(&mut self) {
        if self.armed {
            self.lose();
        }
    }
}

/// Drops a fetch whose last caller has left, and then the fetches that only this one waited for.
fn drop_unwanted<K, F, C, S>(cache: &TtlCacheOf<K, F, C, S>, fetch: Key)
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    if let Some(unwanted) = Unwanted::begin(cache.address(), fetch) {
        Dropping { cache, unwanted }.run();
    }
}

struct Dropping<'a, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    cache: &'a TtlCacheOf<K, F, C, S>,
    unwanted: Unwanted,
}

impl<K, F, C, S> Dropping<'_, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    fn run(&mut self) {
        while let Some(fetch) = self.unwanted.next() {
            Unfinished::new(self.cache, fetch).drop_unwanted();
        }
    }
}

/// Goes on when a destructor panics.
impl<K, F, C, S> Drop for Dropping<'_, K, F, C, S>
where
    K: Hash + Eq,
    F: TryFuture,
    S: BuildHasher,
{
    fn drop(&mut self) {
        self.run();
    }
}

fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}
