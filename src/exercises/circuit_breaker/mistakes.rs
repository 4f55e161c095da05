//! The mistakes: a handmade breaker that is nearly right in four ways, and no breaker at all.

use std::{cell::Cell, rc::Rc};

use super::program::{Answer, Guard, Service, callers};
use crate::{
    exercises::{Uncaught, World},
    runtime::{Clock, Instant},
};

const CLOSED: &str = "CLOSED";
const OPEN: &str = "OPEN";
const HALF_OPEN: &str = "HALF_OPEN";

/// A handmade breaker: state, count of failures, and a flag for the test call.
struct Handmade {
    world: World,
    state: Cell<&'static str>,
    failures: Cell<i64>,
    opened: Cell<Instant>,
    /// How often the state has changed. Tells a result from before a change from one after it.
    changes: Cell<u32>,
    testing: Cell<bool>,
}

impl Handmade {
    fn new(world: &World) -> Self {
        Self {
            world: world.clone(),
            state: Cell::new(CLOSED),
            failures: Cell::new(0),
            opened: Cell::new(Instant::ORIGIN),
            changes: Cell::new(0),
            testing: Cell::new(false),
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
        self.testing.set(false);
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

    /// Lets a call through or refuses it. When half-open, it lets one test call through.
    fn admit(&self) -> Result<Admitted<'_>, &'static str> {
        if self.has_recovered() {
            self.go(HALF_OPEN);
        }
        match self.state.get() {
            OPEN => Err("Circuit OPEN"),
            HALF_OPEN if self.testing.replace(true) => Err("Circuit HALF_OPEN"),
            state => Ok(Admitted { breaker: self, since: self.changes.get(), is_test: state == HALF_OPEN }),
        }
    }
}

/// A call under way. A test call that is dropped makes way for another one.
struct Admitted<'a> {
    breaker: &'a Handmade,
    since: u32,
    is_test: bool,
}

impl Admitted<'_> {
    fn is_current(&self) -> bool {
        self.since == self.breaker.changes.get()
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        if self.is_test && self.is_current() {
            self.breaker.testing.set(false);
        }
    }
}

pub(super) async fn many_test_calls(world: World) -> Result<(), Uncaught> {
    callers(&world, ManyTestCalls(Handmade::new(&world))).await;
    Ok(())
}

struct ManyTestCalls(Handmade);

impl Guard for ManyTestCalls {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        let breaker = &self.0;
        if breaker.has_recovered() {
            breaker.go(HALF_OPEN);
        }
        // Mistake: half-open lets every call through.
        if breaker.state.get() == OPEN {
            return Err("Circuit OPEN");
        }
        let since = breaker.changes.get();
        let answer = service.answer(self, number).await;
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
        let _admitted = self.0.admit()?;
        let answer = service.answer(self, number).await;
        // Mistake: the call may have been made before the breaker opened.
        self.0.count(answer);
        Ok(answer)
    }

    fn state(&self) -> &'static str {
        self.0.state.get()
    }
}

pub(super) async fn stuck_test_call(world: World) -> Result<(), Uncaught> {
    callers(&world, StuckTestCall(Handmade::new(&world))).await;
    Ok(())
}

struct StuckTestCall(Handmade);

impl Guard for StuckTestCall {
    async fn call(&self, service: &Service, number: i64) -> Result<Answer, &'static str> {
        let breaker = &self.0;
        if breaker.has_recovered() {
            breaker.go(HALF_OPEN);
        }
        match breaker.state.get() {
            OPEN => return Err("Circuit OPEN"),
            HALF_OPEN if breaker.testing.replace(true) => return Err("Circuit HALF_OPEN"),
            _ => {}
        }
        let since = breaker.changes.get();
        let answer = service.answer(self, number).await;
        // Mistake: only an answer clears the flag, and a caller that gives up never comes here.
        if since == breaker.changes.get() {
            breaker.testing.set(false);
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
    /// Mistake: half-opens the breaker from a task of its own, which runs some time after its timer.
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
        let admitted = match breaker.state.get() {
            OPEN => return Err("Circuit OPEN"),
            HALF_OPEN if breaker.testing.replace(true) => return Err("Circuit HALF_OPEN"),
            state => Admitted { breaker, since: breaker.changes.get(), is_test: state == HALF_OPEN },
        };
        let answer = service.answer(self, number).await;
        if admitted.is_current() {
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
        Ok(service.answer(self, number).await)
    }

    fn state(&self) -> &'static str {
        CLOSED
    }
}
