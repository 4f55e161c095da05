use std::{
    cell::RefCell,
    num::NonZeroU32,
    rc::Rc,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use async_playground::{
    patterns::rate_limiter::{Config, Gcra, RateLimiter, TryAcquireError},
    runtime::{Clock, Instant, Order, Simulation, Timers},
};
use futures::FutureExt;
use proptest::prelude::*;

use super::support::{Cut, Manual, cut_off, ms, often, sweep};

type Starts = Rc<RefCell<Vec<(usize, Instant)>>>;

fn config(rate: u32, period: Duration, burst: u32) -> Config {
    Config { rate, period, burst }
}

/// Checks the number of starts in every window between two of them.
#[track_caller]
fn assert_within(config: Config, starts: &[Instant]) {
    for (i, from) in starts.iter().enumerate() {
        for (j, to) in starts.iter().enumerate().skip(i) {
            let over = ((j - i + 1) as u128).saturating_sub(config.burst.into());
            let allowed = to.since(*from).as_nanos() * u128::from(config.rate);
            assert!(
                over * config.period.as_nanos() <= allowed,
                "{} starts from {from:?} to {to:?}",
                j - i + 1
            );
        }
    }
}

fn times(starts: &Starts) -> Vec<Instant> {
    starts.borrow().iter().map(|(_, at)| *at).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(often(256, 5)))]

    #[test]
    fn no_window_has_more_starts_than_burst_and_rate_allow(
        rate in 1..50u32, period in 1..5_000u64, burst in 1..8u32,
        rests in proptest::collection::vec(0..400u64, 1..120),
    ) {
        let config = config(rate, Duration::from_nanos(period), burst);
        let mut gcra = Gcra::new(config).unwrap();
        let (mut now, mut starts) = (0, vec![]);
        for rest in rests {
            now += rest;
            let at = Instant::from_nanos(now);
            let available = gcra.available(at);
            let mut probe = gcra.clone();
            for _ in 0..available {
                prop_assert!(probe.step(at).is_ok());
            }
            prop_assert!(probe.step(at).is_err());
            match gcra.step(at) {
                Ok(()) => starts.push(at),
                // The moment is the first one: a nanosecond earlier is too early.
                Err(until) => {
                    prop_assert!(until > at);
                    prop_assert!(gcra.clone().step(until).is_ok());
                    prop_assert!(gcra.clone().step(Instant::from_nanos(until.as_nanos() - 1)).is_err());
                }
            }
        }
        assert_within(config, &starts);
    }

    /// Whether its arrival time fits the fast path, or becomes too large for it.
    #[test]
    fn the_limiter_agrees_with_gcra(
        (rate, period, burst) in prop_oneof![
            (1..50u32, 1..5_000u64, 1..8u32),
            (prop_oneof![1..4u32, Just(u32::MAX)], prop_oneof![1..9u64, Just(u64::MAX / 3), Just(u64::MAX)], 1..8u32),
        ],
        rests in proptest::collection::vec(prop_oneof![20 => 0..400u64, 1 => 0..=u64::MAX / 3], 1..60),
    ) {
        let (config, clock) = (config(rate, Duration::from_nanos(period), burst), Manual::default());
        let limiter = RateLimiter::new(config, clock.clone()).unwrap();
        let mut gcra = Gcra::new(config).unwrap();
        for rest in rests {
            if clock.now().as_nanos().checked_add(rest).is_some() {
                clock.advance(Duration::from_nanos(rest));
            }
            prop_assert_eq!(limiter.status().available, gcra.available(clock.now()));
            for _ in 0..2 {
                let ours = limiter.try_acquire().map_err(|refused| refused.retry_at);
                prop_assert_eq!(ours, gcra.step(clock.now()));
            }
        }
    }

    #[test]
    fn waiters_start_within_the_rate_and_in_order(
        rate in 1..20u32, period in 1..300u64, burst in 1..5u32, seed: u64,
        arrivals in proptest::collection::vec((0..200u64, 0..5usize), 1..25),
    ) {
        let config = config(rate, ms(period), burst);
        let mut simulation = Simulation::new(Order::seeded(seed));
        let (tasks, clock) = (simulation.tasks(), simulation.clock());
        let limiter = Rc::new(RateLimiter::new(config, clock.clone()).unwrap());
        let (arrived, started) = (Rc::new(RefCell::new(vec![])), Starts::default());
        let callers: Vec<_> = arrivals.into_iter().enumerate().map(|(id, (at, polls))| {
            let (limiter, clock) = (limiter.clone(), clock.clone());
            let (arrived, started) = (arrived.clone(), started.clone());
            let cut = (polls < 3).then_some(Cut::Instead(polls));
            tasks.spawn("caller", async move {
                clock.sleep(ms(at)).await;
                arrived.borrow_mut().push(id);
                if cut_off(limiter.acquire(), cut).await.is_some() {
                    started.borrow_mut().push((id, clock.now()));
                }
            })
        }).collect();
        simulation.block_on(futures::future::join_all(callers)).unwrap();
        assert_within(config, &times(&started));
        let started: Vec<_> = started.borrow().iter().map(|(id, _)| *id).collect();
        arrived.borrow_mut().retain(|id| started.contains(id));
        prop_assert_eq!(&*arrived.borrow(), &started);
        prop_assert_eq!(limiter.status().waiting, 0);
    }
}

