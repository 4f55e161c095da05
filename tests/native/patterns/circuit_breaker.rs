//! The circuit breaker: its states, late results, test calls, observer and settings.

use std::{
    cell::RefCell,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use async_playground::{
    patterns::circuit_breaker::{
        CallError, Cause, CircuitBreaker, Config, Counts, Machine, Outcome, State, Transition, Trip,
    },
    runtime::{Clock, Instant, Order, Simulation},
};

use super::support::{Manual, cut_off, ms, sweep};

pub(super) fn config(failures: u32, test_calls: u32) -> Config {
    Config { trip: Trip::Consecutive { failures }, recovery: ms(300), test_calls, lease: ms(1000) }
}

pub(super) fn breaker(config: Config) -> (CircuitBreaker<Manual>, Manual) {
    let clock = Manual::default();
    (CircuitBreaker::new(config, clock.clone()).unwrap(), clock)
}

/// A breaker that has opened and whose recovery time has passed.
fn recovering(test_calls: u32) -> (CircuitBreaker<Manual>, Manual) {
    let (breaker, clock) = breaker(config(1, test_calls));
    breaker.try_acquire().unwrap().failure();
    clock.advance(ms(300));
    (breaker, clock)
}

fn rejected<C: Clock>(breaker: &CircuitBreaker<C>) -> (State, Instant) {
    let rejected = breaker.try_acquire().unwrap_err();
    (rejected.state, rejected.until)
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
    assert_eq!(breaker.state(), State::Closed);
    breaker.try_acquire().unwrap().failure();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn rejects_until_the_recovery_time_has_passed_and_then_admits_one_test_call() {
    let (breaker, clock) = breaker(config(1, 1));
    clock.advance(ms(50));
    breaker.try_acquire().unwrap().failure();
    clock.advance(Duration::from_nanos(299_999_999));
    let until = Instant::from_millis(350);
    assert_eq!(rejected(&breaker), (State::Open, until));
    clock.advance(Duration::from_nanos(1));
    let test_call = breaker.try_acquire().unwrap();
    let until = Instant::from_millis(1350);
    assert_eq!(rejected(&breaker), (State::HalfOpen, until));
    test_call.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn reading_the_state_changes_nothing() {
    let (breaker, _clock) = recovering(1);
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.state(), State::Open);
    let test_call = breaker.try_acquire().unwrap();
    assert_eq!(breaker.state(), State::HalfOpen);
    test_call.failure();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn half_open_admits_the_configured_test_calls_and_rejects_the_rest() {
    // failsafe-rs admits every caller while half-open; cockatiel makes them wait for the first one's result.
    for test_calls in 1..4 {
        let (breaker, _clock) = recovering(test_calls);
        let mut held: Vec<_> = (0..test_calls).map(|_| breaker.try_acquire().unwrap()).collect();
        assert!(!admits(&breaker));
        // A test call that has succeeded admits no other.
        while let Some(test_call) = held.pop() {
            assert_eq!(breaker.state(), State::HalfOpen);
            assert!(!admits(&breaker));
            test_call.success();
        }
        assert_eq!(breaker.state(), State::Closed);
    }
}

#[test]
fn one_failed_test_call_opens_it_for_another_recovery_time() {
    let (breaker, clock) = recovering(2);
    let (first, second) = (breaker.try_acquire().unwrap(), breaker.try_acquire().unwrap());
    clock.advance(ms(10));
    first.failure();
    second.success();
    assert_eq!(breaker.state(), State::Open);
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
        assert_eq!(breaker.state(), State::Open);
        assert_eq!(breaker.try_acquire().unwrap_err().until, Instant::from_millis(300));
        clock.advance(ms(300));
        let test_call = breaker.try_acquire().unwrap();
        calls.next().unwrap().settle(late);
        assert_eq!(breaker.state(), State::HalfOpen);
        assert!(!admits(&breaker), "a late result admits no test call");
        test_call.success();
        calls.next().unwrap().settle(late);
        assert_eq!(breaker.state(), State::Closed);
    }
}

#[test]
fn a_hung_test_call_is_replaced_after_the_lease() {
    // opossum and Polly stay half-open for ever.
    let (breaker, clock) = recovering(1);
    let hung = breaker.try_acquire().unwrap();
    clock.advance(ms(999));
    assert!(!admits(&breaker));
    clock.advance(ms(1));
    let second = breaker.try_acquire().unwrap();
    hung.success();
    assert_eq!(breaker.state(), State::HalfOpen, "its result is ignored");
    assert!(!admits(&breaker), "and admits no third test call");
    second.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_result_after_the_lease_counts_if_no_call_has_taken_over() {
    let (breaker, clock) = recovering(1);
    let slow = breaker.try_acquire().unwrap();
    clock.advance(ms(5000));
    slow.success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn an_ignored_or_dropped_test_call_admits_another() {
    // resilience4j#544: an ignored error kept the permission, and the breaker stayed half-open.
    let (breaker, _clock) = recovering(1);
    breaker.try_acquire().unwrap().ignore();
    drop(breaker.try_acquire().unwrap());
    assert_eq!(breaker.state(), State::HalfOpen);
    breaker.try_acquire().unwrap().success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn the_rate_considers_the_last_calls_and_needs_a_minimum_of_them() {
    let trip = Trip::Rate { percent: 50, window: 4, min_calls: 3 };
    use State::{Closed, Open};
    let state_after = |outcomes: &str| {
        let (breaker, _) = breaker(Config { trip, ..config(1, 1) });
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
fn counts_are_those_of_the_current_state() {
    let (consecutive, clock) = breaker(config(2, 2));
    consecutive.try_acquire().unwrap().failure();
    assert_eq!(consecutive.counts(), Counts { results: 1, failures: 1, ..Counts::default() });
    consecutive.try_acquire().unwrap().failure();
    assert_eq!(consecutive.counts(), Counts::default(), "it is open");
    clock.advance(ms(300));
    let running = consecutive.try_acquire().unwrap();
    consecutive.try_acquire().unwrap().success();
    assert_eq!(consecutive.counts(), Counts { test_calls: 1, test_calls_succeeded: 1, ..Counts::default() });
    running.success();
    assert_eq!(consecutive.counts(), Counts::default());
    let trip = Trip::Rate { percent: 100, window: 2, min_calls: 2 };
    let (rate, _) = breaker(Config { trip, ..config(1, 1) });
    for outcome in [Outcome::Failure, Outcome::Success, Outcome::Success] {
        rate.try_acquire().unwrap().settle(outcome);
    }
    assert_eq!(rate.counts(), Counts { results: 2, ..Counts::default() });
}

#[test]
fn an_owned_permit_moves_into_another_thread() {
    let (breaker, _clock) = recovering(1);
    let breaker = Arc::new(breaker);
    let permit = breaker.try_acquire_owned().unwrap();
    assert!(breaker.try_acquire_owned().is_err());
    std::thread::spawn(move || permit.success()).join().unwrap();
    assert_eq!(breaker.state(), State::Closed);
    drop(breaker.try_acquire_owned().unwrap());
    assert_eq!(Arc::strong_count(&breaker), 1);
}

#[test]
fn forced_states_stay_until_reset() {
    let (breaker, clock) = breaker(config(1, 1));
    breaker.force_open();
    clock.advance(Duration::from_secs(1_000_000));
    assert_eq!(breaker.try_acquire().unwrap_err().until, Instant::NEVER);
    breaker.force_closed();
    (0..10).for_each(|_| breaker.try_acquire().unwrap().failure());
    assert_eq!(breaker.state(), State::Closed);
    let late = breaker.try_acquire().unwrap();
    breaker.reset();
    late.failure();
    assert_eq!(breaker.state(), State::Closed);
    breaker.try_acquire().unwrap().failure();
    assert_eq!(breaker.state(), State::Open);
    breaker.reset();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn the_observer_sees_transitions_in_order_once_each_and_may_use_the_breaker() {
    type Shared = CircuitBreaker<Manual, Box<dyn Fn(&Transition) + Send + Sync>>;
    let seen = Arc::new(Mutex::new(vec![]));
    let myself = Arc::new(OnceLock::<Arc<Shared>>::new());
    let (log, inner) = (seen.clone(), myself.clone());
    let observer = Box::new(move |transition: &Transition| {
        log.lock().unwrap().push((transition.from, transition.to, transition.cause));
        let breaker = inner.get().unwrap();
        // Causes further transitions from within.
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
    use State::{Closed, Open};
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (Closed, Open, Cause::Tripped),
            (Open, Closed, Cause::Forced),
            (Closed, Open, Cause::Forced),
            (Open, Closed, Cause::Reset)
        ]
    );
}

#[test]
fn after_a_panic_the_observer_sees_the_later_transitions() {
    let seen = RefCell::new(vec![]);
    let observer = |transition: &Transition| {
        seen.borrow_mut().push(transition.cause);
        assert!(transition.cause != Cause::Tripped, "on purpose");
    };
    let clock = Manual::default();
    let breaker = CircuitBreaker::with_observer(config(1, 1), clock.clone(), observer).unwrap();
    let failed = catch_unwind(AssertUnwindSafe(|| breaker.try_acquire().unwrap().failure()));
    assert!(failed.is_err());
    clock.advance(ms(300));
    breaker.try_acquire().unwrap().success();
    assert_eq!(*seen.borrow(), [Cause::Tripped, Cause::Recovery, Cause::TestCallsSucceeded]);
}

#[test]
fn an_observer_that_panics_at_the_recovery_uses_up_no_test_call() {
    let observer = |transition: &Transition| assert!(transition.cause != Cause::Recovery, "on purpose");
    let (clock, config) = (Manual::default(), Config { lease: Duration::MAX, ..config(1, 1) });
    let breaker = CircuitBreaker::with_observer(config, clock.clone(), observer).unwrap();
    breaker.try_acquire().unwrap().failure();
    clock.advance(ms(300));
    assert!(catch_unwind(AssertUnwindSafe(|| breaker.try_acquire().is_ok())).is_err());
    breaker.try_acquire().unwrap().success();
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn transitions_caused_by_several_threads_are_all_delivered() {
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
    let seen = count.lock().unwrap();
    assert!(seen.windows(2).all(|pair| pair[0].to == pair[1].from), "in order, none twice, none lost");
    assert_eq!(seen.last().unwrap().to, State::Closed);
}

#[test]
fn times_of_transitions_never_run_backwards() {
    let at = Instant::from_millis;
    let mut machine = Machine::new(config(1, 1)).unwrap();
    let when = |transition: Option<Transition>| transition.unwrap().at;
    assert_eq!(when(machine.force_open(at(100))), at(100));
    // As for a thread that has read the clock and then not run for a while.
    assert_eq!(when(machine.reset(at(90))), at(100));
    let (admission, _) = machine.admit(at(90));
    assert_eq!(when(machine.settle(admission.unwrap(), Outcome::Failure, at(95))), at(100));
    assert_eq!(machine.admit(at(399)).0.unwrap_err().until, at(400));
    assert_eq!(when(machine.admit(at(400)).1), at(400));
}

#[test]
fn a_test_call_dropped_at_any_poll_admits_another_after_its_future_is_gone() {
    let scenario = |_, cut| {
        let mut simulation = Simulation::new(Order::fifo());
        let clock = simulation.clock();
        let breaker = Rc::new(CircuitBreaker::new(config(1, 1), clock.clone()).unwrap());
        simulation
            .block_on(async move {
                let fail = breaker.call(async { Err::<(), _>(()) }, Outcome::of).await;
                assert_eq!(fail, Err(CallError::Failed(())));
                clock.sleep(ms(300)).await;
                let test_call = async {
                    let inner = breaker.clone();
                    // Dropped before another test call is admitted, or the service would get two at a time.
                    let _gone = Defer(|| assert!(!admits(&inner)));
                    clock.sleep(ms(10)).await;
                    clock.sleep(ms(10)).await;
                    Ok::<_, ()>(())
                };
                let end = cut_off(breaker.call(test_call, Outcome::of), Some(cut)).await;
                let was_cut = end.is_none();
                assert!(admits(&breaker));
                let after = match (was_cut, breaker.state()) {
                    // Dropped before its first poll, the call was never made.
                    (true, state) => state != State::Closed,
                    (false, state) => state == State::Closed,
                };
                assert!(after, "{cut:?}");
                breaker.try_acquire().unwrap().success();
                assert_eq!(breaker.state(), State::Closed);
                was_cut
            })
            .unwrap()
    };
    assert!(sweep(1, scenario) >= 5);
}

fn never(message: &str) -> Result<(), ()> {
    panic!("{message}")
}

struct Defer<F: FnMut()>(F);

impl<F: FnMut()> Drop for Defer<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

#[test]
fn a_rejected_call_is_not_polled_and_a_panicking_test_call_admits_another() {
    let (breaker, _clock) = recovering(1);
    let test_call = breaker.try_acquire().unwrap();
    let call = |message| breaker.call(async move { never(message) }, Outcome::of);
    let result = futures::executor::block_on(call("polled"));
    assert!(matches!(result, Err(CallError::Rejected(rejected)) if rejected.state == State::HalfOpen));
    drop(test_call);
    let panicked = catch_unwind(AssertUnwindSafe(|| futures::executor::block_on(call("on purpose")).is_ok()));
    assert!(panicked.is_err());
    assert!(admits(&breaker));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let refused = |config| CircuitBreaker::new(config, Manual::default()).unwrap_err().to_string();
    let good = config(1, 1);
    let rate =
        |percent, window, min_calls| Config { trip: Trip::Rate { percent, window, min_calls }, ..good };
    for (config, message) in [
        (config(0, 1), "failures must be 1 to 4294967295 in a row"),
        (config(1, 0), "test_calls must be 1 to 1024 calls"),
        (config(1, 1025), "test_calls must be 1 to 1024 calls"),
        (Config { recovery: Duration::ZERO, ..good }, "recovery must be 1 ns or longer"),
        (Config { lease: Duration::ZERO, ..good }, "lease must be 1 ns or longer"),
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
    let config = Config { recovery: Duration::MAX, lease: Duration::MAX, ..config(1, 1) };
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
    drop(check(breaker.call(std::future::ready(Ok::<_, ()>(())), Outcome::of)));
    drop(check(CircuitBreaker::with_observer(config(1, 1), Manual::default(), |_: &Transition| ()).unwrap()));
    let local = CircuitBreaker::new(config(1, 1), Simulation::new(Order::fifo()).clock()).unwrap();
    drop(local.call(pending::<Result<(), ()>>(), Outcome::of));
}
