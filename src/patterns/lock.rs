//! The one way in which patterns take their lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the lock, poisoned or not.
///
/// No pattern calls its user's code while it holds its lock, except a key's `Hash` and `Eq`, and the state is whole
/// before that; so a panic in a thread says nothing about the state. A waker is cloned there too, which is the
/// executor's code: it neither panics nor calls back.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
