//! A FIFO queue of waiting futures, and the future that waits in it.
//!
//! The semaphore, the pool, the rate limiter and the background tasks wait in the same way: the first poll takes a
//! grant or joins the queue, a later poll collects what was granted, and a drop leaves the queue and passes an
//! uncollected grant on. [`Wait`] is that future. A pattern says what it grants, and when, as a [`Granter`].
//!
//! A grant belongs to its waiter from the moment it is made, whether or not the waiter has run since, so that a
//! newcomer cannot overtake. Every operation takes constant time, removal from the middle included.

use std::{
    fmt, mem,
    ops::{Deref, DerefMut},
    pin::Pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
};

use super::{
    list::{Key, List},
    lock::lock,
};

/// The state of a pattern: plain data with a queue, which calls no foreign code.
pub(super) trait Granter {
    /// What a waiter asks for.
    type Need: Copy;
    /// What it is given.
    type Grant;

    /// The queue of those who wait.
    fn queue(&mut self) -> &mut WaitQueue<Self::Need, Self::Grant>;

    /// The grant for a newcomer; `None` if it has to wait.
    fn try_grant(&mut self, need: Self::Need) -> Option<Self::Grant>;

    /// A waiter has left the queue. Takes back the grant that it had not collected, and grants what is possible now.
    fn give_up(&mut self, need: Self::Need, uncollected: Option<Self::Grant>) -> Wakers;
}

/// A [`Granter`] under a lock.
pub(super) trait Locked {
    /// What the lock protects.
    type State: Granter;

    /// Takes the lock.
    fn lock(&self) -> impl DerefMut<Target = Self::State>;
}

impl<T: Granter> Locked for Mutex<T> {
    type State = T;

    fn lock(&self) -> impl DerefMut<Target = T> {
        lock(self)
    }
}

/// The queue: each waiter needs an `N` and is given a `G`.
#[derive(Debug)]
pub(super) struct WaitQueue<N, G> {
    /// In order of arrival: first those with an uncollected grant, then those who wait.
    entries: List<Entry<N, G>>,
    /// The first of those who wait.
    first_waiting: Option<Key>,
    waiting: usize,
}

#[derive(Debug)]
enum Entry<N, G> {
    Waiting(N, Waker),
    Granted(G),
}

/// Identifies a waiter. It is used up when the waiter collects its grant or leaves.
#[derive(Debug)]
pub(super) struct WaiterKey(Key);

/// The result of [`WaitQueue::poll`].
#[derive(Debug)]
enum Polled<G> {
    Granted(G),
    /// With the waker that was replaced: the caller drops it without the lock, since that may run the destructor of a
    /// task.
    Waiting(WaiterKey, Option<Waker>),
}

impl<N, G> Default for WaitQueue<N, G> {
    fn default() -> Self {
        Self::new()
    }
}

impl<N, G> WaitQueue<N, G> {
    pub(super) const fn new() -> Self {
        Self { entries: List::new(), first_waiting: None, waiting: 0 }
    }

    /// The number of waiters that have no grant.
    pub(super) const fn len(&self) -> usize {
        self.waiting
    }

    /// What the first waiter needs.
    pub(super) fn first(&self) -> Option<&N> {
        match self.entries.get(self.first_waiting?)? {
            Entry::Waiting(need, _) => Some(need),
            Entry::Granted(_) => None,
        }
    }

    /// Adds a waiter at the end.
    pub(super) fn push(&mut self, need: N, waker: Waker) -> WaiterKey {
        let key = self.entries.push_back(Entry::Waiting(need, waker));
        self.first_waiting.get_or_insert(key);
        self.waiting += 1;
        WaiterKey(key)
    }

    /// Gives `grant` to the first waiter and returns its waker, to be woken without the lock; or returns `grant` if
    /// nobody waits.
    pub(super) fn grant(&mut self, grant: G) -> Result<Waker, G> {
        let Some(first) = self.first_waiting else { return Err(grant) };
        let Some(entry) = self.entries.get_mut(first) else { return Err(grant) };
        match mem::replace(entry, Entry::Granted(grant)) {
            Entry::Waiting(_, waker) => {
                self.stop_waiting(first);
                Ok(waker)
            }
            Entry::Granted(grant) => Err(grant),
        }
    }

