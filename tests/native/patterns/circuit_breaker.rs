use std::{
    cell::RefCell,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use async_playground::{
    patterns::{
        BreakerConfig, BreakerMachine, BreakerState, Cause, CircuitBreaker, Outcome, Rejected, Transition,
        Trip,
    },
    runtime::{Clock, Instant, Order, Simulation},
};

use super::support::{Manual, cut_off, ms, sweep};

pub(super) fn config(failures: u32, probes: u32) -> BreakerConfig {
    BreakerConfig { trip: Trip::Consecutive { failures }, recovery: ms(300), probes, lease: ms(1000) }
}

pub(super) fn breaker(config: BreakerConfig) -> (CircuitBreaker<Manual>, Manual) {
    let clock = Manual::default();
    (CircuitBreaker::new(config, clock.clone()).unwrap(), clock)
}

/// A breaker that has opened and whose recovery time has passed.
fn recovering(probes: u32) -> (CircuitBreaker<Manual>, Manual) {
    let (breaker, clock) = breaker(config(1, probes));
    breaker.try_acquire().unwrap().failure();
    clock.advance(ms(300));
    (breaker, clock)
}

fn admits<C: Clock>(breaker: &CircuitBreaker<C>) -> bool {
    breaker.try_acquire().is_ok()
}

#[test]
fn opens_on_failures_in_a_row_only() {
    let (breaker, _) = breaker(config(3, 1));
    for outcome in [Outcome::Failure, Outcome::Failure, Outcome::Success, Outcome::Failure, Outcome::Failure]
    {
        breaker.try_acquire().unwrap().settle(outcome);
    }
    breaker.try_acquire().unwrap().ignore();
    assert_eq!(breaker.state(), BreakerState::Closed);
    breaker.try_acquire().unwrap().failure();
    assert_eq!(breaker.state(), BreakerState::Open);
}

#[test]
fn rejects_until_the_recovery_time_has_passed_and_then_lets_one_probe_through() {
    let (breaker, clock) = breaker(config(1, 1));
    clock.advance(ms(50));
    breaker.try_acquire().unwrap().failure();
    clock.advance(Duration::from_nanos(299_999_999));
    let until = Instant::from_millis(350);
    assert_eq!(breaker.try_acquire().unwrap_err(), Rejected { state: BreakerState::Open, until });
    clock.advance(Duration::from_nanos(1));
    let probe = breaker.try_acquire().unwrap();
    let until = Instant::from_millis(1350);
    assert_eq!(breaker.try_acquire().unwrap_err(), Rejected { state: BreakerState::HalfOpen, until });
    probe.success();
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn looking_at_the_state_changes_nothing() {
    let (breaker, _clock) = recovering(1);
    assert_eq!(breaker.state(), BreakerState::Open);
    assert_eq!(breaker.state(), BreakerState::Open);
    let probe = breaker.try_acquire().unwrap();
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    probe.failure();
    assert_eq!(breaker.state(), BreakerState::Open);
}

#[test]
fn half_open_admits_as_many_probes_as_configured_and_rejects_the_rest_at_once() {
    // failsafe-rs admits every caller while half-open; cockatiel makes them wait for the probe's answer.
    for probes in 1..4 {
        let (breaker, _clock) = recovering(probes);
        let mut held: Vec<_> = (0..probes).map(|_| breaker.try_acquire().unwrap()).collect();
        assert!(!admits(&breaker));
        // A probe that has succeeded keeps its place: there are only so many in all.
        while let Some(probe) = held.pop() {
            assert_eq!(breaker.state(), BreakerState::HalfOpen);
            assert!(!admits(&breaker));
            probe.success();
        }
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
}

#[test]
fn one_failed_probe_opens_it_again_for_the_whole_recovery_time() {
    let (breaker, clock) = recovering(2);
    let (first, second) = (breaker.try_acquire().unwrap(), breaker.try_acquire().unwrap());
    clock.advance(ms(10));
    first.failure();
    second.success();
    assert_eq!(breaker.state(), BreakerState::Open);
    assert_eq!(breaker.try_acquire().unwrap_err().until, Instant::from_millis(610));
}

#[test]
fn a_late_failure_does_not_reopen_and_a_late_success_does_not_close() {
    // cockatiel reopens and opossum closes on the result of a call from before the transition; Polly counts it
    // when half-open.
    for late in [Outcome::Success, Outcome::Failure] {
        let (breaker, clock) = breaker(config(1, 1));
        let calls: Vec<_> = (0..3).map(|_| breaker.try_acquire().unwrap()).collect();
        let mut calls = calls.into_iter();
        breaker.try_acquire().unwrap().failure();
        calls.next().unwrap().settle(late);
        assert_eq!(breaker.state(), BreakerState::Open);
        assert_eq!(breaker.try_acquire().unwrap_err().until, Instant::from_millis(300));
        clock.advance(ms(300));
        let probe = breaker.try_acquire().unwrap();
        calls.next().unwrap().settle(late);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert!(!admits(&breaker), "a late result frees no probe's place");
        probe.success();
        calls.next().unwrap().settle(late);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
}

#[test]
fn a_hung_probe_gives_up_its_place_after_the_lease() {
    // opossum and Polly stay half-open for ever.
    let (breaker, clock) = recovering(1);
    let hung = breaker.try_acquire().unwrap();
    clock.advance(ms(999));
    assert!(!admits(&breaker));
    clock.advance(ms(1));
    let second = breaker.try_acquire().unwrap();
    hung.success();
    assert_eq!(breaker.state(), BreakerState::HalfOpen, "it no longer counts");
    assert!(!admits(&breaker), "nor does it free the other's place");
    second.success();
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn a_result_within_the_lease_or_before_anybody_took_the_place_counts() {
    let (breaker, clock) = recovering(1);
    let slow = breaker.try_acquire().unwrap();
    clock.advance(ms(5000));
    slow.success();
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn an_ignored_or_dropped_probe_frees_its_place() {
    // resilience4j#544: an ignored error kept the permission, and the breaker stayed half-open.
    let (breaker, _clock) = recovering(1);
    breaker.try_acquire().unwrap().ignore();
    drop(breaker.try_acquire().unwrap());
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    breaker.try_acquire().unwrap().success();
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn the_rate_policy_looks_at_the_last_calls_and_waits_for_enough_of_them() {
    let trip = Trip::Rate { percent: 50, window: 4, min_calls: 3 };
    use BreakerState::{Closed, Open};
    let state_after = |outcomes: &str| {
        let (breaker, _) = breaker(BreakerConfig { trip, ..config(1, 1) });
        for outcome in outcomes.chars() {
            match (breaker.try_acquire(), outcome) {
                (Ok(permit), 'f') => permit.failure(),
                (Ok(permit), 's') => permit.success(),
                (Ok(permit), _) => permit.ignore(),
                (Err(_), _) => return Open,
            }
        }
        breaker.state()
    };
    for (outcomes, state) in [
        ("ff", Closed),
        ("fii", Closed),
        ("ffs", Open),
        ("fsss", Closed),
        ("fsssf", Closed),
        ("sssff", Open),
        ("ssfsssf", Closed),
    ] {
        assert_eq!(state_after(outcomes), state, "{outcomes}");
    }
}

#[test]
fn forced_states_stay_until_reset() {
    let (breaker, clock) = breaker(config(1, 1));
    breaker.force_open();
    clock.advance(Duration::from_secs(1_000_000));
    assert_eq!(breaker.try_acquire().unwrap_err().until, Instant::NEVER);
    breaker.force_closed();
    (0..10).for_each(|_| breaker.try_acquire().unwrap().failure());
    assert_eq!(breaker.state(), BreakerState::Closed);
    let late = breaker.try_acquire().unwrap();
    breaker.reset();
    late.failure();
    assert_eq!(breaker.state(), BreakerState::Closed);
    breaker.try_acquire().unwrap().failure();
    assert_eq!(breaker.state(), BreakerState::Open);
    breaker.reset();
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn transitions_are_told_in_order_once_each_and_the_observer_may_use_the_breaker() {
    type Shared = CircuitBreaker<Manual, Box<dyn Fn(&Transition) + Send + Sync>>;
    let told = Arc::new(Mutex::new(vec![]));
    let myself = Arc::new(OnceLock::<Arc<Shared>>::new());
    let (log, inner) = (told.clone(), myself.clone());
    let observer = Box::new(move |transition: &Transition| {
        log.lock().unwrap().push((transition.from, transition.to, transition.cause));
        let breaker = inner.get().unwrap();
        // From within: ends what has just begun, which makes further transitions.
        if transition.cause == Cause::Tripped {
            breaker.force_closed();
            breaker.force_open();
        }
        let _ = breaker.state();
    });
    let breaker: Arc<Shared> =
        Arc::new(CircuitBreaker::with_observer(config(1, 1), Manual::default(), observer as _).unwrap());
    assert!(myself.set(breaker.clone()).is_ok());
    breaker.try_acquire().unwrap().failure();
    breaker.reset();
    breaker.reset();
    use BreakerState::{Closed, Open};
    assert_eq!(
        *told.lock().unwrap(),
        [
            (Closed, Open, Cause::Tripped),
            (Open, Closed, Cause::Forced),
            (Closed, Open, Cause::Forced),
            (Open, Closed, Cause::Reset)
        ]
    );
}

#[test]
fn a_panicking_observer_costs_nobody_the_later_transitions() {
    let told = RefCell::new(vec![]);
    let observer = |transition: &Transition| {
        told.borrow_mut().push(transition.cause);
        assert!(transition.cause != Cause::Tripped, "on purpose");
    };
    let clock = Manual::default();
    let breaker = CircuitBreaker::with_observer(config(1, 1), clock.clone(), observer).unwrap();
    let failed = catch_unwind(AssertUnwindSafe(|| breaker.try_acquire().unwrap().failure()));
    assert!(failed.is_err());
    clock.advance(ms(300));
    breaker.try_acquire().unwrap().success();
    assert_eq!(*told.borrow(), [Cause::Tripped, Cause::Recovery, Cause::ProbesSucceeded]);
}

#[test]
fn an_observer_that_panics_at_the_recovery_takes_no_probes_place() {
    let observer = |transition: &Transition| assert!(transition.cause != Cause::Recovery, "on purpose");
    let (clock, config) = (Manual::default(), BreakerConfig { lease: Duration::MAX, ..config(1, 1) });
    let breaker = CircuitBreaker::with_observer(config, clock.clone(), observer).unwrap();
    breaker.try_acquire().unwrap().failure();
    clock.advance(ms(300));
    assert!(catch_unwind(AssertUnwindSafe(|| breaker.try_acquire().is_ok())).is_err());
    breaker.try_acquire().unwrap().success();
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn threads_that_cause_transitions_at_once_lose_none() {
    let count = Mutex::new(Vec::new());
    let observer = |transition: &Transition| count.lock().unwrap().push(*transition);
    let breaker = CircuitBreaker::with_observer(config(1, 1), Manual::default(), observer).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    breaker.force_open();
                    breaker.reset();
                }
            });
        }
    });
    breaker.reset();
    let told = count.lock().unwrap();
    assert!(told.windows(2).all(|pair| pair[0].to == pair[1].from), "in order, none twice, none lost");
    assert_eq!(told.last().unwrap().to, BreakerState::Closed);
}

#[test]
fn times_of_transitions_never_run_backwards() {
    let at = Instant::from_millis;
    let mut machine = BreakerMachine::new(config(1, 1)).unwrap();
    let when = |transition: Option<Transition>| transition.unwrap().at;
    assert_eq!(when(machine.force_open(at(100))), at(100));
    // As for a thread that has looked at the clock and then not run for a while.
    assert_eq!(when(machine.reset(at(90))), at(100));
    let (ticket, _) = machine.admit(at(90));
    assert_eq!(when(machine.settle(ticket.unwrap(), Outcome::Failure, at(95))), at(100));
    assert_eq!(machine.admit(at(399)).0.unwrap_err().until, at(400));
    assert_eq!(when(machine.admit(at(400)).1), at(400));
}

#[test]
fn a_call_dropped_at_any_poll_frees_its_place_after_its_future_is_gone() {
    let scenario = |_, cut| {
        let mut simulation = Simulation::new(Order::fifo());
        let clock = simulation.clock();
        let breaker = Rc::new(CircuitBreaker::new(config(1, 1), clock.clone()).unwrap());
        simulation
            .block_on(async move {
                let fail = breaker.call(async {}, |()| Outcome::Failure).await;
                assert!(fail.is_ok());
                clock.sleep(ms(300)).await;
                let probe = async {
                    let inner = breaker.clone();
                    // Gone before the place is free, or two probes would be at the service at once.
                    let _gone = Defer(|| assert!(!admits(&inner)));
                    clock.sleep(ms(10)).await;
                    clock.sleep(ms(10)).await;
                };
                let end = cut_off(breaker.call(probe, |()| Outcome::Success), Some(cut)).await;
                let was_cut = end.is_none();
                assert!(admits(&breaker));
                let after = match (was_cut, breaker.state()) {
                    // Dropped before its first poll, the call was never made.
                    (true, state) => state != BreakerState::Closed,
                    (false, state) => state == BreakerState::Closed,
                };
                assert!(after, "{cut:?}");
                breaker.try_acquire().unwrap().success();
                assert_eq!(breaker.state(), BreakerState::Closed);
                was_cut
            })
            .unwrap()
    };
    assert!(sweep(1, scenario) >= 5);
}

struct Defer<F: FnMut()>(F);

impl<F: FnMut()> Drop for Defer<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn a_rejected_call_is_not_polled_and_a_panicking_one_frees_its_place() {
    let (breaker, _clock) = recovering(1);
    let probe = breaker.try_acquire().unwrap();
    let rejected =
        futures::executor::block_on(breaker.call(async { panic!("polled") }, |()| Outcome::Success));
    assert_eq!(rejected.unwrap_err().state, BreakerState::HalfOpen);
    drop(probe);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        futures::executor::block_on(breaker.call(async { panic!("on purpose") }, |()| Outcome::Success))
    }));
    assert!(panicked.is_err());
    assert!(admits(&breaker));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let refused = |config| CircuitBreaker::new(config, Manual::default()).unwrap_err().to_string();
    let good = config(1, 1);
    let rate = |percent, window, min_calls| BreakerConfig {
        trip: Trip::Rate { percent, window, min_calls },
        ..good
    };
    for (config, message) in [
        (config(0, 1), "failures must be 1 to 4294967295 in a row"),
        (config(1, 0), "probes must be 1 to 1024 calls"),
        (config(1, 1025), "probes must be 1 to 1024 calls"),
        (BreakerConfig { recovery: Duration::ZERO, ..good }, "recovery must be 1 ns or longer"),
        (BreakerConfig { lease: Duration::ZERO, ..good }, "lease must be 1 ns or longer"),
        (rate(0, 10, 1), "percent must be 1 to 100"),
        (rate(101, 10, 1), "percent must be 1 to 100"),
        (rate(50, 0, 0), "window must be 1 to 65535 calls"),
        (rate(50, 10, 0), "min_calls must be 1 call to as many as the window holds"),
        (rate(50, 10, 11), "min_calls must be 1 call to as many as the window holds"),
    ] {
        assert_eq!(refused(config), message);
    }
}

#[test]
fn the_longest_times_do_not_overflow() {
    let config = BreakerConfig { recovery: Duration::MAX, lease: Duration::MAX, ..config(1, 1) };
    let (breaker, clock) = breaker(config);
    clock.advance(ms(1));
    breaker.try_acquire().unwrap().failure();
    assert_eq!(breaker.try_acquire().unwrap_err().until, Instant::NEVER);
    clock.advance(Duration::from_nanos(u64::MAX - 1_000_000));
    assert!(!admits(&breaker));
}

#[test]
fn it_is_as_send_and_sync_as_its_clock_and_observer() {
    fn check<T: Send + Sync>(value: T) -> T {
        value
    }
    let breaker = check(CircuitBreaker::new(config(1, 1), Manual::default()).unwrap());
    drop(check(breaker.try_acquire()));
    drop(check(breaker.call(std::future::ready(()), |()| Outcome::Success)));
    drop(check(CircuitBreaker::with_observer(config(1, 1), Manual::default(), |_: &Transition| ()).unwrap()));
    let local = CircuitBreaker::new(config(1, 1), Simulation::new(Order::fifo()).clock()).unwrap();
    drop(local.call(pending::<()>(), |()| Outcome::Success));
}
