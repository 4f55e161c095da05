//! The service: its guards in their order, its metrics, and requests that are dropped.

use std::{
    cell::{Cell, RefCell},
    future::ready,
    mem,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use async_playground::{
    patterns::{
        CircuitBreaker, RateLimiter, Semaphore, Transition, Trip,
        circuit_breaker::{self, Outcome, State},
        rate_limiter,
        service::{Backend, Counts, Guards, Load, Metrics, Service, ServiceError},
        ttl_cache,
    },
    runtime::{Clock, Instant, Order, Simulation, Timers},
};

use super::support::{Cut, Manual, cut_off, ms, poll_once, sweep};

#[derive(Clone, Copy)]
struct Settings {
    rate: rate_limiter::Config,
    concurrency: usize,
    timeout: Duration,
    failures: u32,
}

const SETTINGS: Settings = Settings {
    rate: rate_limiter::Config { rate: 5, period: Duration::from_secs(1), burst: 5 },
    concurrency: 5,
    timeout: Duration::from_millis(500),
    failures: 3,
};

const CACHE: ttl_cache::Config = ttl_cache::Config { ttl: Duration::from_secs(1), max_entries: 100 };

fn guards<C: Clock>(settings: Settings, clock: &C) -> Guards<C> {
    let breaker = circuit_breaker::Config {
        trip: Trip::Consecutive { failures: settings.failures },
        recovery: ms(1000),
        test_calls: 1,
        lease: ms(5000),
    };
    Guards {
        rate: RateLimiter::new(settings.rate, clock.clone()).unwrap(),
        concurrency: Semaphore::new(settings.concurrency),
        breaker: CircuitBreaker::new(breaker, clock.clone()).unwrap(),
        timeout: settings.timeout,
    }
}

fn classify(error: &&'static str) -> Outcome {
    if *error == "not found" { Outcome::Success } else { Outcome::Failure }
}

/// The ids that the database was asked for, and when.
type Starts = Rc<RefCell<Vec<(u32, Instant)>>>;

/// Ids below 100 take 100 ms, from 100 are not found, from 200 are down, from 300 hang.
fn database(clock: &Timers, starts: &Starts) -> impl Fn(u32) -> DatabaseFuture + use<> {
    let (clock, starts) = (clock.clone(), starts.clone());
    move |id| {
        starts.borrow_mut().push((id, clock.now()));
        let clock = clock.clone();
        Box::pin(async move {
            clock.sleep(ms(if id < 300 { 100 } else { 1_000_000 })).await;
            match id {
                0..100 => Ok(id * 10),
                100..200 => Err("not found"),
                _ => Err("down"),
            }
        })
    }
}

type DatabaseFuture = futures::future::LocalBoxFuture<'static, Result<u32, &'static str>>;
type Answer = Result<u32, ServiceError<&'static str>>;

fn sum(counts: Counts) -> u64 {
    counts.ok + counts.failed + counts.timed_out + counts.rejected + counts.cancelled + counts.in_flight
}

#[track_caller]
fn assert_balanced(metrics: Metrics) {
    assert_eq!(metrics.hits + metrics.misses, metrics.requests.admitted);
    assert_eq!(sum(metrics.requests), metrics.requests.admitted);
    assert_eq!(sum(metrics.fetches), metrics.fetches.admitted);
}

struct Run {
    answers: Vec<Option<Answer>>,
    metrics: Metrics,
    load: Load,
    loads: Vec<Load>,
    starts: Vec<(u32, Instant)>,
    end: Instant,
}

/// Sends each request at its time, cut off where it has a cut.
fn run(settings: Settings, order: Order, requests: impl IntoIterator<Item = (u64, u32, Option<Cut>)>) -> Run {
    let mut simulation = Simulation::new(order);
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    let (starts, loads) = (Starts::default(), Rc::new(RefCell::new(vec![])));
    let seen = loads.clone();
    let backend = Backend::new(clock.clone(), guards(settings, &clock), database(&clock, &starts), classify)
        .observed(move |load: &Load| seen.borrow_mut().push(*load));
    let service = Rc::new(Service::new(CACHE, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap());
    let callers: Vec<_> = requests
        .into_iter()
        .map(|(at, id, cut)| {
            let (service, clock) = (service.clone(), clock.clone());
            tasks.spawn(format!("request {id}"), async move {
                clock.sleep(ms(at)).await;
                let answer = cut_off(service.get(id), cut).await;
                assert_balanced(service.metrics());
                answer
            })
        })
        .collect();
    let answers = simulation.block_on(futures::future::join_all(callers)).unwrap();
    let answers = answers.into_iter().map(Result::unwrap).collect();
    let (metrics, load) = (service.metrics(), service.backend().load());
    assert_balanced(metrics);
    assert_eq!((metrics.requests.in_flight, metrics.fetches.in_flight, load.in_flight), (0, 0, 0));
    assert_eq!((load.waiting_to_start, load.waiting_for_permit, service.cache_status().fetches), (0, 0, 0));
    assert_eq!(clock.pending(), 0);
    Run { answers, metrics, load, loads: loads.take(), starts: starts.take(), end: simulation.now() }
}

const TEN: [u32; 10] = [1, 2, 1, 3, 2, 4, 1, 5, 6, 1];

fn at_once(ids: &[u32]) -> Vec<(u64, u32, Option<Cut>)> {
    ids.iter().map(|id| (0, *id, None)).collect()
}

#[test]
fn requests_that_join_a_fetch_are_hits() {
    let run = run(SETTINGS, Order::fifo(), at_once(&TEN));
    assert_eq!(run.answers, TEN.map(|id| Some(Ok(id * 10))));
    assert_eq!((run.metrics.hits, run.metrics.misses), (4, 6));
    assert_eq!((run.metrics.requests.ok, run.metrics.fetches.ok), (10, 6));
    let at = Instant::from_millis;
    assert_eq!(run.starts, [(1, at(0)), (2, at(0)), (3, at(0)), (4, at(0)), (5, at(0)), (6, at(200))]);
    assert_eq!(run.end, at(300));
    assert_eq!(run.loads.iter().map(|load| load.in_flight).max(), Some(5));
    assert_eq!(run.load.limit, 5);
    // The observer sees each fetch that passes the rate limit by itself.
    assert!((1..=6).all(|n| run.loads.iter().any(|load| load.started == n)), "{:?}", run.loads);
    assert_eq!((run.load.started, run.loads.is_sorted_by_key(|load| load.started)), (6, true));
}

#[test]
fn a_hit_passes_nothing_further_in() {
    let run = run(SETTINGS, Order::fifo(), (0..20).map(|n| (n * 40, 1, None)));
    assert_eq!((run.metrics.hits, run.metrics.misses, run.starts.len()), (19, 1, 1));
    assert_eq!(run.load.tokens, 5, "the token is available again");
}

#[test]
fn a_request_dropped_at_any_poll_changes_no_other() {
    let cuts = sweep(10, |victim, cut| {
        let requests = TEN.iter().enumerate().map(|(n, id)| (0, *id, (n == victim).then_some(cut)));
        let run = run(SETTINGS, Order::fifo(), requests);
        let was_cut = run.answers[victim].is_none();
        for (n, answer) in run.answers.into_iter().enumerate().filter(|(n, _)| !was_cut || *n != victim) {
            assert_eq!(answer, Some(Ok(TEN[n] * 10)), "request {n} of victim {victim}, {cut:?}");
        }
        assert!(run.starts.len() <= 7, "victim {victim}, {cut:?}");
        // A request that was cut off before its first poll was never made.
        let unmade = u64::from(matches!(cut, Cut::Instead(0)));
        assert_eq!(run.metrics.requests.admitted, 10 - unmade);
        assert_eq!(run.metrics.requests.cancelled, u64::from(was_cut) - unmade);
        was_cut
    });
    assert_eq!(cuts, 32);
}

#[test]
fn in_any_order_the_limits_hold_and_the_counts_balance() {
    for (seed, draws) in (0..300).zip(0..) {
        let settings = Settings { concurrency: 1 + draws % 3, failures: 2, timeout: ms(150), ..SETTINGS };
        let requests = (0..25).zip(0..).map(|(n, id): (usize, u32)| {
            let draw = (draws * 7 + n * n) % 11;
            let cut = [None, Some(Cut::After(draw % 4)), None, Some(Cut::Instead(draw % 4))][(draw + n) % 4];
            let id = [id % 5, 150, 250, 350, id % 3][(draws + n / 3) % 5];
            (seed * 13 % 50 * u64::from(id % 7) * 10, id, cut)
        });
        let run = run(settings, Order::seeded(seed), requests);
        assert!(run.loads.iter().all(|load| load.in_flight <= settings.concurrency), "seed {seed}");
        let refused = run.metrics.requests.rejected > 0;
        assert!(!refused || run.metrics.fetches.failed + run.metrics.fetches.timed_out >= 2, "seed {seed}");
    }
}

#[test]
fn not_found_does_not_trip_the_breaker_and_timeouts_do() {
    let one_by_one =
        |ids: [u32; 4]| run(SETTINGS, Order::fifo(), (0..).zip(ids).map(|(n, id)| (n * 600, id, None)));
    let missing = one_by_one([101, 102, 103, 1]);
    assert_eq!(missing.answers[3], Some(Ok(10)));
    assert_eq!((missing.metrics.requests.failed, missing.metrics.fetches.failed), (3, 3));
    let hanging = one_by_one([301, 302, 303, 1]);
    assert_eq!(hanging.answers[2], Some(Err(ServiceError::TimedOut)));
    let Some(Err(ServiceError::Rejected(rejected))) = hanging.answers[3] else {
        panic!("{:?}", hanging.answers[3]);
    };
    assert_eq!((rejected.state, rejected.until), (State::Open, Instant::from_millis(2700)));
    assert_eq!((hanging.metrics.requests.timed_out, hanging.metrics.fetches.timed_out), (3, 3));
    assert_eq!((hanging.metrics.requests.rejected, hanging.metrics.fetches.admitted), (1, 3));
    assert_eq!(hanging.starts.len(), 3, "a rejected fetch does not reach the backend");
}

#[test]
fn refusals_are_no_failures_of_the_backend_and_are_not_stored() {
    // Opens at 200, rejects until 1200, and closes with the first test call.
    let requests = [(0, 201), (0, 202), (100, 203), (300, 1), (400, 2), (1200, 1), (1300, 1)];
    let run = run(SETTINGS, Order::fifo(), requests.map(|(at, id)| (at, id, None)));
    assert!(matches!(run.answers[3], Some(Err(ServiceError::Rejected(_)))));
    assert!(matches!(run.answers[4], Some(Err(ServiceError::Rejected(_)))));
    assert_eq!(run.answers[5..], [Some(Ok(10)), Some(Ok(10))]);
    assert_eq!((run.metrics.requests.failed, run.metrics.requests.rejected), (3, 2));
    assert_eq!((run.metrics.fetches.failed, run.metrics.fetches.rejected), (3, 0));
}

#[test]
fn the_timeout_starts_with_the_fetch_and_not_in_the_queue() {
    let settings = Settings { timeout: ms(110), concurrency: 1, ..SETTINGS };
    let run = run(settings, Order::fifo(), at_once(&[1, 2, 3, 4]));
    assert_eq!(run.answers, [10, 20, 30, 40].map(|value| Some(Ok(value))));
    assert_eq!(run.end, Instant::from_millis(400));
}

#[test]
fn a_fetch_that_waits_at_a_limit_is_no_test_call() {
    let fetch = |id: u32| ready(if id == 1 { Err("down") } else { Ok(id) });
    let use_up: [fn(&Guards<Manual>); 2] = [
        |guards| while guards.rate.try_acquire().is_ok() {},
        |guards| {
            while let Ok(permit) = guards.concurrency.try_acquire() {
                mem::forget(permit);
            }
        },
    ];
    for use_up in use_up {
        let clock = Manual::default();
        let guards = guards(Settings { failures: 1, ..SETTINGS }, &clock);
        let backend = Backend::new(clock.clone(), guards, fetch, classify);
        let service = Service::new(CACHE, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap();
        assert_eq!(poll_once(&mut Box::pin(service.get(1))), Poll::Ready(Err(ServiceError::Fetch("down"))));
        clock.advance(ms(1000));
        let guards = service.backend().guards();
        use_up(guards);
        let mut waits = Box::pin(service.get(2));
        assert!(poll_once(&mut waits).is_pending());
        assert_eq!(guards.breaker.state(), State::Open, "no fetch has reached it");
        guards.breaker.try_acquire().unwrap().success();
        assert_eq!(guards.breaker.state(), State::Closed);
    }
}

#[test]
fn a_closed_limit_refuses_waiting_fetches_too() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let guards = guards(Settings { concurrency: 1, ..SETTINGS }, &clock);
    let backend = Backend::new(clock.clone(), guards, database(&clock, &Starts::default()), classify);
    let service = Service::new(CACHE, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap();
    let answers = simulation.block_on(async move {
        let close = async {
            clock.sleep(ms(50)).await;
            service.backend().guards().concurrency.close();
        };
        let (first, second, ()) = futures::join!(service.get(1), service.get(2), close);
        assert_balanced(service.metrics());
        (first, second, service.metrics().requests.rejected)
    });
    let (first, second, rejected) = answers.unwrap();
    assert_eq!(first, Ok(10));
    assert!(matches!(second, Err(ServiceError::Refused(_))));
    assert_eq!(rejected, 1);
}

#[test]
fn an_invalidated_key_is_fetched_again() {
    let mut simulation = Simulation::new(Order::fifo());
    let (clock, starts) = (simulation.clock(), Starts::default());
    let backend = Backend::new(clock.clone(), guards(SETTINGS, &clock), database(&clock, &starts), classify);
    let service = Service::new(CACHE, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap();
    let printed = simulation.block_on(async move {
        for _ in 0..2 {
            assert_eq!(service.get(1).await, Ok(10));
            service.invalidate(&1);
        }
        format!("{service:?} {:?}", service.backend())
    });
    assert_eq!(starts.borrow().len(), 2);
    let printed = printed.unwrap();
    assert!(printed.starts_with("Service { metrics") && printed.contains("Backend { metrics"), "{printed}");
}

#[test]
fn the_breaker_may_have_an_observer() {
    let opened = Cell::new(0);
    let clock = Manual::default();
    let Guards { rate, concurrency, timeout, .. } = guards(SETTINGS, &clock);
    let observer =
        |transition: &Transition| opened.set(opened.get() + u32::from(transition.to == State::Open));
    let config = circuit_breaker::Config {
        trip: Trip::Consecutive { failures: 1 },
        ..circuit_breaker::Config::default()
    };
    let breaker = CircuitBreaker::with_observer(config, clock.clone(), observer).unwrap();
    let down = |_: u32| ready(Err::<u32, _>("down"));
    let backend = Backend::new(clock, Guards { rate, concurrency, breaker, timeout }, down, classify);
    let service = Service::new(CACHE, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap();
    let answer = futures::executor::block_on(service.get(1));
    assert_eq!((answer, opened.get()), (Err(ServiceError::Fetch("down")), 1));
}

#[test]
fn it_is_as_send_and_sync_as_its_parts() {
    fn is_send<T: Send>(_: &T) {}
    fn is_sync<T: Sync>(_: &T) {}
    let clock = Manual::default();
    let fetch = |id: u32| ready(Ok::<_, &'static str>(id));
    let backend = Backend::new(clock.clone(), guards(SETTINGS, &clock), fetch, classify);
    let service = Service::new(CACHE, backend, |backend, id| Box::pin(backend.fetch(id))).unwrap();
    is_send(&service);
    is_sync(&service);
    is_send(&service.get(1));
    is_send(&service.sweep());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // The clock stands still and there are five tokens: five fetches, and every other request is a hit.
                for round in 0..1000 {
                    assert_eq!(futures::executor::block_on(service.get(round % 5)), Ok(round % 5));
                    assert_balanced(service.metrics());
                }
            });
        }
    });
    assert_eq!((service.metrics().hits, service.metrics().misses), (3995, 5));
}