#[test]
fn a_rate_that_does_not_divide_its_period_does_not_drift() {
    // Three a second are 333 333 333.3 ns apart. A burst of two absorbs the rounding to whole nanoseconds; with a burst of
    // one, each distance is rounded up to a whole nanosecond.
    for (burst, n, end) in [(2, 3_001, 1_000_000_000_000), (1, 3_000, 3_000 * 333_333_334)] {
        let mut gcra = Gcra::new(config(3, Duration::from_secs(1), burst)).unwrap();
        let mut now = Instant::ORIGIN;
        for _ in 0..n {
            while let Err(until) = gcra.step(now) {
                now = until;
            }
        }
        assert_eq!(gcra.step(now), Err(Instant::from_nanos(end)), "burst {burst}");
    }
}

#[test]
fn a_window_across_the_edge_of_a_period_has_no_more_starts() {
    // tower#842: five at the end of one fixed window and five at the start of the next are ten within 2 ms.
    let clock = Manual::default();
    let limiter = RateLimiter::new(config(5, ms(100), 5), clock.clone()).unwrap();
    clock.advance(ms(99));
    assert_eq!((0..10).filter(|_| limiter.try_acquire().is_ok()).count(), 5);
    clock.advance(ms(2));
    assert_eq!((0..10).filter(|_| limiter.try_acquire().is_ok()).count(), 0);
}