    /// Gives a grant to every waiter.
    pub(super) fn grant_all(&mut self, grant: impl Fn() -> G) -> Wakers {
        let mut wakers = Wakers::default();
        while let Ok(waker) = self.grant(grant()) {
            wakers.push(waker);
        }
        wakers
    }

    /// Collects the waiter's grant, or stores `waker` if it has none.
    fn poll(&mut self, key: WaiterKey, waker: &Waker) -> Polled<G> {
        if let Some(Entry::Waiting(_, current)) = self.entries.get_mut(key.0) {
            let replaced = (!current.will_wake(waker)).then(|| mem::replace(current, waker.clone()));
            return Polled::Waiting(key, replaced);
        }
        match self.entries.remove(key.0) {
            Some(Entry::Granted(grant)) => Polled::Granted(grant),
            Some(Entry::Waiting(..)) | None => Polled::Waiting(key, None),
        }
    }

    /// Removes a waiter. Returns its uncollected grant, or its waker, to be dropped without the lock.
    pub(super) fn remove(&mut self, WaiterKey(key): WaiterKey) -> (Option<G>, Option<Waker>) {
        if let Some(Entry::Waiting(..)) = self.entries.get(key) {
            self.stop_waiting(key);
        }
        match self.entries.remove(key) {
            Some(Entry::Waiting(_, waker)) => (None, Some(waker)),
            Some(Entry::Granted(grant)) => (Some(grant), None),
            None => (None, None),
        }
    }

    /// The grants that their waiters have not collected.
    pub(super) fn uncollected_mut(&mut self) -> impl Iterator<Item = &mut G> {
        self.entries.iter_mut().filter_map(|entry| match entry {
            Entry::Granted(grant) => Some(grant),
            Entry::Waiting(..) => None,
        })
    }

    fn stop_waiting(&mut self, key: Key) {
        if self.first_waiting == Some(key) {
            self.first_waiting = self.entries.next(key);
        }
        self.waiting -= 1;
    }
}

type State<P> = <<P as Deref>::Target as Locked>::State;

/// A future of a grant. It joins the queue at its first poll, and dropping it leaves the queue.
pub(super) struct Wait<P: Deref<Target: Locked>> {
    on: P,
    need: <State<P> as Granter>::Need,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Unpolled,
    Queued(WaiterKey),
    Done,
}

impl<P: Deref<Target: Locked>> Wait<P> {
    pub(super) const fn new(on: P, need: <State<P> as Granter>::Need) -> Self {
        Self { on, need, stage: Stage::Unpolled }
    }

    /// What it waits on.
    pub(super) const fn on(&self) -> &P {
        &self.on
    }

    /// The need with which it was made.
    pub(super) const fn need(&self) -> <State<P> as Granter>::Need {
        self.need
    }

    /// Whether it has never been polled.
    pub(super) const fn is_unpolled(&self) -> bool {
        matches!(self.stage, Stage::Unpolled)
    }

    /// Ends a wait that was never polled, because its grant was taken on a fast path.
    pub(super) fn finish(&mut self) {
        self.stage = Stage::Done;
    }

    #[inline]
    fn poll_grant(&mut self, waker: &Waker) -> Poll<<State<P> as Granter>::Grant> {
        let mut state = self.on.lock();
        let (key, replaced) = match mem::replace(&mut self.stage, Stage::Done) {
            Stage::Done => return Poll::Pending,
            Stage::Unpolled => match state.try_grant(self.need) {
                Some(grant) => return Poll::Ready(grant),
                None => (state.queue().push(self.need, waker.clone()), None),
            },
            Stage::Queued(key) => match state.queue().poll(key, waker) {
                Polled::Granted(grant) => return Poll::Ready(grant),
                Polled::Waiting(key, replaced) => (key, replaced),
            },
        };
        drop(state);
        drop(replaced);
        self.stage = Stage::Queued(key);
        Poll::Pending
    }

