use super::{Log, lines};
use crate::proof::often;
use async_playground::runtime::{Clock, Instant, Order, SimulatedTime, Simulation, TimeSource, Timers};
use std::{cell::RefCell, pin::pin, rc::Rc, task::Context, time::Duration};

#[test]
fn instants_saturate_instead_of_overflowing() {
    assert_eq!(Instant::ORIGIN.after(Duration::MAX), Instant::NEVER);
    assert_eq!(Instant::NEVER.after(Duration::from_nanos(1)), Instant::NEVER);
    let last = Duration::from_nanos(u64::MAX - 1);
    assert_eq!(Instant::ORIGIN.after(last), Instant::from_nanos(u64::MAX - 1));
    for over in [1, 2, 1_000_000_000] {
        assert_eq!(Instant::ORIGIN.after(last + Duration::from_nanos(over)), Instant::NEVER);
    }
    assert_eq!(Instant::from_nanos(1).after(last), Instant::NEVER);
    assert_eq!(Instant::ORIGIN.since(Instant::NEVER), Duration::ZERO);
    assert_eq!(Instant::from_millis(u64::MAX), Instant::NEVER);
    assert_eq!(Instant::from_millis(3).since(Instant::from_millis(1)), Duration::from_millis(2));
}

#[test]
fn operators_on_instants_saturate_like_their_methods() {
    let (at, by) = (Instant::from_millis(3), Duration::from_millis(2));
    assert_eq!((at + by, at + by - at, at - (at + by)), (Instant::from_millis(5), by, Duration::ZERO));
    let mut moved = at;
    moved += by;
    assert_eq!((moved, at + Duration::MAX), (at + by, Instant::NEVER));
}

#[test]
fn sleeps_end_at_their_deadline_in_order_of_deadline_then_of_first_poll() {
    let mut simulation = Simulation::new(Order::fifo());
    let (clock, tasks) = (simulation.clock(), simulation.tasks());
    let log = Log::default();
    for (name, ms) in [("a", 20), ("b", 10), ("c", 20), ("d", 0)] {
        let (clock, log) = (clock.clone(), log.clone());
        drop(tasks.spawn(name, async move {
            clock.sleep(Duration::from_millis(ms)).await;
            log.borrow_mut().push(format!("{name}@{}", clock.now().as_millis()));
        }));
    }
    simulation.block_on(async move { clock.sleep(Duration::from_millis(30)).await }).unwrap();
    assert_eq!(lines(&log), ["d@0", "b@10", "a@20", "c@20"]);
}

#[test]
fn a_dropped_sleep_is_removed_from_the_queue() {
    let simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    {
        let mut sleep = pin!(clock.sleep(Duration::from_secs(1)));
        assert!(sleep.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_pending());
        assert_eq!(clock.pending(), 1);
    }
    assert_eq!((clock.pending(), clock.next()), (0, None));
}

#[test]
fn the_longest_sleep_never_ends() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let end = simulation.block_on(async move { clock.sleep(Duration::MAX).await });
    assert!(end.is_err(), "it is no timer, so this is a deadlock");
}

/// A source that records its alarms.
struct Alarm(SimulatedTime, Rc<RefCell<Vec<Instant>>>);

impl TimeSource for Alarm {
    fn now(&self) -> Instant {
        self.0.now()
    }

    fn arm(&self, next: Instant) {
        self.1.borrow_mut().push(next);
    }
}

#[test]
fn sleeps_share_one_alarm_which_is_set_again_when_it_was_early() {
    let (time, armed) = (SimulatedTime::default(), Rc::default());
    let clock = Timers::new(Alarm(time.clone(), Rc::clone(&armed)));
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let mut late = Box::pin(clock.sleep(Duration::from_millis(50)));
    let mut soon = Box::pin(clock.sleep(Duration::from_millis(10)));
    let mut same = Box::pin(clock.sleep(Duration::from_millis(10)));
    for sleep in [&mut late, &mut soon, &mut same] {
        assert!(sleep.as_mut().poll(&mut cx).is_pending());
    }
    let ms = Instant::from_millis;
    assert_eq!(*armed.borrow(), [ms(50), ms(10)]);
    time.advance_to(ms(9));
    clock.fire();
    assert_eq!(
        *armed.borrow(),
        [ms(50), ms(10), ms(10)],
        "early: no sleep is woken and the alarm is set again"
    );
    assert!(soon.as_mut().poll(&mut cx).is_pending());
    time.advance_to(ms(10));
    clock.fire();
    assert!(soon.as_mut().poll(&mut cx).is_ready() && same.as_mut().poll(&mut cx).is_ready());
    drop(late);
    assert_eq!(*armed.borrow().last().unwrap(), Instant::NEVER, "without sleeps the alarm is cancelled");
}

#[test]
fn cancelled_sleeps_do_not_fire() {
    let mut simulation = Simulation::new(Order::fifo());
    let clock = simulation.clock();
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let kept = Duration::from_secs(1);
    let mut keep = Box::pin(clock.sleep(kept));
    assert!(keep.as_mut().poll(&mut cx).is_pending());
    for n in 0..u64::from(often(10_000, 100)) {
        let mut sleep = Box::pin(clock.sleep(Duration::from_millis(n)));
        assert!(n == 0 || sleep.as_mut().poll(&mut cx).is_pending());
    }
    assert_eq!((clock.pending(), clock.next()), (1, Some(Instant::ORIGIN.after(kept))));
    simulation.block_on(async move { clock.sleep(Duration::from_millis(1)).await }).unwrap();
    assert_eq!(simulation.now().as_millis(), 1.0);
}

#[test]
fn an_alarm_that_fires_the_timers_itself_does_not_keep_them_alive() {
    let (time, mut alarm) = (SimulatedTime::default(), None);
    let clock = Timers::with(|weak| {
        alarm = Some(weak);
        time.clone()
    });
    let alarm = alarm.unwrap();
    let mut sleep = Box::pin(clock.sleep(Duration::from_millis(10)));
    let mut cx = Context::from_waker(std::task::Waker::noop());
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    time.advance_to(Instant::from_millis(10));
    alarm.fire();
    assert_eq!(clock.pending(), 0);
    assert!(sleep.as_mut().poll(&mut cx).is_ready());
    drop((sleep, clock));
    alarm.fire();
    assert_eq!(format!("{alarm:?}"), "WeakTimers");
}
