//! Patterns of asynchronous services, one a file.
//!
//! They need `std`, `futures` and a [`Clock`](crate::runtime::Clock) passed in, and so run on any executor.

mod semaphore;
mod timeout;
mod waiters;

pub use semaphore::{
    Acquire, AcquireError, AcquireFrom, AcquireOwned, OwnedPermit, Permit, PermitOf, Semaphore,
    SemaphoreStatus, TryAcquireError,
};
pub use timeout::{Elapsed, timeout, timeout_at};
