use std::{
    cell::Cell,
    future::{pending, ready},
    rc::Rc,
    time::Duration,
};

use async_playground::{
    patterns::{Timeout, timeout, timeout_at},
    runtime::{Clock, Instant, Order, Simulation, Timers},
};

use super::support::{Manual, cut_off, ms, poll_once, send, sweep};

fn simulate<T: 'static, F: Future<Output = T> + 'static>(run: impl FnOnce(Timers) -> F) -> (T, Instant) {
    let mut sim = Simulation::new(Order::fifo());
    let future = run(sim.clock());
    let output = sim.block_on(future).unwrap();
    assert_eq!(sim.clock().pending(), 0, "every timer was dropped");
    (output, sim.now())
}

/// Sets its flag when it is dropped.
struct SetOnDrop(Rc<Cell<bool>>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[test]
fn a_timeout_is_send_if_its_parts_are() {
    send(&timeout(&Manual::default(), ms(1), ready(())));
    let only_send = Cell::new(0);
    send(&timeout(&Manual::default(), ms(1), async move { only_send.get() }));
}

#[test]
fn a_timeout_can_be_a_field() {
    struct Call {
        reply: Timeout<std::future::Ready<u32>, Manual>,
    }
    let call = Call { reply: timeout(&Manual::default(), ms(1), ready(7)) };
    assert_eq!(futures::executor::block_on(call.reply).ok(), Some(7));
}

#[test]
fn a_timeout_polled_after_it_was_ready_stays_pending() {
    let mut limited = Box::pin(timeout(&Manual::default(), ms(1), ready(7)));
    assert!(poll_once(&mut limited).is_ready());
    assert!(poll_once(&mut limited).is_pending());
}

#[test]
fn a_future_ready_at_the_deadline_is_a_result() {
    let (output, now) = simulate(|clock| async move { timeout(&clock, ms(50), clock.sleep(ms(50))).await });
    assert_eq!((output, now), (Ok(()), Instant::from_millis(50)));
}

#[test]
fn a_timeout_ends_at_the_deadline() {
    let (output, now) = simulate(|clock| async move { timeout(&clock, ms(50), clock.sleep(ms(51))).await });
    assert_eq!((output.ok(), now), (None, Instant::from_millis(50)));
}

#[test]
fn the_future_is_dropped_before_the_error_is_returned() {
    let dropped = Rc::new(Cell::new(false));
    let inner = SetOnDrop(dropped.clone());
    simulate(|clock| async move {
        let inner = async move {
            let _inner = inner;
            pending::<()>().await;
        };
        // In a binding, so that the timeout is still in scope when the error is seen.
        let mut limited = Box::pin(timeout(&clock, ms(50), inner));
        assert!(limited.as_mut().await.is_err());
        assert!(dropped.get());
    });
}

/// `asyncio.wait_for(c, 0)` does not start the coroutine; here zero means one poll.
#[test]
fn a_limit_of_zero_is_one_poll() {
    let polled = Rc::new(Cell::new(0));
    let count = polled.clone();
    let (outputs, now) = simulate(|clock| async move {
        let never = std::future::poll_fn(move |_| {
            count.set(count.get() + 1);
            std::task::Poll::<()>::Pending
        });
        (timeout(&clock, Duration::ZERO, ready(7)).await, timeout(&clock, Duration::ZERO, never).await)
    });
    assert_eq!((outputs.0.ok(), outputs.1.ok(), now), (Some(7), None, Instant::ORIGIN));
    assert_eq!(polled.get(), 1);
}

#[test]
fn the_largest_limit_means_no_limit() {
    let (output, _) = simulate(|clock| async move {
        clock.sleep(ms(5)).await;
        timeout(&clock, Duration::MAX, clock.sleep(Duration::from_secs(1 << 32))).await
    });
    assert_eq!(output, Ok(()));
}

#[test]
fn the_limit_counts_from_the_call() {
    let (output, now) = simulate(|clock| async move {
        let limited = timeout(&clock, ms(50), clock.sleep(ms(60)));
        clock.sleep(ms(30)).await;
        limited.await
    });
    assert_eq!((output.ok(), now), (None, Instant::from_millis(50)));
}

#[test]
fn a_deadline_in_the_past_is_one_poll() {
    let (output, now) = simulate(|clock| async move {
        clock.sleep(ms(30)).await;
        timeout_at(&clock, Instant::from_millis(10), pending::<()>()).await
    });
    assert_eq!((output.ok(), now), (None, Instant::from_millis(30)));
}

#[test]
fn a_timeout_dropped_at_any_poll_drops_its_future_and_its_timer() {
    let cuts = sweep(1, |_, cut| {
        let dropped = Rc::new(Cell::new(false));
        let inner = SetOnDrop(dropped.clone());
        let (output, _) = simulate(|clock| async move {
            let sleep = clock.clone();
            let limited = timeout(&clock, ms(25), async move {
                let _inner = inner;
                for _ in 0..9 {
                    sleep.sleep(ms(10)).await;
                }
            });
            let output = cut_off(limited, Some(cut)).await;
            assert_eq!(clock.pending(), 0);
            output
        });
        assert!(dropped.get());
        output.is_none()
    });
    assert_eq!(cuts, 3 + 4, "pending at 0, 10, 20");
}
