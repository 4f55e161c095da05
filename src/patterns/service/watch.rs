//! How a backend is looked at from outside: its load, and what a fetch waits for.

/// How busy the way to the backend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many fetches could start at once, as far as the rate limit goes.
    pub tokens: u32,
    /// How many the rate limit has let through so far; who counts them sees when it did.
    pub let_through: u64,
    /// How many wait for the rate limit.
    pub waiting_to_start: usize,
    /// How many wait for the concurrency limit.
    pub waiting_for_room: usize,
    /// How many are under way.
    pub in_flight: usize,
    /// How many may be.
    pub limit: usize,
}

/// One of the two lines in which a fetch may have to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// For its turn at the rate limit.
    Rate,
    /// For room among those that are under way.
    Room,
}

/// Looks on as a [`Backend`](super::Backend) works. Every closure on a [`Load`] does.
pub trait Watch {
    /// A fetch has moved on. No lock is held.
    fn load(&self, load: &Load);

    /// A fetch comes to a limit: `turn` is ready when it may pass, which may be at once. The future returned MUST end
    /// with it and drop it when dropped; it may show what the fetch waits for meanwhile.
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
