//! The shared fetches of a cache and the callers that wait for them: plain data, without a lock.

use std::{cell::Cell, fmt, iter, mem, sync::Arc, task::Waker};

use futures::TryFuture;

use super::super::list::{Key, List};

/// The result of a fetch, shared by all callers that waited for it.
pub(super) type Outcome<F> = Result<Arc<<F as TryFuture>::Ok>, Arc<<F as TryFuture>::Error>>;

/// All shared fetches: for each key at most one that new callers join, and those from before an invalidation.
pub(super) struct Fetches<K, F: TryFuture> {
    all: List<SharedFetch<K, F>>,
    waiting: usize,
    started: u64,
    /// How many searches there have been.
    searches: Cell<u64>,
}

/// One fetch. It stays until its future is dropped and its last waiter has left.
pub(super) struct SharedFetch<K, F: TryFuture> {
    key: Arc<K>,
    serial: u64,
    /// Whether new callers join it and its value is stored: neither after an invalidation nor after its end.
    current: bool,
    phase: Phase<F>,
    /// In order of arrival.
    waiters: List<Waiter>,
    /// How many of the waiters are not part of a fetch of the same cache.
    outside: usize,
    /// The waiter that polls the future: the caller that started the fetch, and then its successors. `None` if that is to
    /// be the next waiter that is polled; the future is present then.
    driver: Option<Key>,
    /// The last search that came here.
    searched: Cell<u64>,
}

/// A fetch that waits for another one; None where it has ended.
type Waits<'a, K, F> = Option<(Key, &'a SharedFetch<K, F>)>;

/// Identifies a fetch for good, unlike its key in the list, which is used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FetchId {
    at: Key,
    serial: u64,
}

struct Waiter {
    waker: Option<Waker>,
    /// The fetch that waits, where one fetch asks for another key.
    inside: Option<FetchId>,
}

enum Phase<F: TryFuture> {
    /// The future is absent while a waiter makes or polls it, without the lock.
    Running(Option<F>),
    /// Its last caller has left. Its future is dropped next, without the lock, and new callers wait until that is done.
    Ending(Option<F>),
    Done(Outcome<F>),
    /// It ended without a result: its future panicked, or was dropped.
    Lost,
}

/// The key of a waiter in its fetch.
#[derive(Clone, Copy, Debug)]
pub(super) struct WaiterKey {
    pub(super) fetch: Key,
    waiter: Key,
}

/// What a waiter leaves behind, for the caller to deal with without the lock.
pub(super) struct Left<K, F: TryFuture> {
    /// The waker of the next driver, or of all that may be it.
    next: Vec<Waker>,
    /// Whether its last caller has left. The fetch is removed once its future is dropped.
    pub(super) unwanted: bool,
    /// The fetch, after its last waiter.
    fetch: Option<SharedFetch<K, F>>,
    own: Option<Waker>,
}

impl<K, F: TryFuture> Left<K, F> {
    pub(super) fn wake_next(&mut self) {
        for next in self.next.drain(..) {
            next.wake();
        }
    }
}

impl<K, F: TryFuture> Default for Left<K, F> {
    fn default() -> Self {
        Self { next: Vec::new(), unwanted: false, fetch: None, own: None }
    }
}

/// What a waiter that is polled has to do.
pub(super) enum Turn<F: TryFuture> {
    Wait,
    /// Poll the future and put it back.
    Drive(F, FetchId),
    Done(Outcome<F>),
    /// Start another fetch.
    Lost,
}

