use std::{cell::RefCell, rc::Rc};

use async_playground::{
    patterns::{Elapsed, timeout, timeout_at},
    runtime::{Clock, Instant, Simulation},
};
use futures::channel::oneshot;

use super::{Gauge, emptied, ms};
use crate::proof::{Crew, Proof};

/// Each task waits at most 20 ms for an answer, which another task gives before the deadline, at it, or after it.
fn answers(times: &'static [u64]) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let (inner, ends) = (Gauge::default(), Rc::new(RefCell::new(Vec::new())));
        for (number, &time) in times.iter().enumerate() {
            let (sender, receiver) = oneshot::channel();
            let (clock, inner, ends) = (simulation.clock(), inner.clone(), ends.clone());
            let wait = async move {
                let alive = Gauge::default();
                let entered = (alive.enter(1), inner.enter(1));
                let inner = async move {
                    let _entered = entered;
                    // A sender that was cut off never answers; its drop counts as an answer.
                    receiver.await.is_ok()
                };
                let end = if number % 2 == 0 {
                    emptied(timeout(&clock, ms(20), inner), &alive).await
                } else {
                    emptied(timeout_at(&clock, Instant::from_millis(20), inner), &alive).await
                };
                match end {
                    Ok(_) => assert!(clock.now() <= Instant::from_millis(20)),
                    Err(Elapsed { .. }) => assert_eq!(clock.now(), Instant::from_millis(20)),
                }
                ends.borrow_mut().push((number, end.is_ok()));
            };
            drop(crew.spawn(format!("wait {number}"), wait));
            let clock = simulation.clock();
            let answer = async move {
                clock.sleep(ms(time)).await;
                let _ = sender.send(());
            };
            drop(crew.spawn(format!("answer {number}"), answer));
        }
        simulation.run().expect("no task hangs");
        assert_eq!((inner.now(), simulation.clock().pending()), (0, 0));
        assert!(ends.borrow().len() + usize::from(crew.was_cut()) >= times.len());
        for (number, answered) in ends.take().into_iter().filter(|_| !crew.was_cut()) {
            match times[number] {
                // At the deadline it depends on which task runs first.
                20 => {}
                time => assert_eq!(answered, time < 20, "answer {number}"),
            }
        }
    }
}

#[test]
fn timeouts() {
    Proof::of("timeout")
        .swept(answers(&[10, 20, 30]))
        .in_every_order(answers(&[10, 20]))
        .in_every_order(answers(&[20, 30]))
        .in_seeded_orders(5000, 12, answers(&[10, 20, 30, 20, 10, 20]))
        .print();
}