/// On the fast path and under the lock in turn, where somebody waits or reads the status.
#[test]
fn four_threads_start_as_many_as_the_burst() {
    let burst = if cfg!(miri) { 30 } else { 100_000 };
    let limiter = RateLimiter::new(config(1, ms(1), burst), Manual::default()).unwrap();
    let started = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for call in 0..burst {
                    let starts = match call % 8 {
                        0 => limiter.acquire().now_or_never().is_some(),
                        1 => limiter.status().available > burst,
                        _ => limiter.try_acquire().is_ok(),
                    };
                    started.fetch_add(starts.into(), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(started.into_inner(), burst);
    assert_eq!((limiter.status().available, limiter.status().waiting), (0, 0));
}

/// Runs `n` callers at the same time, with the `victim` cut off. Returns who started when.
fn callers(n: usize, victim: usize, cut: Option<Cut>) -> (Vec<(usize, Instant)>, bool) {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    let limiter = Rc::new(RateLimiter::new(config(5, ms(1000), 2), clock.clone()).unwrap());
    let started = Starts::default();
    let callers: Vec<_> = (0..n)
        .map(|id| {
            let (limiter, clock, started) = (limiter.clone(), clock.clone(), started.clone());
            tasks.spawn(format!("caller {id}"), async move {
                let done = cut_off(limiter.acquire(), cut.filter(|_| id == victim)).await.is_some();
                if done {
                    started.borrow_mut().push((id, clock.now()));
                }
                done
            })
        })
        .collect();
    let done = simulation.block_on(futures::future::join_all(callers)).unwrap();
    assert_eq!(limiter.status().waiting, 0);
    assert_eq!(clock.pending(), 0);
    (started.take(), done.contains(&Ok(false)))
}

#[test]
fn waiters_start_in_order_at_the_rate() {
    let at = |started: &[(usize, Instant)]| -> Vec<_> {
        started.iter().map(|(id, at)| (*id, at.as_nanos() / 1_000_000)).collect()
    };
    let (started, _) = callers(5, 0, None);
    assert_eq!(at(&started), [(0, 0), (1, 0), (2, 200), (3, 400), (4, 600)]);
}

#[test]
fn a_waiter_dropped_at_any_poll_uses_nothing_and_holds_up_no_other() {
    let cuts = sweep(5, |victim, cut| {
        let (started, was_cut) = callers(5, victim, Some(cut));
        let starts: Vec<_> = started.iter().map(|(_, at)| at.as_nanos() / 1_000_000).collect();
        let slots = [0, 0, 200, 400, 600];
        assert_eq!(starts, &slots[..5 - usize::from(was_cut)], "victim {victim}, {cut:?}");
        assert!(started.is_sorted_by_key(|(id, _)| *id));
        was_cut
    });
    assert!(cuts >= 14, "{cuts} cuts");
}

#[test]
fn nothing_overtakes_the_waiters() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let limiter = RateLimiter::new(config(10, ms(1000), 1), clock).unwrap();
    let end = simulation.block_on(async move {
        limiter.acquire().await;
        let mut first = std::pin::pin!(limiter.acquire());
        let mut second = std::pin::pin!(limiter.acquire());
        assert!(futures::poll!(&mut first).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        assert_eq!(limiter.try_acquire().unwrap_err().retry_at, Instant::from_millis(300));
        assert_eq!(limiter.status().waiting, 2);
        first.await;
        assert_eq!(limiter.try_acquire().unwrap_err().retry_at, Instant::from_millis(300));
        second.await;
        assert_eq!(limiter.try_acquire().unwrap_err().retry_at, Instant::from_millis(300));
        limiter.status()
    });
    let status = end.unwrap();
    assert_eq!((status.available, status.waiting), (0, 0));
}

#[test]
fn only_the_first_waiter_has_a_timer() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let limiter = Rc::new(RateLimiter::new(config(10, ms(1000), 1), clock.clone()).unwrap());
    let waiters: Vec<_> = (0..10)
        .map(|_| {
            simulation.tasks().spawn("waiter", {
                let limiter = limiter.clone();
                async move { limiter.acquire().await }
            })
        })
        .collect();
    let timers = clock.clone();
    simulation.block_on(async move { clock.sleep(ms(1)).await }).unwrap();
    assert_eq!((timers.pending(), limiter.status().waiting), (1, 9));
    simulation.block_on(futures::future::join_all(waiters)).unwrap();
    assert_eq!(simulation.now(), Instant::from_millis(900));
}

/// A clock whose sleeps end long before their time.
#[derive(Clone)]
struct Early(Timers);

impl Clock for Early {
    type Sleep = <Timers as Clock>::Sleep;

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        self.0.sleep_until(deadline.min(self.now().after(ms(7))))
    }
}

#[test]
fn a_sleeper_checks_again_before_it_starts() {
    // tower-resilience#363: a sleeper that wakes starts without a check of the time and the count.
    let mut simulation = Simulation::new(Order::fifo());
    let clock = Early(simulation.clock());
    let limiter = RateLimiter::new(config(10, ms(1000), 1), clock).unwrap();
    let starts = simulation.block_on(async move {
        let mut starts = vec![];
        for _ in 0..5 {
            limiter.acquire().await;
            starts.push(limiter.try_acquire().unwrap_err().retry_at);
        }
        starts
    });
    assert_eq!(starts.unwrap(), [100, 200, 300, 400, 500].map(Instant::from_millis));
}

