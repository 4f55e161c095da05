use std::{cell::RefCell, rc::Rc};

use async_playground::{
    patterns::rate_limiter::{Config, RateLimiter},
    runtime::{Clock, Instant, Simulation},
};

use super::ms;
use crate::proof::{Crew, Proof};

/// Callers who ask at once, and one who comes when a slot does, and would rather not wait.
fn callers(n: usize, burst: u32) -> impl Fn(&mut Simulation, &Crew) {
    move |simulation, crew| {
        let config = Config { rate: 10, period: ms(1000), burst };
        let limiter = Rc::new(RateLimiter::new(config, simulation.clock()).unwrap());
        // In order of asking; when each was let through.
        let book = Rc::new(RefCell::new(Vec::<Option<Instant>>::new()));
        let skipped = Rc::new(RefCell::new(Vec::new()));
        for caller in 0..n {
            let (limiter, clock, book) = (limiter.clone(), simulation.clock(), book.clone());
            let skipped = skipped.clone();
            let call = async move {
                if caller == n - 1 {
                    // When the next slot comes, in a sleep that begins after that of the one who waits for it.
                    clock.sleep(ms(99)).await;
                    clock.sleep(ms(1)).await;
                    if limiter.try_acquire().is_ok() {
                        skipped.borrow_mut().push(clock.now());
                        return;
                    }
                }
                let place = book.borrow().len();
                book.borrow_mut().push(None);
                limiter.acquire().await;
                book.borrow_mut()[place] = Some(clock.now());
            };
            drop(crew.spawn(format!("caller {caller}"), call));
        }
        simulation.run().expect("nobody hangs");
        assert_eq!(limiter.status().waiting, 0);
        assert_eq!(simulation.clock().pending(), 0);
        let mut started: Vec<_> = book.borrow().iter().copied().flatten().collect();
        assert!(started.is_sorted(), "overtaken: {book:?}");
        started.extend(skipped.borrow().iter());
        started.sort();
        // One every 100 ms after the burst, to the nanosecond, and no slot wasted on one who has gone.
        let cut = usize::from(crew.was_cut());
        assert!(started.len() + cut >= n);
        for (place, at) in started.iter().enumerate() {
            let slot = (place as u64).saturating_sub(u64::from(burst) - 1) * 100;
            assert_eq!(*at, Instant::from_millis(slot), "start {place}");
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
