//! How all patterns take their lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the lock, poisoned or not.
///
/// A pattern calls no user code while it holds its lock, except a key's `Hash` and `Eq`, and the state is consistent
/// before that; so a panic in another thread says nothing about the state. Wakers are cloned under the lock too: that is
/// the executor's code, which neither panics nor calls back.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
