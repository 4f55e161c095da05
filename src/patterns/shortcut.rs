//! State under a lock, with a way past the lock while one number of it says all.
//!
//! Not for state that always takes more than a number to go by: every way past the lock would end at it.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use super::lock::lock;

/// State that comes down to a number while nothing out of the ordinary goes on.
pub(super) trait Reducible {
    /// The number, if nobody has to know more now.
    fn reduce(&self) -> Option<u64>;

    /// The number has become this.
    fn restore(&mut self, number: u64);
}

/// The state, whose number lies outside the lock while it says all. Then it is changed there, by one atomic operation;
/// who needs more takes the lock, and with it the number.
pub(super) struct Shortcut<T> {
    number: AtomicU64,
    state: Mutex<T>,
}

/// Stands outside for a number that is with the state.
const WITHIN: u64 = u64::MAX;

impl<T> Shortcut<T> {
    pub(super) const fn new(state: T) -> Self {
        Self { number: AtomicU64::new(WITHIN), state: Mutex::new(state) }
    }
}

impl<T: Reducible> Shortcut<T> {
    /// Changes the number without the lock, unless `step` refuses. Nothing if that takes the lock, for the number is
    /// within, or would be the largest of all, which has no place outside.
    pub(super) fn change<E>(&self, mut step: impl FnMut(u64) -> Result<u64, E>) -> Option<Result<(), E>> {
        let mut number = self.number.load(Ordering::Acquire);
        while number != WITHIN {
            let next = match step(number) {
                Ok(WITHIN) => return None,
                Ok(next) => next,
                Err(refusal) => return Some(Err(refusal)),
            };
            // Who takes something sees what was done by those who gave it back.
            match self.number.compare_exchange_weak(number, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(Ok(())),
                Err(other) => number = other,
            }
        }
        None
    }

    /// The whole state. Until it is let go everybody else comes to the lock.
    pub(super) fn lock(&self) -> Whole<'_, T> {
        let mut state = lock(&self.state);
        // Within, it stays there: only who has the lock puts it out.
        if self.number.load(Ordering::Relaxed) != WITHIN {
            state.restore(self.number.swap(WITHIN, Ordering::AcqRel));
        }
        Whole { number: &self.number, state }
    }
}

/// The whole state, locked.
pub(super) struct Whole<'a, T: Reducible> {
    number: &'a AtomicU64,
    state: MutexGuard<'a, T>,
}

impl<T: Reducible> Deref for Whole<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.state
    }
}

impl<T: Reducible> DerefMut for Whole<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.state
    }
}

impl<T: Reducible> Drop for Whole<'_, T> {
    /// Before the lock is let go, so that nobody finds the number neither here nor there.
    fn drop(&mut self) {
        if let Some(number) = self.state.reduce() {
            self.number.store(number, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// A sum that lies outside after every third look.
    struct Sum {
        sum: u64,
        looks: u64,
    }

    impl Reducible for Sum {
        fn reduce(&self) -> Option<u64> {
            self.looks.is_multiple_of(3).then_some(self.sum)
        }

        fn restore(&mut self, number: u64) {
            self.sum = number;
        }
    }

    #[test]
    fn nothing_is_lost_or_seen_twice_whichever_way_it_is_changed() {
        const ROUNDS: u64 = if cfg!(miri) { 50 } else { 200_000 };
        let shortcut = Shortcut::new(Sum { sum: 0, looks: 0 });
        let past = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..ROUNDS {
                        if round % 5 > 0 && shortcut.change(|sum| Ok::<_, ()>(sum + 1)).is_some() {
                            past.fetch_add(1, Ordering::Relaxed);
                        } else {
                            let mut state = shortcut.lock();
                            state.sum += 1;
                            state.looks += 1;
                        }
                    }
                });
            }
        });
        assert_eq!(shortcut.lock().sum, 4 * ROUNDS);
        assert!(past.into_inner() > 0, "some went past the lock");
    }

    #[test]
    fn the_number_that_means_within_is_never_put_outside() {
        let shortcut = Shortcut::new(Sum { sum: u64::MAX - 1, looks: 0 });
        drop(shortcut.lock());
        assert_eq!(shortcut.change(Err::<u64, u64>), Some(Err(u64::MAX - 1)));
        assert_eq!(shortcut.change(|sum| Ok::<_, ()>(sum + 1)), None);
        shortcut.lock().sum += 1;
        assert_eq!(shortcut.change(|_| Ok::<_, ()>(0)), None, "the state has it, and puts it nowhere");
        assert_eq!(shortcut.lock().sum, u64::MAX);
    }
}
