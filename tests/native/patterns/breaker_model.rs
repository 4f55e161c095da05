//! The circuit breaker beside a model of twenty lines.

use async_playground::patterns::circuit_breaker::{Outcome, State};
use proptest::prelude::*;

use super::{
    circuit_breaker::{breaker, config},
    support::{ms, often},
};

/// The breaker in twenty lines: one test call, failures in a row, a lease. It keeps the calls that count.
#[derive(Default)]
struct Model {
    /// When it admits a test call; none when closed.
    open_until: Option<u64>,
    row: u32,
    counted: Vec<usize>,
    test_call: Option<(usize, u64)>,
}

impl Model {
    fn start(&mut self, call: usize, now: u64) -> bool {
        match (self.open_until, self.test_call) {
            (None, _) => self.counted.push(call),
            (Some(until), None) if now < until => return false,
            (Some(_), Some((_, lease))) if now < lease => return false,
            (Some(_), _) => self.test_call = Some((call, now + 1000)),
        }
        true
    }

    fn end(&mut self, call: usize, outcome: Outcome, now: u64) {
        let tests = self.test_call.is_some_and(|(test, _)| test == call);
        self.row = match outcome {
            _ if !tests && !self.counted.contains(&call) => return,
            Outcome::Ignored if tests => return self.test_call = Some((usize::MAX, 0)),
            Outcome::Ignored => return,
            Outcome::Failure => self.row + 1,
            Outcome::Success if tests => return *self = Self::default(),
            Outcome::Success => 0,
        };
        if tests || self.row == 3 {
            *self = Self { open_until: Some(now + 300), ..Self::default() };
        }
    }

    fn state(&self) -> State {
        match (self.open_until, self.test_call) {
            (None, _) => State::Closed,
            (Some(_), None) => State::Open,
            (Some(_), Some(_)) => State::HalfOpen,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(often(1000, 10)))]
    #[test]
    fn agrees_with_the_reference_model(steps in proptest::collection::vec((0..6u8, 0..8usize, 0..200u64), 1..80)) {
        let (breaker, clock) = breaker(config(3, 1));
        let (mut model, mut now, mut held) = (Model::default(), 0, vec![]);
        for (call, (step, pick, rest)) in steps.into_iter().enumerate() {
            let outcome = match step {
                0 | 1 => {
                    let permit = breaker.try_acquire();
                    prop_assert_eq!(permit.is_ok(), model.start(call, now));
                    held.extend(permit.ok().map(|permit| (call, permit)));
                    continue;
                }
                2 => {
                    now += rest * 2;
                    clock.advance(ms(rest * 2));
                    continue;
                }
                3 => Outcome::Success,
                4 => Outcome::Failure,
                _ => Outcome::Ignored,
            };
            if !held.is_empty() {
                let (call, permit) = held.swap_remove(pick % held.len());
                permit.settle(outcome);
                model.end(call, outcome, now);
            }
            prop_assert_eq!(breaker.state(), model.state());
        }
    }
}