    /// As [`Future::poll`], for a pattern with a fast path, which stays small without this.
    #[inline(never)]
    pub(super) fn poll_slowly(&mut self, waker: &Waker) -> Poll<<State<P> as Granter>::Grant> {
        self.poll_grant(waker)
    }

    #[inline(never)]
    fn give_up(&self, key: WaiterKey) {
        let mut state = self.on.lock();
        let (grant, waker) = state.queue().remove(key);
        let wakers = state.give_up(self.need, grant);
        drop(state);
        drop(waker);
        wakers.wake();
    }
}

/// The pointer is not pinned: nothing in a wait is polled in place.
impl<P: Deref<Target: Locked>> Unpin for Wait<P> {}

impl<P: Deref<Target: Locked>> Future for Wait<P> {
    type Output = <State<P> as Granter>::Grant;

    /// Polled again after it was ready, it stays pending.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_grant(cx.waker())
    }
}

impl<P: Deref<Target: Locked>> Drop for Wait<P> {
    fn drop(&mut self) {
        if let Stage::Queued(key) = mem::replace(&mut self.stage, Stage::Done) {
            self.give_up(key);
        }
    }
}

impl<P: Deref<Target: Locked>> fmt::Debug for Wait<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("stage", &self.stage).finish_non_exhaustive()
    }
}

/// Wakers that were collected under a lock, to be woken after it. A single one costs no allocation.
#[derive(Debug, Default)]
#[must_use = "a waiter that has a grant and is not woken hangs"]
pub(super) struct Wakers {
    first: Option<Waker>,
    others: Vec<Waker>,
}

impl Wakers {
    pub(super) fn push(&mut self, waker: Waker) {
        if self.first.is_none() {
            self.first = Some(waker);
        } else {
            self.others.push(waker);
        }
    }

    /// Wakes all, in the order in which they were pushed.
    pub(super) fn wake(self) {
        self.first.into_iter().chain(self.others).for_each(Waker::wake);
    }
}

impl From<Option<Waker>> for Wakers {
    fn from(first: Option<Waker>) -> Self {
        Self { first, others: Vec::new() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]
mod tests {
    use super::*;

    fn push<N, G>(queue: &mut WaitQueue<N, G>, need: N) -> WaiterKey {
        queue.push(need, Waker::noop().clone())
    }

    #[test]
    fn removing_any_waiter_keeps_the_order_of_the_others() {
        for removed in 0..4 {
            let mut queue = WaitQueue::<usize, ()>::new();
            let mut keys: Vec<_> = (0..4).map(|need| Some(push(&mut queue, need))).collect();
            queue.remove(keys[removed].take().unwrap());
            let mut granted = Vec::new();
            while let Some(&need) = queue.first() {
                queue.grant(()).unwrap();
                granted.push(need);
            }
            let expected: Vec<_> = (0..4).filter(|need| *need != removed).collect();
            assert_eq!(granted, expected);
        }
    }

    #[test]
    fn grants_are_collected_in_any_order() {
        let mut queue = WaitQueue::<(), u32>::new();
        let [first, second, third] = [(); 3].map(|()| push(&mut queue, ()));
        queue.grant(1).unwrap();
        queue.grant(2).unwrap();
        assert!(matches!(queue.poll(second, Waker::noop()), Polled::Granted(2)));
        let Polled::Waiting(third, _) = queue.poll(third, Waker::noop()) else { panic!("it has no grant") };
        queue.grant(3).unwrap();
        assert_eq!(queue.grant(4).unwrap_err(), 4, "no waiter is left");
        assert!(matches!(queue.poll(first, Waker::noop()), Polled::Granted(1)));
        assert!(matches!(queue.remove(third), (Some(3), None)));
    }

    #[test]
    fn an_uncollected_grant_is_returned() {
        let mut queue = WaitQueue::<(), u32>::new();
        let key = push(&mut queue, ());
        queue.grant(7).unwrap();
        assert_eq!(queue.len(), 0);
        assert!(matches!(queue.remove(key), (Some(7), None)));
    }
}
