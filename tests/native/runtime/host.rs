use std::{
    cell::RefCell,
    future::poll_fn,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use async_playground::runtime::{
    Clock, Host, Instant, Order, Pace, SimulatedTime, Task, TaskId, Tasks, Timers,
};

/// A pace at which no deadline is ever reached.
struct Never;

impl Pace for Never {
    fn poll_turn(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn poll_advance(&mut self, _: &mut Context<'_>, _: Instant) -> Poll<()> {
        Poll::Pending
    }
}

/// A host of one task that sleeps.
fn sleeping() -> (Host, Tasks, Task<()>) {
    let (tasks, clock) = (Tasks::new(Order::fifo()), Timers::new(SimulatedTime::default()));
    let host = Host::new(tasks.clone(), clock.clone(), Box::new(Never));
    let sleeper = tasks.spawn("sleeper", async move { clock.sleep(Duration::from_secs(9)).await });
    (host, tasks, sleeper)
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_cancel_from_outside_wakes_the_sleeping_host() {
    let by_id = |tasks: &Tasks, _: &Task<()>| assert!(tasks.cancel(TaskId(0)));
    let by_handle = |_: &Tasks, sleeper: &Task<()>| sleeper.cancel();
    for cancel in [by_id as fn(&Tasks, &Task<()>), by_handle] {
        let (mut host, tasks, sleeper) = sleeping();
        let woken = Arc::new(Flag(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let mut cx = Context::from_waker(&waker);
        assert!(host.poll_until(&mut cx, || tasks.is_empty()).is_pending());
        assert!(!woken.0.load(Ordering::Relaxed));
        cancel(&tasks, &sleeper);
        assert!(woken.0.load(Ordering::Relaxed), "otherwise it sleeps until a deadline that is gone");
        assert_eq!(host.poll_until(&mut cx, || tasks.is_empty()), Poll::Ready(Ok(())));
    }
}

/// Wakes a task when it is dropped.
struct Parting(Waker);

impl Wake for Parting {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Parting {
    fn drop(&mut self) {
        self.0.wake_by_ref();
    }
}

#[test]
fn a_replaced_waker_of_the_host_may_wake_a_task_when_it_is_dropped() {
    let (mut host, tasks, _sleeper) = sleeping();
    let wakers: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let polled = wakers.clone();
    let woken = poll_fn(move |cx| {
        polled.borrow_mut().push(cx.waker().clone());
        Poll::<()>::Pending
    });
    drop(tasks.spawn("woken", woken));
    let mut poll = |waker: &Waker| {
        assert!(host.poll_until(&mut Context::from_waker(waker), || false).is_pending());
        wakers.borrow().len()
    };
    assert_eq!(poll(Waker::noop()), 1);
    let parting = Waker::from(Arc::new(Parting(wakers.borrow()[0].clone())));
    assert_eq!(poll(&parting), 1);
    drop(parting);
    assert_eq!(poll(Waker::noop()), 1, "it is replaced when nothing is ready");
    assert_eq!(poll(Waker::noop()), 2);
}
