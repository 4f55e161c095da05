//! What can be seen of the service from outside, on the world.

use std::cell::Cell;

use crate::{
    exercises::World,
    patterns::service::{Limit, Load, Watch},
};

/// Shows on the world how many fetches are under way, when one passes the rate limit, and what the others wait for.
pub(super) struct OnStage {
    world: World,
    started: Cell<u64>,
    tokens: Cell<usize>,
    in_flight: Cell<usize>,
}

impl OnStage {
    pub(super) fn new(world: &World) -> Self {
        let (started, tokens, in_flight) = Default::default();
        Self { world: world.clone(), started, tokens, in_flight }
    }
}

impl Watch for OnStage {
    fn load(&self, load: &Load) {
        if self.started.replace(load.started) < load.started {
            self.world.result("token", &load.started);
        }
        let tokens = load.tokens as usize;
        if self.tokens.replace(tokens) != tokens {
            self.world.gauge("tokens", tokens, Some(self.world.settings().count("burst")));
        }
        if self.in_flight.replace(load.in_flight) != load.in_flight {
            self.world.gauge("in flight", load.in_flight, Some(load.limit));
        }
    }

    fn waiting<F: Future>(&self, limit: Limit, turn: F) -> impl Future<Output = F::Output> {
        let on = match limit {
            Limit::Rate => "rate",
            Limit::Concurrency => "permit",
        };
        self.world.waiting(on, turn)
    }
}
