use std::{cell::RefCell, rc::Rc, sync::Arc};

use async_playground::{
    patterns::Semaphore,
    runtime::{Clock, Instant, Simulation},
};

use super::{Gauge, ms};
use crate::proof::{Crew, Proof};

/// Callers that each need some of the permits, through borrowed and owned futures in turn.
fn callers(permits: usize, counts: &'static [usize]) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let (semaphore, out) = (Arc::new(Semaphore::new(permits)), Gauge::default());
        // When each permit was granted, in order of arrival.
        let book = Rc::new(RefCell::new(Vec::<Option<Instant>>::new()));
        for (caller, &count) in counts.iter().enumerate() {
            let (semaphore, clock) = (semaphore.clone(), simulation.clock());
            let (out, book) = (out.clone(), book.clone());
            let call = async move {
                let index = book.borrow().len();
                book.borrow_mut().push(None);
                let (owned, borrowed);
                if caller % 2 == 0 {
                    owned = semaphore.acquire_many_owned(count).await.unwrap();
                    assert_eq!(owned.count(), count);
                } else {
                    borrowed = semaphore.acquire_many(count).await.unwrap();
                    assert_eq!(borrowed.count(), count);
                }
                book.borrow_mut()[index] = Some(clock.now());
                let _out = out.enter(count);
                clock.sleep(ms(10)).await;
            };
            drop(crew.spawn(format!("caller {caller}"), call));
        }
        simulation.run().expect("no task hangs");
        assert!(out.most() <= permits, "{} of {permits} permits were out", out.most());
        let status = semaphore.status();
        assert_eq!((status.available, status.waiting), (permits, 0));
        let granted: Vec<_> = book.borrow().iter().copied().flatten().collect();
        assert!(granted.is_sorted(), "granted out of order: {book:?}");
        assert!(granted.len() + usize::from(crew.was_cut()) >= counts.len());
    }
}

/// A task closes the semaphore while others wait: they all get an answer.
fn closing(simulation: &mut Simulation, crew: &Crew) {
    let semaphore = Arc::new(Semaphore::new(1));
    let answers = Rc::new(RefCell::new(Vec::new()));
    for caller in 0..3 {
        let (semaphore, clock, answers) = (semaphore.clone(), simulation.clock(), answers.clone());
        let call = async move {
            let permit = semaphore.acquire().await;
            answers.borrow_mut().push(permit.is_ok());
            if caller == 0 {
                clock.sleep(ms(10)).await;
            }
        };
        drop(crew.spawn(format!("caller {caller}"), call));
    }
    let closes = semaphore.clone();
    drop(crew.spawn("closer", async move { closes.close() }));
    simulation.run().expect("no task hangs");
    let status = semaphore.status();
    assert_eq!((status.available, status.waiting), (1, 0));
    assert!(answers.borrow().len() + usize::from(crew.was_cut()) >= 3);
}

#[test]
fn semaphore() {
    let small = callers(2, &[1, 2, 1]);
    let large = callers(3, &[1, 2, 3, 1, 2, 1, 1, 3]);
    Proof::of("semaphore")
        .swept(&small)
        .swept(&large)
        .swept(closing)
        .in_every_order(small)
        .in_every_order(callers(3, &[1, 2, 3, 1, 1]))
        .in_every_order(closing)
        .in_every_order(callers(1, &[1, 1, 1]))
        .in_seeded_orders(5000, 8, large)
        .print();
}
