//! Permits: what an admitted call holds until its outcome is known.

use std::{fmt, ops::Deref, sync::Arc};

use super::{Admission, CircuitBreaker, Outcome, Transition};
use crate::runtime::Clock;

/// A permit that borrows its breaker.
pub type Permit<'a, C, O = fn(&Transition)> = PermitOf<&'a CircuitBreaker<C, O>>;
/// A permit that keeps its breaker alive, and so can move into a spawned task.
pub type OwnedPermit<C, O = fn(&Transition)> = PermitOf<Arc<CircuitBreaker<C, O>>>;

/// Permission to make one call, from the breaker that `B` leads to. Dropped without an outcome it counts as
/// [`Outcome::Ignored`].
#[must_use = "a permit that is dropped counts as cancelled"]
pub struct PermitOf<B: Deref<Target: Settle>> {
    pub(super) breaker: B,
    /// `None` once the outcome is known.
    admission: Option<Admission>,
}

/// A breaker, whatever its clock and observer.
pub trait Settle {
    /// Counts the outcome of an admitted call.
    fn settle(&self, admission: Admission, outcome: Outcome);
}

impl<C: Clock, O: Fn(&Transition)> Settle for CircuitBreaker<C, O> {
    #[inline]
    fn settle(&self, admission: Admission, outcome: Outcome) {
        if outcome == Outcome::Failure || !self.is_fast_path_of(&admission) {
            self.count(admission, outcome);
        }
    }
}

impl<B: Deref<Target: Settle>> PermitOf<B> {
    pub(super) const fn new(breaker: B, admission: Admission) -> Self {
        Self { breaker, admission: Some(admission) }
    }

    /// The service worked.
    pub fn success(self) {
        self.settle(Outcome::Success);
    }

    /// The service did not work.
    pub fn failure(self) {
        self.settle(Outcome::Failure);
    }

    /// The call says nothing about the service.
    pub fn ignore(self) {
        self.settle(Outcome::Ignored);
    }

    /// Counts the outcome of the call.
    pub fn settle(mut self, outcome: Outcome) {
        self.finish(outcome);
    }

    fn finish(&mut self, outcome: Outcome) {
        if let Some(admission) = self.admission.take() {
            self.breaker.settle(admission, outcome);
        }
    }
}

impl<B: Deref<Target: Settle>> Drop for PermitOf<B> {
    fn drop(&mut self) {
        self.finish(Outcome::Ignored);
    }
}

impl<B: Deref<Target: Settle>> fmt::Debug for PermitOf<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("admission", &self.admission).finish_non_exhaustive()
    }
}
