use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use async_playground::{
    patterns::{BreakerConfig, BreakerState, Cause, CircuitBreaker, Outcome, Transition, Trip},
    runtime::{Clock, Simulation},
};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

/// Callers who come when the recovery time of an open breaker is over. The first finds the service still down, one of
/// an earlier generation is late.
fn callers(n: usize, probes: u32) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let trip = Trip::Consecutive { failures: 1 };
        let config = BreakerConfig { trip, recovery: ms(300), probes, lease: ms(1000) };
        let told = Rc::new(RefCell::new(Vec::new()));
        let log = told.clone();
        let observer = move |transition: &Transition| log.borrow_mut().push(*transition);
        let breaker = Rc::new(CircuitBreaker::with_observer(config, simulation.clock(), observer).unwrap());
        let late = {
            let (breaker, clock) = (breaker.clone(), simulation.clock());
            async move { breaker.call(clock.sleep(ms(305)), |()| Outcome::Success).await }
        };
        drop(crew.spawn("late", late));
        let opener = breaker.clone();
        let opens = async move { opener.call(async {}, |()| Outcome::Failure).await };
        drop(crew.spawn("opener", opens));
        let (inside, answered) = (Gauge::default(), Rc::new(Cell::new(0)));
        for caller in 0..n {
            let (breaker, clock) = (breaker.clone(), simulation.clock());
            let (inside, answered, told) = (inside.clone(), answered.clone(), told.clone());
            let call = async move {
                clock.sleep(ms(300)).await;
                let service = async {
                    if breaker.state() == BreakerState::HalfOpen {
                        let _inside = inside.enter(1);
                        clock.sleep(ms(10)).await;
                    }
                    caller
                };
                let classify = |caller: &usize| match caller {
                    0 => Outcome::Failure,
                    1 => Outcome::Ignored,
                    _ => Outcome::Success,
                };
                let answer = breaker.call(service, classify).await;
                assert!(answer.is_ok() || told.borrow().last().unwrap().to != BreakerState::Closed);
                answered.set(answered.get() + 1);
            };
            drop(crew.spawn(format!("caller {caller}"), call));
        }
        simulation.run().expect("nobody hangs");
        assert!(answered.get() + usize::from(crew.was_cut()) >= n);
        assert!(inside.most() <= probes as usize, "{} probes at a time", inside.most());
        let told = told.borrow();
        assert!(told.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].at <= pair[1].at));
        for Transition { from, to, cause, .. } in &*told {
            use BreakerState::{Closed, HalfOpen, Open};
            let legal = matches!(
                (from, to, cause),
                (Closed, Open, Cause::Tripped)
                    | (Open, HalfOpen, Cause::Recovery)
                    | (HalfOpen, Open, Cause::ProbeFailed)
                    | (HalfOpen, Closed, Cause::ProbesSucceeded)
            );
            assert!(legal, "{from:?} to {to:?}, {cause:?}");
        }
        // Nobody is inside: so all places are free, but for those of probes that have succeeded already.
        if breaker.state() == BreakerState::HalfOpen {
            assert!(breaker.try_acquire().is_ok(), "a place was lost");
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