#[test]
fn nothing_overflows_at_the_ends_of_the_ranges() {
    let longest = Duration::from_nanos(u64::MAX);
    for (rate, period, burst) in [
        (u32::MAX, longest, u32::MAX),
        (1, longest, u32::MAX),
        (u32::MAX, Duration::from_nanos(1), u32::MAX),
        (1, longest, 1),
    ] {
        let mut gcra = Gcra::new(config(rate, period, burst)).unwrap();
        for at in [Instant::ORIGIN, Instant::from_nanos(1), Instant::NEVER] {
            assert!(gcra.available(at) <= burst);
            let _ = (gcra.step(at), gcra.step(at));
        }
    }
    let mut slow = Gcra::new(config(1, longest, 1)).unwrap();
    assert_eq!(slow.step(Instant::from_millis(1)), Ok(()));
    assert_eq!(slow.step(Instant::from_millis(1)), Err(Instant::NEVER));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let refused = |rate, period, burst| Gcra::new(config(rate, period, burst)).unwrap_err().to_string();
    assert_eq!(refused(0, ms(1), 1), "rate must be 1 to 4294967295 starts in a period");
    assert_eq!(refused(1, ms(1), 0), "burst must be 1 to 4294967295 starts");
    for period in [Duration::ZERO, Duration::MAX, Duration::from_nanos(u64::MAX) + Duration::from_nanos(1)] {
        assert_eq!(refused(1, period, 1), "period must be 1 to 18446744073709551615 ns");
    }
}

#[test]
fn a_limiter_is_send_and_sync_if_its_clock_is() {
    fn check<T: Send + Sync>(value: T) -> T {
        value
    }
    let limiter = check(RateLimiter::new(config(1, ms(1), 1), Manual::default()).unwrap());
    drop(check(limiter.acquire()));
}

fn count(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap()
}

#[test]
fn several_starts_count_as_one_after_another() {
    let clock = Manual::default();
    let limiter = RateLimiter::new(config(10, ms(1000), 3), clock.clone()).unwrap();
    limiter.try_acquire_many(count(2)).unwrap();
    let refused = limiter.try_acquire_many(count(2)).unwrap_err();
    assert!(
        matches!(refused, TryAcquireError::RateLimited(refused) if refused.retry_at == Instant::from_millis(100))
    );
    assert_eq!(limiter.status().available, 1, "a refusal uses nothing");
    clock.advance(ms(100));
    limiter.try_acquire_many(count(2)).unwrap();
    assert_eq!(limiter.status().available, 0);
}

#[test]
fn more_starts_than_the_burst_are_refused_immediately() {
    let limiter = RateLimiter::new(config(10, ms(1000), 3), Manual::default()).unwrap();
    let refused = limiter.try_acquire_many(count(4)).unwrap_err();
    assert!(
        matches!(refused, TryAcquireError::OverBurst(refused) if (refused.requested, refused.burst) == (count(4), 3))
    );
    assert!(limiter.acquire_many(count(4)).now_or_never().unwrap().is_err());
    assert_eq!((limiter.status().available, limiter.status().waiting), (3, 0));
    let mut gcra = Gcra::new(config(10, ms(1000), 3)).unwrap();
    assert_eq!(gcra.step_many(Instant::ORIGIN, count(4)), Err(Instant::NEVER));
}

#[test]
fn a_waiter_for_several_starts_holds_up_those_behind_it() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let limiter = RateLimiter::new(config(10, ms(1000), 3), clock.clone()).unwrap();
    let times = simulation.block_on(async move {
        limiter.acquire_many(count(3)).await.unwrap();
        let several = async {
            limiter.acquire_many(count(3)).await.unwrap();
            clock.now()
        };
        let one = async {
            limiter.acquire().await;
            clock.now()
        };
        let refused = async { limiter.try_acquire().unwrap_err().retry_at };
        futures::join!(several, one, refused)
    });
    let at = Instant::from_millis;
    assert_eq!(times.unwrap(), (at(300), at(400), at(500)));
}

#[test]
fn a_dropped_waiter_for_several_starts_uses_nothing() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let limiter = RateLimiter::new(config(10, ms(1000), 3), clock.clone()).unwrap();
    simulation
        .block_on(async move {
            limiter.acquire_many(count(3)).await.unwrap();
            let mut first = Box::pin(limiter.acquire_many(count(3)));
            let mut second = Box::pin(limiter.acquire_many(count(2)));
            assert!(futures::poll!(&mut first).is_pending());
            assert!(futures::poll!(&mut second).is_pending());
            drop(first);
            assert_eq!(limiter.try_acquire().unwrap_err().retry_at, Instant::from_millis(300));
            second.await.unwrap();
            assert_eq!(clock.now(), Instant::from_millis(200));
            assert!(limiter.acquire_many(count(3)).now_or_never().is_none());
            assert_eq!(limiter.try_acquire().unwrap_err().retry_at, Instant::from_millis(300));
        })
        .unwrap();
}
