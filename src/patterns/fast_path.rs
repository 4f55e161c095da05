//! State under a lock, with a lock-free fast path while a single number describes it.
//!
//! Not for state that always needs more than a number: every attempt on the fast path would end at the lock.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    lock::lock,
    wait_queue::{Granter, Locked},
};

/// State that a single number describes while nothing special happens, such as "three permits are available and nobody
/// waits".
pub(super) trait AsNumber {
    /// The number, if it is all there is to know now.
    fn to_number(&self) -> Option<u64>;
    /// Sets the number.
    fn set_number(&mut self, number: u64);
}

/// The state. While its number is all there is to know, the number is kept outside the lock, where one atomic operation
/// changes it. Whoever takes the lock moves the number back into the state.
pub(super) struct FastPath<T> {
    number: AtomicU64,
    state: Mutex<T>,
}

/// The value of `FastPath::number` while the number is in the state.
const IN_STATE: u64 = u64::MAX;

impl<T> FastPath<T> {
    pub(super) const fn new(state: T) -> Self {
        Self { number: AtomicU64::new(IN_STATE), state: Mutex::new(state) }
    }
}

impl<T: AsNumber> FastPath<T> {
    /// Changes the number without the lock, unless `step` refuses. Returns `None` if the lock is needed, because the
    /// number is in the state or the next one would be `u64::MAX`, which means that it is.
    pub(super) fn try_update<E>(&self, mut step: impl FnMut(u64) -> Result<u64, E>) -> Option<Result<(), E>> {
        let mut number = self.number.load(Ordering::Acquire);
        while number != IN_STATE {
            let next = match step(number) {
                Ok(IN_STATE) => return None,
                Ok(next) => next,
                Err(refusal) => return Some(Err(refusal)),
            };
            // Acquire and release: a permit's next owner sees what its last owner did.
            match self.number.compare_exchange_weak(number, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(Ok(())),
                Err(other) => number = other,
            }
        }
        None
    }

    /// Locks the whole state. Until the guard is dropped there is no fast path.
    pub(super) fn lock(&self) -> Guard<'_, T> {
        let mut state = lock(&self.state);
        // Only the owner of the lock moves the number out of the state, so it stays there if it is there now.
        if self.number.load(Ordering::Relaxed) != IN_STATE {
            state.set_number(self.number.swap(IN_STATE, Ordering::AcqRel));
        }
        Guard { number: &self.number, state }
    }
}

impl<T: AsNumber + Granter> Locked for FastPath<T> {
    type State = T;

    fn lock(&self) -> impl DerefMut<Target = T> {
        Self::lock(self)
    }
}

/// The locked state.
pub(super) struct Guard<'a, T: AsNumber> {
    number: &'a AtomicU64,
    state: MutexGuard<'a, T>,
}

impl<T: AsNumber> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.state
    }
}

impl<T: AsNumber> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.state
    }
}

impl<T: AsNumber> Drop for Guard<'_, T> {
    /// Moves the number out before the lock is released, so that it is always in exactly one place.
    fn drop(&mut self) {
        if let Some(number) = self.state.to_number() {
            self.number.store(number, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// A sum whose number moves out after every third lock.
    struct Sum {
        sum: u64,
        locks: u64,
    }

    impl AsNumber for Sum {
        fn to_number(&self) -> Option<u64> {
            self.locks.is_multiple_of(3).then_some(self.sum)
        }

        fn set_number(&mut self, number: u64) {
            self.sum = number;
        }
    }

    #[test]
    fn no_update_is_lost_or_counted_twice_with_or_without_the_lock() {
        const ROUNDS: u64 = if cfg!(miri) { 50 } else { 200_000 };
        let sum = FastPath::new(Sum { sum: 0, locks: 0 });
        let without_lock = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..ROUNDS {
                        if round % 5 > 0 && sum.try_update(|sum| Ok::<_, ()>(sum + 1)).is_some() {
                            without_lock.fetch_add(1, Ordering::Relaxed);
                        } else {
                            let mut state = sum.lock();
                            state.sum += 1;
                            state.locks += 1;
                        }
                    }
                });
            }
        });
        assert_eq!(sum.lock().sum, 4 * ROUNDS);
        assert!(without_lock.into_inner() > 0, "some updates took the fast path");
    }

    #[test]
    fn the_largest_number_stays_in_the_state() {
        let sum = FastPath::new(Sum { sum: u64::MAX - 1, locks: 0 });
        drop(sum.lock());
        assert_eq!(sum.try_update(Err::<u64, u64>), Some(Err(u64::MAX - 1)));
        assert_eq!(sum.try_update(|sum| Ok::<_, ()>(sum + 1)), None);
        sum.lock().sum += 1;
        assert_eq!(sum.try_update(|_| Ok::<_, ()>(0)), None, "the number is in the state");
        assert_eq!(sum.lock().sum, u64::MAX);
    }
}
