//! Callers that find a circuit breaker open, half-open and closed.

use std::{
    cell::{Cell, RefCell},
    convert::Infallible,
    rc::Rc,
};

use async_playground::{
    patterns::circuit_breaker::{Cause, CircuitBreaker, Config, Outcome, State, Transition, Trip},
    runtime::{Clock, Simulation},
};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

/// Callers that arrive when the recovery time of an open breaker is over. The first finds the service still down, and one
/// call from before the breaker opened is late.
fn callers(n: usize, test_calls: u32) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let trip = Trip::Consecutive { failures: 1 };
        let config = Config { trip, recovery: ms(300), test_calls, lease: ms(1000) };
        let seen = Rc::new(RefCell::new(Vec::new()));
        let log = seen.clone();
        let observer = move |transition: &Transition| log.borrow_mut().push(*transition);
        let breaker = Rc::new(CircuitBreaker::with_observer(config, simulation.clock(), observer).unwrap());
        let late = {
            let (breaker, clock) = (breaker.clone(), simulation.clock());
            let service = async move {
                clock.sleep(ms(305)).await;
                Ok::<_, ()>(())
            };
            async move { breaker.call(service, Outcome::of).await }
        };
        drop(crew.spawn("late", late));
        let opener = breaker.clone();
        let opens = async move { opener.call(async { Err::<(), _>(()) }, Outcome::of).await };
        drop(crew.spawn("opener", opens));
        let (inside, answered) = (Gauge::default(), Rc::new(Cell::new(0)));
        for caller in 0..n {
            let (breaker, clock) = (breaker.clone(), simulation.clock());
            let (inside, answered, seen) = (inside.clone(), answered.clone(), seen.clone());
            let call = async move {
                clock.sleep(ms(300)).await;
                let service = async {
                    if breaker.state() == State::HalfOpen {
                        let _inside = inside.enter(1);
                        clock.sleep(ms(10)).await;
                    }
                    Ok::<_, Infallible>(caller)
                };
                let classify = |caller: &Result<usize, _>| match caller {
                    Ok(0) => Outcome::Failure,
                    Ok(1) => Outcome::Ignored,
                    _ => Outcome::Success,
                };
                let answer = breaker.call(service, classify).await;
                assert!(answer.is_ok() || seen.borrow().last().unwrap().to != State::Closed);
                answered.set(answered.get() + 1);
            };
            drop(crew.spawn(format!("caller {caller}"), call));
        }
        simulation.run().expect("no task hangs");
        assert!(answered.get() + usize::from(crew.was_cut()) >= n);
        assert!(inside.most() <= test_calls as usize, "{} test calls at a time", inside.most());
        let seen = seen.borrow();
        assert!(seen.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].at <= pair[1].at));
        for Transition { from, to, cause, .. } in &*seen {
            use State::{Closed, HalfOpen, Open};
            let legal = matches!(
                (from, to, cause),
                (Closed, Open, Cause::Tripped)
                    | (Open, HalfOpen, Cause::Recovery)
                    | (HalfOpen, Open, Cause::TestCallFailed)
                    | (HalfOpen, Closed, Cause::TestCallsSucceeded)
            );
            assert!(legal, "{from:?} to {to:?}, {cause:?}");
        }
        // No call is running: all test calls are free, except those that have succeeded already.
        if breaker.state() == State::HalfOpen {
            assert!(breaker.try_acquire().is_ok(), "a test call was lost");
        }
    }
}

#[test]
fn circuit_breaker() {
    Proof::of("circuit breaker")
        .swept(callers(3, 1))
        .swept(callers(5, 2))
        .in_every_order(callers(2, 1))
        .in_every_order(callers(2, 2))
        .in_every_order(callers(3, 1))
        .in_seeded_orders(5000, 8, callers(6, 2))
        .print();
}
