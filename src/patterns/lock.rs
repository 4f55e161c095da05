//! The one way in which patterns take their lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the lock, poisoned or not.
///
/// No pattern calls its user's code while it holds its lock, except a key's `Hash` and `Eq`, and each leaves
/// its state whole before that; so a panic elsewhere in a thread says nothing about the state.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
