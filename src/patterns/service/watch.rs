//! What an observer sees of a backend: its load, and what a fetch waits for.

/// The load of a backend at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many fetches the rate limit would let start now.
    pub tokens: u32,
    /// How many fetches have passed the rate limit so far. It grows at the moment when a fetch passes.
    pub started: u64,
    /// How many fetches wait for the rate limit.
    pub waiting_to_start: usize,
    /// How many fetches wait for the concurrency limit.
    pub waiting_for_permit: usize,
    /// How many fetches are running.
    pub in_flight: usize,
    /// How many fetches may run at the same time.
    pub limit: usize,
}

/// One of the two limits at which a fetch may have to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The rate at which fetches start.
    Rate,
    /// The number of fetches that run at the same time.
    Concurrency,
}

/// An observer of a [`Backend`](super::Backend). Every closure on a [`Load`] is one.
pub trait Watch {
    /// Called when a fetch has passed a limit or ended. No lock is held.
    fn load(&self, load: &Load);

    /// Wraps the wait of a fetch at a limit: `turn` is ready when the fetch may pass, which may be immediately. The
    /// returned future MUST end with `turn` and drop it when dropped; meanwhile it may show what the fetch waits for.
    fn waiting<F: Future>(&self, limit: Limit, turn: F) -> impl Future<Output = F::Output> {
        let _ = limit;
        turn
    }
}

impl<F: Fn(&Load)> Watch for F {
    fn load(&self, load: &Load) {
        self(load);
    }
}
