//! The mistakes: a breaker written by hand, four times nearly right, and none at all.

use std::{cell::Cell, rc::Rc};

use super::program::{Answer, Guard, Service, callers};
use crate::{
    exercises::{Uncaught, World},
    runtime::{Clock, Instant},
};

const CLOSED: &str = "CLOSED";
const OPEN: &str = "OPEN";
const HALF_OPEN: &str = "HALF_OPEN";

/// What any breaker written by hand has: state, counter, and a flag for the probe.
struct Handmade {
    world: World,
    state: Cell<&'static str>,
    failures: Cell<i64>,
    opened: Cell<Instant>,
    /// How often the state has changed; tells a result from before a change from one after it.
    changes: Cell<u32>,
    probing: Cell<bool>,
}

impl Handmade {
    fn new(world: &World) -> Self {
        Self {
            world: world.clone(),
            state: Cell::new(CLOSED),
            failures: Cell::new(0),
            opened: Cell::new(Instant::ORIGIN),
            changes: Cell::new(0),
            probing: Cell::new(false),
        }
    }

    fn go(&self, to: &'static str) {
        let from = self.state.replace(to);
        if from != to {
            self.changes.set(self.changes.get() + 1);
            self.world.state("breaker", from, to);
        }
        if to == OPEN {
            self.opened.set(self.world.clock().now());
        }
        self.failures.set(0);
        self.probing.set(false);
    }

    fn has_recovered(&self) -> bool {
        let since = self.world.clock().now().since(self.opened.get());
        self.state.get() == OPEN && since >= self.world.settings().millis("recovery_ms")
    }

    fn count(&self, answer: Answer) {
        if answer.is_ok() {
            self.failures.set(0);
            self.go(CLOSED);
        } else {
            self.failures.set(self.failures.get() + 1);
            let tripped = self.failures.get() >= self.world.settings().int("threshold");
            if tripped || self.state.get() == HALF_OPEN {
                self.go(OPEN);
            }
        }
    }

    /// Lets a call through, as the probe or as any call of the closed state, or refuses it.
    fn admit(&self) -> Result<Place<'_>, &'static str> {
        if self.has_recovered() {
            self.go(HALF_OPEN);
        }
        match self.state.get() {
            OPEN => Err("Circuit OPEN"),
            HALF_OPEN if self.probing.replace(true) => Err("Circuit HALF_OPEN"),
            state => Ok(Place { breaker: self, since: self.changes.get(), probe: state == HALF_OPEN }),
        }
    }
}

/// A call under way; a probe that is dropped frees its place.
struct Place<'a> {
    breaker: &'a Handmade,
    since: u32,
    probe: bool,
}

impl Place<'_> {
    fn is_current(&self) -> bool {
        self.since == self.breaker.changes.get()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.probe && self.is_current() {
            self.breaker.probing.set(false);
        }
    }
}

pub(super) async fn thundering_probes(world: World) -> Result<(), Uncaught> {
    callers(&world, ThunderingProbes(Handmade::new(&world))).await;
    Ok(())
}

struct ThunderingProbes(Handmade);

impl Guard for ThunderingProbes {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        let breaker = &self.0;
        if breaker.has_recovered() {
            breaker.go(HALF_OPEN);
        }
        // Anything but open is good enough to try.
        if breaker.state.get() == OPEN {
            return Err("Circuit OPEN");
        }
        let since = breaker.changes.get();
        let answer = service.answer(number).await;
        if since == breaker.changes.get() {
            breaker.count(answer);
        }
        Ok(answer)
    }

    fn state(&self) -> &'static str {
        self.0.state.get()
    }
}

pub(super) async fn late_result(world: World) -> Result<(), Uncaught> {
    callers(&world, LateResult(Handmade::new(&world))).await;
    Ok(())
}

struct LateResult(Handmade);

impl Guard for LateResult {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        let _place = self.0.admit()?;
        let answer = service.answer(number).await;
        // The service has answered, so it is well. But this was asked before the breaker opened.
        self.0.count(answer);
        Ok(answer)
    }

    fn state(&self) -> &'static str {
        self.0.state.get()
    }
}

pub(super) async fn stuck_probe(world: World) -> Result<(), Uncaught> {
    callers(&world, StuckProbe(Handmade::new(&world))).await;
    Ok(())
}

struct StuckProbe(Handmade);

impl Guard for StuckProbe {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        let breaker = &self.0;
        if breaker.has_recovered() {
            breaker.go(HALF_OPEN);
        }
        match breaker.state.get() {
            OPEN => return Err("Circuit OPEN"),
            HALF_OPEN if breaker.probing.replace(true) => return Err("Circuit HALF_OPEN"),
            _ => {}
        }
        let since = breaker.changes.get();
        let answer = service.answer(number).await;
        // Only an answer takes the flag back, and a caller who gives up never gets here.
        if since == breaker.changes.get() {
            breaker.probing.set(false);
            breaker.count(answer);
        }
        Ok(answer)
    }

    fn state(&self) -> &'static str {
        self.0.state.get()
    }
}

pub(super) async fn recovery_timer(world: World) -> Result<(), Uncaught> {
    callers(&world, RecoveryTimer(Rc::new(Handmade::new(&world)))).await;
    Ok(())
}

struct RecoveryTimer(Rc<Handmade>);

impl RecoveryTimer {
    /// Half-opens the breaker when the time has come, so that nobody has to look at a clock.
    fn start(&self) {
        let breaker = self.0.clone();
        let (world, since) = (breaker.world.clone(), breaker.changes.get());
        world.clone().spawn("recovery timer", async move {
            world.sleep(world.settings().millis("recovery_ms")).await;
            if since == breaker.changes.get() {
                breaker.go(HALF_OPEN);
            }
        });
    }
}

impl Guard for RecoveryTimer {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        let breaker = &*self.0;
        let place = match breaker.state.get() {
            OPEN => return Err("Circuit OPEN"),
            HALF_OPEN if breaker.probing.replace(true) => return Err("Circuit HALF_OPEN"),
            state => Place { breaker, since: breaker.changes.get(), probe: state == HALF_OPEN },
        };
        let answer = service.answer(number).await;
        if place.is_current() {
            breaker.count(answer);
            if breaker.state.get() == OPEN {
                self.start();
            }
        }
        Ok(answer)
    }

    fn state(&self) -> &'static str {
        self.0.state.get()
    }
}

pub(super) async fn no_breaker(world: World) -> Result<(), Uncaught> {
    callers(&world, NoBreaker).await;
    Ok(())
}

struct NoBreaker;

impl Guard for NoBreaker {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        Ok(service.answer(number).await)
    }

    fn state(&self) -> &'static str {
        CLOSED
    }
}
