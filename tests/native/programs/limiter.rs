use std::{cell::RefCell, rc::Rc};

use async_playground::{
    patterns::rate_limiter::{Config, RateLimiter},
    runtime::{Clock, Instant, Simulation},
};

use super::ms;
use crate::proof::{Crew, Proof};

/// Callers that arrive at the same time, and one that arrives when the next start is free and tries not to wait.
fn callers(n: usize, burst: u32) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let config = Config { rate: 10, period: ms(1000), burst };
        let limiter = Rc::new(RateLimiter::new(config, simulation.clock()).unwrap());
        // When each caller started, in order of arrival.
        let book = Rc::new(RefCell::new(Vec::<Option<Instant>>::new()));
        let skipped = Rc::new(RefCell::new(Vec::new()));
        for caller in 0..n {
            let (limiter, clock, book) = (limiter.clone(), simulation.clock(), book.clone());
            let skipped = skipped.clone();
            let call = async move {
                if caller == n - 1 {
                    // Wakes when the next start is free, after a sleep that begins later than that of the first waiter.
                    clock.sleep(ms(99)).await;
                    clock.sleep(ms(1)).await;
                    if limiter.try_acquire().is_ok() {
                        skipped.borrow_mut().push(clock.now());
                        return;
                    }
                }
                let index = book.borrow().len();
                book.borrow_mut().push(None);
                limiter.acquire().await;
                book.borrow_mut()[index] = Some(clock.now());
            };
            drop(crew.spawn(format!("caller {caller}"), call));
        }
        simulation.run().expect("no task hangs");
        assert_eq!(limiter.status().waiting, 0);
        assert_eq!(simulation.clock().pending(), 0);
        let mut started: Vec<_> = book.borrow().iter().copied().flatten().collect();
        assert!(started.is_sorted(), "overtaken: {book:?}");
        started.extend(skipped.borrow().iter());
        started.sort();
        // One start every 100 ms after the burst, to the nanosecond, and none lost to a dropped caller.
        let cut = usize::from(crew.was_cut());
        assert!(started.len() + cut >= n);
        for (index, at) in started.iter().enumerate() {
            let expected = (index as u64).saturating_sub(u64::from(burst) - 1) * 100;
            assert_eq!(*at, Instant::from_millis(expected), "start {index}");
        }
    }
}

#[test]
fn rate_limiter() {
    let small = callers(4, 1);
    Proof::of("rate limiter")
        .swept(&small)
        .swept(callers(6, 2))
        .in_every_order(small)
        .in_every_order(callers(5, 2))
        .in_seeded_orders(5000, 10, callers(10, 3))
        .print();
}