impl<K, F: TryFuture> Fetches<K, F> {
    pub(super) const fn new() -> Self {
        Self { all: List::new(), waiting: 0, started: 0, searches: Cell::new(0) }
    }

    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) const fn waiting(&self) -> usize {
        self.waiting
    }

    /// Joins a current fetch, from `inside` another one or from outside. `waker` is woken at its end.
    pub(super) fn join(&mut self, fetch: Key, waker: &Waker, inside: Option<FetchId>) -> Option<WaiterKey> {
        let waiter = self.all.get_mut(fetch)?.add(Waiter { waker: Some(waker.clone()), inside });
        self.waiting += 1;
        Some(WaiterKey { fetch, waiter })
    }

    /// Starts a fetch, which is current and as yet without a future.
    pub(super) fn start(&mut self, key: Arc<K>, inside: Option<FetchId>) -> WaiterKey {
        self.started += 1;
        let (serial, phase, waiters) = (self.started, Phase::Running(None), List::new());
        let searched = Cell::new(0);
        let mut fetch =
            SharedFetch { key, serial, current: true, phase, waiters, outside: 0, driver: None, searched };
        let waiter = fetch.add(Waiter { waker: None, inside });
        fetch.driver = Some(waiter);
        self.waiting += 1;
        WaiterKey { fetch: self.all.push_back(fetch), waiter }
    }

    /// Decides what a waiter that is polled has to do. The waker that `waker` replaces is returned, to be dropped
    /// without the lock.
    pub(super) fn turn(&mut self, at: WaiterKey, waker: &Waker) -> (Turn<F>, Option<Waker>) {
        let Some(shared) = self.all.get_mut(at.fetch) else { return (Turn::Lost, None) };
        match &shared.phase {
            Phase::Done(outcome) => return (Turn::Done(outcome.clone()), None),
            Phase::Lost => return (Turn::Lost, None),
            Phase::Running(_) | Phase::Ending(_) => {}
        }
        let own = shared.waiters.get_mut(at.waiter).map(|waiter| &mut waiter.waker);
        let own = own.filter(|own| !own.as_ref().is_some_and(|own| own.will_wake(waker)));
        let replaced = own.and_then(|own| own.replace(waker.clone()));
        let drives = *shared.driver.get_or_insert(at.waiter) == at.waiter;
        let id = FetchId { at: at.fetch, serial: shared.serial };
        let future = match &mut shared.phase {
            Phase::Running(future) if drives => future.take(),
            _ => None,
        };
        (future.map_or(Turn::Wait, |future| Turn::Drive(future, id)), replaced)
    }

    /// Takes the future back from the driver, which has made or polled it. Returns whether it is wanted; if not, it is to
    /// be dropped, after which the fetch is lost.
    pub(super) fn put_back(&mut self, fetch: Key, future: F) -> bool {
        match self.all.get_mut(fetch).map(|shared| &mut shared.phase) {
            Some(Phase::Running(empty)) => {
                *empty = Some(future);
                true
            }
            Some(Phase::Ending(empty)) => {
                *empty = Some(future);
                false
            }
            // Only a driver ends a fetch otherwise, and this was the driver.
            Some(Phase::Done(_) | Phase::Lost) | None => false,
        }
    }

    /// Takes the future that is to be dropped.
    pub(super) fn take_unwanted(&mut self, fetch: Key) -> Option<F> {
        match &mut self.all.get_mut(fetch)?.phase {
            Phase::Ending(future) => future.take(),
            _ => None,
        }
    }

    /// The key of a fetch, if that is current.
    pub(super) fn current_key(&self, fetch: Key) -> Option<&Arc<K>> {
        self.all.get(fetch).filter(|fetch| fetch.current).map(|fetch| &fetch.key)
    }

    /// Ends a fetch with its outcome, or lost without one. Returns the wakers of all waiters.
    pub(super) fn end(&mut self, fetch: Key, outcome: Option<Outcome<F>>) -> Vec<Waker> {
        let Some(shared) = self.all.get_mut(fetch) else { return Vec::new() };
        shared.phase = outcome.map_or(Phase::Lost, Phase::Done);
        shared.current = false;
        shared.waiters.iter_mut().filter_map(|waiter| waiter.waker.take()).collect()
    }

    /// From now on nobody joins the fetch, and its value is not stored; its waiters still get it.
    pub(super) fn detach(&mut self, fetch: Key) {
        if let Some(shared) = self.all.get_mut(fetch) {
            shared.current = false;
        }
    }

    /// Removes a waiter, with its result or without.
    pub(super) fn leave(&mut self, at: WaiterKey, left: &mut Left<K, F>) {
        let Some(shared) = self.all.get_mut(at.fetch) else { return };
        let Some(waiter) = shared.waiters.remove(at.waiter) else { return };
        shared.outside -= usize::from(waiter.inside.is_none());
        left.own = waiter.waker;
        self.waiting -= 1;
        match shared.phase {
            Phase::Running(_) => self.pass_on(at, left),
            Phase::Ending(_) => {}
            Phase::Done(_) | Phase::Lost => left.fetch = self.remove_unused(at.fetch),
        }
    }

    /// After a waiter has left a running fetch: wakes the next driver, or begins the end if nobody wants the fetch.
    fn pass_on(&mut self, at: WaiterKey, left: &mut Left<K, F>) {
        let wanted = self.is_wanted(at.fetch);
        let Some(shared) = self.all.get_mut(at.fetch) else { return };
        if !wanted {
            // Absent while it is polled, which its driver does inside the fetch itself; then that finds the end.
            if let Phase::Running(future) = mem::replace(&mut shared.phase, Phase::Ending(None)) {
                left.unwanted = future.is_some();
                shared.phase = Phase::Ending(future);
            }
        } else if shared.driver.is_none_or(|driver| driver == at.waiter) {
            if shared.outside > 0 {
                shared.driver = shared.first_outside();
                let next = shared.driver.and_then(|next| shared.waiters.get_mut(next));
                left.next.extend(next.and_then(|next| next.waker.take()));
            } else {
                self.release(at.fetch, left);
            }
        }
    }

    /// Leaves a fetch that only other fetches wait for, and all that wait for it, to those that are polled next. The fetch
    /// may have driven some of these, whose own callers did not; so none of them keeps its driver.
    fn release(&mut self, fetch: Key, left: &mut Left<K, F>) {
        let mut released = vec![fetch];
        self.search(fetch, &mut |waits| {
            released.extend(waits.map(|(at, _)| at));
            false
        });
        for fetch in released {
            // One that is being polled has a driver that is.
            if let Some(shared) = self.all.get_mut(fetch)
                && matches!(shared.phase, Phase::Running(Some(_)))
            {
                shared.driver = None;
                left.next.extend(shared.waiters.iter_mut().filter_map(|waiter| waiter.waker.take()));
            }
        }
    }

    /// Removes a fetch that has ended, unless a waiter has yet to see that.
    pub(super) fn remove_unused(&mut self, fetch: Key) -> Option<SharedFetch<K, F>> {
        let unused = self.all.get(fetch)?.waiters.front().is_none();
        if unused { self.all.remove(fetch) } else { None }
    }

    /// Whether anybody waits for the fetch who is not, directly or by way of other fetches, a part of it.
    fn is_wanted(&self, fetch: Key) -> bool {
        let Some(shared) = self.all.get(fetch) else { return false };
        if shared.outside > 0 || shared.waiters.front().is_none() {
            return shared.outside > 0;
        }
        self.search(fetch, &mut |waits| waits.is_none_or(|(_, shared)| shared.outside > 0))
    }

    /// Whether a fetch that waits for `fetch` from `inside` another one thereby waits for itself.
    pub(super) fn is_circle(&self, fetch: Key, inside: FetchId) -> bool {
        fetch == inside.at || self.search(inside.at, &mut |waits| waits.is_some_and(|(at, _)| at == fetch))
    }

    /// Whether one is found among the fetches that wait for this one, those that wait for these, and so on. A waiter
    /// whose own fetch has ended lives on elsewhere, and is shown as `None`.
    fn search(&self, fetch: Key, is_found: &mut dyn FnMut(Waits<'_, K, F>) -> bool) -> bool {
        let mut stack = vec![fetch];
        let search = self.searches.get() + 1;
        self.searches.set(search);
        while let Some(shared) = stack.pop().and_then(|at| self.all.get(at)) {
            let waiters = iter::successors(shared.waiters.front(), |waiter| shared.waiters.next(*waiter));
            for inside in waiters.filter_map(|waiter| shared.waiters.get(waiter)?.inside) {
                let outer = self.all.get(inside.at).filter(|outer| outer.serial == inside.serial);
                match outer {
                    // It is being dropped, and its waiters with it.
                    Some(outer) if matches!(outer.phase, Phase::Ending(_)) => continue,
                    Some(outer) if matches!(outer.phase, Phase::Running(_)) => {
                        if is_found(Some((inside.at, outer))) {
                            return true;
                        }
                        if outer.searched.replace(search) != search {
                            stack.push(inside.at);
                        }
                    }
                    _ if is_found(None) => return true,
                    _ => {}
                }
            }
        }
        false
    }
}

impl<K, F: TryFuture> SharedFetch<K, F> {
    fn add(&mut self, waiter: Waiter) -> Key {
        self.outside += usize::from(waiter.inside.is_none());
        self.waiters.push_back(waiter)
    }

    /// The first waiter that is not part of a fetch of the same cache.
    fn first_outside(&self) -> Option<Key> {
        let mut waiters = iter::successors(self.waiters.front(), |waiter| self.waiters.next(*waiter));
        waiters.find(|waiter| self.waiters.get(*waiter).is_some_and(|waiter| waiter.inside.is_none()))
    }
}

impl<K, F: TryFuture> fmt::Debug for Fetches<K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetches").field("len", &self.len()).finish_non_exhaustive()
    }
}
