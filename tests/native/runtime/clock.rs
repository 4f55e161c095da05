use async_playground::runtime::{Clock, Instant, Order, Simulation, Timers, TokioClock};
use std::{rc::Rc, sync::Arc, time::Duration};

/// Sleeps for 10 ms, in two ways.
async fn rest(clock: impl Clock) -> Instant {
    clock.sleep(Duration::from_millis(5)).await;
    clock.sleep_until(Instant::from_millis(10)).await;
    clock.now()
}

#[test]
fn a_borrowed_or_shared_clock_tells_the_same_time() {
    fn run<F: Future<Output = Instant> + 'static>(rests: impl FnOnce(Timers) -> F) -> Instant {
        let mut simulation = Simulation::new(Order::fifo());
        let rests = rests(simulation.clock());
        simulation.block_on(rests).unwrap()
    }
    let at = Instant::from_millis(10);
    assert_eq!(run(|clock| async move { rest(&clock).await }), at);
    assert_eq!(run(|clock| rest(Rc::new(clock))), at);
    #[allow(clippy::arc_with_non_send_sync, reason = "any clock may be shared so")]
    let shared = run(|clock| rest(Arc::new(clock)));
    assert_eq!(shared, at);
}

#[test]
fn handles_print_their_progress() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let task = simulation.tasks().spawn("sleeper", clock.sleep(Duration::from_millis(10)));
    let sleeps = clock.clone();
    simulation.block_on(async move { sleeps.sleep(Duration::from_millis(5)).await }).unwrap();
    let at = Instant::from_millis(5);
    assert_eq!(format!("{clock:?}"), format!("Timers {{ now: {at:?}, pending: 1 }}"));
    assert_eq!(format!("{task:?}"), "Task { finished: false, .. }");
    let printed = format!("{simulation:?}");
    assert!(printed.contains("sleeper") && printed.contains("pending: 1"), "{printed}");
    let never = TokioClock::default().sleep_until(Instant::NEVER);
    assert_eq!(format!("{never:?}"), "TokioSleep { deadline: None, .. }");
}

#[test]
fn a_main_task_that_is_cancelled_from_within_ends_the_call() {
    let mut simulation = Simulation::new(Order::fifo());
    let (tasks, clock) = (simulation.tasks(), simulation.clock());
    let end = simulation.block_on(async move {
        let stuck = tasks.spawn("stuck", std::future::pending::<()>());
        clock.sleep(Duration::from_millis(1)).await;
        stuck.cancel();
        stuck.await
    });
    let cancelled = end.unwrap().unwrap_err();
    assert_eq!(cancelled.to_string(), "the task was cancelled before its end");
    assert!(simulation.tasks().is_empty());
}

#[test]
fn moments_print_in_milliseconds_to_the_nanosecond() {
    for (nanos, printed) in [(0, "0 ms"), (250_000_000, "250 ms"), (1_500_000, "1.5 ms"), (1, "0.000001 ms")]
    {
        assert_eq!(Instant::from_nanos(nanos).to_string(), printed);
    }
    assert_eq!(Instant::NEVER.to_string(), "never");
}
