//! Shows in the trace where each request is: every part of the service is a lane of the picture.

use std::{cell::Cell, future::poll_fn, pin::pin, rc::Rc, task::Poll};

use crate::{
    exercises::World,
    patterns::service::{Limit, Load, Watch},
};

pub(super) struct Stages {
    world: World,
    /// Whether the request that asks the cache at this moment has started a fetch.
    missed: Cell<bool>,
    passed: Cell<u64>,
    tokens: Cell<usize>,
    under_way: Cell<usize>,
}

impl Stages {
    pub(super) fn new(world: &World) -> Rc<Self> {
        let (missed, passed, tokens, under_way) = Default::default();
        Rc::new(Self { world: world.clone(), missed, passed, tokens, under_way })
    }

    /// A request asks the cache. It is there until `get` is ready, if it joins a fetch; otherwise it moves on at once.
    pub(super) async fn cache<F: Future>(&self, get: F) -> F::Output {
        let mut get = pin!(get);
        let (first, _joined) = poll_fn(|cx| {
            self.missed.set(false);
            let poll = get.as_mut().poll(cx);
            let held = match (&poll, self.missed.get()) {
                (_, true) => None,
                (Poll::Ready(_), false) => {
                    self.hit();
                    None
                }
                (Poll::Pending, false) => Some(self.world.holds("cache", Some("joins".into()))),
            };
            Poll::Ready((poll, held))
        })
        .await;
        match first {
            Poll::Ready(answer) => answer,
            Poll::Pending => get.await,
        }
    }

    /// The request finds a value in the cache.
    pub(super) fn hit(&self) {
        drop(self.world.holds("cache", Some("hit".into())));
    }

    /// The request finds nothing in the cache and starts a fetch.
    pub(super) fn miss(&self) {
        self.missed.set(true);
        drop(self.world.holds("cache", Some("miss".into())));
    }

    /// A fetch waits in line at a limit, until `turn` is ready.
    pub(super) fn limit<F: Future>(&self, limit: Limit, turn: F) -> impl Future<Output = F::Output> {
        let (on, part) = match limit {
            Limit::Rate => ("rate", "rate limit"),
            Limit::Concurrency => ("permit", "concurrency"),
        };
        self.world.using(part, None, self.world.waiting_for(on, part, turn))
    }

    /// A fetch has passed the rate limit.
    pub(super) fn passed(&self) {
        self.passed.set(self.passed.get() + 1);
        self.world.result("token", &self.passed.get());
    }

    /// The breaker lets a fetch through.
    pub(super) fn lets_through(&self) {
        drop(self.world.holds("breaker", Some("lets through".into())));
    }

    /// The breaker refuses a fetch.
    pub(super) fn refuses(&self) {
        drop(self.world.holds("breaker", Some("refuses".into())));
    }

    /// Shows the free tokens, and the permits that are taken.
    pub(super) fn gauges(&self, tokens: u32, taken: usize) {
        let (tokens, settings) = (tokens as usize, self.world.settings());
        if self.tokens.replace(tokens) != tokens {
            self.world.gauge("tokens", tokens, Some(settings.count("burst")));
        }
        if self.under_way.replace(taken) != taken {
            self.world.gauge("fetches under way", taken, Some(settings.count("concurrency")));
        }
    }
}

impl Watch for Rc<Stages> {
    fn load(&self, load: &Load) {
        if self.passed.get() < load.started {
            self.passed();
        }
        self.gauges(load.tokens, load.in_flight);
    }

    fn waiting<F: Future>(&self, limit: Limit, turn: F) -> impl Future<Output = F::Output> {
        self.limit(limit, turn)
    }
}
